"""The control requests under `/_emulator/webhooks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncengine.emulator.books import Company
from syncengine.emulator.http import Request
from syncengine.emulator.webhooks.webhooks import Webhooks

Answer = tuple[int, Any]


class WebhookRequests:
    """Answers control requests about webhooks; a ValueError says what makes no sense."""

    def __init__(self, webhooks: Webhooks, companies: Mapping[str, Company]) -> None:
        self._webhooks = webhooks
        self._companies = companies

    def routes(self) -> dict[tuple[str, str], Callable[[Request, dict[str, Any]], Answer]]:
        """(HTTP method, path behind `/_emulator/`) -> what answers it."""
        return {
            ("GET", "webhooks"): self._list,
            ("POST", "webhooks"): self._subscribe,
            ("DELETE", "webhooks"): self._unsubscribe,
            ("GET", "webhooks/deliveries"): self._deliveries,
            ("POST", "webhooks/deliver"): self._deliver,
            ("POST", "webhooks/test"): self._test,
        }

    def _list(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, {"webhooks": [each.shown() for each in self._webhooks.subscriptions.all]}

    def _subscribe(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"client_id", "url", "realm_id"?, "verifier_token"?, "format"?: "cloudevents" | "legacy", "events"?: [...]}`."""
        return 201, self._webhooks.subscribe(body).shown()

    def _unsubscribe(self, request: Request, _body: dict[str, Any]) -> Answer:
        return 200, {"removed": self._webhooks.unsubscribe(_number(request.query.get("number")))}

    def _deliveries(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?number=&state=open|delivered|given_up&limit=100`: deliveries, and the events that are in none yet."""
        query = request.query
        found = self._webhooks.deliveries(_number(query.get("number")), query.get("state"), int(query.get("limit", 100)))
        return 200, {"deliveries": found, "events": self._webhooks.unsent()}

    def _deliver(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"number"?}`: try what is due now."""
        return 200, {"tried": self._webhooks.deliver(subscription=_number(body.get("number")))}

    def _test(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"number", "realm_id"?, "entity"?: "Customer", "operation"?: "created", "id"?: "1"}`."""
        number = _number(body.get("number"))
        subscriptions = [each for each in self._webhooks.subscriptions.all if number in {None, each.number}]
        if len(subscriptions) != 1:
            raise ValueError(f"there is no webhook number {number}" if number is not None else "say which webhook by its number")
        realm = str(body.get("realm_id") or subscriptions[0].realm or next(iter(self._companies), ""))
        if realm not in self._companies:
            raise ValueError(f"there is no company {realm!r}")
        entity, operation = str(body.get("entity", "Customer")), str(body.get("operation", "created"))
        event = self._webhooks.test(subscriptions[0].number, self._companies[realm], entity, operation, str(body.get("id", "1")))
        return 201, {"event": event.shown()}


def _number(value: Any) -> int | None:
    return None if value in {None, ""} else int(value)
