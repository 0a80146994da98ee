"""The dashboard's pages, run as a browser's session would run them, over a database of the test's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from syncengine.db.engine import Database
from syncengine.store import people
from syncengine.store.tables import Worker
from syncengine.ui import words
from tests.support.source import ROOT
from tests.unit.queries import seed

#: The first run of a page loads pandas and Streamlit's tables.
PATIENCE_SECONDS = 30
#: `[auth]` of a dashboard's secrets.
SECTION = {
    "redirect_uri": "https://books.example/oauth2callback",
    "cookie_secret": "0123456789abcdef" * 2,
    "client_id": "tieout",
    "client_secret": "hush",
    "server_metadata_url": "https://accounts.example/.well-known/openid-configuration",
}


# A page's first run looks for components in every package that is installed, which takes longer than the page; they stay the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def now() -> datetime:
    """Pages look at the machine's own clock."""
    return datetime.now(UTC)


@pytest.fixture
def open_page(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Opens a page (or dashboard.py) over this test's database, at an address, without starting a worker.

    `visitor` has signed in, at a dashboard with sign-in; `claims` are what the sign-in service says instead.
    """
    monkeypatch.setenv("TIEOUT_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("TIEOUT_BUNDLED", "0")
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()

    def opened(path: str, *, visitor: str = "", claims: dict[str, Any] | None = None, **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / path), default_timeout=PATIENCE_SECONDS)
        if visitor or claims is not None:
            at.secrets = {"auth": SECTION}
            at.user = signed_in(visitor) if claims is None else claims
        for name, value in query.items():
            at.query_params[name] = value
        return run(at)

    yield opened
    # Closes the pages' own connection pools, too.
    st.cache_resource.clear()


def signed_in(person: str, **claims: Any) -> dict[str, Any]:
    """What Streamlit tells of somebody who signed in a moment ago."""
    issued = {"iss": "https://accounts.example", "sub": person, "nonce": person, "iat": now().timestamp()}
    return {"is_logged_in": True, "email": person, "email_verified": True, **issued, **claims}


def as_member(found: seed.Seed, person: str, role: str) -> None:
    """Give a person a role in the company."""
    with found.database.writing() as connection:
        people.put(connection, found.session.company_id, person, role, seed.NOON, "seed")


def run(at: AppTest) -> AppTest:
    """Run the script once more and insist that nothing was raised."""
    at.run()
    assert not at.exception, [each.value for each in at.exception]
    return at


def press(at: AppTest, key: str) -> AppTest:
    """Click the button of this key, and run the script once more."""
    at.button(key=key).click()
    return run(at)


def keys(at: AppTest) -> list[str]:
    """The keys of the buttons that are drawn."""
    return [str(button.key) for button in at.button]


def bars(at: AppTest) -> list[str]:
    """What stands at the progress bars."""
    return [each.proto.text for each in at.get("progress")]


@pytest.fixture
def busy(sqlite_database: Database) -> seed.Seed:
    """A company with rows of every state, as of a moment ago; the same for all that begin within some seconds."""
    moment = now()
    found = seed.busy(sqlite_database, now=moment - timedelta(seconds=moment.second % 20, microseconds=moment.microsecond))
    _keep_the_worker_alive(sqlite_database)
    return found


@pytest.fixture
def idle(sqlite_database: Database) -> Any:
    """A company with nothing in it."""
    session = seed.company(sqlite_database, "Empty", now=now())
    _keep_the_worker_alive(sqlite_database)
    return session


def _keep_the_worker_alive(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(Worker).values(beat_at=datetime(2100, 1, 1, tzinfo=UTC)))


#: A mark that Markdown takes for itself after a backslash.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def texts(at: AppTest) -> str:
    """Everything that the page says, in one text, as it is read: what escapes Markdown is left out, once, as a browser does."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "success", "warning", "error", "text", "code")
    return "\n".join(_ESCAPED.sub(r"\1", str(each.value)).replace(words.UNLINKED, "") for kind in kinds for each in getattr(at, kind))


def table(at: AppTest, name: str) -> Any:
    """The table whose key begins with `name`."""
    return next(each for each in at.dataframe if f"-{name}." in each.proto.id)


def select(at: AppTest, name: str, rows: list[int]) -> AppTest:
    """Tick rows of the table whose key begins with `name`."""
    key = table(at, name).proto.id.rpartition(f"-{name}.")
    at.session_state[f"{name}.{key[2]}"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return run(at)
