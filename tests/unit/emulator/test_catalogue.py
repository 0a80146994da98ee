"""Properties of the whole catalogue, and its tables against the document that shows them."""

from __future__ import annotations

import re

import pytest

from syncengine.emulator.catalogue.entity import COMMON
from syncengine.emulator.catalogue.properties import POINTERS
from syncengine.emulator.catalogue.registry import BY_PATH, ENTITIES, SEQUENCES
from syncengine.emulator.mischief import KINDS
from syncengine.emulator.switches import SWITCHES
from tests.support.source import ROOT

PAGE = ROOT / "docs" / "emulator.md"


@pytest.fixture(params=ENTITIES.values(), ids=ENTITIES)
def entity(request):
    return request.param


def test_every_rule_of_an_entity_is_about_properties_that_it_knows(entity):
    known = entity.record.properties.keys()
    named = {entity.name_property, entity.shown_name, entity.party} - {None, ""}
    assert {*entity.required, *entity.read_only, *entity.fixed, *entity.defaults, *named} <= known
    assert entity.filterable | entity.sortable <= known
    assert set(COMMON.split()) <= known


def test_every_entity_is_found_by_its_path_and_shares_its_ids_rightly(entity):
    assert BY_PATH[entity.path] is entity
    assert entity.path == entity.name.lower()
    members = SEQUENCES[entity.sequence]
    assert entity.name in members
    assert {ENTITIES[name].first_id for name in members} == {entity.first_id}


def test_what_is_voided_or_linked_is_a_transaction(entity):
    if entity.voidable or entity.links:
        assert entity.dated
    assert entity.voidable == (entity.void is not None)
    assert not (entity.deletable and entity.deactivatable)


def test_every_property_that_points_to_a_list_is_renamed_with_it():
    for entity in ENTITIES.values():
        for name, kind in entity.record.properties.items():
            for target in getattr(kind, "targets", ()):
                assert target in ENTITIES
                if target in POINTERS:
                    assert name in POINTERS[target]


def described(title: str) -> set[str]:
    """The names in the first column of the table under a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))


def test_the_page_describes_every_switch_fault_and_entity():
    assert described("Switches") == set(SWITCHES)
    assert described("Faults") == set(KINDS)
    assert described("Entities") == set(ENTITIES)


def test_every_switch_may_be_set_to_its_own_default():
    for switch in SWITCHES.values():
        assert switch.meaning.endswith(".")
        assert switch.choices is None or switch.default in switch.choices
