"""Drop-ship: an order that a vendor delivers to our customer is closed by itself, where the company wants that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from syncengine.engine.days import today
from syncengine.engine.stirs import guarded
from syncengine.inventory import reader, writer
from syncengine.store import audit, settings


def close(connection: Connection, company_id: int, order_ids: Sequence[int], at: datetime) -> None:
    """Close those of the orders that are drop-ship orders and open: nothing of them ever comes to our own stock.

    An order is closed so once: one that a person has opened again stays open, and keeps the day on which it was closed.
    """
    if settings.all_of(connection, company_id)["close_drop_ship"] is not True:
        return
    orders = reader.load_headers(connection, "purchase_order", company_id, order_ids)
    due = [
        order_id for order_id, order in orders.items()
        if order.get("drop_ship") is True and order.get("status") == "open" and order.get("closed_on") is None
    ]  # fmt: skip
    if not due:
        return
    closed = {"status": "closed", "closed_on": today(connection, company_id, at)}
    with guarded(connection, company_id):  # their marks are being taken up just now
        writer.save_many(connection, "purchase_order", company_id, [writer.Draft(closed, order_id) for order_id in due])
    told = [audit.Line("closed by itself", audit.ENGINE, "purchase_order", order_id) for order_id in due]
    audit.write(connection, company_id, at, told)


__all__ = ["close"]
