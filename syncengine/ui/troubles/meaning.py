"""The help page of one cause: what it means, what Tieout does about it, what a person can do, in QuickBooks and here."""

from __future__ import annotations

import streamlit as st

from syncengine.corrections import CORRECTIONS, help_of
from syncengine.queries import Session
from syncengine.store.rights import Permission
from syncengine.ui import drawer, frame, words

#: What the address calls the cause that is explained: the name of its correction.
HELP = "help"


@st.dialog("What this means", position="right", width="medium", on_dismiss=drawer.closer(HELP))
def look(session: Session, wanted: str) -> None:
    """Its parts, of those that have something to say."""
    correction = CORRECTIONS.get(wanted)
    if correction is None:
        st.info("There is no cause of that name. Perhaps the link is from another version.", icon=":material/search_off:")
        return
    told = help_of(correction)
    parts = (
        ("What it means", told.means),
        ("What Tieout does about it", told.machine),
        ("What you can do", told.person),
        ("In QuickBooks", told.there),
        ("Here", told.here),
        ("Taking it back", told.back),
    )
    for title, text in parts:
        if text:
            st.subheader(title, anchor=False)
            st.markdown(words.plain(text))
    if not told.solvable:
        what_now(session)
    st.caption(words.plain(f"How it is recognised: {told.found}"))


def what_now(session: Session) -> None:
    """The end of a help page where nobody who works here can put the cause right."""
    st.subheader("What now", anchor=False)
    st.markdown(
        "Nothing is lost: the record waits, and everything that does not depend on it is sent. Copy the code, QuickBooks' words "
        "and the trace id from the error's *Details*, and hand them to whoever supports this installation, or to Intuit."
    )
    if frame.may(session, Permission.SYNC):
        frame.link("pages/preview.py", "Take the record out of the queue meanwhile", ":material/playlist_remove:")
