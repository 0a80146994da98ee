"""Tieout's engine: keeps an inventory system and QuickBooks Online in step.

>>> import syncengine
>>> db = syncengine.connect()          # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncengine.queries.session import connect

__version__ = "0.1.0"
__all__ = ["__version__", "connect"]


def __getattr__(name: str) -> Any:
    # Loaded on first use only: the worker imports this package and must never load pandas.
    if name == "connect":
        from syncengine.queries.session import connect

        return connect
    raise AttributeError(f"module 'syncengine' has no attribute {name!r}")
