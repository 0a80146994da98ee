"""Batch: items on their own, their limits, their order, what they may ask, and what they cost."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import Desk, parsed


def send(desk: Desk, *items: dict, tail: str = "batch"):
    return desk.ask("POST", tail, {"BatchItemRequest": list(items)})


def answers(desk: Desk, *items: dict, tail: str = "batch") -> list[dict]:
    response = send(desk, *items, tail=tail)
    assert response.status == 200, response.body
    return parsed(response)["BatchItemResponse"]


def vendor(name: str, bid: str = "i", operation: str = "create") -> dict:
    return {"bId": bid, "operation": operation, "Vendor": {"DisplayName": name}}


def test_a_batch_holds_thirty_items_and_one_more_is_1040(desk: Desk):
    items = [{"bId": f"i{number}", "Query": "select count(*) from Term"} for number in range(31)]
    assert len(answers(desk, *items[:30])) == 30
    response = send(desk, *items)
    (error,) = parsed(response)["Fault"]["Error"]
    assert (response.status, error["code"], error["Message"]) == (400, "1040", "Batch size exceeds limit")


@pytest.mark.parametrize("most", [10, 30, 50])
def test_the_most_items_are_a_switch(make, most):
    desk = make(batch_max_items=most)
    items = [{"bId": f"i{number}", "Query": "select count(*) from Term"} for number in range(most)]
    assert send(desk, *items).status == 200
    assert send(desk, *items, *items).status == 400


def test_an_item_that_is_refused_leaves_the_others_alone_and_its_fault_has_an_element(desk: Desk):
    first, second, third = answers(desk, vendor("A", "1"), vendor("A", "2"), vendor("B", "3"))
    assert (first["Vendor"]["DisplayName"], third["Vendor"]["DisplayName"]) == ("A", "B")
    (error,) = second["Fault"]["Error"]
    assert (error["code"], error["element"], second["bId"]) == ("6240", "", "2")


def test_create_update_sparse_delete_and_void(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    first, second = desk.invoice(customer, item), desk.invoice(customer, item)
    changed, deleted, voided = answers(
        desk,
        {"bId": "1", "operation": "update", "Customer": {"Id": customer, "SyncToken": "0", "sparse": True, "Notes": "n"}},
        {"bId": "2", "operation": "delete", "Invoice": {"Id": first["Id"], "SyncToken": "0"}},
        {"bId": "3", "operation": "update", "optionsData": "void", "Invoice": {"Id": second["Id"], "SyncToken": "0", "sparse": True}},
    )
    assert changed["Customer"]["Notes"] == "n"
    assert deleted["Invoice"]["status"] == "Deleted"
    assert (voided["Invoice"]["PrivateNote"], voided["Invoice"]["TotalAmt"]) == ("Voided", 0)


@pytest.mark.parametrize("operation", ["merge", "revert", "send", "nonsense"])
def test_operations_that_the_schema_names_and_nobody_documents_are_unsupported(desk: Desk, operation):
    (answer,) = answers(desk, vendor("A", operation=operation))
    assert answer["Fault"]["Error"][0]["Detail"] == f"Operation {operation} is not supported."


def test_options_hold_for_their_item_alone(make):
    desk = make("intuit")
    bill = {"VendorRef": {"value": "30"}, "DocNumber": "7", "Line": [{"Amount": 1, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}}}]}
    desk.post("bill", bill)
    allowed, refused = answers(
        desk,
        {"bId": "1", "operation": "create", "optionsData": "allowduplicatedocnum", "Bill": bill},
        {"bId": "2", "operation": "create", "Bill": bill},
    )
    assert ("Bill" in allowed, refused["Fault"]["Error"][0]["code"]) == (True, "6140")


def test_an_item_cannot_refer_to_another_by_its_bid(desk: Desk):
    _, second = answers(
        desk,
        {"bId": "cust", "operation": "create", "Customer": {"DisplayName": "Ada"}},
        {"bId": "inv", "operation": "create", "Invoice": {"CustomerRef": {"value": "cust"}, "Line": []}},
    )
    assert "Fault" in second


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"BatchItemRequest":null}', b'{"BatchItemRequest":{}}', b'{"BatchItemRequest":[1]}', b'{"BatchItemRequest":["x"]}'])
def test_a_malformed_envelope_fails_as_a_whole(desk: Desk, body):
    assert desk.ask("POST", "batch", body).status == 400


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"bId": "1"}, "2020"),
        ({"bId": "1", "operation": "create"}, "2020"),
        ({"bId": "1", "operation": "create", "Nonsense": {}}, "2010"),
        ({"bId": "1", "operation": "create", "vendor": {"DisplayName": "A"}}, "2010"),
        ({"bId": "1", "operation": "create", "Vendor": []}, "2010"),
        ({"bId": "1", "operation": "update", "Vendor": {"DisplayName": "A"}}, "2020"),
        ({"bId": "1", "operation": "delete", "Vendor": {"Id": "1", "SyncToken": "0"}}, "500"),
        ({"bId": "1", "Query": 5}, "2010"),
        ({"bId": "1", "Query": "select"}, "4000"),
        ({"bId": "1", "Query": "select * from Nothing"}, "4001"),
        ({"bId": "1", "CDCQuery": "Customer"}, "2010"),
        ({"bId": "1", "CDCQuery": {"Entities": "Customer"}}, "2020"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_alone(desk: Desk, item, code):
    bad, good = answers(desk, item, vendor("Good", "2"))
    assert (bad["Fault"]["Error"][0]["code"], bad["bId"]) == (code, "1")
    assert good["Vendor"]["DisplayName"] == "Good"


def test_answers_keep_the_requests_order_unless_shuffled(make):
    bids = [f"i{number}" for number in range(20)]
    items = [{"bId": bid, "Query": "select count(*) from Term"} for bid in bids]
    assert [each["bId"] for each in answers(make(), *items)] == bids
    shuffled = [each["bId"] for each in answers(make(batch_reply_order="shuffled"), *items)]
    assert shuffled != bids
    assert sorted(shuffled) == sorted(bids)


def test_items_are_carried_out_in_order_unless_shuffled(make):
    ids = {}
    for order in ("given", "shuffled"):
        made = answers(make(batch_order=order), *(vendor(f"V{number}", f"i{number}") for number in range(20)))
        assert [each["bId"] for each in made] == [f"i{number}" for number in range(20)]
        ids[order] = [int(each["Vendor"]["Id"]) for each in made]
    assert ids["given"] == sorted(ids["given"])
    assert ids["shuffled"] != sorted(ids["shuffled"])


def test_the_queries_of_a_batch_give_a_thousand_objects_in_all(make):
    desk = make(batch_object_cap=5)
    found = answers(desk, *({"bId": str(number), "Query": "select * from Term"} for number in range(3)))
    assert [len(each["QueryResponse"].get("Term", [])) for each in found] == [4, 1, 0]
    assert make().emulator.parts.switches["batch_object_cap"] == 1000


def test_a_query_sees_what_stood_before_it_in_the_same_batch(desk: Desk):
    _, found = answers(desk, vendor("A", "1"), {"bId": "2", "Query": "select * from Vendor"})
    assert found["QueryResponse"]["maxResults"] == 1


def test_change_data_capture_may_be_asked_in_a_batch(desk: Desk):
    desk.customer()
    (found,) = answers(desk, {"bId": "c", "CDCQuery": {"Entities": "Customer,Vendor", "ChangedSince": "2026-01-15"}})
    assert list(found) == ["CDCResponse", "bId"]
    customers, vendors = found["CDCResponse"][0]["QueryResponse"]
    assert (len(customers["Customer"]), vendors) == (1, {})


def test_a_report_may_be_asked_in_a_batch(desk: Desk):
    desk.bill(desk.vendor()["Id"], 5)
    found, refused = answers(
        desk, {"bId": "r", "ReportQuery": "TrialBalance?start_date=2026-01-01&end_date=2026-01-31"}, {"bId": "s", "ReportQuery": "Horoscope"}
    )
    assert list(found) == ["Report", "bId"]
    assert (found["Report"]["Header"]["ReportName"], found["Report"]["Header"]["EndPeriod"]) == ("TrialBalance", "2026-01-31")
    assert found["Report"]["Rows"]["Row"][-1]["Summary"]["ColData"][1] == {"value": "5.00"}
    assert refused["Fault"]["Error"][0]["code"] == "500"
    assert desk.control("GET", "journal")[1]["lines"][-1]["coreplus"] == 1


def test_each_query_is_metered_on_its_own_or_the_batch_as_one(make):
    items = [{"bId": str(number), "Query": "select count(*) from Term"} for number in range(3)]
    for switch, metered in (("item", 3), ("call", 1)):
        desk = make(batch_metered=switch)
        answers(desk, *items, vendor("A"))
        line = desk.control("GET", "journal")[1]["lines"][-1]
        assert (line["coreplus"], line["core"]) == (metered, 1)


def test_a_query_that_is_refused_is_not_metered(desk: Desk):
    answers(desk, {"bId": "1", "Query": "select"})
    assert "coreplus" not in desk.control("GET", "journal")[1]["lines"][-1]


def test_bids_need_not_be_unique_nor_be_there(desk: Desk):
    first, second, third = answers(desk, vendor("A", "x"), vendor("B", "x"), {"operation": "create", "Vendor": {"DisplayName": "C"}})
    assert [first["bId"], second["bId"], third["bId"]] == ["x", "x", ""]
