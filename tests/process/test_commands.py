"""The command line as people and programs use it: exit codes, plain words, tables and JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from syncengine.worker import identity
from tests.process.conftest import PATIENCE, Installation, eventually
from tests.support.source import ROOT


def ran(installation: Installation, *arguments: str, code: int = 0, **environment: str) -> str:
    """What a command says on stdout; it must end with `code`, and on stderr with no traceback."""
    done = installation.run(*arguments, **environment)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout


def complaint(installation: Installation, *arguments: str, **environment: str) -> str:
    """The one line on stderr of a command that could not do its work."""
    done = installation.run(*arguments, **environment)
    assert (done.returncode, done.stdout) == (2, ""), (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    return line


def test_a_first_sync_is_clean_and_leaves_no_process(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    installation.write("INSERT INTO customer (company_id, name) VALUES (1, 'Ada Ltd')")
    waiting = json.loads(ran(installation, "queue", "--json"))
    assert [(row["operation"], row["record"]) for row in waiting["rows"]] == [("create", "Ada Ltd")]
    said = json.loads(ran(installation, "sync", "--json"))
    assert (said["company"], said["result"], said["sent"], said["failed"]) == ("Harbour", "ok", 1, 0)
    assert ran(installation, "queue") == "Nothing waits to be sent.\n"
    assert "check" in ran(installation, "status")
    assert installation.processes() == {}


def test_records_that_fail_end_a_sync_with_1_and_are_listed(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    installation.write("INSERT INTO customer (company_id, name) VALUES (1, 'Ada:Ltd')")
    done = installation.run("sync", "--company", "Harbour")
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "failed 1" in done.stdout
    assert "errors --company 'Harbour'" in done.stderr
    (row,) = json.loads(ran(installation, "errors", "--json"))["rows"]
    assert row["record"] == "Ada:Ltd"
    assert row["cause"]
    assert row["remedy"]
    assert "X" in ran(installation, "status").splitlines()[1].split()


def test_a_sync_that_cannot_reach_quickbooks_ends_with_2(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    (installation.data / "emulator.db").write_text("this is no database")
    done = installation.run("sync")
    assert done.returncode == 2
    assert "emulator did not start" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_company_that_somebody_holds_is_refused_by_name_or_waited_for(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    me = str(identity.mine())
    installation.write("UPDATE sync_lease SET owner = :me, lease_until = '2999-01-01 00:00:00.000000', fence = 1", me=me)
    assert me in complaint(installation, "sync")
    waiting = subprocess.Popen(
        [sys.executable, "-m", "syncengine", "sync", "--wait", "--json"], cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE,
        text=True)
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(3)
        installation.write("UPDATE sync_lease SET owner = NULL, lease_until = NULL")
        out, _ = waiting.communicate(timeout=PATIENCE)
        assert (waiting.returncode, json.loads(out)["result"]) == (0, "ok")
    finally:
        waiting.kill()
        waiting.communicate()


def test_a_file_is_tried_imported_and_found_unchanged(installation, tmp_path):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    file = tmp_path / "customers.csv"
    file.write_text("Customer,Mail\nAda Ltd,ada@example.com\n,nobody@example.com\n")
    mapped = ("import", "customer", str(file), "--map", "Customer=name", "--map", "Mail=email")
    assert "Nothing was written" in ran(installation, *mapped, "--dry-run", code=1)
    assert ran(installation, "queue") == "Nothing waits to be sent.\n"
    assert json.loads(ran(installation, *mapped, "--all-or-nothing", "--json", code=1))["created"] == 0
    first = ran(installation, *mapped, code=1)
    assert "brought 1 new" in first
    assert "Row" in first
    again = json.loads(ran(installation, *mapped, "--json", code=1))
    assert (again["unchanged"], again["created"], len(again["problems"])) == (1, 0, 1)
    assert "Ada Ltd" in ran(installation, "queue")


@pytest.mark.parametrize(("arguments", "environment", "words"), [
    (("status",), {}, "There is no database"),
    (("sync",), {}, "There is no company yet"),
    (("migrate",), {"TIEOUT_DATABASE_URL": "nonsense"}, "TIEOUT_DATABASE_URL is no address"),
    (("migrate",), {"TIEOUT_DATABASE_URL": "oracle://x/y"}, "TIEOUT_DATABASE_URL is no address"),
    (("migrate",), {"TIEOUT_DATABASE_URL": "postgresql://u:s3cr3t-pw@127.0.0.1:1/x"}, "cannot be reached"),
    (("migrate",), {"TIEOUT_DATA": "/dev/null/data"}, "cannot be made"),
    (("migrate",), {"TIEOUT_DATABASE_URL": "sqlite:////dev/null/x.db"}, "cannot be opened"),
    (("migrate",), {"TIEOUT_REQUESTID_MEMORY_HOURS": "often"}, "TIEOUT_REQUESTID_MEMORY_HOURS"),
    (("nonsense",), {}, "invalid choice"),
    (("queue", "--limit", "many"), {}, "no whole number"),
    (("dashboard", "--address", "0.0.0.0"), {}, "without sign-in"),
    (("dashboard", "--port", "99999"), {}, "no port"),
    (("import", "dragon", "x.csv"), {}, "no kind of record"),
])
def test_what_a_person_can_get_wrong_is_one_plain_line(installation, arguments, environment, words):
    line = complaint(installation, *arguments, **environment)
    assert words in line
    assert "s3cr3t-pw" not in line


def test_a_reader_that_goes_away_is_no_error(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m syncengine status --json | true"], cwd=ROOT, env=installation.environment,
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "BrokenPipe" not in done.stderr
    assert "Traceback" not in done.stderr


def test_failed_rows_are_tried_again_and_the_second_page_follows_the_first(installation):
    ran(installation, "company", "add", "Harbour", "--sample", "empty")
    for n in range(3):
        installation.write("INSERT INTO customer (company_id, name) VALUES (1, :name)", name=f"Customer {n}")
    first = json.loads(ran(installation, "queue", "--limit", "2", "--json"))
    second = json.loads(ran(installation, "queue", "--limit", "2", "--offset", "2", "--json"))
    assert [row["n"] for row in (*first["rows"], *second["rows"])] == [1, 2, 3]
    assert first["total"] == second["total"] == 3
    assert "Rows 1 to 2 of 3." in ran(installation, "queue", "--limit", "2")
    installation.write("UPDATE sync_outbox SET state = 'parked' WHERE id = 2")
    assert ran(installation, "retry") == "1 row waits for the next sync.\n"
    assert "nothing to try again" in complaint(installation, "retry")
    assert "None of these rows" in complaint(installation, "retry", "77")


def test_two_that_need_the_emulator_at_once_get_the_same_one(installation):
    ran(installation, "migrate")
    script = (
        "import sys\nfrom syncengine import settings\nfrom syncengine.worker import opening\n"
        "with opening.site_of(settings.load()) as (site, bundled):\n    print(bundled.address(), bundled.started)\n")
    starters = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)]
    said = [starter.communicate(timeout=PATIENCE)[0].split() for starter in starters]
    assert said[0][0] == said[1][0]
    assert sorted(each[1] for each in said) == ["False", "True"]
    eventually(lambda: len(installation.of("emulator")) == 1, "one emulator is left")
    assert len(installation.rows("SELECT * FROM sync_service")) == 1
