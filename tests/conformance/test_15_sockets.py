"""15: the same troubles over a socket and over the adapter; and no kind of trouble goes unshown."""

from __future__ import annotations

import contextlib
import socket
from http.client import HTTPConnection

import pytest
import requests

from syncengine.emulator import EmulatorAdapter
from syncengine.emulator.mischief import KINDS
from tests.conformance.arming import arm
from tests.conformance.serving import serve_company
from tests.support.source import ROOT
from tests.unit.emulator.desk import Desk


@pytest.fixture(scope="module")
def served():
    """A base URL with its control interface, and a session that is signed in."""
    url, realm, token = serve_company()
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        yield session, url, realm


def over_the_wire(served, kind: str, **more):
    session, url, realm = served
    assert session.post(f"{url}/_emulator/faults", json={"kind": kind, **more}, timeout=10).status_code == 201
    return lambda: session.get(f"{url}/v3/company/{realm}/term/1", timeout=10)


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_before_commit", "truncated", "chunk_cut"])
def test_a_connection_breaks_over_a_socket(served, kind):
    ask = over_the_wire(served, kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask()
    assert ask().status_code == 200


def test_a_body_drips_in(served, clock):
    ask = over_the_wire(served, "slow_body", seconds=2)
    answer = ask()
    assert (answer.status_code, answer.json()["Term"]["Id"]) == (200, "1")
    assert answer.elapsed.total_seconds() < 1  # the head came at once; `requests` measures up to it


def test_a_chunk_is_cut_without_a_length_that_would_tell(served):
    session, url, realm = served
    over_the_wire(served, "chunk_cut")
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"GET /v3/company/{realm}/term/1 HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nAuthorization: {session.headers['Authorization']}\r\n\r\n".encode())
        said = b""
        with contextlib.suppress(ConnectionError):
            while got := line.recv(65536):
                said += got
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"content-length" not in head.lower()
    assert body
    assert not body.endswith(b"0\r\n\r\n")


def test_headers_come_twice(served):
    session, url, realm = served
    over_the_wire(served, "duplicate_headers")
    host, _, port = url.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", f"/v3/company/{realm}/term/1", headers=dict(session.headers))
    names = [name.lower() for name, _ in connection.getresponse().getheaders()]
    connection.close()
    assert (names.count("intuit_tid"), names.count("content-type"), names.count("date")) == (2, 2, 1)


def test_the_adapter_gives_the_same_troubles(desk: Desk, clock):
    session = requests.Session()
    session.mount("https://", EmulatorAdapter(desk.emulator))
    session.headers.update({"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"})
    url = f"https://quickbooks.api.intuit.com/v3/company/{desk.realm}/term/1"
    arm(desk, "chunk_cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(url)
    arm(desk, "duplicate_headers")
    assert session.get(url).headers["Content-Type"] == "application/json;charset=utf-8, application/json;charset=utf-8"
    arm(desk, "slow_body", seconds=30)
    before = clock.monotonic()
    assert session.get(url).status_code == 200
    assert clock.monotonic() - before == 30


def test_every_kind_is_shown_somewhere():
    """A fault without a test is a fault that nobody has seen."""
    folders = (ROOT / "tests" / "conformance", ROOT / "tests" / "unit" / "emulator")
    text = "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    assert [kind for kind in KINDS if f'"{kind}"' not in text] == []
