"""What was decided before: who chose which side, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.ui import tables, words
from syncengine.ui.overview import moment_column

#: So many of the newest are shown.
_SHOWN = 50
_WHAT = {"conflict": "Conflict", "drift": "Drift", "question": "Question of a sync"}
_ANSWERS = {
    ("conflict", "ours"): "The inventory's value",
    ("conflict", "theirs"): "QuickBooks' value",
    ("drift", "ours"): "Ours sent again",
    ("drift", "theirs"): "QuickBooks' accepted",
    ("question", "go"): "Went on",
    ("question", "keep"): "Left undone",
}


def show(session: Session, overview: Overview) -> None:
    """The newest decisions; nothing where there was none."""
    found = queries.decisions(session, size=_SHOWN)
    if found.empty:
        return
    rows = tables.records(found)
    with st.expander("What was decided", icon=":material/history:"):
        shown = found.assign(
            what=[_WHAT.get(row["what"], row["what"]) for row in rows],
            record=[f"{kind_name(row['kind'])} {row['label']}".strip() for row in rows],
            about=[about(row) for row in rows],
            answer=[_ANSWERS.get((row["what"], row["answer"]), "The difference went away by itself") for row in rows],
            by=["Tieout, by itself" if row["by"] == "engine" else row["by"] for row in rows],
        )
        columns = {
            "at": moment_column("When", overview.timezone),
            "what": st.column_config.TextColumn("What"),
            "record": st.column_config.TextColumn("Record"),
            "about": st.column_config.TextColumn("About"),
            "answer": st.column_config.TextColumn("Decision"),
            "ours": st.column_config.TextColumn("Inventory had"),
            "theirs": st.column_config.TextColumn("QuickBooks had"),
            "by": st.column_config.TextColumn("By"),
        }
        tables.show(shown, columns, name="conflicts.decided", alt="Decisions, the newest first")


def about(row: Mapping[str, Any]) -> str:
    """The field of a conflict, what had happened to a document, or the question."""
    if row["what"] == "conflict":
        return words.field(row["about"])
    return f"{row['about']} in QuickBooks" if row["what"] == "drift" else str(row["about"])
