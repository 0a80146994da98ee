"""The rows that are handled at once: no record is to blame, nothing counts (D5), and nothing that waits is lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from syncengine.corrections import CORRECTIONS, Facts, Trouble
from tests.cycle.corrections.case import arrived, retry
from tests.cycle.corrections.references import adjustment
from tests.cycle.corrections.scene import Scene
from tests.cycle.corrections.values import essentials


def of_connection(scene: Scene) -> Any:
    """The company's own error."""
    return next(error for error in scene.world.errors(scene.company) if error["outbox_id"] is None)


def interrupted(kind: str, name: str, **fault: Any) -> Callable[[Scene], None]:
    """The whole sync fails, says why, keeps the queue, and goes on when the trouble is over."""

    def run(scene: Scene) -> None:
        scene.invoice()
        scene.world.faults({"kind": kind, "count": 1000, **fault})
        for _ in range(4):
            assert scene.sync().result == "failed"
        error = of_connection(scene)
        assert error["correction"] == name
        assert error["cause"].endswith(".")
        assert scene.errors == [], "it never counts against the record"
        assert len(scene.rows) == 1
        scene.world.control("faults", method="DELETE")
        assert scene.sync().result == "ok"
        arrived("Invoice")(scene)
        assert scene.world.errors(scene.company) == []

    return run


def sign_in(scene: Scene) -> None:
    scene.invoice()
    scene.world.faults({"kind": "expired_401", "count": 1})
    assert scene.sync().result == "ok", "the token is renewed once and the request repeated"
    scene.invoice("N-2")
    scene.actor("disconnect")
    assert scene.sync().result == "failed"
    assert of_connection(scene)["correction"] == "sign_in"
    assert len(scene.rows) == 1


def throttled(scene: Scene) -> None:
    scene.invoice()
    before = scene.world.clock.now()
    scene.world.faults({"kind": "throttle_429", "count": 1, "match": {"method": "POST"}})
    assert scene.sync().result == "ok"
    assert (scene.world.clock.now() - before).total_seconds() >= 360, "a minute's rest, beside the five between two syncs"
    arrived("Invoice")(scene)


def batch_too_large(scene: Scene) -> None:
    for number in range(12):
        scene.invoice(f"N-{number}")
    scene.switch(batch_max_items=1)
    assert scene.sync().result == "ok"
    assert len(scene.there("Invoice")) == 12
    assert scene.errors == []


def stale(scene: Scene) -> None:
    from syncengine import failpoints

    scene.save("customer", id=scene.customer, phone="555")
    theirs = scene.id_of("Customer", "Harbour")
    failpoints.arm("attempt.pre", failpoints.nth(1, lambda: scene.actor("edit", entity="Customer", id=theirs, changes={"Notes": "theirs"})))
    assert scene.sync().result == "ok"
    arrived("Customer", Notes="theirs")(scene)
    assert scene.errors == []


def feature_missing(scene: Scene) -> None:
    """That kind rests and says so; its rows stay; everything else goes on."""
    essentials(scene)
    scene.save("class", name="South")
    scene.invoice()
    result = scene.sync()
    assert result.result == "errors"
    arrived("Invoice")(scene)
    assert {error["correction"] for error in scene.errors} == {"feature_missing"}
    assert {error["tries"] for error in scene.errors} == {0}
    scene.save("class", name="West")
    sent = sum(row["attempts"] for row in scene.rows)
    scene.sync()
    assert sum(row["attempts"] for row in scene.rows) == sent, "the kind rests"
    assert len(scene.rows) == 3, "and its rows are kept"
    scene.switch(plan="plus")
    retry(scene)
    assert scene.sync().result == "ok", scene.errors
    assert len(scene.there("Class")) == 3


def inactive_instead(scene: Scene) -> None:
    """A list entry that is in use is deleted here: there it becomes inactive, and nothing is ever asked to go."""
    from syncengine import inventory

    extra = scene.save("item", name="Extra", unit_price=Decimal(1))
    made = scene.invoice(lines=[{"line_no": 1, "item_id": extra, "quantity": Decimal(1), "unit_price": Decimal(1)}])
    assert scene.sync().result == "ok"
    line = {"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(1)}
    scene.world.save(scene.company, "invoice", {"id": made}, [line])
    inventory.delete(scene.world.site.database, "item", extra, scene.company)
    assert scene.sync().result == "ok", scene.errors
    found = scene.there("Item", "where Active in (true, false)")
    assert [each["Active"] for each in found if each["Name"].startswith("Extra")] == [False]
    assert "inactive" in CORRECTIONS["inactive_instead"].does


def told_only(trouble: Trouble, name: str) -> Callable[[Scene], None]:
    """What others bring about: the words are here, and it is recognised."""

    def run(_: Scene) -> None:
        from syncengine.corrections import fitting

        assert fitting(trouble)[0].name == name
        assert fitting(trouble)[0].told(trouble, Facts("", "", ""))[0]

    return run


def nothing_to_post(scene: Scene) -> None:
    """An adjustment that is worth nothing leaves the queue with a note and is no error."""
    made = adjustment(scene)
    scene.world.sql("UPDATE adjustment_line SET unit_cost = '0' WHERE adjustment_id = :i", i=made)
    assert scene.sync().result == "ok", scene.errors
    assert scene.rows == []
    assert scene.there("JournalEntry") == []


def could_not_run(_: Scene) -> None:
    """Any other trouble of the sync as a whole has words, too."""
    from syncengine.engine import explain
    from syncengine.errors import LockBusy

    assert explain.connection(LockBusy("busy")).correction == "could_not_run"


AT_ONCE: dict[str, Callable[[Scene], None]] = {
    "sign_in": sign_in,
    "no_access": interrupted("forbidden_403", "no_access"),
    "subscription_ended": interrupted("subscription_6190", "subscription_ended"),
    "throttled": throttled,
    "outage": interrupted("unavailable_503", "outage"),
    "batch_too_large": batch_too_large,
    "other_company": told_only(Trouble("connection", "x", what="WrongRealm"), "other_company"),
    "could_not_run": could_not_run,
    "stale": stale,
    "feature_missing": feature_missing,
    "inactive_instead": inactive_instead,
    "nothing_to_post": nothing_to_post,
    "drift": told_only(Trouble("local", "x", what="drift"), "drift"),
}
