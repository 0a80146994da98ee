"""How long QuickBooks takes: a cost model drawn from 44 recorded service times of 2020 and 2022."""

from __future__ import annotations

from syncengine.emulator.operations.operation import Outcome

#: Seconds of an operation whatever it carries, where it is not an ordinary write.
_FIXED = {"read": 0.20, "query": 0.15, "cdc": 0.25, "batch": 0.10, "report": 0.52, "upload": 0.86}
_WRITE = 0.40
#: Seconds for each row that goes out, and for each write in a batch (they run one after the other).
_ROW, _BATCHED_WRITE = 0.0006, 0.25


def seconds(operation: str, outcome: Outcome) -> float:
    """What one answered operation costs, including what the gateway adds."""
    rows = _ROW * outcome.rows if operation in {"query", "cdc", "batch"} else 0.0
    writes = _BATCHED_WRITE * outcome.writes if operation == "batch" else 0.0
    return _FIXED.get(operation, _WRITE) + rows + writes
