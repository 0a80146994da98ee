"""The command line in this process: what it understands, what it refuses, what it shows."""

from __future__ import annotations

import gc
import json
import runpy
import shutil
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from syncengine import __main__ as face
from syncengine import __version__
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.emulator.companies import KINDS
from syncengine.engine import setup
from syncengine.worker import identity


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """An empty data folder."""
    folder = tmp_path / "data"
    for name in ("TIEOUT_DATABASE_URL", "TIEOUT_FAILPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIEOUT_DATA", str(folder))
    return folder


@pytest.fixture
def database(data, sqlite_template):
    """The prepared database of that folder, with two companies."""
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "tieout.db")
    made = Database(f"sqlite:///{data / 'tieout.db'}")
    for name in ("Harbour", "Isle"):
        setup.add_company(made, SystemClock(), name, sample="empty")
    yield made
    made.close()


def execute(database, statement, **values):
    with database.writing() as connection:
        connection.execute(text(statement), values)


def refused(capsys, *arguments):
    """The one line of a command that could not do its work."""
    try:
        code = face.main(arguments)
    except SystemExit as end:
        code = end.code
    assert code == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


def shown(capsys, *arguments, code=0):
    assert face.main(arguments) == code
    return capsys.readouterr().out


def test_without_a_command_the_help_is_shown(capsys):
    said = shown(capsys)
    for command in (
        "dashboard", "worker", "emulator", "sync", "status", "queue", "errors", "company", "import", "people", "migrate", "retry", "version",
    ):  # fmt: skip
        assert command in said.split()
    assert "Exit codes" in said


def test_the_version_is_the_packages(capsys):
    assert shown(capsys, "version") == f"tieout {__version__}\n"


@pytest.mark.parametrize(("arguments", "words"), [
    (("status",), "There is no database"),
    (("queue",), "There is no database"),
    (("errors",), "There is no database"),
    (("company", "list"), "There is no database"),
    (("retry",), "There is no database"),
    (("sync",), "There is no company yet"),
    (("nonsense",), "invalid choice"),
    (("queue", "--limit", "many"), "'many' is no whole number from 1 on"),
    (("queue", "--limit", "0"), "no whole number"),
    (("queue", "--offset", "-1"), "no whole number"),
    (("emulator", "--linger", "inf"), "no number of seconds"),
    (("emulator", "--switches", "[1]"), "no JSON object: [1]"),
    (("emulator", "--switches", "{"), "no JSON object: {"),
    (("emulator", "--switches", '{"quota": false}'), "there is no switch 'quota'"),
    (("emulator", "--switches", '{"quotas": 0}'), "switch quotas takes a value like True, not 0"),
    (("worker", "--parent", "me"), "no whole number"),
    (("company",), "required"),
    (("company", "add", "Harbour", "--sample", "huge"), "invalid choice"),
    (("company", "add", "  "), "needs a name"),
    (("dashboard", "--address", "0.0.0.0"), "without sign-in"),
    (("dashboard", "--port", "99999"), "no port"),
    (("emulator", "--port", "99999"), "Port 99999 on 127.0.0.1 cannot be used"),
    (("import", "dragon", "x.csv"), "no kind of record"),
    (("import", "customer"), "required"),
    (("import", "customer", "x.csv", "--map", "Name"), "lacks a part"),
    (("import", "customer", "nowhere.csv", "--lines-map", "a=b"), "--lines"),
    (("import", "invoice", "x.csv", "--delimiter", ";;"), "one character"),
])
def test_what_a_person_gets_wrong_is_one_plain_line(capsys, arguments, words):
    assert words in refused(capsys, *arguments)


def test_every_kind_of_company_can_be_asked_of_the_emulator(capsys):
    said = refused(capsys, "emulator", "--company", "no such")
    assert all(f"'{kind}'" in said for kind in KINDS)


@pytest.mark.parametrize(("name", "value", "words"), [
    ("TIEOUT_DATABASE_URL", "nonsense", "TIEOUT_DATABASE_URL is no address"),
    ("TIEOUT_DATABASE_URL", "oracle://x/y", "TIEOUT_DATABASE_URL is no address"),
    ("TIEOUT_DATABASE_URL", "sqlite:////dev/null/x.db", "cannot be opened"),
    ("TIEOUT_DATA", "/dev/null/data", "cannot be made"),
    ("TIEOUT_REQUESTID_MEMORY_HOURS", "often", "TIEOUT_REQUESTID_MEMORY_HOURS"),
])
def test_a_wrong_setting_is_named(capsys, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    assert words in refused(capsys, "migrate")


def test_a_database_of_a_newer_program_is_refused(capsys, database):
    execute(database, "UPDATE alembic_version SET version_num = 'f00df00df00d'")
    assert "newer" in refused(capsys, "migrate")


def test_an_error_of_our_own_shows_its_trace_and_asks_for_a_report(capsys, monkeypatch):
    def broken(_asked):
        raise KeyError("surprise")

    monkeypatch.setattr(face, "_version", broken)
    assert face.main(["version"]) == 2
    said = capsys.readouterr().err
    assert "surprise" in said
    assert said.splitlines()[-1].startswith("tieout: This is an error in Tieout itself")


def test_ctrl_c_is_no_traceback(capsys, monkeypatch):
    def interrupted(_asked):
        raise KeyboardInterrupt

    monkeypatch.setattr(face, "_version", interrupted)
    assert refused(capsys, "version") == "tieout: interrupted"


def test_migrating_twice_says_that_nothing_was_to_be_done(capsys):
    assert "now; it was empty" in shown(capsys, "migrate")
    assert "already" in shown(capsys, "migrate")


def test_an_empty_installation_has_its_words(capsys):
    shown(capsys, "migrate")
    said = shown(capsys, "status")
    assert "no company yet" in said
    assert "No worker is running" in said
    assert "no company yet" in shown(capsys, "company", "list")
    assert "company add" in refused(capsys, "queue")


def test_companies_are_added_and_listed_by_name(capsys):
    assert "Added company 1" in shown(capsys, "company", "add", "Zeta", "--sample", "demo")
    shown(capsys, "company", "add", "Alpha")
    rows = json.loads(shown(capsys, "company", "list", "--json"))
    assert [(row["company"], row["quickbooks"]) for row in rows] == [("Alpha", "emulator (empty)"), ("Zeta", "emulator (demo)")]
    assert "already" in refused(capsys, "company", "add", "Zeta")


def test_each_company_has_its_own_queue(capsys, database):
    execute(database, "INSERT INTO customer (company_id, name) VALUES (1, 'Ada'), (2, 'Ben')")
    assert "Ada" in shown(capsys, "queue")
    said = json.loads(shown(capsys, "queue", "--company", "Isle", "--json"))
    assert [row["record"] for row in said["rows"]] == ["Ben"]
    assert json.loads(said["rows"][0]["payload"])["DisplayName"] == "Ben"
    assert "Known are: 'Harbour', 'Isle'" in refused(capsys, "queue", "--company", "Nobody")


def test_the_queue_says_why_a_row_needs_a_person_or_waits(capsys, database):
    execute(database, "INSERT INTO customer (company_id, name) VALUES (1, 'Ada'), (1, 'Ben:Ltd')")
    execute(database, "INSERT INTO customer (company_id, name, parent_id) VALUES (1, 'Branch', 1)")
    shown(capsys, "queue")
    execute(database, "UPDATE sync_outbox SET state = 'parked', message = '6000 Refused.' WHERE label = 'Ada'")
    says = {row["record"]: row["says"] for row in json.loads(shown(capsys, "queue", "--json"))["rows"]}
    assert says["Ada"] == "6000 Refused."
    assert "Take it out of the name." in says["Ben:Ltd"]
    assert says["Branch"] == "after Customer Ada"


def test_long_lists_come_page_by_page(capsys, database):
    for n in range(5):
        execute(database, "INSERT INTO customer (company_id, name) VALUES (1, :name)", name=f"Customer {n}")
    assert "Rows 1 to 2 of 5." in shown(capsys, "queue", "--limit", "2")
    assert "Rows 5 to 5 of 5." in shown(capsys, "queue", "--limit", "2", "--offset", "4")
    assert shown(capsys, "queue", "--offset", "5") == "There are only 5 rows.\n"
    assert "Rows" not in shown(capsys, "queue")


def test_errors_are_listed_with_cause_and_remedy(capsys, database):
    assert shown(capsys, "errors") == "There are no sync errors.\n"
    for n in range(3):
        execute(
            database, "INSERT INTO sync_error (company_id, entity, kind, label, code, message, cause, remedy, tries, opened_at) "
            "VALUES (1, 'Customer', 'customer', :label, '6240', 'Duplicate Name Exists Error', 'Taken.', 'Choose another.', 1, "
            "'2026-01-02 03:04:05.000000')", label=f"Customer {n}")
    said = shown(capsys, "errors")
    assert "Taken." in said
    assert "Choose another." in said
    page = json.loads(shown(capsys, "errors", "--limit", "1", "--offset", "2", "--json"))
    assert (page["total"], [row["record"] for row in page["rows"]]) == (3, ["Customer 2"])
    assert page["rows"][0]["since"] == "2026-01-02T03:04:05Z"


def test_the_status_shows_what_waits_what_needs_a_person_and_who_syncs(capsys, database):
    execute(database, "INSERT INTO customer (company_id, name) VALUES (1, 'Ada'), (1, 'Ben')")
    shown(capsys, "queue")
    execute(database, "UPDATE sync_outbox SET state = 'parked' WHERE label = 'Ben'")
    execute(
        database, 'INSERT INTO sync_cycle (company_id, "trigger", requested_by, fence, started_at, result, phase, done, total, sent, received, failed, '
        "metered_reads, calls) VALUES (1, 'manual', 'Ada', 1, '2026-01-02 03:04:05.000000', 'running', 'Sending', 3, 9, 0, 0, 0, 0, 0)")
    execute(
        database, "UPDATE sync_lease SET owner = :me, lease_until = '2999-01-01 00:00:00.000000' WHERE company_id = 1", me=str(identity.mine()))
    first, second = json.loads(shown(capsys, "status", "--json"))["companies"]
    assert (first["waiting"], first["parked"], first["sign"], first["says"]) == (1, 1, "X", "syncing: Sending 3/9")
    assert (second["company"], second["waiting"], second["sign"]) == ("Isle", 0, "-")
    only = json.loads(shown(capsys, "status", "--company", "Isle", "--json"))["companies"]
    assert [row["company"] for row in only] == ["Isle"]


def test_a_company_that_somebody_syncs_is_not_synced_twice(capsys, database):
    execute(
        database, "UPDATE sync_lease SET owner = :me, lease_until = '2999-01-01 00:00:00.000000' WHERE company_id = 1",
        me=str(identity.mine()) + " in another life")
    assert "in another life is syncing this company" in refused(capsys, "sync", "--company", "Harbour")


def test_rows_are_tried_again_all_or_by_number(capsys, database):
    execute(database, "INSERT INTO customer (company_id, name) VALUES (1, 'Ada'), (1, 'Ben'), (1, 'Cleo')")
    shown(capsys, "queue")
    assert "nothing to try again" in refused(capsys, "retry")
    execute(database, "UPDATE sync_outbox SET state = 'parked' WHERE label <> 'Cleo'")
    assert face.main(["retry", "1", "3", "77"]) == 1
    said = capsys.readouterr()
    assert said.out == "1 row waits for the next sync.\n"
    assert "Cleo is waiting" in said.err
    assert "Row 77 is not in the queue." in said.err
    assert shown(capsys, "retry") == "1 row waits for the next sync.\n"
    assert "None of these rows" in refused(capsys, "retry", "77")


def test_a_file_is_tried_imported_and_found_unchanged(capsys, database, tmp_path):
    assert "nowhere.csv" in refused(capsys, "import", "customer", "nowhere.csv")
    file = tmp_path / "customers.csv"
    file.write_text("Customer,Mail,Colour\nAda Ltd,ada@example.com,red\n,nobody@example.com,blue\n")
    mapped = ("import", "customer", str(file), "--map", "Customer=name", "--map", "Mail=email")
    said = shown(capsys, *mapped, "--dry-run", code=1)
    assert "would bring 1 new, 0 changed, 0 unchanged; 1 refused. Nothing was written." in said
    assert "Left out: Colour" in said
    assert shown(capsys, "queue") == "Nothing waits to be sent.\n"
    assert json.loads(shown(capsys, *mapped, "--all-or-nothing", "--json", code=1))["created"] == 0
    assert "brought 1 new" in shown(capsys, *mapped, code=1)
    again = json.loads(shown(capsys, *mapped, "--json", code=1))
    (problem,) = again["problems"]
    assert (again["unchanged"], again["created"], problem["row"], problem["column"]) == (1, 0, 3, "Customer")
    assert "Ada Ltd" in shown(capsys, "queue")
    with database.reading() as connection:
        actors = connection.execute(text("SELECT DISTINCT actor FROM sync_audit WHERE event = 'imported'")).scalars().all()
    assert actors
    assert all("command line" in actor for actor in actors)


def test_both_halves_of_a_name_are_joined_beside_what_a_person_maps(capsys, database, tmp_path):
    file = tmp_path / "workers.csv"
    file.write_text("no,last name,first name,badge\n1,Davolio,Nancy,b7\n")
    said = shown(capsys, "import", "employee_link", str(file), "--map", "badge=code")
    assert "first name + last name is worker_name" in said
    with database.reading() as connection:
        assert connection.execute(text("SELECT code, worker_name FROM employee_link")).all() == [("b7", "Nancy Davolio")]


def test_a_clean_file_ends_with_0_and_a_later_pair_overrides_a_guess(capsys, database, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("Name;Legal name\nAda;Ada Ltd\n", encoding="latin-1")
    shown(capsys, "import", "customer", str(file), "--delimiter", ";", "--map", "Legal name=name", "--company", "Isle")
    with database.reading() as connection:
        assert connection.execute(text("SELECT company_id, name FROM customer")).all() == [(2, "Ada Ltd")]


# --- people -------------------------------------------------------------------------------------------------------------


def test_people_are_given_roles_shown_and_removed(capsys, database):
    assert shown(capsys, "people", "list").startswith("Nobody has a role")
    said = shown(capsys, "people", "set", "Ada@Example.com", "operator", "--grant", "see_bills", "--revoke", "sync")
    assert said == "ada@example.com is operator, and may: see_sync, see_bills.\n"
    (row,) = json.loads(shown(capsys, "people", "list", "--json"))
    assert (row["person"], row["role"], row["granted"], row["refused"]) == ("ada@example.com", "operator", ["see_bills"], ["sync"])
    assert "see_bills" in shown(capsys, "people", "list")
    assert "may: see_sync, see_bills, sync." in shown(capsys, "people", "set", "ada@example.com", "operator", "--leave", "sync")
    assert "Nobody has a role" in shown(capsys, "people", "list", "--company", "Isle")
    assert "no right in this company any more" in shown(capsys, "people", "remove", "ADA@example.com")
    assert "no role in this company" in refused(capsys, "people", "remove", "ada@example.com")


def test_nothing_is_changed_where_a_part_of_the_wish_is_wrong(capsys, database):
    assert "no permission 'fly'" in refused(capsys, "people", "set", "ada@example.com", "viewer", "--grant", "fly")
    assert "Say which role" in refused(capsys, "people", "set", "ada@example.com")
    assert "no role 'king'" in refused(capsys, "people", "set", "ada@example.com", "king", "--grant", "sync")
    assert shown(capsys, "people", "list").startswith("Nobody has a role")


def test_on_a_database_elsewhere_the_command_line_acts_as_whom_the_setting_names(capsys, database, monkeypatch):
    for home in ("syncengine.store.rights", "syncengine.worker.who"):
        monkeypatch.setattr(f"{home}.is_local", lambda _: False)
    for command in (("queue",), ("errors",), ("sync",), ("people", "list"), ("people", "set", "bob", "viewer")):
        assert "Nobody is named" in refused(capsys, *command)
    monkeypatch.setenv("TIEOUT_OWNER", "ada@example.com")
    monkeypatch.setenv("TIEOUT_ACTOR", "ada@example.com")
    assert "bob is viewer" in shown(capsys, "people", "set", "bob", "viewer")
    monkeypatch.setenv("TIEOUT_ACTOR", "bob")
    assert shown(capsys, "queue") == "Nothing waits to be sent.\n"
    for command in (("sync",), ("people", "list"), ("people", "remove", "bob")):
        assert "bob may not" in refused(capsys, *command)
    assert "bob has no right in this company" in refused(capsys, "queue", "--company", "Isle")
    status = json.loads(shown(capsys, "status", "--json"))
    assert [row["company"] for row in status["companies"]] == ["Harbour"]


# --- settings -----------------------------------------------------------------------------------------------------------


def test_settings_are_shown_and_changed_by_name(database, capsys):
    assert face.main(["settings", "--company", "Isle"]) == 0
    shown = capsys.readouterr().out
    assert "closing_date" in shown
    assert "none" in shown
    assert face.main(["settings", "--company", "Isle", "closing_date=2026-01-31", "post_cogs=off"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 3
    assert "2026-01-31" in "".join(rows)
    assert face.main(["settings", "--company", "Isle", "--json"]) == 0
    said = {row["name"]: row["value"] for row in json.loads(capsys.readouterr().out)}
    assert (said["closing_date"], said["post_cogs"]) == ("2026-01-31", False)
    assert face.main(["settings", "--company", "Harbour", "--json"]) == 0
    said = {row["name"]: row["value"] for row in json.loads(capsys.readouterr().out)}
    assert (said["closing_date"], said["post_cogs"]) == (None, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["post_cogs"], "write NAME=VALUE"),
        (["=on"], "write NAME=VALUE"),
        (["post_cogs=off", "post_cogs=on"], "set twice"),
        (["post_cogs=on"], "Nothing has changed"),
        (["colour=blue"], "no setting 'colour'"),
        (["closing_date=31.1.2026"], "must be a date as YYYY-MM-DD, or none"),
        (["first_sync_done=on"], "itself"),
        (["post_cogs=off", "direction=sideways"], "both, to quickbooks, from quickbooks or nothing"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line_and_nothing_is_changed(database, capsys, arguments, words):
    assert words in refused(capsys, "settings", "--company", "Isle", *arguments)
    assert face.main(["settings", "--company", "Isle", "--json"]) == 0
    assert all(row["value"] == row["default"] for row in json.loads(capsys.readouterr().out))


@pytest.fixture
def as_python_looks_for_garbage() -> Iterator[None]:
    """After as many objects as where a process begins."""
    held = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*held)


@pytest.mark.usefixtures("as_python_looks_for_garbage")
def test_a_command_seldom_looks_for_garbage_in_what_it_loads(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["tieout"])
    monkeypatch.delitem(sys.modules, "syncengine.__main__")
    with pytest.raises(SystemExit) as end:
        runpy.run_module("syncengine", run_name="__main__")
    assert end.value.code == 0
    assert gc.get_threshold()[0] >= 10_000
