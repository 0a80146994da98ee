"""Records of the inventory, read in bulk: two queries for any number of documents with their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
    union,
)

from syncengine.db.texts import holds
from syncengine.db.types import LooseDate, Unreadable
from syncengine.inventory.tables import KINDS, Kind

#: One record: column -> value, and for a document "lines": a list of such records in the order of the document.
Record = dict[str, Any]

#: So many ids go into one statement; SQLite takes 32,766 parameters, PostgreSQL 65,535.
_CHUNK: Final = 5000
#: When a row was first written: nobody asks for it, and to read it costs as much as three other columns.
_WRITTEN: Final = "created_at"
#: A list that holds no more than this is counted by the look that finds its page.
_AT_ONCE: Final = 5000
#: So many of the newest documents are looked at one by one, before all that match are put in order.
_NEWEST: Final = 3000
#: A text that names more parties than this is looked for in every document; of fewer, their documents are looked up.
_FEW_PARTIES: Final = 200
#: Lines without a number come last, in the order in which they were written.
_LAST: Final = 2**31


def load(connection: Connection, kind: str, company_id: int, ids: Iterable[int] | None = None) -> dict[int, Record]:
    """The records of `kind` in one company by id: all of them, or those of `ids` that exist, in ascending order of id.

    Values that do not parse are `Unreadable` and stand where they were found.
    """
    known = KINDS[kind]
    table = known.table
    if ids is None:
        return _with_lines(connection, known, _rows(connection, table, _all(table), {"company": company_id}), None)
    found: list[Record] = []
    for chunk in _chunks(sorted(set(ids))):
        found += _rows(connection, table, _of_ids(table), {"ids": chunk, "company": company_id})
    return _with_lines(connection, known, found, [record["id"] for record in found])


def load_headers(connection: Connection, kind: str, company_id: int, ids: Iterable[int]) -> dict[int, Record]:
    """The records of `ids` that exist, without their lines."""
    table = KINDS[kind].table
    found: dict[int, Record] = {}
    for chunk in _chunks(sorted(set(ids))):
        rows = _rows(connection, table, _of_ids(table), {"ids": chunk, "company": company_id})
        found.update({record["id"]: record for record in rows})
    return found


@cache
def _all(table: Table) -> Select[Any]:
    return _select(table).where(table.c.company_id == bindparam("company")).order_by(table.c.id)


@cache
def _of_ids(table: Table) -> Select[Any]:
    # A sum is in no index: SQLite would rather read all records of the company than look up these few.
    mine = table.c.company_id + 0 == bindparam("company")
    return _select(table).where(table.c.id.in_(bindparam("ids", expanding=True)), mine).order_by(table.c.id)


@cache
def _lines_of_ids(lines: Table, parent: str) -> Select[Any]:
    return _select(lines).where(lines.c[parent].in_(bindparam("ids", expanding=True)))


def find(
    connection: Connection, kind: str, company_id: int, column: str, values: Iterable[Any], *, fold: bool = False
) -> dict[Any, list[int]]:
    """For each of `values` the ids of the records that hold it in `column`, ascending; an empty list for none.

    With `fold`, texts are compared without case and outer blanks, as Unicode has it (which SQL's lower() does not);
    that reads the whole column of the company.
    """
    found: dict[Any, list[int]] = {value: [] for value in values}
    if not found:
        return found
    table = KINDS[kind].table
    query = select(table.c.id, table.c[column]).where(table.c.company_id == company_id).order_by(table.c.id)
    if fold:
        by_text: dict[str, list[int]] = {}
        for record_id, value in connection.execute(query.where(table.c[column].is_not(None))):
            by_text.setdefault(folded(value), []).append(record_id)
        return {value: by_text.get(folded(value), []) for value in found}
    for chunk in _chunks(list(found)):
        for record_id, value in connection.execute(query.where(table.c[column].in_(chunk))):
            found[value].append(record_id)
    return found


def folded(value: Any) -> str:
    """A text as it is compared with others: without case, outer blanks and runs of blanks."""
    return " ".join(str(value).split()).casefold()


def page(
    connection: Connection, kind: str, company_id: int, *, offset: int = 0, limit: int = 50, search: str = "",
    where: Iterable[ColumnElement[bool]] = (),
) -> list[Record]:
    """One page of records with their lines: documents newest first, others by name; `search` and `where` as in `count`."""
    known = KINDS[kind]
    matching = [*_matching(connection, known, company_id, search), *where]
    # Only the ids are put in order: whole rows would be carried through it, too.
    return _placed(connection, known, list(connection.scalars(_in_order(known, matching).offset(offset).limit(limit))))


def listing(
    connection: Connection, kind: str, company_id: int, *, offset: int = 0, limit: int = 50, search: str = "",
    where: Iterable[ColumnElement[bool]] = (), one_by_one: ColumnElement[bool] | None = None, total: int | None = None,
) -> tuple[int, list[Record]]:
    """What `count` and `page` give, for hardly more than the dearer of them; `total` is the count where that is known.

    `one_by_one` says the same as all of `where` and is cheap to ask of a single record: where many of the newest documents
    match, the first pages are found so. Without it, all that match are put in order.
    """
    known, last = KINDS[kind], offset + limit
    matching = [*_matching(connection, known, company_id, search), *where]
    if search.strip():
        total, placed = _sought(connection, known, matching, last)
        return total, _placed(connection, known, placed[offset:last])
    total, placed = _number(connection, known, matching) if total is None else total, []
    if not total:
        return 0, []  # to find that none is there takes as long as to count them
    if one_by_one is not None and known.lines is not None and total >= last:
        placed = _among_newest(connection, known, company_id, one_by_one, last)
    if len(placed) < last:
        placed = list(connection.scalars(_in_order(known, matching).offset(offset).limit(limit)))
        return total, _placed(connection, known, placed)
    return total, _placed(connection, known, placed[offset:last])


def _sought(connection: Connection, known: Kind, conditions: Sequence[ColumnElement[bool]], last: int) -> tuple[int, list[int]]:
    """How many records match a search, and the first `last` of them in their order, at least.

    Where no more match than are put in order at once, the database need not do it: to hand documents out by their ids it
    would read them all, where it finds the same ones in the index of their numbers in a third of the time.
    """
    most = max(last, _AT_ONCE)
    wanted = select(known.table.c.id).where(*conditions) if known.lines is not None else _in_order(known, conditions)
    found = list(connection.scalars(wanted.limit(most + 1)))
    if len(found) <= most:
        return len(found), sorted(found, reverse=True) if known.lines is not None else found
    return _number(connection, known, conditions), list(connection.scalars(_in_order(known, conditions).limit(last)))


def _among_newest(
    connection: Connection, known: Kind, company_id: int, condition: ColumnElement[bool], most: int
) -> list[int]:
    """At most `most` of the newest documents that satisfy the condition, of those that are looked at one by one."""
    table = known.table
    oldest = select(table.c.id).where(table.c.company_id == company_id).order_by(table.c.id.desc()).offset(_NEWEST).limit(1)
    begin = connection.scalar(oldest) or 0
    wanted = _in_order(known, [table.c.company_id == company_id, table.c.id > begin, condition])
    return list(connection.scalars(wanted.limit(most)))


def _in_order(known: Kind, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """The ids of a list: documents newest first, others by name."""
    table = known.table
    name = func.lower(func.coalesce(table.c[known.label], ""))
    order = [table.c.id.desc()] if known.lines is not None else [name, table.c.id]
    return select(table.c.id).where(*conditions).order_by(*order)


def _placed(connection: Connection, known: Kind, placed: Sequence[int]) -> list[Record]:
    """The records of these ids with their lines, in this order."""
    table = known.table
    found = {row["id"]: row for row in _rows(connection, table, _select(table).where(table.c.id.in_(placed)))}
    rows = [found[each] for each in placed if each in found]  # it may be gone by the second look
    return list(_with_lines(connection, known, rows, [row["id"] for row in rows]).values())


def count(
    connection: Connection, kind: str, company_id: int, *, search: str = "", where: Iterable[ColumnElement[bool]] = (),
    by_id: bool = False,
) -> int:
    """How many records there are: with `search`, of those that hold that text in their key, their name or their party's name.

    `where` are further conditions on the kind's table. `by_id` says that they name the records by their ids.
    """
    known = KINDS[kind]
    if by_id and not search.strip():
        # A sum is in no index: each record is looked up by its id, which takes three quarters of the time.
        return _number(connection, known, [known.table.c.company_id + 0 == company_id, *where])
    return _number(connection, known, [*_matching(connection, known, company_id, search), *where])


def extent(connection: Connection, kind: str, company_id: int) -> tuple[int, int]:
    """How many records of a kind there are, and the largest Id (0 without any): one changes when a record comes or goes."""
    table = KINDS[kind].table
    ours = table.c.company_id == company_id
    # Apart from each other: the largest is at the end of an index, which SQLite would read whole if asked for both at once.
    number, last = (select(each).where(ours).scalar_subquery() for each in (func.count(table.c.id), func.max(table.c.id)))
    found = connection.execute(select(number, last)).one()
    return int(found[0]), int(found[1] or 0)


def _number(connection: Connection, known: Kind, conditions: Iterable[ColumnElement[bool]]) -> int:
    return connection.scalar(select(func.count()).select_from(known.table).where(*conditions)) or 0


def ids(
    connection: Connection, kind: str, company_id: int, *, search: str = "", where: Iterable[ColumnElement[bool]] = ()
) -> list[int]:
    """The ids of those that `count` counts, ascending."""
    known = KINDS[kind]
    wanted = select(known.table.c.id).where(*_matching(connection, known, company_id, search), *where)
    return list(connection.scalars(wanted.order_by(known.table.c.id)))


def label(record: Record, kind: str) -> str:
    """The record's name to people: 'Alfreds Futterkiste', '10248', or 'customer 5' for one that has neither name nor key."""
    known = KINDS[kind]
    return str(record.get(known.label) or record.get(known.key) or f"{kind.replace('_', ' ')} {record.get('id', '')}").strip()


def _matching(connection: Connection, known: Kind, company_id: int, search: str) -> list[ColumnElement[bool]]:
    table = known.table
    conditions = [table.c.company_id == company_id]
    if not (sought := search.strip()):
        return conditions
    named = [holds(table.c[name], sought) for name in sorted({known.key, known.label})]
    few, many = _of_parties(connection, known, company_id, sought)
    if many or not few:
        return [*conditions, or_(*named, *many)]
    # Names have an index of their own, and so have the documents of a party: both asked at once, every record would be read.
    hits = [select(table.c.id).where(table.c.company_id == company_id, or_(*named))]
    hits += [select(table.c.id).where(table.c.company_id + 0 == company_id, condition) for condition in few]
    return [*conditions, table.c.id.in_(union(*hits))]


def _of_parties(
    connection: Connection, known: Kind, company_id: int, sought: str
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Which documents are of a party that is so called: conditions that hold for those of a few, and for those of many."""
    few: list[ColumnElement[bool]] = []
    many: list[ColumnElement[bool]] = []
    for column, other in known.references.items():
        if known.lines is not None and other in {"customer", "vendor"}:
            party = KINDS[other].table
            called = select(party.c.id).where(party.c.company_id == company_id, holds(party.c.name, sought))
            ids = list(connection.scalars(called.limit(_FEW_PARTIES + 1)))
            if len(ids) > _FEW_PARTIES:
                many.append(known.table.c[column].in_(called))
            elif ids:
                few.append(known.table.c[column].in_(ids))
    return few, [*many, *few] if many else []


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


@cache
def _select(table: Table) -> Select[Any]:
    """All columns but the time of writing; days as text, since a driver that meets 'infinity' gives up the whole query.

    Each table's statements are put into SQL once: to build one anew takes longer than the database needs for it.
    """
    return select(*(_as_it_lies(column) for column in table.columns if column.name != _WRITTEN))


def _as_it_lies(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, LooseDate):
        return type_coerce(cast(column, Text), column.type).label(column.name)
    return column


def _whole(value: Any) -> Any:
    """SQLite lets another program put any text into a column of whole numbers."""
    return value if value is None or isinstance(value, int) else Unreadable(value)


def _words(value: Any) -> Any:
    """SQLite lets another program put bytes into a column of texts."""
    return value if value is None or isinstance(value, str) else Unreadable(value)


@cache
def _repairs(table: Table) -> list[tuple[str, type, Callable[[Any], Any]]]:
    """What to do to the columns that SQLAlchemy hands on as they lie there, where a value is of another type than it should be."""
    found: list[tuple[str, type, Callable[[Any], Any]]] = []
    for column in table.columns:
        if column.name == _WRITTEN:
            continue
        if isinstance(column.type, Integer):
            found.append((column.name, int, _whole))
        elif type(column.type) is String:
            found.append((column.name, str, _words))
    return found


def _rows(connection: Connection, table: Table, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Record]:
    repairs, result = _repairs(table), connection.execute(query, values)
    names = tuple(result.keys())
    records = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    for record in records:
        for name, right, repair in repairs:
            value = record[name]
            if value is not None and type(value) is not right:
                record[name] = repair(value)
    return records


def _lines(
    connection: Connection, known: Kind, lines: Table, company_id: int, ids: Sequence[int] | None
) -> Iterator[Record]:
    """The lines of the documents `ids`, else of all documents of the company."""
    if ids is None:
        everything = select(known.table.c.id).where(known.table.c.company_id == company_id)
        yield from _rows(connection, lines, _select(lines).where(lines.c[known.parent].in_(everything)))
        return
    for chunk in _chunks(ids):
        yield from _rows(connection, lines, _lines_of_ids(lines, known.parent), {"ids": chunk})


def _with_lines(connection: Connection, known: Kind, records: list[Record], ids: Sequence[int] | None) -> dict[int, Record]:
    """The records by id; for documents each with its lines (of `ids`, else of all), whatever company those claim to be of."""
    found = {record["id"]: record for record in records}
    if known.lines is None or not records:
        return found
    for record in records:
        record["lines"] = []
    for line in _lines(connection, known, known.lines, records[0]["company_id"], ids):
        found[line[known.parent]]["lines"].append(line)
    for record in records:
        record["lines"].sort(key=lambda line: (line["line_no"] if isinstance(line["line_no"], int) else _LAST, line["id"]))
    return found
