"""What was corrected lately, with who wanted it, what came of it, and the way back where there is one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import frame, notices, tables, words
from syncengine.ui.overview import moment_column

#: So many of the newest are shown.
_SHOWN = 20
#: How wide what was done is, in pixels, so that all columns have room on a desk.
_WIDE = 230
_ENDED = ("done", "failed", "undone")
_CAME = {"done": "✓ QuickBooks took it", "failed": "✕ It did not help", "undone": "↩ Taken back"}


def show(session: Session, overview: Overview) -> None:
    """The newest corrections that were carried out; nothing where there was none."""
    found = queries.error_corrections(session, states=_ENDED, size=_SHOWN)
    if found.empty:
        return
    # By its key it is the same one when what stands above it comes or goes, and stays open.
    with st.expander(f"Corrected lately: {len(found)}", icon=":material/auto_fix_high:", key="errors.corrected"):
        bar = st.container(horizontal=True, vertical_alignment="center")
        chosen = _table(overview, found)
        with bar:
            _undo(session, chosen)


def _table(overview: Overview, found: pd.DataFrame) -> pd.DataFrame:
    shown = found.assign(
        version=0,  # a correction has no versions: undoing looks at what it is by then
        record=[f"{kind_name(kind)} {label}" for kind, label in zip(found["kind"], found["label"], strict=True)],
        came=[_CAME.get(state, state) for state in found["state"]],
        by=[by or "Tieout, by itself" for by in found["wanted_by"]],
        back=["possible" if undoable else "" for undoable in found["undoable"]],
    )
    columns: dict[str, Any] = {
        "done_at": moment_column("When", overview.timezone),
        "record": st.column_config.TextColumn("Record"),
        "says": st.column_config.TextColumn("What was done", width=_WIDE),
        "came": st.column_config.TextColumn("What came of it"),
        "by": st.column_config.TextColumn("Wanted by"),
        "back": st.column_config.TextColumn("Undo"),
    }
    return tables.choose(
        shown, columns, name="errors.lately", alt="Corrections that were carried out lately", mode="single-row",
        row_height=tables.height(shown["says"], _WIDE),
    )  # fmt: skip


def _undo(session: Session, chosen: pd.DataFrame) -> None:
    if not frame.may(session, Permission.MANAGE):
        return
    can = len(chosen) == 1 and bool(chosen["undoable"].iloc[0])
    st.button(
        "Take it back",
        key="errors.undo",
        icon=":material/undo:",
        disabled=not can,
        on_click=notices.act,
        args=(commands.undo_correction, session, int(chosen["id"].iloc[0]) if can else 0),
        kwargs={"done": "Taken back: our own values go to QuickBooks with the next sync."},
    )
    st.caption(words.plain(str(chosen["says"].iloc[0])) if can else "Select one that can be taken back.")
