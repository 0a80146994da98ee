"""The Records page: find a record by name or number, see whether it was sent and if not why, and send it again."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.ui import notices, tables, words
from syncengine.ui.overview import moment_column
from syncengine.ui.preview import history

_ICONS = {
    "in QuickBooks": "✓",
    "waiting": "…",
    "being sent": "…",
    "will be tried again": "✕",
    "needs attention": "✕",
    "deleted in QuickBooks": "✕",
}
#: What is shown of a record beside its name, where its kind has it.
_MORE = {
    "txn_date": "Date",
    "email": "E-mail",
    "sku": "SKU",
    "unit_price": "Price",
    "purchase_cost": "Cost",
    "due_days": "Due after days",
    "city": "City",
    "lines": "Lines",
}


def show(session: Session, overview: Overview) -> None:
    """One kind at a time, searched and paged in the database."""
    kinds = queries.kinds()
    kind_side, search_side = st.columns([1, 2])
    with kind_side:
        kind = st.selectbox("Kind", kinds, format_func=kind_name, key="kind", bind="query-params", index=kinds.index("customer"))
    with search_side:
        search = st.text_input("Search", key="records.search", placeholder="Name, number or party", icon=":material/search:")
    total = queries.records_count(session, kind, search=search)
    if not total:
        _nothing(kind, search)
        return
    page = tables.page_of("records", total)
    found = queries.records(session, kind, search=search, page=page, size=tables.PAGE)
    st.caption(f"{kind_name(kind)}: {tables.span(page, total)}")
    _table(session, overview, kind, found)


def _nothing(kind: str, search: str) -> None:
    if search:
        st.info(f"No {kind.replace('_', ' ')} matches “{words.plain(search)}”.", icon=":material/search_off:")
    else:
        st.info(f"There is no {kind.replace('_', ' ')} yet. Import a file, or save one in the inventory.", icon=":material/inbox:")


def _table(session: Session, overview: Overview, kind: str, found: pd.DataFrame) -> None:
    shown = found.assign(
        version=0,  # these rows are not the queue's: Add to sync looks at the record as it is
        sync=[f"{_ICONS.get(state, '-')} {state or 'not synced'}" for state in found["sync"]],
    )
    columns: dict[str, Any] = {"label": st.column_config.TextColumn("Name or number")}
    columns["sync"] = st.column_config.TextColumn("Sync")
    columns |= {name: title for name, title in _MORE.items() if _filled(found, name)}
    columns["qbo_id"] = st.column_config.TextColumn("QuickBooks Id")
    columns["last_success_at"] = moment_column("Last synced", overview.timezone)
    columns["sync_message"] = st.column_config.TextColumn("Sync error", width="large")
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(shown, columns, name=f"records.{kind}", alt=f"{kind_name(kind)} records with their sync state")
    with bar:
        ids = [int(each) for each in chosen["id"]]
        if st.button(
            "Why?", key="records.look", icon=":material/search:", disabled=len(ids) != 1, help="The record's state and history."
        ):
            look(session, kind, ids[0], str(chosen["label"].iloc[0]))
        st.button(
            "Add to sync",
            key="records.add",
            icon=":material/playlist_add:",
            disabled=not ids,
            on_click=_add,
            args=(session, kind, ids),
            help="Queue the selected records again, without editing them.",
        )
        st.caption(
            words.count(len(ids), "record") + " selected" if ids else "Select records to send them again or to see their history."
        )


def _filled(found: pd.DataFrame, name: str) -> bool:
    """Whether the column says anything on this page."""
    return name in found.columns and bool(found[name].notna().any()) and (name != "lines" or bool(found[name].any()))


def _add(session: Session, kind: str, ids: list[int]) -> None:
    added = [each for each in ids if notices.act(_added, session, kind, each)]
    if added:
        notices.say("done", f"{words.count(len(added), 'record')} added to the queue.")


def _added(session: Session, kind: str, record_id: int) -> bool:
    commands.add_to_sync(session, kind, record_id)
    return True


@st.dialog("Why is it (not) in QuickBooks?", position="right", width="large")
def look(session: Session, kind: str, record_id: int, label: str) -> None:
    """The record's state with each QuickBooks target, and everything that happened to it."""
    st.header(words.plain(f"{kind_name(kind)} {label}"), anchor=False)
    for row in tables.records(queries.record_state(session, kind, record_id)):
        st.markdown(f"**{row['entity']}**: {row['state']}" + (f", Id `{row['qbo_id']}`" if row["qbo_id"] else ""))
        if row["cause"] or row["message"]:
            st.warning(words.plain(f"{row['cause'] or row['message']} {row['remedy']}"), icon=":material/error:")
    history(session, kind, record_id)
