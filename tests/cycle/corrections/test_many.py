"""Many refusals with one cause: what a cycle, its grace and the release cost grows with their number, and no faster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from syncengine.inventory import writer
from syncengine.terms import OutboxState
from tests.cycle.corrections.scene import Scene

FEW, MANY = 15, 60


@contextmanager
def counted(scene: Scene) -> Iterator[list[str]]:
    """The statements that the shared database is sent meanwhile."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        said.append(statement)

    engine = scene.world.site.database._write
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def invoices(scene: Scene, customer: int, first: int, count: int) -> None:
    day = scene.world.clock.now().date()
    line = {"line_no": 1, "item_id": scene.item, "quantity": 1, "unit_price": 2}
    drafts = [
        writer.Draft({"number": f"N-{number}", "customer_id": customer, "txn_date": day}, None, [line])
        for number in range(first, first + count)
    ]
    with scene.world.site.database.writing() as connection:
        writer.save_many(connection, "invoice", scene.company, drafts)


def life(scene: Scene, first: int, count: int) -> dict[str, int]:
    """Statements of each step in the life of so many refusals with one cause, from the first to their release by one act."""
    name, costs = f"Buyer of {count}", {}
    customer = scene.save("customer", name=name)
    assert scene.sync().result == "ok"
    theirs = scene.id_of("Customer", name)
    scene.actor("deactivate", entity="Customer", id=theirs)
    invoices(scene, customer, first, count)
    for cycle in ("first", "second", "third", "correcting", "resting"):
        with counted(scene) as said:
            scene.sync()
        costs[cycle] = len(said)
    assert [row["state"] for row in scene.rows] == [OutboxState.PARKED] * count
    assert [group["count"] for group in scene.groups()] == [count]
    scene.actor("reactivate", entity="Customer", id=theirs)
    with counted(scene) as said:
        assert scene.sync().sent == count, scene.story()
    costs["released"] = len(said)
    return costs


def test_each_step_grows_with_the_number_of_refusals_and_what_is_parked_costs_nothing_more(scene):
    few, many = life(scene, 0, FEW), life(scene, FEW, MANY)
    for step in few:
        assert many[step] < few[step] * MANY / FEW * 1.2, (step, few, many)
    assert many["resting"] <= few["resting"] + 5
