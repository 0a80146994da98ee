"""View-only copies of QuickBooks objects, one row an object, with the columns that lists and look-ups need."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import Money, Utc


class LedgerObject(Base):
    """One QuickBooks object as it was last seen, payload included."""

    __tablename__ = "ledger_object"
    __table_args__ = (
        UniqueConstraint("company_id", "entity", "qbo_id"),
        Index("ix_ledger_object_name", "company_id", "entity", "name_key"),
        Index("ix_ledger_object_number", "company_id", "entity", "doc_number"),
        Index("ix_ledger_object_date", "company_id", "entity", "txn_date"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    entity: Mapped[str] = mapped_column(String(32))
    qbo_id: Mapped[str] = mapped_column(String(64))
    sync_token: Mapped[str | None] = mapped_column(String(32))
    #: FullyQualifiedName, DisplayName or Name; empty on documents.
    name: Mapped[str] = mapped_column(String(1000), default="")
    #: The name trimmed and case-folded, as QuickBooks compares names.
    name_key: Mapped[str] = mapped_column(String(1000), default="")
    doc_number: Mapped[str | None] = mapped_column(String(64))
    txn_date: Mapped[date | None] = mapped_column(Date)
    total: Mapped[Decimal | None] = mapped_column(Money(7))
    balance: Mapped[Decimal | None] = mapped_column(Money(7))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    deleted: Mapped[bool] = mapped_column(Boolean, default=False)
    payload: Mapped[str] = mapped_column(Text)
    #: QuickBooks' own time of the last change, where it said so.
    changed_at: Mapped[datetime | None] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc)
