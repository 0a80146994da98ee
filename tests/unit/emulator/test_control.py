"""The control interface: companies, clock, switches, journal, and the bookkeeper."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from syncengine.emulator import Emulator, Request
from tests.unit.emulator.desk import Desk, sale


def test_the_state_says_what_there_is(desk: Desk):
    desk.customer()
    status, state = desk.control("GET", "state")
    assert status == 200
    assert state["pid"] == os.getpid()
    assert state["companies"] == [{"realm_id": desk.realm, "name": "New Company", "company": "empty"}]
    assert state["objects"][desk.realm]["Customer"] == 1
    assert (state["switches"]["quotas"], state["faults"], state["seed"]) == (False, [], 1)
    assert state["clock"]["now"] == "2026-01-15T17:00:00.000+00:00"


def test_companies_are_added_and_connected(desk: Desk):
    status, made = desk.control("POST", "companies", {"company": "demo", "realm_id": "4620816365000000000", "name": "Shop", "zone": "Europe/Vienna"})
    assert (status, made) == (201, {"realm_id": "4620816365000000000", "name": "Shop", "company": "demo"})
    _, tokens = desk.control("POST", "connect", {"realm_id": made["realm_id"], "client_id": "app", "client_secret": "secret"})
    other = Desk.__new__(Desk)
    other.emulator, other.realm, other.tokens = desk.emulator, made["realm_id"], tokens
    assert other.read("CompanyInfo", other.realm)["DefaultTimeZone"] == "Europe/Vienna"
    assert other.customer()["MetaData"]["CreateTime"] == "2026-01-15T18:00:00+01:00"
    assert len(desk.control("GET", "companies")[1]["companies"]) == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("companies", {"company": "bakery"}),
        ("companies", {}),
        ("companies", {"company": "empty", "realm_id": "abc"}),
        ("connect", {"realm_id": "123"}),
        ("switches", {"colour": "red"}),
        ("switches", {"quotas": "no"}),
        ("switches", {"batch_max_items": True}),
        ("switches", {"throttle_body": "yaml"}),
        ("clock", {"jump": 5}),
        ("clock", {"advance_seconds": "soon"}),
        ("actor", {"realm_id": "1", "action": "edit"}),
        ("faults", "text"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(desk: Desk, name, body):
    status, answer = desk.control("POST", name, body)
    assert status == 400
    assert answer["error"]


def test_a_taken_realm_is_refused(desk: Desk):
    assert desk.control("POST", "companies", {"company": "empty", "realm_id": desk.realm})[0] == 400


def test_what_is_not_there_is_a_404_and_no_json_a_400(desk: Desk):
    assert desk.control("GET", "nonsense")[0] == 404
    assert desk.control("PUT", "switches")[0] == 404
    assert desk.emulator.handle(Request("POST", "/_emulator/switches", {}, b"{")).status == 400


def test_the_control_interface_can_be_closed(desk: Desk):
    request = Request("GET", "/_emulator/state")
    assert desk.emulator.handle(request).status == 200
    assert desk.emulator.handle(request, control=False).status == 404


def test_the_clock_is_advanced_skewed_and_frozen(desk: Desk, clock):
    desk.control("POST", "clock", {"advance_seconds": 3600})
    assert desk.ask("GET", "term/1").status == 401
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert desk.customer("A")["MetaData"]["CreateTime"] == "2026-01-15T10:00:00-08:00"
    desk.control("POST", "clock", {"skew_seconds": -90.5})
    assert desk.customer("B")["MetaData"]["CreateTime"] == "2026-01-15T09:58:29-08:00"
    _, settings = desk.control("POST", "clock", {"skew_seconds": 0, "frozen": True})
    assert settings == {"now": "2026-01-15T18:00:00.000+00:00", "advanced_seconds": 3600, "skew_seconds": 0, "frozen": True}
    clock.advance(50)
    assert desk.control("GET", "clock")[1]["now"] == "2026-01-15T18:00:00.000+00:00"
    desk.control("POST", "clock", {"frozen": False})
    assert desk.control("GET", "clock")[1]["now"] == "2026-01-15T18:00:00.000+00:00"
    clock.advance(1)
    assert desk.control("GET", "clock")[1]["now"] == "2026-01-15T18:00:01.000+00:00"


def test_two_edits_in_one_second_cannot_be_told_apart_by_time(desk: Desk, clock):
    made = desk.customer()
    clock.advance(0.4)
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"})
    assert changed["MetaData"] == made["MetaData"]


def test_offsets_follow_daylight_saving(desk: Desk):
    for seconds, expected in ((4_465_800, "2026-03-08T01:30:00-08:00"), (3600, "2026-03-08T03:30:00-07:00")):
        desk.control("POST", "clock", {"advance_seconds": seconds})
        desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
        assert desk.customer(expected.replace(":", ""))["MetaData"]["CreateTime"] == expected


def test_the_journal_tells_every_request(make, clock):
    desk = make()
    made = desk.post("customer?requestid=r1&minorversion=75", {"DisplayName": "Ada"})
    desk.post("customer?requestid=r1&minorversion=75", {"DisplayName": "Ada"})
    desk.refused("customer", {"DisplayName": "Ada"})
    desk.batch({"operation": "create", "Vendor": {"DisplayName": "V"}}, {"Query": "select count(*) from Term"}, requestid="b1")
    desk.control("POST", "faults", {"kind": "unavailable_503"})
    desk.ask("GET", "term/1")
    lines = desk.control("GET", f"journal?realm_id={desk.realm}")[1]["lines"]
    assert [(line["operation"], line["status"]) for line in lines] == [("write", 200), ("write", 200), ("write", 400), ("batch", 200), ("read", 503)]
    first, second, third, batch, last = lines
    expected = {
        "method": "POST", "path": f"/v3/company/{desk.realm}/customer", "requestid": "r1", "minorversion": "75", "entity": "Customer",
        "client_id": "app", "core": 1, "in_flight": 1, "wrote": [f"Customer/{made['Id']}/create"], "time": "2026-01-15T17:00:00.000+00:00",
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert (second["replayed"], "wrote" in second) == (True, False)
    assert third["fault"] == "6240"
    assert (batch["bids"], batch["coreplus"], batch["core"], len(batch["wrote"])) == (["i0", "i1"], 1, 1, 1)
    assert last["mischief"] == "unavailable_503"
    assert [line["n"] for line in desk.control("GET", f"journal?since={third['n']}&limit=1")[1]["lines"]] == [batch["n"]]
    desk.control("DELETE", "journal")
    assert desk.control("GET", "journal")[1] == {"lines": []}


def test_a_line_tells_what_a_dropped_request_wrote(desk: Desk):
    from syncengine.emulator import ConnectionDropped

    desk.control("POST", "faults", {"kind": "commit_then_drop"})
    with pytest.raises(ConnectionDropped):
        desk.ask("POST", "customer", {"DisplayName": "Ada"})
    (line,) = desk.control("GET", "journal")[1]["lines"]
    assert line["mischief"] == "commit_then_drop"
    assert line["wrote"]


def test_the_journal_can_be_switched_off(make):
    desk = make(journal=False)
    desk.customer()
    assert desk.control("GET", "journal")[1] == {"lines": []}
    assert desk.control("GET", "meter")[1]["meter"][0]["core"] == 1


def test_the_bookkeeper_edits_with_the_present_token_and_leaves_a_line(desk: Desk):
    made = desk.customer()
    for turn in range(3):
        changed = desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": f"turn {turn}"})
    assert changed["SyncToken"] == "3"
    assert desk.refused("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True})["code"] == "5010"
    line = desk.control("GET", "journal")[1]["lines"][-2]
    assert (line["operation"], line["note"], line["wrote"]) == ("bookkeeper", "edit", [f"Customer/{made['Id']}/update"])
    assert "core" not in line


def test_the_bookkeeper_creates_deletes_and_voids(desk: Desk):
    customer, item = desk.act("create", entity="Customer", object={"DisplayName": "Ada"}), desk.item()
    wish = {"CustomerRef": {"value": customer["Id"]}, "Line": [sale(item["Id"], 12.5)]}
    first, second = (desk.act("create", entity="Invoice", changes=wish) for _ in range(2))
    assert desk.read("Customer", customer["Id"])["Balance"] == 25
    assert desk.act("void", entity="Invoice", id=first["Id"])["PrivateNote"] == "Voided"
    assert desk.act("delete", entity="Invoice", id=second["Id"])["status"] == "Deleted"
    assert desk.read("Customer", customer["Id"])["Balance"] == 0
    edited = desk.act("edit", entity="Invoice", id=first["Id"], changes={"Line": [sale(item["Id"], 0.1)]})
    assert edited["TotalAmt"] == Decimal("0.10")


def test_the_bookkeeper_renames_deactivates_and_reactivates(desk: Desk):
    made = desk.vendor("Bolt")
    assert desk.act("rename", entity="Vendor", id=made["Id"], name="Nut")["DisplayName"] == "Nut"
    assert desk.act("deactivate", entity="Vendor", id=made["Id"])["Active"] is False
    assert desk.act("reactivate", entity="Vendor", id=made["Id"])["DisplayName"] == "Nut"


def test_two_customers_become_one(desk: Desk, clock):
    loser, survivor, item = desk.customer("Ada Old"), desk.customer("Ada"), desk.item()
    invoice = desk.invoice(loser["Id"], item["Id"], 30)
    clock.advance(5)
    merged = desk.act("merge", entity="Customer", id=loser["Id"], into=survivor["Id"])
    assert (merged["Id"], merged["SyncToken"]) == (survivor["Id"], "1")
    assert desk.read("Customer", survivor["Id"])["Balance"] == 30
    after = desk.read("Invoice", invoice["Id"])
    assert after["CustomerRef"] == {"value": survivor["Id"], "name": "Ada"}
    assert after["MetaData"]["LastUpdatedTime"] == "2026-01-15T09:00:05-08:00"
    assert desk.refused(f"customer/{loser['Id']}", None, "GET")["code"] == "610"
    assert [row["Id"] for row in desk.select(f"select * from Invoice where CustomerRef = '{survivor['Id']}'")] == [invoice["Id"]]
    status, _ = desk.control("POST", "actor", {"realm_id": desk.realm, "action": "merge", "entity": "Customer", "id": "1", "into": "1"})
    assert status == 400


def test_the_bookkeeper_makes_and_changes_what_only_screens_do(desk: Desk):
    made = desk.act("create", entity="CustomerType", object={"Name": "Regulars", "Active": True})
    assert desk.read("CustomerType", made["Id"])["Name"] == "Regulars"
    desk.act("edit", entity="CustomerType", id=made["Id"], changes={"Name": "Guests"})
    assert [row["Name"] for row in desk.select("select * from CustomerType")] == ["Guests"]
    assert desk.refused("customertype", {"Name": "By the API"})["Detail"] == "Operation create is not supported."


def test_the_bookkeeper_turns_preferences(desk: Desk):
    desk.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    assert desk.post("class", {"Name": "North"})["FullyQualifiedName"] == "North"
    preferences = desk.select("select * from Preferences")[0]
    assert (preferences["SyncToken"], preferences["AccountingInfoPrefs"]["TrackDepartments"]) == ("1", False)


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "dance"},
        {"action": "edit", "entity": "Nonsense", "id": "1"},
        {"action": "edit", "entity": "Customer", "id": "999"},
        {"action": "rename", "entity": "Term", "id": "1"},
        {"action": "rename", "entity": "Term", "id": "1", "name": "Net 30"},
        {"action": "delete", "entity": "Term", "id": "1"},
    ],
)
def test_the_bookkeeper_too_can_be_refused(desk: Desk, wish):
    status, answer = desk.control("POST", "actor", {"realm_id": desk.realm, **wish})
    assert status == 400
    assert answer["error"]


def test_a_refused_act_leaves_no_trace(desk: Desk):
    before = desk.select("select * from Term orderby Name")
    desk.control("POST", "actor", {"realm_id": desk.realm, "action": "rename", "entity": "Term", "id": "1", "name": "Net 30"})
    assert desk.select("select * from Term orderby Name") == before


def test_a_reset_takes_back_what_was_turned_and_if_asked_the_books(make):
    desk = make(quotas=False, batch_max_items=5)
    desk.customer()
    desk.control("POST", "switches", {"batch_max_items": 50})
    desk.control("POST", "faults", {"kind": "stale"})
    desk.control("POST", "reset", {})
    state = desk.control("GET", "state")[1]
    assert (state["switches"]["batch_max_items"], state["faults"], state["objects"][desk.realm]["Customer"]) == (5, [], 1)
    desk.control("POST", "reset", {"companies": True})
    state = desk.control("GET", "state")[1]
    assert "Customer" not in state["objects"][desk.realm]
    assert desk.ask("GET", "term/1").status == 200


def test_an_unknown_switch_is_refused_at_the_start():
    with pytest.raises(ValueError, match="there is no switch 'colour'"):
        Emulator(switches={"colour": "red"})
