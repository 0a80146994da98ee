"""A real dashboard in a real browser: streamlit, bundled worker and emulator as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from syncengine import inventory, settings
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import capture, setup
from syncengine.queries import Session, first_run
from syncengine.quickbooks import wire
from syncengine.store import connections, people
from syncengine.store.tables import Service, Worker
from syncengine.store.vault import open_vault
from tests.browser.proxy import proxied
from tests.support import oidc
from tests.support.driven import Driven
from tests.support.receivers import mailbox
from tests.support.source import ROOT

#: A cold start on a busy machine, worker and emulator included.
START_SECONDS = 60
#: The first page of a server's life, for which everything is imported and the database made: ten seconds of a processor, of which
#: other tests may leave a tenth.
FIRST_PAGE_SECONDS = 180
#: The script of the page has run through and nothing is on its way.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
#: Who owns the company "Served" of the dashboard that is served to others.
ADA = "ada@books.example"


@dataclass
class Installation:
    """One running installation.

    Attributes:
        url: where the dashboard is.
        database: the same database as its processes use.
        mails: what its mail server has taken.
        looked_at: whether a page of it was opened: whoever looks first starts the worker.
    """

    url: str
    database: Database
    mails: list[EmailMessage] = field(default_factory=list)
    looked_at: bool = False

    def company(self, name: str, sample: str = "empty") -> Session:
        """Add a company of the test's own, on an installation that may not have been looked at yet."""
        first_run(self.database, SystemClock())
        return Session(self.database, "Ada", setup.add_company(self.database, SystemClock(), name, sample=sample), SystemClock())

    def customers(self, session: Session, *names: str) -> dict[str, int]:
        """Save customers, as the inventory program would."""
        ids = {name: inventory.save(self.database, "customer", {"name": name}, company=session.company_id) for name in names}
        # The worker does so by itself, as soon as the first page was looked at and has started one.
        capture.capture(self.database, SystemClock())
        return ids

    def fault(self, **wish: Any) -> None:
        """Arm trouble in the emulator."""
        self._control("faults", wish)

    def bookkeeper(self, session: Session, **act: Any) -> Any:
        """Let somebody work in QuickBooks itself."""
        return self._control("actor", {"realm_id": self.realm(session), **act})

    def in_quickbooks(self, session: Session, statement: str) -> list[dict[str, Any]]:
        """What QuickBooks' company itself answers to a query, past everything of ours."""
        realm = self.realm(session)
        grant = self._control("connect", {"realm_id": realm, "client_id": "watcher", "client_secret": "x"})
        headers = {"Authorization": f"Bearer {grant['access_token']}", "Accept": "application/json"}
        answer = self._asked("GET", f"v3/company/{realm}/query", params={"query": statement, "minorversion": "75"}, headers=headers)
        return [row for value in answer["QueryResponse"].values() if isinstance(value, list) for row in value]

    def realm(self, session: Session) -> str:
        """The realmId of a company that has synced."""
        data = self.database.url.removeprefix("sqlite:///").rpartition("/")[0]
        with self.database.reading() as connection:
            kept = connections.get(connection, session.company_id)["realm"]
        return open_vault(settings.load({"TIEOUT_DATA": data})).open(kept)

    def _control(self, path: str, wish: dict[str, Any]) -> Any:
        return self._asked("POST", f"_emulator/{path}", json=wish)

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        with self.database.reading() as connection:
            address = connection.scalar(select(Service.address).where(Service.name == "emulator"))
        with requests.Session() as http:
            http.trust_env = False
            reply = http.request(method, f"{address}/{path}", timeout=30, **more)
        assert reply.ok, reply.text
        return wire.loads(reply.text) if reply.text else None

    def worker_pids(self) -> list[int]:
        """The processes whose heartbeat is on record, the newest last."""
        with self.database.reading() as connection:
            return list(connection.scalars(select(Worker.pid).order_by(Worker.started_at)))


def until(done: Callable[[], Any], within: float = 30, every: float = 0.2) -> Any:
    """What `done` answers as soon as it is something; fails when it stays nothing."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if found := done():
            return found
        time.sleep(every)
    pytest.fail(f"nothing came of it within {within} s")


@contextmanager
def serving(folder: Path, port: int, **environment: str) -> Iterator[str]:
    """`streamlit run dashboard.py` over the data in `folder`; gives its address."""
    log = folder / "log"
    # What a developer or CI has set must not reach the installation.
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", *options]
    own |= {"TIEOUT_DATA": str(folder / "data"), "TIEOUT_SAMPLE_DAY": "0", **environment}
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=own, stdout=out, stderr=out) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser(browser: Browser, pytestconfig: pytest.Config) -> Browser:
    """A browser that tells what is done in it, and that waits as long in a test that runs alone as in one of many."""
    driven: Driven = pytestconfig.pluginmanager.get_plugin("driven")
    expect.set_options(timeout=START_SECONDS * 1_000)
    return _patient(driven.watch(browser))


def _patient(browser: Browser) -> Browser:
    """The browser, in every context and page of which nothing is given up before a busy machine may have done it."""

    def waiting(begin: Callable[..., Any], **options: Any) -> Any:
        made = begin(**options)
        made.set_default_timeout(START_SECONDS * 1_000)
        return made

    for name in ("new_context", "new_page"):
        setattr(browser, name, partial(waiting, getattr(browser, name)))
    return browser


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Installation]:
    """An installation that begins on an empty machine, as for somebody who types `streamlit run dashboard.py`.

    It ends with the last test of this folder: even at rest, its processes take a part of a core from all that follows.
    """
    folder = tmp_path_factory.mktemp("installation")
    (folder / "data").mkdir()
    with mailbox() as box, serving(folder, free_port(), TIEOUT_SMTP_URL=box.url, TIEOUT_WEBHOOKS_INSIDE="1") as url:
        database = Database(f"sqlite:///{folder / 'data' / 'tieout.db'}")
        yield Installation(url, database, box.mails)
        database.close()


@pytest.fixture
def fresh_url(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """A dashboard that nobody has looked at yet, without a worker."""
    with serving(tmp_path, free_port(), TIEOUT_BUNDLED="0") as url:
        yield url


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    def healthy() -> bool:
        if server.poll() is not None:
            pytest.fail(log.read_text())
        try:
            with requests.Session() as http:
                http.trust_env = False
                return http.get(url, timeout=2).ok
        except requests.RequestException:
            return False

    until(healthy, START_SECONDS)


@pytest.fixture
def visit(installation: Installation, page: Page) -> Iterator[Callable[..., Page]]:
    """Opens a page of the dashboard and waits until it is drawn; afterwards it must have raised nothing."""

    def opened(path: str = "", **query: str) -> Page:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        page.goto(f"{installation.url}/{path}?{text}")
        settled(page)
        installation.looked_at = True
        return page

    yield opened
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture
def awake(installation: Installation, visit: Callable[..., Page]) -> None:
    """The installation has a database and a worker, though the test has opened no page yet.

    Only the first test that wants so looks for it: a page that is opened takes a second of the processor.
    """
    if not installation.looked_at:
        visit()


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
        settled(self.page)  # the first page of a server's life takes its time: a click in the middle of it may come to nothing
        self.page.get_by_role("button", name="Sign in").click()
        return self.page

    def give(self, person: str, role: str, session: Session | None = None) -> None:
        """Give a person a role, without asking anybody; in another company where its session is given."""
        with self.session.database.writing() as connection:
            people.put(connection, (session or self.session).company_id, person, role, datetime.now(UTC), "seed")


@pytest.fixture(scope="package")
def running(installation: Installation, tmp_path_factory, free_port: Callable[[], int]) -> Iterator[tuple[str, str, oidc.Provider]]:
    """A second dashboard over the installation's database, behind a proxy, with sign-in."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    with oidc.serving(free_port()) as provider, proxied(port) as url:
        secrets = folder / "secrets.toml"
        secrets.write_text(provider.section(url))
        environment = {"TIEOUT_DATABASE_URL": installation.database.url, "TIEOUT_BUNDLED": "0", "STREAMLIT_SECRETS_FILES": str(secrets)}
        with serving(folder, port, **environment) as behind:
            yield url, behind, provider


@pytest.fixture(scope="package")
def company(installation: Installation) -> Session:
    """A company with an owner."""
    session = installation.company("Served")
    with session.database.writing() as connection:
        people.put(connection, session.company_id, ADA, "owner", datetime.now(UTC), "seed")
    return session


@pytest.fixture
def served(running, company: Session, page: Page) -> Iterator[Served]:
    """The served dashboard, and a browser that has never been there; afterwards no page may have raised anything."""
    yield Served(*running, company, page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def in_the_dashboard(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    settled(page)


def within(page: Page) -> tuple[Locator, ...]:
    """What is there inside and not at the door: a company's name, the ways to its pages, and what acts on it."""
    menu = page.get_by_test_id("stSidebar").get_by_role("link")
    return (page.get_by_role("combobox", name="Company"), menu, page.get_by_role("button", name="Sync now"))


def at_the_door(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in to Tieout")).to_be_visible()
    for each in within(page):
        expect(each).to_have_count(0)


def settled(page: Page) -> None:
    """Wait until the page's script has run through; it may be the first one of a server's life."""
    page.wait_for_selector(f"{IDLE} h1", timeout=FIRST_PAGE_SECONDS * 1_000)


def styled(page: Page) -> None:
    """Wait for the stylesheet, which comes a moment after the page: colours are told by it."""
    page.wait_for_function("getComputedStyle(document.querySelector('[data-testid=stCaptionContainer]')).opacity === '0.8'")


def cell(grid: Locator, row: int, *, left: float) -> tuple[float, float]:
    """Where to click in a table, which is a canvas: header 36 px, rows 35 px."""
    box = until(grid.locator("canvas").first.bounding_box)  # nothing, for the moment in which a table takes another's place
    return box["x"] + left, box["y"] + 36 + 35 * row + 17
