"""Stirs: the sign that the sending order of a company may be another than the one that was kept.

It follows from which rows are open or in flight, which records have a living twin (or how theirs ended), which records refer to
which, and which of QuickBooks' features are on. Triggers see all but the third, whoever writes, in the transaction that changes
them (the features come with a cycle or a setting). What refers to what changes with a record: a change of people's leaves a
mark, which counts as a stir until it is captured, and one that comes from QuickBooks is made under `guarded` below.

A stir is taken away by its id only, so one that is committed later than it was numbered is never overlooked.
"""

# ruff: noqa: S608 -- all names put into statements here are those of our own tables

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, insert

from syncengine.inventory import changes
from syncengine.inventory.changes import Also
from syncengine.inventory.triggers import PREFIX, ROW_CHANGE, Function, Trigger
from syncengine.store.tables import Binding, Cycle, Outbox, Setting, Stir

_STIRS: Final = Stir.__tablename__
#: By table, which of its columns matter. Place, reason and order of failing do not: no wave follows from them.
_WATCHED: Final = {
    Outbox.__tablename__: ("company_id", "entity", "kind", "record_id", "unanswered", "revision"),
    Binding.__tablename__: ("company_id", "entity", "kind", "record_id", "ended_by"),
    Setting.__tablename__: ("company_id", "name", "value"),
    Cycle.__tablename__: ("company_id", "result"),
}
#: By table, what matters of columns that hold more than matters: whether the row is open or in flight, whether the twin lives.
_SEEN: Final = {
    Outbox.__tablename__: (
        "({side}.state IN ('available','running','retryable','parked'))",
        "({side}.state = 'running')",
    ),
    Binding.__tablename__: ("({side}.ended_at IS NULL)",),
    Setting.__tablename__: (),
    Cycle.__tablename__: (),
}


def _differs(table: str, operator: str) -> str:
    every = [f"{{side}}.{name}" for name in _WATCHED[table]] + list(_SEEN[table])
    return " OR ".join(f"{each.format(side='OLD')} {operator} {each.format(side='NEW')}" for each in every)


def _sqlite() -> Iterator[Trigger]:
    for table in _WATCHED:
        for event, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            name = f"{PREFIX}{table}_stirs_{event}".lower()
            when = f"WHEN {_differs(table, 'IS NOT')}\n" if event == "UPDATE" else ""
            # A newer id each time, so that who takes an older one away does not take this change's sign.
            clear = f"DELETE FROM {_STIRS} WHERE company_id = {side}.company_id;"
            body = f"{clear} INSERT INTO {_STIRS} (company_id) VALUES ({side}.company_id);"
            sql = f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW {when}BEGIN\n  {body}\nEND'
            yield Trigger(name, table, sql)


def _postgres() -> Iterator[Function]:
    for table in _WATCHED:
        body = f"""
DECLARE mine integer := CASE WHEN TG_OP = 'DELETE' THEN OLD.company_id ELSE NEW.company_id END;
BEGIN
  IF TG_OP = 'UPDATE' AND NOT ({_differs(table, "IS DISTINCT FROM")}) THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT 1 FROM {_STIRS} WHERE company_id = mine AND xmin = pg_current_xact_id()::xid) THEN
    INSERT INTO {_STIRS} (company_id) VALUES (mine);
  END IF;
  RETURN NULL;
END"""
        yield Function(f"{PREFIX}stir_{table}", table, ROW_CHANGE, body)


#: The triggers that stir; see `engine.triggers`.
ALSO: Final = Also(tuple(_sqlite()), tuple(_postgres()))


@contextmanager
def guarded(connection: Connection, company_id: int) -> Iterator[None]:
    """While the block runs, records change without marks: what they refer to may be another afterwards."""
    connection.execute(insert(Stir).values(company_id=company_id))
    with changes.guarded(connection):
        yield
