"""Files out of a browser and into one: what a page shows is what its file holds, a name that looks like a formula stays a name."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import settled, until
from tests.browser.hands import called, press, save, table, taken, unfold

FORMULA = '=HYPERLINK("http://127.0.0.1/","Pay here")'
HEADER = "code,name,e-mail address,phone\n"
ROWS = ("w1,Delta Sails,ds@example.com,555-0101\n", "w2,Echo Ropes,{},555-0102\n", "w3,Foxtrot Rigging,fr@example.com,555-0103\n")


def the_same_for_a_spreadsheet(page, labels):
    """The same rows in the same order as CSV, in which no name is a formula, and as XLSX, in which all of them are texts."""
    assert pd.read_csv(taken(page, "CSV"), dtype=str)["label"].tolist() == [f"'{each}" if each == FORMULA else each for each in labels]
    titles, *rows = openpyxl.load_workbook(io.BytesIO(taken(page, "XLSX").read_bytes())).active.iter_rows()
    place = [cell.value for cell in titles].index("label")
    assert [(row[place].value, row[place].data_type) for row in rows] == [(each, "s") for each in labels]


def test_records_and_a_question_are_taken_away_as_they_are_shown(installation, visit, monkeypatch):
    session = installation.company("Files")
    for name, price in (("Anchor", "129.90"), ("Cleat", "4.125"), (FORMULA, "80.00")):
        save(session, "item", {"name": name, "type": "Service", "unit_price": Decimal(price)})
    page = visit("records", company="Files", kind="item")
    expect(table(page)).to_contain_text("HYPERLINK")
    page.get_by_test_id("stDataFrame").first.hover()
    expect(page.get_by_role("button", name=re.compile("^Fullscreen")).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Download as CSV"))).to_have_count(0)
    unfold(page, "Download")
    file = pd.read_csv(taken(page, "CSV"), dtype=str)
    assert sorted(file["Name or number"]) == sorted(["Anchor", "Cleat", f"'{FORMULA}"])
    sheet = openpyxl.load_workbook(io.BytesIO(taken(page, "XLSX").read_bytes())).active
    titles, *rows = sheet.iter_rows()
    at = {cell.value: cell.column - 1 for cell in titles}
    held = {row[at["Name or number"]].value: row for row in rows}
    assert set(held) == {"Anchor", "Cleat", FORMULA}
    assert held[FORMULA][at["Name or number"]].data_type == "s"
    assert Decimal(str(held["Cleat"][at["Price"]].value)) == Decimal("4.125")

    page = visit("explore", company="Files", question="records", kind="item")
    expect(table(page)).to_contain_text("HYPERLINK")
    unfold(page, "Download")
    whole = pq.read_table(taken(page, "Parquet"))
    assert whole.schema.metadata[b"tieout.company"] == b"Files"
    taken_away = whole.to_pandas()
    assert sorted(taken_away["label"]) == sorted(["Anchor", "Cleat", FORMULA])
    assert dict(zip(taken_away["label"], taken_away["unit_price"], strict=True))["Cleat"] == Decimal("4.125")
    the_same_for_a_spreadsheet(page, taken_away["label"].tolist())
    page.reload()
    settled(page)
    # What the page offers for a notebook gives the same rows there.
    opened = unfold(page, "Open this in Jupyter")
    expect(opened.get_by_test_id("stCode")).to_contain_text("queries.whole")
    code = opened.get_by_test_id("stCode").inner_text()
    monkeypatch.setenv("TIEOUT_DATABASE_URL", installation.database.url)
    found: dict[str, pd.DataFrame] = {}
    exec(code, found)
    assert found["found"]["label"].tolist() == taken_away["label"].tolist()
    found["db"].database.close()


def test_a_bad_row_is_named_with_what_to_do_and_goes_in_once_it_is_mended(installation, visit, tmp_path):
    session = installation.company("Mending")
    file = tmp_path / "customers.csv"
    file.write_text(HEADER + ROWS[0] + ROWS[1].format("no address") + ROWS[2])
    page = visit("importing", company="Mending")
    choosing = page.locator("input[type=file]").first
    choosing.set_input_files(file)
    told = page.get_by_test_id("stDataFrame").locator("table[role=grid]").filter(has_text="What to do")
    expect(told).to_contain_text("no address")
    [problem] = pd.read_csv(taken(page, "All problems as CSV")).to_dict("records")
    assert (problem["Row"], problem["Column"], problem["Value"]) == (3, "e-mail address", "no address")
    assert problem["What to do"]

    # All or nothing: nothing may go in while a row is bad.
    page.get_by_text("All or nothing", exact=True).click()
    expect(page.get_by_text("Correct the rows above, or let the good ones go in.")).to_be_visible()
    expect(called(page, "button", "Import 2 records")).to_be_disabled()

    page.get_by_test_id("stFileChipDeleteBtn").locator("button").or_(page.locator("button[data-testid=stFileChipDeleteBtn]")).click()
    expect(page.get_by_text("The first row of the file names its columns")).to_be_visible()
    mended = tmp_path / "mended.csv"  # the same name once more would be no change to the browser
    mended.write_text(HEADER + ROWS[0] + ROWS[1].format("er@example.com") + ROWS[2])
    choosing.set_input_files(mended)
    expect(called(page, "button", "Import 3 records")).to_be_enabled()
    press(page, "Import 3 records")
    expect(page.get_by_text("3 new, 0 changed, 0 unchanged, 0 left out.")).to_be_visible()
    until(lambda: queries.queue_counts(session).total == 3)
    found = queries.records(session, "customer", search="Echo Ropes").iloc[0]
    assert (found["email"], found["phone"]) == ("er@example.com", "555-0102")
