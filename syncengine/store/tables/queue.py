"""The outbox, and what was sent of it. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY

#: What people have put into the queue, which is little beside what the inventory has; as the index says it, word for word.
BY_PEOPLE = "queued_by <> 'inventory'"
#: What people narrow the queue by, without who queued it: PostgreSQL's indexes hold 2,700 bytes a row.
_NARROWED = ("state", "kind", "entity", "record_id", "operation", "bound", "label")


class Outbox(Base):
    """One record that has to reach one QuickBooks target; the legal moves are in `store.outbox`."""

    __tablename__ = "sync_outbox"
    __table_args__ = (
        # One waiting row per record and target: an edit of a waiting record joins its row. A row whose write is
        # unanswered is no longer waiting: the edit waits as a second row behind it.
        Index(
            "uq_sync_outbox_waiting",
            "company_id",
            "entity",
            "kind",
            "record_id",
            unique=True,
            sqlite_where=text("state IN ('available','retryable','parked') AND NOT unanswered"),
            postgresql_where=text("state IN ('available','retryable','parked') AND NOT unanswered"),
        ),
        Index(
            "uq_sync_outbox_in_flight",
            "company_id",
            "entity",
            "kind",
            "record_id",
            unique=True,
            sqlite_where=text("state = 'running' OR unanswered"),
            postgresql_where=text("state = 'running' OR unanswered"),
        ),
        Index(
            "ix_sync_outbox_open",
            "company_id",
            "position",
            sqlite_where=text("state IN ('available','running','retryable','parked')"),
            postgresql_where=text("state IN ('available','running','retryable','parked')"),
        ),
        # The two blocks of the preview in their orders: a page of either is read from its index, and so is what a person
        # narrows it to. The state stands in it since SQLite looks at a row again for what stands in the condition only.
        Index(
            "ix_sync_outbox_sending",
            "company_id",
            "wave",
            "position",
            "id",
            *_NARROWED,
            sqlite_where=text("state IN ('available','running')"),
            postgresql_where=text("state IN ('available','running')"),
        ),
        Index(
            "ix_sync_outbox_failing",
            "company_id",
            "failed_seq",
            "position",
            "id",
            *_NARROWED,
            sqlite_where=text("state IN ('retryable','parked')"),
            postgresql_where=text("state IN ('retryable','parked')"),
        ),
        # What is expected to fail, in sending order; and what is not weighed yet.
        Index(
            "ix_sync_outbox_doubtful",
            "company_id",
            "wave",
            "position",
            "id",
            sqlite_where=text("state = 'available' AND doubted = version AND weighed = version"),
            postgresql_where=text("state = 'available' AND doubted = version AND weighed = version"),
        ),
        Index(
            "ix_sync_outbox_unweighed",
            "company_id",
            "position",
            sqlite_where=text("state = 'available' AND weighed <> version"),
            postgresql_where=text("state = 'available' AND weighed <> version"),
        ),
        # How much waits of which kind is counted, and which records of one have failed is known, without a look at any row.
        Index(
            "ix_sync_outbox_kinds",
            "company_id",
            "kind",
            "state",
            "record_id",
            "unanswered",
            "entity",
            sqlite_where=text("state IN ('available','running','retryable','parked')"),
            postgresql_where=text("state IN ('available','running','retryable','parked')"),
        ),
        # What rests, because QuickBooks has nothing of its kind: every plan asks for it, and mostly there is none.
        Index(
            "ix_sync_outbox_resting",
            "company_id",
            "entity",
            "position",
            "id",
            sqlite_where=text("parked_by = 'feature' AND state IN ('available','running','retryable','parked')"),
            postgresql_where=text("parked_by = 'feature' AND state IN ('available','running','retryable','parked')"),
        ),
        # What waits for a person's choice between both sides: every look at the company counts it, and mostly there is none.
        Index(
            "ix_sync_outbox_undecided",
            "company_id",
            "id",
            sqlite_where=text("parked_by = 'conflict' AND state = 'parked'"),
            postgresql_where=text("parked_by = 'conflict' AND state = 'parked'"),
        ),
        # What deletes: but for a record that was put back a moment ago, it stands for none that is here.
        Index(
            "ix_sync_outbox_deletes",
            "company_id",
            "kind",
            "state",
            sqlite_where=text("operation = 'delete' AND state IN ('available','running','retryable','parked')"),
            postgresql_where=text("operation = 'delete' AND state IN ('available','running','retryable','parked')"),
        ),
        Index(
            "ix_sync_outbox_people",
            "company_id",
            "state",
            "queued_by",
            sqlite_where=text(BY_PEOPLE),
            postgresql_where=text(BY_PEOPLE),
        ),
        Index("ix_sync_outbox_record", "company_id", "kind", "record_id"),
        # What was sent of a record that is gone here is found by what it was called.
        Index("ix_sync_outbox_label", "company_id", "label"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: The QuickBooks target, such as `Invoice`.
    entity: Mapped[str] = mapped_column(String(32))
    #: The inventory kind, such as `invoice`.
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    #: What a person calls the record: its number or name, as it was when last captured.
    label: Mapped[str] = mapped_column(String(500), default="")
    #: `save` or `delete`: what happened to the record here.
    operation: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    #: An attempt of this row left and no answer is recorded.
    unanswered: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    #: Place in the queue: first in, first out, until a person moves the row to the bottom.
    position: Mapped[int]
    #: Counts the captured edits; part of the requestid, because new content needs a new one.
    revision: Mapped[int] = mapped_column(default=1)
    #: Counts known refusals; part of the requestid, for whether QuickBooks replays a refusal is unknown.
    refusals: Mapped[int] = mapped_column(default=0)
    #: Compare-and-set: each move adds one.
    version: Mapped[int] = mapped_column(default=1)
    #: How often it was sent.
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(Utc)
    queued_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Utc)
    #: Why it waits or is parked, in a sentence for a person.
    reason: Mapped[str | None] = mapped_column(Text)
    #: Why it is parked, for the machine: `local` (it cannot be built), `conflict`, `refused`, `feature` (see
    #: `store.outbox.FEATURE`) or `person`.
    parked_by: Mapped[str | None] = mapped_column(String(16))
    #: The last refusal's message, for the preview.
    message: Mapped[str | None] = mapped_column(Text)
    #: The order in which failing rows first failed (P3); null while it has not failed.
    failed_seq: Mapped[int | None]
    #: What it waits for goes before it: 0 for nothing. Kept by `engine.foresight`, and true only while nothing stirs.
    wave: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: While it is listed, whether its record has a living twin. Triggers keep it (`engine.twinned`).
    bound: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    #: The version that was weighed, and the one that is expected to fail, if any; kept by `engine.weighing`.
    weighed: Mapped[int] = mapped_column(default=0, server_default="0")
    doubted: Mapped[int] = mapped_column(default=0, server_default="0")


class Stir(Base):
    """Triggers put one here whenever something changes that the waves of a company's rows follow from, or who has a twin."""

    __tablename__ = "sync_stir"
    __table_args__ = (Index("ix_sync_stir_company", "company_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    company_id: Mapped[int]


class Foresight(Base):
    """Of one company: when the waves of its rows were last reckoned, and from which references."""

    __tablename__ = "sync_foresight"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    #: Which columns refer to what, with the features that are on, as a checksum: another program or setting has another.
    signature: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Utc)
    #: By which settings and as of which run its rows are weighed, as a checksum: another one weighs all of them anew.
    weighed_by: Mapped[str | None] = mapped_column(String(64))


class Attempt(Base):
    """One request that writes, committed before it leaves; a batch is one attempt with several items."""

    __tablename__ = "sync_attempt"
    __table_args__ = (
        Index(
            "ix_sync_attempt_open",
            "company_id",
            sqlite_where=text("outcome = 'open' OR outcome = 'unknown'"),
            postgresql_where=text("outcome = 'open' OR outcome = 'unknown'"),
        ),
        Index("ix_sync_attempt_cycle", "cycle_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("sync_cycle.id"))
    requestid: Mapped[str] = mapped_column(String(50))
    #: `single` or `batch`.
    shape: Mapped[str] = mapped_column(String(8))
    fence: Mapped[int]
    #: `open`, `accepted` (answered, item by item), `unknown`.
    outcome: Mapped[str] = mapped_column(String(16))
    #: How often this same request was sent.
    sends: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    tid: Mapped[str | None] = mapped_column(String(100))
    service_ms: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)


class AttemptItem(Base):
    """What one attempt says of one outbox row, byte for byte, and what was answered."""

    __tablename__ = "sync_attempt_item"
    __table_args__ = (
        Index("ix_sync_attempt_item_attempt", "attempt_id"),
        Index("ix_sync_attempt_item_outbox", "outbox_id"),
        # The history across records, newest first; what was refused is rare in it.
        Index("ix_sync_attempt_item_company", "company_id", "id"),
        Index("ix_sync_attempt_item_outcome", "company_id", "outcome", "id"),
        Index("ix_sync_attempt_item_entity", "company_id", "entity", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("sync_attempt.id"))
    outbox_id: Mapped[int] = mapped_column(ForeignKey("sync_outbox.id"))
    #: The place in the batch: bId is `i` and this number.
    ordinal: Mapped[int]
    #: `create`, `update` or `delete`.
    operation: Mapped[str] = mapped_column(String(8))
    entity: Mapped[str] = mapped_column(String(32))
    #: The payload as sent, JSON text with exact numbers.
    payload: Mapped[str] = mapped_column(Text)
    payload_hash: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    #: What both sides will agree on once this is accepted: the flat record and line ids behind the payload.
    intended: Mapped[Any] = mapped_column(JsonText)
    sync_token: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(16))
    qbo_id: Mapped[str | None] = mapped_column(String(32))
    #: The Fault as QuickBooks gave it, JSON text.
    fault: Mapped[Any | None] = mapped_column(JsonText)
