"""The page `docs/mission.md`: each statement with the tests that hold it and the pages that show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.mission.statements import PARTS, Statement

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "mission"
_FACES = ("commands", "queries")
#: Tests, each with the file that holds it.
Held = list[tuple[Path, ast.FunctionDef]]

_HEAD = """# The mission

Made by `make docs` from `tests/mission/statements.py`, the tests beside it and the pages of the dashboard; a test compares them.

What the Sync menu promises, statement by statement (S), and what stands beside it (A): what is checked, the tests that check it
through public commands and queries against the emulator, what they call, and the page that shows it.
"""


def tests() -> dict[str, Held]:
    """The tests of each statement: `test_s19_a_removed_line_is_not_sent` is one of `S19`."""
    found: dict[str, Held] = {}
    for path in sorted(TESTS.glob("test_*.py")):
        for test in ast.parse(path.read_text(encoding="utf-8")).body:
            named = re.match(r"test_([sa]\d+)_", test.name) if isinstance(test, ast.FunctionDef) else None
            if named and isinstance(test, ast.FunctionDef):
                found.setdefault(named[1].upper(), []).append((path, test))
    return found


def page() -> str:
    """The whole page."""
    held = tests()
    return _HEAD + "".join(_part(title, statements, held) for title, statements in PARTS.items())


def _part(title: str, statements: Mapping[str, Statement], held: Mapping[str, Held]) -> str:
    cells = [(key, each.says, _tests(each, held.get(key, [])), _pages(each)) for key, each in statements.items()]
    rows = "".join(f"| {' | '.join(row)} |\n" for row in cells)
    return f"\n## {title}\n\n| | what is checked | by | page |\n| --- | --- | --- | --- |\n{rows}"


def _tests(statement: Statement, held: Held) -> str:
    said = [f"*Not applicable.* {statement.untested}"] if statement.untested else []
    said += [f"[{_sentence(test)}](../{path.relative_to(ROOT).as_posix()})" for path, test in held]
    called = sorted({name for _, test in held for name in _called(test)})
    return "; ".join(said) + (" (" + ", ".join(f"`{name}`" for name in called) + ")" if called else "")


def _sentence(test: ast.FunctionDef) -> str:
    return test.name.split("_", 2)[2].replace("_", " ")


def _called(test: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _FACES:
            yield f"{node.value.id}.{node.attr}"


def _pages(statement: Statement) -> str:
    return ", ".join(f"[{name}](../pages/{name}.py)" for name in statement.pages)
