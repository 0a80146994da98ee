"""What may be wrong with a file or a row of it, said to the person who has to mend it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Final

from syncengine.errors import NeedsPerson, RecordError, Refused

#: A longer value is cut in messages; nobody finds an error in more than this.
_SHOWN: Final = 200
#: A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row cannot go in, or what is to be done about one that is.

    Attributes:
        file: the file's name.
        row: the row as a spreadsheet numbers it: the header is row 1. 0 for the file as a whole.
        column: the column's name in the file; "" for the row as a whole.
        value: what stands there.
        message: what is wrong, in one sentence.
        remedy: what a person does about it, in one sentence.
    """

    file: str
    row: int
    column: str
    value: str
    message: str
    remedy: str

    @classmethod
    def at(cls, file: str, row: int, column: str, value: object, message: str, remedy: str) -> Problem:
        """A problem with the value cut to what can be shown, and without characters that cannot be written."""
        shown = "" if value is None else str(value)[:_SHOWN].encode("utf-8", "backslashreplace").decode()
        return cls(file, row, column, shown, message, remedy)

    @classmethod
    def of(cls, error: RecordError, file: str, row: int, column: str = "") -> Problem:
        """The refusal of a record, at its row."""
        return cls.at(file, row, column or error.field, error.value, error.cause, error.remedy)

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        what = f"{self.column} {self.value!r}: " if self.column and self.value else f"{self.column}: " if self.column else ""
        return f"{place}: {what}{self.message} {self.remedy}"


class ImportRefused(Refused):
    """The file cannot be imported at all; the message says why and what to do. Nothing was written."""


@dataclass(frozen=True)
class Matching:
    """The columns of a file, and of one with the lines, with what each of them fills; those that fill nothing are left out."""

    kind: str
    columns: Sequence[str]
    mapping: Mapping[str, str]
    lines_name: str = ""
    lines_columns: Sequence[str] = ()
    lines_mapping: Mapping[str, str] = field(default_factory=dict)


class Unmatched(ImportRefused):
    """The file can be read, but what its columns are said to fill does not do; `matching` is what was tried."""

    def __init__(self, message: str, matching: Matching) -> None:
        super().__init__(message)
        self.matching = matching


class ImportStopped(NeedsPerson):
    """The database could not be written any more; the message says how far it came and what to do."""


def problems_csv(problems: Iterable[Problem]) -> str:
    """The problems as CSV text with a header row, safe to open in a spreadsheet: no cell can become a formula."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["File", "Row", "Column", "Value", "Problem", "What to do"])
    for problem in problems:
        out.writerow([_harmless(cell) for cell in astuple(problem)])
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
