"""Deletions, names, and the engine under each switch of the emulator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from syncengine import failpoints
from syncengine.errors import LeaseLost
from syncengine.store import leases
from tests.cycle.test_both_ways import one, small_trade
from tests.cycle.test_settle import act, base, conflict_of, invoice
from tests.support.world import World


def test_the_last_invoice_of_an_item_goes_before_the_item_is_made_inactive(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    for number in range(3):
        invoice(world, company, customer, item, number=f"L-{number}")
    world.save(company, "item", {"id": item, "active": False})
    for _ in range(2):
        world.settle(company)
    assert len(world.query(company, "select * from Invoice")) == 3, [dict(e)["message"] for e in world.errors(company)]


def test_a_read_that_is_refused_is_no_deletion(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    world.save(company, "invoice", {"id": ids["invoice"], "customer_memo": "x"})
    world.faults(
        {"kind": "stale", "count": 1, "match": {"method": "POST", "path": "invoice"}},
        {"kind": "refuse", "count": 1, "code": "5020", "message": "Permission Denied", "detail": "no", "match": {"method": "GET", "path": "/invoice/"}},
    )
    world.settle(company)
    for _ in range(2):
        result = world.settle(company)
    assert conflict_of(world, company) == []
    assert result.result == "ok"


def test_five_levels_both_ways(world: World) -> None:
    company = world.company()
    parent = None
    for level in range(5):
        parent = world.save(company, "customer", {"name": f"Ours {level}", "parent_id": parent})
    assert world.sync(company).result == "ok", world.errors(company)
    above: Any = None
    for level in range(5):
        more = {"Job": True, "ParentRef": {"value": above}} if above else {}
        above = act(world, company, "create", entity="Customer", object={"DisplayName": f"Theirs {level}", **more})["Id"]
    assert world.settle(company).result == "ok"
    with world.site.database.reading() as connection:
        assert connection.scalar(text("select count(*) from customer where parent_id is not null")) == 8


def test_names_with_quotes_are_looked_up(world: World) -> None:
    company = world.company()
    world.sync(company)
    names = ["O'Neil \\ Sons", 'A "quoted" name', "back\\'slash", "Ünïcode - 東京 % _"]
    for name in names:
        world.save(company, "customer", {"name": name})
    world.faults({"kind": "commit_then_drop", "count": 40, "match": {"method": "POST"}})
    assert world.sync(company).result == "failed"
    world.control("faults", method="DELETE")
    world.clock.advance(25 * 3600)
    for _ in range(2):
        result = world.settle(company)
    assert result.result == "ok", world.errors(company)
    assert sorted(c["DisplayName"] for c in world.query(company, "select * from Customer")) == sorted(names)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_lost_lease_writes_nothing_more(request: Any, clock: Any, tmp_path: Any, kind: str) -> None:
    database = request.getfixturevalue("sqlite_database" if kind == "sqlite" else "postgres_database")
    world = World.make(database, clock, tmp_path)
    company = world.company()
    small_trade(world, company)

    def steal() -> None:
        with database.writing() as connection:
            leases.claim(connection, company, "thief", clock.now(), dead=lambda _: True)

    failpoints.arm("record.pre", failpoints.nth(1, steal))
    with pytest.raises(LeaseLost):
        world.sync(company)
    failpoints.disarm()
    with database.reading() as connection:
        assert connection.scalar(text("select count(*) from sync_binding where entity in ('Customer','Item')")) == 0
    with database.writing() as connection:
        leases.release(connection, company, connection.scalar(text("select fence from sync_lease")))
    for _ in range(3):
        result = world.settle(company)
    assert result.result == "ok"
    assert len(world.query(company, "select * from Invoice")) == 1


@pytest.mark.parametrize("switches", [
    {"default_order": "newest"}, {"cdc_inactive_names": "stub"}, {"cdc_cap_scope": "entity"}, {"batch_reply_order": "shuffled"},
    {"batch_order": "shuffled"}, {"requestid_other_body": "600"}, {"maxresults_over_1000": "refuse"}, {"orderby_id": "refused"},
    {"visibility_lag_seconds": 60}, {"inactive_reference": "2500"}, {"rotate_every_refresh": True}, {"refresh_grace_seconds": 0},
    {"requestid_replays_errors": True}, {"inactive_name_taken": True}, {"batch_max_items": 10}, {"ten_means": "both"}, {"cdc_excluded": "empty"},
], ids=str)  # fmt: skip
def test_every_switch(sqlite_database: Any, clock: Any, tmp_path: Any, switches: dict[str, Any]) -> None:
    world = World.make(sqlite_database, clock, tmp_path, **switches)
    company = world.company()
    world.sync(company)
    world.clock.advance(100)
    customer, item = base(world, company)
    made = [invoice(world, company, customer, item, number=f"S-{n}") for n in range(35)]
    extra = world.save(company, "customer", {"name": "Gone"})
    assert world.sync(company).result == "ok", [dict(e) for e in world.errors(company)]
    world.clock.advance(4000)
    theirs = one(world.query(company, "select * from Customer where DisplayName = 'Gone'"))
    act(world, company, "deactivate", entity="Customer", id=theirs["Id"])
    first = one(world.query(company, "select * from Invoice where DocNumber = 'S-1'"))
    act(world, company, "delete", entity="Invoice", id=first["Id"])
    act(world, company, "create", entity="Customer", object={"DisplayName": "Theirs"})
    world.save(company, "invoice", {"id": made[2], "customer_memo": "m"})
    world.sync(company)
    for _ in range(3):
        result = world.settle(company)
    assert result.result == "ok", [dict(e) for e in world.errors(company)]
    assert result.metered_reads == 1
    assert world.record(company, "customer", extra)["active"] is False
    assert world.record(company, "invoice", made[1]) is None
    assert len(world.query(company, "select * from Invoice")) == 34
    assert len(world.query(company, "select * from Customer where Active IN (true, false)")) == 3


def test_a_customer_deleted_here_becomes_inactive_and_stays_gone(world: World) -> None:
    company = world.company()
    extra = world.save(company, "customer", {"name": "Gone"})
    world.sync(company)
    world.sql("DELETE FROM customer WHERE id = :i", i=extra)
    for _ in range(3):
        assert world.settle(company).result == "ok"
    with world.site.database.reading() as connection:
        assert connection.scalar(text("select count(*) from customer")) == 0
    world.clock.advance(31 * 86400)
    world.sync(company)
    with world.site.database.reading() as connection:
        assert connection.scalar(text("select count(*) from customer")) == 0


def test_amounts_of_all_kinds_travel(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    lines = [
        {"line_no": 1, "item_id": item, "quantity": Decimal(0), "unit_price": Decimal(5)},
        {"line_no": 2, "item_id": item, "quantity": Decimal(3), "unit_price": Decimal(0)},
        {"line_no": 3, "item_id": item, "unit_price": Decimal("9.99")},
        {"line_no": 4, "item_id": item, "quantity": Decimal(3), "unit_price": Decimal(10), "amount": Decimal("29.00")},
        {"line_no": 5, "item_id": item, "amount": Decimal("7.77")},
        {"line_no": 6, "description": "only words"},
        {"line_no": 7, "item_id": item, "quantity": Decimal(3), "unit_price": Decimal(10), "discount": Decimal(1)},
        {"line_no": 8, "item_id": item, "quantity": Decimal(-1), "unit_price": Decimal(2)},
    ]
    made = world.save(company, "invoice", {"number": "A-1", "customer_id": customer, "txn_date": date(2026, 1, 10), "private_note": "n" * 3980}, lines)
    assert world.sync(company).result == "ok", [dict(e) for e in world.errors(company)]
    assert one(world.query(company, "select * from Invoice"))["TotalAmt"] == Decimal("44.76")
    before = world.record(company, "invoice", made)
    for _ in range(2):
        assert world.settle(company).sent == 0
    assert world.record(company, "invoice", made) == before
