"""Making a sample company's day and putting it in place: once, whole, and again from the start where it was cut off.

The day is played on a stage of its own. Then its QuickBooks company is set up in the installation's emulator under a new
realm, and in one transaction the company's rows and its realm are changed for the day's. Until that transaction the company
is as it was; after it, the realm that was needed before is taken away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from sqlalchemy import Connection, select, update

from syncengine.db.base import Company
from syncengine.emulator.packing import pack
from syncengine.engine import connect, holding
from syncengine.engine.run import Stopped
from syncengine.engine.site import Site
from syncengine.errors import Bug, LeaseLost, Refused, TransportLost
from syncengine.failpoints import failpoint
from syncengine.sample import day, moving
from syncengine.sample.stage import raised
from syncengine.store import audit, connections, leases, samples
from syncengine.store.tables import Audit, Lease
from syncengine.store.tables import Connection as Link
from syncengine.store.vault import open_vault

#: The line of the audit trail that survives each day that comes after it.
EVENT = "sample day made"
#: A pack of a megabyte or two on loopback.
_SECONDS = 60.0
#: Realms of days are numbers like QuickBooks' own, far from those that the emulator counts up itself.
_REALM = 9_341_000_000_000_000
_LINES = {"Content-Type": "application/x-ndjson"}


@dataclass(frozen=True)
class Day:
    """A day as it was made: the rows of its company, and its QuickBooks company as lines of a pack."""

    anchor: datetime
    rows: moving.Rows = field(repr=False)
    books: tuple[str, ...] = field(repr=False)
    #: The plan of its schedule, and since when it is connected.
    lease: dict[str, Any]
    connected_at: datetime


def make(
    site: Site, company_id: int, *, owner: str, stop: threading.Event | None = None, dead: Callable[[str], bool] = lambda _: False
) -> bool:
    """Make the day that is wanted and put it in place; False where nobody wants one (any more).

    `owner` is this process's name for the lease, and `dead` says of another owner's name that its process is known to be
    gone. When `stop` is set, it ends at the next sync of the day; the wish stays.

    Raises LockBusy while another owner syncs the company or makes its day, and whatever keeps it from being made.
    """
    wish, fence = _claimed(site, company_id, owner, dead)
    if fence == 0:
        return False
    making = _Making(site, company_id, wish, fence, stop or threading.Event())
    try:
        with holding.kept(site, company_id, fence, making.lost):
            making.run()
    except (Stopped, LeaseLost):
        raise
    except Exception as error:
        making.failed(error)
        raise
    finally:
        holding.give_back(site, company_id, fence)
    return True


def played(
    anchor: datetime, *, company_id: int = 1, name: str = "Demo", zone: str = "America/Los_Angeles",
    numbers: dict[str, int] | None = None, say: Callable[[int, int], None] = lambda _done, _total: None,
) -> Day:
    """Play the day that ends at `anchor`, and keep what came of it. The same arguments give the same day."""
    with raised(anchor, day.BEGINS, company_id=company_id, name=name, zone=zone, numbers=numbers) as stage:
        day.play(stage, say)
        with stage.site.database.reading() as connection:
            rows = moving.take(connection, company_id)
            lease = dict(connection.execute(select(Lease.__table__).where(Lease.company_id == company_id)).mappings().one())
            since = connections.get(connection, company_id)["connected_at"]
        with stage.emulator.parts.state.lock:
            books = tuple(pack(stage.emulator.parts, stage.realm))
    plan = {each: lease[each] for each in ("next_run_at", "planned_for", "planned_since")}
    return Day(anchor, rows, books, plan, since)


def put(connection: Connection, site: Site, company_id: int, made: Day, realm: str, *, by: str) -> None:
    """Put a day in the place of all that the company has, tied to the QuickBooks company `realm`."""
    wanted = select(Audit.__table__).where(Audit.company_id == company_id, Audit.event == EVENT).order_by(Audit.id)
    before = connection.execute(wanted).mappings().all()
    moving.put(connection, company_id, made.rows)
    now, vault = site.clock.now(), open_vault(site.settings)
    for line in before:
        audit.write(connection, company_id, line["at"], [audit.Line(EVENT, line["actor"], detail=line["detail"])])
    audit.write(connection, company_id, now, [audit.Line(EVENT, by, detail={"day": made.anchor.isoformat()})])
    tied = {"realm": vault.seal(realm), "realm_hash": vault.fingerprint(realm), "tokens": None, "connected_at": made.connected_at}
    free = {"state": "connected", "message": None, "refreshing_by": None, "refreshing_until": None}
    connection.execute(update(Link).where(Link.company_id == company_id).values({**tied, **free}))
    connection.execute(update(Lease).where(Lease.company_id == company_id).values({**made.lease, "blocked_until": None}))


def _claimed(site: Site, company_id: int, owner: str, dead: Callable[[str], bool]) -> tuple[dict[str, Any], int]:
    """Take the company and begin; the wish with the company's name and zone, and the fence (0 where there is no wish)."""
    with site.database.writing() as connection:
        fence = leases.claim(connection, company_id, owner, site.clock.now(), dead=dead)
        row = samples.get(connection, company_id)
        if row is None or row["state"] not in {samples.WANTED, samples.MAKING}:
            leases.release(connection, company_id, fence)
            return {}, 0
        _insist(connection, company_id)
        if row["tries"] >= samples.TRIES:
            said = "It was begun several times and never came to its end. Ask for it again, or look into the worker's log."
            samples.put(connection, company_id, state=samples.FAILED, message=said)
            leases.release(connection, company_id, fence)
            return {}, 0
        samples.put(connection, company_id, state=samples.MAKING, tries=row["tries"] + 1, done=0, message=None)
        company = connection.execute(select(Company.name, Company.timezone).where(Company.id == company_id)).one()
    return {**row, "name": company.name, "zone": company.timezone}, fence


class _Making:
    """One making of a day, from the claim to the end; every write of it goes through the fence."""

    def __init__(self, site: Site, company_id: int, wish: dict[str, Any], fence: int, stop: threading.Event) -> None:
        self._site = site
        self._company_id = company_id
        self._wish = wish
        self._fence = fence
        self._stop = stop
        #: Set when the company has gone to another owner.
        self.lost = threading.Event()

    def run(self) -> None:
        """Play the day, set its QuickBooks company up, put its rows in place, and take away what was there before."""
        books = _Books(self._site, self._company_id)
        self._tidy(books)
        made = self._played()
        failpoint("sample.played")
        realm = str(_REALM + int(self._site.chance.random() * 10**12))
        self._note(leftover=realm)
        failpoint("sample.named")
        books.set_up(realm, made.books)
        failpoint("sample.books")
        self._placed(made, realm)
        failpoint("sample.there")
        self._tidy(books)

    def failed(self, error: Exception) -> None:
        """Say why it failed; the wish stays until it has failed often enough. A day that is in place already is there."""
        with self._site.database.writing() as connection:
            row = samples.get(connection, self._company_id)
            mine = leases.row(connection, self._company_id)["fence"] == self._fence
            if row is not None and row["state"] == samples.MAKING and mine:
                over = row["tries"] >= samples.TRIES
                state = samples.FAILED if over else samples.WANTED
                samples.put(connection, self._company_id, state=state, message=str(error))

    def _played(self) -> Day:
        return played(
            self._site.clock.now().replace(second=0, microsecond=0), company_id=self._company_id, name=self._wish["name"],
            zone=self._wish["zone"], numbers=moving.reserve(self._site.database), say=self._say,
        )  # fmt: skip

    def _say(self, done: int, total: int) -> None:
        """How far it is; and here it ends, where somebody else has the company, or wants this to stop."""
        if self.lost.is_set():
            raise LeaseLost("Another worker has taken over this company.")
        if self._stop.is_set():
            # It is stopped on purpose, which counts as no try.
            self._note(state=samples.WANTED, tries=self._wish["tries"], done=0)
            raise Stopped
        self._note(done=done, total=total)

    def _placed(self, made: Day, realm: str) -> None:
        """The one transaction in which the company becomes the day's."""
        with self._site.database.writing() as connection:
            leases.check(connection, self._company_id, self._fence)
            _insist(connection, self._company_id)
            before = connections.get(connection, self._company_id)["realm"]
            put(connection, self._site, self._company_id, made, realm, by=self._wish["wanted_by"])
            old = open_vault(self._site.settings).open(before) if before else None
            state = {"state": samples.THERE, "made_at": made.anchor, "leftover": old, "tries": 0}
            samples.put(connection, self._company_id, **state)
            failpoint("sample.put")

    def _tidy(self, books: _Books) -> None:
        """Take away the company of the emulator that nobody needs."""
        with self._site.database.reading() as connection:
            row = samples.get(connection, self._company_id)
        if row is not None and row["leftover"]:
            books.take_away(row["leftover"])
            self._note(leftover=None)

    def _note(self, **values: Any) -> None:
        with self._site.database.writing() as connection:
            leases.check(connection, self._company_id, self._fence)
            samples.put(connection, self._company_id, **values)


def _insist(connection: Connection, company_id: int) -> None:
    """Nothing but a sample company is ever put in another's place."""
    if not samples.is_sample(connection, company_id):
        raise Bug("A day is wanted for a company that is no sample.")


class _Books:
    """The installation's emulator, as far as whole companies go."""

    def __init__(self, site: Site, company_id: int) -> None:
        self._site = site
        with site.database.reading() as connection:
            row = connections.get(connection, company_id)
        if row["environment"] != "emulator":
            raise Refused("Only a company of the emulator can have a sample's day.")
        self._target = connect.endpoints(site, row)

    def set_up(self, realm: str, lines: tuple[str, ...]) -> None:
        """Set a packed company up under a realm."""
        self._ask("POST", realm, "\n".join(lines).encode())

    def take_away(self, realm: str) -> None:
        """Take a company away; nothing happens where it is gone."""
        self._ask("DELETE", realm, b"")

    def _ask(self, method: str, realm: str, body: bytes) -> None:
        url = f"{self._target.api}/_emulator/company?realm_id={realm}"
        try:
            with self._site.http(self._target)() as session:
                reply = session.request(method, url, data=body, headers=_LINES, timeout=_SECONDS)
        except requests.RequestException as error:
            raise TransportLost(f"The local QuickBooks emulator does not answer: {error}") from error
        if not reply.ok:
            raise Bug(f"The local QuickBooks emulator refuses a company: {reply.text[:300]}")
