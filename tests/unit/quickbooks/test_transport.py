"""Deadlines that hold whatever the other side does, and sessions that no two threads share. Real time, real sockets."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import HTTPAdapter

from syncengine.clock import ManualClock, SystemClock
from syncengine.errors import TransportLost
from syncengine.quickbooks import BoundedAdapter, CallKind, Endpoints, session_factory, wire
from syncengine.quickbooks import transport as transports
from syncengine.quickbooks.sessions import SessionPool
from syncengine.quickbooks.transport import Errand, Transport, http_date
from tests.unit.quickbooks.scripted import Said, found, hang_up

#: Long enough for a loaded machine to notice, short enough for a test.
DEADLINE_SECONDS = 0.3


def dripping(pieces: bytes, stop: threading.Event):
    """An answer that gives a byte every 50 ms: each read of the socket is quick, the whole never ends."""

    def drip(handler) -> None:
        handler.close_connection = True
        for number in range(len(pieces)):
            handler.wfile.write(pieces[number : number + 1])
            if stop.wait(0.05):
                return

    return drip


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def transport(script):
    transport = Transport(session_factory(Endpoints.emulator(script.url)), SystemClock(), None)
    yield transport
    transport.close()


def ask(transport: Transport, script, seconds: float = DEADLINE_SECONDS) -> tuple[bytes, float]:
    """Send one GET; gives the body, and how long it took in real time."""
    clock = SystemClock()
    began = clock.monotonic()
    errand = Errand(CallKind.READ, "GET", f"{script.url}/x", "/x")
    body = transport.send(errand, None, began + seconds, lambda reply: reply.body)
    return body, clock.monotonic() - began


@pytest.mark.parametrize(
    "pieces",
    [
        b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000,
    ],
    ids=["in its headers", "in its body", "in its chunks"],
)
def test_an_answer_that_drips_is_given_up_at_the_deadline(script, transport, stop, pieces):
    head = pieces.index(b"X-Endless" if b"X-Endless" in pieces else b"\r\n\r\n")

    def start_then_drip(handler) -> None:
        handler.wfile.write(pieces[:head])
        dripping(pieces[head:], stop)(handler)

    script.else_ = start_then_drip
    clock = SystemClock()
    began = clock.monotonic()
    with pytest.raises(TransportLost):
        ask(transport, script)
    # The drip would last for 50 seconds and more; the bound is far from both, so that a slow machine passes.
    assert DEADLINE_SECONDS * 0.9 <= clock.monotonic() - began < 5


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(script, transport, stop):
    script.else_ = lambda handler: (stop.wait(30), hang_up(handler))
    with pytest.raises(TransportLost, match="Timeout"):
        ask(transport, script)


def test_without_time_left_nothing_is_sent(script, transport):
    with pytest.raises(TransportLost):
        ask(transport, script, seconds=0)
    assert script.asked == []


def test_after_a_deadline_the_next_call_gets_its_own_answer(script, transport, stop):
    script.answers = [lambda handler: (stop.wait(30), hang_up(handler)), Said(200, b"second")]
    with pytest.raises(TransportLost):
        ask(transport, script)
    assert ask(transport, script, 10)[0] == b"second"


def test_a_connection_is_kept_between_calls(script, transport):
    peers: set[int] = set()

    def note(handler) -> None:
        peers.add(handler.client_address[1])
        handler.send_response_only(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    script.else_ = note
    for _ in range(3):
        assert ask(transport, script, 10)[0] == b"ok"
    assert len(peers) == 1


def test_a_compressed_answer_is_opened(script, transport):
    script.answers = [Said(200, gzip.compress(b"x" * 100_000), {"Content-Encoding": "gzip"})]
    assert ask(transport, script, 10)[0] == b"x" * 100_000


def test_an_answer_beyond_all_measure_is_dropped(script, transport, monkeypatch):
    monkeypatch.setattr(transports, "BODY_MAX_BYTES", 100_000)
    script.answers = [Said(200, gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"})]
    with pytest.raises(TransportLost, match="larger"):
        ask(transport, script, 10)


def test_a_clock_that_runs_out_between_two_pieces_ends_the_answer(script):
    class Jumping(ManualClock):
        def monotonic(self) -> float:
            self.advance(10)
            return super().monotonic()

    transport = Transport(session_factory(Endpoints.emulator(script.url)), Jumping(), None)
    script.answers = [Said(200, b"x")]
    errand = Errand(CallKind.READ, "GET", f"{script.url}/x", "/x")
    with pytest.raises(TransportLost, match="in time"):
        transport.send(errand, None, 25, lambda reply: reply.body)
    transport.close()


def test_a_port_where_nobody_listens_is_lost_transport(script, transport):
    script.close()
    with pytest.raises(TransportLost):
        ask(transport, script)


def test_no_session_is_used_by_two_threads_at_once():
    made: list[requests.Session] = []
    pool = SessionPool(lambda: made.append(requests.Session()) or made[-1])
    using: set[int] = set()
    lock = threading.Lock()

    def use(_: int) -> None:
        with pool.session() as session:
            with lock:
                assert id(session) not in using
                using.add(id(session))
            with lock:
                using.discard(id(session))

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(use, range(500)))
    assert 1 <= len(made) <= 10
    pool.close()


def test_a_session_that_comes_back_after_the_end_is_closed():
    closed: list[bool] = []

    class Session(requests.Session):
        def close(self) -> None:
            closed.append(True)
            super().close()

    pool = SessionPool(Session)
    with pool.session():
        pool.close()
        assert closed == []
    assert closed == [True]


def test_stock_adapters_are_replaced_and_others_stay():
    class Special(HTTPAdapter):
        pass

    def make() -> requests.Session:
        session = requests.Session()
        session.mount("https://quickbooks.test", Special())
        return session

    pool = SessionPool(make)
    with pool.session() as session:
        assert type(session.get_adapter("https://quickbooks.test/x")) is Special
        assert type(session.get_adapter("http://127.0.0.1")) is BoundedAdapter
        assert type(session.get_adapter("https://quickbooks.api.intuit.com")) is BoundedAdapter
    pool.close()


def test_the_environments_proxy_is_not_asked_on_loopback(script, make_bench, clock, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    script.answers = [found("Customer", Id="1")]
    assert make_bench(clock).client.read("Customer", "1").payload == {"Id": "1"}
    assert session_factory(Endpoints.production())().trust_env


def test_a_proxy_gets_pools_with_a_total_deadline_too():
    adapter = BoundedAdapter()
    manager = adapter.proxy_manager_for("http://proxy.example:3128")
    assert manager.pool_classes_by_scheme == adapter.poolmanager.pool_classes_by_scheme
    adapter.close()


def test_a_netrc_cannot_replace_the_bearer(script, make_bench, clock, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login intruder password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    script.answers = [found("Customer", Id="1")]
    make_bench(clock, session=requests.Session).client.read("Customer", "1")
    assert script.asked[0].headers["authorization"] == "Bearer access-1"


@pytest.mark.parametrize("text", ["", "soon", "99", "Fri, 31 Dec 9999 23:59:59 -2300"])
def test_what_is_no_date_is_none(text):
    assert http_date(text) is None


def test_the_same_write_is_the_same_bytes_whenever_it_is_sent(script, bench):
    script.else_ = found("Invoice", Id="1")
    bench.client.create("Invoice", {"b": 1, "a": [2]}, requestid="r")
    bench.client.create("Invoice", {"a": [2], "b": 1}, requestid="r")
    first, second = script.asked
    assert first.body == second.body == wire.dumps({"a": [2], "b": 1})
