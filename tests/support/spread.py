"""Which test process takes which tests: whole files, in the order of the folders; those of the browser in a lane of their own."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/browser/"


class Spread(LoadFileScheduling):
    """Files to processes, but one process in three at most for the browser's.

    A test in a browser waits for most of its time, and what else runs has the processors meanwhile; several at once wait for each
    other, for an installation and a browser each. The lane is begun first, so that it does not end last.
    """

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        self._lanes: dict[str, int] = {}

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        if not file.startswith(BROWSER):
            return file
        return f"{BROWSER}{self._lanes.setdefault(file, len(self._lanes) % max(1, self.numnodes // 3))}"
