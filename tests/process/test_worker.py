"""The worker as a process: quick to answer, hard to kill, gone when told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.process.conftest import PATIENCE, Installation, eventually
from tests.support.source import ROOT


def alive(installation: Installation) -> list[str]:
    return [row.id for row in installation.rows("SELECT id FROM sync_worker")]


def start(installation: Installation, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    worker = installation.start("worker", *arguments, **environment)
    eventually(lambda: alive(installation), "the worker's first heartbeat")
    return worker


def ask(installation: Installation, by: str = "Ada") -> datetime:
    at = datetime.now(UTC)
    installation.write(
        "INSERT INTO sync_request (company_id, requested_by, requested_at) VALUES (1, :by, :at)", by=by, at=at.strftime("%Y-%m-%d %H:%M:%S.%f"))
    return at


def cycles(installation: Installation) -> list[tuple[str, str]]:
    return [(row.result, row.requested_by) for row in installation.rows("SELECT result, requested_by FROM sync_cycle ORDER BY id")]


def finished(installation: Installation, n: int) -> bool:
    return len([1 for result, _ in cycles(installation) if result != "running"]) >= n


def ticks(pid: int) -> int:
    """CPU time used so far, in clock ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def resident(pid: int) -> float:
    """MB of memory that the process holds just now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def test_sync_now_is_taken_within_a_second_and_the_worker_ends_clean(installation):
    installation.add_company()
    worker = start(installation)
    waits = []
    for n in range(3):
        asked = ask(installation)
        eventually(lambda n=n: len(cycles(installation)) > n, "the request is taken")
        waits.append((datetime.now(UTC) - asked).total_seconds())
        eventually(lambda n=n: finished(installation, n + 1), "the cycle ends")
    # The best of three: the promise is the worker's, not that of a machine that is busy with other tests.
    assert min(waits) < 1.0, waits
    assert {result for result, _ in cycles(installation)} == {"ok"}, installation.said("worker")
    assert len(installation.of("emulator")) == 1
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert alive(installation) == []
    assert installation.processes() == {}, "nothing is left, the emulator neither"


@pytest.mark.parametrize("point", ["slot.committed", "record.pre"])
def test_a_killed_worker_is_replaced_and_its_cycle_resumed_at_once(installation, point):
    installation.add_company()
    for n in range(5):
        installation.write("INSERT INTO customer (company_id, name) VALUES (1, :name)", name=f"Customer {n}")
    worker = start(installation, TIEOUT_FAILPOINT=point)
    ask(installation, "Grace")
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert cycles(installation) == [("running", "Grace")]
    emulators = installation.of("emulator")
    began = time.monotonic()
    start(installation)
    eventually(lambda: finished(installation, 2), "the cycle that was cut off is run again")
    # Less than the lease of 30 s, on a busy machine too: the first worker is known to be dead.
    assert time.monotonic() - began < 25
    assert cycles(installation) == [("interrupted", "Grace"), ("ok", "Grace")], installation.said("worker")
    assert [row.n for row in installation.rows("SELECT count(*) AS n FROM sync_binding WHERE entity = 'Customer'")] == [5]
    assert [row.n for row in installation.rows("SELECT count(*) AS n FROM sync_outbox WHERE state = 'completed'")] == [5]
    assert not emulators or installation.of("emulator") == emulators, "the emulator outlived the worker, and was found"


def slow(installation: Installation, seconds: float) -> None:
    """Make QuickBooks' next answers late."""
    (row,) = eventually(lambda: installation.rows("SELECT address FROM sync_service"), "the emulator runs")
    requests.post(f"{row.address}/_emulator/faults", json={"kind": "slow", "seconds": seconds, "count": 20}, timeout=10).raise_for_status()


def waits(installation: Installation) -> None:
    """Ask for a sync, and come back when its first request is on the wire."""
    before = len(cycles(installation))
    ask(installation, "Grace")
    eventually(lambda: len(cycles(installation)) > before, "the cycle begins")
    eventually(
        lambda: installation.rows("SELECT 1 FROM sync_call WHERE at > (SELECT max(started_at) FROM sync_cycle)"), "a request leaves")
    time.sleep(0.3)


def busy(installation: Installation) -> subprocess.Popen[bytes]:
    """A worker that has synced once already."""
    installation.add_company()
    worker = start(installation)
    ask(installation)
    eventually(lambda: finished(installation, 1), "a first cycle")
    return worker


def test_a_stop_in_the_middle_of_a_sync_ends_clean_and_the_next_worker_carries_on(installation):
    worker = busy(installation)
    slow(installation, 2)
    waits(installation)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert installation.processes() == {}
    assert cycles(installation)[1] == ("interrupted", "Grace")
    start(installation)
    eventually(lambda: finished(installation, 3), "the cycle is carried on")
    assert cycles(installation)[2] == ("ok", "Grace")


def test_a_stop_does_not_wait_for_an_answer_that_does_not_come(installation):
    worker = busy(installation)
    slow(installation, 60)
    waits(installation)
    worker.terminate()
    assert worker.wait(15) == 0
    assert installation.processes() == {}
    assert "still on its way" in installation.said("worker")


def test_a_second_signal_ends_a_worker_at_once(installation):
    worker = busy(installation)
    slow(installation, 60)
    waits(installation)
    worker.terminate()
    time.sleep(2.5)
    assert worker.poll() is None, "it waits for the request on the wire"
    worker.terminate()
    assert worker.wait(15) == -signal.SIGTERM


def test_a_worker_leaves_when_its_parent_does(installation):
    installation.add_company()
    script = (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-m', 'syncengine', 'worker', '--parent', str(os.getpid())], stderr=subprocess.DEVNULL)\n"
        "sys.stdin.read()\n")
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=installation.environment, stdin=subprocess.PIPE)
    try:
        eventually(lambda: alive(installation), "the worker's first heartbeat")
    finally:
        parent.kill()
        parent.wait()
        parent.stdin.close()
    eventually(lambda: not installation.processes(), "the worker sees that its parent is gone")
    assert alive(installation) == []


def test_an_idle_worker_costs_next_to_nothing(installation, record_property):
    installation.add_company()
    worker = start(installation)
    ask(installation)
    eventually(lambda: finished(installation, 1), "one cycle, so that everything is loaded")
    time.sleep(1)
    before, began = ticks(worker.pid), time.monotonic()
    time.sleep(5)
    share = (ticks(worker.pid) - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
    memory = resident(worker.pid)
    record_property("idle", f"{share:.2%} of a core, {memory:.0f} MB")
    # The promise is 1 % on a quiet machine; three times that is what the noise of others may add here.
    assert share < 0.03
    assert memory < 100
    assert not re.search(r"/(pandas|pyarrow|numpy)/", Path(f"/proc/{worker.pid}/maps").read_text())


def test_a_worker_waits_for_a_database_that_is_not_there_yet(installation, free_port):
    url = f"postgresql://tieout:s3cr3t-pw@127.0.0.1:{free_port()}/tieout"
    worker = installation.start("worker", TIEOUT_DATABASE_URL=url)
    eventually(lambda: "cannot be reached" in installation.said("worker"), "a line in the log")
    assert worker.poll() is None
    assert "s3cr3t-pw" not in installation.said("worker")
    assert "Traceback" not in installation.said("worker")
    worker.send_signal(signal.SIGINT)
    assert worker.wait(PATIENCE) == 0
