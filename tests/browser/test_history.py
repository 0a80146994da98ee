"""History and SQL in a real browser: each view narrowed, an exchange opened as it was, and questions asked, put back and taken away."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
from playwright.sync_api import expect

from syncengine import commands, queries
from syncengine.ui.explore.sql import EXAMPLES
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, downloaded, press, save, sync, table, taken, ticked, unfold

#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "harbour@b"
#: A question that begins with a note, which a spreadsheet would take for a formula.
NOTED = "-- the books\nSELECT count(*) AS n FROM queue"
#: As many rows as do not go on one page, each with a text that looks like a formula.
MANY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 52) SELECT x, '=1+' || x AS f FROM n"


def find(page, role, label, text):
    """Look for a text by one of the fields above a table."""
    field = page.get_by_role(role, name=label, exact=True)
    expect(field).to_be_visible()
    settled(page)
    field.fill(text)
    field.press("Enter")


def sheet(path):
    """The rows of a workbook by their titles; no text in it is a formula."""
    titles, *rows = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows()
    assert {cell.data_type for row in rows for cell in row if isinstance(cell.value, str)} <= {"s"}
    return [{title.value: cell.value for title, cell in zip(titles, row, strict=True)} for row in rows]


def both_files(page):
    """What the page's Download gives: the rows of the CSV, which the XLSX has as well, as they are titled there."""
    rows = pd.read_csv(downloaded(page, "CSV"), dtype=str, keep_default_na=False).to_dict("records")
    same = sheet(taken(page, "XLSX"))
    page.keyboard.press("Escape")
    assert [list(each) for each in same] == [list(each) for each in rows]
    for title in {"Record", "Outcome", "What", "Who", "Detail"} & set(rows[0]):
        # Only a CSV needs the apostrophe: a workbook says of each cell that it is a text.
        assert [each[title] or "" for each in same] == [each[title].removeprefix("'") for each in rows]
    return rows


def what_came_is_taken_away(installation, session, page):
    """A record that QuickBooks had first: opened, and in both files as on the page."""
    installation.bookkeeper(session, action="create", entity="Customer", object={"DisplayName": "Quayside Ropes"})
    sync(session)
    page.get_by_role("radio", name="Received", exact=True).click()
    expect(table(page)).to_contain_text("Quayside Ropes")
    assert "Customer Quayside Ropes" in [each["Record"] for each in both_files(page)]
    ticked(page, "Quayside Ropes")
    expect(page.get_by_role("link", name="Go to Customer Quayside Ropes")).to_be_visible()


def syncs_are_taken_away(page):
    """All syncs, with how each ended; and of those that ended so, only them."""
    assert [each["Outcome"] for each in both_files(page)] == ["✓ Went well", "✕ Records failed"]
    choose(page, "Outcome", "Records failed")
    expect(page.get_by_text("1 sync: 1 sent, ")).to_be_visible()
    assert [(each["Outcome"], each["Sent"]) for each in both_files(page)] == [("✕ Records failed", "1")]


def one_kind_is_found(page):
    """What was sent of one kind, and no other."""
    expect(table(page)).to_contain_text("Harbour Supply")
    choose(page, "Kind", "Vendor")
    expect(table(page)).to_contain_text("Harbour Pilots")
    expect(table(page)).not_to_contain_text("Harbour Supply")
    assert [each["Record"] for each in both_files(page)] == ["Vendor Harbour Pilots"]
    choose(page, "Kind", "Any")
    expect(table(page)).to_contain_text("Harbour Supply")


def acts_are_looked_at_and_taken_away(session, page, record_id):
    """A line of who did what, to its end; what somebody typed that begins as a formula is none in the files."""
    commands.add_records_to_sync(session, "customer", [record_id])
    queries.sql(session, NOTED)
    page.get_by_role("radio", name="Who did what", exact=True).click()
    expect(table(page)).to_contain_text("Added to sync")
    expect(table(page)).to_contain_text("Customer Mistyped")
    ticked(page, "the books")
    expect(page.get_by_test_id("stCode")).to_have_text(NOTED)
    told = both_files(page)
    assert [each["Detail"] for each in told if "the books" in each["Detail"]] == [f"'{NOTED}"]
    assert "Customer Mistyped" in [each["Record"] for each in told]


def test_what_was_sent_is_found_by_record_and_outcome_and_shown_as_it_was(installation, awake, visit):
    session = installation.company("Past")
    mistyped = save(session, "customer", {"name": "Mistyped", "email": BAD_ADDRESS})
    save(session, "customer", {"name": "Harbour Supply"})
    assert sync(session)["result"] == "errors"
    save(session, "customer", {"id": mistyped, "email": "harbour@example.com"})
    save(session, "vendor", {"name": "Harbour Pilots"})
    assert sync(session)["result"] == "ok"
    page = visit("history", company="Past")
    expect(page.get_by_text("2 syncs: 3 sent, ")).to_be_visible()
    syncs_are_taken_away(page)
    ticked(page)
    press(page, "Open")
    expect(page.get_by_role("heading", name="Errors that it opened")).to_be_visible()
    press(page, "All syncs")

    page.get_by_role("radio", name="Records", exact=True).click()
    one_kind_is_found(page)
    grid = page.get_by_test_id("stDataFrame").first
    find(page, "searchbox", "Record", "Mistyped")
    choose(page, "Outcome", "Refused")
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "2")
    ticked(page, "Mistyped")
    raw = page.get_by_test_id("stCode")
    expect(raw.first).to_contain_text(BAD_ADDRESS)
    expect(raw.last).to_contain_text("Fault")
    assert [(each["Record"], each["Outcome"]) for each in both_files(page)] == [("Customer Mistyped", "✕ refused")]
    page.reload()
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "2")
    ticked(page, "Mistyped")
    page.get_by_role("link", name="Go to Customer Mistyped").click()
    expect(page.get_by_role("heading", name="Customer Mistyped")).to_be_visible()

    page = visit("history", company="Past", view="Records")
    what_came_is_taken_away(installation, session, page)
    acts_are_looked_at_and_taken_away(session, page, mistyped)
    find(page, "textbox", "What", "sync requested")
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", "4")
    find(page, "textbox", "Who", "nobody here")
    expect(page.get_by_text("nothing that matches")).to_be_visible()


def a_long_answer_is_leafed_through_and_taken_away(page, text):
    """The second page of an answer has its next rows, a file all of them; another answer begins with its first page."""
    text.fill(MANY)
    press(page, "Run")
    expect(page.get_by_text("Rows 1-50 of 52")).to_be_visible()
    settled(page)
    page.locator(".st-key-explore-sql-page").get_by_text("2", exact=True).click()
    expect(page.get_by_text("Rows 51-52 of 52")).to_be_visible()
    expect(table(page)).to_contain_text("=1+52")
    expect(table(page)).not_to_contain_text("=1+50")
    texts = [f"=1+{n}" for n in range(1, 53)]
    assert pd.read_csv(downloaded(page, "CSV"), dtype=str)["f"].tolist() == [f"'{each}" for each in texts]
    held = pq.read_table(taken(page, "Parquet"))
    assert held.to_pydict() == {"x": [*range(1, 53)], "f": texts}
    assert held.schema.metadata[b"tieout.company"] == b"Asking"
    page.keyboard.press("Escape")
    settled(page)
    text.fill(f"{MANY} WHERE x > 0")
    press(page, "Run")
    expect(page.get_by_text("Rows 1-50 of 52")).to_be_visible()


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
    assert sheet(downloaded(page, "XLSX")) == [{"label": "Harbour Supply", "f": "=1+1"}]
    page.keyboard.press("Escape")
    a_long_answer_is_leafed_through_and_taken_away(page, text)
    page.get_by_text("Views and columns").click()
    choose(page, "View", "runs")
    columns = page.get_by_test_id("stExpanderDetails").get_by_test_id("stDataFrame").locator("table[role=grid]")
    expect(columns).to_contain_text("started_at")
    assert called(page, "button", "Run").is_enabled()
    assert queries.queue(session)["label"].tolist() == ["Harbour Supply"]
