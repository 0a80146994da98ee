"""The command line as people and programs use it: exit codes, plain words, tables and JSON."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from syncengine.worker import identity
from tests.process.conftest import PATIENCE, Installation
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
    installation.add_company()
    installation.write("INSERT INTO customer (company_id, name) VALUES (1, 'Ada Ltd')")
    waiting = json.loads(ran(installation, "queue", "--json"))
    assert [(row["operation"], row["record"]) for row in waiting["rows"]] == [("create", "Ada Ltd")]
    said = json.loads(ran(installation, "sync", "--json"))
    assert (said["company"], said["result"], said["sent"], said["failed"]) == ("Harbour", "ok", 1, 0)
    assert ran(installation, "queue") == "Nothing waits to be sent.\n"
    assert "check" in ran(installation, "status")
    assert installation.processes() == {}


def test_records_that_fail_end_a_sync_with_1_and_are_listed(installation):
    installation.add_company()
    installation.write("INSERT INTO customer (company_id, name) VALUES (1, 'Ada:Ltd')")
    screen, ours = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "syncengine", "sync", "--company", "Harbour"], cwd=ROOT, env=installation.environment, stderr=ours,
            stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
        seen = os.read(screen, 100_000).decode()
    finally:
        os.close(screen)
        os.close(ours)
    assert done.returncode == 1, (done.stdout, seen)
    assert "failed 1" in done.stdout
    assert "errors --company 'Harbour'" in seen
    assert "\r\x1b[K" in seen, "progress is shown on a terminal, and taken away again"
    (row,) = json.loads(ran(installation, "errors", "--json"))["rows"]
    assert row["record"] == "Ada:Ltd"
    assert row["cause"]
    assert row["remedy"]
    assert "X" in ran(installation, "status").splitlines()[1].split()


def test_a_sync_that_cannot_reach_quickbooks_ends_with_2(installation):
    installation.add_company()
    (installation.data / "emulator.db").write_text("this is no database")
    done = installation.run("sync")
    assert done.returncode == 2
    assert "emulator did not start" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_company_that_somebody_holds_is_refused_by_name_or_waited_for(installation):
    installation.add_company()
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


def test_what_a_person_gets_wrong_is_one_plain_line(installation):
    line = complaint(installation, "migrate", TIEOUT_DATABASE_URL="postgresql://u:s3cr3t-pw@127.0.0.1:1/x")
    assert "cannot be reached" in line
    assert "s3cr3t-pw" not in line


def test_a_reader_that_goes_away_is_no_error(installation):
    installation.add_company()
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m syncengine status --json | true"], cwd=ROOT, env=installation.environment,
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "BrokenPipe" not in done.stderr
    assert "Traceback" not in done.stderr
