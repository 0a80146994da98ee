"""The visitor's session: the database behind the dashboard, who is at work, the company that was picked."""

from __future__ import annotations

from collections.abc import Container, Hashable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st
from sqlalchemy.engine import make_url

from syncengine import settings
from syncengine.clock import SystemClock
from syncengine.commands import signing
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.errors import ConfigurationError, Forbidden
from syncengine.queries import my_rights
from syncengine.queries.session import OWNER, Session, companies, first_run, is_owned
from syncengine.store.rights import Permission, Rights
from syncengine.store.signins import SignIn
from syncengine.ui import access, door, ending, view_as, words

if TYPE_CHECKING:
    import pandas as pd

#: The company picker's key, and so the name of the parameter in the address.
COMPANY = "company"
#: The picker in place of a company that is not there.
_OTHER = "company.other"


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
    access.admit()
    try:
        return _database(settings.load().database_url)
    except ConfigurationError as trouble:
        door.misconfigured(trouble)


def visitor() -> SignIn | None:
    """The visitor's sign-in, noted at first sight; None at this machine, where nobody is asked. Others do not come this far."""
    sign_in = access.admit()
    if sign_in is not None and not signing.arrive(database(), sign_in):
        access.ask_again("You have signed out, here or in another tab.")
    return sign_in


def actor(sign_in: SignIn | None) -> str:
    """Who is at work: who signed in; else on this machine's own database its owner, on another one whom the setting names."""
    return sign_in.person if sign_in else settings.load().actor or OWNER


def known() -> pd.DataFrame:
    """The companies that whoever is at work may see."""
    return _companies(visitor())


def _companies(sign_in: SignIn | None) -> pd.DataFrame:
    return companies(database(), actor=actor(sign_in), signed_in=sign_in is not None)


def current(here: pd.DataFrame | None = None) -> Session:
    """The session of this run: the company from the picker or the address, else the first one.

    `here` are the companies that `known` has told in the same run; without it they are asked for.
    """
    sign_in = visitor()
    if here is None:
        here = _companies(sign_in)
    ids = dict(zip(here["name"], here["id"], strict=True))
    if not ids:
        _nothing_to_see(sign_in)
    if missing(ids):
        _elsewhere(list(ids))
    company_id = int(ids.get(wanted(), next(iter(ids.values()))))
    session = Session(database(), actor(sign_in), company_id, signed_in=sign_in is not None, sign_in=sign_in)
    session = view_as.narrowed(session)
    try:
        rights(session).require(Permission.SEE_SYNC)
    except Forbidden as refused:
        st.title("This company is closed to you", anchor=False)
        st.error(words.plain(str(refused)), icon=":material/lock:")
        ending.stop()
    return session


def wanted() -> str:
    """The company that was picked, or that the address names; empty where it is left open."""
    return str(st.session_state.get(COMPANY) or st.query_params.get(COMPANY) or "")


def missing(known: Container[str]) -> bool:
    """Whether the company that is wanted is none of those that the visitor may see."""
    return bool(wanted()) and wanted() not in known


def _elsewhere(names: list[str]) -> NoReturn:
    """Nothing of another company is shown, or could be clicked, in place of the one that was asked for."""
    st.title("There is no such company here", anchor=False)
    says = f"{words.plain(wanted())} is not open to you, or has another name by now. Nothing was done."
    st.error(says, icon=":material/domain_disabled:")
    st.selectbox("Open a company", names, index=None, placeholder="Choose one", key=_OTHER, on_change=_choose, width=320)
    ending.stop()


def _choose() -> None:
    st.session_state[COMPANY] = st.query_params[COMPANY] = st.session_state[_OTHER]


def sign_out(sign_in: SignIn) -> None:
    """End the visitor's sign-in, here, in its other tabs, and at the sign-in service where that has an end to offer."""
    signing.sign_out(database(), SystemClock(), sign_in)
    view_as.stop()
    st.logout()


def rights(session: Session) -> Rights:
    """What whoever is at work may do in the company of `session` just now."""
    return my_rights(session)


def standing(session: Session) -> Hashable:
    """For whom an answer that is kept in memory holds: once another one looks, or a right was taken away, it is no longer shown."""
    return session.company_id, session.actor, session.look_as, rights(session).permissions


def _nothing_to_see(sign_in: SignIn | None) -> NoReturn:
    if sign_in is not None:
        door.no_company(sign_in.person, partial(sign_out, sign_in), ownerless=not is_owned(database()))
    if is_local(database().url):
        st.title("There is no company yet", anchor=False)
        st.info("Start the worker once, or call `python -m syncengine`.", icon=":material/store:")
    else:
        st.title("There is no company open to you", anchor=False)
        who = words.plain(actor(sign_in))
        says = f"{who} has no right in any company of this database. Ask an owner, or say who you are with `TIEOUT_ACTOR`."
        st.error(says, icon=":material/lock:")
    ending.stop()
