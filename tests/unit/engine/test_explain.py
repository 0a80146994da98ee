"""Every fault is told in plain words with a remedy; none of the words is out of reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.engine.explain import _MEANINGS, _UNKNOWN, report
from syncengine.quickbooks import Fault, FaultDetail


def fault(code: str, message: str = "", detail: str = "", *, status: int = 400, tid: str = "") -> Fault:
    return Fault(status, "ValidationFault", (FaultDetail(code, message, detail),), tid)


@pytest.mark.parametrize(("meaning", "code"), [(meaning, code) for meaning in _MEANINGS for code in meaning.codes], ids=lambda value: str(value)[:20])
def test_each_meaning_is_reached_by_its_codes(meaning, code):
    told = report(fault(code, "Something", f"It says: {meaning.words}."))
    assert (told.cause, told.remedy) == (meaning.cause, meaning.remedy)


@pytest.mark.parametrize("meaning", [*_MEANINGS, _UNKNOWN], ids=lambda meaning: meaning.cause[:20])
def test_cause_and_remedy_are_sentences(meaning):
    for sentence in (meaning.cause, meaning.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@given(st.text(max_size=10), st.text(max_size=40), st.text(max_size=40), st.sampled_from([200, 400, 500]), st.text(max_size=10))
def test_any_fault_is_told_with_a_code_a_cause_and_a_remedy(code, message, detail, status, tid):
    told = report(fault(code, message, detail, status=status, tid=tid))
    assert told.code
    assert told.cause
    assert told.remedy
    assert told.message == " ".join(part for part in (message, detail) if part)
    assert told.tid == (tid or None)


def test_a_fault_without_a_code_is_named_by_its_status():
    assert report(fault("", "Service Unavailable", status=503)).code == "HTTP 503"


@pytest.mark.parametrize(
    ("code", "detail", "words"),
    [
        ("610", "Something you are trying to use has been made inactive.", "made inactive"),
        ("610", "Another user has deleted this transaction.", "twin was deleted"),
        ("610", "Object Not Found", "does not have"),
        ("5010", "Stale Object Error", "same moment"),
        ("5010", "The account period has closed and the books cannot be changed", "period that is closed"),
        ("6000", "You cannot save transactions before your closing date", "period that is closed"),
        ("6000", "A business validation error", "own rules"),
        ("99999", "Never heard of", "no reason that is known"),
    ],
)
def test_one_code_of_several_situations_is_told_by_its_words(code, detail, words):
    told = report(fault(code, "", detail))
    assert words in told.cause
    assert told.code == code
