"""Importing a file: looked at first, written when the person says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, people, rights, settings

if TYPE_CHECKING:
    from syncengine.imports import Closed, Prepared, Result


@rights.needs(rights.Permission.MANAGE)
def prepare_import(session: Session, kind: str, source: Any, **options: Any) -> Prepared:
    """Read a file and say what it would bring, writing nothing; `options` are those of `imports.prepare`.

    Documents in closed books are among the rows that cannot go in.
    """
    from syncengine import imports

    return imports.prepare(session.database, session.company_id, kind, source, closed=_closed(session, kind), **options)


@rights.needs(rights.Permission.MANAGE)
def apply_import(
    session: Session,
    prepared: Prepared,
    *,
    mode: Literal["good", "all"] = "good",
    progress: Callable[..., None] | None = None,
) -> Result:
    """Write what was prepared: the good rows, or all rows or none; what changed is queued like any other edit.

    Whatever breaks it off, by `progress` too, is in the audit trail with how much had gone in, and goes through with that as
    its note.
    """
    from syncengine import imports

    if prepared.company_id != session.company_id:
        raise Refused("This import was prepared for another company. Prepare it again in this one.")
    try:
        result = imports.apply(session.database.checked(_as_prepared(prepared)), prepared, mode=mode, progress=progress)
    except (Refused, imports.ImportStopped) as stopped:
        _note(session, prepared, "import stopped", {"mode": mode, "why": str(stopped)})
        raise
    except BaseException as broken:
        why = " ".join(["It was broken off.", *getattr(broken, "__notes__", ())])
        _note(session, prepared, "import stopped", {"mode": mode, "why": why})
        raise
    counts = {name: getattr(result, name) for name in ("created", "changed", "unchanged", "rejected")}
    _note(session, prepared, "imported", {"mode": mode, **counts})
    return result


def _as_prepared(prepared: Prepared) -> Callable[[Connection], None]:
    """A check in each transaction: the books are still closed up to the day that the preview went by."""

    def check(connection: Connection) -> None:
        people.hold(connection, prepared.company_id)
        still_closed_as(connection, prepared.company_id, prepared.kind, prepared.closed)

    return check


def still_closed_as(connection: Connection, company_id: int, kind: str, closed: Closed | None) -> None:
    """Raise Refused unless the books are still closed as they were when the file was looked at."""
    if _until(connection, company_id, kind) != closed:
        raise Refused("The closing date was changed since the preview. Look at a new preview first.")


def _note(session: Session, prepared: Prepared, event: str, detail: dict[str, Any]) -> None:
    """The line of the audit trail: also of what was written before a right was taken away."""
    told = {"file": prepared.name, **detail}
    with session.database.unchecked().writing() as connection:
        line = audit.Line(event, session.actor, prepared.kind, detail=told)
        audit.write(connection, session.company_id, session.clock.now(), [line])


@rights.needs(rights.Permission.MANAGE)
def import_file(
    session: Session,
    kind: str,
    source: Any,
    *,
    mode: Literal["good", "all"] = "good",
    progress: Callable[..., None] | None = None,
    **options: Any,
) -> Result:
    """Prepare and apply in one go, for scripts and notebooks."""
    prepared = prepare_import(session, kind, source, progress=progress, **options)
    return apply_import(session, prepared, mode=mode, progress=progress)


def _closed(session: Session, kind: str) -> Closed | None:
    with session.database.reading() as connection:
        return _until(connection, session.company_id, kind)


def _until(connection: Connection, company_id: int, kind: str) -> Closed | None:
    """The closed books, by every day that records of a kind bear in QuickBooks: an order's own, and that of its costs."""
    from syncengine.entities import BY_KIND
    from syncengine.imports import Closed

    until = settings.all_of(connection, company_id)["closing_date"]
    columns = {"txn_date", *(entity.day for entity in BY_KIND.get(kind, ()) if entity.document)}
    return Closed(until, tuple(sorted(columns))) if until is not None else None
