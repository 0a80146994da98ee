"""Classes and departments: the editor, its staged changes in sentences, Apply and Discard, and when it is not offered."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.commands import SaveName
from syncengine.ledger import writer as ledger
from syncengine.ledger.tables import LedgerObject
from tests.unit.queries import seed
from tests.unit.ui.conftest import now, run, texts

PAGES = {"class": "pages/classes.py", "department": "pages/departments.py"}
ON = {"Id": "1", "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}}
PLUS = {"Id": "1", "CompanyName": "Harbour", "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]}


@pytest.fixture
def session(sqlite_database):
    found = seed.company(sqlite_database, now=now())
    with sqlite_database.writing() as connection:
        ledger.keep(connection, found.company_id, "Preferences", [ON], now())
        ledger.keep(connection, found.company_id, "CompanyInfo", [PLUS], now())
    retail = commands.save_name(found, "class", "Retail")
    commands.change_names(found, "class", [SaveName("Shops", parent_id=retail), SaveName("Wholesale")])
    return found


def edit(at, **state):
    """What a person does in the editor; a position is that of the rows by full name."""
    number, _ = at.session_state["names.class.1"]
    key = f"names.class.1.{number}"
    at.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **state}
    return run(at)


def names(session, kind="class"):
    found = queries.classes(session) if kind == "class" else queries.departments(session)
    return {row["full_name"]: row["active"] for row in found.to_dict("records")}


def test_sub_classes_and_the_plan_s_limit_are_shown(open_page, session):
    at = open_page(PAGES["class"])
    assert at.dataframe[0].value["full_name"].tolist() == ["Retail", "Retail:Shops", "Wholesale"]
    assert "3 of the 40 classes and departments that QuickBooks Online Plus allows" in texts(at)
    assert not [button for button in at.button if "Apply" in button.label]


def test_changes_are_staged_in_sentences_and_applied_together(open_page, session):
    at = edit(
        open_page(PAGES["class"]),
        edited_rows={1: {"name": "Outlets"}, 2: {"active": False}},
        added_rows=[{"name": "Online", "parent": "Retail", "active": True}, {}],
    )
    said = texts(at).replace("*", "")
    assert "3 changes staged, not saved yet" in said
    assert "Retail:Shops: rename to Outlets" in said
    assert "Wholesale: make inactive" in said
    assert "Add Online under Retail" in said
    assert names(session) == {"Retail": True, "Retail:Shops": True, "Wholesale": True}
    at.button(key="class.apply").click()
    run(at)
    assert names(session) == {"Retail": True, "Retail:Online": True, "Retail:Outlets": True, "Wholesale": False}
    assert "The next sync carries it" in texts(at)
    assert "staged" not in texts(at)


def test_deleting_a_parent_with_its_child_takes_the_child_first(open_page, session):
    at = edit(open_page(PAGES["class"]), deleted_rows=[0, 1])
    at.button(key="class.apply").click()
    run(at)
    assert names(session) == {"Wholesale": True}


def test_discard_leaves_everything_as_it_is(open_page, session):
    at = edit(open_page(PAGES["class"]), deleted_rows=[2])
    at.button(key="class.discard").click()
    run(at)
    assert "staged" not in texts(at)
    assert "Wholesale" in names(session)


def test_what_cannot_be_is_said_and_stays_staged(open_page, session):
    at = edit(open_page(PAGES["class"]), added_rows=[{"name": "a:b"}])
    at.button(key="class.apply").click()
    run(at)
    assert "takes no" in texts(at)
    assert "1 change staged" in texts(at).replace("*", "")


def test_a_name_that_another_person_changed_meanwhile_is_not_overwritten(open_page, session):
    at = edit(open_page(PAGES["class"]), edited_rows={2: {"name": "Trade"}})
    wholesale = int(queries.classes(session).set_index("full_name").loc["Wholesale", "id"])
    commands.save_name(session, "class", "Dealers", record_id=wholesale)
    assert "Somebody has changed this list since you began. Discard shows it" in texts(run(at))
    at.button(key="class.apply").click()
    run(at)
    assert "has been changed since you saw it" in texts(at)
    assert "Dealers" in names(session)


def test_rows_that_arrive_while_changes_are_staged_do_not_move_them(open_page, session):
    at = edit(open_page(PAGES["class"]), edited_rows={2: {"name": "Trade"}})
    commands.save_name(session, "class", "Alpha")
    run(at)
    at.button(key="class.apply").click()
    run(at)
    assert names(session) == {"Alpha": True, "Retail": True, "Retail:Shops": True, "Trade": True}


def test_more_names_than_the_plan_allows_are_warned_of_before_they_are_applied(open_page, session):
    at = edit(open_page(PAGES["class"]), added_rows=[{"name": f"Line {number}"} for number in range(38)])
    assert "allows 40 active classes and departments together, and there would be 41" in texts(at)


@pytest.mark.parametrize("kind", PAGES)
def test_without_tracking_the_page_says_why_and_the_menu_leaves_it_out(open_page, session, sqlite_database, kind):
    with sqlite_database.writing() as connection:
        connection.execute(update(LedgerObject).where(LedgerObject.entity == "Preferences").values(payload='{"Id": "1"}'))
    at = open_page(PAGES[kind])
    assert [each.proto.title for each in at.info] == [f"There are no {'classes' if kind == 'class' else 'departments'} to edit"]
    assert not at.dataframe
    assert {"Classes", "Departments"}.isdisjoint(each.proto.label for each in open_page("dashboard.py").sidebar.get("page_link"))


def test_an_empty_list_says_how_to_begin(open_page, session):
    assert "There are no departments yet." in texts(open_page(PAGES["department"]))


def test_a_name_goes_under_the_active_one_of_two_that_are_called_the_same(open_page, session, sqlite_database):
    """A search narrows the rows, never what they can be put under."""
    gone = commands.save_name(session, "class", "Trade")
    commands.change_names(session, "class", [SaveName(record_id=gone, active=False)])
    with sqlite_database.writing() as connection:
        connection.exec_driver_sql("update class set name = 'Retail' where name = 'Trade'")
    at = open_page(PAGES["class"], search="Wholesale")
    assert at.dataframe[0].value["full_name"].tolist() == ["Wholesale"]
    assert "Retail" in at.dataframe[0].proto.columns
    at = edit(at, edited_rows={0: {"parent": "Retail"}})
    at.button(key="class.apply").click()
    run(at)
    found = queries.classes(session).set_index("full_name")
    retail = found.loc[["Retail"]]
    assert found.loc["Retail:Wholesale", "parent_id"] == retail.loc[retail["active"], "id"].item()


def ended(session, name):
    commands.change_names(session, "class", [SaveName(record_id=id_of(session, name), active=False)])


def id_of(session, full_name):
    return int(queries.classes(session).set_index("full_name").loc[full_name, "id"])


@pytest.mark.parametrize(
    "change",
    [{"added_rows": [{"name": "Online", "parent": "Retail", "active": True}]}, {"edited_rows": {2: {"parent": "Retail"}}}],
    ids=["added", "moved"],
)
def test_an_inactive_parent_takes_nothing_and_nothing_goes_to_the_top_level_instead(open_page, session, change):
    """It is offered because another name stands under it already."""
    ended(session, "Retail")
    before = names(session)
    at = edit(open_page(PAGES["class"]), **change)
    assert "under Retail" in texts(at).replace("*", "")
    at.button(key="class.apply").click()
    run(at)
    assert "It would stand under Retail. QuickBooks puts nothing under a name that is inactive. Make Retail active first" in texts(at)
    assert names(session) == before
    assert "1 change staged" in texts(at).replace("*", "")


def test_a_parent_is_made_active_in_the_same_go(open_page, session):
    ended(session, "Retail")
    at = edit(open_page(PAGES["class"]), edited_rows={0: {"active": True}}, added_rows=[{"name": "Online", "parent": "Retail"}])
    at.button(key="class.apply").click()
    run(at)
    assert names(session) == {"Retail": True, "Retail:Online": True, "Retail:Shops": True, "Wholesale": True}


def test_what_stands_under_a_name_beyond_the_first_of_a_long_list_is_put_there(open_page, session, monkeypatch):
    monkeypatch.setattr("syncengine.ui.names._MOST", 2)
    commands.save_name(session, "class", "Yards")
    commands.save_name(session, "class", "North", parent_id=id_of(session, "Yards"))
    at = edit(open_page(PAGES["class"], search="Yards:"), added_rows=[{"name": "South", "parent": "Yards"}])
    at.button(key="class.apply").click()
    run(at)
    assert "Yards:South" in names(session)


def test_a_parent_that_nobody_knows_is_refused_with_its_row(open_page, session):
    at = edit(
        open_page(PAGES["class"]),
        edited_rows={2: {"parent": "Gone"}},
        added_rows=[{"name": "Online", "parent": "Nowhere", "active": True}],
    )
    said = texts(at)
    assert "Wholesale, Under: there is no 'Gone' to put it under." in said
    assert "Online, Under: there is no 'Nowhere' to put it under. Choose another name" in said
    assert at.button(key="class.apply").disabled
