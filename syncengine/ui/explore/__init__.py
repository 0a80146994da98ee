"""Explore: every question of `queries` as a table to narrow, group, chart, take away and carry on with in Jupyter; and SQL."""

from __future__ import annotations

import streamlit as st

from syncengine.queries import Overview, Session
from syncengine.store.rights import Permission
from syncengine.ui import frame
from syncengine.ui.explore import asking, sql

_QUESTIONS, _SQL = "Questions", "SQL"


def show(session: Session, overview: Overview) -> None:
    """Questions, and SQL for who may ask in it."""
    chosen: str | None = _QUESTIONS
    if frame.may(session, Permission.SQL):
        chosen = st.segmented_control(
            "Ask with", [_QUESTIONS, _SQL], key="with", bind="query-params", default=_QUESTIONS, required=True
        )
    (sql if chosen == _SQL else asking).show(session, overview)
