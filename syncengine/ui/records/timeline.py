"""A record's timeline: everything that happened to it, narrowed to what is asked, with each request and answer a click away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.queries.said import day
from syncengine.store.audit import ENGINE
from syncengine.ui import exports, happenings, tables, words
from syncengine.ui.queued import FIRST, indented

_Row = Mapping[str, Any]
#: What the timeline can be narrowed to.
_SHOWN: Mapping[str, Callable[[_Row], bool]] = {
    "Everything": lambda _: True,
    "Sent and answered": lambda row: bool(row["request"] or row["answer"] or row["requestid"]),
    "Errors and corrections": lambda row: row["event"].startswith(("error", "correction")),
    "Decisions": lambda row: row["event"].startswith(("conflict", "drift", "chosen", "removed")),
    "By people": lambda row: row["actor"] not in {ENGINE, "inventory"},
}
_COLUMNS = {
    "at": "When",
    "event": "What",
    "actor": "Who",
    "entity": "QuickBooks",
    "run": "In the sync",
    "detail": "Detail",
    "request": "Request",
    "answer": "Answer",
    "requestid": "Request id",
    "tid": "QuickBooks' trace id",
    "correction": "Correction",
}


def show(session: Session, overview: Overview, kind: str, record_id: int) -> None:
    """The events, the newest first."""
    st.subheader("Timeline", anchor=False)
    every = queries.timeline(session, kind, record_id).iloc[::-1].reset_index(drop=True)
    if every.empty:
        st.info("Nothing has happened to it yet. Its first change or sync will stand here.", icon=":material/history:")
        return
    asked = st.segmented_control(
        "Show", tuple(_SHOWN), default="Everything", key="events", bind="query-params", label_visibility="collapsed"
    )
    keep = _SHOWN[asked or "Everything"]
    found = every[[keep(row) for row in tables.records(every)]].reset_index(drop=True)
    if found.empty:
        st.caption("None of these so far.")
        return
    shown = found if st.session_state.get(f"timeline.all.{kind}.{record_id}") else found.head(FIRST)
    chosen = _table(overview, kind, record_id, shown, found)
    if not chosen.empty:
        _event(tables.records(chosen)[0], overview)


def _table(overview: Overview, kind: str, record_id: int, shown: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    rows = happenings.worded(shown).assign(
        id=range(len(found), len(found) - len(shown), -1),  # an event keeps its number while newer ones arrive
        version=0,
        more=["▸" if row["request"] or row["answer"] else "" for row in tables.records(shown)],
    )
    columns = {
        "at": st.column_config.DatetimeColumn(
            f"When ({words.place(overview.timezone)})", format="D MMM YYYY, HH:mm:ss", timezone=words.zone(overview.timezone).key
        ),
        "what": st.column_config.TextColumn("What"),
        "by": st.column_config.TextColumn("Who"),
        "said": st.column_config.TextColumn("Detail", width="large"),
        "run": st.column_config.TextColumn("In the sync"),
        "more": st.column_config.TextColumn("Request", width="small"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    name = f"record.timeline.{kind}.{record_id}"
    chosen = tables.choose(rows, columns, name=name, alt="What happened to the record, the newest first", mode="single-row")
    with bar:
        exports.offer(
            f"timeline_{kind}_{record_id}",
            lambda page, size: found.iloc[(page - 1) * size : page * size],
            _COLUMNS,
            overview.timezone,
        )
        if len(shown) < len(found):
            st.checkbox(f"All {len(found):,} events", key=f"timeline.all.{kind}.{record_id}", persist_state="page")
        st.caption("Select an event to see what was sent and answered.")
    return chosen


def _event(row: _Row, overview: Overview) -> None:
    """One event with its request and its answer, exactly as they were."""
    at = row["at"].astimezone(words.zone(overview.timezone))
    with st.container(border=True):
        st.markdown(f"**{words.plain(row['what'])}** · {day(at)}, {at:%H:%M:%S} · {words.plain(row['by'])}")
        if said := row["said"]:
            st.markdown(words.plain(said))
        for label, name in (("Request, exactly as it was sent", "request"), ("Answer", "answer")):
            if text := row[name]:
                st.caption(label)
                st.code(_pretty(str(text)), language=None, wrap_lines=True)
        ids = [
            f"{label} {row[name]}" for label, name in (("request id", "requestid"), ("QuickBooks' trace id", "tid")) if row[name]
        ]
        if ids:
            st.caption(words.plain(" · ".join(ids)))


def _pretty(text: str) -> str:
    try:
        return indented(text)
    except ValueError:
        return text
