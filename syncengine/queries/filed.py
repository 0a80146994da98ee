"""Files that the worker looks through and imports: what they would do, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.queries.session import Session
from syncengine.store import filed, longacts, people, rights

if TYPE_CHECKING:
    from syncengine.imports import Looked, Matching, Options, Problem


@dataclass(frozen=True)
class KeptImport:
    """A file that is too large for a click.

    Attributes:
        id: what `commands.ask_look` and `ask_import` want.
        kind, name, lines_name: what it holds, and the files' names; "" for no file of lines.
        by, at: who has brought it, and when.
        state: 'kept' (not looked through yet), 'looked', 'refused', 'asked' (to be imported) or 'ended'.
        options: how it is read.
        look: which look at it found that, as `commands.ask_import` wants to be told; each look has a number of its own.
        looked: what it would do, without the problems; None before it was looked through.
        refusal, matching: why it cannot be used, and how its columns were matched then, where that can be put right.
        problems: how many rows cannot go in, or did not: `kept_import_problems` has them.
        created, changed, unchanged, refused: how many records became what so far, beside those that `looked` says cannot go in.
        at_work: whether the worker is at it, or will be.
        outcome: what became of it, in sentences; empty before its end.
    """

    id: int
    kind: str
    name: str
    lines_name: str
    by: str
    at: datetime
    state: str
    options: Options
    look: int
    looked: Looked | None
    refusal: str
    matching: Matching | None
    problems: int
    created: int
    changed: int
    unchanged: int
    refused: int
    at_work: bool
    outcome: str


@rights.needs(rights.Permission.MANAGE)
def kept_import(session: Session, file_id: int | None = None) -> KeptImport | None:
    """The last file that the person has brought and that was too large for a click, or one by its id; None where it is gone.

    Somebody else's is an owner's to see, by its id, and nobody's but theirs.
    """
    with session.database.reading() as connection:
        if file_id is None:
            file = filed.newest(connection, session.company_id, people.known_as(session.actor))
        else:
            file = filed.load_for(connection, session, file_id)
        return _kept(connection, file) if file is not None and file["state"] != filed.KEEPING else None


@rights.needs(rights.Permission.MANAGE)
def kept_imports(session: Session) -> list[KeptImport]:
    """The files of `kept_import` that the person has brought, the newest first; what became of one is told for a week."""
    with session.database.reading() as connection:
        files = filed.every(connection, session.company_id, people.known_as(session.actor))
        return [_kept(connection, file) for file in files]


@rights.needs(rights.Permission.MANAGE)
def kept_import_problems(session: Session, file_id: int, start: int = 0, size: int = 50) -> list[Problem]:
    """Rows of a kept file that cannot go in, or did not, each with what to do: `size` of them, from the one in place `start`."""
    from syncengine.imports.portable import problems_of

    with session.database.reading() as connection:
        if filed.load_for(connection, session, file_id) is None:
            return []
        return problems_of(filed.problems(connection, session.company_id, int(file_id), int(start), int(size)))


def _kept(connection: Connection, file: RowMapping) -> KeptImport:
    from syncengine.imports import Options
    from syncengine.imports.portable import matching_of, options_of, seen

    tally = file["tally"]
    act = longacts.load_unlocked(connection, file["company_id"], file["act_id"]) if file["act_id"] else None
    return KeptImport(
        **{name: file[name] for name in ("id", "kind", "name", "lines_name", "state", "problems")},
        **{name: tally[name] for name in ("created", "changed", "unchanged", "refused")},
        by=file["kept_by"],
        at=file["kept_at"],
        options=options_of(file["reading"]["options"]) if "options" in file["reading"] else Options(),
        look=file["act_id"] or 0,
        looked=seen(file["company_id"], file["found"]) if file["found"] else None,
        refusal=file["refusal"] or "",
        matching=matching_of(file["matching"]) if file["matching"] else None,
        at_work=act is not None and act["state"] in {longacts.ASKED, longacts.DOING},
        outcome=(act["outcome"] if act is not None else None) or "",
    )

