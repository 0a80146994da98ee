"""The worker that comes along: started as a child of the dashboard where nobody else runs one."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys

import streamlit as st

from syncengine import settings
from syncengine.queries import Overview


@st.cache_resource(show_spinner=False)
def _child() -> subprocess.Popen[bytes]:
    """One child for all browsers; it leaves by itself when this process is gone."""
    command = [sys.executable, "-m", "syncengine", "worker", f"--parent={os.getpid()}"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- our own program, no input of anybody's
    atexit.register(child.terminate)
    return child


def ensure(overview: Overview) -> bool:
    """Start the bundled worker where no heartbeat is fresh; whether one is heard, or on its way."""
    if overview.worker_heard:
        return True
    if not settings.load().bundled:
        return False
    child = _child()
    if child.poll() is not None:
        # It ended, and nobody else beats: start it once more on the next page run, and say so meanwhile.
        _child.clear()
        return False
    return True


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
