"""What one transaction may take from another: which links there are, whose they may be, and how much is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.postings import accounts, ledger
from syncengine.emulator.rules.draft import amount_of, value_of
from syncengine.emulator.rules.link import Link

_ZERO = Decimal(0)
#: (entity that holds the link, what it may call the other one): documented in "manage linked transactions".
_ALLOWED: dict[str, frozenset[str]] = {
    "Payment": frozenset({"Invoice", "CreditMemo", "JournalEntry", "Expense"}),
    "BillPayment": frozenset({"Bill", "VendorCredit", "JournalEntry", "Deposit"}),
    "Deposit": frozenset({"Transfer", "Payment", "SalesReceipt", "JournalEntry", "BillPayment"}),
    "Bill": frozenset({"PurchaseOrder"}),
    "Invoice": frozenset({"Estimate", "TimeActivity"}),
}
#: Links that a payment only keeps: the QuickBooks screen alone makes them.
_READ_ONLY = frozenset({"Check", "CreditCardCredit"})
#: Entity -> what is open until it is paid or used.
OPEN = {"Invoice": "Balance", "Bill": "Balance", "VendorCredit": "Balance", "CreditMemo": "RemainingCredit"}
#: Holders of money -> the property that says with whom, and the type of the accounts that they settle.
_WITH = {"Payment": ("Customer", "Accounts Receivable"), "BillPayment": ("Vendor", "Accounts Payable")}


@dataclass(frozen=True)
class Share:
    """A link of money with its direction: `sign` 1 takes from the holder (an invoice), -1 gives to it (a credit memo)."""

    link: Link
    sign: int

    @property
    def taken(self) -> Decimal:
        """What it takes from the holder."""
        return self.link.amount * self.sign


def links(entity: str, obj: dict[str, Any] | None) -> list[Link]:
    """The links that an object holds."""
    found = ENTITIES[entity].links
    return list(found(obj)) if obj is not None and found is not None else []


def shares(books: Books, holder: str, obj: dict[str, Any]) -> list[Share]:
    """The shares of a Payment or BillPayment in others."""
    return [Share(link, _sign(books, holder, obj, link)) for link in links(holder, obj)]


def unapplied(books: Books, holder: str, obj: dict[str, Any]) -> Decimal:
    """What of a Payment or BillPayment settles nothing yet; negative where its lines take more than it has."""
    return amount_of(obj, "TotalAmt") - sum((share.taken for share in shares(books, holder, obj)), _ZERO)


def _sign(books: Books, holder: str, obj: dict[str, Any], link: Link) -> int:
    if link.entity in {"Invoice", "Bill"}:
        return 1
    if link.entity in {"CreditMemo", "VendorCredit"}:
        return -1
    return 1 if _effect(books, holder, obj, link) > 0 else -1


def _effect(books: Books, holder: str, obj: dict[str, Any], link: Link) -> Decimal:
    """What a journal entry, purchase or deposit makes the payment's customer owe, or be owed to its vendor."""
    whose, type_ = _WITH[holder]
    party = value_of(obj, f"{whose}Ref")
    sign = 1 if whose == "Customer" else -1
    total = _ZERO
    for row in ledger.posted(books, link.entity, link.id):
        account = books.known("Account", row.account) or {}
        if account.get("AccountType") == type_ and row.name == party:
            total += sign * ledger.in_own_currency(books, books.known(whose, party or "") or {}, row)
    return total


# Whether a link may be


def check(books: Books, entity: str, obj: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Refuse links that cannot be, and amounts that are not there; a Payment's UnappliedAmt is set.

    Raises:
        Refusal: 6000 for what does not exist or is not open, 620 for what exists and cannot be linked, 2020 for the line of a
            purchase order that is not named.
    """
    if entity not in _ALLOWED:
        return
    before = links(entity, old)
    for link in links(entity, obj):
        _known(books, entity, obj, link, before)
    if entity in _WITH:
        _money(books, entity, obj, before)
    elif entity == "Deposit":
        _deposit(books, obj, before)
    elif entity == "Bill":
        _lines_named(books, obj)
    else:
        _billed_once(books, obj, before)


def _known(books: Books, entity: str, obj: dict[str, Any], link: Link, before: list[Link]) -> None:
    target = books.known(link.entity, link.id) if link.entity in ENTITIES else None
    kept = (link.type, link.id) in {(each.type, each.id) for each in before}
    if target is None:
        raise faults.missing_link(link.type, link.id)
    if not (link.type in _ALLOWED[entity] or (link.type in _READ_ONLY and kept)):
        raise faults.cannot_link(link.type, link.id)
    if link.amount < 0 and entity in _WITH:
        raise faults.negative_amount()
    for name in ("CustomerRef", "VendorRef"):
        ours, theirs = value_of(obj, name), value_of(target, name)
        if entity != "Deposit" and ours and theirs and not _same_family(books, name, ours, theirs):
            raise faults.cannot_link(link.type, link.id)
    if entity in _WITH and _currency(obj) != _currency(target):
        raise faults.cannot_link(link.type, link.id)


def _currency(obj: dict[str, Any]) -> str:
    return value_of(obj, "CurrencyRef") or ""


def _same_family(books: Books, name: str, ours: str, theirs: str) -> bool:
    """A customer pays for itself and for those below it."""
    at: str | None = theirs
    while at is not None and at != ours:
        at = value_of(books.known("Customer", at) or {}, "ParentRef") if name == "CustomerRef" else None
    return at == ours


def _money(books: Books, entity: str, obj: dict[str, Any], before: list[Link]) -> None:
    held = sums(before)
    for (type_, id_), amount in sums(links(entity, obj)).items():
        link = Link(type_, id_, amount, "")
        if amount > _open(books, entity, obj, link) + held.get((type_, id_), _ZERO):
            raise faults.business(f"The amount applied is more than the open balance of the {_spoken(type_)}.")
    left = unapplied(books, entity, obj)
    if left < 0:
        raise faults.business("The amount applied is more than the amount of the payment.")
    if entity == "Payment":
        obj["UnappliedAmt"] = wire.money(left)


def sums(found: Iterable[Link]) -> dict[tuple[str, str], Decimal]:
    """(type, id) -> what all links together take."""
    total: dict[tuple[str, str], Decimal] = {}
    for link in found:
        total[link.type, link.id] = total.get((link.type, link.id), _ZERO) + link.amount
    return total


def _spoken(type_: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type_).strip()


def _open(books: Books, holder: str, obj: dict[str, Any], link: Link) -> Decimal:
    """What can still be applied to (or of) the other transaction."""
    target = books.known(link.entity, link.id) or {}
    if link.entity in OPEN:
        return amount_of(target, OPEN[link.entity])
    used = _ZERO
    for linked in target.get("LinkedTxn", ()):
        other = books.known(holder, str(linked.get("TxnId"))) if linked.get("TxnType") == holder else None
        used += sums(links(holder, other)).get((link.type, link.id), _ZERO)
    return abs(_effect(books, holder, obj, link)) - used


def _deposit(books: Books, obj: dict[str, Any], before: list[Link]) -> None:
    """What is deposited lies in Undeposited Funds, in no other deposit, and goes as a whole."""
    kept = {(link.type, link.id) for link in before}
    undeposited = accounts.account(books, accounts.UNDEPOSITED)
    for (type_, id_), amount in sums(links("Deposit", obj)).items():
        lies = sum((row.amount for row in ledger.posted(books, type_, id_) if row.account == undeposited), 0)
        if (type_, id_) not in kept and any(
            linked.get("TxnType") == "Deposit" for linked in (books.known(type_, id_) or {}).get("LinkedTxn", ())
        ):
            raise faults.deposited()
        if not lies:
            raise faults.cannot_link(type_, id_)
        if Decimal(lies) / 100 != amount:
            raise faults.deposit_mismatch()


def _lines_named(books: Books, obj: dict[str, Any]) -> None:
    """A line that answers a line of a purchase order names it."""
    for line in obj.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            if linked.get("TxnType") != "PurchaseOrder":
                continue
            if not linked.get("TxnLineId"):
                raise faults.required("Line.LinkedTxn.TxnLineId")
            order = books.known("PurchaseOrder", str(linked.get("TxnId"))) or {}
            if linked["TxnLineId"] not in {each.get("Id") for each in order.get("Line", ())}:
                raise faults.missing_link("PurchaseOrder", f"{linked.get('TxnId')} line {linked['TxnLineId']}")


def _billed_once(books: Books, obj: dict[str, Any], before: list[Link]) -> None:
    """An estimate becomes one invoice, a time is billed once."""
    kept = {(link.type, link.id) for link in before}
    for link in links("Invoice", obj):
        target = books.known(link.entity, link.id) or {}
        if (link.type, link.id) not in kept and any(linked.get("TxnType") == "Invoice" for linked in target.get("LinkedTxn", ())):
            raise faults.cannot_link(link.type, link.id)
        if link.type == "TimeActivity" and (link.type, link.id) not in kept and target.get("BillableStatus") != "Billable":
            raise faults.cannot_link(link.type, link.id)


# Making it fit again


def fitted(books: Books, holder: str, obj: dict[str, Any]) -> dict[str, Any]:
    """A Payment or BillPayment whose lines take no more than it has: the last ones take less, or go."""
    obj = {**obj, "Line": [dict(line) for line in obj.get("Line") or ()]}
    short = -unapplied(books, holder, obj)
    for line in reversed(obj["Line"]):
        share = next(iter(shares(books, holder, {**obj, "Line": [line]})), None)
        if short > 0 and share is not None and share.sign > 0:
            cut = min(short, amount_of(line, "Amount"))
            line["Amount"] = wire.money(amount_of(line, "Amount") - cut)
            short -= cut
    obj["Line"] = [line for line in obj["Line"] if amount_of(line, "Amount") or not line.get("LinkedTxn")]
    if holder == "Payment":
        obj["UnappliedAmt"] = wire.money(max(unapplied(books, holder, obj), _ZERO))
    return obj
