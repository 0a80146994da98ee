"""The supervisor: dashboard and worker under one small roof; when it ends, nothing of it is left."""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy.engine import make_url

from syncengine.clock import Clock
from syncengine.engine import setup
from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError
from syncengine.settings import Settings
from syncengine.worker import heartbeats
from syncengine.worker.bundled import Bundled
from syncengine.worker.logs import facts
from syncengine.worker.signals import Stopping

logger = logging.getLogger("tieout.supervisor")

#: How often the children are looked at.
LOOK_SECONDS = 0.25
#: How often the database is asked for a worker, where the one at work is not our own child.
WATCH_SECONDS = 2.0
#: The pause before a child that ended unexpectedly is started again doubles from the first to the last of these.
PAUSE_FIRST, PAUSE_LONGEST = 1.0, 60.0
#: A child that lived this long is taken to be well again.
WELL_SECONDS = 60.0
#: A dashboard that has not answered by then is slow, and said to be.
SLOW_SECONDS = 60.0
#: How long children may take to end in good order: a worker waits 5 s for the request on the wire, then 5 s for the emulator.
STOP_SECONDS = 15.0


def run(site: Site, bundled: Bundled, *, address: str, port: int) -> int:
    """Serve the dashboard at `address` and `port` and keep it and a worker alive, until a signal comes.

    Returns the exit code: 0 after a signal, 1 where the dashboard ended before it had ever answered.

    Raises:
        ConfigurationError: the address is not this machine's alone and there is no sign-in, or the port is taken.
    """
    url = check_address(address, port)
    script = dashboard_script()
    setup.first_company(site.database, site.clock, day=site.settings.sample_day)
    stopping = Stopping(site.clock)
    house = House(site, [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.address", address, "--server.port", str(port),
        "--server.headless", "true"], script.parent, url, lambda: _answers(address, port))
    sys.stderr.write("Tieout is starting (Ctrl-C ends it)\n")
    try:
        house.open()
        stopping.wait(house.look, LOOK_SECONDS)
    finally:
        code = house.close()
        bundled.stop_if_unused()
    return code


def check_address(address: str, port: int) -> str:
    """The dashboard's URL; raises ConfigurationError where it must not or cannot be served there.

    Elsewhere than on loopback it is served with sign-in only.
    """
    try:
        loopback = address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        loopback = False
    if not loopback and (trouble := sign_in_trouble(dashboard_script().parent)):
        raise ConfigurationError(f"The dashboard is not served at {address}: {trouble}")
    if not 1 <= port <= 65535:
        raise ConfigurationError(f"--port {port} is no port. Name one from 1 to 65535.")
    url = f"http://{f'[{address}]' if ':' in address else address}:{port}"
    if not _free(address, port):
        raise ConfigurationError(
            f"Port {port} is taken: Tieout may already be running at {url}. Open that, or name another port with --port.")
    return url


def sign_in_trouble(folder: Path) -> str:
    """Why a dashboard that is started in `folder` cannot ask for sign-in; empty where it does.

    A process of its own looks, as the dashboard itself will: Streamlit reads its settings from the folder that it works in.
    """
    command = [sys.executable, "-m", "syncengine.ui.signin"]
    said = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if said.returncode == 0 else said.stdout.strip() or f"how sign-in is set up cannot be told. {said.stderr.strip()}"


def dashboard_script() -> Path:
    """`dashboard.py`, which stands beside the package."""
    script = Path(__file__).parents[2] / "dashboard.py"
    if not script.exists():
        raise ConfigurationError(f"There is no {script}. The dashboard comes with the source, beside the folder syncengine.")
    return script


def child_environment(settings: Settings, **more: str) -> dict[str, str]:
    """This process' environment, with what is relative to its folder made absolute, since children work in another."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith((":", "file:")):
        url = url.set(database=str(Path(url.database).absolute()))
    return {
        **os.environ, "TIEOUT_DATA": str(settings.data), "TIEOUT_DATABASE_URL": url.render_as_string(hide_password=False), **more}


class _Lives:
    """How long a child is left alone before it is started again: ever longer, until it has lived well."""

    def __init__(self) -> None:
        self._pause = PAUSE_FIRST
        self.started = 0.0

    def ended(self, now: float) -> float:
        """The pause, in seconds, after a life that ended `now`."""
        if now - self.started >= WELL_SECONDS:
            self._pause = PAUSE_FIRST
        pause, self._pause = self._pause, min(self._pause * 2, PAUSE_LONGEST)
        return pause


class House:
    """The two children: a dashboard and a worker, each of which is started again when it ends; the one does not need the other.

    A dashboard that ends before it has ever answered cannot start at all, and ends the house.
    """

    def __init__(self, site: Site, dashboard: list[str], folder: Path, url: str, answers: Callable[[], bool]) -> None:
        self._site = site
        self._clock: Clock = site.clock
        self._command = dashboard
        self._folder = folder
        self._url = url
        self._answers = answers
        self._dashboard: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._lives = {"dashboard": _Lives(), "worker": _Lives()}
        #: Whether a dashboard has ever answered, and whether its slowness was told.
        self._served = self._slow = False
        #: When to look for, or to start, each of them again.
        self._next_dashboard = self._next = 0.0

    def open(self) -> None:
        """Start the dashboard, and a worker where none is at work."""
        self._start_dashboard()
        self._keep_a_worker()

    def look(self) -> bool:
        """Look after the children; True where the dashboard cannot start, and so everything ends."""
        self._keep_a_worker()
        self._keep_a_dashboard()
        return self._dashboard is not None and not self._served and self._dashboard.poll() is not None

    def close(self) -> int:
        """End both children, if need be by force; returns 1 where the dashboard ended by itself and never answered, else 0."""
        failed = self._dashboard is not None and not self._served and self._dashboard.poll() is not None
        if failed and self._dashboard is not None:
            logger.error("the dashboard cannot start", extra=facts(code=self._dashboard.returncode))
            sys.stderr.write(
                f"tieout: The dashboard cannot be served at {self._url}: it ended before it answered. What it said stands above. "
                "If another program took the port meanwhile, name another with --port.\n")
        children = [each for each in (self._worker, self._dashboard) if each is not None]
        for child in children:
            child.terminate()
        until = self._clock.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, until - self._clock.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("a child does not end and is killed", extra=facts(pid=child.pid))
                child.kill()
                child.wait()
        return 1 if failed else 0

    def _start_dashboard(self) -> None:
        self._lives["dashboard"].started = self._clock.monotonic()
        # The supervisor keeps the worker: a page must not start a second one while ours is on its way.
        self._dashboard = self._popen(self._command, TIEOUT_BUNDLED="0")

    def _keep_a_dashboard(self) -> None:
        now = self._clock.monotonic()
        if self._dashboard is None:
            if now >= self._next_dashboard:
                self._start_dashboard()
        elif self._dashboard.poll() is None:
            self._tell(now)
        elif self._served:
            self._next_dashboard = now + self._mourn("dashboard", self._dashboard, now)
            self._dashboard = None

    def _tell(self, now: float) -> None:
        """Say where the dashboard is once it answers there, and that it is slow where that takes long."""
        if self._served:
            return
        if self._answers():
            self._served = True
            sys.stderr.write(f"Tieout is at {self._url} (Ctrl-C ends it)\n")
        elif not self._slow and now - self._lives["dashboard"].started >= SLOW_SECONDS:
            self._slow = True
            sys.stderr.write(f"The dashboard has not answered for {SLOW_SECONDS:.0f} seconds; it will be at {self._url}\n")

    def _keep_a_worker(self) -> None:
        now = self._clock.monotonic()
        if self._worker is not None and self._worker.poll() is not None:
            self._next = now + self._mourn("worker", self._worker, now)
            self._worker = None
        if self._worker is None and self._site.settings.bundled and now >= self._next:
            self._next = now + WATCH_SECONDS
            if not self._another_works():
                logger.info("a worker is started")
                self._lives["worker"].started = now
                self._worker = self._popen([sys.executable, "-m", "syncengine", "worker", "--parent", str(os.getpid())])

    def _mourn(self, what: str, child: subprocess.Popen[bytes], now: float) -> float:
        """Write down that a child ended; the seconds until it is started again."""
        pause = self._lives[what].ended(now)
        seen = facts(child=what, pid=child.pid, code=child.returncode, seconds=pause)
        logger.warning("a child ended and is started again", extra=seen)
        return pause

    def _another_works(self) -> bool:
        """Whether a living worker is in the database; one too many does no harm, so where it cannot be asked: no."""
        try:
            with self._site.database.reading() as connection:
                return bool(heartbeats.fresh(connection, self._clock.now()))
        except Exception:
            logger.exception("the database does not say whether a worker is at work")
            return False

    def _popen(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        # In a session of its own a child hears of Ctrl-C once, from us, and in our order.
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and modules
            command, stdin=subprocess.DEVNULL, cwd=self._folder, start_new_session=True,
            env=child_environment(self._site.settings, **environment),
            preexec_fn=_die_with_parent)  # noqa: PLW1509 -- the supervisor has no other thread, and the function takes no lock


def _die_with_parent() -> None:
    """Between fork and exec: on Linux the kernel ends the child when the supervisor is killed and can end nobody."""
    if sys.platform == "linux":
        import ctypes  # loaded by the supervisor alone
        import signal

        pr_set_pdeathsig = 1  # <linux/prctl.h>
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _answers(address: str, port: int) -> bool:
    """Whether something takes connections there. An address of every network is asked at this machine."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 -- looked up, not listened at
    try:
        with socket.create_connection((here, port), timeout=LOOK_SECONDS):
            return True
    except OSError:
        return False


def _free(address: str, port: int) -> bool:
    class Probe(socketserver.TCPServer):
        allow_reuse_address = True  # as the dashboard's own server does: a port in TIME_WAIT is free
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    try:
        with Probe((address, port), socketserver.BaseRequestHandler):
            return True
    except OSError:
        return False
