"""Dashboard and worker under one roof: started together, ended together."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
import requests

from tests.process.conftest import PATIENCE, Installation, eventually


def workers(installation: Installation) -> list[str]:
    return [row.id for row in installation.rows("SELECT id FROM sync_worker ORDER BY id")]


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).ok
    except requests.RequestException:
        return False


@pytest.fixture
def start(installation, free_port):
    """Start a supervisor on a free port and wait for its dashboard."""

    def start() -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        supervisor = installation.start("dashboard", "--port", str(port))
        eventually(lambda: answers(port), "the dashboard answers")
        return supervisor, port

    return start


def test_one_start_serves_both_and_one_signal_ends_both(installation, start):
    supervisor, port = start()
    (worker,) = eventually(lambda: workers(installation), "the worker's first heartbeat")
    eventually(lambda: f"Tieout is at http://127.0.0.1:{port}" in installation.said("dashboard"), "it is said where")
    assert [row.name for row in installation.rows("SELECT name FROM company")] == ["Demo"]
    taken = installation.run("dashboard", "--port", str(port))
    assert taken.returncode == 2
    assert f"may already be running at http://127.0.0.1:{port}" in taken.stderr

    # A worker that dies is replaced.
    (pid,) = installation.of("worker")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: [each for each in workers(installation) if each != worker], "another worker")

    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(PATIENCE) == 0
    assert installation.processes() == {}
    assert not answers(port)


def test_a_second_start_finds_the_first_ones_worker_and_replaces_it_when_it_is_gone(installation, start):
    first, _ = start()
    (worker,) = eventually(lambda: workers(installation), "the worker's first heartbeat")
    second, port = start()
    assert workers(installation) == [worker]
    assert len(installation.of("worker")) == 1
    first.terminate()
    assert first.wait(PATIENCE) == 0
    (other,) = eventually(lambda: workers(installation), "the second start's own worker")
    assert other != worker
    assert answers(port)
    second.terminate()
    assert second.wait(PATIENCE) == 0
    assert installation.processes() == {}


def test_a_killed_supervisor_leaves_nothing_running(installation, start):
    supervisor, port = start()
    eventually(lambda: workers(installation), "the worker's first heartbeat")
    supervisor.kill()
    eventually(lambda: not installation.processes(), "both children see that it is gone")
    assert not answers(port)


def test_a_dashboard_that_is_killed_comes_back_and_leaves_the_worker_alone(installation, start):
    supervisor, port = start()
    eventually(lambda: workers(installation), "the worker's first heartbeat")
    eventually(lambda: f"Tieout is at http://127.0.0.1:{port}" in installation.said("dashboard"), "it is said where")
    worker = installation.of("worker")
    (dashboard,) = [pid for pid, line in installation.processes().items() if "streamlit" in line]
    os.kill(dashboard, signal.SIGKILL)
    eventually(lambda: not answers(port), "it is gone")
    eventually(lambda: answers(port), "another dashboard answers")
    assert installation.of("worker") == worker
    supervisor.terminate()
    assert supervisor.wait(PATIENCE) == 0
    assert installation.processes() == {}
    assert not answers(port)
