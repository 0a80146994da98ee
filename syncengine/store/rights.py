"""Rights: what each role may do in a company, and the one place where a person is let through or refused.

Every public function of `commands` and `queries` carries `needs(...)`, or `open_to_all` where it shows nothing of a
company. Rights are read from the database at each call: who was removed is out at once. On a local database the
installation's one owner is at work and nobody is asked, unless a session says that its person signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from inspect import signature
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection

from syncengine import settings
from syncengine.clock import Clock, SystemClock
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.errors import Bug, Forbidden, Refused, SignedOut
from syncengine.store import people, signins
from syncengine.terms import LARGEST


class Permission(StrEnum):
    """One thing that a person may or may not do."""

    SEE_SYNC = "see_sync"
    SEE_ACCOUNTS = "see_accounts"
    SEE_BILLS = "see_bills"
    SEE_CREDIT_MEMOS = "see_credit_memos"
    SEE_EMPLOYEES = "see_employees"
    SEE_JOURNAL_ENTRIES = "see_journal_entries"
    SEE_PURCHASES = "see_purchases"
    SEE_TAX_CODES = "see_tax_codes"
    SYNC = "sync"
    MANAGE = "manage"
    OWN = "own"
    SQL = "sql"


#: What each permission lets a person do, after "may".
SAYS: Mapping[Permission, str] = {
    Permission.SEE_SYNC: "see the state of the sync, its queue and its errors",
    Permission.SEE_ACCOUNTS: "see the list of accounts, and what is posted to them",
    Permission.SEE_BILLS: "see the list of bills",
    Permission.SEE_CREDIT_MEMOS: "see the list of credit memos",
    Permission.SEE_EMPLOYEES: "see the list of employees",
    Permission.SEE_JOURNAL_ENTRIES: "see the list of journal entries",
    Permission.SEE_PURCHASES: "see the list of purchases",
    Permission.SEE_TAX_CODES: "see the list of tax codes",
    Permission.SYNC: "press Sync now, act on the queue, or try records again",
    Permission.MANAGE: "change classes and departments, decide conflicts, drift and corrections, or import",
    Permission.OWN: "change the connection, the settings and the people",
    Permission.SQL: "ask the database in SQL",
}
#: Each of the seven accounting lists (S36) with the permission that opens it (S38).
LISTS: Mapping[str, Permission] = {
    "accounts": Permission.SEE_ACCOUNTS,
    "bills": Permission.SEE_BILLS,
    "credit_memos": Permission.SEE_CREDIT_MEMOS,
    "employees": Permission.SEE_EMPLOYEES,
    "journal_entries": Permission.SEE_JOURNAL_ENTRIES,
    "purchases": Permission.SEE_PURCHASES,
    "tax_codes": Permission.SEE_TAX_CODES,
}
#: The QuickBooks entities of the lists; what stands in none of them is not hidden from who sees the queue.
LIST_OF: Mapping[str, str] = {
    "Account": "accounts",
    "Bill": "bills",
    "CreditMemo": "credit_memos",
    "Employee": "employees",
    "JournalEntry": "journal_entries",
    "Purchase": "purchases",
    "TaxCode": "tax_codes",
    "TaxRate": "tax_codes",
}
_SEEN, _LISTS = frozenset({Permission.SEE_SYNC}), frozenset(LISTS.values())
#: Who may do what, before what was given to or taken from one person (the table of docs/people.md).
ROLES: Mapping[str, frozenset[Permission]] = {
    "viewer": _SEEN,
    "accountant": _SEEN | _LISTS,
    "operator": _SEEN | {Permission.SYNC},
    "manager": _SEEN | _LISTS | {Permission.SYNC, Permission.MANAGE},
    people.OWNER: frozenset(Permission),
}
#: These come with the role alone: a single grant of them would be an owner whom no list of owners shows.
ROLE_ONLY = frozenset({Permission.OWN})
_REMEDY = "Ask an owner of this company."


class Person(Protocol):
    """What must be known of who asks; `look_as`, `signed_in`, `sign_in` and `clock` count where the session has them."""

    @property
    def database(self) -> Database:
        """The shared database."""

    @property
    def actor(self) -> str:
        """The person's real name."""

    @property
    def company_id(self) -> int:
        """Our own key of the company."""


@dataclass(frozen=True)
class Rights:
    """What one person may do in one company just now.

    Attributes:
        person: the real name, also while looking as another role.
        role: a key of `ROLES`; empty for who has no right in the company.
        permissions: what follows from the role and the single grants, narrowed while looking as another role.
        looking_as: the role that an owner looks as; empty for who looks as what they are.
        by_setting: whether the person is owner by the setting `TIEOUT_OWNER` alone.
    """

    person: str
    role: str
    permissions: frozenset[Permission]
    looking_as: str = ""
    by_setting: bool = False

    def may(self, *wanted: Permission) -> bool:
        """Whether the person has all of `wanted`."""
        return self.permissions.issuperset(wanted)

    def sees(self, entity: str) -> bool:
        """Whether payloads and amounts of this QuickBooks entity may be shown to the person."""
        return entity not in LIST_OF or self.may(LISTS[LIST_OF[entity]])

    def require(self, *wanted: Permission) -> None:
        """Raise Forbidden, with the remedy, unless the person has all of `wanted`."""
        lacking = next((each for each in wanted if each not in self.permissions), None)
        if lacking is not None:
            raise Forbidden(self._refusal(lacking))

    def _refusal(self, lacking: Permission) -> str:
        if self.looking_as:
            who = _with_article(self.looking_as)
            return f"You look as {who}, who may not {SAYS[lacking]}. Stop viewing as {self.looking_as} first."
        if not self.person:
            return f"Nobody is named, and this database is not on this machine. Say who you are (TIEOUT_ACTOR). {_REMEDY}"
        if not self.role:
            return f"{self.person} has no right in this company. {_REMEDY}"
        return f"{self.person} may not {SAYS[lacking]}: this is not among the rights of {_with_article(self.role)}. {_REMEDY}"


def _with_article(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


def list_named(name: str) -> Permission:
    """The permission that opens one of the seven lists. Raises Forbidden where there is no such list."""
    if name not in LISTS:
        raise Forbidden(f"There is no accounting list {name!r}. The lists are: {', '.join(LISTS)}.")
    return LISTS[name]


def to_read(entity: str) -> tuple[Permission, ...]:
    """What it takes to read QuickBooks' copies of an entity: its list's permission; all of them for what is in no list."""
    return (LISTS[LIST_OF[entity]],) if entity in LIST_OF else tuple(LISTS.values())


def asked(person: Person) -> bool:
    """Whether the person's role counts: everywhere but on this machine's own database, where its owner is at work."""
    named = getattr(person, "signed_in", False) or getattr(person, "sign_in", None) is not None
    return named or not is_local(person.database.url)


def of(person: Person) -> Rights:
    """What the person may do just now.

    Raises:
        SignedOut: the sign-in by which the person is here has ended.
        Forbidden: somebody who is no owner looks as another role.
    """
    if not asked(person):
        return _narrowed(Rights(person.actor, people.OWNER, ROLES[people.OWNER]), person)
    with person.database.reading() as connection:
        return within(connection, person)


def within(connection: Connection, person: Person) -> Rights:
    """The same on a connection that is open already: for acts that must not pass a change of the rights themselves."""
    if not asked(person):
        return of(person)
    _require_standing(connection, person)
    return _narrowed(_held(connection, person.company_id, person.actor), person)


def _require_standing(connection: Connection, person: Person) -> None:
    """Raise SignedOut unless the sign-in counts, for who is here by one: a click must not outlive it."""
    sign_in: signins.SignIn | None = getattr(person, "sign_in", None)
    if sign_in is None:
        return
    clock: Clock = getattr(person, "clock", None) or SystemClock()
    if clock.now() >= sign_in.until:
        raise SignedOut("Your sign-in has come of age. Sign in again.")
    if signins.stands(connection, sign_in) is False:
        raise SignedOut("You have signed out. Sign in again.")


def _held(connection: Connection, company_id: int, actor: str) -> Rights:
    name = people.known_as(actor)
    if not name:
        return Rights("", "", frozenset())
    role, by_setting = people.role_of(connection, company_id, name), False
    if role != people.OWNER and name == people.known_as(settings.load().owner) and not people.has_owner(connection, company_id):
        role, by_setting = people.OWNER, True
    if role is None or role not in ROLES:
        return Rights(actor.strip(), "", frozenset())
    return Rights(actor.strip(), role, held(role, people.grants_of(connection, company_id, name)), by_setting=by_setting)


def held(role: str, single: Mapping[str, bool]) -> frozenset[Permission]:
    """What follows from a role and from what was given (true) or taken (false) beside it."""
    own, counted = ROLES.get(role, frozenset()), {name: allowed for name, allowed in single.items() if name not in ROLE_ONLY}
    return frozenset(each for each in Permission if counted.get(each, each in own))


def companies_of(connection: Connection, actor: str) -> list[int]:
    """The companies in which somebody whose role counts may see anything: not those in which even that was taken from them."""
    name = people.known_as(actor)
    if not name:
        return []
    adopted = people.ownerless(connection) if name == people.known_as(settings.load().owner) else []
    closed = people.refused_in(connection, name, Permission.SEE_SYNC)
    return sorted({*people.companies_of(connection, name), *adopted}.difference(closed))


def _narrowed(rights: Rights, person: Person) -> Rights:
    """The rights of who looks as another role: never more than their own, and only an owner may."""
    role = str(getattr(person, "look_as", "") or "")
    if not role:
        return rights
    rights.require(Permission.OWN)
    if role not in ROLES:
        raise Forbidden(f"There is no role {role!r}. The roles are: {', '.join(ROLES)}.")
    return Rights(rights.person, rights.role, rights.permissions & ROLES[role], looking_as=role)


#: What a function needs: permissions, or a function of its arguments (but the session) that names them.
Needed = tuple[Permission, ...] | Callable[..., tuple[Permission, ...]]
_F = TypeVar("_F", bound=Callable[..., Any])
#: Where a function keeps what it needs.
_MARK = "__needs__"


def needs(*wanted: Permission, by: Callable[..., tuple[Permission, ...]] | None = None) -> Callable[[_F], _F]:
    """Let only those call the function who have all of `wanted` and of what `by` names for its arguments.

    The session, a dataclass, comes first. Raises Forbidden otherwise: before the function has begun, and again in each
    transaction in which it writes, so that a right that was taken away meanwhile acts no more.
    """

    def around(function: _F) -> _F:
        @wraps(function)
        def checked(session: Any, /, *args: Any, **kwargs: Any) -> Any:
            every = (*wanted, *(by(*args, **kwargs) if by else ()))
            of(session).require(*every)
            _insist_on_numbers(function, args, kwargs)
            return function(_at_work(session, every), *args, **kwargs)

        setattr(checked, _MARK, by or wanted)
        return cast("_F", checked)

    return around


def _insist_on_numbers(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """No id, page or count is larger than a column can hold; in lists of ids, and of ids with versions, neither."""
    for place, value in enumerate((*args, *kwargs.values()), start=1):
        found = _too_large(value)
        if found is not None:
            names = [*list(signature(function).parameters)[1 : len(args) + 1], *kwargs]
            name = names[place - 1].replace("_", " ") if place <= len(names) else "number"
            raise Refused(f"No {name} is as large as {found}: they end at {LARGEST}. Look whether a digit is too many.")


def _too_large(value: Any) -> int | None:
    if isinstance(value, int):
        return value if abs(value) > LARGEST else None
    if isinstance(value, list | tuple):
        return next((found for each in value if isinstance(each, int | tuple) and (found := _too_large(each)) is not None), None)
    return None


def _at_work(session: Any, wanted: tuple[Permission, ...]) -> Any:
    """The session with a database that asks for the same rights once more at the beginning of each writing transaction."""
    if not asked(session):
        return session

    def check(connection: Connection) -> None:
        # What only an owner does may write the company's own row: its lock is the stronger one from the beginning.
        (people.lock if Permission.OWN in wanted else people.hold)(connection, session.company_id)
        within(connection, session).require(*wanted)

    return replace(session, database=session.database.checked(check))


def open_to_all(function: _F) -> _F:
    """Declare that a function asks for no right: it shows nothing of a company, or looks after it itself."""
    setattr(function, _MARK, ())
    return function


def needed(function: Any) -> Needed | None:
    """What a function declares; None where it declares nothing."""
    return cast("Needed | None", getattr(function, _MARK, None))


def insist(name: str, found: Any) -> Any:
    """`found`, unless it is a function that declares no right: default deny. Raises Bug then."""
    if callable(found) and not isinstance(found, type) and needed(found) is None:
        raise Bug(f"{name} declares no right. Put rights.needs(...) or rights.open_to_all on it.")
    return found
