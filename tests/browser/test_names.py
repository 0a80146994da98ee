"""Classes in a real browser: staged names, the plan's limit, a name that somebody else changes meanwhile, deletion."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from syncengine import commands, queries
from syncengine.commands import SaveName
from tests.browser.conftest import settled
from tests.browser.hands import overwrite, placed, press, save, sync, ticked, write

#: What QuickBooks Online Plus allows of classes and departments together.
ALLOWED = 40


def all_but_one(session, *names):
    """These classes on both sides, and so many others that the plan has room for one more."""
    sync(session)
    room = ALLOWED - 1 - queries.tracking(session).used
    for name in [*names, *(f"Yard {number:02}" for number in range(room - len(names)))]:
        save(session, "class", {"name": name})
    assert sync(session)["result"] == "ok", queries.errors(session)["cause"].tolist()


def test_names_are_staged_within_the_plan_and_refused_where_somebody_else_was_first(installation, visit):
    session = installation.company("Names", sample="demo")
    page = visit("classes", company="Names")
    expect(page.get_by_text("Sync once.")).to_be_visible()
    all_but_one(session, "Harbour", "Inland", "Upland")
    page.reload()
    grid = page.get_by_test_id("stDataFrame").first
    expect(page.get_by_text("39 of the 40 classes and departments")).to_be_visible()

    page.get_by_test_id("stMain").get_by_role("link", name="What waits to be sent").click()
    expect(page.get_by_role("heading", name="Preview sync", level=1)).to_be_visible()
    page = visit("classes", company="Names", search="land")
    write(page, grid, 2, "Highland")
    write(page, grid, 3, "Lowland", under="Inland")
    expect(page.get_by_text("there would be 41")).to_be_visible()
    press(page, "Discard")
    expect(page.get_by_text("Nothing is saved before you press Apply.")).to_be_visible()

    # What one is about to rename is renamed by somebody else: nothing happens, and the present name is shown.
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "4")
    overwrite(page, grid, placed(grid, "Upland"), "Northland")
    expect(page.get_by_role("listitem").filter(has_text="rename to Northland")).to_be_visible()
    upland = int(queries.classes(session, search="Upland")["id"].iloc[0])
    commands.change_names(session, "class", [SaveName("Moorland", upland)])
    press(page, "Apply 1 change")
    expect(page.get_by_text("Upland has been changed since you saw it.")).to_be_visible()
    expect(page.get_by_text("Somebody has changed this list since you began. Discard shows it as it is now.")).to_be_visible()
    assert queries.classes(session)["name"].tolist().count("Northland") == 0
    press(page, "Discard")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_enabled()
    search.fill("Moor")
    search.press("Enter")
    expect(page).to_have_url(re.compile("search=Moor"))
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "3")
    settled(page)

    # Deleted, and made room for another.
    ticked(page, "Moorland")
    page.get_by_role("button", name="Delete row(s)").click()
    expect(page.get_by_role("listitem").filter(has_text="Delete Moorland")).to_be_visible()
    press(page, "Apply 1 change")
    expect(page.get_by_text("Saved. The next sync carries it to QuickBooks.")).to_be_visible()
    sync(session)
    active = queries.tracking(session).used
    there = installation.in_quickbooks(session, "SELECT * FROM Class WHERE Active IN (true, false)")
    assert [each["Active"] for each in there if each["Name"].startswith(("Moorland", "Upland"))] == [False]
    assert active == ALLOWED - 2
