"""All companies at a glance: who is in trouble stands first, on whatever page of names it would stand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from syncengine import queries
from syncengine.store import brakes, connections
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Cycle
from tests.unit.queries import seed


@pytest.fixture
def firm(database):
    """Six companies that nothing is known of, by name."""
    return {name: seed.company(database, name) for name in ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")}


def pages(database, clock):
    return [queries.companies_overview(database, clock, page=page, size=2)["name"].tolist() for page in (1, 2, 3)]


def ran(connection, session, result):
    at = seed.NOON
    values = {"fence": 1, "trigger": "manual", "requested_by": "Ada", "started_at": at - timedelta(minutes=1), "finished_at": at, "result": result}
    connection.execute(insert(Cycle).values(company_id=session.company_id, **values))


def test_those_in_trouble_stand_first_whatever_their_names_are(database, firm):
    clock = firm["Ash"].clock
    assert pages(database, clock) == [["Ash", "Birch"], ["Cedar", "Dogwood"], ["Elm", "Fir"]]
    with database.writing() as connection:
        ran(connection, firm["Ash"], "ok")
        ran(connection, firm["Fir"], "failed")
        ran(connection, firm["Elm"], "errors")
        ran(connection, firm["Birch"], "failed")
        ran(connection, firm["Birch"], "ok")  # what is over counts no more
        facts = {"deleted": {}, "changed": {}, "blanked": {}, "of": 1, "marks": []}
        brakes.ask(connection, firm["Dogwood"].company_id, seed.NOON, what="implausible", question="Go on?", facts=facts, cycle_id=None)
    assert pages(database, clock) == [["Dogwood", "Fir"], ["Elm", "Ash"], ["Birch", "Cedar"]]


def test_one_that_lost_its_connection_stands_before_one_with_errors_but_not_one_that_is_not_to_be_connected(database, firm):
    with database.writing() as connection:
        for name, declined in (("Cedar", False), ("Elm", True)):
            mine = Link.company_id == firm[name].company_id
            assert connection.execute(update(Link).where(mine).values(state="disconnected", declined=declined)).rowcount == 1
        ran(connection, firm["Birch"], "errors")
    assert pages(database, firm["Ash"].clock) == [["Cedar", "Birch"], ["Ash", "Dogwood"], ["Elm", "Fir"]]


def test_one_that_signs_in_again_by_itself_is_in_no_trouble(database, firm):
    with database.writing() as connection:
        for name, message in (("Elm", connections.RETURNING), ("Fir", "The sign-in was taken back."), ("Dogwood", None)):
            mine = Link.company_id == firm[name].company_id
            assert connection.execute(update(Link).where(mine).values(state="broken", message=message)).rowcount == 1
    assert pages(database, firm["Ash"].clock) == [["Dogwood", "Fir"], ["Ash", "Birch"], ["Cedar", "Elm"]]
