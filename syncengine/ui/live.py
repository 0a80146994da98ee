"""Panels that keep themselves up to date: quickly while a sync runs, calmly otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import Forbidden
from syncengine.queries import Overview, Progress, Session
from syncengine.store.rights import Permission
from syncengine.ui import glance, notices, words
from syncengine.ui import session as sessions

#: Seconds between looks while a sync runs or was asked for: often enough to see it move.
QUICK = 1.0
#: While no worker is heard, so that its coming is seen.
SOON = 3.0
#: Seconds between looks at rest; each costs a dozen small reads, and a tab may stay open for days.
CALM = 8.0


def panel(
    session: Session,
    overview: Overview,
    key: str,
    body: Callable[[Overview], None],
    *,
    mark: Callable[[Overview], object] | None = None,
) -> None:
    """Draw `body` as a panel of its own; when a sync begins or ends, a worker or the connection comes or goes, all of the page.

    `mark` gives more that the page shows: when it changes, the page is drawn anew, too.
    """
    drawn = st.session_state[f"{key}.mark"] = _mark(overview, mark)
    read = [overview]  # what was read for the whole page serves its first drawing, too

    def look() -> None:
        try:
            now = read.pop() if read else _looked(session)
        except Forbidden:
            st.rerun()  # a tab that stays open closes by itself when its person is out
        if _mark(now, mark) != st.session_state.get(f"{key}.mark", drawn):
            st.rerun()
        body(now)

    st.fragment(look, run_every=_pace(overview), key=key)()


def _looked(session: Session) -> Overview:
    """The overview as of now; what a click in the panel left to be said is shown by the page as a whole."""
    if notices.are_waiting():
        st.rerun()
    return latest(session)


def latest(session: Session) -> Overview:
    """The overview as of now: read anew only when its pulse has changed, or it is old. The person's right is asked each time.

    How many changes are not queued yet may be an older number: the pulse says only whether there are any.
    """
    pulse, moment, known = queries.pulse(session), session.clock.monotonic(), glance.read(session)
    if known is not None and known[0] == pulse and 0 <= moment - known[1] < glance.STALE:
        return known[2]
    found = queries.overview(session)
    glance.keep(session, pulse, moment, found)
    return found


def _mark(overview: Overview, more: Callable[[Overview], object] | None) -> tuple[object, ...]:
    progress, last = overview.progress, overview.last_run
    running = (progress.cycle_id, progress.again) if progress else None
    day = (overview.day.state, overview.day.made_at) if overview.day else None
    act = (overview.act.id, overview.act.state) if overview.act else None
    seen = (running, last["id"] if last else None, overview.worker_heard, overview.link, day, act)
    return (*seen, more(overview) if more else None)


def _pace(overview: Overview) -> float:
    if overview.progress or overview.act or (overview.day and overview.day.coming):
        return QUICK
    return CALM if overview.worker_heard else SOON


def sync_button(session: Session, overview: Overview, key: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """The Sync button with the check or X of the last run; for who may not press it, just the sign."""
    if not sessions.rights(session).may(Permission.SYNC):
        st.markdown(f"{words.LIGHTS[overview.light]} {_light_help(overview)}")
        return
    asked = overview.progress is not None and (overview.progress.cycle_id is None or overview.progress.again)
    making = overview.day is not None and overview.day.coming  # whatever a sync did now would give way to the day
    # A callback, which runs before the panel looks whether the page has to be drawn anew: no click gets lost.
    st.button(
        "Sync now",
        key=key,
        type="primary",
        icon=words.LIGHTS[overview.light],
        help=_cut_help(session, overview) if overview.is_cut else _light_help(overview),
        disabled=asked or making or overview.is_cut,
        width=width,
        on_click=notices.act,
        args=(commands.sync_now, session),
    )


def _cut_help(session: Session, overview: Overview) -> str:
    """Why the button cannot be pressed, and who can do something about it."""
    return f"{words.CUT[overview.link]}: nothing is synced. {who_connects(session)}"


def who_connects(session: Session) -> str:
    """What a person does about a company that is not connected."""
    if sessions.rights(session).may(Permission.OWN):
        return "Connect it under Settings, Connection."
    return "Ask an owner to connect it."


def _light_help(overview: Overview) -> str:
    said = {
        "check": "Check: the last sync went well.",
        "x": "X: the last sync failed, or a record needs attention.",
        "none": "Nothing has been synced yet.",
    }
    return said[overview.light]


def progress_bar(progress: Progress, now: datetime) -> None:
    """How far the sync is: phase, share, counts and time so far."""
    share = min(1.0, progress.done / progress.total) if progress.total else 0.0
    place = f": {progress.done:,} of {progress.total:,}" if progress.total else ""
    st.progress(share, text=f"{words.plain(progress.phase) or 'Working'}{place}")
    counts = [f"{progress.sent:,} sent", f"{progress.received:,} received"]
    if progress.failed:
        counts.append(f"{progress.failed:,} failed")
    if left := time_left(progress, now):
        counts.append(left)
    started = f"asked for by {words.plain(progress.by)}" if progress.cycle_id is None else f"started by {words.plain(progress.by)}"
    st.caption(" · ".join([*counts, f"{started}, {words.running(max(0.0, (now - progress.since).total_seconds()))} ago"]))
    if progress.again:
        st.caption("Another sync was asked for and follows this one.")


def time_left(progress: Progress, now: datetime) -> str:
    """An estimate from the pace of the phase, once a tenth of it is done; earlier ones would jump about."""
    seconds = (now - (progress.phase_since or now)).total_seconds()
    if not progress.total or progress.done * 10 < progress.total or seconds < 2 or progress.done >= progress.total:
        return ""
    return words.left(seconds * (progress.total - progress.done) / progress.done)
