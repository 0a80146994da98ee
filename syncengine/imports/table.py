"""A file as a table: a header and rows that can be read again and again, without holding them all."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from syncengine.imports.problems import ImportRefused
from syncengine.inventory.values import BROKEN

#: What a cell may hold: CSV knows texts only.
Cell = str | Decimal | date | bool | None

#: A path, the bytes themselves, or an open binary file such as an upload (which is read whole).
Source = str | Path | bytes | BinaryIO

#: More than any real export; a larger file is a mistake, and reading it would starve the machine.
MOST_BYTES: Final = 256 * 2**20
#: As many rows as a spreadsheet can hold.
MOST_ROWS: Final = 1_048_576
#: Exports have tens; a header with more is a file of another kind.
MOST_COLUMNS: Final = 500
#: What a cell may hold that cannot be kept, and the remedy.
NO_TEXT: Final = ("bytes that are no text in the file's encoding.", "Save the file anew as UTF-8, or choose its encoding.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header.

    Attributes:
        number: as a spreadsheet numbers it; the header is above 2.
        cells: as many as there are columns.
        trouble: why the row cannot be read, and the remedy; empty for a good one.
    """

    number: int
    cells: Sequence[Cell]
    trouble: tuple[str, str] | None = None


class Table(Protocol):
    """What CSV and XLSX look like to the rest of the import."""

    name: str
    columns: list[str]
    #: What a person should know about how the file was read.
    notes: list[str]
    #: About how many rows there are; 0 where the file does not say.
    estimate: int

    def rows(self) -> Iterator[Row]:
        """The rows below the header that are not blank, from the first, each time anew."""


@dataclass
class Header:
    """A table of which no more than the header is at hand: what it takes to write records that were read before."""

    name: str
    columns: list[str]
    notes: list[str] = field(default_factory=list)
    estimate: int = 0

    def rows(self) -> Iterator[Row]:
        """None."""
        return iter(())


@dataclass(frozen=True)
class Content:
    """Where the bytes of a source are, and what they were when the file was first looked at."""

    name: str
    path: Path | None
    data: bytes = field(repr=False)
    digest: str
    size: int

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes from the first."""
        if self.path is None:
            yield io.BytesIO(self.data)
        else:
            with _opened(self.path) as stream:
                yield stream

    def unchanged(self) -> bool:
        """Whether the file is still what it was."""
        return self.path is None or _digest(self.path)[0] == self.digest


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror or error}. Check the path and the rights.") from error


def _digest(path: Path) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    with _opened(path) as stream:
        while block := stream.read(2**20):
            found.update(block)
            size += len(block)
    return found.hexdigest(), size


def content(source: Source, name: str = "") -> Content:
    """The bytes of `source`, known again later; refuses what is missing or too large."""
    if isinstance(source, str | Path):
        path = Path(source)
        found = Content(name or path.name, path, b"", *_digest(path))
    else:
        data = source if isinstance(source, bytes) else source.read(MOST_BYTES + 1)
        shown = name or Path(str(getattr(source, "name", "") or "the file")).name
        found = Content(shown, None, data, hashlib.sha256(data).hexdigest(), len(data))
    if found.size > MOST_BYTES:
        raise ImportRefused(f"{found.name} is larger than {MOST_BYTES // 2**20} MB. Split it into several files.")
    return found


def header(name: str, cells: Sequence[Cell], notes: list[str]) -> list[str]:
    """The names of the columns: trimmed, each once; those without a name get one from their place."""
    while cells and cells[-1] in {None, ""}:
        cells = cells[:-1]
    if not cells:
        raise ImportRefused(f"{name} has no header: its first row is blank. Put the names of the columns into row 1.")
    if len(cells) > MOST_COLUMNS:
        raise ImportRefused(f"{name} has more than {MOST_COLUMNS} columns. Leave out those that are not needed.")
    found: list[str] = []
    for at, cell in enumerate(cells, start=1):
        if isinstance(cell, str) and BROKEN.search(cell):
            raise ImportRefused(f"{name}: the name of the column in place {at} holds {' '.join(NO_TEXT)}")
        wanted = " ".join(str("" if cell is None else cell).split()) or f"column {at}"
        unique, again = wanted, 1
        while unique in found:
            again += 1
            unique = f"{wanted} ({again})"
        if again > 1:
            notes.append(f"The column {wanted!r} stands more than once; the one in place {at} is called {unique!r} here.")
        found.append(unique)
    return found
