"""The Settings page: fields whose changes are staged, told in sentences and applied together, the schedule, who may."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.engine.configure import CONSENTS
from syncengine.ledger import writer as ledger
from syncengine.queries.session import OWNER
from syncengine.store import settings
from syncengine.store.rights import ROLES, Rights
from syncengine.store.tables import Connection as Link
from syncengine.ui import session as sessions
from syncengine.ui.settings import SHEETS
from tests.unit.ui.conftest import now, run, texts

PAGE = "pages/settings.py"
ACCOUNTS = [
    {"Id": "1", "Name": "Stock", "FullyQualifiedName": "Stock", "AccountType": "Other Current Asset", "Active": True},
    {"Id": "2", "Name": "Till", "FullyQualifiedName": "Till", "AccountType": "Bank", "Active": True},
]


def field(at, name):
    """The field of a setting, whatever its kind."""
    kinds = ("toggle", "radio", "selectbox", "date_input", "text_input")
    return next(each for kind in kinds for each in getattr(at, kind) if (each.key or "").endswith(f".{name}"))


def value(session, name):
    with session.database.reading() as connection:
        return settings.all_of(connection, session.company_id)[name]


def apply(at):
    at.button(key="settings.apply").click()
    return run(at)


def test_every_setting_that_a_person_may_set_stands_on_one_tab():
    here = [name for parts in SHEETS.values() for names in parts.values() for name in names]
    elsewhere = {"automatic_sync", "automatic_time", "automatic_weekday"}
    assert sorted(here) == sorted(name for name, each in settings.SETTINGS.items() if not each.own and name not in elsewhere)


@pytest.mark.parametrize("tab", ["Connection", "Schedule", *SHEETS, "Company", "History"])
def test_each_tab_has_an_address(open_page, busy, tab):
    assert open_page(PAGE, tab=tab).segmented_control[0].value == tab


def test_a_change_is_staged_told_and_applied(open_page, busy):
    at = open_page(PAGE, tab="What syncs")
    field(at, "direction").set_value("from quickbooks")
    said = texts(run(at)).replace("*", "")
    assert "Directional sync: both ways → only from QuickBooks. 5 waiting records will rest, and none is lost." in said
    assert value(busy.session, "direction") == "both"
    assert "Saved: 1 setting." in texts(apply(at))
    assert value(busy.session, "direction") == "from quickbooks"
    assert not [each for each in at.button if each.key == "settings.apply"]


def test_what_is_staged_on_one_tab_waits_while_another_is_looked_at(open_page, busy):
    at = open_page(PAGE, tab="What syncs")
    field(at, "sync_purchase_orders").set_value(False)
    run(at)
    at.segmented_control[0].set_value("Dates")
    run(at)
    field(at, "closing_date").set_value(date(2026, 1, 31))
    said = texts(run(at)).replace("*", "")
    assert "Sync purchase orders: on → off" in said
    assert "Closing date: none → 2026-01-31." in said
    assert "2 changes staged" in said
    at.segmented_control[0].set_value("What syncs")
    assert field(run(at), "sync_purchase_orders").value is False
    apply(at)
    assert (value(busy.session, "sync_purchase_orders"), value(busy.session, "closing_date")) == (False, date(2026, 1, 31))


def test_discard_brings_back_what_is_saved(open_page, busy):
    at = open_page(PAGE, tab="Conflicts and corrections")
    field(at, "stop_at_first_error").set_value(True)
    run(at).button(key="settings.discard").click()
    assert field(run(at), "stop_at_first_error").value is False


def test_a_value_that_cannot_stand_is_refused_with_what_it_must_be_and_kept(open_page, busy):
    at = open_page(PAGE, tab="Support")
    field(at, "support_address").set_value("nobody")
    said = texts(run(at))
    assert "it must be an e-mail address, the address of a page, or nothing" in said
    assert at.button(key="settings.apply").disabled
    assert field(at, "support_address").value == "nobody"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_and_nothing_is_lost(open_page, busy):
    at = open_page(PAGE, tab="What syncs")
    field(at, "direction").set_value("nothing")
    run(at)
    commands.change_settings(busy.session, {"direction": "to quickbooks"})
    assert "was changed by somebody else meanwhile: it is now only to QuickBooks" in texts(run(at))
    assert "Somebody has changed the settings since you saw them" in texts(apply(at))
    assert value(busy.session, "direction") == "to quickbooks"
    assert field(at, "direction").value == "nothing"


def test_a_change_made_elsewhere_is_shown_where_nothing_is_staged(open_page, busy):
    at = open_page(PAGE, tab="What syncs")
    commands.change_settings(busy.session, {"direction": "to quickbooks"})
    assert field(run(at), "direction").value == "to quickbooks"


def test_accounts_of_the_fitting_types_are_offered_and_a_wrong_one_is_named(open_page, busy):
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Account", ACCOUNTS, now())
    at = open_page(PAGE, tab="Accounts")
    assert field(at, "cash_account").options == ["Till"]
    assert "Stock" in field(at, "asset_account").options
    assert "QuickBooks has no account 'Inventory Asset'" in texts(at)
    field(at, "asset_account").set_value("Stock")
    apply(run(at))
    assert value(busy.session, "asset_account") == "Stock"


def test_what_is_kept_for_the_inventory_program_says_so(open_page, busy):
    said = texts(open_page(PAGE, tab="Accounts"))
    assert "Kept for the inventory program" in said
    assert said.count("For the inventory program:") == 3


def test_consents_say_what_each_would_do(open_page, busy):
    at = open_page(PAGE, tab="Conflicts and corrections")
    offered = {name for name, correction in CONSENTS.items() if not correction.idle}
    assert {each.key.rpartition(".")[2] for each in at.toggle if ".allow_" in each.key} == offered
    assert all(CONSENTS[name].does in texts(at) for name in offered)
    assert field(at, "allow_next_number").label == "Use the next free number"
    field(at, "allow_next_number").set_value(True)
    apply(run(at))
    assert value(busy.session, "allow_next_number") is True


def test_a_consent_that_changes_nothing_is_shown_to_who_has_given_it(open_page, busy):
    [name, *_] = [name for name, correction in CONSENTS.items() if correction.idle]
    commands.change_settings(busy.session, {name: True})
    at = open_page(PAGE, tab="Conflicts and corrections")
    assert field(at, name).value is True
    assert CONSENTS[name].idle in texts(at)


def test_the_history_names_who_changed_what(open_page, busy):
    assert "Nobody has changed a setting yet" in texts(open_page(PAGE, tab="History"))
    commands.change_settings(busy.session, {"direction": "to quickbooks"})
    row = open_page(PAGE, tab="History").dataframe[0].value.iloc[0]
    assert (row["who"], row["setting"], row["before"], row["after"]) == (
        "Ada", "Directional sync", "both ways", "only to QuickBooks",
    )  # fmt: skip


# --- the schedule ------------------------------------------------------------------------------------------------------


def test_the_schedule_is_locked_until_a_sync_by_hand_has_gone_well(open_page, idle):
    at = open_page(PAGE, tab="Schedule")
    assert field(at, "frequency").disabled
    assert "Press Sync now first" in texts(at)


def test_a_schedule_is_chosen_with_its_next_slots_in_view(open_page, busy):
    at = open_page(PAGE, tab="Schedule")
    assert "Hourly suits most businesses" in texts(at)
    field(at, "frequency").set_value("weekly")
    run(at)
    field(at, "weekday").set_value("friday")
    field(at, "time").set_value("06:30")
    run(at)
    coming = at.dataframe[0].value
    assert len(coming) == 5
    assert all(local.startswith("Fri ") and local.endswith("06:30") for local in coming["local"])
    at.button(key="schedule.apply").click()
    run(at)
    found = queries.schedule(busy.session)
    assert (found.frequency, found.weekday, found.time) == ("weekly", "friday", "06:30")


def test_a_time_that_is_none_is_refused_in_words(open_page, busy):
    at = open_page(PAGE, tab="Schedule")
    field(at, "frequency").set_value("daily")
    run(at)
    field(at, "time").set_value("25:00")
    assert "must be a time of day" in texts(run(at))
    at.button(key="schedule.apply").click()
    assert "must be a time of day" in texts(run(at))
    assert field(at, "time").value == "25:00"


def test_the_zone_decides_by_which_clocks_and_a_schedule_changed_elsewhere_is_not_overwritten(open_page, busy):
    at = open_page(PAGE, tab="Schedule")
    field(at, "zone").set_value("Asia/Tokyo")
    run(at)
    commands.set_schedule(busy.session, zone="Europe/Berlin")
    at.button(key="schedule.apply").click()
    assert "Somebody has changed the time zone" in texts(run(at))
    assert queries.schedule(busy.session).zone == "Europe/Berlin"


def test_the_proposal_may_be_declined(open_page, busy):
    at = open_page(PAGE, tab="Schedule")
    at.button(key="schedule.decline").click()
    run(at)
    assert queries.schedule(busy.session).proposed is None
    assert not [each for each in at.button if each.key == "schedule.decline"]


# --- the connection ----------------------------------------------------------------------------------------------------


@pytest.fixture
def real(busy, monkeypatch, tmp_path):
    """A company of Intuit's that has never been connected."""
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    added = commands.add_company(busy.session, "Real", zone="UTC", environment="sandbox")
    return queries.Session(busy.database, OWNER, added, busy.session.clock)


def keys(at):
    return {each.key for each in at.button}


def test_a_connected_company_tells_what_is_known_of_it_and_may_be_disconnected(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(update(Link).values(realm="sealed"))
    at = open_page(PAGE)
    assert "Connected to QuickBooks" in texts(at)
    assert "The local QuickBooks that comes along" in texts(at)
    assert "The first sync signs in" in texts(at)
    assert "connection.begin" not in keys(at)
    at.button(key="connection.cut").click()
    run(at)
    assert "The first sync signs in" not in texts(at)
    assert "Disconnected: nothing syncs until it is connected again" in texts(at)
    assert {"connection.again", "connection.never", "connection.begin"} <= keys(at)
    at.button(key="connection.never").click()
    assert "Not to be connected" in texts(run(at))
    assert "connection.never" not in keys(at)
    at.button(key="connection.again").click()
    assert "Signs in again with the next sync" in texts(run(at))


def test_without_keys_no_way_to_the_consent_page_is_offered_and_kept_ones_are_never_shown(open_page, real):
    at = open_page(PAGE, company="Real")
    assert "Not connected yet: nothing syncs" in texts(at)
    assert "connection.begin" not in keys(at)
    at.text_input(key="connection.client_id").set_value("our-client")
    at.text_input(key="connection.secret").set_value("secret-0815")
    next(each for each in at.button if each.label == "Keep these keys").click()
    run(at)
    assert "The keys of the app are kept" in texts(at)
    assert "connection.begin" in keys(at)
    assert "0815" not in str(at)


def test_the_way_to_the_consent_page_leads_to_intuit_with_the_address_of_this_page(open_page, real):
    commands.keep_app_keys(real, "our-client", "secret")
    at = open_page(PAGE, company="Real")
    assert at.code[0].value == at.text_input(key="connection.redirect").value
    at.button(key="connection.begin").click()
    link = next(each for each in run(at).get("link_button"))
    assert link.proto.url.startswith("https://appcenter.intuit.com/connect/oauth2?client_id=our-client")
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A8501%2Fsettings" in link.proto.url


def test_an_address_that_no_code_may_be_sent_to_is_refused(open_page, real):
    commands.keep_app_keys(real, "our-client", "secret")
    at = open_page(PAGE, company="Real")
    at.text_input(key="connection.redirect").set_value("http://elsewhere.example/settings")
    at.button(key="connection.begin").click()
    assert "must begin with https" in texts(run(at))


def test_what_the_consent_page_sends_back_is_taken_once_and_leaves_the_address(open_page, real):
    commands.keep_app_keys(real, "our-client", "secret")
    state = commands.begin_connecting(real, "http://localhost:8501/settings")
    at = open_page(PAGE, company="Real", state=state, code="AB11code", realmId="4620816365")
    assert "Connecting to QuickBooks" in texts(at)
    assert not {"code", "state", "realmId"} & set(at.query_params)
    assert "AB11code" not in str(at)
    assert "used already" in texts(open_page(PAGE, company="Real", state=state, code="AB11code", realmId="4620816365"))


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        ({"state": "9-forged", "code": "AB11", "realmId": "1"}, "belongs to no sign-in that you began"),
        ({"state": "9-forged", "error": "access_denied"}, "belongs to no sign-in that you began"),
    ],
)
def test_a_forged_answer_is_refused_in_words(open_page, real, brought, why):
    at = open_page(PAGE, company="Real", **brought)
    assert why in texts(at)
    assert not set(brought) & set(at.query_params)


def test_who_said_no_is_told_so(open_page, real):
    commands.keep_app_keys(real, "our-client", "secret")
    state = commands.begin_connecting(real, "http://localhost:8501/settings")
    assert "did not grant access" in texts(open_page(PAGE, company="Real", state=state, error="access_denied"))


def test_an_address_may_be_pasted_by_hand(open_page, real):
    commands.keep_app_keys(real, "our-client", "secret")
    state = commands.begin_connecting(real, "https://books.example/landing")
    at = open_page(PAGE, company="Real")
    at.text_input(key="connection.pasted").set_value(f"https://books.example/landing?code=AB11&state={state}&realmId=1")
    next(each for each in at.button if each.label == "Connect with this address").click()
    assert "Connecting to QuickBooks" in texts(run(at))


def test_a_company_is_added_and_looked_at_and_renamed(open_page, busy):
    at = open_page(PAGE, tab="Company")
    at.text_input(key="companies.name").set_value("North Wind")
    run(at)
    at.selectbox(key="companies.kind").set_value("A sample: an empty company")
    run(at)
    at.button(key="companies.add").click()
    assert "Added, and you are looking at it now" in texts(run(at))
    assert at.session_state["company"] == at.query_params["company"] == "North Wind"
    name = next(each for each in at.text_input if each.key.startswith("companies.rename."))
    name.set_value("South Wind")
    run(at)
    at.button(key="companies.renaming").click()
    run(at)
    assert queries.companies(busy.database)["name"].tolist() == ["Harbour", "South Wind"]
    assert at.session_state["company"] == "South Wind"


# --- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "accountant", "operator", "manager"])
def test_only_an_owner_sees_the_page(open_page, busy, monkeypatch, role):
    monkeypatch.setattr(sessions, "rights", lambda _: Rights("ada@example.com", role, ROLES[role]))
    at = open_page(PAGE)
    assert not at.segmented_control
    assert "needs" in texts(at) or "right" in texts(at)


def test_many_staged_changes_are_told_in_a_part_that_can_be_opened(open_page, idle):
    at = open_page(PAGE, tab="What syncs")
    for toggle in at.toggle[:4]:
        toggle.set_value(not toggle.value)
    at = run(at)
    assert "4 changes staged" in texts(at)
    assert [each.label for each in at.expander if each.label == "What they do"]


def test_the_names_of_fields_are_words_as_they_are_read_out_loud(open_page, busy):
    for tab in SHEETS:
        at = open_page(PAGE, tab=tab)
        named = [each.label for kind in ("toggle", "radio", "selectbox", "date_input", "text_input") for each in getattr(at, kind)]
        assert named
        assert not [each for each in named if "\\" in each]
