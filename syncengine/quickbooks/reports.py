"""Reports: a header, columns, and rows that nest; read as a tree, or flat as one dict for each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from syncengine.errors import TransportLost
from syncengine.quickbooks import wire
from syncengine.quickbooks.calls import CallKind
from syncengine.quickbooks.replies import Document
from syncengine.quickbooks.road import Road
from syncengine.quickbooks.wire import Payload

#: Column types whose cells are numbers; what cannot be read as one stays text.
_NUMBERS = frozenset({"money", "amount", "numeric", "number", "quantity", "qty", "rate", "percent", "percentage"})


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: as QuickBooks shows it; may be empty, and need not be unique.
        type: "Account", "Money", "Date"...: QuickBooks' own word.
        key: its name for programs where there is one (`ColKey`), else the title, else the type.
        payload: the column as it came.
    """

    title: str
    type: str
    key: str
    payload: Payload = field(repr=False)

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return self.type.lower() in _NUMBERS


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        value: a Decimal in a column of numbers, None where that is empty, else text.
        id: the Id of what it names, an account or a transaction; "" for none.
    """

    value: Decimal | str | None
    id: str = ""


@dataclass(frozen=True)
class Row:
    """One row, or a section of rows.

    Attributes:
        kind: "Data" or "Section", QuickBooks' own word.
        group: what a section is about, such as "Income"; "" for none.
        cells: of a row of data; empty for a section.
        head: the cells of a section's heading; empty where it has none.
        rows: what a section holds.
        total: the cells of a section's last line; empty where it has none.
    """

    kind: str
    group: str
    cells: tuple[Cell, ...] = ()
    head: tuple[Cell, ...] = ()
    rows: tuple[Row, ...] = ()
    total: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        name: such as "ProfitAndLoss".
        basis: "Cash" or "Accrual", "" where it makes no difference.
        currency: ISO 4217, "" where QuickBooks does not say.
        start, end: the period, None where it has no such end.
        columns, rows: see there.
        no_data: whether QuickBooks says that there is nothing to report.
        time: when it was made, in UTC.
        payload: the report as it came.
    """

    name: str
    basis: str
    currency: str
    start: date | None
    end: date | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    no_data: bool
    time: datetime | None
    payload: Payload = field(repr=False)

    def flat(self, *, totals: bool = False) -> Iterator[dict[str, Any]]:
        """Each row as a dict, in order: column keys to values, and three names that begin with an underscore.

        `_path` holds the headings of the sections around it, `_ids` the keys' Ids, `_total` whether it is a section's last
        line; such lines, and headings that carry amounts, come only if `totals` asks for them.
        """
        keys = self._keys()
        for row in self.rows:
            yield from _flat(row, keys, (), totals=totals)

    def _keys(self) -> list[str]:
        """A name for each column, all different: a repeated one is followed by its number."""
        keys: list[str] = []
        for column in self.columns:
            same = sum(1 for earlier in self.columns[: len(keys)] if earlier.key == column.key)
            keys.append(f"{column.key} {same + 1}" if same else column.key)
        return keys


class Reports(Road):
    """Reports: metered, and limited to 200 a minute beside the general limit."""

    def report(self, name: str, **parameters: str | date | bool) -> Report:
        """A report by its name in the address, such as "ProfitAndLoss"; parameters as Intuit names them (start_date...)."""
        if not name.isascii() or not name.isalnum():
            raise ValueError(f"{name!r} is no name of a report")
        wishes = {key: _parameter(value) for key, value in parameters.items()}
        errand = self._errand(CallKind.REPORT, "GET", f"reports/{quote(name, safe='')}", name, wishes)
        return self._read(errand, report_in)


def report_in(document: Document) -> Report:
    """The report in an answer. Raises TransportLost where there are no Columns: a report without rows still has them."""
    listed = _mapping(document.body.get("Columns")).get("Column")
    if not isinstance(listed, list):
        raise TransportLost("QuickBooks' answer holds no report.")
    body = document.body
    header = _mapping(body.get("Header"))
    columns = tuple(_column(column, number) for number, column in enumerate(listed) if isinstance(column, dict))
    given = header.get("Option")
    options = [_mapping(option) for option in given] if isinstance(given, list) else []
    return Report(
        name=_text(header.get("ReportName")),
        basis=_text(header.get("ReportBasis")),
        currency=_text(header.get("Currency")),
        start=_day(header.get("StartPeriod")),
        end=_day(header.get("EndPeriod")),
        columns=columns,
        rows=_rows(body.get("Rows"), columns),
        no_data=any(option.get("Name") == "NoReportData" and option.get("Value") in ("true", True) for option in options),
        time=wire.moment(header.get("Time")) or (document.time.astimezone(UTC) if document.time else None),
        payload=body,
    )


def _flat(row: Row, keys: list[str], path: tuple[str, ...], *, totals: bool) -> Iterator[dict[str, Any]]:
    if row.cells:
        yield _named(row.cells, keys, path, total=False)
    inside = (*path, _text(row.head[0].value) or row.group) if row.head else (*path, row.group) if row.group else path
    if totals and any(cell.value not in (None, "") for cell in row.head[1:]):
        yield _named(row.head, keys, path, total=False)
    for below in row.rows:
        yield from _flat(below, keys, inside, totals=totals)
    if totals and row.total:
        yield _named(row.total, keys, inside, total=True)


def _named(cells: tuple[Cell, ...], keys: list[str], path: tuple[str, ...], *, total: bool) -> dict[str, Any]:
    ids = {key: cell.id for key, cell in zip(keys, cells, strict=False) if cell.id}
    return {**{key: cell.value for key, cell in zip(keys, cells, strict=False)}, "_path": path, "_ids": ids, "_total": total}


def _rows(rows: Any, columns: tuple[Column, ...]) -> tuple[Row, ...]:
    listed = _mapping(rows).get("Row")
    return tuple(_row(row, columns) for row in (listed if isinstance(listed, list) else []) if isinstance(row, dict))


def _row(row: Payload, columns: tuple[Column, ...]) -> Row:
    return Row(
        kind=_text(row.get("type")) or ("Section" if "Rows" in row else "Data"),
        group=_text(row.get("group")),
        cells=_cells(row.get("ColData"), columns),
        head=_cells(_mapping(row.get("Header")).get("ColData"), columns),
        rows=_rows(row.get("Rows"), columns),
        total=_cells(_mapping(row.get("Summary")).get("ColData"), columns),
    )


def _cells(listed: Any, columns: tuple[Column, ...]) -> tuple[Cell, ...]:
    cells = [_mapping(cell) for cell in listed] if isinstance(listed, list) else []
    return tuple(_cell(cell, columns[number] if number < len(columns) else None) for number, cell in enumerate(cells))


def _cell(cell: Mapping[str, Any], column: Column | None) -> Cell:
    text = _text(cell.get("value"))
    return Cell(_amount(text) if column is not None and column.numeric else text, _text(cell.get("id")))


def _amount(text: str) -> Decimal | str | None:
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip().rstrip("%").replace(",", ""))
    except InvalidOperation:
        return text
    return amount if amount.is_finite() else text


def _column(column: Payload, number: int) -> Column:
    title, kind = _text(column.get("ColTitle")), _text(column.get("ColType"))
    marks = column.get("MetaData")
    key = next((_text(mark.get("Value")) for mark in marks if _is_key(mark)), "") if isinstance(marks, list) else ""
    return Column(title, kind, key or title or kind or f"column {number + 1}", column)


def _is_key(mark: Any) -> bool:
    return isinstance(mark, dict) and mark.get("Name") == "ColKey"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _parameter(value: str | date | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value
