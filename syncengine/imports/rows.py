"""One pass over the file, or the two files, of an import: records with typed values, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from syncengine.imports import cells
from syncengine.imports.cells import Bad
from syncengine.imports.fields import FREE_NAMES, LINE_REQUIRED, SIBLINGS, Target, required
from syncengine.imports.layouts import Columns, Layout
from syncengine.imports.options import Progress
from syncengine.imports.problems import ImportRefused, Problem
from syncengine.imports.table import Cell, Row, Table
from syncengine.inventory.reader import folded
from syncengine.inventory.tables import line_amount

#: How often the watcher is told, in rows.
_TOLD_EVERY: Final = 500


@dataclass(slots=True)
class Line:
    """One line of a document as the file has it; references are still texts."""

    row: int
    values: dict[str, Any]


@dataclass(slots=True)
class Record:
    """One record as the file has it; references are still texts.

    Attributes:
        row: of the record itself, or of its document's header.
        values: field -> value.
        lines: the document's lines; None where the file says nothing of lines.
        charges: name of the item and amount, one for each charge that is not zero.
    """

    row: int
    values: dict[str, Any]
    lines: list[Line] | None = None
    charges: list[tuple[str, Decimal]] = field(default_factory=list)


class Reading:
    """One pass over an import's files.

    Attributes:
        problems: what was found wrong so far.
        bad: rows of the records that cannot go in.
        line_rows: how many rows of lines were read.
    """

    def __init__(self, plan: Layout, progress: Progress | None = None) -> None:
        self.problems: list[Problem] = []
        self.bad: set[int] = set()
        self.line_rows = 0
        self._plan = plan
        self._progress = progress
        self._done = 0
        self._estimate = plan.table.estimate + (plan.lines.estimate if plan.lines else 0)
        self._seen: dict[tuple[str, ...], list[int]] = {}
        #: Document -> the row of a line below one of its own that names none.
        self._doubted: dict[str, int] = {}

    def records(self) -> Iterator[Record]:
        """The records that are good as far as their file tells; the others are in `problems` and `bad`."""
        plan = self._plan
        if plan.lines is not None:
            found = self._joined(plan.lines)
        elif plan.has_lines:
            found = self._grouped()
        else:
            found = ((row, None) for row in self._rows(plan.table))
        for row, lines in found:
            record = self._record(row, lines)
            if record is not None:
                yield record
        self._report_duplicates()

    # --- shapes of files ---------------------------------------------------------------------------------------------

    def _rows(self, table: Table) -> Iterator[Row]:
        for row in table.rows():
            self._done += 1
            if self._progress and self._done % _TOLD_EVERY == 0:
                self._progress(self._done, max(self._estimate, self._done) if self._estimate else 0)
            yield row

    def _joined(self, lines: Table) -> Iterator[tuple[Row, list[Row] | None]]:
        """Header rows, each with its lines from the other file; what is left over are orphans."""
        key = self._plan.line_columns.place_of(self._plan.kind.key)
        by_number: dict[str, list[Row]] = {}
        above = ""
        for row in self._rows(lines):
            number = self._number(row, key, lines, above)
            if number:
                by_number.setdefault(number, []).append(self._kept(row))
            above = number or above
        at = self._plan.columns.place_of(self._plan.kind.key)
        used: set[str] = set()
        for row in self._rows(self._plan.table):
            number = "" if row.trouble or at is None else cells.text_of(row.cells[at])
            used.add(number)
            self._report_doubt(row, number)
            yield row, by_number.get(number, [])
        for number in by_number.keys() - used:
            self._report_orphans(number, by_number[number])

    def _grouped(self) -> Iterator[tuple[Row, list[Row] | None]]:
        """Rows of one file gathered by document, in the order of their first rows."""
        at = self._plan.columns.place_of(self._plan.kind.key)
        by_number: dict[str, list[Row]] = {}
        above = ""
        for row in self._rows(self._plan.table):
            number = self._number(row, at, self._plan.table, above)
            if number:
                by_number.setdefault(number, []).append(row)
            above = number or above
        for number, rows in by_number.items():
            header = next((row for row in rows if self._says_header(row, at)), rows[0])
            self._check_headers(header, rows)
            self._report_doubt(header, number)
            yield header, rows

    def _says_header(self, row: Row, key: int | None) -> bool:
        """Whether a row says anything of its document beside the number; of others the header may stand further down."""
        said = (row.cells[at] for at, _name, _meant in self._plan.columns.places if at != key)
        return bool(row.trouble) or any(not cells.blank(cell, self._plan.options) for cell in said)

    def _number(self, row: Row, at: int | None, table: Table, above: str) -> str:
        """The number of the document that a line belongs to; "" where it has none, which is reported.

        It may be one more line of the document `above`, which is held back then, as by a bad line of its own. A line of which
        not even that can be told might be any document's: nothing can go in then.
        """
        if row.trouble and (at is None or at >= len(row.cells)):
            message = f"{table.name}, row {row.number}: {row.trouble[0]} It could be a line of any document, so none can go in."
            raise ImportRefused(f"{message} {row.trouble[1]}")
        number = cells.text_of(row.cells[at]) if at is not None else ""
        if not number:
            remedy = f"Enter the {self._plan.kind.key} of the {self._plan.kind.name} that the line belongs to."
            self._report(table.name, row.number, table.columns[at or 0], "", "the line names no document.", remedy)
            if above:
                self._doubted.setdefault(above, row.number)
        return number

    def _report_doubt(self, header: Row, number: str) -> None:
        if number not in self._doubted:
            return
        kind, plan = self._plan.kind.name, self._plan
        cause = f"row {self._doubted[number]} of {plan.line_file} names no document and may be a line of this {kind}."
        self._report(plan.table.name, header.number, "", "", cause, f"Enter the {plan.kind.key} there.")
        self.bad.add(header.number)

    def _kept(self, row: Row) -> Row:
        """Only the cells that are mapped stay in memory, in the order of `line_columns`."""
        if row.trouble:
            return row
        return Row(row.number, tuple(row.cells[at] for at, _name, _meant in self._plan.line_columns.places))

    def _check_headers(self, first: Row, rows: list[Row]) -> None:
        for row in rows:
            if row is first or row.trouble or first.trouble:
                continue
            for at, name, _meant in self._plan.columns.places:
                if not cells.blank(row.cells[at], self._plan.options) and cells.text_of(row.cells[at]) != cells.text_of(
                    first.cells[at]
                ):
                    cause = f"row {first.number} of the same {self._plan.kind.name} says {cells.text_of(first.cells[at])!r}."
                    self._report(
                        self._plan.table.name, row.number, name, row.cells[at], cause, "Give all its rows the same header."
                    )
                    self.bad.add(first.number)

    # --- one record ------------------------------------------------------------------------------------------------------

    def _record(self, row: Row, lines: list[Row] | None) -> Record | None:
        plan = self._plan
        before = len(self.problems)
        if row.trouble:
            self._report(plan.table.name, row.number, "", "", *row.trouble)
            self.bad.add(row.number)
            return None
        record = Record(row.number, dict(plan.constants))
        self._fill(record, row)
        self._require(plan.table.name, row.number, required(plan.kind.name), record.values, plan.columns)
        if lines is not None:
            record.lines = self._lines(row, lines)
        self._remember(record)
        if len(self.problems) > before or row.number in self.bad:
            self.bad.add(row.number)
            return None
        return record

    def _fill(self, record: Record, row: Row) -> None:
        for at, name, meant in self._plan.columns.places:
            found = self._value(self._plan.table.name, row.number, name, meant, row.cells[at])
            if meant.column is None:
                if found:
                    record.charges.append((meant.charge, found))
            elif found is not None or not (cells.keeps_default(meant) or meant.column.name in self._plan.constants):
                record.values[meant.column.name] = found

    def _value(self, file: str, row: int, name: str, meant: Target, cell: Cell) -> Any:
        try:
            return cells.value(self._plan.kind.name, meant, cell, self._plan.options)
        except Bad as bad:
            self._report(file, row, name, cell, bad.cause, bad.remedy)
            return None

    def _lines(self, header: Row, rows: list[Row]) -> list[Line]:
        plan = self._plan
        if not rows:
            remedy = "Add its lines, or leave it out."
            self._report(plan.table.name, header.number, "", "", f"the {plan.kind.name} has no lines in {plan.line_file}.", remedy)
        return [line for row in rows if (line := self._line(row))]

    def _line(self, row: Row) -> Line | None:
        plan, file = self._plan, self._plan.line_file
        self.line_rows += 1
        if row.trouble:
            self._report(file, row.number, "", "", *row.trouble)
            return None
        values = dict(plan.line_constants)
        before = len(self.problems)
        for place, (at, name, meant) in enumerate(plan.line_columns.places):
            if meant.column is None or not meant.on_line:
                continue
            found = self._value(file, row.number, name, meant, row.cells[place if plan.lines is not None else at])
            if found is not None or not (cells.keeps_default(meant) or meant.column.name in plan.line_constants):
                values[meant.column.name] = found
        if len(self.problems) == before:
            self._require(file, row.number, LINE_REQUIRED[plan.kind.name], values, plan.line_columns)
            self._check_amount(file, row.number, values)
        return Line(row.number, values)

    def _require(self, file: str, row: int, needed: Sequence[tuple[str, ...]], values: Mapping[str, Any], columns: Columns) -> None:
        told = {problem.column for problem in reversed(self.problems[-20:]) if (problem.file, problem.row) == (file, row)}
        for alternatives in needed:
            name = columns.name_of(alternatives[0])
            if all(values.get(one) is None for one in alternatives) and name not in told:
                self._report(file, row, name, "", "this is missing.", f"Enter the {' or the '.join(alternatives)}.")

    def _check_amount(self, file: str, row: int, values: Mapping[str, Any]) -> None:
        """QuickBooks refuses an Amount that is not Qty x UnitPrice (error 6070)."""
        amount, quantity, price = values.get("amount"), values.get("quantity"), values.get("unit_price", values.get("unit_cost"))
        if amount is None or quantity is None or price is None:
            return
        worth = line_amount(quantity, price, values.get("discount") or Decimal(0))
        if amount != worth:
            remedy = "Correct one of them, or leave the amount out."
            self._report(
                file, row, self._plan.line_columns.name_of("amount"), amount, f"quantity, price and discount give {worth}.", remedy
            )

    # --- what shows only over many rows ------------------------------------------------------------------------------------

    def _remember(self, record: Record) -> None:
        kind = self._plan.kind
        key, name = str(record.values.get(kind.key) or ""), str(record.values.get(kind.label) or "")
        if key:
            self._seen.setdefault((kind.key, key), []).append(record.row)
        if name and kind.label != kind.key and not (key and kind.name in FREE_NAMES):
            parent = str(record.values.get("parent_id") or "") if kind.name in SIBLINGS else ""
            self._seen.setdefault((kind.label, folded(name), parent), []).append(record.row)

    def _report_duplicates(self) -> None:
        told: set[int] = set()
        for (column, *_), rows in sorted(self._seen.items(), key=lambda entry: entry[0][0] != self._plan.kind.key):
            # The same key twice is told once, although the name then is the same as well.
            if len(rows) == 1 or told.issuperset(rows):
                continue
            why = f"Each {self._plan.kind.name} has a {column} of its own."
            for row in rows:
                others = ", ".join(str(other) for other in rows[:10] if other != row)
                cause = f"the same {column} stands in row {others} as well."
                self._report(
                    self._plan.table.name, row, self._plan.columns.name_of(column), "", cause, f"{why} Keep one of these rows."
                )
                self.bad.add(row)
            told.update(rows)
        self._seen.clear()

    def _report_orphans(self, number: str, rows: list[Row]) -> None:
        column = self._plan.line_columns.name_of(self._plan.kind.key)
        for row in rows:
            cause = f"{self._plan.table.name} has no {self._plan.kind.name} with this {self._plan.kind.key}."
            self._report(self._plan.line_file, row.number, column, number, cause, "Add it there, or leave this line out.")

    def _report(self, file: str, row: int, column: str, value: object, message: str, remedy: str) -> None:
        self.problems.append(Problem.at(file, row, column, value, message, remedy))
