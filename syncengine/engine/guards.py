"""Guards: a run that would empty a side, or touch an implausible share of it, stops before it does and asks (D-M14)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from syncengine.engine import scope
from syncengine.engine.apply import newer
from syncengine.engine.plausible import Doubt, Limits, Touch, judge, question
from syncengine.engine.reconcile import Base
from syncengine.engine.run import Run
from syncengine.engine.step import Step
from syncengine.entities import BY_KIND, POSTINGS, Entity, Flat, Payload
from syncengine.errors import SideEmpty
from syncengine.failpoints import failpoint
from syncengine.store import audit, bindings, brakes
from syncengine.terms import Direction, Operation

#: The two places in which a run does things.
HERE, THERE = "here", "there"


def incoming(
    run: Run,
    objects: Iterable[tuple[str, Sequence[Payload]]],
    gone: Mapping[str, Sequence[str]],
    merged: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Look at all that came from QuickBooks before any of it is applied: objects by list, what is gone, and what was merged.

    Raises SideEmpty where a person has to be asked.
    """
    if not scope.inward(run.settings):
        return
    with run.site.database.reading() as connection:
        touches = [
            *_deleted(connection, run.company_id, gone),
            *_merged(connection, run.company_id, merged),
            *_changed(connection, run.company_id, objects),
        ]
        doubt = _doubt(connection, run, touches)
        known = brakes.open_of(connection, run.company_id)
    if doubt is None and known is None:
        return
    with run.unit() as connection:
        asked = _asked(connection, run, doubt, HERE)
    _raise(asked)


def outgoing(run: Run, connection: Connection, steps: Sequence[Step]) -> SideEmpty | None:
    """Look at what is planned before any of it is sent: what is to be raised once the question is committed, or None."""
    changing = {Operation.UPDATE, Operation.DELETE}
    touches = [_sent(step) for step in steps if step.operation in changing and step.error is None and not step.clashes]
    return _asked(connection, run, _doubt(connection, run, touches), THERE)


def _sent(step: Step) -> Touch:
    """What one step would do to its twin."""
    before = Base.read(step.binding["base"]).ours if step.binding is not None and step.operation is Operation.UPDATE else {}
    leaves, blanked = _lost(step.entity, before, step.intended)
    mark = f"{step.row['id']}/{step.row['revision']}"
    return Touch(mark, word(step.entity.name, step.entity.kind), step.operation is Operation.DELETE, leaves, blanked)


def _lost(entity: Entity, before: Flat, now: Flat, differing: Collection[str] | None = None) -> tuple[bool, frozenset[str]]:
    """Whether a record goes out of use, and which fields would be empty that are not so yet."""
    paths = entity.differences(now, before) if differing is None else differing
    leaves = "Active" in paths and now["Active"] is False
    columns = {each.path: each.column.replace("_", " ") for each in entity.fields if each.column}
    blanked = {columns.get(path, path) for path in paths if not now[path] and now[path] is not False and before[path]}
    return leaves, frozenset(blanked)


def _raise(asked: SideEmpty | None) -> None:
    if asked is not None:
        failpoint("brake.committed")
        raise asked


def _doubt(connection: Connection, run: Run, touches: Collection[Touch]) -> Doubt | None:
    limits = Limits(*(int(run.settings[name]) for name in ("guard_emptied", "guard_least", "guard_share")))
    if len(touches) < min(limits.emptied, limits.least):
        return None
    alive = {word(*key): count for key, count in bindings.counts(connection, run.company_id).items()}
    return judge(touches, alive, limits, brakes.let_through(connection, run.company_id))


def _asked(connection: Connection, run: Run, doubt: Doubt | None, side: str) -> SideEmpty | None:
    """Put the question, or take back one about this side that has answered itself."""
    at = run.site.clock.now()
    if doubt is None:
        known = brakes.open_of(connection, run.company_id)
        if known is not None and known["facts"].get("side") == side:
            brakes.answer(connection, run.company_id, known["id"], at, "keep", by=audit.ENGINE)
        return None
    asked = question(doubt, side=side)
    figures: dict[str, Any] = {"deleted": dict(doubt.deleted), "changed": dict(doubt.changed), "of": doubt.of}
    if doubt.blanked:
        figures["blanked"] = {kind: dict(names) for kind, names in doubt.blanked.items()}
    facts = {"side": side, **figures, "marks": list(doubt.marks)}
    brakes.ask(connection, run.company_id, at, what=doubt.what, question=asked, facts=facts, cycle_id=run.cycle_id)
    failpoint("brake.asked")
    return SideEmpty(asked)


def _deleted(connection: Connection, company_id: int, gone: Mapping[str, Sequence[str]]) -> list[Touch]:
    found = []
    for name, ids in gone.items():
        for qbo_id, row in bindings.of_objects(connection, company_id, name, ids).items():
            if row["ended_at"] is None:
                found.append(Touch(f"{name}/{qbo_id}/gone/{row['generation']}", word(name, row["kind"]), True))
    return found


def _merged(connection: Connection, company_id: int, merged: Sequence[tuple[str, str, str]]) -> list[Touch]:
    """Members of lists that are gone because they were merged into others."""
    found = []
    for name, loser, survivor in merged:
        for row in bindings.of_objects(connection, company_id, name, [loser]).values():
            if row["ended_at"] is None:
                mark = f"{name}/{loser}/into/{survivor}/{row['generation']}"
                found.append(Touch(mark, word(name, row["kind"]), False, leaves=True))
    return found


def _changed(connection: Connection, company_id: int, objects: Iterable[tuple[str, Sequence[Payload]]]) -> list[Touch]:
    """Objects that say something else than both sides agreed on: an echo or a new balance changes nothing."""
    found = []
    for name, payloads in objects:
        bound = bindings.of_objects(connection, company_id, name, [str(each.get("Id")) for each in payloads])
        for payload in payloads:
            row = bound.get(str(payload.get("Id")))
            entity = POSTINGS.get((name, row["kind"])) if row is not None else None
            if row is None or entity is None or row["ended_at"] is not None or not newer(entity, payload, row):
                continue
            now, before = entity.get(payload), Base.read(row["base"]).theirs
            if differing := entity.differences(now, before):
                mark = f"{name}/{row['qbo_id']}/{payload.get('SyncToken')}"
                found.append(Touch(mark, word(name, row["kind"]), False, *_lost(entity, before, now, differing)))
    return found


def word(name: str, kind: str) -> str:
    """What a person calls records of a kind, and which of the documents that they post is meant where there are several.

    >>> word("Invoice", "invoice"), word("Class", "class"), word("Bill", "item_receipt")
    ('invoices', 'classes', 'item receipts (Bill)')
    """
    one = kind.replace("_", " ")
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}{'es' if one.endswith('s') else 's'}"
    posted = [each.name for each in BY_KIND.get(kind, ()) if each.direction is Direction.PUSH]
    several = len(BY_KIND.get(kind, ())) > 1
    return f"{many} ({name})" if several and name in posted else many
