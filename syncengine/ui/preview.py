"""Preview sync: the two blocks of the queue, the commands on their rows, and a drawer with everything about one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.entities import ENTITIES
from syncengine.queries import Overview, Session
from syncengine.queries.sending import ATTENTION, SENDING
from syncengine.queries.troubles import as_text
from syncengine.ui import notices, tables, words
from syncengine.ui.overview import moment_column

_WHY = {
    "remove": "The records stay here, and come back to the queue when they are edited or by Add to sync.",
    "bottom": "They are sent last.",
    "retry": "The next sync tries them again.",
}


def show(session: Session, overview: Overview) -> None:
    """The queue, one page at a time."""
    total = overview.queue.total
    if not total:
        st.info("Nothing waits. What you save in the inventory will appear here.", icon=":material/inbox:")
        return
    page = tables.page_of("preview", total)
    queue = _worded(queries.queue(session, page=page, size=tables.PAGE))
    st.caption(f"Rows {tables.span(page, total)}")
    attention, sending = queue[queue["block"] == ATTENTION], queue[queue["block"] == SENDING]
    if not attention.empty:
        st.header(":material/error: Needs attention", anchor=False)
        _attention(session, overview, attention)
    if not sending.empty:
        st.header(":material/send: Will be sent", anchor=False)
        _sending(session, overview, sending)


def _worded(queue: pd.DataFrame) -> pd.DataFrame:
    """The frame with the columns that people read beside those that commands want."""
    documents = {name: entity.document for name, entity in ENTITIES.items()}
    return queue.assign(
        does=[
            f"Expected to fail: {problem or expected}"
            if problem or expected
            else rests or note or words.operation(operation, entity, document=documents.get(entity, True))
            for operation, entity, rests, note, problem, expected in zip(
                *(queue[name] for name in ("operation", "entity", "rests", "note", "problem", "expected")), strict=True
            )
        ],
        waits=[tables.names(names) for names in queue["waits_for"]],
        changes=[
            tables.names(list(dict.fromkeys(words.field(path) for path, _, _ in changed))) if operation == "update" else ""
            for operation, changed in zip(queue["operation"], queue["changed"], strict=True)
        ],
        wrong=[
            problem or f"{cause} {remedy}".strip() or message
            for problem, cause, remedy, message in zip(
                queue["problem"], queue["cause"], queue["remedy"], queue["message"], strict=True
            )
        ],
        stands=[
            "Cannot be sent yet" if problem and state == "available" else words.STATES[state]
            for problem, state in zip(queue["problem"], queue["state"], strict=True)
        ],
    )


def _attention(session: Session, overview: Overview, rows: pd.DataFrame) -> None:
    columns = {
        "record": st.column_config.TextColumn("Record"),
        "wrong": st.column_config.TextColumn("What is wrong", width="large"),
        "stands": st.column_config.TextColumn("State"),
        "does": st.column_config.TextColumn("Would do"),
        "attempts": st.column_config.NumberColumn("Tries"),
        "queued_at": moment_column("Queued", overview.timezone),
        "queued_by": st.column_config.TextColumn("By"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(rows, columns, name="preview.attention", alt="Records that failed or need a person", row_height=76)
    with bar:
        _buttons(session, chosen, "preview.attention", retry=True)


def _sending(session: Session, overview: Overview, rows: pd.DataFrame) -> None:
    columns = {
        "place": st.column_config.NumberColumn("#", width="small"),
        "record": st.column_config.TextColumn("Record"),
        "does": st.column_config.TextColumn("What happens"),
        "waits": st.column_config.TextColumn("After"),
        "changes": st.column_config.TextColumn("Fields that change"),
        "queued_at": moment_column("Queued", overview.timezone),
        "queued_by": st.column_config.TextColumn("By"),
        "stands": st.column_config.TextColumn("State"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(rows, columns, name="preview.sending", alt="Records that will be sent, in sending order")
    with bar:
        _buttons(session, chosen, "preview.sending", retry=False)


def _buttons(session: Session, chosen: pd.DataFrame, key: str, *, retry: bool) -> None:
    """The commands on the chosen rows; the rows go along as they were seen, with their versions."""
    seen, none = tables.seen(chosen), chosen.empty
    if st.button("Look closer", key=f"{key}.look", icon=":material/search:", disabled=len(chosen) != 1):
        look(session, tables.records(chosen)[0])
    offered = [("Move to bottom", "bottom", ":material/vertical_align_bottom:"), ("Remove", "remove", ":material/delete:")]
    if retry:
        offered.insert(0, ("Retry", "retry", ":material/refresh:"))
    for label, name, icon in offered:
        st.button(label, key=f"{key}.{name}", icon=icon, help=_WHY[name], disabled=none, on_click=_act, args=(session, name, seen))
    st.caption(words.count(len(chosen), "row") + " selected" if not none else "Select rows to act on them.")


def _act(session: Session, name: str, seen: list[tuple[int, int]]) -> None:
    command, done = {
        "remove": (commands.remove, "{n} removed. What was removed comes back when it is edited, or by Add to sync."),
        "bottom": (commands.move_to_bottom, "{n} moved to the bottom."),
        "retry": (commands.retry, "{n} will be tried again with the next sync."),
    }[name]
    notices.act(command, session, seen, done=done)


@st.dialog("Before it is sent", position="right", width="medium")
def look(session: Session, row: dict[str, Any]) -> None:
    """Everything about one row: what is wrong, what it waits for, what changes, the exact payload, its history."""
    st.header(words.plain(row["record"]), anchor=False)
    tried = words.count(int(row["attempts"]), "try", "tries") + " so far" if row["attempts"] else ""
    st.caption(" · ".join(part for part in (row["does"], row["stands"], tried) if part))
    if row["wrong"]:
        st.warning(words.plain(row["wrong"]), icon=":material/error:")
    if row["unsure"]:
        st.info(words.plain(row["unsure"]), icon=":material/help:")
    if row["waits_for"]:
        st.markdown("**Goes after** " + words.plain(", ".join(row["waits_for"])))
    if row["changed"]:
        st.markdown("**What changes**" if row["operation"] == "update" else "**What is sent**")
        st.table(_fields(row), border="horizontal", hide_index=True, alt="Fields with both sides' values")
    if len(row["effects"]):
        st.markdown("**What it posts**, in its currency")
        posted = [
            {"Account": name, "Debit": _money(amount), "Credit": _money(-amount)}
            for name, amount in row["effects"]
        ]
        st.table(pd.DataFrame(posted), border="horizontal", hide_index=True, alt="Accounts with what is debited and credited")
    if row["payload"]:
        st.markdown("**Payload**, exactly as it would be sent")
        st.code(indented(row["payload"]), language="json")
    if row["then"]:
        st.markdown("**Then**, in the same sync, this is created in its place")
        st.code(indented(row["then"]), language="json")
    history(session, row["kind"], int(row["record_id"]))


def _money(amount: Decimal) -> str:
    """An amount with its cents, which a table of numbers would drop; nothing on the side where there is none."""
    return f"{amount:,.2f}" if amount > 0 else ""


def _fields(row: dict[str, Any]) -> pd.DataFrame:
    """Field by field; of lines, each value by itself. What is created has nothing in QuickBooks to compare with."""
    found = [each for path, theirs, ours in row["changed"] for each in _spread(path, theirs, ours)]
    every = pd.DataFrame(found, columns=["Field", "In QuickBooks", "Here"])
    return every if row["operation"] == "update" else every.drop(columns="In QuickBooks")


def _spread(path: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(theirs, list) and not isinstance(ours, list):
        yield path, as_text(theirs), as_text(ours)
        return
    pairs: Iterator[tuple[dict[str, Any], dict[str, Any]]] = zip_longest(theirs or [], ours or [], fillvalue={})
    for number, (there, here) in enumerate(pairs, start=1):
        for name in dict.fromkeys([*here, *there]):
            if here.get(name) is not None or there.get(name) is not None:
                yield f"{path} {number}: {name.rpartition('.')[2]}", as_text(there.get(name)), as_text(here.get(name))


def indented(payload: str) -> str:
    """JSON text with its numbers digit for digit as they are; a float would round them.

    >>> print(indented('{"Amount":39.80,"Big":1234567890123456.78}'))
    {
      "Amount": 39.80,
      "Big": 1234567890123456.78
    }
    """
    marked = json.loads(payload, parse_float=lambda digits: f"\0{digits}")
    return re.sub(r'"\\u0000([^"]*)"', r"\1", json.dumps(marked, indent=2, ensure_ascii=False))


def history(session: Session, kind: str, record_id: int) -> None:
    """What happened to the record so far."""
    lines = queries.timeline(session, kind, record_id)
    if lines.empty:
        return
    st.markdown("**What happened so far**")
    columns = {
        "at": st.column_config.DatetimeColumn("When", format="D MMM, HH:mm:ss"),
        "event": st.column_config.TextColumn("What"),
        "actor": st.column_config.TextColumn("Who"),
        "detail": st.column_config.TextColumn("Detail"),
    }
    tables.show(lines, columns, name=f"timeline.{kind}.{record_id}", alt="History of the record")
