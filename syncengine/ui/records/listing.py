"""The search over all kinds, and one kind as a list: narrowed, looked into, sent again, taken along as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, RecordsWanted, Session
from syncengine.queries.inventory import QUEUED
from syncengine.queries.sending import kind_name
from syncengine.store.rights import Permission
from syncengine.ui import address, exports, fields, frame, glance, notices, tables, words
from syncengine.ui.overview import moment_column
from syncengine.ui.records import where

_KIND, _ADDED = "records.kind", "{n} added to the queue."
#: What a record's state looks like beside its word.
ICONS = {
    "in QuickBooks": "✓",
    "waiting": "…",
    "being sent": "…",
    "will be tried again": "✕",
    "needs attention": "✕",
    "deleted in QuickBooks": "✕",
}
#: The states that a list is narrowed to, as people read them.
_STATES = {"In QuickBooks": "synced", "Waiting": "waiting", "Failed": "failed", "Not synced": "not synced"}
#: So many seconds is kept what only a change makes untrue.
_LONG = 3_600.0
#: What is shown of a record beside its name, where its kind has it.
_MORE = {
    "party": "Customer or vendor",
    "txn_date": "Date",
    "email": "E-mail",
    "sku": "SKU",
    "unit_price": "Price",
    "purchase_cost": "Cost",
    "due_days": "Due after days",
    "bill_city": "City",
    "lines": "Lines",
}
#: Prices, which line up at the right with their cents.
_MONEY = {"unit_price", "purchase_cost"}
#: Dates of documents in the files beside what the table shows.
_EXPORTED = {
    "label": "Name or number", "sync": "Sync", **_MORE, "qbo_id": "QuickBooks Id", "last_success_at": "Last synced",
    "sync_message": "Sync error", "will_sync": "Will sync", "active": "Active", "id": "Id here",
}  # fmt: skip


def sync_sign(state: str) -> str:
    """A state with its sign: no state is told by colour alone."""
    return f"{ICONS.get(state, '-')} {state or 'does not travel'}"


def show(session: Session, overview: Overview) -> None:
    """The search box above whatever it and the kind ask for."""
    kind, search = _asked()
    if kind:
        _list(session, overview, kind, search)
    elif search:
        _found(session, overview, search)
    else:
        _kinds(session, overview)


def _asked() -> tuple[str, str]:
    st.session_state[_KIND] = where.kind()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hint = "Name, number, party, Id here or in QuickBooks"
        search = st.text_input(
            "Search", key="search", bind="query-params", placeholder=hint, type="search", on_change=_from_first, width=380
        )
        st.selectbox(
            "Kind",
            ("", *queries.kinds()),
            format_func=lambda kind: kind_name(kind) if kind else "All kinds",
            key=_KIND,
            on_change=_chosen,
            width=220,
        )
    return where.kind(), (search or "").strip()


def _from_first() -> None:
    """What is looked for otherwise begins at the first page."""
    if "page" in st.query_params:
        del st.query_params["page"]


def _chosen() -> None:
    _from_first()
    where.choose(str(st.session_state[_KIND] or ""))


# --- all kinds -------------------------------------------------------------------------------------------------------


def _kinds(session: Session, overview: Overview) -> None:
    """Nothing asked for yet: what there is of each kind."""
    told = queries.record_kinds(session, tally=overview.tally)
    if told.empty:
        st.info("There is no record yet. Import a file, or save one in the inventory.", icon=":material/inbox:")
        frame.link("pages/importing.py", "Import", ":material/upload_file:")
        return
    shown = told.assign(name=told["kind"].map(kind_name), id=told["kind"], version=0)
    columns = {
        "name": st.column_config.TextColumn("Kind"),
        "records": st.column_config.NumberColumn("Records", format="localized"),
        "waiting": st.column_config.NumberColumn("Waiting to be sent", format="localized"),
        "failed": st.column_config.NumberColumn("Failed", format="localized"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(shown, columns, name="records.kinds", alt="How many records there are of each kind", mode="single-row")
    with bar:
        kind = "" if chosen.empty else str(chosen["kind"].iloc[0])
        st.button("Open list", key="records.list", icon=":material/list:", disabled=not kind, on_click=where.choose, args=(kind,))
        st.caption("Search above finds any record by any of its names. Select a kind to see it whole.")


def _found(session: Session, overview: Overview, search: str) -> None:
    page = _page()
    found = queries.find(session, search, page=page, size=tables.PAGE)
    more = len(found) == tables.PAGE
    if found.empty:
        said = f"No record of any kind matches “{words.plain(search)}”." if page == 1 else "No more records match."
        st.info(f"{said} Parts of names and numbers are enough; Ids must be whole.", icon=":material/search_off:")
    else:
        _hits(overview, found)
        st.caption(
            (words.count(len(found), "record") if page == 1 and not more else f"Page {page}")
            + (", the best match first." if len(found) > 1 else ".")
            + f" Times by {words.clocks(overview.timezone)}."
        )
    with st.container(horizontal=True):
        if page > 1:
            st.button("Back", key="records.less", icon=":material/arrow_back:", on_click=_turn, args=(page - 1,))
        if more:
            st.button("More matches", key="records.more", icon=":material/arrow_forward:", on_click=_turn, args=(page + 1,))


def _page() -> int:
    return max(1, min(address.number("page") or 1, 1000))


def _turn(page: int) -> None:
    st.query_params["page"] = str(page)


def _hits(overview: Overview, found: pd.DataFrame) -> None:
    shown = found.assign(
        name=found["kind"].map(kind_name), version=0, stands=found["sync"].map(sync_sign),
        sync_message=found["sync_message"].map(fields.cause),
        why=found["found_by"].str.replace("part of it", "").str.replace("number or name", "").str.capitalize(),
    )  # fmt: skip
    shown["id"] = [f"{kind}.{record_id}" for kind, record_id in zip(found["kind"], found["id"], strict=True)]
    columns: dict[str, Any] = {
        "name": st.column_config.TextColumn("Kind"),
        "label": st.column_config.TextColumn("Name or number", width=170),
        "party": st.column_config.TextColumn("Customer or vendor"),
        "date": st.column_config.DateColumn("Date", format="D MMM YYYY"),
        "stands": st.column_config.TextColumn("Sync"),
        "qbo_id": st.column_config.TextColumn("QuickBooks Id"),
        "last_success_at": moment_column("Last synced", overview.timezone, named=False),
        "sync_message": st.column_config.TextColumn("Sync error", width="large"),
        "why": st.column_config.TextColumn("Found by"),
    }
    bar = st.container(horizontal=True, vertical_alignment="center")
    said = {name: each for name, each in columns.items() if shown[name].replace("", None).notna().any()}
    chosen = tables.choose(shown, said, name="records.found", alt="Records that match, with their sync state", mode="single-row")
    with bar:
        opened = None if chosen.empty else tuple(str(chosen["id"].iloc[0]).split("."))
        _open_button(opened[0] if opened else "", int(opened[1]) if opened else 0)
        if opened is None:
            st.caption("Select a record to open it.")


def _open_button(kind: str, record_id: int) -> None:
    st.button(
        "Open",
        key="records.open",
        icon=":material/open_in_full:",
        disabled=not record_id,
        on_click=where.open_record,
        args=(kind, record_id),
        help="The record whole: its lines, what QuickBooks holds, and why it is there or not.",
    )


# --- one kind --------------------------------------------------------------------------------------------------------


def _list(session: Session, overview: Overview, kind: str, search: str) -> None:
    wanted = _narrowed(kind, search)
    tables.begin_anew("records", (session.company_id, kind, wanted))
    asked, counted = tables.asked("records"), _counted(session, overview, kind, wanted)
    total, found = queries.records_page(session, kind, page=asked, size=tables.PAGE, total=counted, **wanted)
    if not total:
        _nothing(kind, wanted)
        return
    if (page := tables.page_of("records", total)) != asked:
        found = queries.records(session, kind, page=page, size=tables.PAGE, **wanted)
    _table(session, overview, kind, found, wanted, total)
    st.caption(f"{kind_name(kind)}: {tables.span(page, total)}, times by {words.clocks(overview.timezone)}")


def _counted(session: Session, overview: Overview, kind: str, wanted: RecordsWanted) -> int | None:
    """How many records of a kind are in a state: by the queue, or counted once until anything may have changed it.

    None where that is no matter of the state alone, and hence nothing tells of a change.
    """
    if not wanted.get("state") or any(value for name, value in wanted.items() if name != "state"):
        return None
    state = wanted["state"]
    if state in QUEUED:
        if len(queries.queued_targets(session, kind)) <= 1:
            # A row stands for a record, but for a few; which may be newer than the tally, so that they are more.
            return max(0, overview.tally.number(QUEUED[state], kind=kind) - queries.records_surplus(session, kind, state))
        # It follows from the queue all the same: as long as that has as many rows of the kind, it was counted already.
        mark: Any = overview.tally.by_kind.get(kind, {})
        seconds = glance.STALE
    else:
        mark, seconds = queries.records_moment(session), _LONG  # which tells of every change
    question = ("records", kind, state, queries.records_extent(session, kind))
    return glance.once(session, question, lambda: queries.records_count(session, kind, state=state), mark=mark, seconds=seconds)


def _narrowed(kind: str, search: str) -> RecordsWanted:
    """What the fields under the search ask for; all of it stands in the address."""
    wanted: RecordsWanted = {"search": search}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        state = st.selectbox("State", ("Any", *_STATES), key="state", bind="query-params", width=180)
        wanted["state"] = _STATES.get(state or "", "")
        if queries.kind_facts()[kind].dated:
            wanted["since"] = _day("From", "since")
            wanted["until"] = _day("To", "until")
    return wanted


def _day(label: str, key: str) -> date | None:
    return st.date_input(label, None, key=key, bind="query-params", format="YYYY-MM-DD", width=170)


def _nothing(kind: str, wanted: RecordsWanted) -> None:
    name = kind.replace("_", " ")
    if search := wanted.get("search"):
        st.info(
            f"No {name} matches “{words.plain(search)}”. Choose *All kinds* to search everywhere.", icon=":material/search_off:"
        )
    elif any(wanted.values()):
        st.info(f"No {name} is in this state, or on these days.", icon=":material/search_off:")
    else:
        st.info(f"There is no {name} yet. Import a file, or save one in the inventory.", icon=":material/inbox:")


def _table(session: Session, overview: Overview, kind: str, found: pd.DataFrame, wanted: RecordsWanted, total: int) -> None:
    shown = _worded(found)
    columns: dict[str, Any] = {"label": st.column_config.TextColumn("Name or number")}
    columns["sync"] = st.column_config.TextColumn("Sync")
    columns |= {name: title for name, title in _MORE.items() if _filled(found, name)}
    if "txn_date" in columns:
        columns["txn_date"] = st.column_config.DateColumn("Date", format="D MMM YYYY")
    columns |= {name: tables.price_column(_MORE[name], found[name]) for name in _MONEY & columns.keys()}
    columns["qbo_id"] = st.column_config.TextColumn("QuickBooks Id")
    columns["last_success_at"] = moment_column("Last synced", overview.timezone, named=False)
    columns["sync_message"] = st.column_config.TextColumn("Sync error", width="large")
    if "will_sync" in found.columns:
        columns["will_sync"] = st.column_config.CheckboxColumn("Will sync")
    bar = st.container(horizontal=True, vertical_alignment="center")
    said = f"{kind_name(kind)} records with their sync state"
    chosen = tables.choose(shown, columns, name=f"records.{kind}", alt=said)
    with bar:
        ids = [int(each) for each in chosen["id"]]
        _open_button(kind, ids[0] if len(ids) == 1 else 0)
        if frame.may(session, Permission.SYNC) and queries.kind_facts()[kind].travels:
            _adding(session, kind, ids, wanted, total)
        exports.offer(
            f"records_{kind}",
            lambda page, size: _worded(queries.records(session, kind, page=page, size=size, **wanted)),
            {name: title for name, title in _EXPORTED.items() if name in shown.columns},
            overview.timezone,
        )
        st.caption(words.count(len(ids), "record") + " selected" if ids else "Select records to open one, or to send them again.")


def _worded(found: pd.DataFrame) -> pd.DataFrame:
    # These rows are not the queue's: Add to sync looks at the record as it is, so there is no version that could be stale.
    return found.assign(version=0, sync=found["sync"].map(sync_sign), sync_message=found["sync_message"].map(fields.cause))


def _filled(found: pd.DataFrame, name: str) -> bool:
    """Whether the column says anything on this page; the town of a document is its party's, and tells no two apart."""
    if name == "bill_city" and "txn_date" in found.columns:
        return False
    return name in found.columns and bool(tables.filled(found, {name: None}, name)) and (name != "lines" or bool(found[name].any()))


def _adding(session: Session, kind: str, ids: list[int], wanted: RecordsWanted, total: int) -> None:
    st.button(
        "Add to sync",
        key="records.add",
        icon=":material/playlist_add:",
        disabled=not ids,
        on_click=lambda: notices.act(commands.add_records_to_sync, session, kind, ids, done=_ADDED),
        help="Queue the selected records again, without editing them.",
    )
    if total > 1:
        with st.popover("Add all that match", icon=":material/playlist_add:"):
            st.write(f"Queue all **{total:,}** that match just now, on every page, without editing them.")
            st.button(
                f"Add all {total:,}",
                key="records.add_all",
                on_click=lambda: notices.act(
                    commands.add_all_to_sync, session, kind, total, done=_ADDED, **wanted
                ),
            )
