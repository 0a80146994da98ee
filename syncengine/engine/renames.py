"""Renames: accounts are named, not numbered, on the inventory side; a new name in QuickBooks is a new name here, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, case, select, update

from syncengine.engine.stirs import guarded
from syncengine.inventory.tables import KINDS
from syncengine.store import audit, settings


def follow(connection: Connection, company_id: int, names: Mapping[str, str], at: datetime, cycle_id: int | None) -> None:
    """Write new names of accounts (old -> new) into the company's settings and into every record that names one."""
    moved = {old: new for old, new in names.items() if old and old != new}
    if not moved:
        return
    _in_settings(connection, company_id, moved, at, cycle_id)
    with guarded(connection, company_id):
        for kind in KINDS.values():
            ours = select(kind.table.c.id).where(kind.table.c.company_id == company_id)
            _rename(connection, kind.table, kind.table.c.id, ours, moved)
            if kind.lines is not None:
                _rename(connection, kind.lines, kind.lines.c[kind.parent], ours, moved)


def _in_settings(connection: Connection, company_id: int, moved: Mapping[str, str], at: datetime, cycle_id: int | None) -> None:
    lines = []
    for name, value in settings.all_of(connection, company_id).items():
        if name.endswith("_account") and value in moved:
            settings.put(connection, company_id, name, moved[value])
            detail = {"name": name, "from": value, "to": moved[value], "why": "renamed in QuickBooks"}
            lines.append(audit.Line("setting changed", cycle_id=cycle_id, detail=detail))
    audit.write(connection, company_id, at, lines)


def _rename(connection: Connection, table: Table, key: Column[Any], ours: Select[Any], moved: Mapping[str, str]) -> None:
    """All at once, since two accounts may have changed their names for each other's."""
    for column in table.columns:
        if column.name == "account" or column.name.endswith("_account"):
            renamed = update(table).where(column.in_(moved), key.in_(ours)).values({column: case(dict(moved), value=column)})
            connection.execute(renamed)
