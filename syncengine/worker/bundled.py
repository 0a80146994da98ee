"""The bundled emulator: one process for the whole installation, started on demand by whoever needs it first."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import delete, insert, select, update

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError, ServiceDown
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.sessions import session_factory
from syncengine.settings import Settings
from syncengine.store.tables import Service
from syncengine.worker import heartbeats, identity
from syncengine.worker.logs import facts

logger = logging.getLogger("tieout.emulator")

NAME = "emulator"
LOG = "emulator.log"
#: What an emulator says that finds its state file held by another one.
IN_USE = "in use by another emulator"
#: Without a request for so long, an emulator that everybody forgot ends by itself.
LINGER_SECONDS = 900
#: On loopback a living emulator answers within milliseconds; a busy machine gets a thousand times that.
HEALTH_SECONDS = 2.0
#: The very first start writes the sample companies, which may take some seconds on a slow disk.
START_SECONDS = 30.0
#: How long a stopped emulator may take to close its file.
STOP_SECONDS = 5.0
#: The pause where another emulator holds the state file.
OTHER_SECONDS = 1.0
#: How often a start is tried.
LAUNCHES = 5
LOOK_SECONDS = 0.05
#: Beyond this the log starts anew and one older file is kept.
LOG_BYTES = 1_000_000


@dataclass(frozen=True)
class Running:
    """An emulator that said where it is."""

    address: str
    pid: int


class Bundled:
    """This process' hold on the bundled emulator; safe to use from several threads.

    Its address and pid stand in the row `emulator` of `sync_service`; its state in `emulator.db` and its log in
    `emulator.log`, both in the data folder. The state file's own lock makes sure that there is never a second one.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._state = settings.data / "emulator.db"
        self._lock = threading.Lock()
        #: What this process launched; kept, so that the end of each is noticed and no zombie stays.
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        #: Whether the running emulator was started by this process.
        self.started = False

    def address(self) -> str:
        """The base URL of the running emulator, which is started where none answers.

        Raises:
            ServiceDown: it cannot be started; the message says what it said.
            ConfigurationError: none runs, and the settings forbid to start one.
        """
        with self._lock:
            found = self._running()
            if found is None and not self._settings.bundled:
                raise ConfigurationError(
                    "The QuickBooks emulator is not running, and TIEOUT_BUNDLED=0 forbids to start it. Start it by hand: "
                    f"python -m syncengine emulator --data {self._state} >> {self._settings.data / LOG}")
            if found is None:
                with self._sole_starter():
                    # Another process may have started it while this one waited for its turn.
                    found = self._running() or self._start()
            return found.address

    def stop_if_unused(self, *, me: str = "") -> None:
        """End the emulator where no living worker is left and nobody but `me` syncs; never raises.

        It keeps its state and is started again when somebody needs it. What the settings forbid to start is not stopped either.
        """
        if not self._settings.bundled:
            return
        try:
            now = self._clock.now()
            with self._database.reading() as connection:
                used = heartbeats.fresh(connection, now) or set(heartbeats.syncing(connection, now)) - {me}
            if not used:
                self._stop()
        except Exception:
            logger.exception("the emulator was not stopped; left alone, it ends by itself", extra=facts(seconds=LINGER_SECONDS))

    def _stop(self) -> None:
        found = self._registered()
        if found is None:
            return
        # The number may be another's by now, so only what is seen to be our emulator gets a signal.
        if self._is_ours(found.pid) and terminate(found.pid):
            until = self._clock.monotonic() + STOP_SECONDS
            while self._runs(found.pid) and self._clock.monotonic() < until:
                self._clock.sleep(LOOK_SECONDS)
            logger.info("emulator stopped", extra=facts(pid=found.pid))
        with self._database.writing() as connection:
            connection.execute(delete(Service).where(Service.name == NAME, Service.pid == found.pid))

    def _runs(self, pid: int) -> bool:
        if pid in self._children:
            return self._children[pid].poll() is None
        return identity.started(pid) is not None

    def _registered(self) -> Running | None:
        with self._database.reading() as connection:
            row = connection.execute(
                select(Service.address, Service.pid).where(Service.name == NAME, Service.host == _host())).first()
        return Running(row.address, row.pid) if row else None

    @contextmanager
    def _sole_starter(self) -> Iterator[None]:
        """One process after the other: two emulators that open one file at once would both find it in use."""
        until = self._clock.monotonic() + START_SECONDS
        with (self._settings.data / "emulator.lock").open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the lock dies with the process
                    break
                except BlockingIOError:
                    if self._clock.monotonic() >= until:
                        raise ServiceDown("Another process has been starting the emulator for long. Try again.") from None
                    self._clock.sleep(LOOK_SECONDS)
            yield

    def _running(self) -> Running | None:
        found = self._registered()
        return found if found is not None and self._healthy(found) else self._overlooked()

    def _healthy(self, found: Running) -> bool:
        return self._is_ours(found.pid) and answers(found)

    def _is_ours(self, pid: int) -> bool:
        """Whether the process `pid` is an emulator on our state file."""
        line = identity.command_line(pid)
        return "emulator" in line and str(self._state) in line

    def _overlooked(self) -> Running | None:
        """An emulator that runs, though its row is lost: whoever started it was killed before writing it."""
        found = next((each for each in ready_lines(self._settings.data / LOG) if self._healthy(each)), None)
        if found is not None:
            self._register(found)
        return found

    def _start(self) -> Running:
        log = self._log()
        beginning = log.stat().st_size if log.exists() else 0
        for _ in range(LAUNCHES):
            self._children = {pid: each for pid, each in self._children.items() if each.poll() is None}
            child = _launch(self._state, log)
            self._children[child.pid] = child
            found = self._awaited(child, log, beginning)
            if found is not None:
                self.started = True
                self._register(found)
                logger.info("emulator runs", extra=facts(address=found.address, pid=found.pid))
                return found
            if IN_USE not in _said(log, beginning):
                break
            # Held by one that is ending, or by one that was too busy to answer at first.
            self._clock.sleep(OTHER_SECONDS)
            if (found := self._running()) is not None:
                return found
        raise ServiceDown(f"The bundled QuickBooks emulator did not start: {_last_words(log, beginning)} Its log is {log}.")

    def _awaited(self, child: subprocess.Popen[bytes], log: Path, beginning: int) -> Running | None:
        """The emulator that `child` became; None where it gave up."""
        until = self._clock.monotonic() + START_SECONDS
        while self._clock.monotonic() < until:
            for found in ready_lines(log, beginning):
                if found.pid == child.pid and self._healthy(found):
                    return found
            if child.poll() is not None:
                return None
            self._clock.sleep(LOOK_SECONDS)
        return None

    def _log(self) -> Path:
        log = self._settings.data / LOG
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        return log

    def _register(self, found: Running) -> None:
        values = {"host": _host(), "address": found.address, "pid": found.pid, "started_at": self._clock.now()}
        with self._database.writing() as connection:
            if connection.execute(update(Service).where(Service.name == NAME).values(**values)).rowcount == 0:
                connection.execute(insert(Service).values(name=NAME, **values))


def answers(found: Running) -> bool:
    """Whether the emulator answers at its address, as the process that it is taken for."""
    try:
        with session_factory(Endpoints.emulator(found.address))() as session:
            reply = session.get(f"{found.address}/_emulator/state", timeout=HEALTH_SECONDS)
            return reply.status_code == 200 and reply.json().get("pid") == found.pid
    except (requests.RequestException, ValueError, AttributeError):
        return False


def terminate(pid: int) -> bool:
    """Ask the process `pid` to end in good order; False where there is none, or it is not ours to end."""
    try:
        if hasattr(os, "pidfd_open"):
            handle = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(handle, signal.SIGTERM)
            finally:
                os.close(handle)
            return True
        # Where processes have no handles (macOS), the number has to do.
        done = subprocess.run(["/bin/kill", "-TERM", str(pid)], check=False, capture_output=True)  # noqa: S603 -- a fixed program, a number
        return done.returncode == 0
    except OSError:
        return False


def ready_lines(log: Path, beginning: int = 0) -> list[Running]:
    """The emulators that have said in the log that they are ready, the newest first."""
    found: list[Running] = []
    try:
        with log.open("rb") as lines:
            lines.seek(beginning)
            for line in lines:
                if line.startswith(b'{"') and b'"ready"' in line:
                    said = json.loads(line)
                    found.append(Running(str(said["url"]).rstrip("/"), int(said["pid"])))
    except (OSError, ValueError, KeyError):
        return found[::-1]
    return found[::-1]


#: Handles of what outlives its `Bundled`: Python complains about a handle that is collected while its process runs.
_LAUNCHED: list[subprocess.Popen[bytes]] = []


def _launch(state: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start an emulator that outlives this process, in a session of its own, so that no Ctrl-C of ours reaches it."""
    command = [
        sys.executable, "-m", "syncengine", "emulator", "--port", "0", "--data", str(state), "--linger", str(LINGER_SECONDS)]
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 -- our own interpreter and module, paths of our own settings
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=_package_home())
    _LAUNCHED.append(child)
    return child


def _package_home() -> Path:
    """The folder from which `python -m syncengine` finds this package."""
    return Path(__file__).parents[2]


def _said(log: Path, beginning: int) -> str:
    try:
        with log.open("rb") as lines:
            lines.seek(beginning)
            return lines.read(16_000).decode(errors="replace").strip()
    except OSError:
        return ""


def _last_words(log: Path, beginning: int) -> str:
    said = _said(log, beginning).splitlines()
    return f"it said: {said[-1].rstrip('.')}." if said else "it said nothing."


def _host() -> str:
    return socket.gethostname()[:100]
