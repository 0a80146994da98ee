"""The login that PostgreSQL needs for analysts' SQL: what it may be, what it sees, and what is said where it cannot be used."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from syncengine import queries
from syncengine.errors import ConfigurationError, Refused
from syncengine.queries import analysts
from tests.unit.queries import seed
from tests.unit.queries.test_sql import analyst_url, answer, asked, everything, of_role, prepared  # noqa: F401


def test_without_its_login_postgresql_says_how_to_switch_sql_on(postgres_database, monkeypatch):
    session = seed.company(postgres_database)
    monkeypatch.delenv("TIEOUT_ANALYST_URL", raising=False)
    with pytest.raises(Refused, match=r"SQL is off here: set TIEOUT_ANALYST_URL .*`python -m syncengine analysts` once"):
        queries.sql(session, "SELECT 1 AS one")
    monkeypatch.setenv("TIEOUT_ANALYST_URL", postgres_database.url.replace("//postgres@", "//nobody_yet@"))
    with pytest.raises(Refused, match="missing"):
        queries.sql(session, "SELECT 1 AS one")


def test_a_login_that_can_do_more_is_not_used(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session = seed.company(postgres_database)
    with postgres_database.writing() as connection:
        connection.execute(text("GRANT SELECT ON sync_connection TO analyst"))
    with pytest.raises(Refused, match="can do more"):
        queries.sql(session, "SELECT 1 AS one")
    with postgres_database.writing() as connection:
        connection.execute(text("REVOKE SELECT ON sync_connection FROM analyst"))
    assert answer(session, "SELECT 1 AS one") == [{"one": 1}]


def test_the_login_itself_sees_no_row_without_a_seat_and_writes_nothing(postgres_database, monkeypatch):
    """What an analyst could do who had the login's password."""
    import psycopg
    from sqlalchemy.engine import make_url

    prepared(postgres_database, monkeypatch)
    seed.busy(postgres_database)
    parsed = make_url(postgres_database.url)
    with psycopg.connect(host=parsed.query["host"], user="analyst", dbname=parsed.database, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM tieout_analyst.queue").fetchone() == (0,)
        for statement in (
            "SELECT tokens FROM sync_connection", "SELECT * FROM tieout_analyst.seat", "INSERT INTO tieout_analyst.seat VALUES (1)",
            "UPDATE tieout_analyst.queue SET label = 'x'", "DELETE FROM tieout_analyst.runs", "CREATE TABLE tieout_analyst.evil (x int)",
            "CREATE TABLE public.evil (x int)", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "COPY tieout_analyst.queue TO 'evil'",
        ):  # fmt: skip
            with pytest.raises(psycopg.Error):
                connection.execute(statement)


def test_views_of_another_version_are_not_used(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session = seed.company(postgres_database)
    with postgres_database.writing() as connection:
        connection.execute(text("COMMENT ON SCHEMA tieout_analyst IS 'older'"))
    with pytest.raises(Refused, match="renewed"):
        queries.sql(session, "SELECT 1 AS one")
    list(analysts.prepare(postgres_database, analyst_url(postgres_database)))
    assert answer(session, "SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://postgres@/x", "postgresql://other@/elsewhere"])
def test_a_url_that_cannot_be_the_analysts_own_is_refused(postgres_database, url):
    with pytest.raises(ConfigurationError):
        list(analysts.prepare(postgres_database, url))
