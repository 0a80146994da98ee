"""Send: one attempt on the wire, and what came of it as a value. Runs in the sender's threads; touches no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import RowMapping

from syncengine.clock import Clock
from syncengine.errors import AccessDenied, ConnectionRevoked, LockBusy, NeedsPerson, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import Answer, BatchItem, Client, Fault, FaultClass, FaultError, Payload, classify, wire
from syncengine.store.attempts import bid
from syncengine.terms import Operation

#: Rests before an unanswered attempt is asked for again in the same cycle: a dropped connection is mostly over by then.
_RESTS = (1.0, 4.0)
#: How often a cycle waits out QuickBooks' request for silence before it leaves the rest to the next cycle.
_THROTTLES = 3


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        answers: by ordinal, the object as QuickBooks holds it now, or the fault.
        unknown: why nothing is known of the attempt as a whole; "" where `answers` is complete.
        whole: the fault of a batch that was refused as a whole, before any item was looked at.
        stop: the error after which the cycle has to end, because nothing more can be sent.
    """

    answers: Mapping[int, Answer | Fault]
    tid: str | None = None
    service_ms: int | None = None
    unknown: str = ""
    whole: Fault | None = None
    stop: Exception | None = None


def send(client: Client, clock: Clock, attempt: Mapping[str, Any], items: Sequence[RowMapping]) -> Outcome:
    """Send an attempt, the same bytes under the same requestid as often as it takes within this cycle's patience."""
    lost, throttled = 0, 0
    while True:
        try:
            outcome = _once(client, attempt, items)
            if lost == len(_RESTS) or not any(failed(answer) for answer in outcome.answers.values()):
                return outcome
            # A system failure of one item says as little as no answer: those that took effect are told again, this one is asked.
            clock.sleep(_RESTS[lost])
            lost += 1
        except (TransportLost, ServiceDown) as error:
            if lost == len(_RESTS):
                return Outcome({}, unknown=str(error) or type(error).__name__, stop=error)
            clock.sleep(_RESTS[lost])
            lost += 1
        except Throttled as error:
            throttled += 1
            if throttled > _THROTTLES:
                return Outcome({}, unknown=str(error), stop=error)
        except (ConnectionRevoked, AccessDenied, NeedsPerson, LockBusy) as error:
            return Outcome({}, unknown=str(error), stop=error)


def failed(answer: Answer | Fault | None) -> bool:
    """Whether QuickBooks failed over this one: the write may have taken effect all the same."""
    return isinstance(answer, Fault) and classify(answer) is FaultClass.TRANSIENT


def _once(client: Client, attempt: Mapping[str, Any], items: Sequence[RowMapping]) -> Outcome:
    if attempt["shape"] == "single":
        return _single(client, attempt["requestid"], items[0])
    batch = [BatchItem(bid(item["ordinal"]), _operation(item), item["entity"], wire.loads(item["payload"])) for item in items]
    try:
        answer = client.batch(batch, requestid=attempt["requestid"])
    except FaultError as error:
        return Outcome({}, tid=error.fault.tid, whole=error.fault)
    if answer.unknown:
        return Outcome({}, unknown=f"QuickBooks' answer left out {len(answer.unknown)} of {len(items)} records.")
    answers = {item["ordinal"]: answer.answers[bid(item["ordinal"])] for item in items}
    return Outcome(answers, tid=answer.tid, service_ms=answer.service_ms)


def _operation(item: RowMapping) -> Any:
    """A list entry is deleted by an update that makes it inactive: its payload says so."""
    if item["operation"] == Operation.DELETE and '"Active":false' in item["payload"]:
        return "update"
    return item["operation"]


def _single(client: Client, requestid: str, item: RowMapping) -> Outcome:
    payload: Payload = wire.loads(item["payload"])
    entity, operation = item["entity"], _operation(item)
    try:
        if operation == Operation.CREATE:
            answer = client.create(entity, payload, requestid=requestid)
        elif operation == Operation.UPDATE:
            answer = client.update(entity, payload, requestid=requestid)
        else:
            answer = client.delete(entity, payload["Id"], payload["SyncToken"], requestid=requestid)
    except FaultError as error:
        return Outcome({0: error.fault}, tid=error.fault.tid)
    return Outcome({0: answer}, tid=answer.tid, service_ms=answer.service_ms)
