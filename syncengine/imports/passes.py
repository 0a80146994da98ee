"""The two passes over an import's files: the preview, which writes nothing, and the one that writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection

from syncengine.errors import RecordError
from syncengine.failpoints import failpoint
from syncengine.imports import twice
from syncengine.imports.cells import text_of
from syncengine.imports.fields import WITHOUT_LINES
from syncengine.imports.layouts import Layout
from syncengine.imports.options import Closed, Progress
from syncengine.imports.problems import Problem
from syncengine.imports.resolve import Resolved, Resolver, Unknown
from syncengine.imports.rows import Reading, Record
from syncengine.imports.table import Content
from syncengine.inventory.reader import folded
from syncengine.inventory.writer import Outcome, Saved, differing, save_many

#: Records in one transaction: a second of writing at most, so that nobody else waits longer for the lock.
CHUNK: Final = 500
#: Records shown in the preview, and those named that it would call otherwise.
SAMPLES: Final = 5
NAMED: Final = 3

#: Opens one transaction, or hands out the one that is open.
Transactions = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Counts:
    """How many records (documents, not lines) an import would make, change, leave as they are, and refuse."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0

    @property
    def records(self) -> int:
        """All of them."""
        return self.new + self.changed + self.unchanged + self.bad


@dataclass(frozen=True)
class Looked:
    """What an import would do, as far as people are told.

    Attributes:
        name, lines_name: the files' names; "" for no file of lines.
        company_id, kind: for whom and what.
        columns, lines_columns: the columns of each file.
        mapping, lines_mapping: source column -> target field, as used.
        ignored, lines_ignored: columns that fill nothing.
        samples: the first good records, target field -> text.
        counts: of records.
        line_rows: rows of lines that were read.
        problems: all rows that cannot go in, file by file and row by row.
        notes: what a person should know about how the files were read.
        closed: the closed books, in which nothing may change.
    """

    name: str
    lines_name: str
    company_id: int
    kind: str
    columns: list[str]
    lines_columns: list[str]
    mapping: dict[str, str]
    lines_mapping: dict[str, str]
    ignored: list[str]
    lines_ignored: list[str]
    samples: list[dict[str, str]]
    counts: Counts
    line_rows: int
    problems: list[Problem]
    notes: list[str]
    closed: Closed | None


@dataclass(frozen=True)
class Prepared(Looked):
    """The same with what it takes to do it: how the files are laid out, where they are, and the rows that cannot go in."""

    plan: Layout = field(repr=False)
    sources: tuple[Content, ...] = field(repr=False)
    bad_rows: frozenset[int] = field(repr=False)


@dataclass(frozen=True)
class Result:
    """What an import did: numbers of records, and everything that was refused, or is in under a name that stands twice now."""

    created: int
    changed: int
    unchanged: int
    rejected: int
    problems: list[Problem]


class _Pass:
    """Reads an import's files, resolves what they refer to, and hands the good records on, chunk by chunk."""

    def __init__(
        self, plan: Layout, company_id: int, progress: Progress | None, closed: Closed | None, *, preview: bool,
        skip: frozenset[int],
    ) -> None:  # fmt: skip
        self.reading = Reading(plan, progress if preview else None)
        #: What could not be resolved or written, beside what the reading itself found.
        self.problems: list[Problem] = []
        self._plan = plan
        self._company_id = company_id
        self._resolver = Resolver(plan, company_id, preview=preview)
        self._closed = closed
        self._skip = skip
        self._refused: set[int] = set()
        #: Records whose parent may stand further down in the same file.
        self._waiting: list[tuple[Record, Unknown]] = []

    @property
    def bad(self) -> frozenset[int]:
        """The rows of all records that cannot go in."""
        return frozenset(self.reading.bad | self._refused)

    def run(self, transactions: Transactions) -> None:
        """Go through everything; each chunk in one of `transactions`."""
        for chunk in _chunks(record for record in self.reading.records() if record.row not in self._skip):
            self._look(chunk)
            self._settle(transactions, chunk)
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            self._settle_again(transactions, waiting)

    def _settle(self, transactions: Transactions, chunk: list[Record]) -> None:
        with transactions() as connection:
            good, rest = self._resolver.resolve(connection, chunk)
            free, shut = self._parted(good)
            self._keep(connection, free)
            self._resolver.settled(connection)
        for row, problem in shut:
            self._refuse(row, [problem])
        for record, unknown in rest:
            if unknown.waits:
                self._waiting.append((record, unknown))
            else:
                self._refuse(record.row, unknown.problems)

    def _settle_again(self, transactions: Transactions, waiting: list[tuple[Record, Unknown]]) -> None:
        """Once more those who waited; where not one of them found its parent by now, none comes any more."""
        for chunk in _chunks(record for record, _ in waiting):
            self._settle(transactions, chunk)
        if len(self._waiting) == len(waiting):
            for record, unknown in self._waiting:
                self._refuse(record.row, unknown.problems)
            self._waiting = []

    def _refuse(self, row: int, problems: Iterable[Problem]) -> None:
        self._refused.add(row)
        self.problems += problems

    def _look(self, chunk: list[Record]) -> None:
        """See a chunk before anything is made of it."""

    def _keep(self, connection: Connection, good: list[Resolved]) -> None:
        raise NotImplementedError

    # --- the closed books ------------------------------------------------------------------------------------------------------

    def _parted(self, good: list[Resolved]) -> tuple[list[Resolved], list[tuple[int, Problem]]]:
        """Those that may be written, and the rows of those that would change something in the closed books."""
        free: list[Resolved] = []
        shut: list[tuple[int, Problem]] = []
        for resolved in good:
            found = self._in_closed_books(resolved)
            if found and self._outcome(resolved) is not Outcome.UNCHANGED:
                shut.append((resolved.row, self._closed_books(resolved.row, *found)))
            else:
                free.append(resolved)
        return free, shut

    def _outcome(self, resolved: Resolved) -> Outcome:
        draft = resolved.draft
        if draft.record_id is None:
            return Outcome.CREATED
        existing = self._resolver.existing(draft.record_id)
        if differing(existing, draft.values) or (draft.lines is not None and self._lines_differ(draft.lines, existing["lines"])):
            return Outcome.CHANGED
        return Outcome.UNCHANGED

    def _in_closed_books(self, resolved: Resolved) -> tuple[str, date, date] | None:
        """The first day of a document, as it is or as it would be, on which the books are closed: column, day, last closed day."""
        closed, draft = self._closed, resolved.draft
        if closed is None:
            return None
        standing = {} if draft.record_id is None else self._resolver.existing(draft.record_id)
        days = [(record.get(column), column) for record in (draft.values, standing) for column in closed.columns]
        found = [(day, column) for day, column in days if isinstance(day, date) and day <= closed.until]
        return (min(found)[1], min(found)[0], closed.until) if found else None

    def _closed_books(self, row: int, column: str, day: date, until: date) -> Problem:
        message = f"The books are closed up to {until}: nothing dated on or before it may change."
        remedy = "Give the document a later date, or move the closing date in the settings."
        return Problem.at(self._plan.table.name, row, column, day, message, remedy)

    def _lines_differ(self, lines: Sequence[Mapping[str, Any]], standing: Sequence[Mapping[str, Any]]) -> bool:
        if len(lines) != len(standing):
            return True
        numbered = [{"line_no": at, **{k: v for k, v in line.items() if k != "id"}} for at, line in enumerate(lines, start=1)]
        return any(differing(before, line) for before, line in zip(standing, numbered, strict=True))


class Preview(_Pass):
    """What would become of each record."""

    def __init__(self, plan: Layout, company_id: int, progress: Progress | None, closed: Closed | None = None) -> None:
        super().__init__(plan, company_id, progress, closed, preview=True, skip=frozenset())
        self.samples: list[dict[str, str]] = []
        self._outcomes: dict[int, Outcome] = {}
        self._invented = 0
        #: Records that are known by their key and would be called otherwise: how many, and the first ones.
        self._renamed = 0
        self._renamings: list[str] = []

    def counts(self) -> Counts:
        """Of records; what turned out to be a duplicate later is bad, whatever it seemed first."""
        found = Counter(outcome for row, outcome in self._outcomes.items() if row not in self.bad)
        return Counts(found[Outcome.CREATED], found[Outcome.CHANGED], found[Outcome.UNCHANGED], len(self.bad))

    def notes(self) -> list[str]:
        """What a person should know before it goes in."""
        known, file, found = self._plan.kind, self._plan.table.name, self.counts()
        kind = known.name.replace("_", " ")
        told: list[str] = []
        if not found.records and not self.reading.problems:
            told.append(f"{file} has no rows below the names of its columns.")
        if known.lines is not None and not self._plan.has_lines and known.name not in WITHOUT_LINES:
            told.append(f"{file} says nothing of lines: it can change what is there, and makes nothing new.")
        if self._renamed:
            more = f", and {self._renamed - len(self._renamings):,} more" if self._renamed > len(self._renamings) else ""
            which = f"{', '.join(self._renamings)}{more}"
            told.append(f"Called otherwise than before: {which}. Is each {known.key} that of the same {kind}?")
        return told

    def _remember_name(self, resolved: Resolved) -> None:
        """A file of another numbering meets records by its keys that it does not mean: their names tell."""
        known, draft = self._plan.kind, resolved.draft
        if draft.record_id is None or known.lines is not None:
            return
        before, now = self._resolver.existing(draft.record_id)[known.label], draft.values.get(known.label)
        if not before or not now or folded(before) == folded(now):
            return
        self._renamed += 1
        if len(self._renamings) < NAMED:
            self._renamings.append(f"{draft.values.get(known.key) or ''} {before} becomes {now}".strip())

    def _look(self, chunk: list[Record]) -> None:
        for record in chunk[: SAMPLES - len(self.samples)]:
            shown = {name: str(value) if isinstance(value, int) else text_of(value) for name, value in record.values.items()}
            charges = {f"charge:{name}": str(amount) for name, amount in record.charges}
            lines = {"lines": str(len(record.lines))} if record.lines is not None else {}
            self.samples.append(shown | charges | lines)

    def _keep(self, connection: Connection, good: list[Resolved]) -> None:  # noqa: ARG002 -- a preview writes nothing
        for resolved in good:
            self._outcomes[resolved.row] = self._outcome(resolved)
            self._remember_name(resolved)
            self._invented -= 1  # a record that does not exist yet has an id below zero
            self._resolver.learn(resolved.draft.record_id or self._invented, resolved.draft.values)


@dataclass(frozen=True)
class Portion:
    """What became of some records: how many had which outcome, what was refused and why, and who waits for a parent.

    `unsure` are the names that others may have given at the same moment: to be looked at once this is committed.
    """

    outcomes: Counter[Outcome]
    problems: list[Problem]
    refused: int
    waiting: list[Record]
    unsure: twice.Unsure


@contextmanager
def saving(connection: Connection) -> Iterator[Connection]:
    """A chunk that fails is taken back by itself, so that its records can be tried one by one, and the culprit named."""
    with connection.begin_nested():
        yield connection


class NotAll(Exception):  # noqa: N818 -- it only takes a transaction back
    """Something of an all-or-nothing import cannot go in."""


class Writing(_Pass):
    """Writes each record that the preview found good, looking everything up anew."""

    def __init__(
        self, plan: Layout, company_id: int, closed: Closed | None, *, skip: frozenset[int] = frozenset(),
        progress: Progress | None = None, total: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(plan, company_id, progress, closed, preview=False, skip=skip)
        self.outcomes: Counter[Outcome] = Counter()
        #: Names of records that are in, and that others have given at the same moment.
        self.twice: list[Problem] = []
        self._unsure = twice.Unsure()
        self._kept: list[tuple[Saved, Resolved]] = []
        self._looked: int | None = None
        self._progress = progress
        self._total = total

    @classmethod
    def of(cls, prepared: Prepared, progress: Progress | None) -> Writing:
        """What writes all of `prepared` but its bad rows."""
        total = prepared.counts.records - prepared.counts.bad
        return cls(prepared.plan, prepared.company_id, prepared.closed, skip=prepared.bad_rows, progress=progress, total=total)

    def portion(self, connection: Connection, records: list[Record], *, give_up: bool) -> Portion:
        """Write some records that were read before, in the transaction that is open; whoever waits for a parent is handed back.

        With `give_up` nobody is: who has no parent by what the database holds by now gets none, and that is a problem of its row.
        """
        self.outcomes, self.problems, self._refused, self._waiting = Counter(), [], set(), []
        self._unsure = twice.Unsure()

        def savepoint() -> AbstractContextManager[Connection]:
            return saving(connection)

        self._settle(savepoint, records)
        while give_up and self._waiting:
            self.forget()
            waiting, self._waiting = self._waiting, []
            self._settle_again(savepoint, waiting)
        return Portion(self.outcomes, self.problems, len(self._refused), [record for record, _ in self._waiting], self._unsure)

    def forget(self) -> None:
        """Somebody else may have written since: what the company holds is read anew."""
        self._resolver.forget()

    def look_back(self, connection: Connection) -> None:
        """See which names stand twice by now, of all that was written and is committed."""
        self.twice = twice.found(connection, self._plan, self._company_id, self._unsure)

    def require_all(self) -> None:
        """Raises NotAll where anything was refused, so that the transaction around it is rolled back."""
        if self.problems:
            raise NotAll

    def result(self, prepared: Prepared) -> Result:
        """What was done, once all of it is done."""
        rejected = prepared.counts.bad + len(self._refused)
        problems = [*prepared.problems, *self.problems, *self.twice]
        return Result(
            self.outcomes[Outcome.CREATED], self.outcomes[Outcome.CHANGED], self.outcomes[Outcome.UNCHANGED], rejected, problems
        )

    def _settle(self, transactions: Transactions, chunk: list[Record]) -> None:
        try:
            self._write(transactions, chunk)
        except RecordError:
            self._one_by_one(transactions, chunk)
        failpoint("import.chunk")
        if self._progress:
            self._progress(min(sum(self.outcomes.values()) + len(self._refused), self._total), self._total)

    def _one_by_one(self, transactions: Transactions, chunk: list[Record]) -> None:
        """Another program took a key, or a value is refused that passed the checks: find the one, and keep the others."""
        for record in chunk:
            try:
                self._write(transactions, [record])
            except RecordError as error:
                self._refuse(record.row, [Problem.of(error, self._plan.table.name, record.row)])

    def _write(self, transactions: Transactions, chunk: list[Record]) -> None:
        """Settle a chunk, and count it once its transaction stands."""
        self._kept = []
        try:
            super()._settle(transactions, chunk)
        except BaseException:
            self._resolver.forget()
            raise
        self.outcomes.update(saved.outcome for saved, _ in self._kept)
        named = ((saved, one) for saved, one in self._kept if twice.gives_name(self._plan, saved.outcome, one.draft.values))
        self._unsure.add(self._looked, {saved.id: one.row for saved, one in named})
        for saved, resolved in self._kept:
            self._resolver.learn(saved.id, resolved.draft.values)

    def _keep(self, connection: Connection, good: list[Resolved]) -> None:
        self._looked = self._resolver.looked
        saved = save_many(connection, self._plan.kind.name, self._company_id, [resolved.draft for resolved in good])
        self._kept = list(zip(saved, good, strict=True))


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while chunk := list(islice(records, CHUNK)):
        yield chunk
