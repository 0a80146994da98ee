"""The frame around every page: the menu, the company with the light of its last sync and its health, and the page's head."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager

from syncengine import queries
from syncengine.errors import Forbidden, SignedOut
from syncengine.queries import Overview, Session
from syncengine.store.rights import Permission
from syncengine.ui import (
    access,
    acting,
    address,
    arriving,
    bundled,
    ending,
    lasting,
    lesson,
    live,
    menu,
    notices,
    sample,
    view_as,
    way_back,
    words,
)  # fmt: skip
from syncengine.ui import session as sessions

_ASSETS = Path(__file__).with_name("assets")
#: Pixels: as much as the longest entry of the menu needs, so that tables get the rest.
_MENU_WIDTH = 240
#: Set once the frame was drawn around a page of this visitor.
_DRAWN = "frame.drawn"
#: Set once this visit has begun, with whatever page it was.
_ARRIVED = "frame.arrived"
#: What the address may say of any company alike: how one looks at a page, and filters with the same choices everywhere.
_ANYWHERE = frozenset(
    {view_as.KEY, lesson.KEY, "view", "way", "tab", "kind", "of", "state", "does", "outcome", "answer", "question", "sql"}
)
#: Fields of text, in which one looks for a company's own rows and people.
_SAID = frozenset({"search", "party", "who", "what"})
#: The names of the pages that this person may open, for links to them.
_OPEN = "frame.open"
#: The session and the overview that the frame has read, for the page of the same run.
_SEEN = "frame.seen"


def configure() -> None:
    """The browser's tab; before anything else is drawn."""
    st.set_page_config(page_title="Tieout", page_icon=str(_ASSETS / "icon.png"), layout="wide", initial_sidebar_state=_MENU_WIDTH)
    st.html(_ASSETS / "style.css")
    st.session_state[_DRAWN] = True
    address.cleanse()
    access.admit()


def pages() -> dict[str, Page]:
    """Every page by its name, for one run: the same each time, and to look up twenty files takes a tenth of a small page."""
    return {name: copy.copy(page) for name, page in _every_page()}  # each run marks those that it has


@cache
def _every_page() -> tuple[tuple[str, Page], ...]:
    made = (
        # The first page is served at the root, and its own name is left to what leads there.
        st.Page(each.path, title=each.title, icon=each.icon, default=first, url_path="home" if first else None)
        for each in menu.ENTRIES
        for first in (each is menu.HOME,)
    )
    return tuple((each.name, page) for each, page in zip(menu.ENTRIES, made, strict=True))


def way_home(pages: Mapping[str, Page]) -> Page:
    """What stands at the first page's own name, as every other page does at its name, and leads to it."""

    def lead() -> None:
        st.switch_page(pages[menu.HOME.name], query_params=st.query_params.to_dict())

    return st.Page(lead, title=menu.HOME.title, url_path=menu.HOME.name, visibility="hidden")


def around(pages: Mapping[str, Page], page: Page) -> None:
    """The menu at the side, and the strip above the page. The Sync page brings a larger button of its own."""
    _go_back(pages, page)
    here = sessions.known()
    known = dict(zip(here["name"], here["id"], strict=True))
    _settle_company(known)
    session = sessions.current(here)
    if view_as.has_begun():
        st.switch_page(pages[menu.HOME.name], query_params=_address())
    _know_what_is_open(session)
    overview = live.latest(session)
    st.session_state[_SEEN] = (session, overview)
    _menu(session, pages, overview, len(known))
    # From its top: what a sync adds below must not move the picker.
    with st.container(horizontal=True, vertical_alignment="top", key="strip"):
        names = list(known)
        st.selectbox(
            "Company",
            names,
            # A run that follows before the browser has drawn this one brings no value with it: its first choice has to be the same.
            index=names.index(st.session_state[sessions.COMPANY]),
            key=sessions.COMPANY,
            on_change=_name_in_address,
            label_visibility="collapsed",
            width=220,
        )
        strip = _Strip(session, with_button=page is not pages[menu.HOME.name], leads=page is not pages["settings"])
        live.panel(session, overview, "frame.status", strip)
    with st.container():  # a place of its own, so that what follows stays where it is
        view_as.banner(session)


def _go_back(pages: Mapping[str, Page], page: Page) -> None:
    """Lead who has just signed in to the page that they had opened before."""
    arrived = st.session_state.setdefault(_ARRIVED, st.query_params.to_dict() or page is not pages[menu.HOME.name])
    if not arrived:
        st.session_state[_ARRIVED] = True
        if (found := way_back.leads_to(st.context.cookies, pages)) is not None:
            st.switch_page(pages[found[0] or menu.HOME.name], query_params=found[1])


def run(page: Page) -> None:
    """The page itself. A right that was taken away while it was drawn ends it with a sentence."""
    try:
        page.run()
    except SignedOut:
        st.rerun()  # to the door
    except Forbidden as refused:
        _closed(str(refused))
    if runtime.exists():
        lasting.spare()


def _settle_company(known: Mapping[str, int]) -> None:
    """The company that is looked at, and an address that names it: what is shown is what a reload would show.

    The address decides as a visit begins, and where *Back* or *Forward* has led to it. Else the choice does: a click may come from
    the address before that of the company that was just chosen. An address that names none gets the one that is shown, at first
    the first one. One that is not open to the visitor stays as a visit has named it: no other takes its place unasked.
    """
    named = st.query_params.get(sessions.COMPANY)
    if named in known and address.is_returned_to():
        st.session_state[sessions.COMPANY] = named
    elif known and st.session_state.get(sessions.COMPANY) not in known and not sessions.missing(known):
        st.session_state[sessions.COMPANY] = sessions.wanted() or _returning(known) or next(iter(known))
    chosen = str(st.session_state.get(sessions.COMPANY) or "")
    if chosen in known and named not in known and not _returning(known):
        # After Back the browser puts this in place of the address; so Back leads on from there, and not forth again.
        st.query_params[sessions.COMPANY] = chosen


def _returning(known: Mapping[str, int]) -> str | None:
    """The company for which somebody comes back from QuickBooks' consent page, which sends back the state and no more of ours."""
    begins = str(st.query_params.get("state") or "").partition("-")[0]
    return next((name for name, each in known.items() if str(each) == begins), None)


def _name_in_address() -> None:
    """Another company: what names rows of the one before, drawers and pages and searches, stays behind with it."""
    for name in [each for each in st.query_params if each not in {sessions.COMPANY, *_ANYWHERE}]:
        _forget(name)
        with suppress(StreamlitAPIException):  # what a field is bound to follows its value
            del st.query_params[name]
    st.query_params[sessions.COMPANY] = st.session_state[sessions.COMPANY]


def _forget(field: str) -> None:
    """Empty a field that the address had filled; a browser keeps what it shows until it is told another value."""
    held = st.session_state.get(field)
    if field in _SAID:
        st.session_state[field] = ""
    elif isinstance(held, bool):
        st.session_state[field] = False
    elif isinstance(held, int):
        st.session_state[field] = 1  # a page
    elif isinstance(held, date):
        st.session_state[field] = None
    elif field in st.session_state:
        del st.session_state[field]


def _address() -> dict[str, str]:
    """What every link says of the company, the role that one looks as and the lesson; nothing where none was asked for."""
    chosen = st.session_state.get(sessions.COMPANY) or st.query_params.get(sessions.COMPANY)
    return {**({sessions.COMPANY: str(chosen)} if chosen else {}), **view_as.address(), **lesson.address()}


def _menu(session: Session, pages: Mapping[str, Page], overview: Overview, companies: int) -> None:
    """Links to what this person may open, by section."""
    st.logo(str(_ASSETS / "logo.svg"), size="large", icon_image=str(_ASSETS / "icon.png"))
    address = _address()
    with st.sidebar:
        for section, entries in menu.offered(session, sessions.rights(session), overview, companies).items():
            st.caption(section)
            for each in entries:
                st.page_link(pages[each.name], label=each.label(overview), query_params=address, width="stretch")
        _person(session)


def _person(session: Session) -> None:
    """Who is signed in, with the way out; nothing at this machine, where nobody is asked."""
    if session.sign_in is not None:
        st.divider()
        st.caption(f"{words.plain(session.actor)}, {words.plain(sessions.rights(session).role)}")
        st.button(
            "Sign out", key="frame.sign_out", icon=":material/logout:", type="tertiary",
            on_click=sessions.sign_out, args=(session.sign_in,),
        )  # fmt: skip
        way_back.forget()


class _Strip:
    """The panel that stands above every page: Sync now with the check or X, health in words, and how far a sync is."""

    def __init__(self, session: Session, *, with_button: bool, leads: bool) -> None:
        self._session = session
        self._with_button = with_button
        self._leads = leads

    def __call__(self, overview: Overview) -> None:
        """Draw it from the database as it is now."""
        session, now = self._session, self._session.clock.now()
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="standing"):
            if self._with_button:
                live.sync_button(session, overview, "frame.sync_now", width="content")
            label, icon, colour = words.HEALTH[overview.health]
            st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type] # a literal out of a table
            st.caption(words.news(overview, now), width="content")
            if overview.is_cut and self._with_button and self._leads:  # the Sync page has the way in its own words
                to_connection(session)
            elif overview.troubles.questions and not overview.progress:
                link("pages/conflicts.py", "Answer it", ":material/front_hand:")
        if overview.day:
            sample.progress(overview.day)
        acting.progress(session, overview, now)
        if self._with_button and overview.progress:
            live.progress_bar(overview.progress, now)


def begin(title: str, says: str, *, hint: str | Callable[[Session, Overview], str] = "") -> tuple[Session, Overview]:
    """A page's head: who is here, whether a worker is, the title, and what became of the last click.

    `hint` says what to try in the sample company's day, as it is and for who looks, and is shown while that is there. A page
    that this person may not open ends here.
    """
    _insist_on_the_frame()
    address.cleanse()
    arriving.at(title)
    session, overview = _seen()
    _know_what_is_open(session)
    st.title(title, anchor=False)
    st.caption(says)
    _insist_on_the_right(session, title)
    # One place for all sentences: a browser tells a panel of the page by what stands before it, and draws it anew, shut, once that
    # is one more or less. A place that nothing is in takes no room.
    with st.container():
        bundled.banner(overview, coming=bundled.ensure(overview))
        if hint and overview.day is not None and overview.day.state == "there":
            st.caption(f":material/lightbulb: **Try this:** {hint if isinstance(hint, str) else hint(session, overview)}")
        sample.trouble(session, overview)
        acting.tell(session, overview)
        notices.show()
        lesson.panel(session, overview, title, link)
    return session, overview


def may(session: Session, *wanted: Permission) -> bool:
    """Whether the person has all of `wanted` just now: what one may not do is not drawn."""
    return sessions.rights(session).may(*wanted)


def _know_what_is_open(session: Session) -> None:
    """Keep, for every link of the page and its panels, which pages the person may open."""
    held = sessions.rights(session)
    st.session_state[_OPEN] = frozenset(each.path for each in menu.ENTRIES if held.may(*each.needs))


def _seen() -> tuple[Session, Overview]:
    """What the frame has read for this run; read here where the page was opened alone."""
    if _SEEN in st.session_state:
        seen: tuple[Session, Overview] = st.session_state.pop(_SEEN)
        return seen
    session = sessions.current()
    return session, queries.overview(session)


def _insist_on_the_right(session: Session, title: str) -> None:
    row = menu.entry(title)
    try:
        sessions.rights(session).require(*(row.needs if row else ()))
    except Forbidden as refused:
        _closed(str(refused))
        ending.stop()


def _closed(why: str) -> None:
    st.error(words.plain(why), icon=":material/lock:", title="This page is closed to you")


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


def to_connection(session: Session) -> None:
    """The way to connect the company, for who may; for others who can."""
    if may(session, Permission.OWN):
        link("pages/settings.py", "Connect it", ":material/link:", tab="Connection")
    else:
        st.caption(live.who_connects(session), width="content")


def link(page: str, label: str, icon: str, **query: str) -> None:
    """A link to another page with what its address says beside the company.

    Nothing where the person may not open that page, or where this one was opened alone.

    No name in `query` may be one under which a field of the page that links is bound: Streamlit takes those out of the
    address when the page is left, whoever put them there.
    """
    from streamlit.errors import StreamlitPageNotFoundError

    if page not in st.session_state.get(_OPEN, {page}):
        return
    try:
        st.page_link(page, label=label, icon=icon, query_params={**_address(), **query})
    except (StreamlitPageNotFoundError, KeyError):
        return
