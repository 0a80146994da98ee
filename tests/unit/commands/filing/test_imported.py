"""A kept file is imported in portions: nothing goes in twice, nothing is lost in silence, whoever carries on."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, update

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts, portions
from syncengine.inventory import tables, writer
from syncengine.store.tables import ImportFile, ImportLeftOut, ImportPiece, LongActPart
from tests.support.filed import BAD, ask, begun, broken, count, customers, kept, looked, names, notes, of, saved
from tests.support.longacts import ended, row, steps, work
from tests.unit.queries import seed


def test_the_good_rows_go_in_portion_by_portion_and_the_end_is_told(session):
    file = looked(session, customers(range(6), **BAD))
    act_id = ask(session, file)
    seen = []
    for step in steps(session, act_id):
        step()
        seen.append((len(names(session)), count(session, LongActPart)))
    assert seen == [(0, 0), (0, 3), (2, 2), (4, 1), (5, 0), (5, 0)]
    act, file = ended(session, act_id), of(session, file.id)
    assert (act.state, act.done, act.left, act.total) == ("done", 5, 0, 5)
    assert act.outcome == (
        "customers.csv is in: 5 new, 0 changed, 0 unchanged, 1 left out. The rows that were left out are named on Import. "
        "What changed goes to QuickBooks with the next sync."
    )
    assert (file.state, file.created, file.problems, file.outcome) == ("ended", 5, 1, act.outcome)
    detail = {"file": "customers.csv", "mode": "good", "created": 5, "changed": 0, "unchanged": 0, "rejected": 1}
    assert notes(session) == [("imported", "Ada", detail)]
    assert count(session, ImportPiece) == 0, "the file itself goes with the end"


def test_both_halves_of_a_name_go_in_as_one(session):
    file = looked(session, b"code,last name,first name\nd1,Davolio,Nancy\nd2,Fuller,Andrew\n")
    assert file.looked.mapping["first name + last name"] == "name"
    work(session, ask(session, file))
    assert names(session) == ["Nancy Davolio", "Andrew Fuller"]


@pytest.mark.parametrize("lines", [{}, {"lines": b"number,item,quantity,unit price\n2001,Anchor,2,5\n2001,Anchor,1,5\n", "lines_name": "l.csv"}])
def test_a_portion_is_written_without_the_file_and_without_the_rows_that_stay_out(database, lines):
    session = seed.busy(database).session
    content = b"number,customer,date\n2001,Alpine Outfitters,2026-01-10\n2002,Nobody,2026-01-11\n" if lines else customers(range(6), **BAD)
    file = looked(session, content, "invoice" if lines else "customer", **lines)
    act_id = ask(session, file)
    assert count(session, ImportLeftOut) == 1
    going = steps(session, act_id)
    for _ in range(2):
        next(going)()
    with database.writing() as connection:
        connection.execute(delete(ImportPiece))
    assert count(session, ImportLeftOut) == 0
    for step in going:
        step()
    assert (ended(session, act_id).done, ended(session, act_id).left) == ((1 if lines else 5), 0)
    assert of(session, file.id).looked == file.looked


def test_what_turns_out_otherwise_than_it_looked_is_told(session):
    file = looked(session, customers(range(4)))
    saved(session, {"code": "c1", "name": "Customer 1"}, {"code": "x", "name": "Customer 2"})
    act = work(session, ask(session, file))
    file = of(session, file.id)
    assert (file.created, file.changed, file.unchanged, file.refused) == (2, 1, 0, 1)
    assert "When you looked, it was 4 new, 0 changed, 0 unchanged, 0 that cannot go in" in act.outcome
    (problem,) = queries.kept_import_problems(session, file.id)
    assert (problem.row, problem.column) == (4, "name")
    assert (act.done, act.left, act.total) == (3, 1, 4)


def test_whoever_carries_on_after_any_crash_writes_no_record_twice_and_none_is_lost(session):
    file = looked(session, customers(range(7), **BAD))
    act_id = ask(session, file)
    act = row(session, act_id)
    portions.take_up(session.database, session.clock, act)
    portions.begin(session, "import", act_id)
    failpoints.arm("import.staged", failpoints.nth(2, broken))
    with pytest.raises(ZeroDivisionError):
        portions.carry_on(session, "import", act_id)
    for point in ("longact.counted", "import.chunk"):
        failpoints.disarm()
        assert portions.carry_on(session, "import", act_id)
        failpoints.arm(point, broken)
        before = names(session), of(session, file.id)
        with pytest.raises(ZeroDivisionError):
            portions.carry_on(session, "import", act_id)
        assert (names(session), of(session, file.id)) == before
    failpoints.disarm()
    with session.database.writing() as connection:  # somebody edits what is in already: that stays
        table = tables.KINDS["customer"].table
        connection.execute(update(table).where(table.c.code == "c0").values(name="Edited"))
    while portions.carry_on(session, "import", act_id):
        pass
    assert names(session) == ["Edited", "Customer 1", "Customer 2", "Customer 4", "Customer 5", "Customer 6"]
    assert (ended(session, act_id).done, of(session, file.id).created) == (6, 6)


def test_two_workers_at_once_write_no_record_twice(session):
    file = looked(session, customers(range(9)))
    act_id = ask(session, file)
    one, two = steps(session, act_id), steps(session, act_id)
    for going in (one, two, one, two, one, one, two, one, two, one, two):
        next(going, lambda: None)()
    for going in (one, two):
        for step in going:
            step()
    assert (ended(session, act_id).done, names(session)) == (9, [f"Customer {n}" for n in range(9)])
    assert of(session, file.id).created == 9


def test_one_who_has_not_heard_that_the_portions_are_made_does_not_make_them_again(session):
    file = looked(session, customers(range(6)))
    act_id = ask(session, file)
    portions.take_up(session.database, session.clock, row(session, act_id))
    portions.begin(session, "import", act_id)
    act = row(session, act_id)
    with session.database.reading() as connection:
        before = dict(connection.execute(select(ImportFile.__table__)).mappings().one())
    for _ in range(2):
        assert portions.carry_on(session, "import", act_id)
    fileparts._stage(session, act, before, fileparts.Hand())
    assert count(session, LongActPart) == 2, "what is still to be done is neither gone nor there twice"


@pytest.mark.parametrize(("what", "point"), [("look_through", "import.read"), ("import", "import.staged")])
def test_whoever_reads_a_file_is_left_to_it_however_often_another_comes(session, monkeypatch, what, point):
    monkeypatch.setattr(fileparts, "_TOLD_EVERY", 500)
    content = customers(range(600 if what == "look_through" else 9))
    act_id = commands.ask_look(session, kept(session, content)) if what == "look_through" else ask(session, looked(session, content))
    one, two, came = fileparts.Hand(reader="one"), fileparts.Hand(reader="two"), []

    def comes():
        act = row(session, act_id)
        came.extend(portions.take_up(session.database, session.clock, act, two) for _ in range(portions.TRIES + 1))
        session.clock.advance(fileparts.READING.total_seconds() / 2)  # the telling of progress renews it

    begun(session, act_id, one)
    failpoints.arm(point, comes)
    portions.carry_on(session, what, act_id, one)
    assert came
    assert not any(came)
    assert row(session, act_id)["state"] == ("done" if what == "look_through" else "doing")
    failpoints.disarm()
    if what == "import":
        assert portions.take_up(session.database, session.clock, row(session, act_id), two), "portions are written by whoever comes"
        while portions.carry_on(session, what, act_id, two):
            portions.carry_on(session, what, act_id, one)
        assert (ended(session, act_id).done, len(names(session))) == (9, 9)


def test_one_who_is_gone_is_followed_after_a_while_or_at_once_where_that_is_known(session):
    act_id = commands.ask_look(session, kept(session, customers(range(3))))
    two, three = fileparts.Hand(reader="two"), fileparts.Hand(reader="three", dead=lambda reader: reader == "two")
    begun(session, act_id, fileparts.Hand(reader="one"))
    assert not portions.take_up(session.database, session.clock, row(session, act_id), two)
    session.clock.advance(fileparts.READING.total_seconds())
    assert portions.take_up(session.database, session.clock, row(session, act_id), two)
    assert portions.take_up(session.database, session.clock, row(session, act_id), three)
    assert not portions.carry_on(session, "look_through", act_id, two), "one who comes back finds that another is at it"
    assert row(session, act_id)["state"] == "doing"
    assert not portions.carry_on(session, "look_through", act_id, three)
    assert row(session, act_id)["state"] == "done"


@pytest.mark.parametrize("what", ["look_through", "import"])
def test_an_orderly_stop_is_no_try_in_vain_and_leaves_the_file_to_the_next(session, monkeypatch, what):
    monkeypatch.setattr(fileparts, "_TOLD_EVERY", 500)
    content = customers(range(600 if what == "look_through" else 9))
    act_id = commands.ask_look(session, kept(session, content)) if what == "look_through" else ask(session, looked(session, content))
    begun(session, act_id, fileparts.Hand(reader="0"))
    for n in range(2 * portions.TRIES):
        hand = fileparts.Hand(lambda: True, str(n))
        assert portions.take_up(session.database, session.clock, row(session, act_id), hand)
        assert not portions.carry_on(session, what, act_id, hand)
    assert row(session, act_id)["state"] == "doing"
    last = fileparts.Hand(reader="last")
    assert portions.take_up(session.database, session.clock, row(session, act_id), last)
    while portions.carry_on(session, what, act_id, last):
        pass
    assert row(session, act_id)["state"] == "done"


def test_what_breaks_off_over_the_same_row_each_time_is_given_up(session, monkeypatch):
    monkeypatch.setattr(fileparts, "_TOLD_EVERY", 500)
    act_id = commands.ask_look(session, kept(session, customers(range(1_100))))
    begun(session, act_id, fileparts.Hand())
    failpoints.arm("import.read", failpoints.nth(2, broken))
    for _ in range(portions.TRIES):
        with pytest.raises(ZeroDivisionError):
            portions.carry_on(session, "look_through", act_id)
        failpoints.arm("import.read", failpoints.nth(2, broken))
        portions.take_up(session.database, session.clock, row(session, act_id))
    assert row(session, act_id)["state"] == "doing", "how far it got counts for once"
    with pytest.raises(ZeroDivisionError):
        portions.carry_on(session, "look_through", act_id)
    assert not portions.take_up(session.database, session.clock, row(session, act_id))
    assert row(session, act_id)["state"] == "failed"


def test_who_stops_it_is_told_what_is_in_and_what_was_not_reached(session):
    file = looked(session, customers(range(6), **BAD))
    act_id = ask(session, file)
    going = steps(session, act_id)
    for _ in range(3):
        next(going)()
    commands.stop_act(session, act_id)
    assert [step() for step in going] == [False]
    act = ended(session, act_id)
    assert act.outcome == (
        "Ada has stopped it. customers.csv did not go in whole. Up to then: 2 new, 0 changed, 0 unchanged, 1 left out. "
        "3 records were not reached. Look at the rows under Import, or import the file again: nothing goes in twice."
    )
    assert (len(names(session)), count(session, LongActPart), count(session, ImportPiece)) == (2, 0, 0)
    assert [(event, detail["created"], detail["why"]) for event, _, detail in notes(session)] == [
        ("import stopped", 2, "Ada has stopped it."),
    ]  # fmt: skip


def test_a_parent_that_stands_further_down_is_waited_for_over_all_portions(session):
    content = b"name,parent\nLeaf,Branch\nOther,Nowhere\nThird,\nBranch,Root\nFifth,\nRoot,\n"
    file = looked(session, content, "class", name="classes.csv")
    assert (file.looked.counts.new, file.looked.counts.bad) == (5, 1)
    act = work(session, ask(session, file))
    assert (act.state, act.done, act.left) == ("done", 5, 0)
    held = queries.records(session, "class")
    assert sorted(held["label"]) == ["Branch", "Fifth", "Leaf", "Root", "Third"]


def test_a_parent_that_went_meanwhile_is_a_problem_of_its_row_and_told(session):
    with session.database.writing() as connection:
        root = writer.save(connection, "class", session.company_id, {"name": "Root"})
    file = looked(session, b"name,parent\nOne,\nTwo,Root\nThree,Two\n", "class", name="classes.csv")
    assert file.looked.counts.new == 3
    with session.database.writing() as connection:
        writer.delete(connection, "class", session.company_id, root)
    act = work(session, ask(session, file))
    file = of(session, file.id)
    assert (act.done, act.left, file.refused) == (1, 2, 2)
    assert [each.row for each in queries.kept_import_problems(session, file.id)] == [3, 4]


def test_a_parent_that_is_there_again_in_the_last_round_is_not_too_late_for_its_children(session):
    with session.database.writing() as connection:
        root = writer.save(connection, "class", session.company_id, {"name": "Root"})
    file = looked(session, b"name,parent\nLeaf,Branch\nBranch,Root\n", "class", name="classes.csv")
    act_id = ask(session, file)
    begun(session, act_id, fileparts.Hand())
    with session.database.writing() as connection:
        writer.delete(connection, "class", session.company_id, root)
    for _ in range(2):  # the portion is made, and both wait
        assert portions.carry_on(session, "import", act_id)
    with session.database.writing() as connection:
        writer.save(connection, "class", session.company_id, {"name": "Root"})
    while portions.carry_on(session, "import", act_id):
        pass
    act = ended(session, act_id)
    assert (act.state, act.done, act.left, act.total) == ("done", 2, 0, 2)
    assert sorted(queries.records(session, "class")["label"]) == ["Branch", "Leaf", "Root"]


def test_records_that_are_lost_on_the_way_are_told(session):
    file = looked(session, customers(range(5)))
    act_id = ask(session, file)
    going = steps(session, act_id)
    for _ in range(3):
        next(going)()
    with session.database.writing() as connection:
        connection.execute(delete(LongActPart).where(LongActPart.id == select(func.max(LongActPart.id)).scalar_subquery()))
    for step in going:
        step()
    act = ended(session, act_id)
    assert (act.state, act.done, act.total) == ("failed", 4, 5)
    assert act.outcome.startswith("Not every record was reached. customers.csv did not go in whole. Up to then: 4 new")
    assert "1 records were not reached" in act.outcome


def test_what_another_worker_has_written_is_known_to_the_next_portion(session, monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 1)
    file = looked(session, b"name,parent\nRoot,\nBranch,Root\nLeaf,Branch\nOther,Branch\n", "class", name="classes.csv")
    act_id = ask(session, file)
    one, two = fileparts.Hand(reader="one"), fileparts.Hand(reader="two")
    begun(session, act_id, one)
    for hand in (one, one, two, one, two):
        assert portions.carry_on(session, "import", act_id, hand)
    assert not portions.carry_on(session, "import", act_id, one)
    act = ended(session, act_id)
    assert (act.state, act.done, act.left) == ("done", 4, 0), queries.kept_import_problems(session, file.id)


def test_a_portion_that_was_taken_back_leaves_nothing_in_mind(session, monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 1)
    file = looked(session, b"name,parent\nRoot,\nBranch,Root\n", "class", name="classes.csv")
    act_id = ask(session, file)
    hand = fileparts.Hand()
    begun(session, act_id, hand)
    assert portions.carry_on(session, "import", act_id, hand)
    failpoints.arm("longact.counted", broken)
    with pytest.raises(ZeroDivisionError):
        portions.carry_on(session, "import", act_id, hand)
    failpoints.disarm()
    while portions.carry_on(session, "import", act_id, hand):
        pass
    assert (ended(session, act_id).done, ended(session, act_id).left) == (2, 0)


def test_documents_come_with_the_lines_of_a_second_file(database):
    busy = seed.busy(database)
    file = looked(
        busy.session, b"number,customer,date\n2001,Alpine Outfitters,2026-01-10\n2002,Alpine Outfitters,2026-01-11\n", "invoice",
        name="orders.csv", lines=b"number,item,quantity,unit price\n2001,Anchor,2,19.90\n2002,Anchor,1,5\n", lines_name="details.csv",
    )  # fmt: skip
    assert (file.lines_name, file.looked.line_rows) == ("details.csv", 2)
    assert work(busy.session, ask(busy.session, file)).done == 2
    assert {"2001", "2002"} <= set(queries.records(busy.session, "invoice")["label"])
    again = looked(
        busy.session, b"number,customer,date\n2001,Alpine Outfitters,2026-01-10\n", "invoice", name="orders.csv",
        lines=b"number,item,quantity,unit price\n2001,Anchor,2,19.90\n", lines_name="details.csv",
    )  # fmt: skip
    assert again.looked.counts.unchanged == 1, "money and days came through as they were"


def test_how_far_its_rows_are_put_in_order_shows(session):
    file = looked(session, customers(range(6)))
    act_id, seen = ask(session, file), []

    def sees():
        act = queries.long_act(session)
        seen.append((act.phase, act.ahead, act.done, queries.pulse(session)))

    failpoints.arm("import.staged", sees)
    work(session, act_id)
    assert [each[:3] for each in seen] == [("order", 2, 0), ("order", 4, 0), ("order", 6, 0)]
    assert len({each[3] for each in seen}) == 3, "open pages are drawn anew"
