"""From texts to records: which ones a file refers to, and which ones of the inventory it means to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from syncengine.imports.directory import Directories, Directory, Entry, entry_in, entry_of
from syncengine.imports.fields import FREE_NAMES, SIBLINGS, WITHOUT_LINES
from syncengine.imports.layouts import Layout
from syncengine.imports.problems import Problem
from syncengine.imports.rows import Record
from syncengine.inventory.reader import find, folded, load
from syncengine.inventory.writer import Draft


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
        self._directories = Directories(company_id)
        self._existing: dict[int, dict[str, Any]] = {}
        self._numbers: Mapping[str, list[int]] = {}
        self._claimed: dict[int, int] = {}
        self._parents: dict[int, int | None] = {}

    def forget(self) -> None:
        """What was kept in mind is not to be relied on: a transaction was rolled back, or somebody else went on with the import."""
        self._directories.forget()

    @property
    def looked(self) -> int | None:
        """How far others' writing was known at the last look, as `Directories.looked` has it."""
        return self._directories.looked

    def settled(self, connection: Connection) -> None:
        """The records that were resolved last are written, in the transaction that is open."""
        self._directories.settled(connection)

    def resolve(self, connection: Connection, records: Iterable[Record]) -> tuple[list[Resolved], list[tuple[Record, Unknown]]]:
        """The records that can be written, and the others, each with why: by what the database holds now, whoever wrote it."""
        chunk = list(records)
        if not self._preview:  # which goes by one state of the database
            self._directories.catch_up(connection)
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
        directory = self._directories.held(self._kind)
        if directory is not None:
            key, label = self._plan.kind.key, self._plan.kind.label
            before = directory.entries.get(record_id, Entry("", ""))
            parent = values.get("parent_id", before.parent)
            directory.put(record_id, entry_of(values.get(key, before.key), values.get(label, before.name), parent))

    # --- one record -------------------------------------------------------------------------------------------------------

    def _one(self, connection: Connection, record: Record) -> Resolved:
        values, problems = self._refer(connection, record.values, record.row, on_line=False)
        lines = self._resolve_lines(connection, record, problems)
        if problems:
            # A parent that is not there may stand further down in the same file.
            raise Unknown(problems, waits=len(problems) == 1 and isinstance(values.get("parent_id"), str))
        record_id = self._match(connection, record, values)
        self._claim(connection, record, record_id, values)
        if record_id is not None:
            lines = self._paired(lines, self._existing[record_id].get("lines", []))
        elif self._plan.kind.lines is not None and not lines and self._kind not in WITHOUT_LINES:
            cause = f"this {self._kind} is new, and the file has no lines for it."
            raise Unknown([self._problem(record.row, "", "", cause, "Import it together with its lines.")])
        return Resolved(record.row, Draft(values, record_id, lines))

    def _claim(self, connection: Connection, record: Record, record_id: int | None, values: Mapping[str, Any]) -> None:
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
        standing = self._directory(connection, self._kind).entries
        walked = set()
        while parent is not None and parent not in walked:
            if parent == record_id:
                text = record.values["parent_id"]
                cause = f"the {self._kind} would be a part of itself."
                raise Unknown([self._problem(record.row, "parent_id", text, cause, "Choose another parent.")])
            walked.add(parent)
            parent = self._parents.get(parent, standing[parent].parent if parent in standing else None)

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
            made = -len(directory.entries) - 1
        else:
            from syncengine.inventory.writer import save  # here, since a preview must have no way to write

            made = save(connection, "item", self._company_id, values)
        directory.put(made, Entry(code, name))
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
            if not self._preview:
                wanted += self._called_so(connection, chunk)
        self._existing = load(connection, self._kind, self._company_id, wanted)
        if kind.lines is None and not self._preview:
            self._correct(directory, wanted)

    def _called_so(self, connection: Connection, chunk: list[Record]) -> list[int]:
        """Records that bear a key or a name of the chunk, letter by letter, whoever gave it to them."""
        found: list[int] = []
        for column in {self._plan.kind.key, self._plan.kind.label}:
            texts = [record.values[column] for record in chunk if record.values.get(column)]
            found += [one for ids in find(connection, self._kind, self._company_id, column, texts).values() for one in ids]
        return found

    def _correct(self, directory: Directory, looked_up: list[int]) -> None:
        """What these records are called by now, and which of them are gone."""
        for record_id in looked_up:
            if record_id in self._existing:
                directory.put(record_id, entry_in(self._plan.kind, self._existing[record_id]))
            else:
                directory.drop(record_id)

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
        without_key = [one for one in others if not directory.entries[one].key]
        if found is None and len(others) == 1 and without_key:
            return without_key[0]
        if self._kind in FREE_NAMES:
            return found
        owner = directory.entries[others[0]].key or f"no {self._plan.kind.key}"
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
            found = [one for one in found if directory.entries[one].parent == values["parent_id"]]
        return found

    def _directory(self, connection: Connection, kind: str) -> Directory:
        return self._directories.of(connection, kind)

    def _problem(self, row: int, column: str, value: object, cause: str, remedy: str, *, on_line: bool = False) -> Problem:
        plan = self._plan
        columns, file = (plan.line_columns, plan.line_file) if on_line else (plan.columns, plan.table.name)
        return Problem.at(file, row, columns.name_of(column) if column else "", value, cause, remedy)
