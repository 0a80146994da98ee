"""A kind that QuickBooks does not have in this company rests: its rows say so, and all others go on."""

from __future__ import annotations

from decimal import Decimal

from syncengine import commands, queries
from syncengine.engine import capture
from tests.support.world import World


def test_rows_of_a_kind_that_rests_say_what_they_wait_for_and_go_once_it_is_there(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company()
    customer = world.save(company, "customer", {"name": "Globex"})
    item = world.save(company, "item", {"name": "Anchor", "unit_price": Decimal(5)})
    world.sync(company)
    lines = [{"item_id": item, "quantity": Decimal(1), "unit_price": Decimal(5)}]
    day = world.clock.now().date()
    world.save(company, "estimate", {"number": "E1", "customer_id": customer, "txn_date": day}, lines)
    match = {"method": "POST", "path": "estimate"}
    said = {"code": "5030", "message": "Feature Not Supported Error", "detail": "not here"}
    world.faults({"kind": "refuse", "count": 1, "match": match, **said})
    assert world.sync(company).result == "errors"
    world.save(company, "estimate", {"number": "E2", "customer_id": customer, "txn_date": day}, lines)
    world.save(company, "invoice", {"number": "I1", "customer_id": customer, "txn_date": day}, lines)
    capture.capture(world.site.database, world.clock)
    shown = {row.label: row for row in world.preview(company)}
    assert "QuickBooks has no Estimate in this company, as it said of E1." in shown["E2"].note
    assert (shown["E2"].operation, shown["I1"].operation) == ("nothing", "create")
    assert world.sync(company).sent == 1
    assert world.query(company, "SELECT * FROM Estimate") == []

    session = queries.Session(world.site.database, "owner", company, world.clock)
    queue = queries.queue(session)
    first = queue[queue["label"] == "E1"].iloc[0]
    commands.retry(session, [(first["id"], first["version"])])
    assert world.sync(company).sent == 2
    assert {each["DocNumber"] for each in world.query(company, "SELECT * FROM Estimate")} == {"E1", "E2"}
