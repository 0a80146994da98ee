"""The company in a real browser: it stays what the address says, however late a part of the page comes, and changes with all its filters."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import settled
from tests.browser.hands import choose

PICKER = "**/static/js/Selectbox.*"


def test_the_company_stays_what_the_address_says_though_the_picker_comes_late(installation, visit, page):
    """Another run draws the page before the picker is there: it must not come with the first company of all."""
    installation.company("Zenith")
    late = []
    page.route(PICKER, lambda route: late.append(route))  # noqa: PLW0108 -- playwright marks the function that it is given
    visit("bills", company="Zenith", entry="9")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    assert late, "the picker came in another file than this test holds back"
    page.unroute(PICKER)  # what was held back goes on
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Zenith")
    search = page.get_by_role("searchbox", name="Search")
    search.fill("rope")
    search.press("Enter")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Zenith")
    expect(page).to_have_url(f"{installation.url}/bills?company=Zenith&search=rope")


def test_another_company_begins_without_the_filters_of_the_one_before(installation, visit):
    installation.company("Aster")
    installation.company("Begonia")
    page = visit("bills", company="Aster", search="rope", problems="true", since="2026-03-01")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    choose(page, "Company", "Begonia")
    expect(page.get_by_text("Nothing has come from QuickBooks yet.")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("")
    expect(page.get_by_role("switch", name="Only with a problem")).not_to_be_checked()
    expect(page).to_have_url(f"{installation.url}/bills?company=Begonia")
    page.reload()
    settled(page)
    expect(page.get_by_text("Nothing has come from QuickBooks yet.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Begonia")

    # Where the address names a company that is none, nothing of another one is shown before it was chosen.
    page.goto(f"{installation.url}/bills?company=Camellia")
    expect(page.get_by_role("heading", name="There is no such company here", level=1)).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_have_count(0)
    choose(page, "Open a company", "Aster")
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Aster")
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
