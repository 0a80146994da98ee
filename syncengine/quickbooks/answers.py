"""What a successful document holds, as values: objects, pages, changes, batches, uploads. Reads whatever may be read.

New members and new values are kept, lists may be null, numbers may come as text: only what an answer cannot do without
makes it unreadable (TransportLost), which after a write means that its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from syncengine.errors import TransportLost
from syncengine.quickbooks import faults
from syncengine.quickbooks.calls import (
    Answer,
    BatchAnswer,
    BatchItem,
    BatchQuery,
    Changes,
    Page,
    Upload,
    UploadAnswer,
)
from syncengine.quickbooks.faults import Fault
from syncengine.quickbooks.query import entity_of
from syncengine.quickbooks.replies import Document, raise_fault
from syncengine.quickbooks.wire import Payload

#: The envelope of a template: inside is the transaction that recurs, under its own name.
RECURRING = "RecurringTransaction"


def answer(document: Document, entity: str, now: datetime, *, written: bool) -> Answer:
    """The one object in `document`; `now` stands in for a missing time.

    Raises TransportLost where there is none, or, after a write, one without an Id.
    """
    name, payload = _object(document.body, entity)
    if payload is None or (written and not payload.get("Id")):
        raise TransportLost(f"QuickBooks' answer holds no {entity}.")
    return Answer(payload, document.time or now, document.tid, document.service_ms, document.status, name)


def page(document: Document, entity: str, now: datetime) -> Page:
    """The rows of a query's answer."""
    response = document.body.get("QueryResponse")
    if not isinstance(response, dict):
        raise TransportLost("QuickBooks' answer holds no QueryResponse.")
    return page_of(response, entity, document.time or now)


def page_of(response: Payload, entity: str, time: datetime) -> Page:
    """The rows of one QueryResponse, under the name that was asked for or one like it (CreditCardPaymentTxn)."""
    lists = {name: value for name, value in response.items() if isinstance(value, list)}
    name = min(lists, key=lambda found: _likeness(found, entity), default="")
    rows = [tidy(row) for row in lists.get(name, []) if isinstance(row, dict)]
    if RECURRING in (entity, name):
        rows = [_inside(row)[1] for row in rows]
    total = _number(response.get("totalCount"))
    return Page(rows, (_number(response.get("startPosition")) or 0) if rows else 0, len(rows), total, time, name if rows else "")


def changes(document: Document, entities: Sequence[str]) -> Changes:
    """The changes in a CDC answer, matched by name, since their order is not promised.

    Raises TransportLost where the server's time is missing: no cursor can be made without it.
    """
    if document.time is None:
        raise TransportLost("QuickBooks' answer does not say when it was made.")
    asked = {entity.lower(): entity for entity in entities}
    live: dict[str, list[Payload]] = {entity: [] for entity in entities}
    deleted: dict[str, list[Payload]] = {entity: [] for entity in entities}
    for response in _responses(document):
        for name, rows in response.items():
            entity = asked.get(name.lower(), name)
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict):
                    found = _inside(row)[1] if name == RECURRING else tidy(row)
                    side = deleted if found.get("status") == "Deleted" else live
                    side.setdefault(entity, []).append(found)
    total = sum(len(rows) for side in (live, deleted) for rows in side.values())
    return Changes(live, deleted, total, document.time)


def batch(document: Document, items: Sequence[BatchItem | BatchQuery], now: datetime) -> BatchAnswer:
    """What became of each of `items`; the answers are matched by bId alone."""
    rows = document.body.get("BatchItemResponse")
    if not isinstance(rows, list):
        raise TransportLost("QuickBooks' answer holds no BatchItemResponse.")
    time = document.time or now
    said: dict[str, list[Payload]] = {item.bid: [] for item in items}
    for row in rows:
        bid = row.get("bId") if isinstance(row, dict) else None
        if isinstance(bid, str) and bid in said and row not in said[bid]:
            said[bid].append(row)
    answers: dict[str, Answer | Fault] = {}
    pages: dict[str, Page] = {}
    for item in items:
        # One bId with two different answers is as good as none: nobody can tell which of them is true.
        found = _outcome(said[item.bid][0], item, document, time) if len(said[item.bid]) == 1 else None
        if isinstance(found, Page):
            pages[item.bid] = found
        elif found is not None:
            answers[item.bid] = found
    unknown = tuple(item.bid for item in items if item.bid not in answers and item.bid not in pages)
    return BatchAnswer(answers, unknown, time, document.tid, document.service_ms, pages)


def upload(document: Document, files: Sequence[Upload], now: datetime) -> UploadAnswer:
    """What became of each of `files`: by place where there is one answer for each, else by its name."""
    rows = document.body.get("AttachableResponse")
    if not isinstance(rows, list):
        raise TransportLost("QuickBooks' answer holds no AttachableResponse.")
    time = document.time or now
    found = [_attachable(row, document, time) for row in rows]
    if len(found) != len(files):
        names = [file.name for file in files]
        by_name = {each.payload.get("FileName"): each for each in found if isinstance(each, Answer)}
        found = [by_name.get(name) if names.count(name) == 1 else None for name in names]
    return UploadAnswer(tuple(found), time, document.tid, document.service_ms)


@dataclass(frozen=True)
class TaxCodeMade:
    """A tax code that TaxService made; its answer has no envelope and no time.

    Attributes:
        name: the code's name.
        id: its Id as a TaxCode.
        rates: its rates as QuickBooks told them: TaxRateName, TaxRateId, RateValue and the rest.
        payload: the whole answer.
        tid: `intuit_tid`.
    """

    name: str
    id: str
    rates: tuple[Payload, ...]
    payload: Payload = field(repr=False)
    tid: str = ""


def tax_code(document: Document) -> TaxCodeMade:
    """The tax code in a TaxService answer, with an envelope or without."""
    enveloped = isinstance(document.body.get("TaxService"), dict)
    if not (document.body["TaxService"] if enveloped else document.body).get("TaxCodeId"):
        raise TransportLost("QuickBooks' answer holds no TaxCodeId.")
    body = document.body["TaxService"] if enveloped else document.body
    rates = body.get("TaxRateDetails")
    found = tuple(rate for rate in (rates if isinstance(rates, list) else []) if isinstance(rate, dict))
    return TaxCodeMade(str(body.get("TaxCode") or ""), str(body["TaxCodeId"]), found, body, document.tid)


def tidy(payload: Payload) -> Payload:
    """`payload` with Id and SyncToken as the text that they are, even should they come as numbers one day."""
    for name in ("Id", "SyncToken"):
        if isinstance(payload.get(name), int) and not isinstance(payload[name], bool):
            payload = {**payload, name: str(payload[name])}
    return payload


def _attachable(row: Any, document: Document, time: datetime) -> Answer | Fault | None:
    fault = faults.from_document(row, status=document.status, tid=document.tid)
    if fault is not None or not isinstance(row, dict):
        return fault
    name, payload = _object(row, "Attachable")
    if payload is None or not payload.get("Id"):
        return None
    return Answer(payload, time, document.tid, document.service_ms, document.status, name)


def _outcome(row: Payload, item: BatchItem | BatchQuery, document: Document, time: datetime) -> Answer | Fault | Page | None:
    fault = faults.from_document(row, status=document.status, tid=document.tid, raw=str(row.get("Fault") or ""))
    if fault is not None:
        return fault
    if isinstance(item, BatchQuery):
        response = row.get("QueryResponse")
        return page_of(response, entity_of(item.statement), time) if isinstance(response, dict) else None
    name, payload = _object({name: value for name, value in row.items() if name != "bId"}, item.entity)
    if payload is None or not payload.get("Id"):
        return None
    return Answer(payload, time, document.tid, document.service_ms, document.status, name)


def _object(body: Mapping[str, Any], entity: str) -> tuple[str, Payload | None]:
    """The one object in a document, and the innermost name under which it came."""
    objects = {name: value for name, value in body.items() if isinstance(value, dict)}
    name = entity
    if name not in objects:
        # The envelope is not always the entity's name: a CreditCardPayment comes as CreditCardPaymentTxn. Where several
        # objects came, the one of a similar name is meant: an envelope may learn of new members.
        name = min(objects, key=lambda found: _likeness(found, entity), default="")
        if not name or (len(objects) > 1 and _likeness(name, entity) > 1):
            return entity, None
    if RECURRING in (name, entity):
        return _inside(objects[name], name)
    return name, tidy(objects[name])


def _inside(payload: Payload, name: str = RECURRING) -> tuple[str, Payload]:
    """What recurs, inside the envelope of its template; the object itself where there is no envelope.

    The stub of a deleted template says beside it that it is deleted: that is taken inside.
    """
    inner = [(key, value) for key, value in payload.items() if isinstance(value, dict)]
    if len(inner) == 1 and not payload.get("Id"):
        beside = {key: value for key, value in payload.items() if key != inner[0][0]}
        return inner[0][0], tidy({**beside, **inner[0][1]})
    return name, tidy(payload)


def _likeness(name: str, entity: str) -> int:
    """How far a name is from the one that was asked for: 0 the same, 1 begins with it, 2 another."""
    name, entity = name.lower(), entity.lower()
    return 0 if name == entity else 1 if entity and name.startswith(entity) else 2


def _number(value: Any) -> int | None:
    """A count, should it come as text one day too."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if isinstance(value, int) or (value.isascii() and value.isdigit()) else None


def _responses(document: Document) -> list[Payload]:
    """The elements of a CDC answer; a fault in place of one entity's rows is raised as a fault of the whole."""
    outer = document.body.get("CDCResponse")
    if not isinstance(outer, list):
        raise TransportLost("QuickBooks' answer holds no CDCResponse.")
    found: list[Payload] = []
    for part in outer:
        _refuse_fault(part, document)
        responses = part.get("QueryResponse") if isinstance(part, dict) else None
        for response in responses if isinstance(responses, list) else []:
            _refuse_fault(response, document)
            if isinstance(response, dict):
                found.append(response)
    return found


def _refuse_fault(part: Any, document: Document) -> None:
    fault = faults.from_document(part, status=document.status, tid=document.tid)
    if fault is not None:
        raise_fault(fault, {})
