"""Reconcile: the three reports of what was posted against what QuickBooks holds (A11 to A13), each row with Add to queue."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import exports, frame, notices, tables, words
from syncengine.ui import session as sessions
from syncengine.ui.records import where

_RESULT = "records.reconciled"


def _posting(entity: str) -> tuple[str, ...]:
    return tuple(kind for kind, facts in queries.kind_facts().items() if entity in facts.entities)


#: The reports by name, each with the kinds that it can compare.
_REPORTS: Mapping[str, tuple[str, ...]] = {
    "Item receipts": ("item_receipt",),
    "Journal entries": _posting("JournalEntry"),
    "Vendor credits": _posting("VendorCredit"),
}
_TITLES = {
    "label": "Record",
    "txn_date": "Date",
    "entity": "In QuickBooks as",
    "stands": "How they stand",
    "total_sent": "Here",
    "total_theirs": "In QuickBooks",
    "differs": "What differs",
    "qbo_id": "QuickBooks Id",
}
_SIGNS = {"agrees": "✓", "not in QuickBooks": "○", "deleted in QuickBooks": "✕", "cannot be reckoned": "?"}


@dataclass(frozen=True)
class _Compared:
    """A report as it was made: for whom, of which kind, whether with what agrees, when, and its rows."""

    of: tuple[Hashable, str, bool]
    at: datetime
    rows: pd.DataFrame


def show(session: Session, overview: Overview) -> None:
    """A report of one kind, made when asked for: it reads every record of the kind."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        report = st.selectbox("Report", tuple(_REPORTS), key="report", bind="query-params", width=200) or "Item receipts"
        kinds = _REPORTS[report]
        kind = kinds[0]
        if len(kinds) > 1:
            kind = st.selectbox("Records", kinds, format_func=kind_name, key=f"records.reconcile.{report}", width=200) or kind
        everything = st.toggle("Also what agrees", key="records.everything")
        pressed = st.button("Compare", key="records.compare", icon=":material/balance:", type="primary")
    asked = (sessions.standing(session), str(kind), bool(everything))
    if pressed:
        with st.spinner("Comparing every record with what QuickBooks holds of it..."):
            rows = queries.reconcile(session, kind, everything=everything)
            st.session_state[_RESULT] = _Compared(asked, session.clock.now(), rows)
    made: _Compared | None = st.session_state.get(_RESULT)
    if made is None or made.of != asked:
        st.info(
            "Compares what each record is worth now with the document that QuickBooks holds, as of the last sync. "
            "Press *Compare*; it reads every record of the kind, so a large company takes a while.",
            icon=":material/balance:",
        )
        return
    _result(session, overview, made)


def _result(session: Session, overview: Overview, made: _Compared) -> None:
    name, at = kind_name(made.of[1]).lower(), words.when(made.at, session.clock.now(), overview.timezone)
    if made.rows.empty:
        said = f"Every {name} that posts agrees with QuickBooks." if not made.of[2] else f"There is no {name} that posts."
        st.success(f"{said} Compared {at}.", icon=":material/check_circle:")
        return
    total = len(made.rows)
    st.markdown(f"**{words.count(total, 'record')}**, compared {at}")
    page = tables.page_of("reconcile", total, wanted=made.of)
    shown = _worded(made.rows.iloc[(page - 1) * tables.PAGE : page * tables.PAGE])
    columns: dict[str, Any] = dict(_TITLES)
    columns |= {side: st.column_config.NumberColumn(_TITLES[side], format="accounting") for side in ("total_sent", "total_theirs")}
    columns["txn_date"] = st.column_config.DateColumn("Date", format="D MMM YYYY")
    columns = tables.filled(shown, columns, "differs")
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(shown, columns, name="records.reconciled", alt="Documents against what QuickBooks holds of them")
    with bar:
        _buttons(session, made.of[1], list(dict.fromkeys(int(each) for each in chosen["record_id"])))
        exports.offer(
            f"reconcile_{made.of[1]}",
            lambda number, size: _worded(made.rows.iloc[(number - 1) * size : number * size]),
            _TITLES,
            overview.timezone,
        )
    st.caption(tables.span(page, total))


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        id=[f"{entity}.{record_id}" for entity, record_id in zip(rows["entity"], rows["record_id"], strict=True)],
        version=0,
        entity=rows["entity"].map(words.entity),
        stands=[f"{_SIGNS.get(state, '≠')} {state}" for state in rows["state"]],
        differs=[tables.names([words.field(each) for each in fields]) for fields in rows["fields"]],
    )


def _buttons(session: Session, kind: str, ids: list[int]) -> None:
    st.button(
        "Open",
        key="records.reconcile.open",
        icon=":material/open_in_full:",
        disabled=len(ids) != 1,
        on_click=where.open_record,
        args=(kind, ids[0] if ids else 0),
    )
    if frame.may(session, Permission.SYNC):
        st.button(
            "Add to queue",
            key="records.reconcile.add",
            icon=":material/playlist_add:",
            disabled=not ids,
            on_click=lambda: notices.act(commands.add_records_to_sync, session, kind, ids, done="{n} added to the queue."),
        )
