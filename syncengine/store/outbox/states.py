"""The states of a row: which moves there are, and each set of states in the words of the indexes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from syncengine.terms import OutboxState

_S = OutboxState
#: The whole table of legal moves; docs/outbox.md draws it.
MOVES: Mapping[OutboxState, frozenset[OutboxState]] = {
    _S.AVAILABLE: frozenset({_S.RUNNING, _S.COMPLETED, _S.PARKED, _S.CANCELLED}),
    # Cancelled only where a newer edit of the same record waits behind it: that one carries the latest state.
    _S.RUNNING: frozenset({_S.COMPLETED, _S.RETRYABLE, _S.PARKED, _S.AVAILABLE, _S.CANCELLED}),
    _S.RETRYABLE: frozenset({_S.AVAILABLE, _S.RUNNING, _S.COMPLETED, _S.PARKED, _S.CANCELLED}),
    _S.PARKED: frozenset({_S.AVAILABLE, _S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
#: States in which a row is listed: everything but the two ends.
OPEN = (_S.AVAILABLE, _S.RUNNING, _S.RETRYABLE, _S.PARKED)
#: The same, word for word as the partial indexes say it: a bound value would keep the database from using them.
LISTED = text("state IN ('available','running','retryable','parked')")
#: Listed, and not in flight, in the words of the index that knows each record's one such row.
WAITS = text("(state IN ('available','retryable','parked') AND NOT unanswered)")
#: A write is on its way, or its answer never came; in the words of its index, for the same reason.
IN_FLIGHT = text("(state = 'running' OR unanswered)")
#: Listed rows that delete: their records are gone here. In the words of their index.
DELETES = text("(operation = 'delete' AND state IN ('available','running','retryable','parked'))")
#: Rows that rest by `FEATURE`, in the words of their index.
RESTING = text("(parked_by = 'feature' AND state IN ('available','running','retryable','parked'))")
#: Parked, because QuickBooks has nothing of this kind in this company: all rows of the entity rest with it. The one that is
#: tried again keeps the word on its way: it is the row that the others wait for.
FEATURE = "feature"
#: Parked, because both sides changed the record: it waits until a person has chosen.
CONFLICT = "conflict"
#: Rows that wait so, in the words of their index.
UNDECIDED = text("(parked_by = 'conflict' AND state = 'parked')")
#: Who a row was queued by where only a trigger saw the change.
INVENTORY = "inventory"
