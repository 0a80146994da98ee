"""Who may do what, company by company, and who signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import Utc
from syncengine.store.tables._company import COMPANY


class Member(Base):
    """A person's role in one company; who has no row has no right there."""

    __tablename__ = "sync_member"
    __table_args__ = (
        UniqueConstraint("company_id", "person"),
        Index("ix_sync_member_person", "person"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: The e-mail address that the person signs in with, in lower case, or a name on a local database.
    person: Mapped[str] = mapped_column(String(200))
    #: `viewer`, `accountant`, `operator`, `manager` or `owner`.
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(Utc)
    given_by: Mapped[str] = mapped_column(String(200))


class Grant(Base):
    """One permission given to, or taken from, one person beside the role: a single accounting list, for instance."""

    __tablename__ = "sync_grant"
    __table_args__ = (UniqueConstraint("company_id", "person", "permission"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    person: Mapped[str] = mapped_column(String(200))
    permission: Mapped[str] = mapped_column(String(64))
    allowed: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime] = mapped_column(Utc)
    given_by: Mapped[str] = mapped_column(String(200))


class SignIn(Base):
    """One sign-in to the dashboard, of one person in one browser; it belongs to no company."""

    __tablename__ = "sync_sign_in"
    __table_args__ = (Index("ix_sync_sign_in_person", "person"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A digest of what the sign-in service said, which tells this sign-in from all others.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Utc)
    #: When the person signed out; empty for a sign-in that stands, or that ended by its age.
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
