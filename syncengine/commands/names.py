"""Classes and departments: added, renamed, put under another, made inactive, deleted (S43); the next sync carries it out.

Several changes are staged and applied together, or none is. A name that is deleted here is made inactive in QuickBooks
(D20), which deletes no names; one that records still name is made inactive here as well instead of being torn out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from syncengine.commands._session import Session
from syncengine.engine import capture, tracking
from syncengine.entities import ENTITIES
from syncengine.errors import RecordError, Refused
from syncengine.inventory import changes as marks
from syncengine.inventory import reader, writer
from syncengine.inventory.tables import KINDS
from syncengine.store import audit, outbox, rights

Tracked = Literal["class", "department"]
#: QuickBooks nests these names five levels deep.
DEEPEST: Final = 5


class Keep(Enum):
    """What stands for "as it is" where None is a value."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True)
class Seen:
    """A name as the person saw it: it is changed or deleted only while it still is so."""

    name: str
    parent_id: int | None
    active: bool


@dataclass(frozen=True)
class SaveName:
    """One name that is added, or changed where `record_id` is given.

    Attributes:
        name: what it is called; None leaves it as it is.
        record_id: the name to change; None adds a new one.
        parent_id: the name that it stands under, None for none; a text is the `key` of a name staged before this one.
        active: None leaves it as it is.
        key: by which later changes of the same batch refer to this one.
        seen: how the name was when the change was decided on; None lets it be changed however it is by now.
    """

    name: str | None = None
    record_id: int | None = None
    parent_id: int | str | Keep | None = KEEP
    active: bool | None = None
    key: str = ""
    seen: Seen | None = None


@dataclass(frozen=True)
class DeleteName:
    """One name that goes; with `seen`, only while it still is so."""

    record_id: int
    seen: Seen | None = None


@dataclass(frozen=True)
class NamesChanged:
    """What became of staged changes: for each, in their order, the record's id and what was done to it.

    `done` holds `added`, `changed`, `unchanged`, `deleted`, or `made inactive` for a deletion of what records still name.
    """

    ids: tuple[int, ...]
    done: tuple[str, ...]


@rights.needs(rights.Permission.MANAGE)
def change_names(session: Session, kind: Tracked, staged: Iterable[SaveName | DeleteName]) -> NamesChanged:
    """Apply staged changes of the classes or departments, in order, all of them or none, and queue them for QuickBooks.

    Raises Refused where tracking is off in QuickBooks, nothing would change, or the plan's limit would be exceeded;
    RecordError where a name cannot be: it is taken, too long, nested too deep, under itself, or put under an inactive one.
    """
    if kind not in tracking.ENTITY:
        raise Refused(f"There is no list of {kind!r}. Use one of: {', '.join(tracking.ENTITY)}.")
    wanted = list(staged)
    with session.database.writing() as connection:
        outbox.lock(connection, session.company_id)
        if why := tracking.why_off(connection, session.company_id, kind):
            raise Refused(why)
        before = tracking.room(connection, session.company_id)
        batch = _Batch(connection, session.company_id, kind)
        with marks.guarded(connection):  # queued right here, under the name of the person, rather than by a mark
            for each in wanted:
                batch.apply(each)
        batch.finish(session, before)
    return NamesChanged(tuple(batch.ids), tuple(batch.done))


@rights.needs(rights.Permission.MANAGE)
def save_name(
    session: Session,
    kind: Tracked,
    name: str | None = None,
    *,
    record_id: int | None = None,
    parent_id: int | Keep | None = KEEP,
    active: bool | None = None,
) -> int:
    """Add one class or department, or change one; answers its id. Raises as `change_names`."""
    return change_names(session, kind, [SaveName(name, record_id, parent_id, active)]).ids[0]


@rights.needs(rights.Permission.MANAGE)
def delete_name(session: Session, kind: Tracked, record_id: int) -> str:
    """Delete one class or department; answers `deleted`, or `made inactive` where records still name it.

    Raises as `change_names`.
    """
    return change_names(session, kind, [DeleteName(record_id)]).done[0]


@dataclass
class _Batch:
    """Staged changes while they are applied: what each name is by now, and what is to be said of it."""

    connection: Connection
    company_id: int
    kind: str
    ids: list[int] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    _lines: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    _keys: dict[str, int] = field(default_factory=dict)
    _moved: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = KINDS[self.kind].table  # held, so that what a sync is taking over at this moment is seen
        mine = select(names.c.id).where(names.c.company_id == self.company_id)
        self.connection.execute(mine.order_by(names.c.id).with_for_update())
        self._names: dict[int, dict[str, Any]] = dict(reader.load(self.connection, self.kind, self.company_id))
        self._gone: dict[int, str] = {}
        self._found = {
            record_id: Seen(each["name"], each["parent_id"], each["active"] is not False)
            for record_id, each in self._names.items()
        }

    def apply(self, change: SaveName | DeleteName) -> None:
        """Carry one change out. Raises Refused where the name is not as it was seen any more."""
        self._require_as_seen(change.record_id, change.seen)
        record_id, done = self._delete(int(change.record_id)) if isinstance(change, DeleteName) else self._save(change)
        self.ids.append(record_id)
        self.done.append(done)

    def finish(self, session: Session, before: tracking.Room) -> None:
        """Queue what changed and write the audit trail; Refused where nothing did or there is no room for it."""
        touched = [record_id for record_id, done in zip(self.ids, self.done, strict=True) if done != "unchanged"]
        if not touched:
            raise Refused("Nothing has changed: the names are so already.")
        self._require_active_parents()
        _require_room(before, tracking.room(self.connection, self.company_id))
        now = session.clock.now()
        capture.enqueue(self.connection, self.company_id, self.kind, touched, now, by=session.actor, called=self._gone)
        lines = [
            audit.Line(f"{self.kind} {did}", session.actor, self.kind, record_id, detail=detail)
            for did, record_id, detail in self._lines
        ]
        audit.write(self.connection, self.company_id, now, lines)

    def _save(self, change: SaveName) -> tuple[int, str]:
        before = self._held(change.record_id) if change.record_id is not None else {}
        values: dict[str, Any] = {} if before else {"parent_id": None, "active": True}
        if change.name is not None or not before:
            values["name"] = _checked_name(self.kind, change.name)
        if not isinstance(change.parent_id, Keep):
            values["parent_id"] = self._parent(change.parent_id)
        if change.active is not None:
            values["active"] = change.active
        self._check_place(change.record_id, {**before, **values})
        if before and not (values := writer.differing(before, values)):
            return int(before["id"]), "unchanged"
        record_id = writer.save(self.connection, self.kind, self.company_id, values, record_id=before.get("id"))
        self._names[record_id] = {"id": record_id, **before, **values}
        if values.get("parent_id") is not None:
            self._moved.append(record_id)
        if change.key:
            self._keys[change.key] = record_id
        self._note("changed" if before else "added", record_id, self._said(before, values))
        return record_id, "changed" if before else "added"

    def _delete(self, record_id: int) -> tuple[int, str]:
        before = self._held(record_id)
        name = str(reader.label(before, self.kind))
        if under := [each for each in self._names.values() if each["parent_id"] == record_id]:
            raise Refused(
                f"{name} has names under it, such as {under[0]['name']}. Delete them first, or put them under another {self.kind}."
            )
        try:
            writer.delete(self.connection, self.kind, self.company_id, record_id)
        except RecordError:  # records name it
            if before["active"] is False:
                return record_id, "unchanged"
            writer.save(self.connection, self.kind, self.company_id, {"active": False}, record_id=record_id)
            before["active"] = False
            self._note("made inactive", record_id, {"name": name, "why": "records still name it"})
            return record_id, "made inactive"
        del self._names[record_id]
        self._gone[record_id] = name
        self._note("deleted", record_id, {"name": name})
        return record_id, "deleted"

    def _note(self, did: str, record_id: int, detail: dict[str, Any]) -> None:
        self._lines.append((did, record_id, detail))

    def _said(self, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        name = values.get("name", before.get("name"))
        return {"name": name, **{column: {"from": before.get(column), "to": value} for column, value in values.items() if before}}

    def _require_as_seen(self, record_id: int | None, seen: Seen | None) -> None:
        found = self._found.get(int(record_id)) if record_id is not None else None
        if found is not None and seen is not None and found != seen:
            raise Refused(f"{seen.name} has been changed since you saw it. Look at the list again, then decide.")

    def _held(self, record_id: int) -> dict[str, Any]:
        found = self._names.get(int(record_id))
        if found is None:
            raise Refused(f"There is no {self.kind} {record_id} in this company any more. Look at the list again.")
        return found

    def _parent(self, wanted: int | str | None) -> int | None:
        if wanted is None:
            return None
        if isinstance(wanted, str):
            if wanted not in self._keys:
                raise Refused(f"No {self.kind} was staged as {wanted!r} before this one.")
            return self._keys[wanted]
        return int(self._held(wanted)["id"])

    def _require_active_parents(self) -> None:
        """Nothing is put under an inactive name: QuickBooks takes no reference to one.

        Asked when all is done, since the parent may be made active, or inactive, by a later change of the same batch.
        """
        for each in (self._names[record_id] for record_id in self._moved if record_id in self._names):
            above = self._names.get(each["parent_id"], {})
            if above.get("active") is False:
                cause = f"It would stand under {above['name']}. QuickBooks puts nothing under a name that is inactive."
                remedy = f"Make {above['name']} active first, or choose another parent."
                raise RecordError("parent", str(each["name"]), cause, remedy)

    def _check_place(self, record_id: int | None, values: dict[str, Any]) -> None:
        """A name stands once under its parent, never under itself, and at most five levels deep, with all that is below it."""
        above = self._above(values.get("parent_id"))
        if record_id is not None and int(record_id) in above:
            raise RecordError("parent", str(values["name"]), "It would stand under itself.", "Choose another parent.")
        if len(above) + self._height(record_id) > DEEPEST:
            cause = f"QuickBooks nests these names {DEEPEST} levels deep at most."
            raise RecordError("parent", str(values["name"]), cause, "Choose a parent higher up.")
        for each in self._names.values():
            same = each["parent_id"] == values.get("parent_id") and reader.folded(each["name"]) == reader.folded(values["name"])
            if same and each["id"] != record_id and each["active"] is not False and values["active"] is not False:
                cause = f"There is a {self.kind} of this name in the same place already."
                raise RecordError("name", str(values["name"]), cause, "Give it another name, or another parent.")

    def _above(self, parent_id: Any) -> list[int]:
        found: list[int] = []
        while parent_id is not None and parent_id not in found:
            found.append(int(parent_id))
            parent_id = self._names.get(parent_id, {}).get("parent_id")
        return found

    def _height(self, record_id: int | None, seen: Sequence[int] = ()) -> int:
        """How many levels a name and what stands under it take."""
        if record_id is None or record_id in seen:
            return 1
        below = [each["id"] for each in self._names.values() if each["parent_id"] == record_id]
        return 1 + max((self._height(each, (*seen, record_id)) for each in below), default=0)


def _checked_name(kind: str, name: str | None) -> str:
    """The name as QuickBooks takes it; RecordError where it never would."""
    entity = ENTITIES[tracking.ENTITY[kind]]
    rule: Any = next(each for each in entity.fields if each.column == "name")
    return str(rule.put({"name": name}, None))


def _require_room(before: tracking.Room, after: tracking.Room) -> None:
    if after.limit is not None and after.used > max(after.limit, before.used):
        raise Refused(
            f"{after.plan} allows {after.limit} active classes and departments together, and there would be {after.used}. "
            "Make some inactive first, or take a larger plan in QuickBooks."
        )
