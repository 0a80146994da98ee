"""A bar that moves while a file is dealt with in the click itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def rows(done: int, total: int) -> str:
    """How many rows are done.

    >>> rows(1200, 5000), rows(1200, 0)
    ('1,200 of 5,000 rows', '1,200 rows')
    """
    return f"{done:,} of {total:,} rows" if total else f"{done:,} rows"


def megabytes(done: int, total: int) -> str:
    """How many bytes are done, in MB.

    >>> megabytes(3 * 2**20, 8 * 2**20 + 500_000)
    '3.0 of 8.5 MB'
    """
    return f"{done / 2**20:.1f} of {total / 2**20:.1f} MB"


class Bar:
    """A progress bar for the length of a block; gives the callback that moves it, told what is done of how much."""

    def __init__(self, says: str, far: Callable[[int, int], str] = rows) -> None:
        self._says = says
        self._far = far
        self._bar: Any = None
        self._shown = -1

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar = st.progress(0.0, text=self._says)
        return self._move

    def __exit__(self, *_: object) -> None:
        self._bar.empty()

    def _move(self, done: int, total: int) -> None:
        percent = min(100, done * 100 // total) if total else 0
        if percent != self._shown:
            # Only when it moves: a message for each row would cost more than the row.
            self._shown = percent
            self._bar.progress(percent / 100, text=f"{self._says}: {self._far(done, total)}")
