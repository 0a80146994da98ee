"""The History page: runs, records, and who did what; each newest first, paged by what was last seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.queries.said import day
from syncengine.queries.sending import kind_name
from syncengine.ui import address, charts, exports, frame, happenings, tables, words
from syncengine.ui.overview import moment_column

RUN = "run"
_VIEWS = ("Syncs", "Records", "Who did what")
_OUTCOMES = {"Went through": "accepted", "Refused": "refused", "No answer": "unknown"}
_SIGNS = {"accepted": "✓ went through", "refused": "✕ refused", "unknown": "? no answer", "open": "… being sent"}
_RESULTS = {title: name for name, (title, _) in words.RESULTS.items()}
_SENDS = {
    "at": "When",
    "record": "Record",
    "operation": "What",
    "entity": "In QuickBooks as",
    "outcome": "Outcome",
    "qbo_id": "QuickBooks Id",
    "cycle_id": "Sync",
    "requestid": "Request id",
    "tid": "QuickBooks' trace id",
    "request": "Request",
    "answer": "Answer",
}
_LINES = {"at": "When", "by": "Who", "what": "What", "record": "Record", "said": "Detail", "detail": "Recorded", "cycle_id": "Sync"}
_RUNS = {
    "id": "Sync", "started_at": "Started", "outcome": "Outcome", "sent": "Sent", "received": "Received", "failed": "Failed",
    "took": "Took", "by": "Started by", "message": "Message",
}  # fmt: skip
#: Gives at most so many rows, older than an id or newer than one.
Fetch = Callable[..., pd.DataFrame]


def show(session: Session, overview: Overview) -> None:
    """The run that the address names, else one of the three views."""
    if opened := address.number(RUN):
        _run(session, overview, opened)
        return
    view = st.segmented_control(
        "View", _VIEWS, default="Syncs", key="view", bind="query-params", on_change=_from_top, label_visibility="collapsed"
    )
    if view == "Records":
        _records(session, overview)
    elif view == "Who did what":
        _acts(session, overview)
    else:
        _runs(session, overview)


def _go(**query: int | None) -> None:
    """A button's callback: what the address says from now on."""
    for name, value in query.items():
        if value is not None:
            st.query_params[name] = str(value)
        elif name in st.query_params:
            del st.query_params[name]


def _stretch(fetch: Fetch) -> tuple[pd.DataFrame, bool, bool]:
    """The rows in view, and whether there are older and newer ones; by keyset, so the millionth page costs as the first."""
    before, after = address.number("before"), address.number("after")
    found = fetch(before=before, after=after, size=tables.PAGE + 1)
    full = len(found) > tables.PAGE
    if after is not None:
        return found.iloc[-tables.PAGE :].reset_index(drop=True), True, full
    return found.head(tables.PAGE), full, before is not None


def _turning(found: pd.DataFrame, older: bool, newer: bool) -> None:
    with st.container(horizontal=True):
        if newer:
            st.button("Newest", key="history.newest", icon=":material/first_page:", on_click=lambda: _go(before=None, after=None))
        if newer and not found.empty:
            first = int(found["id"].iloc[0])
            st.button("Newer", key="history.newer", icon=":material/chevron_left:", on_click=lambda: _go(before=None, after=first))
        if older and not found.empty:
            last = int(found["id"].iloc[-1])
            st.button("Older", key="history.older", icon=":material/chevron_right:", on_click=lambda: _go(before=last, after=None))


def _from_top() -> None:
    """Another filter begins at the newest rows."""
    _go(before=None, after=None)


def _filter(label: str, options: tuple[str, ...], key: str) -> str:
    chosen = st.selectbox(label, ("Any", *options), key=key, bind="query-params", on_change=_from_top, width=200)
    return "" if chosen in (None, "Any") else str(chosen)


# --- runs ------------------------------------------------------------------------------------------------------------


def _runs(session: Session, overview: Overview) -> None:
    result = _RESULTS.get(_filter("Outcome", tuple(_RESULTS), "outcome"), "")
    found, older, newer = _stretch(lambda **where: queries.runs(session, result=result, **where))
    if found.empty:
        nothing = "No sync ended so." if result else "No sync has run yet. Press *Sync now*: each sync will stand here."
        st.info(nothing, icon=":material/history:")
        return
    st.caption(_totals(session, result))
    shown = _worded_runs(found)
    _chart(found, overview.timezone)
    bar = st.container(horizontal=True, vertical_alignment="center")
    columns: dict[str, Any] = {name: title for name, title in _RUNS.items() if name not in {"id", "message"} or shown[name].any()}
    columns["started_at"] = moment_column("Started", overview.timezone)
    chosen = tables.choose(shown, columns, name="history.runs", alt="Syncs, the newest first", mode="single-row")
    with bar:
        run = None if chosen.empty else int(chosen["id"].iloc[0])
        st.button(
            "Open",
            key="history.open",
            icon=":material/open_in_full:",
            disabled=run is None,
            on_click=lambda: _go(run=run, before=None, after=None),
        )
        exports.offer(
            "syncs",
            lambda page, size: _worded_runs(queries.runs(session, page=page, size=size, result=result)),
            _RUNS,
            overview.timezone,
        )
        st.caption("Select a sync to see what it did, record by record.")
    _turning(found, older, newer)


def _totals(session: Session, result: str) -> str:
    """What all syncs that match did together; of a long history, the newest of them."""
    found = queries.runs_totals(session, result=result)
    which = f"{'The newest ' if found.more else ''}{words.count(found.runs, 'sync')}"
    return f"{which}: {found.sent:,} sent, {found.received:,} received, {found.failed:,} failed"


def _worded_runs(found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(
        version=0,
        outcome=found["result"].map(words.sign),
        took=found["seconds"].map(words.duration),
        by=[words.started(row) for row in tables.records(found)],
        message=[words.told(row) for row in tables.records(found)],
    )


def _chart(found: pd.DataFrame, timezone: str) -> None:
    """How much went through and how much failed in the syncs in view."""
    if len(found) > 2:
        charts.draw(found.iloc[::-1].reset_index(drop=True), timezone, "history.chart")


def _run(session: Session, overview: Overview, run_id: int) -> None:
    """One run: its outcome, then record by record what it sent, received and left failing."""
    st.button(
        "All syncs", key="history.back", icon=":material/arrow_back:", on_click=lambda: _go(run=None, before=None, after=None)
    )
    run = queries.run(session, run_id)
    if run is None:
        st.info(f"This company has no sync {run_id}.", icon=":material/search_off:")
        return
    begun = run["started_at"].astimezone(words.zone(overview.timezone))
    at = f"{day(begun)}, {begun:%H:%M:%S}"
    st.header(words.sign(run["result"]), anchor=False)
    st.caption(words.plain(f"Sync {run_id} · {at} · {words.started(run)} · {words.duration(run['seconds'])}"))
    if told := words.told(run):
        st.markdown(words.plain(told))
    with st.grid(4, gap="small", min_column_width=150):
        for label, name in (("Sent", "sent"), ("Received", "received"), ("Failed", "failed"), ("Calls made", "calls")):
            st.metric(label, run[name], border=True)
    for title, name in (("Errors that it opened", "opened"), ("Errors that it closed", "closed")):
        if not run[name].empty:
            st.subheader(title, anchor=False)
            shown = _named(run[name])
            columns = {"record": "Record", "cause": st.column_config.TextColumn("What was wrong", width="large"), "code": "Code"}
            tables.show(shown, columns, name=f"history.{name}", alt=title)
    _exchanged(session, overview, run_id)


# --- records ---------------------------------------------------------------------------------------------------------


def _records(session: Session, overview: Overview) -> None:
    _exchanged(session, overview, None)


def _exchanged(session: Session, overview: Overview, run_id: int | None) -> None:
    """What was sent, or what was received, with a filter each."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        way = st.segmented_control(
            "Which", ("Sent", "Received"), default="Sent", key="way", bind="query-params", on_change=_from_top
        )
        search = st.text_input(
            "Record", key="search", bind="query-params", type="search", placeholder="Number or name", on_change=_from_top, width=200
        )
        names = {kind_name(kind): kind for kind in queries.kinds()}
        kind = names.get(_filter("Kind", tuple(names), "of"), "")
        outcome = _OUTCOMES.get(_filter("Outcome", tuple(_OUTCOMES), "answer"), "") if way != "Received" else ""
    wanted: dict[str, Any] = {"run_id": run_id, "kind": kind, "search": search or ""}
    if way == "Received":
        _events(overview, lambda **where: queries.received(session, **wanted, **where), "received")
        return

    def fetch(**where: Any) -> pd.DataFrame:
        return queries.sends(session, outcome=outcome, **wanted, **where)

    found, older, newer = _stretch(fetch)
    if found.empty:
        st.info("Nothing was sent here, or nothing that matches.", icon=":material/history:")
        return
    shown = _worded_sends(found)
    bar = st.container(horizontal=True, vertical_alignment="center")
    columns: dict[str, Any] = {
        name: title for name, title in _SENDS.items() if name not in {"request", "answer", "requestid", "tid"}
    }
    columns["at"] = moment_column("When", overview.timezone)
    columns["cycle_id"] = st.column_config.NumberColumn("Sync", format="%d")
    chosen = tables.choose(shown, columns, name="history.sends", alt="What was sent, the newest first", mode="single-row")
    with bar:
        _go_to(chosen)
        exports.offer_begun("sent", lambda: _whole(fetch, _worded_sends), _SENDS, overview.timezone)
    if not chosen.empty:
        _exchange(tables.records(chosen)[0])
    _turning(found, older, newer)


def _named(found: pd.DataFrame) -> pd.DataFrame:
    """With the record as people call it."""
    return found.assign(
        record=[
            f"{kind_name(kind)} {label or number}" if kind and not pd.isna(number) else ""
            for kind, label, number in zip(found["kind"], found["label"], found["record_id"], strict=True)
        ]
    )


def _worded_sends(found: pd.DataFrame) -> pd.DataFrame:
    return _named(found).assign(
        version=0,
        outcome=[_SIGNS.get(each, each) for each in found["outcome"]],
        operation=found["operation"].map(str.capitalize),
        entity=found["entity"].map(words.entity),
    )


def _worded_events(found: pd.DataFrame) -> pd.DataFrame:
    return happenings.worded(_named(found)).assign(version=0)


def _whole(fetch: Fetch, worded: Callable[[pd.DataFrame], pd.DataFrame]) -> exports.Fetch:
    """Every row that matches, stretch after stretch, as one download asks for them: it remembers where the last one ended."""
    last: dict[str, int] = {}

    def page(number: int, size: int) -> pd.DataFrame:
        found = fetch(before=last.get("id") if number > 1 else None, size=size)
        if not found.empty:
            last["id"] = int(found["id"].iloc[-1])
        return worded(found)

    return page


def _go_to(chosen: pd.DataFrame) -> None:
    row = {} if chosen.empty else tables.records(chosen)[0]
    if row.get("record"):
        label = words.plain(f"Go to {row['record']}")
        frame.link("pages/records.py", label, ":material/arrow_forward:", kind=str(row["kind"]), record=str(int(row["record_id"])))
    else:
        st.caption("Select a row to look closer.", width="content")


def _exchange(row: dict[str, Any]) -> None:
    """The request and the answer, exactly as they were."""
    with st.container(border=True):
        for label, name in (("Request, exactly as it was sent", "request"), ("Answer", "answer")):
            if row[name]:
                st.caption(label)
                st.code(row[name], language=None, wrap_lines=True)
        if row["tid"]:
            st.caption(words.plain(f"QuickBooks' trace id {row['tid']}"))


def _event(row: dict[str, Any], timezone: str) -> None:
    """One line of the trail, to its end."""
    with st.container(border=True):
        at = row["at"].astimezone(words.zone(timezone))
        st.markdown(f"**{words.plain(row['what'])}**")
        st.caption(words.plain(f"{day(at)}, {at:%H:%M:%S} · {row['by']}"))
        if row["said"]:
            st.code(row["said"], language=None, wrap_lines=True)


# --- who did what ----------------------------------------------------------------------------------------------------


def _acts(session: Session, overview: Overview) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        actor = st.text_input("Who", key="who", bind="query-params", placeholder="The whole name", on_change=_from_top, width=200)
        act = st.text_input(
            "What", key="what", bind="query-params", placeholder="Such as: sync requested", on_change=_from_top, width=240
        )
        names = {kind_name(kind): kind for kind in queries.kinds()}
        kind = names.get(_filter("Kind", tuple(names), "of"), "")
    asked: dict[str, Any] = {"actor": (actor or "").strip(), "act": (act or "").strip(), "kind": kind}
    _events(overview, lambda **where: queries.acts(session, **asked, **where), "acts")


def _events(overview: Overview, fetch: Fetch, name: str) -> None:
    """Lines of the audit trail, newest first."""
    found, older, newer = _stretch(fetch)
    if found.empty:
        st.info("Nothing of this kind has happened yet, or nothing that matches.", icon=":material/history:")
        return
    shown = _worded_events(found)
    bar = st.container(horizontal=True, vertical_alignment="center")
    columns: dict[str, Any] = {
        "at": moment_column("When", overview.timezone), "by": "Who", "what": "What",
        "record": st.column_config.TextColumn("Record", width="medium"),
        "said": st.column_config.TextColumn("Detail", width="large"),
        "cycle_id": st.column_config.NumberColumn("Sync", format="%d"),
    }  # fmt: skip
    columns = tables.filled(shown, columns, "record", "said", "cycle_id")
    chosen = tables.choose(shown, columns, name=f"history.{name}", alt="What happened, the newest first", mode="single-row")
    with bar:
        _go_to(chosen)
        exports.offer_begun(name, lambda: _whole(fetch, _worded_events), _LINES, overview.timezone)
    if not chosen.empty:
        _event(tables.records(chosen)[0], overview.timezone)
    _turning(found, older, newer)
