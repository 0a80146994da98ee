"""The connection with QuickBooks: what it is, and how it is made, cut and made again (A16)."""

from __future__ import annotations

import streamlit as st

from syncengine import commands
from syncengine.queries import Overview, Session
from syncengine.ui import notices, words


def show(session: Session, overview: Overview) -> None:
    """The state in words, and what may be done about it."""
    part = next(each for each in overview.parts if each.name == "Connection")
    _, icon, colour = words.HEALTH[part.health]
    st.markdown(f":{colour}[{icon}] **{words.plain(part.says)}**")
    cut = (commands.disconnect, session)
    st.button("Disconnect", key="connection.cut", icon=":material/link_off:", on_click=notices.act, args=cut)
