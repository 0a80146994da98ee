"""The frame around every page: company, the light of the last sync, health, navigation, and the page's head."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import access, bundled, live, notices, words
from syncengine.ui import session as sessions

_ASSETS = Path(__file__).with_name("assets")
#: Set once the frame was drawn around a page of this visitor.
_DRAWN = "frame.drawn"


def configure() -> None:
    """The browser's tab; before anything else is drawn."""
    st.set_page_config(page_title="Tieout", page_icon=str(_ASSETS / "icon.png"), layout="wide")
    st.html(_ASSETS / "style.css")
    st.session_state[_DRAWN] = True
    access.require_loopback()


def sidebar(sections: Mapping[str, Sequence[Page]], *, with_button: bool) -> None:
    """Company picker, links and sync status; the Sync page brings a larger button of its own."""
    st.logo(str(_ASSETS / "logo.svg"), size="large", icon_image=str(_ASSETS / "icon.png"))
    known = sessions.known()["name"].tolist()
    with st.sidebar:
        if known:
            _company(known)
        for section, pages in sections.items():
            st.caption(section)
            for page in pages:
                st.page_link(page, query_params=_address(), width="stretch")
        st.divider()
        session = sessions.current()
        live.panel(session, queries.overview(session), "frame.status", _Status(session, with_button))


def _company(known: list[str]) -> None:
    """The picker. The address names the company, so that a link or a reload leads to the same one."""
    if st.session_state.get(sessions.COMPANY) not in known:
        wanted = st.query_params.get(sessions.COMPANY)
        st.session_state[sessions.COMPANY] = wanted if wanted in known else known[0]
    st.selectbox("Company", known, key=sessions.COMPANY, on_change=_name_in_address)


def _name_in_address() -> None:
    st.query_params[sessions.COMPANY] = st.session_state[sessions.COMPANY]


def _address() -> dict[str, str]:
    """What every link says of the company; nothing where none was asked for."""
    chosen = st.session_state.get(sessions.COMPANY) or st.query_params.get(sessions.COMPANY)
    return {sessions.COMPANY: str(chosen)} if chosen else {}


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
    _insist_on_the_frame()
    session = sessions.current()
    overview = queries.overview(session)
    st.title(title, anchor=False)
    st.caption(says)
    bundled.banner(overview, coming=bundled.ensure(overview))
    notices.show()
    return session, overview


def _insist_on_the_frame() -> None:
    """Start over where Streamlit's older discovery of pages/ ran this page without its frame.

    That happens to the first request of a server's life when it names a page: discovery ends with the first call of
    st.navigation, which only the frame makes. A page that was started by itself, as in a test, stays as it is.
    """
    main = Path(getattr(sys.modules["__main__"], "__file__", None) or "")
    if main.name == "dashboard.py" and not st.session_state.get(_DRAWN):
        # What st.navigation sets; calling it here with other pages than the frame's would end in "Page not found".
        PagesManager.uses_pages_directory = False
        st.rerun()


def link(page: str, label: str, icon: str) -> None:
    """A link to another page; nothing where the page was opened alone and knows no others."""
    from streamlit.errors import StreamlitPageNotFoundError

    try:
        st.page_link(page, label=label, icon=icon, query_params=_address())
    except (StreamlitPageNotFoundError, KeyError):
        return
