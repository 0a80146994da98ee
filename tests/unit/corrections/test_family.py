"""The family of corrections: each is complete, says what it means, and is found by itself."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from syncengine import corrections
from syncengine.corrections import CORRECTIONS, Facts, Klass, Trouble, Verdict, fitting, help_of
from tests.support.source import ROOT

EVERY = list(CORRECTIONS.values())


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_a_correction_says_cause_remedy_and_source_in_sentences(each):
    for sentence in (each.cause, each.remedy, *filter(None, (each.does, each.idle, each.undo))):
        assert sentence[0].isupper() or sentence.startswith("{who}"), sentence
        assert sentence.endswith("."), sentence
    assert each.source
    assert each.row


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_what_the_machine_may_do_is_described_and_what_it_may_not_is_left_to_a_person(each):
    assert bool(each.does) == (each.klass is not Klass.NO)
    assert bool(each.consent) == (each.klass is Klass.POLICY)
    assert each.consent or not each.idle
    assert each.decide is None or each.klass is not Klass.NO
    assert each.decide is not None or each.at_once or each.klass is Klass.NO


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_only_what_sends_other_values_can_be_taken_back(each):
    source = (ROOT / "syncengine" / "corrections" / f"{each.name}.py").read_text(encoding="utf-8")
    assert not each.undo or "override(" in source


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_nothing_is_decided_about_a_record_of_which_nothing_is_known(each):
    trouble, facts = Trouble("1"), Facts("Invoice", "invoice", "N-1", document=True)
    assert each.decide is None or each.decide(trouble, facts) is None
    assert each.group_key(trouble, facts)
    assert all(each.told(trouble, facts))


def test_something_always_fits():
    assert [each.name for each in fitting(Trouble("no such code"))] == ["unknown"]


def test_the_first_that_fits_may_act_and_the_last_is_a_person():
    for code in ("6240", "6140", "610", "2500", "6200", "2050", "2210", "2170", "6070"):
        trouble = Trouble.of(corrections_fault(code), entity="Invoice", operation="create", document=True)
        found = fitting(trouble)
        assert found[-1].klass is Klass.NO, code


def corrections_fault(code: str):
    from syncengine.quickbooks import Fault, FaultDetail

    return Fault(400, "ValidationFault", (FaultDetail(code, "already exists", "made inactive"),), "")


def test_a_verdict_survives_being_stored():
    from syncengine.corrections._correction import activate, deactivate, override

    verdict = Verdict("Says.", (override("A.B", None), activate("Customer", "5")), (deactivate("Customer", "5"),))
    assert Verdict.read("Says.", verdict.stored()) == verdict
    assert not verdict.reversible
    assert Verdict("Says.", (override("A.B", None),)).reversible


MADE_UP = '''"""A made-up cause: the moon is full."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="9001",
    cause="The moon is full.",
    remedy="Wait a day.",
    klass=Klass.NO,
    source="An almanac",
    fits=coded("9001"),
)
'''


def test_adding_one_is_adding_one_file(tmp_path: Path):
    """A process that finds one more file beside the others knows it, its place in the order and its page in the documents."""
    (tmp_path / "full_moon.py").write_text(MADE_UP, encoding="utf-8")
    script = (
        f"import syncengine; from pathlib import Path; import pkgutil, importlib.util, sys\n"
        f"spec = importlib.util.find_spec('syncengine.corrections'); spec.submodule_search_locations.append({str(tmp_path)!r})\n"
        "package = importlib.util.module_from_spec(spec); sys.modules['syncengine.corrections'] = package; spec.loader.exec_module(package)\n"
        "assert package.fitting(package.Trouble('9001'))[0].cause == 'The moon is full.'\n"
        "from tools import reference\n"
        "print([text for path, text in reference.pages().items() if path.name == 'corrections.md'][0])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^## full_moon\n\n9001\. \*\*no\*\*\.\n\n\* \*Cause:\* The moon is full\.", done.stdout, re.MULTILINE)


def test_each_file_is_one_correction_by_the_name_of_the_file():
    files = {path.stem for path in Path(corrections.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert set(CORRECTIONS) == files
    for name in files:
        assert importlib.import_module(f"syncengine.corrections.{name}").CORRECTION.cause == CORRECTIONS[name].cause


#: Who puts each cause right: a decision for each, so that a new one is thought about. Nobody: it passes, or is done by itself.
WHO = {
    "nobody": "batch_too_large inactive_instead nothing_to_post outage stale throttled",
    "person": "account_type adopt_document adopt_inactive_name adopt_same_name before_start business_rule cannot_link clean_text "
    "closed currency cut_text default_account deposited discount_off drift drop_discount_line feature_missing find_reference "
    "first_open_day in_use incomplete leave_email_out leave_word_out missing_elsewhere name_suffix name_taken negative_total "
    "next_number no_access no_account no_name number_taken open_balance other_company parent_first plan_limit "
    "reactivate_reference recompute_amount recreate_twin request_repeated required_missing short_number sign_in "
    "subscription_ended tax_flag text_refused tracking_off unbalanced value_refused wrong_parent",
    "support": "could_not_run no_reason unknown wrong_operation",
}


def test_it_is_decided_of_each_who_can_put_it_right():
    assert sorted(name for names in WHO.values() for name in names.split()) == sorted(CORRECTIONS)
    assert {each.name for each in EVERY if not each.solvable} == set(WHO["support"].split())


@pytest.mark.parametrize("name", WHO["support"].split())
def test_what_nobody_here_can_put_right_names_support_and_no_steps(name):
    told = help_of(CORRECTIONS[name])
    assert "support" in told.person
    assert (told.there, told.here) == ("", "")


@pytest.mark.parametrize("each", [each for each in EVERY if "in QuickBooks" in each.remedy and each.solvable], ids=lambda each: each.name)
def test_what_is_to_be_done_in_quickbooks_is_said_from_menu_to_menu(each):
    assert re.search(r"[\w)] > \w|Search at the top", each.there), f"{each.name}: {each.remedy}"


@pytest.mark.parametrize("each", [each for each in EVERY if each.there], ids=lambda each: each.name)
def test_the_steps_in_quickbooks_are_short_sentences(each):
    assert each.there.endswith(".")
    assert len(each.there) <= 350
