"""A quiet look at whether a page is still true: drawn anew by itself, or, where something is being decided, on request."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from syncengine.errors import Forbidden
from syncengine.queries import Overview, Session
from syncengine.ui import live


def panel(
    session: Session, overview: Overview, key: str, mark: Callable[[Overview], object], says: str, *, busy: bool
) -> None:
    """See now and then whether `mark` is still what it was when the page was drawn, with `overview`.

    Where it is not, the page is drawn anew; while `busy`, it says so instead and offers to: a decision is not taken away
    from under a person's hands.
    """
    home, drawn = f"{key}.watch", mark(overview)
    read = [overview]  # what was read for the whole page serves its first look, too

    def look() -> None:
        try:
            now = read.pop() if read else live.latest(session)
        except Forbidden:
            st.rerun()  # a tab that stays open closes by itself when its person is out
        if mark(now) == drawn:
            return
        if not busy:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(says, icon=":material/update:", width="stretch")
            if st.button("Show the present state", key=f"{home}.show", icon=":material/refresh:"):
                st.rerun()

    st.fragment(look, run_every=live.CALM, key=home)()
