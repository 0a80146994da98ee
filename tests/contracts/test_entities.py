"""What is true of any entity: its place in the order, its columns and its limits; its mapping and updates have files of their own."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.entities import BY_KIND, ENTITIES, POSTINGS, marker
from syncengine.entities._fields import MARKER, Name, Note, Text
from syncengine.entities._lines import Lines
from syncengine.entities._links import AccountName, Reference
from syncengine.errors import RecordError
from syncengine.inventory.tables import KINDS
from tests.contracts.drawn import BOOKS, EVERY, MAPPED, PUSHED, mapped, pushed

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


def test_markers_differ_and_are_found_by_their_pattern():
    made = {marker(company, entity.key, record) for company in (1, 2) for entity in PUSHED for record in range(50)}
    assert len(made) == 2 * len(PUSHED) * 50
    assert all(MARKER.fullmatch(each) for each in made)
