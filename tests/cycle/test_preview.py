"""The preview shows what the next cycle sends: the same payloads, in the same order."""

from __future__ import annotations

import re

from sqlalchemy import select

from syncengine import queries
from syncengine.store.tables import AttemptItem
from tests.cycle.test_both_ways import small_trade
from tests.support.world import World

#: What a parent that is created in the same cycle, or an account that was never read, looks like in a preview.
PLACEHOLDER = re.compile(r'"\{\w+ [^}]+\}"')


def sent(world: World) -> list[tuple[int, str]]:
    """Row and payload of everything that was sent, in sending order."""
    with world.site.database.reading() as connection:
        wanted = select(AttemptItem.outbox_id, AttemptItem.payload).order_by(AttemptItem.attempt_id, AttemptItem.ordinal)
        return [(row.outbox_id, row.payload) for row in connection.execute(wanted)]


def matches(shown: str, payload: str) -> bool:
    """Whether two payloads are the same byte for byte but for the placeholders."""
    pattern = r'"[^"]+"'.join(re.escape(part) for part in PLACEHOLDER.split(shown))
    return re.fullmatch(pattern, payload) is not None


def test_before_the_first_sync_nothing_is_called_an_error(world: World) -> None:
    company = world.company()
    small_trade(world, company)
    world.save(company, "class", {"name": "Wholesale"})
    from syncengine.engine import capture

    capture.capture(world.site.database, world.clock)
    assert [row.problem for row in world.preview(company)] == [None] * 6


def test_what_the_cycle_sends_is_what_the_preview_showed(world: World) -> None:
    company = world.company()
    world.sync(company)
    small_trade(world, company)
    from syncengine.engine import capture

    capture.capture(world.site.database, world.clock)
    shown = [(row.outbox_id, row.payload) for row in world.preview(company)]
    world.sync(company)

    done = sent(world)
    assert [row_id for row_id, _ in shown] == [row_id for row_id, _ in done]
    assert all(matches(before, after) for (_, before), (_, after) in zip(shown, done, strict=True))


def test_what_the_cycle_sends_is_what_the_drawer_of_each_row_showed(world: World) -> None:
    """The drawer is told by the plan of the list behind it: of a row on the page, and of one that is on another page."""
    company = world.company()
    world.sync(company)
    small_trade(world, company)
    from syncengine.engine import capture

    capture.capture(world.site.database, world.clock)
    session = queries.Session(world.site.database, "Ada", company, world.clock)
    rows = queries.queue(session, exact=False)["id"].tolist()
    shown = {}
    for row_id in rows:
        page, told = queries.queue_and_row(session, row_id, size=2)
        assert page["id"].tolist() == rows[:2]
        assert told is not None
        shown[row_id] = told["payload"]
    world.sync(company)

    done = sent(world)
    assert rows == [row_id for row_id, _ in done]
    assert all(matches(shown[row_id], payload) for row_id, payload in done)
    assert PLACEHOLDER.search(shown[rows[-1]])  # what goes first is planned along, and has no Id yet
