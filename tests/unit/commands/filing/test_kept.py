"""How long a kept file stays, and what takes its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from syncengine import commands, queries
from syncengine.errors import Refused
from syncengine.imports import portable
from syncengine.store import filed
from syncengine.store.tables import ImportFile, ImportLeftOut, ImportPiece
from tests.support.filed import ask, count, customers, kept, looked, of
from tests.support.longacts import work


def test_what_a_person_brings_takes_the_place_of_what_they_brought_before(session):
    first, second = kept(session, customers(range(3))), kept(session, customers(range(4)))
    assert queries.kept_import(session, first) is None
    assert queries.kept_import(session).id == second
    assert queries.kept_import(replace(session, actor="Ben")) is None
    assert count(session, ImportPiece) == 1


def test_what_became_of_an_import_stays_its_week_whatever_is_brought_after_it(session):
    first = looked(session, customers(range(3), e1="no address"))
    work(session, ask(session, first))
    second = kept(session, customers(range(4)))
    assert queries.kept_import(session).id == second
    assert of(session, first.id).state == "ended"
    assert len(queries.kept_import_problems(session, first.id)) == 1


@pytest.mark.parametrize("pieces_before", [0, 1, 2])
def test_a_file_whose_place_is_taken_while_its_pieces_come_says_so(session, monkeypatch, pieces_before):
    real = portable.pieces

    def slow(source):
        monkeypatch.setattr(portable, "pieces", real)
        two = [*real(source)] * 2
        yield from two[:pieces_before]
        kept(session, customers(range(2)), name="second.csv")
        yield from two[pieces_before:]

    monkeypatch.setattr(portable, "pieces", slow)
    with pytest.raises(Refused, match="has taken the place of this one"):
        kept(session, customers(range(3)), name="first.csv")
    assert queries.kept_import(session).name == "second.csv"
    assert (count(session, ImportFile), count(session, ImportPiece)) == (1, 1)


def test_a_file_is_kept_for_a_day_from_what_was_last_done_with_it_and_what_became_of_it_for_a_week(session):
    day = filed.UNUSED + timedelta(seconds=1)

    def sweep():
        with session.database.writing() as connection:
            filed.sweep(connection, session.clock.now())
        return count(session, ImportFile)

    file_id = kept(session, customers(range(3)))
    session.clock.advance(day.total_seconds())
    asked = commands.ask_look(session, file_id)
    assert sweep() == 1, "the worker is at it"
    work(session, asked)
    assert sweep() == 1, "it was looked through just now"
    session.clock.advance(day.total_seconds())
    assert sweep() == 0
    assert (count(session, ImportPiece), queries.kept_import(session)) == (0, None)
    work(session, ask(session, looked(session, customers(range(3)))))
    session.clock.advance(day.total_seconds())
    assert sweep() == 1, "what became of it is told for longer"
    session.clock.advance(filed.TOLD.total_seconds())
    assert sweep() == 0


def test_a_file_is_not_dropped_while_the_worker_is_at_it(session):
    file = looked(session, customers(range(3)))
    act_id = ask(session, file)
    with pytest.raises(Refused, match="is at this file"):
        commands.drop_import(session, file.id)
    work(session, act_id)
    commands.drop_import(session, file.id)
    assert (queries.kept_import(session), count(session, ImportFile)) == (None, 0)


def test_how_much_of_a_file_is_kept_is_told_piece_by_piece(session, monkeypatch):
    monkeypatch.setattr(portable, "PIECE", 100)
    content, lines, told = customers(range(10)), b"x" * 150, []
    commands.keep_import(session, "invoice", content, lines=lines, progress=lambda *far: told.append(far))
    whole = len(content) + len(lines)
    assert told[0] == (100, whole)
    assert told[-1] == (whole, whole)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_a_person_has_brought_is_told_with_the_newest_first(session):
    first = looked(session, customers(range(3), e1="no address"), name="first.csv")
    work(session, ask(session, first))
    work(session, ask(session, looked(session, customers(range(4)), name="second.csv")))
    kept(session, customers(range(5)), name="third.csv")
    found = queries.kept_imports(session)
    assert [(each.name, each.state, each.problems) for each in found] == [
        ("third.csv", "kept", 0), ("second.csv", "ended", 0), ("first.csv", "ended", 1),
    ]  # fmt: skip
    assert queries.kept_imports(replace(session, actor="Ben")) == []


def test_which_rows_stay_out_is_kept_apart_from_the_file_and_goes_with_it(session):
    many = looked(session, customers(range(400), **{f"e{n}": "no address" for n in range(300)}))
    with session.database.reading() as connection:
        found = connection.scalars(select(ImportFile.found)).one()
        assert filed.left_out(connection, session.company_id, many.id) == frozenset(range(2, 302))
    long = {name: value for name, value in found.items() if isinstance(value, list) and len(value) > 10}
    assert long == {}, "whoever reads on reads and writes the file's row again and again"
    commands.drop_import(session, many.id)
    assert count(session, ImportLeftOut) == 0
