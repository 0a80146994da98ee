"""Two people at once on PostgreSQL: the first has done everything but its commit when the second one begins."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from syncengine.db.engine import Database

#: Whether anybody waits for a lock.
_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
#: Seconds after which a test has gone wrong.
_LONG = 60.0


class Late(Database):
    """A database of whose writing transactions the `held`-th, from 1, waits with its commit until it is let go."""

    def __init__(self, url: str, *, held: int) -> None:
        super().__init__(url)
        self.done, self.go = threading.Event(), threading.Event()
        self._number, self._held = itertools.count(1), held

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One connection in one transaction, as of any database."""
        number = next(self._number)
        with super().writing() as connection:
            yield connection
            if number == self._held:
                self.done.set()
                assert self.go.wait(_LONG), "nobody lets it go"


def crossed(database: Database, first: Callable[[Database], Any], second: Callable[[], Any], *, held: int = 1) -> tuple[Any, Any]:
    """What both have answered, or raised: the second begins while the `held`-th transaction of the first has not committed.

    The first goes on once the second has ended, or waits for a lock.
    """
    late = Late(database.url, held=held)
    try:
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(first, late)
            while not late.done.wait(0.01) and not one.done():
                pass
            other = pool.submit(second)
            while not (wait([other], timeout=0.01).done or waits(database)):
                pass
            late.go.set()
            return _outcome(one), _outcome(other)
    finally:
        late.close()


def waits(database: Database) -> bool:
    """Whether somebody waits there for a lock."""
    with database.reading() as connection:
        return bool(connection.scalar(_WAITS))


def _outcome(ended: Future[Any]) -> Any:
    return ended.exception(_LONG) or ended.result()
