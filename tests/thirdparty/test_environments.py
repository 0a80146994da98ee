"""The clients' environments: made once, by one run at a time, from lists that name every file; a reason where that cannot be."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import conftest
from tests.thirdparty import environments
from tests.thirdparty.environments import Environment, UnavailableError


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that makes an environment with a list of its own, which writes down when it is installed."""
    monkeypatch.setattr(environments, "HERE", tmp_path)
    monkeypatch.setattr(environments, "CACHE", tmp_path / "cache")
    (tmp_path / "toy").mkdir()

    def made(content: str = "a==1", install=None) -> Environment:
        (tmp_path / "toy" / "list").write_text(content)

        def note(_environment: Environment, home: Path) -> None:
            (home / "half").touch()
            if install:
                install()
            with (tmp_path / "installed").open("a") as notes:
                notes.write(f"{content}\n")

        return Environment("toy", ("list",), "python", note)

    return made


def installed(folder: Path) -> list[str]:
    return (folder / "installed").read_text().splitlines()


def test_an_environment_is_installed_once_and_again_for_another_list(make, tmp_path):
    said: list[str] = []
    first = make().ready(said.append)
    assert make().ready(said.append) == first
    assert make("a==2").ready(said.append) != first
    assert installed(tmp_path) == ["a==1", "a==2"]
    assert [line.partition(" into ")[0] for line in said] == ["installing toy", "installing toy"]


def test_two_runs_at_once_install_it_once(make, tmp_path):
    environment = make(install=lambda: time.sleep(0.2))
    with ThreadPoolExecutor() as threads:
        homes = [each.result() for each in [threads.submit(environment.ready, print) for _ in range(4)]]
    assert len(set(homes)) == 1
    assert installed(tmp_path) == ["a==1"]


def test_what_was_left_half_made_is_made_anew(make, tmp_path):
    def fail() -> None:
        raise UnavailableError("no way to the registry")

    with pytest.raises(UnavailableError, match="no way"):
        make(install=fail).ready(print)
    home = make().ready(print)
    assert sorted(each.name for each in home.iterdir()) == ["complete", "half"]


def test_a_missing_tool_and_a_refusing_one_are_told_by_a_sentence(tmp_path):
    with pytest.raises(UnavailableError, match="no-such-tool is not installed here"):
        environments._run(["no-such-tool"], tmp_path)
    with pytest.raises(UnavailableError, match=r"could not install the clients: .*No matching"):
        environments._run(["sh", "-c", "echo 'ERROR: No matching distribution' >&2; exit 1"], tmp_path)


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_an_environment_tests_skip_and_in_ci_they_fail(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no way to the registry"):
        conftest.missing("no way to the registry")


@pytest.mark.parametrize("environment", [environments.PYTHON, environments.PYTHON_EARLIER], ids=lambda each: each.name)
def test_every_python_package_is_pinned_by_version_and_hash(environment):
    text = (environment.source / "requirements.txt").read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split("\n")[0] for entry in entries if not re.match(r"[\w.-]+==\S+.*(\\\n\s+--hash=sha256:[0-9a-f]{64}.*)+$", entry, re.DOTALL)] == []
    asked = set((environment.source / "requirements.in").read_text().split())
    assert asked <= {re.match(r"\S+", entry)[0] for entry in entries}
    assert "//" not in text


def test_every_node_package_is_pinned_by_version_and_hash():
    lock = json.loads((environments.NODE.source / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert [name for name, each in packages.items() if not each.get("integrity") or "resolved" in each] == []
    asked = json.loads((environments.NODE.source / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version
