"""Every page, empty and full, opened alone and through the dashboard."""

from __future__ import annotations

import pytest

from tests.support.source import ROOT
from tests.unit.ui.conftest import run, texts

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_alone_over_a_company_with_nothing_in_it(page, idle, path):
    at = page(path)
    assert at.title[0].value
    assert at.caption[0].value


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_over_a_busy_company(page, busy, path):
    assert page(path).title[0].value


def test_the_dashboard_leads_to_every_page(page, busy):
    at = page("dashboard.py")
    titles = [at.title[0].value]
    for path in PAGES:
        at.switch_page(path)
        titles.append(run(at).title[0].value)
    assert len(set(titles)) == len(PAGES)


def test_an_empty_machine_gets_its_demo_company_and_says_so(page, sqlite_database):
    at = page("dashboard.py")
    assert at.selectbox(key="company").options == ["Demo"]
    assert "Ready for the first sync" in texts(at)
    assert "What to try" in texts(at)


def test_a_company_is_picked_by_the_address(page, busy, idle):
    at = page("dashboard.py")
    assert at.selectbox(key="company").options == ["Empty", "Harbour"]
    assert "Ready for the first sync" in texts(at)
    assert "Something needs you" in texts(page("dashboard.py", company="Harbour"))


@pytest.mark.parametrize(
    ("company", "says"), [("Harbour", "Needs attention"), ("Empty", "Nothing waits"), ("Nobody", "Nothing waits")]
)
def test_a_page_alone_heeds_the_address_and_takes_the_first_company_for_an_unknown_one(page, busy, idle, company, says):
    assert says in texts(page("pages/preview.py", company=company))


def test_another_company_is_picked_from_the_list(page, busy, idle):
    at = page("dashboard.py")
    at.selectbox(key="company").set_value("Harbour")
    assert "Something needs you" in texts(run(at))
