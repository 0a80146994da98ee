"""The day by which a posting waits, is left out or let in is the day that it bears in QuickBooks."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cycle.test_settings import change
from tests.support.trade import Trade


def closed_order(trade: Trade, closed_on: str, **values: Any) -> int:
    values = {"number": "P-1", "vendor_id": trade.vendor, "drop_ship": True, "status": "closed", "closed_on": closed_on, **values}
    return trade.save("purchase_order", [trade.line("Anchor", 2, 10)], **values)


def test_the_costs_of_a_drop_ship_order_wait_or_go_by_the_day_on_which_it_was_closed(trade):
    trade.world.set(trade.company, close_drop_ship=True, closing_date=date(2026, 3, 31))
    order = closed_order(trade, "2026-04-15")  # ordered on the 10th of March, which is closed
    trade.world.sync(trade.company)
    assert trade.one("JournalEntry")["TxnDate"] == "2026-04-15"
    trade.save("purchase_order", id=order, closed_on="2026-03-20")
    trade.world.sync(trade.company)
    assert trade.one("JournalEntry")["TxnDate"] == "2026-04-15"
    assert any("dated 2026-03-20, and the books are closed up to 2026-03-31" in note for note in trade.notes())


def test_the_costs_of_a_drop_ship_order_are_left_out_and_let_in_by_the_day_on_which_it_was_closed(trade):
    trade.world.set(trade.company, close_drop_ship=True, not_before=date(2026, 3, 1))
    closed_order(trade, "2026-02-20", txn_date=date(2026, 1, 20))
    closed_order(trade, "2026-03-20", number="P-2", txn_date=date(2026, 1, 20))
    trade.sync()
    assert [each["TxnDate"] for each in trade.objects("JournalEntry")] == ["2026-03-20"]
    change(trade.world, trade.company, not_before="2026-02-01")
    trade.sync()
    assert sorted(each["TxnDate"] for each in trade.objects("JournalEntry")) == ["2026-02-20", "2026-03-20"]
    assert trade.objects("PurchaseOrder") == [], "the orders themselves are too old"
