"""What the triggers write, and what keeps them still."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, func
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import Utc


class SyncMark(Base):
    """One change that the triggers saw and that capture has not yet taken up."""

    __tablename__ = "sync_mark"
    __table_args__ = (Index("ix_sync_mark_kind_record_id", "kind", "record_id"), {"sqlite_autoincrement": True})

    #: Wide, because every change of every record takes one, for ever.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    company_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    operation: Mapped[str] = mapped_column(String(6))
    marked_at: Mapped[datetime] = mapped_column(Utc, server_default=func.current_timestamp())


class SyncGuard(Base):
    """SQLite's guard: while a transaction holds a row here, what it changes leaves no marks. Always empty when committed."""

    __tablename__ = "sync_guard"

    id: Mapped[int] = mapped_column(primary_key=True)


