"""Everything in the dashboard that a person can act on, as its source says: each call of a widget, with how a browser knows it.

A browser knows a widget by its sort, the page, its key and what is read on it. Here the source is read for those (`reading`), from
caller to caller where they hang on what is given. So a widget that somebody adds is there without being named anywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tests.support.reading import GAP, Module, Scope, arguments, calls_of, from_pages, modules, pattern, scopes_of, settle
from tests.support.source import relative

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
#: Deeper than this no argument is followed from caller to caller.
_DEEPEST = 4


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
        return self.key == self.label == GAP

    def fits(self, page: str, kind: str, key: str, label: str) -> bool:
        """Whether what a browser tells of can be this."""
        if kind != self.kind or page not in self.pages or bool(key) is not self.keyed:
            return False
        # A key tells more than what is read, in which there may be numbers and names.
        pattern, told = (self.key, key) if self.key != GAP else (self.label, label)
        return re.fullmatch(pattern, told, re.DOTALL) is not None

    @property
    def name(self) -> str:
        """What it is called in reports: its key, else what is read on it; an ellipsis where only a run tells."""
        return (self.key if self.key != GAP else self.label).replace(GAP, "…").replace("\\", "")


# --- which pages draw it ------------------------------------------------------------------------------------------


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


# --- the walk --------------------------------------------------------------------------------------------------------


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
    for here in scopes_of(module, node, scope):
        function = module.function_of(node)
        wanted = {each.arg for each in [*function.args.args, *function.args.kwonlyargs]} if function is not None else set()
        callers = list(calls_of(module, function)) if function is not None and depth < _DEEPEST else []
        hangs = function is not None and bool(callers) and any(_asks(each, here, wanted) for each in _told(call))
        if function is None or not hangs or from_pages(module, function):
            yield here, module, at
        if function is None or not hangs:
            continue
        for there, by in callers:
            for outer in scopes_of(there, by, Scope(there)):
                given = arguments(function, by, outer)
                yield from _up(module, call, function, given, there, by, f"{relative(there.path)}:{by.lineno} > {at}", depth + 1)


def _up(
    module: Module, call: ast.Call, function: ast.FunctionDef, given: dict[str, Any], there: Module, by: ast.Call, at: str, depth: int
) -> Iterator[tuple[Scope, Module, str]]:
    """One caller's drawings, further up where what it gives is its own callers' in turn."""
    outer = there.function_of(by)
    wanted = {each.arg for each in [*outer.args.args, *outer.args.kwonlyargs]} if outer is not None else set()
    for here in scopes_of(module, call, Scope(module, given)):
        hangs = outer is not None and any(_asks(value, scope, wanted) for value, scope in given.values() if _used(call, here, value))
        callers = list(calls_of(there, outer)) if hangs and outer is not None and depth < _DEEPEST else []
        if not callers or outer is None or from_pages(there, outer):
            yield here, there, at
        if outer is None:
            continue
        for above, caller in callers:
            for scope in scopes_of(above, caller, Scope(above)):
                passed = arguments(outer, caller, scope)
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
        return Widget(kind, pages_of()[f"syncengine.ui.{file}"], GAP, label, f"syncengine/ui/{file}.py", keyed=False)

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
