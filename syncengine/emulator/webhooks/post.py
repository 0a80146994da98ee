"""How an event leaves: one POST to a receiver on this machine, answered within three seconds or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from syncengine.emulator.clock import SystemClock
from syncengine.emulator.webhooks.subscriptions import loopback

#: Time that a receiver has for its answer (quickbooks: 3 seconds).
TIMEOUT_SECONDS = 3.0
#: The receiver's patience is real, whatever the emulator's own clock is turned to.
_CLOCK = SystemClock()


@dataclass(frozen=True)
class Post:
    """One attempt: where it goes, its headers as they travel, and the very bytes that are signed."""

    url: str
    headers: Mapping[str, str]
    body: bytes


#: Sends a post and returns the status of the answer; OSError where there is none (refused, reset, too late, no HTTP).
Send = Callable[[Post], int]


def post(sent: Post) -> int:
    """The status of the receiver's answer; redirects are not followed.

    Raises:
        OSError: no answer within three seconds, or none that is HTTP.
    """
    deadline = _CLOCK.monotonic() + TIMEOUT_SECONDS
    parts = urlsplit(sent.url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        loopback(sent.url)
        connection.connect()
        loopback(f"http://{_host(connection.sock.getpeername()[0])}/")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest("POST", target, skip_accept_encoding=True)
        for name, value in {**sent.headers, "content-length": str(len(sent.body))}.items():
            connection.putheader(name, value)
        connection.endheaders(sent.body)
        response = HTTPResponse(_Bounded(connection.sock, deadline), method="POST")  # type: ignore[arg-type]  # only makefile is asked of it
        response.begin()
        return response.status
    except (HTTPException, ValueError) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


class _Bounded(io.RawIOBase):
    """What a socket receives until a deadline: a receiver that drips its answer byte by byte is too late as well."""

    def __init__(self, sock: Any, deadline: float) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The stream that http.client reads an answer from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, waiting for the rest of the time at most."""
        left = self._deadline - _CLOCK.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return int(self._sock.recv_into(buffer))
