"""Importing a file: looked at first, written when the person says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, rights, settings

if TYPE_CHECKING:
    from syncengine.imports import Prepared, Result


@rights.needs(rights.Permission.MANAGE)
def prepare_import(session: Session, kind: str, source: Any, **options: Any) -> Prepared:
    """Read a file and say what it would bring, writing nothing; `options` are those of `imports.prepare`.

    Documents in closed books are among the rows that cannot go in.
    """
    from syncengine import imports

    return imports.prepare(session.database, session.company_id, kind, source, closed=_closed(session), **options)


@rights.needs(rights.Permission.MANAGE)
def apply_import(
    session: Session,
    prepared: Prepared,
    *,
    mode: Literal["good", "all"] = "good",
    progress: Callable[..., None] | None = None,
) -> Result:
    """Write what was prepared: the good rows, or all rows or none; what changed is queued like any other edit."""
    from syncengine import imports

    if prepared.company_id != session.company_id:
        raise Refused("This import was prepared for another company. Prepare it again in this one.")
    if prepared.closed != _closed(session):
        raise Refused("The closing date was changed since the preview. Look at a new preview first.")
    result = imports.apply(session.database, prepared, mode=mode, progress=progress)
    now = session.clock.now()
    with session.database.writing() as connection:
        audit.write(
            connection,
            session.company_id,
            now,
            [audit.Line("imported", session.actor, prepared.kind, detail=_summary(prepared, result, mode))],
        )
    return result


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


def _closed(session: Session) -> date | None:
    with session.database.reading() as connection:
        day: date | None = settings.all_of(connection, session.company_id)["closing_date"]
    return day


def _summary(prepared: Any, result: Any, mode: str) -> dict[str, Any]:
    counts = {name: getattr(result, name) for name in ("created", "changed", "unchanged", "rejected") if hasattr(result, name)}
    return {"file": str(getattr(prepared, "name", "") or ""), "mode": mode, **counts}
