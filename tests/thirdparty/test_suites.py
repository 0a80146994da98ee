"""The suites that clients bring along, unmodified: they know only Intuit's hosts, and these lead to the emulator here.

python-quickbooks 0.9.3 is the last whose package holds its tests. They run with that version, and those against a sandbox
company also with the newest one. node-quickbooks brings four files of tests; what its author had around them is given to them.
"""

from __future__ import annotations

import json
import os
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
CANNOT_PASS = {
    # It hands the client a moment, and the client's date-fns takes nothing but a Date: the callback is never called.
    "Change Data Capture should create an Attachable and capture the change": "Timeout",
    # The client has had no payments for years.
    "Charge Api should create a Charge, get a charge, capture, and refund": "cardToken is not a function",
}


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
    running = Server(tmp_path_factory.mktemp("sandbox") / "log", quotas=False, currency_required="taken")
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
    assert result.failed == {}
    assert len(result.passed) >= least


def mocha(home: Path, folder: Path, file: Path, company: Company) -> Result:
    """Run one file of node-quickbooks' tests."""
    modules = home / "node_modules"
    line = [
        "node", str(modules / "mocha" / "bin" / "mocha.js"), "--exit", "--reporter", "json", "--reporter-option", "output=result.json",
        "--require", str(CLIENTS / "node_quickbooks_sandbox.js"), str(file),
    ]  # fmt: skip
    environment = {"NODE_PATH": str(modules), "CREDENTIALS": json.dumps(company.plan()), "PATH": os.environ["PATH"]}
    subprocess.run(line, cwd=folder, env=environment, capture_output=True, timeout=110, check=False)
    said = json.loads((folder / "result.json").read_text())
    failed = {each["fullTitle"]: each["err"].get("message", "") for each in said["failures"]}
    return Result({each["fullTitle"] for each in said["passes"]}, failed)


@pytest.fixture(scope="module")
def node_result(server: Server, node: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """All files of node-quickbooks' tests, each with a company of its own, at the same time."""
    files = sorted((node / "node_modules" / "node-quickbooks" / "test").glob("*.js"))
    with ThreadPoolExecutor() as threads:
        started = [threads.submit(mocha, node, tmp_path_factory.mktemp(file.stem), file, server.company()) for file in files]
        ended = [each.result() for each in started]
    return Result(set().union(*(each.passed for each in ended)), {name: said for each in ended for name, said in each.failed.items()})


def test_the_tests_of_node_quickbooks_pass(node_result):
    assert {test: said for test, said in node_result.failed.items() if test not in CANNOT_PASS} == {}
    assert len(node_result.passed) >= 69


def test_what_cannot_pass_is_still_true(node_result):
    found = {test: node_result.failed.get(test, "it passed") for test in CANNOT_PASS}
    assert [f"{test}: {said}" for test, said in found.items() if CANNOT_PASS[test] not in said] == []
