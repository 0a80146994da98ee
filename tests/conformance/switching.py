"""What shows each value of a switch: something that is done, and that comes out otherwise with each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.conformance.test_02_oauth import authorize, came_back, refresh, token
from tests.unit.emulator.desk import Desk, cost, parsed, sale, side

Shown = Callable[[Desk], Any]


def query(statement: str) -> Shown:
    return answer(f"query?query={quote(statement)}")


def answer(tail: str) -> Shown:
    """Status and body, without the time of the clock."""

    def act(desk: Desk) -> tuple[int, bytes]:
        response = desk.ask("GET", tail)
        return response.status, re.sub(rb"T\d\d:\d\d:\d\d", b"", response.body)

    return act


def status_of(method: str, tail: str, body: Any = None, **headers: str) -> Shown:
    return lambda desk: desk.ask(method, tail, body, **headers).status


def many(count: int, tail: str = "term/1") -> Shown:
    return lambda desk: [desk.ask("GET", tail).status for _ in range(count)]


def batches(desk: Desk) -> list[int]:
    body = {"BatchItemRequest": [{"bId": str(number), "Query": "select count(*) from Term"} for number in range(12)]}
    return [desk.ask("POST", "batch", body).status for _ in range(3)] + [desk.ask("GET", "term/1").status for _ in range(3)]


def order(desk: Desk) -> list[str]:
    for name in "cabed":
        desk.customer(name)
        desk.emulator.parts.clock.advance(1)
    customer, item = desk.customer("f")["Id"], desk.item()["Id"]
    for number in range(5):
        desk.invoice(customer, item, number + 1)
        desk.emulator.parts.clock.advance(1)
    names = [row["DisplayName"] for row in desk.select("select * from Customer")]
    return names + [str(row["TotalAmt"]) for row in desk.select("select * from Invoice")]


def pages(desk: Desk) -> list[str]:
    names = []
    for name in "abc":
        desk.customer(name)
        desk.emulator.parts.clock.advance(1)
    for position in (1, 2, 3):
        names += [row["DisplayName"] for row in desk.select(f"select * from Customer orderby MetaData.LastUpdatedTime startposition {position} maxresults 1")]
        if position == 1:
            first = desk.select("select * from Customer where DisplayName = 'a'")[0]
            desk.post("customer", {"Id": first["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"})
    return names


def cdc(entities: str, since: str = "2026-01-15") -> Shown:
    return answer(f"cdc?entities={entities}&changedSince={since}")


def with_customers(count: int, then: Shown, **more: Any) -> Shown:
    def act(desk: Desk) -> Any:
        for number in range(count):
            desk.customer(f"N{number}", **more)
        return then(desk)

    return act


def deactivated(then: Shown) -> Shown:
    def act(desk: Desk) -> Any:
        made = desk.customer("Ada")
        desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
        return then(desk)

    return act


def repeated(second: str, wait: float = 0) -> Shown:
    def act(desk: Desk) -> Any:
        desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"})
        desk.emulator.parts.clock.advance(wait)
        return desk.ask("POST", "customer?requestid=r", {"DisplayName": second}).status

    return act


def refused_then_free(desk: Desk) -> int:
    other = desk.customer("Ada")
    desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"})
    desk.post("customer", {"Id": other["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Bob"})
    return desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"}).status


def unauthorized(desk: Desk) -> bytes:
    return desk.ask("GET", "term/1", None, Authorization="Bearer " + "A" * 40).body[:1]


def foreign(desk: Desk) -> int:
    other = Desk(desk.emulator, "empty")
    other.tokens = desk.tokens
    return other.ask("GET", "term/1").status


def throttled(desk: Desk) -> Any:
    response = [desk.ask("GET", "term/1") for _ in range(11)][-1]
    return response.status, response.body[:1], response.headers.get("Retry-After")


def reads_of(desk: Desk, tail: str, body: Any) -> int:
    desk.ask("POST" if body else "GET", tail, body)
    return sum(row["coreplus"] for row in desk.control("GET", "meter")[1]["meter"])


def grace(desk: Desk) -> int:
    first = desk.tokens["refresh_token"]
    desk.emulator.parts.clock.advance(50)
    refresh(desk, first)
    return refresh(desk, first).status


def classed_invoice(desk: Desk) -> Any:
    body = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sale(desk.item()["Id"], 1, ClassRef={"value": "77"})]}
    return desk.ask("POST", "invoice", body).status


def renamed(desk: Desk) -> Any:
    one, two = (desk.post("account", {"Name": name, "AccountType": "Expense"}) for name in ("One", "Two"))
    response = desk.ask("POST", "account", {"Id": one["Id"], "SyncToken": "0", "sparse": True, "Name": "Two", "AccountType": "Expense"})
    return response.status, parsed(response).get("Account", {}).get("Id") == two["Id"], desk.ask("GET", f"account/{one['Id']}").status


def close_date(desk: Desk) -> bool:
    desk.act("close_books", date="2025-12-31")
    response = desk.ask("GET", "preferences")
    assert desk.refused("journalentry", {"TxnDate": "2025-12-01", "Line": [side("Debit", desk.account("Supplies"), 1), side("Credit", desk.account("Checking"), 1)]})
    return "BookCloseDate" in parsed(response)["Preferences"]["AccountingInfoPrefs"]


def closed(desk: Desk) -> list[str]:
    """The codes of closed books without and with a password."""
    entry = {"TxnDate": "2025-12-01", "Line": [side("Debit", desk.account("Supplies"), 1), side("Credit", desk.account("Checking"), 1)]}
    codes = []
    for more in ({}, {"password": "p"}):
        desk.act("close_books", date="2025-12-31", **more)
        codes.append(desk.refused("journalentry", entry)["code"])
    return codes


def stale(desk: Desk) -> str:
    return desk.refused("customer", {"Id": desk.customer()["Id"], "SyncToken": "7", "sparse": True, "Notes": "n"})["Detail"]


def below_zero(desk: Desk) -> int:
    body = {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [cost(desk.account("Supplies"), -5)]}
    return desk.ask("POST", "bill", body).status


def nobodys_invoice(desk: Desk) -> str:
    return desk.refused("invoice", {"CustomerRef": {"value": "99999"}, "Line": [sale(desk.item()["Id"], 1)]})["code"]


def owing(desk: Desk) -> int:
    made = desk.customer()
    desk.invoice(made["Id"], desk.item()["Id"])
    return desk.ask("POST", "customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}).status


def without_currency(desk: Desk) -> int:
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    body = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sale(desk.item()["Id"], 1)]}
    return desk.ask("POST", "invoice", body).status


def two_of_a_name(desk: Desk) -> int:
    return deactivated(status_of("POST", "customer", {"DisplayName": "Ada"}))(desk)


def inactive_account(desk: Desk) -> str:
    account = desk.account("Supplies")
    desk.act("deactivate", entity="Account", id=account["value"])
    return desk.refused("journalentry", {"Line": [side("Debit", account, 1), side("Credit", desk.account("Checking"), 1)]})["code"]


def same_number(desk: Desk) -> list[int]:
    found = []
    for vendor in (desk.vendor("V")["Id"], desk.vendor("W")["Id"]):
        for _ in range(2):
            line = {"Amount": 1, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {"AccountRef": desk.account("Supplies")}}
            found.append(desk.ask("POST", "bill", {"VendorRef": {"value": vendor}, "DocNumber": "7", "Line": [line]}).status)
    return found


def receivables(desk: Desk) -> int:
    account = desk.select("select * from Account where AccountType = 'Accounts Receivable'")[0]
    return desk.ask("POST", "account", {"Id": account["Id"], "SyncToken": account["SyncToken"], "sparse": True, "Name": account["Name"], "AccountType": account["AccountType"], "Active": False}).status


def reused(desk: Desk) -> int:
    redirect = "https://app.example.com/callback"
    form = {"grant_type": "authorization_code", "code": came_back(authorize(desk))["code"], "redirect_uri": redirect}
    desk.tokens = json.loads(token(desk, **form).body)
    token(desk, **form)
    return desk.ask("GET", "term/1").status


def rotated(wait: float) -> Shown:
    def act(desk: Desk) -> bool:
        desk.emulator.parts.clock.advance(wait)
        return json.loads(refresh(desk, desk.tokens["refresh_token"]).body)["refresh_token"] != desk.tokens["refresh_token"]

    return act


def slow(desk: Desk) -> Any:
    desk.control("POST", "faults", {"kind": "slow", "seconds": 50})
    return desk.ask("GET", "term/1").status


def timed(desk: Desk) -> float:
    before = desk.emulator.parts.clock.monotonic()
    desk.ask("GET", "term/1")
    return desk.emulator.parts.clock.monotonic() - before


def slept(desk: Desk) -> float:
    desk.ask("GET", "term/1")
    return desk.emulator.parts.clock.settings()["advanced_seconds"]


def plenty(desk: Desk) -> list[int]:
    return [len(each["QueryResponse"].get("Term", [])) for each in desk.batch(*({"Query": "select * from Term"} for _ in range(3))).values()]


def created(order_: str) -> Shown:
    def act(desk: Desk) -> list[str]:
        made = desk.batch(*({"operation": "create", "Vendor": {"DisplayName": str(number)}} for number in range(9)))
        return [each["Vendor"]["Id"] for each in (made.values() if order_ == "reply" else [made[f"i{number}"] for number in range(9)])]

    return act


def flying(desk: Desk) -> list[bool]:
    """One more while ten are in flight, a second later; then eleven one after the other."""
    quotas = desk.emulator.parts.quotas
    enter = lambda: quotas.enter(desk.realm, "app", "request")[0]  # noqa: E731 -- three words, used twice
    for _ in range(10):
        enter()
    desk.emulator.parts.clock.advance(1)
    eleventh = enter()
    for _ in range(11):
        quotas.leave(desk.realm, "app")
    following = []
    for _ in range(11):
        following.append(enter())
        quotas.leave(desk.realm, "app")
    return [eleventh, *following]


def across_a_minute(desk: Desk) -> list[int]:
    clock = desk.emulator.parts.clock
    clock.advance(59 - clock.monotonic() % 60)
    return [*many(2)(desk), clock.advance(2), *many(1)(desk)]


ON = {"quotas": True}
#: Switch -> (values that each have to show something else, what is done, switches besides).
DIFFERENCES: dict[str, tuple[tuple[Any, ...], Shown, dict[str, Any]]] = {
    "quotas": ((True, False), many(11), {}),
    "requests_per_minute": ((3, 500), many(5), ON),
    "requests_per_second": ((3, 10), many(5), ON),
    "ten_means": (("second", "concurrent", "both"), flying, ON),
    "others_per_minute": ((3, 800), many(5), ON),
    "reports_per_minute": ((2, 200), lambda desk: [desk.emulator.parts.quotas.enter(desk.realm, "app", "report")[0] for _ in range(3)], ON),
    "batches_per_minute": ((2, 120), batches, ON),
    "batch_counts_as": (("nothing", "request", "items"), batches, {**ON, "requests_per_minute": 5}),
    "time_limit_seconds": ((20, 120), slow, {}),
    "body_limit_bytes": ((20, 0), status_of("POST", "customer", {"DisplayName": "x" * 30}), {}),
    "quota_window": (("sliding", "fixed"), across_a_minute, {**ON, "requests_per_minute": 2}),
    "batch_max_items": ((10, 30), batches, {}),
    "batch_order": (("given", "shuffled"), created("given"), {}),
    "batch_reply_order": (("given", "shuffled"), created("reply"), {}),
    "batch_object_cap": ((5, 1000), plenty, {}),
    "environment": (("production", "sandbox"), lambda desk: reads_of(desk, "term/1", None), {}),
    "coreplus_per_month": ((2, 500_000), many(4), ON),
    "coreplus_blocked_status": ((429, 403), many(4), {**ON, "coreplus_per_month": 2}),
    "batch_metered": (("item", "call"), lambda desk: reads_of(desk, "batch", {"BatchItemRequest": [{"bId": "a", "Query": "select * from Term"}] * 3}), {}),
    "cdc_weight": ((1, 5), lambda desk: reads_of(desk, "cdc?entities=Customer,Vendor&changedSince=2026-01-15", None), {}),
    "throttle_body": (("xml", "json"), throttled, ON),
    "retry_after_seconds": ((0, 60), throttled, ON),
    "default_order": (("recorded", "shuffled", "name", "newest", "oldest"), order, {}),
    "orderby_id": (("allowed", "refused"), query("select * from Term orderby Id"), {}),
    "paging": (("live", "snapshot"), pages, {}),
    "projection": (("ignored", "answered"), query("select Name from Term"), {}),
    "bare_numbers": (("refused", "taken"), query("select count(*) from Customer where Balance > 5"), {}),
    "unlisted_operators": (("refused", "answered"), query("select count(*) from Customer where DisplayName contains 'x'"), {}),
    "create_time": (("queryable", "refused"), query("select count(*) from Term where MetaData.CreateTime > '2020-01-01'"), {}),
    "total_count": (("count", "always"), query("select * from Term"), {}),
    "taxcode_extras": ((True, False), query("select * from TaxCode maxresults 1"), {}),
    "entity_case": (("insensitive", "sensitive"), query("select count(*) from TERM"), {}),
    "maxresults_over_1000": (("clamp", "refuse"), query("select * from Customer maxresults 1001"), {}),
    "visibility_lag_seconds": ((0, 60), with_customers(9, query("select count(*) from Customer")), {}),
    "cdc_look_back_days": ((30, 0), cdc("Customer", "2011-01-01"), {}),
    "cdc_too_old_code": (("500", "2190"), cdc("Customer", "2011-01-01"), {}),
    "cdc_excluded": (("error", "empty"), cdc("TaxCode"), {}),
    "cdc_time_activity": (("excluded", "supported"), cdc("TimeActivity"), {}),
    "cdc_preferences": (("excluded", "supported"), cdc("Preferences"), {}),
    "cdc_cap": ((2, 1000), with_customers(4, cdc("Customer")), {}),
    "cdc_cap_scope": (("response", "entity"), with_customers(4, cdc("Customer,Account", "2026-01-01")), {"cdc_cap": 4}),
    "cdc_inactive_names": (("payload", "stub"), deactivated(cdc("Customer")), {}),
    "requestid_memory_seconds": ((-1, 60), repeated("Ada", 90), {}),
    "requestid_other_body": (("replay", "600"), repeated("Bob"), {}),
    "requestid_replays_errors": ((False, True), refused_then_free, {}),
    "inactive_reference": (("610", "2500"), inactive_account, {}),
    "system_accounts": (("kept", "deactivatable"), receivables, {}),
    "inactive_name_taken": ((False, True), two_of_a_name, {}),
    "bill_number_scope": (("company", "vendor", "off"), same_number, {}),
    "untracked": (("ignored", "refused"), classed_invoice, {}),
    "closed_books_code": (("by_password", "6200", "6210"), closed, {}),
    "stale_text": (("short", "entity"), stale, {}),
    "property_text": (("named", "plain"), lambda desk: desk.refused("customer", {"Nonsense": 1})["Detail"], {}),
    "negative_totals": (("refused", "taken"), below_zero, {}),
    "sales_customer": (("2500", "6250"), nobodys_invoice, {}),
    "inactive_with_balance": (("refused", "allowed"), owing, {}),
    "currency_required": (("refused", "taken"), without_currency, {}),
    "tracking_off_lists": (("refused", "taken"), lambda desk: [desk.ask("POST", tail, {"Name": "N"}).status for tail in ("class", "department")], {}),
    "merge_by_rename": (("refused", "accounts"), renamed, {}),
    "book_close_date": (("present", "absent"), close_date, {}),
    "foreign_realm": (("130", "3100"), foreign, {}),
    "unauthorized_body": (("json", "xml"), unauthorized, {}),
    "content_types": (("checked", "any"), status_of("POST", "customer", {"DisplayName": "A"}, **{"Content-Type": "text/plain"}), {}),
    "accept_default": (("xml", "json"), lambda desk: desk.ask("GET", "term/1", None, Accept="*/*").body[:1], {}),
    "rotate_every_refresh": ((False, True), rotated(0), {}),
    "refresh_rotation_seconds": ((86_400, 60), rotated(90), {}),
    "refresh_grace_seconds": ((0, 60), grace, {"rotate_every_refresh": True}),
    "invalid_grant_description": ((True, False), lambda desk: refresh(desk, "x").body, {}),
    "code_reuse": (("refused", "revokes"), reused, {}),
    "unknown_clients": (("registered", "refused"), lambda desk: token(desk, "new", "x", grant_type="refresh_token", refresh_token="x").status, {}),
    "auto_approve": ((True, False), lambda desk: authorize(desk).status, {}),
    "user": (("admin", "limited", "removed"), status_of("POST", "account", {"Name": "A", "AccountType": "Bank"}), {}),
    "subscription": (("active", "ended"), status_of("POST", "customer", {"DisplayName": "A"}), {}),
    "latency": (("none", "realistic"), timed, {}),
    "latency_scale": ((1.0, 3.0), timed, {"latency": "realistic"}),
    "latency_clock": (("slept", "advanced"), slept, {"latency": "realistic"}),
    "journal": ((True, False), lambda desk: [desk.ask("GET", "term/1").status, len(desk.control("GET", "journal")[1]["lines"])], {}),
}  # fmt: skip
