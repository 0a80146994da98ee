"""Find: one search over the records of all kinds, by name, number, party, our id, or what QuickBooks calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)

from syncengine.db.texts import like, pattern
from syncengine.entities import BY_KIND, POSTINGS
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS, Kind
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.inventory import PARTIES, labels, party_of, states_of, summary
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Binding
from syncengine.terms import LARGEST

if TYPE_CHECKING:
    import pandas as pd

_FOUND = {
    "kind": "str",
    "id": "int64",
    "label": "str",
    "party": "str",
    "date": "object",
    "found_by": "str",
    "sync": "str",
    "qbo_id": "str",
    "last_success_at": "datetime64[us, UTC]",
    "sync_message": "str",
}
#: No search hands out more than so many records: who wants more names more of what is sought.
MOST = 500
#: Ids of this program and of QuickBooks are no longer than this.
_LONGEST_ID = 18
_Hit = tuple[str, int]
#: One way of looking: a company's records that a text names, each with what it was found by. The statements are put into SQL
#: once: to build them anew for each search took as long as the database looks for records.
_Way = Callable[[Connection, Mapping[str, Any]], Iterable[Any]]
_COMPANY, _SOUGHT = bindparam("company", type_=Integer), bindparam("sought", type_=String)


@rights.needs(rights.Permission.SEE_SYNC)
def find(session: Session, text: str, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Records of all kinds that `text` names, the surest first: kind, id, label, party, date, and how each stands with QuickBooks.

    `found_by` says what it was: `number or name`, `id`, `QuickBooks Id`, `QuickBooks number` (all of them to the letter),
    then `part of it` and `party`. Case of plain letters does not count in the last two. No more than 500 are found.
    """
    from syncengine.queries._frames import frame

    sought, start = text.strip(), (max(int(page), 1) - 1) * int(size)
    with session.database.reading() as connection:
        hits = _hits(connection, session.company_id, sought, min(start + int(size), MOST)) if sought else {}
        shown = list(hits.items())[start : start + int(size)]
        return frame(_rows(connection, session.company_id, shown), _FOUND)


def named(connection: Connection, company_id: int, text: str, enough: int) -> dict[str, list[int]]:
    """By kind, at most `enough` records that a text names by number, name or an id of either side; not by their parties."""
    sought = text.strip()
    found: dict[str, list[int]] = {}
    for kind, record_id in _hits(connection, company_id, sought, enough, (_exact, _of_objects, _part)) if sought else ():
        found.setdefault(kind, []).append(record_id)
    return found


def _hits(connection: Connection, company_id: int, sought: str, enough: int, ways: Sequence[_Way] = ()) -> dict[_Hit, str]:
    """At most `enough` records with what each was found by; what costs more is asked only while that is not reached."""
    asked = {
        "company": company_id, "sought": sought, "number": _number(sought), "enough": enough, "part": pattern(sought),
        "first": pattern(sought, before=""),
    }  # fmt: skip
    hits: dict[_Hit, str] = {}
    for look in ways or (_exact, _of_objects, _part, _of_parties):
        for kind, record_id, why in look(connection, asked):
            if len(hits) == enough:
                return hits
            hits.setdefault((kind, record_id), why)
    return hits


def _together(wanted: Iterable[Select[Any]]) -> Executable:
    """The rows of many selections, each with its own limit, by one statement."""
    parts = (each.limit(bindparam("enough", type_=Integer)).subquery() for each in wanted)
    return union_all(*(select(part) for part in parts))


def _select(kind: Kind, why: str, condition: ColumnElement[bool]) -> Select[Any]:
    found = select(literal(kind.name).label("kind"), kind.table.c.id.label("id"), literal(why).label("why"))
    return found.where(kind.table.c.company_id == _COMPANY, condition)


def _names(kind: Kind) -> list[str]:
    """The columns that name a record: each has an index of its own behind the company."""
    return list(dict.fromkeys((kind.label, kind.key)))


def _exact(connection: Connection, asked: Mapping[str, Any]) -> Iterable[Any]:
    yield from connection.execute(_by_name(), asked)
    if asked["number"] is not None:
        yield from connection.execute(_by_id(), asked)


@cache
def _by_name() -> Executable:
    every = ((kind, name) for kind in KINDS.values() for name in _names(kind))
    return _together(_select(kind, "number or name", kind.table.c[name] == _SOUGHT) for kind, name in every)


@cache
def _by_id() -> Executable:
    number = bindparam("number", type_=Integer)
    return _together(_select(kind, "id", kind.table.c.id == number) for kind in KINDS.values())


def _number(sought: str) -> int | None:
    """The id that a text may be: PostgreSQL refuses one that its columns cannot hold."""
    plain = sought.isascii() and sought.isdigit() and len(sought) <= _LONGEST_ID
    return int(sought) if plain and int(sought) <= LARGEST else None


def _of_objects(connection: Connection, asked: Mapping[str, Any]) -> Iterable[Any]:
    """What QuickBooks holds under this Id or document number, as the record that it belongs to."""
    return connection.execute(_by_object(), asked)


@cache
def _by_object() -> Executable:
    entities = sorted({entity for entity, _ in POSTINGS})
    ours = (Binding.company_id == _COMPANY, Binding.entity.in_(entities))
    copy = [getattr(Binding, name) == getattr(LedgerObject, name) for name in ("company_id", "entity", "qbo_id")]
    numbered = (LedgerObject.company_id == _COMPANY, LedgerObject.entity.in_(entities), LedgerObject.doc_number == _SOUGHT)
    return _together(
        (
            _twins("QuickBooks Id").where(*ours, Binding.qbo_id == _SOUGHT),
            _twins("QuickBooks number").join(LedgerObject, and_(*copy)).where(*ours, *numbered),
        )
    )


def _twins(why: str) -> Select[Any]:
    columns: list[Any] = [Binding.kind.label("kind"), Binding.record_id.label("id"), literal(why).label("why")]
    return select(*columns)


def _part(connection: Connection, asked: Mapping[str, Any]) -> Iterable[Any]:
    """Beginnings before what stands further in; the newest first."""
    return connection.execute(_by_part(), asked)


@cache
def _by_part() -> Executable:
    part, first = (bindparam(name, type_=String) for name in ("part", "first"))

    def within(kind: Kind, column: ColumnElement[Any]) -> Select[Any]:
        found = _select(kind, "part of it", like(column, part))
        return found.order_by(like(column, first).desc(), kind.table.c.id.desc())

    return _together(within(kind, kind.table.c[name]) for kind in KINDS.values() for name in _names(kind))


def _of_parties(connection: Connection, asked: Mapping[str, Any]) -> Iterable[Any]:
    """The documents of customers and vendors that are so called."""
    for party in PARTIES:
        ids = list(connection.scalars(_parties(party), asked))
        if ids:
            yield from connection.execute(_by_party(party), {**asked, "ids": ids})


@cache
def _parties(party: str) -> Select[Any]:
    table = KINDS[party].table
    named = or_(like(table.c.name, bindparam("part", type_=String)), table.c.code == _SOUGHT)
    return select(table.c.id).where(table.c.company_id == _COMPANY, named).limit(MOST)


@cache
def _by_party(party: str) -> Executable:
    ids = bindparam("ids", expanding=True, type_=Integer)
    documents = (kind for kind in KINDS.values() if kind.lines is not None)
    every = ((kind, column) for kind in documents for column, other in kind.references.items() if other == party)
    found = (_select(kind, "party", kind.table.c[column].in_(ids)).order_by(kind.table.c.id.desc()) for kind, column in every)
    return _together(found)


def _rows(connection: Connection, company_id: int, hits: Iterable[tuple[_Hit, str]]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[int]] = {}
    for (kind, record_id), _ in hits:
        by_kind.setdefault(kind, []).append(record_id)
    known: dict[_Hit, dict[str, Any]] = {}
    for kind, ids in by_kind.items():
        states = states_of(connection, company_id, kind, ids) if kind in BY_KIND else {}
        for record_id, record in reader.load_headers(connection, kind, company_id, ids).items():
            known[kind, record_id] = {
                "kind": kind, "id": record_id, "label": reader.label(record, kind), "date": record.get("txn_date"),
                "of": party_of(kind, record), **summary(states.get(record_id, [])),
            }  # fmt: skip
    named = labels(connection, company_id, (row["of"] for row in known.values() if row["of"]))
    # What is bound but gone here is no record any more.
    return [{**known[hit], "party": named.get(known[hit]["of"], ""), "found_by": why} for hit, why in hits if hit in known]


