"""A company's rows move whole, under the numbers that they have; numbers that are set aside go to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from syncengine import inventory
from syncengine.db.base import Base
from syncengine.engine import setup
from syncengine.inventory import changes
from syncengine.sample import moving
from tests.support.sample import installed
from tests.support.world import World


def counts(world: World, company: int) -> dict[str, int]:
    with world.site.database.reading() as connection:
        return {name: len(rows) for name, rows in moving.take(connection, company).items()}


def test_what_is_put_is_taken_again_the_same(database, tmp_path, played_day):
    world, session = installed(database, tmp_path, played_day)
    with database.reading() as connection:
        rows = moving.take(connection, session.company_id)
        assert changes.marks(connection) == []
    # The day's own audit trail is followed by the line of its making.
    rows["sync_audit"] = [row for row in rows["sync_audit"] if row["event"] != "sample day made"]
    assert rows == played_day.rows
    world.emulator.close()


def test_another_company_is_left_alone(database, tmp_path, played_day):
    world, session = installed(database, tmp_path, played_day)
    other = setup.add_company(database, world.clock, "Other", sample="empty")
    theirs = inventory.save(database, "customer", {"name": "Theirs"}, company=other)
    with database.writing() as connection:
        moving.put(connection, session.company_id, {})
    assert set(counts(world, session.company_id).values()) == {0}
    assert inventory.load(database, "customer", theirs, other) is not None
    with database.reading() as connection:
        assert [(mark.company_id, mark.record_id) for mark in changes.marks(connection)] == [(other, theirs)]
    world.emulator.close()


def test_numbers_that_are_set_aside_are_given_to_nobody(empty_world):
    database = empty_world.site.database
    company = setup.add_company(database, empty_world.clock, "One", sample="empty")
    before = inventory.save(database, "customer", {"name": "Before"}, company=company)
    first, second = moving.reserve(database), moving.reserve(database)
    after = inventory.save(database, "customer", {"name": "After"}, company=company)
    assert before <= first["customer"] < second["customer"] < after
    assert second["customer"] - first["customer"] >= 10_000
    assert {"sync_outbox", "invoice_line", "sync_audit"} <= set(first)


def test_whatever_belongs_to_a_company_moves_or_is_known_to_stay():
    owned = {table.name for table in Base.metadata.sorted_tables if "company_id" in table.c} - {"company"}
    assert {table.name for table in moving.tables()} | (moving.KEPT - {"company"}) == owned


@pytest.mark.parametrize("kind", ["invoice", "customer", "shipment"])
def test_rows_keep_their_values_on_either_database(kind, demo, played_day):
    world, session = demo
    from syncengine.inventory.tables import KINDS

    table = KINDS[kind].table
    with world.site.database.reading() as connection:
        held: list[Any] = [dict(row) for row in connection.execute(select(table).where(table.c.company_id == session.company_id).order_by(table.c.id)).mappings()]
    assert held == played_day.rows[kind]
