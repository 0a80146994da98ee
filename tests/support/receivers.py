"""Who is told and sent elsewhere, on loopback: a mail server and web servers that keep what they get and answer as a test wants."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mailbox:
    """A mail server: `url` for TIEOUT_SMTP_URL, the mails that it took, and its answer to DATA."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    verdict: str = "250 taken"
    #: What is answered to a recipient.
    rcpt: str = "250 ok"

    @property
    def url(self) -> str:
        """Its address."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server that speaks as much SMTP as smtplib needs."""

    class Talk(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ")[0].upper()
                if verb == "DATA":
                    self.data()
                else:
                    self.say({"EHLO": "250-test\r\n250 8BITMIME", "RCPT": box.rcpt, "QUIT": "221 bye"}.get(verb, "250 ok"))

        def data(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            if box.verdict.startswith("250"):
                mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                box.mails.append(mail)  # type: ignore[arg-type] # the policy makes it one
            self.say(box.verdict)

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)) as server:
        box = Mailbox(server.server_address[1])
        yield box


@dataclass
class Hook:
    """A web server: the requests that it got as (path, headers, body), and the status and headers of its answers."""

    port: int
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/tieout?room=7"


@contextmanager
def hook() -> Iterator[Hook]:
    """A web server that takes POST."""

    class Talk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taker.got.append((self.path, dict(self.headers), body))
            self.send_response(taker.status)
            for name, value in taker.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Talk)) as server:
        taker = Hook(server.server_address[1])
        yield taker


@contextmanager
def landing() -> Iterator[str]:
    """The address of a page that says "Thank you.", whatever is asked of it."""

    class Talk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"Thank you."
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Talk)) as server:
        yield f"http://localhost:{server.server_address[1]}/landed"


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
