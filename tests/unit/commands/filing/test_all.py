"""A kept file that goes in only if every row is good: looked through once more, and nothing is written while one is not."""

from __future__ import annotations

import pytest

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts
from syncengine.errors import Refused
from tests.support.filed import BAD, customers, looked, names, notes, of, saved
from tests.support.longacts import ended, steps, work

#: Takes the name of the fourth row's record.
TAKEN = {"code": "x", "name": "CUSTOMER 3"}


def ask(session, file):
    return commands.ask_import(session, file.id, file.look, mode="all")


def test_with_one_bad_row_it_cannot_be_asked_for_and_nothing_is_written(session):
    file = looked(session, customers(range(6), **BAD))
    with pytest.raises(Refused, match="Not every row of this file is good"):
        ask(session, file)
    assert (names(session), queries.long_act(session), of(session, file.id).state) == ([], None, "looked")


def test_where_every_row_is_good_all_of_them_go_in(session):
    file = looked(session, customers(range(5)))
    act = work(session, ask(session, file))
    assert (act.state, act.done, len(names(session))) == ("done", 5, 5)
    [(event, _, detail)] = notes(session)
    assert (event, detail["mode"]) == ("imported", "all")


def test_a_row_that_has_become_bad_since_the_look_lets_nothing_be_written_and_is_named(session):
    file = looked(session, customers(range(6)))
    saved(session, TAKEN)
    act = work(session, ask(session, file))
    assert (act.state, names(session)) == ("refused", ["CUSTOMER 3"])
    assert act.outcome == (
        "Not every row of customers.csv is good any more: problems by now: 1. Nothing was written. Look at the rows under Import."
    )
    now = of(session, file.id)
    assert (now.state, now.looked.counts.new, now.looked.counts.bad, now.problems) == ("looked", 5, 1, 1)
    assert [each.row for each in queries.kept_import_problems(session, file.id)] == [5]
    assert [event for event, *_ in notes(session)] == ["import stopped"]
    with pytest.raises(Refused, match="looked through anew"):
        ask(session, file)
    work(session, commands.ask_import(session, now.id, now.look))
    assert len(names(session)) == 6


def test_a_row_that_becomes_bad_before_the_first_is_written_lets_nothing_be_written(session, monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 10)
    file = looked(session, customers(range(6)))
    failpoints.arm("import.staged", lambda: saved(session, TAKEN))
    act = work(session, ask(session, file))
    assert (act.state, act.done, names(session)) == ("refused", 0, ["CUSTOMER 3"])
    assert act.outcome.startswith("Row 5 is not good any more: another customer (x) has this name")
    assert "Nothing of customers.csv was written. The file is kept still" in act.outcome


def test_a_row_that_becomes_bad_after_the_first_is_written_is_left_out_and_told(session):
    file = looked(session, customers(range(6)))
    act_id = ask(session, file)
    going = steps(session, act_id)
    for _ in range(3):
        next(going)()
    saved(session, TAKEN)
    for step in going:
        step()
    act = ended(session, act_id)
    assert (act.state, act.done, act.left, len(names(session))) == ("done", 5, 1, 6)
    assert "1 left out. When you looked, it was 6 new" in act.outcome


def test_how_far_the_second_look_is_shows(session, monkeypatch):
    monkeypatch.setattr(fileparts, "_TOLD_EVERY", 500)
    monkeypatch.setattr(fileparts, "RECORDS", 1_000)
    file = looked(session, customers(range(1_200)))
    act_id, seen = ask(session, file), []
    failpoints.arm("import.read", lambda: seen.append((queries.long_act(session).phase, queries.long_act(session).ahead)))
    work(session, act_id)
    assert seen == [("", 0), ("look", 500)]
