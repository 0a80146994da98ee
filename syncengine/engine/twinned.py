"""Twinned: whether the record of a listed row has a living twin, kept with the row, so that what is new in QuickBooks is counted.

Triggers keep it, whoever writes, in the transaction in which a row comes or a twin is bound or ends. On PostgreSQL the latter is
told when the transaction ends: whoever binds holds no lock of the queue, and must not hold its rows. Two transactions that do so
at one moment do not see each other, and a row that another one holds is not waited for, since only pages read it: both leave a
sign (`stirs`), and who keeps the order looks again (`foresight`). What has left the queue keeps what was last said of it.
"""

# ruff: noqa: S608 -- all names put into statements here are those of our own tables

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, exists, select

from syncengine.inventory.changes import Also
from syncengine.inventory.triggers import PREFIX, ROW_CHANGE, Function, Trigger
from syncengine.store.outbox import LISTED
from syncengine.store.tables import Binding, Outbox

_ROWS: Final = Outbox.__tablename__
_TWINS: Final = Binding.__tablename__
#: What a row and the twin of its record have in common.
_SAME: Final = ("company_id", "entity", "kind", "record_id")
_LISTED: Final = f"({LISTED.text})"


def _is_of(side: str) -> str:
    return " AND ".join(f"{name} = {side}.{name}" for name in _SAME)


def _moved(columns: Iterable[str], operator: str = "IS NOT") -> str:
    return " OR ".join(f"OLD.{name} {operator} NEW.{name}" for name in columns)


def _has(side: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_TWINS} WHERE {_is_of(side)} AND ended_at IS NULL)"


# --- SQLite


def _sqlite() -> Iterator[Trigger]:
    """A twin comes, goes or is another; a row comes, or is of another record."""
    ends = f"UPDATE {_ROWS} SET bound = 0 WHERE {_is_of('OLD')} AND {_LISTED} AND bound;"
    lives = f"UPDATE {_ROWS} SET bound = 1 WHERE {_is_of('NEW')} AND {_LISTED} AND NOT bound AND NEW.ended_at IS NULL;"
    told = f"UPDATE {_ROWS} SET bound = {_has('NEW')} WHERE id = NEW.id AND {_LISTED} AND bound <> {_has('NEW')};"
    for table, event, columns, body in (
        (_TWINS, "INSERT", (), lives),
        (_TWINS, "UPDATE", (*_SAME, "ended_at"), f"{ends} {lives}"),
        (_TWINS, "DELETE", (), ends),
        (_ROWS, "INSERT", (), told),
        (_ROWS, "UPDATE", _SAME, told),
    ):
        name = f"{PREFIX}{table}_bound_{event}".lower()
        # A row that only moves pays nothing for it, and a twin that is agreed on anew writes no row.
        of, when = (f"{event} OF {', '.join(columns)}", f"WHEN {_moved(columns)}\n") if columns else (event, "")
        yield Trigger(name, table, f'CREATE TRIGGER {name} AFTER {of} ON "{table}" FOR EACH ROW {when}BEGIN\n  {body}\nEND')


# --- PostgreSQL

_OTHER: Final = "IS DISTINCT FROM"


def _free(value: str, condition: str) -> str:
    """Say so of the listed rows that fulfil a condition, but for those that another transaction holds."""
    free = f"SELECT id FROM {_ROWS} WHERE {condition} AND {_LISTED} AND bound <> {value} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
    return f"UPDATE {_ROWS} SET bound = {value} WHERE id IN ({free});"


def _postgres() -> Iterator[Function]:
    yield Function(f"{PREFIX}bound_{_TWINS}", _TWINS, ROW_CHANGE, f"""
BEGIN
  IF TG_OP = 'UPDATE' AND NOT ({_moved((*_SAME, "ended_at"), _OTHER)}) THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN {_free("false", _is_of("OLD"))} END IF;
  IF TG_OP <> 'DELETE' AND NEW.ended_at IS NULL THEN {_free("true", _is_of("NEW"))} END IF;
  RETURN NULL;
END""", deferred=True)  # fmt: skip
    yield Function(f"{PREFIX}bound_{_ROWS}", _ROWS, ROW_CHANGE, f"""
BEGIN
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND ({_moved(_SAME, _OTHER)})) THEN
    UPDATE {_ROWS} SET bound = {_has("NEW")} WHERE id = NEW.id AND {_LISTED} AND bound <> {_has("NEW")};
  END IF;
  RETURN NULL;
END""")  # fmt: skip


#: The triggers that keep it; see `engine.triggers`.
ALSO: Final = Also(tuple(_sqlite()), tuple(_postgres()))


def wrong(connection: Connection, company_id: int) -> dict[bool, list[int]]:
    """The listed rows that say otherwise than is so, by what is so."""
    same = (getattr(Binding, name) == getattr(Outbox, name) for name in _SAME)
    lives = exists().where(*same, Binding.ended_at.is_(None))
    asked = select(Outbox.id, Outbox.bound).where(Outbox.company_id == company_id, LISTED, Outbox.bound != lives)
    found: dict[bool, list[int]] = {}
    for row_id, bound in connection.execute(asked):
        found.setdefault(not bound, []).append(row_id)
    return found
