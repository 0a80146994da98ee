"""What is known of an import, as JSON keeps it: while the worker is at it, and for whoever carries it on."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import IO, Any, Final

from syncengine.imports.csvfile import lines_among
from syncengine.imports.layouts import Layout, layout
from syncengine.imports.options import Closed, Options
from syncengine.imports.passes import Counts, Looked, Prepared
from syncengine.imports.problems import Matching, Problem
from syncengine.imports.rows import Line, Record
from syncengine.imports.table import Content, Header, content

#: Bytes of a file in one piece, before they are compressed.
PIECE: Final = 2**20
#: How a packed file begins, such as a workbook.
_PACKED: Final = b"PK\x03\x04"
#: Each value that JSON does not know, by a letter.
_DECIMAL, _DATE = "d", "t"
#: What of an import is not for people, or is kept by itself.
_APART: Final = frozenset({"plan", "sources", "bad_rows", "problems", "company_id"})

# --- records ----------------------------------------------------------------------------------------------------------------


def packed(record: Record) -> list[Any]:
    """One record, with its lines and its charges."""
    lines = None if record.lines is None else [[line.row, _values(line.values)] for line in record.lines]
    return [record.row, _values(record.values), lines, [[name, str(amount)] for name, amount in record.charges]]


def unpacked(found: list[Any]) -> Record:
    """The record that was packed."""
    row, values, lines, charges = found
    told = None if lines is None else [Line(line_row, _read(line_values)) for line_row, line_values in lines]
    return Record(row, _read(values), told, [(name, Decimal(amount)) for name, amount in charges])


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return [_DECIMAL, str(value)]
    return [_DATE, value.isoformat()] if isinstance(value, date) else value


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _one(value) for name, value in values.items()}


def _one(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    letter, text = value
    return Decimal(text) if letter == _DECIMAL else date.fromisoformat(text)


# --- what it would do -------------------------------------------------------------------------------------------------------


def looked(prepared: Prepared) -> dict[str, Any]:
    """What people are told, but for the problems."""
    told = {each.name: getattr(prepared, each.name) for each in fields(prepared) if each.name not in _APART}
    closed = prepared.closed
    until = None if closed is None else [closed.until.isoformat(), list(closed.columns)]
    samples = [list(each.items()) for each in prepared.samples]  # as pairs: the database sorts the keys of what it keeps
    return told | {"counts": asdict(prepared.counts), "closed": until, "samples": samples}


def seen(company_id: int, found: Mapping[str, Any]) -> Looked:
    """What was looked at, without the problems."""
    told = {each.name: found[each.name] for each in fields(Looked) if each.name in found}
    told |= {"company_id": company_id, "counts": Counts(**found["counts"]), "problems": [], "closed": closed_in(found)}
    told["samples"] = [dict(each) for each in found["samples"]]
    return Looked(**told)


def closed_in(found: Mapping[str, Any]) -> Closed | None:
    """The closed books by which it was looked at."""
    until = found["closed"]
    return None if until is None else Closed(date.fromisoformat(until[0]), tuple(until[1]))


def layout_of(kind: str, found: Mapping[str, Any], options: Options) -> Layout:
    """How the file is read, by what was found, without the file itself: for whoever writes its records."""
    lines = Header(found["lines_name"], found["lines_columns"]) if found["lines_name"] else None
    return layout(kind, Header(found["name"], found["columns"]), found["mapping"], lines, found["lines_mapping"], options)


def matched(matching: Matching) -> dict[str, Any]:
    """How columns were matched."""
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(matching).items()}


def matching_of(found: Mapping[str, Any]) -> Matching:
    """The matching that was kept."""
    return Matching(**found)


def options_of(found: Mapping[str, Any]) -> Options:
    """The options that were kept by `asdict`."""
    return Options(**{**found, "blanks": tuple(found["blanks"])})


def problems_of(found: Iterable[list[Any]]) -> list[Problem]:
    """The problems that were kept by `astuple`."""
    return [Problem(*each) for each in found]


# --- the files --------------------------------------------------------------------------------------------------------------


def pieces(source: Content) -> Iterator[tuple[int, bytes]]:
    """The file's bytes, compressed piece by piece, each with how many bytes of the file it holds."""
    with source.open() as stream:
        while block := stream.read(PIECE):
            yield len(block), zlib.compress(block, 1)


def joined(name: str, found: Iterable[bytes]) -> Content:
    """The file again."""
    return content(b"".join(zlib.decompress(each) for each in found), name)


def lines_in(source: Content) -> int:
    """About how many rows there are, counted at no cost; 0 for a workbook, which is packed."""
    with source.open() as stream:
        return lines_of(stream) or 0


def lines_of(stream: IO[bytes]) -> int | None:
    """The same of a file that is open at its beginning; None for a workbook."""
    block = stream.read(PIECE)
    if block.startswith(_PACKED):
        return None
    return lines_among(chain([block], iter(lambda: stream.read(PIECE), b"")))
