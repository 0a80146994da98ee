"""One company on a working day, made by the same functions that make it in production: rows of every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.queries import Session
from syncengine.store import bindings, conflicts, cycles, errors, inbox, outbox, settings
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Lease, Outbox, Worker
from syncengine.terms import OutboxState, Trigger
from tests.support import copies

#: The moment of every seed, unless a test says otherwise: what its ManualClock shows.
NOON = datetime.fromisoformat("2026-01-15T17:00:00+00:00")


@dataclass(frozen=True)
class Seed:
    """What a test must know of the company: its session and the ids of its records and rows."""

    session: Session
    customers: dict[str, int]
    item: int
    invoice: int
    vendor: int
    cycle: int

    @property
    def database(self) -> Database:
        """The database."""
        return self.session.database


#: Kind of database, what is in it and moment -> what such a database holds, and its seed; the newest few.
_copies: dict[tuple[str, str, datetime], tuple[copies.Content, Seed]] = {}
_MOST = 4


def company(database: Database, name: str = "Harbour", *, now: datetime = NOON, zone: str = "America/New_York") -> Session:
    """A connected company with nothing in it, and a worker that is heard."""
    with database.writing() as connection:
        company_id = connection.execute(insert(Company).values(name=name, timezone=zone).returning(Company.id)).scalar_one()
        connection.execute(
            insert(Link).values(
                company_id=company_id, environment="emulator", state="connected", sample="demo", generation=1, token_version=0
            )
        )
        if connection.scalar(select(Worker.id)) is None:
            connection.execute(insert(Worker).values(id="host.boot.1", host="host", pid=1, started_at=now, beat_at=now))
    return Session(database, "Ada", company_id, ManualClock(now))


def busy(database: Database, name: str = "Harbour", *, now: datetime = NOON) -> Seed:
    """A company with a refused customer, a parked one, one in QuickBooks, and an invoice, an item and a vendor that wait."""
    return copied(database, name, now, lambda: _filled(database, name, now))


def copied(database: Database, what: str, now: datetime, fill: Callable[[], Seed]) -> Seed:
    """What `fill` puts into the database; where that holds nothing yet it is done once, and copied for whoever wants `what` again."""
    if not copies.untouched(database):
        return fill()
    wanted = (database.dialect, what, now)
    if wanted in _copies:
        content, seed = _copies[wanted]
        if copies.put(database, content):
            return replace(seed, session=replace(seed.session, database=database, clock=ManualClock(now)))
    seed = fill()
    taken = copies.taken(database)
    if taken is not None:
        _copies[wanted] = taken, seed
        while len(_copies) > _MOST:
            del _copies[next(iter(_copies))]
    return seed


def _filled(database: Database, name: str, now: datetime) -> Seed:
    session = company(database, name, now=now)
    company_id = session.company_id
    with database.writing() as connection:
        customers = {
            customer: writer.save(
                connection, "customer", company_id, {"code": code, "name": customer, "email": f"{code}@example.com"}
            )
            for code, customer in (("c1", "Alpine Outfitters"), ("c2", "Bluebird Bakery"), ("c3", "Coral Reef Diving"))
        }
        item = writer.save(connection, "item", company_id, {"code": "i1", "name": "Anchor", "unit_price": Decimal("19.90")})
        vendor = writer.save(connection, "vendor", company_id, {"code": "v1", "name": "Northern Chandlery"})
        line = {"item_id": item, "quantity": Decimal(2), "unit_price": Decimal("19.90")}
        invoice = writer.save(
            connection,
            "invoice",
            company_id,
            {"number": "1042", "customer_id": customers["Alpine Outfitters"], "txn_date": date(2026, 1, 14)},
            lines=[line],
        )
    capture.capture(database, session.clock)
    seed = Seed(session, customers, item, invoice, vendor, _first_cycle(session, now))
    _fail(seed, now)
    _settle(seed, now)
    return seed


def row_of(database: Database, kind: str, record_id: int) -> dict:
    """The newest outbox row of a record."""
    with database.reading() as connection:
        wanted = select(Outbox.__table__).where(Outbox.kind == kind, Outbox.record_id == record_id).order_by(Outbox.id.desc())
        return dict(connection.execute(wanted).mappings().first() or {})


def _first_cycle(session: Session, now: datetime) -> int:
    with session.database.writing() as connection:
        cycle_id = cycles.start(
            connection, session.company_id, now - timedelta(minutes=5), trigger=Trigger.MANUAL, by="Ada", fence=1
        )
        cycles.finish(
            connection,
            cycle_id,
            now - timedelta(minutes=4),
            result="errors",
            message="2 records could not be sent.",
            seconds=4.25,
            sent=7,
            received=3,
            failed=2,
            metered_reads=1,
            calls=5,
        )
    return cycle_id


def _fail(seed: Seed, now: datetime) -> None:
    """Alpine was refused for a taken name, Bluebird is parked; Bluebird failed first."""
    report = errors.Report(
        "6240",
        "Duplicate Name Exists Error: The name supplied already exists.",
        "QuickBooks has a vendor or employee of this name already.",
        "Give this customer another name, or rename the other one in QuickBooks.",
        "1-abc",
    )
    parked = errors.Report(
        "2210", "Invalid email", "The e-mail address is not valid.", "Correct the e-mail address of this customer."
    )
    alpine, bluebird = (
        row_of(seed.database, "customer", seed.customers[name]) for name in ("Alpine Outfitters", "Bluebird Bakery")
    )
    with seed.database.writing() as connection:
        outbox.move(
            connection, now, [outbox.Move(row["id"], OutboxState.RUNNING) for row in (alpine, bluebird)], cycle_id=seed.cycle
        )
        outbox.move(
            connection,
            now,
            [
                outbox.Move(
                    bluebird["id"],
                    OutboxState.PARKED,
                    changes={"failed_seq": 1, "message": parked.message, "reason": parked.cause, "attempts": 4},
                ),
                outbox.Move(
                    alpine["id"], OutboxState.RETRYABLE, changes={"failed_seq": 2, "message": report.message, "attempts": 1}
                ),
            ],
            cycle_id=seed.cycle,
        )
        rows = outbox.load(connection, [alpine["id"], bluebird["id"]])
        # The errors are written in the other order, so that a test sees which order counts.
        errors.record(connection, rows[alpine["id"]], now, seed.cycle, report)
        errors.record(connection, rows[bluebird["id"]], now, seed.cycle, parked)


def _settle(seed: Seed, now: datetime) -> None:
    """Coral is in QuickBooks, with a conflict; one QuickBooks vendor could not be applied; the next run is planned."""
    coral = seed.customers["Coral Reef Diving"]
    row = row_of(seed.database, "customer", coral)
    company_id = seed.session.company_id
    with seed.database.writing() as connection:
        outbox.move(connection, now, [outbox.Move(row["id"], OutboxState.RUNNING)])
        outbox.move(connection, now, [outbox.Move(row["id"], OutboxState.COMPLETED)])
        bindings.add(
            connection,
            company_id,
            now,
            [{"entity": "Customer", "kind": "customer", "record_id": coral, "qbo_id": "58", "sync_token": "0", "base": {}}],
        )
        conflicts.record(
            connection,
            company_id,
            now,
            entity="Customer",
            kind="customer",
            record_id=coral,
            label="Coral Reef Diving",
            clashes=[conflicts.Clash("PrimaryEmailAddr.Address", "c3@example.com", "dive@example.com", "office@example.com")],
        )
        inbox.put(
            connection,
            company_id,
            now,
            "Vendor",
            "77",
            label="Twice Ltd",
            deleted=False,
            payload='{"Id":"77"}',
            cause="The inventory has two vendors of this name.",
            remedy="Give one of them another name.",
        )
        settings.put(connection, company_id, "first_sync_done", value=True)
        connection.execute(insert(Lease).values(company_id=company_id, fence=1, next_run_at=now + timedelta(minutes=30)))
