"""The Sync page's parts: the state of the company, what waits, its health, its runs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.holding import MOST
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import frame, glance, live, notices, tables, words
from syncengine.ui import session as sessions

_HEADLINES = {
    "check": ("Everything went through", ":material/check_circle:", "green"),
    "x": ("Something needs you", ":material/cancel:", "red"),
    "none": ("Ready for the first sync", ":material/sync:", "gray"),
}
#: What to try, where something waits and where nothing does yet.
_STEPS = (
    "Look at what waits in **Preview sync**: each record, in sending order, with its exact payload.",
    "Press **Sync now** above and watch it go through.",
    "**Import** a CSV or XLSX file of your own, and look at the preview again.",
)
_FROM_NOTHING = (
    "Press **Sync now** above: it brings what QuickBooks has, its accounts first.",
    "**Import** a CSV or XLSX file, or save records in the inventory: they wait here.",
    "Look at what waits in **Preview sync**, then press **Sync now** again.",
)
#: What is said of rows that wait, and wait on.
HELD = (
    "The next sync does not send them: a setting keeps all of their kind here, QuickBooks has nothing of the kind, or they wait "
    "for a record that needs a person first."
)
#: And of what is counted as waiting all the same.
_OWN = (
    "What rests for a reason of its own, such as a day in closed books, counts as waiting; Preview sync tells it of each record."
)
#: So many runs stand in the table.
_RUNS = 10
#: How often a company may sync by itself, in words.
FREQUENCIES = {"never": "Never", "hourly": "Hourly", "daily": "Daily", "weekly": "Weekly"}


def state(session: Session, overview: Overview) -> None:
    """The large state with its button, live."""
    with st.container(border=True):
        live.panel(session, overview, "sync.panel", lambda seen: _state(session, seen), mark=_at_rest)


def _at_rest(overview: Overview) -> object:
    """What the tables below the panel show; while a sync runs they would be drawn anew with every record."""
    return None if overview.progress else (overview.queue, overview.troubles)


def _state(session: Session, overview: Overview) -> None:
    now = session.clock.now()
    words_side, button_side = st.columns([3, 1], vertical_alignment="center")
    with words_side:
        if overview.progress:
            asked = overview.progress.cycle_id is None and not overview.worker_heard
            headline = ":material/hourglass_top: A sync is asked for" if asked else ":material/sync: A sync is running"
            st.header(headline, anchor=False)
        elif overview.day and overview.day.coming:
            st.header(":material/hourglass_top: The sample company's day is being made", anchor=False)
            st.caption("The last eight days of a small distributor are played, sync by sync. Look around meanwhile.")
        elif overview.is_cut:
            st.header(f":orange[:material/link_off:] {words.CUT[overview.link]}", anchor=False)
            st.caption("Nothing is synced. What is saved waits in the queue until the company is connected.")
            frame.to_connection(session)
        else:
            says, icon, colour = _HEADLINES[overview.light]
            st.header(f":{colour}[{icon}] {says}", anchor=False)
            st.caption(_last(overview, session))
    with button_side:
        live.sync_button(session, overview, "sync.now")
    if overview.progress:
        live.progress_bar(overview.progress, now)
    figures(overview, session)


def _last(overview: Overview, session: Session) -> str:
    last, now = overview.last_run, session.clock.now()
    if last is None:
        return "Press Sync now: what waits goes to QuickBooks, and what changed there comes here."
    parts = [
        words.run(last),
        words.ago(last["finished_at"], now, overview.timezone),
        f"{last['sent']:,} sent",
        f"{last['received']:,} received",
        words.duration(last["seconds"]),
    ]
    return " · ".join(part for part in parts if part)


def figures(overview: Overview, session: Session) -> None:
    """Four numbers in a row: what waits, what needs attention, decisions, and when the next sync is."""
    # While a sync runs it moves with every record, and what it holds back shows at its end.
    held = 0 if overview.progress or not overview.queue.total else int(counts(session, overview)["held"].sum())
    with st.grid(4, gap="small", min_column_width=150):
        st.metric(
            "Waiting to be sent", overview.queue.sending - held, border=True,
            delta=f"{held_says(held, overview.queue.sending)} held back" if held else None, delta_color="off", delta_arrow="off",
            help=f"{HELD} {_OWN}" if held else _OWN if overview.queue.sending else None,
        )  # fmt: skip
        st.metric("Need attention", overview.attention, border=True)
        st.metric("Decisions for you", overview.troubles.decisions, border=True)
        coming = words.when(overview.next_run_at, session.clock.now(), overview.timezone)
        day, _, clock = coming.partition(", ")  # a day and a time beside each other would be cut off
        if overview.is_overdue(session.clock.now()):
            st.metric("Next automatic sync", "Overdue", border=True)
        elif overview.is_cut:
            help_ = f"{words.CUT[overview.link]}: nothing is synced."
            st.metric("Next automatic sync", "None", border=True, help=help_)
        elif overview.automatic == "never" or not clock:
            st.metric("Next automatic sync", "Never" if overview.automatic == "never" else coming.capitalize(), border=True)
        else:
            whose = f"By the company's clock: {words.zone(overview.timezone).key}."
            st.metric(f"Next sync: {day}", clock, border=True, help=whose)


def first_steps(overview: Overview) -> None:
    """What to try, until the first sync has run."""
    if overview.last_run is not None or overview.progress or overview.is_cut or (overview.day and overview.day.coming):
        return
    where = (
        "This company talks to a local QuickBooks that comes along, so nothing here can harm any books."
        if overview.environment == "emulator"
        else "This company is connected to QuickBooks Online."
    )
    with st.container(border=True):
        st.markdown(f"**What to try**\n\n{where}")
        steps = _STEPS if overview.queue.total else _FROM_NOTHING
        st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))
        with st.container(horizontal=True):
            frame.link("pages/preview.py", "Preview sync", ":material/playlist_play:")
            frame.link("pages/importing.py", "Import", ":material/upload_file:")


def counts(session: Session, overview: Overview) -> pd.DataFrame:
    """What waits by kind, asked once for all parts of the page, and for all pages until something moves."""
    sessions.rights(session).require(Permission.SEE_SYNC)
    return glance.once(session, "waiting", lambda: queries.waiting_counts(session, tally=overview.tally))


def held_says(held: int, of: int) -> str:
    """How many are held back `of` so many that wait; where not all were counted, the least.

    >>> held_says(3, 5000), held_says(1000, 5000), held_says(5000, 5000)
    ('3', 'at least 1,000', '5,000')
    """
    return f"at least {held:,}" if MOST <= held < of else f"{held:,}"


def waiting(found: pd.DataFrame) -> None:
    """What waits, by kind."""
    st.header("What waits", anchor=False)
    if found.empty:
        st.markdown(":material/inbox: Nothing waits. What you save in the inventory will appear here.")
        return
    named = found.assign(kind=found["kind"].map(kind_name))
    columns = {
        "kind": st.column_config.TextColumn("Kind"),
        "waiting": st.column_config.NumberColumn("Waiting"),
        **({"held": st.column_config.NumberColumn("Held back", help=HELD)} if found["held"].any() else {}),
        "retrying": st.column_config.NumberColumn("Trying again"),
        "parked": st.column_config.NumberColumn("Need you"),
    }
    tables.show(named, columns, name="sync.waiting", alt="How many records wait, by kind")
    frame.link("pages/preview.py", "Open Preview sync", ":material/arrow_forward:")


def health(overview: Overview) -> None:
    """Each part of the health in a sentence."""
    st.header("Health", anchor=False)
    with st.container(key="health", gap="xsmall"):
        for part in overview.parts:
            _, icon, colour = words.HEALTH[part.health]
            st.markdown(f":{colour}[{icon}] **{part.name}**: {words.plain(part.says)}")
    if overview.troubles.questions:
        frame.link("pages/conflicts.py", "Answer the sync's question", ":material/front_hand:")


def automatic(session: Session, overview: Overview) -> None:
    """How often the company syncs by itself; offered once a manual sync has succeeded."""
    st.header("Automatic sync", anchor=False)
    if not frame.may(session, Permission.OWN):
        st.caption(f"{FREQUENCIES[overview.automatic]}. An owner chooses how often.")
        return
    if not overview.first_sync_done:
        st.caption("Never, until a sync that you started yourself has succeeded once. Then you choose.")
        return
    if overview.automatic == "never":
        st.caption("The first sync went well. Let it run by itself? Hourly suits most businesses.")
    key = f"sync.automatic.{session.company_id}.{overview.automatic}"
    names = list(FREQUENCIES)
    st.radio(
        "How often",
        names,
        index=names.index(overview.automatic),
        format_func=FREQUENCIES.__getitem__,
        key=key,
        horizontal=True,
        label_visibility="collapsed",
        on_change=_changed,
        args=(session, key),
    )
    cut = "No sync runs until the company is connected, whatever is chosen here."
    st.caption(cut if overview.is_cut else "Sync now works at any time, whatever is chosen here.")
    frame.link("pages/settings.py", "Time, day and zone", ":material/schedule:", tab="Schedule")


def _changed(session: Session, key: str) -> None:
    chosen = st.session_state[key]
    notices.act(commands.set_automatic, session, chosen, done=f"Automatic sync is now: {FREQUENCIES[chosen].lower()}.")


def runs(found: pd.DataFrame, overview: Overview) -> None:
    """The first ten of the runs, newest first."""
    found = found.head(_RUNS)
    if found.empty:
        return  # the page says above that nothing has been synced yet
    st.header("Last syncs", anchor=False)
    rows = tables.records(found)
    shown = found.assign(
        outcome=found["result"].map(words.sign),
        took=found["seconds"].map(words.duration),
        by=[words.started(row) for row in rows],
        message=[words.told(row) for row in rows],
    )
    columns = {
        "started_at": moment_column("Started", overview.timezone),
        "outcome": st.column_config.TextColumn("Outcome"),
        "sent": st.column_config.NumberColumn("Sent"),
        "received": st.column_config.NumberColumn("Received"),
        "failed": st.column_config.NumberColumn("Failed"),
        "took": st.column_config.TextColumn("Took"),
        "by": st.column_config.TextColumn("Started by"),
        "message": st.column_config.TextColumn("Message", width="large"),
    }
    tables.show(shown, tables.filled(shown, columns, "message"), name="sync.runs", alt="The last ten syncs, newest first")
    frame.link("pages/history.py", "All syncs in History", ":material/history:")


def moment_column(label: str, timezone: str, *, named: bool = True) -> Any:
    """A column of times in the company's zone, which its heading names unless that is to stay as it is."""
    zone = words.zone(timezone).key
    whose = f"By the company's clock: {zone}."
    title = f"{label} ({words.place(timezone)})" if named else label
    return st.column_config.DatetimeColumn(title, format="D MMM, HH:mm", timezone=zone, help=whose)
