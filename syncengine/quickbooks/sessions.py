"""`requests` sessions that keep a total deadline, and a pool that lends each of them to one thread at a time."""

from __future__ import annotations

import io
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

from syncengine.clock import SystemClock
from syncengine.quickbooks.endpoints import Endpoints, is_loopback

#: Sockets live in real time, whatever clock the client was handed.
_CLOCK = SystemClock()


class _Reader(io.RawIOBase):
    """Reads from a socket until one moment, which no number of small pieces moves."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._inner = sock.makefile("rb", buffering=0)
        self._until = _CLOCK.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - _CLOCK.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long as a whole")
        self._sock.settimeout(left)
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()


class _Response(HTTPResponse):
    """An answer whose status line, headers and body together have to arrive within the socket's timeout."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_Reader(sock, seconds))


class _HTTPConnection(HTTPConnection):
    response_class = _Response
    #: `http.client` prints whole requests, header and all, once somebody turns this up for its own class.
    debuglevel = 0


class _HTTPSConnection(HTTPSConnection):
    response_class = _Response
    debuglevel = 0


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class BoundedAdapter(HTTPAdapter):
    """An adapter for which the read timeout bounds the whole exchange.

    In plain `requests` it bounds each read of the socket, so an answer that drips in byte by byte never times out.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        _use_bounded_pools(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make, or find, the pools of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        _use_bounded_pools(manager)
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send `request`; a pair of timeouts means seconds to connect, and seconds for everything together."""
        if isinstance(timeout, tuple):
            connect, total = timeout
            timeout = Timeout(connect=connect, total=total)
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)


def _use_bounded_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def session_factory(endpoints: Endpoints) -> Callable[[], requests.Session]:
    """What to hand to a client that talks over the network.

    The environment's proxies and certificates apply to Intuit; on loopback they are left alone, since a proxy from the
    environment would carry the emulator's tokens out of the machine.
    """

    def make() -> requests.Session:
        session = requests.Session()
        session.trust_env = not is_loopback(endpoints.api)
        return session

    return make


class _WithoutQueries(logging.Filter):
    """Takes the query off each address that urllib3 notes: in a file store's address it is the key to the file."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the addresses among the record's arguments; every record passes."""
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(value) for value in record.args)
        return True


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else str(value) if isinstance(value, Exception) else ""
    return re.sub(r"\?[^\s'\")]*", "?(hidden)", text) if "?" in text else value


#: One for the process, since the logger is one.
_FILTER = _WithoutQueries()


class SessionPool:
    """Lends sessions so that no two threads ever use one at once; as many exist as there were callers at a time."""

    def __init__(self, make: Callable[[], requests.Session]) -> None:
        logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)
        self._make = make
        self._lock = threading.Lock()
        self._idle: list[requests.Session] = []
        self._closed = False

    @contextmanager
    def session(self) -> Iterator[requests.Session]:
        """A session for one exchange; the one used last comes first, since its connection is the warmest."""
        with self._lock:
            session = self._idle.pop() if self._idle else None
        session = session or _bounded(self._make())
        try:
            yield session
        finally:
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle.append(session)
            if not keep:
                session.close()

    def close(self) -> None:
        """Close all idle sessions now, and those in use when they come back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for session in idle:
            session.close()


def _bounded(session: requests.Session) -> requests.Session:
    """`session` with the stock adapters replaced; an adapter that somebody mounted on purpose stays."""
    for prefix, adapter in list(session.adapters.items()):
        if type(cast("object", adapter)) is HTTPAdapter:
            session.mount(prefix, BoundedAdapter())
    return session
