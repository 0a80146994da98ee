"""One record whole: what it says, its lines and their sum, its twins in QuickBooks, what differs, and what it is linked with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from syncengine.db.types import Unreadable
from syncengine.engine import tieout
from syncengine.engine.refs import Resolver
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS, line_amount
from syncengine.queries.inventory import labels, states_of, summary
from syncengine.queries.places import address
from syncengine.queries.said import as_text, in_words
from syncengine.queries.session import Session
from syncengine.store import rights, settings
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

_VALUES = {"column": "str", "value": "object", "shown": "str", "kind": "str", "record_id": "Int64"}
_TWINS = {
    "entity": "str", "qbo_id": "str", "sync_token": "str", "state": "str", "posts": "bool", "deleted": "bool",
    "last_success_at": "datetime64[us, UTC]", "message": "str", "cause": "str", "remedy": "str", "problem": "str", "address": "str",
}  # fmt: skip
_DIFFERENCES = {"entity": "str", "field": "str", "base": "str", "ours": "str", "theirs": "str"}
_LINKED = {"role": "str", "kind": "str", "record_id": "int64", "label": "str", "date": "object", "sync": "str"}
#: Columns that say nothing of a record to people.
_ASIDE = frozenset({"id", "company_id", "created_at"})
#: So many records of a kind are shown among those that refer to one.
MOST_LINKED = 10
_Ref = tuple[str, int]


@dataclass(frozen=True)
class Record:
    """One record of the inventory.

    Attributes:
        kind, id, label: which it is, and what people call it.
        sync, sync_message, last_success_at, is_in_quickbooks, will_sync: how it stands; of what never travels `sync` is empty,
            and `will_sync` says whether a sync would send it, or keep it up to date, as it is now.
        values: its columns in their order: column, value, the value as text, and for a reference the kind and id behind its name.
        lines: its lines in the order of the document, references as names; `amount` is worked out where it is not written.
        total: the sum of the lines' amounts, a Decimal; None for a record without lines, or where one cannot be read.
        currency: the code of what `total` is in: the record's own, else that of the books; empty for a kind without lines.
        twins: a row for each QuickBooks target: Id, SyncToken, state, whether the record posts to it as it is (`posts`), why it
            cannot be sent (`problem`), and the address in QuickBooks.
        differences: what either side has changed since both agreed: QuickBooks path, base, ours, theirs, in
            people's words (references by name, money with its currency).
        linked: what it refers to, and the newest of each kind that refers to it.
    """

    kind: str
    id: int
    label: str
    sync: str
    sync_message: str
    last_success_at: Any
    is_in_quickbooks: bool
    will_sync: bool
    values: pd.DataFrame
    lines: pd.DataFrame
    total: Decimal | None
    currency: str
    twins: pd.DataFrame
    differences: pd.DataFrame
    linked: pd.DataFrame


@rights.needs(rights.Permission.SEE_SYNC)
def record(session: Session, kind: str, record_id: int) -> Record | None:
    """One record whole; None where there is no such record in this company.

    What QuickBooks holds of an accounting list, held, and is to get, is hidden from who may not see that list.
    """
    if kind not in KINDS:
        return None
    with session.database.reading() as connection:
        found = reader.load(connection, kind, session.company_id, [int(record_id)]).get(int(record_id))
        return None if found is None else _Reading(connection, session, kind, found).whole()


class _Reading:
    """One record while it is read."""

    def __init__(self, connection: Connection, session: Session, kind: str, found: reader.Record) -> None:
        self._connection = connection
        self._session = session
        self._company_id = session.company_id
        self._kind = KINDS[kind]
        self._record = found
        self._mine = rights.of(session)
        self._currency = str(found.get("currency") or "")
        self._labels = labels(connection, session.company_id, self._refs())

    def whole(self) -> Record:
        """All of it."""
        from syncengine.queries._frames import frame

        record, kind, company_id = self._record, self._kind.name, self._company_id
        states = states_of(self._connection, company_id, kind, [record["id"]]).get(record["id"], [])
        pairs = tieout.pairs(self._connection, company_id, kind, record["id"])
        lines = list(self._lines())
        told = summary(states)
        return Record(
            kind, record["id"], reader.label(record, kind), told["sync"], told["sync_message"], told["last_success_at"],
            is_in_quickbooks=any(each["qbo_id"] for each in states),
            will_sync=any(pair.ours is not None or pair.problem for pair in pairs),
            values=frame(self._values(), _VALUES),
            lines=frame(lines, self._line_columns(lines)),
            total=_sum(lines) if self._kind.lines is not None else None,
            currency=(self._currency or self._home()) if self._kind.lines is not None else "",
            twins=frame(self._twins(states, pairs), _TWINS),
            differences=frame(veiled(self._differences(pairs), self._mine), _DIFFERENCES),
            linked=frame(self._linked(), _LINKED),
        )  # fmt: skip

    def _home(self) -> str:
        """The currency of the books."""
        return Resolver(self._connection, self._company_id, settings.all_of(self._connection, self._company_id)).home_currency()

    def _refs(self) -> Iterator[_Ref]:
        """What the record and its lines refer to."""
        for row, columns in ((self._record, self._kind.references), *((line, self._kind.line_references) for line in self._raw())):
            yield from ((other, row[column]) for column, other in columns.items() if isinstance(row.get(column), int))

    def _raw(self) -> list[reader.Record]:
        return list(self._record.get("lines") or ())

    def _values(self) -> Iterator[dict[str, Any]]:
        for column in self._kind.table.columns:
            if column.name not in _ASIDE:
                value, other = self._record.get(column.name), self._kind.references.get(column.name)
                ref = (other, value) if other and isinstance(value, int) else None
                shown = self._labels.get(ref, f"{other} {value}") if ref else _shown(value)
                yield {
                    "column": column.name, "value": value, "shown": shown,
                    "kind": other if ref else "", "record_id": value if ref else None,
                }  # fmt: skip

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in self._raw():
            named = {
                column.removesuffix("_id"): self._labels.get((other, line[column]), "") if line.get(column) is not None else ""
                for column, other in self._kind.line_references.items()
            }
            own = {name: value for name, value in line.items() if name not in {*_ASIDE, self._kind.parent} and name not in (
                self._kind.line_references
            )}  # fmt: skip
            yield {**own, **named, "amount": _amount(line)}

    def _line_columns(self, lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Every column that says anything, the number and what is sold or bought first, the amount last."""
        every = dict.fromkeys(name for line in lines for name in line)
        first = [name for name in ("line_no", "item", "invoice", "description", "quantity") if name in every]
        rest = [name for name in every if name not in {*first, "amount"}]
        return dict.fromkeys([*first, *rest, "amount"], "object") if every else {}

    def _twins(self, states: Iterable[Mapping[str, Any]], pairs: Iterable[tieout.Pair]) -> Iterator[dict[str, Any]]:
        by_entity = {pair.entity.name: pair for pair in pairs}
        for state in states:
            pair = by_entity[state["entity"]]
            yield {
                **state, "posts": pair.ours is not None, "problem": pair.problem, "deleted": pair.deleted,
                "address": address(self._connection, self._company_id, state["entity"], state["qbo_id"]) if state["qbo_id"] else "",
            }  # fmt: skip

    def _differences(self, pairs: Iterable[tieout.Pair]) -> list[dict[str, Any]]:
        """What either side has changed, in people's words."""
        found = [(pair.entity.name, each) for pair in pairs if not pair.deleted for each in pair.changed()]
        rows = [(entity, each["field"], each["base"], each["ours"], each["theirs"]) for entity, each in found]
        told = in_words(self._connection, self._company_id, self._mine, rows, [self._currency] * len(rows))
        return [
            {"entity": entity, "field": path, "base": base, "ours": ours, "theirs": theirs}
            for (entity, _), said in zip(found, told, strict=True)
            for path, base, ours, theirs in said
        ]

    def _linked(self) -> Iterator[dict[str, Any]]:
        """What it refers to, each once, then what refers to it."""
        forward = [("refers to", ref) for ref in dict.fromkeys(self._refs()) if ref in self._labels]
        mine = (self._kind.name, self._record["id"])
        backward = [("referred to by", ref) for ref in _referring(self._connection, self._company_id, mine)]
        known = _headers(self._connection, self._company_id, (ref for _, ref in (*forward, *backward)))
        for role, ref in (*forward, *backward):
            if ref in known:
                header, sync = known[ref]
                about = {"role": role, "kind": ref[0], "record_id": ref[1], "sync": sync}
                yield {**about, "label": reader.label(header, ref[0]), "date": header.get("txn_date")}


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if isinstance(value, Decimal) else as_text(value)


def _amount(line: Mapping[str, Any]) -> Decimal | None:
    """What a line is worth, as it is sent; None where something that is needed cannot be read."""
    if line.get("amount") is not None:
        return line["amount"] if isinstance(line["amount"], Decimal) else None
    price = line.get("unit_price") if "unit_price" in line else line.get("unit_cost")
    quantity, discount = line.get("quantity"), line.get("discount") or Decimal(0)
    if any(isinstance(each, Unreadable) or not isinstance(each, Decimal) for each in (price, quantity, discount)):
        return None
    return line_amount(quantity, price, discount)  # type: ignore[arg-type] # both are Decimals here


def _sum(lines: Iterable[Mapping[str, Any]]) -> Decimal | None:
    amounts = [line["amount"] for line in lines]
    return None if None in amounts else sum(amounts, Decimal(0))


def _headers(connection: Connection, company_id: int, refs: Iterable[_Ref]) -> dict[_Ref, tuple[reader.Record, str]]:
    """Records without their lines, each with its sync state, by what names them."""
    by_kind: dict[str, set[int]] = {}
    for kind, record_id in refs:
        by_kind.setdefault(kind, set()).add(record_id)
    found: dict[_Ref, tuple[reader.Record, str]] = {}
    for kind, ids in by_kind.items():
        states = states_of(connection, company_id, kind, sorted(ids))
        for record_id, header in reader.load_headers(connection, kind, company_id, ids).items():
            found[kind, record_id] = (header, summary(states.get(record_id, []))["sync"])
    return found


def _referring(connection: Connection, company_id: int, ref: _Ref) -> list[_Ref]:
    """The newest records of each kind whose header refers to one, and for a document those whose lines do."""
    wanted, record_id = ref
    found: dict[_Ref, None] = {}
    for kind in KINDS.values():
        ids = kind.table.c.id
        queries = [
            select(ids).where(kind.table.c.company_id == company_id, kind.table.c[column] == record_id)
            for column, other in kind.references.items()
            if other == wanted
        ]
        if kind.lines is not None and KINDS[wanted].lines is not None:
            queries += [
                select(ids).where(ids.in_(select(kind.lines.c[kind.parent]).where(kind.lines.c[column] == record_id)))
                for column, other in kind.line_references.items()
                if other == wanted
            ]
        for query in queries:
            newest = connection.scalars(query.order_by(ids.desc()).limit(MOST_LINKED))
            found.update(dict.fromkeys((kind.name, each) for each in newest))
    return list(found)
