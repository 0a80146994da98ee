"""The menu: every page once, in the order of a day, and to each person what they may open."""

from __future__ import annotations

import pytest

from syncengine.store.rights import ROLES, Permission, Rights
from syncengine.ui import menu
from tests.mission.statements import LISTS, TRACKED
from tests.support.source import ROOT


def rights(role):
    return Rights("ada@example.com", role, ROLES[role])


def titles(session, role):
    return [each.title for entries in menu.offered(session, rights(role)).values() for each in entries]


def test_every_page_stands_in_the_menu_once_and_nothing_else():
    assert sorted(each.name for each in menu.ENTRIES) == sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
    assert len({each.title for each in menu.ENTRIES}) == len(menu.ENTRIES)


def test_sections_stand_together_and_accounting_is_the_last():
    sections = [each.section for each in menu.ENTRIES]
    order = list(dict.fromkeys(sections))
    assert sections == sorted(sections, key=order.index)
    assert menu.ACCOUNTING not in order[:-1]


def test_one_section_holds_the_exchange_and_the_last_the_accounting_lists():
    """S1, S36, S40."""
    assert [each.name for each in menu.ENTRIES if each.section == menu.SYNC][:3] == ["sync", "preview", "errors"]
    assert [each.name for each in menu.ENTRIES if each.section == menu.ACCOUNTING] == [*LISTS, *TRACKED]


@pytest.mark.parametrize("role", ROLES)
def test_a_person_is_offered_just_what_their_role_opens(idle, role):
    offered = titles(idle, role)
    for each in menu.ENTRIES:
        if each.when is None:
            assert (each.title in offered) == ROLES[role].issuperset(each.needs)


def test_without_the_sight_of_the_sync_nothing_is_offered(idle):
    assert menu.offered(idle, Rights("ada@example.com", "viewer", frozenset())) == {}
    assert Permission.SEE_SYNC in menu.HOME.needs
