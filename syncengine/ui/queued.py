"""The drawer of one row of the queue: what is wrong, what goes first, what changes, what is posted and sent, what happened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.entities import ENTITIES
from syncengine.queries import Overview, Session
from syncengine.store.outbox import CONFLICT
from syncengine.store.rights import Permission
from syncengine.store.settings import SETTINGS
from syncengine.store.veil import HIDDEN
from syncengine.ui import address, drawer, fields, frame, happenings, matching, notices, tables, words
from syncengine.ui.settings import tab_of

#: What the address calls the row whose drawer is open.
ROW = "row"
#: What is told of a row (`queries.queued`); None where there is no such row.
Told = Mapping[str, Any] | None
#: The commands on rows: label, name, icon.
RETRY = ("Retry", "retry", ":material/refresh:")
BOTTOM = ("Move to bottom", "bottom", ":material/vertical_align_bottom:")
REMOVE = ("Remove", "remove", ":material/delete:")
_LEFT = {
    "completed": ("It has left the queue: it was sent, or there was nothing left to send.", ":material/check_circle:"),
    "cancelled": ("It has left the queue: a person removed it, or a newer edit of the record took its place.", ":material/delete:"),
}
_DONE = {
    "remove": "{n} removed. What was removed comes back when it is edited, or by Add to sync.",
    "bottom": "{n} moved to the bottom.",
    "retry": "{n} will be tried again with the next sync.",
}
_ACTED = "queued.acted"
_SIDES = ("Account", "Debit", "Credit")
#: A long life is shown from its end: so many events at first on the record's page, and so many in a drawer.
FIRST, NEWEST = 100, 20


@st.dialog("Before it is sent", position="right", width="medium", on_dismiss=drawer.closer(ROW))
def look(session: Session, overview: Overview, row: str, known: list[Told]) -> None:
    """Everything about one row, by its number in the address.

    `known` holds what the page's list has been told of it in the same run, or nothing; a later look of the drawer alone asks anew.
    """
    if st.session_state.pop(_ACTED, False):
        st.rerun()  # a click in here runs this drawer alone: the page has to say what became of it, or open another one
    told = known.pop() if known else _told(session, row)
    if told is None:
        st.info("There is no such row in this company's queue.", icon=":material/search_off:")
        return
    st.header(words.plain(told["record"]), anchor=False)
    if told["open"]:
        _waiting(session, told)
    else:
        said, icon = _LEFT.get(told["state"], _LEFT["completed"])
        st.info(said, icon=icon)
        go_to(told["kind"], int(told["record_id"]))
    history(session, told["kind"], int(told["record_id"]), overview.timezone)


def _told(session: Session, row: str) -> Told:
    return queries.queued(session, number) if (number := address.whole(row)) is not None else None


def _waiting(session: Session, row: Mapping[str, Any]) -> None:
    tried = words.count(int(row["attempts"]), "try", "tries") + " so far" if row["attempts"] else ""
    does_now = "" if row["problem"] or row["expected"] else does(row)
    st.caption(" · ".join(part for part in (words.plain(does_now), words.STATES[row["state"]], tried) if part))
    _troubles(session, row)
    _buttons(session, row)
    _steps(row)
    _fields(row)
    _posted(row)
    _payload(row)


def _setting(session: Session, label: str) -> None:
    """The way to a setting, by what it is called; who may not go there is told who may."""
    tab = tab_of(next((name for name, each in SETTINGS.items() if each.label == label), ""))
    if frame.may(session, Permission.OWN):
        frame.link("pages/settings.py", f"Change the setting: {label}", ":material/settings:", **({"tab": tab} if tab else {}))
    else:
        st.caption(f"An owner can change the setting: {words.plain(label)}.")


def _troubles(session: Session, row: Mapping[str, Any]) -> None:
    """What is wrong or expected to go wrong, each with what to do; and a setting by which it rests."""
    if row["problem"]:
        st.warning(words.plain(row["problem"]), icon=":material/error:", title="It cannot be sent as it is")
    elif row["cause"] or row["remedy"] or row["message"]:
        said = words.plain(wrong({**row, "problem": None}))
        st.warning(said, icon=":material/error:", title="What is wrong")
    if row["expected"]:
        st.warning(words.plain(row["expected"]), icon=":material/online_prediction:", title="QuickBooks is expected to refuse it")
    if row["unsure"]:
        st.info(words.plain(row["unsure"]), icon=":material/help:")
    if row["parked_by"] == CONFLICT:
        frame.link("pages/conflicts.py", "Choose whose value stands", ":material/call_split:")
    if row["state"] in {"retryable", "parked"}:
        frame.link("pages/errors.py", "See it among the sync errors", ":material/error:", about=str(row["label"]))
    if row["setting"]:
        _setting(session, str(row["setting"]))


def _buttons(session: Session, row: Mapping[str, Any]) -> None:
    seen = [(int(row["id"]), int(row["version"]))]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if frame.may(session, Permission.SYNC):
            again = row["state"] in {"retryable", "parked"} and row["parked_by"] != CONFLICT
            for label, name, icon in (RETRY, BOTTOM, REMOVE) if again else (BOTTOM, REMOVE):
                st.button(label, key=f"queued.{name}", icon=icon, on_click=_act, args=(session, name, seen))
        go_to(row["kind"], int(row["record_id"]))


def go_to(kind: str, record_id: int) -> None:
    """Go to (A4): the record in its own list."""
    frame.link("pages/records.py", "Go to the record", ":material/arrow_forward:", kind=kind, record=str(record_id))


def does(row: Mapping[str, Any]) -> str:
    """What becomes of one row with the next sync, or why it is expected not to."""
    if problem := row["problem"] or row["expected"]:
        return f"Expected to fail: {problem}"
    entity = str(row["entity"])
    document = ENTITIES[entity].document if entity in ENTITIES else True
    return str(row["rests"] or row["note"] or words.operation(str(row["operation"]), entity, document=document))


def wrong(row: Mapping[str, Any]) -> str:
    """What is wrong with one row: cause and remedy, or QuickBooks' own words where nobody knows better."""
    return fields.cause(str(row["problem"] or f"{row['cause']} {row['remedy']}".strip() or row["message"]))


def act(session: Session, name: str, seen: list[tuple[int, int]]) -> None:
    """Carry out one of the commands on rows as they were seen; a removal can then be taken back."""
    command = {"remove": commands.remove, "bottom": commands.move_to_bottom, "retry": commands.retry}[name]
    done = notices.act(command, session, seen, done=_DONE[name])
    matching.remember(session, done)


def _act(session: Session, name: str, seen: list[tuple[int, int]]) -> None:
    act(session, name, seen)
    drawer.closer(ROW)()
    st.session_state[_ACTED] = True


def _turn(row: str) -> None:
    """To the drawer of another row, which the page has to open: this one is about its own."""
    drawer.open_with(ROW, row)
    st.session_state[_ACTED] = True


def _steps(row: Mapping[str, Any]) -> None:
    """Which step of the sync it goes in, and the rows that go before it, each with its own drawer."""
    st.markdown(f"**Step {int(row['wave']) + 1}** of the sync" + ("" if row["waits_for"] else ": it waits for nothing."))
    if not row["waits_for"]:
        return
    known = {each["record"].partition(" ")[2]: each for each in row["steps"]}
    with st.container(horizontal=True, gap="small"):
        st.markdown("Goes after", width="content")
        for each in row["steps"]:
            st.button(
                words.plain(each["record"]), key=f"queued.step.{each['id']}", icon=":material/arrow_upward:", type="tertiary",
                on_click=_turn, args=(str(each["id"]),),
            )  # fmt: skip
        others = [fields.named(name) for name in row["waits_for"] if name.partition(" ")[2] not in known and not row["steps"]]
        if others:
            st.markdown(words.plain(", ".join(others)), width="content")


def _fields(row: Mapping[str, Any]) -> None:
    if not row["parts"]:
        return
    st.markdown("**What changes**" if row["operation"] == "update" else "**What is sent**")
    # Field by field; of lines, each value by itself. What is created has nothing in QuickBooks to compare with.
    shown = (0, 1, 2) if row["operation"] == "update" else (0, 2)
    every = [("Field", "In QuickBooks", "Here"), *((fields.field(path), theirs, ours) for path, theirs, ours in row["parts"])]
    titles, *found = [[each[place] for place in shown] for each in every]
    tables.plain_rows(titles, found, alt="Fields with both sides' values")


def _posted(row: Mapping[str, Any]) -> None:
    """The accounts with what is debited and credited, and that both come to the same; what changes where some was posted before."""
    if not len(row["effects"]):
        return
    currency = _currency(row["payload"])
    st.markdown("**What it posts**" + (f", in {words.plain(currency)}" if currency else ", in the currency of your books"))
    tables.plain_rows(_SIDES, postings(row["effects"]), alt="Accounts with what is debited and credited", figures=2)
    off = sum((amount for _, amount in row["effects"]), Decimal(0))
    st.caption("Debits and credits balance." if not off else f"Debits and credits differ by {abs(off):,.2f}.")
    if len(row["moves"]) and list(row["moves"]) != list(row["effects"]):
        st.markdown("**By how much that changes the books**, against what was posted before")
        tables.plain_rows(_SIDES, postings(row["moves"]), alt="Accounts with the changes of debit and credit", figures=2)


def postings(effects: Sequence[tuple[str, Decimal]]) -> list[tuple[str, str, str]]:
    """Accounts with debit and credit as text, cents and all, and their sums."""
    debit = sum((amount for _, amount in effects if amount > 0), Decimal(0))
    credit = sum((-amount for _, amount in effects if amount < 0), Decimal(0))
    rows = [(name, _money(amount), _money(-amount)) for name, amount in effects]
    return [*rows, ("Total", f"{debit:,.2f}", f"{credit:,.2f}")]


def _money(amount: Decimal) -> str:
    """An amount with its cents, which a table of numbers would drop; nothing on the side where there is none."""
    return f"{amount:,.2f}" if amount > 0 else ""


def _currency(payload: str) -> str:
    if not payload or payload == HIDDEN:
        return ""
    return str((json.loads(payload).get("CurrencyRef") or {}).get("value") or "")


def _payload(row: Mapping[str, Any]) -> None:
    """Byte for byte, with a button to copy it (Streamlit's own, on the code)."""
    if row["payload"] == HIDDEN:
        st.caption(f"Payload {HIDDEN}.")
    elif row["payload"]:
        _references(row)
        with st.expander("Payload, exactly as it would be sent", icon=":material/code:", expanded=True):
            st.code(indented(row["payload"]), language=None, wrap_lines=True)
            if row["then"] and row["then"] != HIDDEN:
                st.caption("Once QuickBooks has deleted it, it is made anew in the same sync:")
                st.code(indented(row["then"]), language=None, wrap_lines=True)


def _references(row: Mapping[str, Any]) -> None:
    """What the Ids in the payload are called; those that get theirs only with the next sync stand there by our own number."""
    if row["references"]:
        shown = [
            (fields.field(path), "gets one when it is sent" if each.startswith("{") else each, name)
            for path, each, name in row["references"]
        ]
        st.markdown("**Who and what the Ids in the payload are**")
        tables.plain_rows(("Field", "QuickBooks Id", "Name"), shown, alt="Ids in the payload with their names")


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


def history(session: Session, kind: str, record_id: int, timezone: str) -> None:
    """What happened to the record so far, in lines that are read to their end in a drawer, on a phone too."""
    lines = queries.timeline(session, kind, record_id)
    if lines.empty:
        return
    st.markdown("**What happened so far**")
    year = session.clock.now().astimezone(words.zone(timezone)).year
    rows = [
        (_moment(row["at"].astimezone(words.zone(timezone)), year), ": ".join(filter(None, (row["what"], row["said"]))), row["by"])
        for row in tables.records(happenings.told(lines.tail(NEWEST)))
    ]
    with st.container(key="happened"):
        tables.plain_rows((f"When ({words.place(timezone)})", "What", "Who"), rows, alt="History of the record")
    if len(lines) > NEWEST:
        st.caption(f"The newest {NEWEST} of {words.count(len(lines), 'event')}. The record's own page shows all of them.")


def _moment(at: datetime, year: int) -> str:
    """A moment to the second, with its year where that is another."""
    return f"{at.day} {at:%b}{'' if at.year == year else f' {at.year}'}, {at:%H:%M:%S}"
