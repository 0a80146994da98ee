"""The drawing of the floors holds: the import contracts of pyproject.toml, run so that pytest alone shows a break."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration
from importlinter.application import use_cases

from tests.support.source import PACKAGE, ROOT

#: Reading the imports of the whole package is the slow part, so it is done once for all contracts.
PYPROJECT = str(ROOT / "pyproject.toml")
NAMES = [contract["name"] for contract in read_configuration(PYPROJECT)["contracts_options"]]


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> dict[str, str]:
    """The name of each broken contract with what import-linter says about it."""
    from importlinter.application.output import console

    options = use_cases.read_user_options(config_filename=PYPROJECT)
    use_cases._register_contract_types(options)
    report = use_cases.create_report(options, cache_dir=None)
    assert not report.invalid_contract_options, report.invalid_contract_options
    findings = {}
    for contract, check in report.get_contracts_and_checks():
        if not check.kept:
            with console.capture() as said:
                contract.render_broken_contract(check)
            findings[contract.name] = said.get()
    return findings


@pytest.mark.parametrize("name", NAMES)
def test_the_contract_is_kept(broken, name):
    assert name not in broken, broken[name]


def test_the_contracts_that_the_design_names_are_all_there():
    types = {contract["type"] for contract in read_configuration(PYPROJECT)["contracts_options"]}
    assert {"layers", "forbidden", "acyclic_siblings"} <= types
    assert "no family has a circle" in NAMES


def loaded_by(module: str) -> set[str]:
    """The top-level packages in memory after a fresh process has imported `module`."""
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def modules_of(family: str) -> list[str]:
    files = sorted((PACKAGE / family).rglob("*.py"))
    names = [".".join(Path(file).relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def test_a_worker_holds_neither_pandas_nor_streamlit_in_memory():
    """The import contract sees imports of ours only; this sees what a library drags in, too."""
    heavy = {"pandas", "streamlit", "pyarrow"}
    everything = ", ".join(["syncengine", *modules_of("engine"), *modules_of("worker")])
    assert not heavy & loaded_by(everything)


def test_importing_the_package_loads_nothing_heavy():
    assert not {"pandas", "streamlit", "sqlalchemy", "numpy"} & loaded_by("syncengine")


def test_a_notebook_loads_no_streamlit():
    assert "streamlit" not in loaded_by(", ".join(["syncengine", *modules_of("queries"), *modules_of("commands")]))
