"""The frame around every page: company, the light of the last sync, health, navigation, and the page's head."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import access, bundled, live, notices, words
from syncengine.ui import session as sessions

_ASSETS = Path(__file__).with_name("assets")


def configure() -> None:
    """The browser's tab; before anything else is drawn."""
    st.set_page_config(page_title="Tieout", page_icon=str(_ASSETS / "icon.png"), layout="wide")
    access.require_loopback()


def sidebar(*, with_button: bool) -> None:
    """Company picker and sync status; the Sync page brings a larger button of its own."""
    st.logo(str(_ASSETS / "logo.svg"), size="large", icon_image=str(_ASSETS / "icon.png"))
    known = queries.companies(sessions.database())["name"].tolist()
    with st.sidebar:
        if known:
            st.selectbox("Company", known, key=sessions.COMPANY, bind="query-params")
        session = sessions.current()
        live.panel(session, queries.overview(session), "frame.status", _Status(session, with_button))


class _Status:
    """The sidebar's panel."""

    def __init__(self, session: Session, with_button: bool) -> None:
        self._session = session
        self._with_button = with_button

    def __call__(self, overview: Overview) -> None:
        """Draw it from the database as it is now."""
        session = self._session
        if self._with_button:
            live.sync_button(session, overview, "frame.sync_now")
        label, icon, colour = words.HEALTH[overview.health]
        st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type] # a literal out of a table
        st.caption(_line(overview, session))


def _line(overview: Overview, session: Session) -> str:
    now = session.clock.now()
    if overview.progress:
        return overview.progress.phase or "A sync is running."
    if overview.last_run is None:
        return "Nothing has been synced yet."
    return f"{words.run(overview.last_run)}, {words.ago(overview.last_run['finished_at'], now)}."


def begin(title: str, says: str) -> tuple[Session, Overview]:
    """A page's head: who is here, whether a worker is, the title, and what became of the last click."""
    session = sessions.current()
    overview = queries.overview(session)
    st.title(title, anchor=False)
    st.caption(says)
    bundled.banner(overview, coming=bundled.ensure(overview))
    notices.show()
    return session, overview


def link(page: str, label: str, icon: str) -> None:
    """A link to another page; nothing where the page was opened alone and knows no others."""
    from streamlit.errors import StreamlitPageNotFoundError

    try:
        st.page_link(page, label=label, icon=icon)
    except (StreamlitPageNotFoundError, KeyError):
        return
