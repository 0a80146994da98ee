"""The bundled emulator: one for everybody, found again, never mistaken for another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import requests

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError, ServiceDown
from syncengine.settings import Settings
from syncengine.store import leases
from syncengine.worker import bundled as module
from syncengine.worker import heartbeats, identity
from syncengine.worker.bundled import Bundled
from tests.process.conftest import PATIENCE, eventually
from tests.support.source import ROOT


@pytest.fixture
def database(installation):
    installation.add_company()
    made = Database(f"sqlite:///{installation.file}")
    yield made
    made.close()


@pytest.fixture
def settings(installation, database, monkeypatch):
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    return Settings(database.url, installation.data)


@pytest.fixture
def bundled(database, settings):
    made = Bundled(database, settings, SystemClock())
    yield made
    made.stop_if_unused()


def registered(installation) -> list[tuple[str, int]]:
    return [(row.address, row.pid) for row in installation.rows("SELECT address, pid FROM sync_service")]


def test_it_is_started_once_and_found_by_everybody_after(installation, bundled, database, settings):
    address = bundled.address()
    assert bundled.started
    (pid,) = installation.of("emulator")
    assert registered(installation) == [(address, pid)]
    assert Bundled(database, settings, SystemClock()).address() == address
    assert installation.of("emulator") == [pid]
    bundled.stop_if_unused()
    assert installation.processes() == {}
    assert registered(installation) == []


def test_one_that_was_killed_is_started_again_on_the_same_books(installation, bundled):
    made = requests.post(f"{bundled.address()}/_emulator/companies", json={"company": "empty"}, timeout=10).json()
    (pid,) = installation.of("emulator")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: identity.started(pid) is None, "it is dead")
    known = requests.get(f"{bundled.address()}/_emulator/companies", timeout=10).json()["companies"]
    assert made["realm_id"] in {each["realm_id"] for each in known}
    assert installation.of("emulator") != [pid]


def test_one_whose_row_was_lost_is_found_by_its_log(installation, bundled, database, settings):
    address = bundled.address()
    before = installation.of("emulator")
    installation.write("DELETE FROM sync_service")
    other = Bundled(database, settings, SystemClock())
    assert other.address() == address
    assert not other.started
    assert installation.of("emulator") == before
    assert registered(installation) == [(address, before[0])]


def test_a_process_that_only_has_its_number_is_neither_used_nor_ended(installation, bundled):
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        address = bundled.address()
        (pid,) = installation.of("emulator")
        installation.write("UPDATE sync_service SET pid = :pid", pid=bystander.pid)
        bundled.stop_if_unused()
        assert bystander.poll() is None
        assert identity.started(pid) is not None
        assert bundled.address() == address, "the real one is found again"
    finally:
        bystander.kill()
        bystander.communicate()


def test_it_stays_while_a_worker_lives_or_somebody_syncs(installation, bundled, database):
    clock = SystemClock()
    address = bundled.address()
    with database.writing() as connection:
        heartbeats.beat(connection, str(identity.mine()), identity.mine(), clock.now(), clock.now())
    bundled.stop_if_unused()
    assert bundled.address() == address
    with database.writing() as connection:
        heartbeats.retire(connection, str(identity.mine()))
        fence = leases.claim(connection, 1, str(identity.mine()), clock.now())
    bundled.stop_if_unused()
    assert len(installation.of("emulator")) == 1
    with database.writing() as connection:
        leases.release(connection, 1, fence)
    bundled.stop_if_unused()
    assert installation.of("emulator") == []


def test_where_the_settings_forbid_it_none_is_started_but_one_that_runs_is_used(bundled, database, settings, installation):
    told = Bundled(database, replace(settings, bundled=False), SystemClock())
    with pytest.raises(ConfigurationError, match="TIEOUT_BUNDLED=0"):
        told.address()
    assert installation.of("emulator") == []
    address = bundled.address()
    assert told.address() == address
    told.stop_if_unused()
    assert len(installation.of("emulator")) == 1


def test_one_that_cannot_start_says_why(installation, bundled, monkeypatch):
    (installation.data / "emulator.db").write_text("this is no database")
    with pytest.raises(ServiceDown, match=r"did not start: it said: .*cannot be opened"):
        bundled.address()
    assert registered(installation) == []
    monkeypatch.setattr(module, "LOG_BYTES", 10)
    with pytest.raises(ServiceDown):
        bundled.address()
    assert (installation.data / "emulator.log.1").exists(), "a long log is put aside"


def test_two_that_need_it_at_once_get_the_same_one(installation, settings):
    script = (
        "from syncengine import settings\nfrom syncengine.worker import opening\n"
        "with opening.site_of(settings.load()) as (site, bundled):\n    print(bundled.address(), bundled.started)\n")
    starters = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)]
    said = [starter.communicate(timeout=PATIENCE)[0].split() for starter in starters]
    assert settings.bundled
    assert len({address for address, _ in said}) == 1
    assert sorted(started for _, started in said) == ["False", "False", "True"]
    assert len(installation.of("emulator")) == 1
    assert len(registered(installation)) == 1
