"""Where the dashboard may be served, and what its children are told."""

from __future__ import annotations

import socketserver
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError
from syncengine.settings import Settings
from syncengine.worker import supervisor
from tests.support.source import ROOT
from tests.unit.ui.conftest import SECTION


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_the_dashboard_may_be_served_on_this_machine(address, free_port):
    port = free_port()
    assert supervisor.check_address(address, port) == f"http://{address}:{port}"


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.10", "example.org", "", "127.0.0.1.example.org"])
def test_the_dashboard_is_not_served_to_others_without_sign_in(address, monkeypatch):
    monkeypatch.setattr(supervisor, "sign_in_trouble", lambda _: "without sign-in it is for this machine alone.")
    with pytest.raises(ConfigurationError, match="without sign-in"):
        supervisor.check_address(address, 8501)


def test_how_sign_in_is_set_up_is_seen_as_the_dashboard_will_see_it(tmp_path, monkeypatch, free_port):
    """A folder's own secrets first, as for `streamlit run` in it; then the dashboard's folder, with a file that is named."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert "without sign-in it is for this machine alone" in supervisor.sign_in_trouble(tmp_path)
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    lines = [f'{name} = "{value}"' for name, value in SECTION.items()]
    secrets.write_text("\n".join(["[auth]", *lines[:-1]]))
    assert "sign-in is not set up right. [auth] does not say server_metadata_url." in supervisor.sign_in_trouble(tmp_path)
    secrets.write_text("\n".join(["[auth]", *lines]))
    assert supervisor.sign_in_trouble(tmp_path) == ""
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    port = free_port()
    assert supervisor.check_address("0.0.0.0", port) == f"http://0.0.0.0:{port}"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ConfigurationError, match="no port"):
        supervisor.check_address("127.0.0.1", port)


def test_a_port_that_is_taken_is_said_with_its_address():
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as taken:
        port = taken.server_address[1]
        with pytest.raises(ConfigurationError, match=f"may already be running at http://127.0.0.1:{port}"):
            supervisor.check_address("127.0.0.1", port)
    assert supervisor.check_address("127.0.0.1", port)


def test_children_in_another_folder_find_the_same_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = supervisor.child_environment(Settings("sqlite:///books.db", Path("data").absolute()), TIEOUT_BUNDLED="0")
    assert make_url(told["TIEOUT_DATABASE_URL"]).database == str(tmp_path / "books.db")
    assert told["TIEOUT_DATA"] == str(tmp_path / "data")
    assert told["TIEOUT_BUNDLED"] == "0"


@pytest.mark.parametrize("url", ["postgresql://ada:p%40ss@host/books", "sqlite:////var/lib/books.db"])
def test_an_address_that_is_whole_stays_as_it_is(url, tmp_path):
    assert supervisor.child_environment(Settings(url, tmp_path))["TIEOUT_DATABASE_URL"] == url


@pytest.mark.parametrize("what", ["worker", "dashboard"])
def test_a_child_that_keeps_dying_is_started_ever_more_slowly_until_it_is_well(what, sqlite_database, clock, chance, tmp_path):
    site = Site(sqlite_database, Settings(sqlite_database.url, tmp_path), clock, chance, lambda: "")
    house = supervisor.House(site, [], tmp_path, "", lambda: True)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    def pause() -> float:
        """How long the supervisor waits after a child that died at once."""
        house._lives[what].started = clock.monotonic()
        return house._mourn(what, ended, clock.monotonic())

    assert [pause() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    house._lives[what].started = clock.monotonic()
    clock.advance(supervisor.WELL_SECONDS)
    assert house._mourn(what, ended, clock.monotonic()) == 1


def test_the_address_is_told_once_it_answers_and_slowness_is_said(sqlite_database, clock, chance, tmp_path, capsys):
    site = Site(sqlite_database, Settings(sqlite_database.url, tmp_path, bundled=False), clock, chance, lambda: "")
    answers = []
    house = supervisor.House(site, [sys.executable, "-c", "input()"], tmp_path, "http://here", lambda: bool(answers))
    house._popen = lambda *_, **__: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    house.open()
    try:
        assert not house.look()
        assert capsys.readouterr().err == ""
        clock.advance(supervisor.SLOW_SECONDS)
        for _ in range(2):
            assert not house.look()
        assert capsys.readouterr().err == "The dashboard has not answered for 60 seconds; it will be at http://here\n"
        answers.append(True)
        for _ in range(2):
            assert not house.look()
        assert capsys.readouterr().err == "Tieout is at http://here (Ctrl-C ends it)\n"
    finally:
        assert house.close() == 0


def test_a_dashboard_that_cannot_start_ends_everything_with_a_sentence(sqlite_database, clock, chance, tmp_path, capsys):
    site = Site(sqlite_database, Settings(sqlite_database.url, tmp_path, bundled=False), clock, chance, lambda: "")
    house = supervisor.House(site, [sys.executable, "-c", "raise SystemExit(3)"], tmp_path, "http://here", lambda: False)
    house.open()
    house._dashboard.wait()
    assert house.look()
    assert house.close() == 1
    assert "The dashboard cannot be served at http://here" in capsys.readouterr().err
