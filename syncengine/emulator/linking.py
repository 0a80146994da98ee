"""Transactions that stand on each other: what one takes from another's balance, and letting go of what is deleted or voided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import applying, faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import keys
from syncengine.emulator.postings import ledger
from syncengine.emulator.postings.posting import cents, currency_of
from syncengine.emulator.rules.currency import several
from syncengine.emulator.rules.draft import amount_of

_ZERO = Decimal(0)
_NO_LINKS: frozenset[str] = frozenset()
#: (entity, id)
Key = tuple[str, str]

#: The links that a client may set on the object itself; every other one is QuickBooks' own.
_SETTABLE = {"Invoice": frozenset({"Estimate", "TimeActivity"}), "Bill": frozenset({"PurchaseOrder", "ReimburseCharge"})}
#: What a link is called on the other side -> the entity that holds it.
_HOLDERS = {
    "Payment": "Payment",
    "BillPayment": "BillPayment",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Bill": "Bill",
    "Invoice": "Invoice",
}
#: Entity -> the properties that are open until it is paid or used.
_OPEN = {"Invoice": ("Balance",), "Bill": ("Balance",), "VendorCredit": ("Balance",), "CreditMemo": ("RemainingCredit", "Balance")}
#: Entity -> (status property, while nothing is linked, once something is).
_STATUS = {
    "PurchaseOrder": ("POStatus", "Open", "Closed"),
    "Estimate": ("TxnStatus", "Pending", "Closed"),
    "TimeActivity": ("BillableStatus", "Billable", "HasBeenBilled"),
}
#: A change of these unlinks what settles a transaction: it would be paid by somebody else, or on another account.
_SETTLED_FOR = ("CustomerRef", "VendorRef", "CurrencyRef")
#: A change of these changes what the payments of a transaction post.
_POSTED_FOR = ("ExchangeRate", "ARAccountRef", "APAccountRef", "DepositToAccountRef")


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


def relink(
    books: Books, entity: Entity, id_: str, old: dict[str, Any] | None, new: dict[str, Any] | None, *, but: Key | None = None
) -> None:
    """Carry the links of a transaction over to what it stands on (not to `but`): balance, LinkedTxn, status, a new SyncToken."""
    if entity.links is None:
        return
    before, after = _shares(entity, old), _shares(entity, new)
    for key in dict.fromkeys([*before, *after]):
        (taken, shown, lines), (takes, shown_now, lines_now) = before.get(key, _NOTHING), after.get(key, _NOTHING)
        if key != but and (taken, shown, lines) != (takes, shown_now, lines_now):
            _change(books, key, id_, takes - taken, shown, shown_now)


_NOTHING: tuple[Decimal, str, tuple[str, ...]] = (_ZERO, "", ())


def _shares(entity: Entity, obj: dict[str, Any] | None) -> dict[Key, tuple[Decimal, str, tuple[str, ...]]]:
    """What is linked -> (amount, what we are called there, its lines)."""
    found: dict[Key, tuple[Decimal, str, tuple[str, ...]]] = {}
    for link in applying.links(entity.name, obj):
        amount, _, lines = found.get((link.entity, link.id), _NOTHING)
        found[link.entity, link.id] = (amount + link.amount, link.shown_as, (*lines, link.line))
    return found


def _change(books: Books, key: Key, id_: str, amount: Decimal, shown: str, shown_now: str) -> None:
    other = books.known(*key)
    if other is None:
        return
    other = dict(other)
    linked = [each for each in other.get("LinkedTxn", ()) if (each.get("TxnId"), each.get("TxnType")) != (id_, shown)]
    if shown_now:
        linked.append({"TxnId": id_, "TxnType": shown_now})
    other["LinkedTxn"] = linked
    open_now(books, key[0], other, amount)
    if key[0] in _STATUS:
        name, free, taken = _STATUS[key[0]]
        other[name] = taken if linked and (key[0] != "PurchaseOrder" or _answered(books, other)) else free
    bump(books, ENTITIES[key[0]], other)


def open_now(books: Books, entity: str, obj: dict[str, Any], taken: Decimal) -> None:
    """Take from what is open of a transaction."""
    for name in _OPEN.get(entity, ()):
        obj[name] = wire.money(amount_of(obj, name) - taken)
    in_home_currency(books, ENTITIES[entity], obj)


def in_home_currency(books: Books, entity: Entity, obj: dict[str, Any]) -> None:
    """HomeTotalAmt and HomeBalance: total and balance in the company's currency, shown where there are several currencies."""
    if not several(books):
        return
    _, rate = currency_of(books, obj)
    for shown, amount in (("HomeTotalAmt", "TotalAmt"), ("HomeBalance", "Balance")):
        if shown in entity.record.properties and amount in obj:
            obj[shown] = wire.money(Decimal(cents(amount_of(obj, amount) * rate)) / 100)


def _answered(books: Books, order: dict[str, Any]) -> bool:
    """Whether bills answer all of a purchase order: as a whole, or each of its lines in its quantity."""
    got: dict[str, Decimal] = {}
    for linked in order["LinkedTxn"]:
        bill = books.known("Bill", linked["TxnId"]) or {}
        if any(_is(each, "PurchaseOrder", order["Id"]) for each in bill.get("LinkedTxn", ())):
            return True
        for line in bill.get("Line", ()):
            for each in line.get("LinkedTxn", ()):
                if _is(each, "PurchaseOrder", order["Id"]):
                    got[each["TxnLineId"]] = got.get(each["TxnLineId"], _ZERO) + _extent(line)
    wanted = {line["Id"]: _extent(line) for line in order.get("Line", ()) if "Id" in line}
    return all(got.get(id_, _ZERO) >= extent for id_, extent in wanted.items())


def _is(linked: dict[str, Any], type_: str, id_: str) -> bool:
    return (linked.get("TxnType"), linked.get("TxnId")) == (type_, id_)


def _extent(line: dict[str, Any]) -> Decimal:
    """A line's quantity, its amount where it has none."""
    detail = line.get(line.get("DetailType", "")) or {}
    return amount_of(detail, "Qty") if isinstance(detail, dict) and detail.get("Qty") is not None else amount_of(line, "Amount")


def bump(books: Books, entity: Entity, obj: dict[str, Any], change: str = "update") -> None:
    """Save an object under its next SyncToken."""
    obj["SyncToken"] = str(int(obj["SyncToken"]) + 1)
    books.replace(entity.name, obj, keys(entity, obj), change)


# Letting go


def let_go(books: Books, entity: Entity, old: dict[str, Any]) -> None:
    """Take a transaction that is deleted or voided out of the payments and bills that hold on to it."""
    for holder, obj in _holders(books, old):
        _saved(books, holder, obj, _without(holder, obj, entity.name, old["Id"]), (entity.name, old["Id"]))


def _holders(books: Books, obj: dict[str, Any]) -> list[tuple[Entity, dict[str, Any]]]:
    """What holds a link to a transaction."""
    found = []
    for linked in obj.get("LinkedTxn", ()):
        name = _HOLDERS.get(linked.get("TxnType", ""))
        holder = books.known(name, linked["TxnId"]) if name else None
        if name is not None and holder is not None:
            found.append((ENTITIES[name], holder))
    return found


def _saved(books: Books, holder: Entity, old: dict[str, Any], new: dict[str, Any], but: Key) -> None:
    """Save a holder that lost links; it takes no more than it has, and what it stands on (not `but`) is told."""
    if holder.name in _MONEY:
        new = applying.fitted(books, holder.name, new)
    bump(books, holder, new)
    relink(books, holder, new["Id"], old, new, but=but)
    ledger.repost(books, holder.name, new["Id"], new)


_MONEY = frozenset({"Payment", "BillPayment"})


def _without(holder: Entity, obj: dict[str, Any], entity: str, id_: str) -> dict[str, Any]:
    """A holder without its links to a transaction; lines of money go as a whole."""
    if holder.name in _MONEY:
        kept = [line for line in obj.get("Line", ()) if not _stands_on(holder, line, entity, id_)]
        return {**obj, "Line": kept}
    new = {**obj, "Line": [_unlinked(line, entity, id_) for line in obj.get("Line", ())]}
    if "LinkedTxn" in obj:
        new["LinkedTxn"] = [linked for linked in obj["LinkedTxn"] if not _is(linked, entity, id_)]
    return new


def _stands_on(holder: Entity, line: dict[str, Any], entity: str, id_: str) -> bool:
    return any((link.entity, link.id) == (entity, id_) for link in applying.links(holder.name, {"Line": [line]}))


def _unlinked(line: dict[str, Any], entity: str, id_: str) -> dict[str, Any]:
    kept = [linked for linked in line.get("LinkedTxn", ()) if not _is(linked, entity, id_)]
    return {**{name: value for name, value in line.items() if name != "LinkedTxn"}, **({"LinkedTxn": kept} if kept else {})}


# When what is settled changes


def settled_anew(books: Books, entity: Entity, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """See to what holds a transaction after an update of it; returns the transaction as it then is.

    Another customer or vendor unlinks its payments, and so do other lines of a journal entry or expense; a total below what was
    paid gives the rest back to them; a credit that was used cannot become smaller than that.
    """
    holders = [each for each in _holders(books, new) if each[0].name in _MONEY]
    if not holders:
        return new
    watched = _SETTLED_FOR if entity.name in _OPEN else (*_SETTLED_FOR, "Line", "EntityRef", "Credit")
    if any(old.get(name) != new.get(name) for name in watched):
        return _detached(books, entity, new, holders)
    name = _OPEN.get(entity.name, ("",))[0]
    if name and amount_of(new, name) < 0:
        return _given_back(books, entity, new, name)
    if any(old.get(each) != new.get(each) for each in _POSTED_FOR):
        for holder, obj in holders:
            ledger.repost(books, holder.name, obj["Id"], obj)
    return new


def _detached(books: Books, entity: Entity, new: dict[str, Any], holders: list[tuple[Entity, dict[str, Any]]]) -> dict[str, Any]:
    for holder, obj in holders:
        _saved(books, holder, obj, _without(holder, obj, entity.name, new["Id"]), (entity.name, new["Id"]))
    freed = {**new, "LinkedTxn": [each for each in new.get("LinkedTxn", ()) if _HOLDERS.get(each.get("TxnType", "")) not in _MONEY]}
    for name in _OPEN.get(entity.name, ()):
        freed[name] = wire.money(amount_of(freed, "TotalAmt") - amount_of(freed, "Deposit"))
    return _written(books, entity, freed)


def _given_back(books: Books, entity: Entity, new: dict[str, Any], name: str) -> dict[str, Any]:
    """The payments take less of a transaction that has become smaller than what was paid."""
    if entity.name in {"CreditMemo", "VendorCredit"}:
        raise faults.business("The amount applied is more than the amount of the credit.")
    surplus, gone = -amount_of(new, name), set()
    for holder, obj in reversed(_holders(books, new)):
        if surplus > 0 and holder.name in _MONEY:
            taken = applying.sums(applying.links(holder.name, obj)).get((entity.name, new["Id"]), _ZERO)
            cut = min(surplus, taken)
            _saved(books, holder, obj, _less(obj, entity.name, new["Id"], cut), (entity.name, new["Id"]))
            surplus -= cut
            gone |= {obj["Id"]} if cut == taken else set()
    kept = [each for each in new.get("LinkedTxn", ()) if _HOLDERS.get(each["TxnType"]) not in _MONEY or each["TxnId"] not in gone]
    return _written(books, entity, {**new, "LinkedTxn": kept, name: wire.money(_ZERO)})


def _less(obj: dict[str, Any], entity: str, id_: str, cut: Decimal) -> dict[str, Any]:
    """A payment that takes `cut` less of a transaction."""
    lines = []
    for line in obj.get("Line", ()):
        less = min(cut, amount_of(line, "Amount")) if any(_is(each, entity, id_) for each in line.get("LinkedTxn", ())) else _ZERO
        cut -= less
        lines.append({**line, "Amount": wire.money(amount_of(line, "Amount") - less)} if less else line)
    return {**obj, "Line": lines}


def _written(books: Books, entity: Entity, obj: dict[str, Any]) -> dict[str, Any]:
    """Save what the links leave of an object that was saved a moment ago, under the SyncToken that it has."""
    open_now(books, entity.name, obj, _ZERO)
    books.rewrite(entity.name, obj, touch=True)
    return obj
