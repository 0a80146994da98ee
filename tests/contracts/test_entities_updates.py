"""The laws of the updates of any entity: they make theirs ours, and leave alone what we do not know."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncengine.entities import POSTINGS, Entity, marker
from syncengine.entities._fields import MARKER, Field
from syncengine.entities._lines import substance
from syncengine.errors import RecordError
from syncengine.quickbooks import wire
from tests.contracts.drawn import (
    BOOKS,
    LIGHT,
    MAPPED,
    OTHERS,
    UNKNOWN,
    documents,
    fixed,
    held_for,
    lined,
    list_entries,
    mapped,
    over_the_wire,
    records,
    same,
    updated,
)


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
