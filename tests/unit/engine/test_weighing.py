"""What is expected to fail is kept with the rows, and never said of a row that is another by now."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from syncengine import queries
from syncengine.engine import capture, foresight, weighing
from syncengine.engine.wanted import DOUBTFUL, Wanted
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import cycles, settings
from syncengine.store.tables import Outbox
from syncengine.terms import Trigger
from tests.unit.queries import seed

FAILS = Wanted(forecast=DOUBTFUL)


@pytest.fixture
def busy(database) -> seed.Seed:
    """Of what waits, QuickBooks has the vendor's name already, as a customer."""
    found = seed.busy(database)
    with database.writing() as connection:
        taken = {"Id": "7", "SyncToken": "0", "DisplayName": "Northern Chandlery", "Active": True}
        ledger.keep(connection, found.session.company_id, "Customer", [taken], seed.NOON)
    foresight.renew(database, found.session.company_id, seed.NOON)
    return found


def weighed(session: Session) -> list[str]:
    while weighing.weigh(session.database, session.company_id, portion=2):
        pass
    return expected(session)


def expected(session: Session) -> list[str]:
    return queries.queue(session, wanted=FAILS)["label"].tolist()


def test_what_the_forecast_says_is_what_is_found_portion_by_portion(busy):
    assert expected(busy.session) == []
    assert queries.queue_counts(busy.session, FAILS).unweighed == 3  # what failed already is not expected to
    assert weighing.weigh(busy.database, busy.session.company_id, portion=2) == 2
    assert queries.queue_counts(busy.session, FAILS).unweighed == 1
    assert weighed(busy.session) == ["Northern Chandlery"]
    every = queries.queue(busy.session)
    assert every[every["expected"] != ""]["label"].tolist() == ["Northern Chandlery"]
    counts = queries.queue_counts(busy.session, FAILS)
    assert (counts.attention, counts.sending, counts.unweighed) == (0, 1, 0)
    assert queries.queue_mark(busy.session, FAILS).count == 1
    assert queries.queue_counts(busy.session, Wanted(forecast=DOUBTFUL, block="needs attention")).total == 0


def test_what_cannot_be_sent_as_it_is_counts_too(busy):
    with busy.database.writing() as connection:
        writer.save(connection, "item", busy.session.company_id, {"name": "Anchor: large"}, record_id=busy.item)
    capture.capture(busy.database, busy.session.clock)
    assert "Anchor: large" in weighed(busy.session)


def test_a_row_that_moves_on_is_weighed_again(busy):
    weighed(busy.session)
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "vendor").values(version=Outbox.version + 1))
    assert expected(busy.session) == []
    assert queries.queue_counts(busy.session, FAILS).unweighed == 1
    assert weighed(busy.session) == ["Northern Chandlery"]


@pytest.mark.parametrize("change", ["run", "setting", "nothing"])
def test_a_run_or_a_setting_has_everything_weighed_anew(busy, change):
    session = busy.session
    weighed(session)
    with busy.database.writing() as connection:
        gone = {"Id": "7", "SyncToken": "1", "DisplayName": "Another name", "Active": True}
        ledger.keep(connection, session.company_id, "Customer", [gone], seed.NOON)
        if change == "run":
            cycle_id = cycles.start(connection, session.company_id, seed.NOON, trigger=Trigger.MANUAL, by="Ada", fence=2)
            cycles.finish(connection, cycle_id, seed.NOON, result="ok", message=None, seconds=1.0)
        elif change == "setting":
            settings.put(connection, session.company_id, "stop_at_first_error", value=True)
    assert foresight.Keeper(busy.database, session.clock).renew() == (0 if change == "nothing" else 1)
    assert expected(session) == (["Northern Chandlery"] if change == "nothing" else [])
    assert weighed(session) == (["Northern Chandlery"] if change == "nothing" else [])


def test_the_worker_weighs_companies_that_rest_and_keeps_to_its_share(busy, monkeypatch):
    clock = busy.session.clock
    weigher = weighing.Weigher(busy.database, clock)
    assert weigher.weigh(busy=[busy.session.company_id]) == 0
    real = weighing.weigh
    monkeypatch.setattr(weighing, "weigh", lambda *given: (clock.advance(2), real(*given))[1])
    assert weigher.weigh() == 3
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).values(weighed=0))
    assert weigher.weigh() == 0  # two seconds of work want eight of rest
    clock.advance(8)
    assert weigher.weigh() == 3
    with busy.database.reading() as connection:
        row = connection.execute(select(Outbox.doubted, Outbox.version).where(Outbox.kind == "vendor")).one()
    assert row.doubted == row.version
