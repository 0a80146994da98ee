"""An import in two steps: `prepare` says what would happen and writes nothing, `apply` makes it happen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from syncengine.db.base import Base, Company
from syncengine.db.engine import Database
from syncengine.errors import Refused
from syncengine.imports.files import Content, Source, Table, content, open_table
from syncengine.imports.guess import guess, guess_header, guess_lines
from syncengine.imports.halves import joined
from syncengine.imports.layouts import Layout, layout
from syncengine.imports.options import Closed, Options, Progress
from syncengine.imports.passes import NotAll, Prepared, Preview, Result, Writing, saving
from syncengine.imports.problems import ImportRefused, ImportStopped, Matching, Unmatched
from syncengine.inventory.tables import KINDS

#: Every good record, or everything or nothing.
Mode = Literal["good", "all"]

# --- prepare ----------------------------------------------------------------------------------------------------------------


def prepare(
    database: Database,
    company_id: int,
    kind: str,
    source: Source,
    *,
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    lines: Source | None = None,
    lines_name: str = "",
    lines_mapping: Mapping[str, str] | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
    closed: Closed | None = None,
) -> Prepared:
    """Read the file or files once and say what importing them would do; nothing is written.

    Documents that bear a day in the books that are `closed` are refused where they would change.
    A mapping that is given is taken as it is (columns that it leaves out, or maps to "", are ignored); without one the
    columns are guessed. Raises ImportRefused where the file as a whole cannot be used; as an Unmatched where only its columns
    have to be matched otherwise.
    """
    chosen = options or Options()
    known = KINDS.get(kind)
    if known is None:
        raise ImportRefused(f"There is no kind of record called {kind!r}. Use one of: {', '.join(KINDS)}.")
    if lines is not None and known.lines is None:
        raise ImportRefused(f"A {kind} has no lines. Leave the second file out.")
    sources = tuple(content(one, called) for one, called in ((source, name), (lines, lines_name)) if one is not None)
    plan, used, used_lines = lay_out(kind, sources, mapping, lines_mapping, chosen)
    return _previewed(database, company_id, plan, used, used_lines, sources, progress, closed)


def lay_out(
    kind: str,
    sources: tuple[Content, ...],
    mapping: Mapping[str, str] | None,
    lines_mapping: Mapping[str, str] | None,
    options: Options,
) -> tuple[Layout, dict[str, str], dict[str, str]]:
    """How the file, or the two files, are read, with what each column fills: as it is said, else guessed from the names."""
    table = joined(open_table(sources[0], options), kind, options)
    line_table = open_table(sources[1], options) if len(sources) > 1 else None
    used = dict(mapping) if mapping is not None else (guess_header if line_table else guess)(table.columns, kind)
    used_lines = _lines_mapping(kind, line_table, lines_mapping)
    return _laid_out(kind, table, used, line_table, used_lines, options), used, used_lines


def _laid_out(
    kind: str, table: Table, used: Mapping[str, str], lines: Table | None, used_lines: Mapping[str, str], options: Options
) -> Layout:
    """The layout, or an Unmatched with all that is needed to match the columns anew."""
    tried, tried_lines = ({column: name for column, name in each.items() if name} for each in (used, used_lines))
    matching = Matching(kind, table.columns, tried, lines.name if lines else "", lines.columns if lines else (), tried_lines)
    if not tried:
        said = f"No column of {table.name} is known: {', '.join(table.columns)}. Say which column holds what."
        above = "If that is a title, delete the rows above the names of the columns." if len(table.columns) == 1 else ""
        raise Unmatched(" ".join(each for each in (said, above, *table.notes) if each), matching)
    try:
        return layout(kind, table, used, lines, used_lines, options)
    except ImportRefused as refused:
        raise Unmatched(str(refused), matching) from None


def _lines_mapping(kind: str, table: Table | None, given: Mapping[str, str] | None) -> dict[str, str]:
    if table is None:
        return {}
    return dict(given) if given is not None else guess_lines(table.columns, kind)


def _previewed(
    database: Database,
    company_id: int,
    plan: Layout,
    used: dict[str, str],
    used_lines: dict[str, str],
    sources: tuple[Content, ...],
    progress: Progress | None,
    closed: Closed | None,
) -> Prepared:
    preview = Preview(plan, company_id, progress, closed)
    with database.reading() as connection:
        _refuse_unknown_company(connection, company_id)
        preview.run(lambda: nullcontext(connection))
    line_columns = plan.lines.columns if plan.lines else []
    problems = preview.reading.problems + preview.problems
    notes = [*plan.table.notes, *(plan.lines.notes if plan.lines else []), *preview.notes()]
    return Prepared(
        name=plan.table.name, lines_name=plan.lines.name if plan.lines else "", company_id=company_id, kind=plan.kind.name,
        columns=plan.table.columns, lines_columns=line_columns,
        mapping={column: name for column, name in used.items() if name},
        lines_mapping={column: name for column, name in used_lines.items() if name},
        ignored=[column for column in plan.table.columns if not used.get(column)],
        lines_ignored=[column for column in line_columns if not used_lines.get(column)],
        samples=preview.samples, counts=preview.counts(), line_rows=preview.reading.line_rows,
        problems=sorted(problems, key=lambda problem: (problem.file != plan.table.name, problem.row)),
        notes=notes, plan=plan, sources=sources, bad_rows=preview.bad, closed=closed,
    )  # fmt: skip


def _refuse_unknown_company(connection: Connection, company_id: int) -> None:
    company = Base.metadata.tables[Company.__tablename__]
    if connection.scalar(select(company.c.id).where(company.c.id == company_id)) is None:
        raise ImportRefused(f"There is no company {company_id}. Choose one that exists.")


# --- apply ------------------------------------------------------------------------------------------------------------------


def apply(database: Database, prepared: Prepared, *, mode: Mode = "good", progress: Progress | None = None) -> Result:
    """Write what `prepare` found: with "good" every good record, chunk by chunk; with "all" everything, or nothing at all.

    Running it twice changes nothing the second time, so after a crash or a full disk it is simply run again.
    Raises ImportRefused where a file changed since it was prepared, ImportStopped where the database gives up, and the
    Refused of a database that checks its transactions, with what was written before it. Whatever else breaks it off, such as
    a `progress` that raises, goes through with that as its note.
    """
    if not all(source.unchanged() for source in prepared.sources):
        raise ImportRefused(f"{prepared.name} was changed since the preview. Look at a new preview first.")
    if mode == "all" and prepared.problems:
        return Result(0, 0, 0, prepared.counts.records, prepared.problems)
    writing = Writing.of(prepared, progress)
    try:
        (_apply_all if mode == "all" else _apply_good)(database, writing)
    except DBAPIError as error:
        raise ImportStopped(_stopped(prepared, writing, mode, error)) from error
    except Refused as refusal:
        raise type(refusal)(f"{refusal} {_kept(prepared, writing, mode)}.") from refusal
    except BaseException as broken:  # a page that is drawn anew, or a program that is ended: no Exception
        broken.add_note(f"{_kept(prepared, writing, mode)}.")
        raise
    if mode == "all" and writing.problems:
        return Result(0, 0, 0, prepared.counts.records, writing.problems)
    return writing.result(prepared)


def _apply_good(database: Database, writing: Writing) -> None:
    writing.run(database.writing)
    _look_back(database, writing)


def _look_back(database: Database, writing: Writing) -> None:
    """Once all of it is committed, see whether others have given the same names meanwhile."""
    with database.reading() as connection:
        writing.look_back(connection)


def _apply_all(database: Database, writing: Writing) -> None:
    with suppress(NotAll), database.writing() as connection:
        writing.run(lambda: saving(connection))
        writing.require_all()
    if not writing.problems:
        _look_back(database, writing)


def _stopped(prepared: Prepared, writing: Writing, mode: Mode, error: DBAPIError) -> str:
    remedy = "Free space or wait, then import the same file again."
    return f"The database stopped the import of {prepared.name}: {error.orig}. {_kept(prepared, writing, mode)}. {remedy}"


def _kept(prepared: Prepared, writing: Writing, mode: Mode) -> str:
    done = 0 if mode == "all" else sum(writing.outcomes.values())
    return f"{done} of {prepared.counts.records} records are in, and stay" if done else "Nothing was written"
