"""Webhooks as a whole: changes become events inside the transaction of the change, events become deliveries, and these are sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.emulator.books import Books, Company
from syncengine.emulator.clock import TurnableClock
from syncengine.emulator.mischief import WEBHOOK_KINDS, Mischief
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches
from syncengine.emulator.webhooks import bodies, matrix, schedule
from syncengine.emulator.webhooks.bodies import MOST_BYTES, MOST_EVENTS, Bodies
from syncengine.emulator.webhooks.changes import Change, changes
from syncengine.emulator.webhooks.event import Event
from syncengine.emulator.webhooks.outbox import Delivery, Outbox, time_text
from syncengine.emulator.webhooks.post import Post, Send, post
from syncengine.emulator.webhooks.subscriptions import Subscription, Subscriptions

#: Seconds by which a fault without `seconds` of its own holds an event back, or after which it is told again.
_HELD_SECONDS = {"webhook_late": 4 * 3600.0, "webhook_reordered": 600.0}
_AGAIN_SECONDS = {"webhook_duplicated": 0.0, "webhook_replayed": 86_400.0}


@dataclass(frozen=True)
class _Attempt:
    """A delivery that is being tried."""

    subscription: Subscription
    delivery: Delivery
    post: Post


class Webhooks:
    """The webhooks of one emulator.

    Args:
        state, clock, switches, mischief, seed: the emulator's.
        connected: whether an app is connected to a company; who is not is told nothing of it.
    """

    def __init__(
        self, state: State, clock: TurnableClock, switches: Switches, mischief: Mischief, seed: int,
        connected: Callable[[str, str], bool],
    ) -> None:  # fmt: skip
        self._state = state
        self._clock = clock
        self._switches = switches
        self._mischief = mischief
        self._connected = connected
        self._bodies = Bodies(switches, seed)
        self._outbox = Outbox(state)
        self._busy: set[int] = set()
        self._closed = False
        self.subscriptions = Subscriptions(state, seed)
        #: Set when there may be something new to do; who waits for it clears it.
        self.changed = threading.Event()

    # What is to be told

    def record(self, books: Books, _who: str) -> None:
        """Note what a write changed, in its transaction: whatever is killed, none of it is lost and nothing is made up."""
        if not self.subscriptions.all:
            return
        told, at, delay = changes(books), books.now.timestamp(), max(0.0, self._switches["webhook_delay_seconds"])
        for subscription in self.subscriptions.all if told else ():
            if self._listens(subscription, books.company.realm):
                for change in told:
                    if subscription.wants(change.entity, change.operation):
                        self._note(subscription, books.company, change, at, delay)
        self.changed.set()

    def test(self, number: int, company: Company, entity: str, operation: str, id_: str) -> Event:
        """Note an event of which nothing happened, as the developer portal's test sends it; it is due at once.

        Raises:
            ValueError: there is no such subscription or type.
        """
        subscription = self._known(number)
        if operation not in matrix.MATRIX.get(entity, ()):
            raise ValueError(f"there is no webhook {matrix.type_of(entity, operation)}")
        with self._state.transaction():
            event = self._note(subscription, company, Change(entity, id_, operation), self._clock.now().timestamp(), 0)
        self.changed.set()
        return event

    def _listens(self, subscription: Subscription, realm: str) -> bool:
        return not subscription.blacklisted and subscription.realm in {"", realm} and self._connected(subscription.client_id, realm)

    def _note(self, subscription: Subscription, company: Company, change: Change, at: float, delay: float) -> Event:
        about = {"path": subscription.url, "entity": change.entity, "operation": change.operation, "realm": company.realm}
        fault = self._mischief.strike(about, among=WEBHOOK_KINDS)
        kind, options = (fault.kind, dict(fault.options)) if fault else ("", {})
        event = Event(0, company.realm, company.zone, *change, at, kind, options)
        coalesced = self._switches["webhook_coalescing"] and change.operation == "updated" and not fault
        if coalesced and self._outbox.join(subscription.number, event):
            return event
        held, now = _HELD_SECONDS.get(kind), self._now()
        if held is not None:
            until = now + float(event.option("seconds", held))
            return self._outbox.add(subscription.number, event, until, until)
        return self._outbox.add(subscription.number, event, now, now + delay)

    # What is sent

    def deliver(self, send: Send = post, subscription: int | None = None) -> list[dict[str, Any]]:
        """Try what is due now, once; returns the deliveries that were tried, as they are then.

        A subscription that is being told by another thread is left to that one.

        Args:
            send: how a post leaves; by HTTP to this machine by default.
            subscription: the number of the one that is meant, None for all.
        """
        until, tried = self._now(), []
        while (attempt := self._next(subscription, until)) is not None:
            try:
                tried.append(self._finished(attempt, *_sent(send, attempt.post)))
            finally:
                self._busy.discard(attempt.subscription.number)
        return tried

    def due(self) -> tuple[list[int], float | None]:
        """The subscriptions that there is something to send to, and the seconds until there is for another one."""
        with self._state.lock:
            now = self._now()
            free = [] if self._closed else [each for each in self.subscriptions.all if each.number not in self._busy]
            found = {each.number: self._moment(each) for each in free}
        moments = {number: moment for number, moment in found.items() if moment is not None}
        later = [moment - now for moment in moments.values() if moment > now]
        return [number for number, moment in moments.items() if moment <= now], min(later, default=None)

    def _moment(self, subscription: Subscription) -> float | None:
        """When there is something to send next."""
        if subscription.blacklisted:
            return None
        delivery = self._outbox.next(subscription.number)
        moments = [delivery.next] if delivery and delivery.next is not None else []
        if not self._withheld(subscription):
            due = self._outbox.due(subscription.number)
            moments += [due] if due is not None else []
        return min(moments, default=None)

    def _withheld(self, subscription: Subscription) -> bool:
        return bool(self._switches["webhook_withholding"]) and self._outbox.withholds(subscription.number)

    def _next(self, number: int | None, until: float) -> _Attempt | None:
        with self._state.lock:
            if self._closed:
                return None
            for subscription in self.subscriptions.all:
                if number in {None, subscription.number} and subscription.number not in self._busy and not subscription.blacklisted:
                    delivery = self._outbox.next(subscription.number)
                    if delivery is None or delivery.next is None or delivery.next > until:
                        delivery = self._formed(subscription, until)
                    if delivery is not None:
                        self._busy.add(subscription.number)
                        return _Attempt(subscription, delivery, self._post(subscription, delivery))
        return None

    def _formed(self, subscription: Subscription, until: float) -> Delivery | None:
        """A new delivery of what waits, where something is due and nothing holds it back."""
        due = self._outbox.due(subscription.number)
        if due is None or due > until or self._withheld(subscription):
            return None
        events = self._chosen(subscription, self._outbox.waiting(subscription.number, until, MOST_EVENTS))
        old = any(event.mischief == "webhook_old_format" for event in events)
        form = "legacy" if old else subscription.format
        kinds = " ".join(sorted({event.mischief for event in events} - {""}))
        spoilt = [int(event.option("attempts", 1)) for event in events if event.mischief == "webhook_wrong_signature"]
        now = self._now()
        tid = self._bodies.tid(subscription.client_id, events[0].n, repr(now))
        body = self._bodies.body(form, subscription.client_id, events)
        delivery = Delivery(
            0, subscription.number, "open", 0, form, tid, now, now, 0, max(spoilt, default=0), len(events), kinds, [], body
        )
        with self._state.transaction():
            return self._outbox.open(delivery, events)

    def _chosen(self, subscription: Subscription, events: list[Event]) -> list[Event]:
        """As many of them as fit into one delivery; of one company, unless deliveries mix them."""
        mixed = self._switches["webhook_mixes_realms"] and subscription.format == "cloudevents"
        chosen: list[Event] = []
        size = 0
        for event in events:
            if mixed or event.realm == events[0].realm:
                size += self._bodies.size(subscription.format, subscription.client_id, event)
                if chosen and size > MOST_BYTES:
                    break
                chosen.append(event)
        return chosen

    def _post(self, subscription: Subscription, delivery: Delivery) -> Post:
        verifier = subscription.verifier if delivery.tries >= delivery.wrong else f"not {subscription.verifier}"
        signature = bodies.sign(delivery.body, verifier)
        headers = self._bodies.headers(delivery.format, delivery.tid, delivery.created, signature)
        return Post(subscription.url, headers, delivery.body)

    def _finished(self, attempt: _Attempt, status: int | None, error: str) -> dict[str, Any]:
        """Note how an attempt went, and what follows from it."""
        with self._state.lock:
            # Nobody is told of it once the emulator is closed, or the endpoint was taken out meanwhile.
            if self._closed or self._outbox.delivery(attempt.delivery.number) is None:
                return attempt.delivery.shown()
            with self._state.transaction():
                return self._noted(attempt, status, error).shown()

    def _noted(self, attempt: _Attempt, status: int | None, error: str) -> Delivery:
        delivery, now = attempt.delivery, self._now()
        line = {"at": time_text(now), "status": status, **({"error": error} if error else {})}
        if schedule.acknowledged(self._switches, status):
            for kind, seconds in self._outbox.again(delivery.number, _AGAIN_SECONDS).items():
                self._outbox.repeat(delivery, self._bodies.tid(kind, delivery.tid), now + seconds)
            return self._outbox.tried(delivery, "delivered", None, line)
        tries = delivery.tries + 1
        pause = schedule.pause_seconds(self._switches, tries, status, now - delivery.created)
        if schedule.blacklists(self._switches, tries):
            self.subscriptions.blacklist(attempt.subscription.number)
        return self._outbox.tried(delivery, "given_up" if pause is None else "open", None if pause is None else now + pause, line)

    # What is shown and turned

    def deliveries(self, subscription: int | None = None, state: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """The latest deliveries, oldest first: attempts with times and status codes, the next attempt's time, the body."""
        with self._state.lock:
            return [each.shown() for each in self._outbox.deliveries(subscription, state, limit)]

    def unsent(self) -> list[dict[str, Any]]:
        """Events that wait, and those that an injected fault has lost."""
        with self._state.lock:
            return self._outbox.unsent()

    def subscribe(self, wish: Mapping[str, Any]) -> Subscription:
        """Enter an endpoint; see `Subscriptions.add`."""
        with self._state.lock:
            return self.subscriptions.add(wish)

    def unsubscribe(self, number: int | None = None) -> int:
        """Take an endpoint out, or all; returns how many there were."""
        with self._state.lock:
            return self.subscriptions.remove(number)

    def reset(self) -> None:
        """Forget events and deliveries; the endpoints stay."""
        with self._state.transaction():
            self._outbox.clear()

    def close(self) -> None:
        """Send nothing more; an attempt that is on its way is made anew after the next start."""
        with self._state.lock:
            self._closed = True
        self.changed.set()

    def _known(self, number: int) -> Subscription:
        found = next((each for each in self.subscriptions.all if each.number == number), None)
        if found is None:
            raise ValueError(f"there is no webhook number {number}")
        return found

    def _now(self) -> float:
        """The moment by which events and attempts are planned, whatever the wall clock shows."""
        return self._clock.unskewed().timestamp()


def _sent(send: Send, sent: Post) -> tuple[int | None, str]:
    """The status of the answer, or why there is none."""
    try:
        return send(sent), ""
    except OSError as error:
        return None, str(error) or type(error).__name__
