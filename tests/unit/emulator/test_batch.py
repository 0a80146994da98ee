"""Batches: independent items, limits, and answers that come again under the same requestid."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import Desk, parsed, sale


def create(entity: str, **values):
    return {"operation": "create", entity: values}


def test_items_are_independent_of_each_other(desk: Desk):
    answers = desk.batch(
        create("Customer", DisplayName="Ada"),
        create("Customer", DisplayName="ada"),
        create("Vendor", DisplayName="Bolt"),
        {"Query": "select count(*) from Customer"},
        {"operation": "create", "Nonsense": {}},
        {"operation": "explode", "Vendor": {}},
        {"operation": "create"},
        {"Query": "select nothing"},
    )
    assert answers["i0"]["Customer"]["DisplayName"] == "Ada"
    (error,) = answers["i1"]["Fault"]["Error"]
    assert (error["code"], error["element"], answers["i1"]["Fault"]["type"]) == ("6240", "", "ValidationFault")
    assert answers["i2"]["Vendor"]["SyncToken"] == "0"
    assert answers["i3"]["QueryResponse"] == {"totalCount": 1}
    codes = [answers[bid]["Fault"]["Error"][0]["code"] for bid in ("i4", "i5", "i6", "i7")]
    assert codes == ["2010", "500", "2020", "4000"]


def test_a_refused_item_leaves_no_trace(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    good = {"CustomerRef": {"value": customer}, "Line": [sale(item, 10)], "DocNumber": "1"}
    answers = desk.batch(create("Invoice", **good), create("Invoice", **good), create("Invoice", **{**good, "DocNumber": "2"}))
    assert "Fault" in answers["i1"]
    assert desk.read("Customer", customer)["Balance"] == 20
    assert len(desk.select("select * from Invoice")) == 2


def test_updates_deletes_and_voids_are_operations_of_items(desk: Desk):
    customer, item = desk.customer(), desk.item()["Id"]
    first, second = desk.invoice(customer["Id"], item, 1), desk.invoice(customer["Id"], item, 2)
    answers = desk.batch(
        {"operation": "update", "Customer": {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"}},
        {"operation": "delete", "Invoice": {"Id": first["Id"], "SyncToken": "0"}},
        {"operation": "update", "optionsData": "void", "Invoice": {"Id": second["Id"], "SyncToken": "0", "sparse": True}},
    )
    assert answers["i0"]["Customer"]["Notes"] == "n"
    assert answers["i1"]["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": first["Id"]}
    assert answers["i2"]["Invoice"]["PrivateNote"] == "Voided"


def test_options_of_an_item_reach_its_rules(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    desk.invoice(customer, item, 1, DocNumber="7")
    wish = create("Invoice", CustomerRef={"value": customer}, Line=[sale(item, 1)], DocNumber="7")
    answers = desk.batch(wish, {**wish, "optionsData": "allowduplicatedocnum"}, wish)
    assert ["Fault" in answers[bid] for bid in ("i0", "i1", "i2")] == [True, False, True]


def test_more_than_30_items_are_refused_as_a_whole(make):
    desk = make()
    items = [{"bId": str(number), **create("Customer", DisplayName=f"N{number}")} for number in range(31)]
    error = desk.refused("batch", {"BatchItemRequest": items})
    assert error["code"] == "1040"
    assert desk.select("select * from Customer") == []
    assert len(desk.batch(*items[:30])) == 30
    generous = make(batch_max_items=50)
    assert len(generous.batch(*items)) == 31


@pytest.mark.parametrize(("body", "code"), [({}, "2020"), ({"BatchItemRequest": [1]}, "2020"), (b"[1, 2", "2010"), (b"\xff", "500"), ([], "2020")])
def test_a_malformed_envelope_is_refused_as_a_whole(desk: Desk, body, code):
    assert desk.refused("batch", body)["code"] == code


def test_an_empty_batch_is_an_empty_answer(desk: Desk):
    assert parsed(desk.ask("POST", "batch", {"BatchItemRequest": []}))["BatchItemResponse"] == []


def test_a_batch_is_answered_again_item_by_item(desk: Desk):
    items = [create("Customer", DisplayName="Ada"), create("Customer", DisplayName="Bob")]
    first = desk.batch(*items, requestid="r1")
    assert desk.batch(*items, requestid="r1") == first
    assert len(desk.select("select * from Customer")) == 2
    third = desk.batch(*items, create("Customer", DisplayName="Cy"), requestid="r1")
    assert {bid: third[bid] for bid in ("i0", "i1")} == first
    assert third["i2"]["Customer"]["DisplayName"] == "Cy"


def test_other_bids_are_other_requests(desk: Desk):
    desk.batch({"bId": "a", **create("Term", Name="T1", DueDays=1)}, requestid="r1")
    again = desk.batch({"bId": "b", **create("Term", Name="T1", DueDays=1)}, requestid="r1")
    assert again["b"]["Fault"]["Error"][0]["code"] == "6240"


def test_a_refused_item_is_tried_anew_under_the_same_requestid(desk: Desk):
    desk.customer("Ada")
    taken = create("Vendor", DisplayName="Ada")
    assert "Fault" in desk.batch(taken, requestid="r1")["i0"]
    desk.act("rename", entity="Customer", id=desk.select("select * from Customer")[0]["Id"], name="Adah")
    assert desk.batch(taken, requestid="r1")["i0"]["Vendor"]["DisplayName"] == "Ada"


def test_lengths_of_requestid_and_bid_are_checked(desk: Desk):
    item = create("Customer", DisplayName="Ada")
    assert desk.refused("batch?requestid=" + "r" * 37, {"BatchItemRequest": [{"bId": "1", **item}]})["code"] == "2130"
    assert desk.refused("batch?requestid=r", {"BatchItemRequest": [{"bId": "b" * 11, **item}]})["code"] == "2130"
    assert "Customer" in desk.batch({"bId": "b" * 11, **item})["b" * 11]
    assert "Vendor" in desk.batch({"bId": "b" * 10, **create("Vendor", DisplayName="B")}, requestid="r" * 36)["b" * 10]


def test_execution_and_answers_can_be_shuffled(make):
    desk = make(batch_order="shuffled", batch_reply_order="shuffled")
    items = [{"bId": f"i{n}", **create("Customer", DisplayName=f"N{n:02}")} for n in range(30)]
    response = parsed(desk.ask("POST", "batch?requestid=x", {"BatchItemRequest": items}))["BatchItemResponse"]
    assert {each["bId"] for each in response} == {item["bId"] for item in items}
    assert [each["bId"] for each in response] != [item["bId"] for item in items]
    by_id = sorted(response, key=lambda each: int(each["Customer"]["Id"]))
    assert [each["Customer"]["DisplayName"] for each in by_id] != [f"N{n:02}" for n in range(30)]


def test_a_query_in_a_batch_sees_what_earlier_items_did_to_balances(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    answers = desk.batch(
        create("Invoice", CustomerRef={"value": customer}, Line=[sale(item, 10)]),
        {"Query": "select * from Customer where Balance > '0'"},
    )
    assert answers["i1"]["QueryResponse"]["Customer"][0]["Id"] == customer


def test_a_create_is_answered_again_under_its_requestid_even_after_a_delete(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    body = {"CustomerRef": {"value": customer}, "Line": [sale(item, 10)]}
    first = desk.ask("POST", "invoice?requestid=abc", body)
    assert desk.ask("POST", "invoice?requestid=abc", body).body == first.body
    id_ = parsed(first)["Invoice"]["Id"]
    desk.post("invoice?operation=delete&requestid=d1", {"Id": id_, "SyncToken": "0"})
    assert desk.post("invoice?operation=delete&requestid=d1", {"Id": id_, "SyncToken": "0"})["status"] == "Deleted"
    assert desk.ask("POST", "invoice?requestid=abc", body).body == first.body
    assert desk.select("select * from Invoice") == []


def test_an_empty_requestid_is_ignored_and_a_long_one_refused(desk: Desk):
    for name in ("A", "B"):
        desk.post("customer?requestid=", {"DisplayName": name})
    assert desk.refused("customer?requestid=" + "r" * 51, {"DisplayName": "C"})["code"] == "2130"
    assert desk.post("customer?requestid=" + "r" * 50, {"DisplayName": "C"})["DisplayName"] == "C"


def test_memory_can_be_short_or_none(make, clock):
    body = {"Name": "T", "DueDays": 1}
    forgetful = make(requestid_memory_seconds=0)
    forgetful.post("term?requestid=r", body)
    assert forgetful.refused("term?requestid=r", body)["code"] == "6240"
    brief = make(requestid_memory_seconds=60)
    first = brief.post("term?requestid=r", body)
    clock.advance(59)
    assert brief.post("term?requestid=r", body) == first
    clock.advance(1)
    assert brief.refused("term?requestid=r", body)["code"] == "6240"


def test_other_content_under_the_same_requestid_is_replayed_or_refused(make):
    lenient, strict = make(), make(requestid_other_body="600")
    for desk in (lenient, strict):
        desk.post("customer?requestid=r", {"DisplayName": "A"})
    assert lenient.post("customer?requestid=r", {"DisplayName": "B"})["DisplayName"] == "A"
    assert strict.refused("customer?requestid=r", {"DisplayName": "B"})["code"] == "600"
    assert strict.post("customer?requestid=r", {"DisplayName": "A"})["DisplayName"] == "A"


@pytest.mark.parametrize("remembered", [False, True])
def test_refusals_are_remembered_only_where_the_switch_says_so(make, remembered):
    desk = make(requestid_replays_errors=remembered)
    taken = desk.customer("Ada")
    first = desk.ask("POST", "vendor?requestid=r", {"DisplayName": "Ada"})
    item = desk.batch(create("Vendor", DisplayName="Ada"), requestid="b")["i0"]
    assert (first.status, "Fault" in item) == (400, True)
    desk.act("rename", entity="Customer", id=taken["Id"], name="Adah")
    again = desk.ask("POST", "vendor?requestid=r", {"DisplayName": "Ada"})
    assert (again.status == 400, again.body == first.body) == (remembered, remembered)
    desk.act("rename", entity="Customer", id=taken["Id"], name="Adah")
    assert ("Fault" in desk.batch(create("Vendor", DisplayName="Bob"), requestid="b")["i0"]) is remembered


def test_companies_remember_requestids_of_their_own(desk: Desk):
    desk.post("customer?requestid=r", {"DisplayName": "A"})
    other = Desk(desk.emulator, "empty")
    assert other.post("customer?requestid=r", {"DisplayName": "B"})["DisplayName"] == "B"
    assert other.realm != desk.realm
