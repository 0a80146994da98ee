"""Import in a real browser: what is no table, columns matched by hand, options, the template filled in, one file after another."""

from __future__ import annotations

import csv
import io
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pandas as pd
from playwright.sync_api import expect
from sqlalchemy import insert, update

from syncengine import commands, queries
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.queries.session import OWNER, Session
from syncengine.store.tables import ImportFile, Worker
from tests.browser.conftest import FIRST_PAGE_SECONDS, settled, until
from tests.browser.hands import called, choose, press, save, table, taken
from tests.support.filed import customers

REFUSED = "This file cannot be imported as it is"
#: Of as many customers as do not go on one page, addresses that are none; the last one looks like a formula.
FORMULA = "=1+1"
WRONG = {f"e{n}": "no address" for n in range(7, 58)} | {"e58": FORMULA}
#: A file whose columns nobody here calls so, with commas for the cents; one price is no number.
PRICES = "Our code;Wording;Retail\nr1;Rope;9,80\nr2;Sail;1.249,50\nr3;Knot;dear\n"
#: The lines of the invoices in `sold`, as an old program writes them: with a delimiter and an encoding that nobody finds out.
SOLD = "number~what sold~quantity~unit price~discount\nS-1~Café rope~2~10~15\nS-2~Café rope~1~40~0\n"


def give(page, path, content, place=0):
    """Choose a file for one of the page's places for them, and wait until it has been looked at."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    page.locator("input[type=file]").nth(place).set_input_files(path)
    expect(page.get_by_test_id("stFileChipName").nth(place)).to_have_text(path.name)
    settled(page)


def of_kind(page, kind, expects):
    """Choose what the next file holds, and wait for that kind's own place for it, which is empty: the one before takes its file along."""
    choose(page, "What it holds", kind)
    expect(page.get_by_text(expects)).to_be_visible()
    expect(page.get_by_test_id("stFileChipName")).to_have_count(0)
    settled(page)


def sold():
    """A workbook whose invoices stand on its second sheet, with days that may be read in two ways."""
    book = openpyxl.Workbook()
    book.active.append(["What we have sold"])
    sheet = book.create_sheet("Sales")
    for row in (("number", "customer", "date"), ("S-1", "Harbour Supply", "2/3/2026"), ("S-2", "Harbour Supply", "13/3/2026")):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def say(page, label, text):
    """Say by one of the fields how a file is read."""
    field = page.get_by_role("textbox", name=label, exact=True)
    expect(field).to_be_enabled()
    settled(page)
    field.fill(text)
    field.press("Enter")


@contextmanager
def read_by_another(session):
    """Another process reads the company's file, so that the worker cannot until then."""
    until_then = update(ImportFile).where(ImportFile.company_id == session.company_id)
    with session.database.writing() as connection:
        connection.execute(until_then.values(reader="another", read_until=session.clock.now() + timedelta(minutes=1)))
    yield
    with session.database.writing() as connection:
        connection.execute(until_then.values(reader="", read_until=None))


def would(page, *numbers):
    """What the file would do: new, changed, unchanged, not to be had."""
    expect(page.get_by_test_id("stMetricValue")).to_have_text([str(each) for each in numbers])


def all_are_named(page):
    """Every row that was left out is in the file, those of the second page, too; and none of its cells is a formula."""
    rows = pd.read_csv(taken(page, "All problems as CSV"), dtype=str).to_dict("records")
    found = [(each["Row"], each["Column"], each["Value"]) for each in rows]
    assert found == [*((str(n), "email", "no address") for n in range(9, 60)), ("60", "email", f"'{FORMULA}")]


def brought(person):
    """Another file, which the person brings and imports elsewhere at the same time."""
    kept = commands.keep_import(person, "customer", b"code,name\nt1,Tail\n", name="tail.csv")
    commands.ask_look(person, kept)
    found = until(lambda: (each := queries.kept_import(person, kept)) and each.looked and each)
    commands.ask_import(person, kept, found.look)
    until(lambda: queries.kept_import(person, kept).created)


def it_is_folded_beneath_the_next_one_and_done_with(session, page):
    """What became of a file is told, and its rows are there to be taken along, when another one has come; until one has done with it."""
    person = Session(session.database, OWNER, session.company_id, session.clock)
    file_id = queries.kept_import(person).id
    brought(person)
    page.reload()
    expect(page.get_by_text("tail.csv (customer), which you have brought before.")).to_be_visible()
    would(page, 1, 0, 0, 0)
    page.get_by_text("Imported lately: 1 other file").click()
    earlier = page.get_by_test_id("stExpander").filter(has_text="Imported lately")
    expect(earlier.get_by_text("many.csv is in: 2,048 new, 0 changed, 0 unchanged, 52 left out.")).to_be_visible()
    all_are_named(page)
    settled(page)
    page.locator(f".st-key-importing-leave-{file_id}").get_by_role("button", name="Done with this file").click()
    expect(page.get_by_text("Imported lately")).to_have_count(0)
    press(page, "Done with this file")
    expect(page.get_by_text("such as code, name")).to_be_visible()


def a_small_one_has_a_choice_of_its_own(page, path):
    """All or nothing holds a large file back while a row is bad, and is not chosen for the next; that one comes back with a reload."""
    page.get_by_text("All of them, if every row is good", exact=True).click()
    expect(called(page, "button", "Import 2,048 records")).to_be_disabled()
    expect(page.get_by_text("Correct the rows above, or let the good ones go in.")).to_be_visible()
    give(page, path, "code,name,email\nS-1,Small Sails,no address\nS-2,Small Ropes,ropes@example.com\n")
    would(page, 1, 0, 0, 1)
    expect(page.get_by_role("radio", name="The good rows go in")).to_be_checked()
    page.reload()


def test_a_file_of_thousands_is_the_worker_s_and_stands_on_the_page_after_a_reload(installation, visit, tmp_path):
    session = installation.company("Bulk")
    page = visit("importing", company="Bulk")
    give(page, tmp_path / "many.csv", customers(range(2_100), **WRONG))
    # The worker looks through it, and the page is drawn anew by itself.
    would(page, "2,048", 0, 0, 52)
    expect(page.get_by_text("many.csv was looked through: 2,048 new")).to_be_visible()
    assert queries.records_count(session, "customer") == 0
    told = page.get_by_test_id("stDataFrame").locator("table[role=grid]").filter(has_text="What to do")
    expect(told).not_to_contain_text(FORMULA)
    settled(page)
    page.locator(".st-key-importing-problems-page").get_by_text("2", exact=True).click()
    expect(told).to_contain_text(FORMULA)
    expect(told).to_have_attribute("aria-rowcount", "3")

    # It is to be read otherwise, which takes its time: one stops it, and later has it done after all.
    page.get_by_text("How to read it").click()
    choose(page, "Thousands", "1,000")
    expect(page.get_by_text("You have changed how it is read.")).to_be_visible()
    with read_by_another(session):
        press(page, "Look through it")
        expect(page.get_by_text("The worker looks through many.csv.")).to_be_visible()
        page.get_by_role("button", name="Stop it").click()
        expect(page.get_by_text("has stopped it").first).to_be_visible()
    expect(page.get_by_text("many.csv has to be looked through before it can go in.")).to_be_visible()
    press(page, "Look through it")
    would(page, "2,048", 0, 0, 52)
    expect(told).to_have_attribute("aria-rowcount", "51")  # another reading of it begins with its first page
    press(page, "Leave this file")
    expect(page.get_by_text("You have done with this file.")).to_be_visible()
    press(page, "Look through this file")
    would(page, "2,048", 0, 0, 52)
    a_small_one_has_a_choice_of_its_own(page, tmp_path / "few.csv")
    would(page, "2,048", 0, 0, 52)
    press(page, "Import 2,048 records")
    expect(page.get_by_text("many.csv is in: 2,048 new, 0 changed, 0 unchanged, 52 left out.").first).to_be_visible()
    assert queries.records_count(session, "customer") == 2_048
    page.reload()
    expect(page.get_by_text("many.csv (customer), which you have brought before.")).to_be_visible()
    would(page, "2,048", 0, 0, 52)  # by now: what has become of it
    all_are_named(page)
    it_is_folded_beneath_the_next_one_and_done_with(session, page)


def what_is_no_table_is_refused(page, tmp_path):
    """A picture, whatever it is called, and the workbook of an older program."""
    give(page, tmp_path / "photo.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01" * 40)
    expect(page.get_by_text(REFUSED)).to_be_visible()
    expect(page.get_by_text("photo.csv is a picture, not a table.")).to_be_visible()
    give(page, tmp_path / "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 80)
    expect(page.get_by_text("Save it as .xlsx without a password, or as CSV.")).to_be_visible()
    expect(page.get_by_text("Look again with these columns")).to_have_count(0)


def a_column_is_left_out_and_taken_back(page, every):
    """Of a file whose columns are all known, one is not to be used, and is after all."""
    page.get_by_text(f"Columns: {every} of {every} are used").click()
    choose(page, "unit_price", "(ignore)")
    press(page, "Look again with these columns")
    would(page, 0, 0, 1, 0)
    expect(page.get_by_text(f"Columns: {every - 1} of {every} are used")).to_be_visible()
    choose(page, "unit_price", "Unit price")
    press(page, "Look again with these columns")
    would(page, 0, 1, 0, 0)


def test_a_file_is_matched_by_hand_read_otherwise_and_followed_by_the_template(installation, visit, tmp_path):
    session = installation.company("Filing")
    page = visit("importing", company="Filing")
    what_is_no_table_is_refused(page, tmp_path)
    of_kind(page, "Item", "such as code, name, sku")
    give(page, tmp_path / "prices.csv", PRICES)
    expect(page.get_by_text("No column of prices.csv")).to_be_visible()
    choose(page, "Wording", "Name")
    choose(page, "Retail", "Name")
    press(page, "Look again with these columns")
    expect(page.get_by_text("are both mapped to")).to_be_visible()
    choose(page, "Our code", "Code")
    choose(page, "Retail", "Unit price")
    press(page, "Look again with these columns")
    would(page, 0, 0, 0, 3)
    # Numbers are read otherwise, and what was matched by hand stays.
    page.get_by_text("How to read it").click()
    choose(page, "Numbers look like", "9,80 (comma)")
    would(page, 1, 0, 0, 2)
    choose(page, "Thousands", "1.000")
    would(page, 2, 0, 0, 1)
    [problem] = pd.read_csv(taken(page, "All problems as CSV"), dtype=str).to_dict("records")
    assert (problem["File"], problem["Row"], problem["Column"], problem["Value"]) == ("prices.csv", "4", "Retail", "dear")
    press(page, "Import 2 records")
    expect(page.get_by_text("2 new, 0 changed, 0 unchanged, 1 left out.")).to_be_visible()
    held = dict(queries.records(session, "item")[["label", "unit_price"]].to_numpy().tolist())
    assert held == {"Rope": Decimal("9.80"), "Sail": Decimal("1249.50")}

    # The next file is looked at by itself: nothing is said of the one before.
    titles, *_ = csv.reader(taken(page, "Empty file with every column").read_text().splitlines())
    row = dict.fromkeys(titles, "") | {"code": "r1", "name": "Rope", "unit_price": "10,25"}
    give(page, tmp_path / "filled.csv", f"{';'.join(titles)}\n{';'.join(row.values())}\n")
    would(page, 0, 1, 0, 0)
    expect(page.get_by_text("2 new, 0 changed")).to_have_count(0)
    a_column_is_left_out_and_taken_back(page, len(titles))
    press(page, "Import 1 record")
    expect(page.get_by_text("0 new, 1 changed, 0 unchanged, 0 left out.")).to_be_visible()
    [rope] = queries.records(session, "item", search="Rope").to_dict("records")
    assert rope["unit_price"] == Decimal("10.25")
    expect(called(page, "button", "Import 0 records")).to_be_disabled()
    expect(table(page)).to_contain_text("Rope")


def test_a_click_that_comes_with_another_reading_writes_nothing_and_lines_come_in_a_second_file(installation, visit, tmp_path):
    session = installation.company("Selling")
    save(session, "customer", {"name": "Harbour Supply"})
    save(session, "item", {"name": "Café rope", "type": "Service"})
    page = visit("importing", company="Selling")
    give(page, tmp_path / "late.csv", "code,name\nl1,Café\n")
    would(page, 1, 0, 0, 0)
    page.get_by_text("How to read it").click()
    settled(page)
    # What was typed is taken over with the click beside it: what would go in is not what was on the screen.
    page.get_by_role("textbox", name="Encoding").fill("cp437")
    called(page, "button", "Import 1 record").click()
    expect(page.get_by_text("The file is read otherwise by now than you saw it. Nothing was written")).to_be_visible()
    assert queries.records(session, "customer")["label"].tolist() == ["Harbour Supply"]
    press(page, "Import 1 record")
    expect(page.get_by_text("1 new, 0 changed, 0 unchanged, 0 left out.")).to_be_visible()
    assert sorted(queries.records(session, "customer")["label"]) == ["Caf├⌐", "Harbour Supply"]

    of_kind(page, "Invoice", "such as number, due date")
    give(page, tmp_path / "sales.xlsx", sold())
    expect(page.get_by_text("No column of sales.xlsx is known: What we have sold.")).to_be_visible()
    page.get_by_text("How to read it").click()  # which has been drawn anew, for the other kind
    say(page, "Sheet", "Sales")
    would(page, 0, 0, 0, 2)
    give(page, tmp_path / "lines.csv", SOLD.encode("cp437"), place=1)
    expect(page.get_by_text("No column of lines.csv is mapped to item_id")).to_be_visible()
    say(page, "Delimiter", "~")
    choose(page, "what sold", "Item")
    press(page, "Look again with these columns")
    would(page, 0, 0, 0, 2)
    choose(page, "Dates look like", "31.01.2026 (day first)")
    would(page, 1, 0, 0, 1)
    page.get_by_text("A discount of 15 means 15 %").click()
    would(page, 2, 0, 0, 0)
    press(page, "Import 2 records")
    expect(page.get_by_text("2 new, 0 changed, 0 unchanged, 0 left out.")).to_be_visible()
    held = queries.records(session, "invoice").set_index("label")
    assert held["txn_date"].to_dict() == {"S-1": date(2026, 3, 2), "S-2": date(2026, 3, 13)}
    first = queries.record(session, "invoice", int(held["id"]["S-1"]))
    assert (first.total, first.lines["item"].tolist(), first.lines["discount"].tolist()) == (Decimal(17), ["Café rope"], [Decimal("0.15")])


def test_how_a_file_is_read_stays_open_when_a_sentence_above_it_goes(fresh_url, page, tmp_path):
    page.goto(f"{fresh_url}/importing")
    expect(page.get_by_text("No worker is heard")).to_be_visible(timeout=FIRST_PAGE_SECONDS * 1_000)
    give(page, tmp_path / "few.csv", "code,name\nf1,Few\n")
    would(page, 1, 0, 0, 0)
    page.get_by_text("How to read it").click()
    field = page.get_by_role("textbox", name="Encoding")
    expect(field).to_be_visible()
    with closing(Database(f"sqlite:///{tmp_path / 'data' / 'tieout.db'}")) as database, database.writing() as connection:
        now = SystemClock().now()
        connection.execute(insert(Worker).values(id="another.boot.1", host="another", pid=1, started_at=now, beat_at=now + timedelta(minutes=5)))
    choose(page, "Numbers look like", "9,80 (comma)")
    expect(page.get_by_text("No worker is heard")).to_have_count(0)
    settled(page)
    expect(field).to_be_visible()
