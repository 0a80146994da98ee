"""The accounting lists and the two that are edited, in a real browser: narrowed, paged, looked into, taken away; a page that is closed."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import settled
from tests.browser.hands import downloaded, overwrite, placed, press, put_under, retire, save, sync, table, taken, ticked, write


def delivered(session, days):
    """Item receipts of these days by number, each of which posts a bill."""
    sync(session)
    vendor, item = save(session, "vendor", {"name": "Ropeworks"}), save(session, "item", {"name": "Anchor"})
    line = {"item_id": item, "quantity": Decimal(2), "unit_cost": Decimal(10)}
    for number, day in days.items():
        save(session, "item_receipt", {"number": number, "txn_date": day, "vendor_id": vendor, "posts_as": "bill"}, [line])
    assert sync(session)["result"] == "ok", queries.errors(session)["cause"].tolist()


def test_a_list_is_narrowed_looked_into_and_taken_away_and_tells_what_drifted(installation, awake, visit):
    session = installation.company("Listing")
    delivered(session, {"IR-1": date(2026, 3, 2), "IR-2": date(2026, 3, 9), "IR-3": date(2026, 3, 16)})
    bills = queries.accounting_list(session, "bills")
    ids = dict(bills[["source", "qbo_id"]].to_numpy().tolist())
    changes = {"PrivateNote": "Paid in cash"}
    installation.bookkeeper(session, action="edit", entity="Bill", id=ids["Item receipt IR-2"], changes=changes)
    for number in range(10):
        account = {"Name": f"Yard {number}", "AccountType": "Expense", "AccountSubType": "OtherMiscellaneousServiceCost"}
        installation.bookkeeper(session, action="create", entity="Account", object=account)
    sync(session)
    page = visit("bills", company="Listing")
    expect(page.get_by_text("1-3 of 3.")).to_be_visible()
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("table[role=grid] tbody tr").nth(placed(grid, "IR-2"))).to_contain_text("Changed in QuickBooks")

    drifted(page)
    page = visit("bills", company="Listing")
    expect(page.get_by_text("1-3 of 3.")).to_be_visible()
    within_days(page)
    search = page.get_by_role("searchbox", name="Search")
    search.fill("no such thing")
    search.press("Enter")
    expect(page.get_by_text("Nothing matches. Widen the search, the days")).to_be_visible()

    leaf_through(page, session, search)
    page = visit("bills", company="Listing", entry=ids["Item receipt IR-1"])
    page.get_by_role("dialog").get_by_role("link", name="Go to Item receipt IR-1").click()
    expect(page.get_by_role("heading", name="Item receipt IR-1")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def drifted(page):
    """The one that somebody has changed in QuickBooks: looked into, there as well, and led to its decision."""
    page.get_by_text("Only with a problem").click()
    expect(page.get_by_text("1-1 of 1.")).to_be_visible()
    expect(page).to_have_url(re.compile("problems=true"))
    ticked(page, "IR-2")
    press(page, "Look closer")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("It was changed in QuickBooks since it was sent.")).to_be_visible()
    expect(drawer.get_by_role("table").filter(has_text="Inventory Asset")).to_contain_text("20.00")
    drawer.get_by_text("All that QuickBooks holds of it").click()
    expect(drawer.get_by_test_id("stCode")).to_contain_text('"PrivateNote": "Paid in cash"')
    seen_in_quickbooks(drawer, "Paid in cash")
    drawer.get_by_role("link", name="Answer it").click()
    expect(page.get_by_text("Otherwise in QuickBooks: 1 document")).to_be_visible()
    seen_in_quickbooks(page.get_by_test_id("stMain"), "Paid in cash")


def within_days(page):
    """From a day on, as the files have it, too; and to a day."""
    dated(page, "From", "20260309")
    expect(page.get_by_text("1-2 of 2.")).to_be_visible()
    expect(page.get_by_text("total 40.00")).to_be_visible()
    told = pd.read_csv(downloaded(page, "CSV"), dtype=str)
    assert dict(zip(told["Source here"], told["Sync"], strict=True)) == {
        "Item receipt IR-3": "✓ In step", "Item receipt IR-2": "≠ Changed in QuickBooks"}  # fmt: skip
    titles, *rows = openpyxl.load_workbook(io.BytesIO(taken(page, "XLSX").read_bytes())).active.iter_rows()
    place = [cell.value for cell in titles].index("Total")
    assert [(row[place].data_type, row[place].value) for row in rows] == [("n", 20), ("n", 20)]
    page.keyboard.press("Escape")
    dated(page, "To", "20260310")
    expect(page.get_by_text("1-1 of 1.")).to_be_visible()
    expect(page).to_have_url(re.compile("until=2026-03-10"))
    expect(table(page)).to_contain_text("IR-2")


def dated(page, label, digits):
    """Type a day into its field, year first, and leave it."""
    settled(page)
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(digits)
    page.get_by_role("heading", name="Bills").click()


def seen_in_quickbooks(part, memo):
    """View in QuickBooks opens the page that the bill of this memo has there, beside the dashboard."""
    with part.page.expect_popup() as coming:
        part.get_by_role("link", name="View in QuickBooks").click()
    expect(coming.value.get_by_role("insertion").filter(has_text=memo)).to_be_visible()
    coming.value.close()


def leaf_through(page, session, search):
    """Another list, which has more than one page: another search begins at the first again."""
    page.get_by_test_id("stSidebar").get_by_role("link", name="Accounts").click()
    total = queries.accounting_count(session, "accounts")
    expect(page.get_by_text(f"1-50 of {total}.")).to_be_visible()
    settled(page)
    page.get_by_test_id("stPagination").get_by_text("2", exact=True).click()
    expect(page.get_by_text(f"51-{total} of {total}.")).to_be_visible()
    search.fill("Checking")
    search.press("Enter")
    expect(page.get_by_text("1-1 of 1.")).to_be_visible()
    expect(table(page)).to_contain_text("Checking")


def test_departments_are_added_renamed_put_under_another_and_taken_out_of_use(installation, awake, visit):
    session = installation.company("Places", sample="demo")
    sync(session)
    for name in ("North", "South", "Quay", "East"):
        save(session, "department", {"name": name})
    assert sync(session)["result"] == "ok"
    page = visit("departments", company="Places")
    grid = page.get_by_test_id("stDataFrame").first
    rows = queries.departments_count(session)
    write(page, grid, rows, "Hillside", under="North")
    overwrite(page, grid, placed(grid, "South"), "Southside")
    expect(page.get_by_text("2 changes staged")).to_be_visible()
    put_under(page, grid, placed(grid, "Quay"), "Quay", "North")
    retire(page, grid, "East")
    press(page, "Apply 4 changes")
    expect(page.get_by_text("Saved. The next sync carries it to QuickBooks.")).to_be_visible()
    assert sync(session)["result"] == "ok"
    there = {each["FullyQualifiedName"] for each in installation.in_quickbooks(session, "SELECT * FROM Department")}
    assert {"North", "North:Hillside", "Southside", "North:Quay"} <= there
    assert not there & {"South", "Quay", "East"}
    gone = installation.in_quickbooks(session, "SELECT * FROM Department WHERE Active = false")
    assert [each["Active"] for each in gone if each["Name"].startswith("East")] == [False]
    assert not queries.departments(session, search="East")["active"].iloc[0]
