"""The first signal ends a process in good order, a second one at once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from syncengine.clock import ManualClock
from syncengine.worker.signals import SAME_WISH_SECONDS, Stopping
from tests.support.source import ROOT

SECONDS = 20.0
HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture
def stopping(clock):
    before = {number: signal.getsignal(number) for number in HEARD}
    yield Stopping(clock)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", HEARD)
def test_a_signal_is_heard(stopping, number):
    assert not stopping.event.is_set()
    signal.raise_signal(number)
    assert stopping.event.wait(SECONDS)
    stopping.wait()


def test_two_signals_in_a_row_are_one_wish(stopping, clock):
    signal.raise_signal(signal.SIGINT)
    clock.advance(SAME_WISH_SECONDS)
    signal.raise_signal(signal.SIGTERM)
    assert stopping.event.wait(SECONDS)


def test_waiting_ends_when_there_is_nothing_more_to_wait_for(stopping):
    answers = iter([False, False, True])
    stopping.wait(lambda: next(answers), seconds=0.001)
    assert stopping.event.is_set()


def test_the_closing_of_the_terminal_is_ignored_where_the_process_was_told_so(clock):
    before = {number: signal.getsignal(number) for number in HEARD}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        stopping = Stopping(clock)
        signal.raise_signal(signal.SIGHUP)
        assert not stopping.event.is_set()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_later_signal_ends_the_process_at_once():
    script = (
        "import signal\n"
        "from syncengine.clock import ManualClock\n"
        "from syncengine.worker.signals import Stopping\n"
        "clock = ManualClock()\n"
        "stopping = Stopping(clock)\n"
        "signal.raise_signal(signal.SIGTERM)\n"
        "stopping.event.wait(20)\n"
        "print('still here', flush=True)\n"
        "clock.advance(2.5)\n"
        "signal.raise_signal(signal.SIGTERM)\n"
        "print('never said')\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "still here\n")
    assert ManualClock().monotonic() == 0
