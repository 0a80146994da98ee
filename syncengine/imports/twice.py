"""Names that stand twice because somebody else gave one while an import was being written.

SQLite lets nobody else write at that moment, and PostgreSQL lets no key in twice; what it does let in is a second record of one
name. Neither of the two transactions sees the other's, so only a later one can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from syncengine.imports.directory import Entry, entry_of, written_since
from syncengine.imports.fields import FREE_NAMES, SIBLINGS
from syncengine.imports.layouts import Layout
from syncengine.imports.problems import Problem
from syncengine.inventory.reader import folded
from syncengine.inventory.writer import Outcome

#: Ids in one statement.
_TOGETHER = 5_000


@dataclass
class Unsure:
    """The names that some transaction of an import gave, of which nobody could know up to its end whether they stand once.

    Attributes:
        since: PostgreSQL's number of the oldest transaction that ran when it looked for them; None where nobody else wrote.
        rows: the row in the file of each record, by the record's id.
    """

    since: int | None = None
    rows: dict[int, int] = field(default_factory=dict)

    def add(self, since: int | None, rows: dict[int, int]) -> None:
        """More of them, looked for as long ago or later."""
        if since is not None and rows:
            self.since = since if self.since is None else min(self.since, since)
            self.rows |= rows

    def kept(self) -> list[Any] | None:
        """The same as JSON keeps it; None for nothing."""
        return [self.since, sorted(self.rows.items())] if self.since is not None else None

    @classmethod
    def of(cls, kept: list[Any] | None) -> Unsure:
        """What `kept` made of it."""
        return cls() if kept is None else cls(int(kept[0]), {int(record_id): int(row) for record_id, row in kept[1]})


def gives_name(plan: Layout, outcome: Outcome, values: Collection[str]) -> bool:
    """Whether a record that was written so got a name that must not stand twice."""
    kind = plan.kind
    return kind.lines is None and kind.name not in FREE_NAMES and outcome is not Outcome.UNCHANGED and kind.label in values


def found(connection: Connection, plan: Layout, company_id: int, unsure: Unsure) -> list[Problem]:
    """Those that stand twice, each with its row, in the order of the file."""
    if unsure.since is None:
        return []
    others: dict[tuple[str, int | None], Entry] = {}
    for record_id, entry in written_since(connection, plan.kind.name, company_id, unsure.since):
        if record_id not in unsure.rows and entry.name:
            others[_place(plan, entry)] = entry
    if not others:
        return []
    ours = ((unsure.rows[record_id], entry) for record_id, entry in _named(connection, plan, company_id, list(unsure.rows)))
    return [_problem(plan, row, entry, others[_place(plan, entry)]) for row, entry in sorted(ours) if _place(plan, entry) in others]


def _place(plan: Layout, entry: Entry) -> tuple[str, int | None]:
    """What no two records share: the name, and of what has its place under a parent, that one."""
    return folded(entry.name), entry.parent if plan.kind.name in SIBLINGS else None


def _named(connection: Connection, plan: Layout, company_id: int, ids: list[int]) -> Iterator[tuple[int, Entry]]:
    """What some records are called by now."""
    table, kind = plan.kind.table, plan.kind
    columns = [table.c.id, table.c[kind.key], table.c[kind.label], *([table.c.parent_id] if "parent_id" in table.c else [])]
    wanted = select(*columns).where(table.c.company_id == company_id, table.c.id.in_(bindparam("ids", expanding=True)))
    for start in range(0, len(ids), _TOGETHER):
        for record_id, *called in connection.execute(wanted, {"ids": ids[start : start + _TOGETHER]}):
            yield record_id, entry_of(*called)


def _problem(plan: Layout, row: int, entry: Entry, other: Entry) -> Problem:
    noun, label = plan.kind.name.replace("_", " "), plan.kind.label
    owner = other.key or f"no {plan.kind.key}"
    message = f"this row is in, and another {noun} ({owner}) got the same name while it went in: it stands twice now."
    remedy = "Give one of the two another name: QuickBooks takes each name once."
    return Problem.at(plan.table.name, row, plan.columns.name_of(label), entry.name, message, remedy)
