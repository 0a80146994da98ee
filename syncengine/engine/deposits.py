"""Deposits: what payments on sales orders come to, and which orders' own entries have to follow them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine.reconcile import Base
from syncengine.entities import total
from syncengine.entities._fields import number
from syncengine.entities.journal_entry._deposit import unpaid
from syncengine.inventory import reader
from syncengine.store import bindings


def paid(connection: Connection, company_id: int, order_ids: Iterable[int]) -> dict[int, Decimal]:
    """What the payments on each order come to; those without an amount that can be posted are left out."""
    found = reader.find(connection, "payment", company_id, "sales_order_id", set(order_ids))
    every = [payment_id for ids in found.values() for payment_id in ids]
    payments = reader.load_headers(connection, "payment", company_id, every) if every else {}
    amounts = {payment_id: max(number(each.get("amount")) or Decimal(0), Decimal(0)) for payment_id, each in payments.items()}
    return {order_id: sum((amounts[each] for each in ids), Decimal(0)) for order_id, ids in found.items()}


def stale(connection: Connection, company_id: int, order_ids: Iterable[int]) -> list[int]:
    """Those of the orders whose own entry is another than it has to be, since a payment on them came, changed, moved or went."""
    found = reader.load_headers(connection, "sales_order", company_id, order_ids)
    orders = {order_id: order for order_id, order in found.items() if order.get("deposit") is not None}
    if not orders:
        return []
    bound = bindings.of_records(connection, company_id, "JournalEntry", "sales_order", orders)
    sums = paid(connection, company_id, orders)
    late = []
    for order_id, order in orders.items():
        deposit, posted = number(order.get("deposit")), _posted(bound.get(order_id))
        if deposit is not None and posted is not None and posted != unpaid(deposit, sums[order_id]):
            late.append(order_id)
    return late


def _posted(binding: RowMapping | None) -> Decimal | None:
    """What an order's entry comes to; None where QuickBooks has deleted it, which is for a person to answer."""
    if binding is None or binding["ended_by"] == "inventory":
        return Decimal(0)
    return total(Base.read(binding["base"]).ours) if binding["ended_at"] is None else None
