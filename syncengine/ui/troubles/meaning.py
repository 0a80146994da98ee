"""The help page of one cause: what it means, what Tieout does about it, what a person can do, in QuickBooks and here."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from syncengine.corrections import CORRECTIONS, help_of
from syncengine.queries import Session
from syncengine.store.rights import Permission
from syncengine.ui import drawer, frame, support, words

#: What the address calls the cause that is explained: the name of its correction.
HELP = "help"


#: A setting by its name in the program.
_SETTING = re.compile(r"\(setting \w+\)")


@st.dialog("What this means", position="right", width="medium", on_dismiss=drawer.closer(HELP))
def look(session: Session, wanted: str) -> None:
    """Its parts, of those that have something to say."""
    correction = CORRECTIONS.get(wanted)
    if correction is None:
        st.info("There is no cause of that name. Perhaps the link is from another version.", icon=":material/search_off:")
        return
    told = help_of(correction)
    parts = (
        ("", told.means),  # the drawer's own title says of what
        ("What Tieout does about it", told.machine),
        ("What you can do", told.person),
        ("In QuickBooks", told.there),
        ("Here", told.here),
        ("Taking it back", told.back),
    )
    for title, text in parts:
        if text:
            if title:
                st.subheader(title, anchor=False)
            st.markdown(words.plain(_SETTING.sub("(Settings, Conflicts and corrections)", text)))
    if not told.solvable:
        what_now(session, queued=None if correction.at_once else {})
    st.caption(words.plain(f"How it is recognised: {told.found}"))


def what_now(session: Session, error_id: int | None = None, *, queued: Mapping[str, str] | None) -> None:
    """The end of a drawer where nobody who works here can put the cause right.

    `error_id` where it is about one error; `queued` is what the address of the queue says of the record that is to blame, by which
    it can be taken out of it: nothing where it is about more than one, None where none is to blame.
    """
    st.subheader("What now", anchor=False)
    st.markdown(
        "Beyond that, nobody who works here can put it right: it is a matter for support. Nothing is lost: what waits stays "
        "in the queue. Send support the report: it tells what happened, and nothing of what "
        "stands in your books."
    )
    support.offer(session, error_id)
    if queued is not None and frame.may(session, Permission.SYNC):
        frame.link("pages/preview.py", "Take the record out of the queue meanwhile", ":material/playlist_remove:", **queued)
