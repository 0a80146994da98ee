"""Bringing a sample company's day back: by its owner, for sample companies alone, once at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from syncengine import commands, queries
from syncengine.engine import setup
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Session
from syncengine.store import cycles, people, samples
from syncengine.store.tables import Audit
from syncengine.store.tables import Connection as Link
from syncengine.terms import Trigger


def session_of(database, clock, sample="demo", **more):
    company = setup.add_company(database, clock, "Shop", sample=sample)
    return Session(database, "Ada", company, clock, **more)


def wish(session):
    with session.database.reading() as connection:
        return samples.get(connection, session.company_id)


def test_the_day_is_asked_for_and_the_trail_says_by_whom(database, clock):
    session = session_of(database, clock)
    assert commands.reset_sample(session) == "The sample company's day is being made. Until it is there, everything stays as it is."
    assert (wish(session)["state"], wish(session)["wanted_by"], wish(session)["wanted_at"]) == ("wanted", "Ada", clock.now())
    with database.reading() as connection:
        lines = connection.execute(select(Audit.event, Audit.actor).where(Audit.company_id == session.company_id)).all()
    assert lines == [("sample day wanted", "Ada")]


def test_while_it_is_made_nobody_asks_again(database, clock):
    session = session_of(database, clock)
    commands.reset_sample(session)
    with pytest.raises(Refused, match="being made already"):
        commands.reset_sample(session)
    with database.writing() as connection:
        samples.put(connection, session.company_id, state="failed", message="no space left")
    commands.reset_sample(session)
    assert (wish(session)["state"], wish(session)["message"], wish(session)["tries"]) == ("wanted", None, 0)


def test_while_a_sync_runs_it_waits_for_its_end_and_says_so(database, clock):
    session = session_of(database, clock)
    with database.writing() as connection:
        cycles.start(connection, session.company_id, clock.now(), trigger=Trigger.MANUAL, by="Tom", fence=1)
    assert "as soon as the sync that is running has ended" in commands.reset_sample(session)


@pytest.mark.parametrize("sample", ["empty", "intuit"])
def test_another_company_of_the_emulator_has_no_day(database, clock, sample):
    session = session_of(database, clock, sample)
    with pytest.raises(Refused, match="Only a sample company"):
        commands.reset_sample(session)
    assert queries.sample_day(session) is None


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_a_real_company_is_never_reset(database, clock, environment):
    session = session_of(database, clock)
    with database.writing() as connection:
        connection.execute(update(Link).where(Link.company_id == session.company_id).values(environment=environment))
    with pytest.raises(Refused, match="Nothing was changed"):
        commands.reset_sample(session)
    assert wish(session) is None
    assert queries.sample_day(session) is None


def test_a_manager_may_not(database, clock):
    session = session_of(database, clock, signed_in=True)
    with database.writing() as connection:
        people.put(connection, session.company_id, "ada", "manager", clock.now(), "seed")
    with pytest.raises(Forbidden):
        commands.reset_sample(session)
    assert wish(session) is None
