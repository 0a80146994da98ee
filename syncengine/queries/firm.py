"""All companies of an installation at a glance, for whoever looks after several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case, exists, select

from syncengine.clock import Clock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.queries.health import overview_of
from syncengine.store import connections, rights
from syncengine.store.tables import Brake, Conflict, Cycle, Drift, Error
from syncengine.store.tables import Connection as Link

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "id": "int64",
    "name": "str",
    "timezone": "str",
    "environment": "str",
    "sample": "str",
    "light": "str",
    "health": "str",
    "says": "str",
    "waiting": "int64",
    "attention": "int64",
    "decisions": "int64",
    "automatic": "str",
    "last_sync_at": "datetime64[us, UTC]",
    "next_run_at": "datetime64[us, UTC]",
}


@rights.open_to_all
def companies_overview(
    database: Database, clock: Clock, *, actor: str = "", signed_in: bool = False, page: int = 1, size: int = 25
) -> pd.DataFrame:
    """One row for each company that `actor` may see, those in trouble first, then by name; a page of them at a time.

    Columns: id, name, timezone, environment, sample, light (`check`, `x` or `none`), health, says (what is poor, the worst
    first), waiting (records that will be sent), attention (records that need a look), decisions (that wait for a person),
    automatic, last_sync_at (when a run last ended), next_run_at.
    """
    from syncengine.queries._frames import frame

    now = clock.now()
    wanted = select(Company.id).order_by(_ease(), Company.name, Company.id).offset((int(page) - 1) * int(size)).limit(int(size))
    with database.reading() as connection:
        if signed_in or not is_local(database.url):
            wanted = wanted.where(Company.id.in_(rights.companies_of(connection, actor)))
        mine = connection.scalars(wanted).all()
        rows = [(each, overview_of(connection, each, now)) for each in mine]
    return frame(
        [
            {
                "id": company_id,
                "name": seen.company,
                "timezone": seen.timezone,
                "environment": seen.environment,
                "sample": seen.sample,
                "light": seen.light,
                "health": seen.health.value,
                "says": " ".join(seen.reasons),
                "waiting": seen.queue.sending,
                "attention": seen.attention,
                "decisions": seen.troubles.decisions,
                "automatic": seen.automatic,
                "last_sync_at": seen.last_run["finished_at"] if seen.last_run else None,
                "next_run_at": seen.next_run_at,
            }
            for company_id, seen in rows
        ],
        _COLUMNS,
    )


#: How a company with a connection stands that needs nobody for it: one that was let in again signs in by itself.
_AT_EASE = ("connected", connections.RETURNS, connections.NEVER)


def _ease() -> ColumnElement[int]:
    """How a company is by what its tables say: 0 where its sync does not work, 1 where something waits for a person, else 2.

    The health of the page's own companies says more; to reckon it for all of them takes a dozen questions each.
    """

    def there(table: type[Brake | Conflict | Drift | Error], ended: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(table.company_id == Company.id, ended)

    newest = select(Cycle.result).where(Cycle.company_id == Company.id, Cycle.finished_at.is_not(None))
    last = newest.order_by(Cycle.id.desc()).limit(1).scalar_subquery()
    cut = exists().where(Link.company_id == Company.id, connections.stands().not_in(_AT_EASE))
    return case(
        (cut, 0),
        (last == "failed", 0),
        (there(Brake, Brake.answered_at.is_(None)), 0),
        (last.in_(["errors", "interrupted"]), 1),
        (there(Error, Error.closed_at.is_(None)), 1),
        (there(Conflict, Conflict.resolved_at.is_(None)), 1),
        (there(Drift, Drift.resolved_at.is_(None)), 1),
        else_=2,
    )
