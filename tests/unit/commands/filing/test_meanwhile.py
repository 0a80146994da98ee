"""What somebody saves while a kept file goes in: the next portion takes it as if it had been there from the first."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.commands import fileparts, portions
from syncengine.imports import passes
from syncengine.inventory import writer
from tests.support.filed import ask, begun, customers, looked, names, of, saved
from tests.support.longacts import ended, steps
from tests.unit.queries import seed


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


@pytest.mark.parametrize("ends", ["done", "stopped"])
@pytest.mark.parametrize("one_goes_on", [True, False], ids=["the same worker", "whoever comes"])
def test_a_name_that_somebody_commits_while_a_portion_is_written_is_told(postgres_database, monkeypatch, one_goes_on, ends):
    """Neither transaction sees the other's: the next one tells, whoever makes it, and be it the one that ends it all."""
    session, portions_written, save_many = seed.company(postgres_database), [], passes.save_many

    def save_with_another(*asked):
        done = save_many(*asked)
        portions_written.append(1)
        with session.database._write.connect() as other:
            number = 2 * len(portions_written) - 1
            writer.save(other, "customer", session.company_id, {"code": f"x{number}", "name": f"CUSTOMER {number}"})
            other.commit()
        return done

    monkeypatch.setattr(passes, "save_many", save_with_another)
    file = looked(session, customers(range(6)))
    act_id = ask(session, file)
    hand = fileparts.Hand()
    begun(session, act_id, hand)
    for _ in range(2):
        portions.carry_on(session, "import", act_id, hand if one_goes_on else fileparts.Hand())
    if ends == "stopped":
        commands.stop_act(session, act_id)
    while portions.carry_on(session, "import", act_id, hand if one_goes_on else fileparts.Hand()):
        pass
    written = len(portions_written)
    told = queries.kept_import_problems(session, file.id)
    assert [(each.row, each.value) for each in told] == [(2 * n + 1, f"Customer {2 * n - 1}") for n in range(1, written + 1)]
    assert "another customer (x1) got the same name" in told[0].message
    state, act = of(session, file.id), ended(session, act_id)
    assert (state.created, state.refused, state.problems) == (2 * written, 0, written)
    assert f"{'One name stands' if written == 1 else f'{written} names stand'} twice now" in act.outcome
    assert (written == 3) is (ends == "done")
