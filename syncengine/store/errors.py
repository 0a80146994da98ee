"""Open errors: the newest one of each outbox row, and those of the connection as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox import chunks
from syncengine.store.tables import Error, Outbox

# What every page of the queue asks for is put into SQL once.
_OPEN = (Error.company_id == bindparam("company"), Error.closed_at.is_(None))
_OF_ROWS = select(Error.__table__).where(*_OPEN, Error.outbox_id.in_(bindparam("ids", expanding=True)))
_BY_IDS = select(Error.__table__).where(*_OPEN, Error.id.in_(bindparam("ids", expanding=True))).order_by(Error.id)
_ALL = select(Error.__table__).where(*_OPEN).order_by(Error.id)
_OF_CAUSES = select(Error.id).where(*_OPEN, Error.correction.in_(bindparam("causes", expanding=True)))
_RECOVERED = update(Error).where(*_OPEN, Error.outbox_id.is_(None)).values(closed_at=bindparam("new_at"), closed_why="recovered")
_COMPANIES = select(Outbox.company_id).where(Outbox.id.in_(bindparam("ids", expanding=True))).distinct()
# With their company, by which the index of the open errors finds them.
_OVER = (
    update(Error)
    .where(
        Error.company_id.in_(bindparam("companies", expanding=True)), Error.outbox_id.in_(bindparam("ids", expanding=True)),
        Error.closed_at.is_(None),
    )
    .values(closed_at=bindparam("new_at"), closed_why=bindparam("new_why"))
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What one failure says: QuickBooks' code and words, and ours."""

    code: str
    message: str
    cause: str
    remedy: str
    tid: str | None = None
    element: str | None = None
    group_key: str | None = None
    klass: str | None = None
    correction: str | None = None
    world: str | None = None


def _said(report: Report) -> dict[str, str | None]:
    """The columns of a report; what comes off the wire is cut to what they hold."""
    return {
        "code": report.code[:32],
        "message": report.message,
        "cause": report.cause,
        "remedy": report.remedy,
        "tid": report.tid and report.tid[:100],
        "element": report.element and report.element[:200],
        "group_key": report.group_key and report.group_key[:200],
        "klass": report.klass,
        "correction": report.correction,
        "world": report.world,
    }


#: What is known better once QuickBooks was asked about a failure.
_ASKED = frozenset({"cause", "remedy", "klass", "correction", "group_key"})
#: The code of a record that could not even be built: its own words are all that there is.
_LOCAL = "local"


def _same(known: RowMapping, said: Mapping[str, str | None]) -> bool:
    """Whether the row has failed in the same way as before."""
    words = ("code", "message", "element", *(("cause",) if known["code"] == _LOCAL else ()))
    return all(known[name] == said[name] for name in words)


def record(connection: Connection, row: RowMapping, at: datetime, cycle_id: int, report: Report, *, counts: bool = True) -> str:
    """Open the row's error, or renew it: one more completed cycle has tried in vain (unless it does not count).

    Returns what the error then tells a person, cause and remedy.
    """
    known = (
        connection.execute(select(Error.__table__).where(Error.outbox_id == row["id"], Error.closed_at.is_(None)))
        .mappings()
        .first()
    )
    said = _said(report)
    if known is not None and _same(known, said):
        # What QuickBooks told about this very failure, once it was asked, still holds.
        said = {name: value for name, value in said.items() if name not in _ASKED or known[name] is None}
    if known is None:
        connection.execute(
            insert(Error).values(
                company_id=row["company_id"],
                outbox_id=row["id"],
                entity=row["entity"],
                kind=row["kind"],
                record_id=row["record_id"],
                label=row["label"],
                first_cycle_id=cycle_id,
                last_cycle_id=cycle_id,
                tries=0,
                opened_at=at,
                **said,
            )
        )
    else:
        again = counts and known["last_cycle_id"] != cycle_id
        connection.execute(
            update(Error)
            .where(Error.id == known["id"])
            .values(last_cycle_id=cycle_id, tries=known["tries"] + 1 if again else known["tries"], label=row["label"], **said)
        )
    tells = {**(known or {}), **said}
    return f"{tells['cause']} {tells['remedy']}"


def of_connection(connection: Connection, company_id: int, at: datetime, cycle_id: int | None, report: Report) -> None:
    """Open the company's own error (no record is to blame), replacing an earlier one."""
    connection.execute(
        update(Error)
        .where(Error.company_id == company_id, Error.outbox_id.is_(None), Error.closed_at.is_(None))
        .values(closed_at=at, closed_why="replaced")
    )
    connection.execute(
        insert(Error).values(
            company_id=company_id,
            **_said(report),
            first_cycle_id=cycle_id,
            last_cycle_id=cycle_id,
            tries=0,
            opened_at=at,
            entity="",
            kind="",
            label="",
        )
    )


def close_connection(connection: Connection, company_id: int, at: datetime) -> None:
    """The connection works again."""
    connection.execute(_RECOVERED, {"company": company_id, "new_at": at})


def close(connection: Connection, outbox_ids: Iterable[int], at: datetime, why: str) -> None:
    """The rows' errors are over: sent, edited or removed."""
    for part in chunks(outbox_ids):
        companies = connection.scalars(_COMPANIES, {"ids": part}).all()
        connection.execute(_OVER, {"companies": companies, "ids": part, "new_at": at, "new_why": why})


def open_of(connection: Connection, company_id: int, *, causes: Collection[str] | None = None) -> list[RowMapping]:
    """All open errors of a company, or those of some causes, in the order in which they arose."""
    if causes is not None:
        # Their ids are found in an index alone; whole rows would be looked at one by one.
        ids = connection.scalars(_OF_CAUSES, {"company": company_id, "causes": sorted(causes)}).all()
        return list(connection.execute(_BY_IDS, {"company": company_id, "ids": ids}).mappings()) if ids else []
    return list(connection.execute(_ALL, {"company": company_id}).mappings())


def of_rows(connection: Connection, company_id: int, outbox_ids: Iterable[int]) -> list[RowMapping]:
    """The open errors of these rows of the outbox; one row has one at most."""
    found: list[RowMapping] = []
    for part in chunks(outbox_ids):
        found += connection.execute(_OF_ROWS, {"company": company_id, "ids": part}).mappings().all()
    return found


def by_ids(connection: Connection, company_id: int, error_ids: Iterable[int]) -> dict[int, RowMapping]:
    """Those of the errors that are open."""
    found: dict[int, RowMapping] = {}
    for part in chunks(error_ids):
        found.update({row["id"]: row for row in connection.execute(_BY_IDS, {"company": company_id, "ids": part}).mappings()})
    return found


def told(connection: Connection, error_id: int, report: Report) -> None:
    """What is known of an open error by now, after QuickBooks was asked; it counts no further failure."""
    connection.execute(update(Error).where(Error.id == error_id).values(**_said(report)))


def tries(connection: Connection, outbox_id: int) -> int:
    """How many completed cycles have tried the row again since it first failed."""
    return connection.scalar(select(Error.tries).where(Error.outbox_id == outbox_id, Error.closed_at.is_(None))) or 0
