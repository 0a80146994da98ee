"""Everything in the dashboard that a person can act on, as its source says: each call of a widget, with how a browser knows it.

A browser knows a widget by its sort, the page, its key and what is read on it. Here the source is read for those: names are followed
to what they stand for (constants, arguments of the callers, the rows of a table that a loop goes through), and what only a run can
tell is a gap in a pattern. So a widget that somebody adds is there without being named anywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any

from tests.support.source import PACKAGE, ROOT, face_files, imports, relative, tree

#: Streamlit's functions that draw something to act on, and what a browser calls it.
KINDS = {
    "button": "Button", "form_submit_button": "FormSubmitButton", "download_button": "DownloadButton", "link_button": "LinkButton",
    "page_link": "PageLink", "toggle": "Checkbox", "checkbox": "Checkbox", "selectbox": "Selectbox", "multiselect": "MultiSelect",
    "radio": "Radio", "segmented_control": "ButtonGroup", "pills": "ButtonGroup", "text_input": "TextInput", "text_area": "TextArea",
    "number_input": "NumberInput", "date_input": "DateInput", "time_input": "TimeInput", "slider": "Slider", "popover": "Popover",
    "expander": "Expander", "file_uploader": "FileUploader", "data_editor": "DataFrame", "dataframe": "DataFrame",
    "pagination": "Pagination",
}  # fmt: skip
#: And those that draw nothing to act on, or nothing that is ours; whatever else is called has to be put into one of the two.
INERT = frozenset({
    "Page", "badge", "cache_data", "cache_resource", "caption", "code", "columns", "config", "container", "dialog", "divider",
    "error", "form", "fragment", "get_option", "grid", "header", "html", "image", "info", "logo", "logout", "markdown",
    "metric", "navigation", "progress", "rerun", "runtime", "set_page_config", "spinner", "stop", "subheader", "success",
    "switch_page", "table", "title", "toast", "vega_lite_chart", "warning", "write",
})  # fmt: skip
#: Deeper than this no argument is followed from caller to caller, and no name through more others than this.
_DEEPEST, _LONGEST = 4, 20
_GAP = ".*"


@dataclass(frozen=True)
class Widget:
    """One thing to act on.

    Attributes:
        kind: its sort, as in the browser's `data-testid` without `st`.
        pages: the pages, by name, that can draw it.
        key: a pattern of its key as the browser has it; only a gap where the source does not tell.
        label: the same of what is read on it.
        at: where it stands in the source, its callers first.
        keyed: whether it is given a key at all.
    """

    kind: str
    pages: frozenset[str]
    key: str
    label: str
    at: str
    keyed: bool

    @property
    def vague(self) -> bool:
        """Whether nothing but sort and page is known of it."""
        return self.key == self.label == _GAP

    def fits(self, page: str, kind: str, key: str, label: str) -> bool:
        """Whether what a browser tells of can be this."""
        if kind != self.kind or page not in self.pages or bool(key) is not self.keyed:
            return False
        # A key tells more than what is read, in which there may be numbers and names.
        pattern, told = (self.key, key) if self.key != _GAP else (self.label, label)
        return re.fullmatch(pattern, told, re.DOTALL) is not None

    @property
    def name(self) -> str:
        """What it is called in reports: its key, else what is read on it; an ellipsis where only a run tells."""
        return (self.key if self.key != _GAP else self.label).replace(_GAP, "…").replace("\\", "")


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


@cache
def pages_of() -> dict[str, frozenset[str]]:
    """For each file the pages that come to it by imports; the frame, which stands around all, is everybody's."""
    every = modules()
    pages = frozenset(name.removeprefix("pages.") for name in every if name.startswith("pages."))
    found: dict[str, set[str]] = {name: set() for name in every}
    around = _reached(every, "dashboard")
    for page in pages:
        for name in _reached(every, f"pages.{page}"):
            found[name].add(page)
    return {name: pages if name in around else frozenset(each) for name, each in found.items()}


def _reached(every: Mapping[str, Module], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for full in every[name].known.values():
            todo += [each for each in (full, full.rpartition(".")[0]) if each in every and each != "syncengine.ui"]
    return seen


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
        return ends[0].value, _locals(module, ends[0], Scope(module, _arguments(function, node, scope)))[0]
    return None


def _arguments(function: ast.FunctionDef, call: ast.Call, scope: Scope) -> dict[str, tuple[ast.expr, Scope]]:
    names = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    given = dict(zip(names, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    return {name: (value, scope) for name, value in given.items() if not isinstance(value, ast.Starred)}


def pattern(node: ast.expr | None, scope: Scope, *, key: bool) -> str:
    """A pattern of the text that an expression gives: as a key of the browser's, or as it is read."""
    if node is None:
        return _GAP
    node, scope = settle(node, scope)
    match node:
        case ast.Constant():
            text = str(node.value)
            found = re.sub(r"[^A-Za-z0-9_-]", "-", text) if key else re.escape(text)
        case ast.JoinedStr():
            found = re.sub(r"(\.\*)+", _GAP, "".join(pattern(each, scope, key=key) for each in node.values))
        case ast.FormattedValue(format_spec=None):
            found = pattern(node.value, scope, key=key)
        case ast.IfExp():
            found = f"(?:{pattern(node.body, scope, key=key)}|{pattern(node.orelse, scope, key=key)})"
        case ast.Call() if _dresses(node) and node.args:
            found = pattern(node.args[0], scope, key=key)
        case _:
            found = _GAP
    return found


# --- the walk --------------------------------------------------------------------------------------------------------


def _locals(module: Module, call: ast.AST, scope: Scope) -> list[Scope]:
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


def _asks(node: ast.expr | None, scope: Scope, wanted: set[str]) -> bool:
    """Whether what an expression gives hangs on one of these names, which the scope does not know."""
    if node is None:
        return False
    node, scope = settle(node, scope)
    if isinstance(node, ast.Name):
        return node.id in wanted and node.id not in scope.names
    return any(_asks(each, scope, wanted) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))


def _sites(module: Module, call: ast.Call, scope: Scope, node: ast.AST, at: str, depth: int) -> Iterator[tuple[Scope, Module, str]]:
    """The scopes in which a widget is drawn, with the file that draws it: of the callers, where it hangs on what they give."""
    for here in _locals(module, node, scope):
        function = module.function_of(node)
        wanted = {each.arg for each in [*function.args.args, *function.args.kwonlyargs]} if function is not None else set()
        callers = list(_callers(module, function)) if function is not None and depth < _DEEPEST else []
        hangs = function is not None and bool(callers) and any(_asks(each, here, wanted) for each in _told(call))
        if function is None or not hangs or _from_pages(module, function):
            yield here, module, at
        if function is None or not hangs:
            continue
        for there, by in callers:
            for outer in _locals(there, by, Scope(there)):
                given = _arguments(function, by, outer)
                yield from _up(module, call, function, given, there, by, f"{relative(there.path)}:{by.lineno} > {at}", depth + 1)


def _up(
    module: Module, call: ast.Call, function: ast.FunctionDef, given: dict[str, Any], there: Module, by: ast.Call, at: str, depth: int
) -> Iterator[tuple[Scope, Module, str]]:
    """One caller's drawings, further up where what it gives is its own callers' in turn."""
    outer = there.function_of(by)
    wanted = {each.arg for each in [*outer.args.args, *outer.args.kwonlyargs]} if outer is not None else set()
    for here in _locals(module, call, Scope(module, given)):
        hangs = outer is not None and any(_asks(value, scope, wanted) for value, scope in given.values() if _used(call, here, value))
        callers = list(_callers(there, outer)) if hangs and outer is not None and depth < _DEEPEST else []
        if not callers or outer is None or _from_pages(there, outer):
            yield here, there, at
        if outer is None:
            continue
        for above, caller in callers:
            for scope in _locals(above, caller, Scope(above)):
                passed = _arguments(outer, caller, scope)
                again = {name: (value, replace(held, names={**held.names, **passed})) for name, (value, held) in given.items()}
                yield from _up(module, call, function, again, above, caller, f"{relative(above.path)}:{caller.lineno} > {at}", depth + 1)


def _used(call: ast.Call, scope: Scope, value: ast.expr) -> bool:
    """Whether the key or the label of a widget is made of this argument."""

    def within(node: ast.expr | None, scope: Scope, depth: int = 0) -> bool:
        if node is None or depth > 20:
            return False
        if isinstance(node, ast.Name) and node.id in scope.names:
            held, there = scope.names[node.id]
            return held is value or within(held, there, depth + 1)
        return any(within(each, scope, depth + 1) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))

    return any(within(each, scope) for each in _told(call))


@cache
def _from_pages(module: Module, function: ast.FunctionDef) -> bool:
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


def _callers(module: Module, function: ast.FunctionDef) -> Iterator[tuple[Module, ast.Call]]:
    yield from _called().get(f"{module.name}.{function.name}", ())


def _told(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """The key and the label of a widget's call."""
    named = {each.arg: each.value for each in call.keywords if each.arg}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    key = named.get("key") or (call.args[1] if name == "button" and len(call.args) > 1 else None)
    label = named.get("label") or (call.args[0] if call.args and name not in {"dataframe", "data_editor", "pagination"} else None)
    return key, label


@cache
def universe() -> tuple[Widget, ...]:
    """Every thing to act on, each once for every way to it that the source tells apart."""
    found: dict[tuple[Any, ...], Widget] = {}
    for module in modules().values():
        for full, call in module.calls:
            if not full.startswith("streamlit.") or (name := full.removeprefix("streamlit.")) not in KINDS:
                continue
            if name == "dataframe" and not any(each.arg == "on_select" for each in call.keywords):
                continue  # only to be read
            key, label = _told(call)
            for scope, drawn_by, at in _sites(module, call, Scope(module), call, f"{relative(module.path)}:{call.lineno}", 0):
                texts = pattern(key, scope, key=True), pattern(label, scope, key=False)
                pages = pages_of()[drawn_by.name]
                found.setdefault((KINDS[name], pages, *texts, call), Widget(KINDS[name], pages, *texts, at, key is not None))
    kept = [each for each in found.values() if not (each.vague and any(file in each.at for file in _BY_ROWS))]
    return (*kept, *_by_rows())


#: Files whose links stand in rows that are made while the dashboard runs: what `_by_rows` tells takes their place.
_BY_ROWS = ("ui/frame.py", "ui/attention.py")


def _by_rows() -> Iterator[Widget]:
    """The links of the menu, of what needs a person, and of the lesson."""

    def of(kind: str, file: str, label: str) -> Widget:
        return Widget(kind, pages_of()[f"syncengine.ui.{file}"], _GAP, label, f"syncengine/ui/{file}.py", keyed=False)

    def rows(file: str, name: str, place: int) -> Iterator[tuple[ast.expr, Scope]]:
        module = modules()[f"syncengine.ui.{file}"]
        for full, call in module.calls:
            if full == f"{module.name}.{name}" and len(call.args) > place:
                yield settle(call.args[place], Scope(module))

    for title, scope in rows("menu", "Entry", 1):
        yield of("MenuLink", "menu", rf"(?:{(name := pattern(title, scope, key=False))}|{name}\s*[\d,]+)")
    for label, scope in rows("attention", "Matter", 4):
        yield of("PageLink", "attention", pattern(label, scope, key=False))
    links = [(link.elts[1], scope) for link, scope in rows("lesson", "Step", 2) if isinstance(link, ast.Tuple)]
    for label in sorted({pattern(*link, key=False) for link in links}):
        yield of("PageLink", "lesson", label)


def strange() -> list[str]:
    """Functions of Streamlit that the dashboard calls and nobody has put into KINDS or INERT."""
    every = {full.split(".")[1] for module in modules().values() for full, _ in module.calls if full.startswith("streamlit.")}
    return sorted(every - set(KINDS) - INERT)


def unknown(page: str, keys: Iterable[str]) -> set[str]:
    """Of the keys and labels of what a page draws, those of which the source, as it is read here, knows nothing."""
    here = [each for each in universe() if page in each.pages]
    return {key for key in keys if not any(re.fullmatch(each.key if each.keyed else each.label, key) for each in here)}
