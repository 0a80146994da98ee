"""The schedule: how often, when and by whose clocks the company syncs by itself, with what comes next and what came before."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from syncengine import commands, queries
from syncengine.engine.moments import WEEKDAYS
from syncengine.errors import SyncEngineError
from syncengine.queries import Overview, Schedule, Session
from syncengine.ui import notices, tables, words
from syncengine.ui.overview import FREQUENCIES, moment_column

#: The parts of a schedule, as a sentence about a change names them.
_PARTS = {"frequency": "Automatic sync", "time": "Time", "weekday": "Day", "zone": "Time zone"}


def show(session: Session, overview: Overview) -> None:
    """The choice, the next slots that follow from it, and the last ones."""
    now = queries.schedule(session)
    if overview.is_cut:
        st.warning(
            f"{words.CUT[overview.link]}: no sync runs until the company is connected, whatever is chosen here.",
            icon=":material/link_off:",
        )
    wanted = _choose(session, now)
    _apply_bar(session, now, wanted)
    st.header("Next syncs", anchor=False)
    _coming(session, now, wanted)
    st.header("Last automatic syncs", anchor=False)
    _taken(session, now)


def _choose(session: Session, now: Schedule) -> dict[str, str]:
    """The fields; their keys hold what was seen, so that a schedule that was changed elsewhere brings new ones."""
    home = f"settings.schedule.{session.company_id}"
    if not now.allowed:
        st.info(
            "Automatic sync can be switched on once a sync that you started yourself has gone well. Press Sync now first.",
            icon=":material/hourglass_top:",
        )
    elif now.proposed:
        st.info(f"The first sync went well. {FREQUENCIES[now.proposed]} suits most businesses.", icon=":material/lightbulb:")
    held: dict[str, Any] = st.session_state.setdefault(home, {"seen": None, "turn": 0})
    seen = {"frequency": now.frequency, "time": now.time, "weekday": now.weekday, "zone": now.zone}
    keys = {name: f"{home}.{held['turn']}.{name}" for name in seen}
    was = held["seen"] or seen
    untouched = all(st.session_state.get(key, was[name]) == was[name] for name, key in keys.items())
    if held["seen"] != seen and untouched:
        held.update(seen=seen, turn=held["turn"] + 1)
        keys = {name: f"{home}.{held['turn']}.{name}" for name in seen}
    return _fields(keys, held["seen"], locked=not now.allowed)


def _fields(keys: dict[str, str], seen: dict[str, str], *, locked: bool) -> dict[str, str]:
    every = list(FREQUENCIES)
    frequency = st.radio(
        "How often", every, index=every.index(seen["frequency"]), format_func=FREQUENCIES.__getitem__, key=keys["frequency"],
        horizontal=True, disabled=locked,
    )  # fmt: skip
    wanted = {**seen, "frequency": str(frequency)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if frequency == "weekly":
            day = st.selectbox(
                "On", WEEKDAYS, index=WEEKDAYS.index(seen["weekday"]), format_func=str.capitalize, key=keys["weekday"], width=160
            )
            wanted["weekday"] = str(day)
        if frequency in {"daily", "weekly"}:
            at = st.text_input("At (HH:MM)", value=seen["time"], key=keys["time"], max_chars=5, width=120)
            wanted["time"] = str(at or "").strip()
        zones = sorted(available_timezones() | {seen["zone"]})
        zone = st.selectbox(
            "Time zone of the company", zones, index=zones.index(seen["zone"]), key=keys["zone"], width=280,
            help="All times of the company are shown by these clocks. Type to search.",
        )  # fmt: skip
        wanted["zone"] = str(zone or seen["zone"])
    st.caption("Sync now works at any time, whatever is chosen here. Hourly syncs are spread over the hour.")
    return wanted


def _apply_bar(session: Session, now: Schedule, wanted: dict[str, str]) -> None:
    seen = st.session_state[f"settings.schedule.{session.company_id}"]["seen"]
    staged = {name: value for name, value in wanted.items() if value != seen[name]}
    declines = bool(now.proposed) and not staged
    if not staged and not declines:
        return
    with st.bottom if staged else st.container(border=True):
        for name, value in staged.items():
            st.markdown(f"- **{_PARTS[name]}**: {words.plain(_word(name, seen[name]))} → {words.plain(_word(name, value))}.")
        with st.container(horizontal=True):
            if staged:
                st.button("Apply", type="primary", key="schedule.apply", on_click=_apply, args=(session, staged))
                st.button("Discard", key="schedule.discard", on_click=_forget, args=(session,))
            else:
                st.button("Leave it at never", key="schedule.decline", on_click=_apply, args=(session, {"frequency": "never"}))


def _word(name: str, value: str) -> str:
    return FREQUENCIES[value].lower() if name == "frequency" else value.capitalize() if name == "weekday" else value


def _apply(session: Session, staged: dict[str, str]) -> None:
    seen = st.session_state[f"settings.schedule.{session.company_id}"]["seen"]
    try:
        commands.set_schedule(session, **staged, seen={name: seen[name] for name in staged})
    except SyncEngineError as refused:
        notices.say("error", str(refused))
        return
    notices.say("done", "Saved. The next syncs are planned anew.")
    _forget(session)


def _forget(session: Session) -> None:
    home = f"settings.schedule.{session.company_id}"
    st.session_state[home] = {"seen": None, "turn": st.session_state[home]["turn"] + 1}


def _coming(session: Session, now: Schedule, wanted: dict[str, str]) -> None:
    try:
        found = queries.coming_slots(session, **wanted)  # type: ignore[arg-type] # all of them are texts
    except SyncEngineError as refused:
        st.error(words.plain(str(refused)), icon=":material/block:")
        return
    if now.retry_at:
        moment = words.when(now.retry_at, session.clock.now(), now.zone)
        st.info(f"An outage ended the last automatic sync: it is begun again {moment}.", icon=":material/replay:")
    if found.empty:
        st.caption("None: the company syncs only when somebody presses Sync now.")
        return
    columns = {
        "local": st.column_config.TextColumn(f"By the clocks of {words.place(wanted['zone'])}", width="medium"),
        "due_at": st.column_config.DatetimeColumn("UTC", format="D MMM YYYY, HH:mm", timezone="UTC"),
        "note": st.column_config.TextColumn("Change of the clocks", width="large"),
    }
    tables.show(found, tables.filled(found, columns, "note"), name="schedule.coming", alt="The next five automatic syncs")
    if now.next_run_at and now.next_run_at < session.clock.now():
        st.warning("An automatic sync is overdue: it begins as soon as a worker runs.", icon=":material/schedule:")


def _taken(session: Session, now: Schedule) -> None:
    found = queries.slots(session)
    if found.empty:
        st.caption("None has run yet.")
        return
    outcome = [_outcome(row) for row in tables.records(found)]
    columns = {
        "due_at": moment_column("Planned for", now.zone),
        "taken_at": moment_column("Begun", now.zone),
        "outcome": st.column_config.TextColumn("Outcome", width="medium"),
        "message": st.column_config.TextColumn("Message", width="large"),
    }
    tables.show(found.assign(outcome=outcome), columns, name="schedule.taken", alt="The last automatic syncs, newest first")


def _outcome(row: dict[str, Any]) -> str:
    said = words.RESULTS[row["result"]][0] if row["result"] in words.RESULTS else "Begins"
    sign = "✓" if row["result"] == "ok" else "…" if row["result"] in {"", "running"} else "✕"
    parts = [f"{sign} {said}"]
    if row["retries"]:
        parts.append(f"begun again {words.count(row['retries'], 'time')} after an outage")
    if row["missed"]:
        parts.append(f"stands for {words.count(row['missed'], 'missed sync')} too")
    return ", ".join(parts)
