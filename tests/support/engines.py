"""What hundreds of short-lived databases in one process share: compiled statements, and no wait for the disk."""

from __future__ import annotations

import gc
from collections import defaultdict
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from syncengine.db import engine as product

#: As the product sets them, for the test of those settings. Ended processes lose nothing without the disk's word, only a power cut does.
PRAGMAS = product.PRAGMAS


class Statements(LRUCache[Any, Any]):
    """Compiled statements of every engine of one dialect.

    SQLAlchemy's key begins with the engine's own dialect object, so that a new engine would compile everything anew: a third of the
    time of a short test. Here all engines of a dialect are made alike and have seen a server of one version.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key[1:])

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


def hurry() -> None:
    """From now on, databases of this process share their statements and do not wait for the disk. Processes that it starts do.

    Garbage is looked for after more of it: beside some ten thousand tests, each look takes its time.
    """
    gc.set_threshold(10_000, 20, 20)
    made, shared = product.create_engine, defaultdict[str, Statements](lambda: Statements(5000))

    def create_engine(url: Any, **more: Any) -> Engine:
        return made(url, execution_options={"compiled_cache": shared[url.drivername]}, **more)

    product.create_engine = create_engine
    product.PRAGMAS = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in PRAGMAS)
