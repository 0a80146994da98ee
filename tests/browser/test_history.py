"""History and SQL in a real browser: each view narrowed, an exchange opened as it was, and questions asked, put back and taken away."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
from playwright.sync_api import expect

from syncengine import commands, queries
from syncengine.ui.explore.sql import EXAMPLES
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, downloaded, press, save, sync, table, taken, ticked, unfold

#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "harbour@b"


def find(page, role, label, text):
    """Look for a text by one of the fields above a table."""
    field = page.get_by_role(role, name=label, exact=True)
    expect(field).to_be_visible()
    settled(page)
    field.fill(text)
    field.press("Enter")


def what_came_is_taken_away(installation, session, visit):
    """A record that QuickBooks had first: in both files as on the page."""
    installation.bookkeeper(session, action="create", entity="Customer", object={"DisplayName": "Quayside Ropes"})
    sync(session)
    page = visit("history", company="Past", view="Records", way="Received")
    expect(table(page)).to_contain_text("Quayside Ropes")
    come = pd.read_csv(downloaded(page, "CSV"), dtype=str)
    assert "Customer Quayside Ropes" in come["Record"].tolist()
    titles, *rows = openpyxl.load_workbook(io.BytesIO(taken(page, "XLSX").read_bytes())).active.iter_rows()
    assert [cell.value for cell in titles] == [*come]
    place = [*come].index("Record")
    assert [row[place].value or "" for row in rows] == come["Record"].fillna("").tolist()
    page.keyboard.press("Escape")


def test_what_was_sent_is_found_by_record_and_outcome_and_shown_as_it_was(installation, visit):
    visit()  # whoever looks first starts the worker
    session = installation.company("Past")
    mistyped = save(session, "customer", {"name": "Mistyped", "email": BAD_ADDRESS})
    save(session, "customer", {"name": "Harbour Supply"})
    assert sync(session)["result"] == "errors"
    save(session, "customer", {"id": mistyped, "email": "harbour@example.com"})
    assert sync(session)["result"] == "ok"
    page = visit("history", company="Past")
    expect(page.get_by_text("2 syncs: 2 sent, ")).to_be_visible()
    choose(page, "Outcome", "Records failed")
    expect(page.get_by_text("1 sync: 1 sent, ")).to_be_visible()
    ticked(page)
    press(page, "Open")
    expect(page.get_by_role("heading", name="Errors that it opened")).to_be_visible()
    press(page, "All syncs")

    page.get_by_role("radio", name="Records", exact=True).click()
    grid = page.get_by_test_id("stDataFrame").first
    expect(table(page)).to_contain_text("Harbour Supply")
    find(page, "searchbox", "Record", "Mistyped")
    choose(page, "Outcome", "Refused")
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "2")
    ticked(page, "Mistyped")
    raw = page.get_by_test_id("stCode")
    expect(raw.first).to_contain_text(BAD_ADDRESS)
    expect(raw.last).to_contain_text("Fault")
    told = pd.read_csv(downloaded(page, "CSV"), dtype=str)
    assert (told["Record"].tolist(), told["Outcome"].tolist()) == (["Customer Mistyped"], ["✕ refused"])
    page.keyboard.press("Escape")
    page.reload()
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "2")
    ticked(page, "Mistyped")
    page.get_by_role("link", name="Go to Customer Mistyped").click()
    expect(page.get_by_role("heading", name="Customer Mistyped")).to_be_visible()

    what_came_is_taken_away(installation, session, visit)
    commands.add_records_to_sync(session, "customer", [mistyped])
    page = visit("history", company="Past", view="Who+did+what")
    expect(table(page)).to_contain_text("Added to sync")
    expect(table(page)).to_contain_text("Customer Mistyped")
    find(page, "textbox", "What", "sync requested")
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "4")
    find(page, "textbox", "Who", "nobody here")
    expect(page.get_by_text("nothing that matches")).to_be_visible()


def test_a_question_in_sql_is_begun_from_an_example_asked_again_and_taken_away(installation, visit):
    session = installation.company("Asking")
    save(session, "customer", {"name": "Harbour Supply"})
    page = visit("explore", company="Asking", **{"with": "SQL"})
    text = page.get_by_role("textbox", name="SQL")
    unfold(page, "Examples")
    page.get_by_role("button", name="What waits, by kind").click()
    expect(text).to_have_value(EXAMPLES["What waits, by kind"])
    page.keyboard.press("Escape")
    press(page, "Run")
    expect(table(page)).to_contain_text("customer")
    settled(page)
    text.fill("SELECT label, '=1+1' AS f FROM queue")
    press(page, "Run")
    expect(table(page)).to_contain_text("Harbour Supply")
    unfold(page, "Asked before").get_by_role("button", name=re.compile("SELECT kind")).click()
    expect(text).to_have_value(EXAMPLES["What waits, by kind"])
    expect(table(page)).to_contain_text("Harbour Supply")
    page.keyboard.press("Escape")
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(page, "XLSX").read_bytes())).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["label", "f"], ["Harbour Supply", "=1+1"]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    page.keyboard.press("Escape")
    page.get_by_text("Views and columns").click()
    choose(page, "View", "runs")
    columns = page.get_by_test_id("stExpanderDetails").get_by_test_id("stDataFrame").locator("table[role=grid]")
    expect(columns).to_contain_text("started_at")
    assert called(page, "button", "Run").is_enabled()
    assert queries.queue(session)["label"].tolist() == ["Harbour Supply"]
