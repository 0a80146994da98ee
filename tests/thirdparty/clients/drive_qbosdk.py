"""qbosdk through everything that it offers: the methods of each of its interfaces, and the tokens.

Its base URL is set by `set_server_url`, on each interface; the token endpoints are two constants of its class.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import qbosdk
from qbosdk import QuickbooksOnlineSDK
from qbosdk.apis.api_base import ApiBase
from report import Report, WrongAnswerError, claim, contains, labelled

#: The interface, and what it deals in.
ENTITIES = {
    "accounts": "Account", "departments": "Department", "customers": "Customer", "classes": "Class", "vendors": "Vendor",
    "employees": "Employee", "preferences": "Preferences", "company_info": "CompanyInfo", "exchange_rates": "ExchangeRate",
    "bills": "Bill", "purchases": "Purchase", "journal_entries": "JournalEntry", "attachments": "Attachable",
    "bill_payments": "BillPayment", "tax_codes": "TaxCode", "tax_rates": "TaxRate", "items": "Item",
}  # fmt: skip
#: Setters that are used, and not asked.
SETTERS = {"change_access_token", "set_server_url", "set_minor_version"}


def interfaces(sdk: QuickbooksOnlineSDK) -> dict[str, ApiBase]:
    """The interfaces of a connection by their names."""
    return {name: each for name, each in vars(sdk).items() if isinstance(each, ApiBase)}


def operations(api: ApiBase) -> set[str]:
    """The public methods of an interface."""
    return {name for name in dir(api) if not name.startswith("_") and callable(getattr(api, name)) and name not in SETTERS} - {
        name for name in dir(api) if name.isupper()}


def connect(plan: dict[str, Any]) -> QuickbooksOnlineSDK:
    """A connection whose interfaces point at the emulator."""
    QuickbooksOnlineSDK.TOKEN_URL = plan["base"] + "/oauth2/v1/tokens/bearer"
    QuickbooksOnlineSDK.TOKEN_REVOKE_URL = plan["base"] + "/v2/oauth2/tokens/revoke"
    sdk = QuickbooksOnlineSDK(plan["client_id"], plan["client_secret"], plan["refresh_token"], plan["realm"], "sandbox")
    for api in interfaces(sdk).values():
        api.set_server_url(f"{plan['base']}/v3/company/{plan['realm']}")
    return sdk


def refused(kind: str, call: Any) -> None:
    """`call` raises the client's exception of this name."""
    try:
        call()
    except Exception as trouble:  # noqa: BLE001 -- its kind is what counts
        claim(type(trouble).__name__, kind, "the exception")
    else:
        raise WrongAnswerError(f"no {kind}")


class Walk:
    """One interface through its methods."""

    def __init__(self, report: Report, name: str, api: Any, recipe: dict[str, Any] | None) -> None:
        self.report, self.name, self.api, self.recipe = report, name, api, recipe
        self.entity = ENTITIES[name]
        self.offered = operations(api)
        report.offered |= {f"{name}.{operation}" for operation in self.offered}

    def step(self, operation: str, call: Any) -> Any:
        """A method, where the interface has it."""
        return self.report.attempt(self.name, operation, call) if operation in self.offered else None

    def go(self) -> None:
        """All of it."""
        made = self.step("post", self.post) if self.recipe else None
        rows = self.step("get", self.rows)
        if rows is not None and made is not None:
            claim([each for each in rows if each["Id"] == made["Id"]], [made], "the object among the rows")
        self.step("get_all_generator", lambda: self.same([each for page in self.api.get_all_generator() for each in page], rows))
        self.step("count", lambda: claim(self.api.count(), len(rows), "how many there are"))
        self.step("get_inactive", lambda: self.inactive(rows))
        known = made or (rows[-1] if isinstance(rows, list) and rows else None)
        self.step("get_by_id", lambda: self.by_id(known))
        self.step("search_vendor_by_display_name", lambda: claim(self.api.search_vendor_by_display_name("Ground Vendor")["DisplayName"], "Ground Vendor", "the vendor"))
        self.step("delete", lambda: self.delete(made))

    def rows(self) -> Any:
        """Everything there is; a company and its settings are one object."""
        found = self.api.get()
        if isinstance(found, list):
            ids = [each["Id"] for each in found]
            claim(len(ids), len(set(ids)), "rows, each once")
        else:
            claim(bool(found["Id"]), True, "the object")
        return found

    def same(self, found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
        """The same rows, in whatever order; the address to fetch a file at is signed anew with each answer."""
        bare = [[{name: value for name, value in row.items() if name != "TempDownloadUri"} for row in rows] for rows in (found, expected)]
        claim(*(sorted(rows, key=str) for rows in bare), "the rows")

    def inactive(self, active: list[dict[str, Any]]) -> None:
        """Inactive rows, and none of the active ones."""
        found = [each for page in self.api.get_inactive("2000-01-01") for each in page]
        claim([each for each in found if each["Active"]], [], "active ones among the inactive")
        claim({each["Id"] for each in found} & {each["Id"] for each in active}, set(), "rows in both")

    def post(self) -> dict[str, Any]:
        """A new object, and a change of it, for an Id makes it one."""
        made = self.api.post(self.recipe["create"])[self.entity]
        contains(made, self.recipe["create"])
        changed = self.api.post({**made, **self.recipe["change"]})[self.entity]
        contains(changed, {**self.recipe["change"], "SyncToken": "1"})
        refused("WrongParamsError", lambda: self.api.post({"Nonsense": 1}))
        return changed

    def by_id(self, known: dict[str, Any]) -> None:
        found = self.api.get_by_id(known["Id"])
        found = found["Purchase"][0] if self.entity == "Purchase" and "Purchase" in found else found
        claim(found, known, "the object as read")

    def delete(self, made: dict[str, Any]) -> None:
        """It always says that the SyncToken is 1, which it is after one change."""
        claim(self.api.delete(made["Id"])[self.entity]["status"], "Deleted", "the status")
        claim([each["Id"] for each in self.api.get() if each["Id"] == made["Id"]], [], "rows after the delete")


def attachments(report: Report, sdk: QuickbooksOnlineSDK, labels: dict[str, str]) -> None:
    """A file, uploaded first and attached then."""

    def post() -> None:
        content = base64.b64encode(b"hello").decode()
        made = sdk.attachments.post(labels["bill"], "Bill", content, "hello.txt")["Attachable"]
        claim((made["FileName"], made["Size"], made["AttachableRef"][0]["EntityRef"]), ("hello.txt", 5, {"value": labels["bill"], "type": "Bill"}), "it")

    report.attempt("attachments", "post", post)


def currencies(report: Report, plan: dict[str, Any]) -> None:
    """Rates, at a company that deals in several currencies."""
    api = connect(plan).exchange_rates
    report.offered |= {f"exchange_rates.{operation}" for operation in operations(api)}

    def rates(rows: list[dict[str, Any]]) -> None:
        claim({each["SourceCurrencyCode"] for each in rows}, {"USD", "CAD"}, "the currencies")

    # Each of the first two spoils the statement that both are made from: it is put right in between.
    statement = type(api).GET_EXCHANGE_RATES
    report.attempt("exchange_rates", "get", lambda: rates(api.get("2026-01-05")))
    type(api).GET_EXCHANGE_RATES = statement
    report.attempt("exchange_rates", "get_all_generator", lambda: rates([each for page in api.get_all_generator() for each in page]))
    report.attempt("exchange_rates", "get_by_source", lambda: claim(
        api.get_by_source("CAD", "2026-01-05")["AsOfDate"], "2026-01-05", "the date"))


def tokens(report: Report, sdk: QuickbooksOnlineSDK, plan: dict[str, Any]) -> None:
    """A connection has a token, and none once it is revoked."""
    report.offered |= {"sdk.connect", "sdk.revoke_refresh_token"}
    report.attempt("sdk", "connect", lambda: claim((bool(sdk.access_token), sdk.access_token_expires_in), (True, 3600), "the token"))

    def revoke() -> None:
        said = qbosdk.revoke_refresh_token(sdk.refresh_token, plan["client_id"], plan["client_secret"])
        claim(said, {"message": "Token revoked successfully"}, "the answer")
        refused("InvalidTokenError", lambda: connect({**plan, "refresh_token": sdk.refresh_token}))
        refused("InvalidTokenError", sdk.accounts.get)

    report.attempt("sdk", "revoke_refresh_token", revoke)


def main() -> None:
    """Read the plan, walk, print the report."""
    plan = json.load(sys.stdin)
    report, sdk = Report(), connect(plan)
    apis = interfaces(sdk)
    labels = ground(sdk, plan)
    recipes = labelled(plan["recipes"], labels)
    for name, api in apis.items():
        if name != "exchange_rates":
            takes = "post" in operations(api) and name != "attachments"
            if name == "attachments":
                attachments(report, sdk, labels)
            Walk(report, name, api, recipes[ENTITIES[name]] if takes else None).go()
    currencies(report, plan["several"])
    tokens(report, sdk, plan)
    report.finish()


def ground(sdk: QuickbooksOnlineSDK, plan: dict[str, Any]) -> dict[str, str]:
    """What the objects stand on; the client posts any of it through any of its interfaces."""
    labels: dict[str, str] = {}
    for label, entity, wish in plan["ground"]:
        labels[label] = sdk.bills._post_request(labelled(wish, labels), f"/{entity.lower()}")[entity]["Id"]
    return labels


if __name__ == "__main__":
    main()
