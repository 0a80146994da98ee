"""The processes of a run compile no test twice."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.support import compiled


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A test that nobody has compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "inside" / "test_one.py"
    file.parent.mkdir()
    file.write_text("def test_nothing(): pass\n")
    return file


def test_a_test_is_missing_until_pytest_has_compiled_it(file: Path, tmp_path: Path):
    assert compiled.missing(tmp_path)
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run([sys.executable, "-m", "pytest", "--collect-only", str(file)], cwd=tmp_path, env=own, check=True, capture_output=True)
    assert not compiled.missing(tmp_path)


def test_who_comes_meanwhile_begins_when_all_is_compiled_and_holds_nobody_up_then(file: Path, tmp_path: Path):
    begun: list[str] = []
    is_in = Event()

    def other() -> None:
        with compiled.once(tmp_path, file):
            begun.append("other")
            is_in.set()

    with ThreadPoolExecutor() as threads:
        with compiled.once(tmp_path, file):
            waits = threads.submit(other)
            assert not is_in.wait(0.2)
            compiled.kept(file).parent.mkdir()
            compiled.kept(file).touch()
            begun.append("first")
        waits.result(timeout=30)
        with compiled.once(tmp_path, file):
            threads.submit(other).result(timeout=30)
    assert begun == ["first", "other", "other"]
