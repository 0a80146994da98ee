"""Every failpoint of a push, a pull and a token refresh is crashed once and recovered: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine import failpoints
from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.cycle.test_both_ways import small_trade
from tests.cycle.test_trouble import invoices
from tests.support.world import World

Prepare = Callable[[World, int], None]


def passed(world: World, company: int) -> list[str]:
    """The names of the failpoints that one cycle passes, in order."""
    names: list[str] = []

    class Recorder(dict[str, Callable[[], None]]):
        def get(self, name: str, default: object = None) -> Callable[[], None]:  # type: ignore[override] # records each name
            return lambda: names.append(name)

    armed, failpoints._armed = failpoints._armed, Recorder({"*": lambda: None})
    try:
        world.sync(company)
    finally:
        failpoints._armed = armed
    return names


def pushing(world: World, company: int) -> None:
    """Single creates, a batch, an update and a deletion wait."""
    from syncengine import inventory

    ids = small_trade(world, company)
    world.sync(company)
    world.save(company, "customer", {"id": ids["customer"], "phone": "1"})
    inventory.delete(world.site.database, "purchase_order", ids["purchase_order"], company)
    invoices_waiting(world, company, 12)


def invoices_waiting(world: World, company: int, count: int) -> None:
    """Invoices of one customer, none sent yet."""
    from datetime import date
    from decimal import Decimal

    customer = world.save(company, "customer", {"name": "Harbour Supply"})
    item = world.save(company, "item", {"name": "Rope", "unit_price": Decimal("2.5")})
    for number in range(1, count + 1):
        world.save(
            company, "invoice", {"number": f"N-{number}", "customer_id": customer, "txn_date": date(2026, 1, 10)},
            [{"line_no": 1, "item_id": item, "quantity": Decimal(number), "unit_price": Decimal("2.5")}],
        )  # fmt: skip


def pulling(world: World, company: int) -> None:
    """An edit, a new object and a deletion wait on the other side."""
    invoices(world, company, 3)
    world.sync(company)
    theirs = world.query(company, "select * from Invoice where DocNumber = 'N-2'")[0]
    world.actor(company, "delete", entity="Invoice", id=theirs["Id"])
    customer = world.query(company, "select * from Customer")[0]
    world.actor(company, "edit", entity="Customer", id=customer["Id"], changes={"Notes": "theirs"})
    world.actor(company, "create", entity="Vendor", object={"DisplayName": "New there"})
    world.clock.advance(300)


def refreshing(world: World, company: int) -> None:
    """The access token has run out and something waits."""
    invoices(world, company, 1)
    world.clock.advance(2 * 3600)


def state(world: World, company: int) -> object:
    """Both sides in comparable words."""
    from syncengine.inventory import reader

    with world.site.database.reading() as connection:
        here = {kind: sorted(str(reader.label(each, kind)) for each in reader.load(connection, kind, company).values())
                for kind in ("customer", "vendor", "item", "invoice", "purchase_order")}  # fmt: skip
    there = {name: sorted(str(each.get("DisplayName") or each.get("Name") or each.get("DocNumber")) + str(each.get("TotalAmt", ""))
                          for each in world.query(company, f"select * from {name}"))
             for name in ("Customer", "Vendor", "Item", "Invoice", "PurchaseOrder")}  # fmt: skip
    return here, there


def undisturbed(prepare: Prepare, folder: Path, template: Path) -> tuple[list[str], object]:
    """What a cycle passes and comes to when nothing crashes."""
    world, company = fresh(prepare, folder, template)
    names = passed(world, company)
    world.settle(company)
    return names, state(world, company)


def fresh(prepare: Prepare, folder: Path, template: Path) -> tuple[World, int]:
    """A world of its own in which `prepare` has been done."""
    import shutil

    folder.mkdir()
    shutil.copyfile(template, folder / "tieout.db")
    world = World.make(Database(f"sqlite:///{folder / 'tieout.db'}"), ManualClock(), folder)
    company = world.company()
    prepare(world, company)
    return world, company


@pytest.mark.parametrize("prepare", [pushing, pulling, refreshing])
def test_a_crash_at_each_failpoint_once_loses_and_doubles_nothing(prepare: Prepare, tmp_path: Path, sqlite_template: Path) -> None:
    names, expected = undisturbed(prepare, tmp_path / "calm", sqlite_template)
    assert len(set(names)) > 5
    for number, name in enumerate(names):
        if number > 40 and names[:number].count(name) > 2:
            continue  # the tenth batch crashes like the third
        world, company = fresh(prepare, tmp_path / f"crash-{number}", sqlite_template)
        occurrence = names[: number + 1].count(name)
        failpoints.arm(name, failpoints.nth(occurrence, failpoints.raise_crash))
        with pytest.raises(failpoints.Crash):
            world.sync(company)
            # A crash in a sender's thread surfaces there; one behind the last commit surfaces nowhere else.
        failpoints.disarm()
        world.clock.advance(60)  # the dead owner's lease runs out
        for _ in range(3):
            world.settle(company)
        assert state(world, company) == expected, f"crashed at {name}, pass {occurrence}"
        assert world.waiting(company) == [], f"crashed at {name}, pass {occurrence}"
        world.site.database.close()
