"""One answer to a question: a button with its consequence beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from syncengine.queries import Session
from syncengine.ui import notices

#: What the button says, the answer's name, its icon, its consequence, and what is said once it was given.
Answer = tuple[str, str, str, str, str]


def offer(session: Session, command: Callable[..., Any], asked: int, answer: Answer, key: str) -> None:
    """Draw it. `command(session, asked, name)` gives the answer to the question with the key `asked`."""
    label, name, icon, says, done = answer
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key=f"{key}.{name}.{asked}",
            icon=icon,
            on_click=notices.act,
            args=(command, session, asked, name),
            kwargs={"done": done},
        )
        st.caption(says)
