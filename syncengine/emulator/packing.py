"""A company as a whole: its books with all that was deleted, every version, what is replayed, its journal and its meter.

Unlike an export of its objects (`load.dump`), a pack leaves nothing out: unpacked, the company goes on as if nothing had
happened, under the same realm or under another one. Only grants stay behind, since they belong to whoever signed in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from syncengine.emulator.books import Company
from syncengine.emulator.parts import Parts
from syncengine.emulator.state import VERSION, State, Unfit

#: The first line of a pack says so.
_MARK = "tieout emulator company"


class Unpackable(ValueError):  # noqa: N818 -- it says what the text is
    """A text that is no pack, or one of another version."""


def pack(parts: Parts, realm: str) -> Iterator[str]:
    """One company as lines of JSON; the caller holds the state's lock until the last of them was taken.

    Raises:
        ValueError: there is no such company.
    """
    company, state = parts.register.company(realm), parts.state
    parts.journal.flush()
    about = {"kind": company.kind, "name": company.name, "zone": company.zone, "closing_password": company.closing_password}
    yield json.dumps({_MARK: VERSION, "realm": realm, **about})
    for number, line in state.execute("SELECT n, line FROM journal WHERE realm = ? ORDER BY n", (realm,)):
        yield json.dumps(["journal", number, line])
    for row in state.execute("SELECT client_id, month, core, coreplus FROM meter WHERE realm = ? ORDER BY 2, 1", (realm,)):
        yield json.dumps(["meter", *row])
    for table in state.of_a_company():
        for values in _rows(state, table, company.key):
            yield json.dumps(["row", table, values])


def _rows(state: State, table: str, key: int) -> Iterator[dict[str, Any]]:
    columns = _columns(state, table)
    names = ", ".join(columns)
    made = state.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
    order = names if "WITHOUT ROWID" in made else "rowid"
    for row in state.execute(f"SELECT {names} FROM {table} WHERE company = ? ORDER BY {order}", (key,)):  # noqa: S608 -- names of ours
        yield {name: _plain(value) for name, value in zip(columns, row, strict=True) if value is not None}


def unpack(parts: Parts, lines: Iterable[str], realm: str | None = None) -> Company:
    """Set a packed company up, under its own realm or under `realm`; a company that has that realm already gives way to it.

    Raises:
        Unpackable: the lines are no pack of this version; nothing has changed then.
        ValueError: the realm is no number.
    """
    with parts.state.lock:
        try:
            with parts.state.transaction():
                company = _Unpacking(parts, iter(lines), realm).done()
        except Unfit as error:
            raise Unpackable(f"a line does not fit: {error}") from error
        parts.register.companies[company.realm] = company
    return company


class _Unpacking:
    """One pack on its way into a state file."""

    def __init__(self, parts: Parts, lines: Iterator[str], realm: str | None) -> None:
        head = _read(next(lines, ""))
        if not isinstance(head, dict) or head.get(_MARK) != VERSION:
            raise Unpackable(f"this is no company that was packed by an emulator of version {VERSION}")
        self._parts = parts
        self._lines = lines
        self._before = str(head["realm"])
        self._company = parts.register.place(
            realm or self._before, head["kind"], head["name"], head["zone"], head["closing_password"]
        )
        #: The journal's numbers in the pack -> those that its lines have got here.
        self._numbers: dict[int, int] = {}
        self._tables = {table: frozenset(_columns(parts.state, table)) for table in parts.state.of_a_company()}

    def done(self) -> Company:
        """Write everything."""
        for line in self._lines:
            if line.strip():
                self._put(_read(line))
        return self._company

    def _put(self, told: Any) -> None:
        match told:
            case ["journal", int(number), str(line)]:
                realm = self._company.realm
                self._numbers[number] = self._parts.journal.take(realm, line.replace(self._before, realm))
            case ["meter", str(client), str(month), int(core), int(coreplus)]:
                self._parts.journal.count(client, self._company.realm, month, core, coreplus)
            case ["row", str(table), dict(values)] if values.keys() <= self._tables.get(table, frozenset()):
                self._insert(table, values)
            case _:
                raise Unpackable(f"a line is nothing that a pack holds: {str(told)[:60]}")

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        if table == "version" and "line" in values:
            values["line"] = self._numbers.get(values["line"])
        row = {"company": self._company.key, **{name: _stored(value) for name, value in values.items()}}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._parts.state.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 -- looked up before


def _read(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise Unpackable(f"a line is no JSON: {line[:60]}") from None


def _columns(state: State, table: str) -> list[str]:
    """The columns of a table that belong to the company itself: neither its key nor a number that the file gives out."""
    rows = state.execute(f"SELECT name, type, pk FROM pragma_table_info('{table}')").fetchall()  # noqa: S608 -- a name of ours
    keys = [name for name, _, place in rows if place]
    given = {name for name, type_, place in rows if place and type_ == "INTEGER" and len(keys) == 1}
    return [name for name, _, _ in rows if name != "company" and name not in given]


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _stored(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
