"""What waits, in a real browser: narrowed by every field, tried again, moved, gone to, and taken along as a file."""

from __future__ import annotations

import re

import pandas as pd
from playwright.sync_api import expect

from syncengine import commands, queries
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, go, press, save, sync, table, taken, ticked, unfold

#: Customers whose address QuickBooks refuses. They are sent at one time: which answer comes first, nobody knows.
REFUSED = ("Refused Supply", "Refused Tools", "Refused Works")


def labels(session):
    return queries.queue(session)["label"].tolist()


def led_away(page):
    """What an empty queue leads to, and back."""
    expect(page.get_by_text("Nothing waits. What you save in the inventory will appear here.")).to_be_visible()
    for link, title in (("See all records", "Records"), ("Import a file", "Import")):
        called(page, "link", link).click()
        expect(page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
        go(page, "Preview sync")


def narrowed_further(page):
    """By the other fields of the filter, each of which is told."""
    press(page, "More filters")
    choose(page, "What happens", "New in QuickBooks")
    expect(page.get_by_text("Only: New in QuickBooks")).to_be_visible()
    choose(page, "State", "Will be sent")
    choose(page, "Queued by", "The inventory")
    expect(page.get_by_text("Only: Will be sent, New in QuickBooks, The inventory")).to_be_visible()
    party = page.get_by_role("textbox", name="Customer or vendor")
    for text, found in (("nobody", "Nothing in the queue matches."), ("harbour", "Rows 1-2 of 2 that match")):
        party.fill(text)
        party.press("Enter")
        expect(page.get_by_text(found)).to_be_visible()


def taken_along(page):
    """What matches as a file, of either sort."""
    unfold(page, "Download")
    for file in (pd.read_csv(taken(page, "CSV")), pd.read_excel(taken(page, "XLSX"))):
        assert file["Record"].tolist() == ["Customer Harbour North", "Customer Harbour South"]
        assert file["State"].tolist() == ["Waiting", "Waiting"]
    page.keyboard.press("Escape")


def tried_again(page, session):
    """What failed: all of it after a second thought, one that was ticked, one in its drawer; each then waits like the others."""
    before = labels(session)
    first, second, third = before[: len(REFUSED)]
    unfold(page, "All 3 that match").get_by_role("button", name="Retry 3").click()
    question = page.get_by_role("dialog")
    expect(question.get_by_role("heading", name="Try 3 records again with the next sync?")).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    assert (queries.trouble_counts(session).errors, labels(session)) == (3, before)

    # One that is to be sent last stays among what failed, and stands last once it is tried again.
    ticked(page, first)
    press(page, "Move to bottom")
    expect(page.get_by_text("1 moved to the bottom.")).to_be_visible()
    ticked(page, first)
    press(page, "Retry")
    expect(page.get_by_text("1 will be tried again with the next sync.")).to_be_visible()
    expect(page.get_by_text("Rows 1-2 of 2 that match")).to_be_visible()
    expect(table(page)).not_to_contain_text(first)
    assert labels(session) == [*before[1:], first]

    ticked(page, second)
    press(page, "Look closer")
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_text("Rows 1-1 of 1 that match")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(table(page)).to_contain_text(third)
    unfold(page, "All 1 that match").get_by_role("button", name="Retry 1").click()
    question.get_by_role("button", name="Retry 1 record").click()
    expect(page.get_by_text("1 will be tried again with the next sync.")).to_be_visible()
    expect(page.get_by_text("Nothing in the queue matches.")).to_be_visible()
    assert queries.trouble_counts(session).errors == 0


def held_back(visit, session):
    """What rests by a setting stands apart; it is looked at, moved and taken out there, and leads to the setting."""
    commands.change_settings(session, {"direction": "from quickbooks"})
    page = visit("preview", company="Queueing", search="harbour")
    expect(page.get_by_role("heading", name="Held back")).to_be_visible()
    expect(page.get_by_role("heading", name="Will be sent")).to_have_count(0)
    rows = table(page).locator("tbody tr")
    expect(rows).to_have_text([re.compile(f"Harbour {name}") for name in ("Ropes", "North", "South")])
    ticked(page, "Harbour Ropes")
    press(page, "Move to bottom")
    expect(page.get_by_text("1 moved to the bottom.")).to_be_visible()
    expect(rows).to_have_text([re.compile(f"Harbour {name}") for name in ("North", "South", "Ropes")])
    ticked(page, "Harbour South")
    press(page, "Remove")
    expect(page.get_by_text("1 removed.")).to_be_visible()
    expect(rows).to_have_text([re.compile(f"Harbour {name}") for name in ("North", "Ropes")])
    ticked(page, "Harbour North")
    press(page, "Look closer")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Customer Harbour North")).to_be_visible()
    expect(drawer.get_by_text("the company's settings send nothing to QuickBooks")).to_be_visible()
    drawer.get_by_role("link", name="Change the setting:").click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()


def test_the_queue_is_narrowed_tried_again_moved_and_led_to_its_records(installation, visit):
    session = installation.company("Queueing")
    page = visit("preview", company="Queueing")
    led_away(page)
    for name in REFUSED:
        save(session, "customer", {"name": name, "email": "refused@b"})
    sync(session)
    refused = labels(session)
    harbour = save(session, "customer", {"name": "Harbour North"})
    save(session, "customer", {"name": "Harbour South"})
    save(session, "vendor", {"name": "Harbour Ropes"})
    page.reload()
    settled(page)
    expect(page.get_by_text("The last sync failed first at this row: Customer " + refused[0])).to_be_visible()

    # From there to the errors of just this record, and back.
    called(page, "link", "Sync errors").click()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value(refused[0])
    expect(page).to_have_url(re.compile("about=" + re.sub(" ", r"(\\+|%20)", refused[0])))
    page.get_by_test_id("stSidebar").get_by_role("link", name="Preview sync").click()
    expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
    settled(page)

    # Every field of the filter narrows, stands in the address, and survives a reload.
    page.get_by_role("searchbox", name="Search").fill("harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Rows 1-3 of 3 that match")).to_be_visible()
    choose(page, "Kind", "Customer")
    expect(page.get_by_text("Rows 1-2 of 2 that match")).to_be_visible()
    narrowed_further(page)
    page.reload()
    settled(page)
    expect(page.get_by_text("Rows 1-2 of 2 that match")).to_be_visible()
    taken_along(page)
    press(page, "All 2 that match")
    page.get_by_role("button", name="Move to bottom 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Move to bottom 2 records").click()
    expect(page.get_by_text("2 moved to the bottom.")).to_be_visible()
    assert labels(session) == [*refused, "Harbour Ropes", "Harbour North", "Harbour South"]
    tried_again(visit("preview", company="Queueing", state="Needs+attention"), session)

    page = visit("preview", company="Queueing", search="harbour+north")
    ticked(page, "Harbour North")
    called(page, "link", "Go to the record").click()
    expect(page.get_by_role("heading", name="Customer Harbour North")).to_be_visible()
    expect(page).to_have_url(f"{installation.url}/records?company=Queueing&kind=customer&record={harbour}")
    expect(table(page)).to_contain_text("oved to bottom")

    held_back(visit, session)
