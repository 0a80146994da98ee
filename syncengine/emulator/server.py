"""The emulator as an HTTP server: uvicorn in front, requests answered in threads, connections really broken on demand."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from syncengine.emulator.clock import SystemClock
from syncengine.emulator.companies import KINDS
from syncengine.emulator.core import Emulator
from syncengine.emulator.http import ConnectionDropped, Headers, Request, Response
from syncengine.emulator.state import StateFileInUse
from syncengine.emulator.webhooks.pump import Pump

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LAST_PORT = 65_535
#: Bodies below this are not worth compressing.
_GZIP_FROM = 4096
#: Pieces in which a slow body arrives.
_PIECES = 10
#: Room for the address and headers of one request: a query that is asked by GET can be long.
_HEAD_BYTES = 256 * 1024
#: More threads than any quota lets requests be in flight for one company, so that slow answers do not hold up others.
_THREADS = 64


class _Threads:
    """A pool of daemon threads: unlike the standard pool, they do not hold up the end of the process."""

    def __init__(self, count: int) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], asyncio.AbstractEventLoop, asyncio.Future[Any]]] = (
            queue.SimpleQueue()
        )
        self._idle = 0
        self._count = 0
        self._most = count
        self._lock = threading.Lock()

    def run(self, job: Callable[[], Any]) -> asyncio.Future[Any]:
        """The result of `job`, carried out in one of the threads."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        with self._lock:
            if not self._idle and self._count < self._most:
                self._count += 1
                threading.Thread(target=self._work, daemon=True, name=f"emulator-{self._count}").start()
            else:
                self._idle -= 1
        self._jobs.put((job, loop, future))
        return future

    def _work(self) -> None:
        while True:
            job, loop, future = self._jobs.get()
            try:
                result, error = job(), None
            except BaseException as raised:  # noqa: BLE001 -- whatever it is, it belongs to who waits for the future
                result, error = None, raised
            with self._lock:
                self._idle += 1
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:
                return  # the loop is closed: the server has ended


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Application:
    """The ASGI application over one emulator."""

    def __init__(self, emulator: Emulator, *, control: bool) -> None:
        self._emulator = emulator
        self._control = control
        self._threads = _Threads(_THREADS)
        self._clock = SystemClock()
        #: Client address -> its connection; kept by the protocol class, for only it can break one.
        self.connections: dict[tuple[str, int], asyncio.BaseTransport] = {}
        self._last_request = self._clock.monotonic()
        self._in_flight = 0

    def idle_seconds(self) -> float:
        """How long nothing has been asked for; 0 while a request is being answered."""
        return 0.0 if self._in_flight else self._clock.monotonic() - self._last_request

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        self._in_flight += 1
        try:
            await self._respond(scope, receive, send)
        finally:
            self._in_flight -= 1
            self._last_request = self._clock.monotonic()

    async def _respond(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = await _request(scope, receive)
        try:
            response = await self._threads.run(lambda: self._emulator.handle(request, control=self._control))
        except ConnectionDropped as dropped:
            await self._drop(scope, send, dropped)
            return
        response = _packed(response, request)
        await send(_head(response, len(response.body)))
        if response.drip_seconds:
            await self._drip(send, response)
        else:
            await send({"type": "http.response.body", "body": response.body})

    async def _drip(self, send: Send, response: Response) -> None:
        """The body in pieces, with a pause before each of them."""
        size = max(1, len(response.body) // _PIECES)
        pause = response.drip_seconds / _PIECES
        for place in range(0, len(response.body), size):
            await self._threads.run(lambda: self._emulator.parts.clock.sleep(pause))
            await send({"type": "http.response.body", "body": response.body[place : place + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _drop(self, scope: MutableMapping[str, Any], send: Send, dropped: ConnectionDropped) -> None:
        partial = dropped.partial
        if partial is not None:
            await send(_head(partial, None if dropped.chunked else len(partial.body)))
            await send({"type": "http.response.body", "body": partial.body[: len(partial.body) // 2], "more_body": True})
        transport = self.connections.get(tuple(scope["client"]))
        if transport is None:
            return
        if partial is None and isinstance(transport, asyncio.Transport):
            transport.abort()
        else:
            transport.close()


async def _request(scope: MutableMapping[str, Any], receive: Receive) -> Request:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    target = (raw + (b"?" + query if query else b"")).decode("latin-1")
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(scope["method"], target, headers, b"".join(parts))


def _packed(response: Response, request: Request) -> Response:
    """The response as gzip, for who takes it and where it is worth it."""
    if len(response.body) < _GZIP_FROM or "gzip" not in request.headers.get("Accept-Encoding", "").lower():
        return response
    headers = {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return replace(response, headers=headers, body=gzip.compress(response.body, 1, mtime=0))


def _head(response: Response, length: int | None) -> Message:
    """The head of an answer; without a length its body comes in chunks."""
    pairs = [*response.headers.items(), *response.more_headers]
    headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in pairs]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


def _uvicorn(application: Application, host: str, port: int, started: Callable[[str, int], None]) -> Any:
    """The uvicorn server, which tells `started` where it listens.

    uvicorn is imported here, for an emulator inside the caller's process needs no server.
    """
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        """HTTP/1.1 that tells the application which connection is whose."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it likewise
            """Remember the connection by its client's address."""
            super().connection_made(transport)
            if self.client:
                application.connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget the connection."""
            if self.client:
                application.connections.pop(self.client, None)
            super().connection_lost(exc)

    class Server(uvicorn.Server):
        """A server whose signals and whose end are its caller's business."""

        async def startup(self, sockets: list[Any] | None = None) -> None:  # noqa: ARG002 -- uvicorn's signature
            """Listen, and let a busy port be the caller's to explain (uvicorn itself would end the process)."""

            def make() -> asyncio.Protocol:
                return Protocol(config=self.config, server_state=self.server_state, app_state={})

            listening = await asyncio.get_running_loop().create_server(make, host, port, backlog=256)
            self.servers = [listening]
            self.started = True
            started(*listening.sockets[0].getsockname()[:2])

        @contextmanager
        def capture_signals(self) -> Any:
            """Leave the signals alone."""
            yield

    config = uvicorn.Config(
        application, http=Protocol, ws="none", lifespan="off", log_level="critical", access_log=False,
        server_header=False, date_header=False,
        timeout_keep_alive=75, h11_max_incomplete_event_size=_HEAD_BYTES, timeout_graceful_shutdown=1,
    )  # fmt: skip
    return Server(config)


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    data: str = "data/emulator.db",
    company: str | Sequence[str] = "demo",
    *,
    realm_id: str | None = None,
    linger_seconds: float | None = None,
    ready: Callable[[dict[str, Any]], None] | None = None,
    switches: dict[str, Any] | None = None,
    seed: int = 0,
) -> int:
    """Serve until SIGTERM or SIGINT, or until nothing was asked for `linger_seconds`; returns the process's exit code.

    Args:
        host: the address to bind; the control interface is answered on loopback only.
        port: the port, 0 for a free one.
        data: the state file; `:memory:` keeps nothing.
        company: what is set up if the file has no company of that kind (`demo`, `intuit`, `british`...), or several of them.
        realm_id: the realm of the company that is set up, where that is one.
        linger_seconds: end after so long without a request; None is never.
        ready: told once requests are answered: `{"ready", "url", "pid", "realms"}`, on loopback also `pages`; by default that is
            one JSON line on stdout.
        switches: settings that differ from the defaults.
        seed: what tokens, orders and chances are drawn from.

    Returns:
        0 after an ordinary end, 2 where it cannot start (a sentence on stderr says why).
    """
    if port > _LAST_PORT:
        return _no_port(host, port, f"the last one is {_LAST_PORT}")
    try:
        emulator = _open(data, [company] if isinstance(company, str) else company, realm_id, switches, seed)
    except (StateFileInUse, ValueError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    try:
        _run(emulator, host, port, linger_seconds, ready or _print)
    except OSError as error:
        return _no_port(host, port, os.strerror(error.errno) if error.errno else str(error))
    finally:
        emulator.close()
    return 0


def _no_port(host: str, port: int, reason: str) -> int:
    """Say why it cannot listen; returns the exit code."""
    sys.stderr.write(f"Port {port} on {host} cannot be used: {reason}. Name another port, or 0 for a free one.\n")
    return 2


def _open(data: str, companies: Sequence[str], realm_id: str | None, switches: dict[str, Any] | None, seed: int) -> Emulator:
    if data != ":memory:":
        Path(data).parent.mkdir(parents=True, exist_ok=True)
    emulator = Emulator(data, switches=switches, seed=seed)
    try:
        for kind in companies:
            if all(known.kind != kind for known in emulator.companies.values()):
                emulator.add_company(kind, realm_id)
    except BaseException:
        emulator.close()
        raise
    return emulator


def _run(emulator: Emulator, host: str, port: int, linger: float | None, ready: Callable[[dict[str, Any]], None]) -> None:
    application = Application(emulator, control=host in _LOOPBACK)
    pump = Pump(emulator.parts.webhooks)

    def started(bound: str, taken: int) -> None:
        shown = f"[{bound}]" if ":" in bound else bound
        pump.start()
        url = f"http://{shown}:{taken}"
        told = {"ready": True, "url": url, "pid": os.getpid(), "realms": emulator.realms()}
        ready({**told, "pages": f"{url}/"} if host in _LOOPBACK else told)
        if linger is not None:
            look(linger)

    server = _uvicorn(application, host, port, started)

    def stop(_number: int = 0, _frame: FrameType | None = None) -> None:
        server.should_exit = server.force_exit = True

    def look(seconds: float) -> None:
        """End the server once it has been idle for too long; look again four times in that time."""
        if application.idle_seconds() > seconds:
            stop()
        else:
            asyncio.get_running_loop().call_later(min(1.0, seconds / 4), look, seconds)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    try:
        asyncio.run(server.serve())
    finally:
        pump.stop()


def _print(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | argparse.Namespace | None = None) -> int:
    """The command line: `--port N --data FILE --company KIND --linger SECONDS`; returns the exit code.

    Without `--data` everything is in memory and all kinds of companies are there; a state file begins without any, for
    whoever works with it adds its own, unless `--company` asks for one. A client that sends one request after the other is held
    at the limits rather than refused, since at Intuit it could not reach them: answers take too long there.
    """
    wish = arguments if isinstance(arguments, argparse.Namespace) else _parser().parse_args(arguments)
    data = wish.data or ":memory:"
    companies = wish.company or ([name for name, kind in KINDS.items() if kind.usual] if data == ":memory:" else [])
    switches = {"lone_request": "held", **(getattr(wish, "switches", None) or {})}
    return serve(
        getattr(wish, "host", "127.0.0.1"), wish.port, data, companies, linger_seconds=wish.linger, switches=switches,
        seed=getattr(wish, "seed", 0), realm_id=getattr(wish, "realm_id", None),
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m syncengine.emulator.server", description="A local QuickBooks Online.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--data", default="", metavar="FILE", help="where it keeps its state (memory only)")
    parser.add_argument("--company", action="append", choices=tuple(KINDS), help="a company that has to be there; may be repeated")
    parser.add_argument("--realm-id", help="the realm of a company that is set up")
    parser.add_argument("--linger", type=float, metavar="SECONDS", help="end after so long without a request (never)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--switches", type=json.loads, default={}, help='JSON, such as {"quotas": false}')
    return parser


if __name__ == "__main__":
    sys.exit(main())
