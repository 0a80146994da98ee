"""Errors by cause: what is behind them, how many it holds back, and what the machine will do about it when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable, String, cast, func, literal, select
from sqlalchemy.engine import RowMapping

from syncengine.corrections import CORRECTIONS, Klass
from syncengine.engine.refusals import GRACE_CYCLES
from syncengine.queries.session import Session
from syncengine.store import attempts, corrections, errors, outbox, rights, settings
from syncengine.store.corrections import ACTING, APPLIED, FAILED, OFFERED, WANTED
from syncengine.store.tables import Correction, Error
from syncengine.store.veil import veiled
from syncengine.terms import OutboxState

if TYPE_CHECKING:
    import pandas as pd

#: Corrections that say what will be done about an error, or what was done about it in vain.
_STANDING = (OFFERED, WANTED, ACTING, APPLIED, FAILED)
_MOMENT = "datetime64[us, UTC]"
_GROUPS = {
    "group_key": "str",
    "count": "int64",
    "first_seen": _MOMENT,
    "last_seen": _MOMENT,
    "example_error": "int64",
    "example": "str",
    "cause": "str",
    "remedy": "str",
    "code": "str",
    "message": "str",
    "klass": "str",
    "correction": "str",
    "says": "str",
    "cycle": "int64",
    "of": "int64",
    "next": "str",
}
_CORRECTIONS = {
    "id": "int64",
    "error_id": "int64",
    "kind": "str",
    "record_id": "int64",
    "label": "str",
    "name": "str",
    "klass": "str",
    "state": "str",
    "says": "str",
    "outcome": "str",
    "undoable": "bool",
    "offered_at": _MOMENT,
    "wanted_by": "str",
    "done_at": _MOMENT,
}


@rights.needs(rights.Permission.SEE_SYNC)
def error_groups(session: Session) -> pd.DataFrame:
    """Open errors of records by cause, the largest group first; each row tells what is behind it and what happens next."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        return frame(_groups(connection, session.company_id), _GROUPS)


@rights.needs(rights.Permission.SEE_SYNC)
def error_corrections(session: Session, *, error_id: int | None = None) -> pd.DataFrame:
    """Corrections, newest first: what each will do or did, and what came of it; of one error where it is given."""
    from syncengine.queries._frames import frame

    states = (*_STANDING, "done", "withdrawn", "undone")
    with session.database.reading() as connection:
        rows = corrections.in_states(connection, session.company_id, states, error_id=None if error_id is None else int(error_id))
    told = [{**row, "undoable": row["state"] == "done" and bool(row["undo"])} for row in reversed(rows)]
    return frame(told, _CORRECTIONS)


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


def _groups(connection: Connection, company_id: int) -> list[dict[str, Any]]:
    groups = connection.execute(_by_cause(company_id)).mappings().all()
    shown = errors.by_ids(connection, company_id, [_shown(group) for group in groups])
    offers = {
        row["error_id"]: row  # the newest
        for rows in corrections.of_errors(connection, shown).values()
        for row in rows
        if row["state"] in _STANDING
    }
    states = {row["id"]: row["state"] for row in outbox.by_ids(connection, [row["outbox_id"] for row in shown.values()])}
    company = settings.all_of(connection, company_id)
    told = [_group(group, shown[_shown(group)], offers.get(_shown(group)), states, company) for group in groups]
    return sorted(told, key=lambda group: (-group["count"], group["first_seen"], group["group_key"]))


def _by_cause(company_id: int) -> Executable:
    """Each cause with its counts, its first error, and the first one that a correction was offered for."""
    offered = (
        select(Correction.error_id).distinct()
        .where(Correction.company_id == company_id, Correction.state.in_(_STANDING)).subquery()
    )  # fmt: skip
    key = func.coalesce(func.nullif(Error.group_key, ""), literal("error ").concat(cast(Error.id, String)))
    counted = select(
        key.label("group_key"),
        func.count().label("count"),
        func.min(Error.opened_at).label("first_seen"),
        func.max(Error.opened_at).label("last_seen"),
        func.max(Error.tries).label("tries"),
        func.min(Error.id).label("first"),
        func.min(offered.c.error_id).label("offered"),
    )
    ours = (Error.company_id == company_id, Error.closed_at.is_(None), Error.outbox_id.is_not(None))
    return counted.outerjoin(offered, offered.c.error_id == Error.id).where(*ours).group_by(key)


def _shown(group: RowMapping) -> int:
    return int(group["first"] if group["offered"] is None else group["offered"])


def _group(
    group: RowMapping,
    shown: RowMapping,
    offer: RowMapping | None,
    states: Mapping[int, str],
    company: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        **{name: group[name] for name in ("group_key", "count", "first_seen", "last_seen")},
        "example_error": shown["id"],
        "example": f"{shown['kind'].replace('_', ' ')} {shown['label']}",
        **{name: shown[name] for name in ("cause", "remedy", "code", "message", "klass", "correction")},
        "says": offer["says"] if offer is not None and offer["state"] != FAILED else _does(shown["correction"]),
        "cycle": min(group["tries"], GRACE_CYCLES),
        "of": GRACE_CYCLES,
        "next": what_next(shown, offer, states.get(shown["outbox_id"], ""), company),
    }


def _does(name: str | None) -> str:
    known = CORRECTIONS.get(name or "")
    return known.does if known is not None else ""


def what_next(error: RowMapping, offer: RowMapping | None, state: str, company: Mapping[str, Any]) -> str:
    """What the machine will do when, in a sentence."""
    left = GRACE_CYCLES - error["tries"]
    known = CORRECTIONS.get(error["correction"] or "")
    runs = error["klass"] == Klass.SAFE or company.get(f"allow_{error['correction']}") is True
    stands = offer["state"] if offer is not None else ""
    again = f"It is sent again as it is in the next {_syncs(max(left, 1))}; "
    person = "A person has to act; it is tried again once what it refers to has changed, and once a day."
    cases = (
        (stands in {WANTED, ACTING, APPLIED}, "It is corrected with the next sync."),
        (stands == FAILED, f"It was corrected in vain. {person}"),
        (known is not None and known.at_once and known.klass is Klass.SAFE, "It is tried again with the next sync."),
        (bool(stands) and runs and left > 0, f"{again}if it still fails then, it is corrected."),
        (bool(stands) and runs, "It is corrected with the next sync."),
        (bool(stands) and left > 0, f"{again}it is corrected only when a person presses Correct now."),
        (state == OutboxState.PARKED, person),
    )
    return next((says for holds, says in cases if holds), f"{again}after that, a person has to act.")


def _syncs(count: int) -> str:
    return "sync" if count == 1 else f"{count} syncs"
