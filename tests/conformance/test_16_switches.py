"""Contradictions and unknowns: each is a switch with its documented default, and each of its values makes a difference."""

from __future__ import annotations

import json
import re

import pytest

from syncengine.emulator import Request
from syncengine.emulator.switches import SWITCHES
from tests.conformance.switching import DIFFERENCES
from tests.support.source import ROOT
from tests.unit.emulator.desk import Desk

#: The topics on which sources disagree or are silent -> (switch, default).
UNKNOWN = {
    "most items of a batch": ("batch_max_items", 30),
    "batches a minute": ("batches_per_minute", 120),
    "what a batch takes from the minute": ("batch_counts_as", "request"),
    "ten a second or at once": ("ten_means", "second"),
    "order without ORDERBY": ("default_order", "recorded"),
    "ORDERBY Id": ("orderby_id", "allowed"),
    "CDC older than 30 days": ("cdc_look_back_days", 30),
    "its code": ("cdc_too_old_code", "500"),
    "CDC of an excluded entity": ("cdc_excluded", "error"),
    "CDC of TimeActivity": ("cdc_time_activity", "excluded"),
    "CDC of Preferences": ("cdc_preferences", "excluded"),
    "pages over moving rows": ("paging", "live"),
    "what the cap of CDC holds for": ("cdc_cap_scope", "response"),
    "CDC of an inactive name": ("cdc_inactive_names", "payload"),
    "CloudEvents of a void": ("webhook_void", "void"),
    "webhook of a deactivation": ("webhook_deactivation", "updated"),
    "requestid with another body": ("requestid_other_body", "replay"),
    "memory of requestids": ("requestid_memory_seconds", -1),
    "replay of refusals": ("requestid_replays_errors", False),
    "MAXRESULTS above 1000": ("maxresults_over_1000", "clamp"),
    "case of entities in queries": ("entity_case", "insensitive"),
    "body of a 401": ("unauthorized_body", "json"),
    "body of a 429": ("throttle_body", "xml"),
    "Retry-After of a 429": ("retry_after_seconds", 0),
    "a used-up month": ("coreplus_blocked_status", 429),
    "class or location while tracking is off": ("untracked", "ignored"),
    "the same for lists": ("tracking_off_lists", "refused"),
    "merging by renaming": ("merge_by_rename", "refused"),
    "BookCloseDate in Preferences": ("book_close_date", "present"),
    "name of an inactive row": ("inactive_name_taken", False),
    "grace of a superseded refresh token": ("refresh_grace_seconds", 0),
    "CreateTime in queries": ("create_time", "queryable"),
    "weight of a batch": ("batch_metered", "item"),
    "weight of CDC": ("cdc_weight", 1),
}


@pytest.mark.parametrize("topic", UNKNOWN)
def test_every_unknown_is_a_switch_with_the_default_that_was_decided(topic):
    name, default = UNKNOWN[topic]
    assert SWITCHES[name].default == default


def shown() -> dict[str, tuple[str, str, str]]:
    """Switch -> default, choices and meaning as the page shows them."""
    page = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")
    section = page.partition("## Switches\n")[2].partition("\n## ")[0]
    return {row[0]: row[1:] for row in re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) ?\| (.*) \|$", section, re.MULTILINE)}


@pytest.mark.parametrize("name", SWITCHES)
def test_the_page_shows_each_switch_as_it_is(name):
    switch = SWITCHES[name]
    default, choices, meaning = shown()[name]
    assert json.loads(default) == switch.default
    assert choices == ", ".join(map(str, switch.choices or ()))
    assert meaning == switch.meaning


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_value_of_a_switch_makes_a_difference(make, name):
    values, act, besides = DIFFERENCES[name]
    assert SWITCHES[name].default in values
    assert SWITCHES[name].choices is None or set(SWITCHES[name].choices) == set(values)
    seen = [repr(act(make(**{**besides, name: value}))) for value in values]
    assert len(set(seen)) == len(values), dict(zip(values, seen, strict=True))


def test_a_switch_that_is_not_shown_here_is_turned_in_another_test():
    tests = (path for path in (ROOT / "tests").rglob("*.py") if path.name not in {"test_16_switches.py", "switching.py"})
    text = "\n".join(path.read_text(encoding="utf-8") for path in tests)
    assert sorted(name for name in SWITCHES.keys() - DIFFERENCES.keys() if not re.search(rf"\b{name}\b", text)) == []


def test_switches_are_turned_and_turned_back_over_the_control_interface(desk: Desk):
    assert desk.control("POST", "switches", {"cdc_cap": 5})[1]["cdc_cap"] == 5
    assert desk.control("POST", "switches", {"cdc_cap": 7, "no_such": 1})[0] == 400
    assert desk.control("GET", "switches")[1]["cdc_cap"] == 5
    desk.control("POST", "reset", {})
    assert desk.control("GET", "switches")[1]["cdc_cap"] == 1000
    assert json.loads(desk.emulator.handle(Request("GET", "/_emulator/switches")).body).keys() == SWITCHES.keys()
