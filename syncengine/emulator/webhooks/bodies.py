"""How events travel: CloudEvents, the older form, and the signed headers around either."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from syncengine.emulator import wire
from syncengine.emulator.switches import Switches
from syncengine.emulator.webhooks import matrix
from syncengine.emulator.webhooks.event import Event

#: Events that one delivery holds at most, and about as many bytes (quickbooks: 100 events or 1 MB).
MOST_EVENTS = 100
MOST_BYTES = 1_000_000
#: Intuit's notification server speaks for no company and is in California.
_SERVER_ZONE = "America/Los_Angeles"
#: A company that no client knows, and an entity that QuickBooks may have some day.
_FOREIGN_REALM = "9341450000000001"
_UNKNOWN_ENTITY = "Shipment"
_CONTENT_TYPES = {
    "json": "application/json; charset=utf-8",
    "cloudevents": "application/cloudevents+json; charset=utf-8",
    "cloudevents-batch": "application/cloudevents-batch+json; charset=utf-8",
}


class Bodies:
    """Writes bodies and headers; what looks random is drawn from the seed."""

    def __init__(self, switches: Switches, seed: int) -> None:
        self._switches = switches
        self._seed = seed

    def body(self, form: str, client_id: str, events: Sequence[Event]) -> bytes:
        """The body of a delivery of these events, as `cloudevents` or `legacy`."""
        told = [*events, *(_foreign(event) for event in events if event.mischief == "webhook_mixed_realms")]
        value = _legacy(self._switches, told) if form == "legacy" else [self._cloud(client_id, event) for event in told]
        return wire.dumps(value).encode()

    def size(self, form: str, client_id: str, event: Event) -> int:
        """About as many bytes as one event takes."""
        return len(self.body(form, client_id, [event]))

    def tid(self, *parts: object) -> str:
        """An `intuit-t-id`."""
        return str(self._uuid("tid", *parts))

    def headers(self, form: str, tid: str, created: float, signature: str) -> dict[str, str]:
        """The headers of a delivery, but for Host and Content-Length."""
        kind = "json" if form == "legacy" else self._switches["webhook_content_type"]
        return {
            "intuit-created-time": _offset_time(created, _SERVER_ZONE),
            "intuit-t-id": tid,
            "intuit-notification-schema-version": "0.1",
            "content-type": _CONTENT_TYPES[kind],
            "intuit-signature": signature,
            "accept": "application/json",
            "user-agent": "intuit_notification_server/0.1",
        }

    def _uuid(self, *parts: object) -> uuid.UUID:
        digest = hashlib.blake2b(":".join(map(str, (self._seed, *parts))).encode(), digest_size=16).digest()
        return uuid.UUID(bytes=digest, version=4)

    def _cloud(self, client_id: str, event: Event) -> dict[str, Any]:
        entity, operation = _told(self._switches, event)
        id_ = str(self._uuid("event", client_id, event.realm, event.n, repr(event.at)))
        if self._switches["webhook_event_id"] == "with_object":
            id_ += f"-{entity}-{event.id}"
        source = base64.b64encode(hashlib.sha256(f"{self._seed}:source:{client_id}".encode()).digest()).decode()
        type_ = matrix.type_of(entity, operation)
        told: dict[str, Any] = {"specversion": "1.0", "id": id_, "source": f"intuit.{source}", "type": type_}
        data = self._data(event)
        spare = self._switches["webhook_empty_data"] == "absent" and not data
        if not spare:
            told["datacontenttype"] = "application/json"
        told["time"] = _cloud_time(event, self._switches["webhook_time"])
        told["intuitentityid"] = event.id
        told["intuitaccountid"] = event.realm
        return told if spare else {**told, "data": data}

    def _data(self, event: Event) -> dict[str, Any]:
        if event.deleted_id:
            return {self._switches["webhook_merged_key"]: event.deleted_id}
        if event.entity == "Employee" and self._switches["webhook_employee_ids"] == "alternative":
            other = f"{self._uuid('employee', event.realm, event.id)}:{event.id}"
            return {"alternative_ids": [{"id": other, "namespace": "Intuit.payroll.employee"}]}
        return {}


def _told(switches: Switches, event: Event) -> tuple[str, str]:
    """The entity and operation that the type of an event names."""
    if event.mischief == "webhook_unknown_type":
        return str(event.option("entity", _UNKNOWN_ENTITY)), str(event.option("operation", event.operation))
    return event.entity, switches["webhook_void"] if event.operation == "void" else event.operation


def _foreign(event: Event) -> Event:
    """The same change in a company that is nobody's business here."""
    realm = str(event.option("realm", _FOREIGN_REALM))
    return Event(event.n, realm, event.zone, event.entity, event.id, event.operation, event.deleted_id, event.at)


def _cloud_time(event: Event, precision: str) -> str:
    """RFC 3339 in UTC; the clock knows microseconds, the last three digits are the event's own."""
    micro = round(event.at * 1_000_000)
    moment = datetime.fromtimestamp(micro // 1_000_000, UTC)
    if precision == "seconds":
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{micro % 1_000_000:06d}{event.n % 1000:03d}Z"


def _offset_time(epoch_seconds: float, zone: str) -> str:
    """`2016-02-02T16:25:00-0800`."""
    return f"{datetime.fromtimestamp(int(epoch_seconds), UTC).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S%z}"


def _legacy(switches: Switches, events: Sequence[Event]) -> dict[str, Any]:
    """The older form: an entry for each company, the entities in it in their order."""
    realms: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        entity, operation = _told(switches, event)
        named = matrix.LEGACY.get(operation.replace("voided", "void"), operation.capitalize())
        told = {"name": entity, "id": event.id, "operation": named}
        if switches["webhook_last_updated"] == "utc":
            told["lastUpdated"] = f"{datetime.fromtimestamp(int(event.at), UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        else:
            told["lastUpdated"] = _offset_time(event.at, event.zone)
        if event.deleted_id:
            told["deletedId"] = event.deleted_id
        realms.setdefault(event.realm, []).append(told)
    return {
        "eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm, entities in realms.items()]
    }


def sign(body: bytes, verifier: str) -> str:
    """The value of `intuit-signature`: base64 of HMAC-SHA256 over the very bytes of the body."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()
