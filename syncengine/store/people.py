"""People of a company: their role, and what was given to or taken from one of them beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.store.tables import Grant, Member

#: What the column holds; an e-mail address has at most 254 characters, and none that anybody uses has more than this.
LONGEST = 200
#: The kind of a line of the audit trail that is about a person.
KIND = "person"
#: The role that may give and take all others.
OWNER = "owner"


def known_as(person: str) -> str:
    """A person's name as it is kept and compared: outer blanks trimmed, in lower case.

    >>> known_as("  Ada@Example.com ")
    'ada@example.com'
    """
    return person.strip().lower()


def same(one: str, other: str) -> bool:
    """Whether two names are one person's, however each is written."""
    return known_as(one) == known_as(other)


def lock(connection: Connection, company_id: int) -> None:
    """From here on nobody else changes the company's people in this moment; what is read afterwards is the newest."""
    connection.execute(select(Company.id).where(Company.id == company_id).with_for_update(key_share=True))


def hold(connection: Connection, company_id: int) -> None:
    """Until the end of the transaction nobody changes the company's people; others may hold them at the same time.

    Whoever has taken somebody's right away waits for the acts that began under it, and later ones see that it is gone.
    """
    connection.execute(select(Company.id).where(Company.id == company_id).with_for_update(read=True))


def role_of(connection: Connection, company_id: int, person: str) -> str | None:
    """The person's role in the company; None without a row."""
    wanted = select(Member.role).where(Member.company_id == company_id, Member.person == known_as(person))
    return connection.scalar(wanted)


def has_owner(connection: Connection, company_id: int) -> bool:
    """Whether the company has an owner of its own."""
    return owners(connection, company_id) > 0


def is_last_owner(connection: Connection, company_id: int, person: str) -> bool:
    """Whether the company would have no owner without this person."""
    return role_of(connection, company_id, person) == OWNER and owners(connection, company_id) == 1


def owners(connection: Connection, company_id: int) -> int:
    """How many owners the company has."""
    wanted = select(func.count()).select_from(Member).where(Member.company_id == company_id, Member.role == OWNER)
    return connection.scalar(wanted) or 0


def members(
    connection: Connection, company_id: int, *, search: str = "", offset: int = 0, limit: int | None = None
) -> list[RowMapping]:
    """Everybody with a role in the company, by name; with a `limit`, so many of them."""
    wanted = select(Member.__table__).where(*_found(company_id, search)).order_by(Member.person).limit(limit)
    return list(connection.execute(wanted.offset(offset) if offset else wanted).mappings())


def count(connection: Connection, company_id: int, *, search: str = "") -> int:
    """How many people `members` finds."""
    return connection.scalar(select(func.count()).select_from(Member).where(*_found(company_id, search))) or 0


def _found(company_id: int, search: str) -> list[ColumnElement[bool]]:
    found = [Member.company_id == company_id]
    return [*found, Member.person.contains(known_as(search), autoescape=True)] if search.strip() else found


def companies_of(connection: Connection, person: str) -> list[int]:
    """The companies in which the person has a role."""
    wanted = select(Member.company_id).where(Member.person == known_as(person)).order_by(Member.company_id)
    return list(connection.scalars(wanted))


def refused_in(connection: Connection, person: str, permission: str) -> list[int]:
    """The companies in which the permission was taken from the person."""
    mine = (Grant.person == known_as(person), Grant.permission == str(permission), Grant.allowed.is_(False))
    return list(connection.scalars(select(Grant.company_id).where(*mine)))


def ownerless(connection: Connection) -> list[int]:
    """The companies that have no owner yet."""
    owned = select(Member.company_id).where(Member.role == OWNER)
    return list(connection.scalars(select(Company.id).where(Company.id.not_in(owned)).order_by(Company.id)))


def is_owned(connection: Connection) -> bool:
    """Whether any company at all has an owner."""
    return connection.scalar(select(Member.id).where(Member.role == OWNER).limit(1)) is not None


def grants(connection: Connection, company_id: int, people: Collection[str] | None = None) -> dict[str, dict[str, bool]]:
    """For each person, or each of `people`, the permissions that were given (true) or taken (false) beside the role."""
    wanted = select(Grant.person, Grant.permission, Grant.allowed).where(Grant.company_id == company_id)
    wanted = wanted if people is None else wanted.where(Grant.person.in_(people))
    found: dict[str, dict[str, bool]] = {}
    for person, permission, allowed in connection.execute(wanted.order_by(Grant.permission)):
        found.setdefault(person, {})[permission] = allowed
    return found


def grants_of(connection: Connection, company_id: int, person: str) -> dict[str, bool]:
    """The same for one person."""
    wanted = select(Grant.permission, Grant.allowed).where(Grant.company_id == company_id, Grant.person == known_as(person))
    return dict(connection.execute(wanted).all())


def put(connection: Connection, company_id: int, person: str, role: str, at: datetime, by: str) -> None:
    """Give a person a role in place of the one that they had."""
    values = {"role": role, "since": at, "given_by": by}
    mine = (Member.company_id == company_id, Member.person == known_as(person))
    if connection.execute(update(Member).where(*mine).values(values)).rowcount == 0:
        connection.execute(insert(Member).values(company_id=company_id, person=known_as(person), **values))


def remove(connection: Connection, company_id: int, person: str) -> None:
    """Take a person's role away, and with it everything that was given or taken beside it."""
    for table in (Member, Grant):
        connection.execute(delete(table).where(table.company_id == company_id, table.person == known_as(person)))


def put_grant(
    connection: Connection, company_id: int, person: str, permission: str, at: datetime, by: str, *, allowed: bool | None
) -> None:
    """Give or take one permission beside the role; None leaves it to the role again."""
    mine = (Grant.company_id == company_id, Grant.person == known_as(person), Grant.permission == permission)
    connection.execute(delete(Grant).where(*mine))
    if allowed is not None:
        values = {"person": known_as(person), "permission": permission, "allowed": allowed, "since": at, "given_by": by}
        connection.execute(insert(Grant).values(company_id=company_id, **values))
