"""The companies of one state file: which there are, how one more is set up, and how their books are opened."""

from __future__ import annotations

from syncengine.emulator.books import Books, Company
from syncengine.emulator.clock import TurnableClock
from syncengine.emulator.companies import KINDS
from syncengine.emulator.companies.build import Builder
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

#: Realm ids look like this; further companies count up from here.
_FIRST_REALM = 9_130_350_000_000_000
#: Neighbouring realms would hide a client that compares only the last digits, or the first.
_STEP = 1_010_101


class Register:
    """The companies; `companies` maps realmId to company."""

    def __init__(self, state: State, clock: TurnableClock, switches: Switches, seed: int) -> None:
        self._state = state
        self._clock = clock
        self._switches = switches
        self._seed = seed
        self.companies: dict[str, Company] = {}
        rows = state.execute("SELECT key, realm, kind, name, zone, closing_password FROM company ORDER BY key")
        for key, realm, kind, name, zone, password in rows.fetchall():
            self.companies[realm] = Company(key, realm, kind, name, zone, password, seed)

    def add(self, kind: str, realm_id: str | None = None, *, name: str | None = None, zone: str = "America/Los_Angeles") -> Company:
        """Set up a company.

        Raises:
            ValueError: there is no such kind, the realm exists already, or it is no number.
        """
        if kind not in KINDS:
            raise ValueError(f"there is no company {kind!r}; there are: {', '.join(KINDS)}")
        with self._state.transaction():
            realm = realm_id or str(max([_FIRST_REALM, *map(int, self.companies)]) + _STEP)
            if not realm.isdecimal():
                raise ValueError(f"a realm id is a number, not {realm!r}")
            if realm in self.companies:
                raise ValueError(f"there is a company {realm} already")
            shown = name or KINDS[kind].name
            values = (realm, kind, shown, zone)
            key = self._state.execute("INSERT INTO company (realm, kind, name, zone) VALUES (?, ?, ?, ?)", values).lastrowid
            company = Company(int(key or 0), realm, kind, shown, zone, seed=self._seed)
            KINDS[kind].build(Builder(self.books(company)))
            self.companies[realm] = company
        return company

    def rebuild(self) -> None:
        """Set all companies up anew, under the realms that they have; grants stay."""
        with self._state.transaction():
            known = list(self.companies.values())
            for table in ("object", "replay", "company"):
                self._state.execute(f"DELETE FROM {table}")  # noqa: S608 -- three names of ours
            self.companies.clear()
            for company in known:
                self.add(company.kind, company.realm, name=company.name, zone=company.zone)

    def books(self, company: Company) -> Books:
        """A company's books as of now; hold `state.transaction()` around what is written."""
        return Books(self._state, company, self._switches, self._clock.now())

    def realms(self) -> list[dict[str, str]]:
        """The companies: `realm_id`, `name`, `company` (its kind)."""
        return [{"realm_id": each.realm, "name": each.name, "company": each.kind} for each in self.companies.values()]
