"""Connections: tied to one realm, tokens sealed, renewed by one at a time, lost at no crash, shown nowhere."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert, update

from syncengine.chance import SeededChance
from syncengine.clock import ManualClock, SystemClock
from syncengine.db.base import Company
from syncengine.errors import ConfigurationError, ConnectionRevoked, LockBusy, WrongRealm
from syncengine.quickbooks import Tokens
from syncengine.quickbooks.tokens import Keeper
from syncengine.store import connections
from syncengine.store.connections import DatabaseTokenStore
from syncengine.store.journal import TokenJournal
from syncengine.store.tables import Connection
from syncengine.store.vault import Vault

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
REALM = "9130000000001"
AT = datetime(2026, 1, 15, 17, 0, 0, 250_000, tzinfo=UTC)


def tokens(version: int = 0, *, until: timedelta = timedelta(hours=1), at: datetime = AT) -> Tokens:
    return Tokens(f"canary-access-{version}", f"canary-refresh-{version}", at + until, at + timedelta(days=100), at + timedelta(days=1825), version)


@pytest.fixture
def vault() -> Vault:
    return Vault([NEW, OLD])


@pytest.fixture
def journal(tmp_path: Path, vault: Vault) -> TokenJournal:
    return TokenJournal(tmp_path / "tokens.journal", vault)


@pytest.fixture
def connected(database, company, vault):
    """Both companies are set up, the first one is connected."""
    with database.writing() as sql:
        for company_id in (1, 2):
            connections.add(sql, company_id, environment="emulator", sample="demo")
        connections.connect(sql, vault, company, realm_id=REALM, tokens=tokens(), at=AT)
    return database


def store_of(database, vault, journal, *, clock=None, seed=1, company_id=1) -> DatabaseTokenStore:
    return DatabaseTokenStore(database, vault, journal, company_id, clock or ManualClock(AT), SeededChance(seed))


def test_a_company_that_was_never_set_up_is_a_matter_of_configuration(database, company):
    with pytest.raises(ConfigurationError, match="not connected"), database.reading() as sql:
        connections.get(sql, company)


def test_a_company_without_consent_has_no_tokens(connected, vault, journal):
    with pytest.raises(ConnectionRevoked):
        store_of(connected, vault, journal, company_id=2).load()


def test_a_consent_is_taken_over_and_read_again_whole(connected, vault, journal):
    loaded = store_of(connected, vault, journal).load()
    first = tokens(1)
    assert (loaded.access, loaded.refresh) == ("canary-access-0", "canary-refresh-0")
    assert (loaded.access_expires_at, loaded.refresh_expires_at, loaded.hard_expires_at) == (
        first.access_expires_at,
        first.refresh_expires_at,
        first.hard_expires_at,
    )
    assert loaded.version == 1
    with connected.reading() as sql:
        row = connections.get(sql, 1)
    assert (row["state"], row["message"], row["connected_at"]) == ("connected", None, AT)
    assert vault.open(row["realm"]) == REALM


def test_a_second_consent_to_the_same_realm_counts_on_and_mends_a_broken_connection(connected, vault, journal):
    with connected.writing() as sql:
        connections.mark(sql, 1, "broken", "sign in again")
        connections.connect(sql, vault, 1, realm_id=REALM, tokens=tokens(7), at=AT)
        row = connections.get(sql, 1)
    assert (row["state"], row["message"], row["token_version"]) == ("connected", None, 2)
    assert store_of(connected, vault, journal).load().refresh == "canary-refresh-7"


def test_another_realm_is_refused_and_nothing_changes(connected, vault, journal):
    with pytest.raises(WrongRealm), connected.writing() as sql:
        connections.connect(sql, vault, 1, realm_id="9130000000002", tokens=tokens(7), at=AT)
    assert store_of(connected, vault, journal).load().refresh == "canary-refresh-0"


def test_a_realm_belongs_to_one_company_only(connected, vault):
    with pytest.raises(WrongRealm, match="Another company"), connected.writing() as sql:
        connections.connect(sql, vault, 2, realm_id=REALM, tokens=tokens(), at=AT)


def test_the_same_realm_is_known_again_after_its_oldest_key_is_gone(database, company, journal):
    with database.writing() as sql:
        connections.add(sql, 1, environment="production")
        connections.connect(sql, Vault([OLD]), 1, realm_id=REALM, tokens=tokens(), at=AT)
        connections.connect(sql, Vault([NEW, OLD]), 1, realm_id=REALM, tokens=tokens(), at=AT)
        connections.connect(sql, Vault([NEW]), 1, realm_id=REALM, tokens=tokens(), at=AT)
        with pytest.raises(WrongRealm):
            connections.connect(sql, Vault([NEW]), 1, realm_id="9130000000002", tokens=tokens(), at=AT)


def test_with_all_keys_lost_no_realm_is_taken_on_trust(connected):
    with pytest.raises(ConfigurationError, match="TIEOUT_KEY"), connected.writing() as sql:
        connections.connect(sql, Vault([Fernet.generate_key().decode()]), 1, realm_id=REALM, tokens=tokens(), at=AT)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_neither_tokens_nor_realm_stand_in_the_database_file(connected, vault, journal, tmp_path):
    store = store_of(connected, vault, journal)
    with store.refreshing():
        store.received(tokens(2))
        store.save(tokens(2))
    connected.close()
    found = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".py"]
    assert any(path.name == "tieout.db" for path in found)
    assert any("journal" in path.name for path in found)
    for path in found:
        assert b"canary" not in path.read_bytes(), path
        assert REALM.encode() not in path.read_bytes(), path


def test_no_secret_is_shown_in_a_repr_or_an_exception(connected, vault, journal):
    store = store_of(connected, vault, journal)
    assert "canary" not in repr(store) + repr(store.load()) + repr(connected)
    with connected.writing() as sql:
        sql.execute(update(Connection).where(Connection.company_id == 1).values(tokens=Vault([Fernet.generate_key().decode()]).seal("canary")))
    with pytest.raises(ConfigurationError) as told:
        store.load()
    shown = "".join(traceback.format_exception(told.value))
    assert "canary" not in shown
    assert NEW not in shown


def test_an_older_pair_never_goes_over_a_newer_one(connected, vault, journal):
    store = store_of(connected, vault, journal)
    store.save(tokens(5))
    store.save(tokens(4))
    store.save(tokens(5, until=timedelta(hours=9)))
    assert store.load() == tokens(5)


def test_a_pair_that_a_crash_kept_out_of_the_database_is_taken_over_at_the_next_load(connected, vault, journal):
    crashed = store_of(connected, vault, journal)
    crashed.load()
    crashed.received(tokens(2))
    assert store_of(connected, vault, journal).load() == tokens(2)
    with connected.reading() as sql:
        assert connections.get(sql, 1)["token_version"] == 2


def test_a_journaled_pair_never_goes_over_a_fresh_consent(connected, vault, journal):
    crashed = store_of(connected, vault, journal)
    crashed.load()
    for version in (2, 3, 4):
        crashed.received(tokens(version))
    with connected.writing() as sql:
        connections.connect(sql, vault, 1, realm_id=REALM, tokens=tokens(9), at=AT + timedelta(days=1))
    assert store_of(connected, vault, journal).load().refresh == "canary-refresh-9"


def test_a_new_database_in_an_old_data_folder_does_not_take_over_its_tokens(connected, vault, journal, clock):
    other = store_of(connected, vault, journal)
    other.load()
    other.received(tokens(8))
    with connected.writing() as sql:
        sql.execute(update(Connection).where(Connection.company_id == 1).values(connected_at=AT + timedelta(minutes=5), token_version=1))
    assert store_of(connected, vault, journal).load().refresh == "canary-refresh-0"


def test_one_refreshes_and_a_second_one_gives_up_while_it_lasts(connected, vault, journal):
    first, second = store_of(connected, vault, journal, seed=1), store_of(connected, vault, journal, clock=ManualClock(AT - timedelta(days=1)), seed=2)
    with first.refreshing() as held, pytest.raises(LockBusy), second.refreshing():
        pytest.fail("two refresh at once")
    assert held.refresh == "canary-refresh-0"
    with second.refreshing():
        pass


def test_a_refresher_that_died_is_waited_for_and_then_passed_by(connected, vault, journal):
    clock = ManualClock(AT)
    with connected.writing() as sql:
        sql.execute(update(Connection).values(refreshing_by="dead", refreshing_until=AT + timedelta(seconds=60)))
    with store_of(connected, vault, journal, clock=clock).refreshing():
        assert 59 < clock.monotonic() < 62


def test_an_error_while_refreshing_gives_the_turn_back(connected, vault, journal):
    with pytest.raises(ZeroDivisionError), store_of(connected, vault, journal, seed=1).refreshing():
        raise ZeroDivisionError
    with store_of(connected, vault, journal, seed=2).refreshing():
        pass


def test_however_many_ask_at_once_the_refresh_token_is_used_once(database, company, vault, journal):
    clock = SystemClock()
    now = clock.now()
    with database.writing() as sql:
        connections.add(sql, 1, environment="emulator", sample="demo")
        connections.connect(sql, vault, 1, realm_id=REALM, tokens=tokens(until=timedelta(seconds=5), at=now), at=now)
    used: list[str] = []

    def renew(old: Tokens) -> Tokens:
        used.append(old.refresh)
        clock.sleep(0.05)
        return tokens(old.version + 1, at=clock.now())

    def ask(number: int) -> str:
        store = DatabaseTokenStore(database, vault, journal, 1, clock, SeededChance(number))
        return Keeper(store, clock, renew).current().refresh

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(ask, range(5))) == {"canary-refresh-2"}
    assert used == ["canary-refresh-0"]


def test_each_company_has_its_own_tokens(connected, vault, journal):
    with connected.writing() as sql:
        sql.execute(insert(Company).values(id=7, name="Third", timezone="UTC"))
        connections.add(sql, 7, environment="emulator", sample="empty")
        connections.connect(sql, vault, 7, realm_id="9130000000007", tokens=tokens(70), at=AT)
    assert store_of(connected, vault, journal, company_id=7).load().refresh == "canary-refresh-70"
    assert store_of(connected, vault, journal).load().refresh == "canary-refresh-0"
