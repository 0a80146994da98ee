"""The laws of the mapping of any entity: what is put reads back the same, and whatever is answered can be read."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.entities import Entity, marker, total
from syncengine.errors import RecordError
from tests.contracts.drawn import AS_LINES, BOOKS, LIGHT, Books, discounted, documents, each, mapped, over_the_wire, records, same
from tests.support.examples import examples


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


@cache
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
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_quickbooks_answers_can_be_read(entity, data):
    payload = data.draw(_json_for(entity))
    flat = entity.get(payload)
    assert entity.differences(flat, entity.get(payload)) == set()
    assert isinstance(entity.label(payload), str)
    if entity.lines is not None:
        assert isinstance(entity.lines.foreign(payload), list)


@mapped
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
