"""Rules of what is bought: Bill, VendorCredit, PurchaseOrder, BillPayment and Purchase."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, Move, amount_of, value_of
from syncengine.emulator.rules.link import Link
from syncengine.emulator.rules.posting import account_of, credit, debit, extension, stocked

_ZERO = Decimal(0)
_KINDS = frozenset({"AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DescriptionOnly"})


def _form(draft: Draft) -> None:
    """What the forms have in common: expense lines and their total."""
    lines.head(draft)
    kept = lines.lines(draft, _KINDS)
    for line in kept:
        if line["DetailType"] != "DescriptionOnly":
            _expense(draft, line)
    lines.identify(draft, kept)
    draft.obj["Line"] = [lines.shown(line) for line in kept]
    draft.obj["TotalAmt"] = lines.total_of(kept)


def _expense(draft: Draft, line: dict[str, Any]) -> None:
    kind = line["DetailType"]
    detail = line[kind]
    if kind == "ItemBasedExpenseLineDetail":
        if not detail.get("ItemRef"):
            raise faults.required("Line.ItemBasedExpenseLineDetail.ItemRef")
        lines.item_line(draft, detail, "Line.ItemBasedExpenseLineDetail.ItemRef")
    elif not detail.get("AccountRef"):
        raise faults.required("Line.AccountBasedExpenseLineDetail.AccountRef")
    lines.amount(line, detail)
    lines.track(draft, detail)
    if detail.get("BillableStatus") == "HasBeenBilled" and not _was_billed(draft, line):
        raise faults.enumeration("HAS_BEEN_BILLED", "BillableStatus")
    if detail.get("BillableStatus") == "Billable" and not detail.get("CustomerRef"):
        raise faults.billable_customer()
    detail.setdefault("BillableStatus", "NotBillable")
    lines.tax_code(detail)


def _was_billed(draft: Draft, line: dict[str, Any]) -> bool:
    """HasBeenBilled may come back from a client that read it, but not be set by one."""
    for old in (draft.old or {}).get("Line", ()):
        if old.get("Id") == line.get("Id"):
            return bool(old.get(line["DetailType"], {}).get("BillableStatus") == "HasBeenBilled")
    return False


def _payable(draft: Draft) -> None:
    """APAccountRef: an account of type Accounts Payable; implied while there is one."""
    account = draft.pointed("Account", "APAccountRef") or account_of(draft.books, "Accounts Payable")
    if not account:
        raise faults.required("APAccountRef")
    if account["AccountType"] != "Accounts Payable":
        raise faults.business("You need to select a different type of account for this transaction.")
    draft.obj["APAccountRef"] = {"value": account["Id"], "name": account["FullyQualifiedName"]}


def bill(draft: Draft) -> None:
    """Bill: due by its term, open until it is paid."""
    _form(draft)
    _payable(draft)
    lines.due_date(draft, 0)
    _known_links(draft, "PurchaseOrder")
    paid = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "Balance") if draft.old else _ZERO
    draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - paid)


def vendor_credit(draft: Draft) -> None:
    """VendorCredit: open until it is used."""
    _form(draft)
    _payable(draft)
    used = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "Balance") if draft.old else _ZERO
    draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - used)


def purchase_order(draft: Draft) -> None:
    """PurchaseOrder: open until a bill closes it; it touches no account."""
    _form(draft)
    _payable(draft)
    lines.number(draft, ("PurchaseOrder",))
    draft.default("POStatus", "Open")
    if draft.old is None:
        vendor = draft.pointed("Vendor", "VendorRef")
        if vendor.get("BillAddr"):
            draft.default("VendorAddr", dict(vendor["BillAddr"]))


def purchase(draft: Draft) -> None:
    """Purchase: paid from a bank account or a card; only a card may be credited."""
    obj = draft.obj
    if draft.old is not None:
        obj["PaymentType"] = draft.old["PaymentType"]
    _form(draft)
    wanted = "Credit Card" if obj["PaymentType"] == "CreditCard" else "Bank"
    if draft.pointed("Account", "AccountRef").get("AccountType") != wanted:
        raise faults.business("You need to select a different type of account for this transaction.")
    if obj.get("Credit") and wanted != "Credit Card":
        raise faults.business("Credit is supported for credit card purchases only.")
    draft.default("PrintStatus", "NotSet")
    kind = {"Check": "3", "Cash": "54", "CreditCard": "11" if obj.get("Credit") else "54"}[obj["PaymentType"]]
    obj["PurchaseEx"] = {"any": [extension("TxnType", kind)]}


def bill_payment(draft: Draft) -> None:
    """BillPayment: its lines take from open bills; a surplus stays with the vendor."""
    obj = draft.obj
    lines.head(draft)
    if obj.get("TotalAmt") is None:
        raise faults.business("You must set a transaction amount.")
    if amount_of(obj, "TotalAmt") < 0:
        raise faults.negative_amount()
    if not value_of(obj, *_source(obj)):
        raise faults.required(".".join(_source(obj)))
    for line in obj.get("Line") or ():
        for linked in line.get("LinkedTxn", ()):
            _check_link(draft, linked)
    draft.default("Line", [])
    if obj["PayType"] == "Check":
        obj["CheckPayment"].setdefault("PrintStatus", "NotSet")
    _payable(draft)


def _source(obj: dict[str, Any]) -> tuple[str, str]:
    return ("CheckPayment", "BankAccountRef") if obj["PayType"] == "Check" else ("CreditCardPayment", "CCAccountRef")


def _check_link(draft: Draft, linked: dict[str, Any]) -> None:
    type_, id_ = str(linked.get("TxnType")), str(linked.get("TxnId"))
    if type_ in {"Bill", "VendorCredit", "JournalEntry", "Deposit"} and draft.books.known(type_, id_) is None:
        raise faults.missing_link(type_, id_)


def _known_links(draft: Draft, type_: str) -> None:
    for linked in draft.obj.get("LinkedTxn") or ():
        if linked.get("TxnType") == type_ and draft.books.known(type_, str(linked.get("TxnId"))) is None:
            raise faults.missing_link(type_, str(linked.get("TxnId")))


def bill_links(obj: dict[str, Any]) -> Iterator[Link]:
    """The purchase orders that a bill answers."""
    every = [*obj.get("LinkedTxn", ()), *(linked for line in obj.get("Line", ()) for linked in line.get("LinkedTxn", ()))]
    for id_ in dict.fromkeys(linked["TxnId"] for linked in every if linked.get("TxnType") == "PurchaseOrder"):
        yield Link("PurchaseOrder", id_, _ZERO, "Bill")


def payment_links(obj: dict[str, Any]) -> Iterator[Link]:
    """The shares that a bill payment has in bills and vendor credits."""
    for line in obj.get("Line", ()):
        for linked in line.get("LinkedTxn", ()):
            if linked.get("TxnType") in {"Bill", "VendorCredit"}:
                shown = "BillPaymentCheck" if obj.get("PayType") == "Check" else "BillPaymentCreditCard"
                yield Link(linked["TxnType"], linked["TxnId"], amount_of(line, "Amount"), shown)


# The shares in balances


def _owed(obj: dict[str, Any], amount: Decimal, books: Books) -> Iterator[Move]:
    vendor = value_of(obj, "VendorRef")
    if vendor:
        yield "Vendor", vendor, amount
    payable = account_of(books, "Accounts Payable")
    yield from credit(books, value_of(obj, "APAccountRef") or (payable["Id"] if payable else None), amount)


def _spent(books: Books, obj: dict[str, Any], sign: int) -> Iterator[Move]:
    """The lines' own accounts, where they carry a balance, and the stock."""
    for line in obj.get("Line", ()):
        account = value_of(line, "AccountBasedExpenseLineDetail", "AccountRef")
        yield from debit(books, account, sign * amount_of(line, "Amount"))
        yield from stocked(books, line.get("ItemBasedExpenseLineDetail") or {}, sign)


def billed(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Bill: the vendor is owed the total."""
    yield from _owed(obj, amount_of(obj, "TotalAmt"), books)
    yield from _spent(books, obj, 1)


def credited(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """VendorCredit: the vendor is owed less."""
    yield from _owed(obj, -amount_of(obj, "TotalAmt"), books)
    yield from _spent(books, obj, -1)


def paid(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """BillPayment: the vendor is owed less, and the bank or card pays."""
    yield from _owed(obj, -amount_of(obj, "TotalAmt"), books)
    yield from credit(books, value_of(obj, *_source(obj)), amount_of(obj, "TotalAmt"))


def bought(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Purchase: the bank or card pays; a card's credit is the other way round."""
    sign = -1 if obj.get("Credit") else 1
    yield from credit(books, value_of(obj, "AccountRef"), sign * amount_of(obj, "TotalAmt"))
    yield from _spent(books, obj, sign)
