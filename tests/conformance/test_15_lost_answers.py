"""15: answers that get lost, throttles, and tokens that end in the middle of a run."""

from __future__ import annotations

import json

import pytest

from syncengine.emulator import ConnectionDropped
from tests.conformance.arming import arm, create, customers
from tests.conformance.test_02_oauth import error, refresh
from tests.unit.emulator.desk import Desk

# Lost answers and lost requests


@pytest.mark.parametrize("kind", ["commit_then_drop", "truncated", "chunk_cut"])
def test_the_write_is_saved_and_the_answer_lost(desk: Desk, kind):
    arm(desk, kind)
    with pytest.raises(ConnectionDropped) as dropped:
        create(desk)
    assert (dropped.value.partial is not None, dropped.value.chunked) == (kind != "commit_then_drop", kind == "chunk_cut")
    assert customers(desk) == ["Ada"]


@pytest.mark.parametrize(("kind", "status"), [("commit_then_500", 500), ("commit_then_503", 503), ("commit_then_504", 504), ("commit_then_401", 401)])
def test_the_write_is_saved_and_the_answer_is_another(desk: Desk, kind, status):
    arm(desk, kind)
    assert create(desk).status == status
    assert customers(desk) == ["Ada"]


def test_the_connection_drops_before_anything_is_saved(desk: Desk):
    arm(desk, "drop_before_commit")
    with pytest.raises(ConnectionDropped):
        create(desk)
    assert customers(desk) == []


def test_an_answer_is_slower_than_the_timeout(desk: Desk, clock):
    arm(desk, "slow", seconds=100)
    before = clock.monotonic()
    assert create(desk).status == 200
    assert clock.monotonic() - before == 100


# Requestid


def test_the_memory_can_be_none_or_a_day(make, clock):
    for seconds, remembered in ((0, False), (86_400, True)):
        desk = make(requestid_memory_seconds=seconds)
        create(desk, "customer?requestid=r")
        assert (create(desk, "customer?requestid=r").status == 200) is remembered


# Throttles


@pytest.mark.parametrize(("kind", "body", "status", "content"), [("throttle_429", "json", 429, b'{"Fault"'), ("throttle_429", "xml", 429, b"<?xml"), ("throttle_429", "html", 429, b"<html>"), ("throttle_403", "xml", 403, b"statusCode=403")])
def test_the_forms_of_a_throttle(desk: Desk, kind, body, status, content):
    arm(desk, kind, body=body)
    response = create(desk)
    assert (response.status, content in response.body, "Retry-After" in response.headers) == (status, True, False)
    assert customers(desk) == []


def test_a_throttle_may_say_when_to_come_again(desk: Desk):
    arm(desk, "throttle_429", retry_after=60)
    assert create(desk).headers["Retry-After"] == "60"


def test_a_burst_is_a_count(desk: Desk):
    arm(desk, "throttle_429", count=5)
    assert [create(desk).status for _ in range(6)] == [429] * 5 + [200]


# Tokens


def test_a_token_dies_in_the_middle_of_a_run(desk: Desk):
    arm(desk, "expired_401", skip=3)
    assert [desk.ask("GET", "term/1").status for _ in range(5)] == [200, 200, 200, 401, 200]


def test_a_401_may_be_xml(desk: Desk):
    arm(desk, "expired_401", body="xml")
    response = desk.ask("GET", "term/1")
    assert (response.status, response.body[:5]) == (401, b"<?xml")
    assert b'<Fault type="AUTHENTICATION"><Error code="3200">' in response.body


@pytest.mark.parametrize(("kind", "status"), [("token_endpoint_500", 500), ("token_endpoint_429", 429), ("invalid_grant", 400)])
def test_the_token_endpoint_fails_without_ending_anything(desk: Desk, kind, status):
    arm(desk, kind)
    assert refresh(desk, desk.tokens["refresh_token"]).status == status
    assert refresh(desk, desk.tokens["refresh_token"]).status == 200


def test_the_answer_with_the_rotated_token_is_lost(make):
    desk = make(rotate_every_refresh=True)
    arm(desk, "rotation_lost")
    with pytest.raises(ConnectionDropped):
        refresh(desk, desk.tokens["refresh_token"])
    assert error(refresh(desk, desk.tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_refresh_gives_the_same_token_though_it_was_due(make):
    desk = make(rotate_every_refresh=True)
    first = desk.tokens["refresh_token"]
    arm(desk, "rotation_skipped")
    assert json.loads(refresh(desk, first).body)["refresh_token"] == first
    assert json.loads(refresh(desk, first).body)["refresh_token"] != first


def test_two_workers_refresh_at_once(desk: Desk):
    arm(desk, "sibling_refreshed")
    assert error(refresh(desk, desk.tokens["refresh_token"])) == (400, "invalid_grant")
    assert desk.ask("GET", "term/1").status == 200
