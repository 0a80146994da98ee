"""The way out: what a receiver on a real port gets, and what its behaviour means."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from syncengine.emulator.webhooks import post as way
from syncengine.emulator.webhooks.post import Post, post
from tests.support.network import free_port
from tests.unit.emulator.mailbox import receiving

BODY = '[{"type": "qbo.customer.created.v1", "name": "Zoë"}]'.encode()


def sent(url: str) -> Post:
    return Post(url, {"content-type": "application/json; charset=utf-8", "intuit-signature": "abc="}, BODY)


def test_the_receiver_gets_the_very_bytes_and_headers():
    with receiving() as receiver:
        assert post(sent(receiver.url)) == 200
    ((path, headers, body),) = receiver.posts
    assert (path, body) == ("/hook?from=emulator", BODY)
    assert headers["content-length"] == str(len(BODY))
    assert headers["host"] == receiver.url.removeprefix("http://").partition("/")[0]
    assert {name: value for name, value in headers.items() if name not in {"content-length", "host"}} == dict(
        sent("").headers
    )


def test_a_url_without_a_path_gets_one():
    with receiving() as receiver:
        assert post(sent(receiver.url.partition("/hook")[0])) == 200
    assert receiver.posts[0][0] == "/"


@pytest.mark.parametrize("status", [200, 204, 400, 404, 500, 503])
def test_the_status_is_the_receivers(status):
    with receiving(status) as receiver:
        assert post(sent(receiver.url)) == status


def test_a_redirect_is_not_followed():
    with receiving() as other, receiving((307, {"Location": other.url})) as receiver:
        assert post(sent(receiver.url)) == 307
        assert other.posts == []


@pytest.mark.parametrize("answer", ["close", "noise"])
def test_an_answer_that_is_none_is_an_error(answer):
    with receiving(answer) as receiver, pytest.raises(OSError):
        post(sent(receiver.url))


def test_nobody_listening_is_an_error():
    with pytest.raises(ConnectionRefusedError):
        post(sent(f"http://127.0.0.1:{free_port()}/"))


@pytest.mark.parametrize("answer", ["hang", "drip"])
def test_an_answer_that_is_too_late_or_too_slow_is_an_error(answer, monkeypatch):
    monkeypatch.setattr(way, "TIMEOUT_SECONDS", 0.4)
    began = time.monotonic()
    with receiving(answer) as receiver, pytest.raises(TimeoutError):
        post(sent(receiver.url))
    assert 0.3 < time.monotonic() - began < 5  # neither of them ends by itself


def test_a_receiver_has_three_seconds():
    assert way.TIMEOUT_SECONDS == 3


def test_an_answer_without_end_is_not_read():
    def flood() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100_000)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=flood)
        thread.start()
        assert post(sent(f"http://127.0.0.1:{listening.getsockname()[1]}/")) == 200
        thread.join(10)
        assert not thread.is_alive()


def test_a_name_that_leads_elsewhere_gets_nothing(monkeypatch):
    """The check of the address that was reached: a resolver may say what it likes."""
    monkeypatch.setattr("http.client.HTTPConnection.connect", lambda self: setattr(self, "sock", Elsewhere()))
    with pytest.raises(OSError, match="this machine only"):
        post(sent("http://localhost:80/"))
    assert Elsewhere.sent == []


class Elsewhere:
    """A socket that was connected to somewhere else."""

    sent: list[bytes] = []  # noqa: RUF012 -- one for the test

    def getpeername(self) -> tuple[str, int]:
        return ("203.0.113.7", 80)

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "file:///etc/passwd"])
def test_a_url_elsewhere_is_refused_at_the_way_out_too(url):
    with pytest.raises(OSError, match=r"goes to|is no URL"):
        post(sent(url))
