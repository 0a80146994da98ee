"""Records in a real browser: found by their list, sent again as they were ticked, though rows come in between."""

from __future__ import annotations

from playwright.sync_api import expect

from syncengine import commands, queries
from tests.browser.conftest import settled
from tests.browser.hands import called, placed, press, save, sync, table, ticked


def waiting(session):
    return sorted(queries.queue(session)["label"])


def test_the_record_that_was_ticked_is_sent_again_and_all_that_match_only_while_they_are_as_many(installation, visit):
    session = installation.company("Lists")
    page = visit("records", company="Lists")
    expect(page.get_by_text("There is no record yet.")).to_be_visible()
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

    # One is opened, sent again, and left again for its list.
    ticked(page, "Birch Supply")
    press(page, "Open")
    expect(page.get_by_role("heading", name="Customer Birch Supply")).to_be_visible()
    press(page, "Add to sync")
    expect(page.get_by_text("It is in the queue again.")).to_be_visible()
    press(page, "All customer records")
    expect(called(page, "button", "Add to sync")).to_be_disabled()
    expect(table(page)).to_contain_text("Elm Supply")
