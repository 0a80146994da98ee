"""What python-quickbooks and intuit-oauth offer besides classes: sign-in, the client's own methods, batches, changes, lists."""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import batch, cdc, exceptions, helpers, utils
from quickbooks.client import QuickBooks
from report import Report, WrongAnswerError, claim, contains, plain

REDIRECT = "http://localhost:8000/callback"
EVERYTHING = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL, Scopes.PHONE, Scopes.ADDRESS]
REPORTS = (
    "BalanceSheet", "ProfitAndLoss", "ProfitAndLossDetail", "TrialBalance", "CashFlow", "InventoryValuationSummary", "CustomerSales",
    "ItemSales", "CustomerIncome", "CustomerBalance", "CustomerBalanceDetail", "AgedReceivables", "AgedReceivableDetail", "VendorBalance",
    "VendorBalanceDetail", "AgedPayables", "AgedPayableDetail", "VendorExpenses", "TransactionList", "GeneralLedger", "TaxSummary",
    "DepartmentSales", "ClassSales", "AccountList", "JournalReport",
)  # fmt: skip


def own(cls: type) -> set[str]:
    """The public methods and properties that a class defines itself."""
    return {name for name, each in vars(cls).items() if not name.startswith("_") and (callable(each) or isinstance(each, (property, staticmethod)))}


def functions(module: ModuleType) -> set[str]:
    """The functions that a module defines."""
    return {name for name, each in vars(module).items() if inspect.isfunction(each) and each.__module__ == module.__name__}


def refused(kind: type, code: int, call: Any) -> None:
    """`call` raises the client's exception of this kind with this code."""
    try:
        call()
    except kind as refusal:
        claim(int(refusal.error_code), code, f"the code of the {kind.__name__}")
    else:
        raise WrongAnswerError(f"no {kind.__name__}")


# Signing in


def new_auth(plan: dict[str, Any]) -> AuthClient:
    """An AuthClient that takes its addresses from the emulator's discovery document."""
    discovery = plan["base"] + "/.well-known/openid_sandbox_configuration/"
    return AuthClient(plan["client_id"], plan["client_secret"], REDIRECT, discovery, realm_id=plan["realm"])


def sign_in(report: Report, plan: dict[str, Any]) -> AuthClient:
    """The whole way of an app: consent, code, tokens, user, refresh, revocation; ends signed in anew."""
    report.offered |= {f"AuthClient.{name}" for name in own(AuthClient)}
    auth = new_auth(plan)
    auth.include_refresh_token_hard_expires_in = True
    report.attempt("AuthClient", "get_authorization_url", lambda: consent(auth, plan))
    report.attempt("AuthClient", "get_bearer_token", lambda: exchange(auth, plan))
    report.attempt("AuthClient", "id_token", lambda: claim(bool(auth.id_token), True, "an id token that the published keys prove"))
    if "include_refresh_token_hard_expires_in" in own(AuthClient):
        report.attempt("AuthClient", "include_refresh_token_hard_expires_in", lambda: claim(
            0 < int(auth.x_refresh_token_hard_expires_in) <= 5 * 366 * 86400, True, "five years at most"))
    report.attempt("AuthClient", "get_user_info", lambda: user_info(auth))
    report.attempt("AuthClient", "refresh", lambda: refresh(auth))
    report.attempt("AuthClient", "revoke", lambda: revoke(auth))
    report.attempt("AuthClient", "setAuthorizeURLs", lambda: custom_urls(plan))
    auth.get_bearer_token(consent(auth, plan), realm_id=plan["realm"])
    return auth


def consent(auth: AuthClient, plan: dict[str, Any]) -> str:
    """The code that the person's consent gives; `realmId` chooses the company on the page."""
    address = auth.get_authorization_url(EVERYTHING, state_token="a state")
    answer = requests.get(address + "&realmId=" + plan["realm"], allow_redirects=False, timeout=30)
    claim((answer.status_code, answer.headers["Location"].split("?")[0]), (302, REDIRECT), "where consent leads")
    said = parse_qs(urlsplit(answer.headers["Location"]).query)
    claim((said["state"], said["realmId"]), (["a state"], [plan["realm"]]), "state and realmId")
    return said["code"][0]


def exchange(auth: AuthClient, plan: dict[str, Any]) -> None:
    """Tokens for a code, which works once."""
    code = consent(auth, plan)
    auth.get_bearer_token(code, realm_id=plan["realm"])
    claim((auth.expires_in, auth.x_refresh_token_expires_in), (3600, 8726400), "the lives of the tokens")
    try:
        new_auth(plan).get_bearer_token(code)
    except AuthClientError as refusal:
        claim((refusal.status_code, "invalid_grant" in str(refusal.content)), (400, True), "a code used again")
    else:
        raise WrongAnswerError("a code worked twice")


def user_info(auth: AuthClient) -> None:
    """Who signed in."""
    said = auth.get_user_info().json()
    claim((bool(said["sub"]), said["emailVerified"], "@" in said["email"]), (True, True, True), "who it is")


def refresh(auth: AuthClient) -> None:
    """A new access token for the refresh token."""
    before = auth.access_token
    auth.refresh()
    claim(auth.access_token != before, True, "a new access token")


def revoke(auth: AuthClient) -> None:
    """Nothing works any more once it is revoked."""
    claim(auth.revoke(token=auth.refresh_token), True, "revoked")
    try:
        auth.refresh()
    except AuthClientError as refusal:
        claim(refusal.status_code, 400, "a refresh after that")
    else:
        raise WrongAnswerError("a revoked token was refreshed")


def custom_urls(plan: dict[str, Any]) -> None:
    """The other way to point the client elsewhere."""
    auth = new_auth(plan)
    names = ("auth_endpoint", "token_endpoint", "revoke_endpoint", "user_info_url")
    auth.setAuthorizeURLs({name: plan["base"] + "/" + name for name in names})
    claim([getattr(auth, name) for name in names], [plan["base"] + "/" + name for name in names], "the addresses")


def connect(auth: AuthClient, plan: dict[str, Any]) -> QuickBooks:
    """The client, pointed at the emulator."""
    QuickBooks.api_url_v3 = plan["base"] + "/v3"
    QuickBooks.current_user_url = plan["base"] + "/api/v1/user/current"
    return QuickBooks(
        auth_client=auth, refresh_token=auth.refresh_token, company_id=plan["realm"], minorversion=75, verifier_token="a verifier")


def connect_with_tokens(plan: dict[str, Any]) -> QuickBooks:
    """The same with tokens that somebody has got already."""
    discovery = plan["base"] + "/.well-known/openid_sandbox_configuration/"
    auth = AuthClient(plan["client_id"], plan["client_secret"], REDIRECT, discovery, access_token=plan["access_token"])
    return QuickBooks(auth_client=auth, refresh_token=plan["refresh_token"], company_id=plan["realm"], minorversion=75)


# The client's own methods


def go(report: Report, client: QuickBooks, auth: AuthClient, known: dict[str, type], plan: dict[str, Any]) -> None:
    """Everything that is no class."""
    report.offered |= {f"QuickBooks.{name}" for name in own(QuickBooks)}
    for module in (batch, cdc, helpers, utils):
        report.offered |= {f"{module.__name__.split('.')[1]}.{name}" for name in functions(module)}
    report.offered |= {f"exceptions.{name}" for name, each in vars(exceptions).items() if inspect.isclass(each)}
    rest = Rest(report, client, known, plan)
    for part in (rest.plumbing, rest.batches, rest.changes, rest.texts, rest.refusals):
        part()
    for name in REPORTS:
        report.attempt("QuickBooks", f"get_report ({name})", lambda name=name: rest.report_named(name))
    rest.row("QuickBooks", "get_report", lambda: rest.report_named("TrialBalance"))


class Rest:
    """The client's methods that are not a class's."""

    def __init__(self, report: Report, client: QuickBooks, known: dict[str, type], plan: dict[str, Any]) -> None:
        self.report, self.client, self.known, self.plan = report, client, known, plan
        self.row = report.attempt
        self.url = f"{client.api_url}/company/{client.company_id}"

    def plumbing(self) -> None:
        """The methods beneath the classes, each by itself."""
        client, row, labels = self.client, self.row, self.plan["labels"]
        row("QuickBooks", "api_url", lambda: claim(client.api_url, self.plan["base"] + "/v3", "the base URL"))
        row("QuickBooks", "isvalid_object_name", lambda: claim(client.isvalid_object_name("Invoice"), True, "a name"))
        row("QuickBooks", "get_single_object", lambda: claim(
            client.get_single_object("Customer", labels["customer"])["Customer"]["DisplayName"], "Ground Customer", "a customer"))
        row("QuickBooks", "get", lambda: claim("CompanyInfo" in client.get(f"{self.url}/companyinfo/{client.company_id}"), True, "the company"))
        row("QuickBooks", "query", lambda: claim(client.query("select count(*) from Invoice")["QueryResponse"].keys(), {"totalCount"}, "a count"))
        row("QuickBooks", "create_object", self.raw_write)
        row("QuickBooks", "update_object", self.raw_write)
        row("QuickBooks", "delete_object", self.raw_write)
        row("QuickBooks", "post", lambda: claim("Term" in client.post(f"{self.url}/term", '{"Name": "Posted", "DueDays": 1}'), True, "a term"))
        row("QuickBooks", "make_request", self.idempotent)
        row("QuickBooks", "process_request", lambda: claim(
            client.process_request("GET", f"{self.url}/preferences", headers={"Accept": "application/json"}).status_code, 200, "a status"))
        row("QuickBooks", "misc_operation", lambda: claim(
            client.misc_operation(f"invoice/{labels['invoice']}/send", None, "application/octet-stream")["Invoice"]["EmailStatus"], "EmailSent", "sent"))
        row("QuickBooks", "batch_operation", lambda: claim(
            client.batch_operation('{"BatchItemRequest": [{"bId": "1", "Query": "select * from Term maxresults 1"}]}')
            ["BatchItemResponse"][0]["bId"], "1", "the bId"))
        row("QuickBooks", "download_pdf", lambda: claim(client.download_pdf("Invoice", labels["invoice"])[:5], b"%PDF-", "a PDF"))
        row("QuickBooks", "change_data_capture", lambda: claim("CDCResponse" in client.change_data_capture("Term", helpers.qb_date_format(datetime.now(UTC))), True, "changes"))
        row("QuickBooks", "validate_webhook_signature", self.signature)
        row("QuickBooks", "handle_exceptions", lambda: refused(exceptions.ValidationException, 2010, lambda: client.handle_exceptions(
            {"Error": [{"Message": "m", "code": "2010"}]})))
        row("QuickBooks", "get_current_user", client.get_current_user)

    def raw_write(self) -> None:
        """Create, update and delete without a class."""
        client, line = self.client, self.plan["recipes"]["Bill"]["create"]
        made = client.create_object("Bill", json.dumps({**line, "DocNumber": "RAW"}), params={"include": "allowduplicatedocnum"})["Bill"]
        changed = client.update_object("Bill", json.dumps({**made, "PrivateNote": "raw"}))["Bill"]
        claim((changed["Id"], changed["PrivateNote"]), (made["Id"], "raw"), "the bill")
        gone = client.delete_object("Bill", json.dumps({"Id": made["Id"], "SyncToken": changed["SyncToken"]}))["Bill"]
        claim(gone["status"], "Deleted", "its status")

    def idempotent(self) -> None:
        """The same requestid gives the same object, once."""
        wish = json.dumps({"DisplayName": "Once only"})
        both = [self.client.make_request("POST", f"{self.url}/customer", wish, request_id="once-0001")["Customer"] for _ in range(2)]
        claim(both[0], both[1], "the two answers")

    def signature(self) -> None:
        """A body signed as Intuit signs it."""
        body = '[{"specversion":"1.0"}]'
        signed = base64.b64encode(hmac.new(b"a verifier", body.encode(), hashlib.sha256).digest()).decode()
        claim(self.client.validate_webhook_signature(body, signed), True, "the signature")
        claim(self.client.validate_webhook_signature(body + " ", signed), False, "another body's")

    def report_named(self, name: str) -> None:
        """A report has its three parts, and says what it is."""
        said = self.client.get_report(name, {"start_date": "2026-01-01", "end_date": "2026-12-31"})
        claim(set(said), {"Header", "Columns", "Rows"}, "the parts of the report")
        claim(bool(said["Header"]["ReportName"]) and bool(said["Columns"]["Column"]), True, "name and columns")

    def batches(self) -> None:
        """More objects than one batch holds, through all three operations, and one among them that is refused."""
        customer, term = self.known["Customer"], self.known["Invoice"]
        names = [f"Batch {number}" for number in range(35)]
        made: list[Any] = []

        def create() -> None:
            answer = batch.batch_create([customer.from_json({"DisplayName": name}) for name in [*names, "Ground Customer"]], qb=self.client)
            made.extend(answer.successes)
            claim([each.DisplayName for each in made], names, "what was created")
            claim([fault.Error[0].code for fault in answer.faults], ["6240"], "what was refused")

        def update() -> None:
            for each in made:
                each.Notes = "changed"
            answer = batch.batch_update(made, qb=self.client)
            claim([(each.Notes, each.SyncToken) for each in answer.successes], [("changed", "1")] * len(names), "what was updated")

        def delete() -> None:
            line = self.plan["recipes"]["Invoice"]["create"]
            bills = batch.batch_create([term.from_json({**line, "DocNumber": f"B-{number}"}) for number in range(3)], qb=self.client)
            answer = batch.batch_delete(bills.successes, qb=self.client)
            claim([each.status for each in answer.successes], ["Deleted"] * 3, "what was deleted")

        for name, call in (("batch_create", create), ("batch_update", update), ("batch_delete", delete)):
            self.row("batch", name, call)

    def changes(self) -> None:
        """What changed since an hour ago, as objects of the client's classes."""

        def captured() -> None:
            since = datetime.now(UTC) - timedelta(hours=1)
            stamp = helpers.qb_datetime_utc_offset_format(since, "+00:00")
            found = cdc.change_data_capture([self.known["Customer"], self.known["Invoice"]], stamp, qb=self.client)
            claim(self.plan["labels"]["customer"] in [each.Id for each in found.Customer], True, "the customer")
            gone = [each for each in found.Invoice if getattr(each, "status", "") == "Deleted"]
            claim(len(gone) >= 3, True, "the deleted invoices")

        self.row("cdc", "change_data_capture", captured)

    def texts(self) -> None:
        """The client's helpers, whose texts QuickBooks understands."""
        moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        invoice = self.known["Invoice"]
        for name, text in (
            ("qb_date_format", helpers.qb_date_format(moment)),
            ("qb_datetime_format", helpers.qb_datetime_format(moment)),
            ("qb_datetime_utc_offset_format", helpers.qb_datetime_utc_offset_format(moment, "-08:00")),
        ):
            field = "TxnDate" if name == "qb_date_format" else "MetaData.CreateTime"
            self.row("helpers", name, lambda field=field, text=text: claim(
                bool(invoice.where(f"{field} > '{text}'", qb=self.client) or field), True, "rows"))
        quoted = {"DisplayName": "O'Hara's"}
        self.row("utils", "build_where_clause", lambda: claim(
            self.known["Vendor"].where(utils.build_where_clause(**quoted, Active=True), qb=self.client), [], "rows"))
        self.row("utils", "build_choose_clause", lambda: claim(
            self.known["Vendor"].where(utils.build_choose_clause(["O'Hara's", "x"], "DisplayName"), qb=self.client), [], "rows"))

    def refusals(self) -> None:
        """Each of the client's exceptions, from a refusal that really came."""
        client, customer = self.client, self.known["Customer"]
        wrong = type(client)(company_id=client.company_id, minorversion=75)
        wrong.session = type("Session", (), {"access_token": "wrong", "request": requests.request})
        wrong.session.request = staticmethod(requests.request)
        too_many = {"BatchItemRequest": [{"bId": str(n), "Query": "select * from Term"} for n in range(31)]}
        severe = {"kind": "system_500", "match": {"realm": client.company_id}}
        cases = {
            "AuthorizationException": (401, lambda: wrong.get(f"{self.url}/preferences")),
            "UnsupportedException": (500, lambda: client.get(f"{self.url}/nosuchthing/1/2")),
            "ObjectNotFoundException": (610, lambda: customer.get("987654", qb=client)),
            "GeneralException": (1040, lambda: client.batch_operation(json.dumps(too_many))),
            "ValidationException": (4001, lambda: client.query("select * from Nothing")),
            "SevereException": (10000, lambda: (
                requests.post(self.plan["base"] + "/_emulator/faults", json=severe, timeout=30), customer.all(qb=client))),
            "QuickbooksException": (6240, lambda: customer.from_json({"DisplayName": "Ground Customer"}).save(qb=client)),
        }  # fmt: skip
        for name, (code, call) in cases.items():
            self.row("exceptions", name, lambda name=name, code=code, call=call: refused(getattr(exceptions, name), code, call))


__all__ = ["connect", "contains", "go", "plain", "sign_in"]
