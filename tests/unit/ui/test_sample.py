"""The pages of a sample company say how far its day is, and its owner brings the day back."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import queries
from syncengine.engine import setup
from syncengine.queries import Session
from syncengine.store import people, samples
from syncengine.store.tables import Connection
from tests.unit.ui.conftest import now, run, texts


@pytest.fixture
def shop(sqlite_database, clock) -> Session:
    """A sample company without a day."""
    return Session(sqlite_database, "owner", setup.add_company(sqlite_database, clock, "Demo", sample="demo"))


def put(session: Session, state: str, **values: object) -> None:
    with session.database.writing() as connection:
        samples.want(connection, session.company_id, now(), by="Ada")
        samples.put(connection, session.company_id, state=state, **values)


def keys(at) -> list[str]:
    return [each.key for each in at.button]


def test_while_the_day_is_made_the_strip_says_how_far_it_is(open_page, shop):
    put(shop, "making", done=7, total=18)
    at = open_page("dashboard.py")
    [bar] = [each for each in at.get("progress") if "day" in each.proto.text]
    assert bar.proto.text == "The sample company's day is being made: 7 of 18 syncs."
    assert bar.proto.value == 38
    assert "Ready for the first sync" not in texts(at)
    assert at.button(key="sync.now").disabled, "a sync would give way to the day"
    assert "sample.reset" not in keys(at)


def test_why_the_day_could_not_be_made_is_said_and_the_owner_tries_again(open_page, shop):
    put(shop, "failed", message="The disk is full.")
    at = open_page("dashboard.py")
    assert "The disk is full" in texts(at)
    at.button(key="sample.again").click()
    run(at)
    assert queries.sample_day(shop).state == "wanted"
    assert "The disk is full" not in texts(at)


def test_the_owner_brings_the_day_back_and_leaves_the_lesson(open_page, shop):
    put(shop, "there", made_at=now(), done=18, total=18)
    at = open_page("dashboard.py", lesson="2")
    assert "Everything in it gives way" in texts(at)
    at.button(key="sample.reset").click()
    run(at)
    assert "is being made. Until it is there, everything stays as it is" in texts(at)
    assert queries.sample_day(shop).state == "wanted"
    assert "lesson" not in at.query_params


def test_a_sample_without_a_day_is_offered_one(open_page, shop):
    at = open_page("dashboard.py")
    assert at.button(key="sample.reset").label == "Make its working day now"


def test_a_click_that_comes_too_late_is_answered_in_words(open_page, shop):
    put(shop, "there", made_at=now())
    at = open_page("dashboard.py")
    put(shop, "wanted")
    at.button(key="sample.reset").click()
    run(at)
    assert "is being made already" in texts(at)


@pytest.mark.parametrize(("role", "offered"), [("viewer", False), ("manager", False), ("owner", True)])
def test_only_an_owner_is_offered_to_bring_it_back(open_page, shop, role, offered):
    put(shop, "there", made_at=now())
    with shop.database.writing() as connection:
        people.put(connection, shop.company_id, "ada@example.com", role, now(), "seed")
    at = open_page("dashboard.py", visitor="ada@example.com")
    assert ("sample.reset" in keys(at)) is offered
    assert "This is the sample company" in texts(at)
    put(shop, "failed", message="The disk is full.")
    at = open_page("dashboard.py", visitor="ada@example.com")
    assert "The disk is full" in texts(at)
    assert ("sample.again" in keys(at)) is offered


def test_other_companies_hear_nothing_of_it(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(update(Connection).values(environment="sandbox", sample=None))
    at = open_page("dashboard.py", company="Harbour")
    assert "sample company" not in texts(at)
    assert "sample.reset" not in keys(at)
