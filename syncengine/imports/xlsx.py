"""XLSX: one sheet, row by row, with the values that its formulas had when it was saved."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from syncengine.imports.options import Options
from syncengine.imports.problems import ImportRefused
from syncengine.imports.table import MOST_COLUMNS, MOST_ROWS, Cell, Content, Row, header

#: XML packs to a tenth and less; a workbook that unpacks to more than this is a trap or a mistake.
MOST_UNPACKED: Final = 1024 * 2**20
#: The texts of a workbook are all held in memory while it is read.
MOST_STRINGS: Final = 256 * 2**20

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    OSError,
    IndexError,
    AttributeError,
)

_NO_VALUE = ("a cell holds a formula whose value was never saved.", "Open the file in a spreadsheet program and save it there.")


class XlsxTable:
    """One sheet of an XLSX workbook as a `files.Table`."""

    def __init__(self, source: Content, options: Options) -> None:
        self.name = source.name
        self.notes: list[str] = []
        self.estimate = 0
        self._source = source
        self._others: list[str] = []
        self._check_size()
        with self._sheet(options.sheet) as sheet:
            self._title: str = sheet.title
            if not options.sheet and self._others:
                others = ", ".join(repr(each) for each in self._others)
                self.notes.append(f"The sheet {sheet.title!r} was read. The workbook also has {others}.")
            first = next(iter(sheet.iter_rows(max_row=1, max_col=MOST_COLUMNS + 1)), ())
            cells = [_value(cell)[0] for cell in first]
        if not cells:
            raise ImportRefused(f"The sheet {self._title!r} of {self.name} is empty. Choose another sheet.")
        self.columns = header(self.name, cells, self.notes)
        self._formulas, merged = self._has_formulas()
        if merged:
            self.notes.append("The workbook has merged cells. What they hold counts for the first of them; the others are blank.")

    def rows(self) -> Iterator[Row]:
        """The rows below the header that are not blank."""
        width = len(self.columns)
        for number, cells, formulas in self._records():
            found = [_value(cell) for cell in cells]
            values: list[Cell] = [value for value, _trouble in found]
            if any(formula and _unsaved(cell) for formula, cell in zip(formulas, cells, strict=False)):
                yield Row(number, [], _NO_VALUE)
            elif any(trouble or (value is not None and value != "") for value, trouble in found):
                yield self._row(number, values, [trouble for _value, trouble in found if trouble], width)

    def _row(self, number: int, values: list[Cell], troubles: list[str], width: int) -> Row:
        if troubles:
            return Row(number, [], (f"a cell holds the error {troubles[0]}.", "Correct the formula in the spreadsheet."))
        if any(value is not None and value != "" for value in values[width:]):
            return Row(
                number, values, (f"the row has more cells than the header, which has {width}.", "Give each column a name in row 1.")
            )
        return Row(number, values[:width] + [None] * (width - len(values)))

    def _records(self) -> Iterator[tuple[int, Sequence[Any], list[bool]]]:
        """Number and cells of each row below the header, and which of them are formulas."""
        with self._sheet(self._title) as sheet:
            rows = islice(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1, None)
            if not self._formulas:
                for number, cells in enumerate(self._guarded(rows), start=2):
                    yield number, cells, []
                return
            with self._sheet(self._title, formulas=True) as written:
                also = islice(written.iter_rows(max_col=MOST_COLUMNS + 1), 1, None)
                for number, (cells, sources) in enumerate(zip(self._guarded(rows), self._guarded(also), strict=False), start=2):
                    yield number, cells, [cell.data_type == "f" for cell in sources]

    def _guarded(self, rows: Iterator[Any]) -> Iterator[Any]:
        """The same rows; what is broken inside the workbook becomes one clear refusal."""
        for number in range(2, MOST_ROWS + 2):
            try:
                with warnings.catch_warnings():
                    # A day before 1900 becomes an error value and a warning; the error value is enough.
                    warnings.simplefilter("ignore")
                    cells = next(rows)
            except StopIteration:
                return
            except _BROKEN as error:
                raise ImportRefused(f"{self.name}, row {number}: the workbook is damaged ({error}). Save it anew.") from error
            yield cells
        raise ImportRefused(f"{self.name} has more than {MOST_ROWS} rows. Split it into several files.")

    @contextmanager
    def _sheet(self, title: str, *, formulas: bool = False) -> Iterator[Any]:
        with self._source.open() as stream:
            try:
                with warnings.catch_warnings():
                    # openpyxl warns of styles and validations that it does not know; values are all that is wanted here.
                    warnings.simplefilter("ignore")
                    book = openpyxl.load_workbook(stream, read_only=True, data_only=not formulas, keep_links=False)
            except _BROKEN as error:
                raise ImportRefused(f"{self.name} is no workbook that can be read ({error}). Save it as .xlsx or CSV.") from error
            try:
                yield self._chosen(book, title)
            finally:
                book.close()

    def _chosen(self, book: Any, title: str) -> Any:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if not sheets or (title and title not in sheets):
            raise ImportRefused(f"{self.name} has no sheet {title!r}. It has: {', '.join(sheets) or 'none'}.")
        # What a program keeps for itself on a hidden sheet is not what a person means.
        seen = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
        sheet = sheets[title] if title else (seen or [*sheets.values()])[0]
        self._others = [each.title for each in seen if each is not sheet]
        if hasattr(sheet, "reset_dimensions"):
            self.estimate = min(sheet.max_row or 0, MOST_ROWS)
            sheet.reset_dimensions()  # what the file says of its own size is often wrong
        return sheet

    def _check_size(self) -> None:
        try:
            with self._source.open() as stream, zipfile.ZipFile(stream) as archive:
                sizes = {info.filename: info.file_size for info in archive.infolist()}
        except _BROKEN as error:
            raise ImportRefused(f"{self.name} is a damaged workbook ({error}). Save it anew.") from error
        strings = sum(size for name, size in sizes.items() if name.lower().endswith("sharedstrings.xml"))
        if sum(sizes.values()) > MOST_UNPACKED or strings > MOST_STRINGS:
            raise ImportRefused(f"{self.name} unpacks to {sum(sizes.values()) // 2**20} MB, more than can be read. Save it as CSV.")
        if not any(name.lower().endswith("workbook.xml") for name in sizes):
            raise ImportRefused(f"{self.name} is no Excel workbook. Save it as .xlsx or CSV.")

    def _has_formulas(self) -> tuple[bool, bool]:
        """Whether any sheet holds a formula: only then the file is read twice at once, to see which values are missing.

        And whether any has merged cells.
        """
        formulas = merged = False
        with self._source.open() as stream, zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if "worksheets/" in name and name.endswith(".xml"):
                    with archive.open(name) as sheet:
                        tail = b""
                        while block := sheet.read(2**20):
                            read, tail = tail + block, block[-10:]
                            formulas = formulas or b"<f>" in read or b"<f " in read
                            merged = merged or b"<mergeCell " in read
        return formulas, merged


def _unsaved(cell: Any) -> bool:
    """Whether a formula's cell holds no value at all; one whose value is the empty text says so by its type."""
    return cell.value is None and cell.data_type not in {"e", "str"}


def _value(cell: Any) -> tuple[Cell, str]:
    """The cell's value, numbers as the spreadsheet shows them; and the error that it holds, if it does."""
    value = cell.value
    if cell.data_type == "e":
        return None, str(value)
    if isinstance(value, float):
        # A spreadsheet keeps 15 digits; what lies behind is the noise of binary fractions.
        return Decimal(format(value, ".15g")), ""
    if isinstance(value, bool | str | date) or value is None:
        return (value.date() if isinstance(value, datetime) and value.time() == time() else value), ""
    return (Decimal(value) if isinstance(value, int) else str(value)), ""
