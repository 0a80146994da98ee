"""Reading the project's own source: which files there are, and which full names each one uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: The folder that holds pyproject.toml.
ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "syncengine"
VERSIONS = PACKAGE / "db" / "migrations" / "versions"


@dataclass(frozen=True)
class Use:
    """One place where a name is used.

    Attributes:
        file: path from the project's root.
        line: counted from 1.
        name: the full dotted name, imports resolved: `datetime.datetime.now` however it was imported.
        called: whether the name itself is called there.
    """

    file: str
    line: int
    name: str
    called: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} uses {self.name}"


def package_files() -> list[Path]:
    """Every module of the package but the generated versions of the database."""
    return sorted(path for path in PACKAGE.rglob("*.py") if VERSIONS not in path.parents)


def face_files() -> list[Path]:
    """The dashboard's frame and its pages."""
    frame = ROOT / "dashboard.py"
    return [path for path in [frame, *sorted((ROOT / "pages").glob("*.py"))] if path.exists()]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def relative(path: Path) -> str:
    """The path from the project's root, as it is written in a message."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str, str]]:
    """Each import as (line, full name, name by which the file knows it), those inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import a.b` makes `a` known; `import a.b as c` makes a.b known as c.
                yield node.lineno, alias.name, alias.asname or alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}", alias.asname or alias.name


def uses(path: Path) -> list[Use]:
    """Every imported name in the file: where it is imported, and where it or something of it is used."""
    file = relative(path)
    known = {alias: name for _, name, alias in imports(path)}
    found = [Use(file, line, name, called=False) for line, name, _ in imports(path)]
    called = {id(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner and (dotted := _dotted(node)):
            name = _resolve(dotted, known)
            if name:
                found.append(Use(file, node.lineno, name, called=id(node) in called))
    return found


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := _dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def _resolve(dotted: str, known: dict[str, str]) -> str:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        head = ".".join(parts[:length])
        if head in known:
            return ".".join([known[head], *parts[length:]])
    return ""
