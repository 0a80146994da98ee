"""Who changed the settings, and what they were before."""

from __future__ import annotations

import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import tables
from syncengine.ui.overview import moment_column
from syncengine.ui.settings.staging import says

#: What happened, as a column says it.
_EVENTS = {
    "setting changed": "Changed",
    "disconnected": "Disconnected",
    "connected": "Connected",
    "connected again": "Connected again",
    "never to connect": "Never to be connected",
    "app keys kept": "Keys of the Intuit app entered",
    "renamed": "Renamed",
}


def show(session: Session, overview: Overview) -> None:
    """The changes, newest first."""
    found = queries.settings_history(session)
    if found.empty:
        st.info("Nobody has changed a setting yet. Each change will stand here, with who made it.", icon=":material/history:")
        return
    shown = found.assign(
        event=found["event"].map(lambda event: _EVENTS.get(event, event)),
        before=[_word(name, value) for name, value in found[["name", "before"]].values],
        after=[_word(name, value) for name, value in found[["name", "after"]].values],
    )
    columns = {
        "at": moment_column("When", overview.timezone),
        "who": st.column_config.TextColumn("Who"),
        "event": st.column_config.TextColumn("What"),
        "setting": st.column_config.TextColumn("Setting", width="medium"),
        "before": st.column_config.TextColumn("Before"),
        "after": st.column_config.TextColumn("After"),
    }
    tables.show(shown, columns, name="settings.history", alt="Changes of the settings, newest first")
    st.caption(f"The last {len(found)}, by the clocks of {overview.timezone}.")


def _word(name: str, value: str) -> str:
    return says(name, value) if name and value else value
