"""What both sides agree on, how far feeds were read, and what could not be applied or agreed on. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY


class Binding(Base):
    """An inventory record and its twin: Id, SyncToken, and the base that both sides last agreed on."""

    __tablename__ = "sync_binding"
    __table_args__ = (
        UniqueConstraint("company_id", "entity", "kind", "record_id"),
        UniqueConstraint("company_id", "entity", "qbo_id"),
        # Whether a record has a living twin is asked of a hundred thousand at a time: with the number first, which tells them
        # apart, in half of the time, and without a look at the rows, whose bases are long.
        Index("ix_sync_binding_twin", "record_id", "kind", "entity", "company_id", "ended_at"),
        # The few whose twin is gone.
        Index(
            "ix_sync_binding_ended",
            "company_id",
            "kind",
            "entity",
            "record_id",
            "ended_by",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    #: `cdc`, `first:<entity>` or `slow`.
    feed: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    detail: Mapped[Any | None] = mapped_column(JsonText)


class Inbox(Base):
    """A QuickBooks object that could not be applied here yet; tried again in every cycle, shown until it is."""

    __tablename__ = "sync_inbox"
    __table_args__ = (UniqueConstraint("company_id", "entity", "qbo_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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


class Drift(Base):
    """A push-only document that QuickBooks holds otherwise than it was sent (D18); open until one of two answers (D19)."""

    __tablename__ = "sync_drift"
    __table_args__ = (
        Index(
            "uq_sync_drift_open",
            "company_id",
            "entity",
            "kind",
            "record_id",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    qbo_id: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(500), default="")
    #: `changed`, `voided` or `deleted`.
    what: Mapped[str] = mapped_column(String(16))
    #: What differs: a list of {"field", "sent", "theirs"} by QuickBooks path.
    fields: Mapped[Any] = mapped_column(JsonText)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    #: `ours` (sent again), `theirs` (accepted) or `gone` (the difference went away by itself).
    resolution: Mapped[str | None] = mapped_column(String(16))
    resolved_by: Mapped[str | None] = mapped_column(String(200))


class Override(Base):
    """A value that goes to QuickBooks instead of our own, because a correction says so; ours stays as it is here.

    It counts only while our own value is still the one that it was made for: an edit of that value ends it.
    """

    __tablename__ = "sync_override"
    __table_args__ = (
        Index(
            "uq_sync_override_live",
            "company_id",
            "entity",
            "kind",
            "record_id",
            "path",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    #: The QuickBooks path, such as `PrimaryEmailAddr.Address`.
    path: Mapped[str] = mapped_column(String(100))
    #: Our canonical value that it stands in for, and the one that goes; null means that nothing goes.
    ours: Mapped[Any | None] = mapped_column(JsonText)
    value: Mapped[Any | None] = mapped_column(JsonText)
    #: The correction that made it.
    correction: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class Number(Base):
    """The document number that we gave to an entry of our own series; the same for ever, whatever else changes."""

    __tablename__ = "sync_number"
    __table_args__ = (
        UniqueConstraint("company_id", "entity", "kind", "record_id"),
        UniqueConstraint("company_id", "entity", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    entity: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    #: Such as 17689; the series' prefix is a setting and stands before it.
    number: Mapped[int]
