"""A person's name of which a file has the first and the last in columns of their own: one more column has the whole of it."""

from __future__ import annotations

from collections.abc import Iterator

from syncengine.imports import cells
from syncengine.imports.guess import halves, whole
from syncengine.imports.options import Options
from syncengine.imports.table import Row, Table


class Joined:
    """A table with one more column, at its end: what stands in `first` and `last`, with a blank between.

    Attributes:
        name: the file's.
        columns: the table's, and the joined one.
        notes: the table's, and that there is one.
        estimate: the table's.
    """

    def __init__(self, table: Table, first: str, last: str, options: Options) -> None:
        self._table = table
        self._places = table.columns.index(first), table.columns.index(last)
        self._options = options
        self.name = table.name
        called = whole(first, last)
        self.columns = [*table.columns, called]
        self.notes = [*table.notes, f"{first} and {last} are one name in two columns. Joined, they are called {called!r} here."]
        self.estimate = table.estimate

    def rows(self) -> Iterator[Row]:
        """Its rows, each with the whole name; it is blank where both halves are."""
        for row in self._table.rows():
            if row.trouble:
                yield row
                continue
            found = [row.cells[at] for at in self._places]
            said = " ".join(cells.text_of(each) for each in found if not cells.blank(each, self._options))
            yield Row(row.number, (*row.cells, said))


def joined(table: Table, kind: str, options: Options) -> Table:
    """The table, with the whole name where nothing else in it is the name of this kind's records."""
    found = halves(table.columns, kind)
    return table if found is None or whole(*found) in table.columns else Joined(table, *found, options)
