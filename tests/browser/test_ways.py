"""Ways through a busy company in a real browser: each link leads where it says, and all that has more than one page is leafed through."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from syncengine import queries
from syncengine.clock import SystemClock
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.queries import first_run
from syncengine.store import audit, conflicts, drifts, errors, inbox, people
from syncengine.store.tables import Connection
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, go, link, press, table
from tests.support.offers import fill
from tests.unit.queries import seed
from tests.unit.ui.failing import many

#: More than one page has of rows, and of cards.
ROWS, CARDS = 52, 12


@pytest.fixture(scope="module")
def crowd(installation):
    """A company in which there is everything, and of most things more than a page; with what its rows are called in addresses."""
    first_run(installation.database, SystemClock())
    found = seed.busy(installation.database, "Crowd", now=datetime.now(UTC))
    names = fill(found)
    at, company_id = found.session.clock.now(), found.session.company_id
    many(found, CARDS, start=10)
    many(found, ROWS, "The number is taken.", "number", start=30)
    clash = [conflicts.Clash("PrimaryEmailAddr.Address", "old@example.com", "ours@example.com", "theirs@example.com")]
    differs = [{"field": "Line[1].Amount", "sent": "10", "theirs": "12"}]
    with installation.database.writing() as connection:
        for number in range(CARDS):
            place = {"entity": "JournalEntry", "kind": "adjustment", "record_id": 900 + number, "qbo_id": f"9{number}"}
            drifts.record(connection, company_id, at, {**place, "last_success_at": at}, label=f"ADJ-{number:02}", what=drifts.CHANGED, fields=differs)
            record = {"entity": "Customer", "kind": "customer", "record_id": 900 + number, "label": f"Clash {number:02}"}
            conflicts.record(connection, company_id, at, **record, clashes=clash)
            said = {"label": f"Arrival {number:02}", "cause": "Its name is taken.", "remedy": "Rename it."}
            inbox.put(connection, company_id, at, "Vendor", f"8{number}", deleted=False, payload="{}", **said)
        for number in range(ROWS):
            values = {"number": f"IR-{number:02}", "txn_date": date(2026, 1, 14), "vendor_id": found.vendor, "posts_as": "bill"}
            lines = [{"item_id": found.item, "quantity": Decimal(1), "unit_cost": Decimal(10)}]
            writer.save(connection, "item_receipt", company_id, values, lines=lines)
        for number in range(ROWS):
            name = f"p{number:02}@books.example"
            people.put(connection, company_id, name, "viewer", at, "seed")
            audit.write(connection, company_id, at, [audit.Line("role given", "Ada", people.KIND, detail={"person": name, "from": None, "to": "viewer"})])
    capture.capture(installation.database, found.session.clock)
    return found, names


def leaf(page, key, says, to=2):
    """Turn to another page of what has pages under this key."""
    settled(page)
    page.locator(f".st-key-{key}").get_by_test_id("stPagination").get_by_text(str(to), exact=True).click()
    expect(page.get_by_text(says).first).to_be_visible()


def test_everything_that_has_more_than_one_page_is_leafed_through(visit, crowd):
    found, _ = crowd
    session = found.session
    page = visit("preview", company="Crowd")
    total = queries.queue_counts(session).total
    leaf(page, "preview-page", f"Rows 51-{min(100, total)} of {total}")

    go(page, "Sync errors")
    causes = queries.error_causes(session, size=1)[0].groups
    leaf(page, "errors-page", f"Causes 11-{causes} of {causes}")
    leaf(page, "errors-page", f"Causes 1-10 of {causes}", to=1)
    page.get_by_test_id("stMain").get_by_role("button", name="Show the records").first.click()
    expect(page.get_by_role("heading", name="The records")).to_be_visible()
    leaf(page, "errors-records-page", f"Records 51-{ROWS} of {ROWS}")

    go(page, "Conflicts and drift")
    for what, ask, kind in (("conflicts", queries.conflicts, "Customer"), ("drifts", queries.drifts, "Adjustment"), ("inbox", queries.inbox, "Vendor")):
        label = ask(session, page=2, size=10)["label"].iloc[-1]
        expect(page.get_by_text(f"{kind} {label}", exact=True)).to_have_count(0)
        leaf(page, f"{what}-page", f"{kind} {label}")

    people_are_found(page)
    go(page, "History")
    page.get_by_role("radio", name="Who did what", exact=True).click()
    for button, first in (("Older", False), ("Newer", True), ("Older", False), ("Newest", True)):
        expect(called(page, "button", "Newest")).to_have_count(0 if not first else 1)
        press(page, button)
    expect(called(page, "button", "Newest")).to_have_count(0)

    records_are_leafed_through(page)
    go(page, "Explore")
    expect(page.get_by_text("Rows 1-50")).to_be_visible()
    leaf(page, "explore-page", "Rows 51-100")


def people_are_found(page):
    """By leafing, and by a part of the address; the search stands in the address of the page."""
    go(page, "People")
    leaf(page, "people-page", re.compile(r"People 51-"))
    leaf(page, "changes-page", re.compile(r"Changes 51-"))
    search = page.get_by_test_id("stMain").get_by_label("Search", exact=True)
    for text, says in (("nobody here", "address or name has “nobody here” in it."), ("P51@", "People 1-1 of 1.")):
        settled(page)
        search.fill(text)
        search.press("Enter")
        expect(page.get_by_text(says)).to_be_visible()
    expect(page.locator(".st-key-people-page")).to_have_count(0)
    expect(table(page).locator("tbody tr")).to_have_text([re.compile("p51@books.example")])
    expect(page).to_have_url(re.compile("search=P51"))


def records_are_leafed_through(page):
    """A list of one kind, what a search finds, and what is compared."""
    go(page, "Records")
    search = page.get_by_role("searchbox", name="Search")
    search.fill("Vendor")
    search.press("Enter")
    press(page, "More matches")
    expect(page.get_by_text("Page 2, the best match first.")).to_be_visible()
    press(page, "Back")
    expect(page.get_by_text("Page 1, the best match first.")).to_be_visible()
    choose(page, "Kind", "Vendor")
    leaf(page, "records-page", re.compile(r"Vendor: 51-\d+ of"))
    page.get_by_role("radio", name="Reconcile", exact=True).click()
    press(page, "Compare")
    expect(page.get_by_text(f"{ROWS} records, compared")).to_be_visible()
    leaf(page, "reconcile-page", f"51-{ROWS} of {ROWS}")


def leads(page, name, title, within="stMain"):
    """Press the link that is called so; the page with this title opens."""
    settled(page)
    page.get_by_test_id(within).get_by_role("link", name=link(name)).first.click()
    expect(page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
    settled(page)


#: What leads away from the Sync page, and where to.
FROM_SYNC = {
    "Answer it": "Conflicts and drift", "Answer the sync's question": "Conflicts and drift", "Answer": "Conflicts and drift",
    "Choose": "Conflicts and drift", "Decide": "Conflicts and drift", "See why": "Conflicts and drift", "Open Sync errors": "Sync errors",
    "Open Preview sync": "Preview sync", "Time, day and zone": "Settings", "All syncs in History": "History",
}  # fmt: skip


def test_each_link_leads_where_it_says(visit, crowd):
    _, names = crowd
    page = visit(company="Crowd")
    for name, title in FROM_SYNC.items():
        leads(page, name, title)
        leads(page, "Sync", "Sync", within="stSidebar")
    expect(page).to_have_url(re.compile("company=Crowd"))

    leads(page, "Sync errors", "Sync errors", within="stSidebar")
    leads(page, "Go to the queue", "Preview sync")
    page = visit("preview", company="Crowd", row=names["row"])
    page.get_by_role("dialog").get_by_role("link", name="See it among the sync errors").click()
    expect(page.get_by_role("heading", name="Sync errors", level=1)).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("Alpine Outfitters")
    leads(page, "Go to the record", "Records")
    expect(page.get_by_role("heading", name="Customer Alpine Outfitters")).to_be_visible()
    page.get_by_role("link", name=re.compile("Invoice 1042")).click()
    expect(page.get_by_role("heading", name="Invoice 1042")).to_be_visible()


def test_what_is_wrong_with_a_connection_is_a_click_away_and_so_is_the_way_in(installation, visit):
    session = installation.company("Cut off")
    report = errors.Report("", "x", "QuickBooks no longer accepts the consent.", "Connect the company again.")
    with installation.database.writing() as connection:
        errors.of_connection(connection, session.company_id, session.clock.now(), None, report)
        connection.execute(update(Connection).where(Connection.company_id == session.company_id).values(state="disconnected"))
    page = visit(company="Cut off")
    needed = page.get_by_test_id("stMain")
    expect(needed.get_by_text("1 error of the connection")).to_be_visible()
    leads(page, "See what is wrong", "Sync errors")
    for said in ("The connection to QuickBooks", "QuickBooks no longer accepts the consent.", "Connect the company again."):
        expect(needed.get_by_text(said)).to_be_visible()
    leads(page, "Connect it", "Settings")
    expect(page.get_by_role("radio", name="Connection", exact=True)).to_be_checked()


def test_answers_are_narrowed_by_what_they_ask_and_by_any_of_their_columns(visit, crowd):
    page = visit("explore", company="Crowd", question="reconcile")
    choose(page, "Kind", "item_receipt")
    expect(page.get_by_text("Rows 1-50 of")).to_be_visible()
    page.get_by_test_id("stCheckbox").get_by_text("Everything").click()
    expect(page).to_have_url(re.compile("everything=true"))
    choose(page, "Question", "Inventory records")
    choose(page, "Kind", "item_receipt")
    expect(page.get_by_text("Rows 1-50, and more after them")).to_be_visible()
    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("IR-0")
    search.press("Enter")
    expect(page.get_by_text("Rows 1-10")).to_be_visible()
    page.get_by_role("spinbutton", name="year, Since").click()
    page.keyboard.type("20260115")
    page.get_by_role("heading", name="Explore").click()
    expect(page.get_by_text("There are no such rows just now.")).to_be_visible()
    choose(page, "Question", "Who did what")
    page.get_by_test_id("stMain").get_by_role("button", name="Clear value").click()
    expect(page.get_by_text("Rows 1-50 of")).to_be_visible()
    number = page.get_by_role("spinbutton", name="Before Id")
    number.fill("1")
    number.press("Enter")
    expect(page.get_by_text("There are no such rows just now.")).to_be_visible()

    choose(page, "Question", "What the next sync will send")
    expect(page.get_by_text("Rows 1-50, and more after them")).to_be_visible()
    settled(page)
    page.get_by_test_id("stExpander").get_by_text("Filter, group and chart").click()
    choose(page, "Where", "Kind")
    choose(page, "Is (1)", "is not")
    value = page.get_by_role("textbox", name="Value (1)")
    value.fill("item_receipt")
    value.press("Enter")
    choose(page, "Group by", "Kind")
    page.keyboard.press("Escape")
    choose(page, "Show", "largest")
    choose(page, "Of", "Tries")
    choose(page, "Across (pivot)", "State")
    held = table(page)
    expect(held).to_contain_text("parked")
    expect(held).to_contain_text("vendor")
    expect(held).not_to_contain_text("item_receipt")
