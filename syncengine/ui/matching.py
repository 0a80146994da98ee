"""Acting on everything in the queue that matches, not just on the page in view: asked for, confirmed, and taken back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.commands import Acted
from syncengine.queries import Session, Wanted
from syncengine.queries.sending import ATTENTION, Mark, QueueCounts
from syncengine.store.rights import Permission
from syncengine.ui import acting, frame, notices, words

_ASKED, _TURN = "matching.asked", "matching.turn"
_COMMANDS = {
    "remove": commands.remove_matching,
    "bottom": commands.move_matching_to_bottom,
    "retry": commands.retry_matching,
}
_LABELS = {
    "retry": ("Retry", ":material/refresh:"),
    "bottom": ("Move to bottom", ":material/vertical_align_bottom:"),
    "remove": ("Remove", ":material/delete:"),
}
_QUESTIONS = {
    "remove": "Remove {n} from the queue?",
    "bottom": "Move {n} to the bottom of the queue?",
    "retry": "Try {n} again with the next sync?",
}
_MEANS = {
    "remove": "Nothing is deleted: they stay here, and are not sent. You can add them back right afterwards.",
    "bottom": "They are sent last, in their present order.",
    "retry": "Each counts its tries anew.",
}
_DONE = {
    "remove": "{n} removed from the queue.",
    "bottom": "{n} moved to the bottom.",
    "retry": "{n} will be tried again with the next sync.",
}


def offer(session: Session, wanted: Wanted, counts: QueueCounts) -> None:
    """What can be done with all that matches, whichever page is in view."""
    said = f"All {counts.total:,} that match" if wanted else f"All {counts.total:,}"
    # Once something was chosen it is another popover, which is closed: an open one would lie over the question.
    with st.popover(said, icon=":material/select_all:", key=f"matching.{st.session_state.get(_TURN, 0)}"):
        st.caption("Acts on every row, on all pages. You are asked once more before anything happens.")
        for name, (label, icon) in _LABELS.items():
            number = counts.attention if name == "retry" else counts.total
            if number:
                st.button(
                    f"{label} {number:,}", key=f"matching.{name}", icon=icon, width="stretch", on_click=_ask,
                    args=(session, name, wanted),
                )  # fmt: skip


def _ask(session: Session, name: str, wanted: Wanted) -> None:
    """Keep what is asked with the mark of the rows that the question is about."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    meant = wanted.only(ATTENTION) if name == "retry" else wanted
    if meant is not None:
        st.session_state[_ASKED] = (session.company_id, name, meant, queries.queue_mark(session, meant))


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def confirm(session: Session) -> None:
    """The question, while one is open."""
    asked = st.session_state.get(_ASKED)
    if asked and asked[0] == session.company_id and frame.may(session, Permission.SYNC):
        _question(session)
    else:
        _forget()


@st.dialog("Everything that matches", on_dismiss=_forget)
def _question(session: Session) -> None:
    asked = st.session_state.get(_ASKED)
    if asked is None:
        st.rerun()  # a click in here runs this dialog alone: the page has to say what became of it
    _, name, wanted, mark = asked
    records = words.count(mark.count, "record")
    st.subheader(_QUESTIONS[name].format(n=records), anchor=False)
    st.markdown(_MEANS[name])
    if wanted.told():
        st.caption(words.plain("Asked for: " + ", ".join(wanted.told().values())))
    label, icon = _LABELS[name]
    with st.container(horizontal=True):
        meant = (session, name, wanted, mark)
        st.button(f"{label} {records}", type="primary", key="matching.yes", icon=icon, on_click=_act, args=meant)
        st.button("Cancel", key="matching.no", on_click=_forget)


def _act(session: Session, name: str, wanted: Wanted, mark: Mark) -> None:
    _forget()
    if mark.count > commands.AT_ONCE:
        acting.ask(session, commands.ask_matching, name, wanted, mark, done=acting.handed(name, mark.count))
    else:
        remember(session, notices.act(_COMMANDS[name], session, wanted, mark, done=_DONE[name]))


def remember(session: Session, done: Any) -> None:
    """Offer to take an act back, if it can be; any later act takes the place of an earlier offer."""
    if isinstance(done, Acted):
        acting.keep_undo(session, done.act, done.done)


def offer_undo(session: Session) -> None:
    """Add them back: a button, until it was pressed or something else was done."""
    kept = acting.undo_of(session)
    if kept is not None and frame.may(session, Permission.SYNC):
        act, number = kept
        label = "Add it back" if number == 1 else f"Add {number:,} back"
        st.button(label, key="matching.undo", icon=":material/undo:", on_click=_add_back, args=(session, act, number))


def _add_back(session: Session, act: int, number: int) -> None:
    if number <= commands.AT_ONCE:
        acting.forget_undo()
        notices.act(commands.add_back, session, act, done="{n} added back, at the end of the queue.")
    else:
        acting.ask(session, commands.ask_add_back, act, number, done=acting.handed("add_back", number))
