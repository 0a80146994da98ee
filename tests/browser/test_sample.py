"""The sample company from the first open on: its day is made while the pages are used, its lesson survives a reload, the day comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.store import leases
from tests.browser.conftest import START_SECONDS, serving, settled
from tests.browser.test_dashboard import STREAMLITS_OWN

#: The day is made in some seconds; a machine that runs other tests beside takes many times that.
PATIENCE = 240_000
MAKING = re.compile(r"The sample company's day is being made")


@pytest.fixture
def url(tmp_path: Path, free_port) -> Iterator[str]:
    """A dashboard on an empty machine, as for somebody who types `streamlit run dashboard.py`."""
    with serving(tmp_path, free_port(), TIEOUT_SAMPLE_DAY="1") as address:
        yield address


def accessible(page: Page) -> None:
    found = [each for each in Axe().run(page).response["violations"] if each["id"] not in STREAMLITS_OWN]
    assert [(each["id"], node["html"]) for each in found for node in each["nodes"]] == []


@contextmanager
def somebody_else_at_work(folder: Path) -> Iterator[None]:
    """Another owner has the company, so that its day is not made before a browser has seen that it is going to be."""
    database, clock = Database(f"sqlite:///{folder / 'data' / 'tieout.db'}"), SystemClock()
    try:
        with database.writing() as connection:
            fence = leases.claim(connection, 1, "another", clock.now(), dead=lambda _: True)
        yield
        with database.writing() as connection:
            leases.release(connection, 1, fence)
    finally:
        database.close()


def test_the_first_open_leads_from_the_making_of_the_day_to_its_lesson_and_back(url, page: Page, browser: Browser, tmp_path: Path):
    page.set_default_timeout(START_SECONDS * 1000)
    expect.set_options(timeout=START_SECONDS * 1000)
    page.goto(url)
    settled(page)
    with somebody_else_at_work(tmp_path):
        expect(page.get_by_text(MAKING).first).to_be_visible()
        # Meanwhile another page is used.
        page.get_by_role("link", name="Preview sync").first.click()
        expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
        expect(page.get_by_text(MAKING).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Rows 1-15 of 15"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(MAKING)).to_have_count(0)
    page.get_by_role("link", name="Sync", exact=True).click()
    expect(page.get_by_text("Something needs you")).to_be_visible()
    page.get_by_role("button", name="Start the lesson").click()
    expect(page.get_by_text("Lesson, step 1 of 6: An invoice is missing")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Sync errors").first.click()
    expect(page.get_by_text("Lesson, step 2 of 6: Find the cause")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_text("Lesson, step 2 of 6: Find the cause")).to_be_visible()
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Close the lesson").click()
    expect(page.get_by_text("Lesson, step")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("lesson"))
    # A second browser sees the day go and come as the first one does.
    other = browser.new_page()
    other.set_default_timeout(START_SECONDS * 1000)
    other.goto(url)
    settled(other)
    page.get_by_role("link", name="Sync", exact=True).click()
    with somebody_else_at_work(tmp_path):
        page.get_by_role("button", name="Bring the day back").click()
        page.get_by_role("button", name="Bring the day back now").click()
        for each in (page, other):
            expect(each.get_by_text(MAKING).first).to_be_visible()
        expect(other.get_by_role("button", name="Sync now")).to_be_disabled()
    other.close()
