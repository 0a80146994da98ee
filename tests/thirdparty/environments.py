"""The clients' environments: each installed once for a checkout, by pip or npm, from a list that names every file by its hash.

They lie in `.venv/thirdparty`, so that `make clean` removes them, under names made from their lists: who changes a list gets
a new one. Nothing of them is ever on the path of the product or of the tests themselves.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.alone import alone
from tests.support.source import ROOT

HERE = Path(__file__).parent
CACHE = ROOT / ".venv" / "thirdparty"
#: Longer than any of them takes on a slow line, in seconds.
PATIENCE = 240
#: How pip is asked: every file by its hash, and nothing compiled that may never be imported.
_INSTALL = ("install", "--disable-pip-version-check", "--quiet", "--retries", "1", "--no-compile", "--require-hashes")


class UnavailableError(Exception):
    """An environment that cannot be made here: a tool is missing, or the registry is out of reach."""


@dataclass(frozen=True)
class Environment:
    """One environment.

    Attributes:
        name: the folder beside this file that holds its lists.
        lists: the files that say what is in it.
        tool: what installs it and runs in it.
        install: fills the environment's folder.
    """

    name: str
    lists: tuple[str, ...]
    tool: str
    install: Callable[[Environment, Path], None]

    @property
    def source(self) -> Path:
        """The folder of its lists."""
        return HERE / self.name

    @property
    def home(self) -> Path:
        """Where it lies, whether it is there yet or not."""
        content = b"".join((self.source / name).read_bytes() for name in self.lists)
        version = "{}.{}".format(*sys.version_info)
        return CACHE / f"{self.name}-{hashlib.sha256(content + version.encode()).hexdigest()[:12]}"

    def ready(self, say: Callable[[str], None]) -> Path:
        """Its folder, installed if it is not there yet; `say` is told before that takes its time.

        Raises:
            UnavailableError: it is not there and cannot be installed.
        """
        stamp = self.home / "complete"
        with _alone(self.name):
            if not stamp.exists():
                say(f"installing {self.name} into {os.path.relpath(self.home, ROOT)} (once)")
                shutil.rmtree(self.home, ignore_errors=True)
                self.home.mkdir(parents=True)
                self.install(self, self.home)
                stamp.touch()
        return self.home


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one test run at a time installs an environment; the others wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = CACHE / f"{name}.lock"
    lock.touch()
    with alone(lock):
        yield


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except FileNotFoundError:
        raise UnavailableError(f"{command[0]} is not installed here") from None
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{command[0]} did not come to an end within {PATIENCE} s") from None
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        told = [line for line in said if "error" in line.lower()] or said
        raise UnavailableError(f"{Path(command[0]).name} could not install the clients: {' | '.join(told[-2:])}")


def _with_pip(environment: Environment, home: Path) -> None:
    """From wheels alone, by the tests' own pip: putting one into the new environment takes as long as installing the clients."""
    _run([sys.executable, "-m", "venv", "--without-pip", str(home)], home)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python")]
    _run([*pip, *_INSTALL, "--only-binary", ":all:", "-r", str(environment.source / "requirements.txt")], home)


def _with_its_own_pip(environment: Environment, home: Path) -> None:
    """For what has to be built, which wants the setuptools that come with a pip: fetching them takes longer."""
    _run([sys.executable, "-m", "venv", str(home)], home)
    _run([str(home / "bin" / "python"), "-m", "pip", *_INSTALL, "-r", str(environment.source / "requirements.txt")], home)


def _with_npm(environment: Environment, home: Path) -> None:
    for name in environment.lists:
        shutil.copyfile(environment.source / name, home / name)
    # Nothing of a package runs while it is installed.
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"], home)


def ready(say: Callable[[str], None]) -> dict[str, Path | UnavailableError]:
    """Every environment's folder, or why it cannot be had; what is missing is installed at the same time."""
    with ThreadPoolExecutor() as threads:
        started = {each.name: threads.submit(each.ready, say) for each in (PYTHON, PYTHON_EARLIER, NODE)}
        return {name: _outcome(each) for name, each in started.items()}


def _outcome(started: Future[Path]) -> Path | UnavailableError:
    try:
        return started.result()
    except UnavailableError as trouble:
        return trouble


#: python-quickbooks and qbosdk, newest versions.
PYTHON = Environment("python", ("requirements.txt",), "python", _with_pip)
#: The last python-quickbooks whose package brings its tests along.
PYTHON_EARLIER = Environment("python_earlier", ("requirements.txt",), "python", _with_its_own_pip)
#: node-quickbooks, intuit-oauth and what their tests need.
NODE = Environment("node", ("package.json", "package-lock.json"), "node", _with_npm)
