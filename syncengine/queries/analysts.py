"""The login of analysts on PostgreSQL: made and granted once by an administrator, seated for one company at a time.

The login owns nothing and may read the views and nothing else; temporary tables, which a database lets everybody make who
connects, are for its owner alone from then on. A view shows the company of the *seat* of the connection
that asks: a row under the backend's number, which only the installation's own login can write. So one login serves all
companies, and no SQL of an analyst can move to another one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    DateTime,
    Integer,
    Text,
    column,
    delete,
    func,
    insert,
    or_,
    table,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from syncengine.db.engine import Database
from syncengine.db.sandbox import SCHEMA
from syncengine.errors import ConfigurationError
from syncengine.queries import _views
from syncengine.queries._views import Sight

#: Which company the connection of which backend sees. Beside the views, and so no table of the program's.
_SEAT = table(
    "seat",
    column("pid", Integer),
    column("company_id", BigInteger),
    column("seen", ARRAY(Text)),
    column("hidden", ARRAY(Text)),
    column("whole", Boolean),
    column("owns", Boolean),
    column("until", DateTime(timezone=True)),
    schema=SCHEMA,
)
#: The command that makes it all.
COMMAND = "python -m syncengine analysts"
_LOOK = text(
    "SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls "
    "OR r.rolname = current_user AS strong, "
    "EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS member, "
    "EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_table_privilege(r.oid, c.oid, 'SELECT')) AS reads, "
    "has_database_privilege(r.oid, current_database(), 'TEMP') AS makes, "
    "obj_description(to_regnamespace(:schema), 'pg_namespace') AS version FROM pg_roles r WHERE r.rolname = :login"
)


#: The database, its owner, and whether a login may make temporary tables in it, by whichever way.
_MAKES = text(
    "SELECT datname AS base, pg_get_userbyid(datdba) AS owner, "
    "has_database_privilege(CAST(:login AS name), datname, 'TEMP') AS makes FROM pg_database WHERE datname = current_database()"
)


def statements() -> list[str]:
    """What makes schema, seats and views, in order; run by the installation's own login."""
    columns = "company_id bigint NOT NULL, seen text[] NOT NULL, hidden text[] NOT NULL, whole boolean NOT NULL"
    more = "owns boolean NOT NULL, until timestamptz NOT NULL"
    seat = f"CREATE TABLE {SCHEMA}.seat (pid integer PRIMARY KEY, {columns}, {more})"
    views = [_views.for_postgres(view, SCHEMA) for view in _views.every().values()]
    return [f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}", seat, *views]


def version() -> str:
    """What stands for the views as this program has them."""
    return f"tieout {zlib.crc32(chr(10).join(statements()).encode()):08x}"


def prepare(database: Database, url: str) -> Iterator[str]:
    """Make or renew the login at `url` and the views; gives a sentence for each thing that was done.

    Raises ConfigurationError where the database is not PostgreSQL, the URL names no login of its own, the
    installation's login may not make one, or the database is another's, who alone can keep it from making temporary tables.
    """
    if database.dialect == "sqlite":
        raise ConfigurationError("On SQLite analysts need no login: SQL works as it is.")
    login, password = _login(database, url)
    with database.writing() as connection:
        if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :login"), {"login": login}) is None:
            _make_login(connection, login, password)
            yield f"Made the login {login}."
        for statement in statements():
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{version()}'")
        quoted = _quoted(login)
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {quoted}")
        for name in _views.every():
            connection.exec_driver_sql(f'GRANT SELECT ON {SCHEMA}."{name}" TO {quoted}')
    yield f"Made {len(_views.every())} views and granted them to {login}, and nothing else."
    yield from _keep_from_making(database, login)
    if trouble := why_not(database, url):
        raise ConfigurationError(trouble)


def why_not(database: Database, url: str) -> str:
    """Why SQL cannot be asked on this PostgreSQL installation, and what an administrator does; empty where it can."""
    if not url:
        return f"SQL is off here: set TIEOUT_ANALYST_URL to a login for analysts and run `{COMMAND}` once."
    login, _ = _login(database, url)
    with database.reading() as connection:
        found = connection.execute(_LOOK, {"schema": SCHEMA, "login": login}).mappings().first()
    if found is None or found["version"] is None:
        return f"SQL is off here: the login {login} or its views are missing. Run `{COMMAND}`."
    if found["version"] != version():
        return f"SQL is off here until its views are renewed for this version: run `{COMMAND}`."
    if found["strong"] or found["member"] or found["reads"]:
        return f"SQL is off here: the login {login} can do more than read the views. Take that away, or use another login."
    if found["makes"]:
        return f"SQL is off here: the login {login} may make temporary tables, which could fill the disk. Run `{COMMAND}`."
    return ""


def _keep_from_making(database: Database, login: str) -> Iterator[str]:
    """Leave temporary tables to the database's owner; as often as one likes.

    Every login may make some by way of PUBLIC until it is taken from PUBLIC. Raises ConfigurationError where that is for somebody
    else to do: PostgreSQL answers who is neither the owner nor an administrator with a mere warning, or with an error.
    """
    with database.writing() as connection:
        base, owner, makes = connection.execute(_MAKES, {"login": login}).one()
        if not makes:
            return
        wanted = f"REVOKE TEMPORARY ON DATABASE {_quoted(base)} FROM PUBLIC, {_quoted(login)}"
        with suppress(DBAPIError), connection.begin_nested():
            for statement in (f"GRANT TEMPORARY ON DATABASE {_quoted(base)} TO {_quoted(owner)}", wanted):
                connection.exec_driver_sql(statement.replace("%", "%%"))
        makes = connection.execute(_MAKES, {"login": login}).one().makes
    if makes:
        raise ConfigurationError(
            f"The login {login} may make temporary tables, which could fill the disk; SQL stays off until it may not. "
            f"The database belongs to {owner}: let {owner}, or an administrator, run {wanted}; nothing else is missing."
        )
    yield (
        f"Only {owner}, who owns the database, makes temporary tables there from now on. Another program that does needs "
        f"GRANT TEMPORARY ON DATABASE {_quoted(base)} TO its login."
    )


def seat(database: Database, pid: int, company_id: int, sight: Sight, until: datetime) -> None:
    """Let the backend with this number see one company, as far as `sight` goes."""
    row = {"pid": pid, "company_id": company_id, "whole": sight.whole, "owns": sight.owns, "until": until}
    with database.unchecked().writing() as connection:
        connection.execute(delete(_SEAT).where(or_(_SEAT.c.pid == pid, _SEAT.c.until < func.now())))
        connection.execute(insert(_SEAT).values(**row, seen=list(sight.seen), hidden=list(sight.hidden)))


def leave(database: Database, pid: int) -> None:
    """Take the seat away."""
    with database.unchecked().writing() as connection:
        connection.execute(delete(_SEAT).where(_SEAT.c.pid == pid))


def _login(database: Database, url: str) -> tuple[str, str]:
    """Name and password; raises ConfigurationError for a URL that cannot be the analysts' own."""
    own, parsed = make_url(database.url), make_url(url)
    if parsed.get_backend_name() not in {"postgresql", "postgres"} or not parsed.username:
        raise ConfigurationError("TIEOUT_ANALYST_URL must be a PostgreSQL URL with a login of its own.")
    if parsed.username == own.username:
        raise ConfigurationError("TIEOUT_ANALYST_URL names the installation's own login, which can write. Name another one.")
    if parsed.database != own.database:
        raise ConfigurationError(f"TIEOUT_ANALYST_URL leads to {parsed.database}; the installation's database is {own.database}.")
    return parsed.username, str(parsed.password or "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _make_login(connection: Connection, login: str, password: str) -> None:
    said = "'" + password.replace("'", "''") + "'" if password and "\\" not in password else "NULL"
    wanted = f"CREATE ROLE {_quoted(login)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 10 PASSWORD {said}"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(wanted.replace("%", "%%"))
    except DBAPIError:
        raise ConfigurationError(
            f"This installation's login may not make another one. Let an administrator of the database run "
            f"CREATE ROLE {_quoted(login)} LOGIN PASSWORD '...'; then run `{COMMAND}` again."
        ) from None
