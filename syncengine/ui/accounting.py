"""The seven accounting lists: rows narrowed in the database, totals, a drawer and files. Nothing is changed here (S37)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.queries.said import day, money
from syncengine.store.rights import LIST_OF
from syncengine.ui import drawer, exports, frame, tables, words
from syncengine.ui.overview import moment_column
from syncengine.ui.queued import history, indented

#: How each column is called.
_TITLES: Mapping[str, str] = {
    "date": "Date",
    "number": "Ref #",
    "name": "Name",
    "full_name": "Full name",
    "parent": "Under",
    "level": "Level",
    "type": "Type",
    "detail_type": "Detail type",
    "description": "Description",
    "vendor": "Vendor",
    "customer": "Customer",
    "due": "Due",
    "payment_type": "Paid by",
    "account": "Account",
    "memo": "Memo",
    "total": "Total",
    "balance": "Balance",
    "currency": "Currency",
    "linked_worker": "Worker here",
    "sales_rate": "Sales rate %",
    "purchase_rate": "Purchase rate %",
    "is_sales": "For sales",
    "is_purchase": "For purchases",
    "rates": "Rates",
    "active": "Active",
    "sync": "Sync",
    "source": "Source here",
    "last_sync": "Last synced",
    "sync_error": "Sync error",
    "qbo_id": "QuickBooks Id",
}
#: The lists of names; the others are of documents, which have days and totals.
_NAMES = frozenset({"accounts", "employees", "tax_codes"})
#: Columns that stand in the drawer and the files only: an account's full name says its name, too.
_ASIDE = {"accounts": frozenset({"name"})}
#: Columns that are drawn only where one of the rows in view has something in them.
_OPTIONAL = (
    "number", "parent", "description", "due", "account", "memo", "balance", "linked_worker", "sales_rate", "purchase_rate", "rates",
    "source", "sync_error",
)  # fmt: skip
#: Columns of money.
_SUMS = ("total", "balance")
#: What the address calls the entry whose drawer is open.
ENTRY = "entry"
_EMPTY = {
    "employees": "QuickBooks has employees only where payroll is on. They appear here after a sync.",
    "journal_entries": "Journal entries appear here once a sync has sent one, or found one in QuickBooks.",
}


def show(session: Session, overview: Overview, name: str) -> None:
    """The list: what is wanted of it, its totals, its rows."""
    narrowed = _narrowed(name)
    tables.begin_anew(name, (session.company_id, narrowed))
    asked = tables.asked(name)
    total, totals, found = queries.accounting_page(session, name, page=asked, size=tables.PAGE, **narrowed)
    if total:
        _totals(totals, total)
        if (page := tables.page_of(name, total)) != asked:
            found = queries.accounting_list(session, name, page=page, size=tables.PAGE, **narrowed)
        _table(session, overview, name, found, narrowed)
        said = f"{tables.span(page, total)}. Times by {words.clocks(overview.timezone)}. For viewing only"
        st.caption(f"{said}: changes are made in QuickBooks, and arrive with the next sync.")
    else:
        _nothing(name, overview, narrowed)
    drawer.show(ENTRY, lambda qbo_id: look(session, overview, name, qbo_id))


def _documents(name: str) -> bool:
    return name not in _NAMES


def _narrowed(name: str) -> queries.Narrowed:
    """What the fields above the table ask for; all of it stands in the address."""
    wanted: queries.Narrowed = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hint = "Number, name or memo" if _documents(name) else "Name, number or description"
        search = st.text_input("Search", key="search", bind="query-params", placeholder=hint, type="search", width=280)
        wanted["search"] = search or ""
        if _documents(name):
            wanted["since"] = st.date_input("From", None, key="since", bind="query-params", format="YYYY-MM-DD", width=170)
            wanted["until"] = st.date_input("To", None, key="until", bind="query-params", format="YYYY-MM-DD", width=170)
        wanted["problems"] = st.toggle("Only with a problem", key="problems", bind="query-params")
    return wanted


def _totals(sums: pd.DataFrame, total: int) -> None:
    """How many there are, and what they come to, currency by currency; the deleted ones count for themselves, in no sum."""
    present = int(sums["number"].sum())
    gone = f" and {total - present:,} deleted" if total > present else ""
    said = [f"**{words.count(present, 'entry', 'entries')}{gone}**"]
    for row in tables.records(sums):
        if isinstance(row["total"], Decimal):
            code = words.plain(row["currency"] or "")
            said.append(f"total **{row['total']:,.2f}** {code}".strip())
            if row["balance"]:
                said.append(f"open balance **{row['balance']:,.2f}** {code}".strip())
    st.markdown(" · ".join(said))


def _nothing(name: str, overview: Overview, narrowed: queries.Narrowed) -> None:
    if any(narrowed.values()):
        st.info("Nothing matches. Widen the search, the days, or switch off *Only with a problem*.", icon=":material/search_off:")
    elif overview.last_success_at is None:
        st.info("Nothing has come from QuickBooks yet. The first sync brings this list.", icon=":material/sync:")
    else:
        st.info(_EMPTY.get(name, "QuickBooks has none of these, as of the last sync."), icon=":material/inbox:")


def _table(session: Session, overview: Overview, name: str, found: pd.DataFrame, narrowed: queries.Narrowed) -> None:
    shown = _worded(found).assign(id=found["qbo_id"], version=0)  # nothing is written here, so no version can be stale
    if {"memo", "source"} <= set(shown.columns):  # a memo that only names its source would say the same twice
        shown["memo"] = ["" if memo == source else memo for memo, source in zip(shown["memo"], shown["source"], strict=True)]
    if "level" in shown.columns and not shown["parent"].any():
        shown = shown.drop(columns="level")
    columns = {each: _column(shown[each], _title(each, name), overview.timezone) for each in _order(shown, name)}
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = tables.choose(shown, columns, name=f"accounting.{name}", alt="The list's entries", mode="single-row")
    with bar:
        qbo_id = "" if chosen.empty else str(chosen["qbo_id"].iloc[0])
        st.button(
            "Look closer",
            key=f"{name}.look",
            icon=":material/search:",
            disabled=not qbo_id,
            on_click=drawer.open_with,
            args=(ENTRY, qbo_id),
            help="Everything that QuickBooks holds of it, where it came from, and its history.",
        )
        exports.offer(
            name,
            lambda page, size: _worded(queries.accounting_list(session, name, page=page, size=size, **narrowed)),
            {each: _title(each, name) for each in _TITLES if each in shown.columns},
            overview.timezone,
        )
        if not qbo_id:
            st.caption("Select a row to look closer.")


def _worded(found: pd.DataFrame) -> pd.DataFrame:
    """The frame with its Sync column, an icon and a word, never a colour alone; and QuickBooks' own names in words."""
    told = zip(found["deleted"], found["sync_error"], found["drift"], strict=True)
    shown = found.assign(sync=[_sync(deleted=bool(deleted), error=error, drift=drift) for deleted, error, drift in told])
    if "due" in shown.columns:
        shown["due"] = pd.to_datetime(shown["due"], format="%Y-%m-%d", errors="coerce").dt.date
    if "detail_type" in shown.columns:
        shown["detail_type"] = shown["detail_type"].map(words.entity)
    if "rates" in shown.columns:
        shown["rates"] = [", ".join(map(str, each)) for each in shown["rates"]]
    return shown


def _sync(*, deleted: bool, error: str, drift: str) -> str:
    """How an entry stands: what is gone before what failed, and that before what nobody has answered."""
    if deleted:
        return "✕ Deleted in QuickBooks"
    if error:
        return "✕ Sync error"
    return f"≠ {drift.capitalize()} in QuickBooks" if drift else "✓ In step"


def _order(found: pd.DataFrame, name: str) -> list[str]:
    """The columns in view: a list's own, its Sync column, what stands behind it; none that is empty in every row."""
    left_out = set(_ASIDE.get(name, ()))
    # Where QuickBooks reckons the tax by itself, no code is of sales or of purchases: boxes that are all empty would mislead.
    left_out |= {each for each in ("is_sales", "is_purchase") if each in found.columns and not found[each].any()}
    if "currency" in found.columns and len(set(found["currency"])) <= 1:
        left_out.add("currency")
    present = {each: None for each in _TITLES if each in found.columns and each not in left_out}
    return list(tables.filled(found, present, *(each for each in _OPTIONAL if each in present)))


def _title(column: str, name: str) -> str:
    """An account's number is no reference."""
    return "Number" if (column, name) == ("number", "accounts") else _TITLES[column]


def _column(held: pd.Series[Any], title: str, timezone: str) -> Any:
    name = str(held.name)
    if name == "last_sync":
        return moment_column(title, timezone, named=False)  # below the table: its columns are many
    if name in {"sales_rate", "purchase_rate"}:
        return tables.price_column(title, held)
    return _COLUMNS[name](title) if name in _COLUMNS else st.column_config.TextColumn(title)


_COLUMNS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_SUMS, lambda title: st.column_config.NumberColumn(title, format="accounting")),
    **dict.fromkeys(("active", "is_sales", "is_purchase"), st.column_config.CheckboxColumn),
    **dict.fromkeys(("date", "due"), lambda title: st.column_config.DateColumn(title, format="D MMM YYYY")),
    "level": lambda title: st.column_config.NumberColumn(title, width="small"),
    "memo": lambda title: st.column_config.TextColumn(title, width="medium"),
    "sync_error": lambda title: st.column_config.TextColumn(title, width="large"),
}


@st.dialog("In QuickBooks", position="right", width="medium", on_dismiss=drawer.closer(ENTRY))
def look(session: Session, overview: Overview, name: str, qbo_id: str) -> None:
    """One entry: what it is, its lines, the record that it came from with its history, and all of its payload."""
    entry = queries.accounting_entry(session, name, qbo_id)
    if entry is None:
        st.info("QuickBooks has no such entry, as of the last sync.", icon=":material/search_off:")
        return
    st.header(words.plain(_called(entry, name, qbo_id)), anchor=False)
    if entry["deleted"]:
        st.warning("It was deleted in QuickBooks. This is how it was last seen.", icon=":material/delete:")
    if entry["sync_error"]:
        st.warning(words.plain(entry["sync_error"]), icon=":material/error:")
    if entry["drift"]:
        said = f"It was {entry['drift']} in QuickBooks since it was sent. Somebody has to say which side stands."
        st.warning(said, icon=":material/difference:")
        frame.link("pages/conflicts.py", "Answer it", ":material/call_split:")
    _facts(entry, name, overview)
    with st.container(horizontal=True, vertical_alignment="center"):
        if entry["address"]:
            st.link_button("View in QuickBooks", entry["address"], icon=":material/open_in_new:")
        if entry["source"]:
            record = {"kind": str(entry["source_kind"]), "record": str(entry["source_id"])}
            frame.link("pages/records.py", words.plain(f"Go to {entry['source']}"), ":material/arrow_forward:", **record)
    lines = _lines(json.loads(entry["payload"], parse_float=Decimal))
    if not lines.empty:
        st.markdown("**Lines**" + (f", in {words.plain(entry['currency'])}" if entry.get("currency") else ""))
        tables.plain_table(lines, alt="The document's lines", figures=1 if "Amount" in lines else 2)
    if entry["source"]:
        history(session, str(entry["source_kind"]), int(entry["source_id"]), overview.timezone)
    with st.expander("All that QuickBooks holds of it", icon=":material/code:"):
        st.code(indented(entry["payload"]), language=None, wrap_lines=True)


def _called(entry: Mapping[str, Any], name: str, qbo_id: str) -> str:
    """What an entry is called: a name says what it is of, a number does not."""
    if _documents(name):
        entity = next(entity for entity, held in LIST_OF.items() if held == name)
        return f"{words.entity(entity)} {entry.get('number') or qbo_id}"
    return str(entry.get("full_name") or entry.get("name") or qbo_id)


def _facts(entry: Mapping[str, Any], name: str, overview: Overview) -> None:
    """What the row shows, one below the other, sums with their currency; what is empty is left out."""
    known: Mapping[str, Callable[[str], Any]] = {"detail_type": words.entity, "due": _day}
    entry = {**entry, **{each: worded(entry[each]) for each, worded in known.items() if entry.get(each)}}
    aside = {"sync_error", "active"} if _documents(name) else {"sync_error"}
    if entry.get("currency"):
        sums = {each: f"{money(entry[each])} {entry['currency']}" for each in _SUMS if isinstance(entry.get(each), Decimal)}
        entry, aside = {**entry, **sums}, aside | ({"currency"} if sums else set())
    rows = [(_title(each, name), _said(entry[each], overview)) for each in _TITLES if each in entry and each not in aside]
    told = pd.DataFrame([row for row in rows if row[1]], columns=["What", "Value"])
    tables.plain_table(told, alt="What is known of the entry")


def _day(text: str) -> date | None:
    """A day out of a payload; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _said(value: Any, overview: Overview) -> str:
    if value is None or value is pd.NaT or isinstance(value, bool):
        return "" if value is None or value is pd.NaT else "yes" if value else "no"
    if isinstance(value, Decimal):
        return money(value)
    if getattr(value, "tzinfo", None) is not None:
        there = value.astimezone(words.zone(overview.timezone))
        return f"{day(there)}, {there:%H:%M}"
    if isinstance(value, date):
        return day(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else exports.text(value)


def _lines(payload: Mapping[str, Any]) -> pd.DataFrame:
    """A document's lines: account or item, text, debit and credit of a journal entry, or the amount."""
    return pd.DataFrame([_line(line) for line in payload.get("Line") or []]).fillna("")


def _line(line: Mapping[str, Any]) -> dict[str, str]:
    detail = line.get(str(line.get("DetailType"))) or {}
    about = detail.get("AccountRef") or detail.get("ItemRef") or {}
    amount = "" if line.get("Amount") is None else money(Decimal(str(line["Amount"])))
    row = {"For": str(about.get("name") or about.get("value") or ""), "Text": str(line.get("Description") or "")}
    side = detail.get("PostingType")
    if not side:
        return {**row, "Amount": amount}
    return {**row, "Debit": amount if side == "Debit" else "", "Credit": amount if side == "Credit" else ""}
