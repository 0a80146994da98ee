"""The companies of one state file: which there are, how one more is set up, and how their books are opened."""

from __future__ import annotations

from collections.abc import Callable

from syncengine.emulator.books import Books, Company
from syncengine.emulator.catalogue.registry import ORDERS
from syncengine.emulator.clock import TurnableClock
from syncengine.emulator.companies import KINDS
from syncengine.emulator.companies.build import Builder
from syncengine.emulator.postings import audit
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
        #: Who wants to know of a company that has been set up: told in its transaction, with the books that filled it.
        self.built: list[Callable[[Books], None]] = []
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
            return self._filled(Company(int(key or 0), realm, kind, shown, zone, seed=self._seed))

    def _filled(self, company: Company) -> Company:
        books = self.books(company)
        KINDS[company.kind].build(Builder(books))
        for told in self.built:
            told(books)
        self.companies[company.realm] = company
        return company

    def place(self, realm: str, kind: str, name: str, zone: str, closing_password: str) -> Company:
        """Room for a company whose books come from elsewhere: whatever has its realm gives way; in a transaction.

        It is not known to anybody before the caller puts it into `companies`.

        Raises:
            ValueError: the realm is no number, or there is no such kind of company.
        """
        if kind not in KINDS:
            raise ValueError(f"there is no company {kind!r}; there are: {', '.join(KINDS)}")
        if not realm.isdecimal():
            raise ValueError(f"a realm id is a number, not {realm!r}")
        self._clear(realm)
        statement = "INSERT INTO company (realm, kind, name, zone, closing_password) VALUES (?, ?, ?, ?, ?)"
        key = self._state.execute(statement, (realm, kind, name, zone, closing_password)).lastrowid
        return Company(int(key or 0), realm, kind, name, zone, closing_password, self._seed)

    def drop(self, realm: str) -> bool:
        """Take a company away, with its journal; whether there was one. What was metered stays metered."""
        with self._state.transaction():
            there = self._clear(realm)
        self.companies.pop(realm, None)
        return there

    def _clear(self, realm: str) -> bool:
        company = self.companies.get(realm)
        if company is None:
            return False
        for table in self._state.of_a_company():
            self._state.execute(f"DELETE FROM {table} WHERE company = ?", (company.key,))  # noqa: S608 -- names of ours
        self._state.execute("DELETE FROM journal WHERE realm = ?", (realm,))
        self._state.execute("DELETE FROM company WHERE key = ?", (company.key,))
        return True

    def rebuild(self, realm: str | None = None) -> None:
        """Set one company or all up anew, under the realms that they have; grants stay."""
        with self._state.transaction():
            for company in [each for each in self.companies.values() if realm in {None, each.realm}]:
                for table in self._state.of_a_company():
                    self._state.execute(f"DELETE FROM {table} WHERE company = ?", (company.key,))  # noqa: S608 -- names of ours
                self._state.execute("UPDATE company SET closing_password = '' WHERE key = ?", (company.key,))
                self._filled(Company(company.key, company.realm, company.kind, company.name, company.zone, seed=self._seed))

    def company(self, realm: str) -> Company:
        """The company of a realm.

        Raises:
            ValueError: there is none.
        """
        found = self.companies.get(realm)
        if found is None:
            raise ValueError(f"there is no company {realm!r}; there are: {', '.join(self.companies) or 'none'}")
        return found

    def post_anew(self) -> None:
        """Post the books of companies that have transactions and no postings: their state file is of an earlier version."""
        for company in self.companies.values():
            with self._state.transaction():
                books = self.books(company)
                if audit.never_posted(books):
                    audit.rebuild(books)

    def books(self, company: Company) -> Books:
        """A company's books as of now; hold `state.transaction()` around what is written."""
        return Books(self._state, company, self._switches, self._clock.now(), ORDERS)

    def realms(self) -> list[dict[str, str]]:
        """The companies: `realm_id`, `name`, `company` (its kind)."""
        return [{"realm_id": each.realm, "name": each.name, "company": each.kind} for each in self.companies.values()]
