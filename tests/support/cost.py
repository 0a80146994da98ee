"""What something costs, told so that a busy machine can only make it look dearer."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def cost(act: Callable[[], object], times: int = 9) -> float:
    """The processor time of the cheapest of some runs, in seconds: what else the machine does can only add to it.

    The collector rests meanwhile: how much there is to look through depends on the tests before.
    """
    took = []
    act()
    gc.collect()
    gc.disable()
    try:
        for _ in range(times):
            begun = time.process_time()
            act()
            took.append(time.process_time() - begun)
    finally:
        gc.enable()
    return min(took)
