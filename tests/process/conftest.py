"""Real processes on a data folder of the test's own, and a look at everything that is left of them."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import setup
from syncengine.worker import identity
from tests.support.source import ROOT

#: Longer than anything here takes on a busy machine; a test that needs it has failed.
PATIENCE = 40.0


def eventually(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until `condition` gives something true, and give it back."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, f"still waiting after {seconds} s: {what}"
        time.sleep(0.03)


@cache
def _row(names: tuple[str, ...]) -> Any:
    """A kind of row with these columns."""
    return namedtuple("_Row", names, rename=True)  # noqa: PYI024 -- its columns are known only when it is asked


class Installation:
    """One installation: its environment, its processes, its database.

    Attributes:
        data: the data folder.
        environment: what every process here is started with.
    """

    def __init__(self, data: Path, template: Path) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
        self.environment = {**kept, "TIEOUT_DATA": str(data), "TIEOUT_SAMPLE_DAY": "0"}
        self._template = template
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.data / "tieout.db"

    def run(self, *arguments: str, seconds: float = PATIENCE, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "syncengine", *arguments], cwd=ROOT, env={**self.environment, **environment}, capture_output=True,
            text=True, timeout=seconds, check=False)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """One command that goes on; what it says is in `said`."""
        with self._log(arguments[0]).open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "syncengine", *arguments], cwd=ROOT, env={**self.environment, **environment},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._started.append(child)
        return child

    def said(self, command: str) -> str:
        """Everything that processes of this command have said."""
        log = self._log(command)
        return log.read_text(errors="replace") if log.exists() else ""

    def add_company(self, name: str = "Harbour") -> None:
        """Put a prepared database there, and add a company on the emulator."""
        self.data.mkdir(exist_ok=True)
        if not self.file.exists():
            shutil.copyfile(self._template, self.file)
        database = Database(f"sqlite:///{self.file}")
        try:
            setup.add_company(database, SystemClock(), name, sample="empty")
        finally:
            database.close()

    def _log(self, command: str) -> Path:
        return self.data.parent / f"{command}.log"

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows of the database; none while it is not there yet."""
        if not self.file.exists():
            return []
        # Asked many times a second while a test waits: without SQLAlchemy, whose engine takes longer to make than this to answer.
        with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as connection:
            try:
                found = connection.execute(statement, values)
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise
            return list(map(_row(tuple(name for name, *_ in found.description))._make, found))

    def write(self, statement: str, **values: Any) -> None:
        """Change the database, as any program may."""
        database = Database(f"sqlite:///{self.file}")
        try:
            with database.writing() as connection:
                connection.execute(text(statement), values)
        finally:
            database.close()

    def processes(self) -> dict[int, str]:
        """Every living process that works on this data folder, with its command line."""
        mark = f"TIEOUT_DATA={self.data}".encode()
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    marked = mark in (entry / "environ").read_bytes().split(b"\0")
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                if marked and line and identity.started(int(entry.name)) is not None:
                    found[int(entry.name)] = line
        return found

    def of(self, command: str) -> list[int]:
        """The processes of one command."""
        return [pid for pid, line in self.processes().items() if f"syncengine {command}" in line]

    def end(self) -> None:
        """End whatever is left, and wait for our own."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for child in self._started:
            child.wait(PATIENCE)


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> Iterator[Installation]:
    """An installation on an empty data folder; nothing of it outlives the test."""
    made = Installation(tmp_path / "data", sqlite_template)
    try:
        yield made
    finally:
        made.end()
        # Shown by pytest where the test has failed.
        for log in sorted([*tmp_path.glob("*.log"), *made.data.glob("*.log")]):
            sys.stdout.write(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}\n")
