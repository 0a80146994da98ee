"""A file that is too large for a click is looked through: what it would do is said, and nothing is written."""

from __future__ import annotations

import pytest

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts
from syncengine.errors import Refused
from syncengine.imports import ImportRefused
from tests.support.filed import BAD, customers, kept, looked, names, notes, of, saved
from tests.support.longacts import work


def test_a_kept_file_says_what_it_would_do_and_writes_nothing(session):
    saved(session, {"code": "c0", "name": "Customer 0", "email": "c0@example.com"}, {"code": "c1", "name": "Before"})
    file = looked(session, customers(range(6), **BAD))
    counts = file.looked.counts
    assert (counts.new, counts.changed, counts.unchanged, counts.bad) == (3, 1, 1, 1)
    assert (file.state, file.name, file.by, file.problems) == ("looked", "customers.csv", "ada", 1)
    (problem,) = queries.kept_import_problems(session, file.id)
    assert (problem.row, problem.column, problem.value) == (5, "email", "no address")
    assert file.looked.samples[0] == {"code": "c0", "name": "Customer 0", "email": "c0@example.com"}
    assert names(session) == ["Customer 0", "Before"]
    assert notes(session) == []


def test_looking_says_the_same_as_preparing_at_once(session):
    content = b"name,email,code\nRope,a@example.com,c1\nSail,no address,c2\n"
    file, prepared = looked(session, content), commands.prepare_import(session, "customer", content, name="customers.csv")
    for name in ("counts", "columns", "mapping", "ignored", "samples", "notes", "closed", "line_rows"):
        assert getattr(file.looked, name) == getattr(prepared, name), name
    assert [list(each) for each in file.looked.samples] == [["name", "email", "code"]], "in the file's order"
    assert queries.kept_import_problems(session, file.id) == prepared.problems


def test_a_file_that_cannot_be_used_is_refused_in_words_and_can_be_matched_anew(session):
    file_id = kept(session, b"Firma,Erreichbar\nDelta,ds@example.com\n")
    act = work(session, commands.ask_look(session, file_id))
    file = of(session, file_id)
    assert (act.state, file.state) == ("refused", "refused")
    assert act.outcome == file.refusal
    assert "No column of customers.csv is known" in file.refusal
    assert file.matching.columns == ["Firma", "Erreichbar"]
    with pytest.raises(Refused, match="looked through anew"):
        commands.ask_import(session, file_id, file.look)
    work(session, commands.ask_look(session, file_id, mapping={"Firma": "name", "Erreichbar": "email"}))
    file = of(session, file_id)
    assert (file.state, file.refusal, file.looked.counts.new) == ("looked", "", 1)


def test_many_problems_are_told_a_page_at_a_time_and_none_is_lost(session):
    content = customers(range(450), **{f"e{n}": f"no address {n}" for n in range(450)})
    file = looked(session, content)
    found = [each.row for start in range(0, 500, 70) for each in queries.kept_import_problems(session, file.id, start, 70)]
    assert file.problems == 450
    assert found == list(range(2, 452))


@pytest.mark.parametrize("name", [b"no\xffta", b"no\0ta"])
def test_a_column_whose_name_is_no_text_is_refused_in_words(session, name):
    content = b"code,name,\xc3\xa4" + name + b"\nc1,One,x\n"
    act = work(session, commands.ask_look(session, kept(session, content)))
    said = (
        "customers.csv: the name of the column in place 3 holds bytes that are no text in the file's encoding. "
        "Save the file anew as UTF-8, or choose its encoding."
    )
    assert (act.state, act.outcome) == ("refused", said)
    with pytest.raises(ImportRefused) as refused:
        commands.prepare_import(session, "customer", content, name="customers.csv")
    assert str(refused.value) == said


def test_whoever_stops_it_while_it_is_looked_through_is_heard(session, monkeypatch):
    monkeypatch.setattr(fileparts, "_TOLD_EVERY", 500)
    file_id = kept(session, customers(range(1_200)))
    act_id = commands.ask_look(session, file_id)
    failpoints.arm("import.read", lambda: commands.stop_act(session, act_id))
    act = work(session, act_id)
    assert (act.state, act.outcome) == ("stopped", "Ada has stopped it.")
    assert (of(session, file_id).state, of(session, file_id).looked) == ("kept", None)
    failpoints.disarm()
    work(session, commands.ask_look(session, file_id))
    assert of(session, file_id).looked.counts.new == 1_200
