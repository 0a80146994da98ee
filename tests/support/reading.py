"""The dashboard's source, read for what its expressions stand for: its files, the scopes in them, and the names.

Names are followed to what they stand for (constants, arguments of the callers, the rows of a table that a loop goes through), and what
only a run can tell is a gap in a pattern.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any

from tests.support.source import PACKAGE, ROOT, face_files, imports, tree

#: No name is followed through more others than this.
_LONGEST = 20
#: What only a run can tell.
GAP = ".*"


@dataclass(frozen=True, eq=False)
class Scope:
    """Where an expression stands: its module, and what names stand for there beside the module's own."""

    module: Module
    names: Mapping[str, tuple[ast.expr, Scope]] = field(default_factory=dict)


#: What an expression turned out to stand for, with where that stands.
Found = tuple[ast.expr, Scope] | None


class Module:
    """One file of the dashboard.

    Attributes:
        path: where it is.
        name: its dotted name.
        constants: what is assigned once at its top.
        functions: its functions, those of classes too, by name.
        known: what imported names mean, by full name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        inside = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        self.name = inside.removesuffix(".__init__")
        self.known = {alias: name for _, name, alias in imports(path)}
        body = tree(path)
        self.constants: dict[str, ast.expr] = {}
        for node in body.body:
            for target, value in _assigned(node):
                self.constants[target] = value
        self.functions = {node.name: node for node in ast.walk(body) if isinstance(node, ast.FunctionDef)}
        self.parents = {child: node for node in ast.walk(body) for child in ast.iter_child_nodes(node)}

    @property
    def is_page(self) -> bool:
        """Whether it is one of the pages' own files."""
        return self.name.startswith("pages.")

    @cached_property
    def calls(self) -> list[tuple[str, ast.Call]]:
        """Every call in it with the full name of what is called."""
        every = [node for node in ast.walk(tree(self.path)) if isinstance(node, ast.Call)]
        return [(name, node) for node in every if (name := self.full(node.func))]

    def full(self, node: ast.expr) -> str:
        """The full name of a name, imports resolved; nothing for what is no name."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return f"{self.known.get(node.value.id, node.value.id)}.{node.attr}"
        if isinstance(node, ast.Name):
            return self.known.get(node.id, f"{self.name}.{node.id}")
        return ""

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What stands around a node, from the inside out."""
        while (node := self.parents.get(node)) is not None:  # type: ignore[assignment] # None ends the loop
            yield node

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        """The function that it stands in."""
        return next((each for each in self.around(node) if isinstance(each, ast.FunctionDef)), None)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _bound(target, node.value)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names of a target with what each is given: part by part where both sides are rows."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [None] * len(target.elts)
        if len(parts) == len(target.elts):
            for part, given in zip(target.elts, parts, strict=True):
                yield from _bound(part, given if given is not None else ast.Subscript(value, ast.Constant(target.elts.index(part))))


@cache
def modules() -> dict[str, Module]:
    """The dashboard's files by dotted name."""
    files = [*sorted((PACKAGE / "ui").rglob("*.py")), *face_files()]
    return {each.name: each for each in map(Module, files)}


# --- who calls what --------------------------------------------------------------------------------------------------


@cache
def from_pages(module: Module, function: ast.FunctionDef) -> bool:
    """Whether a page's own file calls it: what pages give tells them apart, and they all draw the same."""
    name = f"{module.name}.{function.name}"
    return any(name == full for each in modules().values() if each.is_page for full, _ in each.calls)


@cache
def _called() -> dict[str, list[tuple[Module, ast.Call]]]:
    found: dict[str, list[tuple[Module, ast.Call]]] = {}
    for module in modules().values():
        if module.is_page:
            continue
        for name, call in module.calls:
            found.setdefault(name, []).append((module, call))
    return found


def calls_of(module: Module, function: ast.FunctionDef) -> Iterator[tuple[Module, ast.Call]]:
    yield from _called().get(f"{module.name}.{function.name}", ())


# --- what an expression stands for -------------------------------------------------------------------------------------


def settle(node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope]:
    """What a name stands for, as far as the source tells."""
    for _ in range(_LONGEST):
        step = _STEPS.get(type(node))
        told = step(node, scope) if step is not None else None
        if told is None:
            break
        node, scope = told
    return node, scope


def _name(node: ast.Name, scope: Scope) -> Found:
    if node.id in scope.names:
        return scope.names[node.id]
    if node.id in scope.module.constants:
        return scope.module.constants[node.id], Scope(scope.module)
    return _elsewhere(node, scope)


def _elsewhere(node: ast.expr, scope: Scope) -> Found:
    """A constant of another of the dashboard's files."""
    home, _, name = scope.module.full(node).rpartition(".")
    module = modules().get(home)
    return (module.constants[name], Scope(module)) if module is not None and name in module.constants else None


def _part(node: ast.Subscript, scope: Scope) -> Found:
    """A part of a row, by its number."""
    held, there = settle(node.value, scope)
    at = node.slice.value if isinstance(node.slice, ast.Constant) else None
    inside = isinstance(held, ast.Tuple | ast.List) and isinstance(at, int) and at < len(held.elts)
    return (held.elts[at], there) if inside else None  # type: ignore[attr-defined, index] # `inside` says so


def _way(node: ast.IfExp, scope: Scope) -> Found:
    """The way that is gone, where what it hangs on is told."""
    test, _ = settle(node.test, scope)
    return (node.body if test.value else node.orelse, scope) if isinstance(test, ast.Constant) else None


def _call(node: ast.Call, scope: Scope) -> Found:
    return None if _dresses(node) else _returned(node, scope)


_STEPS: dict[type[ast.expr], Callable[[Any, Scope], Found]] = {
    ast.Name: _name, ast.Attribute: _elsewhere, ast.Subscript: _part, ast.IfExp: _way, ast.Call: _call,
}  # fmt: skip


def _dresses(node: ast.expr) -> bool:
    """Whether it gives the text that it is given, made fit to be shown."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"plain", "lower"}


def _returned(node: ast.Call, scope: Scope) -> tuple[ast.expr, Scope] | None:
    """What a call of one of the dashboard's functions gives, where it has one way out."""
    home, _, name = scope.module.full(node.func).rpartition(".")
    module = modules().get(home)
    function = module.functions.get(name) if module is not None else None
    if module is None or function is None:
        return None
    ends = [each for each in ast.walk(function) if isinstance(each, ast.Return)]
    if len(ends) == 1 and ends[0] is function.body[-1] and ends[0].value is not None:
        return ends[0].value, scopes_of(module, ends[0], Scope(module, arguments(function, node, scope)))[0]
    return None


def arguments(function: ast.FunctionDef, call: ast.Call, scope: Scope) -> dict[str, tuple[ast.expr, Scope]]:
    names = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    given = dict(zip(names, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    return {name: (value, scope) for name, value in given.items() if not isinstance(value, ast.Starred)}


def pattern(node: ast.expr | None, scope: Scope, *, key: bool) -> str:
    """A pattern of the text that an expression gives: as a key of the browser's, or as it is read."""
    if node is None:
        return GAP
    node, scope = settle(node, scope)
    match node:
        case ast.Constant():
            text = str(node.value)
            found = re.sub(r"[^A-Za-z0-9_-]", "-", text) if key else re.escape(text)
        case ast.JoinedStr():
            found = re.sub(r"(\.\*)+", GAP, "".join(pattern(each, scope, key=key) for each in node.values))
        case ast.FormattedValue(format_spec=None):
            found = pattern(node.value, scope, key=key)
        case ast.IfExp():
            found = f"(?:{pattern(node.body, scope, key=key)}|{pattern(node.orelse, scope, key=key)})"
        case ast.Call() if _dresses(node) and node.args:
            found = pattern(node.args[0], scope, key=key)
        case _:
            found = GAP
    return found


# --- the scopes of a call --------------------------------------------------------------------------------------------


def scopes_of(module: Module, call: ast.AST, scope: Scope) -> list[Scope]:
    """The scopes in which a call can be run: once for each row of the tables that the loops around it go through."""
    function = module.function_of(call)
    names: dict[str, tuple[ast.expr, Scope]] = dict(scope.names)
    if function is not None:
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            for name, value in _assigned(node):
                found.setdefault(name, []).append(value)
        here = Scope(module, names)
        names |= {name: (values[0], here) for name, values in found.items() if len(values) == 1 and name not in names}
    loops = [each for each in module.around(call) if isinstance(each, ast.For)]
    rows = [_rows(each, Scope(module, names)) for each in reversed(loops)]
    made = []
    for chosen in product(*rows):
        bound = dict(names)
        for each in chosen:
            bound |= each
        made.append(Scope(module, bound))
        # What was assigned inside the loop is about this row.
        for name, (value, there) in list(bound.items()):
            if there.names is names:
                bound[name] = (value, made[-1])
    return made


def _rows(loop: ast.For, scope: Scope) -> list[dict[str, tuple[ast.expr, Scope]]]:
    """What a loop's names are in each round; one round with nothing known where the source does not tell."""
    over, there = settle(loop.iter, scope)
    items: list[ast.expr] | None = None
    if isinstance(over, ast.IfExp):
        ways = [settle(each, there)[0] for each in (over.body, over.orelse)]
        over = max((each for each in ways if isinstance(each, ast.Tuple)), key=lambda each: len(each.elts), default=over)
    if isinstance(over, ast.Tuple | ast.List):
        items = list(over.elts)
    elif isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == "items":
        held, there = settle(over.func.value, there)
        if isinstance(held, ast.Dict):
            items = [ast.Tuple([name, value]) for name, value in zip(held.keys, held.values, strict=True) if name is not None]
    elif isinstance(over, ast.Dict):
        items = [name for name in over.keys if name is not None]
    if items is None or any(isinstance(each, ast.Starred) for each in items):
        return [{}]
    return [{name: (value, there) for name, value in _bound(loop.target, settle(each, there)[0])} for each in items]
