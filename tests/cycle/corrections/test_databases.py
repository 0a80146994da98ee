"""The whole road of a correction on each kind of database."""

from __future__ import annotations

from decimal import Decimal

from syncengine import commands
from tests.cycle.corrections.scene import Scene
from tests.support.world import World


def test_a_correction_is_offered_pressed_carried_out_and_taken_back(world: World) -> None:
    company = world.company()
    customer = world.save(company, "customer", {"name": "Harbour Supply"})
    item = world.save(company, "item", {"name": "Rope", "unit_price": Decimal("2.5")})
    assert world.sync(company).result == "ok"
    scene = Scene(world, company, customer, item)
    scene.save("vendor", name="Harbour Supply")
    scene.save("customer", name="No Mail", email="nobody")
    assert scene.sync().failed == 2
    assert {group["correction"] for group in scene.groups()} == {"name_suffix", "leave_email_out"}
    for error in scene.errors:
        commands.correct_now(scene.session, error["id"])
    assert scene.sync().result == "ok", scene.story()
    assert {(row["name"], row["state"]) for row in scene.corrections()} == {("name_suffix", "done"), ("leave_email_out", "done")}
    theirs = scene.id_of("Vendor", "Harbour Supply (V)")
    scene.actor("deactivate", entity="Vendor", id=theirs)
    scene.world.save(company, "vendor", {"name": "Other"})
    assert scene.sync().result == "ok", scene.story()
    suffixed = next(row for row in scene.corrections("done") if row["name"] == "name_suffix")
    commands.undo_correction(scene.session, suffixed["id"])
    assert scene.overrides() == {"PrimaryEmailAddr.Address": None}
