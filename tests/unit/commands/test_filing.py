"""Files that are too large for a click: kept, looked through, imported in portions; nothing twice, nothing lost in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts, filing, portions
from syncengine.errors import Forbidden, Refused
from syncengine.imports import ImportRefused, portable
from syncengine.inventory import tables, writer
from syncengine.store import filed, people
from syncengine.store.tables import Audit, ImportFile, ImportPiece, LongActPart
from tests.support.filed import ask, customers, kept, looked, of
from tests.support.longacts import ended, row, steps, work
from tests.unit.queries import seed

BAD = {"e3": "no address"}


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 2)
    monkeypatch.setattr(fileparts, "_PUT_DOWN", 1)
    yield
    failpoints.disarm()


@pytest.fixture
def session(database):
    return seed.company(database)


def names(session):
    table = tables.KINDS["customer"].table
    with session.database.reading() as connection:
        found = select(table.c.name).where(table.c.company_id == session.company_id).order_by(table.c.id)
        return list(connection.scalars(found))


def count(session, table):
    with session.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def notes(session):
    wanted = select(Audit.event, Audit.actor, Audit.detail).where(Audit.event.like("import%")).order_by(Audit.id)
    with session.database.reading() as connection:
        return [tuple(line) for line in connection.execute(wanted)]


# --- looked through -----------------------------------------------------------------------------------------------------


def test_a_kept_file_says_what_it_would_do_and_writes_nothing(session):
    writer_session(session, {"code": "c0", "name": "Customer 0", "email": "c0@example.com"}, {"code": "c1", "name": "Before"})
    file = looked(session, customers(range(6), **BAD))
    counts = file.looked.counts
    assert (counts.new, counts.changed, counts.unchanged, counts.bad) == (3, 1, 1, 1)
    assert (file.state, file.name, file.by, file.problems) == ("looked", "customers.csv", "ada", 1)
    (problem,) = queries.kept_import_problems(session, file.id)
    assert (problem.row, problem.column, problem.value) == (5, "email", "no address")
    assert file.looked.samples[0] == {"code": "c0", "name": "Customer 0", "email": "c0@example.com"}
    assert names(session) == ["Customer 0", "Before"]
    assert notes(session) == []


def writer_session(session, *records):
    with session.database.writing() as connection:
        writer.save_many(connection, "customer", session.company_id, [writer.Draft(each) for each in records])


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


# --- imported -----------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("lines", [{}, {"lines": b"number,item,quantity,unit price\n2001,Anchor,2,5\n2001,Anchor,1,5\n", "lines_name": "l.csv"}])
def test_a_portion_is_written_without_the_file_and_without_the_rows_that_stay_out(database, lines):
    session = seed.busy(database).session
    content = b"number,customer,date\n2001,Alpine Outfitters,2026-01-10\n2002,Nobody,2026-01-11\n" if lines else customers(range(6), **BAD)
    file = looked(session, content, "invoice" if lines else "customer", **lines)
    act_id = ask(session, file)
    going = steps(session, act_id)
    for _ in range(2):
        next(going)()
    with database.writing() as connection:
        connection.execute(delete(ImportPiece))
    with database.reading() as connection:
        assert "bad_rows" not in connection.scalars(select(ImportFile.found)).one()
    for step in going:
        step()
    assert (ended(session, act_id).done, ended(session, act_id).left) == ((1 if lines else 5), 0)
    assert of(session, file.id).looked == file.looked


def test_what_turns_out_otherwise_than_it_looked_is_told(session):
    file = looked(session, customers(range(4)))
    writer_session(session, {"code": "c1", "name": "Customer 1"}, {"code": "x", "name": "Customer 2"})
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
    failpoints.arm("import.staged", failpoints.nth(2, _broken))
    with pytest.raises(ZeroDivisionError):
        portions.carry_on(session, "import", act_id)
    for point in ("longact.counted", "import.chunk"):
        failpoints.disarm()
        assert portions.carry_on(session, "import", act_id)
        failpoints.arm(point, _broken)
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


def _broken():
    raise ZeroDivisionError


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


def _begun(session, act_id, hand):
    assert portions.take_up(session.database, session.clock, row(session, act_id), hand)
    portions.begin(session, row(session, act_id)["what"], act_id)


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

    _begun(session, act_id, one)
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
    _begun(session, act_id, fileparts.Hand(reader="one"))
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
    _begun(session, act_id, fileparts.Hand(reader="0"))
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
    _begun(session, act_id, fileparts.Hand())
    failpoints.arm("import.read", failpoints.nth(2, _broken))
    for _ in range(portions.TRIES):
        with pytest.raises(ZeroDivisionError):
            portions.carry_on(session, "look_through", act_id)
        failpoints.arm("import.read", failpoints.nth(2, _broken))
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
    _begun(session, act_id, fileparts.Hand())
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
    _begun(session, act_id, one)
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
    _begun(session, act_id, hand)
    assert portions.carry_on(session, "import", act_id, hand)
    failpoints.arm("longact.counted", _broken)
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


# --- refused ------------------------------------------------------------------------------------------------------------


def test_what_was_looked_through_anew_is_refused_though_the_counts_are_the_same(session):
    file = looked(session, b"code,name,email\nx,Rope,a@example.com\ny,Sail,b@example.com\n")
    work(session, commands.ask_look(session, file.id, mapping={"code": "name", "name": "code"}))
    now = of(session, file.id)
    assert now.looked.counts == file.looked.counts
    with pytest.raises(Refused, match="looked through anew since you saw it"):
        ask(session, file)
    assert queries.long_act(session) is None
    work(session, ask(session, now))
    assert names(session) == ["x", "y"]


def test_what_is_in_already_has_nothing_to_write(session):
    work(session, ask(session, looked(session, customers(range(3)))))
    with pytest.raises(Refused, match="nothing to write"):
        ask(session, looked(session, customers(range(3))))


def test_the_same_import_is_not_asked_for_twice(session):
    file = looked(session, customers(range(3)))
    work(session, ask(session, file))
    with pytest.raises(Refused, match="not kept any more"):
        ask(session, file)


def test_a_closing_date_that_moves_meanwhile_goes_no_further(session):
    file = looked(session, customers(range(6)))
    act_id = ask(session, file)
    going = steps(session, act_id)
    for _ in range(3):
        next(going)()
    commands.change_settings(session, {"closing_date": seed.NOON.date()})
    with pytest.raises(Refused, match="closing date was changed"):
        next(going)()
    portions.give_up(session.database, session.clock, row(session, act_id), "The closing date was changed.")
    assert ended(session, act_id).outcome.startswith("The closing date was changed. customers.csv did not go in whole. Up to then: 2 new")
    assert len(names(session)) == 2


def test_what_wrote_nothing_leaves_the_file_to_be_looked_through_anew(session):
    file = looked(session, customers(range(6), e1="no address"))
    act_id = ask(session, file)
    commands.change_settings(session, {"closing_date": seed.NOON.date()})
    act, file = work(session, act_id), of(session, file.id)
    assert act.outcome.startswith("The closing date was changed")
    assert act.outcome.endswith("Nothing of customers.csv was written. The file is kept still: look through it again under Import.")
    assert (file.state, file.looked, file.problems, count(session, LongActPart)) == ("kept", None, 0, 0)
    work(session, commands.ask_look(session, file.id))
    act = work(session, ask(session, of(session, file.id)))
    assert (act.state, act.done, len(names(session))) == ("done", 5, 5)
    assert [event for event, *_ in notes(session)] == ["import stopped", "imported"]


def test_a_right_that_is_taken_away_in_the_middle_goes_no_further(session):
    person = replace(session, actor="mia", signed_in=True)
    with session.database.writing() as connection:
        people.put(connection, session.company_id, "mia", "manager", seed.NOON, "seed")
    act_id = ask(person, looked(person, customers(range(6))))
    going = steps(person, act_id)
    for _ in range(3):
        next(going)()
    with session.database.writing() as connection:
        people.put(connection, session.company_id, "mia", "operator", seed.NOON, "seed")
    with pytest.raises(Forbidden):
        next(going)()
    assert len(names(session)) == 2


def test_another_company_neither_sees_nor_takes_nor_drops_it(session):
    other = seed.company(session.database, "Globex")
    file = looked(session, customers(range(3), e1="no address"))
    assert queries.kept_import(other, file.id) is None
    assert queries.kept_import(other) is None
    assert queries.kept_import_problems(other, file.id) == []
    for act in (commands.ask_look, lambda who, each: commands.ask_import(who, each, file.look)):
        with pytest.raises(Refused, match="not kept any more"):
            act(other, file.id)
    commands.drop_import(other, file.id)
    assert of(session, file.id).state == "looked"


def test_another_person_neither_sees_nor_takes_nor_drops_it_and_an_owner_does(session):
    with session.database.writing() as connection:
        for person, role in (("mia", "manager"), ("ben", "manager"), ("olga", "owner")):
            people.put(connection, session.company_id, person, role, seed.NOON, "seed")
    mia, ben, olga = (replace(session, actor=each, signed_in=True) for each in (" Mia", "ben", "olga"))
    file = looked(mia, customers(range(3), e1="no address"), name="payroll.csv")
    assert queries.kept_import(ben, file.id) is None
    assert queries.kept_import_problems(ben, file.id) == []
    for act in (commands.ask_look, lambda who, each: commands.ask_import(who, each, file.look)):
        with pytest.raises(Refused, match="not kept any more"):
            act(ben, file.id)
    commands.drop_import(ben, file.id)
    assert of(olga, file.id) == of(replace(mia, actor="mia"), file.id) == file
    assert len(queries.kept_import_problems(olga, file.id)) == 1
    work(olga, commands.ask_look(olga, file.id))
    commands.drop_import(olga, file.id)
    assert queries.kept_import(mia, file.id) is None


def test_the_file_s_name_is_told_to_nobody_who_may_not_see_it(session):
    with session.database.writing() as connection:
        for person, role in (("mia", "manager"), ("ben", "manager"), ("olga", "owner")):
            people.put(connection, session.company_id, person, role, seed.NOON, "seed")
    mia, ben, olga = (replace(session, actor=each, signed_in=True) for each in ("mia", "ben", "olga"))
    file = looked(mia, customers(range(3)), name="payroll.csv")
    act_id = commands.ask_import(olga, file.id, file.look)
    assert [queries.long_act(who).says for who in (mia, ben, olga)] == ["Importing payroll.csv", "Importing a file", "Importing payroll.csv"]
    with pytest.raises(Refused, match="olga has asked for is not done yet: Importing a file, 0 of 3"):
        kept(ben, customers(range(2)))
    work(olga, act_id)
    assert "payroll.csv is in" in queries.long_act(mia, act_id).outcome
    assert queries.long_act(ben, act_id).outcome == ""
    assert "payroll" not in repr(queries.overview(ben).acts)


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(session, monkeypatch):
    monkeypatch.setattr(filing, "MOST_KEPT", 20)
    with pytest.raises(Refused, match="larger than"):
        kept(session, customers(range(3)))
    assert count(session, ImportFile) == 0


# --- how long it is kept --------------------------------------------------------------------------------------------------


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
