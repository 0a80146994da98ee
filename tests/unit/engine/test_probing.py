"""Which of the rows that QuickBooks refused for good are tried again, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncengine.engine.probing import due, one_each
from syncengine.store.outbox import FEATURE

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def row(row_id: int, hours: int, *, entity: str = "Class", parked_by: str = "refused") -> Any:
    """A parked row that was last tried so many hours ago."""
    return {"id": row_id, "entity": entity, "parked_by": parked_by, "position": row_id, "changed_at": NOW - timedelta(hours=hours)}


def ids(rows: list[Any]) -> list[int]:
    return sorted(each["id"] for each in rows)


def test_rows_with_causes_of_their_own_are_each_tried_once_a_day():
    assert ids(due([row(1, 25), row(2, 24), row(3, 48)], {}, NOW)) == [1, 3]


@pytest.mark.parametrize(("rows", "tried"), [
    ([row(1, 30), row(2, 40), row(3, 26)], [2]),
    ([row(1, 30), row(2, 40), row(3, 23)], []),
], ids=["all of them rest for a day", "one of them was tried since"])  # fmt: skip
def test_of_rows_with_one_cause_in_the_plan_the_one_that_waited_longest_is_tried_for_all(rows, tried):
    plan = dict.fromkeys([1, 2, 3], "plan_limit")
    assert ids(due(rows, plan, NOW)) == tried
    assert ids(one_each(rows, plan)) == [2]


def test_a_kind_that_rests_is_one_cause_even_where_its_errors_are_told_no_more():
    rows = [row(1, 30, entity="Estimate", parked_by=FEATURE), row(2, 31, entity="Estimate", parked_by=FEATURE), row(3, 30, entity="Invoice", parked_by=FEATURE)]
    assert ids(due(rows, {}, NOW)) == [2, 3]


def test_another_cause_is_tried_beside_them():
    rows = [row(1, 30), row(2, 31), row(3, 32)]
    assert ids(one_each(rows, {1: "plan_limit", 2: "plan_limit"})) == [2, 3]
