"""Reports as tests read them: a request, and the rows with the sections that they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tests.unit.emulator.desk import Desk, parsed


@dataclass
class Shown:
    """One row: its texts and Ids, the titles of the sections around it, and whether it sums up."""

    texts: list[str]
    ids: list[str | None]
    path: tuple[str, ...]
    group: str = ""
    summary: bool = False

    @property
    def amount(self) -> Decimal:
        """The last text as an amount."""
        return amount(self.texts[-1])


@dataclass
class Read:
    """One report."""

    header: dict[str, Any]
    columns: list[dict[str, Any]]
    rows: list[Shown] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """The keys of the columns."""
        return [key(column) for column in self.columns]

    @property
    def data(self) -> list[list[str]]:
        """The texts of the rows that are no sums."""
        return [row.texts for row in self.rows if not row.summary]

    def of(self, title: str) -> Shown:
        """The one row that begins with a text."""
        (found,) = [row for row in self.rows if row.texts[0] == title]
        return found

    def group(self, group: str) -> Shown:
        """The row that sums up a group."""
        (found,) = [row for row in self.rows if row.group == group]
        return found

    def option(self, name: str) -> str:
        return next(each["Value"] for each in self.header["Option"] if each["Name"] == name)


def key(column: dict[str, Any]) -> str:
    return next((each["Value"] for each in column.get("MetaData", ()) if each["Name"] == "ColKey"), "")


def amount(text: str) -> Decimal:
    return Decimal(text or 0)


def report(desk: Desk, name: str, **query: str) -> Read:
    """A report that has to succeed."""
    response = desk.ask("GET", f"reports/{name}?{urlencode(query)}")
    assert response.status == 200, response.body
    shown = parsed(response)
    assert list(shown) == ["Header", "Columns", "Rows"]
    read = Read(shown["Header"], shown["Columns"]["Column"], list(rows(shown["Rows"].get("Row", ()))))
    width = sum(len(column["Columns"]["Column"]) if "Columns" in column else 1 for column in read.columns)
    assert all(len(row.texts) == width for row in read.rows), "a row has a cell for each column"
    return read


def rows(found: Any, path: tuple[str, ...] = ()) -> Iterator[Shown]:
    """All rows, heads of sections included, in their order."""
    for row in found:
        group = row.get("group", "")
        inner = path
        if "Header" in row:
            head = row["Header"]["ColData"]
            inner = (*path, head[0]["value"])
            yield Shown(*texts(head), path, "", True)
        if "ColData" in row:
            yield Shown(*texts(row["ColData"]), path, group, group == "GrandTotal")
        yield from rows(row.get("Rows", {}).get("Row", ()), inner)
        if "Summary" in row:
            yield Shown(*texts(row["Summary"]["ColData"]), inner, group, True)


def texts(cells: list[dict[str, str]]) -> tuple[list[str], list[str | None]]:
    return [cell["value"] for cell in cells], [cell.get("id") for cell in cells]
