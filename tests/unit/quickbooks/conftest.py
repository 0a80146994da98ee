"""A client at a scripted server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from syncengine.chance import SeededChance
from syncengine.clock import Clock, ManualClock
from syncengine.quickbooks import App, Call, Client, Endpoints, MemoryQuotaLog, MemoryTokenStore, session_factory
from tests.unit.quickbooks.scripted import Bench, Script, tokens


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    yield script
    script.close()


@pytest.fixture
def make_bench(script: Script) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(clock: Clock, *, store: Any = None, **wishes: Any) -> Bench:
        calls: list[Call] = []
        store = store or MemoryTokenStore(tokens(clock))
        quota = MemoryQuotaLog(clock)
        endpoints = wishes.pop("endpoints", None) or Endpoints.emulator(script.url)
        client = Client(
            endpoints=endpoints,
            realm_id="9130",
            app=wishes.pop("app", None) or App("id-of-the-app", "secret-of-the-app", "https://tieout.example/callback"),
            tokens=store,
            quota=quota,
            clock=clock,
            chance=SeededChance(1),
            **{"session": session_factory(endpoints), "on_call": calls.append, **wishes},
        )
        made.append(Bench(client, clock, store, quota, calls))
        return made[-1]

    yield make
    for bench in made:
        bench.client.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench], clock: ManualClock) -> Bench:
    return make_bench(clock)
