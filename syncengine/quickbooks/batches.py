"""Batches: up to 30 independent writes and queries in one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syncengine.errors import Throttled
from syncengine.quickbooks import answers, wire
from syncengine.quickbooks.calls import BatchAnswer, BatchItem, BatchQuery, CallKind
from syncengine.quickbooks.faults import Fault, FaultClass, classify
from syncengine.quickbooks.objects import bare, refuse_id
from syncengine.quickbooks.query import entity_of
from syncengine.quickbooks.replies import THROTTLE_SECONDS
from syncengine.quickbooks.road import Road, check_requestid, identified, segment

#: Items in one batch (the documented limit); a bId's characters; a batch's requestid, shorter than that of a single call.
BATCH_MAX, BID_MAX, BATCH_REQUESTID_MAX = 30, 10, 36
#: An item is named as the envelope of its entity, which is not always the entity's name.
_ENVELOPES = {"CreditCardPayment": "CreditCardPaymentTxn"}


class Batches(Road):
    """Many operations in one request, each answered for itself."""

    def batch(self, items: Sequence[BatchItem | BatchQuery], *, requestid: str) -> BatchAnswer:
        """Up to 30 independent writes and queries in one request; no item sees what another one made.

        The replay key is requestid and bId together: to ask again, send the same items under the same requestid.
        Raises ValueError for a requestid above 36 characters, a bId above 10, a repeated bId, or too many items.
        """
        _check(items, requestid)
        body = wire.dumps({"BatchItemRequest": [_row(item) for item in items]})
        entities = ",".join(sorted({entity_of(item.statement) if isinstance(item, BatchQuery) else item.entity for item in items}))
        errand = self._errand(
            CallKind.BATCH,
            "POST",
            "batch",
            entities,
            {"requestid": requestid},
            body=body,
            requestid=requestid,
            weight=sum(isinstance(item, BatchQuery) for item in items),
        )
        answer = self._authorized(errand, self._until(), lambda document: answers.batch(document, items, self._clock.now()))
        if any(isinstance(said, Fault) and classify(said) is FaultClass.THROTTLE for said in answer.answers.values()):
            # One item that came too fast is a wish for silence like any other; the other items keep their answers.
            self._pause(Throttled("QuickBooks asks for a pause inside a batch.", THROTTLE_SECONDS))
        return answer


def _check(items: Sequence[BatchItem | BatchQuery], requestid: str) -> None:
    check_requestid(requestid, BATCH_REQUESTID_MAX)
    bids = [item.bid for item in items]
    if not 0 < len(items) <= BATCH_MAX:
        raise ValueError(f"a batch has 1 to {BATCH_MAX} items, not {len(items)}")
    if len(set(bids)) < len(bids):
        raise ValueError("two items of a batch share a bId")
    for item in items:
        if not 0 < len(item.bid) <= BID_MAX:
            raise ValueError(f"a bId has 1 to {BID_MAX} characters, not {len(item.bid)}")
        if isinstance(item, BatchItem):
            _check_write(item)


def _check_write(item: BatchItem) -> None:
    segment(item.entity)
    if item.operation == "create":
        refuse_id(item.entity, item.payload)
    else:
        identified(bare(item.entity, item.payload))


def _row(item: BatchItem | BatchQuery) -> dict[str, Any]:
    if isinstance(item, BatchQuery):
        return {"bId": item.bid, "Query": item.statement}
    options = {"optionsData": ",".join(item.options)} if item.options else {}
    return {"bId": item.bid, "operation": item.operation, _ENVELOPES.get(item.entity, item.entity): item.payload, **options}
