"""The stage: a scratch installation with an emulator in memory, under a clock that is walked through past days.

Nothing on it is pretended: records are saved as the inventory program saves them, people act through `commands`, syncs are
the engine's own, and QuickBooks is the emulator's core. Only the time is not the machine's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from cryptography.fernet import Fernet
from sqlalchemy import insert, select, text, update

from syncengine import inventory
from syncengine.chance import SeededChance
from syncengine.clock import ManualClock
from syncengine.db.base import Base, Company
from syncengine.db.engine import Database
from syncengine.emulator import Emulator, EmulatorAdapter
from syncengine.engine import capture, cycle, triggers
from syncengine.engine.site import Site
from syncengine.errors import Bug
from syncengine.inventory import changes, reader
from syncengine.inventory.tables import KINDS
from syncengine.quickbooks import Endpoints, session_factory, wire
from syncengine.settings import Settings
from syncengine.store import bindings, connections, leases, outbox
from syncengine.store.tables import Connection, Lease
from syncengine.store.vault import open_vault
from syncengine.terms import Trigger

#: No such host exists: every request goes to the emulator object, without a socket.
_ADDRESS = "https://quickbooks.sample"
#: What tokens, orders and chances are drawn from: the same day is the same in every detail.
_SEED = 7
#: The worker that ran the past syncs, by name.
OWNER = "sample"
#: How QuickBooks' own list calls what a person calls by its number or name.
_CALLED = {"Customer": "DisplayName", "Vendor": "DisplayName", "Item": "Name", "Account": "Name"}


@dataclass(frozen=True)
class Person:
    """Somebody who acts in the sample company; what a command asks for."""

    database: Database
    actor: str
    company_id: int
    clock: ManualClock


@dataclass
class Stage:
    """One company on the scratch installation, and short words for what happens in it.

    Attributes:
        company_id: the company's key, the same as it will have in the installation.
        realm: the realm of its QuickBooks company.
        anchor: the moment at which the day ends, in UTC.
        zone: the company's time zone.
    """

    site: Site
    emulator: Emulator
    clock: ManualClock
    company_id: int
    realm: str
    anchor: datetime
    zone: str
    _ids: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Table -> the last id that was dated by this clock.
    _dated: dict[str, int] = field(default_factory=dict)

    # --- time --------------------------------------------------------------------------------------------------

    def at(self, days: int, hours: float) -> None:
        """Walk on to `hours` before the moment at which the day `days` ago ended; never back."""
        moment = self.anchor - timedelta(days=days, hours=hours)
        self.clock.advance((moment - self.clock.now()).total_seconds())

    @property
    def clocks(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.zone)

    def day(self, days: int) -> date:
        """The calendar day `days` before the last one, in the company's zone."""
        return self.anchor.astimezone(self.clocks).date() - timedelta(days=days)

    # --- what people do here -----------------------------------------------------------------------------------

    def person(self, name: str) -> Person:
        """Somebody at work."""
        return Person(self.site.database, name, self.company_id, self.clock)

    def save(self, kind: str, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] | None = None) -> int:
        """Save a record as the inventory program does; its key is what it is called by from then on."""
        made = inventory.save(self.site.database, kind, values, lines, self.company_id)
        if "id" not in values:
            self._ids[kind, str(values[KINDS[kind].label])] = made
        return made

    def id(self, kind: str, called: str) -> int:
        """The key of a record by its name or number, whether it was saved here or came from QuickBooks."""
        known = self._ids.get((kind, called))
        if known is None:
            with self.site.database.reading() as connection:
                [known] = reader.find(connection, kind, self.company_id, KINDS[kind].label, [called])[called]
            self._ids[kind, called] = known
        return known

    def record(self, kind: str, called: str) -> reader.Record:
        """A record with its lines."""
        with self.site.database.reading() as connection:
            return reader.load(connection, kind, self.company_id, [self.id(kind, called)])[self.id(kind, called)]

    def capture(self) -> None:
        """What the worker does each second: what was saved waits in the queue."""
        capture.capture(self.site.database, self.clock)
        self._date_records()

    def seen(self, kind: str, called: str) -> list[tuple[int, int]]:
        """The open rows of a record in the queue as a person sees them: ids and versions."""
        wanted = self.id(kind, called)
        with self.site.database.reading() as connection:
            rows = outbox.rows(connection, self.company_id)
        return [(row["id"], row["version"]) for row in rows if (row["kind"], row["record_id"]) == (kind, wanted)]

    # --- what happens in QuickBooks ----------------------------------------------------------------------------

    def bookkeeper(self, action: str, **wish: Any) -> dict[str, Any]:
        """What the bookkeeper does in QuickBooks."""
        answer: dict[str, Any] = self._control("actor", {"realm_id": self.realm, "action": action, **wish}).get("object", {})
        return answer

    def there(self, entity: str, called: str) -> dict[str, Any]:
        """An object of QuickBooks by its name or number."""
        with self.emulator.parts.state.lock:
            books = self.emulator.parts.register.books(self.emulator.companies[self.realm])
            column = "doc" if entity not in _CALLED else "name"
            [(id_, _)] = books.ids(entity, column, called if column == "doc" else called.casefold())
            return dict(books.known(entity, id_) or {})

    def twin(self, entity: str, kind: str, called: str) -> dict[str, Any]:
        """The object of QuickBooks that belongs to a record."""
        with self.site.database.reading() as connection:
            bound = bindings.of_records(connection, self.company_id, entity, kind, [self.id(kind, called)])
        qbo_id = str(bound[self.id(kind, called)]["qbo_id"])
        with self.emulator.parts.state.lock:
            books = self.emulator.parts.register.books(self.emulator.companies[self.realm])
            return dict(books.known(entity, qbo_id) or {})

    def calm(self) -> None:
        """All trouble is over."""
        self.emulator.parts.mischief.disarm()

    def trouble(self, **fault: Any) -> None:
        """The network between here and QuickBooks fails."""
        self._control("faults", fault)

    def _control(self, path: str, body: Any) -> Any:
        with self.site.http(Endpoints.emulator(_ADDRESS))() as session:
            reply = session.post(f"{_ADDRESS}/_emulator/{path}", data=wire.dumps(body), timeout=60)
        if not reply.ok:
            raise Bug(f"The sample's {path} is refused: {reply.text}")
        return wire.loads(reply.text)

    # --- syncs -------------------------------------------------------------------------------------------------

    def sync(self, by: str) -> cycle.Result:
        """Somebody presses Sync now."""
        return self._run(Trigger.MANUAL, by)

    def automatic(self) -> cycle.Result:
        """The automatic sync that is due next: the clock walks on to its moment."""
        with self.site.database.reading() as connection:
            due = connection.scalar(select(Lease.next_run_at).where(Lease.company_id == self.company_id))
        if due is not None:
            self.clock.advance((due - self.clock.now()).total_seconds())
        return self._run(Trigger.AUTOMATIC, "schedule")

    def _run(self, trigger: Trigger, by: str) -> cycle.Result:
        result = cycle.run(self.site, self.company_id, trigger=trigger, by=by, owner=OWNER)
        self._date_records()
        return result

    def _date_records(self) -> None:
        """Date new records by this clock: the database has stamped them with the machine's own."""
        with self.site.database.writing() as connection:
            last: dict[str, int] = dict(connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all())
            for table in [each for kind in KINDS.values() for each in (kind.table, kind.lines) if each is not None]:
                before, now = self._dated.get(table.name, 0), last.get(table.name, 0)
                if now > before:
                    connection.execute(update(table).where(table.c.id > before).values(created_at=self.clock.now()))
                    self._dated[table.name] = now


@contextmanager
def raised(
    anchor: datetime, begins: timedelta, *, company_id: int = 1, name: str = "Demo", zone: str = "America/Los_Angeles",
    numbers: Mapping[str, int] | None = None,
) -> Iterator[Stage]:
    """A stage on which a company has just been added, `begins` before `anchor`; it is gone at the end of the block.

    `numbers` says, by table, after which id its rows are numbered, so that they can be put elsewhere as they are.
    """
    with tempfile.TemporaryDirectory(prefix="tieout-sample-") as folder:
        clock = ManualClock(anchor - begins)
        database = Database(f"sqlite:///{Path(folder) / 'sample.db'}", scratch=True)
        emulator = Emulator(clock=clock, seed=_SEED, switches={"latency": "realistic"})
        try:
            _prepare(database, numbers or {})
            key = Fernet.generate_key().decode()
            settings = Settings(database_url=database.url, data=Path(folder), key=key)
            site = Site(database, settings, clock, SeededChance(_SEED), lambda: _ADDRESS, _mounted(emulator), senders=1)
            realm = emulator.add_company("demo", zone=zone).realm
            _add_company(site, company_id, name, zone, realm)
            yield Stage(site, emulator, clock, company_id, realm, anchor, zone)
        finally:
            emulator.close()
            database.close()


def _prepare(database: Database, numbers: Mapping[str, int]) -> None:
    """All tables and triggers at once: nobody else will ever see this database, so it needs no history of versions."""
    with database.writing() as connection:
        Base.metadata.create_all(connection)
        changes.install(connection, triggers.ALSO)
        for table, last in numbers.items():
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": table, "seq": last})


def _add_company(site: Site, company_id: int, name: str, zone: str, realm: str) -> None:
    vault = open_vault(site.settings)
    with site.database.writing() as connection:
        now = site.clock.now()
        connection.execute(insert(Company).values(id=company_id, name=name, timezone=zone, created_at=now))
        connections.add(connection, company_id, environment="emulator", sample="demo")
        tied = {"realm": vault.seal(realm), "realm_hash": vault.fingerprint(realm)}
        connection.execute(update(Connection).where(Connection.company_id == company_id).values(tied))
        leases.row(connection, company_id)


def _mounted(emulator: Emulator) -> Callable[[Endpoints], Callable[[], requests.Session]]:
    """A factory of sessions that lead to the emulator object."""

    def factory(endpoints: Endpoints) -> Callable[[], requests.Session]:
        def make() -> requests.Session:
            session = session_factory(endpoints)()
            session.trust_env = False
            session.mount(_ADDRESS, EmulatorAdapter(emulator))
            return session

        return make

    return factory
