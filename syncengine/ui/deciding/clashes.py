"""Conflicts: a card for each record, three values a field, sides chosen field by field or for all of it, one Apply."""

from __future__ import annotations

from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.commands import Side
from syncengine.queries import Overview, Session
from syncengine.queries.said import NOTHING
from syncengine.queries.sending import kind_name
from syncengine.store.conflicts import WHOLE
from syncengine.store.rights import Permission
from syncengine.store.veil import HIDDEN
from syncengine.ui import frame, notices, tables, words

#: Records on one page.
CARDS = 10
_OURS, _THEIRS = "Inventory's", "QuickBooks'"
_SIDES = {_OURS: "ours", _THEIRS: "theirs"}
#: What the keys of all choices begin with.
_KEY = "choice."
_TITLES = ("Field", "When last in step", "Inventory", "QuickBooks")

Row = dict[str, Any]


def chosen() -> dict[str, str]:
    """The sides that are chosen and not applied yet, by the keys of their fields."""
    return {str(key): value for key, value in st.session_state.items() if str(key).startswith(_KEY) and value in _SIDES}


def show(session: Session, overview: Overview) -> None:
    """One page of records with open conflicts."""
    total = queries.conflict_records(session)
    if not total:
        return
    st.header(f":material/call_split: Changed on both sides: {words.count(total, 'record')}", anchor=False)
    st.caption("Both sides gave the same field different values since they last agreed. Choose which one stands.")
    page = tables.page_of("conflicts", total, CARDS)
    by_record: dict[tuple[str, str, int], list[Row]] = {}
    for row in tables.records(queries.conflicts(session, page=page, size=CARDS)):
        by_record.setdefault((row["entity"], row["kind"], int(row["record_id"])), []).append(row)
    may = frame.may(session, Permission.MANAGE)
    with st.container(key="clashes"):
        for rows in by_record.values():
            _card(session, overview, rows, may=may)
    if may:
        _apply(session, [row for rows in by_record.values() for row in rows])
    else:
        st.caption("Whoever manages the company can choose here.")


def key(row: Row) -> str:
    """The key of one field's choice. Other values have another key: a choice never passes to values that nobody has seen."""
    return f"{_KEY}{row['id']}.{row['seen']}"


def _card(session: Session, overview: Overview, rows: list[Row], *, may: bool) -> None:
    first = rows[0]
    about = f"**{kind_name(first['kind'])} {words.plain(first['label'])}**"
    begun = words.ago(first["opened_at"], session.clock.now(), overview.timezone)
    since = f"{words.count(len(rows), 'field')}, since {begun}"
    with st.container(border=True):
        if may and len(rows) > 1:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{about} &ensp;:small[{since}]", width="content")
                for label, side in (("All the inventory's", _OURS), ("All QuickBooks'", _THEIRS)):
                    st.button(label, key=f"all.{side}.{key(first)}", on_click=_all, args=([key(row) for row in rows], side))
        else:
            st.markdown(f"{about} &ensp;:small[{since}]")
        for row in rows:
            _field(row, may=may)


def _all(keys: list[str], side: str) -> None:
    for each in keys:
        st.session_state[each] = side


def _field(row: Row, *, may: bool) -> None:
    """One decision: a single value on each side, or of lines each part that differs, with one choice for all of them."""
    alt = f"{words.field(row['field'])} with its three values"
    if not may:
        tables.plain_rows(_TITLES, values(row), alt=alt)
        return
    table, choice = st.columns([10, 4], vertical_alignment="top")
    with table:
        tables.plain_rows(_TITLES, values(row), alt=alt)
    with choice:
        st.segmented_control("Which stands", list(_SIDES), key=key(row))


def values(row: Row) -> list[tuple[str, ...]]:
    """Field by field what both sides agreed on, what stands here and what stands in QuickBooks, in words."""
    sides = ("base", "ours", "theirs")
    hidden = [(row["field"], *(HIDDEN for _ in sides))]
    parts = hidden if row["base"] == HIDDEN or row["ours"] == HIDDEN or row["theirs"] == HIDDEN else row["parts"]
    whole = row["field"] == WHOLE
    return [
        (words.field(path), *(_value(text, whole=whole, base=side == "base") for side, text in zip(sides, said, strict=True)))
        for path, *said in parts
    ]


def _value(text: str, *, whole: bool, base: bool = False) -> str:
    if whole and text == NOTHING:
        return "in step" if base else "deleted"
    return text


def _apply(session: Session, rows: list[Row]) -> None:
    """What will happen, a sentence for each field that was decided, with one Apply and one Discard."""
    staged = [(row, _SIDES[side]) for row in rows if (side := st.session_state.get(key(row))) in _SIDES]
    if not staged:
        st.caption("Nothing is decided before you press Apply.")
        return
    with st.container(border=True, key="conflicts.staged"):
        left = len(rows) - len(staged)
        undecided = f"; {words.count(left, 'field')} on this page stays undecided" if left else ""
        st.markdown(f"**{words.count(len(staged), 'field')} decided**, not applied yet{undecided}")
        st.markdown("\n".join(f"- {says(row, side)}" for row, side in staged))
        with st.container(horizontal=True):
            choices = [Side(int(row["id"]), side, row["seen"]) for row, side in staged]
            st.button(
                "Apply", key="conflicts.apply", type="primary", icon=":material/check:", on_click=_act, args=(session, choices)
            )
            st.button("Discard", key="conflicts.discard", on_click=_all, args=([key(row) for row, _ in staged], None))


def says(row: Row, side: str) -> str:
    """What the next sync will do about one field."""
    record = f"**{kind_name(row['kind'])} {words.plain(row['label'])}**"
    field = words.plain(words.field(row["field"]))
    if row["field"] == WHOLE:
        gone = not row[side]
        if side == "ours":
            return f"{record}: QuickBooks {'deletes it, too' if gone else 'gets it again as it is here'}"
        return f"{record}: it is {'deleted here, too' if gone else 'kept here as QuickBooks has it'}"
    if side == "ours":
        return f"{record}: QuickBooks gets the inventory's {field.lower()}{_one(row, 2)}"
    return f"{record}: the inventory takes QuickBooks' {field.lower()}{_one(row, 3)}"


def _one(row: Row, place: int) -> str:
    """The value that stands, where it is a single one: lines are told in the table."""
    return f", {words.plain(row['parts'][0][place])}" if len(row["parts"]) == 1 else ""


def _act(session: Session, choices: list[Side]) -> None:
    notices.act(commands.choose_sides, session, choices, done="Decided. The next sync carries it out.")
