"""The rows of events and deliveries; whoever uses them holds the state's lock, and a transaction around what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from syncengine.emulator import moments
from syncengine.emulator.state import State
from syncengine.emulator.webhooks.event import Event

#: Deliveries that are over are kept up to this number, for whoever wants to look.
_KEPT = 1000
#: The end of the year 9999, in epoch seconds.
_LAST_MOMENT = 253_402_300_799
_EVENT = "n, realm, zone, entity, id, operation, deleted_id, at, mischief, options"
_DELIVERY = "number, subscription, state, again, format, tid, created, next, tries, wrong, events, mischief, attempts, body"


@dataclass(frozen=True)
class Delivery:
    """One delivery: a body that is sent until it is acknowledged; times in epoch seconds."""

    number: int
    subscription: int
    state: str
    again: int
    format: str
    tid: str
    created: float
    next: float | None
    tries: int
    wrong: int
    events: int
    mischief: str
    attempts: list[dict[str, Any]]
    body: bytes

    def shown(self) -> dict[str, Any]:
        """The delivery as the control interface shows it."""
        return {
            "number": self.number, "subscription": self.subscription, "state": self.state, "again": bool(self.again),
            "format": self.format, "tid": self.tid, "created": time_text(self.created),
            "next": None if self.next is None else time_text(self.next), "tries": self.tries, "events": self.events,
            "mischief": self.mischief.split(), "attempts": self.attempts, "body": self.body.decode(),
        }  # fmt: skip


def time_text(epoch_seconds: float) -> str:
    """A moment as the control interface shows it, in UTC with milliseconds; one that is too far off as the last there is."""
    return moments.millisecond(datetime.fromtimestamp(min(epoch_seconds, _LAST_MOMENT), UTC), "UTC")


def _event(row: Sequence[Any]) -> Event:
    """The event of a row of `_EVENT` columns."""
    return Event(*(*row[:9], json.loads(row[9])))


class Outbox:
    """What waits, what is on its way, and what is over."""

    def __init__(self, state: State) -> None:
        self._state = state

    # Events

    def add(self, subscription: int, event: Event, held: float, due: float) -> Event:
        """Let an event wait (one that is lost waits for nothing); returns it with its number."""
        lost = 0 if event.mischief == "webhook_lost" else None
        row = self._state.execute(
            "INSERT INTO webhook_event (subscription, delivery, realm, zone, entity, id, operation, deleted_id, at, held, due,"
            " mischief, options) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n",
            (subscription, lost, event.realm, event.zone, event.entity, event.id, event.operation, event.deleted_id, event.at, held,
             due, event.mischief, json.dumps(event.options)),
        ).fetchone()  # fmt: skip
        return replace(event, n=int(row[0]))

    def join(self, subscription: int, event: Event) -> bool:
        """Whether an update that waits already stands for this one too; it bears the later time then."""
        return bool(
            self._state.execute(
                "UPDATE webhook_event SET at = ? WHERE subscription = ? AND delivery IS NULL AND entity = ? AND id = ?"
                " AND realm = ? AND operation = 'updated' AND mischief = ''",
                (event.at, subscription, event.entity, event.id, event.realm),
            ).rowcount
        )

    def due(self, subscription: int) -> float | None:
        """When the next event is to be told; None where none waits."""
        found = self._state.execute(
            "SELECT min(due) FROM webhook_event WHERE subscription = ? AND delivery IS NULL", (subscription,)
        ).fetchone()[0]
        return None if found is None else float(found)

    def waiting(self, subscription: int, until: float, limit: int) -> list[Event]:
        """Events that may be told, in the order in which they are due."""
        rows = self._state.execute(
            f"SELECT {_EVENT} FROM webhook_event WHERE subscription = ? AND delivery IS NULL AND held <= ? ORDER BY due, n LIMIT ?",  # noqa: S608 -- columns
            (subscription, until, limit),
        )
        return [_event(row) for row in rows]

    def unsent(self) -> list[dict[str, Any]]:
        """What waits or is lost, as the control interface shows it."""
        rows = self._state.execute(
            f"SELECT {_EVENT}, subscription, delivery, due FROM webhook_event WHERE delivery IS NULL OR delivery = 0 ORDER BY n"  # noqa: S608 -- columns
        )
        return [
            {**_event(row).shown(), "subscription": row[10], "state": "waiting" if row[11] is None else "lost",
             "due": time_text(row[12])}
            for row in rows
        ]  # fmt: skip

    # Deliveries

    def open(self, delivery: Delivery, events: list[Event]) -> Delivery:
        """Begin a delivery of these events; what one of them was to overtake may follow now."""
        number = self._insert(delivery)
        self._state.executemany("UPDATE webhook_event SET delivery = ? WHERE n = ?", [(number, event.n) for event in events])
        self._state.execute(
            "UPDATE webhook_event SET held = ?, due = ? WHERE subscription = ? AND delivery IS NULL AND n < ?"
            " AND mischief = 'webhook_reordered'",
            (delivery.created, delivery.created, delivery.subscription, max(event.n for event in events)),
        )
        return self._one(number)

    def again(self, number: int, kinds: Mapping[str, float]) -> dict[str, float]:
        """Faults by which a delivery is to be told again, each with the seconds until then.

        Args:
            number: the delivery's.
            kinds: those faults, with the seconds where the fault itself names none.
        """
        rows = self._state.execute(f"SELECT {_EVENT} FROM webhook_event WHERE delivery = ? ORDER BY n", (number,))  # noqa: S608 -- columns
        found = [event for event in map(_event, rows) if event.mischief in kinds]
        return {event.mischief: float(event.option("seconds", kinds[event.mischief])) for event in found}

    def repeat(self, delivery: Delivery, tid: str, at: float) -> None:
        """Send a delivery that was acknowledged once more."""
        again = replace(delivery, state="open", again=1, tid=tid, next=at, tries=0, wrong=0, attempts=[], mischief="")
        self._insert(again)

    def _insert(self, delivery: Delivery) -> int:
        row = self._state.execute(
            "INSERT INTO webhook_delivery (subscription, state, again, format, tid, created, next, tries, wrong, events, mischief,"
            " attempts, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (delivery.subscription, delivery.state, delivery.again, delivery.format, delivery.tid, delivery.created, delivery.next,
             delivery.tries, delivery.wrong, delivery.events, delivery.mischief, json.dumps(delivery.attempts), delivery.body),
        ).fetchone()  # fmt: skip
        return int(row[0])

    def delivery(self, number: int) -> Delivery | None:
        """One delivery; None once it is forgotten."""
        found = self._deliveries("number = ?", (number,), 1)
        return found[0] if found else None

    def _one(self, number: int) -> Delivery:
        return self._deliveries("number = ?", (number,), 1)[0]

    def next(self, subscription: int) -> Delivery | None:
        """The delivery that is to be tried next."""
        found = self._deliveries("subscription = ? AND state = 'open'", (subscription,), 1, "next, number")
        return found[0] if found else None

    def withholds(self, subscription: int) -> bool:
        """Whether a delivery that is not acknowledged yet holds back what comes after it."""
        row = self._state.execute(
            "SELECT 1 FROM webhook_delivery WHERE subscription = ? AND state = 'open' AND again = 0 LIMIT 1", (subscription,)
        ).fetchone()
        return row is not None

    def tried(self, delivery: Delivery, state: str, next_: float | None, attempt: dict[str, Any]) -> Delivery:
        """Note an attempt and what follows from it; what is long over is forgotten."""
        attempts = [*delivery.attempts, attempt][-50:]
        self._state.execute(
            "UPDATE webhook_delivery SET state = ?, next = ?, tries = tries + 1, attempts = ? WHERE number = ?",
            (state, next_, json.dumps(attempts), delivery.number),
        )
        if state != "open":
            oldest = delivery.number - _KEPT
            self._state.execute("DELETE FROM webhook_event WHERE delivery > 0 AND delivery <= ?", (oldest,))
            self._state.execute("DELETE FROM webhook_delivery WHERE number <= ? AND state != 'open'", (oldest,))
        return self._one(delivery.number)

    def deliveries(self, subscription: int | None, state: str | None, limit: int) -> list[Delivery]:
        """The latest deliveries, oldest first."""
        where = "(? IS NULL OR subscription = ?) AND (? IS NULL OR state = ?)"
        return self._deliveries(where, (subscription, subscription, state, state), limit, "number DESC")[::-1]

    def _deliveries(self, where: str, values: tuple[Any, ...], limit: int, order: str = "number") -> list[Delivery]:
        rows = self._state.execute(
            f"SELECT {_DELIVERY} FROM webhook_delivery WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608 -- conditions of ours
            (*values, limit),
        )
        return [Delivery(*(*row[:12], json.loads(row[12]), row[13])) for row in rows]

    def clear(self) -> None:
        """Forget everything that waits, is on its way or is over."""
        self._state.execute("DELETE FROM webhook_event")
        self._state.execute("DELETE FROM webhook_delivery")
