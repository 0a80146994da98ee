"""What something costs, told so that a busy machine can only make it look dearer."""

from __future__ import annotations

import time
from collections.abc import Callable


def cost(act: Callable[[], object], times: int = 5) -> float:
    """The processor time of the cheapest of some runs, in seconds: what else the machine does can only add to it."""
    took = []
    for _ in range(times):
        begun = time.process_time()
        act()
        took.append(time.process_time() - begun)
    return min(took)
