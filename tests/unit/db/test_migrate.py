"""Migrations: head equals the code, many may start at once, a killed upgrade can be run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from syncengine.db import migrate
from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.engine.setup import prepare
from syncengine.errors import ConfigurationError
from tests.support.tables import import_tables

UPGRADE = """
import sys
from syncengine import failpoints
from syncengine.db import migrate
from syncengine.db.engine import Database
failpoints.arm_from_environment()
database = Database(sys.argv[1])
migrate.upgrade(database)
print(migrate.revision_of(database))
database.close()
"""


def start(database: Database, failpoint: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "TIEOUT_FAILPOINT": failpoint}
    return subprocess.Popen(
        [sys.executable, "-c", UPGRADE, database.url], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=90)
    return process.returncode, out.strip() or err


def test_head_holds_exactly_the_tables_of_the_code(empty_database):
    import_tables()
    migrate.upgrade(empty_database)
    assert migrate.differences(empty_database) == []
    with empty_database.reading() as connection:
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set(Base.metadata.tables)


def test_on_sqlite_no_id_is_ever_used_again(tmp_path):
    """A version that copies a table loses it unless it says so: `table_kwargs={"sqlite_autoincrement": True}`."""
    import_tables()
    database = Database(f"sqlite:///{tmp_path / 'made.db'}")
    migrate.upgrade(database)
    with database.reading() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    database.close()
    wanted = {table.name for table in Base.metadata.tables.values() if table.dialect_options["sqlite"]["autoincrement"]}
    assert {name for name in wanted if "AUTOINCREMENT" not in made[name]} == set()


def test_check_constraints_arrive_too_although_alembic_does_not_compare_them(empty_database):
    import_tables()
    migrate.upgrade(empty_database)
    with empty_database.reading() as connection:
        looker = inspect(connection)
        found = {(table, check["name"]) for table in Base.metadata.tables for check in looker.get_check_constraints(table)}
    wanted = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert wanted <= found


def test_a_database_at_head_is_left_alone(empty_database):
    assert migrate.revision_of(empty_database) is None
    migrate.upgrade(empty_database)
    assert migrate.revision_of(empty_database) == migrate.head()
    # A second upgrade must not even wait for the lock: a process may start while an import writes.
    with empty_database.writing():
        migrate.upgrade(empty_database)


def test_six_processes_may_upgrade_one_database_at_once(empty_database):
    results = [finish(process) for process in [start(empty_database) for _ in range(6)]]
    assert results == [(0, migrate.head())] * 6


def test_an_upgrade_killed_halfway_leaves_nothing_and_can_be_run_again(empty_database):
    code, _ = finish(start(empty_database, failpoint="migrate.step"))
    assert code == -signal.SIGKILL
    with empty_database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    assert finish(start(empty_database)) == (0, migrate.head())


def test_a_database_from_a_newer_program_is_refused_with_the_remedy(empty_database):
    migrate.upgrade(empty_database)
    with empty_database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fromthefuture'"))
    with pytest.raises(ConfigurationError, match=r"fromthefuture.*Update the program"):
        migrate.upgrade(empty_database)


def test_a_program_from_before_large_imports_finds_none_of_their_acts(empty_database):
    from alembic import command

    migrate.upgrade(empty_database)
    act = (
        "INSERT INTO sync_long_act (company_id, what, conditions, seen, asked_by, asked_at, signed_in, looked_as, state, done, "
        "left_alone, total, tries) VALUES (1, :what, '{}', '[]', 'ada', '2026-01-01 00:00:00', false, '', 'done', 0, 0, 0, 0)"
    )
    with empty_database.writing() as connection:
        connection.execute(text("INSERT INTO company (id, name, created_at) VALUES (1, 'Harbour', '2026-01-01 00:00:00')"))
        connection.execute(text(act), [{"what": what} for what in ("look_through", "remove", "import")])
        connection.execute(text("INSERT INTO sync_long_act_part (company_id, act_id, pairs) SELECT 1, id, '[]' FROM sync_long_act"))
    command.downgrade(migrate._config(empty_database.url), "c67d52a34fee")
    with empty_database.reading() as connection:
        assert connection.scalars(text("SELECT what FROM sync_long_act")).all() == ["remove"]
        assert connection.scalar(text("SELECT count(*) FROM sync_long_act_part")) == 1


def test_rows_that_waited_before_say_whether_they_are_twinned_and_an_older_program_can_have_them_back(empty_database):
    from alembic import command

    config = migrate._config(empty_database.url)
    command.upgrade(config, "8c41d7e05b3f")
    row = (
        "INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, position, revision, refusals, version, "
        "attempts, queued_at, queued_by, changed_at) VALUES (1, 'Customer', 'customer', :record, '', 'save', :state, 1, 1, 0, 1, 0, "
        "'2026-01-01', 'ada', '2026-01-01')"
    )
    twin = (
        "INSERT INTO sync_binding (company_id, entity, kind, record_id, qbo_id, sync_token, base, generation, ended_at, last_success_at) "
        "VALUES (1, 'Customer', 'customer', :record, :record, '0', '{}', 0, :ended, '2026-01-01')"
    )
    with empty_database.writing() as connection:
        connection.execute(text("INSERT INTO company (id, name, created_at) VALUES (1, 'Harbour', '2026-01-01')"))
        waits = ((1, "available"), (2, "parked"), (3, "retryable"), (4, "completed"))
        connection.execute(text(row), [{"record": record, "state": state} for record, state in waits])
        twins = ((1, None), (2, "2026-01-01"), (4, None))
        connection.execute(text(twin), [{"record": record, "ended": ended} for record, ended in twins])
    prepare(empty_database)
    with empty_database.reading() as connection:
        told = connection.execute(text("SELECT record_id, bound FROM sync_outbox ORDER BY record_id")).all()
    assert [(record, bool(bound)) for record, bound in told] == [(1, True), (2, False), (3, False), (4, False)]
    command.downgrade(config, "8c41d7e05b3f")
    with empty_database.writing() as connection:  # whose triggers would name the column
        connection.execute(text("DELETE FROM sync_binding"))
    prepare(empty_database)
    with empty_database.reading() as connection:
        assert not any(connection.scalars(text("SELECT bound FROM sync_outbox")))


def test_there_is_one_line_of_versions():
    from alembic.script import ScriptDirectory

    assert len(ScriptDirectory(str(migrate.MIGRATIONS)).get_heads()) == 1


@pytest.fixture
def blank_migrations(tmp_path, monkeypatch) -> Path:
    """A copy of the migrations folder without any version in it."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (copy / name).write_text((migrate.MIGRATIONS / name).read_text())
    monkeypatch.setattr(migrate, "MIGRATIONS", copy)
    return copy


def written_from_all_tables(folder: Path) -> Path:
    import_tables()
    database = Database(f"sqlite:///{folder / 'draft.db'}")
    written = migrate.autogenerate(database, "all tables")
    database.close()
    assert written is not None
    return written


def test_versions_are_written_in_plain_sqlalchemy_types(blank_migrations):
    """A version file must stay what it was when our own types change."""
    source = written_from_all_tables(blank_migrations).read_text()
    assert "op.create_table('company'" in source
    assert "syncengine" not in source


def test_one_version_file_written_on_sqlite_serves_both_databases(blank_migrations, empty_database):
    written_from_all_tables(blank_migrations)
    migrate.upgrade(empty_database)
    assert migrate.differences(empty_database) == []


def test_no_version_is_written_when_nothing_has_changed(tmp_path, monkeypatch):
    import_tables()
    before = sorted((migrate.MIGRATIONS / "versions").glob("*.py"))
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    assert migrate.autogenerate(database, "nothing") is None
    database.close()
    assert sorted((migrate.MIGRATIONS / "versions").glob("*.py")) == before


def test_tables_lie_in_modules_that_the_migration_tool_finds():
    """A table defined elsewhere would be missing from the next version file, without a word."""
    import_tables()
    known = set(Base.metadata.tables)
    script = "import sys; from tests.support.tables import import_tables; import_tables(); from syncengine.db.base import Base\n"
    script += "import pkgutil, importlib, syncengine\n"
    script += "skipped = {'syncengine.__main__'}\n"
    script += "[importlib.import_module(m.name) for m in pkgutil.walk_packages(syncengine.__path__, 'syncengine.') if m.name not in skipped and not m.name.startswith('syncengine.emulator')]\n"
    script += "print(*sorted(Base.metadata.tables))"
    found = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert set(found.stdout.split()) == known


def test_the_newest_version_is_the_one_that_alembic_calls_the_head():
    assert migrate.head() == ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head()


def test_who_only_asks_for_versions_loads_no_alembic():
    asked = "import sys; from syncengine.db import migrate; migrate.head(); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
