"""What the fields of one page say is left there when another is opened: its own address alone says what it shows."""

from __future__ import annotations

import streamlit as st

from syncengine.ui import session as sessions
from syncengine.ui import view_as

#: The page that was drawn last in this visit.
_PAGE = "frame.page"


def at(page: str) -> None:
    """Begin the page with this title afresh where another one stood before; what its address names is kept.

    A field that is bound to the address keeps its value over a change of page, and many pages have a `search`: a list
    would open narrowed down by what was looked for elsewhere.
    """
    before = st.session_state.get(_PAGE, page)
    st.session_state[_PAGE] = page
    if before == page:
        return
    for key in [str(each) for each in st.session_state]:
        if _in_addresses(key) and key not in st.query_params:
            del st.session_state[key]


def _in_addresses(key: str) -> bool:
    """Whether a key is one that addresses name, as opposed to one inside the program; the company goes along everywhere."""
    return ("." not in key or key.endswith(".page")) and key not in {sessions.COMPANY, view_as.KEY}
