"""Many objects at once, as QuickBooks itself has them: an export read back, or a company made for a test of scale."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, NamedTuple

from syncengine.emulator import moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Visit
from syncengine.emulator.catalogue.registry import ENTITIES, SEQUENCES
from syncengine.emulator.checks import keys
from syncengine.emulator.faults import Refusal
from syncengine.emulator.postings import audit
from syncengine.emulator.postings.running import Running
from syncengine.emulator.state import Taken

#: Rows that are written by one statement: more would only hold more in memory.
_CHUNK = 2000
#: For all objects alike: nothing is collected from one that was recorded.
_RECORDED = Visit(recorded=True)


class Unloadable(ValueError):  # noqa: N818 -- it says what the object is
    """An object that cannot be loaded; the text names its row, what is wrong with it and what would be right."""


class Row(NamedTuple):
    """One row that can be written: its number, entity and object, and when that was made and last updated (epoch seconds)."""

    number: int
    entity: Entity
    obj: dict[str, Any]
    created: int
    updated: int


def load(books: Books, rows: Iterable[Any], *, replace: bool = False) -> dict[str, int]:
    """Write objects into a company's books, without the rules that a request goes through.

    Args:
        books: the company's books, in a transaction.
        rows: one object each, `{"Customer": {...}}`, in the form in which QuickBooks answers. References go by Id, so Ids
            are kept; without one the next number is taken. SyncToken is 0 and MetaData now where there is none. Settings
            (Preferences, CompanyInfo) take the place of those that are there.
        replace: empty the company first. Its settings stay unless `rows` brings others.

    Returns:
        How many objects of each entity were written. Balances of names, accounts and stock are then what the loaded
        documents make them, whatever the objects said.

    Raises:
        Unloadable: a row is no object that could be there; nothing is to be kept then.
    """
    if replace:
        _empty(books)
    with _collector_off():
        counts = _written(books, enumerate(rows, 1))
        audit.settle(books)
    books.company.forget()
    return counts


@contextmanager
def _collector_off() -> Iterator[None]:
    """Nothing that is made here holds on to itself, and looking for such things would take a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _written(books: Books, numbered: Iterator[tuple[int, Any]]) -> dict[str, int]:
    """Write and post the objects; how many there are of each entity."""
    counts: Counter[str] = Counter()
    running = Running(books)
    given = (each for each in numbered if each[1] is not None)
    with ExitStack() as bulk:
        while chunk := [_row(books, *each) for each in islice(given, _CHUNK)]:
            if len(chunk) == _CHUNK and not counts:
                for table in ("object", "posting"):
                    bulk.enter_context(books.state.without_indexes(table))
            _write(books, chunk)
            running.take((row.entity.name, row.obj) for row in chunk)
            counts.update(row.entity.name for row in chunk)
        books.company.forget()
        _post(books, running.standing)
    return dict(counts)


def _post(books: Books, standing: frozenset[str]) -> None:
    try:
        audit.enter(books, standing)
    except audit.Unpostable as error:
        raise Unloadable(f"the documents cannot be posted: {error}") from error


def dump(books: Books) -> Iterator[str]:
    """Every living object as one line of JSON, `{"Customer": {...}}`: what `load` reads back."""
    rows = books.state.execute(
        "SELECT entity, body FROM object WHERE company = ? AND deleted = 0 ORDER BY rowid", (books.company.key,)
    )
    for entity, body in rows:
        yield f'{{"{entity}":{body}}}'


def lines(text: str) -> Iterator[Any]:
    """The objects of a text with one JSON object a line, None for an empty line.

    Raises:
        Unloadable: a line is no JSON.
    """
    for number, line in enumerate(_split(text), 1):
        try:
            yield wire.loads(line) if line.strip() else None
        except ValueError as error:
            raise Unloadable(f"row {number} is no JSON: {error}") from None


def _split(text: str) -> Iterator[str]:
    """The lines, one after the other. Characters that end a line elsewhere (U+2028, say) may stand in a JSON string."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _empty(books: Books) -> None:
    """Everything that is kept about a company goes, but for its settings."""
    for table in books.state.of_a_company():
        rest = " AND entity NOT IN ('Preferences', 'CompanyInfo')" if table == "object" else ""
        books.state.execute(f"DELETE FROM {table} WHERE company = ?{rest}", (books.company.key,))  # noqa: S608 -- our own names
    books.company.forget()


def _row(books: Books, number: int, row: Any) -> Row:
    if not isinstance(row, dict) or len(row) != 1:
        raise Unloadable(f'row {number}: an object is wanted, {{"Customer": {{...}}}}')
    (name, given), = row.items()
    entity = ENTITIES.get(name)
    if entity is None:
        raise Unloadable(f"row {number}: there is no entity {name!r}; there are: {', '.join(ENTITIES)}")
    if not isinstance(given, dict):
        raise Unloadable(f"row {number}: {name} is no object")
    times = _times(books, number, given.get("MetaData"))
    id_ = given.get("Id") or books.next_id(entity.sequence, SEQUENCES[entity.sequence], entity.first_id, entity.id_step)
    token = str(given.get("SyncToken") or 0)
    if not isinstance(id_, str) or not token.isdecimal():
        raise Unloadable(f"row {number}: Id is a string of digits and SyncToken a whole number, both as QuickBooks writes them")
    try:
        checked = entity.record.check(given, "", _RECORDED)
    except Refusal as refusal:
        raise Unloadable(f"row {number}: {name} {id_}: {refusal}") from None
    # An update of what stands there already: properties keep the order in which they came.
    obj = {key: value for key, value in checked.items() if value is not None}
    obj |= {"domain": "QBO", "sparse": False, "Id": id_, "SyncToken": token}
    signed = {name: value for name, value in (given.get("MetaData") or {}).items() if name == "LastModifiedByRef"}
    created, updated = moments.second(times[0], books.company.zone), moments.second(times[1], books.company.zone)
    obj["MetaData"] = {"CreateTime": created, **signed, "LastUpdatedTime": updated}
    if entity.deactivatable:
        obj.setdefault("Active", True)
    return Row(number, entity, obj, *times)


def _times(books: Books, number: int, meta: Any) -> tuple[int, int]:
    """CreateTime and LastUpdatedTime in epoch seconds; both are now where the object brings none."""
    if not meta:
        return books.epoch, books.epoch
    if not isinstance(meta, dict):
        raise Unloadable(f"row {number}: MetaData is no object")
    found = [moments.parse(str(meta[name]), books.company.zone) for name in ("CreateTime", "LastUpdatedTime") if meta.get(name)]
    if not found or None in found:
        raise Unloadable(f"row {number}: MetaData takes CreateTime and LastUpdatedTime like 2020-09-29T05:58:07-07:00")
    return int(found[0] or 0), int(found[-1] or 0)


def _write(books: Books, chunk: list[Row]) -> None:
    for row in chunk:
        if row.entity.singleton:
            key = (books.company.key, row.entity.name, row.obj["Id"])
            books.state.execute("DELETE FROM object WHERE company = ? AND entity = ? AND id = ?", key)
    try:
        with books.state.savepoint():
            books.insert_many((row.entity.name, row.obj, keys(row.entity, row.obj), row.created, row.updated) for row in chunk)
    except Taken:
        raise _taken(books, chunk) from None


def _taken(books: Books, chunk: list[Row]) -> Unloadable:
    """Which object of a chunk is there already, or comes twice."""
    seen: set[tuple[str, str]] = set()
    row = chunk[0]
    for row in chunk:
        key = (row.entity.name, row.obj["Id"])
        if key in seen or books.row(*key):
            break
        seen.add(key)
    what = f"{row.entity.name} {row.obj['Id']}"
    return Unloadable(f"row {row.number}: {what} is there already, or comes twice: Ids are unique within an entity")
