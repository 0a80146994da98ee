"""News: what changed is written down once for each who wants to know, and what flaps is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from syncengine.clock import ManualClock
from syncengine.engine import news
from syncengine.queries.session import Session
from syncengine.store import cycles, notices, settings
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Lease, Notice
from syncengine.terms import Trigger
from tests.unit.queries import seed

ALL = ["x", "connection", "silence", "recovered"]


class Company:
    """A company that somebody hears of, with a clock to turn."""

    def __init__(self, database, *, changes=ALL) -> None:
        self.session = seed.company(database)
        self.clock: ManualClock = self.session.clock
        self.database = database
        self.tell("ada@example.com", changes)
        self.run("ok")
        self.look()

    def tell(self, address, changes):
        with self.database.writing() as connection:
            return notices.add(
                connection, self.session.company_id, self.clock.now(), by="Ada", channel="mail", address=address, changes=changes, secret=None
            )

    def run(self, result, message=None):
        with self.database.writing() as connection:
            cycle_id = cycles.start(connection, self.session.company_id, self.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=1)
            cycles.finish(connection, cycle_id, self.clock.now(), result=result, message=message, seconds=1)

    def look(self) -> int:
        return news.look(self.database, self.clock.now())

    def wait(self, minutes):
        """Minutes pass, with a look at their beginning, at most six in between and one at their end."""
        step = max(1, -(-minutes // 6))
        self.look()
        for passed in range(0, minutes, step):
            self.clock.advance(60 * min(step, minutes - passed))
            self.look()

    def connection(self, state, message=None):
        with self.database.writing() as connection:
            connection.execute(update(Link).values(state=state, message=message))

    def automatic(self, *, due):
        with self.database.writing() as connection:
            settings.put(connection, self.session.company_id, "automatic_sync", "hourly")
            connection.execute(Lease.__table__.insert().values(company_id=self.session.company_id, fence=0, next_run_at=due))

    def told(self):
        with self.database.reading() as connection:
            return [row.change for row in connection.execute(select(Notice).order_by(Notice.id))]

    def last(self):
        with self.database.reading() as connection:
            return notices.recent(connection, self.session.company_id, 1)[0]


@pytest.fixture
def company(database):
    return Company(database)


def test_an_x_is_told_once_it_has_stood_and_so_is_its_end(company):
    company.run("failed", "QuickBooks is out of order.")
    company.look()
    assert company.told() == []
    company.wait(10)
    assert company.told() == ["x"]
    assert company.last()["subject"] == "Harbour: the sync needs a person"
    assert "QuickBooks is out of order." in company.last()["body"]
    company.run("ok")
    company.wait(10)
    assert company.told() == ["x", "recovered"]


def test_an_x_that_goes_away_by_itself_is_no_news(company):
    company.run("failed")
    company.wait(1)
    company.run("ok")
    company.wait(60)
    assert company.told() == []


def test_each_further_sync_with_an_x_is_no_news(company):
    for _ in range(8):
        company.run("errors")
        company.wait(5)
    assert company.told() == ["x"]


def test_what_flaps_gives_one_pair_of_messages_in_half_an_hour(company):
    for _ in range(12):  # five minutes bad and five well, for 120 minutes
        company.run("failed")
        company.wait(5)
        company.run("ok")
        company.wait(5)
    assert 6 <= len(company.told()) <= 2 * (120 // 30 + 1)
    assert company.told()[:4] == ["x", "recovered", "x", "recovered"]


def test_what_stays_bad_after_flapping_is_told_after_the_rest(company):
    company.run("failed")
    company.wait(3)
    company.run("ok")
    company.wait(1)
    company.run("failed")
    company.wait(20)
    assert company.told() == ["x", "recovered"]
    company.wait(15)
    assert company.told() == ["x", "recovered", "x"]


def test_a_lost_connection_is_told_at_once_and_the_x_not_beside_it(company):
    company.connection("broken", "The sign-in was taken back.")
    company.run("failed")
    company.look()
    company.wait(30)
    assert company.told() == ["connection"]
    assert "The sign-in was taken back." in company.last()["body"]
    company.connection("connected")
    company.run("ok")
    company.wait(5)
    assert company.told() == ["connection", "recovered"]
    assert company.last()["facts"]["condition"] == "connection"


def test_silence_is_told_half_an_hour_after_a_sync_was_due(company):
    company.automatic(due=company.clock.now() + timedelta(minutes=60))
    company.wait(89)
    assert company.told() == []
    company.wait(3)
    assert company.told() == ["silence"]
    assert "No news from QuickBooks since 15 Jan 2026, 17:00 UTC" in company.last()["body"]


def test_under_never_there_is_no_silence(company):
    with company.database.writing() as connection:
        connection.execute(Lease.__table__.insert().values(company_id=company.session.company_id, fence=0, next_run_at=company.clock.now()))
    company.wait(60)
    assert company.told() == []


def test_a_sync_that_does_not_end_is_silence_too(company):
    with company.database.writing() as connection:
        cycles.start(connection, company.session.company_id, company.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=2)
    company.wait(119)
    assert company.told() == []
    company.wait(3)
    assert company.told() == ["silence"]
    assert "does not end" in company.last()["body"]


def test_each_hears_of_what_they_chose(database):
    company = Company(database, changes=["x"])
    company.tell("bo@example.com", ["connection", "recovered"])
    company.tell("cy@example.com", ["recovered"])
    company.run("failed")
    company.wait(5)
    company.run("ok")
    company.wait(5)
    with database.reading() as connection:
        told = {(row["change"], row["address"]) for row in notices.recent(connection, company.session.company_id)}
    assert told == {("x", "ada@example.com"), ("recovered", "cy@example.com")}


def test_what_stands_when_the_first_address_is_added_is_no_change(database):
    session: Session = seed.company(database)
    assert news.look(database, session.clock.now()) == 0
    company = Company.__new__(Company)
    company.session, company.clock, company.database = session, session.clock, database
    company.run("failed")
    company.tell("ada@example.com", ALL)
    company.wait(30)
    assert company.told() == []


def test_two_workers_that_look_at_once_tell_it_once(company, monkeypatch):
    company.run("failed")
    company.look()
    company.clock.advance(300)
    seen = news.conditions
    inner = []

    def conditions(connection, company_id, now):
        # The second worker comes between the first one's look and its writing.
        if not inner:
            inner.append(0)
            inner[0] = news.look(company.database, now)
        return seen(connection, company_id, now)

    monkeypatch.setattr(news, "conditions", conditions)
    assert company.look() + inner[0] == 1
    assert company.told() == ["x"]


def test_a_message_names_no_record_and_no_amount(database):
    busy = seed.busy(database)
    company = Company.__new__(Company)
    company.session, company.clock, company.database = busy.session, busy.session.clock, database
    company.tell("ada@example.com", ALL)
    company.look()
    with database.writing() as connection:
        connection.execute(news._of(busy.session.company_id, notices.Change.X).values(bad=False))
    company.wait(5)
    assert company.told() == ["x"]
    said = f"{company.last()['subject']} {company.last()['body']} {company.last()['facts']}"
    assert not [each for each in ("Alpine", "Bluebird", "Coral", "1042", "19.90", "example.com") if each in said]
