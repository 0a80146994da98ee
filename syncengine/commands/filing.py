"""Importing a file that is too large for a click: it is kept, and the worker looks through it and imports it in portions.

`importing` does the same at once, for scripts and notebooks; pages do so up to `AT_ONCE` rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.commands._session import Session
from syncengine.commands.longacts import insist_on_rest, put_down
from syncengine.errors import Refused
from syncengine.store import filed, longacts, people, rights

if TYPE_CHECKING:
    from syncengine.imports import Options
    from syncengine.imports.options import Progress
    from syncengine.imports.table import Content, Source

#: Bytes of a file, with that of its lines, that is kept at most: a million rows of sixty letters.
MOST_KEPT = 64 * 2**20


@rights.needs(rights.Permission.MANAGE)
def keep_import(
    session: Session, kind: str, source: Source, *, name: str = "", lines: Source | None = None, lines_name: str = "",
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Keep a file, piece by piece, for the worker to look through: what `ask_look` and `ask_import` call it.

    It takes the place of what the person has brought before and that is not imported, is read by nobody but them and the
    company's owners, and goes when it is imported, or after a day. `progress` is told how many bytes are kept, of how many.

    Raises Refused where it is larger than 64 MB, the worker is still at something, or another one takes its place meanwhile.
    """
    from syncengine.imports.portable import pieces
    from syncengine.imports.table import content

    files = [content(source, name), *([content(lines, lines_name)] if lines is not None else [])]
    if sum(each.size for each in files) > MOST_KEPT:
        raise Refused(
            f"{files[0].name} is larger than {MOST_KEPT // 2**20} MB. Split it into several files, or import it by "
            "`python -m syncengine import`."
        )
    file_id = _begin(session, kind, files)
    whole, there = sum(each.size for each in files), 0
    for of_lines, each in enumerate(files):
        for size, piece in pieces(each):  # a short transaction each: others write meanwhile
            with session.database.writing() as connection:
                _insist_on_place(connection, session, file_id)
                filed.add_piece(connection, session.company_id, file_id, piece, of_lines=bool(of_lines))
            there += size
            if progress is not None:
                progress(there, whole)
    with session.database.writing() as connection:
        _insist_on_place(connection, session, file_id)
        filed.put(connection, file_id, state=filed.KEPT)
    return file_id


def _insist_on_place(connection: Connection, session: Session, file_id: int) -> None:
    """Raise Refused where the person has brought another file, in another tab, while the pieces of this one came."""
    if filed.load(connection, session.company_id, file_id, locked=True) is None:
        raise Refused("Another file that you chose at the same time has taken the place of this one. Choose this one again.")


def _begin(session: Session, kind: str, files: list[Content]) -> int:
    from syncengine.imports.portable import lines_in

    by = people.known_as(session.actor)
    reading = {"rows": sum(lines_in(each) for each in files)}
    new = filed.NewFile(by, kind, files[0].name, files[1].name if len(files) > 1 else "", reading)
    with session.database.writing() as connection:
        longacts.hold(connection, session.company_id)
        insist_on_rest(connection, session)
        filed.drop(connection, filed.unended(connection, session.company_id, by))
        return filed.begin(connection, session.company_id, session.clock.now(), new)


@rights.needs(rights.Permission.MANAGE)
def ask_look(
    session: Session,
    file_id: int,
    *,
    mapping: Mapping[str, str] | None = None,
    lines_mapping: Mapping[str, str] | None = None,
    options: Options | None = None,
) -> int:
    """Ask for a kept file to be looked through, as `prepare_import` does, again with other columns or options; the act's id.

    Nothing is written. `queries.kept_import` tells what was found.
    """
    from syncengine.imports import Options as Chosen

    said = {"mapping": mapping, "lines_mapping": lines_mapping, "options": asdict(options or Chosen())}
    with session.database.writing() as connection:
        longacts.hold(connection, session.company_id)
        insist_on_rest(connection, session)
        file = _waiting(connection, session, file_id)
        filed.forget_problems(connection, file["id"])
        act_id = put_down(connection, session, longacts.LOOK, _about(file), (), file["reading"]["rows"])
        filed.put(connection, file["id"], state=filed.KEPT, reading={**file["reading"], **said}, act_id=act_id)
    return act_id


@rights.needs(rights.Permission.MANAGE)
def ask_import(session: Session, file_id: int, look: int, *, mode: Literal["good", "all"] = "good") -> int:
    """Ask for the good rows of a file that was looked through to be written in portions; the id of what was asked for.

    `look` is which look the person has seen: `KeptImport.look`. What turns out otherwise is told at the end, and so are the
    rows that cannot go in. With `mode` "all" it goes in only if every row is good: the worker looks through it once more, and
    writes nothing while one is not. That is no single transaction: what others make bad while it goes in is left out and told,
    and what is in stays in when it is stopped.

    Raises Refused where it was looked through anew since, there is nothing to write, or a row is bad that must not be.
    """
    from syncengine.imports import Counts

    with session.database.writing() as connection:
        longacts.hold(connection, session.company_id)
        insist_on_rest(connection, session)
        file = _waiting(connection, session, file_id)
        if file["state"] != filed.LOOKED or file["act_id"] != look:
            raise Refused("This file was looked through anew since you saw it. Look at what it would do now, then import it.")
        seen = Counts(**file["found"]["counts"])
        if not seen.new + seen.changed:
            raise Refused("There is nothing to write: no good row is new, or changes anything.")
        if mode == "all" and file["problems"]:
            raise Refused("Not every row of this file is good. Correct those that are named, or let the good ones go in.")
        numbers = (seen.new, seen.changed, seen.unchanged, seen.bad)
        about = {**_about(file), "mode": mode}
        act_id = put_down(connection, session, longacts.IMPORT, about, numbers, seen.records - seen.bad)
        filed.put(connection, file["id"], state=filed.ASKED, staged=False, tally=dict(filed.NOTHING), act_id=act_id)
    return act_id


@rights.needs(rights.Permission.MANAGE)
def drop_import(session: Session, file_id: int) -> None:
    """Forget a kept file of one's own, and what became of it; an owner may forget anybody's. Refused while the worker is at it."""
    with session.database.writing() as connection:
        longacts.hold(connection, session.company_id)
        file = filed.load_for(connection, session, file_id, locked=True)
        if file is None:
            return
        act = longacts.open_of(connection, session.company_id)
        if act is not None and act["conditions"].get("file") == file["id"]:
            raise Refused("The worker is at this file just now. Stop it first, or wait for its end.")
        filed.drop(connection, [file["id"]])


def _about(file: RowMapping) -> dict[str, Any]:
    return {"file": file["id"], "name": file["name"], "by": file["kept_by"]}


def _waiting(connection: Connection, session: Session, file_id: int) -> RowMapping:
    """A kept file of the person, or of anybody for an owner, that is not on its way in yet."""
    file = filed.load_for(connection, session, file_id, locked=True)
    if file is None or file["state"] not in {filed.KEPT, filed.LOOKED, filed.REFUSED}:
        raise Refused("This file is not kept any more. Choose it again.")
    return file
