"""Runs, wishes for runs, errors, and the audit trail. Every row carries its company."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Money, Utc
from syncengine.store.tables._company import COMPANY

#: What a line of the audit trail is called that tells what came from QuickBooks.
RECEIPTS = "event IN ('arrived','received','deleted','linked','merged','voided','made','followed a merge')"
#: Lines of people, and of corrections, which act in somebody's name.
OF_PEOPLE = (
    "actor NOT IN ('engine','inventory') OR "
    "event IN ('correction begun','correction applied','correction done','correction failed','correction undone')"
)


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
        # Open errors are grouped, narrowed and counted without a look at any row.
        Index(
            "ix_sync_error_groups",
            "company_id",
            "group_key",
            "opened_at",
            "tries",
            "kind",
            "klass",
            "closed_at",  # SQLite looks at a row again for what stands in the condition only
            "outbox_id",
            "id",
            "correction",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        # What failed for a want in QuickBooks' plan is asked for by every plan of the queue, and mostly there is none.
        Index(
            "ix_sync_error_cause",
            "company_id",
            "correction",
            "closed_at",  # SQLite looks at a row again for what stands in the condition only
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        # Errors of the company itself: every open browser asks every few seconds whether there is one, and mostly there is none.
        Index(
            "ix_sync_error_whole",
            "company_id",
            "outbox_id",  # both have one value here; SQLite takes a wider index that knows them for a better one
            "closed_at",
            "id",
            sqlite_where=text("closed_at IS NULL AND outbox_id IS NULL"),
            postgresql_where=text("closed_at IS NULL AND outbox_id IS NULL"),
        ),
        Index("ix_sync_error_closed", "company_id", "last_cycle_id", "closed_at"),
        Index("ix_sync_error_record", "company_id", "kind", "record_id"),
        Index("ix_sync_error_run", "company_id", "first_cycle_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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
    #: The property that QuickBooks named, where it named one.
    element: Mapped[str | None] = mapped_column(String(200))
    #: What is behind it, the same for all errors with one cause: solving it releases all of them.
    group_key: Mapped[str | None] = mapped_column(String(200))
    #: What the machine may do once the grace is over: `safe`, `policy` or `no`; and the correction, where there is one.
    klass: Mapped[str | None] = mapped_column(String(8))
    correction: Mapped[str | None] = mapped_column(String(64))
    #: A fingerprint of what the record refers to, as it was when it last failed: once that changes, the record is tried again.
    world: Mapped[str | None] = mapped_column(String(64))
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
    __table_args__ = (
        Index("ix_sync_cycle_company", "company_id", "id"),
        Index("ix_sync_cycle_result", "company_id", "result", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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
    #: When the phase began; None before a run has said what it does.
    phase_since: Mapped[datetime | None] = mapped_column(Utc)
    sent: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    metered_reads: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[Decimal | None] = mapped_column(Money(3))
    #: How many runs for the same slot an outage had ended before this one; 0 for one that is no retry.
    retry: Mapped[int] = mapped_column(default=0, server_default="0")


class Reads(Base):
    """What one company's runs of one day cost in metered reads, and how many records they moved; the day is the company's own."""

    __tablename__ = "sync_reads"
    __table_args__ = (Index("ix_sync_reads_day", "day", "company_id", "metered"),)

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    metered: Mapped[int] = mapped_column(default=0)
    #: Records sent and received.
    changed: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)


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
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Utc)
    taken_at: Mapped[datetime | None] = mapped_column(Utc)
    cycle_id: Mapped[int | None]


class Audit(Base):
    """One line per move, attempt, decision and act of a person; written nowhere else and never changed."""

    __tablename__ = "sync_audit"
    __table_args__ = (
        Index("ix_sync_audit_record", "company_id", "kind", "record_id"),
        Index("ix_sync_audit_outbox", "outbox_id"),
        # The history asks for what was received and for who did what, far apart in a trail of mostly moves.
        Index("ix_sync_audit_received", "company_id", "id", sqlite_where=text(RECEIPTS), postgresql_where=text(RECEIPTS)),
        Index("ix_sync_audit_of_run", "cycle_id", "id", sqlite_where=text(RECEIPTS), postgresql_where=text(RECEIPTS)),
        Index("ix_sync_audit_people", "company_id", "id", sqlite_where=text(OF_PEOPLE), postgresql_where=text(OF_PEOPLE)),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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


class Correction(Base):
    """One correction of one error: offered with what it will do, wanted by a person or due by itself, done or failed."""

    __tablename__ = "sync_correction"
    __table_args__ = (
        Index("ix_sync_correction_error", "error_id"),
        Index("ix_sync_correction_row", "outbox_id"),
        Index("ix_sync_correction_state", "company_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    error_id: Mapped[int] = mapped_column(ForeignKey("sync_error.id"))
    outbox_id: Mapped[int] = mapped_column(ForeignKey("sync_outbox.id"))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    label: Mapped[str] = mapped_column(String(500), default="")
    #: The name of the file in `corrections/`.
    name: Mapped[str] = mapped_column(String(64))
    #: `safe`, `policy` or `no`.
    klass: Mapped[str] = mapped_column(String(8))
    #: `offered`, `wanted` (a person pressed Do it), `acting` (begun), `applied` (the record is on its way again), `done`,
    #: `failed`, `withdrawn` (the error went away) or `undone`.
    state: Mapped[str] = mapped_column(String(16))
    #: What it will do, or did, in a sentence for a person.
    says: Mapped[str] = mapped_column(Text)
    #: The verdict as the machine carries it out, and what undoes it.
    verdict: Mapped[Any] = mapped_column(JsonText)
    undo: Mapped[Any | None] = mapped_column(JsonText)
    offered_at: Mapped[datetime] = mapped_column(Utc)
    wanted_at: Mapped[datetime | None] = mapped_column(Utc)
    wanted_by: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    cycle_id: Mapped[int | None]
    #: What came of it, in a sentence.
    outcome: Mapped[str | None] = mapped_column(Text)


class Slot(Base):
    """One due moment of a company's schedule, taken at most once over all workers."""

    __tablename__ = "sync_slot"
    __table_args__ = (UniqueConstraint("company_id", "due_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: Of which schedule: hourly, daily or weekly.
    frequency: Mapped[str] = mapped_column(String(8), server_default="")
    due_at: Mapped[datetime] = mapped_column(Utc)
    #: The day that it stands for, and the zone whose day that is; clock changes may put a moment off past midnight.
    day: Mapped[date | None]
    zone: Mapped[str] = mapped_column(String(64), server_default="")
    taken_at: Mapped[datetime] = mapped_column(Utc)
    #: The worker that took it.
    taken_by: Mapped[str] = mapped_column(String(200))
    #: How many earlier slots passed while nobody could take them; this one stands for them all.
    missed: Mapped[int] = mapped_column(default=0)
    #: The run that stands for it; one that carries on what a dead worker began takes its place, and so does a retry.
    cycle_id: Mapped[int | None]
    #: How often it was begun again because an outage had ended its run, and when it will be once more; null where it will not.
    retries: Mapped[int] = mapped_column(default=0, server_default="0")
    retry_at: Mapped[datetime | None] = mapped_column(Utc)


class Brake(Base):
    """A run that stopped before it did something implausible, and asks."""

    __tablename__ = "sync_brake"
    __table_args__ = (
        Index(
            "uq_sync_brake_open",
            "company_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: `emptied` (a side has suddenly lost its records) or `implausible` (a run would touch too much of one).
    what: Mapped[str] = mapped_column(String(16))
    #: The question, in sentences for a person, and the figures behind it.
    question: Mapped[str] = mapped_column(Text)
    facts: Mapped[Any] = mapped_column(JsonText)
    cycle_id: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    #: `go` (it is right; do it) or `keep` (leave it undone, the facts were put right).
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_by: Mapped[str | None] = mapped_column(String(200))


class Sample(Base):
    """The working day of a sample company: who wants it, how far its making is, and since when it is there."""

    __tablename__ = "sync_sample"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    #: `wanted`, `making`, `there` or `failed`.
    state: Mapped[str] = mapped_column(String(8))
    wanted_by: Mapped[str] = mapped_column(String(200))
    wanted_at: Mapped[datetime] = mapped_column(Utc)
    #: How often its making was begun for this wish.
    tries: Mapped[int] = mapped_column(default=0)
    #: How many of its syncs have been run.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: When the day that is there ended: the moment at which it was made.
    made_at: Mapped[datetime | None] = mapped_column(Utc)
    #: Why it could not be made, in a sentence for a person.
    message: Mapped[str | None] = mapped_column(Text)
    #: A company of the emulator that nobody needs: one that was being set up, or the one before the present one.
    leftover: Mapped[str | None] = mapped_column(String(32))
