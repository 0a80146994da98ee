"""An entity: everything that is true of one kind of record, for both directions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from syncengine.entities._fields import Field, Flat, Name, Note, Payload, Prepared, Record, References, fail
from syncengine.entities._lines import DISCOUNT, LineMap, substance
from syncengine.entities._links import Reference
from syncengine.terms import Direction

#: Where a flat record of a posting keeps the accounts that it does not name itself, by place: part of the base, never compared.
ACCOUNTS = "~accounts"


@dataclass(frozen=True)
class Entity:
    """One kind of record that syncs, or one thing that a kind of record posts.

    Attributes:
        name: QuickBooks' name of it, such as `Invoice`.
        kind: the inventory kind, such as `invoice`; empty for what is only pulled into the view-only copies.
        second: it receives only what the first entity of this name does not accept.
        natural_key: the path by which people and QuickBooks tell two of them apart: `DisplayName`, `Name`, `DocNumber`.
        cdc: whether the change feed carries it; what it does not carry is read with the slow lists.
        document: whether it is a transaction (can be deleted) or a list entry (can only be made inactive).
        accepts: which QuickBooks objects of this name have a place on the inventory side; all, by default.
        wanted: which inventory records travel; all, by default.
        switch: a company setting that turns the entity off.
        feature: a QuickBooks feature without which the entity does not exist there: `classes`, `departments`.
        numbered: whether its documents get a number of our own series.
        matched_by: the column by which an object is linked to a record that was here already; what names the record, by default.
        holds: why a record has to wait, in a sentence; empty where it may go.
        stands: whether it is a choice of the company's settings that it is posted; what is posted then stands, whatever the
            settings say later, until the record itself says otherwise.
        posts: in words, what is debited and credited, or that it posts nothing.
    """

    name: str
    direction: Direction
    kind: str = ""
    fields: tuple[Field, ...] = ()
    lines: LineMap | None = None
    second: bool = False
    natural_key: str = "Name"
    cdc: bool = True
    document: bool = False
    accepts: Callable[[Mapping[str, Any]], bool] = lambda _: True
    wanted: Callable[[Record, References], bool] = lambda _record, _refs: True
    switch: str | None = None
    feature: str | None = None
    numbered: bool = False
    matched_by: str = ""
    holds: Callable[[Record, References], str] = lambda _record, _refs: ""
    stands: bool = False
    posts: str = ""

    @property
    def primary(self) -> bool:
        """Whether objects of this name belong to it first of all."""
        return self.direction is not Direction.PUSH and not self.second

    @property
    def pushes(self) -> bool:
        """Whether anything of it is ever sent."""
        return self.direction is not Direction.PULL

    @property
    def key(self) -> str:
        """Its name, with the kind where other kinds go to the same QuickBooks entity: `JournalEntry:shipment`."""
        return self.name if self.primary else f"{self.name}:{self.kind}"

    @property
    def party(self) -> str:
        """The path of the customer or vendor that a document names; empty where it names none."""
        paths = {field.path for field in self.fields}
        return next((path for path in ("CustomerRef", "VendorRef", "EntityRef") if path in paths), "")

    @property
    def day(self) -> str:
        """The column of the day that a document bears in QuickBooks."""
        return next((field.column for field in self.fields if field.path == "TxnDate" and field.column), "txn_date")

    @property
    def depends_on(self) -> frozenset[str]:
        """Keys of the entities that its references lead to, itself left out (a parent is of the same kind)."""
        every = [*self.fields, *(self.lines.fields if self.lines else ())]
        targets = {each.refers_to + (f":{each.kind}" if each.kind else "") for each in every if isinstance(each, Reference)}
        return frozenset(targets - {self.key, ""})

    @cached_property
    def name_path(self) -> str:
        """The path of the name that a list entry is sent under; empty for a document."""
        return next((field.path for field in self.fields if isinstance(field, Name)), "")

    @cached_property
    def reference_paths(self) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """Where it refers to other objects, in its header and in its lines: each path with the QuickBooks entity it leads to.

        Found once: a record has some forty fields, and a page of the queue asks several times of each.
        """
        sides = (self.fields, self.lines.fields if self.lines else ())
        header, lines = (tuple((each.path, each.refers_to) for each in side if isinstance(each, Reference)) for side in sides)
        return header, lines

    def travelling(self, refs: References) -> list[Field]:
        """The header fields that travel in this company."""
        return [field for field in self.fields if field.travels(refs)]

    def put(self, record: Record, refs: References) -> Flat:
        """Inventory record -> flat record. Raises RecordError where QuickBooks could not take it."""
        flat = self._prepared.put(record, refs)
        if self.lines is not None:
            flat["Line"] = self.lines.put(record, refs)
        return flat

    @cached_property
    def _prepared(self) -> Prepared:
        return Prepared(self.fields)

    def get(self, payload: Mapping[str, Any]) -> Flat:
        """QuickBooks object -> flat record; accepts everything QuickBooks may answer."""
        flat: Flat = {field.path: field.get(payload) for field in self.fields}
        if self.lines is not None:
            flat["Line"] = self.lines.get(payload)
        return flat

    def differences(self, one: Mapping[str, Any], other: Mapping[str, Any], *, computed: bool = False) -> set[str]:
        """Paths at which two flat records differ.

        Not compared are identities of lines, paths that either lacks, and fields without a column: those we only fill in
        when we create the object, and whatever QuickBooks has there later is no difference. In what is only ever sent, a
        reference or a note of this kind is as much ours as any other: with `computed`, it is compared where the second one has it.
        """
        filled_in = {field.path for field in self.fields if not field.column}
        if computed and self.direction is Direction.PUSH:
            told = {field.path for field in self.fields if isinstance(field, Reference | Note)}
            filled_in -= {path for path in told if other.get(path) is not None}
        both = (one.keys() & other.keys()) - filled_in - {ACCOUNTS}
        return {path for path in both if not self._equal(path, one[path], other[path])}

    def _equal(self, path: str, one: Any, other: Any) -> bool:
        if path == "Line":
            return [substance(line) for line in one or ()] == [substance(line) for line in other or ()]
        return bool(one == other)

    def create(self, flat: Flat, mark: str) -> Payload:
        """The payload that creates the object: what has a value, and our marker in a document's note."""
        payload: Payload = {}
        for field in self.fields:
            self._set(payload, field, flat.get(field.path), mark)
        if self.lines is not None:
            payload["Line"] = self.lines.wire(flat["Line"])
        return payload

    def update(
        self, flat: Flat, changed: Iterable[str], *, qbo_id: str, sync_token: str, held: Mapping[str, Any], mark: str
    ) -> Payload:
        """The payload that changes `changed` and leaves everything else as QuickBooks has it.

        Sparse, unless a value has to go: only a full update is documented to clear what it leaves out, so that one is
        built on the object as it was last seen (`held`), unknown properties included.
        """
        paths = set(changed)
        self.keep_fixed(paths, flat, held)
        full = any(flat.get(path) is None for path in paths)
        payload: Payload = self._full(held) if full else {"sparse": True}
        payload.update({"Id": qbo_id, "SyncToken": sync_token})
        travelling = [field for field in self.fields if field.path in paths or (field.always and not full)]
        for head in {field.path.partition(".")[0] for field in travelling} - payload.keys():
            if isinstance(held.get(head), Mapping | list):
                payload[head] = deepcopy(held[head])  # what is nested is replaced whole: its other parts must survive
        for field in travelling:
            there = None if field.path in paths else field.get(held)  # what is only repeated is repeated as it stands
            field.clear(payload)
            self._set(payload, field, flat.get(field.path) if there is None else there, mark)
        if self.lines is not None and ("Line" in paths or full or self._always_lines()):
            payload["Line"] = self._lines(self.lines, flat, held, changed="Line" in paths)
        return payload

    def keep_fixed(self, paths: Iterable[str], flat: Flat, held: Mapping[str, Any]) -> None:
        """Raise RecordError where a value is to change that QuickBooks keeps as it was at first."""
        changed = set(paths)
        for field in self.fields:
            if field.fixed and field.path in changed:
                was, word = field.get(held), field.column.replace("_", " ")
                raise fail(
                    field.column, flat.get(field.path), f"QuickBooks keeps the {word} of the first sync, which is {was}.",
                    f"Put {was} back, or make a new {self.kind} with the other {word}.",
                )  # fmt: skip

    def _lines(self, lines: LineMap, flat: Flat, held: Mapping[str, Any], *, changed: bool) -> list[Payload]:
        kept = [] if changed else lines.kept(held)
        if kept or (lines.optional and not changed):
            return kept
        return [*lines.wire(flat["Line"], held), *lines.foreign(held)]

    def _always_lines(self) -> bool:
        # Documented for sparse updates are only some documents; the others want their required parts repeated.
        return any(field.always for field in self.fields) and self.document

    def _full(self, held: Mapping[str, Any]) -> Payload:
        about = {"MetaData", "domain", "sparse", "status", "time"}
        return {name: deepcopy(value) for name, value in held.items() if name not in about}

    def deactivate(self, *, qbo_id: str, sync_token: str, held: Mapping[str, Any]) -> Payload:
        """The payload that makes a list entry inactive."""
        payload: Payload = {"sparse": True, "Id": qbo_id, "SyncToken": sync_token, "Active": False}
        for field in self.fields:
            if field.always:
                self._set(payload, field, field.get(held), "")
        return payload

    def _set(self, payload: Payload, field: Field, value: Any, mark: str) -> None:
        if isinstance(field, Note) and mark:
            value = f"{value} {mark}" if value else mark
        wire = field.wire(value)
        if wire is None:
            return
        field.place(payload, wire)

    def columns(self, flat: Mapping[str, Any], paths: Iterable[str], refs: References) -> dict[str, Any]:
        """Flat values at `paths` -> inventory columns. Raises RecordError where a reference has no record here."""
        wanted = set(paths)
        found: dict[str, Any] = {}
        for field in self.fields:
            if field.path in wanted:
                found.update(field.columns(flat.get(field.path), refs))
        return found

    def label(self, payload: Mapping[str, Any]) -> str:
        """What a person calls a QuickBooks object."""
        return str(payload.get(self.natural_key) or payload.get("Name") or f"Id {payload.get('Id')}")

    def worthless(self, flat: Flat) -> bool:
        """Whether a document that only posts has nothing to post: each of its lines is worth 0."""
        if self.direction is not Direction.PUSH or not self.document or self.lines is None:
            return False
        return not any(Decimal(line.get("Amount", "0")) for line in flat.get("Line") or ())

    def replaces(self, paths: Iterable[str]) -> bool:
        """Whether a change at `paths` wants another object: QuickBooks never changes one of them in an object that exists."""
        wanted = set(paths)
        return any(field.reissued and field.path in wanted for field in self.fields)

    def nothing(self) -> Flat:
        """The flat record in which every field says nothing."""
        flat: Flat = {field.path: field.default for field in self.fields}
        if self.lines is not None:
            flat["Line"] = []
        return flat

    def defaults(self, refs: References) -> Flat:
        """The flat record of a record that says nothing: the base of two records that are linked only now."""
        travelling = {field.path for field in self.travelling(refs)} | {"Line"}
        return {path: value for path, value in self.nothing().items() if path in travelling}


def marker(company_id: int, entity: str, record_id: int) -> str:
    """Our own short code at the end of a document's private note, by which a lost success is found again.

    `entity` is an entity's key, so that two records that post to one QuickBooks entity have two codes.

    >>> marker(1, "Invoice", 547)
    '[T-QOYO25EV]'
    """
    digest = hashlib.sha256(f"{company_id}/{entity}/{record_id}".encode()).digest()
    return f"[T-{base64.b32encode(digest[:5]).decode()}]"


def total(flat: Mapping[str, Any]) -> Decimal:
    """What a flat document is worth in its currency: its total, or the sum of its lines; of a journal entry, its debits."""
    if flat.get("TotalAmt") is not None:
        return Decimal(flat["TotalAmt"])
    return sum((_signed(line) for line in flat.get("Line") or ()), Decimal(0))


def _signed(line: Mapping[str, Any]) -> Decimal:
    if line.get("JournalEntryLineDetail.PostingType") == "Credit":
        return Decimal(0)
    amount = Decimal(line.get("Amount", "0"))
    return -amount if line.get("DetailType") == DISCOUNT else amount
