"""Waves: which planned steps wait for which others, and what stands in the way of those that can never follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import undoing
from syncengine.engine.step import Step
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.store import outbox
from syncengine.terms import Operation, OutboxState

#: QuickBooks nests names five levels deep; a longer chain of parents can never arrive, and would exhaust the stack.
_DEEPEST = 100


def _undo_in_order(steps: Sequence[Step]) -> None:
    """A document that goes waits for those that go before it."""
    going = {
        (step.entity.name, str(step.binding["qbo_id"])): step
        for step in steps
        if step.operation is Operation.DELETE and step.entity.document and step.binding is not None
        and step.error is None and not step.missing and step.row["state"] != OutboxState.PARKED
    }  # fmt: skip
    for document, others in undoing.first({key: (step.entity.kind, step.held) for key, step in going.items()}).items():
        ahead = {(going[each].entity.name, going[each].entity.kind, going[each].row["record_id"]) for each in others}
        going[document].missing |= ahead


class Waves:
    """The waves of one company's steps; `in_flight` are its unanswered writes by entity, kind and record."""

    def __init__(self, connection: Connection, company_id: int, in_flight: Mapping[tuple[str, str, int], RowMapping]) -> None:
        self._connection = connection
        self._company_id = company_id
        self._in_flight = in_flight
        self._open: dict[tuple[str, str, int], str | None] = {}
        self._records: dict[tuple[str, str, int], reader.Record | None] = {}

    def give(self, steps: Sequence[Step]) -> None:
        """Give each step its wave; what refers to a record that is neither in QuickBooks nor on its way is an error."""
        by_record = {
            (step.entity.name, step.entity.kind, step.row["record_id"]): step for step in steps if not step.row["unanswered"]
        }
        _undo_in_order(steps)
        waves: dict[int, int] = {}
        for step in steps:
            self._wave(step, by_record, waves, ())

    def _wave(
        self, step: Step, by_record: Mapping[tuple[str, str, int], Step], waves: dict[int, int], path: tuple[int, ...]
    ) -> int:
        row_id = step.row["id"]
        if row_id in waves:
            return waves[row_id]
        if row_id in path or len(path) > _DEEPEST:
            cause = "It stands under itself, directly or through others." if row_id in path else "It stands under too many others."
            step.error = RecordError("parent", step.row["label"], cause, "Choose another parent.")
            return 0
        wave = 0
        for target in sorted(step.missing):
            parent = by_record.get(target)
            if parent is step and target in self._in_flight:
                parent = None  # it waits for its own earlier write
            if parent is not None and parent.stands:
                wave = max(wave, 1 + self._wave(parent, by_record, waves, (*path, row_id)))
                step.waits_for.append(f"{parent.entity.name} {parent.row['label']}")
                stuck = parent.error is not None or bool(parent.clashes) or parent.held_back or parent.stays
                step.held_back = step.held_back or stuck
            elif parent is None and (label := self._waiting(target)) is not None:
                wave, step.held_back = max(wave, 1), True
                step.waits_for.append(f"{target[0]} {label}")
            else:
                step.error = step.error or self._unreachable(target, parent)
        step.wave = waves[row_id] = wave
        return wave

    def _waiting(self, target: tuple[str, str, int]) -> str | None:
        """What a record is called that is in the queue but not planned now: on its way, or parked until a person acts."""
        if target not in self._open:
            row = outbox.open_of_record(self._connection, self._company_id, *target)
            gone = row is None or (row["operation"] == "delete" and target not in self._in_flight)
            self._open[target] = None if row is None or gone else row["label"]
        return self._open[target]

    def _unreachable(self, target: tuple[str, str, int], parent: Step | None) -> RecordError:
        name, kind, record_id = target
        if target not in self._records:  # many rows may refer to one record that goes nowhere
            self._records[target] = reader.load_headers(self._connection, kind, self._company_id, [record_id]).get(record_id)
        record = self._records[target]
        word = kind.replace("_", " ")
        if record is None:
            return RecordError(name, str(record_id), f"It refers to a {word} that does not exist here.", "Choose another one.")
        why = f" ({parent.note})" if parent and parent.note else ""
        label = str(reader.label(record, kind))
        return RecordError(
            name,
            label,
            f"It refers to this {word}, which is neither in QuickBooks nor waiting{why}.",
            f"Add {label} to the sync, or choose another {word}.",
        )
