"""What records of the inventory come to, account by account: a second bookkeeper, who knows nothing of the package's mappings.

Amounts are whole cents, debits above 0; prices are exact fractions, so no rounding is shared with the package either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

Record = Mapping[str, Any]
Books = Counter[str]
#: Where QuickBooks keeps what customers owe, and money that nobody has taken to the bank yet.
RECEIVABLE, UNDEPOSITED = "Accounts Receivable (A/R)", "Undeposited Funds"


class Bookkeeper:
    """Knows the company's settings, its items and its work centers; `of` says what one record comes to."""

    def __init__(self, settings: Record, items: Mapping[int, Record], centers: Mapping[int, Record] | None = None) -> None:
        self.settings, self.items, self.centers = settings, items, centers or {}

    def of(self, kind: str, record: Record) -> Books:
        """The effect of a record on each account."""
        found: Books = Counter()
        for account, cents in self.KINDS[kind](self, record):
            found[account] += cents
        return Counter({account: cents for account, cents in found.items() if cents})

    # --- what a line says --------------------------------------------------------------------------------------

    def _item(self, line: Record) -> Record:
        return self.items.get(line.get("item_id") or 0, {})

    def _service(self, line: Record) -> bool:
        return self._item(line).get("type") == "Service"

    def _account(self, line: Record, which: str) -> str:
        return str(self._item(line).get(which) or self.settings[which])

    def _place(self, line: Record) -> str:
        return str(line.get("account") or self._account(line, "expense_account" if self._service(line) else "asset_account"))

    def _cost(self, line: Record) -> int:
        return cents(1, line["amount"]) if line.get("amount") is not None else cents(line.get("quantity"), line["unit_cost"])

    # --- kinds -------------------------------------------------------------------------------------------------

    def _against(self, record: Record, other: str, sign: int = 1) -> Iterator[tuple[str, int]]:
        for line in record["lines"]:
            yield self._place(line), sign * self._cost(line)
            yield other, -sign * self._cost(line)

    def _receipt(self, record: Record) -> Iterator[tuple[str, int]]:
        way = record.get("posts_as") or self.settings["receipt_posts_as"]
        setting = {"bill": "payable_account", "check": "checking_account", "cash": "cash_account", "credit card": "credit_card_account"}
        if way != "none":
            other = self.settings[setting[way]]
            yield from self._against(record, str(other if way == "bill" else record.get("payment_account") or other))

    def _vendor_return(self, record: Record) -> Iterator[tuple[str, int]]:
        credit = record.get("vendor_credit") is not False
        yield from self._against(record, self.settings["payable_account"] if credit else record["account"], -1)

    def _shipment(self, record: Record) -> Iterator[tuple[str, int]]:
        for line in record["lines"]:
            if not self._service(line):
                yield self._account(line, "cogs_account"), self._cost(line)
                yield self._account(line, "asset_account"), -self._cost(line)

    def _customer_return(self, record: Record) -> Iterator[tuple[str, int]]:
        for line in record["lines"]:
            if not self._service(line):
                value = cents(line.get("quantity"), line["restock_cost"])
                yield self._account(line, "asset_account"), value
                yield self._account(line, "cogs_account"), -value

    def _adjustment(self, record: Record) -> Iterator[tuple[str, int]]:
        for line in record["lines"]:
            yield self._account(line, "asset_account"), self._cost(line)
            yield str(record.get("account") or self.settings["adjustment_account"]), -self._cost(line)

    def _drop_ship(self, record: Record) -> Iterator[tuple[str, int]]:
        # An order of which nobody says otherwise is closed by itself.
        if record.get("drop_ship") and record.get("status", "closed") == "closed" and self.settings["close_drop_ship"]:
            for line in record["lines"]:
                yield self._account(line, "cogs_account"), self._cost(line)
                yield self.settings["payable_account"], -self._cost(line)

    def _order(self, record: Record) -> Iterator[tuple[str, int]]:
        # `paid` is what payments on the order have brought of its deposit, which they post themselves.
        if record.get("deposit") is not None:
            left = max(cents(1, record["deposit"]) - cents(1, record.get("paid", 0)), 0)
            yield self.settings["deposit_asset_account"], left
            yield self.settings["deposit_liability_account"], -left

    def _payment(self, record: Record) -> Iterator[tuple[str, int]]:
        if record.get("sales_order_id") is not None:
            yield str(record.get("deposit_account") or self.settings["deposit_asset_account"]), cents(1, record["amount"])
            yield self.settings["deposit_liability_account"], -cents(1, record["amount"])
        else:
            # On invoices or not applied yet, it is money from a customer.
            yield str(record.get("deposit_account") or UNDEPOSITED), cents(1, record["amount"])
            yield RECEIVABLE, -cents(1, record["amount"])

    def _unfinished(self, record: Record) -> bool:
        center = self.centers.get(record.get("work_center_id") or 0)
        return center is not None and not center.get("finished_goods")

    def _build(self, record: Record) -> Iterator[tuple[str, int]]:
        if not self._unfinished(record):
            for line in record["lines"]:
                yield self._place(line), -self._cost(line)
                yield self._account(record, "asset_account"), self._cost(line)

    def _process(self, record: Record) -> Iterator[tuple[str, int]]:
        if self._unfinished(record):
            return
        inputs = [line for line in record["lines"] if line["role"] == "input"]
        outputs = [line for line in record["lines"] if line["role"] == "output"]
        for line in inputs:
            yield self._place(line), -self._cost(line)
        weights = [Fraction(line["quantity"]) * Fraction(self._item(line).get("standard_cost") or 0) for line in outputs]
        for line, part in zip(outputs, parted(sum(map(self._cost, inputs)), weights), strict=True):
            yield self._place(line), part

    def _transfer(self, record: Record) -> Iterator[tuple[str, int]]:
        if record.get("carrier_id") is not None and record.get("carrier_charge") is not None:
            charge = cents(1, record["carrier_charge"])
            yield str(record.get("carrier_account") or self.settings["expense_account"]), charge
            yield self.settings["payable_account"], -charge

    def _sold(self, record: Record, other: str, sign: int = 1) -> Iterator[tuple[str, int]]:
        for line in record["lines"]:
            amount = cents(line["quantity"], Fraction(line["unit_price"]) * (1 - Fraction(line.get("discount") or 0)))
            yield other, sign * amount
            yield self._account(line, "income_account"), -sign * amount

    def _invoice(self, record: Record) -> Iterator[tuple[str, int]]:
        yield from self._sold(record, RECEIVABLE)
        if record.get("deposit") is not None:
            # It flows as a payment on the invoice; no order has brought it in.
            yield self.settings["deposit_asset_account"], cents(1, record["deposit"])
            yield RECEIVABLE, -cents(1, record["deposit"])

    def _sales_receipt(self, record: Record) -> Iterator[tuple[str, int]]:
        yield from self._sold(record, str(record.get("deposit_account") or UNDEPOSITED))

    def _credit_memo(self, record: Record) -> Iterator[tuple[str, int]]:
        # The other half of a customer return, for one who asks for it by this name.
        if record.get("credit_memo"):
            yield from self._sold(record, RECEIVABLE, -1)

    KINDS: Mapping[str, Callable[[Bookkeeper, Record], Iterator[tuple[str, int]]]] = {
        "item_receipt": _receipt, "vendor_return": _vendor_return, "shipment": _shipment, "customer_return": _customer_return,
        "adjustment": _adjustment, "purchase_order": _drop_ship, "sales_order": _order, "payment": _payment, "build": _build,
        "process": _process, "transfer": _transfer, "invoice": _invoice, "sales_receipt": _sales_receipt, "credit_memo": _credit_memo,
    }  # fmt: skip


def cents(quantity: Any, price: Any) -> int:
    """Quantity (none is 1) x price in cents, half up, away from 0."""
    exact = Fraction(1 if quantity is None else quantity) * Fraction(price) * 100
    return (1 if exact >= 0 else -1) * floor(abs(exact) + Fraction(1, 2))


def parted(total: int, weights: Sequence[Fraction]) -> list[int]:
    """`total` cents by weight: each cent that is left goes to the part that is furthest below its share, the first of equals."""
    if len(weights) == 1 or not total:
        return [total] * len(weights)
    exact = [abs(total) * weight / sum(weights) for weight in weights]
    parts = [floor(each) for each in exact]
    while sum(parts) < abs(total):
        shortest = max(range(len(parts)), key=lambda place: (exact[place] - parts[place], -place))
        parts[shortest] += 1
    return [part if total > 0 else -part for part in parts]
