"""Connecting: who is let in without a name, and what is prepared on the way."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import syncengine
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError
from syncengine.queries import companies, first_run
from syncengine.queries.session import is_local
from tests.unit.queries import seed


def test_an_empty_machine_is_prepared_and_the_owner_is_let_in(tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path / "new" / "data"))
    monkeypatch.delenv("TIEOUT_DATABASE_URL", raising=False)
    session = syncengine.connect()
    try:
        assert session.actor == "owner"
        assert companies(session.database)["name"].tolist() == ["Demo"]
    finally:
        session.database.close()


def test_a_company_is_found_by_name_and_an_unknown_one_is_refused_with_those_known(sqlite_database):
    seed.company(sqlite_database, "Harbour")
    other = seed.company(sqlite_database, "Globex")
    session = syncengine.connect(sqlite_database.url, company="Globex", actor="Ada")
    session.database.close()
    assert (session.company_id, session.actor) == (other.company_id, "Ada")
    with pytest.raises(ConfigurationError, match="'Harbour'"):
        syncengine.connect(sqlite_database.url, company="Acme")


@pytest.mark.parametrize("actor", [None, "", "  "])
def test_a_database_on_another_host_wants_a_name(actor):
    with pytest.raises(ConfigurationError, match=r"books\.example.*actor"):
        syncengine.connect("postgresql://ada@books.example/tieout", actor=actor)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("sqlite:////srv/tieout.db", True),
        ("postgresql://localhost/tieout", True),
        ("postgresql+psycopg://ada:pw@127.0.0.1:5433/tieout", True),
        ("postgresql+psycopg://postgres@/tieout?host=/run/postgresql", True),
        ("postgresql://ada@10.0.0.7/tieout", False),
        ("postgresql+psycopg://ada@/tieout?host=10.0.0.7", False),
        ("postgresql+psycopg://ada@/tieout?host=/run/postgresql&host=10.0.0.7", False),
        ("postgresql+psycopg://ada@/tieout?host=localhost,10.0.0.7", False),
    ],
)
def test_only_a_file_or_a_server_on_this_machine_is_local(url, local):
    assert is_local(url) is local


def test_a_first_run_makes_one_company_however_often_it_is_asked(empty_database, clock):
    assert first_run(empty_database, clock) is True
    assert first_run(empty_database, clock) is False
    assert len(companies(empty_database)) == 1


def test_a_first_run_leaves_a_company_that_is_there_alone(database, clock):
    seed.company(database, "Harbour")
    assert first_run(database, clock) is False
    assert companies(database)["name"].tolist() == ["Harbour"]


def test_connecting_elsewhere_never_changes_that_database(empty_database, monkeypatch):
    monkeypatch.setattr("syncengine.queries.session.is_local", lambda _: False)
    with pytest.raises(ConfigurationError, match="worker of the same version"):
        syncengine.connect(empty_database.url, actor="Ada")
    with empty_database.reading() as connection:
        from sqlalchemy import inspect

        assert inspect(connection).get_table_names() == []


def test_companies_of_none_is_an_empty_frame_with_its_columns(sqlite_database: Database):
    assert companies(sqlite_database).columns.tolist() == ["id", "name", "timezone"]


def test_what_does_not_show_frames_loads_no_pandas():
    code = "import sys, syncengine.queries, syncengine.commands as c; c.sync_now, c.remove, c.choose; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_of_the_two_faces_leads_somewhere():
    from syncengine import commands, queries

    for face in (commands, queries):
        # A module of the same name would take the function's place as soon as somebody imports it.
        assert not {module.name for module in pkgutil.iter_modules(face.__path__)} & set(face.__all__)
        assert len(set(face.__all__)) == len(face.__all__)
        assert all(getattr(face, name) is not None for name in face.__all__)
        with pytest.raises(AttributeError, match="nothing_of_the_kind"):
            face.nothing_of_the_kind  # noqa: B018 -- looking is the test
