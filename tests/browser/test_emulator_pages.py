"""The emulator's pages in a real browser, on the real server process: what a person does, sees and reads there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.source import ROOT

CANARY = '<img src=x onerror="document.title=1">'


@dataclass
class Running:
    """A running emulator, and an app that is connected to its distributor's company."""

    url: str
    realm: str
    empty: str

    def control(self, name: str, body: Any) -> dict[str, Any]:
        return self._json("POST", f"/_emulator/{name}", body, {})

    def api(self, method: str, tail: str, body: Any = None) -> dict[str, Any]:
        token = self.control("connect", {"realm_id": self.realm, "client_id": "shop", "client_secret": "s"})["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._json(method, f"/v3/company/{self.realm}/{tail}", body, headers)

    def _json(self, method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        with requests.Session() as http:
            http.trust_env = False
            return http.request(method, self.url + path, json=body, headers=headers, timeout=20).json()

    def one(self, entity: str, where: str) -> dict[str, Any]:
        rows = self.api("GET", f"query?query=select * from {entity} where {where}")["QueryResponse"]
        return rows[entity][0]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """The server as `python -m syncengine emulator` starts it."""
    command = [sys.executable, "-m", "syncengine", "emulator", "--port", "0", "--company", "demo", "--company", "empty"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            assert told["pages"] == told["url"] + "/"
            kinds = {each["company"]: each["realm_id"] for each in told["realms"]}
            started = Running(told["url"], kinds["demo"], kinds["empty"])
            started.control("switches", {"quotas": False})
            yield started
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture
def looked(page: Page) -> Iterator[Page]:
    """A browser page in which nothing was refused by the policy and no script has failed."""
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []


def test_an_invoice_is_found_edited_and_refused_once_the_books_are_closed(running, looked):
    page = looked
    page.goto(running.url)
    page.get_by_role("link", name="Harbor Supply Co.").first.click()
    expect(page.get_by_text("This is an emulator, not Intuit")).to_be_visible()
    page.get_by_role("searchbox", name="Search this company").fill("10250")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="10250").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Invoice 10250"))

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Memo").fill("Leave at the back door")
    page.get_by_label("Quantity, line 1").fill("10")
    # The return key saves, although another button stands before it.
    page.get_by_label("Quantity, line 1").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    history = page.get_by_role("list").filter(has_text="by bookkeeper")
    expect(history).to_contain_text("Leave at the back door")
    expect(page.get_by_text("210.00").first).to_be_visible()

    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Closing date").fill("2999-12-31")
    page.get_by_role("button", name="Close the books").click()
    expect(page.get_by_role("status")).to_have_text("The books are closed.")
    try:
        page.get_by_role("link", name="Invoices").click()
        page.get_by_role("link", name="10250").click()
        page.get_by_role("link", name="Edit", exact=True).click()
        page.get_by_label("Memo").fill("Too late")
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.get_by_role("alert")).to_contain_text("(6200)")
        expect(page.get_by_label("Memo")).to_have_value("Too late")
    finally:
        running.control("actor", {"realm_id": running.realm, "action": "close_books"})
    assert running.one("Invoice", "DocNumber = '10250'")["PrivateNote"] == "Leave at the back door"


def test_a_fault_armed_on_the_page_befalls_an_app_and_the_call_is_seen_while_watching(running, looked):
    page = looked
    page.goto(f"{running.url}/trouble")
    page.get_by_role("button", name=re.compile("Arm once ?: system_500$")).click()
    expect(page.get_by_role("status")).to_have_text("Armed.")
    page.goto(f"{running.url}/calls?watch=1")
    assert "Fault" in running.api("GET", "companyinfo/1?requestid=seen")
    row = page.get_by_role("row").filter(has_text="system_500")
    expect(row).to_contain_text("500")
    expect(row).to_contain_text("seen")
    page.get_by_role("link", name="Stop watching").click()
    page.get_by_role("combobox", name="Which calls").select_option("Only with a fault of yours")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("row")).to_have_count(2)


def test_watching_keeps_the_place_and_what_was_typed(running, looked):
    page = looked
    for _ in range(30):
        running.api("GET", "companyinfo/1")
    page.goto(f"{running.url}/calls?watch=1")
    page.get_by_role("searchbox", name="Text").fill("half typed")
    page.evaluate("scrollTo(0, 400)")
    running.api("GET", "companyinfo/1?requestid=while-away")
    expect(page.get_by_text("while-away")).to_be_attached()
    assert page.evaluate("scrollY") == 400
    expect(page.get_by_role("searchbox", name="Text")).to_have_value("half typed")


def test_two_customers_are_merged_and_their_documents_follow(running, looked):
    page = looked
    gone, kept = (running.api("POST", "customer", {"DisplayName": name})["Customer"]["Id"] for name in ("Twice Ltd", "Twice Limited"))
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    invoice = running.api("POST", "invoice", {"CustomerRef": {"value": gone}, "DocNumber": "M-1", "Line": [line]})["Invoice"]
    page.goto(f"{running.url}/company/{running.realm}/customer/{gone}")
    page.get_by_role("link", name="Merge into").click()
    page.get_by_label("Into").fill("Twice Limited")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("1 record that names it")).to_be_visible()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Twice Limited")
    page.get_by_role("link", name="1 invoice").click()
    page.get_by_role("link", name="M-1").click()
    expect(page.get_by_role("link", name="Twice Limited").first).to_be_visible()
    assert running.api("GET", f"invoice/{invoice['Id']}")["Invoice"]["CustomerRef"]["value"] == kept


def test_a_name_that_is_markup_is_shown_and_not_run(running, looked):
    page = looked
    id_ = running.api("POST", "customer", {"DisplayName": CANARY})["Customer"]["Id"]
    for path in ("customer", f"customer/{id_}", f"customer/{id_}/edit", f"customer/{id_}/deactivate", "search?q=img", ""):
        page.goto(f"{running.url}/company/{running.realm}/{path}")
        assert page.locator("img[src=x]").count() == 0
        assert "QuickBooks emulator" in page.title()
    expect(page.get_by_text(CANARY).first).to_be_visible()


def test_everything_is_reached_with_the_keyboard(running, looked):
    page = looked
    page.goto(f"{running.url}/company/{running.empty}/customer/new")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Display name").focus()
    page.keyboard.type("Typed Only")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed Only")


def test_the_pages_work_without_scripts(running, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/company/{running.empty}/vendor/new")
    page.get_by_label("Display name").fill("Plain Vendor")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain Vendor")
    page.goto(f"{running.url}/calls?watch=1")
    assert page.locator("noscript meta[http-equiv=refresh]").count() or "http-equiv" in page.content()
    context.close()


def addresses(running: Running) -> list[str]:
    invoice = running.one("Invoice", "DocNumber = '10247'")["Id"]
    own = ["", "/customer", "/invoice", f"/invoice/{invoice}", f"/invoice/{invoice}/edit", f"/invoice/{invoice}/json", f"/invoice/{invoice}/delete",
           "/customer/1", "/customer/1/merge", "/journalentry/new", "/settings", "/search?q=har", "/invoice/none", "/reports"]  # fmt: skip
    common = ["/", "/calls/meter", "/calls/mails", "/calls", "/calls/webhooks", "/trouble/clock", "/trouble", "/calls/1", "/trouble/switches"]
    return [*common, *(f"/company/{running.realm}{path}" for path in own), f"/company/{running.empty}", f"/company/{running.empty}/invoice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_in_both_themes(running, looked, scheme):
    page = looked
    page.emulate_media(color_scheme=scheme)
    running.control("faults", {"kind": "slow", "count": 3, "match": {"path": "never"}})
    running.control("switches", {"cdc_cap": 999})
    # All but the colours is the same in both, and a third of the pages has every one of them.
    options = {"resultTypes": ["violations"]} | ({"runOnly": ["color-contrast"]} if scheme == "dark" else {})
    found = []
    for path in addresses(running)[:: 3 if scheme == "dark" else 1]:
        page.goto(running.url + path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found += [(path, each["id"], node["target"]) for each in Axe().run(page, options=options).response["violations"] for node in each["nodes"]]
    assert found == []


def test_no_page_is_wider_than_a_phone(running, looked):
    page = looked
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for path in addresses(running):
        page.goto(running.url + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[path] = width
    assert wide == {}


def test_nothing_is_fetched_from_elsewhere(running, looked):
    page, fetched = looked, set()
    page.on("request", lambda request: fetched.add(request.url.split("/")[2]))
    for path in ("/", "/calls", f"/company/{running.realm}/invoice"):
        page.goto(running.url + path)
    assert fetched == {running.url.split("/")[2]}
