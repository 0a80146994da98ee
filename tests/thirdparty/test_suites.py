"""The suites that clients bring along, unmodified: they know only Intuit's hosts, and these lead to the emulator here.

python-quickbooks 0.9.3 is the last whose package holds its tests. They run with that version, and those against a sandbox
company also with the newest one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.thirdparty.emulated import Company, Server
from tests.thirdparty.verdict import CLIENTS

#: What cannot pass, and why; a test that starts to pass has to leave this table.
CANNOT_PASS: dict[str, str] = {}


class Result(NamedTuple):
    """How a suite ended.

    Attributes:
        passed: the tests that passed, `test_file.py::Class::test`.
        failed: those that did not, with what they said.
    """

    passed: set[str]
    failed: dict[str, str]


def unpacked(earlier: Path, folder: Path) -> Path:
    """A copy of the suite as its package installed it."""
    (installed,) = earlier.glob("lib/*/site-packages/tests")
    shutil.copytree(installed, folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def suite(home: Path, folder: Path, company: Company, *which: str) -> Result:
    """Run pytest in a client's environment on its own tests."""
    credentials = {
        "CLIENT_ID": company.client_id, "CLIENT_SECRET": company.client_secret, "COMPANY_ID": company.realm,
        "REFRESH_TOKEN": company.refresh_token, "EMULATOR_URL": company.server.url,
    }  # fmt: skip
    line = [str(home / "bin" / "python"), "-m", "pytest", "-q", "-rA", "--tb=line", "-p", "redirect", "-p", "no:cacheprovider", *which]
    environment = {**credentials, "PYTHONPATH": f"{CLIENTS}:{folder}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    found = re.findall(r"^(PASSED|FAILED|ERROR) tests/\w+/(\S+)(?: - (.*))?$", done.stdout, re.MULTILINE)
    return Result({name for word, name, _ in found if word == "PASSED"}, {name: said for word, name, said in found if word != "PASSED"})


def as_its_author_had_it(server: Server) -> Company:
    """The sandbox company with what the suite takes for granted: several currencies, the first one Canada's."""
    company = server.company()
    company.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    company.add("CompanyCurrency", Code="CAD")
    return company


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An emulator of the suite's own: its forms name no currency, though its company has several, and are taken there."""
    running = Server(tmp_path_factory.mktemp("sandbox") / "log")
    running.control("switches", {"quotas": False, "currency_required": "taken"})
    yield running
    running.end()


@pytest.fixture(scope="module")
def results(sandbox: Server, python: Path, python_earlier: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """All its tests with the version that they belong to, and those against a company with the newest one; at the same time."""
    runs = {"earlier": (python_earlier, "tests"), "newest": (python, "tests/integration")}
    with ThreadPoolExecutor() as threads:
        started = {
            name: threads.submit(
                suite, home, unpacked(python_earlier, tmp_path_factory.mktemp(name)), as_its_author_had_it(sandbox), which)
            for name, (home, which) in runs.items()
        }
        return {name: each.result() for name, each in started.items()}


@pytest.mark.parametrize(("version", "least"), [("earlier", 280), ("newest", 56)])
def test_the_suite_of_python_quickbooks_passes(results, version, least):
    result = results[version]
    assert {test: said for test, said in result.failed.items() if test not in CANNOT_PASS} == {}
    assert len(result.passed) + len(result.failed) >= least


def test_what_cannot_pass_is_still_true(results):
    for result in results.values():
        assert [test for test in CANNOT_PASS if test in result.passed] == []
    assert [test for test in CANNOT_PASS if test not in results["earlier"].failed] == []
