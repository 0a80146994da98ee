"""Preview sync: how much of the queue is wanted is counted once while nothing moves, and anew after whatever may change it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from syncengine import commands, inventory, queries
from syncengine.engine import capture
from syncengine.errors import Forbidden
from syncengine.queries import Wanted
from syncengine.store import bindings, cycles
from syncengine.store.tables import Outbox
from syncengine.terms import Trigger
from syncengine.ui import glance, live, preview
from tests.unit.queries import seed

EVERY = [Wanted(kind="item"), Wanted(operation="create"), Wanted(search="nor"), Wanted(by="inventory"), Wanted(block="will be sent")]


@pytest.fixture
def found(sqlite_database, monkeypatch):
    for kept in ("_READ", "_ANSWERS"):
        monkeypatch.setattr(glance, kept, {})
    return seed.busy(sqlite_database)


def counted(found, wanted):
    """As a page counts, once its frame has looked; what is kept is right by the database, too."""
    live.latest(found.session)
    counts = preview.matched(found.session, live.latest(found.session), wanted)
    assert counts == queries.queue_counts(found.session, wanted)
    return counts


@pytest.mark.parametrize("wanted", EVERY)
def test_while_nothing_moves_all_who_ask_the_same_are_told_what_was_counted_once(found, wanted, monkeypatch):
    counts = counted(found, wanted)
    monkeypatch.setattr(preview.queries, "queue_counts", lambda *_: pytest.fail("counted again"))
    live.latest(found.session)
    assert preview.matched(found.session, live.latest(found.session), replace(wanted)) == counts


def removed(found):
    row = seed.row_of(found.database, "item", found.item)
    commands.remove(found.session, [(row["id"], row["version"])])


def saved(found):
    inventory.save(found.database, "item", {"name": "Northern rope"}, company=found.session.company_id)
    capture.capture(found.database, found.session.clock)


def renamed(found):
    inventory.save(found.database, "vendor", {"name": "Southern Chandlery", "id": found.vendor}, company=found.session.company_id)
    capture.capture(found.database, found.session.clock)


def retried(found):
    row = seed.row_of(found.database, "customer", found.customers["Bluebird Bakery"])
    commands.retry(found.session, [(row["id"], row["version"])])


def bound(found):
    """A sync finds the item in QuickBooks and links it, so that it is changed there and no longer new."""
    now = found.session.clock.now()
    with found.database.writing() as connection:
        cycle = cycles.start(connection, found.session.company_id, now, trigger=Trigger.MANUAL, by="Ada", fence=2)
        pair = {"entity": "Item", "kind": "item", "record_id": found.item, "qbo_id": "7", "sync_token": "0", "base": {}}
        bindings.add(connection, found.session.company_id, now, [pair])
        cycles.finish(connection, cycle, now, result="succeeded", message=None, seconds=1.0)


@pytest.mark.parametrize(
    ("wanted", "act"),
    [
        (Wanted(kind="item"), removed), (Wanted(kind="item"), saved), (Wanted(search="nor"), saved), (Wanted(search="nor"), renamed),
        (Wanted(block="will be sent"), retried), (Wanted(by="inventory"), removed), (Wanted(operation="create"), bound),
    ],
)  # fmt: skip
def test_after_whatever_changes_it_is_counted_anew(found, wanted, act):
    before = counted(found, wanted)
    act(found)
    assert counted(found, wanted) != before


def test_a_customer_who_is_renamed_is_found_at_once_though_nothing_moves(found):
    inventory.save(found.database, "customer", {"name": "Delta"}, company=found.session.company_id)  # so much is known already
    wanted = Wanted(party="alpine")
    before = counted(found, wanted)
    values = {"name": "Everest Outfitters", "id": found.customers["Alpine Outfitters"]}
    inventory.save(found.database, "customer", values, company=found.session.company_id)
    assert counted(found, wanted).total == before.total - 2


def test_a_row_that_the_worker_has_weighed_counts_at_once_though_nothing_moves(found):
    wanted = Wanted(forecast="expected to fail")
    counted(found, wanted)
    with found.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "item").values(weighed=Outbox.version, doubted=Outbox.version))
    assert counted(found, wanted).total == 1


def test_who_may_not_see_the_sync_is_not_told_what_others_have_counted(found):
    counted(found, EVERY[0])
    nobody = replace(found.session, actor="nobody", signed_in=True)
    with pytest.raises(Forbidden):
        preview.matched(nobody, live.latest(found.session), EVERY[0])
