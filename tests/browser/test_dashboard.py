"""What only a browser can show: real clicks, a reload, canvas tables, uploads, both themes, a phone."""

from __future__ import annotations

import os
import re
import signal
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

from syncengine import queries
from syncengine.ui import menu
from tests.browser.conftest import FIRST_PAGE_SECONDS, cell, serving, settled, styled, until
from tests.browser.hands import called, go
from tests.browser.proxy import proxied

PAGES = {each.name: each for each in menu.ENTRIES if each.when is None}
#: Findings of Streamlit's own markup, which no page can mend: sectioned navigation, and where a file is dropped.
STREAMLITS_OWN = {"list", "listitem", "presentation-role-conflict"}

#: The background of the dark theme.
DARK = "rgb(22, 27, 26)"


def running(page):
    return page.get_by_text("A sync is running")


def ticked(page, grid, row):
    page.mouse.click(*cell(grid, row, left=18))
    expect(page.get_by_text("1 row selected")).to_be_visible()


def queue(installation, name, *customers):
    """A company whose customers wait in the queue."""
    session = installation.company(name)
    installation.customers(session, *customers)
    until(lambda: queries.queue_counts(session).total == len(customers))
    return session


def test_sync_now_turns_the_check_on_for_the_demo_company(installation, visit):
    page = visit(company="Demo")
    expect(page.get_by_text("Ready for the first sync")).to_be_visible()
    for name in ("Import", "Preview sync"):
        expect(page.get_by_text("What to try")).to_be_visible()
        called(page, "link", name).click()
        expect(page.get_by_role("heading", name=name, level=1, exact=True)).to_be_visible()
        go(page, "Sync")
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Everything went through")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now").get_by_text("check_circle")).to_be_visible()
    expect(page.get_by_text("What to try")).to_have_count(0)
    assert installation.worker_pids()


def test_progress_survives_a_reload_and_shows_in_every_open_browser(installation, awake, visit, browser):
    session = queue(installation, "Slow", *(f"Customer {number:03}" for number in range(90)))
    page = visit(company="Slow")
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Everything went through")).to_be_visible()
    installation.customers(session, *(f"More {number:03}" for number in range(90)))
    until(lambda: queries.queue_counts(session).total == 90)
    # So slow that it still runs when a busy machine has drawn the page anew.
    installation.fault(kind="slow", seconds=15, count=9, match={"operation": "batch"})
    other = browser.new_page()
    other.goto(page.url)
    settled(other)
    page.get_by_role("button", name="Sync now").click()
    for each in (page, other):
        expect(running(each)).to_be_visible()
        expect(each.get_by_test_id("stMain").get_by_text("Sending to QuickBooks")).to_be_visible()
    page.reload()
    settled(page)
    expect(running(page)).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("Sending to QuickBooks")).to_be_visible()
    for each in (page, other):
        expect(each.get_by_text("Everything went through")).to_be_visible()
        expect(each.get_by_text("90 sent").first).to_be_visible()
    other.close()
    assert queries.overview(session).last_run["sent"] == 90


def test_remove_acts_on_the_row_that_was_ticked(installation, visit):
    session = queue(installation, "Removing", "Alpine", "Bluebird", "Coral", "Delta")
    page = visit("preview", company="Removing")
    ticked(page, page.get_by_test_id("stDataFrame"), 2)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("1 removed.")).to_be_visible()
    assert queries.queue(session)["label"].tolist() == ["Alpine", "Bluebird", "Delta"]


def test_a_tick_means_the_row_that_is_seen_though_the_table_was_sorted(installation, visit):
    session = queue(installation, "Sorting", "Alpine", "Bluebird", "Coral")
    page = visit("preview", company="Sorting")
    grid = page.get_by_test_id("stDataFrame")
    for _ in range(2):  # once upwards, once downwards
        page.mouse.click(*cell(grid, -1, left=60))
        page.wait_for_timeout(300)
    ticked(page, grid, 0)
    page.get_by_role("button", name="Move to bottom").click()
    expect(page.get_by_text("1 moved to the bottom.")).to_be_visible()
    # Sorted by place, downwards, the first row is Coral: already the last in the queue, it has a new place.
    assert (
        queries.timeline(session, "customer", int(queries.queue(session)["record_id"].iloc[2]))["event"].iloc[-1]
        == "moved to bottom"
    )
    assert queries.queue(session)["label"].tolist() == ["Alpine", "Bluebird", "Coral"]


def test_a_row_that_was_sent_meanwhile_is_not_removed(installation, visit):
    session = queue(installation, "Racing", "Alpine")
    page = visit("preview", company="Racing")
    ticked(page, page.get_by_test_id("stDataFrame"), 0)
    installation.customers(session, "Bluebird")
    from sqlalchemy import update

    from syncengine.store.tables import Outbox

    with installation.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Alpine").values(version=Outbox.version + 1))
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("has moved on since you saw it")).to_be_visible()
    assert "Alpine" in queries.queue(session)["label"].tolist()


def test_a_drawer_shows_the_payload(installation, visit):
    queue(installation, "Looking", "Alpine")
    page = visit("preview", company="Looking")
    ticked(page, page.get_by_test_id("stDataFrame"), 0)
    page.get_by_role("button", name="Look closer").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("stCode")).to_contain_text('"DisplayName": "Alpine"')
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    settled(page)
    expect(drawer).to_have_count(0)


def test_a_file_is_imported_and_reaches_the_queue(installation, visit, tmp_path):
    session = installation.company("Importing")
    file = tmp_path / "customers.csv"
    file.write_text("code,name,email\nx1,Delta Sails,ds@example.com\nx2,Echo Ropes,no address\n")
    page = visit("importing", company="Importing")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("1 problem.")).to_be_visible()
    page.get_by_role("button", name="Import 1 record").click()
    expect(page.get_by_text("1 new, 0 changed, 0 unchanged, 1 left out.")).to_be_visible()
    until(lambda: queries.queue_counts(session).total == 1)
    page.get_by_test_id("stMain").get_by_role("link", name="Preview sync").click()
    expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
    assert queries.queue(session)["label"].tolist() == ["Delta Sails"]


def test_the_address_names_the_company_and_keeps_it_from_page_to_page(installation, visit):
    queue(installation, "Deep", "Alpine")
    page = visit("preview", company="Deep")
    expect(page.get_by_text("Rows 1-1 of 1")).to_be_visible()
    page.get_by_role("link", name="Sync errors").first.click()
    expect(page.get_by_role("heading", name="Sync errors")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/errors\?company=Deep$"))
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Deep")


class Walk:
    """One tab that goes from page to page by the menu, so that what Streamlit is made of is loaded once.

    Attributes:
        hosts: where anything was fetched from.
    """

    def __init__(self, page, url):
        self.hosts = set()
        self._page, self._url = page, url
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        page.goto(url)
        settled(page)  # its first run writes the company into the address, whatever page that is by then

    def to(self, entry):
        """The page of this row of the menu, in the light theme and on a wide screen."""
        page = self._page
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.wait_for_function(f"getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor !== '{DARK}'")
        # A phone has put the menu away.
        link = page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile(rf"^{entry.title}( [\d,]+)?$"))
        away = page.get_by_test_id("stExpandSidebarButton")
        expect(link.or_(away).first).to_be_visible()

        def there():
            # A screen that becomes wide unfolds the menu by itself, be it between a look and a click.
            with suppress(TookTooLong):
                if away.is_visible():
                    away.click(timeout=2_000)
            return link.is_visible()

        until(there)
        link.click()
        expect(page.get_by_role("heading", level=1, name=entry.title, exact=True)).to_be_visible()
        settled(page)
        # Nothing of the page before is left.
        expect(page.locator("[data-stale=true]")).to_have_count(0)
        expect(page).to_have_url(re.compile(rf"^{self._url}/{'' if entry is menu.HOME else entry.name}(\?|$)"))
        styled(page)
        return page


@pytest.fixture(scope="module")
def walk(installation, browser, browser_context_args):
    """A walk through the installation."""
    context = browser.new_context(**browser_context_args)
    yield Walk(context.new_page(), installation.url)
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_accessible_in_both_themes_fits_on_a_phone_and_fetches_nothing_from_outside(walk, name):
    page = walk.to(PAGES[name])
    assert complaints(page) == []
    assert walk.hosts <= {"127.0.0.1", None}
    expect(page.get_by_test_id("stException")).to_have_count(0)


def complaints(page, drawer=None):
    """What is wrong with a page, or with an open drawer, in the light theme, in the dark one, and on a phone; the page stays so."""
    found = [("light", *each) for each in inaccessible(page, drawer)]
    if drawer is None:  # axe calls colours inapplicable while a drawer is open; they are the page's own
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor === '{DARK}'")
        # The other theme has other colours, and nothing else that is other.
        found += [("dark", *each) for each in inaccessible(page, runOnly=["color-contrast"])]
    page.set_viewport_size({"width": 390, "height": 844})
    settled(page)
    # Streamlit's main part and its drawers scroll by themselves: what is too wide for them leaves the document as it is.
    wide = "document.querySelectorAll('html, [data-testid=stMain], [role=dialog] [data-testid=stVerticalBlock]')"
    # A table has an unseen handle of its own that hangs over its edge by some pixels.
    over = f"[...{wide}].map(each => each.scrollWidth - each.clientWidth).filter(each => each > 12)"
    with suppress(TookTooLong):  # tables and charts follow the window's width a moment later
        page.wait_for_function(f"{over}.length === 0", timeout=10_000)
    over = page.evaluate(over)
    return [*found, *(("phone", each) for each in over)]


def inaccessible(page, part=None, **options):
    """What axe finds in a page, or a part of it, but for Streamlit's own."""
    found = Axe().run(page, context=part, options={"resultTypes": ["violations"], **options}).response["violations"]
    ours = [each for each in found if each["id"] not in STREAMLITS_OWN]
    return [(each["id"], node["html"], node["failureSummary"]) for each in ours for node in each["nodes"]]


def test_a_request_through_a_proxy_is_refused(installation, page):
    # Not by the browser's own extra headers: whether those go out with a WebSocket differs between versions of Chromium.
    with proxied(int(installation.url.rpartition(":")[2])) as url:
        page.goto(url)
        expect(page.get_by_text("This page is closed")).to_be_visible()
        expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
        page.goto("about:blank")


def test_a_worker_that_was_killed_is_started_again(installation, visit):
    page = visit()
    killed = until(installation.worker_pids)[-1]
    os.kill(killed, signal.SIGKILL)
    # By whichever page is open and misses it first; none is touched.
    until(lambda: installation.worker_pids()[-1] != killed, within=60, every=1)
    expect(page.get_by_text("The worker is running.")).to_be_visible()


def test_an_open_browser_finds_a_restarted_server_again_and_shows_the_truth(installation, page, tmp_path, free_port):
    session, port = queue(installation, "Restarted", "Alpine"), free_port()
    environment = {"TIEOUT_DATABASE_URL": installation.database.url, "TIEOUT_BUNDLED": "0"}
    with serving(tmp_path, port, **environment) as url:
        page.goto(f"{url}/preview?company=Restarted&search=a")
        expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
        expect(page.get_by_text("Rows 1-1 of 1")).to_be_visible()
    installation.customers(session, "Atlas")
    with serving(tmp_path, port, **environment):
        # Nobody touches the browser: it comes back by itself, to the same company and filter.
        expect(page.get_by_text("Rows 1-2 of 2")).to_be_visible()
        expect(page.get_by_role("combobox", name="Company")).to_have_value("Restarted")
        expect(page.get_by_role("searchbox", name="Search")).to_have_value("a")
        settled(page)
        ticked(page, page.get_by_test_id("stDataFrame"), 1)
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_text("1 removed.")).to_be_visible()
        page.goto("about:blank")
    assert queries.queue(session)["label"].tolist() == ["Alpine"]


@pytest.mark.parametrize(("path", "title"), [("preview", "Preview sync"), ("importing", "Import")])
def test_the_first_request_of_a_server_s_life_may_name_a_page(fresh_url, page, path, title):
    """Streamlit's older discovery of pages/ would run the page without its frame, or call it unknown."""
    page.goto(f"{fresh_url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=FIRST_PAGE_SECONDS * 1_000)
    settled(page)
    expect(page.get_by_role("combobox", name="Company")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


#: Notes that a page was ever said not to be there; the message goes with the next run.
LOST = """new MutationObserver(() => {
  if (document.body && document.body.textContent.includes("Page not found")) window.lost = true;
}).observe(document, {childList: true, subtree: true})"""


def test_the_first_page_is_found_under_its_own_name_too(installation, visit, page):
    page.add_init_script(LOST)
    installation.company("Named")
    visit("preview", company="Named")  # the first request of a server's life is told of no missing page
    visit("sync", company="Named")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sync")
    expect(page).to_have_url(re.compile(rf"^{installation.url}/\?company=Named$"))
    assert page.evaluate("window.lost") is None
