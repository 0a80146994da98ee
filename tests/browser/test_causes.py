"""A cause that concerns several records: looked into, reported to support, retried, corrected for all, and taken back."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import settled, until
from tests.browser.hands import placed, press, pressed_in_time, save, sync, table, taken, ticked, unaware

#: The books are closed up to the second of these days.
BEFORE, CLOSED = date(2026, 3, 10), date(2026, 3, 31)
INVOICES = ("CLO-701", "CLO-702", "CLO-703")


def failing(session):
    """The labels of what needs somebody."""
    return sorted(queries.errors(session)["label"])


def in_closed_books(installation, session):
    """Three invoices of a day that is closed in QuickBooks; their ids here by number."""
    sync(session)
    installation.bookkeeper(session, action="close_books", date=CLOSED.isoformat())
    customer = save(session, "customer", {"name": "Harbour Supply", "email": "office@harbour.example.com"})
    lines = [{"item_id": save(session, "item", {"name": "Rigging", "type": "Service"}), "quantity": 1, "unit_price": Decimal(80)}]
    return {each: save(session, "invoice", {"number": each, "customer_id": customer, "txn_date": BEFORE}, lines) for each in INVOICES}


def foreseen(page, number):
    """Look at what would be done about the ticked error, and leave it."""
    page.locator(".st-key-errors-records-fix").get_by_role("button").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=f"Invoice {number}")).to_be_visible()
    expect(drawer.get_by_role("row", name="Date 2026-03-10")).to_contain_text("2026-04-01")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    settled(page)


def reported(page, kept):
    """Look at the report about the ticked error, and take it: nothing of what is kept back stands in it."""
    page.locator(".st-key-errors-records-details").get_by_role("button").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Report for support").click()
    page.get_by_text("Look at the whole report").click()
    expect(page.get_by_text('"versions"')).to_be_visible()
    report = taken(page, "Download the report").read_text()
    assert json.loads(report)["errors"][0]["code"]
    assert not [word for word in kept if word in report]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    settled(page)


def test_a_cause_is_reported_retried_row_by_row_corrected_for_all_and_taken_back(installation, visit, page):
    page.clock.install()
    session = installation.company("Causes")
    visit("errors", company="Causes")
    ids = in_closed_books(installation, session)
    press(page, "Sync now")
    expect(page.get_by_text("3 records failed, for 1 cause")).to_be_visible()
    press(page, "Show the records")
    records = page.get_by_test_id("stDataFrame").first
    first, second, third = sorted(INVOICES, key=lambda number: placed(records, number))

    # What nobody here could put right goes to support, without a word of what the books hold.
    ticked(page, second)
    foreseen(page, second)
    reported(page, ("Harbour", "CLO-70", "harbour.example", "Rigging", "Causes", installation.realm(session)))

    # Rows move while one looks: the second is ticked, and the third stands in its place by the time of the click.
    retry = page.locator(".st-key-errors-records-retry").get_by_role("button")
    for _ in range(3):
        first, second, third = sorted(INVOICES, key=lambda number: placed(records, number))
        if not retry.is_enabled():
            ticked(page, second)
        expect(retry).to_be_enabled()
        with unaware(page):
            save(session, "invoice", {"id": ids[first], "txn_date": date(2026, 4, 2)})
            left = sorted([second, third])
            until(lambda left=left: failing(session) == left)
            was_in_time = pressed_in_time(retry)
        if was_in_time:
            break
        # It was being drawn anew already, and let go of the choice: nothing could be pressed, so all of it is done once more.
        save(session, "invoice", {"id": ids[first], "txn_date": BEFORE})
        sync(session)
        assert failing(session) == sorted(INVOICES)
        page.reload()  # what it showed so far are the rows as they were before that sync
        expect(page.get_by_text("3 records").first).to_be_visible()
        settled(page)
    assert was_in_time, "The page was drawn anew before each of the clicks: the scene was never seen."
    expect(page.get_by_text("1 will be tried with the next sync.")).to_be_visible()
    assert failing(session) == [third]
    sync(session)
    expect(page.get_by_text("2 records").first).to_be_visible()
    assert [each["DocNumber"] for each in installation.in_quickbooks(session, "SELECT * FROM Invoice")] == [first]

    press(page, "Do it for all")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("table")).to_contain_text(third)
    drawer.get_by_role("button", name="Do it for 2 records").click()
    expect(page.get_by_text("No record fails for this cause any more.")).to_be_visible()
    there = installation.in_quickbooks(session, f"SELECT * FROM Invoice WHERE DocNumber = '{third}'")
    assert [each["TxnDate"] for each in there] == ["2026-04-01"]

    page.get_by_text("Corrected lately: 2").click()
    ticked(page, second)
    press(page, "Take it back")
    expect(page.get_by_text("Taken back: our own values go to QuickBooks with the next sync.")).to_be_visible()
    expect(table(page)).to_contain_text("Taken back")
