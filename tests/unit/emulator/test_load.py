"""Many objects at once: what `objects` gives can be loaded again, bad rows are named, and the books hold afterwards."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from syncengine.emulator import Request, wire
from syncengine.emulator.load import Unloadable, dump, lines
from tests.unit.emulator.conftest import Make
from tests.unit.emulator.desk import Desk

LINES = {"Content-Type": "application/x-ndjson"}


def dumped(desk: Desk) -> list[str]:
    parts = desk.emulator.parts
    return list(dump(parts.register.books(parts.register.companies[desk.realm])))


def checked(desk: Desk) -> Any:
    status, balance = desk.control("GET", f"trial_balance?realm_id={desk.realm}")
    assert status == 200
    return balance["check"]


def invoice(number: int, **more: Any) -> dict[str, Any]:
    detail = {"ItemRef": {"value": "900", "name": "Rope"}, "Qty": 2, "UnitPrice": "9.5", "TaxCodeRef": {"value": "NON"}}
    line = {"Id": "1", "LineNum": 1, "Amount": 19, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    own = {"Id": str(number), "DocNumber": f"N{number}", "TxnDate": "2026-01-05", "CustomerRef": {"value": "901", "name": "Ada"},
           "Line": [line], "TotalAmt": 19, "Balance": 19}  # fmt: skip
    return {"Invoice": {**own, **more}}


def names(desk: Desk) -> list[dict[str, Any]]:
    account = desk.select("SELECT * FROM Account WHERE AccountType = 'Income'")[0]["Id"]
    rope = {"Id": "900", "Name": "Rope", "FullyQualifiedName": "Rope", "Type": "NonInventory", "IncomeAccountRef": {"value": account}}
    return [{"Item": rope}, {"Customer": {"Id": "901", "DisplayName": "Ada", "FullyQualifiedName": "Ada"}}]


@pytest.mark.parametrize("kind", ["demo", "intuit"])
def test_a_company_that_is_loaded_again_is_the_same(make: Make, kind: str):
    desk = make(kind)
    before = dumped(desk)
    other = Desk(desk.emulator, "empty")
    counts = desk.emulator.load(other.realm, [wire.loads(line) for line in before], replace=True)
    assert sum(counts.values()) == len(before)
    assert sorted(dumped(other)) == sorted(before)
    assert checked(other) == []
    assert sorted(dumped(desk)) == sorted(before)


def test_balances_are_what_the_loaded_documents_make_them(desk: Desk):
    desk.emulator.load(desk.realm, [*names(desk), invoice(1000), invoice(1001)])
    assert desk.read("Customer", "901")["Balance"] == 38
    assert checked(desk) == []
    assert [found["Id"] for found in desk.select("SELECT * FROM Invoice WHERE DocNumber = 'N1001'")] == ["1001"]


def test_ids_go_on_behind_what_was_loaded(desk: Desk):
    desk.emulator.load(desk.realm, [*names(desk), invoice(5000)])
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "900"}}}
    assert desk.post("invoice", {"CustomerRef": {"value": "901"}, "Line": [line]})["Id"] == "5001"


def test_a_company_whose_balances_are_more_than_one_document_may_be_goes_out_and_in_again(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    for _ in range(2):
        desk.invoice(customer, item, 99_999_999_999)
    rows = [json.loads(line, parse_float=Decimal) for line in dumped(desk)]
    desk.emulator.load(desk.realm, rows, replace=True)
    assert [json.loads(line, parse_float=Decimal) for line in dumped(desk)] == rows
    assert desk.read("Customer", customer)["Balance"] == 199_999_999_998


def test_times_and_tokens_are_kept_and_found(desk: Desk):
    meta = {"CreateTime": "2020-01-02T03:04:05-08:00", "LastUpdatedTime": "2021-01-02T03:04:05-08:00"}
    desk.emulator.load(desk.realm, [*names(desk), invoice(1000, SyncToken="7", MetaData=meta)])
    found = desk.select("SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime < '2021-06-01T00:00:00Z'")
    assert [(each["SyncToken"], each["MetaData"]) for each in found] == [("7", meta)]


def test_it_goes_over_the_control_interface_as_lines_and_as_a_list(desk: Desk):
    rows = [*names(desk), invoice(1000)]
    body = "".join(json.dumps(row) + "\n\n" for row in rows).encode()
    sent = desk.emulator.handle(Request("POST", f"/_emulator/objects?realm_id={desk.realm}", LINES, body))
    assert (sent.status, json.loads(sent.body)) == (201, {"objects": {"Item": 1, "Customer": 1, "Invoice": 1}})
    assert desk.control("POST", f"objects?realm_id={desk.realm}", [invoice(1001)]) == (201, {"objects": {"Invoice": 1}})
    got = desk.emulator.handle(Request("GET", f"/_emulator/objects?realm_id={desk.realm}"))
    assert got.headers["Content-Type"].startswith("application/x-ndjson")
    assert [line for line in got.body.decode().splitlines() if line.startswith('{"Invoice"')] == [
        line for line in dumped(desk) if line.startswith('{"Invoice"')
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["Customer"], "row 3: an object is wanted"),
        ({"Custmoer": {}}, "row 3: there is no entity 'Custmoer'"),
        ({"Customer": []}, "row 3: Customer is no object"),
        ({"Customer": {"Id": 7}}, "row 3: Id is a string of digits"),
        ({"Customer": {"Id": "7", "SyncToken": "x"}}, "row 3: Id is a string of digits"),
        ({"Customer": {"Id": "7", "DisplayName": "x", "MetaData": {"CreateTime": "soon"}}}, "row 3: MetaData takes CreateTime"),
        ({"Customer": {"Id": "7", "DisplayName": "x", "MetaData": 3}}, "row 3: MetaData is no object"),
        ({"Customer": {"Id": "7", "Colour": "red"}}, 'row 3: Customer 7: 2010 .*Unrecognized field "Colour"'),
        (invoice(1000, TxnDate="yesterday"), "row 3: Invoice 1000: 20[67]0"),
        ({"Customer": {"Id": "901", "DisplayName": "x"}}, "row 3: Customer 901 is there already, or comes twice"),
    ],
)
def test_a_row_that_cannot_be_there_is_named_and_nothing_is_kept(desk: Desk, row: Any, said: str):
    before = dumped(desk)
    with pytest.raises(Unloadable, match=said):
        desk.emulator.load(desk.realm, [*names(desk), row], replace=True)
    assert dumped(desk) == before
    assert checked(desk) == []
    desk.post("customer", {"DisplayName": "Still here"})


def test_documents_that_cannot_be_posted_are_refused(desk: Desk):
    with pytest.raises(Unloadable, match="cannot be posted"):
        desk.emulator.load(desk.realm, [*names(desk), invoice(1000, TotalAmt=20)])
    assert desk.select("SELECT * FROM Invoice") == []


def test_a_line_that_is_no_json_is_named():
    with pytest.raises(Unloadable, match="row 3 is no JSON"):
        list(lines('{"Customer": {}}\n\n{"Customer": '))


def test_a_realm_that_is_not_there_is_named(desk: Desk):
    with pytest.raises(ValueError, match=f"there is no company '1'; there are: {desk.realm}"):
        desk.emulator.load("1", [])


def test_indexes_and_what_the_planner_knows_are_as_before_a_large_load(desk: Desk):
    state = desk.emulator.parts.state

    def kept() -> list[Any]:
        indexes = state.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name").fetchall()
        return [indexes, state.execute("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx").fetchall()]

    before = kept()
    desk.emulator.load(desk.realm, [*names(desk), *(invoice(number) for number in range(1000, 3100))])
    assert kept() == before
    for condition in ("DocNumber = 'N2000'", "MetaData.LastUpdatedTime > '2026-01-01T00:00:00Z'"):
        assert desk.select(f"SELECT * FROM Invoice WHERE {condition}")


def test_the_history_of_a_loaded_object_begins_with_it(desk: Desk):
    desk.emulator.load(desk.realm, names(desk))
    versions = desk.emulator.parts.versions.of(desk.emulator.companies[desk.realm], "Customer", "901")
    assert [(each.change, json.loads(each.text)["DisplayName"]) for each in versions] == [("found", "Ada")]


@pytest.mark.parametrize("order", ["recorded", "shuffled", "name", "newest", "oldest"])
@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("DocNumber = 'N2000'", "object_doc"),
        ("MetaData.LastUpdatedTime > '2030-01-01T00:00:00Z'", "object_updated"),
        ("MetaData.LastUpdatedTime > '2030-01-01T00:00:00Z' AND TotalAmt > '5'", "object_updated"),
        ("MetaData.CreateTime > '2030-01-01T00:00:00Z'", "object_made"),
        ("CustomerRef = '901'", "object_party"),
        ("TxnDate > '2030-01-01'", "object_date"),
    ],
)
def test_queries_find_their_index_in_every_order(make: Make, monkeypatch: pytest.MonkeyPatch, order: str, condition: str, index: str):
    desk = make(default_order=order)
    state, asked = desk.emulator.parts.state, []
    real = state.execute

    def noted(statement: str, values: Any = ()) -> Any:
        if "ORDER BY" in statement and "FROM object" in statement:
            asked.append((statement, values))
        return real(statement, values)

    monkeypatch.setattr(state, "execute", noted)
    desk.select(f"SELECT * FROM Invoice WHERE {condition}")
    ((statement, values),) = asked
    assert f"USING INDEX {index} " in str(real(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
