"""Rate limits and the metered reads of a month."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import Desk


def statuses(desk: Desk, count: int) -> list[int]:
    return [desk.ask("GET", "term/1").status for _ in range(count)]


def test_the_eleventh_request_in_a_second_is_throttled(make, clock):
    desk = make(quotas=True)
    assert statuses(desk, 11) == [200] * 10 + [429]
    clock.advance(0.999)
    assert statuses(desk, 1) == [429]
    clock.advance(0.001)
    assert statuses(desk, 1) == [200]


def test_a_throttled_answer_is_xml_with_quickbooks_words(make):
    desk = make(quotas=True)
    statuses(desk, 10)
    response = desk.ask("GET", "term/1")
    assert (response.status, response.headers["Content-Type"]) == (429, "application/xml")
    assert "Retry-After" not in response.headers
    assert response.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-01-15T09:00:00.000-08:00" '
        'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; '
        "errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
    )


def test_the_form_of_a_429_is_a_switch(make):
    desk = make(quotas=True, throttle_body="json", retry_after_seconds=60)
    statuses(desk, 10)
    response = desk.ask("GET", "term/1")
    assert (response.headers["Content-Type"], response.headers["Retry-After"]) == ("application/json", "60")
    assert b'"code":"3001"' in response.body


def paced(desk: Desk, clock, count: int) -> list[int]:
    found = []
    for _ in range(count):
        found += statuses(desk, 1)
        clock.advance(7 / 64)
    return found


def test_the_minute_slides_and_holds_for_all_apps_together(make, clock):
    desk = make(quotas=True)
    other = Desk(desk.emulator, "empty")
    assert set(paced(desk, clock, 500)) == {200}
    assert statuses(desk, 1) == [429]
    assert statuses(other, 1) == [200]
    desk.tokens = desk.emulator.connect(desk.realm, "another app", "x")
    assert statuses(desk, 1) == [429]
    clock.advance(60 - 500 * 7 / 64)
    assert statuses(desk, 2) == [200, 429]


def test_the_second_is_counted_per_app(make):
    desk = make(quotas=True)
    statuses(desk, 10)
    desk.tokens = desk.emulator.connect(desk.realm, "another app", "x")
    assert statuses(desk, 1) == [200]


def test_windows_can_be_fixed(make, clock):
    desk = make(quotas=True, quota_window="fixed")
    clock.advance(0.9)
    assert statuses(desk, 11) == [200] * 10 + [429]
    clock.advance(0.1)
    assert statuses(desk, 11) == [200] * 10 + [429]


def batches(desk: Desk, clock, count: int, items: int = 1) -> list[int]:
    found = []
    for _ in range(count):
        body = {"BatchItemRequest": [{"bId": str(place), "Query": "select count(*) from Term"} for place in range(items)]}
        found.append(desk.ask("POST", "batch", body).status)
        clock.advance(0.2)
    return found


@pytest.mark.parametrize("limit", [40, 120])
def test_batches_have_a_limit_of_their_own(make, clock, limit):
    desk = make(quotas=True, batches_per_minute=limit)
    assert batches(desk, clock, limit + 1) == [200] * limit + [429]


@pytest.mark.parametrize(("counts_as", "left"), [("nothing", 20), ("request", 17), ("items", 5)])
def test_what_a_batch_takes_from_the_minute_is_a_switch(make, clock, counts_as, left):
    desk = make(quotas=True, requests_per_minute=20, batch_counts_as=counts_as)
    assert batches(desk, clock, 3, items=5) == [200] * 3
    assert paced(desk, clock, 21).count(200) == left


@pytest.mark.parametrize(("reading", "many_in_a_second"), [("concurrent", True), ("both", False)])
def test_ten_can_mean_at_the_same_time(make, reading, many_in_a_second):
    desk = make(quotas=True, ten_means=reading)
    assert (set(statuses(desk, 30)) == {200}) is many_in_a_second
    desk.emulator.parts.quotas.reset()
    quotas = desk.emulator.parts.quotas
    assert [quotas.enter(desk.realm, "app", "request") for _ in range(11)] == [(number < 11, number) for number in range(1, 12)]
    quotas.leave(desk.realm, "app")
    quotas.leave(desk.realm, "app")
    quotas.reset()
    assert quotas.enter(desk.realm, "app", "request") == (True, 10)


def test_quotas_can_be_switched_off_and_forgotten(make):
    desk = make(quotas=True)
    statuses(desk, 10)
    assert statuses(desk, 1) == [429]
    desk.control("POST", "reset", {})
    assert statuses(desk, 11)[-1] == 429
    desk.control("POST", "switches", {"quotas": False})
    assert set(statuses(desk, 100)) == {200}


def test_the_meter_counts_successful_reads_and_writes(make):
    desk = make()
    desk.ask("GET", "term/1")
    desk.ask("GET", "term/99")
    desk.select("select * from Term")
    desk.ask("GET", "cdc?entities=Customer,Vendor,Item&changedSince=2026-01-15")
    desk.customer()
    desk.refused("customer", {"DisplayName": "Ada Ltd"})
    desk.batch({"Query": "select count(*) from Term"}, {"Query": "select * from Term"}, {"operation": "create", "Vendor": {"DisplayName": "V"}})
    ((line),) = desk.control("GET", "meter")[1]["meter"]
    assert line == {"client_id": "app", "realm": desk.realm, "month": "2026-01", "core": 2, "coreplus": 5}


def test_a_batch_can_be_metered_as_one_call_and_cdc_as_many(make):
    desk = make(batch_metered="call", cdc_weight=3)
    desk.batch({"Query": "select count(*) from Term"}, {"Query": "select * from Term"})
    desk.ask("GET", "cdc?entities=Customer&changedSince=2026-01-15")
    assert desk.control("GET", "meter")[1]["meter"][0]["coreplus"] == 4


@pytest.mark.parametrize("status", [429, 403])
def test_a_used_up_month_blocks_reads_and_lets_writes_pass(make, clock, status):
    desk = make(quotas=True, coreplus_per_month=3, coreplus_blocked_status=status)
    assert statuses(desk, 4) == [200, 200, 200, status]
    assert desk.customer()["Id"]
    other = Desk(desk.emulator, "empty")
    assert statuses(other, 1) == [status]
    clock.advance(17 * 86_400)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert statuses(desk, 1) == [200]


def test_a_lone_request_over_a_limit_is_held_where_the_switch_says_so(make, clock):
    desk = make(quotas=True, lone_request="held")
    begun = clock.monotonic()
    assert set(statuses(desk, 31)) == {200}
    assert 2.9 < clock.monotonic() - begun < 3.2
    assert set(statuses(desk, 490)) == {200}
    assert 60 < clock.monotonic() - begun < 64
    windows = {row["limit"]: row["used"] for row in desk.control("GET", "quota")[1]["quota"]}
    assert windows["second"] <= 10
    assert windows["minute"] <= 500


@pytest.mark.parametrize("window", ["sliding", "fixed"])
def test_what_is_held_never_exceeds_the_limit(make, clock, window):
    desk = make(quotas=True, lone_request="held", quota_window=window, requests_per_second=3)
    moments = []
    for _ in range(20):
        assert statuses(desk, 1) == [200]
        moments.append(clock.monotonic())
    if window == "sliding":
        assert all(later - earlier >= 1 for earlier, later in zip(moments, moments[3:], strict=False))


def test_nobody_is_held_for_longer_than_a_minute_nor_by_a_clock_that_stands(make, clock):
    desk = make(quotas=True, lone_request="held", requests_per_second=0)
    assert statuses(desk, 1) == [429]
    desk.control("POST", "switches", {"requests_per_second": 1})
    desk.control("POST", "clock", {"frozen": True})
    assert statuses(desk, 2) == [200, 429]
