"""The login that PostgreSQL needs for analysts' SQL: what it may be, what it sees, and what is said where it cannot be used."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from syncengine import queries
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError, Refused
from syncengine.queries import analysts
from tests.unit.queries import seed
from tests.unit.queries.analyst import analyst_url, answer, prepared


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
    prepared(postgres_database, monkeypatch)
    seed.busy(postgres_database)
    with logged_in(postgres_database, "analyst") as connection:
        assert connection.execute("SELECT count(*) FROM tieout_analyst.queue").fetchone() == (0,)
        for statement in (
            "SELECT tokens FROM sync_connection", "SELECT * FROM tieout_analyst.seat", "INSERT INTO tieout_analyst.seat VALUES (1)",
            "UPDATE tieout_analyst.queue SET label = 'x'", "DELETE FROM tieout_analyst.runs", "CREATE TABLE tieout_analyst.evil (x int)",
            "CREATE TABLE public.evil (x int)", "CREATE TEMP TABLE evil (x int)", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "COPY tieout_analyst.queue TO 'evil'",
        ):  # fmt: skip
            with pytest.raises(psycopg.Error):
                connection.execute(statement)


def temporary(database, login: str) -> bool:
    """Whether a login makes a temporary table, as somebody would who has its password."""
    with logged_in(database, login) as connection:
        try:
            connection.execute("CREATE TEMP TABLE filling AS SELECT generate_series(1, 9) AS n")
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


def logged_in(database, login: str) -> psycopg.Connection:
    parsed = make_url(database.url)
    return psycopg.connect(host=parsed.query["host"], user=login, dbname=parsed.database, autocommit=True)


@pytest.fixture
def roles(postgres_database):
    """Makes logins, which go with what they own and were granted."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        with postgres_database.writing() as connection:
            connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        return name

    yield make
    base = make_url(postgres_database.url).database
    with postgres_database.writing() as connection:
        connection.execute(text(f"ALTER DATABASE {base} OWNER TO postgres"))
        for name in made:
            connection.execute(text(f"DROP OWNED BY {name} CASCADE"))
            connection.execute(text(f"DROP ROLE {name}"))


def test_temporary_tables_are_for_the_owner_alone_and_for_whom_they_were_granted(postgres_database, monkeypatch, roles):
    base, owner, other = make_url(postgres_database.url).database, roles("keeper"), roles("shop")
    with postgres_database.writing() as connection:
        connection.execute(text(f"ALTER DATABASE {base} OWNER TO {owner}"))
    said = list(analysts.prepare(postgres_database, analyst_url(postgres_database)))
    assert [each for each in said if each.startswith("Only keeper, who owns the database, makes temporary tables")]
    assert {login: temporary(postgres_database, login) for login in ("analyst", owner, other)} == {"analyst": False, owner: True, other: False}
    with postgres_database.writing() as connection:
        connection.execute(text(f"GRANT TEMPORARY ON DATABASE {base} TO {other}"))
    again = list(analysts.prepare(postgres_database, analyst_url(postgres_database)))
    assert not [each for each in again if "temporary" in each]
    assert {login: temporary(postgres_database, login) for login in ("analyst", owner, other)} == {"analyst": False, owner: True, other: True}
    monkeypatch.setenv("TIEOUT_ANALYST_URL", analyst_url(postgres_database))
    assert answer(seed.company(postgres_database), "SELECT 1 AS one") == [{"one": 1}]


def test_a_login_that_may_make_temporary_tables_is_not_used_until_the_command_was_run(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session, base = seed.company(postgres_database), make_url(postgres_database.url).database
    with postgres_database.writing() as connection:  # as an installation has it whose login was made before
        connection.execute(text(f"GRANT TEMPORARY ON DATABASE {base} TO PUBLIC, analyst"))
    with pytest.raises(Refused, match=r"may make temporary tables.*Run `python -m syncengine analysts`"):
        queries.sql(session, "SELECT 1 AS one")
    list(analysts.prepare(postgres_database, analyst_url(postgres_database)))
    assert answer(session, "SELECT 1 AS one") == [{"one": 1}]


def test_where_the_database_is_another_logins_the_statement_for_its_owner_is_told(postgres_database, monkeypatch, roles):
    prepared(postgres_database, monkeypatch)
    session, base = seed.company(postgres_database), make_url(postgres_database.url).database
    owner, own = roles("keeper"), roles("installer")
    with postgres_database.writing() as connection:
        for statement in (
            f"ALTER DATABASE {base} OWNER TO {owner}", f"GRANT TEMPORARY ON DATABASE {base} TO PUBLIC", "DROP SCHEMA tieout_analyst CASCADE",
            f"GRANT CREATE ON DATABASE {base} TO {own}", f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {own}",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {own}",
        ):  # fmt: skip
            connection.execute(text(statement))
    database = Database(postgres_database.url.replace("//postgres@", f"//{own}@"))
    try:
        with pytest.raises(ConfigurationError) as refused:
            list(analysts.prepare(database, analyst_url(postgres_database)))
        wanted = f'REVOKE TEMPORARY ON DATABASE "{base}" FROM PUBLIC, "analyst"'
        assert f"belongs to keeper: let keeper, or an administrator, run {wanted};" in str(refused.value)
        with logged_in(postgres_database, owner) as connection:
            connection.execute(wanted)
        assert not temporary(postgres_database, "analyst")
        assert answer(replace(session, database=database), "SELECT 1 AS one") == [{"one": 1}], "the views were made all the same"
    finally:
        database.close()


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


def test_sqlite_needs_no_login(sqlite_database):
    with pytest.raises(ConfigurationError, match="need no login"):
        list(analysts.prepare(sqlite_database, "postgresql://analyst@/x"))
