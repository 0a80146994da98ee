"""Every trouble that the emulator knows, on every kind of call: what the client says of it, and that nothing is doubled."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.emulator.mischief import KINDS
from syncengine.errors import AccessDenied, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import BatchItem, Call, CallKind, Client, Effect, FaultClass, FaultError, outcome, select
from tests.unit.quickbooks.emulated.place import Place, named, vendor

DONE, REFUSED, UNKNOWN = Effect.DONE, Effect.REFUSED, Effect.UNKNOWN

#: What the client says of a write that each trouble befalls: the effect, and the class of the trouble.
WRITES: dict[str, tuple[Effect, FaultClass | None]] = {
    "commit_then_drop": (UNKNOWN, None),
    "drop_before_commit": (UNKNOWN, None),
    "truncated": (UNKNOWN, None),
    "cut_json": (UNKNOWN, None),
    "chunk_cut": (UNKNOWN, None),
    "empty_200": (UNKNOWN, None),
    "commit_then_500": (UNKNOWN, FaultClass.TRANSIENT),
    "commit_then_503": (UNKNOWN, FaultClass.TRANSIENT),
    "commit_then_504": (UNKNOWN, FaultClass.TRANSIENT),
    "unavailable_503": (UNKNOWN, FaultClass.TRANSIENT),
    "system_500": (UNKNOWN, FaultClass.TRANSIENT),
    "bad_gateway_502": (UNKNOWN, FaultClass.TRANSIENT),
    "gateway_504": (UNKNOWN, FaultClass.TRANSIENT),
    "commit_then_401": (DONE, None),
    "expired_401": (DONE, None),
    "wrong_content_type": (DONE, None),
    "bom": (DONE, None),
    "duplicate_headers": (DONE, None),
    "slow_body": (DONE, None),
    "clock_wrong": (DONE, None),
    "new_field": (DONE, None),
    "new_enum_value": (DONE, None),
    "changed_type": (DONE, None),
    "null_lists": (DONE, None),
    "throttle_429": (REFUSED, FaultClass.THROTTLE),
    "throttle_403": (REFUSED, FaultClass.THROTTLE),
    "forbidden_403": (REFUSED, FaultClass.ACCESS),
    "access_lost_120": (REFUSED, FaultClass.ACCESS),
    "wrong_cluster_130": (REFUSED, FaultClass.ACCESS),
    "subscription_6190": (REFUSED, FaultClass.ACCESS),
    "company_reset_10200": (REFUSED, FaultClass.ACCESS),
    "feature_5030": (REFUSED, FaultClass.FEATURE),
    "fault_in_200": (REFUSED, FaultClass.BUSINESS),
    "refuse": (REFUSED, FaultClass.BUSINESS),
    "stale": (REFUSED, FaultClass.STALE),
}
#: Troubles of one kind of call alone, and where they are tried.
ELSEWHERE = {
    "slow": "below",
    "slow_before": "below",
    "quota_reached": "below",
    "batch_item_missing": "test_batches",
    "batch_item_doubled": "test_batches",
    "batch_reversed": "test_batches",
    "batch_item_fault": "test_batches",
    "batch_item_500": "test_batches",
    "cdc_wrong_deleted": "test_lists",
    "cdc_unseen_stub": "test_lists",
    "cdc_cut": "test_lists",
    "page_drift": "test_lists",
    "rotation_lost": "test_signing_in",
    "rotation_skipped": "test_signing_in",
    "sibling_refreshed": "test_signing_in",
    "token_endpoint_500": "test_signing_in",
    "token_endpoint_429": "test_signing_in",
    "invalid_grant": "test_signing_in",
}
#: What a read raises, where the trouble does not pass; None: it is answered all the same.
READS: dict[FaultClass | None, type[Exception]] = {
    None: TransportLost,
    FaultClass.TRANSIENT: ServiceDown,
    FaultClass.THROTTLE: Throttled,
    FaultClass.ACCESS: AccessDenied,
}
OPTIONS: dict[str, dict[str, Any]] = {"refuse": {"code": "6000", "message": "m", "detail": "d"}, "slow_body": {"seconds": 0.2}}
TRIED = [kind for kind in WRITES if kind in KINDS]


def attempt(act: Any) -> Any:
    """What `act` gives or raises."""
    try:
        return act()
    except Exception as problem:  # noqa: BLE001 -- the outcome of whatever was raised is what is tested
        return problem


def test_every_trouble_of_the_emulator_is_tried():
    """A kind that the emulator learns is to be tried here, or named as one that befalls one kind of call alone."""
    # Webhooks befall nobody who calls: whoever listens to them has tests of its own.
    assert {kind for kind in KINDS if not kind.startswith("webhook_")} == set(WRITES) | set(ELSEWHERE)


def truth(place: Place, name: str) -> int:
    """How many vendors of that name there are, asked by somebody whom no trouble befalls."""
    place.control("faults", method="DELETE")
    return len(named(place.client(), name))


@pytest.mark.parametrize("kind", TRIED)
def test_a_write_is_told_as_what_became_of_it_and_asking_again_makes_exactly_one(place, kind):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    place.fault(kind, match={"entity": "Vendor", "method": "POST"}, **OPTIONS.get(kind, {}))
    said = attempt(lambda: client.create("Vendor", vendor("Only One"), requestid="r-1"))
    found = outcome(said)
    assert (found.effect, found.meaning) == WRITES[kind], said
    if found.effect is not DONE:
        assert [call.error != "" for call in calls if call.kind is CallKind.WRITE] == [True]
    there = truth(place, "Only One")
    assert there in {DONE: {1}, REFUSED: {0}, UNKNOWN: {0, 1}}[found.effect]
    assert there == 1 or not kind.startswith("commit_then")
    again = client.create("Vendor", vendor("Only One"), requestid="r-1")
    assert [each["Id"] for each in named(client, "Only One")] == [again.id]
    assert {line["requestid"] for line in place.journal() if line.get("entity") == "Vendor" and line["method"] == "POST"} == {"r-1"}


@pytest.mark.parametrize("kind", TRIED)
def test_a_batch_is_told_as_what_became_of_it_and_asking_again_doubles_nothing(near, kind):
    client = near.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Item {number}")) for number in range(3)]
    near.fault(kind, match={"operation": "batch"}, **OPTIONS.get(kind, {}))
    said = attempt(lambda: client.batch(items, requestid="b-1"))
    found = outcome(said)
    assert (found.effect, found.meaning) == WRITES[kind], said
    there = {truth(near, f"Item {number}") for number in range(3)}
    assert there in ({DONE: [{1}], REFUSED: [{0}], UNKNOWN: [{0}, {1}]}[found.effect])
    again = client.batch(items, requestid="b-1")
    assert [again.outcome(f"i{number}").effect for number in range(3)] == [DONE] * 3
    assert [len(named(client, f"Item {number}")) for number in range(3)] == [1, 1, 1]


def asked(client: Client, operation: str) -> Any:
    if operation == "read":
        return client.read("Vendor", client.query(select("Vendor", max=1)).objects[0]["Id"]).id
    if operation == "query":
        return client.query(select("Vendor", order=["DisplayName"], max=3)).count
    if operation == "report":
        return client.report("TrialBalance").rows
    return client.cdc(["Vendor"], client._clock.now()).time


@pytest.mark.parametrize("operation", ["read", "query", "cdc", "report"])
@pytest.mark.parametrize("kind", TRIED)
def test_a_read_outlives_what_passes_and_tells_what_does_not(near, kind, operation):
    client = near.client()
    effect, meaning = WRITES[kind]
    near.fault(kind, match={"operation": operation}, **OPTIONS.get(kind, {}))
    if effect is REFUSED:
        with pytest.raises(READS.get(meaning, FaultError)):
            asked(client, operation)
    else:
        assert asked(client, operation)
    if effect is UNKNOWN:
        near.fault(kind, count=None, match={"operation": operation})
        with pytest.raises(READS[meaning]):
            asked(client, operation)


def test_when_the_months_reads_are_used_up_writes_go_on(near):
    client = near.client()
    near.fault("quota_reached", count=None)
    with pytest.raises(Throttled):
        client.company_info()
    with pytest.raises(Throttled):
        client.query(select("Vendor", max=1))
    assert client.create("Vendor", vendor("Core"), requestid="r-1").id


@pytest.mark.parametrize("body", ["xml", "json", "html"])
def test_a_throttle_is_known_in_each_of_its_forms(place, body):
    place.fault("throttle_429", body=body)
    with pytest.raises(Throttled):
        place.client().company_info()


@pytest.mark.parametrize("kind", ["slow", "slow_before"])
@pytest.mark.parametrize(("seconds", "deadline", "error"), [(70, 60, TransportLost), (130, 200, ServiceDown)])
def test_an_answer_after_our_deadline_or_quickbooks_own_is_unknown(near, kind, seconds, deadline, error):
    client = near.client(deadline_seconds=deadline)
    near.fault(kind, seconds=seconds, match={"entity": "Vendor", "method": "POST"})
    said = attempt(lambda: client.create("Vendor", vendor("Only One"), requestid="r-1"))
    assert (outcome(said).effect, type(said)) == (UNKNOWN, error)
    again = client.create("Vendor", vendor("Only One"), requestid="r-1")
    assert [found["Id"] for found in named(client, "Only One")] == [again.id]


def test_a_read_outlives_two_troubles(near):
    client = near.client(deadline_seconds=60)
    near.fault("unavailable_503", count=1)
    near.fault("truncated", count=1)
    assert client.company_info().payload["CompanyName"]


def test_a_lost_second_sending_after_a_401_is_unknown_since_the_first_may_have_been_saved(near):
    client = near.client()
    match = {"entity": "Vendor", "method": "POST"}
    for second, effect in (("drop_before_commit", UNKNOWN), ("throttle_429", UNKNOWN), ("forbidden_403", UNKNOWN)):
        near.fault("commit_then_401", match=match)
        near.fault(second, match=match)
        said = attempt(lambda second=second: client.create("Vendor", vendor(second), requestid=second))
        assert outcome(said).effect is effect, said
        assert truth(near, second) == 1
        assert client.create("Vendor", vendor(second), requestid=second).id


def test_when_no_sign_in_could_be_had_the_write_never_left(near, clock):
    client = near.client()
    clock.advance(3600)
    near.fault("token_endpoint_500", count=1)
    said = attempt(lambda: client.create("Vendor", vendor("Unsent"), requestid="r-1"))
    assert (type(said), outcome(said).effect) == (ServiceDown, REFUSED)
    assert truth(near, "Unsent") == 0
