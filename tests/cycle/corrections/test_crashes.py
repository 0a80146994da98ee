"""A kill between look-up, verdict, act and settling: the correction has acted exactly once in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from syncengine import commands
from syncengine.clock import ManualClock
from syncengine.queries import Session
from tests.cycle.corrections.scene import Scene
from tests.cycle.test_crashes import closed, killed_at, opened

POINTS = ("correct.pre", "correct.looked_up", "correct.stored", "correct.begun", "correct.acted", "correct.applied", "correct.after", "correct.finished")


def inactive_vendor(scene: Scene) -> None:
    """Something happens in QuickBooks before the record goes, and something after it: both count."""
    vendor = scene.save("vendor", name="Bolt")
    assert scene.sync().result == "ok"
    scene.allow("reactivate_reference")
    scene.actor("deactivate", entity="Vendor", id=scene.id_of("Vendor", "Bolt"))
    line = {"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_cost": Decimal(1)}
    scene.save("purchase_order", [line], number="PO-1", vendor_id=vendor, txn_date=date(2026, 1, 2))


def bad_address(scene: Scene) -> None:
    """Everything happens here."""
    scene.save("customer", name="No Mail", email="nobody")


def there(scene: Scene) -> Any:
    """What is in QuickBooks, with how often it was written."""
    return {
        entity: sorted(
            (each.get("DisplayName") or each.get("DocNumber"), each["SyncToken"], each.get("Active"), str(each.get("PrimaryEmailAddr")))
            for each in scene.there(entity, "" if entity == "PurchaseOrder" else "where Active in (true, false)")
        )
        for entity in ("Customer", "Vendor", "PurchaseOrder")
    }


def again(scene: Scene, folder: Path, clock: ManualClock) -> Scene:
    return Scene(opened(folder, clock), scene.company, scene.customer, scene.item)


@pytest.mark.parametrize("prepare", [inactive_vendor, bad_address])
@pytest.mark.parametrize("pressed", [False, True], ids=["due", "pressed"])
def test_a_kill_at_each_point_leaves_a_correction_that_acted_once(
    scene: Scene, prepare: Callable[[Scene], None], pressed: bool, tmp_path: Path
) -> None:
    prepare(scene)
    for _ in range(1 if pressed else 3):
        assert scene.sync().result == "errors"
    if pressed:
        commands.correct_now(scene.session, scene.error["id"])
    scene.world.clock.advance(300)
    start = scene.world.clock.now()
    closed(scene.world)
    origin = tmp_path / "scene"
    shutil.copytree(origin, tmp_path / "calm")
    calm = again(scene, tmp_path / "calm", ManualClock(start))
    assert calm.world.sync(calm.company).result == "ok", calm.story()
    assert calm.sync().result == "ok"
    expected = there(calm)
    assert [row["state"] for row in calm.corrections()] == ["done"]
    closed(calm.world)
    passed = 0
    for point in POINTS:
        folder = tmp_path / point
        shutil.copytree(origin, folder)
        passed += killed_at(point, 1, folder, start, scene.company)
        after = again(scene, folder, ManualClock(start + timedelta(seconds=60)))
        for _ in range(3):
            after.sync()
        assert there(after) == expected, point
        assert [row["state"] for row in after.corrections()] == ["done"], f"{point}: {after.story()}"
        assert after.rows == [], point
        assert after.errors == [], point
        assert len(after.overrides()) == (1 if prepare is bad_address else 0), point
        closed(after.world)
    assert passed >= 5, "a cycle that corrects passes the points"


def test_an_edit_while_a_correction_is_under_way_withdraws_it(scene: Scene) -> None:
    from syncengine import failpoints

    bad_address(scene)
    scene.sync()
    commands.correct_now(Session(scene.world.site.database, "Ada", scene.company, scene.world.clock), scene.error["id"])

    def edited() -> None:
        kind, record = scene.kept["record"]
        scene.save(kind, id=record, email="good@mail.example")

    failpoints.arm("correct.begun", failpoints.nth(1, edited))
    scene.sync()
    failpoints.disarm()
    assert scene.sync().result == "ok", scene.story()
    assert scene.sync().sent == 0
    found = scene.there("Customer", "where DisplayName = 'No Mail'")
    assert [each.get("PrimaryEmailAddr") for each in found] == [{"Address": "good@mail.example"}], scene.story()
    assert scene.overrides() == {}
