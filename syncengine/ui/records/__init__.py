"""The Records page: one search over all kinds, a kind as a list, one record whole, and the reports that reconcile."""

from __future__ import annotations

import streamlit as st

from syncengine.queries import Overview, Session
from syncengine.ui.records import listing, reconciling, record, where

_VIEWS = ("Records", "Reconcile")


def show(session: Session, overview: Overview) -> None:
    """What the address names: a record, else the list or the search, or the reports."""
    if opened := where.opened():
        record.show(session, overview, *opened)
        return
    view = st.segmented_control("View", _VIEWS, default="Records", key="view", bind="query-params", label_visibility="collapsed")
    if view == "Reconcile":
        reconciling.show(session, overview)
    else:
        listing.show(session, overview)
