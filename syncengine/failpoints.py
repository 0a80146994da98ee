"""Named points at which a test can stop the program dead: one dict access when idle, SIGKILL when armed.

A process arms a point through the environment, `TIEOUT_FAILPOINT=name` or `name:n` (the n-th time it is
passed, counted from 1), or a test in the same process calls `arm` with an action of its own. Points have
stable names (`http.pre`, `record.committed`...), so that a crash enumerator can walk through them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

#: What happens at each armed point; empty in production, so passing a point costs one look-up.
_armed: dict[str, Callable[[], None]] = {}


class Crash(BaseException):
    """Raised by a point armed with `raise_crash`: like a kill, no ordinary handler catches it."""


def failpoint(name: str) -> None:
    """Pass the point `name`; does nothing unless a test has armed it."""
    if _armed:
        action = _armed.get(name) or _armed.get("*")
        if action is not None:
            action()


def arm(name: str, action: Callable[[], None]) -> None:
    """Make the point `name` (or every point, `*`) call `action` each time it is passed."""
    _armed[name] = action


def disarm() -> None:
    """Take all points back to doing nothing."""
    _armed.clear()


def kill() -> None:
    """End this process as a power cut would: no handler, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def nth(n: int, action: Callable[[], None]) -> Callable[[], None]:
    """An action that does nothing until it is called for the n-th time (counted from 1)."""
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == n:
            action()

    return count


def raise_crash() -> None:
    """An action for tests in one process: unwinds everything up to the test."""
    raise Crash


def arm_from_environment() -> None:
    """Arm the point that `TIEOUT_FAILPOINT` names, if it does; called once when a process starts."""
    wish = os.environ.get("TIEOUT_FAILPOINT", "")
    if wish:
        name, _, count = wish.partition(":")
        arm(name, nth(int(count or 1), kill))
