"""The worker that comes along: started as a child of the dashboard where nobody else runs one."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading

import streamlit as st

from syncengine import settings
from syncengine.clock import Clock, SystemClock
from syncengine.queries import Overview

#: One that ended sooner than this is not started again at once, but by the next page that somebody opens: it would end again.
#: Less than the seconds after which a heartbeat is missed: one that was killed has been there for longer.
AT_LEAST_SECONDS = 8.0
#: Pages of several browsers find at the same moment that the worker is gone.
_ONE_AT_A_TIME = threading.Lock()


class Child:
    """A worker that was started from here; it leaves by itself when this process is gone."""

    def __init__(self, clock: Clock) -> None:
        command = [sys.executable, "-m", "syncengine", "worker", f"--parent={os.getpid()}"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- our own program, no input of anybody's
        self._clock = clock
        self._began = clock.monotonic()
        atexit.register(self._process.terminate)

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def lasted(self) -> bool:
        """Whether it was started longer ago than one that fails as it starts needs for that."""
        return self._clock.monotonic() - self._began >= AT_LEAST_SECONDS


@st.cache_resource(show_spinner=False)
def _child() -> Child:
    """One child for all browsers."""
    return Child(SystemClock())


def ensure(overview: Overview) -> bool:
    """Start the bundled worker where no heartbeat is fresh; whether one is heard, or on its way.

    One that was killed is started anew by the page that misses its heartbeat, which every open page does by itself.
    """
    if overview.worker_heard:
        return True
    if not settings.load().bundled:
        return False
    with _ONE_AT_A_TIME:
        child = _child()
        if child.runs():
            return True
        _child.clear()
        if not child.lasted():
            return False
        return _child().runs()


def banner(overview: Overview, *, coming: bool) -> None:
    """Say it where no worker is heard, with what to do."""
    if overview.worker_heard:
        return
    if coming:
        st.info("The worker is starting. It takes a few seconds.", icon=":material/hourglass_top:")
        return
    st.warning(
        "Nothing is synced until a worker runs. Start one beside the dashboard: `python -m syncengine worker`.",
        icon=":material/heart_broken:",
        title="No worker is heard",
    )
