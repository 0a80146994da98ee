"""What "faithful" has to mean: sixteen requirements, the most important first, each shown once from end to end."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import quote

import pytest

from syncengine.emulator import Emulator, Request
from syncengine.emulator.server import Application
from tests.conformance.test_02_oauth import authorize, came_back, refresh, token
from tests.conformance.test_10_webhooks import deliver
from tests.unit.emulator.desk import Desk, cost, parsed, sale, side
from tests.unit.emulator.mailbox import subscribe


def test_01_paths_of_both_hosts_and_the_refusals_before_the_books(desk: Desk):
    assert desk.ask("GET", "term/1").status == 200
    assert desk.refused("nothing/1", None, "GET")["code"] == "500"
    for header, status, lead in ((f"Bearer {desk.tokens['access_token']}", 401, b"<?xml"), ("Bearer x", 401, b'{"warnings"')):
        headers = {"Authorization": header, "Accept": "application/json"}
        realm = "1" if lead == b"<?xml" else desk.realm
        response = desk.emulator.handle(Request("GET", f"/v3/company/{realm}/term/1", headers))
        assert (response.status, response.body.startswith(lead)) == (status, True)


def test_02_sign_in_from_consent_to_disconnection(desk: Desk, clock):
    discovery = json.loads(desk.emulator.handle(Request("GET", "/.well-known/openid_configuration/")).body)
    assert discovery["token_endpoint"].endswith("/oauth2/v1/tokens/bearer")
    code = came_back(authorize(desk))["code"]
    first = json.loads(token(desk, grant_type="authorization_code", code=code, redirect_uri="https://app.example.com/callback").body)
    clock.advance(86_400)
    second = json.loads(refresh(desk, first["refresh_token"]).body)
    assert second["refresh_token"] != first["refresh_token"]
    assert refresh(desk, first["refresh_token"]).status == 400
    desk.tokens = second
    assert desk.ask("GET", "term/1").status == 200
    desk.act("disconnect")
    assert desk.ask("GET", "term/1").status == 401


def test_03_the_verbs_with_their_tokens_and_the_names_of_whole_subtrees(desk: Desk):
    top = desk.customer("Top")
    below = desk.customer("Below", ParentRef={"value": top["Id"]}, Job=True)
    lowest = desk.customer("Lowest", ParentRef={"value": below["Id"]}, Job=True)
    desk.post("customer", {"Id": top["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Summit"})
    assert desk.read("Customer", lowest["Id"])["FullyQualifiedName"] == "Summit:Below:Lowest"
    single = desk.customer("Single")
    gone = desk.post("customer", {"Id": single["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone["DisplayName"], gone["SyncToken"]) == ("Single (deleted)", "1")
    made = desk.invoice(top["Id"], desk.item()["Id"])
    assert desk.post("invoice?operation=void", {"Id": made["Id"], "SyncToken": "0"})["PrivateNote"] == "Voided"
    assert desk.post("invoice?operation=delete", {"Id": made["Id"], "SyncToken": "1"})["status"] == "Deleted"


def test_04_names_are_unique_across_lists_and_numbers_by_their_rules(desk: Desk):
    desk.customer("Ada")
    assert desk.refused("vendor", {"DisplayName": "ADA"})["code"] == "6240"
    customer, item = desk.customer("Bob")["Id"], desk.item()["Id"]
    desk.invoice(customer, item, DocNumber="7")
    wish = {"CustomerRef": {"value": customer}, "DocNumber": "7", "Line": [sale(item, 1)]}
    assert desk.refused("invoice", wish)["code"] == "6140"
    assert desk.post("invoice?include=allowduplicatedocnum", wish)["DocNumber"] == "7"
    lines = [side("Debit", desk.account("Supplies"), 1), side("Credit", desk.account("Checking"), 1)]
    assert "DocNumber" not in desk.post("journalentry", {"Line": lines})
    assert desk.post("journalentry?include=allowautodocnum", {"Line": lines})["DocNumber"]


@pytest.mark.parametrize(
    ("tail", "body", "code"),
    [
        ("customer", {"Nonsense": 1}, "2010"),
        ("bill", {}, "2020"),
        ("customer", {"DisplayName": "x" * 501}, "2050"),
        ("item", {"Name": "x", "Type": "Gizmo"}, "2170"),
        ("customer", {"DisplayName": "x", "PrimaryEmailAddr": {"Address": "nowhere"}}, "2210"),
        ("customer", {"DisplayName": "x", "ParentRef": {"value": "99999"}, "Job": True}, "2500"),
        ("account", {"Name": "x"}, "6010"),
        ("customer", {}, "6080"),
    ],
)
def test_05_validation_has_its_codes(desk: Desk, tail, body, code):
    assert desk.refused(tail, body)["code"] == code


def test_05_journals_and_dates_have_theirs(desk: Desk):
    supplies, checking = desk.account("Supplies"), desk.account("Checking")
    receivable = desk.account("Accounts Receivable (A/R)")
    for lines, code in (
        ([side("Debit", supplies, 1), side("Credit", checking, 2)], "2300"),
        ([side("Debit", supplies, -1), side("Credit", checking, -1)], "2290"),
        ([{"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"AccountRef": supplies}}], "2260"),
        ([side("Debit", receivable, 1), side("Credit", checking, 1)], "6000"),
    ):
        assert desk.refused("journalentry", {"Line": lines})["code"] == code
    desk.act("close_books", date="2026-01-31")
    assert desk.refused("journalentry", {"Line": [side("Debit", supplies, 1), side("Credit", checking, 1)]})["code"] == "6200"


def test_06_money_is_derived_and_a_payment_changes_the_other_object_too(desk: Desk, clock):
    customer = desk.customer()
    invoice = desk.invoice(customer["Id"], desk.item()["Id"], 100)
    clock.advance(10)
    link = [{"Amount": 30, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]
    payment = desk.post("payment", {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 30, "Line": link})
    paid = desk.read("Invoice", invoice["Id"])
    assert (paid["Balance"], paid["SyncToken"], paid["LinkedTxn"]) == (70, "1", [{"TxnId": payment["Id"], "TxnType": "Payment"}])
    name = desk.read("Customer", customer["Id"])
    assert (name["Balance"], name["SyncToken"], name["MetaData"]["LastUpdatedTime"]) == (70, "0", "2026-01-15T09:00:10-08:00")
    assert sum(Decimal(row["debit"]) - Decimal(row["credit"]) for row in desk.control("GET", f"trial_balance?realm_id={desk.realm}")[1]["rows"]) == 0


def test_07_queries_have_the_grammar_the_texts_and_the_limits(desk: Desk):
    error = desk.refused(f"query?query={quote('select * from Custmoer')}", None, "GET")
    assert (error["code"], error["Detail"]) == ("4001", "QueryValidationError: invalid context declaration: Custmoer")
    assert desk.refused(f"query?query={quote('select *')}", None, "GET")["code"] == "4000"
    made = desk.customer()
    desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert desk.select("select * from Customer") == []
    assert len(desk.select("select * from Customer where Active in (true, false)")) == 1


def test_08_a_requestid_is_remembered_for_successes(desk: Desk):
    first = desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"})
    assert desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"}).body == first.body


def test_09_a_batch_has_independent_items_and_a_limit(desk: Desk):
    answer = desk.batch({"operation": "create", "Vendor": {"DisplayName": "V"}}, {"operation": "create", "Vendor": {"DisplayName": "V"}})
    assert ["Fault" in answer[bid] for bid in ("i0", "i1")] == [False, True]
    assert desk.refused("batch", {"BatchItemRequest": [{"bId": "x", "Query": "select"}] * 31})["code"] == "1040"


def test_10_cdc_ends_at_thirty_days_and_puts_deletions_last(desk: Desk):
    assert "older than fixed days" in desk.refused("cdc?entities=Customer&changedSince=2025-01-01", None, "GET")["Detail"]
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    gone = desk.invoice(customer, item)
    desk.post("invoice?operation=delete", {"Id": gone["Id"], "SyncToken": "0"})
    stays = desk.invoice(customer, item)
    part = parsed(desk.ask("GET", "cdc?entities=Invoice&changedSince=2026-01-15"))["CDCResponse"][0]["QueryResponse"][0]
    assert [row["Id"] for row in part["Invoice"]] == [stays["Id"], gone["Id"]]


def test_11_writes_are_told_of_by_webhooks(desk: Desk):
    subscribe(desk)
    made = desk.customer()
    (event,) = deliver(desk).events
    assert (event["type"], event["intuitentityid"], event["intuitaccountid"]) == ("qbo.customer.created.v1", made["Id"], desk.realm)


def test_12_limits_and_the_months_ledger(make):
    desk = make(quotas=True, coreplus_per_month=5)
    assert [desk.ask("GET", "term/1").status for _ in range(6)] == [200] * 5 + [429]
    assert desk.control("GET", "meter")[1]["meter"][0]["coreplus"] == 5


def test_13_times_are_the_companys_and_ids_are_those_of_their_sequence(make, clock):
    desk = make("demo")
    first, second = desk.post("class", {"Name": "A"}), desk.post("class", {"Name": "B"})
    assert len(first["Id"]) == 19
    assert int(second["Id"]) > int(first["Id"])
    assert first["MetaData"] == second["MetaData"]
    customer, vendor = desk.customer("Ada"), desk.vendor("Bolt")
    assert int(vendor["Id"]) == int(customer["Id"]) + 1
    desk.control("POST", "clock", {"frozen": True})
    clock.advance(100)
    assert desk.customer("Cy")["MetaData"] == customer["MetaData"]


def test_14_a_bookkeeper_does_what_the_screen_does(desk: Desk):
    one, two = desk.customer("One"), desk.customer("Two")
    desk.act("rename", entity="Customer", id=one["Id"], name="Eins")
    desk.act("merge", entity="Customer", id=two["Id"], into=one["Id"])
    assert desk.refused(f"customer/{two['Id']}", None, "GET")["code"] == "610"
    bill = desk.post("bill", {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [cost(desk.account("Supplies"), 5)]})
    desk.act("delete", entity="Bill", id=bill["Id"])
    desk.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    assert desk.post("class", {"Name": "Now"})["Name"] == "Now"


def test_15_the_control_interface_is_for_loopback_and_keeps_a_journal(desk: Desk):
    desk.post("customer?requestid=r&minorversion=75", {"DisplayName": "Ada"})
    line = desk.control("GET", "journal")[1]["lines"][-1]
    assert (line["requestid"], line["minorversion"], line["core"], line["operation"], line["entity"]) == ("r", "75", 1, "write", "Customer")
    closed = Application(desk.emulator, control=False)
    assert closed._control is False
    assert desk.emulator.handle(Request("GET", "/_emulator/state"), control=False).status == 404


def test_16_numbers_headers_and_times_are_those_of_quickbooks(make):
    desk = make(latency="realistic", latency_clock="advanced")
    response = desk.ask("POST", "invoice", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sale(desk.item()["Id"], 17.5)]})
    assert response.headers["Service-Time"] == "total=400, db=133"
    assert b'"TotalAmt":17.50' in response.body
    assert "QBO-Version" not in desk.ask("GET", "term/99").headers


def test_state_lives_in_one_file_that_a_restart_finds_again(tmp_path, clock):
    first = Emulator(tmp_path / "books.db", clock=clock)
    desk = Desk(first, "empty")
    made = desk.customer("Ada")
    first.close()
    desk.emulator = Emulator(tmp_path / "books.db", clock=clock)
    assert desk.read("Customer", made["Id"]) == made
    desk.emulator.close()
