"""The sample company: how far the making of its day is, the way into its lesson, and the day brought back."""

from __future__ import annotations

import streamlit as st

from syncengine import commands, queries
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
            + (_story(session) if day.state == "there" else "")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            lesson.start(session, overview)
            if sessions.rights(session).may(Permission.OWN):
                _bring_back(session, day)


def _story(session: Session) -> str:
    """What there is to find out, as long as there is."""
    if is_missing(session):
        return "One of its invoices is missing in QuickBooks. Find out why."
    told = "The invoice that was missing in QuickBooks has been settled"
    return f"{told}: bring the day back to take its lesson again." if _owns(session) else f"{told}."


def is_missing(session: Session) -> bool:
    """Whether the invoice that the lesson is about is still missing in QuickBooks."""
    invoice = queries.missing_invoice(session)
    return invoice is not None and not invoice.there


def try_on_sync(session: Session, overview: Overview) -> str:
    """What to try on the Sync page, which not everybody may do."""
    if not sessions.rights(session).may(Permission.SYNC):
        return "open *Sync errors* and read what keeps records from being sent."
    if overview.is_cut:
        return "open *Preview sync* and see what waits until the company is connected."
    if lesson.offered(session, overview) and is_missing(session):
        return "press *Sync now* and watch what goes; or take the lesson below and find the missing invoice."
    return "press *Sync now* and watch what goes."


def try_on_errors(session: Session, _: Overview) -> str:
    """What to try on Sync errors: the missing invoice, while it is."""
    if is_missing(session):
        return "find invoice 10279, which is missing in QuickBooks, and read what its correction would do."
    return "read what a cause means, and what its correction would do."


def try_on_preview(session: Session, _: Overview) -> str:
    """What to try on Preview sync: the invoice whose customer goes first, while it waits."""
    if queries.queue_counts(session, queries.Wanted(kind="invoice", search="10280")).total:
        return "look closer at invoice 10280: its customer is new and goes first."
    return "look closer at a row: what is wrong or goes first, and exactly what is sent."


def _owns(session: Session) -> bool:
    return sessions.rights(session).may(Permission.OWN)


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
