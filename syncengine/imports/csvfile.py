"""CSV: whatever encoding and delimiter it comes in, row by row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from syncengine.imports.options import Options
from syncengine.imports.problems import ImportRefused
from syncengine.imports.table import MOST_ROWS, Content, Row, header

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = (",", ";", "\t", "|")
#: Enough rows to tell a delimiter from a sign inside texts.
_SNIFFED: Final = 50
_BLOCK: Final = 2**16
#: The csv module's own limit for one cell; a longer one is a quotation mark that was never closed.
_LONGEST_CELL: Final = 131_072

#: What `surrogateescape` makes of a byte that is no UTF-8, and what it makes of good letters beyond ASCII.
_STRAY_BYTE: Final = re.compile("[\udc80-\udcff]")
_LETTER: Final = re.compile("[^\x00-\x7f\udc80-\udcff]")

_UNCLOSED: Final = "Close each quotation mark, and write one inside a text twice."


class CsvTable:
    """One CSV file as a `files.Table`."""

    def __init__(self, source: Content, options: Options) -> None:
        self.name = source.name
        self.notes: list[str] = []
        self._source = source
        self._encoding = options.encoding or self._find_encoding()
        self._check_encoding()
        self._take_mark()
        self._skipped = 0
        self._delimiter = options.delimiter or self._find_delimiter()
        first = next(self._records(), None)
        if first is None:
            raise ImportRefused(f"{self.name} is empty. Export it again, with a header row.")
        self.columns = header(self.name, first[1], self.notes)
        self.estimate = lines_among(self._blocks())

    def rows(self) -> Iterator[Row]:
        """The rows below the header that are not blank."""
        width = len(self.columns)
        for number, cells, trouble in islice(self._records(), 1, None):
            if trouble:
                yield Row(number, [], trouble)
            elif any(cell.strip() for cell in cells):
                yield self._row(number, cells, width)

    def _row(self, number: int, cells: list[str], width: int) -> Row:
        surplus = [cell for cell in cells[width:] if cell.strip()]
        if len(cells) < width or surplus:
            message = f"the row has {len(cells)} cells, the header has {width}."
            return Row(number, cells, (message, "Put texts that hold the delimiter or a line break into quotation marks."))
        return Row(number, cells[:width])

    def _records(self) -> Iterator[tuple[int, list[str], tuple[str, str] | None]]:
        """Number, cells and trouble of each record, the header's first."""
        with self._source.open() as stream:
            text = io.TextIOWrapper(stream, encoding=self._encoding, errors=_errors(self._encoding), newline="")
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            number = 0
            try:
                while True:
                    number += 1
                    if number > MOST_ROWS:
                        raise ImportRefused(f"{self.name} has more than {MOST_ROWS} rows. Split it into several files.")
                    before = reader.line_num
                    try:
                        cells = next(reader)
                    except csv.Error as error:
                        yield number, [], _unreadable(error, reader.line_num - before)
                        continue
                    if number > self._skipped:
                        yield number, cells, None
            except StopIteration:
                return
            except UnicodeError as error:
                raise ImportRefused(f"{self.name}, row {number}: the text cannot be read as {self._encoding} ({error}).") from error
            finally:
                text.detach()  # the stream is closed by who opened it

    def _blocks(self) -> Iterator[bytes]:
        with self._source.open() as stream:
            while block := stream.read(_BLOCK):
                yield block

    def _find_encoding(self) -> str:
        start = next(self._blocks(), b"")
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding
        if (zeros := start[:400].count(0)) * 4 > len(start[:400]):
            return "utf-16-le" if start[1:400:2].count(0) * 2 > zeros else "utf-16-be"
        return self._utf8_or_windows()

    def _utf8_or_windows(self) -> str:
        """UTF-8 where it is, or was meant to be; Windows-1252 where no letter beyond ASCII is good UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        broken = good = False
        for block in chain(self._blocks(), [b""]):
            text = decoder.decode(block, final=not block)
            if not text.isascii():
                broken = broken or bool(_STRAY_BYTE.search(text))
                good = good or bool(_LETTER.search(text))
        if broken and not good:
            self.notes.append("The file is not UTF-8; it was read as Windows-1252. Check letters such as é and ü in the samples.")
            return "cp1252"
        return "utf-8"

    def _check_encoding(self) -> None:
        try:
            codecs.lookup(self._encoding)
            b"a".decode(self._encoding, "replace")
        except (LookupError, UnicodeError):
            raise ImportRefused(f"The encoding {self._encoding!r} is not known. Use utf-8, utf-16 or windows-1252.") from None

    def _take_mark(self) -> None:
        """A mark at the beginning is no part of the first column's name where its encoding was said, either."""
        start = next(self._blocks(), b"")
        own = codecs.lookup(self._encoding).name.removesuffix("-le").removesuffix("-be")
        self._encoding = next((each for mark, each in _BOMS if start.startswith(mark) and each.startswith(own)), self._encoding)

    def _find_delimiter(self) -> str:
        """The sign that parts the first rows into the same number of cells as the header, the more the better."""
        self._delimiter = ","
        with self._source.open() as stream:
            text = io.TextIOWrapper(stream, encoding=self._encoding, errors=_errors(self._encoding), newline="")
            try:
                start = text.read(_BLOCK)
            except UnicodeError:
                start = ""  # the reading proper meets it again, and says in which row
            finally:
                text.detach()
        first = start.split("\n", 1)[0].strip()
        if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:
            self._skipped = 1  # a spreadsheet's own way to say it
            return first[-1] if first[-1] not in '"\r\n' else ","
        return max(_DELIMITERS, key=lambda sign: _fitness(start, sign))


def lines_among(blocks: Iterable[bytes]) -> int:
    """About how many lines there are, however they end: as computers do nowadays, or as an old Macintosh did."""
    new_lines = returns = 0
    for block in blocks:
        new_lines += block.count(b"\n")
        returns += block.count(b"\r")
    return max(new_lines, returns)


def _fitness(text: str, delimiter: str) -> tuple[int, int]:
    """In how many of the first rows the sign makes as many cells as in the header, and how many cells that is."""
    rows: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [len(cells) for cells in islice(reader, _SNIFFED) if cells]
    except csv.Error:
        return (0, 0)
    if not rows or rows[0] == 1:
        return (0, 0)
    return (sum(count == rows[0] for count in rows), rows[0])


def _unreadable(error: csv.Error, lines: int) -> tuple[str, str]:
    """Why a row cannot be read, and the remedy, out of how many lines of the file it was taken for."""
    taken = f" {lines:,} lines of the file are taken for this row." if lines > 1 else ""
    if lines <= 1 and "field larger" in str(error):
        return f"a cell has more than {_LONGEST_CELL:,} characters.", "Shorten it."
    return f"the row's quotation marks do not match.{taken}", _UNCLOSED


def _errors(encoding: str) -> str:
    """Bytes that are no text become surrogates, which the check of each cell finds again, with its row."""
    return "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
