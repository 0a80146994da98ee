"""Floods of changes, rows that show late, answers lost for long: nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from syncengine import failpoints
from syncengine.engine import capture
from syncengine.store import outbox
from tests.cycle.test_queue import Crash, count, crash
from tests.cycle.test_settle import LOST, act, base, invoice
from tests.support.world import World


def test_an_interrupted_flood_loses_no_change(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    made = []
    for number in range(1_200):
        made.append(act(world, company, "create", entity="Customer", object={"DisplayName": f"F {number:04}"})["Id"])
        if number % 100 == 0:
            world.clock.advance(2)
    world.clock.advance(300)
    failpoints.arm("page.applied", lambda: crash() if count(world, "customer") >= 1_000 else None)
    with pytest.raises(Crash):
        world.sync(company)
    failpoints.disarm()
    assert count(world, "customer") == 1_000
    world.clock.advance(300)
    act(world, company, "edit", entity="Customer", id=made[0], changes={"Notes": "late"})
    for _ in range(3):
        world.settle(company)
    assert count(world, "customer") == 1_200
    assert count(world, "customer", "notes = 'late'") == 1


def test_what_is_not_visible_yet_is_not_taken_for_deleted(sqlite_database: Any, clock: Any, tmp_path: Any) -> None:
    world = World.make(sqlite_database, clock, tmp_path, visibility_lag_seconds=60)
    company = world.company()
    world.sync(company)
    clock.advance(300)
    world.sync(company)
    for number in range(30):
        world.save(company, "customer", {"name": f"Mine {number}"})
    assert world.sync(company).sent == 30
    for number in range(1_900):
        act(world, company, "create", entity="Customer", object={"DisplayName": f"F {number:04}"})
    clock.advance(40)
    world.sync(company)
    for _ in range(3):
        world.settle(company)
    assert count(world, "customer", "name like 'Mine%'") == 30


def test_four_cycles_of_lost_answers_make_no_second_invoice(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    invoice(world, company, customer, item)
    world.faults({**LOST, "count": 12})
    for _ in range(6):
        world.settle(company)
    assert len(world.query(company, "select * from Invoice")) == 1


def test_capture_and_claim_do_not_lock_each_other_out(postgres_database: Any, clock: Any, tmp_path: Any) -> None:
    world = World.make(postgres_database, clock, tmp_path)
    company = world.company()
    customer, item = base(world, company)
    made = invoice(world, company, customer, item, number="N-1")
    world.sync(company)
    world.save(company, "invoice", {"id": made, "customer_memo": "x"})
    capture.capture(world.site.database, clock)
    world.save(company, "customer", {"id": customer, "notes": "x"})
    capture.capture(world.site.database, clock)
    ids = sorted(row["id"] for row in world.waiting(company))
    trouble: list[Exception] = []

    def claim() -> None:
        try:
            with world.site.database.writing() as connection:
                outbox.lock(connection, company)  # as `push.begin` does
                outbox.load(connection, ids)
        except Exception as error:  # noqa: BLE001
            trouble.append(error)

    with world.site.database.writing() as connection:  # as `capture` does, with a customer's mark before an invoice's
        capture.enqueue(connection, company, "customer", [customer], clock.now(), by="x")
        thread = threading.Thread(target=claim)
        thread.start()
        time.sleep(0.7)
        capture.enqueue(connection, company, "invoice", [made], clock.now(), by="x")
    thread.join()
    assert trouble == []
