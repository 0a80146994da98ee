"""Sync errors: what failed and what to do, conflicts to decide, and what could not be applied here."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.conflicts import WHOLE
from syncengine.ui import frame, notices, tables, words

#: Cards on one page: each is tall.
CARDS = 10
#: More open errors than a company has: above it a conflict may be shown twice, which harms nobody.
_ALL = 10_000
#: Tries after the first failure before a correction is due (D3).
GRACE = 3


def show(session: Session, overview: Overview) -> None:
    """All three lists, or one sentence where there is nothing."""
    troubles = overview.troubles
    if not troubles.total:
        _nothing(overview)
        return
    if troubles.errors + troubles.connection_errors:
        errors(session, overview)
    if troubles.conflicts:
        conflicts(session)
    if troubles.inbox:
        inbox(session, overview)


def _nothing(overview: Overview) -> None:
    if overview.last_run is None:
        st.info("Nothing has been synced yet, so nothing has failed.", icon=":material/sync:")
    else:
        st.success("No errors. What cannot be sent will appear here, with what to do about it.", icon=":material/check_circle:")


def errors(session: Session, overview: Overview) -> None:
    """The open errors, the one of the preview's top row first; a conflict is decided right there."""
    total = overview.troubles.errors + overview.troubles.connection_errors
    st.header(f":material/error: {words.count(total, 'error')}", anchor=False)
    page = tables.page_of("errors", total, CARDS)
    clashes = _clashes(session)
    for row in tables.records(queries.errors(session, page=page, size=CARDS)):
        _card(session, row, clashes.get((row["kind"], row["record_id"]), []))
    frame.link("pages/preview.py", "Go to the queue", ":material/arrow_forward:")


def _clashes(session: Session) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """Open conflicts by record."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in tables.records(queries.conflicts(session)):
        found.setdefault((row["kind"], int(row["record_id"])), []).append(row)
    return found


def _card(session: Session, row: dict[str, Any], clashes: list[dict[str, Any]]) -> None:
    own = not pd.isna(row["outbox_id"])
    with st.container(border=True):
        about = f"{kind_name(row['kind'])} {row['label']}" if own else "The connection to QuickBooks"
        st.markdown(f"**{words.plain(about)}**")
        st.markdown(words.plain(row["cause"]) or "It failed, and no reason was given.")
        todo = words.plain(row["remedy"]) or "Look at the details below, then press Retry."
        st.markdown(f":material/build: {todo}")
        for clash in clashes:
            _conflict(session, clash)
        with st.container(horizontal=True, vertical_alignment="center"):
            if own and not clashes and row["state"] in {"parked", "retryable"}:
                _retry_button(session, row)
            with st.popover("Details", icon=":material/code:"):
                _details(row)
            if own:
                st.caption(f"{_grace(row, clashes)} · {words.ago(row['opened_at'], session.clock.now())}")


def _retry_button(session: Session, row: dict[str, Any]) -> None:
    seen = [(int(row["outbox_id"]), int(row["version"]))]
    st.button(
        "Retry",
        key=f"errors.retry.{row['id']}.{seen[0][1]}",
        icon=":material/refresh:",
        on_click=_retry,
        args=(session, seen),
        help="The next sync tries it again, and the count starts anew.",
    )


def _retry(session: Session, seen: list[tuple[int, int]]) -> None:
    notices.act(commands.retry, session, seen, done="Will be tried with the next sync.")


def _grace(row: dict[str, Any], clashes: list[dict[str, Any]]) -> str:
    if clashes:
        return "Waits for your choice"
    if row["state"] == "parked":
        return "Needs a person; tried again once a day"
    return f"Try {min(int(row['tries']), GRACE)} of {GRACE} before a correction"


def _details(row: dict[str, Any]) -> None:
    st.markdown(f"**Code** `{row['code']}`")
    st.markdown("**QuickBooks' own words**" if row["code"] != "local" else "**Message**")
    st.code(row["message"] or "(none were given)", language=None, wrap_lines=True)
    if row["tid"]:
        st.markdown(f"**Intuit's trace id**, for their support: `{row['tid']}`")
    if row["entity"]:
        st.markdown(f"**Sent as** {row['entity']}")


def conflicts(session: Session) -> None:
    """What both sides changed and no error card has shown: three values and two buttons a field."""
    failed = {(row["kind"], row["record_id"]) for row in tables.records(queries.errors(session, size=_ALL))}
    found = {record: rows for record, rows in _clashes(session).items() if record not in failed}
    if not found:
        return
    st.header(f":material/call_split: Changed on both sides: {len(found)}", anchor=False)
    st.caption("Both sides gave the same field different values since they last agreed. Choose which one stands.")
    for rows in found.values():
        with st.container(border=True):
            st.markdown(f"**{kind_name(rows[0]['kind'])} {words.plain(rows[0]['label'])}**")
            for row in rows:
                _conflict(session, row)


def _conflict(session: Session, row: dict[str, Any]) -> None:
    whole = row["field"] == WHOLE
    field, base, ours, theirs = st.columns([2, 2, 3, 3], vertical_alignment="top")
    with field:
        st.caption("Field")
        st.markdown(words.plain(words.field(row["field"])), help=None if whole else words.plain(row["field"]))
    with base:
        st.caption("When last in step")
        st.text(_value(row["base"], whole=whole))
    for column, side, title, label in (
        (ours, "ours", "Inventory", "Keep the inventory's"),
        (theirs, "theirs", "QuickBooks", "Take QuickBooks'"),
    ):
        with column:
            st.caption(title)
            st.text(_value(row[side], whole=whole))
            st.button(label, key=f"errors.{side}.{row['id']}", on_click=_choose, args=(session, int(row["id"]), side))


def _value(text: str, *, whole: bool) -> str:
    return text or ("(deleted)" if whole else "(empty)")


def _choose(session: Session, conflict_id: int, side: str) -> None:
    done = "The inventory's value goes to QuickBooks" if side == "ours" else "QuickBooks' value is taken over"
    notices.act(commands.choose, session, conflict_id, side, done=f"{done} with the next sync.")


def inbox(session: Session, overview: Overview) -> None:
    """QuickBooks records that could not be applied here, each with its cause and remedy."""
    total = overview.troubles.inbox
    st.header(f":material/move_to_inbox: From QuickBooks, not applied here: {total}", anchor=False)
    st.caption("Each sync tries them again.")
    page = tables.page_of("inbox", total, CARDS)
    for row in tables.records(queries.inbox(session, page=page, size=CARDS)):
        with st.container(border=True):
            gone = " (deleted in QuickBooks)" if row["deleted"] else ""
            st.markdown(f"**{row['entity']} {words.plain(row['label'] or row['qbo_id'])}**{gone}")
            st.markdown(words.plain(row["cause"]))
            st.markdown(f":material/build: {words.plain(row['remedy'])}")
            with st.popover("Details", icon=":material/code:"):
                st.markdown(f"**QuickBooks Id** `{row['qbo_id']}`")
                st.code(row["payload"], language="json", wrap_lines=True)
            st.caption(f"Waiting since {words.ago(row['since'], session.clock.now())}")
