"""Conflicts and drift: the question of a sync that stopped, conflicts field by field, drifted documents, what could not come in."""

from __future__ import annotations

import streamlit as st

from syncengine.queries import Overview, Session
from syncengine.ui import drawer, watch
from syncengine.ui.deciding import arrivals, clashes, decided, differing, question


def show(session: Session, overview: Overview) -> None:
    """What waits for a decision, the most urgent first; one sentence where nothing does; what was decided before."""
    watch.panel(session, overview, "conflicts", _mark, "What waits here has changed since this was drawn.", busy=_deciding())
    troubles = overview.troubles
    if not troubles.decisions:
        _nothing(overview)
    if troubles.questions:
        question.show(session, overview)
    if troubles.conflicts:
        clashes.show(session, overview)
    if troubles.drifts:
        differing.show(session, overview)
    if troubles.inbox:
        arrivals.show(session, overview)
    decided.show(session, overview)
    drawer.show(arrivals.ARRIVAL, lambda wanted: arrivals.look(session, wanted))


def _mark(overview: Overview) -> object:
    counts = overview.troubles
    return (counts.conflicts, counts.drifts, counts.inbox, counts.questions)


def _deciding() -> bool:
    """Whether sides are chosen and not applied yet, or a drawer is open."""
    return bool(clashes.chosen()) or arrivals.ARRIVAL in st.query_params


def _nothing(overview: Overview) -> None:
    if overview.last_run is None:
        st.info(
            "Nothing has been synced yet. What both sides change differently, and what a bookkeeper changes in a posted document, "
            "will appear here for a decision.",
            icon=":material/sync:",
        )
    else:
        st.success(
            "Both sides agree. What both change differently, and what a bookkeeper changes in a posted document, will appear here.",
            icon=":material/check_circle:",
        )
