"""Who may do what in a company: roles, and single permissions beside them. Only an owner decides; there is always one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, people, rights
from syncengine.store.rights import ROLE_ONLY, ROLES, Permission

#: By whom the first owner's role was given.
_SETTING = "TIEOUT_OWNER"


@dataclass(frozen=True)
class Standing:
    """How somebody stands in a company.

    Attributes:
        role: a role's name; empty for who has none, and so no right there at all.
        granted: single permissions that were given beside the role, by name.
        refused: single permissions that were taken.
    """

    role: str = ""
    granted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    @property
    def single(self) -> dict[str, bool]:
        """The single permissions with whether they were given."""
        return {**dict.fromkeys(sorted(self.granted), True), **dict.fromkeys(sorted(self.refused), False)}

    @property
    def permissions(self) -> frozenset[Permission]:
        """What follows from all of it."""
        return rights.held(self.role, self.single) if self.role else frozenset()


@rights.needs(Permission.OWN)
def change_person(session: Session, person: str, wanted: Standing, seen: Standing) -> None:
    """Bring a person from the standing that was seen to the one that is wanted, all of it or nothing.

    A wanted role of none takes away everything: they are out with their next act.

    Raises:
        Refused: the person stands otherwise by now, nothing would change, there is no such role or permission, or the
            company would be without an owner.
    """
    name = _known(person)
    _require_sound(wanted)
    if wanted == seen:
        raise Refused(f"Nothing has changed: this is so already for {name}.")
    with _deciding(session) as (connection, now):
        if _standing(connection, session.company_id, name) != seen:
            raise Refused(f"How {name} stands here has changed since you saw it. Look again, then decide.")
        if wanted.role != seen.role:
            _keep_an_owner(connection, session.company_id, name)
        if not wanted.role:
            people.remove(connection, session.company_id, name)
            _note(connection, session, now, "member removed", {"person": name, "from": seen.role})
            return
        if wanted.role != seen.role:
            people.put(connection, session.company_id, name, wanted.role, now, session.actor)
            _note(connection, session, now, "role given", {"person": name, "from": seen.role or None, "to": wanted.role})
        for permission in sorted(wanted.single.keys() | seen.single.keys()):
            allowed, before = wanted.single.get(permission), seen.single.get(permission)
            if allowed is not before:
                people.put_grant(connection, session.company_id, name, permission, now, session.actor, allowed=allowed)
                _note(connection, session, now, _EVENTS[allowed], {"person": name, "permission": permission, "before": before})


def _require_sound(wanted: Standing) -> None:
    if wanted.role and wanted.role not in ROLES:
        raise Refused(f"There is no role {wanted.role!r}. The roles are: {', '.join(ROLES)}.")
    for permission in wanted.single:
        require_single(permission)
    if both := wanted.granted & wanted.refused:
        raise Refused(f"The permission {min(both)!r} cannot be both given and taken.")


def _standing(connection: Connection, company_id: int, name: str) -> Standing:
    single = people.grants_of(connection, company_id, name)
    given, taken = (frozenset(each for each in single if single[each] is allowed) for allowed in (True, False))
    return Standing(people.role_of(connection, company_id, name) or "", given, taken)


@rights.needs(Permission.OWN)
def set_role(session: Session, person: str, role: str) -> None:
    """Give a person a role in the company, in place of the one that they had; what was granted or refused singly stays.

    Raises Refused where there is no such role, the person has it already, or the company would be without an owner.
    """
    name = _known(person)
    if role not in ROLES:
        raise Refused(f"There is no role {role!r}. The roles are: {', '.join(ROLES)}.")
    with _deciding(session) as (connection, now):
        before = people.role_of(connection, session.company_id, name)
        if before == role:
            raise Refused(f"{name} is {role} already.")
        _keep_an_owner(connection, session.company_id, name)
        people.put(connection, session.company_id, name, role, now, session.actor)
        _note(connection, session, now, "role given", {"person": name, "from": before, "to": role})


@rights.needs(Permission.OWN)
def remove_member(session: Session, person: str) -> None:
    """Take away a person's role, and everything that was granted or refused singly: they are out with their next act.

    Raises Refused where the person has no role, or is the last owner.
    """
    name = _known(person)
    with _deciding(session) as (connection, now):
        before = _require_member(connection, session.company_id, name)
        _keep_an_owner(connection, session.company_id, name)
        people.remove(connection, session.company_id, name)
        _note(connection, session, now, "member removed", {"person": name, "from": before})


@rights.needs(Permission.OWN)
def grant(session: Session, person: str, permission: str) -> None:
    """Give a person one permission, whatever their role; it stays theirs when the role changes.

    Raises Refused where the person has no role, there is no such permission, or it comes with a role only.
    """
    _set_single(session, person, permission, allowed=True)


@rights.needs(Permission.OWN)
def revoke(session: Session, person: str, permission: str) -> None:
    """Take one permission from a person, whatever their role; raises as `grant`."""
    _set_single(session, person, permission, allowed=False)


@rights.needs(Permission.OWN)
def leave_to_role(session: Session, person: str, permission: str) -> None:
    """Let the role alone say again whether a person has a permission; raises as `grant`."""
    _set_single(session, person, permission, allowed=None)


_EVENTS = {True: "permission granted", False: "permission refused", None: "permission left to the role"}


def _set_single(session: Session, person: str, permission: str, *, allowed: bool | None) -> None:
    name = _known(person)
    require_single(permission)
    permission = Permission(permission).value
    with _deciding(session) as (connection, now):
        _require_member(connection, session.company_id, name)
        before = people.grants_of(connection, session.company_id, name).get(permission)
        if before is allowed:
            raise Refused(f"Nothing has changed: this is so already for {name}.")
        people.put_grant(connection, session.company_id, name, permission, now, session.actor, allowed=allowed)
        _note(connection, session, now, _EVENTS[allowed], {"person": name, "permission": permission, "before": before})


def require_single(permission: str) -> None:
    """Raise Refused unless this is a permission that may be given or taken singly."""
    if permission not in {each.value for each in Permission}:
        raise Refused(f"There is no permission {permission!r}. Known are: {', '.join(each.value for each in Permission)}.")
    if permission in ROLE_ONLY:
        raise Refused(f"The permission {permission!r} comes with the role of owner only. Give or take that role instead.")


@contextmanager
def _deciding(session: Session) -> Iterator[tuple[Connection, datetime]]:
    """One change of the people at a time, by somebody who is an owner at this very moment.

    Two owners who demote each other at once would otherwise leave the company without any.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        held = rights.within(connection, session)
        held.require(Permission.OWN)
        if held.by_setting:
            name = people.known_as(session.actor)
            people.put(connection, session.company_id, name, people.OWNER, now, _SETTING)
            _note(connection, session, now, "role given", {"person": name, "from": None, "to": people.OWNER}, by=_SETTING)
        yield connection, now


def _known(person: str) -> str:
    name = people.known_as(person)
    if not name:
        raise Refused("Say whose role it is: the e-mail address that the person signs in with, or a name.")
    if len(name) > people.LONGEST:
        raise Refused(f"This name has {len(name)} characters; there is room for {people.LONGEST}.")
    return name


def _require_member(connection: Connection, company_id: int, name: str) -> str:
    role = people.role_of(connection, company_id, name)
    if role is None:
        raise Refused(f"{name} has no role in this company. Give one first.")
    return role


def _keep_an_owner(connection: Connection, company_id: int, name: str) -> None:
    if people.is_last_owner(connection, company_id, name):
        raise Refused(f"{name} is the last owner of this company. Make somebody else an owner first.")


def _note(connection: Connection, session: Session, now: datetime, event: str, detail: dict[str, Any], *, by: str = "") -> None:
    audit.write(connection, session.company_id, now, [audit.Line(event, by or session.actor, people.KIND, detail=detail)])
