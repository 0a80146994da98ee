"""What stock costs: first in, first out, also when it is entered late, sold too early, counted or returned."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.emulator.postings.stock import Stock
from tests.unit.emulator.desk import Desk
from tests.unit.emulator.ledger import SALE, goods, posted, sound, stock_line

UNIT = 10**7
COST = "Cost of Goods Sold"
STOCK = "Inventory Asset"


@pytest.fixture
def store(desk: Desk) -> tuple[Desk, str, str]:
    """A client, a customer and a vendor."""
    return desk, desk.customer()["Id"], desk.vendor()["Id"]


def buy(desk: Desk, vendor: str, item: str, quantity, amount, day: str = "2026-01-05", **more):
    wish = {"VendorRef": {"value": vendor}, "TxnDate": day, "Line": [stock_line(item, quantity, amount)], **more}
    return desk.post("bill", wish)["Id"]


def sell(desk: Desk, customer: str, item: str, quantity, day: str = "2026-01-10"):
    wish = {"CustomerRef": {"value": customer}, "TxnDate": day, "Line": [stock_line(item, quantity, 100, SALE)]}
    return desk.post("invoice", wish)["Id"]


def cost_of(desk: Desk, invoice: str) -> Decimal:
    return posted(desk, "Invoice", invoice).get(COST, Decimal(0))


def test_the_units_that_came_first_leave_first(store):
    desk, customer, vendor = store
    crate = goods(desk, quantity=2, cost=4)
    buy(desk, vendor, crate, 3, 18)
    assert [cost_of(desk, sell(desk, customer, crate, 1)), cost_of(desk, sell(desk, customer, crate, 3))] == [4, 16]
    assert sound(desk)[STOCK] == 6
    assert desk.read("Item", crate)["QtyOnHand"] == 1


def test_a_receipt_entered_late_re_costs_what_was_sold_after_it(store):
    desk, customer, vendor = store
    crate = goods(desk)
    buy(desk, vendor, crate, 5, 50, "2026-01-08")
    sale = sell(desk, customer, crate, 5)
    assert cost_of(desk, sale) == 50
    late = buy(desk, vendor, crate, 5, 20, "2026-01-02")
    assert (cost_of(desk, sale), sound(desk)[STOCK]) == (20, 50)
    desk.post("bill?operation=delete", {"Id": late, "SyncToken": "0"})
    assert cost_of(desk, sale) == 50
    assert STOCK not in sound(desk)


def test_another_price_of_a_bill_re_costs_its_sales(store):
    desk, customer, vendor = store
    crate = goods(desk)
    bill, sale = buy(desk, vendor, crate, 5, 50), sell(desk, customer, crate, 2)
    desk.post("bill", {"Id": bill, "SyncToken": "0", "sparse": True, "Line": [stock_line(crate, 5, 60)]})
    assert cost_of(desk, sale) == 24


def test_what_is_sold_before_it_is_there_costs_what_comes_next(store):
    desk, customer, vendor = store
    crate = goods(desk, cost=4)
    sale = sell(desk, customer, crate, 2)
    assert (cost_of(desk, sale), desk.read("Item", crate)["QtyOnHand"], sound(desk)[STOCK]) == (8, -2, -8)
    buy(desk, vendor, crate, 2, 14, "2026-01-20")
    assert (cost_of(desk, sale), desk.read("Item", crate)["QtyOnHand"]) == (14, 0)
    assert STOCK not in sound(desk)


def test_what_was_sold_too_early_and_came_back_still_takes_the_next_price(store):
    desk, customer, vendor = store
    crate = goods(desk)
    buy(desk, vendor, crate, 1, 10)
    sale = sell(desk, customer, crate, 3, "2026-01-10")
    memo = {"CustomerRef": {"value": customer}, "TxnDate": "2026-01-11", "Line": [stock_line(crate, 3, 100, SALE)]}
    desk.post("creditmemo", memo)
    assert cost_of(desk, sale) == 30
    buy(desk, vendor, crate, 5, 100, "2026-01-12")
    assert cost_of(desk, sale) == 50
    assert sound(desk)[STOCK] == 110


def test_no_cent_is_lost_when_a_price_does_not_divide(store):
    desk, customer, vendor = store
    crate = goods(desk)
    buy(desk, vendor, crate, 3, 10)
    costs = [cost_of(desk, sell(desk, customer, crate, 1)) for _ in range(3)]
    assert costs == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert STOCK not in sound(desk)


def test_a_customers_return_comes_back_at_the_cost_of_what_left_last(store):
    desk, customer, vendor = store
    crate = goods(desk, quantity=1, cost=4)
    buy(desk, vendor, crate, 1, 9)
    sell(desk, customer, crate, 2)
    memo = desk.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [stock_line(crate, 1, 100, SALE)]})
    assert posted(desk, "CreditMemo", memo["Id"])[STOCK] == 9
    assert desk.read("Item", crate)["QtyOnHand"] == 1


def test_what_goes_back_to_the_vendor_leaves_at_its_cost(store):
    desk, _, vendor = store
    crate = goods(desk)
    buy(desk, vendor, crate, 5, 50)
    credit = desk.post("vendorcredit", {"VendorRef": {"value": vendor}, "Line": [stock_line(crate, 2, 23)]})
    assert posted(desk, "VendorCredit", credit["Id"]) == {"Accounts Payable (A/P)": 23, STOCK: -20, COST: -3}
    assert (desk.read("Item", crate)["QtyOnHand"], sound(desk)[STOCK]) == (3, 30)


def test_a_purchase_by_check_or_card_fills_the_stock_as_a_bill_does(store):
    desk, *_ = store
    crate = goods(desk)
    wish = {"PaymentType": "Check", "AccountRef": desk.account("Checking"), "Line": [stock_line(crate, 4, 20)]}
    made = desk.post("purchase", wish)
    assert posted(desk, "Purchase", made["Id"]) == {"Checking": -20, STOCK: 20}
    assert desk.read("Item", crate)["QtyOnHand"] == 4


def test_an_item_begins_against_opening_balance_equity(desk: Desk):
    crate = goods(desk, quantity=10, cost="2.5")
    assert sound(desk) == {STOCK: 25, "Opening Balance Equity": -25}
    assert desk.read("Item", crate)["QtyOnHand"] == 10


def test_another_quantity_of_an_item_is_a_count(store):
    desk, *_ = store
    crate = goods(desk, quantity=10, cost=4)
    base = {"Id": crate, "sparse": True, "Name": "Crate"}
    after = desk.post("item", {**base, "SyncToken": "0", "QtyOnHand": 12})
    assert (after["QtyOnHand"], sound(desk)["Inventory Shrinkage"]) == (12, -8)
    after = desk.post("item", {**base, "SyncToken": "1", "QtyOnHand": 7})
    assert (after["QtyOnHand"], sound(desk)["Inventory Shrinkage"], sound(desk)[STOCK]) == (7, 12, 28)
    again = desk.post("item", after)
    assert (again["QtyOnHand"], sound(desk)[STOCK]) == (7, 28)


def test_an_adjustment_moves_the_stock_against_the_account_it_names(store):
    desk, *_ = store
    crate = goods(desk, quantity=10, cost=4)

    def adjust(change: int) -> str:
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": {"ItemRef": {"value": crate}, "QtyDiff": change}}
        return desk.post("inventoryadjustment", {"AdjustAccountRef": desk.account("Supplies"), "Line": [line]})["Id"]

    less, more = adjust(-3), adjust(1)
    assert posted(desk, "InventoryAdjustment", less) == {STOCK: -12, "Supplies": 12}
    assert posted(desk, "InventoryAdjustment", more) == {STOCK: 4, "Supplies": -4}
    assert desk.read("Item", crate)["QtyOnHand"] == 8
    sound(desk)


def test_other_accounts_of_an_item_rewrite_its_history(store):
    desk, customer, _ = store
    crate = goods(desk, quantity=10, cost=4)
    sale = sell(desk, customer, crate, 2)
    desk.post("item", {"Id": crate, "SyncToken": "0", "sparse": True, "Name": "Crate", "IncomeAccountRef": desk.account("Sales")})
    assert posted(desk, "Invoice", sale)["Sales"] == -100
    sound(desk)


def test_a_merger_of_items_puts_their_stock_together(store):
    desk, customer, _ = store
    crate, box = goods(desk, "Crate", 2, 4), goods(desk, "Box", 1, 9)
    sale = sell(desk, customer, box, 1)
    desk.act("merge", entity="Item", id=box, into=crate)
    assert desk.read("Item", crate)["QtyOnHand"] == 2
    assert cost_of(desk, sale) == 4
    assert sound(desk)[STOCK] == 13


quantities = st.integers(1, 50).map(lambda each: each * UNIT // 4)


@given(st.lists(st.tuples(quantities, st.integers(0, 10_000)), max_size=6), st.lists(st.integers(-40, 60), max_size=12))
def test_costs_add_up_to_what_was_received(receipts, issues):
    stock = Stock(unit_cost=375)
    for quantity, value in receipts:
        stock.receive(quantity, value)
    costs = [stock.issue(each * UNIT // 4) for each in issues]
    assert stock.value == sum(value for _, value in receipts) - sum(costs)
    costs.append(stock.issue(stock.ends[-1] - stock.position))
    assert stock.value == 0
