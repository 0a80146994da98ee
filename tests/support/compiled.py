"""Who compiles the tests: one process of a run, and none where they are compiled already."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.support.alone import alone


def kept(file: Path) -> Path:
    """Where pytest keeps what it has compiled of a test's file."""
    return Path(f"{cache_from_source(str(file)).removesuffix('.pyc')}-pytest-{pytest.__version__}.pyc")


def missing(folder: Path) -> bool:
    """Whether pytest has yet to compile a test below this folder."""
    return not all(kept(file).exists() for file in folder.rglob("test_*.py"))


@contextmanager
def once(folder: Path, lock: Path) -> Iterator[None]:
    """Import the tests below `folder`, and so what they test, within; who comes while another compiles them begins when it is through.

    All processes of a run begin with it at the same moment, and would each compile everything.
    """
    with ExitStack() as turn:
        if not sys.dont_write_bytecode and missing(folder):
            turn.enter_context(alone(lock))
            if not missing(folder):
                turn.close()
        yield
