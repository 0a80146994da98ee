"""Corrections as people look at them: what each will do, value by value, and what became of those that were carried out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.corrections import CORRECTIONS, Verdict
from syncengine.queries import _offers
from syncengine.queries.said import INACTIVE, as_text, called
from syncengine.queries.session import Session
from syncengine.store import corrections, overrides, rights
from syncengine.store.corrections import DONE, UNDONE, WITHDRAWN
from syncengine.store.tables import Correction
from syncengine.store.veil import HIDDEN

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
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
def error_corrections(
    session: Session, *, error_id: int | None = None, states: Sequence[str] = (), page: int = 1, size: int | None = None
) -> pd.DataFrame:
    """Corrections, newest first: what each will do or did, and what came of it; of one error where it is given.

    `states` narrows them: offered, wanted, acting, applied, done, failed, withdrawn, undone. Without `size` all are on one page.
    What `says` and `outcome` tell of an accounting list is hidden from who may not see that list.
    """
    from syncengine.queries._frames import frame

    wanted = select(Correction.__table__).where(Correction.company_id == session.company_id)
    if error_id is not None:
        wanted = wanted.where(Correction.error_id == int(error_id))
    if states:
        wanted = wanted.where(Correction.state.in_(tuple(states)))
    if size is not None:
        wanted = wanted.offset((int(page) - 1) * int(size)).limit(int(size))
    held = rights.of(session)
    with session.database.reading() as connection:
        rows = connection.execute(wanted.order_by(Correction.id.desc())).mappings().all()
        told = [{**_offers.worded(row, held), "undoable": _undoable(connection, row)} for row in rows]
    return frame(told, _CORRECTIONS)


def _undoable(connection: Connection, row: RowMapping) -> bool:
    """Whether it can still be taken back: an edit of the record since has done so already."""
    return row["state"] == DONE and bool(row["undo"]) and bool(overrides.made_by(connection, row))


@rights.needs(rights.Permission.SEE_SYNC)
def correction_of(session: Session, error_id: int) -> dict[str, Any] | None:
    """What the newest correction of an error will do, or did; None where nothing can be done by machine.

    The keys: id, error_id, name, klass, state, says, outcome, undo (how it can be taken back, in words; empty where it
    cannot), mark (what `commands.correct_now` wants of whoever has seen this), and changes: a list of mappings with `act`,
    `field` (a path in QuickBooks, or a name), `before` and `after` as text. Values are hidden from who may not see the list
    that the record posts to.
    """
    with session.database.reading() as connection:
        found = corrections.of_errors(connection, [int(error_id)]).get(int(error_id), [])
    mine = [row for row in found if row["company_id"] == session.company_id and row["state"] not in {WITHDRAWN, UNDONE}]
    if not mine:
        return None
    row = mine[-1]
    held = rights.of(session)
    worded = _offers.worded(row, held)
    shown = {name: worded[name] for name in ("id", "error_id", "name", "klass", "state", "says", "outcome")}
    known = CORRECTIONS.get(row["name"])
    changes = list(_changes(row, held))
    if not held.sees(row["entity"]):
        changes = [{**each, "before": HIDDEN, "after": HIDDEN} if each["act"] == "override" else each for each in changes]
    undo = known.undo if known is not None and Verdict.read(row["says"], row["verdict"]).reversible else ""
    return {**shown, "undo": undo, "mark": corrections.mark(row), "changes": changes}


@dataclass(frozen=True)
class GroupFix:
    """What the corrections that are offered for one cause will do.

    Attributes:
        count, newest: how many there are, and the highest id among them: what `commands.correct_group` wants.
        names: what the corrections are called.
        undo: how each can be taken back, in words; empty where one cannot.
        examples: the first of them: label, kind, record_id and what it will do (`says`).
    """

    count: int
    newest: int
    names: tuple[str, ...]
    undo: str
    examples: pd.DataFrame


#: So many records are named of a cause that is corrected as a whole.
EXAMPLES = 20
_EXAMPLES = {"kind": "str", "record_id": "int64", "label": "str", "name": "str", "says": "str"}


@rights.needs(rights.Permission.SEE_SYNC)
def group_correction(session: Session, group_key: str) -> GroupFix | None:
    """What is offered for all records that fail for one cause; None where nothing is."""
    from syncengine.queries._frames import frame

    offered = corrections.offered_for(session.company_id, group_key)
    joined = select(Correction.__table__).where(*offered)
    names = select(Correction.name).where(*offered).distinct()
    held = rights.of(session)
    with session.database.reading() as connection:
        count, newest = corrections.seen_of(connection, session.company_id, group_key)
        rows = connection.execute(joined.order_by(Correction.id).limit(EXAMPLES)).mappings().all()
        every = tuple(sorted(connection.scalars(names)))
    if not rows:
        return None
    known = [CORRECTIONS[name].undo if name in CORRECTIONS else "" for name in every]
    reversible = all(known) and all(Verdict.read(row["says"], row["verdict"]).reversible for row in rows)
    examples = frame([_offers.worded(row, held) for row in rows], _EXAMPLES)
    return GroupFix(count, newest, every, known[0] if reversible and len(known) == 1 else "", examples)


def _changes(row: RowMapping, held: rights.Rights) -> Iterator[dict[str, str]]:
    """Every act of a verdict with what it changes, in the order in which they are done."""
    verdict = Verdict.read(row["says"], row["verdict"])
    ours = row["verdict"].get("ours") or {}
    names = dict(_names([each for each in row["verdict"].get("told") or () if held.sees(each[0])]))
    for act in (*verdict.acts, *verdict.after):
        args = act.args
        if act.do == "override":
            yield _change("override", args["path"], ours.get(args["path"]), args["value"])
        elif act.do in {"activate", "deactivate"}:
            states = ("inactive", "active") if act.do == "activate" else ("active", "inactive")
            shown = names.get((args["entity"], args["qbo_id"]), f"{args['entity']} {args['qbo_id']}")
            yield _change(act.do, shown.removesuffix(INACTIVE), *states)  # what it is, before and after, is told beside it
        elif act.do == "recreate":
            yield _change("recreate", row["entity"], "deleted", "a new document")
        elif act.do == "send_first":
            yield _change("send_first", args["entity"], "missing", "sent first")
        else:
            entity = args.get("entity", row["entity"])
            after = names.get((entity, args["qbo_id"]), f"{entity} {args['qbo_id']}")
            yield _change(act.do, entity, names.get((entity, args.get("old")), ""), after)


def _change(act: str, field: str, before: Any, after: Any) -> dict[str, str]:
    return {"act": act, "field": field, "before": as_text(before), "after": as_text(after)}


def _names(told: Iterable[Sequence[str]]) -> Iterator[tuple[tuple[str, str | None], str]]:
    """How the objects are called that QuickBooks was asked about, by entity and Id."""
    for entity, text in told:
        payload: Mapping[str, Any] = json.loads(text)
        name = payload.get("FullyQualifiedName") or payload.get("DisplayName") or payload.get("Name") or payload.get("DocNumber")
        if name:
            yield (entity, str(payload.get("Id"))), f"{entity} {called(str(name))}"
