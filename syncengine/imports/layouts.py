"""What is read from where: which columns of an import's file, or of its two files, fill which fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncengine.imports import cells
from syncengine.imports.cells import Bad
from syncengine.imports.fields import LINE, LINE_REQUIRED, Target, required, target
from syncengine.imports.options import Options
from syncengine.imports.problems import ImportRefused
from syncengine.imports.table import Table
from syncengine.inventory.tables import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Columns:
    """The mapped columns of one table: place, name in the file, field."""

    places: tuple[tuple[int, str, Target], ...]

    def name_of(self, field_name: str) -> str:
        """What the file calls a field; the field's own name where a constant fills it."""
        return next((name for _at, name, found in self.places if found.name in {field_name, LINE + field_name}), field_name)

    def place_of(self, field_name: str) -> int | None:
        """Where a field stands."""
        return next((at for at, _name, found in self.places if found.name == field_name), None)


@dataclass(frozen=True)
class Layout:
    """What is read from where.

    Attributes:
        kind: what the records are.
        table: the file of records, or of headers, or of both.
        columns: its mapped columns.
        lines: the file of lines, if it is one of its own.
        line_columns: the mapped columns of the lines, in whichever file they are.
        constants: fields that are the same for all records, and those that are so for all lines.
        options: how cells are read.
    """

    kind: Kind
    table: Table
    columns: Columns
    lines: Table | None
    line_columns: Columns
    constants: Mapping[str, Any]
    line_constants: Mapping[str, Any]
    options: Options

    @property
    def has_lines(self) -> bool:
        """Whether the file, or its companion, says anything of lines."""
        return self.lines is not None or bool(self.line_columns.places)

    @property
    def line_file(self) -> str:
        """The name of the file that holds the lines."""
        return (self.lines or self.table).name


def layout(
    kind: str, table: Table, mapping: Mapping[str, str], lines: Table | None, line_mapping: Mapping[str, str], options: Options
) -> Layout:
    """The layout that the mappings ask for; refuses what does not fit the files or leaves out what is needed."""
    known = KINDS[kind]
    found = _columns(kind, table, mapping)
    header = Columns(tuple(place for place in found.places if not place[2].on_line))
    if lines is None:
        line_columns = Columns(tuple(place for place in found.places if place[2].on_line))
    else:
        to_lines = {
            column: name if name == known.key else LINE + name.removeprefix(LINE) for column, name in line_mapping.items() if name
        }
        line_columns = _columns(kind, lines, to_lines)
    constants, line_constants = _constants(kind, options)
    made = Layout(known, table, header, lines, line_columns, constants, line_constants, options)
    _refuse_gaps(made)
    return made


def _columns(kind: str, table: Table, mapping: Mapping[str, str]) -> Columns:
    places: list[tuple[int, str, Target]] = []
    taken: dict[str, str] = {}
    for column, name in mapping.items():
        if not name:
            continue
        if column not in table.columns:
            raise ImportRefused(f"{table.name} has no column {column!r}. It has: {', '.join(table.columns)}.")
        meant = target(kind, name)
        filled = (
            meant.charge.casefold()
            if meant.charge
            else f"{'line.' if meant.on_line else ''}{meant.column.name if meant.column is not None else ''}"
        )
        if filled in taken:
            raise ImportRefused(
                f"The columns {taken[filled]!r} and {column!r} of {table.name} are both mapped to {name!r}. Choose one."
            )
        taken[filled] = column
        places.append((table.columns.index(column), column, meant))
    return Columns(tuple(sorted(places, key=lambda place: place[0])))


def _constants(kind: str, options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    header: dict[str, Any] = {}
    lines: dict[str, Any] = {}
    for name, text in options.constants.items():
        meant = target(kind, name)
        if meant.column is None:
            raise ImportRefused("A charge cannot be the same for all documents. Map a column to it.")
        try:
            found = cells.value(kind, meant, text, options)
        except Bad as bad:
            raise ImportRefused(f"The value {text!r} for {name}: {bad.cause} {bad.remedy}") from None
        (lines if meant.on_line else header)[meant.column.name] = found
    return header, lines


def _refuse_gaps(made: Layout) -> None:
    """What no column and no constant fills, though every record needs it."""
    _refuse_missing(made.table, required(made.kind.name), made.columns, made.constants)
    if made.has_lines:
        _refuse_missing(made.lines or made.table, LINE_REQUIRED[made.kind.name], made.line_columns, made.line_constants)
    if made.lines is not None and made.line_columns.place_of(made.kind.key) is None:
        raise ImportRefused(
            f"No column of {made.lines.name} is mapped to {made.kind.key}, which says to which {made.kind.name} a line belongs."
        )


def _refuse_missing(table: Table, needed: Sequence[tuple[str, ...]], columns: Columns, constants: Mapping[str, Any]) -> None:
    filled = {found.column.name for _at, _name, found in columns.places if found.column is not None} | set(constants)
    for alternatives in needed:
        if not filled & set(alternatives):
            wanted = " or ".join(alternatives)
            raise ImportRefused(
                f"No column of {table.name} is mapped to {wanted}. Choose the column that holds it: {', '.join(table.columns)}."
            )
