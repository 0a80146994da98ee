"""The visitor's session: the database behind the dashboard, the owner, the company that was picked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from sqlalchemy.engine import make_url

from syncengine import settings
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError
from syncengine.queries.session import OWNER, Session, companies, first_run
from syncengine.ui import access

if TYPE_CHECKING:
    import pandas as pd

#: The company picker's key, and so the name of the parameter in the address.
COMPANY = "company"


@st.cache_resource(show_spinner="Preparing the database…", max_entries=4, on_release=Database.close)
def _database(url: str) -> Database:
    """The database, brought up to date; an empty one gets its demo company. Once a server and URL."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite") and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    database = Database(url)
    first_run(database, SystemClock())
    return database


def database() -> Database:
    """The installation's database; a page that cannot have it stops and says why."""
    access.require_loopback()
    try:
        return _database(settings.load().database_url)
    except ConfigurationError as trouble:
        st.error(str(trouble), icon=":material/settings:", title="The installation needs a change")
        st.stop()


def actor() -> str:
    """Who is at work: on this machine's own database its owner, on another one whom the setting names."""
    return settings.load().actor or OWNER


def known() -> pd.DataFrame:
    """The companies that whoever is at work may see."""
    return companies(database(), actor=actor())


def current() -> Session:
    """The session of this run: the company from the picker or the address, else the first one."""
    companies_here = known()
    wanted = st.session_state.get(COMPANY) or st.query_params.get(COMPANY)
    ids = dict(zip(companies_here["name"], companies_here["id"], strict=True))
    if not ids:
        st.info("There is no company yet. Start the worker once, or call `python -m syncengine`.", icon=":material/store:")
        st.stop()
    return Session(database(), actor(), int(ids.get(wanted, next(iter(ids.values())))))
