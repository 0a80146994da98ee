"""Sync errors: the raw words one click away, what a cause means, and what now, where nobody here can put it right."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import commands
from syncengine.store import errors
from syncengine.store.tables import Error
from syncengine.ui import frame
from tests.unit.queries import seed
from tests.unit.ui.conftest import run, texts
from tests.unit.ui.failing import PAGE, error_of, known_as, offer, press


def test_quickbooks_own_words_are_one_click_away_and_named_by_the_address(open_page, busy):
    at = open_page(PAGE)
    assert "Duplicate Name Exists Error" not in texts(at)
    press(at, f"errors.{error_of(busy, 'Alpine Outfitters')['id']}.details")
    for said in (texts(at), texts(open_page(PAGE, error=str(error_of(busy, "Alpine Outfitters")["id"])))):
        assert "Duplicate Name Exists Error" in said
        assert "**Code** 6240" in said
        assert "1-abc" in said


@pytest.mark.parametrize("wanted", ["999", "x", "1" * 40, "-1"])
def test_an_address_of_no_error_says_so(open_page, busy, wanted):
    assert "There is no such error" in texts(open_page(PAGE, error=wanted))


def test_an_error_that_is_over_says_how_it_ended(open_page, busy):
    error = error_of(busy, "Bluebird Bakery")
    commands.retry(busy.session, [(int(error["outbox_id"]), int(error["version"]))])
    assert "Somebody pressed Retry" in texts(open_page(PAGE, error=str(error["id"])))


def test_the_help_of_a_cause_says_what_it_means_and_what_to_do(open_page, busy):
    offer(busy)
    at = open_page(PAGE, help="leave_email_out")
    said = texts(at)
    assert "The e-mail address is not valid." in said
    assert "Sends the record again unchanged in three more syncs." in said
    assert "There is no cause of that name." in texts(open_page(PAGE, help="nothing"))


def test_an_error_without_words_is_shown_all_the_same(open_page, busy):
    """S32: a failure without a message is still visible and traceable."""
    row = seed.row_of(busy.database, "vendor", busy.vendor)
    with busy.database.writing() as connection:
        errors.record(connection, row, seed.NOON, busy.cycle, errors.Report("local", "", "", ""))
    at = open_page(PAGE)
    assert "It failed, and no reason was given." in texts(at)
    assert "(none were given)" in texts(press(at, f"errors.{error_of(busy, 'Northern Chandlery')['id']}.details"))


@pytest.mark.parametrize("cause", ["unknown", "no_reason", "wrong_operation"])
def test_an_error_that_nobody_here_can_solve_says_what_now_and_offers_the_report(open_page, busy, cause):
    commands.change_settings(busy.session, {"support_address": "help@example.com"})
    at = open_page(PAGE, error=known_as(busy, "Bluebird Bakery", cause))
    said = texts(at)
    assert "What now" in said
    assert "it is a matter for support" in said
    assert "Add the downloaded file to the mail to help@example.com." in said
    at.toggle[0].set_value(True)
    run(at)
    report = at.code[0].value
    assert f'"correction": "{cause}"' in report
    assert "Bluebird" not in report
    assert "history" in report


def test_an_error_that_somebody_can_solve_says_the_steps_in_quickbooks_first(open_page, busy):
    said = texts(open_page(PAGE, error=known_as(busy, "Alpine Outfitters", "name_taken")))
    assert "What now" not in said
    assert "**In QuickBooks:** Look for the name with Search at the top" in said
    assert said.index("In QuickBooks:") < said.index("Does it not help, or come back?")


@pytest.mark.parametrize(("cause", "taken_out"), [("could_not_run", False), ("unknown", True)])
def test_only_where_a_record_is_to_blame_it_can_be_taken_out_meanwhile(open_page, busy, cause, taken_out):
    at = open_page("dashboard.py")
    at.switch_page(PAGE)
    at.query_params["help"] = cause
    run(at)
    assert "it is a matter for support" in texts(at)
    ways = [each.proto.label for each in at.get("page_link")]
    assert ("Take the record out of the queue meanwhile" in ways) is taken_out


def test_the_way_to_take_it_out_leads_to_the_row_of_its_record(open_page, busy, monkeypatch):
    led: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(frame.st, "page_link", lambda _, label, query_params, **__: led.update({label: query_params}))
    row = error_of(busy, "Bluebird Bakery")["outbox_id"]
    open_page(PAGE, error=known_as(busy, "Bluebird Bakery", "unknown"))
    assert led["Take the record out of the queue meanwhile"]["row"] == str(int(row))


def test_an_error_that_is_over_asks_nobody_for_help(open_page, busy):
    wanted = known_as(busy, "Bluebird Bakery", "unknown")
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == int(wanted)).values(closed_at=seed.NOON, closed_why="sent"))
    said = texts(open_page(PAGE, error=wanted))
    assert "QuickBooks took the record." in said
    assert "What now" not in said
