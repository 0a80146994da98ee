"""Change data capture: how far back, what it gives in which order, where it is cut, and what it does not know."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.unit.emulator.desk import Desk, parsed

DAY = 86_400


def cdc(desk: Desk, entities: str, since: str = "2026-01-15T00:00:00-08:00") -> list[dict]:
    response = desk.ask("GET", f"cdc?entities={entities}&changedSince={quote(since)}")
    assert response.status == 200, response.body
    return parsed(response)["CDCResponse"][0]["QueryResponse"]


def fresh(desk: Desk, seconds: float) -> None:
    desk.emulator.parts.clock.advance(seconds)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")


@pytest.mark.parametrize("since", ["2026-01-15", "2026-01-15T00:00:00", "2026-01-15T08:00:00Z", "2026-01-15T00:00:00-08:00", "2026-01-15T08:00:00.000+00:00"])
def test_a_moment_is_a_date_or_a_time_with_or_without_offset(desk: Desk, since):
    desk.customer()
    assert len(cdc(desk, "Customer", since)[0]["Customer"]) == 1


def test_without_an_offset_it_is_the_companys_time(desk: Desk):
    desk.customer()  # at 09:00 in California, 17:00 in UTC
    assert cdc(desk, "Customer", "2026-01-15T09:00:01") == [{}]
    assert cdc(desk, "Customer", "2026-01-15T09:00:00") != [{}]


def test_entity_names_are_read_in_any_case_and_answered_in_the_requests_order(desk: Desk):
    desk.customer()
    desk.vendor()
    assert [next(iter(part)) for part in cdc(desk, "vendor,CUSTOMER")] == ["Vendor", "Customer"]


def test_an_entity_without_changes_is_an_empty_object(desk: Desk):
    desk.vendor()
    assert cdc(desk, "Customer, Vendor ,Invoice")[::2] == [{}, {}]


@pytest.mark.parametrize(("entities", "since", "code"), [("", "2026-01-15", "2020"), ("Customer", "", "2020"), ("Customer", "soon", "2060"), ("Nothing", "2026-01-15", "4001")])
def test_what_is_missing_or_makes_no_sense_is_refused(desk: Desk, entities, since, code):
    assert desk.refused(f"cdc?entities={entities}&changedSince={since}", None, "GET")["code"] == code


def test_thirty_days_and_no_more(make):
    desk = make()
    assert desk.ask("GET", "cdc?entities=Customer&changedSince=2025-12-16T17:00:00Z").status == 200
    error = desk.refused("cdc?entities=Customer&changedSince=2025-12-16T16:59:59Z", None, "GET")
    assert error["Detail"] == "Operation cdc with changedSince date 2025-12-16T16:59:59Z which is older than fixed days is not supported."
    assert error["code"] == "500"
    assert make(cdc_too_old_code="2190").refused("cdc?entities=Customer&changedSince=2011-01-01", None, "GET")["code"] == "2190"
    assert make(cdc_look_back_days=0).ask("GET", "cdc?entities=Customer&changedSince=2011-01-01").status == 200


def test_living_objects_come_whole_by_their_time_and_stubs_last(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    made = []
    for _ in range(3):
        made.append(desk.invoice(customer, item))
        fresh(desk, 10)
    desk.post("invoice?operation=delete", {"Id": made[0]["Id"], "SyncToken": "0"})
    fresh(desk, 10)
    desk.post("invoice", {"Id": made[1]["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "later"})
    (part,) = cdc(desk, "Invoice")
    assert [row["Id"] for row in part["Invoice"]] == [made[2]["Id"], made[1]["Id"], made[0]["Id"]]
    assert part["Invoice"][0] == made[2]
    assert part["Invoice"][2] == {"domain": "QBO", "status": "Deleted", "Id": made[0]["Id"], "MetaData": {"LastUpdatedTime": "2026-01-15T09:00:30-08:00"}}
    assert (part["startPosition"], part["maxResults"]) == (1, 3)


def test_a_thousand_objects_in_all_are_silently_the_end_and_deletions_are_lost_first(make):
    desk = make(cdc_cap=3)
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    gone = desk.invoice(customer, item)
    desk.post("invoice?operation=delete", {"Id": gone["Id"], "SyncToken": "0"})
    for _ in range(2):
        desk.invoice(customer, item)
    customers, invoices = cdc(desk, "Customer,Invoice")
    assert (customers["maxResults"], invoices["maxResults"]) == (1, 2)
    assert all("status" not in row for row in invoices["Invoice"])
    desk.control("POST", "switches", {"cdc_cap_scope": "entity"})
    assert cdc(desk, "Customer,Invoice")[1]["maxResults"] == 3
    assert make().emulator.parts.switches["cdc_cap"] == 1000


@pytest.mark.parametrize("entity", ["JournalCode", "TaxAgency", "TaxCode", "TaxRate", "TimeActivity", "Preferences"])
def test_some_entities_have_no_cdc_and_are_an_error_or_nothing(make, entity):
    error = make().refused(f"cdc?entities={entity}&changedSince=2026-01-15", None, "GET")
    assert error["code"] == "500"
    assert cdc(make(cdc_excluded="empty"), f"{entity},Term", "2026-01-10")[0] == {}


@pytest.mark.parametrize(("switch", "entity"), [("cdc_time_activity", "TimeActivity"), ("cdc_preferences", "Preferences")])
def test_of_two_it_is_unknown_so_they_are_switches(make, switch, entity):
    assert make(**{switch: "supported"}).ask("GET", f"cdc?entities={entity}&changedSince=2026-01-15").status == 200


def test_a_deactivated_name_comes_whole_or_as_a_stub(make):
    for switch, status in (("payload", None), ("stub", "Deleted")):
        desk = make(cdc_inactive_names=switch)
        made = desk.customer()
        desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
        (row,) = cdc(desk, "Customer")[0]["Customer"]
        assert row.get("status") == status
        assert row.get("Active") == (False if status is None else None)


def test_own_writes_come_back_and_so_does_a_name_whose_balance_moved(desk: Desk):
    customer, item = desk.customer(), desk.item()["Id"]
    fresh(desk, 60)
    desk.invoice(customer["Id"], item)
    (row,) = cdc(desk, "Customer", "2026-01-15T09:00:30-08:00")[0]["Customer"]
    assert (row["SyncToken"], row["Balance"]) == ("0", 100)


def test_a_void_comes_as_an_update(desk: Desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    desk.post("invoice?operation=void", {"Id": made["Id"], "SyncToken": "0"})
    (row,) = cdc(desk, "Invoice")[0]["Invoice"]
    assert (row["PrivateNote"], row["SyncToken"], "status" in row) == ("Voided", "1", False)


def test_what_is_deleted_before_anybody_saw_it_is_a_stub_all_the_same(desk: Desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    desk.post("invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"})
    (row,) = cdc(desk, "Invoice")[0]["Invoice"]
    assert row["status"] == "Deleted"


def test_a_call_over_several_entities_counts_as_one_read(make):
    for weight in (1, 4):
        desk = make(cdc_weight=weight)
        cdc(desk, "Customer,Vendor,Invoice,Bill")
        assert desk.control("GET", "journal")[1]["lines"][-1]["coreplus"] == weight


def test_changes_are_told_by_seconds(desk: Desk):
    first = desk.customer("A")
    desk.emulator.parts.clock.advance(0.4)
    second = desk.customer("B")
    assert first["MetaData"] == second["MetaData"]
    assert len(cdc(desk, "Customer", first["MetaData"]["LastUpdatedTime"])[0]["Customer"]) == 2


def test_fifteen_hundred_rows_can_share_a_second(make):
    desk = make(cdc_cap=1000)
    for start in range(0, 1500, 30):
        desk.batch(*({"operation": "create", "Customer": {"DisplayName": f"N{number}"}} for number in range(start, start + 30)))
    status, answer = desk.control("POST", "times", {"realm_id": desk.realm, "entity": "Customer", "updated": "2026-01-15T09:00:07-08:00"})
    assert (status, answer) == (200, {"changed": 1500})
    (part,) = cdc(desk, "Customer", "2026-01-15T09:00:07-08:00")
    assert part["maxResults"] == 1000
    assert {row["MetaData"]["LastUpdatedTime"] for row in part["Customer"]} == {"2026-01-15T09:00:07-08:00"}
    assert cdc(desk, "Customer", "2026-01-15T09:00:08-08:00") == [{}]


def test_rows_may_show_up_late(make):
    desk = make(visibility_lag_seconds=60)
    for number in range(20):
        desk.customer(f"N{number}")
    early = cdc(desk, "Customer")[0].get("maxResults", 0)
    fresh(desk, 61)
    assert early < cdc(desk, "Customer")[0]["maxResults"] == 20
