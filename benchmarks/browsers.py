"""What open browsers cost the server: processor time of dashboard and worker while N of them show a page with live panels.

    python -m benchmarks.browsers [BROWSERS] [SECONDS] [--page PAGE] [--syncing]

Starts a dashboard and a worker over a company with a queue and errors, opens so many sessions on the dashboard's websocket as
browsers would, asks each for the page and then for its panels as often as the page says, and measures the processor time of the
two processes over the seconds that follow, as a share of one core. With `--syncing` a run is under way, so that the panels look
more often (and there is no worker, which would end the run). No browser is drawn: what a browser costs is spent on another
machine. Linux only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from benchmarks.served import served
from syncengine.db.engine import Database
from syncengine.engine import setup
from syncengine.store import cycles
from syncengine.store.tables import Connection, Worker
from syncengine.terms import Trigger
from tests.unit.queries import seed

ROOT = Path(__file__).parents[1]
#: What ten browsers may cost at most, as a share of one core.
BOUND = 0.40
#: Seconds for a page to be drawn on a machine that has much else to do, and without any page drawn anew before it is measured.
PATIENCE, SETTLING = 120.0, 12.0
#: A worker that is only a row: heard for as long as anybody looks.
_FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cost:
    """What was measured: shares of one core; how often a panel was looked at, and a whole page was drawn anew."""

    browsers: int
    seconds: float
    looks: int
    pages: int
    dashboard: float
    worker: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.dashboard + self.worker

    def __str__(self) -> str:
        seen = f"{self.looks} looks, {self.pages} pages anew"
        parts = f"{self.dashboard:.1%} dashboard, {self.worker:.1%} worker"
        return f"{self.browsers} browsers, {self.seconds:.0f} s: {seen}, {self.whole:.1%} of a core ({parts})"


def company(folder: Path, *, syncing: bool) -> str:
    """A database with one company in it, as of now; gives its URL."""
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    setup.prepare(database)
    now = datetime.now(UTC)
    found = seed.busy(database, now=now)
    with database.writing() as connection:
        connection.execute(update(Connection).values(sample=None))
        if syncing:
            connection.execute(update(Worker).values(beat_at=_FOR_EVER))
            cycle = cycles.start(connection, found.session.company_id, now, trigger=Trigger.MANUAL, by="Ada", fence=2)
            cycles.progress(connection, cycle, now, phase="Sending to QuickBooks", done=30, total=120, sent=30)
        else:
            connection.execute(delete(Worker))
    database.close()
    return database.url


@contextmanager
def running(own: dict[str, str], *arguments: str) -> Iterator[int]:
    """A Python process of the project; gives its id."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env={**os.environ, **own}, **quiet) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def spent(pid: int) -> float:
    """The processor time that a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tab(threading.Thread):
    """One open tab: asks for the page once, then for each of its panels at their rhythm, until it is told to end."""

    def __init__(self, stream: str, page: str, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._page = page
        self._ended = ended
        #: When each panel is due, and how often.
        self._panels: dict[str, tuple[float, float]] = {}
        self.drawn = threading.Event()
        self.looks = 0
        #: How often the whole page was drawn, and when last.
        self.pages, self.moved = 0, 0.0

    @property
    def panels(self) -> int:
        """How many panels the page has."""
        return len(self._panels)

    def run(self) -> None:
        """Talk until the end."""
        with connect(self._stream, subprotocols=["streamlit"], max_size=None, proxy=None) as socket:  # type: ignore[list-item]
            self._ask(socket, "")
            while not self._ended.is_set():
                self._listen(socket)
                now = time.monotonic()
                for panel, (due, every) in list(self._panels.items()):
                    if now >= due:
                        self._panels[panel] = (now + every, every)
                        self._ask(socket, panel)
                        self.looks += 1

    def _listen(self, socket: ClientConnection) -> None:
        try:
            said = ForwardMsg.FromString(socket.recv(timeout=0.1, decode=False))
        except TimeoutError:
            return
        kind = said.WhichOneof("type")
        if kind == "new_session" and not said.metadata.run.fragment_ids:
            self.pages, self.moved = self.pages + 1, time.monotonic()
        if kind == "auto_rerun":
            self._begin(said.auto_rerun.fragment_id, said.auto_rerun.interval)
        if kind == "stop_auto_rerun":
            for panel in said.stop_auto_rerun.fragment_ids:
                self._panels.pop(panel, None)
        if kind == "script_finished":
            self.drawn.set()

    def _begin(self, panel: str, every: float) -> None:
        if panel not in self._panels or self._panels[panel][1] != every:
            self._panels[panel] = (time.monotonic() + every, every)

    def _ask(self, socket: ClientConnection, panel: str) -> None:
        wish = BackMsg()
        wish.rerun_script.page_name = self._page
        wish.rerun_script.fragment_id = panel
        wish.rerun_script.is_auto_rerun = bool(panel)
        socket.send(wish.SerializeToString())


def opened(stream: str, page: str, browsers: int, ended: threading.Event) -> list[Tab]:
    """So many tabs, one after the other, each with its page drawn."""
    tabs = [Tab(stream, page, ended) for _ in range(browsers)]
    for tab in tabs:
        tab.start()
        if not tab.drawn.wait(PATIENCE):
            raise SystemExit("a page was not drawn within two minutes")
    until = time.monotonic() + PATIENCE
    while time.monotonic() - max(tab.moved for tab in tabs) < SETTLING:
        if time.monotonic() > until:
            raise SystemExit("the pages do not come to rest")
        time.sleep(0.2)
    return tabs


def counted(tabs: list[Tab]) -> tuple[int, int]:
    """Looks and pages of all tabs so far."""
    return sum(tab.looks for tab in tabs), sum(tab.pages for tab in tabs)


def measure(browsers: int, seconds: float, *, page: str = "", syncing: bool = False) -> Cost:
    """Open the browsers, let them come to rest, and measure. Raises SystemExit where a page has no panel, or is not drawn."""
    ended = threading.Event()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        url = company(Path(name), syncing=syncing)
        own = {"TIEOUT_DATA": name, "TIEOUT_DATABASE_URL": url}
        worker = None if syncing else stack.enter_context(running(own, "syncengine", "worker"))
        dashboard = stack.enter_context(served(url, Path(name)))
        tabs = opened(dashboard.stream, page, browsers, ended)
        before = [spent(pid) if pid else 0.0 for pid in (dashboard.pid, worker)]
        begun, looks, pages = time.monotonic(), *counted(tabs)
        time.sleep(seconds)
        lasted = time.monotonic() - begun
        shares = [((spent(pid) if pid else 0.0) - was) / lasted for pid, was in zip((dashboard.pid, worker), before, strict=True)]
        more_looks, more_pages = counted(tabs)
        if not all(tab.panels for tab in tabs):
            raise SystemExit("a page has no panel that keeps itself up to date")
        ended.set()
        for tab in tabs:
            tab.join(5)
    return Cost(browsers, lasted, more_looks - looks, more_pages - pages, *shares)


def main() -> int:
    """Measure once; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browsers")
    parser.add_argument("browsers", nargs="?", type=int, default=10)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("--page", default="", help="such as errors; empty for the Sync page")
    parser.add_argument("--syncing", action="store_true")
    chosen = parser.parse_args()
    found = measure(chosen.browsers, chosen.seconds, page=chosen.page, syncing=chosen.syncing)
    print(found)
    return int(found.whole > BOUND * max(1.0, chosen.browsers / 10))


if __name__ == "__main__":
    sys.exit(main())
