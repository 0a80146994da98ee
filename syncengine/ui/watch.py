"""A quiet look at whether a page is still true: drawn anew by itself, or, where something is being decided, on request."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from syncengine import queries
from syncengine.queries import Session
from syncengine.ui import live


def panel(session: Session, key: str, mark: Callable[[Session], object], says: str, *, busy: bool) -> None:
    """See now and then whether `mark` is still what it was when the page was drawn.

    Where it is not, the page is drawn anew; while `busy`, it says so instead and offers to: a decision is not taken away
    from under a person's hands.
    """
    home = f"{key}.watch"
    beat, drawn = queries.pulse(session), mark(session)
    seen = [beat, drawn]

    def look() -> None:
        if (now := queries.pulse(session)) != seen[0]:  # else nothing has changed at all, and the dearer question is spared
            seen[:] = now, mark(session)
        if seen[1] == drawn:
            return
        if not busy:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(says, icon=":material/update:", width="stretch")
            if st.button("Show the present state", key=f"{home}.show", icon=":material/refresh:"):
                st.rerun()

    st.fragment(look, run_every=live.CALM, key=home)()
