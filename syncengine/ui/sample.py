"""The sample company: how far the making of its day is, the way into its lesson, and the day brought back."""

from __future__ import annotations

import streamlit as st

from syncengine import commands
from syncengine.queries import Overview, SampleDay, Session
from syncengine.store.rights import Permission
from syncengine.ui import lesson, notices, words
from syncengine.ui import session as sessions


def progress(day: SampleDay) -> None:
    """How far the making of the day is; nothing while it is not coming."""
    if day.coming:
        st.progress(min(1.0, day.done / day.total) if day.total else 0.0, text=day.says)


def trouble(session: Session, overview: Overview) -> None:
    """Why the day could not be made, with the way to try it again; nothing where nothing went wrong."""
    if overview.day is None or overview.day.state != "failed":
        return
    st.error(words.plain(overview.day.message), icon=":material/error:", title="The sample company's day could not be made")
    if sessions.rights(session).may(Permission.OWN):
        st.button("Try again", key="sample.again", icon=":material/refresh:", on_click=_reset, args=(session,))


def corner(session: Session, overview: Overview) -> None:
    """What the sample company is, on the Sync page: its lesson, and its day brought back. Nothing for every other company."""
    day = overview.day
    if day is None or day.coming:
        return
    with st.container(border=True, key="sample"):
        st.markdown("**:material/store: This is the sample company**")
        st.caption(
            "Harbor Supply Co. talks to a local QuickBooks that comes along: nothing here can harm any books. "
            + ("One of its invoices is missing in QuickBooks. Find out why." if day.state == "there" else "")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            lesson.start(session, overview)
            if sessions.rights(session).may(Permission.OWN):
                _bring_back(session, day)


def _bring_back(session: Session, day: SampleDay) -> None:
    label = "Bring the day back" if day.made_at else "Make its working day"
    with st.popover(label, icon=":material/restart_alt:"):
        st.markdown(
            "The sample company begins its working day anew. Everything in it gives way: records, queue, history and settings, "
            "here and in its QuickBooks. Who may do what stays. Other companies are left alone."
        )
        st.button(f"{label} now", key="sample.reset", type="primary", on_click=_reset, args=(session,))


def _reset(session: Session) -> None:
    said = notices.act(commands.reset_sample, session)
    if said:
        notices.say("done", said)
        lesson.close()
