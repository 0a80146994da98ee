"""The emulator as a process, a company for each client, and the clients' environments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.thirdparty import environments
from tests.thirdparty.emulated import Company, Server
from tests.thirdparty.environments import Environment


def _ready(environment: Environment, request: pytest.FixtureRequest) -> Path:
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    try:
        return environment.ready(reporter.write_line if reporter else print)
    except environments.UnavailableError as reason:
        missing(str(reason))


@pytest.fixture(scope="session")
def python(request: pytest.FixtureRequest) -> Path:
    """The environment of the newest Python clients."""
    return _ready(environments.PYTHON, request)


@pytest.fixture(scope="session")
def python_earlier(request: pytest.FixtureRequest) -> Path:
    """The environment of the last python-quickbooks that brings its tests along."""
    return _ready(environments.PYTHON_EARLIER, request)


@pytest.fixture(scope="session")
def node(request: pytest.FixtureRequest) -> Path:
    """The environment of the Node clients."""
    return _ready(environments.NODE, request)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The emulator, one process for all clients; without quotas, which none of these clients keeps to."""
    running = Server(tmp_path_factory.mktemp("emulator") / "log", quotas=False)
    yield running
    running.end()


@pytest.fixture
def company(server: Server) -> Company:
    """A sandbox company of the test's own."""
    return server.company()
