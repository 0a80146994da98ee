"""Effect: the accounts and amounts of a document's posting, as QuickBooks will post it.

Of a new document and of an update with lines this is the whole posting as it will be, not the difference from the one that it
replaces. Of a deletion it is the reversal of what QuickBooks holds. An update without lines moves nothing: there is no effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from syncengine.engine.refs import placeholder
from syncengine.engine.step import Step
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.terms import Operation

#: An account's full name, or in round brackets what kind of account QuickBooks will choose; and the amount in the
#: document's currency: above 0 a debit, below 0 a credit.
Posting = tuple[str, Decimal]
#: The other side of a document's lines where the document itself does not name it, and the sign of its lines.
_SALES = {
    "Invoice": ("(accounts receivable)", -1),
    "CreditMemo": ("(accounts receivable)", 1),
    "SalesReceipt": ("(undeposited funds)", -1),
}
_PURCHASES = {
    "Bill": ("(accounts payable)", 1),
    "VendorCredit": ("(accounts payable)", -1),
    "Purchase": ("(the paying account)", 1),
}
_ITEM = "Item"
#: Where a document names its other side itself.
_NAMED = ("APAccountRef", "AccountRef", "DepositToAccountRef", "ARAccountRef")


class Effects:
    """Computes the effect of steps from their payloads and the copies of accounts and items."""

    def __init__(self, connection: Connection, company_id: int, steps: Iterable[Step] = ()) -> None:
        """`steps` are all that is planned: what one of them refers to may be created by another."""
        self._connection = connection
        self._company_id = company_id
        self._known: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        self._planned = {
            (step.entity.name, placeholder(step.entity.name, step.row["record_id"])): step
            for step in steps
            if step.entity.name == _ITEM and step.operation is Operation.CREATE
        }

    def of(self, step: Step) -> list[Posting]:
        """What the step comes to, by account; nothing for names, orders, estimates and what moves nothing.

        Of a document that is deleted to be made anew it is what the new one posts.
        """
        name = step.entity.name
        if step.anew is not None:
            return self._posting(name, step.anew())
        if step.operation is Operation.DELETE and step.entity.document:
            return _reversed(self._posting(name, step.held))
        return self._posting(name, step.payload)

    def moves(self, step: Step) -> list[Posting]:
        """By how much it changes each account: what it posts, less what that takes the place of."""
        after = self.of(step)
        if not step.entity.document or (step.anew is None and (step.operation is not Operation.UPDATE or not after)):
            return after
        return _summed([*after, *_reversed(self._posting(step.entity.name, step.held))])

    def _posting(self, name: str, payload: Mapping[str, Any]) -> list[Posting]:
        """What a document posts, by account."""
        if not payload or ("Line" not in payload and name != "Payment"):
            return []
        if name == "JournalEntry":
            return _summed(self._journal(payload))
        if name in _SALES or name in _PURCHASES:
            other, sign = {**_SALES, **_PURCHASES}[name]
            lines = list(self._lines(payload, sign))
            return _summed([*lines, (self._other(payload, other), -sum((amount for _, amount in lines), Decimal(0)))])
        if name == "Payment":
            amount = Decimal(payload.get("TotalAmt") or 0)
            return _summed([(self._other(payload, "(undeposited funds)"), amount), ("(accounts receivable)", -amount)])
        return []

    def _journal(self, payload: Mapping[str, Any]) -> Iterator[Posting]:
        for line in payload["Line"]:
            detail = line.get("JournalEntryLineDetail")
            if not detail:
                continue  # words alone
            amount = Decimal(line["Amount"])
            yield self._account(detail.get("AccountRef")), amount if detail.get("PostingType") == "Debit" else -amount

    def _lines(self, payload: Mapping[str, Any], sign: int) -> Iterator[Posting]:
        for line in payload["Line"]:
            kind = str(line.get("DetailType") or "")
            detail = line.get(kind) or {}
            if kind == "GroupLineDetail":
                yield from self._lines({"Line": detail.get("Line") or []}, sign)
                continue
            if "Amount" not in line or kind in {"SubTotalLineDetail", "DescriptionOnly"}:
                continue
            amount = Decimal(line["Amount"]) * (-sign if kind == "DiscountLineDetail" else sign)
            yield self._line_account(detail, sales=kind == "SalesItemLineDetail"), amount

    def _line_account(self, detail: Mapping[str, Any], *, sales: bool) -> str:
        for name in ("AccountRef", "DiscountAccountRef"):
            if detail.get(name):
                return self._account(detail[name])
        if not detail.get("ItemRef"):
            return "(discounts)"
        item = self._held("Item", str(detail["ItemRef"].get("value"))) or {}
        reference = item.get("IncomeAccountRef" if sales else "ExpenseAccountRef")
        return self._account(reference) if reference else f"({'income' if sales else 'expense'} account of the item)"

    def _other(self, payload: Mapping[str, Any], otherwise: str) -> str:
        reference = next((payload[name] for name in _NAMED if payload.get(name)), None)
        return self._account(reference) if reference else otherwise

    def _account(self, reference: Any) -> str:
        qbo_id = str((reference or {}).get("value") or "")
        held = self._held("Account", qbo_id)
        return str((held or {}).get("FullyQualifiedName") or (held or {}).get("Name") or qbo_id)

    def _held(self, entity: str, qbo_id: str) -> Mapping[str, Any] | None:
        if (entity, qbo_id) not in self._known:
            planned = self._planned.get((entity, qbo_id))
            row = None if planned else ledger.load(self._connection, self._company_id, entity, [qbo_id]).get(qbo_id)
            self._known[entity, qbo_id] = planned.payload if planned else wire.loads(row["payload"]) if row else None
        return self._known[entity, qbo_id]


def _reversed(postings: Iterable[Posting]) -> list[Posting]:
    return _ordered((account, -amount) for account, amount in postings)


def _summed(postings: Iterator[Posting] | list[Posting]) -> list[Posting]:
    """One amount an account, debits first; accounts that come to nothing are left out."""
    totals: dict[str, Decimal] = {}
    for account, amount in postings:
        totals[account] = totals.get(account, Decimal(0)) + amount
    return _ordered((account, amount) for account, amount in totals.items() if amount)


def _ordered(postings: Iterable[Posting]) -> list[Posting]:
    return sorted(postings, key=lambda each: (each[1] < 0, each[0]))
