"""What the preview shows of a company's queue, held against what the next cycle then really sends: bytes, order, amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from syncengine import queries
from syncengine.engine import cycle
from syncengine.engine.apply.noticing import CHANGED
from syncengine.engine.capture import capture
from syncengine.quickbooks import wire
from syncengine.store.tables import Attempt, AttemptItem, Binding
from tests.support.world import World

#: The Id of a parent that is created in the same cycle: QuickBooks' entity and our record.
PARENT = re.compile(r'"\{(\w+) (\d+)\}"')


@dataclass(frozen=True)
class Sent:
    """One thing that left: the outbox row that it was for, what was to be done, and the bytes that were on the wire."""

    outbox_id: int
    operation: str
    payload: str
    outcome: str
    requestid: str


@dataclass
class Watch:
    """One company's wire, with everything that leaves."""

    world: World
    company: int
    bodies: dict[str, list[bytes]] = field(default_factory=dict)
    #: What was shown before the last cycle that was compared.
    last: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Stand between the client and the emulator."""
        handle = self.world.emulator.handle

        def noted(request: Any, **more: Any) -> Any:
            name = parse_qs(urlsplit(request.target).query).get("requestid")
            if name and request.method == "POST":
                self.bodies.setdefault(name[0], []).append(request.body)
            return handle(request, **more)

        self.world.emulator.handle = noted  # type: ignore[method-assign]

    @property
    def session(self) -> queries.Session:
        """The owner's."""
        return queries.Session(self.world.site.database, "Ada", self.company, self.world.clock)

    def shown(self, size: int = 100) -> list[dict[str, Any]]:
        """The whole preview, page by page, what was saved meanwhile included."""
        capture(self.world.site.database, self.world.clock)
        found: list[dict[str, Any]] = []
        while True:
            page = queries.queue(self.session, page=len(found) // size + 1, size=size).to_dict("records")
            found += page
            if len(page) < size:
                return found

    def sent(self, cycle_id: int) -> list[Sent]:
        """What a cycle sent, in the order in which it left, read off the wire and not only off what was written down."""
        wanted = select(AttemptItem.__table__, Attempt.requestid, Attempt.shape).join(Attempt, Attempt.id == AttemptItem.attempt_id)
        with self.world.site.database.reading() as connection:
            rows = list(connection.execute(wanted.where(Attempt.cycle_id == cycle_id).order_by(AttemptItem.id)).mappings())
        return [
            Sent(row["outbox_id"], row["operation"], on_the_wire(self.bodies[row["requestid"]], row), row["outcome"], row["requestid"])
            for row in rows
        ]

    def cycle(self, *, later: int = 0) -> tuple[cycle.Result, list[Sent]]:
        """One cycle, and what left in it."""
        self.world.clock.advance(later)
        result = self.world.sync(self.company)
        return result, self.sent(result.cycle_id)

    def filled(self, payload: str) -> Iterator[str]:
        """A previewed payload with the Ids of its parents, which QuickBooks has given by now."""
        named = PARENT.search(payload)
        if named is None:
            yield payload
            return
        wanted = select(Binding.qbo_id).where(
            Binding.company_id == self.company, Binding.entity == named[1], Binding.record_id == int(named[2]), Binding.ended_at.is_(None)
        )
        with self.world.site.database.reading() as connection:
            ids = list(connection.scalars(wanted))
        for qbo_id in ids:
            yield from self.filled(payload.replace(named[0], f'"{qbo_id}"'))

    def overtaken(self, rows: list[dict[str, Any]], cycle_id: int) -> set[int]:
        """Those of the rows that were changed in QuickBooks first, as their timeline says."""
        found = set()
        for row in rows:
            events = queries.timeline(self.session, row["kind"], row["record_id"])
            told = events[(events["event"] == CHANGED) & (events["cycle_id"] == cycle_id) & (events["entity"] == row["entity"])]
            found |= {row["id"]} if len(told) else set()
        return found

    def keeps_its_word(self, *, later: int = 0, changed: int = 0, result: str = "ok") -> list[Sent]:
        """Look, run one cycle, and see that it sent what was shown: these rows, so ordered, these bytes.

        `changed` is how many rows are listed as changed in QuickBooks first; of them nothing was promised.
        """
        shown = self.last = self.shown()
        done, sent = self.cycle(later=later)
        assert done.result == result, [(each["label"], each["cause"], each["message"]) for each in self.world.errors(self.company)]
        others = self.overtaken(shown, done.cycle_id)
        assert len(others) == changed, [(row["entity"], row["operation"]) for row in shown if row["id"] in others]
        self.compare([row for row in shown if row["id"] not in others], [each for each in sent if each.outbox_id not in others])
        return sent

    def compare(self, shown: list[dict[str, Any]], sent: list[Sent]) -> None:
        """Hold what was sent against what was shown."""
        promised = [each for row in shown if not row["rests"] for each in promises(row)]
        by_id = {row["id"]: row for row in shown}
        first = list({each.outbox_id: None for each in sent})
        assert sorted(first) == sorted({row_id for row_id, _, _ in promised}), (promised, sent)
        will = [row["id"] for row in sorted(shown, key=lambda row: row["wave"]) if row["id"] in first and row["block"] == "will be sent"]
        assert [row_id for row_id in first if row_id in will] == will
        left = [(each.outbox_id, each.operation, each.payload) for each in sent]
        for row_id, operation, payload in promised:
            mine = next(each for each in left if each[0] == row_id)
            left.remove(mine)
            assert mine[1] == operation, (operation, payload, mine)
            if open_to_change(by_id[row_id]):
                continue
            here = list(self.filled(payload))
            assert mine[2] in here, f"\nshown {here}\nsent  {mine[2]}"
        assert [each for each in left if not by_id[each[0]]["unsure"]] == [], "nothing is sent that was not shown"


def open_to_change(row: dict[str, Any]) -> bool:
    """Whether a row says that its content is not known yet: a correction comes before it is sent, or an answer that is awaited."""
    return row["unsure"].startswith(("A correction is carried out", "What follows depends", "Nothing has been read"))


def promises(row: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """What a row of the preview says that will be sent of it, in order."""
    yield row["id"], row["operation"], row["payload"]
    if row["then"]:
        yield row["id"], "create", row["then"]


def on_the_wire(bodies: list[bytes], item: Any) -> str:
    """The bytes of one item in the requests that left under one requestid, which are all the same."""
    [body] = set(bodies)
    if item["shape"] == "single":
        return body.decode()
    document = wire.loads(body)
    assert wire.dumps(document) == body
    [part] = [each for each in document["BatchItemRequest"] if each["bId"] == f"i{item['ordinal']}"]
    return wire.dumps(part[item["entity"]]).decode()
