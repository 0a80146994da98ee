"""Each row of the catalogue through its three cycles to its end: SAFE, POLICY (off, pressed and on), NO, and at once."""

from __future__ import annotations

import pytest

from syncengine.corrections import CORRECTIONS, Klass
from syncengine.errors import Refused
from syncengine.terms import OutboxState
from tests.cycle.corrections.at_once import AT_ONCE, AT_ONCE_TOO
from tests.cycle.corrections.case import Case
from tests.cycle.corrections.cases import CASES, VARIANTS
from tests.cycle.corrections.scene import Scene
from tests.support.source import ROOT

EVERY = {**CASES, **VARIANTS}
SAFE = [key for key in EVERY if CORRECTIONS[key.partition(" ")[0]].klass is Klass.SAFE]
#: Rows of which no record of today's kinds can become one that the correction applies to: they end with a person.
BARE = ("drop_discount_line", "tax_flag", "default_account")
#: The mapping fills defaults in by itself, so that a missing account is always one without a default.
ENDS = {"default_account": "required_missing"}
POLICY = [key for key in EVERY if CORRECTIONS[key.partition(" ")[0]].klass is Klass.POLICY and key not in BARE]
NO = [key for key, case in EVERY.items() if case.code != "local" and case.mend is not None]
LOCAL = [name for name, case in CASES.items() if case.code == "local" and case.mend is not None]
PAGE = (ROOT / "docs" / "emulator-errors.md").read_text(encoding="utf-8")


def test_every_row_of_the_catalogue_has_a_case() -> None:
    assert set(CORRECTIONS) == {*CASES, *AT_ONCE}
    assert {*SAFE, *POLICY, *NO, *LOCAL, *AT_ONCE} == {*CORRECTIONS, *VARIANTS}


def test_the_page_of_errors_lists_each_refusal_that_has_to_be_injected_and_why() -> None:
    section = PAGE.partition("## Refusals that only an injected fault brings about\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")]
    assert rows == [[f"`{case.code}`", f"`{name}`", case.injected] for name, case in CASES.items() if case.injected]


def named(key: str) -> tuple[str, Case]:
    """The correction's name, and the case."""
    return key.partition(" ")[0], EVERY[key]


def begin(scene: Scene, case: Case) -> None:
    """Bring the cause about; only a case that says why it has to may have QuickBooks told to refuse."""
    case.cause(scene)
    assert scene.injected is bool(case.injected)


def fails(scene: Scene, case: Case, *, times: int = 4) -> None:
    """The record fails in so many cycles, each time sent unchanged."""
    for tries in range(times):
        assert scene.sync().result == "errors", tries
        assert scene.error["code"] == case.code
        assert scene.error["tries"] == tries
        row = next(row for row in scene.rows if row["id"] == scene.error["outbox_id"])
        assert row["reason"] == f"{scene.error['cause']} {scene.error['remedy']}", "the queue says what the error says"
    hashes = scene.sent(scene.error["outbox_id"])[-times:]
    assert len(set(hashes)) <= 1, "what was sent was sent again unchanged (D3)"


def ended(scene: Scene, case: Case) -> None:
    """It arrived, nothing is open, and nothing comes of it later."""
    assert scene.errors == []
    assert scene.rows == []
    case.holds(scene)
    after = scene.sync()
    assert (after.result, after.sent) == ("ok", 0), "a stand-in is no difference"
    assert scene.sync().result == "ok"
    case.holds(scene)


def tell(scene: Scene, name: str) -> None:
    """What every error must show: cause, remedy, class, group; and what will be done where something can be."""
    error, group = scene.error, scene.groups()[0]
    assert error["correction"] == ENDS.get(name, name)
    assert error["klass"] == ("no" if name in BARE else CORRECTIONS[name].klass)
    assert error["cause"].endswith((".", "?"))
    assert error["remedy"].endswith(".")
    assert (group["count"], group["correction"], group["of"]) == (1, ENDS.get(name, name), 3)
    assert group["next"].endswith(".")


@pytest.mark.parametrize("key", SAFE)
def test_what_is_safe_is_corrected_by_itself_in_the_third_further_cycle(scene: Scene, key: str) -> None:
    name, case = named(key)
    begin(scene, case)
    fails(scene, case, times=3)
    tell(scene, name)
    assert scene.corrections("done", "applied", "failed") == []
    assert scene.sync().result == "ok", scene.story()
    assert [(row["name"], row["state"]) for row in scene.corrections("done", "failed")] == [(name, "done")]
    ended(scene, case)


@pytest.mark.parametrize("key", POLICY)
def test_what_is_policy_waits_for_a_person_who_sees_what_it_will_do(scene: Scene, key: str) -> None:
    name, case = named(key)
    begin(scene, case)
    fails(scene, case)
    tell(scene, name)
    assert scene.rows[-1]["state"] == OutboxState.PARKED
    assert scene.corrections("done", "applied", "failed") == [], "nobody opted in"
    offered = scene.corrections("offered")[0]
    assert scene.correct_now() == offered["says"] == scene.groups()[0]["says"]
    assert scene.sync().result == "ok", scene.story()
    assert [(row["name"], row["state"], row["wanted_by"]) for row in scene.corrections("done", "failed")] == [(name, "done", "Ada")]
    ended(scene, case)


@pytest.mark.parametrize("key", POLICY)
def test_what_is_policy_runs_by_itself_where_the_owner_opted_in(scene: Scene, key: str) -> None:
    name, case = named(key)
    scene.allow(name)
    begin(scene, case)
    fails(scene, case, times=3)
    assert scene.corrections("done", "applied", "failed") == []
    assert scene.sync().result == "ok", scene.story()
    assert [(row["name"], row["state"]) for row in scene.corrections("done", "failed")] == [(name, "done")]
    ended(scene, case)


@pytest.mark.parametrize(("key", "consent"), [*((key, False) for key in NO), *((key, True) for key in BARE)])
def test_what_nobody_can_correct_is_parked_with_what_a_person_does(scene: Scene, key: str, *, consent: bool) -> None:
    name, case = named(key)
    if consent:
        scene.allow(name)
    begin(scene, case)
    fails(scene, case)
    tell(scene, name)
    assert scene.rows[-1]["state"] == OutboxState.PARKED
    assert scene.error["remedy"] in scene.rows[-1]["reason"]
    assert scene.corrections() == []
    with pytest.raises(Refused):
        scene.correct_now()
    assert case.mend is not None
    case.mend(scene)
    assert scene.sync().result == "ok", scene.story()
    case.holds(scene)


@pytest.mark.parametrize("name", LOCAL)
def test_what_is_refused_here_is_parked_at_once_and_goes_once_it_is_put_right(scene: Scene, name: str) -> None:
    case = CASES[name]
    begin(scene, case)
    assert scene.sync().result == "errors"
    tell(scene, name)
    assert scene.rows[0]["state"] == OutboxState.PARKED
    assert scene.sync().result == "errors"
    assert scene.error["tries"] == 0, "nothing was tried"
    assert case.mend is not None
    case.mend(scene)
    assert scene.sync().result == "ok", scene.story()
    case.holds(scene)


@pytest.mark.parametrize("key", [*AT_ONCE, *AT_ONCE_TOO])
def test_what_is_no_records_fault_is_handled_at_once(scene: Scene, key: str) -> None:
    {**AT_ONCE, **AT_ONCE_TOO}[key](scene)
