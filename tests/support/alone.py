"""What only one process of the machine may do at a time: test runs, and the workers of one run, stand in a queue for it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold the lock on an existing file; who wants the same one waits. The lock ends with the process at the latest."""
    with file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
