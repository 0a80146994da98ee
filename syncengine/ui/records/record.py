"""One record whole: how it stands and why, what it says, what QuickBooks holds, what it is linked with, its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Record, Session
from syncengine.queries.said import day
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import frame, notices, tables, words
from syncengine.ui.records import timeline, where
from syncengine.ui.records.listing import sync_sign

_COLOURS = {"in QuickBooks": "green", "waiting": "blue", "being sent": "blue", "": "gray", "not in QuickBooks": "gray"}


def show(session: Session, overview: Overview, kind: str, record_id: int) -> None:
    """The record that the address names."""
    st.button(
        f"All {kind_name(kind).lower()} records", key="records.back", icon=":material/arrow_back:", on_click=where.close_record
    )
    found = queries.record(session, kind, record_id)
    if found is None:
        st.info(
            f"This company has no {kind.replace('_', ' ')} with the id {record_id}. It may have been deleted; what happened to it "
            "stands below.",
            icon=":material/search_off:",
        )
    else:
        _head(session, overview, found)
        with st.container(key="record.body"):
            left, right = st.columns([3, 2], gap="medium")
            with left:
                _says(found)
                _lines(found)
            with right:
                _twins(found, overview)
                _linked(found)
        _differences(found)
    timeline.show(session, overview, kind, record_id)


def _head(session: Session, overview: Overview, found: Record) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(words.plain(f"{kind_name(found.kind)} {found.label}"), anchor=False, width="content")
        st.badge(sync_sign(found.sync), color=_COLOURS.get(found.sync, "red"))  # type: ignore[arg-type] # a literal out of a table
        if frame.may(session, Permission.SYNC) and not found.twins.empty:
            st.button(
                "Add to sync",
                key="record.add",
                icon=":material/playlist_add:",
                on_click=lambda: notices.act(
                    commands.add_records_to_sync, session, found.kind, [found.id], done="It is in the queue again."
                ),
                help="Queue it again, without editing it.",
            )
    for tone, sentence in why(found, overview):
        (st.warning if tone == "warning" else st.markdown)(words.plain(sentence))


def why(found: Record, overview: Overview) -> Iterator[tuple[str, str]]:
    """Why the record is in QuickBooks, or is not: a tone and a sentence for each target that has anything to say (M12)."""
    if found.twins.empty:
        yield "plain", "Records of this kind never travel to QuickBooks: they are used by others that do."
        return
    told = [sentence for row in tables.records(found.twins) if (sentence := _sentence(row, overview))]
    yield from told or [("plain", "As it is now, it posts nothing to QuickBooks, so there is nothing to send.")]


def _sentence(row: dict[str, Any], overview: Overview) -> tuple[str, str] | None:
    """What there is to say of one target, with its tone; nothing of one that the record does not go to."""
    name, problem = words.entity(row["entity"]), row["problem"]
    failed = row["cause"] or (row["message"] if row["state"] in {"needs attention", "will be tried again"} else "")
    if failed:
        return "warning", f"{name}: {failed} {row['remedy']}".strip()
    if problem and row["state"] != "in QuickBooks":
        return "warning", f"{name}: it cannot be sent as it is. {problem}"
    told = {
        "waiting": "it waits in the queue. The next sync sends it.",
        "being sent": "it is being sent just now.",
        "in QuickBooks": f"it is in QuickBooks. Both sides last agreed on {_moment(row['last_success_at'], overview)}.",
        "deleted in QuickBooks": "somebody deleted it in QuickBooks. Add to sync sends it anew.",
        "not in QuickBooks": "it is not in QuickBooks, and does not wait either. Add to sync queues it." if row["posts"] else "",
    }.get(row["state"], "")
    tone = "warning" if row["state"] == "deleted in QuickBooks" else "plain"
    return (tone, f"{name} {row['qbo_id']}".strip() + f": {told}") if told else None


def _moment(moment: Any, overview: Overview) -> str:
    return (
        f"{day(there := moment.astimezone(words.zone(overview.timezone)))}, {there:%H:%M}"
        if isinstance(moment, datetime) and moment is not pd.NaT
        else "no day on record"
    )


def _says(found: Record) -> None:
    """The record's own fields, those that say anything."""
    rows = [
        {"Field": _titled(row["column"]), "Value": day(row["value"]) if isinstance(row["value"], date) else row["shown"]}
        for row in tables.records(found.values)
        if row["shown"]
    ]
    st.subheader("What it says", anchor=False)
    tables.plain_table(pd.DataFrame(rows, columns=["Field", "Value"]), alt="The record's fields")


def _titled(column: str) -> str:
    """A column as people say it: 'customer_id' -> 'Customer', 'txn_date' -> 'Date'."""
    known = {"txn_date": "Date", "po_number": "PO number", "sku": "SKU", "line_no": "#"}
    return known.get(column) or column.removesuffix("_id").replace("_", " ").capitalize()


def _lines(found: Record) -> None:
    if found.total is None and found.lines.empty:
        return
    st.subheader("Lines", anchor=False)
    if found.lines.empty:
        st.caption("It has no lines.")
        return
    said = {name for name in found.lines.columns if found.lines[name].map(lambda value: value not in (None, "")).any()}
    if "discount" in said and not found.lines["discount"].any():
        said.remove("discount")
    if {"item", "description"} <= said and (found.lines["item"] == found.lines["description"]).all():
        said.remove("description")  # it would only say the item's name again
    columns: dict[str, Any] = {name: _titled(name) for name in found.lines.columns if name in said}
    for name in ("amount", "unit_price", "unit_cost", "restock_cost"):
        if name in columns:
            columns[name] = tables.price_column(_titled(name), found.lines[name])
    tables.show(found.lines, columns, name=f"record.lines.{found.kind}.{found.id}", alt="The lines of the record")
    if isinstance(found.total, Decimal):
        st.markdown(f"{words.count(len(found.lines), 'line')} · sum **{found.total:,.2f}** {words.plain(found.currency)}")
    else:
        st.caption("The sum cannot be worked out: a line lacks a quantity or a price, or has one that cannot be read.")


def _twins(found: Record, overview: Overview) -> None:
    """Each target that it has, or goes to as it is."""
    shown = [row for row in tables.records(found.twins) if row["qbo_id"] or row["posts"] or row["state"] != "not in QuickBooks"]
    if not shown:
        return
    st.subheader("In QuickBooks", anchor=False)
    for row in shown:
        with st.container(border=True):
            st.markdown(f"**{words.entity(row['entity'])}** · {sync_sign(row['state'])}")
            if row["qbo_id"]:
                at = _moment(row["last_success_at"], overview)
                st.caption(f"Id {words.plain(row['qbo_id'])} · version {words.plain(str(row['sync_token']))} · last synced {at}")
            if row["address"]:
                st.link_button("View in QuickBooks", row["address"], icon=":material/open_in_new:")


def _linked(found: Record) -> None:
    """What it refers to and what refers to it, as links."""
    if found.linked.empty:
        return
    st.subheader("Linked with", anchor=False)
    for row in tables.records(found.linked):
        when = f", {day(row['date']) if isinstance(row['date'], date) else row['date']}" if row["date"] else ""
        label = words.plain(f"{kind_name(row['kind'])} {row['label']}{when} ({sync_sign(row['sync'])})")
        icon = ":material/arrow_forward:" if row["role"] == "refers to" else ":material/arrow_back:"
        frame.link("pages/records.py", label, icon, kind=row["kind"], record=str(row["record_id"]))


def _differences(found: Record) -> None:
    """Field by field what either side has changed since they last agreed."""
    if found.differences.empty:
        return
    st.subheader("What differs", anchor=False)
    rows = [
        {
            "Field": words.field(row["field"]),
            "When both agreed": row["base"],
            "Here now": row["ours"],
            "In QuickBooks now": row["theirs"],
        }
        for row in tables.records(found.differences)
    ]
    tables.plain_table(pd.DataFrame(rows), alt="Fields that differ, with three values each")
