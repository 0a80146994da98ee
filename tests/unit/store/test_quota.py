"""The quota log knows what earlier owners sent, and what QuickBooks asked of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from syncengine.errors import Throttled
from syncengine.quickbooks import CallKind
from syncengine.store import cycles
from syncengine.store.quota import DatabaseQuotaLog
from syncengine.store.tables import Attempt, Call, Lease
from syncengine.terms import Trigger


def sent(database, company=1) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Call).where(Call.company_id == company))


def send(log, count, kind=CallKind.READ):
    for _ in range(count):
        log.acquire(kind, None)
        log.release()


def test_each_send_is_noted_before_it_leaves(database, company, clock):
    log = DatabaseQuotaLog(database, company, clock)
    send(log, 3)
    assert (sent(database), sent(database, 2)) == (3, 0)


def test_the_next_owner_waits_for_what_the_last_one_sent(database, company, clock):
    first = DatabaseQuotaLog(database, company, clock)
    send(first, 10)
    assert clock.monotonic() == 0.0
    second = DatabaseQuotaLog(database, company, clock)
    send(second, 1)
    assert 1.0 <= clock.monotonic() < 2.0


def test_the_batches_of_an_earlier_owner_count_until_their_minute_is_over(database, company, clock):
    attempts_of(database, company, clock, 5)
    assert DatabaseQuotaLog(database, company, clock).batches_left() == 35
    assert DatabaseQuotaLog(database, 2, clock).batches_left() == 40
    clock.advance(62)
    assert DatabaseQuotaLog(database, company, clock).batches_left() == 40


def test_a_batch_without_an_answer_counts_as_sent_just_now(database, company, clock):
    attempts_of(database, company, clock, 3, answered=False)
    clock.advance(120)
    assert DatabaseQuotaLog(database, company, clock).batches_left() == 37


def attempts_of(database, company, clock, count, *, answered=True):
    """So many batches that an earlier owner has sent."""
    with database.writing() as connection:
        cycle = cycles.start(connection, company, clock.now(), trigger=Trigger.MANUAL, by="test", fence=1)
        for number in range(count):
            values = {"company_id": company, "cycle_id": cycle, "requestid": f"r{number}", "shape": "batch", "fence": 1, "sends": 1}
            outcome = "accepted" if answered else "open"
            when = {"made_at": clock.now(), "answered_at": clock.now() if answered else None}
            connection.execute(insert(Attempt).values(outcome=outcome, **values, **when))


def test_a_pause_that_quickbooks_asked_for_binds_the_next_owner_too(database, company, clock):
    DatabaseQuotaLog(database, company, clock).block(60)
    log = DatabaseQuotaLog(database, company, clock)
    with pytest.raises(Throttled):
        log.acquire(CallKind.BATCH, clock.monotonic() + 10)
    assert sent(database) == 0
    send(log, 1)
    assert 60 <= clock.monotonic() < 61


def test_a_shorter_pause_never_shortens_a_longer_one(database, company, clock):
    log = DatabaseQuotaLog(database, company, clock)
    log.block(60)
    log.block(1)
    with database.reading() as connection:
        assert connection.scalar(select(Lease.blocked_until).where(Lease.company_id == company)) == clock.now() + timedelta(seconds=60)
    send(DatabaseQuotaLog(database, company, clock), 1)
    assert clock.monotonic() >= 60


def test_a_pause_that_is_over_binds_nobody(database, company, clock):
    DatabaseQuotaLog(database, company, clock).block(5)
    clock.advance(6)
    send(DatabaseQuotaLog(database, company, clock), 1)
    assert clock.monotonic() == 6.0


def test_what_no_window_remembers_is_dropped(database, company, clock):
    log = DatabaseQuotaLog(database, company, clock)
    send(log, 2)
    clock.advance(301)
    send(log, 1)
    log.tidy()
    assert sent(database) == 1


def test_a_send_that_cannot_be_noted_gives_its_place_back(database, company, clock):
    log = DatabaseQuotaLog(database, 4711, clock)  # no such company: the note is refused
    for _ in range(20):
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            log.acquire(CallKind.QUERY, clock.monotonic() + 1000)
