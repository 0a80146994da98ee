"""Outlook: what the next sync does with a planned row: sends it, or leaves it and why; and what nobody can know beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Klass
from syncengine.engine import probing, release
from syncengine.engine.refusals import GRACE_CYCLES
from syncengine.engine.step import Step
from syncengine.store import attempts, corrections, errors
from syncengine.store.corrections import ACTING, OFFERED, WANTED
from syncengine.terms import OutboxState

#: What the planner looks at of its own accord, although it is parked: what is wrong with it lies here.
_LOOKED_AT = frozenset({"local", "conflict"})
_RESTS = (
    "It rests: QuickBooks refused it as often as it is tried by itself. It goes again when it or what it refers to changes, when "
    "another record with the same cause has gone, once a day, or when somebody presses Retry."
)
_FIRST = (
    "Nothing has been read from QuickBooks yet: the first sync reads first, links what has the same name, and sends what is left, "
    "with the accounts that QuickBooks has by then."
)
_AWAITED = (
    "Its answer is still awaited: the same request is sent once more, before anything new. One that is too old for that is looked "
    "for in QuickBooks first, and sent anew only where it is not there."
)
_BEHIND = "What follows depends on QuickBooks' answer to the earlier state of the record, so its content is not known yet."


class Outlook:
    """Asked about the steps of one page, inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        company_id: int,
        steps: Sequence[Step],
        *,
        settings: Mapping[str, Any],
        at: datetime,
        new: bool,
    ) -> None:
        """`at` is the time of the look; `new` says that nothing was read from QuickBooks yet."""
        self._settings, self._at = settings, at
        self._by_record = {_record(each): each for each in steps if not each.row["unanswered"]}
        #: By record, the row whose write is on its way, or whose answer is not known.
        self._ahead = {
            _record(each): each.row["id"] for each in steps if each.row["unanswered"] or each.row["state"] == OutboxState.RUNNING
        }
        self._freed = self._woken(connection, company_id, [each.row for each in steps if each.row["state"] == OutboxState.PARKED])
        self.last = {
            each.row["id"]: found
            for each in steps
            if each.row["unanswered"] and (found := attempts.last_of(connection, each.row["id"])) is not None
        }
        self._wished = {each["outbox_id"]: each for each in corrections.in_states(connection, company_id, (WANTED, ACTING))}
        self._offered = self._due(connection, company_id, steps)
        self._new = new
        self._known: dict[int, str] = {}

    def _woken(self, connection: Connection, company_id: int, parked: Sequence[RowMapping]) -> set[int]:
        """Of parked rows of the page, those that go all the same: their day is over, or what they refer to has changed."""
        if not parked:
            return set()
        # What QuickBooks' plan lacks is tried with one row of all, so that these are looked at together.
        causes = probing.groups(connection, company_id)
        every = list({row["id"]: row for row in [*parked, *probing.alike(connection, company_id, causes)]}.values())
        found = probing.woken(connection, company_id, self._at, every, causes)
        return {row["id"] for row in [*found, *release.freed(connection, company_id, self._settings, every)]}

    def _due(self, connection: Connection, company_id: int, steps: Sequence[Step]) -> dict[int, str]:
        """By row, what is done in this very sync, should QuickBooks refuse it once more."""
        failing = [step.row["id"] for step in steps if step.row["failed_seq"] is not None]
        ripe = [each["id"] for each in errors.of_rows(connection, company_id, failing) if each["tries"] >= GRACE_CYCLES - 1]
        offers = [each for found in corrections.of_errors(connection, ripe).values() for each in found]
        return {each["outbox_id"]: each["says"] for each in offers if each["state"] == OFFERED and self._allowed(each)}

    def _allowed(self, offer: RowMapping) -> bool:
        return offer["klass"] == Klass.SAFE or self._settings.get(f"allow_{offer['name']}") is True

    def rests(self, step: Step) -> str:
        """Why the next sync does not send it, in a sentence; empty where it does."""
        row_id = step.row["id"]
        if row_id not in self._known:
            self._known[row_id] = ""  # of two that wait for each other, neither knows more
            self._known[row_id] = self._why(step)
        return self._known[row_id]

    def _why(self, step: Step) -> str:
        row = step.row
        if row["unanswered"]:
            return ""
        if step.clashes:
            return "It is not sent before somebody has chosen whose value stands."
        if step.error is not None:
            return f"It is not sent before this is put right: {step.error}"
        if step.operation is None:
            return step.note or "There is nothing to send."
        if self._asleep(row):
            return _RESTS
        return self._kept_waiting(step)

    def _asleep(self, row: RowMapping) -> bool:
        if row["state"] != OutboxState.PARKED or row["parked_by"] in _LOOKED_AT or row["id"] in self._wished:
            return False
        return row["id"] not in self._freed

    def _kept_waiting(self, step: Step) -> str:
        for target in sorted(step.missing):
            parent = self._by_record.get(target)
            if target in self._ahead:
                continue  # it is brought to its end before anything new is sent
            if parent is None or self.rests(parent):
                label = parent.row["label"] if parent else next(iter(step.waits_for), target[0])
                return f"It waits for {target[0]} {label}, which is not sent now."
        return ""

    def unsure(self, step: Step) -> str:
        """What may make it go out otherwise than it is shown, in a sentence; empty where nothing is known of the kind."""
        row = step.row
        if row["id"] in self.last:
            return _AWAITED
        if self._ahead.get(_record(step), row["id"]) != row["id"]:
            return _BEHIND
        if row["id"] in self._wished:
            return f"A correction is carried out before it is sent: {self._wished[row['id']]['says']}"
        if self.rests(step):
            return ""
        if row["id"] in self._offered:
            return f"Should QuickBooks refuse it again, this is done, and it is sent once more: {self._offered[row['id']]}"
        return _FIRST if self._new else ""

    def operation(self, step: Step) -> str:
        """What is done with it: `create`, `update`, `delete` or `nothing`."""
        if step.row["id"] in self.last:
            return str(self.last[step.row["id"]]["operation"])
        return step.operation.value if step.operation else "nothing"


def _record(step: Step) -> tuple[str, str, int]:
    return step.entity.name, step.entity.kind, step.row["record_id"]

