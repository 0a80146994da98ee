"""The sample company's day in a real browser: a newcomer's tour from the first open on, decisions, names, and the day brought back.

The tests share one installation and stand in the order of a visit; each of them also runs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from syncengine import inventory, queries
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import capture, setup
from syncengine.queries import Session
from syncengine.store import leases, samples
from syncengine.ui import menu
from tests.browser.conftest import Installation, serving, settled, styled, until
from tests.browser.hands import called, choose, downloaded, press, ticked, write
from tests.browser.test_dashboard import Walk, complaints, inaccessible

#: The day is made in some seconds; a machine that runs other tests beside takes many times that.
PATIENCE = 240_000
MAKING = re.compile(r"The sample company's day is being made")
#: What a newcomer may need from the first open to the missing invoice in QuickBooks.
MOST_CLICKS = 12
MISSING = "SELECT * FROM Invoice WHERE DocNumber = '10279'"


@pytest.fixture(scope="module")
def distributor(tmp_path_factory: pytest.TempPathFactory, free_port) -> Iterator[Installation]:
    """A dashboard on an empty machine, as for somebody who types `streamlit run dashboard.py`; nobody has looked at it yet."""
    folder = tmp_path_factory.mktemp("distributor")
    (folder / "data").mkdir()
    with serving(folder, free_port(), TIEOUT_SAMPLE_DAY="1") as address:
        database = Database(f"sqlite:///{folder / 'data' / 'tieout.db'}")
        yield Installation(address, database)
        database.close()


@pytest.fixture
def demo(distributor: Installation) -> Session:
    """The owner's view of the sample company."""
    return Session(distributor.database, "Ada", 1, SystemClock())


@pytest.fixture
def visitor(distributor: Installation, page: Page) -> Iterator[Page]:
    """A browser; afterwards no page may have raised anything."""
    yield page
    expect(page.get_by_test_id("stException")).to_have_count(0)


class Person:
    """Somebody before the screen, who finds things by what they are called there; every click is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, role: str, name: str) -> None:
        """Click what has this role and name in the page itself; there must be just one that is meant."""
        self._click(called(self.page, role, name))

    def press_in(self, part: Locator, role: str, name: str) -> None:
        """The same in one part of the page, where others have a button of the name, too."""
        self._click(part.get_by_role(role, name=name, exact=True))

    def search(self, label: str, text: str) -> None:
        """Click into a field to search by, and write."""
        self._click(self.page.get_by_role("searchbox", name=label, exact=True))
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def tick(self, says: str) -> None:
        """Click the box before the row of the only table that says this."""
        self.clicks += 1
        ticked(self.page, says)

    def _click(self, there: Locator) -> None:
        expect(there).to_be_visible()
        self.clicks += 1
        there.click()


def lesson(page: Page) -> Locator:
    """The step of the lesson, above the page."""
    return page.locator(".st-key-lesson")


@contextmanager
def somebody_else_at_work(database: Database) -> Iterator[None]:
    """Another owner has the company, so that its day is not made before a browser has seen that it is going to be."""
    with database.writing() as connection:
        fence = leases.claim(connection, 1, "another", SystemClock().now(), dead=lambda _: True)
    yield
    with database.writing() as connection:
        leases.release(connection, 1, fence)


def opened(distributor: Installation, page: Page, path: str = "", query: str = "") -> Page:
    """A page, once the day is there."""
    page.goto(f"{distributor.url}/{path}?{query}")
    settled(page)
    expect(page.get_by_text("Try this:")).to_be_visible(timeout=PATIENCE)
    return page


def test_a_newcomer_gets_the_missing_invoice_into_quickbooks_in_at_most_twelve_clicks(distributor, demo, visitor):
    page, person = visitor, Person(visitor)
    page.goto(distributor.url)
    settled(page)
    with somebody_else_at_work(distributor.database):
        expect(page.get_by_text(MAKING).first).to_be_visible()
    expect(page.get_by_role("heading", name="Something needs you")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(MAKING)).to_have_count(0)
    assert distributor.in_quickbooks(demo, MISSING) == []

    person.press("button", "Start the lesson")
    expect(page.get_by_text("Lesson, step 1 of 6: An invoice is missing")).to_be_visible()
    person.press_in(lesson(page), "link", "Sync errors")
    expect(page.get_by_text("Lesson, step 2 of 6: Find the cause")).to_be_visible()
    person.search("Search", "10279")
    expect(page.get_by_text("1 record failed")).to_be_visible()
    # One card, once those of the other causes and their last drawing are gone.
    cause = "Something that the record uses was made inactive in QuickBooks: item Tool sharpening."
    expect(page.get_by_text(cause)).to_have_count(1)
    person.press("button", "Next step")
    expect(page.get_by_text("Lesson, step 3 of 6: Mend it")).to_be_visible()
    person.press("button", "Show what it will do")
    expect(page.get_by_role("dialog").get_by_role("table")).to_contain_text("Tool sharpening")
    person.press_in(page.get_by_role("dialog"), "button", "Do it")
    # The rest goes by itself, before the newcomer's eyes.
    expect(page.get_by_text("Lesson, step 5 of 6: Be sure")).to_be_visible()
    expect(page.get_by_text("No error matches")).to_be_visible()

    person.press_in(lesson(page), "link", "Records")
    expect(page.get_by_role("heading", name="Records", exact=True)).to_be_visible()
    person.search("Search", "10279")
    person.tick("10279")
    person.press("button", "Open")
    expect(page.get_by_text("it is in QuickBooks. Both sides last agreed on")).to_be_visible()
    [invoice] = distributor.in_quickbooks(demo, MISSING)
    assert invoice["CustomerRef"]["name"] == "Hollis & Daughters"
    assert person.clicks <= MOST_CLICKS


def places(session: Session) -> Iterator[tuple[str, str]]:
    """What a company without classes, records or a second company beside it does not show: addresses, drawers last."""
    yield from (("classes", ""), ("departments", ""), ("companies", ""), ("conflicts", ""))
    invoice = queries.records(session, "invoice", search="10279")["id"].iloc[0]
    yield from (("records", f"kind=invoice&record={invoice}"), ("history", f"run={queries.runs(session)['id'].iloc[0]}"))
    groups = queries.error_groups(session)
    error = groups[groups["offered"] == "offered"]["example_error"].iloc[0]
    yield "preview", f"row={queries.queue(session)['id'].iloc[0]}"
    yield "bills", f"entry={queries.accounting_list(session, 'bills')['qbo_id'].iloc[0]}"
    yield from (("errors", f"fix={error}"), ("errors", f"error={error}"))


def headings_whole(page: Page) -> None:
    """Wait until what needs attention is as wide as the page and no wider: else its last heading would be cut.

    How wide the table below it is follows from what a row of it waits for.
    """
    table = page.get_by_test_id("stDataFrame").locator(".dvn-scroller").first
    expect(table).to_be_attached()
    until(lambda: table.evaluate("each => each.clientWidth && each.scrollWidth <= each.clientWidth"))


def test_what_only_a_full_company_shows_is_accessible_in_both_themes_and_fits_on_a_phone(distributor, demo, visitor):
    page = opened(distributor, visitor)
    if len(queries.companies(distributor.database)) == 1:
        setup.add_company(distributor.database, SystemClock(), "Northgate Tools", sample="empty")
    found, walk = {}, Walk(page, distributor.url)
    for path, query in places(demo):
        if query:
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 1280, "height": 860})
            opened(distributor, page, path, query)
            styled(page)
        else:
            walk.to(next(each for each in menu.ENTRIES if each.name == path))
        drawer = "[role=dialog]" if query.partition("=")[0] in {"row", "entry", "fix", "error"} else None
        expect(page.get_by_role("dialog")).to_have_count(1 if drawer else 0)
        if path == "preview":
            headings_whole(page)
        found[path, query] = complaints(page, drawer)
    assert {where: said for where, said in found.items() if said} == {}


def sync(page: Page, session: Session) -> None:
    """Press Sync now, and see that sync through."""
    before = queries.overview(session).last_run["id"]
    page.get_by_role("button", name="Sync now").click()
    until(lambda: (last := queries.overview(session).last_run)["id"] > before and last, within=120)


def disagree(distributor: Installation, session: Session) -> None:
    """Beside what the day brings: a customer whose two fields both sides change, and an entry that the bookkeeper changes."""
    ours = {"email": "office@larkfield.example.com", "phone": "(503) 555-0101"}
    theirs = {"PrimaryEmailAddr": {"Address": "grow@larkfield.example.com"}, "PrimaryPhone": {"FreeFormNumber": "(503) 555-0202"}}
    [customer] = queries.records(session, "customer", search="Larkfield Nursery").to_dict("records")
    distributor.bookkeeper(session, action="edit", entity="Customer", id=customer["qbo_id"], changes=theirs)
    inventory.save(distributor.database, "customer", {"id": int(customer["id"]), **ours}, company=session.company_id)
    capture.capture(distributor.database, SystemClock())
    [entry] = queries.records(session, "adjustment", search="ADJ-547").to_dict("records")
    changes = {"PrivateNote": "Changed by the bookkeeper"}
    distributor.bookkeeper(session, action="edit", entity="JournalEntry", id=entry["qbo_id"], changes=changes)


def card(page: Page, title: str) -> Locator:
    """The innermost box on the page that holds this title and something to decide by."""
    boxes = page.get_by_test_id("stMain").get_by_test_id("stVerticalBlock")
    return boxes.filter(has=page.get_by_text(title, exact=True)).filter(has=page.get_by_role("button").or_(page.get_by_role("radio"))).last


def test_conflicts_are_decided_by_field_and_whole_and_drift_by_either_answer(distributor, demo, visitor):
    page = opened(distributor, visitor, "conflicts")
    expect(page.get_by_text("Changed on both sides: 1 record")).to_be_visible()
    disagree(distributor, demo)
    sync(page, demo)
    # The page finds out by itself.
    expect(page.get_by_text("Changed on both sides: 2 records")).to_be_visible()
    expect(page.get_by_text("Otherwise in QuickBooks: 2 documents")).to_be_visible()

    juniper = card(page, "Customer Juniper Property Group")
    juniper.get_by_role("radio", name="QuickBooks'", exact=True).click()
    expect(page.get_by_text("the inventory takes QuickBooks' e-mail")).to_be_visible()
    card(page, "Customer Larkfield Nursery").get_by_role("button", name="All the inventory's").click()
    expect(page.get_by_text("3 fields decided, not applied yet")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Decided. The next sync carries it out.")).to_be_visible()

    card(page, "Item receipt IR-702").get_by_role("button", name="Accept QuickBooks'").click()
    expect(page.get_by_text("Otherwise in QuickBooks: 1 document")).to_be_visible()
    card(page, "Adjustment ADJ-547").get_by_role("button", name="Send ours again").click()
    expect(page.get_by_text("Both sides agree.")).to_be_visible()

    sync(page, demo)
    [juniper_here] = queries.records(demo, "customer", search="Juniper Property Group").to_dict("records")
    assert juniper_here["email"] == "ap@juniper-group.example.com"
    [there] = distributor.in_quickbooks(demo, "SELECT * FROM Customer WHERE DisplayName = 'Larkfield Nursery'")
    assert there["PrimaryEmailAddr"]["Address"] == "office@larkfield.example.com"
    assert there["PrimaryPhone"]["FreeFormNumber"] == "(503) 555-0101"
    [adjustment] = queries.records(demo, "adjustment", search="ADJ-547").to_dict("records")
    [entry] = distributor.in_quickbooks(demo, f"SELECT * FROM JournalEntry WHERE Id = '{adjustment['qbo_id']}'")
    assert entry["PrivateNote"] != "Changed by the bookkeeper"
    assert queries.trouble_counts(demo).decisions == 0


def test_a_class_and_a_sub_class_are_added_in_the_editor_and_reach_quickbooks(distributor, demo, visitor):
    page = opened(distributor, visitor, "classes")
    grid = page.get_by_test_id("stDataFrame")
    rows = int(grid.locator("table[role=grid]").get_attribute("aria-rowcount")) - 2  # without the titles and the empty row
    write(page, grid, rows, "Rentals")
    write(page, grid, rows + 1, "Market stall", under="Retail")
    expect(page.get_by_text("2 changes staged")).to_be_visible()
    page.get_by_role("button", name="Apply 2 changes").click()
    expect(page.get_by_text("Saved. The next sync carries it to QuickBooks.")).to_be_visible()
    sync(page, demo)
    there = {each["FullyQualifiedName"] for each in distributor.in_quickbooks(demo, "SELECT * FROM Class")}
    assert {"Rentals", "Retail:Market stall"} <= there


def test_the_day_is_looked_into_by_records_history_lists_and_questions(distributor, demo, visitor, tmp_path):
    page = opened(distributor, visitor, "records")
    held = queries.records(demo, "invoice", search="10259").iloc[0]
    search = page.get_by_role("searchbox", name="Search")
    # By number, by name, and by QuickBooks' id.
    for text, says in (("10262", "10262"), ("Foxglove", "Foxglove Garden Center"), (str(held["qbo_id"]), "10259")):
        search.fill(text)
        search.press("Enter")
        expect(page.get_by_test_id("stDataFrame").locator("table[role=grid]")).to_contain_text(says)
    ticked(page, "10259")
    called(page, "button", "Open").click()
    expect(page.get_by_role("heading", name="Invoice 10259")).to_be_visible()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("it is in QuickBooks. Both sides last agreed on")).to_be_visible()

    page = opened(distributor, visitor, "history")
    ticked(page)
    called(page, "button", "Open").click()
    expect(page.get_by_text("Calls made")).to_be_visible()

    page = opened(distributor, visitor, "bills")
    ticked(page)
    page.get_by_role("button", name="Look closer").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("All that QuickBooks holds of it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    bills = pd.read_csv(downloaded(page, "CSV"))
    assert len(bills) == queries.accounting_count(demo, "bills")
    assert "Sync" in bills.columns


def test_a_question_is_narrowed_grouped_charted_taken_away_and_asked_in_sql(distributor, demo, visitor):
    page = opened(distributor, visitor, "explore", "question=errors")
    expect(page.get_by_role("combobox", name="Question", exact=True)).to_have_value("Open errors")
    expect(page).to_have_url(re.compile("question=errors"))
    choose(page, "Question", "The syncs")
    expect(page).to_have_url(re.compile("question=runs"))
    # The address is told first: what can be chosen below belongs to the question before until the rest is drawn.
    expect(page.get_by_text("Every sync that ended, and the one that runs")).to_be_visible()
    settled(page)
    page.get_by_test_id("stExpander").get_by_text("Filter, group and chart").click()
    choose(page, "Where", "Result")
    value = page.get_by_role("textbox", name="Value (1)")
    value.fill("ok")
    value.press("Enter")
    choose(page, "Group by", "Trigger")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("where1=result.*by=trigger|by=trigger.*where1=result"))
    page.get_by_role("radio", name="bars").click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    found = pd.read_csv(downloaded(page, "CSV"))
    runs = queries.runs(demo, size=1000)
    assert dict(zip(found["trigger"], found["count"], strict=True)) == dict(runs[runs["result"] == "ok"]["trigger"].value_counts())
    page.keyboard.press("Escape")

    page.get_by_role("radio", name="SQL").click()
    ask(page, "SELECT result, count(*) AS n FROM runs GROUP BY result")
    expect(page.get_by_test_id("stDataFrame").first.locator("table[role=grid]")).to_contain_text("errors")
    ask(page, "DELETE FROM runs")
    expect(page.get_by_text("This was not answered")).to_be_visible()
    assert len(queries.runs(demo, size=1000)) >= len(runs)


def ask(page: Page, text: str) -> None:
    """Write a question in SQL, and run it."""
    page.get_by_role("textbox", name="SQL").fill(text)
    page.get_by_role("button", name="Run", exact=True).click()


def tried_once_more(distributor: Installation, session: Session, pages: tuple[Page, ...]) -> None:
    """The making of the day fails: every open browser says why, and a click in one of them begins it anew."""
    with distributor.database.writing() as connection:
        samples.put(connection, session.company_id, state=samples.FAILED, message="The disk is full. Make room, then try again.")
    for each in pages:
        expect(each.get_by_text("The sample company's day could not be made")).to_be_visible()
        expect(each.get_by_text("The disk is full.")).to_be_visible()
    press(pages[0], "Try again")
    for each in pages:
        expect(each.get_by_text("The disk is full.")).to_have_count(0)
        expect(each.get_by_text(MAKING).first).to_be_visible()


def test_the_day_is_brought_back_before_every_open_browser(distributor, demo, visitor, browser: Browser):
    """The lesson survives a reload and a phone; a second browser sees the day go and come as the first one does."""
    page = opened(distributor, visitor, "errors", "lesson=2")
    page.reload()
    expect(page.get_by_text(re.compile("Lesson, step"))).to_be_visible()
    settled(page)
    assert inaccessible(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Close the lesson").or_(page.get_by_role("button", name="End the lesson")).click()
    expect(page.get_by_text("Lesson, step")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("lesson"))

    other = browser.new_page()
    other.goto(distributor.url)
    settled(other)
    page.get_by_role("link", name="Sync", exact=True).click()
    with somebody_else_at_work(distributor.database):
        page.get_by_role("button", name="Bring the day back").click()
        page.get_by_role("button", name="Bring the day back now").click()
        for each in (page, other):
            expect(each.get_by_text(MAKING).first).to_be_visible()
        expect(other.get_by_role("button", name="Sync now")).to_be_disabled()
        tried_once_more(distributor, demo, (page, other))
    # The day is there again, and with it the invoice that is missing.
    expect(other.get_by_role("heading", name="Something needs you")).to_be_visible(timeout=PATIENCE)
    assert distributor.in_quickbooks(demo, MISSING) == []
    other.close()
