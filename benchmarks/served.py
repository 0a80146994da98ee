"""A dashboard that is really served, and visitors who speak to it as a browser does: what a page costs the server.

The server is the one that `python -m syncengine dashboard` starts, without a worker, and with a stop-watch on each run of a
script (`benchmarks.clocked`). A visit is a session of its own: what it keeps of an earlier one is what the server keeps.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

_ROOT = Path(__file__).parents[1]
#: A cold start on a busy machine; and how long any page may take before it is taken for stuck.
START_SECONDS, VISIT_SECONDS = 60, 120


@dataclass(frozen=True)
class Run:
    """One run of a page's script.

    Attributes:
        cpu, wall: milliseconds of the processor, in the script's own thread, and of the clock.
        sent: bytes that went to the browser.
        trouble: what went wrong in the page, or an empty text.
        texts: what the page said in plain texts and headings.
    """

    cpu: float
    wall: float
    sent: int
    trouble: str = ""
    texts: tuple[str, ...] = field(default=(), repr=False)


class Dashboard:
    """A served dashboard."""

    def __init__(self, port: int, pid: int, log: Path) -> None:
        self._port = port
        #: The server's process.
        self.pid = pid
        self._log = log

    @property
    def stream(self) -> str:
        """Where browsers speak with it."""
        return f"ws://127.0.0.1:{self._port}/_stcore/stream"

    def visit(self, page: str, **query: str) -> Run:
        """Open a page at an address, as somebody who comes for the first time."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = urlencode(query)
        asked.rerun_script.context_info.url = f"http://127.0.0.1:{self._port}/{page}"
        begun, sent, trouble, texts = self._log.stat().st_size, 0, "", []
        with connect(self.stream, subprotocols=["streamlit"], max_size=None, proxy=None, compression=None) as browser:  # type: ignore[list-item]
            browser.send(asked.SerializeToString())
            while True:
                heard = browser.recv(timeout=VISIT_SECONDS)
                said = ForwardMsg.FromString(heard if isinstance(heard, bytes) else heard.encode())
                sent += len(heard)
                element = said.delta.new_element
                if element.WhichOneof("type") == "exception":
                    trouble = f"{element.exception.type}: {element.exception.message}"
                elif element.WhichOneof("type") in {"heading", "markdown"}:
                    texts.append(element.heading.body or element.markdown.body)
                if said.WhichOneof("type") == "page_not_found":
                    trouble = f"there is no page {page}"
                if said.WhichOneof("type") == "script_finished" and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    break
        took = self._noted(begun)
        return Run(took["cpu"], took["wall"], sent, trouble, tuple(texts))

    def megabytes(self) -> tuple[int, int]:
        """What the server's process holds of memory now, and the most that it ever held."""
        found = dict(line.split(":", 1) for line in Path(f"/proc/{self.pid}/status").read_text().splitlines())
        return (int(found["VmRSS"].split()[0]) // 1024, int(found["VmHWM"].split()[0]) // 1024)

    def seconds(self) -> float:
        """Processor time of the server's process so far, of all its threads."""
        spent = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")

    def _noted(self, begun: int) -> dict[str, float]:
        """The line about the run that has just ended; it is written a moment after the browser has heard of the end."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with self._log.open() as lines:
                lines.seek(begun)
                if (line := lines.readline()).endswith("\n"):
                    noted: dict[str, float] = json.loads(line)
                    return noted
            time.sleep(0.002)
        raise TimeoutError("the server has noted down no run")


@contextmanager
def served(database_url: str, folder: Path) -> Iterator[Dashboard]:
    """A dashboard over a database, in a process of its own; `folder` is for what it writes."""
    port, log = _free_port(), folder / "runs.jsonl"
    log.touch()
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    own |= {"TIEOUT_DATABASE_URL": database_url, "TIEOUT_DATA": str(folder), "TIEOUT_BUNDLED": "0"}
    command = [sys.executable, "-m", "benchmarks.clocked", str(log), "run", "dashboard.py", *options]
    with (folder / "server.log").open("wb") as out, subprocess.Popen(command, cwd=_ROOT, env=own, stdout=out, stderr=out) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, folder / "server.log")
            yield Dashboard(port, server.pid, log)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    opened, until = build_opener(ProxyHandler({})), time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            opened.open(url, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text())


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
