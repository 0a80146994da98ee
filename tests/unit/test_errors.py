"""Errors sorted by remedy: the drawing in the module is the tree that the code has."""

from __future__ import annotations

import re

import pytest

from syncengine import errors
from syncengine.errors import Bug, ConfigurationError, NeedsPerson, RecordError, Refused, Retriable, SyncEngineError, Throttled

#: The second floor of the tree: what a catcher tells apart.
REMEDIES = (ConfigurationError, NeedsPerson, Retriable, RecordError, Refused, Bug)
OURS = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, SyncEngineError)]


@pytest.mark.parametrize("error", OURS, ids=lambda error: error.__name__)
def test_each_error_has_exactly_one_remedy(error):
    assert error is SyncEngineError or sum(issubclass(error, remedy) for remedy in REMEDIES) == 1


@pytest.mark.parametrize("error", [e for e in OURS if e is not SyncEngineError], ids=lambda error: error.__name__)
def test_the_drawing_shows_each_error_under_its_remedy(error):
    drawn = next(line for line in (errors.__doc__ or "").splitlines() if re.search(rf"\b{error.__name__}\b", line))
    assert any(re.match(rf"\s+{remedy.__name__}\b", drawn) for remedy in REMEDIES if issubclass(error, remedy))


def test_a_record_error_reads_as_a_sentence_with_field_value_cause_and_remedy():
    error = RecordError("due_date", "31.02.2026", "This is no date.", "Write it as YYYY-MM-DD.")
    assert str(error) == "due_date ('31.02.2026'): This is no date. Write it as YYYY-MM-DD."


def test_a_record_error_about_something_missing_shows_no_empty_quotes():
    assert str(RecordError("customer_id", "", "An invoice needs a customer.", "Choose one.")) == "customer_id: An invoice needs a customer. Choose one."


def test_throttling_says_for_how_long():
    with pytest.raises(Retriable, match="slow down") as caught:
        raise Throttled("slow down", seconds=60)
    assert isinstance(caught.value, Throttled)
    assert caught.value.seconds == 60
