"""The server as a process: its ready line, its answers, connections that really break, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from syncengine.emulator import server
from tests.support.source import ROOT

Launch = Callable[..., "Running"]


class Running:
    """An emulator that said it is ready."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "syncengine.emulator.server", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = json.loads(self.process.stdout.readline())
        self.url = self.said["url"]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Accept"] = "application/json"

    def sign_in(self) -> str:
        """Connect to the first company; returns its base URL."""
        realm = self.said["realms"][0]["realm_id"]
        answer = self.session.post(f"{self.url}/_emulator/connect", json={"realm_id": realm}, timeout=10)
        self.session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]
        return f"{self.url}/v3/company/{realm}"

    def fault(self, kind: str, **more) -> None:
        assert self.session.post(f"{self.url}/_emulator/faults", json={"kind": kind, **more}, timeout=10).status_code == 201

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.session.close()
        self.process.send_signal(number)
        code = self.process.wait(10)
        self.close()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()
        self.session.close()


@pytest.fixture
def launch() -> Iterator[Launch]:
    """A function that starts an emulator on a free port."""
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running("--port", "0", *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def refused(*arguments: str) -> str:
    """What a server that cannot start says on stderr; it has to end with 2 and say nothing else."""
    command = [sys.executable, "-m", "syncengine.emulator.server", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_it_says_where_it_is_answers_and_ends_at_once(launch, tmp_path):
    data = tmp_path / "new" / "emulator.db"
    running = launch("--data", str(data), "--company", "intuit", "--realm-id", "4620816365000000000")
    assert running.said["ready"] is True
    assert running.said["pages"] == running.said["url"] + "/"
    assert running.said["pid"] == running.process.pid
    assert running.said["realms"] == [
        {"realm_id": "4620816365000000000", "name": "Craig's Design and Landscaping Services", "company": "intuit"}
    ]
    base = running.sign_in()
    made = running.session.post(f"{base}/customer", json={"DisplayName": "Zoë"}, timeout=10).json()["Customer"]
    assert running.session.get(f"{base}/customer/{made['Id']}", timeout=10).json()["Customer"] == made
    assert running.end() == 0

    again = launch("--data", str(data), "--company", "intuit")
    assert again.said["realms"] == running.said["realms"]
    assert again.session.get(f"{again.sign_in()}/customer/{made['Id']}", timeout=10).json()["Customer"] == made
    assert again.end(signal.SIGINT) == 0


def test_without_a_file_all_companies_are_there_and_with_one_none_is_made_up(launch, tmp_path):
    assert [each["company"] for each in launch().said["realms"]] == ["demo", "intuit", "empty"]
    assert launch("--data", str(tmp_path / "emulator.db")).said["realms"] == []


def test_a_file_in_use_a_busy_port_and_a_foreign_file_are_refused(launch, tmp_path):
    data = tmp_path / "emulator.db"
    running = launch("--data", str(data))
    assert refused("--port", "0", "--data", str(data)) == f"{data} is in use by another emulator. Stop that one, or name another file.\n"
    port = running.url.rsplit(":", 1)[1]
    assert refused("--port", port).startswith(f"Port {port} on 127.0.0.1 cannot be used: ")
    foreign = tmp_path / "foreign.db"
    foreign.write_text("this is no database", encoding="utf-8")
    assert "cannot be opened as an emulator's state file" in refused("--data", str(foreign))


def test_a_dropped_connection_breaks_and_the_next_one_works(launch):
    running = launch("--company", "empty")
    base = running.sign_in()
    for kind, error in (("commit_then_drop", requests.ConnectionError), ("truncated", requests.exceptions.ChunkedEncodingError)):
        running.fault(kind, match={"entity": "Customer"})
        with pytest.raises(error):
            running.session.post(f"{base}/customer?requestid={kind}", json={"DisplayName": kind}, timeout=10)
        again = running.session.post(f"{base}/customer?requestid={kind}", json={"DisplayName": kind}, timeout=10)
        assert again.json()["Customer"]["DisplayName"] == kind


def test_one_request_after_the_other_is_held_and_many_at_once_are_refused(launch):
    running = launch("--company", "empty")
    base = running.sign_in()

    def status(_: int = 0) -> int:
        return running.session.get(f"{base}/term/1", timeout=30).status_code

    begun = time.monotonic()
    assert {status() for _ in range(21)} == {200}
    assert time.monotonic() - begun > 1.9
    with ThreadPoolExecutor(30) as pool:
        assert set(pool.map(status, range(60))) == {200, 429}


def test_a_slow_answer_holds_nobody_else_up_nor_the_end(launch):
    running = launch("--company", "empty")
    base = running.sign_in()
    running.fault("slow_before", seconds=60, match={"entity": "Customer"})
    headers = dict(running.session.headers)
    slow = threading.Thread(target=lambda: _ignored(lambda: requests.get(f"{base}/customer/1", headers=headers, timeout=20)))
    slow.start()
    while requests.get(f"{running.url}/_emulator/faults", timeout=10).json()["faults"]:
        pass  # each turn is a request, and the slow one has struck once none is armed
    assert running.session.get(f"{base}/term/1", timeout=10).status_code == 200
    assert running.end() == 0
    slow.join(10)
    assert not slow.is_alive()


def _ignored(act: Callable[[], object]) -> None:
    try:
        act()
    except requests.RequestException:
        return


def test_large_answers_are_compressed_for_who_takes_that(launch):
    running = launch("--company", "empty")
    base = running.sign_in()
    url = f"{base}/query?query=select * from Account maxresults 1000"
    packed = running.session.get(url, timeout=10)
    plain = running.session.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json()["QueryResponse"] == plain.json()["QueryResponse"]
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 5


def test_nobody_asking_for_long_enough_ends_it(launch):
    running = launch("--linger", "0.5")
    assert running.process.wait(10) == 0


def test_a_malformed_request_does_not_end_it(launch):
    running = launch("--company", "empty")
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"NONSENSE\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert running.session.get(f"{running.url}/_emulator/state", timeout=10).status_code == 200


def test_the_control_interface_is_there_on_loopback_only(launch):
    running = launch("--host", "0.0.0.0", "--company", "empty")
    port = running.url.rsplit(":", 1)[1]
    assert running.session.get(f"http://127.0.0.1:{port}/_emulator/state", timeout=10).status_code == 404
    assert running.session.get(f"http://127.0.0.1:{port}/.well-known/openid_configuration", timeout=10).status_code == 200


def test_serve_tells_a_callback_and_runs_in_any_thread():
    told: list[dict] = []
    there = threading.Event()

    def ready(said: dict) -> None:
        told.append(said)
        there.set()

    thread = threading.Thread(target=server.serve, args=("127.0.0.1", 0, ":memory:", "empty"), kwargs={"linger_seconds": 0.5, "ready": ready})
    thread.start()
    assert there.wait(10)
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{told[0]['url']}/_emulator/state", timeout=10).json()["companies"] == told[0]["realms"]
    thread.join(10)
    assert not thread.is_alive()


def test_the_package_starts_it_too(tmp_path):
    command = [sys.executable, "-m", "syncengine", "emulator", "--port", "0", "--data", str(tmp_path / "emulator.db"), "--company", "empty"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        said = json.loads(process.stdout.readline())
        assert [each["company"] for each in said["realms"]] == ["empty"]
        process.terminate()
        assert process.wait(10) == 0
