"""The sliding log."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.clock import ManualClock, SystemClock
from syncengine.errors import Throttled
from syncengine.quickbooks import LIMITS, CallKind, Limit, MemoryQuotaLog, seconds_until_free
from syncengine.quickbooks.quota import Send
from tests.support.examples import examples


class Noting(deque[Send]):
    """The log's own deque, which never forgets: it is filled under the log's lock, so the moments are the true ones."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Send] = []

    def append(self, send: Send) -> None:
        self.all.append(send)
        super().append(send)


def fullest(sent: list[float], seconds: float) -> int:
    """How many of `sent` the fullest window of `seconds` holds, over all windows, a beginning at each send."""
    ordered = sorted(sent)
    return max((sum(1 for other in ordered if moment <= other < moment + seconds) for moment in ordered), default=0)


def run_threads(quota: MemoryQuotaLog, kinds: list[CallKind], workers: int) -> list[Send]:
    """Let `workers` threads send `kinds`; gives when each was let through."""
    quota._sent = noting = Noting()

    def send(kind: CallKind) -> None:
        quota.acquire(kind, None)
        quota.release()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(send, kinds))
    return noting.all


@pytest.mark.parametrize("share", [0, 3, 1])
def test_ten_threads_never_fill_any_window_above_its_limit(clock, share):
    kinds = [CallKind.BATCH if share and number % share == 0 else CallKind.WRITE for number in range(1200 if share != 1 else 130)]
    quota = MemoryQuotaLog(clock)
    noted = run_threads(quota, kinds, 10)
    assert len(noted) == len(kinds)
    for limit in LIMITS:
        assert fullest([moment for moment, kind in noted if limit.covers(kind)], limit.seconds) <= limit.count


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 5), st.sampled_from([CallKind.READ, CallKind.BATCH])), max_size=60),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.25]),
)
def test_whatever_the_pauses_no_window_holds_more_than_its_limit(steps, count, margin):
    clock = ManualClock()
    limits = (Limit(count, 1.0), Limit(count * 2, 10.0), Limit(1, 5.0, frozenset({CallKind.BATCH})))
    quota = MemoryQuotaLog(clock, limits=limits, margin=margin)
    sent: list[tuple[float, CallKind]] = []
    for pause, kind in steps:
        clock.advance(pause)
        quota.acquire(kind, None)
        sent.append((clock.monotonic(), kind))
        quota.release()
    for limit in limits:
        times = [moment for moment, kind in sent if limit.covers(kind)]
        # A window is open at one end; a hair's breadth absorbs what adding floats loses.
        assert fullest(times, limit.seconds + (margin if limit.kinds else 0.01) - 1e-6) <= limit.count


def test_a_window_of_every_call_frees_when_its_oldest_answer_has_aged(clock):
    quota = MemoryQuotaLog(clock, limits=(Limit(2, 10.0),))
    for wait in (0.0, 3.0):
        clock.advance(wait)
        quota.acquire(CallKind.READ, None)
        clock.advance(2.0)  # the answer takes its time, and only then is it certain that the call has arrived
        quota.release()
    quota.acquire(CallKind.READ, None)
    assert clock.monotonic() == pytest.approx(12.01, abs=0.005)
    quota.release()
    quota.acquire(CallKind.READ, None)
    assert clock.monotonic() == pytest.approx(17.01, abs=0.005)


def test_a_window_of_some_kinds_frees_at_its_oldest_sends_end(clock):
    quota = MemoryQuotaLog(clock, limits=(Limit(2, 10.0, frozenset({CallKind.BATCH})),), margin=0.5)
    for wait in (0.0, 3.0, 0.0, 0.0):
        clock.advance(wait)
        quota.acquire(CallKind.BATCH, None)
    assert clock.monotonic() == pytest.approx(13.5)


def test_what_a_slow_network_delivers_late_stays_below_the_limit(clock):
    """Ten leave, are held up for 0.9 s and arrive together; another ten that leave in time would join them."""
    quota = MemoryQuotaLog(clock)
    for _ in range(10):
        quota.acquire(CallKind.READ, None)
    clock.advance(0.9)
    for _ in range(10):
        quota.release()
    quota.acquire(CallKind.READ, None)
    assert clock.monotonic() == pytest.approx(1.91, abs=0.005)


def test_the_full_speed_of_the_limits_is_used(clock):
    quota = MemoryQuotaLog(clock)
    for _ in range(460):
        quota.acquire(CallKind.WRITE, None)
        quota.release()
    assert clock.monotonic() < 60


def test_batches_have_a_window_of_their_own(clock):
    quota = MemoryQuotaLog(clock)
    for _ in range(40):
        quota.acquire(CallKind.BATCH, None)
        quota.release()
    before = clock.monotonic()
    quota.acquire(CallKind.WRITE, None)
    assert clock.monotonic() - before < 2
    quota.acquire(CallKind.BATCH, None)
    assert clock.monotonic() >= 60


def test_a_wait_that_passes_the_deadline_is_refused_at_once_and_takes_no_place(clock):
    quota = MemoryQuotaLog(clock, limits=(Limit(1, 60.0),), in_flight=2)
    quota.acquire(CallKind.READ, 5.0)
    quota.release()
    for _ in range(5):
        with pytest.raises(Throttled) as refusal:
            quota.acquire(CallKind.READ, 30.0)
        assert refusal.value.seconds == pytest.approx(60.01, abs=0.005)
    assert clock.monotonic() == 0
    quota.acquire(CallKind.READ, 61.0)
    assert clock.monotonic() == pytest.approx(60.01, abs=0.005)


def test_after_a_block_nobody_sends_before_its_end(clock):
    quota = MemoryQuotaLog(clock)
    quota.block(70.0)
    quota.block(10.0)  # a shorter block takes nothing from a longer one
    with pytest.raises(Throttled):
        quota.acquire(CallKind.READ, 60.0)
    quota.acquire(CallKind.READ, None)
    assert clock.monotonic() == pytest.approx(70.0)


def test_no_more_than_the_places_are_in_flight_and_a_free_one_is_taken():
    quota = MemoryQuotaLog(SystemClock(), in_flight=2)
    quota.acquire(CallKind.READ, None)
    quota.acquire(CallKind.READ, None)
    started, through = threading.Event(), threading.Event()

    def third() -> None:
        started.set()
        quota.acquire(CallKind.READ, None)
        through.set()

    thread = threading.Thread(target=third)
    thread.start()
    assert started.wait(5)
    assert not through.wait(0.05)
    quota.release()
    assert through.wait(5)
    thread.join()


def test_waiting_for_a_place_ends_at_the_deadline():
    clock = SystemClock()
    quota = MemoryQuotaLog(clock, in_flight=1)
    quota.acquire(CallKind.READ, None)
    with pytest.raises(Throttled):
        quota.acquire(CallKind.READ, clock.monotonic() + 0.02)


def test_a_log_that_is_told_of_earlier_sends_counts_them(clock):
    clock.advance(100)
    quota = MemoryQuotaLog(clock)
    quota.seed([(41.0 + number / 10, CallKind.BATCH) for number in range(40)])
    assert quota.left(CallKind.BATCH) == 0
    assert quota.left(CallKind.WRITE) == 460
    quota.acquire(CallKind.BATCH, None)
    assert clock.monotonic() == pytest.approx(102.25)


def test_what_is_left_of_a_minute_comes_back_with_time(clock):
    quota = MemoryQuotaLog(clock)
    for _ in range(7):
        quota.acquire(CallKind.BATCH, None)
        quota.release()
    assert quota.left(CallKind.BATCH) == 33
    clock.advance(62)
    assert quota.left(CallKind.BATCH) == 40
    assert MemoryQuotaLog(clock, limits=()).left(CallKind.BATCH) == 0


def test_the_pure_rule_says_how_long_to_wait():
    limits = (Limit(2, 10.0),)
    sent = [(0.0, CallKind.READ), (4.0, CallKind.READ)]
    assert seconds_until_free(sent, CallKind.READ, 4.0, limits=limits, margin=0) == 6.0
    assert seconds_until_free(sent, CallKind.READ, 10.0, limits=limits, margin=0) <= 0
    assert seconds_until_free([], CallKind.BATCH, 0.0) <= 0


def test_reports_have_a_limit_of_their_own(clock):
    quota = MemoryQuotaLog(clock)
    for _ in range(200):
        quota.acquire(CallKind.REPORT, None)
        quota.release()
    assert quota.left(CallKind.REPORT) == 0
    before = clock.monotonic()
    quota.acquire(CallKind.READ, None)
    quota.release()
    assert clock.monotonic() - before < 2
    quota.acquire(CallKind.REPORT, None)
    assert clock.monotonic() >= 61


def test_who_never_got_a_place_leaves_nothing_behind(clock):
    quota = MemoryQuotaLog(clock)
    quota.block(1000)
    for _ in range(20):
        with pytest.raises(Throttled):
            quota.acquire(CallKind.READ, clock.monotonic() + 1)
    assert (quota._places, quota._unanswered, len(quota._answered)) == (10, 0, 0)
