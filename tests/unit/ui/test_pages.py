"""Every page, empty and full, opened alone and through the dashboard."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import local_script_runner

from syncengine import commands
from syncengine.engine import setup
from syncengine.store import people
from syncengine.store.tables import Connection
from syncengine.ui import words
from tests.support.source import ROOT
from tests.unit.queries import seed
from tests.unit.ui.conftest import run, texts

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_alone_over_a_company_with_nothing_in_it(open_page, idle, path):
    at = open_page(path)
    assert at.title[0].value
    assert at.caption[0].value


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_over_a_busy_company(open_page, busy, path):
    assert open_page(path).title[0].value


@pytest.fixture
def back(monkeypatch):
    """Goes back, or forth, in the browser to an address that names a company, or none; gives the one that is shown and the one named then."""

    def led(at, company):
        at.query_params = {"company": company} if company else {}
        with monkeypatch.context() as browser:
            browser.setattr(local_script_runner, "RerunData", partial(RerunData, is_history_navigation=True))
            run(at)
        return at.selectbox(key="company").value, at.query_params.get("company")

    return led


@pytest.fixture
def unconnected(busy):
    """A company as another program writes it: nothing says which QuickBooks it belongs to."""
    with busy.database.writing() as connection:
        connection.execute(delete(Connection))
    return busy


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_over_a_company_that_was_never_set_up(open_page, unconnected, path):
    assert open_page(path).title[0].value


def test_a_record_in_quickbooks_of_a_company_that_was_never_set_up_is_shown(open_page, unconnected):
    coral = unconnected.customers["Coral Reef Diving"]
    assert "Coral Reef Diving" in texts(open_page("pages/records.py", kind="customer", record=str(coral)))


def test_settings_say_how_a_company_is_set_up_that_another_program_made(open_page, unconnected):
    at = open_page("pages/settings.py")
    assert "Not set up for QuickBooks: nothing syncs" in at.header[0].value
    assert "python -m syncengine company connect Harbour --environment production" in texts(at)
    database, clock = unconnected.database, unconnected.session.clock
    assert setup.add_real_company(database, clock, "Harbour", environment="production") == unconnected.session.company_id
    at = open_page("pages/settings.py")
    assert "Not connected yet" in at.header[0].value
    assert any(button.label == "Keep these keys" for button in at.button)


def test_the_dashboard_leads_to_every_page(open_page, busy):
    at = open_page("dashboard.py")
    titles = [at.title[0].value]
    for path in PAGES:
        at.switch_page(path)
        titles.append(run(at).title[0].value)
    assert len(set(titles)) == len(PAGES)


def test_what_was_looked_for_on_one_page_is_left_there(open_page, busy):
    at = open_page("dashboard.py")
    at.session_state["search"] = "bluebird"  # as a field leaves it that is bound to the address
    at.switch_page("pages/bills.py")
    assert next(each for each in run(at).text_input if each.label == "Search").value == ""
    assert "Nothing matches" not in texts(at)


def test_an_empty_machine_gets_its_demo_company_and_says_so(open_page, sqlite_database):
    at = open_page("dashboard.py")
    assert at.selectbox(key="company").options == ["Demo"]
    assert "Ready for the first sync" in texts(at)
    assert "What to try" in texts(at)


def test_a_company_is_picked_by_the_address(open_page, busy, idle):
    at = open_page("dashboard.py")
    assert at.selectbox(key="company").options == ["Empty", "Harbour"]
    assert "Ready for the first sync" in texts(at)
    assert "Something needs you" in texts(open_page("dashboard.py", company="Harbour"))


@pytest.mark.parametrize(
    ("company", "says"), [("Harbour", "Needs attention"), ("Empty", "Nothing waits"), ("", "Nothing waits"), ("Nobody", "not open to you")]
)
def test_a_page_alone_heeds_the_address_and_takes_the_first_company_where_it_names_none(open_page, busy, idle, company, says):
    assert says in texts(open_page("pages/preview.py", company=company))


def test_an_address_without_a_company_is_given_the_one_that_is_shown(open_page, busy, idle, back):
    """A reload leads to it, though another has been added that comes first, or another one was looked at."""
    at = open_page("dashboard.py")
    assert at.query_params["company"] == "Empty"
    at.selectbox(key="company").set_value("Harbour")
    run(at)
    assert back(at, None) == ("Harbour", "Harbour")


def test_an_address_under_a_name_that_a_company_no_longer_has_is_given_the_one_that_is_shown(open_page, busy, idle, back):
    at = open_page("dashboard.py", company="Harbour")
    commands.rename_company(busy.session, "Quay", seen="Harbour")
    at.selectbox(key="company").set_value("Empty")
    run(at)
    assert back(at, "Harbour") == ("Empty", "Empty")
    assert "not open to you" in texts(open_page("dashboard.py", company="Harbour")), "a visit that begins there is told"


def test_another_company_is_picked_from_the_list(open_page, busy, idle):
    at = open_page("dashboard.py")
    at.selectbox(key="company").set_value("Harbour")
    assert "Something needs you" in texts(run(at))


def test_back_leads_to_the_company_of_that_address_and_an_address_left_behind_does_not(open_page, busy, idle, back):
    at = open_page("dashboard.py", company="Harbour")
    at.selectbox(key="company").set_value("Empty")
    run(at)
    at.query_params["company"] = "Harbour"
    assert run(at).selectbox(key="company").value == "Empty", "a click that was made before the browser had the new address"
    assert back(at, "Harbour") == ("Harbour", "Harbour")
    assert "Something needs you" in texts(at)
    assert back(at, "Empty") == ("Empty", "Empty"), "and forth"


def test_back_leads_out_of_a_company_that_is_not_open_any_more(open_page, busy, idle, back):
    at = open_page("dashboard.py", company="Harbour")
    commands.rename_company(busy.session, "Quay", seen="Harbour")
    assert "not open to you" in texts(run(at))
    assert back(at, "Empty") == ("Empty", "Empty")


@pytest.mark.parametrize("path", ["dashboard.py", "pages/preview.py"])
def test_on_a_database_elsewhere_a_page_is_closed_to_who_has_no_right(open_page, busy, sqlite_database, monkeypatch, path):
    for home in ("syncengine.store.rights", "syncengine.queries.session", "syncengine.ui.session"):
        monkeypatch.setattr(f"{home}.is_local", lambda _: False)
    said = [each.value for each in open_page(path).error]
    assert said == ["owner has no right in any company of this database. Ask an owner, or say who you are with `TIEOUT_ACTOR`."]
    monkeypatch.setenv("TIEOUT_ACTOR", "ada@example.com")
    with sqlite_database.writing() as connection:
        people.put(connection, busy.session.company_id, "ada@example.com", "viewer", seed.NOON, "seed")
        people.put_grant(connection, busy.session.company_id, "ada@example.com", "see_sync", seed.NOON, "seed", allowed=False)
    assert "ada@example.com has no right in any company of this database" in texts(open_page(path)).replace(words.UNLINKED, "")
    with sqlite_database.writing() as connection:
        people.put_grant(connection, busy.session.company_id, "ada@example.com", "see_sync", seed.NOON, "seed", allowed=None)
    assert not open_page(path).error


def test_what_names_rows_of_one_company_is_left_there_when_another_is_picked(open_page, busy, idle):
    """Drawers, pages and searches would open nothing there, or what happens to have the same number."""
    row = seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"])
    at = open_page("dashboard.py", company="Harbour", row=str(row["id"]), search="Alpine", kind="customer")
    at.selectbox(key="company").set_value("Empty")
    run(at)
    assert dict(at.query_params) == {"company": "Empty", "kind": "customer"}
