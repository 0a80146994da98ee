"""Explore: every question of `queries` as a table to narrow, group, chart, take away and carry on with in Jupyter; and SQL."""

from __future__ import annotations

from syncengine.queries import Overview, Session
from syncengine.ui.explore import asking


def show(session: Session, overview: Overview) -> None:
    """Questions, and SQL for who may ask in it."""
    asking.show(session, overview)
