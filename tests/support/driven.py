"""What was driven in a browser: which thing of which page was clicked, chosen or filled in by which test.

Every page of a browser test has listeners that tell of it on its console, which costs a message for each thing and page. At the end
of a run of all browser tests this is held against everything that there is to act on (`tests/support/widgets.py`), and what nobody has
driven is named and fails the run. Where a browser test failed it is named all the same, since a failure hides nothing that is not its
own, but counts for nothing more. A choice of tests is not judged. `--driven` prints what was driven by what.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest

from tests.support import widgets
from tests.support.source import ROOT, tree
from tests.support.widgets import Widget

#: Where the tests in a browser are, from the project's root.
FOLDER = "tests/browser"
#: What a line on a browser's console begins with that is ours.
_MARK = "driven "
#: Things that no browser test drives, by a file that draws them and their name, each with the reason.
SPARED: dict[tuple[str, str], str] = {}

#: Listens before the page does, changes nothing, and tells of each thing once a document. A thing that opens a list is driven when
#: something of the list is chosen, and a table or a date by what is typed into the field that lies over it.
LISTENER = r"""(() => {
  if (window !== window.top) return;
  const kinds = %s.map(kind => `[data-testid=st${kind}]`).join(',');
  const listed = ['Selectbox', 'MultiSelect'], typed = ['TextInput', 'TextArea', 'NumberInput', 'DateInput', 'TimeInput'];
  const told = new Set();
  let last = null;
  const read = each => {
    const copy = each?.cloneNode(true);
    copy?.querySelectorAll('[data-testid=stIconMaterial], [data-testid^=stExpanderIcon]').forEach(icon => icon.remove());
    return (copy?.textContent ?? '').trim();
  };
  const sort = each => {
    const kind = each.dataset.testid.slice(2);
    return kind === 'PageLink' && each.closest('[data-testid=stSidebar]') ? 'MenuLink' : kind;
  };
  const described = each => {
    const kind = sort(each);
    const around = ['Expander', 'Popover'].includes(kind) ? 'stLayoutWrapper' : 'stElementContainer';  // which bears the key
    const names = [...(each.closest(`[data-testid=${around}]`) ?? each).classList];
    const own = names.find(name => name.startsWith('st-key-') && !name.startsWith('st-key-FormSubmitter-'));
    const said = {Popover: 'button', Expander: 'summary', PageLink: 'a', MenuLink: 'a', LinkButton: 'a'}[kind];
    const label = each.querySelector(said ?? 'label, [data-testid=stWidgetLabel], [data-testid=stMarkdownContainer]');
    return [location.pathname.split('/').filter(Boolean).pop() ?? 'sync', kind, own ? own.slice(7) : '', read(label)];
  };
  const tell = (what, how) => {
    const line = JSON.stringify([...what, how]);
    if (told.has(line)) return;
    told.add(line);
    console.debug('driven ' + line);
  };
  const acted = (event, each) => {
    const kind = sort(each);
    if (listed.includes(kind)) return event.type === 'keydown' && event.key === 'Enter';
    if (typed.includes(kind)) {
      const step = event.type === 'click' && event.target.closest('button');
      return ['input', 'change', 'beforeinput'].includes(event.type) || step || (kind === 'DateInput' && event.type === 'keydown');
    }
    if (kind === 'FileUploader') return event.type === 'change';
    if (event.type !== 'click') return false;
    if (['Checkbox', 'Radio'].includes(kind)) return event.target.closest('label:not([data-testid=stWidgetLabel])');
    if (kind === 'DataFrame') return !event.target.closest('[data-testid=stElementToolbar]');
    if (kind === 'Expander') return event.target.closest('summary')?.closest(kinds) === each;
    return event.target.closest('button, a');
  };
  const heard = event => {
    if (!(event.target instanceof Element)) return;
    const each = event.target.closest(kinds);
    if (each) {
      last = described(each);
      if (acted(event, each)) tell(last, 'acted');
    } else if (last && [...listed, 'DateInput', 'DataFrame'].includes(last[1])) {
      const picked = event.type === 'click' && event.target.closest('[role=option], [role=gridcell], [role=dialog] button');
      const written = event.type === 'input' && event.target.closest('#portal');
      if (picked || written) tell(last, 'acted');
    }
    if (event.type === 'click' && document.querySelector('[data-testid=stApp]'))
      for (const found of document.querySelectorAll(kinds)) tell(described(found), 'drawn');
  };
  for (const type of ['click', 'change', 'input', 'beforeinput', 'keydown']) document.addEventListener(type, heard, true);
})()"""


class Act(NamedTuple):
    """What a browser tells of.

    Attributes:
        page: the page's name.
        kind: the widget's sort, as in `data-testid` without `st`.
        key: its key as the browser has it; empty where it has none.
        label: what is read on it.
        how: "acted", or "drawn" where it only stood there.
        test: the test in which it did.
    """

    page: str
    kind: str
    key: str
    label: str
    how: str
    test: str


class Driven:
    """The recorder, a plugin of pytest's: one in each process, of which the one that has begun the run hears all."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._acts: set[Act] = set()
        self._ran: set[str] = set()
        self._spoilt = False
        self._missing: list[str] = []

    # --- in the processes that run tests

    def watch(self, browser: Any) -> Any:
        """The browser, every context of which tells from now on what is done in it."""
        script = LISTENER % json.dumps(sorted({*widgets.KINDS.values()}))

        def watched(begin: Callable[..., Any], **options: Any) -> Any:
            made = begin(**options)
            context = getattr(made, "context", made)  # a page may bring its own
            context.add_init_script(script)
            context.on("console", self._heard)
            return made

        for name in ("new_context", "new_page"):
            setattr(browser, name, partial(watched, getattr(browser, name)))
        return browser

    def _heard(self, message: Any) -> None:
        if message.text.startswith(_MARK):
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            self._acts.add(Act(*json.loads(message.text.removeprefix(_MARK)), test=test))

    # --- where the run is begun and ended

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep which tests were run, and whether one of them failed."""
        if report.nodeid.startswith(f"{FOLDER}/"):
            self._spoilt |= report.failed
            if report.failed or (report.when == "call" and report.passed):  # what is skipped was not run
                self._ran.add(report.nodeid.partition("[")[0])

    @pytest.hookimpl(optionalhook=True)  # there is no other process without pytest-xdist
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what another process has heard."""
        self._acts |= {Act(*each) for each in getattr(node, "workeroutput", {}).get("driven", ())}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was heard; in the process that has begun the run, judge it."""
        if (output := getattr(self._config, "workeroutput", None)) is not None:
            output["driven"] = [list(each) for each in self._acts]
        elif self._ran >= every_test():
            self._missing = undriven(self._acts)
            if self._missing and not self._spoilt and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is missing, and on demand all."""
        if self._config.getoption("driven"):
            terminalreporter.section("driven in a browser")
            for line in table(self._acts):
                terminalreporter.line(line)
        if self._missing:
            perhaps = ", which may be for a test that failed" if self._spoilt else ""
            terminalreporter.section(f"not driven in a browser{perhaps}", red=True)
            for line in self._missing:
                terminalreporter.line(line)


def every_test() -> set[str]:
    """The name of every test in a browser."""
    return {
        f"{FOLDER}/{file.name}::{each.name}"
        for file in (ROOT / FOLDER).glob("test_*.py")
        for each in tree(file).body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def of(acts: Iterable[Act]) -> dict[Widget, set[Act]]:
    """What was told of each thing that there is to act on. What nothing else is known of has what fits and is nobody else's."""
    every = widgets.universe()
    found: dict[Widget, set[Act]] = {each: set() for each in every}
    for act in acts:
        fits = [each for each in every if each.fits(act.page, act.kind, act.key, act.label)]
        for each in [each for each in fits if not each.vague] or fits:
            found[each].add(act)
    return found


def undriven(acts: Iterable[Act]) -> list[str]:
    """A line for each thing that nobody acted on, on each page of its that drew it; and for what is spared for nothing."""
    told, lines = of(acts), []
    idle = set(SPARED)
    for each, about in told.items():
        driven = {act.page for act in about if act.how == "acted"}
        drawn = {act.page for act in about}
        files = {step.partition(":")[0] for step in each.at.split(" > ")}
        spared = {(file, name) for file, name in SPARED if file in files and name == each.name}
        if driven:
            continue
        idle -= spared
        if not spared:
            where = ", ".join(sorted(drawn)) if drawn else f"never drawn ({_pages(each)})"
            lines.append(f"{where}: {each.kind} {each.name} -- {each.at}")
    return [*sorted(lines), *(f"spared, though it is driven or gone: {name} at {file}" for file, name in sorted(idle))]


def _pages(each: Widget) -> str:
    return ", ".join(sorted(each.pages)) if len(each.pages) < len(widgets.pages_of()["dashboard"]) else "every page"


def table(acts: Iterable[Act]) -> Iterator[str]:
    """For each thing the pages on which, and the tests by which, it was driven."""
    for each, about in sorted(of(acts).items(), key=lambda pair: (_pages(pair[0]), pair[0].kind, pair[0].name)):
        for page in sorted({act.page for act in about}):
            tests = sorted({act.test.rpartition("/")[2] for act in about if act.how == "acted" and act.page == page})
            yield f"{page:16} {each.kind:16} {each.name:40} {', '.join(tests) or '-'}"
