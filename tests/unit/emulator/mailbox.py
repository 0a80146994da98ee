"""Receivers of webhooks: one inside the test that takes what is handed to it, and one that listens on a real port."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from syncengine.emulator.webhooks.post import Post
from tests.unit.emulator.desk import Desk

URL = "http://127.0.0.1:9/hook"
TOKEN = "verifier-token"


class Mailbox:
    """A transport that keeps every post and answers as told; 200 once it has run out of answers.

    An answer is a status, or an exception that is raised.
    """

    def __init__(self, *answers: int | Exception) -> None:
        self.posts: list[Post] = []
        self.answers = list(answers)

    def __call__(self, post: Post) -> int:
        self.posts.append(post)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> list[Any]:
        """The bodies, parsed."""
        return [json.loads(post.body) for post in self.posts]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The CloudEvents of all posts."""
        return [event for body in self.bodies for event in body]

    @property
    def told(self) -> list[tuple[str, str]]:
        """(type without `qbo.` and version, id) of the CloudEvents of all posts."""
        return [(event["type"].removeprefix("qbo.").removesuffix(".v1"), event["intuitentityid"]) for event in self.events]


def subscribe(desk: Desk, **wish: Any) -> dict[str, Any]:
    """Enter an endpoint for the desk's app."""
    status, answer = desk.control("POST", "webhooks", {"client_id": "app", "url": URL, "verifier_token": TOKEN, **wish})
    assert status == 201, answer
    return answer


def let_pass(desk: Desk, seconds: float) -> None:
    """Turn the emulator's clock."""
    status, answer = desk.control("POST", "clock", {"advance_seconds": seconds})
    assert status == 200, answer


def arm(desk: Desk, kind: str, **more: Any) -> None:
    """Arm a fault."""
    status, answer = desk.control("POST", "faults", {"kind": kind, **more})
    assert status == 201, answer


class Receiver:
    """An endpoint on a port of this machine; `answers` are a status, `hang`, `close`, `drip` or a (status, headers) pair."""

    def __init__(self, server: ThreadingHTTPServer, answers: list[Any]) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/hook?from=emulator"
        self.answers = answers
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        self._news = threading.Condition()

    def add(self, path: str, headers: dict[str, str], body: bytes) -> Any:
        """Keep a post; the answer that it gets."""
        with self._news:
            self.posts.append((path, headers, body))
            self._news.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait(self, count: int, seconds: float = 10) -> None:
        """Wait until so many posts have come."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.posts) >= count, seconds), f"{len(self.posts)} of {count} posts came"


@contextmanager
def receiving(*answers: Any) -> Iterator[Receiver]:
    """A receiver, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            _answer(self, receiver, receiver.add(self.path, {name.lower(): value for name, value in self.headers.items()}, body))

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(server, list(answers))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
            thread.join(10)


def _answer(handler: BaseHTTPRequestHandler, receiver: Receiver, answer: Any) -> None:
    if answer == "hang":
        receiver.released.wait(20)
        handler.close_connection = True
    elif answer == "close":
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True
    elif answer == "drip":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not receiver.released.wait(0.2):
            try:
                handler.wfile.write(b"x")
            except OSError:
                break
        handler.close_connection = True
    elif answer == "noise":
        handler.wfile.write(b"not http at all\r\n\r\n")
        handler.close_connection = True
    else:
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        handler.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
