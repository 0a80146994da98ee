"""Sync now, choices in conflicts, settings and imports, each with its line in the audit trail."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from syncengine import commands, inventory, queries
from syncengine.errors import ConfigurationError, Refused
from syncengine.store import connections
from syncengine.store.tables import Audit, Conflict, Lease, Request
from syncengine.store.tables import Connection as Link
from tests.unit.queries import seed

CUSTOMERS = b"code,name,email\nx1,Delta Sails,ds@example.com\nx2,Echo Ropes,not an address\nx3,Fathom Ltd,f@example.com\n"


def lines(database, event):
    with database.reading() as connection:
        return [row.detail for row in connection.execute(select(Audit.detail).where(Audit.event == event).order_by(Audit.id))]


def test_sync_now_writes_a_wish_and_sends_nothing(database):
    found = seed.busy(database)
    before = queries.queue(found.session)["state"].tolist()
    request_id = commands.sync_now(found.session)
    assert queries.progress(found.session).phase == "Waiting for the worker"
    assert queries.queue(found.session)["state"].tolist() == before
    assert lines(database, "sync requested") == [{"request": request_id}]


def test_a_wish_that_nobody_took_serves_both(database):
    session = seed.company(database)
    assert commands.sync_now(session) == commands.sync_now(session)
    other = seed.company(database, "Globex")
    assert commands.sync_now(other) != commands.sync_now(session)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Request)) == 2


STANDS = {
    "disconnected from QuickBooks": {"state": "disconnected", "realm": "sealed"},
    "not connected to QuickBooks yet": {"state": "disconnected", "realm": None},
    "not to be connected to QuickBooks": {"state": "disconnected", "declined": True},
    "never set up for QuickBooks": {},
}


@pytest.mark.parametrize("why", STANDS)
def test_of_a_company_that_is_not_connected_no_sync_is_asked_for_and_the_remedy_is_told(database, why):
    session, other = seed.company(database), seed.company(database, "Globex")
    mine = Link.company_id == session.company_id
    with database.writing() as connection:
        connection.execute(update(Link).where(mine).values(STANDS[why]) if STANDS[why] else delete(Link).where(mine))
    with pytest.raises(Refused, match=rf"This company (is|was) {why}.*until an owner connects it, under Settings, Connection\."):
        commands.sync_now(session)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Request)) == 0
    assert lines(database, "sync requested") == []
    assert commands.sync_now(other), "which is connected"


@pytest.mark.parametrize("message", [connections.RETURNING, "The sign-in was taken back.", None])
def test_a_company_whose_sign_in_broke_may_be_synced_which_tries_it_again(database, message):
    session = seed.company(database)
    with database.writing() as connection:
        connection.execute(update(Link).values(state="broken", message=message))
    assert commands.sync_now(session)


def test_a_choice_settles_the_conflict_and_queues_the_record(database):
    found = seed.busy(database)
    conflict = queries.conflicts(found.session)["id"].iloc[0]
    commands.choose(found.session, conflict, "ours")
    assert queries.conflicts(found.session).empty
    assert "Coral Reef Diving" in queries.queue(found.session)["label"].tolist()
    with database.reading() as connection:
        assert connection.execute(select(Conflict.resolution, Conflict.resolved_by)).one() == ("ours", "Ada")


def test_a_conflict_is_settled_once_and_by_its_own_company(database):
    found, other = seed.busy(database), seed.company(database, "Globex")
    conflict = int(queries.conflicts(found.session)["id"].iloc[0])
    with pytest.raises(Refused):
        commands.choose(other, conflict, "theirs")
    commands.choose(found.session, conflict, "theirs")
    with pytest.raises(Refused, match="settled already"):
        commands.choose(found.session, conflict, "ours")


def test_automatic_sync_waits_for_a_first_success(database):
    session = seed.company(database)
    with pytest.raises(Refused, match="Press Sync now first"):
        commands.set_automatic(session, "hourly")
    assert queries.overview(session).automatic == "never"
    assert lines(database, "setting changed") == []


def test_a_frequency_plans_the_next_run_and_never_takes_it_away(database):
    session = seed.busy(database).session
    commands.set_automatic(session, "hourly")
    seen = queries.overview(session)
    assert seen.automatic == "hourly"
    assert seed.NOON < seen.next_run_at <= seed.NOON + timedelta(hours=1)
    commands.set_automatic(session, "never")
    with database.reading() as connection:
        assert connection.scalar(select(Lease.next_run_at)) is None
    assert lines(database, "setting changed") == [
        {"name": "automatic_sync", "from": "never", "to": "hourly"},
        {"name": "automatic_sync", "from": "hourly", "to": "never"},
    ]


def test_settings_change_together_or_not_at_all(database):
    session = seed.busy(database).session
    with pytest.raises(ConfigurationError, match="conflict_policy"):
        commands.change_settings(session, {"stop_at_first_error": True, "conflict_policy": "coin"})
    assert lines(database, "setting changed") == []
    commands.change_settings(session, {"stop_at_first_error": True, "conflict_policy": "ask"})
    assert lines(database, "setting changed") == [{"name": "stop_at_first_error", "from": False, "to": True}]


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"conflict_policy": "ask"}, Refused, "Nothing has changed"),
        ({}, Refused, "Nothing has changed"),
        ({"first_sync_done": False}, Refused, "itself"),
        ({"automatic_sync": "yearly"}, ConfigurationError, "never, hourly, daily or weekly"),
        ({"colour": "blue"}, ConfigurationError, "no setting 'colour'"),
        ({"allow_fly": True}, ConfigurationError, "no setting 'allow_fly': consents are allow_"),
        ({"allow_cut_text": True}, ConfigurationError, "no setting 'allow_cut_text'"),
    ],
)
def test_a_change_that_is_none_or_wrong_is_refused(database, changes, error, why):
    with pytest.raises(error, match=why):
        commands.change_settings(seed.busy(database).session, changes)


def test_an_import_is_looked_at_before_anything_is_written(database):
    session = seed.company(database)
    prepared = commands.prepare_import(session, "customer", CUSTOMERS, name="customers.csv")
    assert (prepared.counts.new, prepared.counts.bad) == (2, 1)
    assert queries.records(session, "customer").empty
    assert lines(database, "imported") == []


def test_the_good_rows_go_in_and_the_trail_says_so(database):
    session = seed.company(database)
    told = []
    result = commands.import_file(
        session, "customer", io.BytesIO(CUSTOMERS), name="customers.csv", progress=lambda done, total: told.append((done, total))
    )
    assert (result.created, result.rejected) == (2, 1)
    assert queries.records(session, "customer")["label"].tolist() == ["Delta Sails", "Fathom Ltd"]
    assert lines(database, "imported")[0] | {"created": 2, "file": "customers.csv"} == lines(database, "imported")[0]
    assert told


def test_all_or_nothing_leaves_nothing_while_a_row_is_bad(database):
    session = seed.company(database)
    result = commands.import_file(session, "customer", CUSTOMERS, name="customers.csv", mode="all")
    assert (result.created, result.rejected) == (0, 3)
    assert queries.records(session, "customer").empty


def test_a_file_that_cannot_be_read_is_refused_in_words(database):
    with pytest.raises(Refused, match="No column"):
        commands.prepare_import(seed.company(database), "customer", b"colour\nblue\n", name="colours.csv")


INVOICES = "number,customer_id,txn_date,customer_memo\n1042,Alpine Outfitters,{},{}\nN-1,Alpine Outfitters,2026-01-31,a\nN-2,Alpine Outfitters,2026-02-01,b\n"
SOLD = b"number,item_id,quantity,unit_price\n1042,Anchor,2,19.90\nN-1,Anchor,1,19.90\nN-2,Anchor,1,19.90\n"


def invoices(session, day="2026-01-14", memo=""):
    return commands.prepare_import(session, "invoice", INVOICES.format(day, memo).encode(), name="invoices.csv", lines=SOLD, lines_name="lines.csv")


def test_an_import_changes_nothing_in_closed_books_and_leaves_alone_what_it_does_not_change(database):
    session = seed.busy(database).session
    commands.change_settings(session, {"closing_date": "2026-01-31"})
    same = invoices(session)
    assert (same.counts.new, same.counts.unchanged, same.counts.bad) == (1, 1, 1), same.problems
    prepared = invoices(session, memo="new")
    assert (prepared.counts.new, prepared.counts.changed, prepared.counts.bad) == (1, 0, 2)
    assert [(each.row, each.column) for each in prepared.problems] == [(2, "txn_date"), (3, "txn_date")]
    assert all("closed up to 2026-01-31" in each.message and each.remedy for each in prepared.problems)
    result = commands.apply_import(session, prepared)
    assert (result.created, result.changed, result.rejected) == (1, 0, 2)
    assert set(queries.records(session, "invoice")["label"]) == {"1042", "N-2"}


def test_a_document_is_not_dated_out_of_closed_books(database):
    session = seed.busy(database).session
    commands.change_settings(session, {"closing_date": "2026-01-31"})
    assert [each.value for each in invoices(session, day="2026-02-03").problems] == ["2026-01-14", "2026-01-31"]


def test_an_import_is_looked_at_anew_once_the_closing_date_has_moved(database):
    session = seed.busy(database).session
    prepared = invoices(session)
    assert prepared.problems == []
    commands.change_settings(session, {"closing_date": "2026-01-31"})
    with pytest.raises(Refused, match="new preview"):
        commands.apply_import(session, prepared)
    assert set(queries.records(session, "invoice")["label"]) == {"1042"}


def test_a_text_sets_what_it_says(database):
    session = seed.busy(database).session
    commands.change_settings(session, {"post_cogs": "off", "closing_date": "2026-01-31", "journal_prefix": "JE-"})
    values = queries.settings(session).set_index("name")["value"]
    assert (values["post_cogs"], values["closing_date"].isoformat(), values["journal_prefix"]) == (False, "2026-01-31", "JE-")
    assert lines(database, "setting changed") == [
        {"name": "post_cogs", "from": True, "to": False},
        {"name": "closing_date", "from": None, "to": "2026-01-31"},
        {"name": "journal_prefix", "from": "TO-", "to": "JE-"},
    ]
    commands.change_settings(session, {"closing_date": ""})
    assert queries.settings(session).set_index("name")["value"]["closing_date"] is None


def test_the_table_of_settings_has_a_row_for_each_in_the_order_of_the_groups(database):
    from syncengine.corrections import CORRECTIONS, Klass
    from syncengine.store.settings import SETTINGS, Group

    session = seed.busy(database).session
    commands.change_settings(session, {"allow_first_open_day": "on"})
    table = queries.settings(session)
    policies = sorted(each.setting for each in CORRECTIONS.values() if each.klass is Klass.POLICY)
    assert table["name"].tolist() == [*SETTINGS, *policies]
    assert table[table["group"] == "corrections"].set_index("name")["value"].to_dict() == {name: name == "allow_first_open_day" for name in policies}
    assert table["group"].drop_duplicates().tolist() == [str(group) for group in Group]
    assert table.set_index("name").loc["direction", "choices"] == ["both", "to quickbooks", "from quickbooks", "nothing"]
    assert table["own"].sum() == 1


def test_the_day_on_which_the_costs_of_a_drop_ship_order_are_posted_is_in_closed_books_too(database):
    session = seed.busy(database).session
    commands.change_settings(session, {"closing_date": "2026-01-31"})
    orders = "number,vendor_id,txn_date,drop_ship,status,closed_on,item_id,quantity,unit_cost\n"
    orders += "P-1,Ropeworks,2026-02-02,yes,closed,2026-01-31,Anchor,1,5\nP-2,Ropeworks,2026-02-02,yes,closed,2026-02-02,Anchor,1,5\n"
    inventory.save(database, "vendor", {"name": "Ropeworks"}, company=session.company_id)
    prepared = commands.prepare_import(session, "purchase_order", orders.encode(), name="orders.csv")
    assert [(each.row, each.column, each.value) for each in prepared.problems] == [(2, "closed_on", "2026-01-31")]
    assert "closed up to 2026-01-31" in prepared.problems[0].message
    assert commands.apply_import(session, prepared).created == 1
