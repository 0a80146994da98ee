"""One card for each cause: what is wrong and what to do in words, how much it concerns, and what can be done right here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.holding import MOST, ROOTS
from syncengine.store.failing import Sought
from syncengine.store.outbox import CONFLICT
from syncengine.store.rights import Permission
from syncengine.store.settings import SETTINGS
from syncengine.ui import acting, drawer, fields, frame, notices, tables, words
from syncengine.ui.settings import tab_of
from syncengine.ui.troubles import fault, fix, meaning

#: Cycles in which a record is sent again unchanged, before a correction is due (D3).
GRACE = 3
#: How each class of corrections is told: an icon, a word, a colour.
BADGES: dict[str, tuple[str, str, Any]] = {
    "safe": (":material/auto_fix_high:", "Corrects itself", "blue"),
    "policy": (":material/front_hand:", "Asks you first", "violet"),
    "no": (":material/person:", "Needs a person", "orange"),
}


def of_connection(session: Session, overview: Overview) -> None:
    """What keeps the connection as a whole from working: no record is to blame, and none can be retried."""
    for row in tables.records(queries.errors(session, size=overview.troubles.connection_errors)):
        if not pd.isna(row["outbox_id"]):
            return
        with st.container(border=True):
            st.markdown("**The connection to QuickBooks**")
            st.markdown(words.plain(fields.cause(row["cause"])) or "It failed, and no reason was given.")
            st.markdown(f":material/build: {words.plain(row['remedy'])}")
            since = words.ago(row["opened_at"], session.clock.now(), overview.timezone)
            st.caption(f"Since {since} · records wait, and nothing of them is lost")
            _details(int(row["id"]))


def card(session: Session, overview: Overview, group: dict[str, Any], sought: Sought) -> None:
    """One cause. Its words are one text: each element of a page costs the server, and a page has ten cards."""
    with st.container(border=True):
        st.markdown("\n\n".join(said(group, waits=overview.is_cut)))
        st.caption(" · ".join(facts(session, overview, group)))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            buttons(session, group, sought)


def said(group: Mapping[str, Any], *, waits: bool) -> list[str]:
    """The paragraphs of a card: the cause, its marks, what a person can do, what the machine does.

    `waits` is whether no sync can run before somebody connects the company.
    """
    icon, says, colour = BADGES.get(group["klass"], BADGES["no"])
    marks = [_badge(":material/error:", about(group), "red"), _badge(icon, says, colour)]
    if is_under_way(group):
        under_way = (":material/schedule:", "Corrected once connected", "gray")
        marks.append(_badge(*under_way) if waits else _badge(":material/sync:", "Being corrected", "green"))
    if group["held"]:
        marks.append(_badge(":material/pause_circle:", f"holds back {held_says(group['count'], group['held'])}", "gray"))
    told = [
        f"**{words.plain(fields.cause(group['cause'])) or 'It failed, and no reason was given.'}**",
        " ".join(marks),
        f":material/build: {words.plain(group['remedy']) or 'Look at the details below, then press Retry.'}",
    ]
    if group["says"] and group["offered"] != "failed":
        told.append(f":material/auto_fix_high: {words.plain(group['says'])}")
    return told


def _badge(icon: str, says: str, colour: str) -> str:
    return f":{colour}-badge[{icon} {says}]"


def about(group: Mapping[str, Any]) -> str:
    """The record that failed, or how many did."""
    if group["count"] > 1:
        return words.count(group["count"], "record")
    return words.begun(group["example"])


def held_says(count: int, held: int) -> str:
    """How much a cause holds back; where not all was counted, the least."""
    least = "at least " if held >= MOST or count > ROOTS else ""
    return f"{least}{words.count(held, 'record')}"


def facts(session: Session, overview: Overview, group: dict[str, Any]) -> list[str]:
    """Which record for example where there are more, how far its count is, what comes next, since when."""
    now = session.clock.now()
    first, last = (words.ago(group[name], now, overview.timezone) for name in ("first_seen", "last_seen"))
    said = [f"For example {words.plain(group['example'])}"] if group["count"] > 1 else []
    said.append(so_far(group) if said else words.begun(so_far(group)))
    said.append(words.plain(group["next"]).removesuffix("."))
    said.append(f"began {first}" if first == last else f"first {first}, last {last}")
    return said


def so_far(group: dict[str, Any]) -> str:
    """How far the count is; before it has begun, how often the record was sent.

    >>> so_far({"cycle": 2, "of": 3, "attempts": 4}), so_far({"cycle": 0, "of": 3, "attempts": 0})
    ('cycle 2 of 3', 'not sent so far')
    """
    if group["cycle"]:
        return f"cycle {group['cycle']} of {group['of']}"
    return f"sent {words.times(group['attempts'])} so far" if group["attempts"] else "not sent so far"


def buttons(session: Session, group: dict[str, Any], sought: Sought) -> None:
    """What can be done with the cause as a whole; what a person may not do is not drawn."""
    error_id, key = int(group["example_error"]), f"errors.{group['example_error']}.{group['newest']}"
    if group["offered"] in {"offered", "wanted"}:
        primary = group["offered"] == "offered"
        st.button(
            "Show what it will do",
            key=f"{key}.fix",
            icon=":material/visibility:",
            type="primary" if primary else "secondary",
            on_click=drawer.only,
            args=(fix.FIX, str(error_id)),
        )
    if group["offered"] == "offered" and group["count"] > 1 and frame.may(session, Permission.MANAGE):
        st.button(
            "Do it for all", key=f"{key}.all", icon=":material/auto_fix_high:", on_click=drawer.only,
            args=(fix.ALL, group["group_key"]), help="Shows what will be done for how many records, and asks once.",
        )  # fmt: skip
    if waits_for_a_choice(group):
        frame.link("pages/conflicts.py", "Choose whose value stands", ":material/call_split:")
    elif frame.may(session, Permission.SYNC) and not is_under_way(group):
        many = group["count"] > 1
        st.button(
            f"Retry all {group['count']:,}" if many else "Retry",
            key=f"{key}.retry",
            icon=":material/refresh:",
            on_click=_retry,
            args=(session, group, sought),
            help="The next sync tries again, and the count starts anew.",
        )
    if group["count"] > 1:
        st.button(
            "Show the records", key=f"{key}.open", icon=":material/list:", on_click=drawer.only, args=("group", group["group_key"])
        )
    elif group["kind"] and not waits_for_a_choice(group):
        frame.link("pages/records.py", "Go to the record", ":material/arrow_forward:", **record_query(group))
    if tab := tab_of(setting_of(group["remedy"])):
        if frame.may(session, Permission.OWN):
            frame.link("pages/settings.py", f"Set it under Settings, {tab}", ":material/settings:", tab=tab)
        else:
            st.caption(f"An owner sets it under Settings, {tab}.", width="content")
    if group["correction"]:
        wanted = (meaning.HELP, group["correction"])
        st.button("What this means", key=f"{key}.help", icon=":material/help:", on_click=drawer.only, args=wanted)
    _details(error_id)


def setting_of(remedy: str) -> str:
    """The setting that a remedy asks for, by its name; "" where it asks for none.

    >>> setting_of("Set the company's credit card account."), setting_of("Rename one of the two.")
    ('credit_card_account', '')
    """
    if "the company's default account" in remedy:
        return "income_account"  # whichever of them: they stand together
    return next((name for name in SETTINGS if f"the company's {name.replace('_', ' ')}" in remedy), "")


def waits_for_a_choice(group: Mapping[str, Any]) -> bool:
    """Whether both sides changed the record: trying again helps nothing before somebody has chosen."""
    return bool(group["parked_by"] == CONFLICT)


def is_under_way(group: Mapping[str, Any]) -> bool:
    """Whether the one record of a cause is being corrected just now, or with the sync that was asked for."""
    return group["count"] == 1 and group["offered"] in {"wanted", "acting"}


def record_query(error: Mapping[str, Any]) -> dict[str, str]:
    """What the address of the Records page says of the record of an error."""
    return {"kind": error["kind"], "record": str(int(error["record_id"]))}


def _details(error_id: int) -> None:
    wanted = (fault.ERROR, str(error_id))
    st.button("Details", key=f"errors.{error_id}.details", icon=":material/code:", on_click=drawer.only, args=wanted)


def _retry(session: Session, group: dict[str, Any], sought: Sought) -> None:
    wanted: Sought = {**sought, "group_key": group["group_key"]}
    count, newest = int(group["count"]), int(group["newest"])
    if count > commands.AT_ONCE:
        acting.ask(session, commands.ask_retry_errors, count, newest, done=acting.handed("retry_errors", count), **wanted)
        return
    done = "Will be tried with the next sync." if count == 1 else "{n} will be tried with the next sync."
    notices.act(commands.retry_errors, session, count, newest, done=done, toast="It goes with the next sync.", **wanted)
