"""Every statement has a test that is named by it, or a written reason; and the tests go through the public doors only."""

from __future__ import annotations

import ast

import pytest

from tests.mission.statements import STATEMENTS
from tests.support.source import ROOT
from tools import mission

#: The doors: commands, queries, the inventory, and what they raise.
DOORS = {"syncengine", "syncengine.commands", "syncengine.queries", "syncengine.errors", "syncengine.inventory"}
#: What may be taken from the package itself.
FACES = {"commands", "queries", "inventory"}


def test_the_statements_are_counted_without_a_gap():
    assert list(STATEMENTS) == [*(f"S{n}" for n in range(1, 46)), *(f"A{n}" for n in range(1, 22))]


@pytest.mark.parametrize("key", STATEMENTS)
def test_a_statement_has_a_test_or_a_reason_why_not(key):
    statement, tests = STATEMENTS[key], mission.tests().get(key, [])
    assert bool(tests) + bool(statement.untested) == 1, [test.name for _, test in tests]


def test_each_test_of_the_mission_names_a_statement():
    named = {test.name for tests in mission.tests().values() for _, test in tests}
    for path in mission.TESTS.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert node.name in named, f"{path.name}: {node.name} names no statement"
    assert set(mission.tests()) <= set(STATEMENTS)


@pytest.mark.parametrize("key", STATEMENTS)
def test_the_pages_of_a_statement_are_there(key):
    for name in STATEMENTS[key].pages:
        assert (ROOT / "pages" / f"{name}.py").exists()


@pytest.mark.parametrize("path", sorted(mission.TESTS.glob("test_*.py")), ids=lambda path: path.stem)
def test_the_tests_go_through_public_doors_only(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "syncengine":
            assert node.module in DOORS, f"{path.name} imports {node.module}"
            assert node.module != "syncengine" or {each.name for each in node.names} <= FACES
        if isinstance(node, ast.Import):
            assert not [each.name for each in node.names if each.name.startswith("syncengine")]
