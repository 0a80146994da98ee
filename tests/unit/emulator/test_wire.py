"""JSON, times, headers and clocks: the emulator's own small parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.clock import ManualClock
from syncengine.emulator import Request, Response, moments, wire
from syncengine.emulator.clock import SystemClock, TurnableClock
from syncengine.emulator.http import Headers

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_again(value):
    text = wire.dumps(value)
    assert wire.loads(text) == value
    json.loads(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("100.00"), "100.00"), (Decimal("0.00"), "0"), (Decimal("1E+3"), "1000"), (Decimal("-0.0"), "0"), ({"ä": ['"']}, '{"ä":["\\""]}')],
)
def test_numbers_are_written_in_quickbooks_form(value, text):
    assert wire.dumps(value) == text


@pytest.mark.parametrize(("value", "text"), [("75.00", "75"), ("22.50", "22.5"), ("1000", "1000"), ("0.10", "0.1"), ("0", "0")])
def test_quantities_carry_the_digits_they_need(value, text):
    assert wire.dumps(wire.plain(Decimal(value))) == text


@pytest.mark.parametrize(("value", "cents"), [("2.675", "2.68"), ("-2.675", "-2.68"), ("1.005", "1.01"), ("1.0049", "1.00")])
def test_money_is_rounded_half_up(value, cents):
    assert wire.money(Decimal(value)) == Decimal(cents)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "[" * 50_000, "{", ""])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match=r".*"):
        wire.loads(text)


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2026-01-15T09:00:00-08:00", 1768496400),
        ("2026-01-15T17:00:00Z", 1768496400),
        ("2026-01-15T17:00:00.250z", 1768496400.25),
        ("2026-01-15T18:00:00+0100", 1768496400),
        ("2026-01-15T09:00:00", 1768496400),
        ("2026-01-15T09:00", 1768496400),
        ("2026-01-15", 1768464000),
        ("2026-01-15T17:00:00 00:00", None),
        ("2026-13-15", None),
        ("yesterday", None),
        ("2026-02-30T00:00:00Z", None),
    ],
)
def test_moments_are_read_with_and_without_offset(text, epoch):
    assert moments.parse(text, "America/Los_Angeles") == epoch


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.sampled_from(["America/Los_Angeles", "Asia/Kolkata", "UTC"]))  # noqa: DTZ001 -- made aware in the test
def test_a_moment_that_is_shown_is_read_as_the_same_second(naive, zone):
    epoch = int(naive.replace(tzinfo=UTC).timestamp())
    assert moments.parse(moments.second(epoch, zone), zone) == epoch


@pytest.mark.parametrize(
    ("day", "of_month", "near", "due"),
    [("2026-01-05", 10, 3, "2026-01-10"), ("2026-01-08", 10, 3, "2026-02-10"), ("2026-01-10", 10, 0, "2026-01-10"), ("2026-12-20", 15, 0, "2027-01-15"), ("2026-01-31", 31, 5, "2026-02-28")],
)
def test_a_day_of_the_month_is_next_months_when_it_is_near(day, of_month, near, due):
    assert moments.day_of_month_due(day, of_month, near) == due


def test_headers_do_not_mind_case_but_keep_it():
    headers = Headers({"Content-Type": "x"})
    assert headers["content-type"] == "x"
    assert (list(headers), len(headers), "CONTENT-TYPE" in headers) == (["Content-Type"], 1, True)
    assert "Content-Type" in repr(headers)
    assert Request("GET", "/", {"a": "1"}).headers["A"] == "1"
    assert Response(200, {"a": "1"}).headers["A"] == "1"


def test_a_target_is_taken_apart():
    request = Request("GET", "/v3/a%20b?query=a%20%2B+b&x=&x=2")
    assert (request.path, request.query) == ("/v3/a b", {"query": "a + b", "x": ""})


def test_a_thawed_clock_neither_jumps_nor_repeats():
    base = ManualClock()
    clock = TurnableClock(base)
    clock.freeze()
    clock.freeze()
    base.advance(100)
    clock.advance(5)
    before = clock.now(), clock.monotonic()
    clock.thaw()
    clock.thaw()
    assert (clock.now(), clock.monotonic()) == before
    base.advance(1)
    assert clock.monotonic() == before[1] + 1
    clock.advance(-5)
    assert clock.monotonic() == before[1] + 1


def test_the_systems_clock_is_aware_and_moves_on():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    before = clock.monotonic()
    clock.sleep(0)
    clock.sleep(0.001)
    assert clock.monotonic() > before
