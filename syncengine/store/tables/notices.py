"""Who is told of a change of state, what was told last, and the messages that are on their way. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY


class Recipient(Base):
    """One address that is told, and of which changes."""

    __tablename__ = "sync_recipient"
    __table_args__ = (UniqueConstraint("company_id", "channel", "address"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: `mail` or `webhook`.
    channel: Mapped[str] = mapped_column(String(8))
    #: An e-mail address; of a webhook the host and a mark of the rest.
    address: Mapped[str] = mapped_column(String(500))
    #: Names of `store.notices.Change`.
    changes: Mapped[Any] = mapped_column(JsonText)
    #: A webhook's whole address, and what its messages are signed with; ciphertext, null for mail.
    secret: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Utc)
    added_by: Mapped[str] = mapped_column(String(200))


class Standing(Base):
    """How one condition of a company was last told, and since when it has been otherwise."""

    __tablename__ = "sync_standing"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    #: `x`, `connection` or `silence`.
    condition: Mapped[str] = mapped_column(String(16), primary_key=True)
    bad: Mapped[bool]
    #: Counts the changes that were told, so that each is told once.
    turn: Mapped[int] = mapped_column(default=0)
    #: When it was last told as bad.
    bad_at: Mapped[datetime | None] = mapped_column(Utc)
    #: Since when it is seen otherwise than told; null while it is as told.
    since: Mapped[datetime | None] = mapped_column(Utc)


class Notice(Base):
    """One message to one recipient, from its writing to its arrival."""

    __tablename__ = "sync_notice"
    __table_args__ = (
        Index("ix_sync_notice_due", "state", "due_at"),
        Index("ix_sync_notice_company", "company_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: What tells this message from all others, also for who receives it twice.
    uid: Mapped[str] = mapped_column(String(100), unique=True)
    recipient_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(500))
    #: `x`, `connection`, `silence`, `recovered` or `test`.
    change: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    #: The same as data, for a webhook.
    facts: Mapped[Any] = mapped_column(JsonText)
    made_at: Mapped[datetime] = mapped_column(Utc)
    #: `waiting`, `sent`, `given up` or `dropped` (its recipient was taken out).
    state: Mapped[str] = mapped_column(String(16))
    #: When it is tried next, and until when the worker that has taken it is believed to be at it.
    due_at: Mapped[datetime] = mapped_column(Utc)
    taken_until: Mapped[datetime | None] = mapped_column(Utc)
    tries: Mapped[int] = mapped_column(default=0)
    #: Why the last try failed, in a sentence.
    trouble: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
