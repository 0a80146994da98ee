"""How companies reach QuickBooks, what they have set, and the processes that serve them. Every row carries its company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import JsonText, Utc
from syncengine.store.tables._company import COMPANY


class Connection(Base):
    """How one company reaches QuickBooks. Tokens and realmId are ciphertext; see `store.connections`."""

    __tablename__ = "sync_connection"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
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
    #: When the tokens were last renewed.
    refreshed_at: Mapped[datetime | None] = mapped_column(Utc)
    #: Whether an owner said that the company is not to be connected; then its state is `disconnected`.
    declined: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    #: Ciphertext of the keys of the Intuit app through which it is connected; null where the installation's own are used.
    app: Mapped[str | None] = mapped_column(Text)


class Setting(Base):
    """One setting of one company; names and defaults are in `store.settings`."""

    __tablename__ = "sync_setting"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


class Lease(Base):
    """Who syncs a company just now; the fence grows with every new owner."""

    __tablename__ = "sync_lease"

    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    fence: Mapped[int] = mapped_column(default=0)
    #: QuickBooks asked for silence until then (429); kept here so that every worker obeys.
    blocked_until: Mapped[datetime | None] = mapped_column(Utc)
    #: When the next automatic run is due; null under Never.
    next_run_at: Mapped[datetime | None] = mapped_column(Utc)
    #: The frequency that `next_run_at` was planned for, and since when it has been so: earlier moments are not made up for.
    planned_for: Mapped[str | None] = mapped_column(String(8))
    planned_since: Mapped[datetime | None] = mapped_column(Utc)


class Call(Base):
    """One send, for the quotas: never more than N in any window, over all workers. Old rows are dropped."""

    __tablename__ = "sync_call"
    __table_args__ = (Index("ix_sync_call_company", "company_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
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


class Consent(Base):
    """One journey of a person to QuickBooks' consent page and back; see `store.consents`."""

    __tablename__ = "sync_consent"
    __table_args__ = (Index("ix_sync_consent_company", "company_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey(COMPANY))
    #: SHA-256 of the state that came along; the state itself is known to the person's browser only.
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Whose journey it is: nobody else may end it.
    actor: Mapped[str] = mapped_column(String(200))
    redirect_uri: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    #: Ciphertext of code and realmId, between the answer and the exchange only.
    answer: Mapped[str | None] = mapped_column(Text)
    #: `open`, `answered`, `exchanging`, `connected` or `refused`.
    outcome: Mapped[str] = mapped_column(String(16))
    #: What became of it, in a sentence for a person.
    message: Mapped[str | None] = mapped_column(Text)
