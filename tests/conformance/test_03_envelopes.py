"""JSON envelopes: what surrounds single objects, queries, counts, deletions, batches, CDC and faults."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.unit.emulator.desk import Desk, parsed


def ask(desk: Desk, statement: str):
    return parsed(desk.ask("GET", f"query?query={quote(statement)}"))


def test_a_single_object_stands_under_its_camel_case_name_before_the_time(desk: Desk):
    answer = parsed(desk.ask("POST", "paymentmethod", {"Name": "Barter"}))
    assert list(answer) == ["PaymentMethod", "time"]
    assert {"domain", "sparse", "Id", "SyncToken", "MetaData"} <= answer["PaymentMethod"].keys()


def test_a_read_has_the_same_envelope_as_a_write(desk: Desk):
    made = parsed(desk.ask("POST", "customer", {"DisplayName": "Ada"}))
    assert parsed(desk.ask("GET", f"customer/{made['Customer']['Id']}")) == made


def test_a_query_names_the_entity_its_position_and_how_many_were_given(desk: Desk):
    answer = ask(desk, "select * from Term startposition 2 maxresults 100")
    assert list(answer) == ["QueryResponse", "time"]
    assert list(answer["QueryResponse"]) == ["Term", "startPosition", "maxResults"]
    assert (answer["QueryResponse"]["startPosition"], answer["QueryResponse"]["maxResults"]) == (2, 3)


@pytest.mark.parametrize("statement", ["select * from Customer", "select * from Term startposition 5", "select * from Term where Name = 'x'"])
def test_an_empty_query_is_an_empty_object(desk: Desk, statement):
    assert ask(desk, statement)["QueryResponse"] == {}


def test_a_count_is_a_total_count_alone(desk: Desk):
    assert ask(desk, "select count(*) from Term")["QueryResponse"] == {"totalCount": 4}


def test_companyinfo_and_preferences_come_without_a_position(desk: Desk):
    for entity in ("CompanyInfo", "Preferences"):
        answer = ask(desk, f"select * from {entity}")["QueryResponse"]
        assert list(answer) == [entity, "maxResults"]
        assert (len(answer[entity]), answer["maxResults"]) == (1, 1)


def test_a_deletion_answers_with_a_stub(desk: Desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    answer = parsed(desk.ask("POST", "invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"}))
    assert answer["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}


def test_a_batch_has_one_member_per_item_with_the_bid_behind_it(desk: Desk):
    items = [
        {"bId": "bid1", "operation": "create", "Vendor": {"DisplayName": "V"}},
        {"bId": "bid2", "operation": "create", "Vendor": {"DisplayName": "V"}},
        {"bId": "bid3", "Query": "select count(*) from Term"},
    ]
    answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": items}))
    assert list(answer) == ["BatchItemResponse", "time"]
    assert [list(each) for each in answer["BatchItemResponse"]] == [["Vendor", "bId"], ["Fault", "bId"], ["QueryResponse", "bId"]]


def test_cdc_is_a_list_of_one_with_a_part_per_entity(desk: Desk):
    desk.customer()
    answer = parsed(desk.ask("GET", "cdc?entities=Customer,Invoice&changedSince=2026-01-15"))
    assert list(answer) == ["CDCResponse", "time"]
    (only,) = answer["CDCResponse"]
    customers, invoices = only["QueryResponse"]
    assert list(customers) == ["Customer", "startPosition", "maxResults"]
    assert (customers["startPosition"], customers["maxResults"], invoices) == (1, 1, {})


def test_a_fault_has_errors_a_type_and_the_time(desk: Desk):
    answer = parsed(desk.ask("GET", "term/99"))
    assert list(answer) == ["Fault", "time"]
    assert list(answer["Fault"]) == ["Error", "type"]
    assert list(answer["Fault"]["Error"][0]) == ["Message", "Detail", "code"]


def test_sparse_is_false_in_every_answer_to_a_write(desk: Desk):
    made = desk.customer()
    assert made["sparse"] is False
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"})
    assert changed["sparse"] is False


def test_nulls_are_left_out(desk: Desk):
    assert None not in desk.customer().values()
    assert "Notes" not in desk.customer("Bob", Notes=None)


def test_a_200_may_carry_a_fault(desk: Desk):
    desk.control("POST", "faults", {"kind": "fault_in_200"})
    response = desk.ask("GET", "term/1")
    assert (response.status, "Fault" in parsed(response)) == (200, True)


def test_total_count_can_come_with_objects_as_well(make):
    desk = make(total_count="always")
    answer = ask(desk, "select * from Term maxresults 2")["QueryResponse"]
    assert list(answer) == ["Term", "startPosition", "maxResults", "totalCount"]
    assert (answer["maxResults"], answer["totalCount"]) == (2, 4)
