"""What the page says is not emulated, tried out: each row gives exactly the answer that the page promises."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest

from syncengine.emulator import Request
from syncengine.emulator.catalogue.registry import BY_PATH
from tests.support.source import ROOT
from tests.unit.emulator.desk import Desk, cost, parsed, sale, side
from tests.unit.emulator.forms import content, uploaded


def shown() -> dict[str, str]:
    """What is not emulated -> what happens instead, as the page says."""
    section = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8").partition("## Not emulated\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return {what: instead for what, instead in rows if what not in {"what", "---"}}


def unknown_path(desk: Desk, method: str, tail: str) -> None:
    assert desk.refused(tail, None, method)["Detail"].startswith(f"Operation Could not find resource for relative : /v3/company/{desk.realm}/{tail}")


def unknown_entity(desk: Desk, name: str) -> None:
    assert name.lower() not in BY_PATH
    unknown_path(desk, "GET", f"{name.lower()}/1")
    assert desk.refused(f"query?query={quote(f'select * from {name}')}", None, "GET")["Detail"] == f"QueryValidationError: invalid context declaration: {name}"


def report_links(desk: Desk) -> None:
    desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    assert b'"href"' not in desk.ask("GET", "reports/ProfitAndLoss?qzurl=true").body


def french_reports(desk: Desk) -> None:
    for name in ("FECReport", "JournalReportFR", "BudgetVsActuals"):
        unknown_path(desk, "GET", f"reports/{name}")


def form_styles(desk: Desk) -> None:
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    plain = desk.ask("GET", f"invoice/{made['Id']}/pdf", None, Accept="application/pdf")
    styled = desk.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"})
    assert plain.body == desk.ask("GET", f"invoice/{styled['Id']}/pdf", None, Accept="application/pdf").body


def thumbnails(desk: Desk) -> None:
    (answer,) = uploaded(desk, content(b"\x89PNG", content_type="image/png", filename="a.png"))
    target = urlsplit(answer["Attachable"]["ThumbnailTempDownloadUri"])
    assert desk.emulator.handle(Request("GET", f"{target.path}?{target.query}")).body == b"\x89PNG"


def market_rates(desk: Desk) -> None:
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    rates = [parsed(desk.ask("GET", f"exchangerate?sourcecurrencycode=EUR&asofdate={day}"))["ExchangeRate"] for day in ("2020-01-01", "2026-01-01")]
    assert rates[0]["Rate"] == rates[1]["Rate"]


def recurring(desk: Desk) -> None:
    plan = {"StartDate": "2025-12-01", "IntervalType": "Monthly", "DayOfMonth": 1}
    info = {"Name": "Monthly", "RecurType": "Automated", "Active": True, "ScheduleInfo": plan}
    lines = [sale(desk.item()["Id"], 5)]
    wish = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": lines, "RecurringInfo": info}
    desk.post("recurringtransaction", {"Invoice": wish})
    assert desk.select("select * from Invoice") == []


def charges(desk: Desk) -> None:
    detail = {"CustomerRef": {"value": desk.customer()["Id"]}, "BillableStatus": "Billable"}
    desk.bill(desk.vendor()["Id"], Line=[cost(desk.account("Supplies"), 50, **detail)])
    assert desk.select("select * from ReimburseCharge") == []


def tax_of_journals(desk: Desk) -> None:
    other = Desk(desk.emulator, "british")
    tax = {"TaxCodeRef": {"value": "2"}, "TaxApplicableOn": "Purchase", "TaxAmount": 1}
    lines = [side("Debit", other.account("Travel"), 5, **tax), side("Credit", other.account("Checking"), 5)]
    assert other.post("journalentry", {"Line": lines})["Line"][0]["JournalEntryLineDetail"]["TaxAmount"] == 1
    rows = other.control("GET", f"trial_balance?realm_id={other.realm}")[1]["rows"]
    assert sorted(row["name"] for row in rows) == ["Checking", "Travel"]


def places_of_tax(desk: Desk) -> None:
    other = Desk(desk.emulator, "intuit")
    other.act("set_preferences", changes={"TaxPrefs": {"PartnerTaxEnabled": True}})
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"})]
    taxes = [other.invoice("1", "4", Line=lines, ShipAddr={"CountrySubDivisionCode": state})["TxnTaxDetail"] for state in ("CA", "OR")]
    assert taxes[0] == taxes[1]


def taxes_on_taxes(desk: Desk) -> None:
    other = Desk(desk.emulator, "intuit")
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"})]
    detail = other.invoice("1", "4", Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}})["TxnTaxDetail"]
    assert {line["TaxLineDetail"]["NetAmountTaxable"] for line in detail["TaxLine"]} == {100}


def custom_fields(desk: Desk) -> None:
    field = {"DefinitionId": "1", "Name": "x", "Type": "StringType", "StringValue": "v"}
    assert desk.customer(CustomField=[field])["CustomField"] == [field]


def default_terms(desk: Desk) -> None:
    term = desk.post("term", {"Name": "Net 7", "DueDays": 7})["Id"]
    customer = desk.customer(SalesTermRef={"value": term})["Id"]
    assert "SalesTermRef" not in desk.invoice(customer, desk.item()["Id"])


def sub_types(desk: Desk) -> None:
    assert desk.refused("account", {"Name": "A", "AccountSubType": "CapitalWip"})["code"] == "2170"


def unapplied_payments(desk: Desk) -> None:
    customer = desk.customer()["Id"]
    invoice = desk.invoice(customer, desk.item()["Id"], 100)
    payment = desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 60})
    assert (payment["UnappliedAmt"], desk.read("Invoice", invoice["Id"])["Balance"]) == (60, 100)


def payroll(desk: Desk) -> None:
    unknown_path(desk, "GET", "payrollitem/1")


def average_cost(desk: Desk) -> None:
    assert "AvgCost" not in desk.item()


def rewritten_history(desk: Desk) -> None:
    def income(include: str, name: str) -> set[str]:
        item = desk.item(name)
        desk.invoice(desk.customer(f"C {name}")["Id"], item["Id"], 10)
        change = {"Id": item["Id"], "SyncToken": "0", "sparse": True, "Name": name, "IncomeAccountRef": desk.account("Services")}
        assert desk.ask("POST", f"item{include}", change).status == 200
        rows = desk.control("GET", f"trial_balance?realm_id={desk.realm}")[1]["rows"]
        return {row["name"] for row in rows if float(row["credit"])}

    assert income("", "A") == income("?include=donotupdateaccountontxns", "B")


def opening_balances(desk: Desk) -> None:
    assert desk.customer("A", Balance=500, OpenBalanceDate="2026-01-01")["Balance"] == 0
    assert desk.vendor("B", Balance=500, OpenBalanceDate="2026-01-01")["Balance"] == 0


def bill_with_parent(desk: Desk) -> None:
    top = desk.customer("Top")["Id"]
    below = desk.customer("Below", ParentRef={"value": top}, Job=True, BillWithParent=False)["Id"]
    invoice = desk.invoice(below, desk.item()["Id"], 10)["Id"]
    link = [{"Amount": 10, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}]
    desk.post("payment", {"CustomerRef": {"value": top}, "TotalAmt": 10, "Line": link})
    assert desk.read("Invoice", invoice)["Balance"] == 0


def received(desk: Desk) -> None:
    line = cost(desk.account("Supplies"), 5)
    payable = desk.account("Accounts Payable (A/P)")
    made = desk.post("purchaseorder", {"VendorRef": {"value": desk.vendor()["Id"]}, "APAccountRef": payable, "Line": [line]})
    assert made["POStatus"] == "Open"
    assert "Received" not in made["Line"][0]


def billable_income(desk: Desk) -> None:
    detail = {"CustomerRef": {"value": desk.customer()["Id"]}, "BillableStatus": "Billable", "MarkupInfo": {"Percent": 10}}
    desk.post("bill", {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [cost(desk.account("Supplies"), 50, **detail)]})
    rows = desk.control("GET", f"trial_balance?realm_id={desk.realm}")[1]["rows"]
    assert sorted(row["name"] for row in rows) == ["Accounts Payable (A/P)", "Supplies"]


def early_discounts(desk: Desk) -> None:
    term = desk.post("term", {"Name": "2% 10", "DueDays": 30, "DiscountDays": 10, "DiscountPercent": 2})["Id"]
    vendor = desk.vendor()["Id"]
    bill = desk.bill(vendor, 100, SalesTermRef={"value": term})["Id"]
    link = [{"Amount": 98, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}]
    check = {"BankAccountRef": desk.account("Checking")}
    desk.post("billpayment", {"VendorRef": {"value": vendor}, "PayType": "Check", "CheckPayment": check, "TotalAmt": 98, "Line": link})
    assert desk.read("Bill", bill)["Balance"] == 2


def renaming(desk: Desk) -> None:
    one, _ = desk.customer("One"), desk.customer("Two")
    assert desk.refused("customer", {"Id": one["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Two"})["code"] == "6240"


def pages_of_charges(desk: Desk) -> None:
    for name in ("StatementCharge", "SalesOrder", "ChangeOrder"):
        unknown_entity(desk, name)


def other_products(desk: Desk) -> None:
    for target in ("/graphql", "/quickbooks/v4/payments/charges", "/v4/entities"):
        assert desk.emulator.handle(Request("POST", target, {}, b"{}")).status == 404


def oauth_1(desk: Desk) -> None:
    response = desk.ask("GET", "term/1", None, Authorization='OAuth oauth_token="x", oauth_signature="y"')
    assert (response.status, b"Malformed bearer token: too short or too long" in response.body) == (401, True)


def iterator(desk: Desk) -> None:
    assert desk.refused(f"query?query={quote('select * from Term iterator 1')}", None, "GET")["Detail"] == "QueryValidationError: ITERATOR is not supported"


def operations_of_the_schema(desk: Desk) -> None:
    for name in ("merge", "revert"):
        assert desk.refused(f"customer?operation={name}", {})["Detail"] == f"Operation {name} is not supported."


def browsers(desk: Desk) -> None:
    response = desk.ask("OPTIONS", "customer", None, Origin="https://app.example.com")
    assert (response.status, "Access-Control-Allow-Origin" in response.headers) == (400, False)


#: What the page says is not emulated -> the attempt.
TRIED: dict[str, Callable[[Desk], None]] = {
    "Links from one report to another (`qzurl`)": report_links,
    "Reports of France, budgets against actuals": french_reports,
    "Custom form styles": form_styles,
    "Thumbnails of pictures": thumbnails,
    "Rates of the market": market_rates,
    "Recurring transactions at their time": recurring,
    "Charges made of billable lines (ReimburseCharge)": charges,
    "Tax of journal entries outside the US": tax_of_journals,
    "Places in automated sales tax": places_of_tax,
    "Taxes on taxes (TaxOnTax)": taxes_on_taxes,
    "Definitions of the custom fields of lists": custom_fields,
    "Terms that customers have by default": default_terms,
    "Some sub-types of accounts of other countries": sub_types,
    "Automatic application of unapplied payments": unapplied_payments,
    "Payroll": payroll,
    "AvgCost of items": average_cost,
    "`include=donotupdateaccountontxns`": rewritten_history,
    "Opening balances of customers and vendors": opening_balances,
    "Restrictions by BillWithParent": bill_with_parent,
    "Received quantities of a purchase order": received,
    "Income of billable expenses and their markup": billable_income,
    "Discounts for paying a bill early": early_discounts,
    "Merging names and items by renaming": renaming,
    "StatementCharge, SalesOrder, ChangeOrder": pages_of_charges,
    "GraphQL, Payments, version 4 of the API": other_products,
    "OAuth 1": oauth_1,
    "ITERATOR in queries": iterator,
    "The operations merge and revert": operations_of_the_schema,
    "Requests from other sites' scripts (CORS)": browsers,
}


@pytest.mark.parametrize("what", TRIED)
def test_it_gives_the_answer_that_the_page_promises(desk: Desk, what):
    TRIED[what](desk)


def test_the_page_lists_exactly_what_was_tried():
    assert list(shown()) == list(TRIED)
    assert all(shown().values())
