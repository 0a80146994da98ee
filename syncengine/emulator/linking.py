"""Transactions that stand on each other: what one takes from another's balance, and letting go of what is deleted or voided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import keys
from syncengine.emulator.postings import ledger
from syncengine.emulator.rules.draft import amount_of

_ZERO = Decimal(0)
_NO_LINKS: frozenset[str] = frozenset()

#: The links that a client may set on the object itself; every other one is QuickBooks' own.
_SETTABLE = {"Invoice": frozenset({"Estimate", "TimeActivity"}), "Bill": frozenset({"PurchaseOrder", "ReimburseCharge"})}
#: What a link is called on the other side -> the entity that holds it.
_HOLDERS = {
    "Payment": "Payment",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Bill": "Bill",
    "Invoice": "Invoice",
}
#: Entity -> the property that is open until it is paid or used.
_OPEN = {"Invoice": ("Balance",), "Bill": ("Balance",), "VendorCredit": ("Balance",), "CreditMemo": ("RemainingCredit", "Balance")}
#: Entity -> (status property, while nothing is linked, once something is).
_STATUS = {"PurchaseOrder": ("POStatus", "Open", "Closed"), "Estimate": ("TxnStatus", "Pending", "Closed")}


def keep_own_links(entity: Entity, obj: dict[str, Any], old: dict[str, Any] | None) -> None:
    """On an update the links that QuickBooks set stay, whatever was sent; the client's own ones are as sent."""
    if not entity.dated:
        return
    settable = _SETTABLE.get(entity.name, _NO_LINKS)
    own = [linked for linked in (old or {}).get("LinkedTxn", ()) if linked.get("TxnType") not in settable]
    sent = [linked for linked in obj.get("LinkedTxn") or () if linked.get("TxnType") in settable]
    if own or sent or "LinkedTxn" in obj:
        obj["LinkedTxn"] = sent + own


def not_deposited(obj: dict[str, Any]) -> None:
    """6540: what lies in a deposit stays as it is."""
    if any(linked.get("TxnType") == "Deposit" for linked in obj.get("LinkedTxn", ())):
        raise faults.deposited()


def relink(books: Books, entity: Entity, id_: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """Carry the links of a transaction over to the ones it stands on: balance, LinkedTxn, status, and a new SyncToken."""
    if entity.links is None:
        return
    before, after = _shares(entity, old), _shares(entity, new)
    for key in dict.fromkeys([*before, *after]):
        (taken, shown), (takes, shown_now) = before.get(key, (_ZERO, "")), after.get(key, (_ZERO, ""))
        if (taken, shown) != (takes, shown_now):
            _change(books, key, id_, takes - taken, shown, shown_now)


def _shares(entity: Entity, obj: dict[str, Any] | None) -> dict[tuple[str, str], tuple[Decimal, str]]:
    shares: dict[tuple[str, str], tuple[Decimal, str]] = {}
    for link in entity.links(obj) if obj is not None and entity.links is not None else ():
        amount, _ = shares.get((link.entity, link.id), (_ZERO, ""))
        shares[link.entity, link.id] = (amount + link.amount, link.shown_as)
    return shares


def _change(books: Books, key: tuple[str, str], id_: str, amount: Decimal, shown: str, shown_now: str) -> None:
    other = books.known(*key)
    if other is None:
        return
    other = dict(other)
    linked = [each for each in other.get("LinkedTxn", ()) if (each.get("TxnId"), each.get("TxnType")) != (id_, shown)]
    if shown_now:
        linked.append({"TxnId": id_, "TxnType": shown_now})
    other["LinkedTxn"] = linked
    for name in _OPEN.get(key[0], ()):
        other[name] = wire.money(amount_of(other, name) - amount)
    if key[0] in _STATUS:
        name, free, taken = _STATUS[key[0]]
        other[name] = taken if linked else free
    bump(books, ENTITIES[key[0]], other)


def bump(books: Books, entity: Entity, obj: dict[str, Any], change: str = "update") -> None:
    """Save an object under its next SyncToken."""
    obj["SyncToken"] = str(int(obj["SyncToken"]) + 1)
    books.replace(entity.name, obj, keys(entity, obj), change)


def let_go(books: Books, entity: Entity, old: dict[str, Any]) -> None:
    """Take a transaction that is deleted or voided out of the payments and bills that hold on to it."""
    for linked in old.get("LinkedTxn", ()):
        holder = _HOLDERS.get(linked.get("TxnType", ""))
        obj = books.known(holder, linked["TxnId"]) if holder else None
        if holder is not None and obj is not None:
            _without(books, ENTITIES[holder], dict(obj), entity.name, old["Id"])


def _without(books: Books, holder: Entity, obj: dict[str, Any], type_: str, id_: str) -> None:
    def is_ours(linked: dict[str, Any]) -> bool:
        return (linked.get("TxnType"), linked.get("TxnId")) == (type_, id_)

    if "LinkedTxn" in obj:
        obj["LinkedTxn"] = [linked for linked in obj["LinkedTxn"] if not is_ours(linked)]
    if holder.name in {"Payment", "BillPayment"}:
        kept = [line for line in obj.get("Line", ()) if not any(is_ours(linked) for linked in line.get("LinkedTxn", ()))]
        freed = sum((amount_of(line, "Amount") for line in obj.get("Line", ())), _ZERO) - sum(
            (amount_of(line, "Amount") for line in kept), _ZERO
        )
        obj["Line"] = kept
        if "UnappliedAmt" in obj:
            obj["UnappliedAmt"] = wire.money(amount_of(obj, "UnappliedAmt") + (freed if type_ != "CreditMemo" else -freed))
    bump(books, holder, obj)
    ledger.repost(books, holder.name, obj["Id"], obj)
