"""A firm's bookkeeper in a real browser: every company at a glance, page by page; one opened, one added, one renamed."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import cell, settled
from tests.browser.hands import choose, placed, press, save, table

#: So many that they do not fit on one page, whatever else is there.
CLIENTS = tuple(f"ZZ client {number:02}" for number in range(1, 12))


def test_a_bookkeeper_finds_a_client_among_many_opens_adds_and_renames_one(installation, visit, context):
    sessions = {name: installation.company(name) for name in CLIENTS}
    save(sessions[CLIENTS[-1]], "customer", {"name": "Waits"})
    names = sorted(queries.companies(installation.database)["name"])
    page = visit("companies", company=CLIENTS[0])
    place = names.index(CLIENTS[-1])
    expect(page.get_by_text(f"{len(names)} companies")).to_be_visible()
    page.get_by_test_id("stPagination").get_by_text(str(place // 10 + 1), exact=True).click()
    grid = page.get_by_test_id("stDataFrame").first
    row = placed(grid, CLIENTS[-1])
    assert row == place % 10
    expect(table(page).locator("tbody tr").nth(row)).to_contain_text("1")
    with context.expect_page() as coming:
        page.mouse.move(*cell(grid, row, left=50))
        page.mouse.click(*cell(grid, row, left=50))
    client = coming.value
    settled(client)
    expect(client.get_by_role("combobox", name="Company")).to_have_value(CLIENTS[-1])
    client.close()

    page.get_by_test_id("stMain").get_by_role("link", name="Add a company, or rename this one").click()
    expect(page.get_by_role("heading", name="Another company")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("ZZ Newcomer")
    page.keyboard.press("Tab")
    choose(page, "It talks to", "A sample: an empty company")
    choose(page, "Time zone", "Europe/Lisbon")
    press(page, "Add this company")
    expect(page.get_by_text("Added, and you are looking at it now. Press Sync now to begin.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"company=ZZ(\+|%20)Newcomer"))
    press(page, "Time zone of this company")
    expect(page.get_by_role("combobox", name="Time zone of the company")).to_have_value("Europe/Lisbon")
    page.get_by_role("radio", name="Company", exact=True).click()
    name = page.get_by_role("textbox", name="Name here")
    expect(name).to_have_value("ZZ Newcomer")
    name.fill("ZZ Harbour")
    name.press("Enter")
    press(page, "Rename")
    expect(page.get_by_text("Renamed.")).to_be_visible()
    page.reload()
    settled(page)
    picker = page.get_by_role("combobox", name="Company")
    expect(picker).to_have_value("ZZ Harbour")
    # The picker leads from one to another, on the same page.
    choose(page, "Company", CLIENTS[3])
    expect(page).to_have_url(re.compile(r"company=ZZ(\+|%20)client(\+|%20)04"))
    expect(page.get_by_role("textbox", name="Name here")).to_have_value(CLIENTS[3])
    page.go_back()
    shown(page, "ZZ Harbour")
    returned_to_no_company(page, installation, CLIENTS[3])


def shown(page, name):
    """The page shows the company that its address names."""
    expect(page).to_have_url(re.compile(rf"[?&]company={re.sub(' ', '( |[+]|%20)', name)}(&|$)"))
    settled(page)
    expect(page.get_by_role("combobox", name="Company")).to_have_value(name)


def returned_to_no_company(page, installation, name):
    """Go back in the browser, over the first company, to the address that named none: a reload there shows the one that was open."""
    page.goto(f"{installation.url}/preview")
    settled(page)
    first = page.get_by_role("combobox", name="Company").input_value()
    shown(page, first)
    choose(page, "Company", name)
    shown(page, name)
    page.evaluate("new Promise(led => { addEventListener('popstate', led, {once: true}); history.go(-2) })")
    shown(page, name)
    page.go_forward()  # it was put in the place of that address: nothing that came after it is lost
    shown(page, first)
    page.go_back()
    page.reload()
    shown(page, name)
