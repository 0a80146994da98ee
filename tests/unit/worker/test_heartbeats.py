"""Heartbeats as the database shows them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, insert, select

from syncengine.engine import setup
from syncengine.store import leases
from syncengine.store.tables import Call, Worker
from syncengine.worker import heartbeats, identity
from syncengine.worker.identity import Identity


def beat(database, clock, owner):
    with database.writing() as connection:
        heartbeats.beat(connection, owner, identity.mine(), clock.now(), clock.now())


def alive(database, clock, **more):
    with database.reading() as connection:
        return [row["id"] for row in heartbeats.fresh(connection, clock.now(), **more)]


def test_a_worker_is_alive_until_three_beats_are_missing(database, clock):
    assert alive(database, clock) == []
    beat(database, clock, "one")
    clock.advance(heartbeats.FRESH_SECONDS - 1)
    assert alive(database, clock) == ["one"]
    clock.advance(1)
    assert alive(database, clock) == []


def test_a_later_beat_keeps_the_start_and_makes_no_second_row(database, clock):
    beat(database, clock, "one")
    began = clock.now()
    clock.advance(60)
    beat(database, clock, "one")
    with database.reading() as connection:
        (row,) = heartbeats.fresh(connection, clock.now())
    assert (row["started_at"], row["beat_at"]) == (began, clock.now())


def test_a_worker_whose_process_is_gone_is_not_alive_however_fresh_its_beat(sqlite_database, clock):
    me = identity.mine()
    beat(sqlite_database, clock, str(Identity(me.host, me.boot, me.pid, me.started - 1)))
    beat(sqlite_database, clock, str(me))
    assert alive(sqlite_database, clock) == [str(me)]


def test_a_worker_that_retires_is_gone_at_once_and_others_stay(database, clock):
    beat(database, clock, "one")
    beat(database, clock, "two")
    with database.writing() as connection:
        heartbeats.retire(connection, "one")
    assert alive(database, clock) == ["two"]


def test_who_holds_a_company_is_known_until_the_lease_runs_out(database, clock):
    company_id = setup.add_company(database, clock, "Harbour", sample="empty")
    with database.writing() as connection:
        assert heartbeats.syncing(connection, clock.now()) == []
        leases.claim(connection, company_id, "somebody", clock.now())
        assert heartbeats.syncing(connection, clock.now()) == ["somebody"]
        assert heartbeats.syncing(connection, clock.now(), dead=lambda _: True) == []
        assert heartbeats.syncing(connection, clock.now() + timedelta(seconds=leases.LEASE_SECONDS)) == []


def test_sweeping_drops_what_is_old_and_nothing_else(database, clock):
    company_id = setup.add_company(database, clock, "Harbour", sample="empty")
    beat(database, clock, "long gone")
    with database.writing() as connection:
        connection.execute(insert(Call).values(company_id=company_id, kind="call", at=clock.now()))
    clock.advance(86_401)
    beat(database, clock, "one")
    with database.writing() as connection:
        connection.execute(insert(Call).values(company_id=company_id, kind="call", at=clock.now() - timedelta(minutes=1)))
        heartbeats.sweep(connection, clock.now())
        assert connection.scalar(select(func.count()).select_from(Call)) == 1
        assert connection.scalars(select(Worker.id)).all() == ["one"]
