"""Preview sync in a real browser: rows move between a look and a click, and only what was seen is acted on."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect
from sqlalchemy import update

from syncengine import queries
from syncengine.store.tables import Outbox
from tests.browser.conftest import settled
from tests.browser.hands import save
from tests.browser.test_dashboard import queue


def moves_on(installation, label):
    """Somebody else acts on the row."""
    with installation.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == label).values(version=Outbox.version + 1))


def labels(session):
    return queries.queue(session)["label"].tolist()


def ask_to_remove(page):
    page.get_by_role("button", name="that match").click()
    page.get_by_role("button", name="Remove 2").click()
    expect(page.get_by_text("Remove 2 records from the queue?")).to_be_visible()


def test_everything_that_matches_is_what_the_question_was_about_or_nothing(installation, visit):
    session = queue(installation, "Matching", "North One", "North Two", "South")
    page = visit("preview", company="Matching", search="north")
    ask_to_remove(page)
    moves_on(installation, "North Two")
    page.get_by_role("dialog").get_by_role("button", name="Remove 2 records").click()
    expect(page.get_by_text("has moved on since you looked")).to_be_visible()
    assert len(labels(session)) == 3
    ask_to_remove(page)
    page.get_by_role("dialog").get_by_role("button", name="Remove 2 records").click()
    expect(page.get_by_text("2 removed from the queue.")).to_be_visible()
    assert labels(session) == ["South"]
    page.get_by_role("button", name="Add 2 back").click()
    expect(page.get_by_text("2 added back, at the end of the queue.")).to_be_visible()
    assert labels(session) == ["South", "North One", "North Two"]


def test_a_drawer_acts_on_the_row_as_it_was_shown_or_refuses(installation, visit):
    session = queue(installation, "Drawers", "Alpine", "Bluebird")
    row = int(queries.queue(session)["id"].iloc[0])
    page = visit("preview", company="Drawers", row=str(row))
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("What is sent")).to_be_visible()
    moves_on(installation, "Alpine")
    drawer.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("has moved on since you saw it")).to_be_visible()
    assert labels(session) == ["Alpine", "Bluebird"]
    page = visit("preview", company="Drawers", row=str(row))
    drawer.get_by_role("button", name="Move to bottom").click()
    expect(page.get_by_text("1 moved to the bottom.")).to_be_visible()
    expect(drawer).to_have_count(0)
    assert labels(session) == ["Bluebird", "Alpine"]


def test_a_drawer_leads_to_the_row_that_goes_first_and_to_its_record(installation, visit):
    session = queue(installation, "Steps", "Alpine")
    [alpine] = queries.records(session, "customer")["id"]
    line = {"item_id": save(session, "item", {"name": "Rigging", "type": "Service"}), "quantity": 1, "unit_price": Decimal(80)}
    save(session, "invoice", {"number": "ST-1", "customer_id": int(alpine), "txn_date": date(2026, 3, 10)}, [line])
    rows = queries.queue(session).set_index("label")["id"]
    page = visit("preview", company="Steps", row=str(rows["ST-1"]))
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Invoice ST-1")).to_be_visible()
    expect(drawer.get_by_test_id("stCode")).to_be_visible()
    drawer.get_by_text("Payload, exactly as it would be sent").click()
    expect(drawer.get_by_test_id("stCode")).not_to_be_visible()
    drawer.get_by_role("button", name="Customer Alpine").click()
    expect(drawer.get_by_role("heading", name="Customer Alpine")).to_be_visible()
    expect(page).to_have_url(re.compile(f"row={rows['Alpine']}"))
    settled(page)
    drawer.get_by_role("link", name="Go to the record").click()
    expect(page.get_by_role("heading", name="Customer Alpine", exact=True)).to_be_visible()
