"""What the worker does with many rows for a person: how far it is, in every browser; and what became of it, told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import Refused
from syncengine.queries import LongAct, Overview, Session
from syncengine.store import longacts, people
from syncengine.store.rights import Permission
from syncengine.ui import glance, notices, words
from syncengine.ui import session as sessions

#: What a removal was that can be taken back by a button: of which company, what it is called, and how many rows it took out.
_UNDO = "acting.undo"
#: What this browser has asked the worker for, and in which company: here its end is told, whoever else has heard of it.
_WAITED = "acting.waited"
#: What the worker does, said when it is asked for.
_HANDED = {
    longacts.REMOVE: "The worker removes {n} from the queue",
    longacts.BOTTOM: "The worker moves {n} to the bottom of the queue",
    longacts.RETRY: "The worker lets {n} be tried again",
    longacts.ADD_BACK: "The worker adds {n} back to the queue",
    longacts.RETRY_ERRORS: "The worker lets {n} be tried again",
    longacts.CORRECT: "The worker lets {n} be corrected with the next sync",
    longacts.LOOK: "The worker looks through the file",
    longacts.IMPORT: "The worker imports {n}",
}
#: What is about a file, whose name is not everybody's to know.
_OF_FILES = frozenset({longacts.LOOK, longacts.IMPORT})
#: What is said of those that were not acted on, where they do not just stay as they are.
_LEFT = {longacts.IMPORT: "are in already, or cannot go in"}


def handed(what: str, number: int) -> str:
    """What is said when something was asked for that takes longer than a click."""
    begun = _HANDED[what].format(n=words.count(number, "record"))
    return f"{begun}, a part at a time. It goes on when you leave this page, and you will be told what became of it."


def ask(session: Session, command: Callable[..., Any], *args: Any, done: str, **more: Any) -> None:
    """Ask the worker for something by one of the commands for that; `done` is said where it was not refused."""
    act_id = notices.act(command, session, *args, done=done, **more)
    if act_id:
        forget_undo()
        st.session_state[_WAITED] = (session.company_id, act_id)


def progress(session: Session, overview: Overview, now: datetime) -> None:
    """How far it is, with a way to stop it for who asked; nothing while nothing is asked for."""
    act = overview.act
    if act is None:
        return
    named = queries.long_act(session, act.id) if act.what in _OF_FILES else None  # the overview is everybody's, and names no file
    through = act.done + act.left
    doing = act.state == longacts.DOING
    of = f" of {act.total:,}" if act.total else ""  # how many rows a workbook has shows only while it is read
    place = f"{through:,}{of}" if doing else f"{act.total:,} wait for the worker" if of else "waits for the worker"
    far = through
    if doing and not through and act.what == longacts.IMPORT:  # before the first of them is written
        far, place = act.ahead, _before(act)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="act"):
        st.progress(min(1.0, far / act.total) if act.total else 0.0, text=f"{words.plain((named or act).says)}: {place}")
        if people.same(act.by, session.actor) or sessions.rights(session).may(Permission.OWN):
            st.button(
                "Stop it", key="acting.stop", icon=":material/stop_circle:", on_click=_stop, args=(session, act.id),
                help="What was done so far stays done. The other records stay as they are.",
            )  # fmt: skip
    st.caption(words.begun(_facts(overview, act, now)))


def _before(act: LongAct) -> str:
    """How far it is with what comes before the writing."""
    if act.phase == longacts.AGAIN:
        return f"looking through it once more, {act.ahead:,} rows so far"
    return f"putting its rows in order, {act.ahead:,} of {act.total:,}"


def _facts(overview: Overview, act: LongAct, now: datetime) -> str:
    said = [f"{act.left:,} {_LEFT.get(act.what, 'stay as they are')}"] if act.left else []
    if not overview.worker_heard:
        said.append("no worker is heard: it begins, or goes on, as soon as one runs")
    elif left := _time_left(act, now):
        said.append(left)
    since = words.running(max(0.0, (now - act.asked_at).total_seconds()))
    return " · ".join([*said, f"asked for by {act.by}, {since} ago"])


def _time_left(act: LongAct, now: datetime) -> str:
    """An estimate from its pace, once a tenth is done."""
    if not act.total:
        return ""
    through, seconds = act.done + act.left, (now - (act.began_at or now)).total_seconds()
    if through * 10 < act.total or through >= act.total or seconds < 1:
        return ""
    return words.left(seconds * (act.total - through) / through)


def _stop(session: Session, act_id: int) -> None:
    notices.act(commands.stop_act, session, act_id)


def tell(session: Session, overview: Overview) -> None:
    """Say what became of what this person had asked for: in the browser that has asked, and once where that is gone."""
    heard = {act.id for act in overview.acts if not act.is_open and people.same(act.by, session.actor) and _hear(session, act)}
    company_id, act_id = st.session_state.get(_WAITED, (None, 0))
    if company_id != session.company_id or act_id in {act.id for act in overview.acts if act.is_open}:
        return
    waited = queries.long_act(session, act_id)
    if waited is not None and waited.is_open:
        return  # the overview is of the moment before it was asked for
    del st.session_state[_WAITED]
    if waited is not None and act_id not in heard:  # it went with the sample company's day where there is none
        _say(waited)


def _hear(session: Session, act: LongAct) -> bool:
    try:
        outcome = commands.acknowledge_act(session, act.id)
    except Refused:
        return False  # another browser of theirs has said it
    finally:
        glance.forget(session)
    _say(replace(act, outcome=outcome))
    return True


def _say(act: LongAct) -> None:
    notices.say("done" if act.state == longacts.DONE else "warning", act.outcome)


def keep_undo(session: Session, act: int, number: int) -> None:
    """Offer to take an act back, if it can be; any later act takes the place of an earlier offer."""
    forget_undo()
    if act:
        st.session_state[_UNDO] = (session.company_id, act, number)


def forget_undo() -> None:
    """It was taken back."""
    st.session_state.pop(_UNDO, None)


def undo_of(session: Session) -> tuple[int, int] | None:
    """What the person can take back in this company: what it is called, and how many rows it took out."""
    company_id, act, number = st.session_state.get(_UNDO, (None, 0, 0))
    if company_id == session.company_id:
        return act, number
    removal = queries.long_removal(session) if sessions.rights(session).may(Permission.SYNC) else None
    return (removal.line, removal.done) if removal is not None else None
