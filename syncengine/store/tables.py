"""The engine's own tables; every row carries its company."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Money, Utc

_COMPANY = "company.id"


class Connection(Base):
    """How one company reaches QuickBooks. Tokens and realmId are ciphertext; see `store.connections`."""

    __tablename__ = "sync_connection"

    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY), primary_key=True)
    #: `emulator`, `sandbox` or `production`.
    environment: Mapped[str] = mapped_column(String(16))
    #: `connected`, `broken` (a person has to reconnect) or `disconnected`.
    state: Mapped[str] = mapped_column(String(16))
    #: Why it is broken, in a sentence for a person.
    message: Mapped[str | None] = mapped_column(Text)
    #: Part of every requestid, so that ids of an earlier connection never meet those of a later one.
    generation: Mapped[int] = mapped_column(default=1)
    #: Which company the emulator is asked for: `demo`, `intuit` or `empty`; null for Intuit's own service.
    sample: Mapped[str | None] = mapped_column(String(16))
    realm: Mapped[str | None] = mapped_column(Text)
    realm_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    tokens: Mapped[str | None] = mapped_column(Text)
    token_version: Mapped[int] = mapped_column(default=0)
    #: Single flight: who refreshes the tokens just now, and until when that is believed.
    refreshing_by: Mapped[str | None] = mapped_column(String(64))
    refreshing_until: Mapped[datetime | None] = mapped_column(Utc)
    connected_at: Mapped[datetime | None] = mapped_column(Utc)


class Setting(Base):
    """One setting of one company; names and defaults are in `store.settings`."""

    __tablename__ = "sync_setting"

    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


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
        Index("ix_sync_outbox_record", "company_id", "kind", "record_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
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
    #: Why it is parked, for the machine: `local` (it cannot be built), `conflict`, `refused` or `person`.
    parked_by: Mapped[str | None] = mapped_column(String(16))
    #: The last refusal's message, for the preview.
    message: Mapped[str | None] = mapped_column(Text)
    #: The order in which failing rows first failed (P3); null while it has not failed.
    failed_seq: Mapped[int | None]


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
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
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
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
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


class Binding(Base):
    """An inventory record and its twin: Id, SyncToken, and the base that both sides last agreed on."""

    __tablename__ = "sync_binding"
    __table_args__ = (
        UniqueConstraint("company_id", "entity", "kind", "record_id"),
        UniqueConstraint("company_id", "entity", "qbo_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    qbo_id: Mapped[str] = mapped_column(String(32))
    sync_token: Mapped[str] = mapped_column(String(32))
    #: Flat record (path -> value) as both sides last agreed on it.
    base: Mapped[Any] = mapped_column(JsonText)
    #: Raised when the object was deleted in QuickBooks and is to be created again: a new requestid is needed then.
    generation: Mapped[int] = mapped_column(default=0)
    #: Null while both live; else when and on which side the pair ended.
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    last_success_at: Mapped[datetime] = mapped_column(Utc)


class Cursor(Base):
    """How far one feed was read, in the server's own time; may repeat, may never skip."""

    __tablename__ = "sync_cursor"

    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY), primary_key=True)
    #: `cdc`, `first:<entity>` or `slow`.
    feed: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    detail: Mapped[Any | None] = mapped_column(JsonText)


class Inbox(Base):
    """A QuickBooks object that could not be applied here yet; tried again in every cycle, shown until it is."""

    __tablename__ = "sync_inbox"
    __table_args__ = (UniqueConstraint("company_id", "entity", "qbo_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    qbo_id: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(500), default="")
    deleted: Mapped[bool] = mapped_column(Boolean, default=False)
    payload: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Utc)


class Conflict(Base):
    """Both sides changed the same field since the base; open until a person or the policy chooses."""

    __tablename__ = "sync_conflict"
    __table_args__ = (
        Index(
            "uq_sync_conflict_open",
            "company_id",
            "entity",
            "kind",
            "record_id",
            "field",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    label: Mapped[str] = mapped_column(String(500), default="")
    #: The QuickBooks path, such as `PrimaryEmailAddr.Address`; `*` where one side deleted what the other edited.
    field: Mapped[str] = mapped_column(String(100))
    base: Mapped[Any | None] = mapped_column(JsonText)
    ours: Mapped[Any | None] = mapped_column(JsonText)
    theirs: Mapped[Any | None] = mapped_column(JsonText)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    #: `ours`, `theirs` or `gone` (the difference went away by itself).
    resolution: Mapped[str | None] = mapped_column(String(16))
    resolved_by: Mapped[str | None] = mapped_column(String(200))


class Error(Base):
    """The newest open error of one outbox row, or of the connection as a whole (outbox_id null)."""

    __tablename__ = "sync_error"
    __table_args__ = (
        Index(
            "uq_sync_error_open",
            "company_id",
            "outbox_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND outbox_id IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND outbox_id IS NOT NULL"),
        ),
        Index("ix_sync_error_company", "company_id", "closed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("sync_outbox.id"))
    entity: Mapped[str] = mapped_column(String(32), default="")
    kind: Mapped[str] = mapped_column(String(32), default="")
    record_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(500), default="")
    #: QuickBooks' code, or `local`.
    code: Mapped[str] = mapped_column(String(32))
    #: QuickBooks' raw words; empty where none came (S32).
    message: Mapped[str] = mapped_column(Text, default="")
    #: In plain words: what is wrong, and what a person does.
    cause: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    tid: Mapped[str | None] = mapped_column(String(100))
    first_cycle_id: Mapped[int | None]
    last_cycle_id: Mapped[int | None]
    #: How many completed cycles tried the record again since it first failed.
    tries: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    #: `sent`, `edited`, `removed` or `recovered`.
    closed_why: Mapped[str | None] = mapped_column(String(16))


class Cycle(Base):
    """One run for one company: its progress while it lasts, its counts afterwards."""

    __tablename__ = "sync_cycle"
    __table_args__ = (Index("ix_sync_cycle_company", "company_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    trigger: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[str] = mapped_column(String(200))
    fence: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    #: `running`, `ok`, `errors` (records failed), `failed` (could not run) or `interrupted`.
    result: Mapped[str] = mapped_column(String(16))
    message: Mapped[str | None] = mapped_column(Text)
    #: What is being done just now, in words, and how far it is.
    phase: Mapped[str] = mapped_column(String(100), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    metered_reads: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[Decimal | None] = mapped_column(Money(3))


class Request(Base):
    """A person's wish that a company be synced now; the worker takes it within a second."""

    __tablename__ = "sync_request"
    __table_args__ = (
        Index(
            "ix_sync_request_open", "company_id", sqlite_where=text("taken_at IS NULL"), postgresql_where=text("taken_at IS NULL")
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Utc)
    taken_at: Mapped[datetime | None] = mapped_column(Utc)
    cycle_id: Mapped[int | None]


class Lease(Base):
    """Who syncs a company just now; the fence grows with every new owner."""

    __tablename__ = "sync_lease"

    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    fence: Mapped[int] = mapped_column(default=0)
    #: QuickBooks asked for silence until then (429); kept here so that every worker obeys.
    blocked_until: Mapped[datetime | None] = mapped_column(Utc)
    #: When the next automatic run is due; null under Never.
    next_run_at: Mapped[datetime | None] = mapped_column(Utc)


class Call(Base):
    """One send, for the quotas: never more than N in any window, over all workers. Old rows are dropped."""

    __tablename__ = "sync_call"
    __table_args__ = (Index("ix_sync_call_company", "company_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    #: `call` or `batch`.
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Utc)


class Worker(Base):
    """One worker process and its heartbeat."""

    __tablename__ = "sync_worker"

    #: host, boot id and pid, so that a dead worker on this host is known at once.
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    host: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Utc)
    beat_at: Mapped[datetime] = mapped_column(Utc)


class Service(Base):
    """A helper process that anybody may have started: the emulator, with its address and pid."""

    __tablename__ = "sync_service"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    host: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Utc)


class Audit(Base):
    """One line per move, attempt, decision and act of a person; written nowhere else and never changed."""

    __tablename__ = "sync_audit"
    __table_args__ = (
        Index("ix_sync_audit_record", "company_id", "kind", "record_id"),
        Index("ix_sync_audit_outbox", "outbox_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(_COMPANY))
    at: Mapped[datetime] = mapped_column(Utc)
    #: A person's name, or `engine`.
    actor: Mapped[str] = mapped_column(String(200))
    #: What happened, such as `available -> running` or `applied`.
    event: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32), default="")
    record_id: Mapped[int | None]
    outbox_id: Mapped[int | None]
    cycle_id: Mapped[int | None]
    detail: Mapped[Any] = mapped_column(JsonText)
