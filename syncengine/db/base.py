"""The MetaData that all tables stand on, and the one table that all others refer to: `company`."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import MetaData, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from syncengine.db.types import Utc

#: Fixed names, so that a migration can find a constraint again on either database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class Company(Base):
    """One business whose inventory is kept in step with one QuickBooks company."""

    __tablename__ = "company"

    #: Our own key; every other row carries it. The realmId is a value of the company's connection.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: Shown everywhere and accepted by `--company`; unique.
    name: Mapped[str] = mapped_column(String(200), unique=True)
    #: IANA zone name, for schedules and for times shown to people.
    timezone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    created_at: Mapped[datetime] = mapped_column(Utc, server_default=func.current_timestamp())
