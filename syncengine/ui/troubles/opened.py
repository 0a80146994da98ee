"""One cause opened: its records page by page, what they hold back, and commands on those that are ticked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import drawer, frame, notices, tables, words
from syncengine.ui.overview import moment_column
from syncengine.ui.troubles import cards, fault, fix

#: So many of those that wait are named.
_NAMED = 50


def show(session: Session, overview: Overview, group_key: str) -> None:
    """The cause's card, what waits for it, and its records."""
    st.button("All causes", key="errors.all", icon=":material/arrow_back:", on_click=drawer.closer("group"))
    _, groups = queries.error_causes(session, size=1, group_key=group_key)
    if not groups:
        st.success("No record fails for this cause any more.", icon=":material/check_circle:")
        return
    group = groups[0]
    cards.card(session, overview, group, {})
    if group["held"]:
        _held(session, group_key, int(group["count"]), group["held"])
    st.header("The records", anchor=False)
    page = tables.page_of("errors.records", int(group["count"]))
    st.caption(f"Records {tables.span(page, int(group['count']))}")
    found = queries.errors(session, page=page, size=tables.PAGE, group_key=group_key)
    _records(session, overview, found, again=not cards.waits_for_a_choice(group))


def _held(session: Session, group_key: str, count: int, held: int) -> None:
    with st.expander(f"Waits for it: {cards.held_says(count, held)}", icon=":material/pause_circle:"):
        waiting = queries.held_back(session, group_key, size=_NAMED)
        shown = waiting.assign(
            record=[
                f"{'    ' * (depth - 1)}{kind_name(kind)} {label}"
                for depth, kind, label in zip(waiting["depth"], waiting["kind"], waiting["label"], strict=True)
            ]
        )
        columns = {
            "record": st.column_config.TextColumn("Record"),
            "waits_for": st.column_config.TextColumn("Waits for"),
        }
        tables.show(shown, columns, name="errors.held", alt="Records that wait for those that failed")
        if held > len(waiting):
            st.caption(f"The first {len(waiting)} of them. They go by themselves once the cause is put right.")


def _records(session: Session, overview: Overview, found: pd.DataFrame, *, again: bool) -> None:
    shown = found.assign(
        error_id=found["id"],
        id=found["outbox_id"].astype("int64"),
        version=found["version"].fillna(0).astype("int64"),
        record=[f"{kind_name(kind)} {label}" for kind, label in zip(found["kind"], found["label"], strict=True)],
        stands=[words.STATES.get(state, state) for state in found["state"]],
        tried=[f"{min(int(tries), cards.GRACE)} of {cards.GRACE}" if tries else "Not counted yet" for tries in found["tries"]],
    )
    columns = {
        "record": st.column_config.TextColumn("Record"),
        "stands": st.column_config.TextColumn("State"),
        "tried": st.column_config.TextColumn("Cycle"),
        "message": st.column_config.TextColumn("QuickBooks' words", width="large"),
        "opened_at": moment_column("Since", overview.timezone),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(shown, columns, name="errors.records", alt="The records that fail for this cause")
    with bar:
        _buttons(session, chosen, again=again)


def _buttons(session: Session, chosen: pd.DataFrame, *, again: bool) -> None:
    """What can be done with those that are ticked; `again` says whether trying again can help."""
    one: dict[str, Any] = tables.records(chosen)[0] if len(chosen) == 1 else {}
    error = str(one.get("error_id", ""))
    if again and frame.may(session, Permission.SYNC):
        st.button(
            "Retry",
            key="errors.records.retry",
            icon=":material/refresh:",
            disabled=chosen.empty,
            on_click=notices.act,
            args=(commands.retry, session, tables.seen(chosen)),
            kwargs={"done": "{n} will be tried with the next sync."},
        )
    for label, name, icon, parameter in (
        ("Show what it will do", "fix", ":material/visibility:", fix.FIX),
        ("Details", "details", ":material/code:", fault.ERROR),
    ):
        st.button(label, key=f"errors.records.{name}", icon=icon, disabled=not one, on_click=drawer.only, args=(parameter, error))
    if one:
        frame.link("pages/records.py", "Go to the record", ":material/arrow_forward:", **cards.record_query(one))
    st.caption(words.count(len(chosen), "record") + " selected" if len(chosen) else "Select records to act on them.")
