"""How many examples a property is shown: few in an ordinary run, which draws others each time, and more by command."""

from __future__ import annotations

import os

#: By how much an ordinary run is multiplied: `EXAMPLES=10 make test ARGS=tests/unit/engine` shows each property ten times as many.
FACTOR = int(os.environ.get("EXAMPLES", "1"))


def examples(ordinary: int) -> int:
    """`ordinary` examples, times what was asked for."""
    return ordinary * FACTOR
