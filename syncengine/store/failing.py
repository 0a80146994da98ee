"""Open errors narrowed as a person asks for them: by cause, kind, what the machine may do, and words."""

from __future__ import annotations

from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, String, cast, func, literal, or_

from syncengine.db.texts import holds
from syncengine.store.tables import Error

#: What the machine may do about an error that nothing is known of: nothing.
_NO = "no"


class Sought(TypedDict, total=False):
    """What errors are narrowed by; what is left out, or empty, narrows nothing.

    Attributes:
        search: a text in the record's name, the cause, or QuickBooks' code and words.
        kind: the inventory kind.
        klass: what the machine may do: `safe`, `policy` or `no`.
        group_key: the cause, as `error_groups` names it.
    """

    search: str
    kind: str
    klass: str
    group_key: str


def key() -> ColumnElement[str]:
    """What groups an error."""
    return func.coalesce(func.nullif(Error.group_key, ""), own_key())


def own_key() -> ColumnElement[str]:
    """What an error is called that was explained by nothing: it is a group of its own."""
    return literal("error ").concat(cast(Error.id, String))


def ungrouped() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """How an error is such a group of its own: one of the two."""
    return (Error.group_key.is_(None), Error.group_key == "")


def of_records(company_id: int | ColumnElement[int], **sought: Unpack[Sought]) -> list[ColumnElement[bool]]:
    """The conditions of a company's open errors of records."""
    return [Error.company_id == company_id, Error.closed_at.is_(None), has_row(), *narrowing(**sought)]


def has_row() -> ColumnElement[bool]:
    """Whether an error is one of a record: by a function, so that no planner takes "not null" for a range worth an index."""
    return func.coalesce(Error.outbox_id, 0) > 0


def narrowing(**sought: Unpack[Sought]) -> list[ColumnElement[bool]]:
    """The conditions beside company and openness."""
    found: list[ColumnElement[bool]] = []
    if kind := sought.get("kind"):
        found.append(Error.kind == kind)
    if klass := sought.get("klass"):
        # What nothing is known of is a matter for a person.
        found.append(or_(Error.klass == klass, Error.klass.is_(None)) if klass == _NO else Error.klass == klass)
    if group := sought.get("group_key"):
        found.append(_in_group(group))
    if text := sought.get("search", "").strip():
        # Each by itself: to make one text of them takes longer than to look into all four.
        found.append(or_(*(holds(column, text) for column in (Error.label, Error.cause, Error.message, Error.code))))
    return found


def _in_group(group: str) -> ColumnElement[bool]:
    own = own_id(group)
    return Error.group_key == group if own is None else or_(Error.group_key == group, Error.id == own)


def own_id(group: str) -> int | None:
    """The error that a group of its own is called by, as `own_key` does; None for a cause."""
    own = group.removeprefix("error ")
    return int(own) if own != group and own.isdecimal() and len(own) < len(str(2**63)) else None
