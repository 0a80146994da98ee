"""What docs/emulator.md says about other clients: its snippets run, and its table tells the truth."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.source import ROOT
from tests.thirdparty import environments, verdict
from tests.thirdparty.emulated import Server

SECTION = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8").partition("## Other clients")[2].partition("\n## ")[0]
#: Client -> its driver and its environment.
DRIVERS = {
    "python-quickbooks": ("drive_python_quickbooks.py", "python"),
    "node-quickbooks": ("drive_node_quickbooks.js", "node"),
    "quickbooks-node-promise": ("drive_node_promise.js", "node"),
    "intuit-oauth (Node)": ("drive_intuit_oauth.js", "node"),
    "qbosdk": ("drive_qbosdk.py", "python"),
}


def snippet(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    return found


def output(line: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(line, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_snippet_for_python_quickbooks_runs(server: Server, python: Path):
    text = snippet("python").replace("http://127.0.0.1:8950", server.url)
    assert output([str(python / "bin" / "python"), "-c", text], {}) == "['Ada']"


def test_the_snippet_for_node_quickbooks_runs(server: Server, node: Path):
    text = snippet("js").replace("http://127.0.0.1:8950", server.url)
    assert output(["node", "-e", text], {"NODE_PATH": str(node / "node_modules")}) == "[ 'Bo' ]"


def rows() -> dict[str, list[str]]:
    found = re.findall(r"^\| ([^|]+) \| ([\d.]+) \| (\d+) \|", SECTION, re.MULTILINE)
    return {name: [version, count] for name, version, count in found}


def version(client: str) -> str:
    listed = json.loads((environments.NODE.source / "package.json").read_text())["dependencies"]
    listed |= dict(re.findall(r"^([\w-]+)==([\d.]+)", (environments.PYTHON.source / "requirements.in").read_text(), re.MULTILINE))
    return str(listed[client.partition(" ")[0]])


def test_the_table_names_every_client_in_its_version():
    assert {name: row[0] for name, row in rows().items()} == {name: version(name) for name in DRIVERS}


@pytest.mark.parametrize("client", DRIVERS)
def test_the_table_counts_what_a_client_offers(client, server, request):
    driver, environment = DRIVERS[client]
    report = verdict.run(driver, request.getfixturevalue(environment), server)
    assert rows()[client][1] == str(len(report.offered))
