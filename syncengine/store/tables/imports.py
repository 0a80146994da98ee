"""Files on their way in that are too large for a click: kept until they are imported. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY


class ImportFile(Base):
    """A file that the worker looks through and imports, with what it found; it goes when it is old."""

    __tablename__ = "sync_import_file"
    __table_args__ = (Index("ix_sync_import_file_company", "company_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    kept_by: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(Utc)
    #: `keeping` (its pieces still come), `kept`, `looked`, `refused`, `asked` (to be imported) or `ended`.
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    lines_name: Mapped[str] = mapped_column(Text, default="")
    #: How it is to be read: what each column fills, and the options.
    reading: Mapped[Any] = mapped_column(JsonText)
    #: What it would do, for people; why it cannot be used, and how its columns were matched then.
    found: Mapped[Any | None] = mapped_column(JsonText)
    refusal: Mapped[str | None] = mapped_column(Text)
    matching: Mapped[Any | None] = mapped_column(JsonText)
    #: How many problems are kept of it.
    problems: Mapped[int] = mapped_column(default=0)
    #: Who looks through it or makes its portions, and until when nobody else does.
    reader: Mapped[str] = mapped_column(String(200), default="")
    read_until: Mapped[datetime | None] = mapped_column(Utc)
    staged: Mapped[bool] = mapped_column(Boolean, default=False)
    #: How many records became what, in how many portions, and how far the rounds are in which records wait for their parents.
    tally: Mapped[Any] = mapped_column(JsonText)
    #: The last long act that was asked for with it.
    act_id: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class ImportPiece(Base):
    """A piece of a kept file, compressed; they go with the import's end."""

    __tablename__ = "sync_import_piece"
    __table_args__ = (Index("ix_sync_import_piece_file", "file_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    file_id: Mapped[int] = mapped_column(ForeignKey("sync_import_file.id"))
    #: Whether it is of the second file, which holds the lines.
    of_lines: Mapped[bool] = mapped_column(Boolean)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportProblems(Base):
    """Some of the rows that cannot go in, each with what to do."""

    __tablename__ = "sync_import_problems"
    __table_args__ = (Index("ix_sync_import_problems_file", "file_id", "first"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    file_id: Mapped[int] = mapped_column(ForeignKey("sync_import_file.id"))
    #: Which one of the file's problems the first of these is, from 0.
    first: Mapped[int]
    problems: Mapped[Any] = mapped_column(JsonText)


class ImportLeftOut(Base):
    """Some of the rows that stay out when a file is imported; they go once its portions are made."""

    __tablename__ = "sync_import_left_out"
    __table_args__ = (Index("ix_sync_import_left_out_file", "file_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    file_id: Mapped[int] = mapped_column(ForeignKey("sync_import_file.id"))
    #: As a spreadsheet numbers its rows.
    numbers: Mapped[Any] = mapped_column(JsonText)
