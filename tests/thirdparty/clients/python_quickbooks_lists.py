"""What a client of python-quickbooks does not simply create: settings, taxes, currencies, lists that QuickBooks' screens make."""

from __future__ import annotations

import json
import tempfile
from datetime import date, timedelta
from typing import Any

import python_quickbooks_extras as extras
import requests
from quickbooks.client import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException
from report import Report, WrongAnswerError, claim, contains, plain

ATTACHED = b"Walked, and kept.\n"


def go(report: Report, client: QuickBooks, known: dict[str, type], plan: dict[str, Any]) -> None:
    """All of them."""
    from drive_python_quickbooks import Walk

    for name, id_ in plan["existing"].items():
        found = report.attempt(name, "get", lambda name=name, id_=id_: known[name].get(id_, qb=client))
        if found is not None:
            Walk(report, client, known[name], {"where": "", "create": {}, "expect": {}, "removal": "stays"}).look(found)
    lists = Lists(report, client, known, plan)
    for part in (lists.company_info, lists.preferences, lists.tax_service, lists.recurring, lists.files, lists.currencies):
        part()


class Lists:
    """The client on a company whose ground is laid."""

    def __init__(self, report: Report, client: QuickBooks, known: dict[str, type], plan: dict[str, Any]) -> None:
        self.report, self.client, self.known, self.plan = report, client, known, plan
        self.row = report.attempt

    def _local(self, name: str, found: Any) -> None:
        """What asks nobody."""
        cls = self.known[name]
        for operation in ("from_json", "to_json", "json_filter", "to_dict"):
            self.row(name, operation, lambda: claim(
                plain(cls.from_json(json.loads(found.to_json()))) | plain(found), plain(found), "its own JSON"))
        if hasattr(found, "to_ref"):
            self.row(name, "to_ref", lambda: claim(found.to_ref().type, cls.qbo_object_name, "the type of its reference"))

    def company_info(self) -> None:
        """The company itself: one row, that can be changed and not made."""
        cls, client = self.known["CompanyInfo"], self.client
        found = self.row("CompanyInfo", "get", lambda: cls.get(client.company_id, qb=client))
        self._local("CompanyInfo", found)
        for name, call in {
            "all": lambda: cls.all(qb=client), "where": lambda: cls.where("Id = '1'", qb=client), "filter": lambda: cls.filter(Id="1", qb=client),
            "choose": lambda: cls.choose(["1"], qb=client), "query": lambda: cls.query("select * from CompanyInfo", qb=client),
        }.items():  # fmt: skip
            self.row("CompanyInfo", name, lambda call=call: claim([each.CompanyName for each in call()], [found.CompanyName], "the rows"))
        self.row("CompanyInfo", "count", lambda: claim(cls.count(qb=client), 1, "how many"))

        def update() -> None:
            found.LegalName = "Walked Legal Name"
            claim(found.save(qb=client).LegalName, "Walked Legal Name", "the answer")
            claim(cls.get(client.company_id, qb=client).LegalName, "Walked Legal Name", "as read")

        self.row("CompanyInfo", "save (update)", update)
        self.row("CompanyInfo", "save (create)", lambda: cls.from_json({"CompanyName": "Another"}).save(qb=client))

    def preferences(self) -> None:
        """The settings, group by group."""
        cls, client = self.known["Preferences"], self.client
        found = self.row("Preferences", "get", lambda: cls.get(qb=client))
        self._local("Preferences", found)

        def save() -> None:
            found.EmailMessagesPrefs.EstimateMessage.Subject = "Walked"
            saved = found.save(qb=client)
            claim((saved.EmailMessagesPrefs.EstimateMessage.Subject, int(saved.SyncToken)), ("Walked", int(found.SyncToken) + 1), "the answer")
            claim(cls.get(qb=client).EmailMessagesPrefs.EstimateMessage.Subject, "Walked", "as read")

        self.row("Preferences", "save", save)

    def tax_service(self) -> None:
        """A tax code with a rate of its own; it cannot be made twice."""
        cls, client = self.known["TaxService"], self.client
        wish = {
            "TaxCode": "Walked Tax",
            "TaxRateDetails": [{"TaxRateName": "Walked Rate", "RateValue": 7.25, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}],
        }

        def create() -> Any:
            made = cls.from_json(wish).save(qb=client)
            contains(plain(made), wish)
            claim([each.Name for each in self.known["TaxCode"].where("Name = 'Walked Tax'", qb=client)], ["Walked Tax"], "the code")
            claim([each.RateValue for each in self.known["TaxRate"].where("Name = 'Walked Rate'", qb=client)], [7.25], "the rate")
            return made

        self._local("TaxService", self.row("TaxService", "save (create)", create))
        again = cls.from_json(wish)
        again.TaxCodeId = 4
        self.row("TaxService", "save (update)", lambda: again.save(qb=client))

    def recurring(self) -> None:
        """A template that makes an invoice each month."""
        cls, client, invoice = self.known["RecurringTransaction"], self.client, self.plan["recipes"]["Invoice"]["create"]
        start = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 -- a day of this machine is near enough
        schedule = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "StartDate": start, "MaxOccurrences": 6}
        info = {"RecurType": "Automated", "Name": "Walked Monthly", "Active": True, "ScheduleInfo": schedule}
        form = {name: value for name, value in invoice.items() if name not in {"DocNumber", "TxnDate"}}

        def save() -> Any:
            made = cls.from_json({"Invoice": {**form, "RecurringInfo": info}}).save(qb=client)
            contains(plain(made.Invoice), {"RecurringInfo": info, "CustomerRef": form["CustomerRef"]})
            return made

        made = self.row("RecurringTransaction", "save", save)
        if made is None:
            return
        id_ = made.Invoice.Id
        self.row("RecurringTransaction", "get", lambda: claim(plain(cls.get(id_, qb=client)), plain(made), "as read"))
        self._local("RecurringTransaction", made)
        where = "Type = 'Invoice'"
        for name, call in {
            "all": lambda: cls.all(qb=client), "where": lambda: cls.where(where, qb=client),
            "filter": lambda: cls.filter(Type="Invoice", qb=client), "choose": lambda: cls.choose(["Invoice", "Bill"], field="Type", qb=client),
            "query": lambda: cls.query("select * from RecurringTransaction where " + where, qb=client),
        }.items():  # fmt: skip
            self.row("RecurringTransaction", name, lambda call=call: claim([each.Invoice.Id for each in call()], [id_], "the rows"))
        self.row("RecurringTransaction", "count", lambda: claim(cls.count(where, qb=client), 1, "how many"))

        def update() -> None:
            found = cls.get(id_, qb=client)
            found.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth = 15
            found.Invoice.Deposit = None
            claim(found.save(qb=client).Invoice.RecurringInfo.ScheduleInfo.DayOfMonth, 15, "the day")

        self.row("RecurringTransaction", "save", update)

        def delete() -> None:
            claim(cls.get(id_, qb=client).delete(qb=client)["RecurringTransaction"]["status"], "Deleted", "its status")
            try:
                cls.get(id_, qb=client)
            except ObjectNotFoundException:
                return
            raise WrongAnswerError("it can still be read")

        self.row("RecurringTransaction", "delete", delete)

    def files(self) -> None:
        """Files as the client sends them: line feeds alone, the content in base64."""
        cls, client, labels = self.known["Attachable"], self.client, self.plan["labels"]

        def attach(**source: Any) -> None:
            wish = cls.from_json({"FileName": "walk.txt", "ContentType": "text/plain", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": labels["invoice"]}}]})
            for name, value in source.items():
                setattr(wish, name, value)
            made = wish.save(qb=client)
            claim((made.FileName, made.Size, made.AttachableRef[0].EntityRef.value), ("walk.txt", len(ATTACHED), labels["invoice"]), "the file")
            claim(requests.get(cls.get(made.Id, qb=client).TempDownloadUri, timeout=30).content, ATTACHED, "its content")

        with tempfile.NamedTemporaryFile(suffix=".txt") as kept:
            kept.write(ATTACHED)
            kept.flush()
            self.row("Attachable", "save (create)", lambda: attach(_FilePath=kept.name))
        self.row("Attachable", "save (create)", lambda: attach(_FileBytes=ATTACHED))

    def currencies(self) -> None:
        """Currencies and their rates, at a company that deals in several."""
        from drive_python_quickbooks import Walk

        client = extras.connect_with_tokens(self.plan["several"])
        Walk(self.report, client, self.known["CompanyCurrency"], self.plan["recipes"]["CompanyCurrency"]).go()
        cls = self.known["ExchangeRate"]
        euro = "SourceCurrencyCode = 'EUR'"
        found = self.row("ExchangeRate", "where", lambda: cls.where(euro, qb=client)[0])
        self._local("ExchangeRate", found)
        for name, call in {
            "filter": lambda: cls.filter(SourceCurrencyCode="EUR", qb=client),
            "choose": lambda: cls.choose(["EUR"], field="SourceCurrencyCode", qb=client),
            "query": lambda: cls.query("select * from ExchangeRate where " + euro, qb=client),
        }.items():  # fmt: skip
            self.row("ExchangeRate", name, lambda call=call: claim([plain(each) for each in call()], [plain(found)], "the rows"))
        self.row("ExchangeRate", "all", lambda: claim(
            {each.TargetCurrencyCode for each in cls.all(qb=client)}, {"USD"}, "what the rates lead to"))
        self.row("ExchangeRate", "count", lambda: claim(cls.count(euro, qb=client), 1, "how many"))

        def save() -> None:
            found.Rate = 1.25
            claim(found.save(qb=client).Rate, 1.25, "the answer")
            claim(cls.where(euro, qb=client)[0].Rate, 1.25, "as read")

        self.row("ExchangeRate", "save", save)
