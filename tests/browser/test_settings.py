"""Settings in a browser: to QuickBooks' consent page and back, with everything that can go wrong; a change applied."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from syncengine import commands, queries
from syncengine.engine import setup
from syncengine.store.tables import Service
from tests.browser.conftest import settled, styled, until
from tests.browser.hands import called, press
from tests.browser.test_alerts import add, proves
from tests.browser.test_dashboard import STREAMLITS_OWN
from tests.support.receivers import hook, landing


def consent_page(page):
    """Begin, and go where the link leads, in the same tab."""
    page.get_by_role("button", name="Connect to QuickBooks").click()
    link = page.get_by_role("link", name="Open QuickBooks' consent page")
    expect(link).to_be_visible()
    page.goto(link.get_attribute("href"))
    expect(page.get_by_role("button", name="Connect")).to_be_visible()


def consent_in_its_own_tab(page):
    """Begin, and press the link as a person does, which leaves the page where it is."""
    press(page, "Connect to QuickBooks")
    settled(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open QuickBooks' consent page").click()
    expect(opened.value.get_by_role("button", name="Connect")).to_be_visible()
    return opened.value


def synced(installation, name):
    """A company that has been let in once, and so is tied to one of the emulator's."""
    session = installation.company(name)
    commands.sync_now(session)
    until(lambda: not queries.runs(session).empty and queries.runs(session)["result"].iloc[0] == "ok", within=60)
    return session


def another_realm(installation):
    """A company in QuickBooks that nobody here is connected to."""
    with installation.database.reading() as connection:
        address = connection.scalar(select(Service.address).where(Service.name == "emulator"))
    with requests.Session() as http:
        http.trust_env = False
        return str(http.post(f"{address}/_emulator/companies", json={"kind": "empty"}, timeout=30).json()["realm_id"])


def choose(page, realm):
    page.locator("select").select_option(realm)
    page.get_by_role("button", name="Connect").click()
    settled(page)


def test_a_company_is_cut_off_connected_again_by_consent_and_no_other_is_taken(installation, awake, visit):
    session = synced(installation, "Consent")
    realm, other = installation.realm(session), another_realm(installation)
    page = visit("settings", company="Consent")
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Disconnect now").click()
    expect(page.get_by_text("Disconnected: nothing syncs until it is connected again")).to_be_visible()

    # No: nothing is connected, and nothing of it stays in the address.
    consent_page(page)
    page.get_by_role("button", name="No, thanks").click()
    settled(page)
    expect(page.get_by_text("did not grant access").first).to_be_visible()
    assert "state=" not in page.url
    assert "company=Consent" in page.url

    # Another company of QuickBooks than before: refused, with what to do.
    consent_page(page)
    choose(page, other)
    expect(page.get_by_text("add a company of its own")).to_be_visible()
    assert queries.connection(session).state == "disconnected"

    # The same one: connected, and it syncs.
    there = consent_in_its_own_tab(page)
    choose(there, realm)
    for tab in (there, page):  # the one that was left behind hears of it by itself
        expect(tab.get_by_role("heading", name="Connected to QuickBooks")).to_be_visible()
        expect(tab.get_by_test_id("stException")).to_have_count(0)
        assert not {"code", "state", "realmId"} & set(urlsplit(tab.url).query.replace("=", "&").split("&"))
    assert queries.connection(session).state == "connected"
    before = len(queries.runs(session))
    commands.sync_now(session)
    until(lambda: len(queries.runs(session)) > before and queries.runs(session)["result"].iloc[0] == "ok", within=60)


@pytest.mark.parametrize("state", ["forged", ""])
def test_a_forged_answer_and_one_that_was_used_connect_nothing(installation, visit, state):
    name = f"Forged-{state or 'empty'}"
    session = installation.company(name)
    page = visit("settings", company=name, state=f"{session.company_id}-{state}", code="AB11x", realmId="1")
    expect(page.get_by_text("belongs to no sign-in that you began")).to_be_visible()
    assert "AB11x" not in page.url
    assert "AB11x" not in page.content()
    page.reload()
    settled(page)
    expect(page.get_by_text("belongs to no sign-in that you began")).to_have_count(0)


def test_a_company_of_intuit_s_is_shown_the_way_and_its_secret_to_nobody(installation, awake, visit):
    from syncengine.clock import SystemClock

    setup.add_real_company(installation.database, SystemClock(), "Intuit", environment="sandbox")
    page = visit("settings", company="Intuit")
    page.get_by_label("Client ID").fill("our-client")
    page.get_by_label("Client secret").fill("secret-0815")
    page.get_by_role("button", name="Keep these keys").click()
    expect(page.get_by_text("The keys are kept.")).to_be_visible()
    expect(page.get_by_label("Client secret")).to_have_value("")
    assert "0815" not in page.content()
    page.get_by_role("button", name="Connect to QuickBooks").click()
    link = page.get_by_role("link", name="Open QuickBooks' consent page")
    expect(link).to_be_visible()
    assert link.get_attribute("href").startswith("https://appcenter.intuit.com/connect/oauth2?client_id=our-client")
    assert f"{urlsplit(installation.url).port}%2Fsettings" in link.get_attribute("href")

    # A sentence that comes above the panel leaves it open, with the field in it.
    paste(page, "https://example.com/nothing")
    expect(page.get_by_text("This address holds no answer of QuickBooks")).to_be_visible()
    settled(page)
    expect(page.get_by_role("textbox", name="Address of the page that the browser ended on")).to_be_visible()


def test_a_change_is_told_applied_and_shown_to_a_second_browser(installation, visit, browser):
    session = installation.company("Choices")
    page = visit("settings", company="Choices", tab="What+syncs")
    page.get_by_text("only to QuickBooks", exact=True).click()
    expect(page.get_by_text("1 change staged")).to_be_visible()
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_text("Saved: 1 setting.")).to_be_visible()
    assert queries.settings(session).set_index("name")["value"]["direction"] == "to quickbooks"
    other = browser.new_page()
    try:
        other.goto(page.url)
        settled(other)
        expect(other.get_by_role("radio", name="only to QuickBooks", exact=True)).to_be_checked()
    finally:
        other.close()


def disconnect(page):
    press(page, "Disconnect")
    page.get_by_role("button", name="Disconnect now").click()
    expect(page.get_by_text("Disconnected: nothing syncs until it is connected again")).to_be_visible()


def paste(page, address):
    """Hand over an address that the browser ended on elsewhere."""
    field = page.get_by_role("textbox", name="Address of the page that the browser ended on")
    if not field.is_visible():
        page.get_by_text("I ended on another page: paste its address").click()
    settled(page)
    field.fill(address)
    press(page, "Connect with this address")


def test_a_company_is_never_connected_let_in_again_and_connected_by_a_pasted_address(installation, awake, visit):
    session = synced(installation, "Pasting")
    realm = installation.realm(session)
    page = visit("settings", company="Pasting")
    disconnect(page)
    press(page, "Never connect")
    expect(page.get_by_role("heading", name="Not to be connected")).to_be_visible()
    expect(called(page, "button", "Never connect")).to_have_count(0)
    press(page, "Let it in")
    expect(page.get_by_role("heading", name="Signs in again with the next sync")).to_be_visible()
    press(page, "Sync now")
    expect(page.get_by_role("heading", name="Connected to QuickBooks")).to_be_visible()

    # Where the browser cannot come back here, the address that it ended on is pasted.
    disconnect(page)
    with landing() as elsewhere:
        redirect = page.get_by_role("textbox", name="Redirect address")
        redirect.fill(elsewhere)
        redirect.press("Enter")
        consent_page(page)
        page.locator("select").select_option(realm)
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        landed = page.url
    page = visit("settings", company="Pasting")
    paste(page, installation.url)
    expect(page.get_by_text("This address holds no answer of QuickBooks")).to_be_visible()
    paste(page, landed.replace("state=", "state=x"))
    expect(page.get_by_text("belongs to no sign-in that you began")).to_be_visible()
    assert queries.connection(session).state == "disconnected"
    paste(page, landed)
    expect(page.get_by_role("heading", name="Connected to QuickBooks")).to_be_visible()
    assert queries.connection(session).state == "connected"


def copied(page):
    """The secret that the page shows, once it was copied."""
    shown = page.locator(".st-key-alerts-secret").get_by_test_id("stCode")
    expect(shown).to_be_visible()
    secret = shown.inner_text()
    press(page, "I have copied it")
    expect(shown).to_have_count(0)
    return secret


def test_what_a_webhook_is_told_of_is_changed_and_its_secret_replaced(installation, visit):
    session = installation.company("Hooked")
    with hook() as web:
        page = visit("settings", company="Hooked", tab="Alerts")
        settled(page)
        page.get_by_test_id("stForm").get_by_role("button", name="The connection is lost").click()
        add(page, "Webhook", web.url)
        old = copied(page)
        expect(called(page, "button", "Save")).to_have_count(0)
        assert sorted(queries.alerts(session)["changes"].iloc[0]) == ["recovered", "silence", "x"]
        card = page.locator(f".st-key-alerts-{queries.alerts(session)['id'].iloc[0]}")
        card.get_by_role("button", name="It is well again").click()
        press(page, "Save")
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(called(page, "button", "Save")).to_have_count(0)
        assert sorted(queries.alerts(session)["changes"].iloc[0]) == ["silence", "x"]
        press(page, "New secret")
        new = copied(page)
        press(page, "Send a test")
        until(lambda: web.got)
        _, headers, body = web.got.pop()
        assert [proves(each, headers["Tieout-Signature"], body) for each in (new, old)] == [True, False]


@pytest.mark.parametrize("tab", ["Connection", "Schedule", "Accounts", "Conflicts and corrections"])
def test_the_tabs_are_accessible_and_fit_a_phone(installation, visit, page, tab):
    page.set_viewport_size({"width": 390, "height": 844})
    visit("settings", tab=tab.replace(" ", "+"))
    styled(page)
    found = [each for each in Axe().run(page).response["violations"] if each["id"] not in STREAMLITS_OWN]
    assert [(each["id"], node["html"], node["failureSummary"]) for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
