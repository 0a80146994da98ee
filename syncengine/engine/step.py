"""Step: what one waiting row comes to, as the planner leaves it and the preview shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.engine import RowMapping

from syncengine.engine.reconcile import Decision
from syncengine.entities import Entity, Flat, Payload
from syncengine.errors import RecordError
from syncengine.store.conflicts import Clash
from syncengine.terms import Operation


@dataclass
class Step:
    """One row's next step.

    Attributes:
        operation: what is sent; None where there is nothing to send, `note` saying why.
        intended: the flat record that both sides agree on once this is accepted.
        decision: the three-way comparison, for records that are bound.
        error: why the record cannot be sent at all.
        missing: records without a twin that it refers to.
        waits_for: labels of the rows that have to go first: those of missing records, or the record's own earlier write.
        wave: 0 for what can go at once; one more than the highest of what it waits for.
    """

    row: RowMapping
    entity: Entity
    operation: Operation | None = None
    #: Makes the payload, which is asked for of the rows that leave or are looked at only.
    build: Callable[[], Payload] | None = None
    #: Makes the payload of what is created in the same sync, in the place of a document that cannot be changed and is deleted.
    anew: Callable[[], Payload] | None = None
    intended: Flat = field(default_factory=dict)
    decision: Decision | None = None
    binding: RowMapping | None = None
    held: Payload = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    error: RecordError | None = None
    missing: frozenset[tuple[str, str, int]] = frozenset()
    waits_for: list[str] = field(default_factory=list)
    held_back: bool = False
    wave: int = 0
    note: str = ""
    #: It stays in the queue as it is, and `note` says why: the company's settings or the record itself hold it back here.
    stays: bool = False
    #: It waits for nothing but the record that is tried for all of its kind, which QuickBooks lacks.
    rests: bool = False
    #: What is wrong with a setting that it reads, in a sentence.
    unfit: str = ""
    together: bool = False  # what drifted in QuickBooks and our own words have come to the same

    @cached_property
    def payload(self) -> Payload:
        """The exact payload, with placeholders for parents that have no Id yet; empty where nothing is sent."""
        return self.build() if self.build is not None else {}

    @property
    def sendable(self) -> bool:
        """Whether it can leave just now."""
        return self.operation is not None and self.error is None and not self.clashes and not self.missing

    @property
    def stands(self) -> bool:
        """Whether others may wait for it: it goes to QuickBooks, now or once it is put right."""
        return self.operation is not None or self.error is not None or bool(self.clashes) or self.stays

    @property
    def generation(self) -> int:
        """Raised when the object was deleted in QuickBooks and is to be created again."""
        return int(self.binding["generation"]) if self.binding else 0
