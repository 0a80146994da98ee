"""The keys and names of a company's records, as they are by now: also what others write while an import goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, null, select, text

from syncengine.inventory.reader import folded
from syncengine.inventory.tables import KINDS, Kind


class Entry(NamedTuple):
    """What a record is called; "" for nothing."""

    key: str
    name: str
    parent: int | None = None


@dataclass
class Directory:
    """The keys and names of all records of one kind in one company."""

    kind: str
    by_key: dict[str, int] = field(default_factory=dict)
    by_folded_key: dict[str, list[int]] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def put(self, record_id: int, entry: Entry) -> None:
        """Take one record in, or what it is called by now."""
        if self.entries.get(record_id) == entry:
            return
        self.drop(record_id)
        self.entries[record_id] = entry
        if entry.key:
            self.by_key[entry.key] = record_id
            self.by_folded_key.setdefault(folded(entry.key), []).append(record_id)
        if entry.name:
            self.by_name.setdefault(folded(entry.name), []).append(record_id)

    def drop(self, record_id: int) -> None:
        """It is gone, or is called otherwise by now."""
        entry = self.entries.pop(record_id, None)
        if entry is None:
            return
        if self.by_key.get(entry.key) == record_id:
            del self.by_key[entry.key]
        for known, called in ((self.by_folded_key, entry.key), (self.by_name, entry.name)):
            if called:
                known[folded(called)].remove(record_id)

    def named(self, called: str) -> list[int]:
        """The records that a text may mean: by key, else by key without case, else by name."""
        if called in self.by_key:
            return [self.by_key[called]]
        return sorted(set(self.by_folded_key.get(folded(called), ()))) or self.by_name.get(folded(called), [])


class Directories:
    """Those of one company that an import has needed so far."""

    def __init__(self, company_id: int) -> None:
        self._company_id = company_id
        self._held: dict[str, Directory] = {}
        #: Up to where others' writing is known, as the database says it; nothing before the first look.
        self._known: Any = None

    def of(self, connection: Connection, kind: str) -> Directory:
        """The directory of one kind, read when it is first needed."""
        if kind not in self._held:
            self._held[kind] = found = Directory(kind)
            for record_id, entry in _rows(connection, _whole(kind), company=self._company_id):
                found.put(record_id, entry)
        return self._held[kind]

    def held(self, kind: str) -> Directory | None:
        """The directory of one kind where it was needed."""
        return self._held.get(kind)

    def forget(self) -> None:
        """What is in mind is not to be relied on: a transaction was rolled back, or somebody else has gone on with the import."""
        self._held.clear()
        self._known = None

    def catch_up(self, connection: Connection) -> None:
        """See what others have written since, whatever it is called. `connection` is in the transaction that will write.

        SQLite lets nobody else write until that one ends. PostgreSQL does: what is committed after this look is not seen. No
        key goes in twice then; a name may, and `twice` tells.
        """
        if connection.dialect.name == "sqlite":
            now = _written(connection)
            if self._known is not None and now != self._known:
                for directory in self._held.values():
                    self._read_anew(connection, directory)
            self._known = now
            return
        since, self._known = self._known, connection.scalar(_OLDEST_RUNNING)
        if since is None:
            return
        for directory in self._held.values():
            for record_id, entry in written_since(connection, directory.kind, self._company_id, since):
                directory.put(record_id, entry)

    @property
    def looked(self) -> int | None:
        """PostgreSQL's number of the oldest transaction that ran at the last look; None where nobody else writes meanwhile."""
        return self._known if isinstance(self._known, int) else None

    def settled(self, connection: Connection) -> None:
        """What this transaction has written is known, once `Resolver.learn` was told; on PostgreSQL it is simply read again."""
        if connection.dialect.name == "sqlite":
            self._known = _written(connection)

    def _read_anew(self, connection: Connection, directory: Directory) -> None:
        known, there = directory.entries, set()
        for record_id, key, name, parent in connection.execute(_whole(directory.kind), {"company": self._company_id}).all():
            there.add(record_id)
            entry = known.get(record_id)
            # Hardly any has changed: to compare is all that is done for the others, which may be a hundred thousand.
            if entry is None or entry.name != name or entry.key != key or entry.parent != parent:
                directory.put(record_id, entry_of(key, name, parent))
        for gone in known.keys() - there:
            directory.drop(gone)


def written_since(connection: Connection, kind: str, company_id: int, since: int) -> Iterator[tuple[int, Entry]]:
    """PostgreSQL: the records of transactions that were not over, or had not begun, when `since` was the oldest that ran."""
    # Rows bear 32 bits of a transaction's number.
    yield from _rows(connection, _since(kind), company=company_id, since=str(since % 2**32))


def _rows(connection: Connection, query: Select[Any], **values: Any) -> Iterator[tuple[int, Entry]]:
    for record_id, key, name, parent in connection.execute(query, values):
        yield record_id, entry_of(key, name, parent)


def entry_of(key: Any, name: Any, parent: Any = None) -> Entry:
    """What a record is called, out of what its columns hold: what is no text names nothing."""
    called, named = (each if isinstance(each, str) else "" for each in (key, name))
    return Entry(called, named, parent if isinstance(parent, int) else None)


def entry_in(kind: Kind, record: Mapping[str, Any]) -> Entry:
    """What a record is called that was read whole."""
    return entry_of(record[kind.key], record[kind.label], record.get("parent_id"))


@cache
def _whole(kind: str) -> Select[Any]:
    known = KINDS[kind]
    table = known.table
    parent = table.c.parent_id if "parent_id" in table.c else null()
    wanted = select(table.c.id, table.c[known.key], table.c[known.label], parent)
    return wanted.where(table.c.company_id == bindparam("company")).order_by(table.c.id)


@cache
def _since(kind: str) -> Select[Any]:
    return _whole(kind).where(text(f'age("{KINDS[kind].table.name}".xmin) <= age(CAST(CAST(:since AS text) AS xid))'))


#: PostgreSQL: the oldest transaction that is not over, or the next one where all are.
_OLDEST_RUNNING = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")


def _written(connection: Connection) -> tuple[Any, ...]:
    """SQLite: numbers that go up with each change of a record by anybody (it leaves a mark), and with each new record.

    A change that comes from QuickBooks leaves no mark: see `Resolver`, which asks for each row's own key and name besides.
    """
    return tuple(connection.execute(_numbers()).all())


@cache
def _numbers() -> Select[Any]:
    tables = ["sync_mark", *sorted(known.table.name for known in KINDS.values())]
    named = ", ".join(f"'{each}'" for each in tables)
    return select(text("name"), text("seq")).select_from(text("sqlite_sequence")).where(text(f"name IN ({named})"))
