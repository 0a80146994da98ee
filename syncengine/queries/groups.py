"""Errors by cause: what is behind them, how many it holds back, and what the machine will do about it when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, select, union_all
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from syncengine.corrections import CORRECTIONS, Klass
from syncengine.engine.refusals import GRACE_CYCLES
from syncengine.queries import _offers, holding
from syncengine.queries.session import Session
from syncengine.store import attempts, corrections, errors, failing, outbox, rights, settings
from syncengine.store.corrections import ACTING, APPLIED, FAILED, OFFERED, WANTED
from syncengine.store.failing import Sought
from syncengine.store.tables import Correction, Error
from syncengine.store.veil import HIDDEN, veiled
from syncengine.terms import OutboxState

if TYPE_CHECKING:
    import pandas as pd

#: Corrections that say what will be done about an error, or what was done about it in vain.
STANDING = (OFFERED, WANTED, ACTING, APPLIED, FAILED)
_MOMENT = "datetime64[us, UTC]"
_GROUPS = {
    "group_key": "str",
    "count": "int64",
    "newest": "int64",
    "first_seen": _MOMENT,
    "last_seen": _MOMENT,
    "example_error": "int64",
    "example": "str",
    "kind": "str",
    "record_id": "Int64",
    "parked_by": "str",
    "offered": "str",
    "cause": "str",
    "remedy": "str",
    "code": "str",
    "message": "str",
    "klass": "str",
    "correction": "str",
    "says": "str",
    "cycle": "int64",
    "of": "int64",
    "attempts": "int64",
    "next": "str",
}


@dataclass(frozen=True)
class GroupCounts:
    """How many causes are behind how many records that failed, and the highest id among those errors."""

    groups: int
    errors: int
    newest: int


@rights.needs(rights.Permission.SEE_SYNC)
def error_groups(session: Session, *, page: int = 1, size: int = 50, **sought: Unpack[Sought]) -> pd.DataFrame:
    """Open errors of records by cause, the largest group first; each row tells what is behind it and what happens next.

    `count` and `newest` are what `commands.retry_group` wants: they say which errors the person has seen.
    """
    from syncengine.queries._frames import frame

    held = rights.of(session)
    with session.database.reading() as connection:
        counted = _page(connection, session.company_id, page, size, sought)
        return frame(_groups(connection, session.company_id, counted, held), _GROUPS)


@rights.needs(rights.Permission.SEE_SYNC)
def error_causes(
    session: Session, *, page: int = 1, size: int = 50, **sought: Unpack[Sought]
) -> tuple[GroupCounts, list[dict[str, Any]]]:
    """What `error_group_counts`, `error_groups` and `held_back_counts` say, read at once: to look at every error is dear.

    Each cause is a mapping with the columns of `error_groups`, and `held`. Of a page beyond the end it is the last one.
    """
    company_id, mine = session.company_id, rights.of(session)
    with session.database.reading() as connection:
        counted = _page(connection, company_id, page, size, sought)
        if counted:
            counts = GroupCounts(*(int(counted[0][name]) for name in ("groups", "errors", "last")))
        else:
            counts = _count(connection, company_id, sought)
            counted = _page(connection, company_id, max(1, -(-counts.groups // int(size))), size, sought) if counts.groups else ()
        found = _groups(connection, company_id, counted, mine)
        held = holding.counts(connection, company_id, [group["group_key"] for group in found])
    return counts, [{**_texts(group), "held": held.get(group["group_key"], 0)} for group in found]


def _texts(group: Mapping[str, Any]) -> dict[str, Any]:
    """The same with an empty text where a column of texts holds nothing, as in a DataFrame."""
    return {name: "" if value is None and _GROUPS[name] == "str" else value for name, value in group.items()}


@rights.needs(rights.Permission.SEE_SYNC)
def error_group_counts(session: Session, **sought: Unpack[Sought]) -> GroupCounts:
    """How many groups there are, and how many errors in all of them."""
    with session.database.reading() as connection:
        return _count(connection, session.company_id, sought)


def _count(connection: Connection, company_id: int, sought: Sought) -> GroupCounts:
    ours = failing.of_records(company_id, **sought)
    every, newest = func.count(), func.max(Error.id)
    keys = select(Error.group_key.label("key"), every.label("many"), newest.label("newest")).where(*ours).group_by(Error.group_key)
    found = keys.subquery()
    # Those without a key are groups of their own.
    groups = func.sum(case((func.coalesce(found.c.key, "") == "", found.c.many), else_=1))
    row = connection.execute(select(groups, func.sum(found.c.many), func.max(found.c.newest))).one()
    return GroupCounts(*(int(each or 0) for each in row))


@rights.needs(rights.Permission.SEE_SYNC)
def attempt_of(session: Session, error_id: int) -> dict[str, Any] | None:
    """What was last asked and answered for an error's record, however little that is (S32); None where nothing was sent.

    Who may not see the list that the record posts to sees neither request nor answer. The keys: entity, request (JSON
    text), answer (as it came), code, message, http_status, sent_at, answered_at, tid, requestid.
    """
    with session.database.reading() as connection:
        error = errors.by_ids(connection, session.company_id, [int(error_id)]).get(int(error_id))
        found = attempts.last_of(connection, error["outbox_id"]) if error is not None and error["outbox_id"] else None
    if found is None:
        return None
    fault = found["fault"] or {}
    first = (fault.get("errors") or [{}])[0]
    said = " ".join(part for part in (first.get("message"), first.get("detail")) if part)
    shown = {
        "entity": found["entity"],
        "request": found["payload"],
        "answer": fault.get("raw") or "",
        "code": first.get("code") or "",
        "message": said,
        "http_status": fault.get("http_status"),
        "sent_at": found["made_at"],
        "answered_at": found["answered_at"],
        "tid": fault.get("tid") or found["tid"] or "",
        "requestid": found["requestid"],
    }
    return veiled([shown], rights.of(session))[0]


def _page(connection: Connection, company_id: int, page: int, size: int, sought: Sought) -> Sequence[RowMapping]:
    """The causes of one page, each with the numbers of all of them."""
    wanted = _by_cause(company_id, sought).offset((int(page) - 1) * int(size)).limit(int(size))
    return connection.execute(wanted).mappings().all()


def _groups(connection: Connection, company_id: int, counted: Sequence[RowMapping], held: rights.Rights) -> list[dict[str, Any]]:
    ends = {group[name] for group in counted for name in ("first", "newest")}
    opened = errors.by_ids(connection, company_id, ends)
    groups = [group for group in counted if {group["first"], group["newest"]} <= opened.keys()]  # it may be over by now
    offered = {group["group_key"]: _offered(connection, company_id, opened[group["first"]]) for group in groups}
    others = [error_id for error_id in offered.values() if error_id is not None and error_id not in opened]
    shown = opened | errors.by_ids(connection, company_id, others)
    chosen = {key: offered[key] or group["first"] for group in groups for key in [group["group_key"]]}
    offers = {
        row["error_id"]: _offers.worded(row, held)  # the newest
        for rows in corrections.of_errors(connection, chosen.values()).values()
        for row in rows
        if row["state"] in STANDING
    }
    rows = {row["id"]: row for row in outbox.by_ids(connection, [shown[each]["outbox_id"] for each in chosen.values()])}
    company = settings.all_of(connection, company_id)
    return [_group(group, opened, shown[chosen[group["group_key"]]], offers, rows, company) for group in groups]


def _by_cause(company_id: int, sought: Sought) -> Select[*tuple[Any, ...]]:
    """Each cause with its counts, its first and its newest error, the largest first, then in the order in which they began.

    Ids rise as errors are opened, so they say which is the first and the last: to compare moments, which are texts in
    SQLite, would take as long as all else.
    """
    ours = failing.of_records(company_id, **sought)
    group = sought.get("group_key")
    if sought.get("search"):  # every row is looked at anyway, so once is enough
        # Named first, then grouped: PostgreSQL does not see that two expressions with values of their own are one.
        each = select(failing.key().label("key"), Error.tries, Error.id).where(*ours).subquery().c
        every = _counted(each.key, each).group_by(each.key).subquery()
    elif group and failing.own_id(group) is None:  # by its name alone: SQLite would take a range of names for what narrows more
        every = _counted(Error.group_key, Error.__table__.c).where(*ours).group_by(Error.group_key).subquery()
    else:  # either part is read from an index in its own order
        grouped = _counted(Error.group_key, Error.__table__.c).where(*ours, Error.group_key > "").group_by(Error.group_key)
        alone = select(failing.own_key(), literal(1), Error.tries, Error.id, Error.id)
        # Two ways to have no key, and two ranges of the index: as one condition it would be read from end to end.
        every = union_all(grouped, *(alone.where(*ours, each) for each in failing.ungrouped())).subquery()
    whole = (func.count().over(), func.sum(every.c.count).over(), func.max(every.c.newest).over())
    named = [number.label(name) for number, name in zip(whole, ("groups", "errors", "last"), strict=True)]
    return select(every, *named).order_by(every.c.count.desc(), every.c.first)


def _counted(key: ColumnElement[Any] | InstrumentedAttribute[Any], of: ReadOnlyColumnCollection[str, Any]) -> Select[Any]:
    return select(
        key.label("group_key"),
        func.count().label("count"),
        func.max(of.tries).label("tries"),
        func.min(of.id).label("first"),
        func.max(of.id).label("newest"),
    )


def _offered(connection: Connection, company_id: int, first: RowMapping) -> int | None:
    """The first error of a group that a correction was offered for; where nothing can be corrected, none is looked for."""
    if first["klass"] not in {Klass.SAFE, Klass.POLICY}:
        return None
    standing = select(Correction.error_id).where(Correction.error_id == Error.id, Correction.state.in_(STANDING)).exists()
    key = first["group_key"] or f"error {first['id']}"
    same = failing.of_records(company_id, group_key=key)
    return connection.scalar(select(Error.id).where(*same, standing).order_by(Error.id).limit(1))


def _group(
    group: RowMapping,
    opened: Mapping[int, RowMapping],
    shown: RowMapping,
    offers: Mapping[int, Mapping[str, Any]],
    rows: Mapping[int, RowMapping],
    company: Mapping[str, Any],
) -> dict[str, Any]:
    offer, row = offers.get(shown["id"]), rows.get(shown["outbox_id"])
    return {
        **{name: group[name] for name in ("group_key", "count", "newest")},
        "first_seen": opened[group["first"]]["opened_at"],
        "last_seen": opened[group["newest"]]["opened_at"],
        "example_error": shown["id"],
        "offered": offer["state"] if offer is not None else "",
        "example": f"{shown['kind'].replace('_', ' ')} {shown['label']}",
        "kind": shown["kind"],
        "record_id": shown["record_id"],
        "parked_by": row["parked_by"] if row is not None else None,
        **{name: shown[name] for name in ("cause", "remedy", "code", "message", "klass", "correction")},
        "says": _says(offer) or _does(shown["correction"]),
        "cycle": min(group["tries"], GRACE_CYCLES),
        "of": GRACE_CYCLES,
        "attempts": row["attempts"] if row is not None else 0,
        "next": what_next(shown, offer, row, company),
    }


def _says(offer: Mapping[str, Any] | None) -> str:
    """What the offered correction will do to this very record, as far as the person may read it."""
    told = offer is not None and offer["state"] != FAILED and offer["says"] != HIDDEN
    return str(offer["says"]) if offer is not None and told else ""


def _does(name: str | None) -> str:
    known = CORRECTIONS.get(name or "")
    return known.does if known is not None else ""


def what_next(error: RowMapping, offer: Mapping[str, Any] | None, row: Mapping[Any, Any] | None, company: Mapping[str, Any]) -> str:
    """What the machine will do when, in a sentence; `row` is the record's row of the queue."""
    left = GRACE_CYCLES - error["tries"]
    known = CORRECTIONS.get(error["correction"] or "")
    runs = error["klass"] == Klass.SAFE or company.get(f"allow_{error['correction']}") is True
    stands = offer["state"] if offer is not None else ""
    again = f"It is sent again as it is in the next {_syncs(max(left, 1))}; "
    chosen = row is not None and row["parked_by"] == outbox.CONFLICT
    person = "A person has to act; it is tried again once what it refers to has changed, and once a day."
    cases = (
        (stands in {WANTED, ACTING, APPLIED}, "It is corrected with the next sync."),
        (stands == FAILED, f"It was corrected in vain. {person}"),
        (known is not None and known.at_once and known.klass is Klass.SAFE, "It is tried again with the next sync."),
        (bool(stands) and runs and left > 0, f"{again}if it still fails then, it is corrected."),
        (bool(stands) and runs, "It is corrected with the next sync."),
        (bool(stands) and left > 0, f"{again}it is corrected only when a person presses Do it."),
        (chosen, "It waits until somebody has chosen, and goes with the next sync."),
        (row is not None and row["state"] == OutboxState.PARKED, person),
    )
    return next((says for holds, says in cases if holds), f"{again}after that, a person has to act.")


def _syncs(count: int) -> str:
    return "sync" if count == 1 else f"{count} syncs"
