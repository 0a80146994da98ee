"""Every failpoint of a push, a pull and a token refresh is crashed once and recovered: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
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


def fresh(prepare: Prepare, folder: Path, template: Path) -> tuple[World, int]:
    """A world of its own in which `prepare` has been done."""
    folder.mkdir()
    shutil.copyfile(template, folder / "tieout.db")
    world = opened(folder, ManualClock())
    company = world.company()
    prepare(world, company)
    return world, company


def opened(folder: Path, clock: ManualClock) -> World:
    """The installation in `folder`, as a process that starts finds it."""
    return World.make(Database(f"sqlite:///{folder / 'tieout.db'}"), clock, folder)


def closed(world: World) -> None:
    """Give both databases back, as the end of a process does."""
    world.site.database.close()
    world.emulator.close()


def killed_at(name: str, occurrence: int, folder: Path, start: datetime, company: int) -> bool:
    """Run one cycle in a process of its own that is killed when it passes `name` for the n-th time; False if it never was."""
    child = os.fork()
    if child == 0:
        try:
            failpoints.arm(name, failpoints.nth(occurrence, failpoints.kill))
            opened(folder, ManualClock(start)).sync(company)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def crash_points(names: list[str]) -> list[tuple[str, int]]:
    """Each point's first, second and last pass: the tenth batch of a wave crashes like the third.

    How often progress is written depends on which answers come back together, so of the commits only those are taken
    that every run passes.
    """
    points = []
    for name in dict.fromkeys(names):
        count = names.count(name)
        every = range(1, max(2, count - 8), 5) if name.startswith("db.commit") else sorted({1, min(2, count), count})
        points += [(name, each) for each in every]
    return points


# Python 3.12 and newer warn of it; the other thread only passes results on, and the child asks nothing of it.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("prepare", [pushing, pulling, refreshing])
def test_a_kill_at_each_failpoint_loses_and_doubles_nothing(prepare: Prepare, tmp_path: Path, sqlite_template: Path) -> None:
    calm, company = fresh(prepare, tmp_path / "calm", sqlite_template)
    closed(calm)
    shutil.copytree(tmp_path / "calm", tmp_path / "origin")
    start = calm.clock.now()
    calm = opened(tmp_path / "calm", ManualClock(start))
    names = passed(calm, company)
    calm.settle(company)
    expected = state(calm, company)
    closed(calm)
    points = crash_points(names)
    assert len(points) > 5, points

    for number, (name, occurrence) in enumerate(points):
        folder = tmp_path / f"crash-{number}"
        shutil.copytree(tmp_path / "origin", folder)
        assert killed_at(name, occurrence, folder, start, company), f"{name} was not passed {occurrence} times"
        # The dead owner's lease has run out by then.
        world = opened(folder, ManualClock(start + timedelta(seconds=60)))
        for _ in range(3):
            world.settle(company)
        assert state(world, company) == expected, f"killed at {name}, pass {occurrence}"
        assert world.waiting(company) == [], f"killed at {name}, pass {occurrence}"
        closed(world)
        shutil.rmtree(folder)


def test_the_points_of_a_token_refresh_are_among_them(tmp_path: Path, sqlite_template: Path) -> None:
    world, company = fresh(refreshing, tmp_path / "calm", sqlite_template)
    names = set(passed(world, company))
    closed(world)
    assert {"token.sent", "token.received", "token.journaled", "token.committed"} <= names
    assert {"claim.pre", "attempt.committed", "http.pre", "http.post", "record.pre", "record.committed"} <= names
    assert {"page.applied", "cursor.pre", "cursor.committed"} <= names
