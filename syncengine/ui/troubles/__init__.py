"""Sync errors: by cause, with what to do first; what the machine will do, value by value; QuickBooks' own words a click away."""

from __future__ import annotations

import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.failing import Sought
from syncengine.ui import drawer, frame, tables, watch, words
from syncengine.ui.troubles import cards, fault, fix, lately, meaning, opened

#: Cards on one page: each is tall.
CARDS = 10
#: What the address calls the cause whose records are listed.
GROUP = "group"
#: What it calls the record that a link from elsewhere is about.
ABOUT = "about"
#: What may become of an error, as people say it: the three classes of corrections.
CLASSES = {"Corrects itself": "safe", "Asks you first": "policy", "Needs a person": "no"}


def show(session: Session, overview: Overview) -> None:
    """The causes, or the records of one; with one sentence where nothing failed."""
    watch.panel(session, overview, "errors", _mark, "The errors have changed since this was drawn.", busy=_deciding())
    if overview.troubles.connection_errors:
        cards.of_connection(session, overview)
    group = st.query_params.get(GROUP, "")
    if group:
        opened.show(session, overview, group)
    elif overview.troubles.errors:
        _causes(session, overview)
    elif not overview.troubles.connection_errors:
        _nothing(overview)
    lately.show(session, overview)
    _drawer(session, overview)


def _drawer(session: Session, overview: Overview) -> None:
    """One drawer at most: the address may name several, a browser shows one."""
    for parameter, draw in (
        (fix.FIX, lambda wanted: fix.look(session, overview, wanted)),
        (fix.ALL, lambda wanted: fix.confirm(session, overview, wanted)),
        (fault.ERROR, lambda wanted: fault.look(session, overview, wanted)),
        (meaning.HELP, lambda wanted: meaning.look(session, wanted)),
    ):
        if parameter in st.query_params:
            drawer.show(parameter, draw)
            return


def _mark(overview: Overview) -> object:
    counts = overview.troubles
    return (counts.errors, counts.newest, counts.connection_errors)


def _deciding() -> bool:
    """Whether something is open that would be disturbed: a drawer, or a text that is being typed asks for no new page."""
    return any(parameter in st.query_params for parameter in (fix.FIX, fix.ALL, fault.ERROR, meaning.HELP))


def _nothing(overview: Overview) -> None:
    if overview.last_run is None:
        st.info(
            "Nothing has been synced yet, so nothing has failed. What cannot be sent will appear here, with what to do about it.",
            icon=":material/sync:",
        )
    else:
        _well()


def _well() -> None:
    st.success("No errors. What cannot be sent will appear here, with what to do about it.", icon=":material/check_circle:")


def _causes(session: Session, overview: Overview) -> None:
    sought = _sought()
    tables.begin_anew("errors", (session.company_id, sought))
    asked = tables.asked("errors")
    counts, found = queries.error_causes(session, page=asked, size=CARDS, **sought)
    if not counts.errors and not any(sought.values()):
        _well()  # the last one closed between two looks
        return
    if not counts.errors:
        st.info("No error matches. Widen the search, or choose all kinds.", icon=":material/search_off:")
        return
    causes = words.count(counts.groups, "cause")
    # Counted of all of them; what a search finds of each is not worth a look at every one.
    undecided = 0 if any(sought.values()) else min(overview.troubles.undecided, counts.errors)
    failed, waits = words.count(counts.errors - undecided, "record"), "waits" if undecided == 1 else "wait"
    choice = f" and {undecided:,} {waits} for your choice" if undecided else ""
    st.markdown(f"**{failed} failed{choice}**, for {causes}. Putting one cause right releases all of its records.")
    page = tables.page_of("errors", counts.groups, CARDS)
    if page != asked:
        _, found = queries.error_causes(session, page=page, size=CARDS, **sought)
    for group in found:
        cards.card(session, overview, group, sought)
    if counts.groups > CARDS:
        st.caption(f"Causes {tables.span(page, counts.groups, CARDS)}")
    frame.link("pages/preview.py", "Go to the queue", ":material/arrow_forward:")


def _sought() -> Sought:
    """What the fields above the cards ask for; all of it stands in the address.

    Links to one record's errors say `about`, until something else is searched for: the pages that they stand on have a
    search of their own, which takes its name out of the address.
    """
    if about := st.query_params.get(ABOUT):
        st.session_state["search"] = about
    kinds = {kind_name(kind): kind for kind in queries.kinds()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        search = st.text_input(
            "Search", key="search", bind="query-params", type="search", placeholder="Record, cause, code or message", width=300,
            on_change=_otherwise,
        )  # fmt: skip
        kind = st.selectbox("Kind", list(kinds), index=None, placeholder="All kinds", key="only", bind="query-params", width=200)
        klass = st.selectbox(
            "What happens", list(CLASSES), index=None, placeholder="Anything", key="class", bind="query-params", width=200
        )
    return {"search": search or "", "kind": kinds.get(kind or "", ""), "klass": CLASSES.get(klass or "", "")}


def _otherwise() -> None:
    """Something else is searched for than a link said."""
    st.query_params.pop(ABOUT, None)
