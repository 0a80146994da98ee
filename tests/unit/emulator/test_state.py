"""What the state file keeps: companies, grants, answers, numbers; through an ordinary end and through a kill."""

from __future__ import annotations

import subprocess
import sys

import pytest

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator
from syncengine.emulator.state import State, StateFileInUse
from tests.support.source import ROOT
from tests.unit.emulator.desk import Desk


def reopened(desk: Desk, path, clock) -> Desk:
    other = Desk.__new__(Desk)
    other.emulator = Emulator(path, clock=clock, seed=1, switches={"quotas": False})
    other.realm, other.tokens = desk.realm, desk.tokens
    return other


def test_everything_is_there_after_a_restart(tmp_path, clock):
    path = tmp_path / "emulator.db"
    emulator = Emulator(path, clock=clock, seed=1, switches={"quotas": False})
    desk = Desk(emulator, "empty")
    made = desk.post("customer?requestid=r", {"DisplayName": "Ada"})
    desk.act("close_books", date="2025-12-31", password="secret")
    desk.ask("GET", "term/1")
    emulator.close()
    emulator.close()

    again = reopened(desk, path, clock)
    assert again.emulator.realms() == [{"realm_id": desk.realm, "name": "New Company", "company": "empty"}]
    assert again.read("Customer", made["Id"]) == made
    assert again.post("customer?requestid=r", {"DisplayName": "Ada"}) == made
    assert int(again.vendor()["Id"]) == int(made["Id"]) + 1
    wish = {"VendorRef": {"value": "9"}, "Line": [], "TxnDate": "2025-01-01"}
    assert again.emulator.companies[desk.realm].closing_password == "secret"
    assert again.refused("bill", wish)["code"] in {"2500", "2250"}
    lines = again.control("GET", "journal")[1]["lines"]
    assert [line["operation"] for line in lines][:3] == ["write", "bookkeeper", "read"]
    assert again.control("GET", "meter")[1]["meter"][0]["coreplus"] >= 1
    assert again.emulator.connect(desk.realm)["access_token"] != desk.tokens["access_token"]
    again.emulator.close()


def test_a_file_in_use_is_refused_and_free_again_afterwards(tmp_path):
    path = tmp_path / "emulator.db"
    first = Emulator(path)
    with pytest.raises(StateFileInUse, match="is in use by another emulator"):
        Emulator(path)
    first.close()
    Emulator(path).close()


def test_a_file_that_is_no_state_file_is_refused(tmp_path):
    path = tmp_path / "emulator.db"
    path.write_text("this is no database", encoding="utf-8")
    with pytest.raises(StateFileInUse, match="cannot be opened as an emulator's state file"):
        Emulator(path)
    assert path.read_text(encoding="utf-8") == "this is no database"


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "emulator.db"
    state = State(path)
    state.execute("PRAGMA user_version = 99")
    state.close()
    with pytest.raises(StateFileInUse, match="version is 99"):
        State(path)


def test_a_transaction_happens_as_a_whole_or_not_at_all():
    state = State()

    def fail(name: str) -> None:
        state.execute("INSERT INTO setting VALUES (?, '1')", (name,))
        raise RuntimeError

    with pytest.raises(RuntimeError), state.transaction():
        fail("a")
    with state.transaction():
        state.execute("INSERT INTO setting VALUES ('b', '1')")
        with pytest.raises(RuntimeError), state.savepoint():
            fail("c")
        with state.transaction(), state.savepoint():
            state.execute("INSERT INTO setting VALUES ('d', '1')")
    assert [row[0] for row in state.execute("SELECT name FROM setting ORDER BY name")] == ["b", "d"]
    state.close()


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from syncengine.emulator import Emulator
from tests.unit.emulator.desk import Desk
desk = Desk(Emulator({path!r}, switches={{"quotas": False}}), "empty")
print(desk.realm, flush=True)
for number in range(100_000):
    made = desk.batch(*({{"operation": "create", "Customer": {{"DisplayName": f"{{number}}-{{place}}"}}}} for place in range(30)))
    print(number, flush=True)
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_loses_nothing_that_was_answered(tmp_path):
    path = tmp_path / "emulator.db"
    script = KILLED.format(root=str(ROOT), path=str(path))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    realm, *answered = done.stdout.split()
    assert (done.returncode, answered) == (-9, [str(number) for number in range(6)])
    emulator = Emulator(path, switches={"quotas": False})
    assert emulator.parts.state.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    count = emulator.parts.state.execute("SELECT count(*) FROM object WHERE entity = 'Customer'").fetchone()[0]
    written = sum(len(line["wrote"]) for line in emulator.parts.journal.lines(realm))
    assert (count, written) == (180, 180)
    emulator.close()


def test_two_runs_with_the_same_seed_and_clock_are_the_same():
    def run() -> list[str]:
        emulator = Emulator(clock=ManualClock(), seed=7, switches={"quotas": False})
        desk = Desk(emulator, "demo")
        desk.customer()
        rows = emulator.parts.state.execute("SELECT entity, id, shuffle, body FROM object ORDER BY entity, id").fetchall()
        found = [*map(str, rows), desk.tokens["access_token"], *map(str, emulator.parts.journal.lines())]
        emulator.close()
        return found

    assert run() == run()
