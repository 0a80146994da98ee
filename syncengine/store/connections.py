"""Connections: how a company reaches QuickBooks, and its tokens, sealed, renewed by one process at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, insert, literal, select, update
from sqlalchemy import Connection as Sql
from sqlalchemy.engine import RowMapping

from syncengine.chance import Chance
from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError, ConnectionRevoked, LockBusy, WrongRealm
from syncengine.quickbooks import Tokens
from syncengine.store.journal import TokenJournal
from syncengine.store.tables import Connection
from syncengine.store.vault import Vault

#: The state of a company that a person has cut off.
DISCONNECTED = "disconnected"
#: What is said of one that a person has restored.
RETURNING = "It signs in again with the next sync."
#: Why a sync of one could not run that is cut off, and of one that was never connected.
CUT_OFF, NOT_YET = (
    "This company is disconnected from QuickBooks. Connect it again to sync.",
    "This company is not connected to QuickBooks yet.",
)
#: Said of a sync, they are over once the company is connected.
APART = frozenset({CUT_OFF, NOT_YET})
#: How a company stands beside the states of the row itself: it signs in with the next sync, was never connected so far, is not to
#: be connected, or another program wrote it and nobody said where it belongs.
RETURNS, NEW, NEVER, MISSING = "returning", "new", "never", "missing"
#: Of one that stands so nothing is synced, whoever asks, until somebody connects it.
CUT = frozenset({DISCONNECTED, NEW, NEVER, MISSING})
#: Why, for who asks for a sync of one all the same, and what is to be done first.
WHY_CUT = {
    stands: f"{why} Nothing is synced until an owner connects it, under Settings, Connection."
    for stands, why in {
        DISCONNECTED: "This company is disconnected from QuickBooks.",
        NEW: NOT_YET,
        NEVER: "This company is not to be connected to QuickBooks, as somebody has said.",
        MISSING: "This company was never set up for QuickBooks.",
    }.items()
}
#: How long a refresh may take before another process may try: the client's own deadline for it is shorter.
_REFRESH_SECONDS = 60.0
#: How long a second process waits for the first one's refresh before it gives up for this cycle.
_WAIT_SECONDS = 75.0


def find(sql: Sql, company_id: int) -> RowMapping | None:
    """The company's connection row, with how it `stands`; None where it was never set up, as where another program wrote it."""
    return sql.execute(_FIND, {"company": company_id}).mappings().first()


def get(sql: Sql, company_id: int) -> RowMapping:
    """The company's connection row; ConfigurationError where it was never set up."""
    row = find(sql, company_id)
    if row is None:
        raise ConfigurationError("This company is not connected to QuickBooks.")
    return row


def stands() -> ColumnElement[str]:
    """How a company stands, by its row or, joined from outside, by its lack: `connected`, `broken`, or one of those above."""
    return case(
        (Connection.company_id.is_(None), MISSING),
        ((Connection.state == "broken") & (func.coalesce(Connection.message, "") == RETURNING), RETURNS),
        (Connection.state != DISCONNECTED, Connection.state),
        (Connection.declined, NEVER),
        (func.coalesce(Connection.realm, "") != "", DISCONNECTED),
        else_=literal(NEW),
    )


def standing(sql: Sql, company_id: int) -> str:
    """How the company stands, as `stands` has it."""
    return sql.scalar(_STANDING, {"company": company_id}) or MISSING


# Every request and every page asks for them, and so they are put into SQL once.
_MINE = Connection.company_id == bindparam("company")
_FIND = select(Connection.__table__, stands().label("stands")).where(_MINE)
_STANDING = select(stands()).where(_MINE)


def add(sql: Sql, company_id: int, *, environment: str, sample: str | None = None) -> None:
    """Say where the company will be connected to. One of the emulator's is let in by itself, another waits for a consent."""
    state = "connected" if environment == "emulator" else DISCONNECTED
    sql.execute(
        insert(Connection).values(
            company_id=company_id, environment=environment, state=state, sample=sample, generation=1, token_version=0
        )
    )


def keep_app(sql: Sql, vault: Vault, company_id: int, *, client_id: str, client_secret: str) -> None:
    """Keep the keys of the Intuit app through which the company is connected, sealed."""
    sealed = vault.seal(json.dumps({"client_id": client_id, "client_secret": client_secret}))
    sql.execute(update(Connection).where(Connection.company_id == company_id).values(app=sealed))


def app_keys(vault: Vault, row: RowMapping) -> tuple[str, str] | None:
    """Client id and secret of the company's own app; None where it has none."""
    if not row["app"]:
        return None
    kept = json.loads(vault.open(row["app"]))
    return kept["client_id"], kept["client_secret"]


def decline(sql: Sql, company_id: int) -> None:
    """A company that is not connected is not to be."""
    sql.execute(update(Connection).where(Connection.company_id == company_id).values(declined=True))


def connect(sql: Sql, vault: Vault, company_id: int, *, realm_id: str, tokens: Tokens, at: datetime) -> None:
    """Take a fresh consent over. A company that was tied to a realm before accepts only that one, and no two share one.

    Raises WrongRealm, with nothing changed.
    """
    row = get(sql, company_id)
    fingerprint = vault.fingerprint(realm_id)
    if row["realm_hash"] is not None and not _same_realm(vault, row, realm_id):
        raise WrongRealm("That is another QuickBooks company than the one this company was connected to. Nothing was changed.")
    if sql.scalar(select(Connection.company_id).where(Connection.realm_hash == fingerprint, Connection.company_id != company_id)):
        raise WrongRealm("Another company here is connected to that QuickBooks company already. Nothing was changed.")
    sql.execute(
        update(Connection)
        .where(Connection.company_id == company_id)
        .values(
            state="connected",
            message=None,
            declined=False,
            refreshed_at=at,
            realm=vault.seal(realm_id),
            realm_hash=fingerprint,
            connected_at=at,
            tokens=vault.seal(_dump(tokens, row["token_version"] + 1)),
            token_version=row["token_version"] + 1,
            refreshing_by=None,
            refreshing_until=None,
        )
    )


def _same_realm(vault: Vault, row: RowMapping, realm_id: str) -> bool:
    """By the keyed hash or, where its key was taken out of use since, by what is stored."""
    return bool(row["realm_hash"] == vault.fingerprint(realm_id) or vault.open(row["realm"]) == realm_id)


def mark(sql: Sql, company_id: int, state: str, message: str | None) -> None:
    """Say that the connection works, or why it does not; a connection that a person has cut stays cut."""
    standing = update(Connection).where(Connection.company_id == company_id, Connection.state != DISCONNECTED)
    sql.execute(standing.values(state=state, message=message))


def restore(sql: Sql, company_id: int) -> None:
    """A sample company that was cut off signs in again with its next sync."""
    back = {"state": "broken", "declined": False, "message": RETURNING}
    sql.execute(update(Connection).where(Connection.company_id == company_id).values(back))


def cut(sql: Sql, company_id: int) -> None:
    """Throw the tokens away; the realm is kept, so that only the same company can be connected again."""
    sql.execute(
        update(Connection)
        .where(Connection.company_id == company_id)
        .values(state=DISCONNECTED, message=None, tokens=None, refreshing_by=None, refreshing_until=None)
    )


def _dump(tokens: Tokens, version: int) -> str:
    return json.dumps(_values(tokens, version))


def _values(tokens: Tokens, version: int) -> dict[str, Any]:
    hard = tokens.hard_expires_at
    return {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "access_expires_at": tokens.access_expires_at.isoformat(),
        "refresh_expires_at": tokens.refresh_expires_at.isoformat(),
        "hard_expires_at": hard.isoformat() if hard else None,
        "version": version,
    }


def _read(values: dict[str, Any]) -> Tokens:
    hard = values.get("hard_expires_at")
    return Tokens(
        access=values["access"],
        refresh=values["refresh"],
        access_expires_at=datetime.fromisoformat(values["access_expires_at"]),
        refresh_expires_at=datetime.fromisoformat(values["refresh_expires_at"]),
        hard_expires_at=datetime.fromisoformat(hard) if hard else None,
        version=values["version"],
    )


class DatabaseTokenStore:
    """One company's tokens in the shared database; the client's `TokenStore`."""

    def __init__(
        self, database: Database, vault: Vault, journal: TokenJournal, company_id: int, clock: Clock, chance: Chance
    ) -> None:
        self._database = database
        self._vault = vault
        self._journal = journal
        self._company_id = company_id
        self._clock = clock
        self._me = chance.token()
        #: Which consent the tokens come from, as of the last `load`: a journaled pair of another one is never taken over.
        self._grant = ""

    def __repr__(self) -> str:
        return f"DatabaseTokenStore(company_id={self._company_id})"

    def load(self) -> Tokens:
        """The tokens as stored now; a journaled pair that a crash kept out of the database is taken over first."""
        with self._database.reading() as sql:
            row = get(sql, self._company_id)
        self._grant = row["connected_at"].isoformat() if row["connected_at"] else ""
        journaled = self._journal.newest(self._company_id, self._grant)
        if journaled is not None and journaled[0] > row["token_version"]:
            self.save(_read(journaled[1]))
            return _read(journaled[1])
        if row["tokens"] is None:
            raise ConnectionRevoked(NOT_YET)
        return _read(json.loads(self._vault.open(row["tokens"])))

    @contextmanager
    def refreshing(self) -> Iterator[Tokens]:
        """Be the only refresher over all processes; LockBusy when another one does not come to an end."""
        self._take_turn()
        try:
            yield self.load()
        finally:
            with self._database.writing() as sql:
                sql.execute(
                    update(Connection)
                    .where(
                        Connection.company_id == self._company_id,
                        Connection.refreshing_by == self._me,
                    )
                    .values(refreshing_by=None, refreshing_until=None)
                )

    def _take_turn(self) -> None:
        give_up = self._clock.monotonic() + _WAIT_SECONDS
        while not self._try_turn():
            if self._clock.monotonic() > give_up:
                raise LockBusy("Another process is renewing this company's sign-in and does not come to an end.")
            self._clock.sleep(0.2)

    def _try_turn(self) -> bool:
        with self._database.writing() as sql:
            row = sql.execute(
                select(Connection.refreshing_by, Connection.refreshing_until)
                .where(Connection.company_id == self._company_id)
                .with_for_update()
            ).one()
            now = self._clock.now()
            if row.refreshing_by not in {None, self._me} and row.refreshing_until > now:
                return False
            sql.execute(
                update(Connection)
                .where(Connection.company_id == self._company_id)
                .values(refreshing_by=self._me, refreshing_until=now + timedelta(seconds=_REFRESH_SECONDS))
            )
            return True

    def received(self, tokens: Tokens) -> None:
        """Journal the pair before anything else."""
        self._journal.append(self._company_id, self._grant, tokens.version, _values(tokens, tokens.version))

    def save(self, tokens: Tokens) -> None:
        """Store the pair; an older version never goes over a newer one."""
        with self._database.writing() as sql:
            sql.execute(
                update(Connection)
                .where(
                    Connection.company_id == self._company_id,
                    Connection.token_version < tokens.version,
                )
                .values(
                    tokens=self._vault.seal(_dump(tokens, tokens.version)),
                    token_version=tokens.version,
                    refreshed_at=self._clock.now(),
                )
            )
        self._journal.retire(self._company_id)
