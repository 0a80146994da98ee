"""The client's quota log against the emulator's quotas, which count for themselves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncengine.clock import ManualClock, SystemClock
from syncengine.errors import Throttled
from syncengine.quickbooks import (
    BatchItem,
    Call,
    CallKind,
    Client,
    Endpoints,
    FaultError,
    MemoryQuotaLog,
    MemoryTokenStore,
    select,
    session_factory,
)
from tests.unit.quickbooks.emulated.place import Place, in_process, vendor


def test_each_call_is_weighed_as_intuit_weighs_it(place):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    since = client.company_info().time
    client.query(select("Vendor", max=1))
    client.cdc(["Vendor", "Customer"], since)
    client.create("Vendor", vendor("Weighed"), requestid="r-1")
    with suppress(FaultError):
        client.read("Vendor", "999999")
    assert [call.metered for call in calls] == [1, 1, 1, 0, 0]
    assert sum(line.get("coreplus", 0) for line in place.journal()) == sum(call.metered for call in calls)


def test_at_full_speed_nobody_is_throttled():
    """The log against the emulator's own quotas, which count for themselves: 700 calls, batches among them.

    One thread, so that the minute's windows are met as well: with several, each rest of a minute would turn the clock for
    all of them, and what is under way would run out of time.
    """
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client(quota=MemoryQuotaLog(clock), deadline_seconds=10_000)
    for number in range(700):
        if number % 7 == 0:
            client.batch([BatchItem("i0", "create", "Vendor", vendor(f"B{number}"))], requestid=f"b{number}")
        else:
            client.company_info()
    lines = place.journal()
    assert {line["status"] for line in lines if line["path"].startswith("/v3/")} == {200}
    assert len(lines) >= 700
    client.close()
    emulator.close()


def test_without_the_log_the_same_load_is_throttled():
    """The guard of the test above: the emulator's quotas are on, and the load is enough to meet them."""
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client()
    with pytest.raises(Throttled):
        [client.company_info() for _ in range(700)]
    client.close()
    emulator.close()


#: The emulator's limits as tight as the client's promise: ten a second and ten in flight, forty batches a minute.
TIGHT = {"ten_means": "both", "batches_per_minute": 40}


def run(client: Client, tasks: int, workers: int = 10) -> None:
    """Reads, queries, writes and batches from ten threads at once."""

    def one(number: int) -> None:
        if number % 10 == 0:
            client.batch([BatchItem("i0", "create", "Vendor", vendor(f"B{number}"))], requestid=f"b{number}")
        elif number % 10 == 1:
            client.create("Vendor", vendor(f"W{number}"), requestid=f"w{number}")
        elif number % 2:
            client.company_info()
        else:
            client.query(select("Vendor", max=1))

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(tasks)))


def api_lines(place: Place) -> list[dict[str, Any]]:
    return [line for line in place.journal() if line["path"].startswith("/v3/")]


def test_ten_threads_fill_no_window_though_the_clock_jumps_between_leaving_and_arriving():
    clock = ManualClock()
    emulator, place = in_process(clock, **TIGHT)
    client = place.client(quota=MemoryQuotaLog(clock), deadline_seconds=10_000)
    run(client, 300)
    lines = api_lines(place)
    assert len(lines) == 300
    assert {line["status"] for line in lines} == {200}
    assert max(line["in_flight"] for line in lines) <= 10
    client.close()
    emulator.close()


def test_two_clients_that_share_a_log_share_its_limits():
    clock = ManualClock()
    emulator, place = in_process(clock, **TIGHT)
    quota = MemoryQuotaLog(clock)
    clients = [place.client(quota=quota, deadline_seconds=10_000) for _ in range(2)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: clients[number % 2].company_info(), range(100)))
    assert {line["status"] for line in api_lines(place)} == {200}
    for client in clients:
        client.close()
    emulator.close()


def test_ten_threads_in_real_time_over_a_real_connection_are_never_throttled(server):
    """25 calls need two seconds and more at ten a second; how long each takes is up to the machine, which may be busy."""
    make = session_factory(Endpoints.emulator(server["url"]))
    place = Place(server["url"], server["realms"][0]["realm_id"], SystemClock(), make, [])
    place.control("reset", {"companies": True})
    place.control("switches", {"quotas": True, **TIGHT})
    client = place.client(quota=MemoryQuotaLog(place.clock))
    began = place.clock.monotonic()
    run(client, 25)
    assert place.clock.monotonic() - began >= 2.0
    lines = api_lines(place)
    assert len(lines) == 25
    assert {line["status"] for line in lines} == {200}
    place.control("reset", {"companies": True})
    client.close()


@pytest.mark.parametrize(("kind", "options"), [("throttle_429", {"body": "xml"}), ("throttle_429", {"body": "json"}), ("throttle_429", {"body": "html"}), ("throttle_403", {})])
def test_after_a_throttle_in_any_form_ten_threads_are_silent_for_a_minute(near, clock, kind, options):
    quota = MemoryQuotaLog(clock)
    client = near.client(quota=quota, deadline_seconds=10_000)
    near.fault(kind, **options)
    with pytest.raises(Throttled) as pause:
        client.company_info()
    assert 60 <= pause.value.seconds < 75
    until = clock.now() + timedelta(seconds=60)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: client.company_info(), range(20)))
    times = [datetime.fromisoformat(line["time"]) for line in api_lines(near)]
    assert len(times) == 21
    assert all(time >= until for time in times[1:])


def test_of_ten_threads_whose_token_is_refused_at_once_one_renews_and_each_repeats_its_own_write(near, clock):
    store = MemoryTokenStore(near.grant())
    store.save(replace(store.load(), access_expires_at=clock.now() + timedelta(days=2)))
    calls: list[Call] = []
    client = near.client(store=store, on_call=calls.append)
    clock.advance(3700)
    together = threading.Barrier(10)

    def write(number: int) -> str:
        together.wait(10)
        return client.create("Vendor", vendor(f"Ten {number}"), requestid=f"r-{number}").id

    with ThreadPoolExecutor(10) as pool:
        ids = list(pool.map(write, range(10)))
    assert len(set(ids)) == 10
    assert [call.kind for call in calls].count(CallKind.TOKEN) == 1
    assert store.load().version == 1
    for number in range(10):
        mine = [call.status for call in calls if call.requestid == f"r-{number}"]
        assert mine in ([401, 200], [200])
    assert near.client().count("Vendor", where=[("DisplayName", "LIKE", "Ten %")]) == 10
