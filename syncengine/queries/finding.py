"""Find: one search over the records of all kinds, by name, number, party, our id, or what QuickBooks calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, literal, or_, select, union_all

from syncengine.db.texts import holds
from syncengine.entities import BY_KIND, POSTINGS
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS, Kind
from syncengine.ledger.tables import LedgerObject
from syncengine.queries.inventory import PARTIES, labels, party_of, states_of, summary
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Binding

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
#: One way of looking: selections of a company's records that a text names.
_Way = Callable[[Connection, int, str], Iterator[Select[Any]]]


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


def _hits(
    connection: Connection, company_id: int, sought: str, enough: int, ways: Sequence[_Way] = ()
) -> dict[_Hit, str]:
    """At most `enough` records with what each was found by; what costs more is asked only while that is not reached."""
    hits: dict[_Hit, str] = {}
    for query in ways or (_exact, _of_objects, _part, _of_parties):
        wanted = [each.limit(enough) for each in query(connection, company_id, sought)]
        for kind, record_id, why in _together(connection, wanted):
            if len(hits) == enough:
                return hits
            hits.setdefault((kind, record_id), why)
    return hits


def _together(connection: Connection, wanted: list[Select[Any]]) -> Iterable[Any]:
    """The rows of many selections, each with its own limit, by one statement."""
    if not wanted:
        return ()
    parts = (each.subquery() for each in wanted)
    return connection.execute(union_all(*(select(part) for part in parts)))


def _select(kind: Kind, company_id: int, why: str, condition: ColumnElement[bool]) -> Select[Any]:
    found = select(literal(kind.name).label("kind"), kind.table.c.id.label("id"), literal(why).label("why"))
    return found.where(kind.table.c.company_id == company_id, condition)


def _names(kind: Kind) -> list[str]:
    """The columns that name a record: each has an index of its own behind the company."""
    return list(dict.fromkeys((kind.label, kind.key)))


def _exact(_connection: Connection, company_id: int, sought: str) -> Iterator[Select[Any]]:
    for kind in KINDS.values():
        for name in _names(kind):
            yield _select(kind, company_id, "number or name", kind.table.c[name] == sought)
    if (number := _number(sought)) is not None:
        for kind in KINDS.values():
            yield _select(kind, company_id, "id", kind.table.c.id == number)


def _number(sought: str) -> int | None:
    """The id that a text may be: PostgreSQL refuses one that its columns cannot hold."""
    plain = sought.isascii() and sought.isdigit() and len(sought) <= _LONGEST_ID
    return int(sought) if plain and int(sought) < 2**31 else None


def _of_objects(_connection: Connection, company_id: int, sought: str) -> Iterator[Select[Any]]:
    """What QuickBooks holds under this Id or document number, as the record that it belongs to."""
    entities = sorted({entity for entity, _ in POSTINGS})
    ours = (Binding.company_id == company_id, Binding.entity.in_(entities))
    copy = [getattr(Binding, name) == getattr(LedgerObject, name) for name in ("company_id", "entity", "qbo_id")]
    numbered = (LedgerObject.company_id == company_id, LedgerObject.entity.in_(entities), LedgerObject.doc_number == sought)
    yield _twins("QuickBooks Id").where(*ours, Binding.qbo_id == sought)
    yield _twins("QuickBooks number").join(LedgerObject, and_(*copy)).where(*ours, *numbered)


def _twins(why: str) -> Select[Any]:
    columns: list[Any] = [Binding.kind.label("kind"), Binding.record_id.label("id"), literal(why).label("why")]
    return select(*columns)


def _part(_connection: Connection, company_id: int, sought: str) -> Iterator[Select[Any]]:
    """Beginnings before what stands further in; the newest first."""
    for kind in KINDS.values():
        for name in _names(kind):
            column = kind.table.c[name]
            first = holds(column, sought, before="")
            within = _select(kind, company_id, "part of it", holds(column, sought))
            yield within.order_by(first.desc(), kind.table.c.id.desc())


def _of_parties(connection: Connection, company_id: int, sought: str) -> Iterator[Select[Any]]:
    """The documents of customers and vendors that are so called."""
    for party in PARTIES:
        table = KINDS[party].table
        named = or_(holds(table.c.name, sought), table.c.code == sought)
        ids = list(connection.scalars(select(table.c.id).where(table.c.company_id == company_id, named).limit(MOST)))
        for kind in KINDS.values() if ids else ():
            for column in (column for column, other in kind.references.items() if kind.lines is not None and other == party):
                yield _select(kind, company_id, "party", kind.table.c[column].in_(ids)).order_by(kind.table.c.id.desc())


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


