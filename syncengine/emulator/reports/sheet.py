"""How reports are put together: cells, rows, sections and columns, in the shapes that QuickBooks answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = dict[str, str]
Row = dict[str, Any]


def money(cents: int | None, *, blank_zero: bool = False) -> str:
    """Cents as a report shows them: `-1234.50`; "" for nothing."""
    if cents is None or (blank_zero and not cents):
        return ""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def quantity(quanta: int | None) -> str:
    """A quantity (1e-7 units) with two decimals."""
    if quanta is None:
        return ""
    hundredths = (abs(quanta) * 2 + 100_000) // 200_000
    return ("-" if quanta < 0 and hundredths else "") + f"{hundredths // 100}.{hundredths % 100:02d}"


def cell(value: str, id_: str | None = None) -> Cell:
    """One cell; `id_` is what it shows, "" where that has none."""
    return {"value": value} if id_ is None else {"value": value, "id": id_}


def cells(texts: Iterable[str]) -> list[Cell]:
    """Cells that only say something."""
    return [cell(text) for text in texts]


def data(columns: Sequence[Cell], group: str = "") -> Row:
    """A row of data."""
    row: Row = {"ColData": list(columns), "type": "Data"}
    return {**row, "group": group} if group else row


def section(
    header: Sequence[Cell] | None, rows: Sequence[Row] | None, summary: Sequence[Cell] | None, group: str = ""
) -> Row:
    """A section: its head, the rows in it and what they come to, as far as it has them."""
    row: Row = {}
    if header is not None:
        row["Header"] = {"ColData": list(header)}
    if rows:
        row["Rows"] = {"Row": list(rows)}
    if summary is not None:
        row["Summary"] = {"ColData": list(summary)}
    row["type"] = "Section"
    return {**row, "group": group} if group else row


@dataclass(frozen=True)
class Column:
    """One column: what it is called, what kind of values it has, and what is known about it."""

    title: str
    type: str
    key: str = ""
    start: str = ""
    end: str = ""
    inner: tuple[Column, ...] = ()

    def shown(self, *, typed: bool) -> dict[str, Any]:
        """The column as it is answered; `typed` with a general type and its key beside it, else with the key for its type."""
        shown: dict[str, Any] = {"ColTitle": self.title, "ColType": self.type if typed or not self.key else _older(self)}
        known = (("StartDate", self.start), ("EndDate", self.end), ("ColKey", self.key if typed or self.type in _GENERAL else ""))
        about = [{"Name": name, "Value": value} for name, value in known if value]
        if about:
            shown["MetaData"] = about
        if self.inner:
            shown["Columns"] = {"Column": [each.shown(typed=typed) for each in self.inner]}
        return shown


#: Types of columns whose keys are no types of their own.
_GENERAL = frozenset({"Account", "Customer", "Vendor", "Class", "Department", "ProductsAndService"})


def _older(column: Column) -> str:
    return column.type if column.type in _GENERAL or column.start or column.key == "total" else column.key


#: What a report ends in that is too large.
CUT = "Unable to display more data. Please reduce the date range."


def _fitting(rows: Iterable[Row], room: int) -> tuple[list[Row], int]:
    """The rows that there is room for, in cells, and the room that is left: -1 where some were left out."""
    found: list[Row] = []
    for row in rows:
        room -= sum(len(row[part]["ColData"]) for part in ("Header", "Summary") if part in row) + len(row.get("ColData", ()))
        if room < 0:
            return found, -1
        inner, room = _fitting(row["Rows"]["Row"], room) if "Rows" in row else ([], room)
        if room < 0:
            if inner:
                found.append({**{key: value for key, value in row.items() if key != "Summary"}, "Rows": {"Row": inner}})
            return found, -1
        found.append(row)
    return found, room


@dataclass
class Report:
    """A report in the making.

    Attributes:
        columns, rows: what it shows.
        options: names and values beside NoReportData.
        empty: whether there is nothing to show.
    """

    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    empty: bool = False

    def cut(self, cells_: int) -> None:
        """Leave out what is beyond so many cells, and say so in a last row."""
        self.rows, room = _fitting(self.rows, cells_)
        if room < 0:
            self.rows.append({"ColData": [cell(CUT)], "type": "Data"})

    def shown(self, head: dict[str, Any], *, typed: bool) -> dict[str, Any]:
        """The whole report behind its head."""
        options = [*self.options, ("NoReportData", "true" if self.empty else "false")]
        return {
            "Header": {**head, "Option": [{"Name": name, "Value": value} for name, value in options]},
            "Columns": {"Column": [column.shown(typed=typed) for column in self.columns]},
            "Rows": {"Row": self.rows} if self.rows else {},
        }
