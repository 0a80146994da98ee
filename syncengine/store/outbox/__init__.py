"""The outbox: rows to be sent, in sending order; one function makes every move and writes its audit line."""

from __future__ import annotations

from syncengine.store.outbox.moving import Move, move, note, probe, send_last, sweep
from syncengine.store.outbox.queueing import add, lock, overtaken, refresh
from syncengine.store.outbox.reading import (
    CHUNK,
    by_ids,
    chunks,
    in_flight,
    load,
    next_failure,
    next_position,
    open_of_record,
    open_of_records,
    probed,
    resting,
    resting_rows,
    rows,
    state_of,
)
from syncengine.store.outbox.states import CONFLICT, FEATURE, IN_FLIGHT, INVENTORY, LISTED, MOVES, OPEN, RESTING, UNDECIDED, WAITS
from syncengine.store.outbox.tallying import Tally, tally

__all__ = [
    "CHUNK",
    "CONFLICT",
    "FEATURE",
    "INVENTORY",
    "IN_FLIGHT",
    "LISTED",
    "MOVES",
    "OPEN",
    "RESTING",
    "UNDECIDED",
    "WAITS",
    "Move",
    "Tally",
    "add",
    "by_ids",
    "chunks",
    "in_flight",
    "load",
    "lock",
    "move",
    "next_failure",
    "next_position",
    "note",
    "open_of_record",
    "open_of_records",
    "overtaken",
    "probe",
    "probed",
    "refresh",
    "resting",
    "resting_rows",
    "rows",
    "send_last",
    "state_of",
    "sweep",
    "tally",
]
