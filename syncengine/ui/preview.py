"""Preview sync: the two blocks of the queue, narrowed by what the address asks for, and the commands on their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session, Wanted
from syncengine.queries.sending import ATTENTION, DOUBTFUL, SENDING, QueueCounts, kind_name
from syncengine.store.rights import Permission
from syncengine.ui import address, drawer, exports, fields, frame, glance, matching, queued, tables, words
from syncengine.ui import session as sessions
from syncengine.ui.overview import counts as waits
from syncengine.ui.overview import moment_column

_WHY = {
    "remove": "The records stay here, and come back to the queue when they are edited or by Add to sync.",
    "bottom": "They are sent last.",
    "retry": "The next sync tries them again.",
}
_OPERATIONS = {"create": "New in QuickBooks", "update": "Change in QuickBooks", "delete": "Deletion in QuickBooks"}
_BLOCKS = {"attention": ATTENTION, "sending": SENDING}
#: So many rows that need attention are in view at once; the rest is scrolled to.
_TALL = 8
#: How wide what is wrong is, in pixels, so that all columns have room on a desk.
_WIDE = 340
_STATES = {"attention": "Needs attention", "sending": "Will be sent", "doubtful": "Expected to fail"}
#: Columns of the queue that are shown as they are, or that commands on its rows want.
_KEPT = ("place", "id", "version", "block", "record", "label", "kind", "record_id", "attempts", "queued_at", "queued_by", "rests")
#: The columns of the file, with their titles.
_FILE = {
    "place": "#", "step": "Step", "record": "Record", "does": "What happens", "waits": "Waits for", "changes": "Fields that change",
    "wrong": "What is wrong", "stands": "State", "attempts": "Tries", "queued_at": "Queued", "queued_by": "By",
}  # fmt: skip


def show(session: Session, overview: Overview) -> None:
    """The queue, one page at a time."""
    matching.offer_undo(session)
    whole, told = overview.queue, list[queued.Told]()
    if whole.total:
        wanted = _wanted(session)
        counts = matched(session, overview, wanted) if wanted else whole
        told = _queue(session, overview, wanted, counts)
    else:
        _nothing(session, overview)
    matching.confirm(session)
    drawer.show(queued.ROW, lambda row: queued.look(session, overview, row, told))


def matched(session: Session, overview: Overview, wanted: Wanted) -> QueueCounts:
    """How much of the queue is wanted, counted anew only once something has moved."""
    if wanted.party or wanted.forecast:  # no pulse says so when a customer is renamed, or when the worker weighs a row
        return queries.queue_counts(session, wanted)
    sessions.rights(session).require(Permission.SEE_SYNC)
    return glance.once(session, wanted, lambda: queries.queue_counts(session, wanted, tally=overview.tally))


def _nothing(session: Session, overview: Overview) -> None:
    st.info("Nothing waits. What you save in the inventory will appear here.", icon=":material/inbox:")
    if overview.last_run is not None:
        st.caption("Everything that was saved so far has been sent, or was removed by a person.")
    with st.container(horizontal=True):
        frame.link("pages/records.py", "See all records", ":material/inventory_2:")
        if frame.may(session, Permission.MANAGE):
            frame.link("pages/importing.py", "Import a file", ":material/upload_file:")


def _wanted(session: Session) -> Wanted:
    """What the fields above the tables ask for; all of it stands in the address."""
    if earlier := st.query_params.pop("kind", ""):  # what addresses called it once: a kept one must not widen to the whole queue
        st.query_params.setdefault("of", earlier)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        search = st.text_input("Search", key="search", bind="query-params", placeholder="Number or name", type="search", width=240)
        kind = st.selectbox(
            "Kind", ["", *queries.kinds()], format_func=lambda each: kind_name(each) or "Every kind", key="of",
            bind="query-params", width=200,
        )  # fmt: skip  # not `kind`, which the links to Records say
        with st.popover("More filters", icon=":material/filter_list:"):
            state = st.selectbox(
                "State", ["", *_STATES], format_func=lambda each: _STATES.get(each, "Every state"), key="state",
                bind="query-params",
                help="Expected to fail: QuickBooks will probably refuse it, or it cannot be sent as it is.",
            )  # fmt: skip
            party = st.text_input("Customer or vendor", key="party", bind="query-params", placeholder="A part of the name")
            does = st.selectbox(
                "What happens", ["", *_OPERATIONS], format_func=lambda each: _OPERATIONS.get(each, "Anything"), key="does",
                bind="query-params",
            )  # fmt: skip
            by = st.selectbox("Queued by", ["", *_authors(session)], format_func=_author, key="by", bind="query-params")
        told = [_STATES.get(state or "", ""), party or "", _OPERATIONS.get(does or "", ""), _author(by) if by else ""]
        if any(told):
            st.caption("Only: " + words.plain(", ".join(each for each in told if each)), width="content")
    forecast = DOUBTFUL if state == "doubtful" else ""
    return Wanted(kind or "", does or "", _BLOCKS.get(state or "", ""), search or "", by or "", party or "", forecast)


def _authors(session: Session) -> list[str]:
    """Who queued what waits; asked for anew each minute only, since a long queue has to be read for it."""
    return list(_authors_of(session.database.url, session.company_id, session))


@st.cache_data(ttl=60, max_entries=50, show_spinner=False)
def _authors_of(url: str, company_id: int, _session: Session) -> list[str]:  # noqa: ARG001 -- what the answer belongs to
    return queries.queue_authors(_session)


def _author(name: str) -> str:
    return {"": "Anybody", "inventory": "The inventory"}.get(name, name)


def _queue(session: Session, overview: Overview, wanted: Wanted, counts: QueueCounts) -> list[queued.Told]:
    """The two blocks; what is given back is what the list's plan tells of the row whose drawer is open, where one is."""
    if more := counts.unweighed:
        st.caption(
            f":material/hourglass_top: {words.count(more, 'more record')} still {'has' if more == 1 else 'have'} to be looked at: "
            "the worker does that in the background, while no sync runs. Come back in a moment."
        )
    if not counts.total:
        nothing = "Nothing that matches is expected to fail." if wanted.forecast else "Nothing in the queue matches."
        st.info(f"{nothing} Widen what you ask for above.", icon=":material/search_off:")
        return []
    page = tables.page_of("preview", counts.total, wanted=(session.company_id, wanted))
    found, told = _planned(session, page, wanted)
    queue = worded(found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_said(overview, counts, page, wanted) + _held(session, overview, wanted, counts, found), width="content")
        if frame.may(session, Permission.SYNC):
            matching.offer(session, wanted, counts)
        exports.offer(
            "sync-queue",
            lambda number, size: worded(queries.queue(session, page=number, size=size, wanted=wanted, exact=False)),
            _FILE,
            overview.timezone,
        )
    attention, held = queue[queue["block"] == ATTENTION], queue[_rests(queue)]
    sending = queue[(queue["block"] == SENDING) & ~_rests(queue)]
    if not attention.empty:
        st.header(":material/error: Needs attention", anchor=False)
        if page == 1 and not wanted:
            _top(attention)
        _attention(session, overview, attention)
    if not sending.empty:
        st.header(":material/send: Will be sent", anchor=False)
        _sending(session, overview, sending, "preview.sending", "Records that will be sent, in sending order")
    if not held.empty:
        st.header(":material/pause_circle: Held back", anchor=False)
        st.caption("The next sync does not send these; each says why.")
        _sending(session, overview, held, "preview.held", "Records that the next sync does not send")
    return told


def _planned(session: Session, page: int, wanted: Wanted) -> tuple[pd.DataFrame, list[queued.Told]]:
    """The rows in view, and what the drawer tells of its row, both out of one plan."""
    if (row := address.number(queued.ROW)) is None:
        return queries.queue(session, page=page, size=tables.PAGE, wanted=wanted, exact=False), []
    found, told = queries.queue_and_row(session, row, page=page, size=tables.PAGE, wanted=wanted)
    return found, [told]


def _said(overview: Overview, counts: QueueCounts, page: int, wanted: Wanted) -> str:
    said = f"Rows {tables.span(page, counts.total)}" + (" that match" if wanted else "")
    if counts.order_of is not None:
        said += f" · in the order as of {counts.order_of.astimezone(words.zone(overview.timezone)):%H:%M}, before the running sync"
    return said


def _held(session: Session, overview: Overview, wanted: Wanted, counts: QueueCounts, found: pd.DataFrame) -> str:
    """How much of the whole queue is held back: what the list says where all of it is in view, else at least so much."""
    if wanted or overview.progress:
        return ""
    listed = int(_rests(found).sum())
    if counts.total <= tables.PAGE:
        return f" · {listed:,} held back" if listed else ""
    held = max(listed, int(waits(session, overview)["held"].sum()))
    return f" · at least {held:,} held back" if held else ""


def _rests(rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of a page the next sync leaves alone, though nothing has failed at them."""
    return (rows["block"] == SENDING) & (rows["rests"] != "")


def _top(attention: pd.DataFrame) -> None:
    """The first row is what the error of the last sync is about (D15, S26)."""
    row = attention.iloc[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"The last sync failed first at this row: {words.plain(row['record'])}.", width="content")
        frame.link("pages/errors.py", "Sync errors", ":material/error:", about=str(row["label"]))


def worded(queue: pd.DataFrame) -> pd.DataFrame:
    """The rows of a list as people read them, and what commands want of each."""
    rows = tables.records(queue)
    read = {
        "step": [f"Step {row['wave'] + 1}" for row in rows],
        "does": [queued.does(row) for row in rows],
        "waits": [tables.names([fields.named(each) for each in row["waits_for"]]) for row in rows],
        "changes": [_changes(row) for row in rows],
        "wrong": [queued.wrong(row) for row in rows],
        "stands": [
            "Cannot be sent yet" if row["problem"] and row["state"] == "available" else words.STATES[row["state"]] for row in rows
        ],
    }
    shown = {name: pd.array(values, dtype="str") for name, values in read.items()}
    return pd.DataFrame({**{name: queue[name].array for name in _KEPT}, **shown}, copy=False)


def _changes(row: Mapping[str, Any]) -> str:
    """The fields that differ, of what QuickBooks has already."""
    if row["operation"] != "update":
        return ""
    return tables.names(list(dict.fromkeys(fields.field(path) for path in row["paths"])))


def _attention(session: Session, overview: Overview, rows: pd.DataFrame) -> None:
    columns: dict[str, Any] = {
        "record": st.column_config.TextColumn("Record"),
        "wrong": st.column_config.TextColumn("What is wrong", width=_WIDE),
        "stands": st.column_config.TextColumn("State"),
        "attempts": st.column_config.NumberColumn("Tries", width=60),
        "queued_at": moment_column("Queued", overview.timezone),
        "queued_by": st.column_config.TextColumn("By"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    high = tables.height(rows["wrong"], _WIDE, least=3)
    chosen = tables.choose(
        rows, _telling(rows, columns), name="preview.attention", alt="Records that failed or need a person",
        row_height=high, height=min(len(rows), _TALL) * high + 40,
    )  # fmt: skip
    with bar:
        _buttons(session, chosen, "preview.attention", retry=True)


def _sending(session: Session, overview: Overview, rows: pd.DataFrame, name: str, alt: str) -> None:
    columns: dict[str, Any] = {
        "place": st.column_config.NumberColumn("#", width=50),
        "record": st.column_config.TextColumn("Record"),
        "does": st.column_config.TextColumn("What happens"),
        "step": st.column_config.TextColumn("Step", width=70),
        "waits": st.column_config.TextColumn("After"),
        "changes": st.column_config.TextColumn("Fields that change"),
        "queued_at": moment_column("Queued", overview.timezone),
        "queued_by": st.column_config.TextColumn("By"),
        "stands": st.column_config.TextColumn("State"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(rows, _telling(rows, columns), name=name, alt=alt)
    with bar:
        _buttons(session, chosen, name, retry=False)


def _telling(rows: pd.DataFrame, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that tell rows apart: without what is empty in all of them, or as usual."""
    usual = {"queued_by": "inventory", "stands": words.STATES["available"]}
    kept = {name: said for name, said in columns.items() if name not in usual or (rows[name] != usual[name]).any()}
    return tables.filled(rows, kept, *({"waits", "changes"} & kept.keys()))


def _buttons(session: Session, chosen: pd.DataFrame, key: str, *, retry: bool) -> None:
    """The commands on the chosen rows; the rows go along as they were seen, with their versions."""
    seen, none = tables.seen(chosen), chosen.empty
    one = str(seen[0][0]) if len(seen) == 1 else ""
    st.button(
        "Look closer", key=f"{key}.look", icon=":material/search:", disabled=not one, on_click=drawer.open_with,
        args=(queued.ROW, one), help="What is wrong, what it waits for, what changes, and exactly what is sent.",
    )  # fmt: skip
    if frame.may(session, Permission.SYNC):
        for label, name, icon in (queued.RETRY, queued.BOTTOM, queued.REMOVE) if retry else (queued.BOTTOM, queued.REMOVE):
            meant = (session, name, seen)
            st.button(label, key=f"{key}.{name}", icon=icon, help=_WHY[name], disabled=none, on_click=queued.act, args=meant)
    if len(seen) == 1:
        row = chosen.iloc[0]
        queued.go_to(str(row["kind"]), int(row["record_id"]))
    st.caption(words.count(len(chosen), "row") + " selected" if not none else "Select rows to act on them.")
