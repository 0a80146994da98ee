"""The text of the triggers that mark changes: pure functions from `KINDS` to SQL, one dialect each.

SQLite runs three triggers a table and one more that sees what REPLACE is about to sweep away; PostgreSQL one
function and two triggers a table. Both write `sync_mark` in the transaction that changes the record.
"""

# ruff: noqa: S608 -- all names put into statements here are those of our own tables

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table

from syncengine.inventory.tables import KINDS, Kind

#: All our triggers and functions begin so, and nothing else does: what is stale can be told and dropped.
PREFIX = "tieout_"
#: The operation of a mark of a record that did not change itself: another one did, on which its posting depends.
FOLLOW = "follow"


@dataclass(frozen=True)
class Trigger:
    """One trigger: its name, its table and the statement that makes it."""

    name: str
    table: str
    sql: str


def _columns(table: Table) -> list[str]:
    """The columns whose change is a change of the record."""
    return [column.name for column in table.columns if column.name != "created_at"]


def _changed(table: Table, operator: str) -> str:
    return " OR ".join(f'OLD."{name}" {operator} NEW."{name}"' for name in _columns(table))


# --- SQLite ------------------------------------------------------------------------------------------------------


def _sqlite_mark(kind: Kind, company: str, record: str, operation: str, condition: str = "") -> str:
    """Mark one record; a mark that stands last and says the same gives way, so that a run of lines leaves one.

    The newer mark has a newer id, so whoever is about to consume the older one does not consume this change.
    """
    same = f"company_id = {company} AND kind = '{kind.name}' AND record_id = {record} AND operation = '{operation}'"
    drop = f"DELETE FROM sync_mark WHERE id = (SELECT max(id) FROM sync_mark) AND {same}"
    values = f"SELECT {company}, '{kind.name}', {record}, '{operation}'"
    insert = f"INSERT INTO sync_mark (company_id, kind, record_id, operation) {values}"
    if condition:
        drop, insert = f"{drop} AND {condition}", f"{insert} WHERE {condition}"
    return f"  {drop};\n  {insert};\n"


def _sqlite_parent_mark(kind: Kind, side: str) -> str:
    """Mark a line's document as its header says; a header that is gone (its deletion cascades) is left alone."""
    record = f'{side}."{kind.parent}"'
    company = f'(SELECT company_id FROM "{kind.table.name}" WHERE id = {record})'
    return _sqlite_mark(kind, company, record, "save", f"{company} IS NOT NULL")


def _sqlite_trigger(table: Table, moment: str, event: str, body: str, condition: str = "") -> Trigger:
    name = f"{PREFIX}{table.name}_{moment}_{event}".lower()
    when = f"NOT EXISTS (SELECT 1 FROM sync_guard){f' AND ({condition})' if condition else ''}"
    sql = f'CREATE TRIGGER {name} {moment} {event} ON "{table.name}" FOR EACH ROW WHEN {when}\nBEGIN\n{body}END'
    return Trigger(name, table.name, sql)


def _sqlite_header(kind: Kind) -> list[Trigger]:
    table, key = kind.table, kind.key
    moved = "(OLD.id <> NEW.id OR OLD.company_id <> NEW.company_id)"
    swept = f"""  INSERT INTO sync_mark (company_id, kind, record_id, operation)
    SELECT company_id, '{kind.name}', id, 'save' FROM "{table.name}" WHERE (id = NEW.id AND company_id <> NEW.company_id)
      OR (company_id = NEW.company_id AND "{key}" = NEW."{key}" AND id <> NEW.id);
{_sqlite_swept_follow(kind)}"""
    saved = _sqlite_mark(kind, "NEW.company_id", "NEW.id", "save")
    left = _sqlite_mark(kind, "OLD.company_id", "OLD.id", "delete", moved)
    gone = _sqlite_mark(kind, "OLD.company_id", "OLD.id", "delete")
    before, after = _sqlite_follow(kind, "OLD"), _sqlite_follow(kind, "NEW")
    return [
        # REPLACE deletes rows without firing delete triggers; what it may sweep away is marked before.
        _sqlite_trigger(table, "BEFORE", "INSERT", swept),
        _sqlite_trigger(table, "AFTER", "INSERT", saved + after),
        _sqlite_trigger(table, "AFTER", "UPDATE", left + saved + before + after, _changed(table, "IS NOT")),
        _sqlite_trigger(table, "AFTER", "DELETE", gone + before),
    ]


def _sqlite_follow(kind: Kind, side: str) -> str:
    """Mark the record that one side of a change names as the one that depends on it."""
    if not kind.follows:
        return ""
    record = f'{side}."{kind.follows}"'
    return _sqlite_mark(_followed(kind), f"{side}.company_id", record, FOLLOW, f"typeof({record}) = 'integer'")


def _sqlite_swept_follow(kind: Kind) -> str:
    """The same for the rows that REPLACE is about to sweep away."""
    if not kind.follows:
        return ""
    same = f'id = NEW.id OR (company_id = NEW.company_id AND "{kind.key}" = NEW."{kind.key}")'
    return f"""  INSERT INTO sync_mark (company_id, kind, record_id, operation)
    SELECT company_id, '{_followed(kind).name}', "{kind.follows}", '{FOLLOW}' FROM "{kind.table.name}"
      WHERE ({same}) AND typeof("{kind.follows}") = 'integer';
"""


def _followed(kind: Kind) -> Kind:
    return KINDS[kind.references[kind.follows]]


def _sqlite_lines(kind: Kind, lines: Table) -> list[Trigger]:
    header, line, parent = kind.table.name, lines.name, kind.parent
    swept = f"""  INSERT INTO sync_mark (company_id, kind, record_id, operation)
    SELECT h.company_id, '{kind.name}', h.id, 'save' FROM "{line}" l JOIN "{header}" h ON h.id = l."{parent}" WHERE l.id = NEW.id;
"""
    new, old = _sqlite_parent_mark(kind, "NEW"), _sqlite_parent_mark(kind, "OLD")
    return [
        _sqlite_trigger(lines, "BEFORE", "INSERT", swept),
        _sqlite_trigger(lines, "AFTER", "INSERT", new),
        _sqlite_trigger(lines, "AFTER", "UPDATE", old + new, _changed(lines, "IS NOT")),
        _sqlite_trigger(lines, "AFTER", "DELETE", old),
    ]


def sqlite_triggers() -> list[Trigger]:
    """Every trigger that a SQLite inventory has."""
    found: list[Trigger] = []
    for kind in KINDS.values():
        if kind.captured:
            found += _sqlite_header(kind)
            found += _sqlite_lines(kind, kind.lines) if kind.lines is not None else []
    return found


# --- PostgreSQL --------------------------------------------------------------------------------------------------

#: The bits of pg_trigger.tgtype (PostgreSQL's pg_trigger.h): row 1, before 2, insert 4, delete 8, update 16, truncate 32.
ROW_CHANGE, TRUNCATION = 1 + 4 + 8 + 16, 2 + 32

_GUARDED = "coalesce(current_setting('tieout.guard', true), '') = 'on'"


@dataclass(frozen=True)
class Function:
    """One trigger function of PostgreSQL, the body verbatim, and the trigger that calls it."""

    name: str
    table: str
    #: The bits of the trigger's moment and events.
    moment: int
    body: str
    #: Whether it runs when the transaction ends: what it locks, it then holds for a moment only.
    deferred: bool = False

    @property
    def sql(self) -> str:
        """Makes the function; it marks with its owner's rights, so that a program needs none on our tables."""
        # The path is fixed, as it has to be for a function with its owner's rights.
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path FROM CURRENT AS $tieout${self.body}$tieout$"
        )

    @property
    def trigger_sql(self) -> str:
        """Makes the trigger, which has its function's name."""
        events = "AFTER INSERT OR UPDATE OR DELETE" if self.moment == ROW_CHANGE else "BEFORE TRUNCATE"
        each = "ROW" if self.moment == ROW_CHANGE else "STATEMENT"
        kind, when = ("CONSTRAINT TRIGGER", " DEFERRABLE INITIALLY DEFERRED") if self.deferred else ("TRIGGER", "")
        return f'CREATE {kind} {self.name} {events} ON "{self.table}"{when} FOR EACH {each} EXECUTE FUNCTION {self.name}()'


def _postgres_mark(kind: Kind, company: str, record: str, operation: str) -> str:
    """Mark one record, unless the last mark that this very transaction gave it says the same.

    A mark of another transaction never counts: it may be consumed before this one's change can be seen.
    """
    return f"""  IF (SELECT operation FROM sync_mark WHERE kind = '{kind.name}' AND record_id = {record} AND company_id = {company}
      AND xmin = pg_current_xact_id()::xid ORDER BY id DESC LIMIT 1) IS DISTINCT FROM '{operation}' THEN
    INSERT INTO sync_mark (company_id, kind, record_id, operation) VALUES ({company}, '{kind.name}', {record}, '{operation}');
  END IF;
"""


def _postgres_function(table: Table, body: str, declare: str = "") -> Function:
    unchanged = f"TG_OP = 'UPDATE' AND NOT ({_changed(table, 'IS DISTINCT FROM')})"
    guard = f"  IF {_GUARDED} THEN RETURN NULL; END IF;\n  IF {unchanged} THEN RETURN NULL; END IF;\n"
    return Function(f"{PREFIX}mark_{table.name}", table.name, ROW_CHANGE, f"{declare}\nBEGIN\n{guard}{body}  RETURN NULL;\nEND")


def _postgres_header(kind: Kind) -> Function:
    gone = "TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.id <> NEW.id OR OLD.company_id <> NEW.company_id))"
    left = f"  IF {gone} THEN\n  {_postgres_mark(kind, 'OLD.company_id', 'OLD.id', 'delete')}  END IF;\n"
    saved = f"  IF TG_OP <> 'DELETE' THEN\n  {_postgres_mark(kind, 'NEW.company_id', 'NEW.id', 'save')}  END IF;\n"
    return _postgres_function(kind.table, left + saved + _postgres_follow(kind))


def _postgres_follow(kind: Kind) -> str:
    """Marks the records that either side of a change names as the one that depends on it; OLD of an insert names none."""
    if not kind.follows:
        return ""
    marked = ""
    for side in ("OLD", "NEW"):
        record = f'{side}."{kind.follows}"'
        mark = _postgres_mark(_followed(kind), f"{side}.company_id", record, FOLLOW)
        marked += f"  IF {record} IS NOT NULL THEN\n  {mark}  END IF;\n"
    return marked


def _postgres_lines(kind: Kind, lines: Table) -> Function:
    """Marks the documents of the old and the new line as their headers say; a header that is gone is left alone."""
    header, parent = kind.table.name, kind.parent
    mark = _postgres_mark(kind, "document.company_id", "document.id", "save")
    touched = f'SELECT id, company_id FROM "{header}" WHERE id = OLD."{parent}" OR id = NEW."{parent}"'
    seen = f"  FOR document IN {touched} LOOP\n  {mark}  END LOOP;\n"
    return _postgres_function(lines, seen, declare="\nDECLARE document record;")


def _postgres_truncation(table: Table) -> Function:
    message = (
        f"TRUNCATE of {table.name} is refused: it would leave QuickBooks out of step unseen."
        f" Use DELETE FROM {table.name} instead, which marks each record."
    )
    body = f"\nBEGIN\n  IF {_GUARDED} THEN RETURN NULL; END IF;\n  RAISE EXCEPTION '{message}';\nEND"
    return Function(f"{PREFIX}truncate_{table.name}", table.name, TRUNCATION, body)


def postgres_functions() -> list[Function]:
    """Every function, each with its trigger, that a PostgreSQL inventory has."""
    found: list[Function] = []
    for kind in KINDS.values():
        if kind.captured:
            found += [_postgres_header(kind), _postgres_truncation(kind.table)]
            found += [_postgres_lines(kind, kind.lines), _postgres_truncation(kind.lines)] if kind.lines is not None else []
    return found
