"""What is refused about a kept file, and who neither sees nor takes it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from syncengine import commands, queries
from syncengine.commands import filing, portions
from syncengine.errors import Forbidden, Refused
from syncengine.store import people
from syncengine.store.tables import ImportFile, LongActPart
from tests.support.filed import ask, count, customers, kept, looked, names, notes, of
from tests.support.longacts import ended, row, steps, work
from tests.unit.queries import seed


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


@pytest.mark.parametrize("large", [True, False])
def test_which_file_was_imported_is_told_in_the_history_to_who_brought_it_and_to_owners(session, large):
    roles = {"mia": "manager", "ben": "manager", "vic": "viewer", "olga": "owner"}
    with session.database.writing() as connection:
        for person, role in roles.items():
            people.put(connection, session.company_id, person, role, seed.NOON, "seed")
    who = {each: replace(session, actor=each, signed_in=True) for each in roles}
    if large:
        file = looked(who["mia"], customers(range(3)), name="payroll.csv")
        act_id = ask(who["mia"], file)
        going = steps(who["mia"], act_id)
        for _ in range(3):
            next(going)()
        commands.stop_act(who["mia"], act_id)
    else:
        commands.import_file(who["mia"], "customer", customers(range(3)), name="payroll.csv")
    told = {}
    for person, their in who.items():
        [line] = [json.loads(each) for each in queries.acts(their, kind="customer")["detail"]]
        told[person] = line["file"]
        assert line["created"] == (2 if large else 3), "what came of it is everybody's to see"
        assert ("why" in line) is large
        assert ("stopped it" in line.get("why", "stopped it")) is (person in {"mia", "olga"} or not large)
    hidden = "hidden: whoever brought the file, and owners, see it"
    assert told == {"mia": "payroll.csv", "ben": hidden, "vic": hidden, "olga": "payroll.csv"}


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(session, monkeypatch):
    monkeypatch.setattr(filing, "MOST_KEPT", 20)
    with pytest.raises(Refused, match="larger than"):
        kept(session, customers(range(3)))
    assert count(session, ImportFile) == 0
