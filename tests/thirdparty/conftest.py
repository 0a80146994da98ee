"""The emulator as a process, a company for each client, and the clients' environments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.thirdparty import environments
from tests.thirdparty.emulated import Company, Server
from tests.thirdparty.environments import Environment

Homes = dict[str, Path | environments.UnavailableError]


@pytest.fixture(scope="session")
def homes(request: pytest.FixtureRequest) -> Homes:
    """Every environment, installed where it is not there yet."""
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    return environments.ready(reporter.write_line if reporter else print)


def _home(homes: Homes, environment: Environment) -> Path:
    found = homes[environment.name]
    if isinstance(found, environments.UnavailableError):
        missing(str(found))
    return found


@pytest.fixture(scope="session")
def python(homes: Homes) -> Path:
    """The environment of the newest Python clients."""
    return _home(homes, environments.PYTHON)


@pytest.fixture(scope="session")
def python_earlier(homes: Homes) -> Path:
    """The environment of the last python-quickbooks that brings its tests along."""
    return _home(homes, environments.PYTHON_EARLIER)


@pytest.fixture(scope="session")
def node(homes: Homes) -> Path:
    """The environment of the Node clients."""
    return _home(homes, environments.NODE)


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
