"""What is true of any entity: its place in the order, its columns, and the laws of its mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from syncengine.entities import BY_KIND, ENTITIES, POSTINGS, Entity, marker, total
from syncengine.entities import EVERY as FAMILY
from syncengine.entities._applied import Applied, AppliedTo
from syncengine.entities._currency import Currency, PartyCurrency, Rate
from syncengine.entities._fields import MARKER, Day, Field, Flag, Name, Note, Number, Text, Whole
from syncengine.entities._lines import Lines, substance
from syncengine.entities._links import AccountName, Choice, Reference, TaxFlag
from syncengine.entities._posted import Entries
from syncengine.errors import RecordError
from syncengine.inventory.tables import KINDS
from syncengine.quickbooks import wire
from syncengine.terms import Direction

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
LIGHT = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


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


# --- the family ----------------------------------------------------------------------------------------------------


def test_each_entity_comes_after_those_that_its_references_lead_to():
    seen: set[str] = set()
    for entity in EVERY:
        assert entity.depends_on <= seen
        seen.add(entity.key)


def test_every_reference_leads_to_an_entity():
    for entity in EVERY:
        assert entity.depends_on <= {each.key for each in EVERY}


def test_names_are_unique_and_a_kind_leads_to_its_entities():
    assert len({entity.key for entity in EVERY}) == len(EVERY)
    assert {entity.name for entity in EVERY} == ENTITIES.keys()
    assert all(POSTINGS[entity.name, entity.kind] is entity for entity in PUSHED)
    assert {entity.key for entities in BY_KIND.values() for entity in entities} == {entity.key for entity in PUSHED}
    assert all(entity.kind == kind for kind, entities in BY_KIND.items() for entity in entities)


@pushed
def test_its_kind_is_an_inventory_kind_whose_changes_are_captured(entity):
    assert KINDS[entity.kind].captured
    assert (entity.lines is None) == (KINDS[entity.kind].lines is None)


@mapped
def test_each_fields_column_exists_in_its_table_lines_too(entity):
    kind = KINDS[entity.kind]
    # A field without a column is computed from the company's settings, and so never written back.
    assert all(field.one_way for field in entity.fields if not field.column)
    assert {field.column for field in entity.fields if field.column} <= set(kind.table.columns.keys())
    if entity.lines is not None:
        numbers = {"amount"}
        if isinstance(entity.lines, Lines):
            numbers |= {"quantity", entity.lines.price, *([entity.lines.discount] if entity.lines.discount else [])}
        assert {field.column for field in entity.lines.fields} | numbers <= set(kind.lines.columns.keys())


@mapped
def test_no_two_fields_write_to_one_place_on_either_side(entity):
    for fields in (entity.fields, entity.lines.fields if entity.lines else ()):
        paths = [field.path for field in fields]
        columns = [field.column for field in fields if not field.one_way]
        assert len(set(paths)) == len(paths)
        assert len(set(columns)) == len(columns)


@mapped
def test_a_reference_leads_where_the_inventorys_own_key_leads(entity):
    kind = KINDS[entity.kind]
    for fields, references in ((entity.fields, kind.references), (entity.lines.fields if entity.lines else (), kind.line_references)):
        for field in fields:
            if isinstance(field, Reference) and not isinstance(field, AccountName):
                assert (field.kind or ENTITIES[field.refers_to].kind) == references[field.column], field.path


@pushed
def test_a_list_entry_has_a_name_and_can_be_inactive_and_a_document_can_carry_our_marker(entity):
    if entity.document:
        assert any(isinstance(field, Note) for field in entity.fields)
    else:
        assert any(isinstance(field, Name) and field.path == entity.natural_key and field.always for field in entity.fields)
        assert any(field.path == "Active" for field in entity.fields)


@pushed
def test_what_a_sparse_update_always_repeats_is_required_or_has_a_default(entity):
    for field in entity.fields:
        assert not field.always or field.required or isinstance(field, AccountName), field.path


# --- the laws of the mapping ---------------------------------------------------------------------------------------


@mapped
@LIGHT
@given(data=st.data())
def test_what_is_put_and_created_reads_back_the_same(entity, data):
    flat = entity.put(data.draw(records(entity)), BOOKS)
    payload = over_the_wire(entity.create(flat, marker(1, entity.name, 7) if entity.document else ""))
    assert same(entity, entity.get({**payload, "Id": "1", "SyncToken": "0"}), flat)


@discounted
@LIGHT
@given(data=st.data())
def test_discounts_as_lines_come_to_the_same_to_the_cent_and_read_back_the_same(entity, data):
    record = data.draw(records(entity))
    flat = entity.put(record, AS_LINES)
    assert total(flat) == total(entity.put(record, BOOKS))
    payload = over_the_wire(entity.create(flat, ""))
    theirs = entity.get(payload)
    assert same(entity, theirs, flat)
    prices = [line["unit_price"] for line in record["lines"] if line["item_id"]]
    sent = [line["SalesItemLineDetail"]["UnitPrice"] for line in payload["Line"] if "SalesItemLineDetail" in line]
    assert sent == prices, "lines are at their full prices"
    assert len([line for line in payload["Line"] if line["DetailType"] == "DiscountLineDetail"]) <= 1
    # And pulled into a record of its own, it is worth the same again, whichever way the company sends discounts.
    pulled = {**record, "lines": entity.lines.inward(theirs["Line"], [], {}, AS_LINES)}
    assert entity.differences(entity.put(pulled, AS_LINES), theirs) == set()
    assert total(entity.put(pulled, BOOKS)) == total(flat)


@documents
@LIGHT
@given(data=st.data())
def test_a_created_document_carries_our_marker_once_at_the_end_of_its_note(entity, data):
    mark = marker(1, entity.name, 7)
    record = data.draw(records(entity))
    record["private_note"] = f"{record['private_note'] or ''} {data.draw(st.sampled_from(['', mark, f'{mark} {mark}']))}"
    note = entity.create(entity.put(record, BOOKS), mark)["PrivateNote"]
    assert note.endswith(mark)
    assert note.count(mark) == 1
    assert len(note) <= 4000


@mapped
@LIGHT
@given(data=st.data())
def test_what_was_pulled_into_columns_is_put_out_the_same(entity, data):
    """A QuickBooks object, written into the inventory, is no change of ours."""
    theirs = entity.get(over_the_wire(entity.create(entity.put(data.draw(records(entity)), BOOKS), "")))
    row: dict[str, Any] = entity.columns(theirs, theirs.keys(), BOOKS)
    if entity.lines is not None:
        row["lines"] = entity.lines.inward(theirs["Line"], [], {}, BOOKS)
    assert entity.differences(entity.put(row, BOOKS), theirs) == set()


@mapped
@LIGHT
@given(data=st.data())
def test_without_a_feature_its_fields_neither_travel_nor_matter(entity, data):
    quiet = Books(features=False)
    record = data.draw(records(entity))
    flat, payload = entity.put(record, quiet), entity.create(entity.put(record, quiet), "")
    assert same(entity, {path: value for path, value in entity.get(over_the_wire(payload)).items() if path in flat}, flat)
    assert all(field.path not in flat for field in entity.fields if field.when)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "Qty", "UnitPrice", "DetailType", "Amount", "x"]), inner, max_size=3),
    max_leaves=6,
)


def _json_for(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    """Arbitrary JSON in the places where the entity looks."""
    heads = {field.path.partition(".")[0] for field in entity.fields} | {"Id", "Active", "Line", "x"}
    if entity.lines is None:
        return st.dictionaries(st.sampled_from(sorted(heads)), JSON, max_size=8)
    lines = entity.lines
    inside = {field.path.partition(".")[0] for field in lines.fields} | {"Amount", "Id"}
    line = st.fixed_dictionaries({"DetailType": st.sampled_from([lines.detail, "DescriptionOnly"]) | JSON}, optional=dict.fromkeys(inside | {lines.detail}, JSON))
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(heads, JSON), "Line": JSON | st.lists(line | JSON, max_size=3)})


@each
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_quickbooks_answers_can_be_read(entity, data):
    payload = data.draw(_json_for(entity))
    flat = entity.get(payload)
    assert entity.differences(flat, entity.get(payload)) == set()
    assert isinstance(entity.label(payload), str)
    if entity.lines is not None:
        assert isinstance(entity.lines.foreign(payload), list)


@mapped
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_was_read_is_written_here_or_refused_as_that_record(entity, data):
    flat = entity.get(data.draw(_json_for(entity)))
    try:
        entity.columns(flat, flat.keys(), BOOKS)
        if entity.lines is not None:
            entity.lines.inward(flat["Line"], [], {}, BOOKS)
    except RecordError as error:
        told = (error.cause, error.remedy)
        assert all(sentence.endswith(".") for sentence in told)


# --- limits --------------------------------------------------------------------------------------------------------


def _limited() -> list[Any]:
    return [
        pytest.param(entity, field, id=f"{entity.name}-{field.path}")
        for entity in MAPPED
        for field in (*entity.fields, *(entity.lines.fields if entity.lines else ()))
        if isinstance(field, Text) and field.longest
    ]


@pytest.mark.parametrize(("entity", "field"), _limited())
def test_a_text_may_be_as_long_as_quickbooks_takes_and_no_longer(entity, field):
    longest = "é" * field.longest
    assert field.put({field.column: f" {longest} "}, BOOKS) == longest
    with pytest.raises(RecordError) as told:
        field.put({field.column: longest + "é"}, BOOKS)
    assert told.value.field == field.column
    assert str(field.longest) in told.value.cause
    assert told.value.remedy


@pytest.mark.parametrize(("entity", "field"), _limited())
def test_a_forbidden_character_is_named_with_the_remedy(entity, field):
    for sign in field.forbidden:
        with pytest.raises(RecordError) as told:
            field.put({field.column: f"a{sign}b"}, BOOKS)
        assert told.value.field == field.column
        assert told.value.remedy.endswith(".")


@mapped
@pytest.mark.parametrize("blank", [None, "", "   "])
def test_what_is_required_is_asked_for(entity, blank):
    for field in entity.fields:
        if field.required and field.column:
            with pytest.raises(RecordError) as told:
                field.put({field.column: blank if isinstance(field, Text) else None}, BOOKS)
            assert told.value.field == field.column


# --- updates -------------------------------------------------------------------------------------------------------

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


@mapped
@LIGHT
@given(data=st.data())
def test_an_update_makes_theirs_ours_and_leaves_alone_what_we_do_not_know(entity, data):
    was = data.draw(records(entity))
    before, after = entity.put(was, BOOKS), entity.put(fixed(entity, data.draw(records(entity)), was), BOOKS)
    held = held_for(entity, before)
    frozen = wire.dumps(held)
    changed = entity.differences(before, after)
    assume(changed)
    payload = entity.update(after, changed, qbo_id="5", sync_token="3", held=held, mark=marker(1, entity.name, 7) if entity.document else "")

    assert (payload["Id"], payload["SyncToken"]) == ("5", "3")
    assert wire.dumps(held) == frozen, "the held object is only read"
    assert "MetaData" not in payload
    result = over_the_wire(updated(held, payload))
    assert same(entity, entity.get(result), after)
    assert UNKNOWN.items() <= result.items()
    assert all(entry in result[name] for name, entry in OTHERS.items())
    for name, value in held.items():
        if isinstance(value, dict) and value.get("Unknown"):
            assert result[name]["Unknown"] == "inside"
    if entity.document:
        assert MARKER.search(result["PrivateNote"])
        assert result["PrivateNote"].count("[T-") == 1


@mapped
@LIGHT
@given(data=st.data())
def test_a_sparse_update_names_what_changed_and_what_must_be_repeated_and_nothing_else(entity, data):
    flat = entity.put(data.draw(records(entity)), BOOKS)
    full = [field for field in entity.fields if flat.get(field.path) is not None and not field.always and not field.fixed]
    assume(full)
    field = data.draw(st.sampled_from(full))
    held = held_for(entity, flat)
    payload = entity.update(flat, [field.path], qbo_id="5", sync_token="3", held=held, mark="")
    assert payload["sparse"] is True
    repeated = {other.path.partition(".")[0] for other in entity.fields if other.always and flat.get(other.path) is not None}
    lines = {"Line"} if entity.document else set()
    assert payload.keys() == {"sparse", "Id", "SyncToken", field.path.partition(".")[0]} | repeated | lines
    # A nested object is replaced whole: what else stands in it goes along.
    result = over_the_wire(updated(held, payload))
    assert same(entity, entity.get(result), flat)
    assert [name for name, value in held.items() if isinstance(value, dict) and "Unknown" in value and "Unknown" not in result[name]] == []


def _clearable(entity: Entity) -> list[Field]:
    return [f for f in entity.fields if f.column and f.default is None and not f.required and not f.always and not f.fixed]


@pytest.mark.parametrize("entity", [entity for entity in MAPPED if _clearable(entity)], ids=lambda entity: entity.key)
@LIGHT
@given(data=st.data())
def test_clearing_a_value_is_a_full_update_in_which_it_is_gone(entity, data):
    flat = entity.put(data.draw(records(entity)), BOOKS)
    filled = [field for field in _clearable(entity) if flat.get(field.path) is not None]
    assume(filled)
    field = data.draw(st.sampled_from(filled))
    held = held_for(entity, flat)
    payload = entity.update({**flat, field.path: None}, [field.path], qbo_id="5", sync_token="3", held=held, mark="")
    assert payload.get("sparse") is not True
    after = entity.get(over_the_wire(payload))
    assert after[field.path] is None
    assert entity.differences(after, flat) == {field.path}
    assert UNKNOWN.items() <= payload.items()


@lined
@LIGHT
@given(data=st.data())
def test_lines_keep_their_ids_and_lines_of_other_kinds_survive(entity, data):
    flat = entity.put(data.draw(records(entity)), BOOKS)
    held = held_for(entity, flat)
    group = {"Id": "90", "DetailType": "GroupLineDetail", "GroupLineDetail": {"Quantity": 1}}
    held["Line"] += [group, {"DetailType": "SubTotalLineDetail", "Amount": 1, "SubTotalLineDetail": {}}]
    theirs = entity.get(held)
    payload = entity.update(theirs, ["Line"], qbo_id="5", sync_token="3", held=held, mark="")
    assert all(UNKNOWN.items() <= line.items() for line in payload["Line"][:-1])
    assert [line.get("Id") for line in payload["Line"]] == [*(str(number) for number in range(1, len(flat["Line"]) + 1)), "90"]
    assert payload["Line"][-1] == group


@mapped
@LIGHT
@given(data=st.data())
def test_what_is_only_repeated_is_repeated_as_quickbooks_has_it(entity, data):
    ours, other = (entity.put(data.draw(records(entity)), BOOKS) for _ in range(2))
    held = held_for(entity, other)
    field = data.draw(st.sampled_from([field for field in entity.fields if not field.always and not field.fixed]))
    payload = entity.update(ours, [field.path], qbo_id="5", sync_token="3", held=held, mark="")
    result = over_the_wire(updated(held, payload))
    assert entity.differences(entity.get(result), other) <= {field.path}
    for always in (field for field in entity.fields if field.always):
        assert always.get(payload) == other[always.path]


@documents
def test_what_has_no_column_is_filled_in_once_and_never_compared(entity):
    silent = [field.path for field in entity.fields if not field.column]
    one, other = {**entity.nothing(), **dict.fromkeys(silent, "1")}, {**entity.nothing(), **dict.fromkeys(silent, "2")}
    assert entity.differences(one, other) == set()
    assert entity.differences(one, {**other, entity.natural_key: "5"}) == {entity.natural_key}


@pytest.mark.parametrize("entity", [POSTINGS["Customer", "customer"], POSTINGS["Vendor", "vendor"]], ids=lambda entity: entity.key)
@LIGHT
@given(data=st.data())
def test_what_quickbooks_fixes_at_first_is_refused_with_the_remedy(entity, data):
    record = {**data.draw(records(entity)), "currency": "EUR"}
    held = held_for(entity, entity.put(record, BOOKS))
    with pytest.raises(RecordError) as told:
        entity.update(entity.put({**record, "currency": None}, BOOKS), ["CurrencyRef"], qbo_id="5", sync_token="3", held=held, mark="")
    assert (told.value.field, told.value.value) == ("currency", "USD")
    assert told.value.remedy == f"Put EUR back, or make a new {entity.kind} with the other currency."


@LIGHT
@given(data=st.data())
def test_a_payments_lines_are_told_by_their_invoices_and_what_else_it_is_applied_to_survives(data):
    entity = POSTINGS["Payment", "payment"]
    record = data.draw(records(entity))
    flat = entity.put(record, BOOKS)
    held = held_for(entity, flat)
    credit = {"Amount": 5, "LinkedTxn": [{"TxnId": "60", "TxnType": "CreditMemo"}]}
    held["Line"] = [credit, *reversed(held["Line"])]
    assert same(entity, entity.get(held), flat), "QuickBooks keeps an order of its own"
    lines = entity.lines.inward(entity.get(held)["Line"], record["lines"], {}, BOOKS)
    assert {(line["id"], line["invoice_id"], line["amount"]) for line in lines} == {
        (line["id"], line["invoice_id"], line["amount"]) for line in record["lines"]
    }
    sent = entity.update(flat, ["Line"], qbo_id="5", sync_token="3", held=held, mark="")
    assert credit in sent["Line"]
    assert len(sent["Line"]) == len(record["lines"]) + 1
    only = entity.update(flat, ["PaymentRefNum"], qbo_id="5", sync_token="3", held=held, mark="")
    assert over_the_wire(only)["Line"] == over_the_wire({"Line": held["Line"]})["Line"]


@lined
@LIGHT
@given(data=st.data())
def test_a_line_that_says_the_same_keeps_its_own_columns(entity, data):
    record = data.draw(records(entity))
    flat = entity.put(record, BOOKS)
    theirs = entity.get(held_for(entity, flat))["Line"]
    ids = {line["Id"]: mine["id"] for line, mine in zip(theirs, record["lines"], strict=True)}
    rows = entity.lines.inward(theirs, record["lines"], ids, BOOKS)
    assert rows == [{"id": line["id"], "line_no": number} for number, line in enumerate(record["lines"], 1)]
    # One line is changed there: that one is rewritten, its neighbours are not.
    theirs[0] = {**theirs[0], "Description": "changed there"}
    rows = entity.lines.inward(theirs, record["lines"], ids, BOOKS)
    assert [len(row) > 2 for row in rows] == [record["lines"][0].get("description") != "changed there"] + [False] * (len(rows) - 1)
    assert substance(entity.lines.put({"lines": [{**record["lines"][0], **rows[0]}]}, BOOKS)[0])["Description"] == "changed there"


@list_entries
@LIGHT
@given(data=st.data())
def test_a_list_entry_is_made_inactive_by_name_and_reads_back_under_its_plain_name(entity, data):
    flat = entity.put(data.draw(records(entity)), BOOKS)
    held = held_for(entity, flat)
    payload = entity.deactivate(qbo_id="5", sync_token="3", held=held)
    assert (payload["sparse"], payload["Id"], payload["SyncToken"], payload["Active"]) == (True, "5", "3", False)
    assert payload[entity.natural_key] == flat[entity.natural_key]
    inactive = {**held, "Active": False, entity.natural_key: f"{flat[entity.natural_key]} (deleted)"}
    assert entity.get(inactive)[entity.natural_key] == flat[entity.natural_key]
    assert entity.get({**inactive, entity.natural_key: f"{flat[entity.natural_key]} (deleted 2)"})[entity.natural_key] == flat[entity.natural_key]
    # On an active one it is part of the name.
    assert entity.get({**inactive, "Active": True})[entity.natural_key].endswith("(deleted)")


def test_markers_differ_and_are_found_by_their_pattern():
    made = {marker(company, entity.key, record) for company in (1, 2) for entity in PUSHED for record in range(50)}
    assert len(made) == 2 * len(PUSHED) * 50
    assert all(MARKER.fullmatch(each) for each in made)
