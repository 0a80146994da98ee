"""Staged changes of classes and departments: what is refused, with which words, and that nothing is half written."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.commands import DeleteName, SaveName, Seen
from syncengine.errors import RecordError, Refused
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from tests.unit.queries import seed

PREFERENCES = {"Id": "1", "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}}


@pytest.fixture
def session(database) -> Session:
    """A company whose QuickBooks tracks both lists."""
    session = seed.company(database)
    with database.writing() as connection:
        ledger.keep(connection, session.company_id, "Preferences", [PREFERENCES], seed.NOON)
    return session


def test_staged_changes_are_all_made_or_none(session):
    retail = commands.save_name(session, "class", "Retail")
    with pytest.raises(RecordError, match="of this name in the same place"):
        commands.change_names(session, "class", [SaveName("Online"), SaveName("Shops", retail), SaveName(" shops ")])
    assert queries.classes(session)["full_name"].tolist() == ["Retail"]
    assert queries.timeline(session, "class", retail)["event"].tolist().count("class changed") == 0
    assert queries.queue(session)["label"].tolist() == ["Retail"]


#: Under a chain One:Two:Three:Four:Five with the ids 1 to 5: what is refused, and why.
REFUSED = [
    ([SaveName("a:b")], "takes no ':'"),
    ([SaveName("")], "takes no record without it"),
    ([SaveName("x" * 101)], "101 characters"),
    ([SaveName(record_id=1, parent_id=3)], "under itself"),
    ([SaveName(record_id=1, parent_id=1)], "under itself"),
    ([SaveName("Six", parent_id=5)], "5 levels deep"),
    ([SaveName("Top", key="top"), SaveName(record_id=1, parent_id="top")], "5 levels deep"),
    ([SaveName("Two", parent_id=1)], "of this name in the same place"),
    ([SaveName("New", parent_id="unheard of")], "staged as 'unheard of'"),
    ([SaveName("New", record_id=999)], "no class 999"),
    ([SaveName("New", parent_id=999)], "no class 999"),
    ([DeleteName(999)], "no class 999"),
    ([DeleteName(1)], "names under it, such as Two"),
    ([SaveName("One", 1)], "Nothing has changed"),
    ([], "Nothing has changed"),
]

def test_what_cannot_be_is_refused_before_anything_is_written(session):
    words = ("One", "Two", "Three", "Four", "Five")
    chain = [SaveName(word, key=word, parent_id=words[at - 1] if at else None) for at, word in enumerate(words)]
    assert commands.change_names(session, "class", chain).ids == (1, 2, 3, 4, 5)
    before = queries.classes(session).to_csv()
    for staged, why in REFUSED:
        with pytest.raises((Refused, RecordError), match=why):
            commands.change_names(session, "class", staged)
    assert queries.classes(session).to_csv() == before


def test_there_are_two_such_lists_and_no_third(session):
    with pytest.raises(Refused, match=r"no list of 'customer'. Use one of: class, department"):
        commands.save_name(session, "customer", "Alpine")


def test_what_changes_nothing_is_said_beside_what_changes(session):
    one, two = commands.change_names(session, "class", [SaveName("One"), SaveName("Two")]).ids
    changed = commands.change_names(session, "class", [SaveName("One", one), SaveName(record_id=two, active=False)])
    assert changed.done == ("unchanged", "changed")
    assert queries.classes(session)["active"].tolist() == [True, False]


def test_a_name_may_be_used_again_once_its_holder_is_inactive(session):
    old = commands.save_name(session, "class", "Retail")
    commands.change_names(session, "class", [SaveName(record_id=old, active=False), SaveName("Retail")])
    assert sorted(queries.classes(session)["active"]) == [False, True]
    with pytest.raises(RecordError, match="of this name in the same place"):
        commands.save_name(session, "class", record_id=old, active=True)


def test_nothing_is_put_under_an_inactive_name(session):
    """Neither added nor moved, however the changes of one go are ordered; what stands there already stays there."""
    old, shops, away = commands.change_names(
        session, "class", [SaveName("Old", key="o"), SaveName("Shops", parent_id="o"), SaveName("Away")]
    ).ids
    commands.save_name(session, "class", record_id=old, active=False)
    before = queries.classes(session).to_csv()
    for staged in ([SaveName("New", parent_id=old)], [SaveName(record_id=away, parent_id=old)]):
        with pytest.raises(RecordError, match=r"parent \('(New|Away)'\): It would stand under Old.*Make Old active first"):
            commands.change_names(session, "class", staged)
    with pytest.raises(RecordError, match="It would stand under Away"):
        commands.change_names(session, "class", [SaveName("New", parent_id=away), SaveName(record_id=away, active=False)])
    assert queries.classes(session).to_csv() == before
    commands.save_name(session, "class", "Outlets", record_id=shops)
    commands.change_names(session, "class", [SaveName("New", parent_id=old), SaveName(record_id=old, active=True)])
    assert queries.classes(session)["full_name"].tolist() == ["Away", "Old", "Old:New", "Old:Outlets"]


def test_a_list_is_searched_and_paged_by_full_name(session):
    names = [SaveName("Retail", key="r"), *(SaveName(f"Shop {n}", parent_id="r") for n in range(3)), SaveName("Online")]
    commands.change_names(session, "department", names)
    assert queries.departments_count(session) == 5
    assert queries.departments_count(session, search="RETAIL:shop") == 3
    assert queries.departments(session, search="shop", page=2, size=2)["full_name"].tolist() == ["Retail:Shop 2"]
    row = queries.departments(session, search="shop 1").iloc[0]
    assert (row["name"], row["parent"], row["level"]) == ("Shop 1", "Retail", 2)
    assert queries.classes_count(session) == 0


def test_names_that_another_program_put_under_themselves_are_listed_all_the_same(session):
    one, two = commands.change_names(session, "class", [SaveName("One"), SaveName("Two")]).ids
    from sqlalchemy import text

    with session.database.writing() as connection:
        for child, parent in ((one, two), (two, one)):
            connection.execute(text("UPDATE class SET parent_id = :parent WHERE id = :child"), {"child": child, "parent": parent})
    assert queries.classes(session)["full_name"].tolist() == ["One:Two", "Two:One"]
    commands.save_name(session, "class", record_id=one, parent_id=None)
    assert queries.classes(session)["full_name"].tolist() == ["One", "One:Two"]


@pytest.mark.parametrize("meanwhile", [{"name": "Stores"}, {"active": False}, {"parent_id": 2}])
def test_a_name_that_moved_on_since_it_was_seen_is_neither_changed_nor_deleted(session, meanwhile):
    shops, other = commands.change_names(session, "class", [SaveName("Shops"), SaveName("Other")]).ids
    commands.save_name(session, "class", record_id=shops, **meanwhile)
    seen = Seen("Shops", None, True)
    for change in (SaveName("Outlets", shops, seen=seen), DeleteName(shops, seen=seen)):
        with pytest.raises(Refused, match="Shops has been changed since you saw it"):
            commands.change_names(session, "class", [SaveName("New"), change])
    assert sorted(queries.classes(session)["name"]) == sorted(["Other", meanwhile.get("name", "Shops")])
    assert other


def test_a_name_that_is_as_it_was_seen_may_be_changed_twice_in_one_go(session):
    shops = commands.save_name(session, "class", "Shops")
    seen = Seen("Shops", None, True)
    assert commands.change_names(session, "class", [SaveName("Outlets", shops, seen=seen), SaveName(active=False, record_id=shops, seen=seen)]).done == ("changed", "changed")
