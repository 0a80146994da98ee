"""A company moves as a whole: deletions, versions, replayed requests, files and journal go with it, sign-ins stay."""

from __future__ import annotations

import json
from typing import Any

import pytest

from syncengine.emulator import Emulator, Request
from syncengine.emulator.packing import pack
from tests.unit.emulator.conftest import Make
from tests.unit.emulator.desk import Desk, parsed, sale
from tests.unit.emulator.forms import content, metadata, uploaded

LINES = {"Content-Type": "application/x-ndjson"}
#: A realm that no emulator gives by itself.
REALM = "4620816365000000009"


def packed(emulator: Emulator, realm: str) -> list[Any]:
    with emulator.parts.state.lock:
        return [json.loads(line) for line in pack(emulator.parts, realm)]


def unpacked(emulator: Emulator, text: str, realm: str) -> tuple[int, Any]:
    reply = emulator.handle(Request("POST", f"/_emulator/company?realm_id={realm}", LINES, text.encode()))
    return reply.status, json.loads(reply.body)


def given(desk: Desk) -> str:
    """The pack as the control interface gives it."""
    reply = desk.emulator.handle(Request("GET", f"/_emulator/company?realm_id={desk.realm}"))
    assert reply.status == 200
    return reply.body.decode()


def busy(desk: Desk) -> dict[str, Any]:
    """Documents, an edit and a deletion."""
    ada, item = desk.customer("Ada")["Id"], desk.item()["Id"]
    kept, gone = desk.invoice(ada, item), desk.invoice(ada, item)
    desk.act("delete", entity="Invoice", id=gone["Id"])
    desk.act("edit", entity="Customer", id=ada, changes={"Notes": "two"})
    return {"kept": kept["Id"], "gone": gone["Id"], "ada": ada, "item": item}


def moved(emulator: Emulator, realm: str = REALM) -> Desk:
    """A client of a company that was unpacked."""
    desk = Desk.__new__(Desk)
    desk.emulator, desk.realm = emulator, realm
    desk.tokens = emulator.connect(realm, "app", "secret")
    return desk


def unnumbered(rows: list[Any]) -> list[Any]:
    """Without the journal's numbers, which each file gives by itself: a line is known by its place."""
    places = {each[1]: at for at, each in enumerate(rows) if isinstance(each, list) and each[0] == "journal"}
    found: list[Any] = []
    for each in rows:
        match each:
            case ["journal", number, line]:
                found.append(["journal", places[number], line])
            case ["row", "version", {"line": number, **more}]:
                found.append(["row", "version", {**more, "line": places[number]}])
            case _:
                found.append(each)
    return found


@pytest.fixture
def two(make: Make) -> tuple[Desk, Desk]:
    """A company of one emulator, and another emulator."""
    return make(), make("demo")


def test_what_is_unpacked_packs_to_the_same_but_for_its_realm(two):
    here, there = two
    busy(here)
    assert unpacked(there.emulator, given(here), REALM) == (201, {"realm_id": REALM, "name": "New Company", "company": "empty"})
    before = json.loads(json.dumps(packed(here.emulator, here.realm)).replace(here.realm, REALM))
    assert {each[0] for each in before[1:]} == {"journal", "meter", "row"}
    assert unnumbered(packed(there.emulator, REALM)) == unnumbered(before)


def test_the_company_goes_on_as_if_nothing_had_happened(two):
    here, there = two
    ids = busy(here)
    unpacked(there.emulator, given(here), REALM)
    desk = moved(there.emulator)
    assert [each["Id"] for each in desk.select("SELECT * FROM Invoice")] == [ids["kept"]]
    feed = parsed(desk.ask("GET", "cdc?entities=Invoice&changedSince=2026-01-01T00:00:00Z"))["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
    assert {each["Id"]: each.get("status") for each in feed} == {ids["kept"]: None, ids["gone"]: "Deleted"}
    history = there.emulator.parts.versions.of(there.emulator.companies[REALM], "Customer", ids["ada"])
    assert "bookkeeper" in {each.who for each in history}
    assert int(desk.invoice(ids["ada"], ids["item"])["Id"]) > int(ids["gone"]), "an Id is never given twice"
    assert desk.control("GET", f"trial_balance?realm_id={REALM}")[1]["check"] == []


def test_a_request_that_was_answered_before_is_answered_the_same(two):
    here, there = two
    ids = busy(here)
    body = {"CustomerRef": {"value": ids["ada"]}, "Line": [sale(ids["item"], 5)]}
    first = parsed(here.ask("POST", "invoice?requestid=once", body))["Invoice"]["Id"]
    unpacked(there.emulator, given(here), REALM)
    assert parsed(moved(there.emulator).ask("POST", "invoice?requestid=once", body))["Invoice"]["Id"] == first


def test_a_company_under_the_same_realm_gives_way(make):
    desk = make()
    busy(desk)
    first = given(desk)
    desk.customer("Later")
    assert unpacked(desk.emulator, first, desk.realm)[0] == 201
    assert [each["DisplayName"] for each in desk.select("SELECT * FROM Customer")] == ["Ada"]
    assert len(desk.emulator.realms()) == 1


def test_a_company_that_is_dropped_is_gone_with_its_sign_ins(make):
    desk = make()
    kept = Desk(desk.emulator, "demo")
    assert desk.control("DELETE", f"company?realm_id={desk.realm}") == (200, {"dropped": True})
    assert desk.control("DELETE", f"company?realm_id={desk.realm}") == (200, {"dropped": False})
    assert [each["realm_id"] for each in desk.emulator.realms()] == [kept.realm]
    assert desk.ask("GET", f"companyinfo/{desk.realm}").status == 401
    assert kept.select("SELECT * FROM Customer")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "no json", '["journal", 1, "x"]', '{"tieout emulator company": 1, "realm": "1"}'],
)
def test_what_is_no_pack_is_refused(desk, text):
    status, answer = unpacked(desk.emulator, text, REALM)
    assert status == 400
    assert answer["error"]
    assert REALM not in desk.emulator.companies


@pytest.mark.parametrize(
    "line",
    ['["row", "company", {}]', '["row", "object", {"colour": 1}]', '["row", "object", {"id": "1"}]', "nothing", "[1]"],
)
def test_a_pack_with_a_bad_line_changes_nothing(desk, line):
    busy(desk)
    before = packed(desk.emulator, desk.realm)
    status, answer = unpacked(desk.emulator, given(desk) + line, desk.realm)
    assert (status, bool(answer["error"])) == (400, True)
    assert packed(desk.emulator, desk.realm) == before
    assert desk.select("SELECT * FROM Customer")


def test_a_file_that_was_attached_moves_along(two):
    here, there = two
    uploaded(here, metadata(FileName="note.txt", ContentType="text/plain"), content(b"\x00\xffbytes"))
    unpacked(there.emulator, given(here), REALM)
    state = there.emulator.parts.state
    key = there.emulator.companies[REALM].key
    assert state.execute("SELECT content FROM file WHERE company = ?", (key,)).fetchall() == [(b"\x00\xffbytes",)]


def test_an_unknown_company_cannot_be_packed(desk):
    assert desk.control("GET", f"company?realm_id={REALM}")[0] == 400
