"""Trouble on demand: what takes effect, what is answered, and which requests it befalls."""

from __future__ import annotations

import json

import pytest

from syncengine.emulator import ConnectionDropped
from syncengine.emulator.mischief import KINDS, Mischief
from tests.unit.emulator.desk import Desk, parsed
from tests.unit.emulator.test_oauth import refresh


def arm(desk: Desk, kind: str, **more) -> dict:
    status, answer = desk.control("POST", "faults", {"kind": kind, **more})
    assert status == 201, answer
    return answer["faults"][0]


def names(desk: Desk) -> list[str]:
    return sorted(row["DisplayName"] for row in desk.select("select * from Customer"))


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("commit_then_401", 401, b'"code":"3200"'),
        ("commit_then_500", 500, b'"code":"10000"'),
        ("commit_then_503", 503, b"<html>"),
        ("commit_then_504", 504, b"<html>"),
        ("empty_200", 200, b""),
        ("wrong_content_type", 200, b'{"Customer"'),
        ("bom", 200, b"\xef\xbb\xbf{"),
        ("cut_json", 200, b'{"Customer"'),
    ],
)
def test_the_write_takes_effect_though_the_answer_is_trouble(desk: Desk, kind, status, content):
    arm(desk, kind)
    response = desk.ask("POST", "customer?requestid=r", {"DisplayName": "Ada"})
    assert (response.status, content in response.body) == (status, True)
    assert names(desk) == ["Ada"]
    assert desk.post("customer?requestid=r", {"DisplayName": "Ada"})["DisplayName"] == "Ada"
    assert names(desk) == ["Ada"]


@pytest.mark.parametrize("kind", ["commit_then_drop", "truncated", "drop_before_commit"])
def test_a_connection_breaks_after_or_before_the_write(desk: Desk, kind):
    arm(desk, kind)
    with pytest.raises(ConnectionDropped) as dropped:
        desk.ask("POST", "customer", {"DisplayName": "Ada"})
    assert (dropped.value.partial is not None) is (kind == "truncated")
    assert names(desk) == ([] if kind == "drop_before_commit" else ["Ada"])


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("throttle_429", 429, b'<Error code="3001">'),
        ("throttle_403", 403, b"statusCode=403"),
        ("unavailable_503", 503, b"<html>"),
        ("system_500", 500, b'"type":"SystemFault"'),
        ("gateway_504", 504, b""),
        ("expired_401", 401, b'"code":"3200"'),
        ("forbidden_403", 403, b'"code":"3100"'),
        ("access_lost_120", 401, b'"code":"120"'),
        ("wrong_cluster_130", 401, b'code="130"'),
        ("subscription_6190", 400, b'"code":"6190"'),
        ("company_reset_10200", 400, b'"code":"10200"'),
        ("fault_in_200", 200, b'{"Fault"'),
        ("stale", 400, b'"code":"5010"'),
    ],
)
def test_nothing_takes_effect_when_the_request_does_not_get_through(desk: Desk, kind, status, content):
    arm(desk, kind)
    response = desk.ask("POST", "customer", {"DisplayName": "Ada"})
    assert (response.status, content in response.body) == (status, True)
    assert "QBO-Version" not in response.headers
    assert names(desk) == []
    assert desk.customer("Ada")["SyncToken"] == "0"


def test_any_refusal_can_be_asked_for(desk: Desk):
    arm(desk, "refuse", code="6430", message="Invalid account type used", detail="no")
    error = desk.refused("customer", {"DisplayName": "Ada"})
    assert error == {"Message": "Invalid account type used", "Detail": "no", "code": "6430"}


@pytest.mark.parametrize(("body", "kind"), [("json", "application/json"), ("xml", "application/xml"), ("html", "text/html")])
def test_a_429_comes_in_three_forms(desk: Desk, body, kind):
    arm(desk, "throttle_429", body=body)
    assert desk.ask("GET", "term/1").headers["Content-Type"] == kind


@pytest.mark.parametrize("kind", ["slow", "slow_before"])
def test_slowness_is_slept_on_the_clock(desk: Desk, clock, kind):
    arm(desk, kind, seconds=110)
    before = clock.monotonic()
    assert desk.ask("GET", "term/1").status == 200
    assert clock.monotonic() - before == 110


def test_answers_of_a_batch_go_missing_come_twice_or_backwards(desk: Desk):
    items = [{"bId": bid, "Query": "select count(*) from Term"} for bid in ("a", "b", "c")]
    for kind, expected in (
        ("batch_item_missing", ["a", "b"]),
        ("batch_item_doubled", ["a", "a", "b", "c"]),
        ("batch_reversed", ["c", "b", "a"]),
    ):
        arm(desk, kind)
        answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": items}))["BatchItemResponse"]
        assert [each["bId"] for each in answer] == expected


def test_one_item_of_a_batch_is_refused(desk: Desk):
    arm(desk, "batch_item_fault", item=1)
    answers = desk.batch(*({"operation": "create", "Customer": {"DisplayName": name}} for name in "ABC"))
    assert ["Fault" in answers[bid] for bid in ("i0", "i1", "i2")] == [False, True, False]
    assert names(desk) == ["A", "C"]
    arm(desk, "batch_item_fault", item=99)
    assert "Vendor" in desk.batch({"operation": "create", "Vendor": {"DisplayName": "V"}})["i0"]


def test_a_living_object_is_called_deleted_by_cdc(desk: Desk):
    made = desk.customer()
    arm(desk, "cdc_wrong_deleted")
    answer = parsed(desk.ask("GET", "cdc?entities=Vendor,Customer&changedSince=2026-01-15"))
    row = answer["CDCResponse"][0]["QueryResponse"][1]["Customer"][0]
    assert (row["Id"], row["status"]) == (made["Id"], "Deleted")
    assert desk.read("Customer", made["Id"]) == made
    arm(desk, "cdc_wrong_deleted")
    assert desk.ask("GET", "cdc?entities=Vendor&changedSince=2026-01-15").status == 200


def test_the_token_endpoint_has_troubles_of_its_own(make):
    desk = make(rotate_every_refresh=True)
    value = desk.tokens["refresh_token"]
    for kind, status in (("token_endpoint_500", 500), ("token_endpoint_429", 429), ("invalid_grant", 400)):
        arm(desk, kind)
        assert desk.ask("GET", "term/1").status == 200
        assert refresh(desk, value).status == status
    arm(desk, "rotation_lost")
    with pytest.raises(ConnectionDropped):
        refresh(desk, value)
    assert refresh(desk, value).status == 400


def test_a_fault_strikes_as_often_as_it_is_told(desk: Desk):
    arm(desk, "unavailable_503", count=2, skip=1)
    assert [desk.ask("GET", "term/1").status for _ in range(4)] == [200, 503, 503, 200]
    arm(desk, "unavailable_503", count=None)
    assert {desk.ask("GET", "term/1").status for _ in range(20)} == {503}
    assert desk.control("GET", "faults")[1]["faults"][0]["struck"] == 20


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"method": "post"}, [False, True, True, False]),
        ({"path": "/customer"}, [True, True, False, False]),
        ({"entity": "Customer"}, [True, True, False, False]),
        ({"operation": "batch"}, [False, False, True, False]),
        ({"operation": "query"}, [False, False, False, True]),
        ({"requestid": "r7"}, [False, True, False, False]),
        ({"realm": "1"}, [False, False, False, False]),
        ({"method": "GET", "entity": "Vendor"}, [False, False, False, False]),
    ],
)
def test_a_fault_befalls_only_what_it_matches(desk: Desk, match, struck):
    id_ = desk.customer("Ada")["Id"]
    arm(desk, "unavailable_503", count=None, match=match)
    asked = [
        desk.ask("GET", f"customer/{id_}"),
        desk.ask("POST", "customer?requestid=r7", {"DisplayName": "Bob"}),
        desk.ask("POST", "batch", {"BatchItemRequest": []}),
        desk.ask("GET", "query?query=select+*+from+Term"),
    ]
    assert [response.status == 503 for response in asked] == struck


def test_a_probability_is_drawn_from_the_seed():
    def struck(seed: int) -> list[bool]:
        mischief = Mischief(seed)
        mischief.arm({"kind": "stale", "probability": 0.3})
        return [mischief.strike({}) is not None for _ in range(200)]

    assert 30 < sum(struck(1)) < 90
    assert struck(1) == struck(1) != struck(2)


@pytest.mark.parametrize(
    "wish",
    [{}, {"kind": "nonsense"}, {"kind": "stale", "probability": 2}, {"kind": "stale", "match": {"colour": "red"}}, {"kind": "stale", "count": "x"}],
)
def test_a_wish_that_makes_no_sense_is_refused(desk: Desk, wish):
    status, answer = desk.control("POST", "faults", wish)
    assert status == 400
    assert answer["error"]
    assert desk.control("GET", "faults")[1] == {"faults": []}


def test_several_faults_are_armed_at_once_and_disarmed_by_number_or_all(desk: Desk):
    _, answer = desk.control("POST", "faults", [{"kind": "stale"}, {"kind": "slow", "seconds": 2}])
    first, second = answer["faults"]
    assert second["seconds"] == 2
    assert desk.control("DELETE", f"faults?number={first['number']}")[1] == {"disarmed": 1}
    assert [fault["kind"] for fault in desk.control("GET", "faults")[1]["faults"]] == ["slow"]
    assert desk.control("DELETE", "faults")[1] == {"disarmed": 1}
    assert json.dumps(desk.control("GET", "faults")[1]) == '{"faults": []}'


def test_every_kind_says_what_it_does():
    assert all(len(words) > 15 for words in KINDS.values())
