"""A scripted loopback server, so that the client meets real sockets and exactly the bytes that a test writes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syncengine.clock import Clock
from syncengine.quickbooks import Call, Client, MemoryQuotaLog, MemoryTokenStore, Tokens, wire

TIME = "2026-01-15T09:19:21.923-08:00"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Said:
    """One answer as it is to leave."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Script:
    """A server that gives the answers it was told, in order; `else_` when they run out."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[Said | Callable[[BaseHTTPRequestHandler], None]] = []
        self.else_: Said | Callable[[BaseHTTPRequestHandler], None] | None = None
        #: Answers for one path, before all others.
        self.at: dict[str, Callable[[Asked], Said]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _next(self, asked: Asked) -> Said | Callable[[BaseHTTPRequestHandler], None]:
        with self._lock:
            self.asked.append(asked)
            if asked.path in self.at:
                return self.at[asked.path](asked)
            if self.answers:
                return self.answers.pop(0)
            return self.else_ or Said(500, b"the script has ended")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

            def serve(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = script._next(Asked(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body))
                if callable(answer):
                    answer(self)
                    return
                # A test that sets the date wants no other beside it.
                (self.send_response_only if "Date" in answer.headers else self.send_response)(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = serve  # noqa: N815 -- the names that http.server looks for

            def log_message(self, *args: Any) -> None:
                """Nothing: a test reads `asked`."""

        return Handler


@dataclass
class Bench:
    """A client at the scripted server, with everything that was handed to it."""

    client: Client
    clock: Clock
    store: MemoryTokenStore
    quota: MemoryQuotaLog
    calls: list[Call]


def tokens(clock: Clock, *, access: str = "access-1", refresh: str = "refresh-1", seconds: float = 3600) -> Tokens:
    now = clock.now()
    return Tokens(access, refresh, now + timedelta(seconds=seconds), now + timedelta(days=100))


def found(entity: str, **payload: Any) -> Said:
    """A successful answer that holds one object."""
    return document({entity: payload})


def document(body: dict[str, Any]) -> Said:
    """A successful answer, with the headers that QuickBooks sends."""
    usual = {"Content-Type": "application/json;charset=utf-8", "intuit_tid": "1-5f73", "Service-Time": "total=56, db=18"}
    return Said(200, wire.dumps({"time": TIME, **body}), usual)


def refused(code: str, message: str = "", detail: str = "", *, status: int = 400, kind: str = "ValidationFault") -> Said:
    """A fault as the business layer sends it."""
    row = {"Message": message, "Detail": detail, "code": code, "element": ""}
    headers = {"Content-Type": "application/json", "intuit_tid": "1-fau1"}
    return Said(status, wire.dumps({"Fault": {"Error": [row], "type": kind}, "time": TIME}), headers)


def granted(access: str, refresh: str, **more: int) -> Said:
    """The token endpoint's answer."""
    pair = {"access_token": access, "refresh_token": refresh, "token_type": "bearer"}
    return Said(200, wire.dumps({**pair, "expires_in": 3600, "x_refresh_token_expires_in": 8726400, **more}))


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
