"""Change data capture: what changed, what is deleted, and what is cut without a word."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.unit.emulator.desk import Desk, parsed


def changes(desk: Desk, entities: str, since: str) -> list[dict]:
    response = desk.ask("GET", f"cdc?entities={entities}&changedSince={quote(since)}")
    assert response.status == 200, response.body
    (answer,) = parsed(response)["CDCResponse"]
    return answer["QueryResponse"]


def test_each_type_has_a_place_and_an_empty_one_when_nothing_changed(desk: Desk, clock):
    clock.advance(100)
    made = desk.customer()
    assert changes(desk, "vendor,Customer", "2026-01-15T17:01:00Z") == [{}, {"Customer": [made], "startPosition": 1, "maxResults": 1}]
    assert changes(desk, "Customer", "2026-01-15T17:01:41Z") == [{}]


def test_changes_come_by_time_and_deletions_last(desk: Desk, clock):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    clock.advance(10)
    first, second, third = (desk.invoice(customer, item, amount) for amount in (1, 2, 3))
    clock.advance(10)
    desk.post("invoice?operation=delete", {"Id": second["Id"], "SyncToken": "0"})
    clock.advance(10)
    desk.post("invoice", {"Id": first["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"})
    (part,) = changes(desk, "Invoice", "2026-01-15T09:00:05-08:00")
    assert [row["Id"] for row in part["Invoice"]] == [third["Id"], first["Id"], second["Id"]]
    assert part["Invoice"][-1] == {
        "domain": "QBO", "status": "Deleted", "Id": second["Id"], "MetaData": {"LastUpdatedTime": "2026-01-15T09:00:20-08:00"},
    }  # fmt: skip
    (part,) = changes(desk, "Invoice", "2026-01-15T09:00:25-08:00")
    assert [row["Id"] for row in part["Invoice"]] == [first["Id"]]


def test_a_date_alone_and_a_time_without_offset_are_of_the_company(desk: Desk):
    made = desk.customer()
    assert changes(desk, "Customer", "2026-01-15")[0]["Customer"] == [made]
    assert changes(desk, "Customer", "2026-01-15T09:00:00")[0]["Customer"] == [made]
    assert changes(desk, "Customer", "2026-01-15T09:00:01") == [{}]


def test_an_inactive_name_comes_as_itself_or_as_a_stub(make):
    for switch, status in (("payload", None), ("stub", "Deleted")):
        desk = make(cdc_inactive_names=switch)
        made = desk.customer()
        desk.act("deactivate", entity="Customer", id=made["Id"])
        (row,) = changes(desk, "Customer", "2026-01-15")[0]["Customer"]
        assert row.get("status") == status
        assert row["Id"] == made["Id"]
        assert ("DisplayName" in row) is (status is None)


def test_a_balance_shows_in_the_changes_of_its_name(desk: Desk, clock):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    clock.advance(60)
    desk.invoice(customer, item, 5)
    (row,) = changes(desk, "Customer", "2026-01-15T17:00:30Z")[0]["Customer"]
    assert (row["Balance"], row["SyncToken"]) == (5, "0")


def test_an_answer_is_cut_at_its_cap_deletions_first(make):
    desk = make(cdc_cap=5)
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    made = [desk.invoice(customer, item, amount)["Id"] for amount in (1, 2, 3, 4, 5)]
    desk.post("invoice?operation=delete", {"Id": made[0], "SyncToken": "0"})
    (part,) = changes(desk, "Invoice", "2026-01-15")
    assert [row["Id"] for row in part["Invoice"]] == [*made[1:], made[0]]
    names, invoices, items = changes(desk, "Customer,Invoice,Item", "2026-01-15")
    assert (names["maxResults"], [row["Id"] for row in invoices["Invoice"]], items) == (1, made[1:], {})
    desk.control("POST", "switches", {"cdc_cap_scope": "entity"})
    names, invoices, items = changes(desk, "Customer,Invoice,Item", "2026-01-15")
    assert (names["maxResults"], invoices["maxResults"], items["maxResults"]) == (1, 5, 1)


def test_the_cap_is_1000(desk: Desk):
    for number in range(0, 1020, 30):
        desk.batch(*({"operation": "create", "Customer": {"DisplayName": f"N{number + place}"}} for place in range(30)))
    (part,) = changes(desk, "Customer", "2026-01-15")
    assert part["maxResults"] == len(part["Customer"]) == 1000


def test_30_days_back_is_the_limit_unless_it_is_switched_off(make):
    desk = make()
    changes(desk, "Customer", "2025-12-16T17:00:00Z")
    error = desk.refused("cdc?entities=Customer&changedSince=2025-12-16T16:59:59Z", None, "GET")
    assert error["Detail"] == "Operation cdc with changedSince date 2025-12-16T16:59:59Z which is older than fixed days is not supported."
    desk.control("POST", "switches", {"cdc_too_old_code": "5030"})
    assert desk.refused("cdc?entities=Customer&changedSince=2011-01-01", None, "GET")["code"] == "5030"
    assert make(cdc_look_back_days=0).ask("GET", "cdc?entities=Customer&changedSince=2011-01-01").status == 200


@pytest.mark.parametrize("entity", ["TaxCode", "TaxRate", "TaxAgency", "TimeActivity", "Preferences"])
def test_some_entities_have_no_cdc(make, entity):
    desk = make("intuit")
    assert desk.refused(f"cdc?entities={entity}&changedSince=2026-01-14", None, "GET")["code"] == "500"
    desk.control("POST", "switches", {"cdc_excluded": "empty"})
    assert changes(desk, f"{entity},Customer", "2026-01-14T17:00:00Z")[0] == {}


def test_time_activity_can_be_supported(make):
    desk = make(cdc_time_activity="supported")
    employee = desk.post("employee", {"GivenName": "Maya"})
    made = desk.post("timeactivity", {"NameOf": "Employee", "EmployeeRef": {"value": employee["Id"]}, "Hours": 1})
    assert changes(desk, "TimeActivity", "2026-01-15")[0]["TimeActivity"] == [made]


@pytest.mark.parametrize(
    ("query", "code"),
    [("entities=Customer", "2020"), ("changedSince=2026-01-15", "2020"), ("entities=Customer&changedSince=never", "2060"), ("entities=Foo&changedSince=2026-01-15", "4001")],
)
def test_a_malformed_question_is_refused(desk: Desk, query, code):
    assert desk.refused(f"cdc?{query}", None, "GET")["code"] == code


def test_changes_can_become_visible_late(make, clock):
    desk = make(visibility_lag_seconds=60)
    made = {desk.customer(f"N{number}")["Id"] for number in range(20)}
    seen = {row["Id"] for row in changes(desk, "Customer", "2026-01-15")[0].get("Customer", [])}
    assert seen < made
    clock.advance(61)
    assert {row["Id"] for row in changes(desk, "Customer", "2026-01-15")[0]["Customer"]} == made
