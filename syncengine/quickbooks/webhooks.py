"""Webhooks as QuickBooks sends them: whether a body is genuine, and what it tells. Nothing is read, sent or remembered here.

A webhook is a hint. It names what changed, never how; it may come late, twice or not at all, and in another order than the changes.
Whoever receives one answers 200 to everything whose signature is right, also to what is not understood: anything else is sent again
for hours and holds back what follows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: A larger body is refused unread. QuickBooks sends about 1 MB at most, and names 2 MB as what servers usually take.
BODY_BYTES_MAX = 2_000_000
#: The longest text of an event; QuickBooks' own are far shorter.
_TEXT_MAX = 200

#: Entity as a type spells it -> as everything else does.
_ENTITIES = {
    name.lower(): name
    for names in (
        "Account Attachable Bill BillPayment Budget ChangeOrder Class CompanyCurrency CompanyInfo CreditCardPayment CreditMemo",
        "Currency Customer Department Deposit Employee Estimate ExchangeRate Invoice Item JournalCode JournalEntry Payment",
        "PaymentMethod Preferences Purchase PurchaseOrder RecurringTransaction RefundReceipt SalesReceipt TaxAgency TaxCode",
        "TaxRate Term TimeActivity Transfer Vendor VendorCredit",
    )
    for name in names.split()
}
#: Operation in any spelling that was seen or guessed -> the one of today's types.
_OPERATIONS = {
    "create": "created", "created": "created", "update": "updated", "updated": "updated", "delete": "deleted", "deleted": "deleted",
    "merge": "merged", "merged": "merged", "void": "void", "voided": "void", "email": "emailed", "emailed": "emailed",
}  # fmt: skip
_TYPE = re.compile(r"qbo\.([a-z0-9]+)\.([a-z0-9]+)\.v\d+", re.IGNORECASE | re.ASCII)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?\s?(?:[Zz]|([+-])(\d\d):?(\d\d))?", re.ASCII
)


class NotAWebhook(ValueError):  # noqa: N818 -- it says what the body is
    """The body is no webhook at all: too large, or no JSON; the text says which. Its sender was hardly QuickBooks."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change that QuickBooks tells of. Whatever was missing or made no sense is empty.

    Attributes:
        id: the event's own id, the same each time that it is sent; "" in the older form, which has none.
        realm: the company's realmId. One body may hold events of several.
        entity: as in the API, `SalesReceipt`; one that is not known here as it was spelled.
        object_id: the object's Id; of a merge the one that stays.
        operation: `created`, `updated`, `deleted`, `merged`, `void`, `emailed`, or an unknown one as it was spelled.
        time: when it happened, aware, in UTC; None where that was not told.
        deleted_id: of a merge the Id that is gone, else "".
        raw_type: what was told, `qbo.salesreceipt.void.v1` or `SalesReceipt.Void`.
        alternative_ids: other ids of the same object; employees are told under the payroll's ids.
    """

    id: str
    realm: str
    entity: str
    object_id: str
    operation: str
    time: datetime | None
    deleted_id: str
    raw_type: str
    alternative_ids: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether entity and operation are ones that are known here."""
        return self.entity.lower() in _ENTITIES and self.operation in _OPERATIONS

    @property
    def key(self) -> str:
        """What tells this event from all others: its id, or what the older form says instead."""
        when = self.time.isoformat() if self.time else ""
        return self.id or f"{self.realm}/{self.entity}/{self.object_id}/{self.operation}/{when}"


def verify(body: bytes, signature: str | None, verifier_token: str | Sequence[str]) -> bool:
    """Whether `intuit-signature` was made over these very bytes by who knows a verifier token; takes the same time for any answer.

    Args:
        body: the raw bytes as they came, before anything has parsed them.
        signature: the header `intuit-signature`; None where there was none.
        verifier_token: the app's, not its client secret; while tokens are changed, the old and the new one.
    """
    given = (signature or "").strip().encode("utf-8", "replace")
    tokens = [verifier_token] if isinstance(verifier_token, str) else verifier_token
    genuine = False
    for token in tokens:
        made = base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest())
        # No early end, and no token means no proof: an empty one would let everybody sign.
        genuine |= hmac.compare_digest(made, given) and bool(token)
    return genuine


def parse(body: bytes) -> list[Event]:
    """The events of a body, in its order: CloudEvents (an array, or a single one) or the older `eventNotifications`.

    What is unknown or missing is kept as far as it goes; what says nothing of what it is about is left out.

    Raises:
        NotAWebhook: the body is larger than `BODY_BYTES_MAX`, or no JSON in UTF-8.
    """
    if len(body) > BODY_BYTES_MAX:
        raise NotAWebhook(f"a webhook of {len(body)} bytes; at most {BODY_BYTES_MAX} are taken")
    try:
        # Numbers stay text: nothing in a webhook is one, and a number of a million digits is not worth the time.
        document = json.loads(body.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise NotAWebhook(f"a webhook that is no JSON: {type(error).__name__}") from None
    found: list[Event | None] = []
    for element in _many(document):
        if "eventNotifications" in element:
            found += _notifications(element["eventNotifications"])
        else:
            found.append(_cloud(element))
    return [event for event in found if event is not None]


def _many(value: Any) -> list[dict[str, Any]]:
    """The objects of an array, or the one object that stands in its place."""
    members = value if isinstance(value, list) else [value]
    return [member for member in members if isinstance(member, dict)]


def _notifications(value: Any) -> Iterator[Event | None]:
    for notification in _many(value):
        realm = _text(notification.get("realmId"))
        for change in _many(notification.get("dataChangeEvent")):
            for entity in _many(change.get("entities")):
                yield _older(realm, entity)


def _deleted_id(told: dict[str, Any]) -> str:
    """The id that a merge made vanish: `deletedId`, `deletedID` and `deletedid` were all seen."""
    return _text(told.get("deletedId") or told.get("deletedid") or told.get("deletedID"))


def _cloud(told: dict[str, Any]) -> Event | None:
    get = told.get
    raw, object_id = _text(get("type")), _text(get("intuitentityid"))
    if not raw and not object_id:
        return None
    match = _TYPE.fullmatch(raw)
    entity, operation = (match[1].lower(), match[2].lower()) if match else ("", "")
    deleted_id, others = _data(get("data"))
    return Event(
        _text(get("id")), _text(get("intuitaccountid")), _ENTITIES.get(entity, entity), object_id,
        _OPERATIONS.get(operation, operation), _time(get("time")), deleted_id, raw, others,
    )  # fmt: skip


def _data(value: Any) -> tuple[str, tuple[str, ...]]:
    """The id that a merge made vanish, and the other ids of an employee."""
    if not isinstance(value, dict) or not value:
        return "", ()
    return _deleted_id(value), tuple(_text(each.get("id")) for each in _many(value.get("alternative_ids")))


def _older(realm: str, told: dict[str, Any]) -> Event | None:
    get = told.get
    name, object_id, operation = _text(get("name")), _text(get("id")), _text(get("operation"))
    if not name:
        return None
    return Event(
        "", realm, _ENTITIES.get(name.lower(), name), object_id, _OPERATIONS.get(operation.lower(), operation.lower()),
        _time(get("lastUpdated")), _deleted_id(told), f"{name}.{operation}",
    )  # fmt: skip


def _text(value: Any) -> str:
    """A text that can be kept anywhere: printable, and not longer than any of QuickBooks'."""
    if not value or type(value) is not str or len(value) > _TEXT_MAX:
        return ""
    return value if value.isprintable() else "".join(sign for sign in value if sign.isprintable())


def _time(value: Any) -> datetime | None:
    """RFC 3339 with up to twelve digits of a second, or `2015-10-05T14:42:19-0700`; without an offset it is UTC."""
    if not isinstance(value, str) or len(value) > _TEXT_MAX:
        return None
    match = _TIME.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), micro, tzinfo=UTC)
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return None
