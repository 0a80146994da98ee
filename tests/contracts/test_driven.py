"""Everything that there is to act on in the dashboard is known from its source, and what no browser test drives is named."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from syncengine.ui import menu
from tests.support import driven, widgets
from tests.support.driven import Act, Driven


@pytest.fixture(scope="module")
def everything() -> set[Act]:
    """Each thing acted on, on the first of its pages, as a browser would tell of it."""
    return {_act(each) for each in widgets.universe()}


def _act(each: widgets.Widget) -> Act:
    key = _fitting(each.key) if each.keyed else ""
    return Act(min(each.pages), each.kind, key, _fitting(each.label), "acted", "tests/browser/test_a.py::test_a")


def _fitting(pattern: str) -> str:
    """A text that the pattern fits: the first of several ways, and an x in each gap."""
    text = pattern.replace(r"\(", "<").replace(r"\)", ">")
    while (first := re.sub(r"\(\?:([^()|]*)\|[^()]*\)", r"\1", text)) != text:
        text = first
    return text.replace(".*", "x").replace("\\", "").replace("<", "(").replace(">", ")")


def test_every_function_of_streamlit_that_is_called_is_known_to_draw_something_to_act_on_or_nothing():
    assert widgets.strange() == []


def test_every_page_is_in_the_menu_and_leads_to_something_to_act_on():
    assert {_fitting(each.label) for each in widgets.universe() if each.kind == "MenuLink"} == {each.title for each in menu.ENTRIES}
    assert set().union(*(each.pages for each in widgets.universe())) == {each.name for each in menu.ENTRIES}


@pytest.mark.parametrize(("place", "kind", "key"), [
    ("preview", "Button", "preview-attention-retry"), ("preview", "Button", "preview-sending-remove"),
    ("conflicts", "Button", "drift-theirs-7"), ("conflicts", "Button", "brake-keep-7"), ("bills", "DownloadButton", "bills-export-XLSX"),
    ("explore", "DownloadButton", "explore-errors-frame-Parquet"), ("history", "DataFrame", "history-runs-0a1b2c3d"),
    ("history", "Selectbox", "outcome"), ("importing", "Selectbox", "importing-thousands"), ("settings", "Button", "sample-reset"),
])  # fmt: skip
def test_names_are_followed_through_loops_callers_and_constants_to_the_keys_of_a_browser(place, kind, key):
    [found] = [each for each in widgets.universe() if not each.vague and each.fits(place, kind, key, "")]
    assert found.kind == kind


def test_what_may_be_removed_from_a_row_that_waits_is_not_offered_to_be_tried_again():
    assert not [each for each in widgets.universe() if each.fits("preview", "Button", "preview-sending-retry", "")]


def test_what_was_only_drawn_is_named_with_its_page(everything):
    assert not driven.undriven(everything)
    [removing] = [each for each in everything if each.key == "preview-sending-remove"]
    [line] = driven.undriven(everything - {removing} | {removing._replace(how="drawn")})
    assert line.startswith("preview: Button preview-sending-remove")
    [line] = driven.undriven(everything - {removing})
    assert line.startswith("never drawn (preview): Button preview-sending-remove")


def test_what_is_spared_has_to_be_there_and_not_driven(everything, monkeypatch):
    spared = ("syncengine/ui/preview.py", "preview-sending-remove")
    monkeypatch.setattr(driven, "SPARED", {spared: "a test's own"})
    [line] = driven.undriven(everything)
    assert "spared, though it is driven or gone: preview-sending-remove" in line


def config(**more: Any) -> Any:
    """What pytest tells of how it was started."""
    return SimpleNamespace(getoption={"driven": False}.__getitem__, **more)


@pytest.mark.parametrize(("how", "status", "heading"), [
    ("whole", pytest.ExitCode.TESTS_FAILED, "not driven in a browser"), ("a choice", pytest.ExitCode.OK, None),
    ("one is skipped", pytest.ExitCode.OK, None),
    ("one fails in teardown", pytest.ExitCode.OK, "not driven in a browser, which may be for a test that failed"),
    ("one fails in setup", pytest.ExitCode.OK, "not driven in a browser, which may be for a test that failed"),
])  # fmt: skip
def test_only_a_run_of_all_browser_tests_that_went_through_is_judged_and_a_failure_hides_nothing(how, status, heading):
    every = sorted(driven.every_test())
    recorder = Driven(config())
    for name in every[1:] if how == "a choice" else every:
        for report in reports(f"{name}[x]", how if name == every[-1] else "whole"):
            recorder.pytest_runtest_logreport(report)
    session = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    recorder.pytest_sessionfinish(session)
    assert session.exitstatus == status
    said = Said()
    recorder.pytest_terminal_summary(said)
    assert said.headings == ([heading] if heading else [])
    assert len(said.lines) == (len(widgets.universe()) if heading else 0)


def reports(name: str, how: str) -> list[Any]:
    """What pytest reports of a test that goes through, is skipped as it goes, or fails before or after it."""
    outcomes = {"setup": "passed", "call": "passed", "teardown": "passed"}
    if how == "one is skipped":
        outcomes["call"] = "skipped"
    elif how == "one fails in teardown":
        outcomes["teardown"] = "failed"
    elif how == "one fails in setup":
        outcomes = {"setup": "failed", "teardown": "passed"}
    return [
        SimpleNamespace(nodeid=name, when=when, passed=outcome == "passed", failed=outcome == "failed")
        for when, outcome in outcomes.items()
    ]


class Said:
    """What is written below a run, as pytest's reporter is told it."""

    def __init__(self) -> None:
        self.headings: list[str] = []
        self.lines: list[str] = []

    def section(self, title: str, **_: bool) -> None:
        """A heading."""
        self.headings.append(title)

    def line(self, text: str) -> None:
        """A line below it."""
        self.lines.append(text)


def test_what_another_process_has_heard_counts(everything):
    there = Driven(config(workeroutput={}))
    there._acts |= everything
    there.pytest_sessionfinish(SimpleNamespace(exitstatus=pytest.ExitCode.OK))
    here = Driven(config())
    here.pytest_testnodedown(SimpleNamespace(workeroutput=there._config.workeroutput))
    for name in driven.every_test():
        here.pytest_runtest_logreport(SimpleNamespace(nodeid=name, when="call", passed=True, failed=False))
    session = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    here.pytest_sessionfinish(session)
    assert session.exitstatus == pytest.ExitCode.OK
