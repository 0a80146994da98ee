"""Failpoints: nothing when idle, an action when armed, a kill when the environment says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from syncengine import failpoints
from syncengine.failpoints import Crash, arm, disarm, failpoint, nth, raise_crash

WALK = """
from syncengine import failpoints
failpoints.arm_from_environment()
for step in range(3):
    print("before", step, flush=True)
    failpoints.failpoint("record.committed")
print("through")
"""


def walk(wish: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "TIEOUT_FAILPOINT"}
    if wish is not None:
        environment["TIEOUT_FAILPOINT"] = wish
    return subprocess.run([sys.executable, "-c", WALK], env=environment, capture_output=True, text=True, check=False)


def test_a_point_that_is_not_armed_does_nothing():
    failpoint("http.pre")
    arm("http.post", raise_crash)
    failpoint("http.pre")


def test_an_armed_point_acts_each_time_it_is_passed():
    passed = []
    arm("http.pre", lambda: passed.append("http.pre"))
    failpoint("http.pre")
    failpoint("http.pre")
    assert passed == ["http.pre"] * 2


def test_a_star_arms_every_point():
    arm("*", raise_crash)
    with pytest.raises(Crash):
        failpoint("whatever.it.is")


def test_disarming_takes_every_point_back():
    arm("http.pre", raise_crash)
    arm("*", raise_crash)
    disarm()
    failpoint("http.pre")


def test_nth_acts_once_at_its_turn():
    passed = []
    arm("page.applied", nth(3, lambda: passed.append("third")))
    for _ in range(5):
        failpoint("page.applied")
    assert passed == ["third"]


def test_no_ordinary_handler_catches_a_crash():
    arm("http.pre", raise_crash)

    def swallow() -> None:
        try:
            failpoint("http.pre")
        except Exception:  # noqa: BLE001 -- what a careless handler in the engine would write
            pytest.fail("a crash must pass such a handler")

    with pytest.raises(Crash):
        swallow()


@pytest.mark.parametrize(("wish", "steps"), [("record.committed", 1), ("record.committed:1", 1), ("record.committed:3", 3)])
def test_the_environment_kills_a_process_at_the_wanted_pass(wish, steps):
    done = walk(wish)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.splitlines() == [f"before {step}" for step in range(steps)]


@pytest.mark.parametrize("wish", [None, "", "record.committed:4", "another.point"])
def test_a_process_whose_point_never_comes_goes_through(wish):
    done = walk(wish)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "through")


def test_nothing_is_armed_unless_asked():
    assert failpoints._armed == {}
