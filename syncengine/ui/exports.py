"""Tables as files: CSV and XLSX, all rows that match and not just those in view, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import streamlit as st
from openpyxl.cell import WriteOnlyCell

from syncengine.clock import Clock
from syncengine.ui import words

#: So many rows are asked of the database at once.
CHUNK = 1000
#: So many rows a file has at most: the server holds all of it while it makes one, and other people's pages wait meanwhile.
MOST = 100_000
#: The last line of a file that was cut there.
CUT = "More rows match than stand in this file. Narrow what you ask for, or take all of them with queries.whole."
#: A text that begins so could be taken for a formula by a spreadsheet (OWASP, CSV injection).
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What XML cannot hold; openpyxl refuses it.
_UNWRITABLE = {code: None for code in range(32) if chr(code) not in "\t\n\r"}

#: Gives page n (from 1) of so many rows, as every query does.
Fetch = Callable[[int, int], pd.DataFrame]


def offer(name: str, fetch: Fetch, columns: Mapping[str, str], timezone: str) -> None:
    """A button with both files. `columns` maps the frame's names to titles, in order; times are given in `timezone`.

    `fetch` remembers nothing from one page to the next: both files may be made at the same time.
    """
    offer_begun(name, lambda: fetch, columns, timezone)


def offer_begun(name: str, begin: Callable[[], Fetch], columns: Mapping[str, str], timezone: str) -> None:
    """The same of pages that follow from each other: `begin` gives each file a reading of its own, from the first page on."""
    with st.popover("Download", icon=":material/download:"):
        st.caption(f"Every row that matches, up to {MOST:,}, with times in {timezone}.")
        for label, make, mime in (("CSV", as_csv, "text/csv"), ("XLSX", as_xlsx, _XLSX)):
            st.download_button(
                label,
                data=lambda make=make: make(pages(begin()), columns, timezone),  # type: ignore[misc] # made on the click only
                file_name=f"{name}.{label.lower()}",
                mime=mime,
                key=f"{name}.export.{label}",
                on_click="ignore",
                width="stretch",
            )


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pages(fetch: Fetch, size: int = CHUNK, most: int = MOST) -> Iterator[pd.DataFrame]:
    """Page after page until one is short, or `most` rows were read; `attrs["cut"]` of the last says whether there are more."""
    for number in range(1, most // size + 1):
        found = fetch(number, size)
        found.attrs["cut"] = number == most // size and len(found) == size and not fetch(number + 1, size).empty
        yield found
        if len(found) < size:
            return


def as_csv(frames: Iterable[pd.DataFrame], columns: Mapping[str, str], timezone: str) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows it, and a title row. Where rows are missing, the last line says so."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([defused(title) for title in columns.values()])
    zone = words.zone(timezone)
    for frame in frames:
        writer.writerows([_in_csv(value, zone) for value in row] for row in _rows(frame, columns))
        if frame.attrs.get("cut"):
            writer.writerow([CUT])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(frames: Iterable[pd.DataFrame], columns: Mapping[str, str], timezone: str) -> bytes:
    """One sheet with a title row. Amounts are numbers, dates are dates, and a text never becomes a formula.

    Where rows are missing, the last row says so.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Tieout")
    sheet.freeze_panes = "A2"
    zone = words.zone(timezone)
    sheet.append([_in_xlsx(sheet, title, zone) for title in columns.values()])
    for frame in frames:
        for row in _rows(frame, columns):
            sheet.append([_in_xlsx(sheet, value, zone) for value in row])
        if frame.attrs.get("cut"):
            sheet.append([CUT])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """Plain values; a missing one is None."""
    wanted = frame.reindex(columns=list(columns)).astype(object)
    return (tuple(None if _missing(value) else value for value in row) for row in wanted.itertuples(index=False, name=None))


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | tuple | dict) and bool(pd.isna(value)))


def _in_csv(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"  # never as 1E+3, which not every program reads
    if isinstance(value, int | float | date):
        return str(value)
    return defused(text(value))


def _in_xlsx(sheet: Any, value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)  # a spreadsheet's times know no zone
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    cell = WriteOnlyCell(sheet, value=None)
    # Set past openpyxl's own guess, which takes a leading "=" for a formula.
    cell._value, cell.data_type = text(value).translate(_UNWRITABLE)[:32_767], "s"  # noqa: SLF001
    return cell


def text(value: Any) -> str:
    """A value as one line of text; of several, with commas between.

    >>> text(["a", "b"]), text("x")
    ('a, b', 'x')
    """
    return ", ".join(text(each) for each in value) if isinstance(value, list | tuple) else str(value)


def defused(said: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what might be one.

    >>> defused("=1+2"), defused("-5 pcs"), defused("plain")
    ("'=1+2", "'-5 pcs", 'plain')
    """
    return f"'{said}" if said.startswith(_RISKY) else said


def offer_frame(name: str, make: Callable[[], pd.DataFrame], timezone: str, about: Mapping[str, str], clock: Clock) -> None:
    """A button with a frame as CSV, XLSX and Parquet, made on the click. `about` stands in the Parquet file's metadata."""

    def made(kind: str) -> bytes:
        frame = make()
        columns = {str(column): str(column) for column in frame.columns}
        if kind == "Parquet":
            return as_parquet(frame, {**about, "tieout.made_at": clock.now().isoformat()})
        return as_csv([frame], columns, timezone) if kind == "CSV" else as_xlsx([frame], columns, timezone)

    with st.popover("Download", icon=":material/download:"):
        st.caption(f"Every row, not just those in view, up to {MOST:,}. Times in {timezone}; in Parquet, in UTC with their zone.")
        for kind, mime in (("CSV", "text/csv"), ("XLSX", _XLSX), ("Parquet", "application/vnd.apache.parquet")):
            st.download_button(
                kind,
                data=lambda kind=kind: made(kind),  # type: ignore[misc] # made on the click only
                file_name=f"{name}.{kind.lower()}",
                mime=mime,
                key=f"{name}.frame.{kind}",
                on_click="ignore",
                width="stretch",
            )


def as_parquet(frame: pd.DataFrame, about: Mapping[str, str]) -> bytes:
    """A Parquet file: Decimals stay decimals, times keep their zone; cells of mixed kinds become text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [str(name) for name in frame.columns]
    table = pa.table([_arrow(frame.iloc[:, number], pa) for number in range(len(names))], names=names)
    held = {name.encode(): value.encode() for name, value in about.items()}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(held), out)
    return out.getvalue()


def _arrow(column: pd.Series[Any], pa: Any) -> Any:
    if column.dtype != object:
        return pa.Array.from_pandas(column)
    values = [None if _missing(value) else value for value in column.tolist()]
    if any(isinstance(value, Decimal) for value in values):
        values = [Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value for value in values]
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else text(value) for value in values])
