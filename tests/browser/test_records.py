"""Records in a real browser: found by their list, sent again as they were ticked, though rows come in between."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
from playwright.sync_api import expect

from syncengine import commands, inventory, queries
from syncengine.store import audit
from syncengine.ui.queued import FIRST
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, go, placed, press, save, sync, table, taken, ticked, unfold


def waiting(session):
    return sorted(queries.queue(session)["label"])


def lived_long(session, label):
    """So much has happened to the customer of this name that not all of it is shown at first; its id."""
    record_id = int(queries.records(session, "customer", search=label)["id"].iloc[0])
    line = audit.Line("queued", "inventory", "customer", record_id)
    with session.database.writing() as connection:
        audit.write(connection, session.company_id, session.clock.now() - timedelta(days=1), [line] * FIRST)
    return record_id


def timeline_is_read(page, name, happened):
    """What happened to a record, as far as it is asked for; a request is a click away, and all of it goes into a file."""
    total = len(happened)
    rows = table(page).locator("tbody tr")

    def only(what):
        settled(page)
        page.get_by_role("radio", name=what, exact=True).click()

    only("Decisions")
    expect(page.get_by_text("None of these so far.")).to_be_visible()
    only("By people")
    expect(rows).to_have_text([re.compile(each) for each in ("Added to sync", "Waits again", "Added to sync", "Queued")])
    only("Sent and answered")
    expect(page).to_have_url(re.compile("events=Sent"))
    expect(rows).to_have_text([re.compile("Accepted by QuickBooks"), re.compile("Create sent")])
    ticked(page, "Create sent")
    expect(page.get_by_text("Request, exactly as it was sent")).to_be_visible()
    expect(page.get_by_test_id("stCode")).to_contain_text(f'"DisplayName": "{name}"')
    only("Everything")
    expect(table(page)).to_have_attribute("aria-rowcount", str(FIRST + 1))  # and the titles
    unfold(page, "Download")
    for file in (pd.read_csv(taken(page, "CSV")), pd.read_excel(taken(page, "XLSX"))):
        assert len(file) == total
        assert {"added to sync", "accepted by QuickBooks", "create sent"} <= set(file["What"])
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_test_id("stCheckbox").get_by_text(f"All {total} events").click()
    expect(table(page)).to_have_attribute("aria-rowcount", str(total + 1))


def seen_in_quickbooks(page, name):
    """A record's twin, in QuickBooks' own pages."""
    with page.context.expect_page() as coming:
        called(page, "link", "View in QuickBooks").click()
    expect(coming.value.get_by_text(name).first).to_be_visible()
    coming.value.close()


def test_the_record_that_was_ticked_is_sent_again_and_all_that_match_only_while_they_are_as_many(installation, visit):
    session = installation.company("Lists")
    page = visit("records", company="Lists")
    expect(page.get_by_text("There is no record yet.")).to_be_visible()
    called(page, "link", "Import").click()
    expect(page.get_by_role("heading", name="Import", level=1, exact=True)).to_be_visible()
    go(page, "Records")
    for name in ("Birch Supply", "Cedar Supply", "Dogwood Works"):
        save(session, "customer", {"name": name})
    sync(session)
    page.reload()
    ticked(page, "Customer")
    press(page, "Open list")
    expect(page.get_by_text("1-3 of 3")).to_be_visible()
    settled(page)  # what is typed while a page is still being drawn can be lost
    search = page.get_by_role("searchbox", name="Search")
    search.fill("Supply")
    search.press("Enter")
    expect(page.get_by_text("1-2 of 2")).to_be_visible()
    grid = page.get_by_test_id("stDataFrame").first
    ticked(page, "Cedar Supply")
    expect(page.get_by_text("1 record selected")).to_be_visible()

    # A record comes in above: what is meant is what was ticked, whatever stands at its place by now.
    save(session, "customer", {"name": "Ash Supply"})
    commands.remove(session, [(int(row["id"]), int(row["version"])) for _, row in queries.queue(session).iterrows()])
    press(page, "Add to sync")
    expect(page.get_by_text("1 added to the queue.")).to_be_visible()
    assert waiting(session) == ["Cedar Supply"]
    assert placed(grid, "Ash Supply") == 0

    # All that match are as many as was said, or none is queued.
    press(page, "Add all that match")
    save(session, "customer", {"name": "Elm Supply"})
    page.get_by_role("button", name="Add all 3").click()
    expect(page.get_by_text("4 records match by now, not 3 as you saw.")).to_be_visible()
    assert waiting(session) == ["Cedar Supply", "Elm Supply"]
    page.keyboard.press("Escape")
    press(page, "Add all that match")
    page.get_by_role("button", name="Add all 4").click()
    expect(page.get_by_text("added to the queue.")).to_be_visible()
    assert waiting(session) == ["Ash Supply", "Birch Supply", "Cedar Supply", "Elm Supply"]

    # One is opened, sent again, looked into, and left again for its list.
    birch = lived_long(session, "Birch Supply")
    ticked(page, "Birch Supply")
    press(page, "Open")
    expect(page.get_by_role("heading", name="Customer Birch Supply")).to_be_visible()
    press(page, "Add to sync")
    expect(page.get_by_text("It is in the queue again.")).to_be_visible()
    timeline_is_read(page, "Birch Supply", queries.timeline(session, "customer", birch))
    seen_in_quickbooks(page, "Birch Supply")
    press(page, "All customer records")
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    settled(page)  # for a moment the record's own button stands beside the list's
    expect(called(page, "button", "Add to sync")).to_be_disabled()
    expect(table(page)).to_contain_text("Elm Supply")


def adjusted(session, *numbers):
    """Adjustments of stock that both sides have; their ids by number."""
    sync(session)
    commands.change_settings(session, {"asset_account": "Inventory Asset", "adjustment_account": "Inventory Shrinkage"})
    item = save(session, "item", {"name": "Anchor"})
    lines = [{"item_id": item, "quantity": Decimal(2), "unit_cost": Decimal(10)}]
    ids = {
        each: save(session, "adjustment", {"number": each, "txn_date": date(2026, 3, day)}, lines)
        for day, each in enumerate(numbers, start=10)
    }
    assert sync(session)["result"] == "ok", queries.errors(session)["cause"].tolist()

    def recount(number):
        """Another quantity here, which is not to be sent by itself."""
        save(session, "adjustment", {"id": ids[number]}, [{**lines[0], "quantity": Decimal(5)}])
        commands.remove(session, [(int(row["id"]), int(row["version"])) for _, row in queries.queue(session).iterrows()])

    return ids, recount


def dated(page, label, day):
    """Write a day into a field of the list; the list shows what it says."""
    settled(page)
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(day)
    page.get_by_role("heading", name="Records", level=1).click()


def narrowed_by_state_and_day(visit):
    """The list of a kind that has days: what waits, then what is of some days only, all of which stands in the address."""
    page = visit("records", company="Tying", kind="adjustment")
    rows = table(page).locator("tbody tr")
    expect(page.get_by_text("Adjustment: 1-2 of 2")).to_be_visible()
    choose(page, "State", "Waiting")
    expect(rows).to_have_text([re.compile("ADJ-3")])
    choose(page, "State", "In QuickBooks")
    expect(rows).to_have_text([re.compile("ADJ-1")])
    choose(page, "State", "Any")
    expect(rows).to_have_count(2)
    dated(page, "From", "20260312")
    expect(rows).to_have_text([re.compile("ADJ-3")])
    dated(page, "To", "20260311")
    expect(page.get_by_text("No adjustment is in this state, or on these days.")).to_be_visible()
    dated(page, "From", "20260310")
    expect(rows).to_have_text([re.compile("ADJ-1")])
    expect(page).to_have_url(re.compile("since=2026-03-10&until=2026-03-11"))


def compared_with_what_agrees(page):
    """The report as a file, of either sort: what differs only, and on demand all."""

    def taken_along(states):
        unfold(page, "Download")
        for file in (pd.read_csv(taken(page, "CSV")), pd.read_excel(taken(page, "XLSX"))):
            assert dict(zip(file["Record"], file["How they stand"], strict=True)) == states
        page.keyboard.press("Escape")

    def asked(number):
        page.get_by_test_id("stCheckbox").get_by_text("Also what agrees").click()
        expect(page.get_by_text("Compares what each record is worth now")).to_be_visible()
        press(page, "Compare")
        expect(page.get_by_text(f"{number} records, compared")).to_be_visible()

    differ = dict.fromkeys(("ADJ-2", "ADJ-3"), "≠ value differs")
    taken_along(differ)
    asked(3)
    taken_along({"ADJ-1": "✓ agrees", **differ})
    asked(2)


def test_what_differs_is_compared_anew_and_sent_again_by_the_row_that_was_ticked(installation, awake, visit):
    session = installation.company("Tying")
    ids, recount = adjusted(session, "ADJ-1", "ADJ-2", "ADJ-3")
    page = visit("records", company="Tying", view="Reconcile")
    choose(page, "Report", "Journal entries")
    choose(page, "Records", "Adjustment")
    press(page, "Compare")
    expect(page.get_by_text("Every adjustment that posts agrees with QuickBooks.")).to_be_visible()
    recount("ADJ-2")
    recount("ADJ-3")
    press(page, "Compare")
    expect(page.get_by_text("2 records, compared")).to_be_visible()
    expect(table(page)).to_contain_text("Journal entry")
    compared_with_what_agrees(page)
    ticked(page, "ADJ-3")
    expect(called(page, "button", "Add to queue")).to_be_enabled()

    # Another row comes in above: nothing is chosen any more, rather than what stands at the old place.
    recount("ADJ-1")
    press(page, "Compare")
    expect(page.get_by_text("3 records, compared")).to_be_visible()
    expect(called(page, "button", "Add to queue")).to_be_disabled()
    ticked(page, "ADJ-3")
    press(page, "Add to queue")
    expect(page.get_by_text("1 added to the queue.")).to_be_visible()
    assert waiting(session) == ["ADJ-3"]

    # One of two that are ticked is gone by the time of the click: that is said, and no other is queued in its place.
    ticked(page, "ADJ-2")
    expect(called(page, "button", "Open")).to_be_disabled()
    inventory.delete(installation.database, "adjustment", ids["ADJ-2"], session.company_id)
    press(page, "Add to queue")
    expect(page.get_by_text("is no longer there.")).to_be_visible()
    assert queries.acts(session, act="added to sync")["label"].tolist() == ["ADJ-3", "ADJ-3"]
    ticked(page, "ADJ-2")
    expect(page.get_by_text("is no longer there.")).to_have_count(0)
    settled(page)  # as what was said is gone, all moves up: for a moment the old buttons stand below the new ones
    expect(called(page, "button", "Open")).to_be_enabled()
    press(page, "Open")
    expect(page.get_by_role("heading", name="Adjustment ADJ-3")).to_be_visible()
    narrowed_by_state_and_day(visit)
