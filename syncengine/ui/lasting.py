"""What stays in memory for good: modules, and what they make of themselves when they are first used."""

from __future__ import annotations

import gc
import sys

#: How many modules there were when what stays was last put aside.
_MODULES = [0]


def spare() -> None:
    """Keep the collector from looking again and again at what stays; anew whenever modules were loaded since.

    A look at all that the pages' modules hold takes longer than a page, and would meet whoever happens to open one. There are
    only so many modules: after each page was opened once, this does nothing any more.
    """
    if len(sys.modules) > _MODULES[0]:
        gc.collect()
        gc.freeze()
        _MODULES[0] = len(sys.modules)
