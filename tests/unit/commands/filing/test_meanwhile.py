"""What somebody saves while a kept file goes in: the next portion takes it as if it had been there from the first."""

from __future__ import annotations

import pytest

from syncengine import queries
from syncengine.commands import fileparts, portions
from tests.support.filed import ask, begun, customers, looked, names, of, saved
from tests.support.longacts import ended, steps


def imported(session, between, hand=None):
    """A file of six whose first two records are in when something is done between two portions; the file and its act."""
    file = looked(session, customers(range(6)))
    act_id = ask(session, file)
    if hand is None:
        going = steps(session, act_id)
        for _ in range(3):
            next(going)()
        between()
        for step in going:
            step()
    else:
        begun(session, act_id, hand)
        for _ in range(2):
            portions.carry_on(session, "import", act_id, hand)
        between()
        while portions.carry_on(session, "import", act_id, hand):
            pass
    return of(session, file.id), ended(session, act_id)


@pytest.mark.parametrize("one_goes_on", [True, False], ids=["the same worker", "whoever comes"])
@pytest.mark.parametrize(
    "called", [{"code": "c4", "name": "Else"}, {"name": "Customer 4"}, {"name": "CUSTOMER   4"}], ids=["code", "name", "other letters"]
)
def test_a_record_saved_between_two_portions_is_changed_and_not_made_twice(session, called, one_goes_on):
    hand = fileparts.Hand() if one_goes_on else None
    file, act = imported(session, lambda: saved(session, called), hand)
    assert (file.created, file.changed, file.refused, act.done) == (5, 1, 0, 6)
    assert sorted(names(session)) == [f"Customer {n}" for n in range(6)]
    assert "When you looked, it was 6 new, 0 changed" in act.outcome


def test_a_name_that_was_taken_between_two_portions_is_a_problem_of_its_row(session):
    file, act = imported(session, lambda: saved(session, {"code": "x", "name": "customer 4"}), fileparts.Hand())
    assert (file.created, file.refused, act.left) == (5, 1, 1)
    (problem,) = queries.kept_import_problems(session, file.id)
    assert (problem.row, problem.column, problem.value) == (6, "name", "Customer 4")
    assert "another customer (x) has this name" in problem.message


def test_a_record_saved_between_the_look_and_the_import_is_changed_and_not_made_twice(session):
    file = looked(session, customers(range(4)))
    saved(session, {"name": "CUSTOMER 3"})
    act_id = ask(session, file)
    for step in steps(session, act_id):
        step()
    assert (of(session, file.id).created, of(session, file.id).changed) == (3, 1)
    assert sorted(names(session)) == [f"Customer {n}" for n in range(4)]
