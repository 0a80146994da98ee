"""The client and the emulator, which know nothing of each other: in one process, and over a real connection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from syncengine.clock import ManualClock, SystemClock
from syncengine.quickbooks import Endpoints, session_factory
from tests.support.source import ROOT
from tests.unit.quickbooks.emulated.place import Place, in_process


@pytest.fixture
def near(clock: ManualClock) -> Iterator[Place]:
    """An emulator in this process, under the test's clock."""
    emulator, place = in_process(clock, quotas=False)
    yield place
    for client in place.clients:
        client.close()
    emulator.close()


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, Any]]:
    """An emulator in a process of its own."""
    command = [sys.executable, "-m", "syncengine.emulator.server", "--company", "demo", "--data", ":memory:"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.fixture(params=["in one process", "over HTTP"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """The same company behind both faces."""
    if request.param == "in one process":
        yield request.getfixturevalue("near")
        return
    said = request.getfixturevalue("server")
    make = session_factory(Endpoints.emulator(said["url"]))
    far = Place(said["url"], said["realms"][0]["realm_id"], SystemClock(), make, [])
    far.control("switches", {"quotas": False})
    yield far
    far.control("reset", {"companies": True})
    for client in far.clients:
        client.close()
