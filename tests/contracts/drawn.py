"""What the laws of the mapping draw: records of any entity from its own fields, and the object as QuickBooks holds it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from syncengine.entities import EVERY as FAMILY
from syncengine.entities import Entity, marker
from syncengine.entities._applied import Applied, AppliedTo
from syncengine.entities._currency import Currency, PartyCurrency, Rate
from syncengine.entities._fields import Day, Field, Flag, Number, Text, Whole
from syncengine.entities._lines import Lines
from syncengine.entities._links import AccountName, Choice, Reference, TaxFlag
from syncengine.entities._posted import Entries
from syncengine.errors import RecordError
from syncengine.quickbooks import wire
from syncengine.terms import Direction
from tests.support.examples import examples

EVERY = list(FAMILY)
PUSHED = [entity for entity in EVERY if entity.direction is not Direction.PULL]
#: Those whose records can be drawn from their fields; what is computed is tested with its own records.
MAPPED = [entity for entity in PUSHED if not isinstance(entity.lines, Entries | AppliedTo)]
LINED = [entity for entity in MAPPED if isinstance(entity.lines, Lines)]
DISCOUNTED = [entity for entity in LINED if entity.lines.discount]
each = pytest.mark.parametrize("entity", EVERY, ids=lambda entity: entity.key)
mapped = pytest.mark.parametrize("entity", MAPPED, ids=lambda entity: entity.key)
pushed = pytest.mark.parametrize("entity", PUSHED, ids=lambda entity: entity.key)
lined = pytest.mark.parametrize("entity", LINED, ids=lambda entity: entity.key)
documents = pytest.mark.parametrize("entity", [entity for entity in MAPPED if entity.document], ids=lambda entity: entity.key)
discounted = pytest.mark.parametrize("entity", DISCOUNTED, ids=lambda entity: entity.key)
list_entries = pytest.mark.parametrize("entity", [entity for entity in PUSHED if not entity.document], ids=lambda entity: entity.key)
LIGHT = settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


class Books:
    """References of a company in which every record has the twin `9<id>` and every account the Id `A<name>`.

    Its books are in USD, and everybody whom it deals with is in EUR.
    """

    def __init__(self, *, features: bool = True, discounts_as_lines: bool = False) -> None:
        self.features = features
        self.discounts_as_lines = discounts_as_lines

    def twin(self, entity: str, record_id: int, kind: str = "") -> str:
        return f"9{record_id}"

    def record(self, entity: str, qbo_id: str, kind: str = "") -> int:
        if not qbo_id.startswith("9") or not qbo_id[1:].isdecimal():
            raise RecordError(entity, qbo_id, "It has no record here.", "Choose another one.")
        return int(qbo_id[1:])

    def account(self, name: str, field: str) -> str:
        return f"A{name}"

    def account_name(self, qbo_id: str) -> str:
        return qbo_id.removeprefix("A")

    def look(self, kind: str, record_id: int) -> dict[str, Any] | None:
        return {"id": record_id, "name": f"{kind} {record_id}", "currency": "EUR"}

    def posted(self, entity: str, kind: str, record_id: int) -> dict[str, Any] | None:
        return None

    def posted_with(self, place: str) -> str | None:
        return None

    def post_with(self, place: str, name: str) -> None:
        """Nothing is posted here."""

    def paid_on_order(self, order_id: int) -> Decimal:
        return Decimal(0)

    def home_currency(self) -> str:
        return "USD"

    def custom_column(self, form: str, definition: str) -> str | None:
        return f"custom{definition}" if self.features else None

    def number(self, entity: str, kind: str, record_id: int) -> str:
        return f"TO-{record_id}"

    def setting(self, name: str) -> Any:
        return self.discounts_as_lines if name == "discounts_as_lines" else f"default {name}"

    def feature(self, name: str) -> bool:
        return self.features


BOOKS = Books()
AS_LINES = Books(discounts_as_lines=True)

# --- records drawn from the fields' own types ----------------------------------------------------------------------


def _texts(field: Text) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=field.forbidden)
    return st.text(letters, min_size=1, max_size=min(field.longest or 40, 40)).map(str.strip).filter(bool)


def _decimals(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=0, max_value=10**6, places=places, allow_nan=False, allow_infinity=False)


def _values(field: Field) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911 -- one return a type
    if isinstance(field, AccountName):
        return st.sampled_from(["Sales", "Cost of Goods Sold"])
    if isinstance(field, Text):
        return _texts(field)
    if isinstance(field, Reference):
        return st.integers(1, 10**6)
    if isinstance(field, PartyCurrency):
        return st.sampled_from(["EUR", " eur "])
    if isinstance(field, Currency):
        return st.sampled_from(["USD", "EUR"])
    if isinstance(field, Rate):
        return _decimals(field.places).filter(bool)
    if isinstance(field, Whole):
        return st.integers(0, 365)
    if isinstance(field, Number):
        return _decimals(field.places)
    if isinstance(field, Flag | TaxFlag):
        return st.booleans()
    if isinstance(field, Day):
        return st.dates(date(1990, 1, 1), date(2090, 1, 1))
    assert isinstance(field, Choice), f"teach this test to draw a {type(field).__name__}"
    return st.sampled_from([ours for ours, _ in field.words])


def _columns(fields: tuple[Field, ...]) -> dict[str, st.SearchStrategy[Any]]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for field in fields:
        if field.column and field.column not in found:
            values = _values(field)
            found[field.column] = values if field.required or isinstance(field, PartyCurrency) else st.none() | values
    return found


def lines_of(entity: Entity) -> st.SearchStrategy[list[dict[str, Any]]]:
    assert entity.lines is not None
    if isinstance(entity.lines, Applied):
        line = st.fixed_dictionaries({"id": st.integers(1, 10**6), "invoice_id": st.integers(1, 10**6), "amount": _decimals(2)})
        return st.lists(line, max_size=4, unique_by=(lambda line: line["id"], lambda line: line["invoice_id"]))
    numbers = {"id": st.integers(1, 10**6), "quantity": st.none() | _decimals(2), entity.lines.price: _decimals(3), "amount": st.none()}
    if entity.lines.discount:
        numbers[entity.lines.discount] = st.none() | st.sampled_from([Decimal(0), Decimal("0.15"), Decimal(1)])
    goods = st.fixed_dictionaries({**_columns(entity.lines.fields), **numbers, "item_id": st.integers(1, 10**6)})
    words = st.fixed_dictionaries({"id": st.integers(1, 10**6), "item_id": st.none(), "description": st.none() | st.text("abc é", min_size=1, max_size=9)})
    return st.lists(goods | words, min_size=1, max_size=4, unique_by=lambda line: line["id"])


@cache
def records(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    columns = _columns(entity.fields)
    if entity.lines is not None:
        columns["lines"] = lines_of(entity)
    return st.fixed_dictionaries(columns).map(_possible)


def _possible(record: dict[str, Any]) -> dict[str, Any]:
    """Automated sales tax asks an untaxed customer for a reason, of which there are fifteen; a taxed one has none."""
    if "tax_exemption_reason" in record:
        record["tax_exemption_reason"] = (record["tax_exemption_reason"] or 0) % 15 + 1 if record["taxable"] is False else None
    return record


def fixed(entity: Entity, record: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The record with what nobody can change as it was before."""
    return {**record, **{field.column: before[field.column] for field in entity.fields if field.fixed}}


def over_the_wire(payload: dict[str, Any]) -> dict[str, Any]:
    """As it arrives at the other end."""
    return wire.loads(wire.dumps(payload))


def same(entity: Entity, one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and not entity.differences(one, other)


# --- the object as QuickBooks holds it ------------------------------------------------------------------------------

UNKNOWN = {"PrimaryTaxIdentifier": "keep me", "AttachableRef": [{"Inactive": False}]}
#: Entries of arrays that we know others of.
OTHERS = {"CustomField": {"DefinitionId": "9", "StringValue": "x"}, "LinkedTxn": {"TxnId": "77", "TxnType": "Payment"}}


def held_for(entity: Entity, flat: dict[str, Any]) -> dict[str, Any]:
    """The object as QuickBooks holds it: with an Id, a token, metadata, and things that we know nothing of."""
    payload = over_the_wire(entity.create(flat, marker(1, entity.name, 7) if entity.document else ""))
    for name, value in payload.items():
        if isinstance(value, dict) and any(field.path.startswith(f"{name}.") for field in entity.fields):
            payload[name] = {**value, "Unknown": "inside"}
    for name, entry in OTHERS.items():
        payload[name] = [entry, *payload.get(name, [])]
    for number, line in enumerate(payload.get("Line", []), 1):
        line.update(UNKNOWN, Id=str(number))
    return {**UNKNOWN, **payload, "Id": "5", "SyncToken": "3", "MetaData": {"CreateTime": "x"}, "domain": "QBO", "sparse": False}


def updated(held: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    """What QuickBooks holds afterwards: a sparse update replaces each property that it names, a full one everything."""
    return {**(held if payload.get("sparse") else {}), **payload}
