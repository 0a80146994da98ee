"""The token pair: renewed once, journaled first, lost at no crash."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from syncengine import failpoints
from syncengine.clock import SystemClock
from syncengine.errors import ConfigurationError, ConnectionRevoked, ServiceDown, Throttled, TransportLost
from syncengine.failpoints import Crash, arm, raise_crash
from syncengine.quickbooks import CallKind, InvalidGrant, MemoryTokenStore
from syncengine.quickbooks.tokens import Keeper
from tests.unit.quickbooks.scripted import Said, found, granted, hang_up, tokens

BEARER = "/oauth2/v1/tokens/bearer"


class JournalingStore(MemoryTokenStore):
    """A store that writes down what it is told, in order."""

    def __init__(self, pair) -> None:
        super().__init__(pair)
        self.steps: list[tuple[str, str]] = []

    @contextmanager
    def refreshing(self):
        with super().refreshing() as stored:
            self.steps.append(("locked", stored.refresh))
            yield stored
        self.steps.append(("freed", self.load().refresh))

    def received(self, pair) -> None:
        self.steps.append(("journaled", pair.refresh))

    def save(self, pair) -> None:
        self.steps.append(("committed", pair.refresh))
        super().save(pair)


def test_a_token_that_lasts_is_used_without_asking_anyone(script, bench):
    script.answers = [found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    assert script.paths() == ["/v3/company/9130/customer/1"]
    assert script.asked[0].headers["authorization"] == "Bearer access-1"


@pytest.mark.parametrize("seconds", [59, 0, -3600])
def test_a_token_in_its_last_minute_is_renewed_before_it_is_used(script, make_bench, clock, seconds):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=seconds)))
    script.answers = [granted("access-2", "refresh-2"), found("Customer", Id="1"), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    bench.client.read("Customer", "1")
    assert script.paths() == [BEARER, "/v3/company/9130/customer/1", "/v3/company/9130/customer/1"]
    form = parse_qs(script.asked[0].body.decode())
    assert form == {"grant_type": ["refresh_token"], "refresh_token": ["refresh-1"]}
    assert script.asked[0].headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert script.asked[0].headers["authorization"].startswith("Basic ")
    assert script.asked[1].headers["authorization"] == "Bearer access-2"


def test_the_new_pair_holds_what_the_answer_said(script, make_bench, clock):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.answers = [granted("access-2", "refresh-2", x_refresh_token_hard_expires_in=157_000_000), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    pair = bench.store.load()
    assert (pair.access, pair.refresh, pair.version) == ("access-2", "refresh-2", 1)
    assert pair.access_expires_at == clock.now() + timedelta(hours=1)
    assert pair.refresh_expires_at == clock.now() + timedelta(seconds=8726400)
    assert pair.hard_expires_at == clock.now() + timedelta(seconds=157_000_000)


def test_the_hard_end_is_kept_where_an_answer_does_not_repeat_it(script, make_bench, clock):
    end = clock.now() + timedelta(days=1000)
    bench = make_bench(clock, store=MemoryTokenStore(replace(tokens(clock, seconds=0), hard_expires_at=end)))
    script.answers = [granted("access-2", "refresh-1"), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    assert bench.store.load().hard_expires_at == end


def test_a_received_pair_is_journaled_before_it_is_committed_and_used_last(script, make_bench, clock):
    store = JournalingStore(tokens(clock, seconds=0))
    bench = make_bench(clock, store=store)
    script.answers = [granted("access-2", "refresh-2"), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    assert store.steps == [
        ("locked", "refresh-1"),
        ("journaled", "refresh-2"),
        ("committed", "refresh-2"),
        ("freed", "refresh-2"),
    ]


@pytest.mark.parametrize(
    ("point", "sent", "steps"),
    [
        ("token.sent", 0, ["locked"]),
        ("token.received", 1, ["locked"]),
        ("token.journaled", 1, ["locked", "journaled"]),
        ("token.committed", 1, ["locked", "journaled", "committed"]),
    ],
)
def test_a_crash_at_each_point_finds_the_store_as_far_as_it_got(script, make_bench, clock, point, sent, steps):
    store = JournalingStore(tokens(clock, seconds=0))
    bench = make_bench(clock, store=store)
    script.answers = [granted("access-2", "refresh-2")]
    arm(point, raise_crash)
    with pytest.raises(Crash):
        bench.client.read("Customer", "1")
    assert len(script.asked) == sent
    assert [step for step, _ in store.steps] == steps


def test_the_next_process_goes_on_after_a_crash_before_the_commit(script, make_bench, clock):
    store = MemoryTokenStore(tokens(clock, seconds=0))
    script.answers = [granted("access-2", "refresh-2"), granted("access-2", "refresh-2"), found("Customer", Id="1")]
    arm("token.journaled", raise_crash)
    with pytest.raises(Crash):
        make_bench(clock, store=store).client.read("Customer", "1")
    failpoints.disarm()
    make_bench(clock, store=store).client.read("Customer", "1")
    assert store.load().refresh == "refresh-2"


def test_of_ten_threads_with_an_old_token_one_renews_it(script, make_bench):
    clock = SystemClock()
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.at[BEARER] = lambda asked: granted("access-2", "refresh-2")
    script.else_ = found("Customer", Id="1")
    together = threading.Barrier(10)

    def ask(number: int) -> str:
        together.wait(5)
        return bench.client.read("Customer", str(number)).payload["Id"]

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(ask, range(10))) == ["1"] * 10
    assert script.paths().count(BEARER) == 1
    assert {asked.headers["authorization"] for asked in script.asked if asked.path != BEARER} == {"Bearer access-2"}


def test_of_ten_threads_that_are_refused_one_renews(script, make_bench):
    clock = SystemClock()
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock)))
    script.at[BEARER] = lambda asked: granted("access-2", "refresh-2")
    for number in range(10):
        script.at[f"/v3/company/9130/customer/{number}"] = lambda asked: (
            found("Customer", Id="1") if asked.headers["authorization"] == "Bearer access-2" else Said(401)
        )
    together = threading.Barrier(10)

    def ask(number: int) -> str:
        together.wait(5)
        return bench.client.read("Customer", str(number)).payload["Id"]

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(ask, range(10))) == ["1"] * 10
    assert script.paths().count(BEARER) == 1


def test_two_clients_on_one_store_renew_once(script, make_bench):
    clock = SystemClock()
    store = MemoryTokenStore(tokens(clock, seconds=0))
    clients = [make_bench(clock, store=store).client for _ in range(2)]
    script.at[BEARER] = lambda asked: granted("access-2", "refresh-2")
    script.else_ = found("Customer", Id="1")
    together = threading.Barrier(2)

    def ask(client) -> None:
        together.wait(5)
        client.read("Customer", "1")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, clients))
    assert script.paths().count(BEARER) == 1


def test_a_refused_grant_ends_the_connection(script, make_bench, clock):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.answers = [Said(400, b'{"error":"invalid_grant"}')]
    with pytest.raises(ConnectionRevoked, match="Connect the company"):
        bench.client.read("Customer", "1")
    assert script.paths() == [BEARER]


class SiblingStore(MemoryTokenStore):
    """A store whose tokens a sibling replaces while we are asking."""

    def __init__(self, pair, sibling) -> None:
        super().__init__(pair)
        self.sibling = sibling

    def load(self):
        return self.sibling if self._renewing.locked() else super().load()


def test_a_refused_grant_is_no_end_where_a_sibling_has_renewed_it(script, make_bench, clock):
    store = SiblingStore(tokens(clock, seconds=0), tokens(clock, access="access-2", refresh="refresh-2"))
    script.answers = [Said(400, b'{"error":"invalid_grant"}'), found("Customer", Id="1")]
    make_bench(clock, store=store).client.read("Customer", "1")
    assert script.asked[1].headers["authorization"] == "Bearer access-2"


def test_the_siblings_pair_is_renewed_in_its_turn_where_it_is_old_too(script, make_bench, clock):
    store = SiblingStore(tokens(clock, seconds=0), tokens(clock, access="access-2", refresh="refresh-2", seconds=0))
    script.answers = [Said(400, b'{"error":"invalid_grant"}'), granted("access-3", "refresh-3"), found("Customer", Id="1")]
    make_bench(clock, store=store).client.read("Customer", "1")
    assert parse_qs(script.asked[1].body.decode())["refresh_token"] == ["refresh-2"]


def test_the_connection_ends_where_the_siblings_pair_is_refused_too(script, make_bench, clock):
    store = SiblingStore(tokens(clock, seconds=0), tokens(clock, access="access-2", refresh="refresh-2", seconds=0))
    script.answers = [Said(400, b'{"error":"invalid_grant"}')] * 2
    with pytest.raises(ConnectionRevoked):
        make_bench(clock, store=store).client.read("Customer", "1")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(500, b"oops"), ServiceDown),
        (Said(503, b"<html>busy</html>"), ServiceDown),
        (Said(400, b'{"error":"invalid_request"}'), ServiceDown),
        (Said(429, b""), Throttled),
        (Said(200, b"{"), TransportLost),
        (Said(200, b"[]"), TransportLost),
        (Said(200, b'{"access_token":"a"}'), TransportLost),
        (hang_up, TransportLost),
        (Said(401, b'{"error":"invalid_client"}'), ConfigurationError),
    ],
)
def test_trouble_at_the_token_endpoint_never_ends_the_connection(script, make_bench, clock, said, error):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.else_ = said
    with pytest.raises(error):
        bench.client.create("Customer", {"DisplayName": "x"}, requestid="r1")
    assert bench.store.load().refresh == "refresh-1"
    script.else_ = None
    script.answers = [granted("access-2", "refresh-2"), found("Customer", Id="1")]
    bench.client.create("Customer", {"DisplayName": "x"}, requestid="r1")


def test_while_the_token_endpoint_is_down_the_last_minute_is_used(script, make_bench, clock):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=30)))
    script.answers = [Said(503), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    assert script.asked[1].headers["authorization"] == "Bearer access-1"


def test_an_app_that_intuit_does_not_know_is_a_matter_of_configuration(clock):
    def renew(old):
        raise ConfigurationError("client id")

    with pytest.raises(ConfigurationError):
        Keeper(MemoryTokenStore(tokens(clock, seconds=0)), clock, renew).current()


def test_a_busy_store_is_asked_by_one_thread_at_a_time(clock):
    """A store in a database answers a second asker that it is busy; our own threads must not be that asker."""
    inside = threading.Lock()

    class Busy(MemoryTokenStore):
        @contextmanager
        def refreshing(self):
            assert inside.acquire(blocking=False), "two threads asked at once"
            try:
                yield self.load()
            finally:
                inside.release()

    keeper = Keeper(Busy(tokens(clock, seconds=0)), clock, lambda old: tokens(clock, access="access-2"))
    with ThreadPoolExecutor(10) as pool:
        assert {pair.access for pair in pool.map(lambda _: keeper.current(), range(100))} == {"access-2"}


def test_no_token_shows_in_a_repr(clock):
    pair = tokens(clock, access="canary-a", refresh="canary-r")
    assert "canary" not in repr(pair)
    assert "canary" not in repr(MemoryTokenStore(pair))


def test_a_renewal_is_journaled_like_any_other_call(script, make_bench, clock):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.answers = [granted("access-2", "refresh-2"), found("Customer", Id="1")]
    bench.client.read("Customer", "1")
    call = bench.calls[0]
    assert (call.kind, call.method, call.path, call.metered, call.status, call.error) == (
        CallKind.TOKEN,
        "POST",
        BEARER,
        0,
        200,
        "",
    )


def test_a_refused_renewal_is_journaled_with_its_reason(script, make_bench, clock):
    bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=0)))
    script.answers = [Said(400, b'{"error":"invalid_grant"}')]
    with pytest.raises(ConnectionRevoked):
        bench.client.read("Customer", "1")
    assert "invalid_grant" in bench.calls[0].error
    assert issubclass(InvalidGrant, Exception)
