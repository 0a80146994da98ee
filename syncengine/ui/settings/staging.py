"""Settings as fields whose changes are staged, told in sentences, and applied together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.engine.configure import CONSENTS, told
from syncengine.errors import SyncEngineError
from syncengine.queries import Session
from syncengine.ui import notices, tables, words

#: The heading under which every consent to a correction stands.
CORRECTIONS = "What Tieout may put right by itself"
#: Choices in the words of a page, by setting; what is not here is shown as it is.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "direction": {
        "both": "both ways",
        "to quickbooks": "only to QuickBooks",
        "from quickbooks": "only from QuickBooks",
        "nothing": "nothing travels",
    },
    "conflict_policy": {"ask": "ask a person", "quickbooks": "QuickBooks wins", "inventory": "the inventory wins"},
    "class_tracking": {"follow": "as QuickBooks tracks them", "off": "not at all"},
    "department_tracking": {"follow": "as QuickBooks tracks them", "off": "not at all"},
    "receipt_posts_as": {"none": "nothing"},
    "due_date_from": {"receipt": "the receipt's date", "vendor invoice": "the vendor's invoice's date"},
}
#: So many staged changes are told at the window's foot; more would hide the fields, and are opened.
_IN_VIEW = 3
#: So many choices stand side by side; more go into a list.
_SIDE_BY_SIDE = 4
Rows = Mapping[str, Mapping[str, Any]]


def show(session: Session, sheet: Mapping[str, tuple[str, ...]]) -> None:
    """The fields of one tab, and below them everything that is staged on any."""
    rows = {row["name"]: row for row in tables.records(queries.settings(session))}
    held = _held(session, rows)
    collect(session)
    for title, names in sheet.items():
        if title:
            st.header(title, anchor=False)
        if title == CORRECTIONS:
            st.caption(
                "Each of these changes money, dates, numbers or names, so none happens by itself unless you allow it. What you "
                "allow is done once an error has stood for three further syncs; on Sync errors you can see it, or do it by hand."
            )
        with st.grid(2, gap="medium", min_column_width=360):
            for name in names or _consents(rows):
                _field(session, held, rows[name])
    _footer(session, rows, held)


def _consents(rows: Rows) -> list[str]:
    """The consents that can change anything, and those that were given all the same."""
    return [name for name, correction in CONSENTS.items() if not correction.idle or rows[name]["value"]]


def _home(session: Session) -> str:
    return f"settings.{session.company_id}"


def _held(session: Session, rows: Rows) -> dict[str, Any]:
    """What the person saw first, and what they want instead. What was seen is renewed while nothing is staged."""
    held: dict[str, Any] = st.session_state.setdefault(_home(session), {"seen": {}, "staged": {}, "turn": 0})
    now = {name: row["value"] for name, row in rows.items()}
    if held["seen"] != now and not held["staged"]:
        held["seen"], held["turn"] = now, held["turn"] + 1
    return held


def _key(held: Mapping[str, Any], session: Session, name: str) -> str:
    return f"{_home(session)}.{held['turn']}.{name}"


def collect(session: Session) -> dict[str, Any]:
    """Take over what stands in the fields; a field that is not drawn keeps what was staged in it."""
    held: dict[str, Any] = st.session_state[_home(session)]
    for name, seen in held["seen"].items():
        key = _key(held, session, name)
        if key not in st.session_state:
            continue
        value = _meant(st.session_state[key], seen)
        if value == seen:
            held["staged"].pop(name, None)
        else:
            held["staged"][name] = value
    return dict(held["staged"])


def _meant(value: Any, seen: Any) -> Any:
    """A field's value as the setting keeps it: texts without their ends, nothing chosen is an empty text."""
    if isinstance(seen, str):
        return str(value or "").strip()
    return value


def _field(session: Session, held: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """One setting: its field, what it does, and what QuickBooks says against it."""
    name = row["name"]
    value = held["staged"].get(name, held["seen"][name])
    with st.container(border=False, gap="xsmall"):
        _input(row, value, _key(held, session, name))
        st.caption(words.plain(told(name) or row["says"]))
        if row["problem"] and name not in held["staged"]:
            st.warning(words.plain(row["problem"]), icon=":material/warning:")


def _input(row: Mapping[str, Any], value: Any, key: str) -> None:
    name, sort, choices = row["name"], row["sort"], list(row["choices"])
    # Our own words, without a sign of Markdown: one that escapes it would be read out loud.
    label, usual = row["label"], f"Unless set otherwise: {says(name, row['default'])}."
    if sort == "flag":
        st.toggle(label, value=bool(value), key=key, help=usual)
    elif sort == "day":
        st.date_input(label, value=value, key=key, help=usual, format="YYYY-MM-DD", width=280)
    elif sort == "choice" and len(choices) <= _SIDE_BY_SIDE:
        shown = {each: says(name, each) for each in choices}
        st.radio(label, choices, index=choices.index(value), format_func=shown.__getitem__, key=key, help=usual, horizontal=True)
    elif sort == "choice":
        shown = {each: says(name, each) for each in choices}
        st.selectbox(label, choices, index=choices.index(value), format_func=shown.__getitem__, key=key, help=usual, width=280)
    elif choices:
        _pick(label, [*choices, *([value] if value and value not in choices else [])], value, key, row)
    else:
        st.text_input(label, value=value, key=key, help=usual, width=420)


def _pick(label: str, every: list[str], value: str, key: str, row: Mapping[str, Any]) -> None:
    """A name out of one of QuickBooks' lists; typing into it searches, and it can be emptied."""
    types = f" Accounts of type {row['types']} are offered." if row["types"] else ""
    st.selectbox(
        label,
        every,
        index=every.index(value) if value else None,
        key=key,
        placeholder="None. Type to search",
        help=f"Unless set otherwise: {says(row['name'], row['default'])}.{types}",
        width=420,
    )


def says(name: str, value: Any) -> str:
    """A value in words.

    >>> says("direction", "to quickbooks"), says("post_cogs", True), says("closing_date", None), says("guard_least", "20")
    ('only to QuickBooks', 'on', 'none', '20')
    """
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return CHOICES.get(name, {}).get(value, str(value))


def _footer(session: Session, rows: Rows, held: Mapping[str, Any]) -> None:
    """What is staged, in sentences, with one Apply and one Discard."""
    staged = collect(session)
    if not staged:
        return
    foreseen = queries.foresee_settings(session, staged)
    with st.bottom:  # a tab is longer than the window: what is staged stays in view wherever one has scrolled to
        st.markdown(f":material/edit: **{words.count(len(staged), 'change')} staged**, not saved yet")
        changes = [sentence(rows[name], held["seen"][name], value, foreseen) for name, value in staged.items()]
        with st.expander("What they do") if len(changes) > _IN_VIEW else nullcontext():
            st.markdown("\n".join(f"- {each}" for each in changes))
        for why in foreseen.refused.values():
            st.error(words.plain(why), icon=":material/block:")
        for name in staged:
            if rows[name]["value"] != held["seen"][name]:
                now = says(name, rows[name]["value"])
                told = f"{rows[name]['label']} was changed by somebody else meanwhile: it is now {now}. Discard to see it."
                st.warning(words.plain(told), icon=":material/sync_problem:")
        with st.container(horizontal=True):
            label = f"Apply {words.count(len(staged), 'change')}"
            wrong = bool(foreseen.refused)
            st.button(label, type="primary", key="settings.apply", on_click=_apply, args=(session,), disabled=wrong)
            st.button("Discard", key="settings.discard", on_click=forget, args=(session,))


def sentence(row: Mapping[str, Any], before: Any, after: Any, foreseen: queries.Foreseen) -> str:
    """One change as a person reads it, with what it does to what waits."""
    name = row["name"]
    told = " ".join(foreseen.effects.get(name, ()))
    said = f"**{words.plain(row['label'])}**: {words.plain(says(name, before))} → {words.plain(says(name, after))}."
    return f"{said} {words.plain(told)}".strip()


def _apply(session: Session) -> None:
    """Save everything that is staged, unless something has changed since it was seen; what is refused stays staged."""
    held, staged = st.session_state[_home(session)], collect(session)
    try:
        commands.change_settings(session, staged, seen={name: held["seen"][name] for name in staged})
    except SyncEngineError as refused:
        notices.say("error", str(refused))
        return
    notices.say("done", f"Saved: {words.count(len(staged), 'setting')}. The next sync goes by it.")
    forget(session)


def forget(session: Session) -> None:
    """Begin with new fields, as the settings are now."""
    held = st.session_state[_home(session)]
    st.session_state[_home(session)] = {"seen": {}, "staged": {}, "turn": held["turn"]}
