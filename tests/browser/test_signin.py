"""Sign-in in a real browser: through a proxy, against a real sign-in service, over the real worker and emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from syncengine import commands, queries
from syncengine.queries import Session
from syncengine.store import people
from tests.browser.conftest import START_SECONDS, Installation, serving, settled, until
from tests.browser.proxy import proxied
from tests.support import oidc

#: Whoever loses a role here must have none in the companies that other tests leave in the same installation.
ADA, BEN, DORA = "ada@books.example", "ben@books.example", "dora@books.example"


@dataclass
class Served:
    """A dashboard that is served to others.

    Attributes:
        url: its public address, that of the proxy.
        behind: the address that the proxy passes requests on to.
        provider: the sign-in service.
        session: the owner's view of its one company with people, "Served".
        page: the browser's tab.
    """

    url: str
    behind: str
    provider: oidc.Provider
    session: Session
    page: Page

    def sign_in(self, person: str, *, path: str = "", ago: float = 0.0, **claims: object) -> Page:
        """Open the dashboard, press Sign in, and come back as `person`."""
        self.provider.person, self.provider.ago = {"email": person, "email_verified": True, **claims}, ago
        self.page.goto(f"{self.url}/{path}")
        self.page.get_by_role("button", name="Sign in").click()
        return self.page

    def give(self, person: str, role: str) -> None:
        """Give a person a role, without asking anybody."""
        with self.session.database.writing() as connection:
            people.put(connection, self.session.company_id, person, role, datetime.now(UTC), "seed")


@pytest.fixture(scope="module")
def running(installation: Installation, tmp_path_factory, free_port: Callable[[], int]) -> Iterator[tuple[str, str, oidc.Provider]]:
    """A second dashboard over the installation's database, behind a proxy, with sign-in."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    with oidc.serving(free_port()) as provider, proxied(port) as url:
        secrets = folder / "secrets.toml"
        secrets.write_text(provider.section(url))
        environment = {"TIEOUT_DATABASE_URL": installation.database.url, "TIEOUT_BUNDLED": "0", "STREAMLIT_SECRETS_FILES": str(secrets)}
        with serving(folder, port, **environment) as behind:
            yield url, behind, provider


@pytest.fixture(scope="module")
def company(installation: Installation) -> Session:
    """A company with an owner."""
    session = installation.company("Served")
    with session.database.writing() as connection:
        people.put(connection, session.company_id, ADA, "owner", datetime.now(UTC), "seed")
    return session


@pytest.fixture
def served(running, company: Session, page: Page) -> Iterator[Served]:
    """The served dashboard, and a browser that has never been there; afterwards no page may have raised anything."""
    page.set_default_timeout(START_SECONDS * 1000)
    expect.set_options(timeout=START_SECONDS * 1000)
    yield Served(*running, company, page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def in_the_dashboard(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    settled(page)


def at_the_door(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in to Tieout")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)


def test_nobody_comes_in_without_signing_in_neither_through_the_proxy_nor_past_it(served):
    for url in (served.url, f"{served.url}/preview?company=Served", served.behind, f"{served.behind}/errors"):
        served.page.goto(url)
        at_the_door(served.page)
        expect(served.page.get_by_text("Served")).to_have_count(0)
        expect(served.page.get_by_test_id("stSidebarNav")).to_have_count(0)


def test_signing_in_leads_to_the_page_that_was_asked_for_and_survives_a_reload(served):
    page = served.sign_in("Ada@Books.Example", path="preview?company=Served")
    in_the_dashboard(page)
    expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
    expect(page).to_have_url(f"{served.url}/preview?company=Served")
    assert "tieout_way_back" not in {cookie["name"] for cookie in page.context.cookies()}
    expect(page.get_by_text("ada@\N{WORD JOINER}books.example, owner")).to_be_visible()
    page.reload()
    in_the_dashboard(page)
    asked = served.provider.asked[-1]
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid email profile", "S256")
    assert asked["redirect_uri"] == f"{served.url}/oauth2callback"


def test_signing_out_clears_the_cookies_tells_the_service_and_ends_the_other_tab(served):
    page = served.sign_in(ADA)
    in_the_dashboard(page)
    before = page.context.cookies()
    other = page.context.new_page()
    other.goto(served.url)
    in_the_dashboard(other)
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    assert not [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    assert served.provider.farewells[-1]["post_logout_redirect_uri"] == f"{served.url}/oauth2callback"
    # No click is needed there: its panel notices.
    expect(other.get_by_text("You have signed out, here or in another tab.")).to_be_visible()
    at_the_door(other)
    # Whoever kept a copy of the cookie has nothing of it.
    page.context.add_cookies(before)
    page.goto(served.url)
    expect(page.get_by_text("You have signed out")).to_be_visible()


def test_a_cookie_that_was_tampered_with_is_worth_nothing(served):
    page = served.sign_in(ADA)
    in_the_dashboard(page)
    cookie = next(each for each in page.context.cookies() if each["name"] == "_streamlit_user")
    middle = len(cookie["value"]) // 2
    changed = cookie["value"][:middle] + ("A" if cookie["value"][middle] != "A" else "B") + cookie["value"][middle + 1 :]
    page.context.add_cookies([{**cookie, "value": changed}])
    page.goto(served.url)
    at_the_door(page)


def test_an_open_page_closes_by_itself_when_the_sign_in_comes_of_age(served):
    page = served.sign_in(ADA, ago=12 * 3600 - 15)
    in_the_dashboard(page)
    expect(page.get_by_text("You signed in more than 12 hours ago.")).to_be_visible()
    at_the_door(page)
    page.reload()
    at_the_door(page)
    served.provider.ago = 0
    page.get_by_role("button", name="Sign in").click()
    in_the_dashboard(page)


def test_who_is_unknown_or_not_verified_does_not_come_in(served):
    page = served.sign_in("eve@elsewhere.example")
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()
    expect(page.get_by_text("Served")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    served.sign_in(ADA, email_verified=False)
    expect(page.get_by_text("has not verified that")).to_be_visible()
    at_the_door(page)
    served.provider.person = None
    page.get_by_role("button", name="Sign in").click()
    at_the_door(page)


def test_a_role_that_is_taken_away_while_the_page_is_open_ends_it_and_a_lesser_one_takes_its_buttons(served):
    served.give(BEN, "operator")
    page = served.sign_in(BEN, path="?company=Served")
    in_the_dashboard(page)
    commands.set_role(served.session, BEN, "viewer")
    page.get_by_test_id("stMain").get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("may not press Sync now")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    assert queries.progress(served.session) is None
    commands.remove_member(served.session, BEN)
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()


#: What each role finds in the menu, and which of these buttons.
SEES = ("Sync", "Preview sync", "Sync errors", "Conflicts and drift", "History", "Records", "Explore")
LISTS = ("Accounts", "Bills", "Credit memos", "Employees", "Journal entries", "Purchases", "Tax codes")
MENUS = {
    "viewer": {*SEES},
    "accountant": {*SEES, *LISTS},
    "operator": {*SEES},
    "manager": {*SEES, *LISTS, "Import"},
    "owner": {*SEES, *LISTS, "Import", "Settings", "People"},
}
PRESSES = {"operator", "manager", "owner"}


def test_each_role_finds_its_own_menu_and_buttons_and_no_others(served, installation):
    installation.customers(served.session, "Alpine")
    until(lambda: queries.queue_counts(served.session).total == 1)
    page = served.page
    for role, offers in MENUS.items():
        served.give(DORA, role)
        if role == "viewer":
            served.sign_in(DORA, path="settings?company=Served")
        else:
            page.goto(f"{served.url}/settings?company=Served")
        in_the_dashboard(page)
        expect(page.get_by_text(f"dora@\N{WORD JOINER}books.example, {role}")).to_be_visible()
        expect(page.get_by_text("This page is closed to you")).to_have_count(int(role != "owner"))
        menu = page.get_by_test_id("stSidebar").get_by_role("link")
        assert {each.rpartition("\n")[2] for each in menu.all_inner_texts()} == offers
        menu.get_by_text("Preview sync").click()
        expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
        settled(page)
        for button in ("Sync now", "Remove", "Move to bottom"):
            expect(page.get_by_role("button", name=button, exact=True)).to_have_count(int(role in PRESSES))


def test_nothing_of_the_door_is_fetched_from_outside(served):
    hosts = set()
    served.page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    served.page.goto(served.url)
    at_the_door(served.page)
    assert hosts <= {"127.0.0.1", None}
