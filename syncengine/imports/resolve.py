"""From texts to records: which ones a file refers to, and which ones of the inventory it means to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from syncengine.imports.fields import FREE_NAMES, SIBLINGS, WITHOUT_LINES
from syncengine.imports.problems import Problem
from syncengine.imports.rows import Layout, Record
from syncengine.inventory.reader import find, folded, load
from syncengine.inventory.tables import KINDS
from syncengine.inventory.writer import Draft


@dataclass
class Directory:
    """The keys and names of all records of one kind in one company."""

    kind: str
    by_key: dict[str, int] = field(default_factory=dict)
    by_folded_key: dict[str, list[int]] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    key_of: dict[int, str] = field(default_factory=dict)
    parent_of: dict[int, int | None] = field(default_factory=dict)
    name_of: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection, kind: str, company_id: int) -> Directory:
        """The directory as the database has it now."""
        known = KINDS[kind]
        table, found = known.table, cls(kind)
        parent = [table.c.parent_id] if "parent_id" in table.c else []
        query = select(table.c.id, table.c[known.key], table.c[known.label], *parent).where(table.c.company_id == company_id)
        for record_id, key, name, *rest in connection.execute(query.order_by(table.c.id)):
            found.add(record_id, key, name, rest[0] if rest else None)
        return found

    def add(self, record_id: int, key: str | None, name: str | None, parent: int | None = None) -> None:
        """Take one record in, or take its new key and name in."""
        self._forget_name(record_id)
        if key:
            self.by_key[key] = record_id
            self.by_folded_key.setdefault(folded(key), []).append(record_id)
        self.key_of[record_id] = key or ""
        if name:
            self.by_name.setdefault(folded(name), []).append(record_id)
        self.name_of[record_id] = name or ""
        self.parent_of[record_id] = parent

    def _forget_name(self, record_id: int) -> None:
        standing = self.by_name.get(folded(self.name_of.get(record_id, "")), [])
        if record_id in standing:
            standing.remove(record_id)

    def named(self, text: str) -> list[int]:
        """The records that a text may mean: by key, else by key without case, else by name."""
        if text in self.by_key:
            return [self.by_key[text]]
        return sorted(set(self.by_folded_key.get(folded(text), ()))) or self.by_name.get(folded(text), [])


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record that is ready to be written."""

    row: int
    draft: Draft


class Unknown(Exception):  # noqa: N818 -- it says of a record what it is
    """A record that cannot be resolved (yet); `problems` say why, `waits` whether it may only wait for its parent."""

    def __init__(self, problems: list[Problem], *, waits: bool = False) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems
        self.waits = waits


class Resolver:
    """Resolves records chunk by chunk; in a preview, what would be new gets ids below zero."""

    def __init__(self, plan: Layout, company_id: int, *, preview: bool) -> None:
        self._plan = plan
        self._kind = plan.kind.name
        self._company_id = company_id
        self._preview = preview
        self._directories: dict[str, Directory] = {}
        self._existing: dict[int, dict[str, Any]] = {}
        self._numbers: Mapping[str, list[int]] = {}
        self._claimed: dict[int, int] = {}
        self._parents: dict[int, int | None] = {}

    def forget(self) -> None:
        """What was kept in mind is not to be relied on: a transaction was rolled back, or somebody else has written."""
        self._directories.clear()

    def resolve(self, connection: Connection, records: Iterable[Record]) -> tuple[list[Resolved], list[tuple[Record, Unknown]]]:
        """The records that can be written, and the others, each with why."""
        chunk = list(records)
        self._look_up(connection, chunk)
        good: list[Resolved] = []
        rest: list[tuple[Record, Unknown]] = []
        for record in chunk:
            try:
                good.append(self._one(connection, record))
            except Unknown as unknown:
                rest.append((record, unknown))
        return good, rest

    def existing(self, record_id: int) -> Mapping[str, Any]:
        """The record as it is, of the chunk that was resolved last."""
        return self._existing[record_id]

    def learn(self, record_id: int, values: Mapping[str, Any]) -> None:
        """A record was written, or would be: later rows may refer to it."""
        directory = self._directories.get(self._kind)
        if directory is not None:
            key, label = self._plan.kind.key, self._plan.kind.label
            before = (directory.key_of.get(record_id), directory.name_of.get(record_id), directory.parent_of.get(record_id))
            parent = values.get("parent_id", before[2])
            directory.add(record_id, values.get(key, before[0]), values.get(label, before[1]), parent)

    # --- one record -------------------------------------------------------------------------------------------------------

    def _one(self, connection: Connection, record: Record) -> Resolved:
        values, problems = self._refer(connection, record.values, record.row, on_line=False)
        lines = self._resolve_lines(connection, record, problems)
        if problems:
            # A parent that is not there may stand further down in the same file.
            raise Unknown(problems, waits=len(problems) == 1 and isinstance(values.get("parent_id"), str))
        record_id = self._match(connection, record, values)
        self._claim(record, record_id, values)
        if record_id is not None:
            lines = self._paired(lines, self._existing[record_id].get("lines", []))
        elif self._plan.kind.lines is not None and not lines and self._kind not in WITHOUT_LINES:
            cause = f"this {self._kind} is new, and the file has no lines for it."
            raise Unknown([self._problem(record.row, "", "", cause, "Import it together with its lines.")])
        return Resolved(record.row, Draft(values, record_id, lines))

    def _claim(self, record: Record, record_id: int | None, values: Mapping[str, Any]) -> None:
        """No two rows change one record, and no record becomes a part of itself."""
        if record_id is None:
            return
        first = self._claimed.setdefault(record_id, record.row)
        if first != record.row:
            cause = f"row {first} changes the same {self._kind}."
            raise Unknown([self._problem(record.row, "", "", cause, "Keep one of these rows.")])
        if "parent_id" not in values:
            return
        self._parents[record_id] = parent = values["parent_id"]
        standing = self._directories[self._kind].parent_of
        walked = set()
        while parent is not None and parent not in walked:
            if parent == record_id:
                text = record.values["parent_id"]
                cause = f"the {self._kind} would be a part of itself."
                raise Unknown([self._problem(record.row, "parent_id", text, cause, "Choose another parent.")])
            walked.add(parent)
            parent = self._parents.get(parent, standing.get(parent))

    def _refer(
        self, connection: Connection, values: Mapping[str, Any], row: int, *, on_line: bool
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The values with ids in the place of texts; a text that names nothing stays, and is a problem."""
        known = self._plan.kind
        references = known.line_references if on_line else known.references
        found, problems = dict(values), []
        for column, kind in references.items():
            text = values.get(column)
            if text is None:
                continue
            ids = self._directory(connection, kind).named(text)
            if len(ids) == 1:
                found[column] = ids[0]
            else:
                problems.append(self._reference_problem(row, column, kind, text, len(ids), on_line=on_line))
        return found, problems

    def _reference_problem(self, row: int, column: str, kind: str, text: str, count: int, *, on_line: bool) -> Problem:
        noun = kind.replace("_", " ")
        if count:
            cause, remedy = f"{count} records of this name exist ({noun}).", f"Write the {noun}'s code instead."
        else:
            cause, remedy = f"no {noun} has this code or name.", f"Import the {noun} first, or correct it here."
        return self._problem(row, column, text, cause, remedy, on_line=on_line)

    def _resolve_lines(self, connection: Connection, record: Record, problems: list[Problem]) -> list[dict[str, Any]] | None:
        if record.lines is None:
            return None
        found: list[dict[str, Any]] = []
        for line in record.lines:
            values, wrong = self._refer(connection, line.values, line.row, on_line=True)
            problems += wrong
            found.append(values)
        if not problems:
            found += [self._charge(connection, name, amount) for name, amount in record.charges]
        return found

    def _charge(self, connection: Connection, name: str, amount: Decimal) -> dict[str, Any]:
        price = "unit_price" if self._kind == "invoice" else "unit_cost"
        return {"item_id": self._charge_item(connection, name), "quantity": Decimal(1), price: amount}

    def _charge_item(self, connection: Connection, name: str) -> int:
        """The service item that a charge is booked under; it is made when it is first needed."""
        directory = self._directory(connection, "item")
        code = name.upper()
        ids = [directory.by_key[code]] if code in directory.by_key else directory.named(name)
        if ids:
            return ids[0]
        values = {"code": code, "name": name, "type": "Service"}
        if self._preview:
            made = -len(directory.key_of) - 1
        else:
            from syncengine.inventory.writer import save  # here, since a preview must have no way to write

            made = save(connection, "item", self._company_id, values)
        directory.add(made, code, name)
        return made

    def _paired(self, lines: list[dict[str, Any]] | None, standing: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """The lines under the ids of those that stand in their places, so that an equal line is no change."""
        if lines is None:
            return None
        ids = [{"id": line["id"]} for line in standing[: len(lines)]]
        return [line | (ids[at] if at < len(ids) else {}) for at, line in enumerate(lines)]

    # --- which record a row means ---------------------------------------------------------------------------------------------

    def _look_up(self, connection: Connection, chunk: list[Record]) -> None:
        """Read what the whole chunk needs at once."""
        kind = self._plan.kind
        if kind.lines is not None:
            numbers = [record.values[kind.key] for record in chunk if record.values.get(kind.key)]
            self._numbers = find(connection, self._kind, self._company_id, kind.key, numbers)
            wanted = [record_id for ids in self._numbers.values() for record_id in ids]
        else:
            directory = self._directory(connection, self._kind)
            wanted = [record_id for record in chunk for record_id in self._candidates(directory, record.values)]
        self._existing = load(connection, self._kind, self._company_id, wanted)

    def _candidates(self, directory: Directory, values: Mapping[str, Any]) -> list[int]:
        key, name = values.get(self._plan.kind.key), values.get(self._plan.kind.label)
        return [
            *([directory.by_key[key]] if key in directory.by_key else []),
            *(directory.by_name.get(folded(name), []) if name else []),
        ]

    def _match(self, connection: Connection, record: Record, values: Mapping[str, Any]) -> int | None:
        kind = self._plan.kind
        if kind.lines is not None:
            return next(iter(self._numbers.get(str(values.get(kind.key)), [])), None)
        directory = self._directory(connection, self._kind)
        key, name = values.get(kind.key), values.get(kind.label)
        same_name = self._of_that_name(directory, str(name or ""), values)
        if key:
            found = self._match_by_key(directory, record, str(key), same_name)
        elif len(same_name) > 1:
            cause = f"{len(same_name)} records of this name exist."
            raise Unknown([self._problem(record.row, kind.label, name, cause, "Add a column with their codes.")])
        else:
            found = same_name[0] if same_name else None
        # Below zero is a row of this very file: that it comes twice is told when the whole file is read.
        return found if found is None or found > 0 else None

    def _match_by_key(self, directory: Directory, record: Record, key: str, same_name: list[int]) -> int | None:
        """By key; a record of that name which has no key yet is the one that is meant, too."""
        found = directory.by_key.get(key)
        others = [one for one in same_name if one != found and one > 0]
        if not others:
            return found
        without_key = [one for one in others if not directory.key_of[one]]
        if found is None and len(others) == 1 and without_key:
            return without_key[0]
        if self._kind in FREE_NAMES:
            return found
        owner = directory.key_of[others[0]] or f"no {self._plan.kind.key}"
        cause = f"another {self._kind} ({owner}) has this name, and QuickBooks takes each name once."
        raise Unknown(
            [
                self._problem(
                    record.row, self._plan.kind.label, record.values.get("name"), cause, "Give one of the two another name."
                )
            ]
        )

    def _of_that_name(self, directory: Directory, name: str, values: Mapping[str, Any]) -> list[int]:
        found = list(directory.by_name.get(folded(name), [])) if name else []
        if self._kind in SIBLINGS and "parent_id" in values:
            found = [one for one in found if directory.parent_of[one] == values["parent_id"]]
        return found

    def _directory(self, connection: Connection, kind: str) -> Directory:
        if kind not in self._directories:
            self._directories[kind] = Directory.read(connection, kind, self._company_id)
        return self._directories[kind]

    def _problem(self, row: int, column: str, value: object, cause: str, remedy: str, *, on_line: bool = False) -> Problem:
        plan = self._plan
        columns, file = (plan.line_columns, plan.line_file) if on_line else (plan.columns, plan.table.name)
        return Problem.at(file, row, columns.name_of(column) if column else "", value, cause, remedy)
