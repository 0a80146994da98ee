"""The visitor's session: the database behind the dashboard, the owner, the company that was picked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st
from sqlalchemy.engine import make_url

from syncengine import settings
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.errors import ConfigurationError, Forbidden
from syncengine.queries import my_rights
from syncengine.queries.session import OWNER, Session, companies, first_run
from syncengine.store.rights import Permission, Rights
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
        _nothing_to_see()
    session = Session(database(), actor(), int(ids.get(wanted, next(iter(ids.values())))))
    try:
        rights(session).require(Permission.SEE_SYNC)
    except Forbidden as refused:
        st.error(str(refused), icon=":material/lock:", title="This company is closed to you")
        st.stop()
    return session


def rights(session: Session) -> Rights:
    """What whoever is at work may do in the company of `session` just now."""
    return my_rights(session)


def _nothing_to_see() -> NoReturn:
    if is_local(database().url):
        st.info("There is no company yet. Start the worker once, or call `python -m syncengine`.", icon=":material/store:")
    else:
        st.error(
            f"{actor()} has no right in any company of this database. Ask an owner, or say who you are with `TIEOUT_ACTOR`.",
            icon=":material/lock:",
            title="There is no company open to you",
        )
    st.stop()
