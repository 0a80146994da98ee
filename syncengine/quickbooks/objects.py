"""Single objects: read, create, update, delete, void, deactivate, send by e-mail, print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from urllib.parse import quote

from syncengine.quickbooks import answers, replies, wire
from syncengine.quickbooks.answers import RECURRING
from syncengine.quickbooks.calls import Answer, CallKind, Content
from syncengine.quickbooks.road import Road, check_requestid, identified, including, segment

#: How each entity is voided by the API: Invoice by an operation of its own, the others by an update that says so.
VOID_FORMS: dict[str, Literal["operation", "include"]] = {
    "Invoice": "operation",
    "Payment": "include",
    "SalesReceipt": "include",
    "BillPayment": "include",
}


class Objects(Road):
    """Operations on one object. A write is sent once, and named by a requestid of at most 50 characters."""

    def read(self, entity: str, id: str, *, include: Iterable[str] = ()) -> Answer:  # noqa: A002 -- the wire's own word
        """One object, inactive ones too. A deleted or unknown Id is a FaultError with code 610.

        `include` asks for what is left out otherwise, such as "invoiceLink".
        """
        return self._one(f"{segment(entity)}/{quote(id, safe='')}", entity, including(include))

    def create(self, entity: str, payload: Mapping[str, Any], *, requestid: str, include: Iterable[str] = ()) -> Answer:
        """Create one object. Raises ValueError for a payload with an Id: QuickBooks would take it for an update.

        `include` may hold "allowduplicatedocnum" and "allowautodocnum".
        """
        refuse_id(entity, payload)
        return self._write(entity, payload, requestid, including(include))

    def update(self, entity: str, payload: Mapping[str, Any], *, requestid: str, include: Iterable[str] = ()) -> Answer:
        """Update one object: only what the payload names if it says `"sparse": True`, else all of it.

        A full update empties every property that the payload leaves out. `include` may hold "donotupdateaccountontxns".
        """
        identified(bare(entity, payload))
        return self._write(entity, payload, requestid, including(include))

    def update_sparse(self, entity: str, payload: Mapping[str, Any], *, requestid: str, include: Iterable[str] = ()) -> Answer:
        """Update only what `payload` names; lines are replaced as a whole even so."""
        return self.update(entity, {**payload, "sparse": True}, requestid=requestid, include=include)

    def delete(self, entity: str, id: str, sync_token: str, *, requestid: str, recurring: str = "") -> Answer:  # noqa: A002 -- the wire's own word
        """Delete one transaction or attachment; name lists are deactivated instead.

        `recurring` says of a RecurringTransaction what it is the template of, such as "Invoice".
        """
        payload: dict[str, Any] = {"Id": id, "SyncToken": sync_token}
        return self._write(entity, {recurring: payload} if recurring else payload, requestid, {"operation": "delete"})

    def void(
        self,
        entity: str,
        id: str,  # noqa: A002 -- the wire's own word
        sync_token: str,
        *,
        requestid: str,
        form: Literal["operation", "include"] | None = None,
    ) -> Answer:
        """Void one transaction: it stays, worth nothing.

        `form` says how to ask, `?operation=void` or `?operation=update&include=void`; the documented entities need none.
        Raises ValueError for another entity without a form.
        """
        form = form or VOID_FORMS.get(entity)
        payload: dict[str, Any] = {"Id": id, "SyncToken": sync_token}
        if form is None:
            raise ValueError(f"{entity} is not known to be voidable; delete it instead, or say in which form to ask")
        if form == "operation":
            return self._write(entity, payload, requestid, {"operation": "void"})
        return self._write(entity, {**payload, "sparse": True}, requestid, {"operation": "update", "include": "void"})

    def deactivate(self, entity: str, payload: Mapping[str, Any], *, requestid: str) -> Answer:
        """Make a name inactive; `payload` holds Id, SyncToken and what the entity requires in any update (Account: Name...)."""
        return self.update(entity, {**payload, "sparse": True, "Active": False}, requestid=requestid)

    def reactivate(self, entity: str, payload: Mapping[str, Any], *, requestid: str) -> Answer:
        """Make an inactive name usable again; `payload` as for `deactivate`."""
        return self.update(entity, {**payload, "sparse": True, "Active": True}, requestid=requestid)

    def send(self, entity: str, id: str, *, requestid: str, to: str = "") -> Answer:  # noqa: A002 -- the wire's own word
        """Send one transaction by e-mail, to the address that it holds or to `to`; gives it with its new EmailStatus."""
        check_requestid(requestid)
        parameters = {**({"sendTo": to} if to else {}), "requestid": requestid}
        headers = {"Content-Type": "application/octet-stream"}
        path = f"{segment(entity)}/{quote(id, safe='')}/send"
        errand = self._errand(
            CallKind.WRITE, "POST", path, entity, parameters, body=b"", headers=headers, requestid=requestid
        )
        return self._authorized(
            errand, self._until(), lambda document: answers.answer(document, entity, self._clock.now(), written=True)
        )

    def pdf(self, entity: str, id: str) -> Content:  # noqa: A002 -- the wire's own word
        """One transaction as QuickBooks prints it; metered like a read."""
        path, headers = f"{segment(entity)}/{quote(id, safe='')}/pdf", {"Accept": "application/pdf"}
        errand = self._errand(CallKind.READ, "GET", path, entity, headers=headers)
        return self._again(lambda until: self._carried(errand, until, replies.pdf))

    def _write(self, entity: str, payload: Mapping[str, Any], requestid: str, extra: Mapping[str, str]) -> Answer:
        check_requestid(requestid)
        parameters = {**extra, "requestid": requestid}
        body = wire.dumps(payload)
        errand = self._errand(CallKind.WRITE, "POST", segment(entity), entity, parameters, body=body, requestid=requestid)
        return self._authorized(
            errand, self._until(), lambda document: answers.answer(document, entity, self._clock.now(), written=True)
        )


def bare(entity: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object itself: a template holds it under the name of what recurs, everything else is it."""
    inside = [value for value in payload.values() if isinstance(value, Mapping)]
    return inside[0] if entity == RECURRING and len(inside) == 1 else payload


def refuse_id(entity: str, payload: Mapping[str, Any]) -> None:
    """Raise ValueError for what would update although it is meant to create."""
    if "Id" in bare(entity, payload):
        raise ValueError("a payload with an Id updates; it cannot create")
