"""requestid: the first answer comes again, per company, and in a batch per bId."""

from __future__ import annotations

import json

import pytest

from tests.unit.emulator.desk import Desk, parsed


def count(desk: Desk) -> int:
    return len(desk.select("select * from Customer where Active in (true, false)"))


def create(desk: Desk, requestid: str, name: str = "Ada"):
    return desk.ask("POST", f"customer?requestid={requestid}", {"DisplayName": name})


def test_the_same_id_and_content_give_the_original_answer_byte_for_byte(desk: Desk, clock):
    first = create(desk, "r1")
    clock.advance(60)
    again = create(desk, "r1")
    assert (again.status, again.body) == (200, first.body)
    assert count(desk) == 1


@pytest.mark.parametrize("operation", ["update", "delete", "void"])
def test_any_write_can_be_repeated(desk: Desk, operation):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    tail = {"update": "invoice?requestid=r", "delete": "invoice?operation=delete&requestid=r", "void": "invoice?operation=void&requestid=r"}[operation]
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"}
    first, again = desk.ask("POST", tail, body), desk.ask("POST", tail, body)
    assert first.status == again.status == 200
    assert first.body == again.body


def test_an_empty_id_is_accepted_and_ignored(desk: Desk):
    assert create(desk, "", "Ada").status == create(desk, "", "Bob").status == 200
    assert count(desk) == 2


def test_an_id_is_unique_per_company(desk: Desk):
    other = Desk(desk.emulator, "empty")
    assert parsed(create(desk, "r1"))["Customer"]["DisplayName"] == "Ada"
    assert parsed(create(other, "r1", "Bob"))["Customer"]["DisplayName"] == "Bob"


@pytest.mark.parametrize(("length", "status"), [(50, 200), (51, 400)])
def test_an_id_has_50_characters_at_most(desk: Desk, length, status):
    response = create(desk, "x" * length)
    assert response.status == status
    if status == 400:
        assert parsed(response)["Fault"]["Error"][0]["code"] == "2130"


def test_other_content_gets_the_original_answer_or_600(make):
    desk = make()
    create(desk, "r1", "Ada")
    assert parsed(create(desk, "r1", "Bob"))["Customer"]["DisplayName"] == "Ada"
    strict = make(requestid_other_body="600")
    create(strict, "r1", "Ada")
    assert parsed(create(strict, "r1", "Bob"))["Fault"]["Error"][0]["code"] == "600"
    assert create(strict, "r1", "Ada").status == 200


@pytest.mark.parametrize(("seconds", "remembered"), [(-1, True), (86_400, False), (0, False)])
def test_how_long_an_id_is_remembered_is_a_setting(make, clock, seconds, remembered):
    desk = make(requestid_memory_seconds=seconds)
    create(desk, "r1")
    clock.advance(86_401)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert (create(desk, "r1").status == 200) is remembered


def test_only_successes_are_remembered_unless_the_switch_says_otherwise(make):
    for replays, status in ((False, 200), (True, 400)):
        desk = make(requestid_replays_errors=replays)
        other = desk.customer("Ada")
        assert create(desk, "r1").status == 400
        desk.post("customer", {"Id": other["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Bob"})
        assert create(desk, "r1").status == status


def test_a_create_repeated_after_the_object_was_deleted_gives_the_old_success_and_books_nothing(desk: Desk):
    body = {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [], "DocNumber": "1"}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {"AccountRef": desk.account("Supplies")}}
    body["Line"] = [line]
    first = parsed(desk.ask("POST", "bill?requestid=r1", body))["Bill"]
    desk.act("delete", entity="Bill", id=first["Id"])
    again = parsed(desk.ask("POST", "bill?requestid=r1", body))["Bill"]
    assert again["Id"] == first["Id"]
    assert desk.select("select * from Bill") == []


def test_a_remembered_answer_outlives_a_new_token(desk: Desk):
    first = create(desk, "r1")
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert create(desk, "r1").body == first.body


def test_in_a_batch_requestid_and_bid_are_the_key_together(desk: Desk):
    def batch(bid: str, name: str):
        (answer,) = parsed(desk.ask("POST", "batch?requestid=b1", {"BatchItemRequest": [{"bId": bid, "operation": "create", "Customer": {"DisplayName": name}}]}))["BatchItemResponse"]
        return answer

    first = batch("i0", "Ada")
    assert batch("i0", "Ada") == first
    assert batch("i1", "Bob")["Customer"]["DisplayName"] == "Bob"
    assert count(desk) == 2


@pytest.mark.parametrize(("requestid", "bid", "status"), [("x" * 36, "i" * 10, 200), ("x" * 37, "i", 400), ("x", "i" * 11, 400), ("", "i" * 40, 200)])
def test_the_lengths_in_a_batch(desk: Desk, requestid, bid, status):
    items = [{"bId": bid, "Query": "select count(*) from Term"}]
    response = desk.ask("POST", f"batch?requestid={requestid}", {"BatchItemRequest": items})
    assert response.status == status


def test_a_read_ignores_a_requestid(desk: Desk):
    first = desk.ask("GET", "query?query=select+count(*)+from+Customer&requestid=r1")
    desk.customer()
    again = desk.ask("GET", "query?query=select+count(*)+from+Customer&requestid=r1")
    assert json.loads(first.body)["QueryResponse"] != json.loads(again.body)["QueryResponse"]
