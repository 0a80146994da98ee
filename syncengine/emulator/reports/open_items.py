"""What was open on a day: the receivables and payables, each less what had been paid or credited of it by then.

Every posting to a receivables or payables account is an item. What a payment settled moves from the item of what it paid to its
own, so that the items always come to the balance of the accounts, whatever was linked to what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.postings.posting import cents, currency_of, number
from syncengine.emulator.reports.entries import Entries, Line
from syncengine.emulator.rules.draft import value_of

#: (entity, Id, account, name): one transaction may owe on several accounts and to several names.
Key = tuple[str, str, str, str | None]


@dataclass(frozen=True)
class Side:
    """Receivables or payables.

    Attributes:
        account_type: the type of its accounts.
        name_type: who owes or is owed.
        sign: 1 where debits are owed to the company, -1 where credits are owed by it.
        payments: the entity whose lines settle it.
        title: what a person of the name type is called in a column.
    """

    account_type: str
    name_type: str
    sign: int
    payments: str

    @property
    def parameter(self) -> str:
        """The parameter that asks for some of the names."""
        return self.name_type.lower()


RECEIVABLES = Side("Accounts Receivable", "Customer", 1, "Payment")
PAYABLES = Side("Accounts Payable", "Vendor", -1, "BillPayment")


@dataclass
class Item:
    """One item: its posting, what it came to and what of that is open (cents, positive where it is owed)."""

    line: Line
    amount: int
    open: int
    due: str

    @property
    def settled(self) -> bool:
        """Whether nothing of it is open."""
        return not self.open


def items(entries: Entries, side: Side, day: date) -> list[Item]:
    """The items of one side as they stood on a day, settled ones too, by date."""
    accounts = [account.id for account in entries.chart.accounts.values() if account.type == side.account_type]
    if not accounts:
        return []
    marks = ",".join(f"'{id_}'" for id_ in accounts if id_.isdecimal())
    found: dict[Key, Item] = {}
    for line in entries.lines(date(1900, 1, 1), day, f"p.account IN ({marks})"):
        key = (line.entity, line.id, line.account, line.name)
        amount = side.sign * line.amount
        if key in found:
            held = found[key]
            held.amount, held.open = held.amount + amount, held.open + amount
        else:
            found[key] = Item(line, amount, amount, "")
    for payment, target, moved in _settlements(entries, side, day, found):
        if payment is not None:
            found.setdefault(payment, _nothing(payment, found[target])).open += moved
        found[target].open -= moved
    for item in found.values():
        item.due = _due(entries, item.line)
    return list(found.values())


def _nothing(key: Key, like: Item) -> Item:
    """The item of a payment that moves no money: it only sets a credit against what is owed."""
    return Item(like.line._replace(entity=key[0], id=key[1], n=0, amount=0, doc=None, memo=None, line=None), 0, 0, "")


def _due(entries: Entries, line: Line) -> str:
    """Invoices and bills are due on their day, everything else at once."""
    if line.entity not in {"Invoice", "Bill"}:
        return line.date
    return str((entries.books.known(line.entity, line.id) or {}).get("DueDate") or line.date)


def _settlements(entries: Entries, side: Side, day: date, found: dict[Key, Item]) -> Iterator[tuple[Key | None, Key, int]]:
    """What moved until a day: item of the payment (None where the report leaves it out), item of what it paid, cents."""
    rows = entries.books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = ? AND deleted = 0 AND date <= ? ORDER BY CAST(id AS INTEGER)",
        (entries.books.company.key, side.payments, day.isoformat()),
    )
    by_object: dict[tuple[str, str], list[Key]] = {}
    for key in found:
        by_object.setdefault(key[:2], []).append(key)
    for (body,) in rows:
        payment = wire.loads(body)
        for line in payment.get("Line") or ():
            for linked in line.get("LinkedTxn") or ():
                target = (str(linked.get("TxnType")), str(linked.get("TxnId")))
                amount = number(line.get("Amount"))
                yield from _settled(entries, side, by_object, payment, target, amount)


def _settled(
    entries: Entries, side: Side, by_object: dict[tuple[str, str], list[Key]], payment: dict[str, Any], target: tuple[str, str],
    amount: Decimal,
) -> Iterator[tuple[Key | None, Key, int]]:  # fmt: skip
    own = by_object.get((side.payments, payment["Id"]), [])
    party = value_of(payment, f"{side.name_type}Ref")
    theirs = by_object.get(target, [])
    if not theirs:
        return
    # Of a journal entry only the part of whoever pays.
    key = next((each for each in theirs if each[3] == party), theirs[0])
    held = entries.books.known(*target) or {}
    currency, rate = currency_of(entries.books, held)
    moved = cents(amount * rate) if currency else cents(amount)
    gives = target[0] in {"CreditMemo", "VendorCredit"} or _credits(entries, side, key)
    if gives:
        moved = -moved
    mine = next((each for each in own if each[2:] == key[2:]), own[0] if own else None)
    if mine is None and not number(payment.get("TotalAmt")):
        mine = (side.payments, payment["Id"], key[2], key[3])
    yield mine, key, moved


def _credits(entries: Entries, side: Side, key: Key) -> bool:
    """Whether a journal entry's line on the account lowers what is owed."""
    if key[0] != "JournalEntry":
        return False
    row = entries.books.state.execute(
        f"SELECT sum(amount) FROM {entries.table} WHERE company = ? AND entity = ? AND id = ? AND account = ?",  # noqa: S608 -- a name of ours
        (entries.books.company.key, *key[:3]),
    ).fetchone()
    return bool(side.sign * (row[0] or 0) < 0)
