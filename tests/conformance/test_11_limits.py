"""Limits, metering and service times: what may be asked how often, what it costs in a month, how long it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from syncengine.emulator import latency
from syncengine.emulator.operations.operation import Outcome
from tests.unit.emulator.desk import Desk


def statuses(desk: Desk, count: int, tail: str = "term/1", method: str = "GET", body=None) -> list[int]:
    return [desk.ask(method, tail, body).status for _ in range(count)]


def advance(desk: Desk, seconds: float) -> None:
    desk.emulator.parts.clock.advance(seconds)


def neighbour(desk: Desk, client_id: str = "app") -> Desk:
    """The same company, seen by another app; or another company, seen by the same app."""
    other = Desk.__new__(Desk)
    other.emulator, other.realm = desk.emulator, desk.realm
    other.tokens = desk.emulator.connect(desk.realm, client_id, "secret")
    return other


def test_ten_requests_a_second_per_realm_and_app(make):
    desk = make(quotas=True)
    assert statuses(desk, 12) == [200] * 10 + [429] * 2
    assert statuses(neighbour(desk, "other"), 1) == [200]
    assert statuses(Desk(desk.emulator, "empty"), 1) == [200]
    advance(desk, 1)
    assert statuses(desk, 1) == [200]


def test_500_requests_a_minute_per_realm_over_all_apps(make):
    desk = make(quotas=True, requests_per_second=10_000)
    assert set(statuses(desk, 300)) | set(statuses(neighbour(desk, "other"), 200)) == {200}
    assert statuses(desk, 1) == [429]
    assert statuses(Desk(desk.emulator, "empty"), 1) == [200]
    advance(desk, 60)
    assert statuses(desk, 1) == [200]


@pytest.mark.parametrize("limit", [40, 120])
def test_batches_have_a_limit_of_their_own(make, limit):
    desk = make(quotas=True, requests_per_second=10_000, batches_per_minute=limit)
    body = {"BatchItemRequest": [{"bId": "a", "Query": "select count(*) from Term"}]}
    assert statuses(desk, limit + 1, "batch", "POST", body) == [200] * limit + [429]
    assert statuses(desk, 1) == [200]
    assert make().emulator.parts.switches["batches_per_minute"] == 120


def test_other_requests_than_batches_have_one_as_well(make):
    desk = make(quotas=True, requests_per_second=10_000, others_per_minute=5)
    assert statuses(desk, 6) == [200] * 5 + [429]
    assert statuses(desk, 1, "batch", "POST", {"BatchItemRequest": []}) == [200]


def test_reports_have_one_as_well(make):
    desk = make(quotas=True, requests_per_second=10_000, reports_per_minute=3)
    quotas = desk.emulator.parts.quotas
    assert [quotas.enter(desk.realm, "app", "report")[0] for _ in range(4)] == [True, True, True, False]
    assert quotas.enter(desk.realm, "other", "report")[0]
    assert make().emulator.parts.switches["reports_per_minute"] == 200


@pytest.mark.parametrize(("switch", "used"), [("nothing", 0), ("request", 1), ("items", 3)])
def test_what_a_batch_takes_from_the_minute(make, switch, used):
    desk = make(quotas=True, batch_counts_as=switch)
    desk.batch(*({"Query": "select count(*) from Term"} for _ in range(3)))
    minute = next(row for row in desk.control("GET", "quota")[1]["quota"] if row["limit"] == "minute")
    assert (minute["used"], minute["allowed"], minute["realm"]) == (used, 500, desk.realm)


def test_what_is_used_and_allowed_can_be_read(make):
    desk = make(quotas=True)
    statuses(desk, 4)
    shown = {row["limit"]: (row["used"], row["allowed"]) for row in desk.control("GET", "quota")[1]["quota"]}
    assert shown == {"second": (4, 10), "minute": (4, 500), "others": (4, 800), "in flight": (0, 10)}
    advance(desk, 1)
    assert {row["limit"]: row["used"] for row in desk.control("GET", "quota")[1]["quota"]}["second"] == 0


def test_a_refused_request_takes_nothing(make):
    desk = make(quotas=True)
    statuses(desk, 50)
    assert {row["limit"]: row["used"] for row in desk.control("GET", "quota")[1]["quota"]}["minute"] == 10


@pytest.mark.parametrize(("window", "after"), [("sliding", [429]), ("fixed", [200])])
def test_windows_slide_or_start_anew(make, clock, window, after):
    desk = make(quotas=True, requests_per_second=10_000, requests_per_minute=2, quota_window=window)
    advance(desk, 59 - clock.monotonic() % 60)
    assert statuses(desk, 3) == [200, 200, 429]
    advance(desk, 2)
    assert statuses(desk, 1) == after


@pytest.mark.parametrize("reading", ["concurrent", "both"])
def test_ten_at_the_same_time(make, reading):
    desk = make(quotas=True, ten_means=reading)
    quotas = desk.emulator.parts.quotas
    flying = [quotas.enter(desk.realm, "app", "request") for _ in range(11)]
    assert [room for room, _ in flying] == [True] * 10 + [False]
    for _ in flying:
        quotas.leave(desk.realm, "app")
    assert quotas.enter(desk.realm, "app", "request")[0] is (reading == "concurrent")


def test_every_thread_is_counted(make):
    desk = make(quotas=True, requests_per_second=10_000, requests_per_minute=50)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: desk.ask("GET", "term/1").status, range(80)))
    assert (found.count(200), found.count(429)) == (50, 30)


def test_a_429_says_nothing_about_when_unless_the_switch_does(make):
    for seconds, header in ((0, None), (60, "60")):
        desk = make(quotas=True, retry_after_seconds=seconds)
        statuses(desk, 10)
        assert desk.ask("GET", "term/1").headers.get("Retry-After") == header


@pytest.mark.parametrize("kind", ["slow", "slow_before"])
def test_after_120_seconds_a_request_is_cut(desk: Desk, clock, kind):
    desk.control("POST", "faults", {"kind": kind, "seconds": 500})
    before = clock.monotonic()
    response = desk.ask("POST", "customer", {"DisplayName": "Ada"})
    assert (response.status, clock.monotonic() - before) == (504, 120)
    assert len(desk.select("select * from Customer")) == (1 if kind == "slow" else 0)


def test_a_batch_that_takes_too_long_is_cut_though_it_took_effect(make):
    desk = make(latency="realistic", latency_scale=50.0, latency_clock="advanced")
    items = [{"bId": str(number), "operation": "create", "Vendor": {"DisplayName": str(number)}} for number in range(30)]
    assert desk.ask("POST", "batch", {"BatchItemRequest": items}).status == 504
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert len(desk.select("select * from Vendor")) == 30


# Metering


def meter(desk: Desk) -> dict[str, int]:
    (row,) = desk.control("GET", "meter")[1]["meter"]
    return {"core": row["core"], "coreplus": row["coreplus"]}


def test_writes_are_core_and_reads_coreplus(desk: Desk):
    made = desk.post("customer", {"DisplayName": "Ada"})
    desk.ask("GET", f"customer/{made['Id']}")
    desk.select("select * from Customer")
    desk.ask("GET", f"query?query={quote('select count(*) from Customer')}")
    desk.ask("GET", "cdc?entities=Customer,Vendor&changedSince=2026-01-15")
    assert meter(desk) == {"core": 1, "coreplus": 4}


def test_only_what_succeeds_is_counted(make):
    desk = make(quotas=True)
    desk.post("customer", {"DisplayName": "Ada"})
    desk.refused("customer", {"DisplayName": "Ada"})
    desk.refused("term/99", None, "GET")
    statuses(desk, 20, "term/1")
    assert meter(desk) == {"core": 1, "coreplus": 7}


def test_a_sandbox_is_not_metered(make):
    desk = make(environment="sandbox", coreplus_per_month=1)
    desk.customer()
    assert statuses(desk, 3) == [200] * 3
    assert meter(desk) == {"core": 1, "coreplus": 0}


def test_the_ledger_is_kept_per_app_realm_and_month(desk: Desk):
    statuses(desk, 2)
    statuses(neighbour(desk, "other"), 3)
    advance(desk, 17 * 86_400)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    statuses(desk, 1)
    rows = desk.control("GET", "meter")[1]["meter"]
    assert [(row["client_id"], row["month"], row["coreplus"]) for row in rows] == [("app", "2026-01", 2), ("other", "2026-01", 3), ("app", "2026-02", 1)]
    assert {row["realm"] for row in rows} == {desk.realm}


@pytest.mark.parametrize("status", [429, 403])
def test_a_used_up_month_blocks_reads_over_all_companies_of_the_app_until_the_next_one(make, status):
    desk = make(quotas=True, coreplus_per_month=3, coreplus_blocked_status=status)
    other = Desk(desk.emulator, "empty")
    assert [*statuses(desk, 2), *statuses(other, 1)] == [200] * 3
    assert statuses(desk, 1) == statuses(other, 1) == [status]
    assert desk.ask("POST", "customer", {"DisplayName": "Ada"}).status == 200
    assert statuses(neighbour(desk, "another app"), 1) == [200]
    advance(desk, 17 * 86_400)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert statuses(desk, 1) == [200]


def test_the_queries_of_a_batch_are_blocked_with_it(make):
    desk = make(quotas=True, coreplus_per_month=1)
    statuses(desk, 1)
    answer = desk.batch({"Query": "select * from Term"}, {"operation": "create", "Vendor": {"DisplayName": "V"}})
    assert answer["i0"]["Fault"]["Error"][0]["code"] == "3001"
    assert answer["i1"]["Vendor"]["DisplayName"] == "V"


def test_the_month_holds_half_a_million_reads(desk: Desk):
    assert desk.emulator.parts.switches["coreplus_per_month"] == 500_000


# Service times


@pytest.mark.parametrize(
    ("operation", "outcome", "seconds"),
    [
        ("read", Outcome(rows=1), 0.20),
        ("write", Outcome(writes=1), 0.40),
        ("delete", Outcome(writes=1), 0.40),
        ("query", Outcome(rows=1000), 0.75),
        ("cdc", Outcome(rows=100), 0.31),
        ("batch", Outcome(writes=30), 7.6),
        ("batch", Outcome(rows=1000), 0.7),
        ("report", Outcome(), 0.52),
        ("upload", Outcome(), 0.86),
    ],
)
def test_the_cost_model(operation, outcome, seconds):
    assert latency.seconds(operation, outcome) == pytest.approx(seconds)


@pytest.mark.parametrize("how", ["slept", "advanced"])
def test_realistic_times_pass_on_a_real_or_a_simulated_clock(make, clock, how):
    desk = make(latency="realistic", latency_clock=how)
    parts, base = desk.emulator.parts, clock.monotonic()
    before = parts.clock.monotonic()
    response = desk.ask("GET", "term/1")
    assert response.headers["Service-Time"] == "total=200, db=66"
    assert parts.clock.monotonic() - before == pytest.approx(0.2)
    assert clock.monotonic() - base == pytest.approx(0.2 if how == "slept" else 0)


def test_a_refresh_takes_three_tenths_of_a_second(make, clock):
    from tests.conformance.test_02_oauth import refresh

    desk = make(latency="realistic")
    before = clock.monotonic()
    assert refresh(desk, desk.tokens["refresh_token"]).status == 200
    assert clock.monotonic() - before == pytest.approx(0.3)
