"""What every test may ask for: a clock it turns, chance it seeds, a database of either kind, a browser."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from syncengine import failpoints
from syncengine.chance import SeededChance
from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.engine.setup import prepare
from tests.support import compiled, engines, network
from tests.support.alone import alone
from tests.support.driven import Driven
from tests.support.examples import examples
from tests.support.postgres import PostgresServer, running_server
from tests.support.prepared import Shelf, closed
from tests.support.world import World
from tools import chromium

# How long an example takes says nothing where workers share the cores; a test that measures time names its own bound.
settings.register_profile("unhurried", settings.default, deadline=None, max_examples=examples(100))
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A way to see what the browser tests drive."""
    parser.addoption("--driven", action="store_true", help="say which test in a browser has acted on which thing of which page")


def pytest_configure(config: pytest.Config) -> None:
    """Save time that proves nothing.

    The many processes that tests start keep their compiled modules: they are ready in two thirds of the time.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # A first company begins with a few records; who needs its working day asks for it (`sample_folder`).
    os.environ["TIEOUT_SAMPLE_DAY"] = "0"
    engines.hurry()
    config.pluginmanager.register(Driven(config), "driven")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[Any]:
    """Look for no garbage while thousands of tests are collected, which all stay; of several processes, one compiles them."""
    gc.disable()
    with compiled.once(Path(__file__).parent, Path(__file__)) if hasattr(session.config, "workerinput") else nullcontext():
        return (yield)


def pytest_collection_finish() -> None:
    """What was collected is never looked through for garbage again."""
    gc.enable()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)  # there is nothing to spread without pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread whole files, those of the browser in a lane of their own."""
    from tests.support.spread import Spread

    return Spread(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands until the test turns it."""
    return ManualClock()


@pytest.fixture
def chance() -> SeededChance:
    """Chance that repeats itself."""
    return SeededChance(1)


@pytest.fixture(autouse=True)
def _points_are_disarmed() -> Iterator[None]:
    """A test that arms a failpoint must not stop the next one."""
    yield
    failpoints.disarm()


@pytest.fixture(autouse=True)
def _logs_are_given_back() -> Iterator[None]:
    """A command that sets up the log of its process must not silence the log that a later test reads."""
    held = [(each, each.level, list(each.handlers)) for each in map(logging.getLogger, (None, "tieout", "apscheduler", "urllib3"))]
    yield
    for logger, level, handlers in held:
        if logger.level != level:
            logger.setLevel(level)
        logger.handlers[:] = handlers


def missing(what: str) -> NoReturn:
    """Skip for want of a tool on a developer's machine; fail where the whole proof is asked for."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}; CI must have it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started once."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(running_server())
        except Exception as trouble:  # noqa: BLE001 -- whatever keeps it from starting is the reason that is shown
            missing(f"no PostgreSQL server here: {trouble!r}")
        yield started


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "tieout.db"
    database = Database(f"sqlite:///{path}")
    try:
        prepare(database)
    finally:
        database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A prepared SQLite database of this test's own."""
    path = tmp_path / "tieout.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def shelf(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Worlds that were prepared once."""
    return Shelf(tmp_path_factory.mktemp("worlds"), sqlite_template)


@pytest.fixture
def begun(shelf: Shelf, clock: ManualClock, tmp_path: Path) -> Iterator[Callable[[Callable[[World], Any]], Any]]:
    """A function that gives what a function makes of a new world on SQLite, without doing it over for each test."""
    made: list[World] = []

    def begin(fill: Callable[[World], Any]) -> Any:
        folder = tmp_path / f"world-{len(made)}"
        world, result = shelf.copied(fill, folder, clock)
        made.append(world)
        return result

    yield begin
    for world in made:
        closed(world)


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A prepared PostgreSQL database of this test's own."""
    with postgres_server.filled("prepared", prepare) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A prepared database of this test's own, of each kind in turn."""
    # Asked for by name, so that a run of SQLite tests alone starts no server.
    made: Database = request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, of each kind in turn."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres_server").empty() as made:
            yield made
        return
    made = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def played_day(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample company's day as of `tests.support.sample.ANCHOR`, played once; `installed` there puts it into a database."""
    from syncengine.sample import job  # with it much is loaded that most tests do without
    from tests.support.sample import ANCHOR

    base = tmp_path_factory.getbasetemp()
    # The workers of one run have their folders side by side: what one of them has played serves all.
    file = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "played-day"
    file.touch()
    with alone(file):
        if not file.stat().st_size:
            file.write_bytes(pickle.dumps(job.played(ANCHOR)))
        return pickle.loads(file.read_bytes())


@pytest.fixture(scope="session")
def sample_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, played_day: Any) -> Path:
    """A data folder with the sample company's day: database, key and emulator, for tests to copy whole."""
    from tests.support.sample import installed

    folder = tmp_path_factory.mktemp("sample")
    shutil.copyfile(sqlite_template, folder / "tieout.db")
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    try:
        installed(database, folder, played_day)[0].emulator.close()
    finally:
        database.close()
    return folder


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A function that names a TCP port on loopback on which nobody listens yet."""
    return network.free_port


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium, started without its calls to the outside."""
    browser = chromium.program()
    if browser is None:
        missing("no chromium here (apt-get install chromium-headless-shell)")
    return {**browser_type_launch_args, "executable_path": browser, "args": [*chromium.ARGUMENTS]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A visitor who wants no animations: a quarter of a browser's processor time goes into those of Streamlit."""
    return {**browser_context_args, "reduced_motion": "reduce"}
