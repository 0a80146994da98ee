"""What waits, in a real browser: narrowed by every field, tried again, moved, gone to, and taken along as a file."""

from __future__ import annotations

import re

import pandas as pd
from playwright.sync_api import expect

from syncengine import commands, queries
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, go, press, save, sync, table, taken, ticked, unfold


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


def led_to_its_setting(visit, session):
    """What rests by a setting leads there."""
    commands.change_settings(session, {"direction": "from quickbooks"})
    row = queries.queue(session).set_index("label")["id"]["Harbour North"]
    page = visit("preview", company="Queueing", row=str(row))
    page.get_by_role("dialog").get_by_role("link", name="Change the setting:").click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()


def test_the_queue_is_narrowed_tried_again_moved_and_led_to_its_records(installation, visit):
    session = installation.company("Queueing")
    page = visit("preview", company="Queueing")
    led_away(page)
    save(session, "customer", {"name": "Refused Supply", "email": "refused@b"})
    sync(session)
    harbour = save(session, "customer", {"name": "Harbour North"})
    save(session, "customer", {"name": "Harbour South"})
    save(session, "vendor", {"name": "Harbour Ropes"})
    page.reload()
    settled(page)
    expect(page.get_by_text("The last sync failed first at this row: Customer Refused Supply.")).to_be_visible()

    # From there to the errors of just this record, and back.
    called(page, "link", "Sync errors").click()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("Refused Supply")
    expect(page).to_have_url(re.compile(r"about=Refused(\+|%20)Supply"))
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
    unfold(page, "Download")
    file = pd.read_csv(taken(page, "CSV"))
    assert file["Record"].tolist() == ["Customer Harbour North", "Customer Harbour South"]
    page.keyboard.press("Escape")
    press(page, "All 2 that match")
    page.get_by_role("button", name="Move to bottom 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Move to bottom 2 records").click()
    expect(page.get_by_text("2 moved to the bottom.")).to_be_visible()
    assert labels(session) == ["Refused Supply", "Harbour Ropes", "Harbour North", "Harbour South"]

    # The one that failed is tried again, with its tries counted anew.
    page = visit("preview", company="Queueing", state="Needs+attention")
    ticked(page, "Refused Supply")
    press(page, "Retry")
    expect(page.get_by_text("1 will be tried again with the next sync.")).to_be_visible()
    expect(page.get_by_text("Nothing in the queue matches.")).to_be_visible()
    assert queries.trouble_counts(session).errors == 0

    page = visit("preview", company="Queueing", search="harbour+north")
    ticked(page, "Harbour North")
    called(page, "link", "Go to the record").click()
    expect(page.get_by_role("heading", name="Customer Harbour North")).to_be_visible()
    expect(page).to_have_url(f"{installation.url}/records?company=Queueing&kind=customer&record={harbour}")
    expect(table(page)).to_contain_text("oved to bottom")

    led_to_its_setting(visit, session)
