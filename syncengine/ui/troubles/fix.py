"""What a correction will do, value by value, before anybody presses Do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.commands.corrections import LATER
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import acting, address, drawer, fields, frame, notices, tables, words

#: What the address calls the error whose correction is shown.
FIX = "fix"
#: What it calls the cause whose corrections are shown all together.
ALL = "all"
#: What each act does, for the column that names it; an override is told by its field.
_ACTS = {
    "adopt": "Linked with",
    "relink": "Linked with",
    "activate": "State in QuickBooks",
    "deactivate": "Afterwards, in QuickBooks",
    "recreate": "In QuickBooks",
    "send_first": "Sent first",
}
#: Said where the click was, as what is said above the cards may be out of sight; the second where no sync can run.
TOAST, TOAST_LATER = "Being corrected: a sync begins at once.", "It is done once the company is connected."
#: What is said of the button beforehand.
_AT_ONCE, _LATER = (
    "A sync begins at once, does this first, and sends {what} again.",
    "The first sync after the company is connected to QuickBooks does this first, and sends {what} again.",
)
#: What is said of a correction that is past being offered.
_STATES = {
    "wanted": "It runs with the next sync: {by} asked for it.",
    "acting": "It is being carried out just now.",
    "applied": "It was carried out, and the record is on its way again.",
    "done": "It was carried out, and QuickBooks took the record.",
    "failed": "It was carried out, and did not help.",
}


@st.dialog("What it will do", position="right", width="medium", on_dismiss=drawer.closer(FIX))
def look(session: Session, overview: Overview, wanted: str) -> None:
    """The stored verdict of one error's correction, and Do it."""
    if st.query_params.get(FIX) != wanted:
        st.rerun()  # it was done: the page closes the drawer
    error = queries.error(session, number) if (number := address.whole(wanted)) is not None else None
    if error is None:
        said = f"There is no error {words.plain(wanted)} here. The page behind this lists those that are open."
        st.info(said, icon=":material/search_off:")
        return
    if error["closed_at"] is not None:
        st.success("This error is over: there is nothing to correct any more.", icon=":material/check_circle:")
        return
    st.header(words.plain(f"{error['kind'].replace('_', ' ').capitalize()} {error['label']}"), anchor=False)
    st.markdown(words.plain(fields.cause(error["cause"])))
    found = queries.correction_of(session, int(error["id"]))
    if found is None:
        st.info(words.plain(f"There is nothing that Tieout could do here by itself. {error['remedy']}"), icon=":material/person:")
        return
    st.markdown(f":material/auto_fix_high: **{words.plain(found['says'])}**")
    changes = table(found["changes"])
    if not changes.empty:
        tables.plain_table(changes, alt="What is changed, with its values before and after")
    undo = words.plain(found["undo"][:1].lower() + found["undo"][1:])
    st.caption(f"It can be taken back: {undo}" if undo else "It cannot be taken back by a button.")
    _act(session, overview, int(error["id"]), found)


def confirm(session: Session, overview: Overview, wanted: str) -> None:
    """Ask whether the corrections of a whole cause are to run; for who may not have it done there is nothing to ask."""
    if frame.may(session, Permission.MANAGE):
        _all_of(session, overview, wanted)
    else:
        drawer.closer(ALL)()


@st.dialog("For the whole cause", position="right", width="large", on_dismiss=drawer.closer(ALL))
def _all_of(session: Session, overview: Overview, wanted: str) -> None:
    """What will be done for how many records, with the first of them by name; one Do it."""
    if st.query_params.get(ALL) != wanted:
        st.rerun()  # it was done, or asked for: the page closes the drawer
    found = queries.group_correction(session, wanted)
    if found is None:
        st.success("Nothing is left that Tieout could correct for this cause.", icon=":material/check_circle:")
        return
    records = words.count(found.count, "record")
    st.header(f"Correct {records}", anchor=False)
    shown = tables.records(found.examples)
    named = [(f"{kind_name(row['kind'])} {row['label']}", row["says"]) for row in shown]
    told = pd.DataFrame(named, columns=["Record", "What it will do"])
    tables.plain_table(told, alt="Records with what will be done for each")
    if found.count > len(shown):
        st.caption(f"The first {len(shown)} of them. The same is done for each of the others, with its own values.")
    undo = f"Each can be taken back by itself: {words.plain(found.undo[:1].lower() + found.undo[1:])}" if found.undo else ""
    st.caption(undo or "They cannot be taken back by a button.")
    st.button(
        f"Do it for {records}", key=f"fix.all.{found.count}.{found.newest}", type="primary", icon=":material/play_arrow:",
        on_click=_ask, args=(session, wanted, found.count, found.newest),
        help=_help(overview, "the records"),
    )  # fmt: skip


def _help(overview: Overview, what: str) -> str:
    return (_LATER if overview.is_cut else _AT_ONCE).format(what=what)


def _ask(session: Session, group_key: str, count: int, newest: int) -> None:
    """A few are done in the click itself, where no other click can break them off; of many the worker takes care."""
    if count > commands.AT_ONCE:
        acting.ask(session, commands.ask_correct_group, group_key, count, newest, done=acting.handed("correct", count))
    else:
        acted = notices.act(commands.correct_group, session, group_key, count, newest)
        if acted is not None:
            _say(f"A sync was asked for. It corrects {acted.done:,} first, then sends them.", acted.later)
    drawer.closer(ALL)()


def _say(done: str, later: str) -> None:
    """What was done; `later`, where there is one, says that no sync follows and what does."""
    notices.say("done", later or done)
    notices.say("toast", TOAST_LATER if later else TOAST)


def table(changes: list[Mapping[str, str]]) -> pd.DataFrame:
    """Each change with its value before and after, in words."""
    rows = [
        {
            "What": _what(each),
            "Before": each["before"] or ("(empty)" if each["act"] == "override" else "-"),
            "After": each["after"] or "(left out)",
        }
        for each in changes
    ]
    return pd.DataFrame(rows, columns=["What", "Before", "After"])


def _what(change: Mapping[str, str]) -> str:
    if change["act"] == "override":
        return words.field(change["field"])
    return f"{_ACTS.get(change['act'], change['act'])}: {change['field']}"


def _act(session: Session, overview: Overview, error_id: int, found: Mapping[str, Any]) -> None:
    if found["state"] != "offered":
        said = _STATES.get(found["state"], "").replace("{by}", "somebody")
        st.info(words.plain(f"{said} {found['outcome'] or ''}".strip()), icon=":material/info:")
        return
    if not frame.may(session, Permission.MANAGE):
        st.caption("Whoever manages the company can have it done here.")
        return
    st.button(
        "Do it",
        key=f"fix.do.{found['mark']}",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_do,
        args=(session, error_id, found["mark"]),
        help=_help(overview, "the record"),
    )


def _do(session: Session, error_id: int, mark: str) -> None:
    says = notices.act(commands.correct_now, session, error_id, seen=mark)
    if says is not None:
        _say("A sync was asked for. It does this first, then sends the record.", LATER if says.endswith(LATER) else "")
    drawer.closer(FIX)()
