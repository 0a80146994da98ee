"""Acts on more rows than fit into a click, and the rows that are still to be dealt with. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY


class LongAct(Base):
    """What a person wants done with many rows: the worker does it in portions, and the person is told what became of it."""

    __tablename__ = "sync_long_act"
    __table_args__ = (
        # One at a time; and all that a worker has to look at.
        Index(
            "uq_sync_long_act_open",
            "company_id",
            unique=True,
            sqlite_where=text("state IN ('asked','doing')"),
            postgresql_where=text("state IN ('asked','doing')"),
        ),
        # What pages tell of: one that is under way, and what became of one.
        Index(
            "ix_sync_long_act_untold",
            "company_id",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        # A removal is taken back by its line of the audit trail.
        Index("ix_sync_long_act_line", "company_id", "line"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: `remove`, `bottom`, `retry`, `add_back`, `retry_errors` or `correct`; `look_through` or `import` of a kept file.
    what: Mapped[str] = mapped_column(String(16))
    #: What the rows fulfil, and how they stood when the person looked: in the words of whoever finds them.
    conditions: Mapped[Any] = mapped_column(JsonText)
    seen: Mapped[Any] = mapped_column(JsonText)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    #: By what right: whether the person's role counted though the database is on this machine, and the role they looked as.
    signed_in: Mapped[bool] = mapped_column(Boolean)
    looked_as: Mapped[str] = mapped_column(String(32), default="")
    #: `asked`, `doing`, `done`, `refused`, `stopped` (by a person) or `failed`.
    state: Mapped[str] = mapped_column(String(8))
    #: How many rows were acted on, how many were left alone, and how many it is about.
    done: Mapped[int] = mapped_column(default=0)
    left_alone: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: Before the first row of an import is written: `look` (its file is looked through once more) or `order` (its portions are
    #: made), and how many rows that has dealt with.
    phase: Mapped[str] = mapped_column(String(8), default="", server_default="")
    ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How often a worker has taken it up since its last portion.
    tries: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    #: When the person who asked was told what became of it.
    told_at: Mapped[datetime | None] = mapped_column(Utc)
    #: What became of it, in sentences.
    outcome: Mapped[str | None] = mapped_column(Text)
    #: The last line of the audit trail before it began, and its own, written at its end.
    after_line: Mapped[int | None]
    line: Mapped[int | None]


class LongActPart(Base):
    """One portion that is still to be done: it goes in the transaction that does it."""

    __tablename__ = "sync_long_act_part"
    __table_args__ = (Index("ix_sync_long_act_part_act", "act_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    act_id: Mapped[int] = mapped_column(ForeignKey("sync_long_act.id"))
    #: Pairs of a row's id and its version; of an import, its records and their round.
    pairs: Mapped[Any] = mapped_column(JsonText)
