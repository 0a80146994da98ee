"""Shipments, returns, builds, processes, drop-ship orders and deposits post journal entries, and follow their records."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncengine.store import numbers
from tests.support.trade import DAY, sides

D = Decimal


# --- shipments and customer returns --------------------------------------------------------------------------------


def test_a_shipment_moves_its_cost_from_stock_to_cost_of_goods_sold(both_trade):
    trade = both_trade
    made = trade.save("shipment", [trade.line("Anchor", 3, "9.995"), trade.line("Buoy", 1, 4), trade.line("Labour", 2)], number="S-1", customer_id=trade.customer)
    trade.sync()
    entry = trade.one("JournalEntry")
    assert sides(entry) == [
        ("Debit", "Cost of Goods Sold", D("29.99")), ("Credit", "Inventory Asset", D("29.99")),
        ("Debit", "Freight & delivery - COS", D(4)), ("Credit", "Prepaid Expenses", D(4)),
    ]  # fmt: skip
    assert entry["PrivateNote"].startswith("Shipment S-1 [T-")
    trade.save("shipment", [trade.line("Anchor", 1, 10)], id=made)
    trade.sync()
    assert trade.one("JournalEntry")["Id"] == entry["Id"]
    assert trade.balances() == {"Cost of Goods Sold": D(10), "Inventory Asset": D(-10)}
    trade.delete("shipment", made)
    trade.sync()
    assert trade.objects("JournalEntry") == []


def test_while_costs_are_not_posted_shipments_and_returns_wait_and_go_once_it_is_on_again(trade):
    trade.world.set(trade.company, post_cogs=False)
    trade.save("shipment", [trade.line("Anchor", 1, 10)], number="S")
    trade.save("customer_return", [trade.line("Anchor", 1, restock_cost=D(4))], number="R", customer_id=trade.customer)
    assert trade.world.sync(trade.company).sent == 0
    assert trade.objects("JournalEntry") == []
    assert trade.notes() == ["It waits: the company's settings keep these records out of the sync."] * 2
    trade.world.set(trade.company, post_cogs=True)
    trade.sync()
    assert trade.balances() == {"Cost of Goods Sold": D(6), "Inventory Asset": D(-6)}


def test_a_customer_return_goes_back_into_stock_at_restock_value_whatever_is_credited(trade):
    lines = [trade.line("Anchor", 3, restock_cost=D("1.115"), unit_price=D(20), amount=D(55)), trade.line("Labour", 1, unit_price=D(5))]
    made = trade.save("customer_return", lines, number="R-1", customer_id=trade.customer)
    trade.sync()
    assert sides(trade.one("JournalEntry")) == [("Debit", "Inventory Asset", D("3.35")), ("Credit", "Cost of Goods Sold", D("3.35"))]
    [first, _] = trade.world.record(trade.company, "customer_return", made)["lines"]
    trade.save("customer_return", [{"id": first["id"], "restock_cost": D(0)}], id=made)
    trade.sync()
    assert trade.objects("JournalEntry") == []
    assert trade.balances() == {}


def test_a_customer_return_without_a_restock_value_says_so(trade):
    trade.save("customer_return", [trade.line("Anchor", 1, line_no=1)], number="R", customer_id=trade.customer)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [(
        "line 1: restock_cost: The line does not say what one unit is worth when it goes back into stock.",
        "Fill in the restock cost; 0 where it is worth nothing.",
    )]  # fmt: skip


def test_a_shipment_line_without_a_cost_is_never_worth_nothing_in_silence(trade):
    trade.save("shipment", [trade.line("Anchor", 1, line_no=1)], number="S")
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [("line 1: unit_cost: The line says neither what one unit costs nor an amount.", "Fill in one of them.")]


# --- returns to vendors --------------------------------------------------------------------------------------------


def test_a_return_to_a_vendor_who_gives_credit_is_a_vendor_credit(trade):
    lines = [trade.line("Anchor", 2, 10), {"account": "Purchases", "amount": D("-1.50"), "description": "Restocking fee"}]
    made = trade.save("vendor_return", lines, number="VR-1", vendor_id=trade.vendor)
    trade.sync()
    credit = trade.one("VendorCredit")
    assert (credit["DocNumber"], credit["TotalAmt"], credit["VendorRef"]["name"]) == ("VR-1", D("18.5"), "Ropeworks")
    assert credit["PrivateNote"].startswith("Return to vendor VR-1 [T-")
    assert trade.balances() == {"Inventory Asset": D(-20), "Purchases": D("1.5"), "Accounts Payable (A/P)": D("18.5")}
    # Without credit the value goes to the account that the return names, which is mandatory.
    trade.save("vendor_return", id=made, vendor_credit=False)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [(
        "account: A return without a vendor credit has to say which account its value goes to.",
        "Choose an account on the return, or switch its vendor credit on.",
    )]  # fmt: skip
    assert trade.objects("VendorCredit") == []
    trade.save("vendor_return", id=made, account="Inventory Shrinkage")
    trade.sync()
    assert trade.balances() == {"Inventory Asset": D(-20), "Purchases": D("1.5"), "Inventory Shrinkage": D("18.5")}
    trade.save("vendor_return", id=made, account="Accounts Payable (A/P)")
    trade.sync()
    assert trade.one("JournalEntry")["Line"][0]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"] == "Ropeworks"
    trade.delete("vendor_return", made)
    trade.sync()
    assert trade.balances() == {}


# --- drop-ship orders ----------------------------------------------------------------------------------------------


def test_a_drop_ship_order_closes_by_itself_and_posts_its_costs(both_trade):
    trade = both_trade
    trade.world.set(trade.company, close_drop_ship=True)
    line = trade.line("Anchor", 2, 10, customer_id=trade.customer)
    order = trade.save("purchase_order", [line], number="P-1", vendor_id=trade.vendor, drop_ship=True)
    ordinary = trade.save("purchase_order", [trade.line("Anchor", 2, 10)], number="P-2", vendor_id=trade.vendor)
    trade.capture()
    assert sorted(each.entity for each in trade.world.preview(trade.company)) == ["JournalEntry", "PurchaseOrder", "PurchaseOrder"]
    trade.sync()
    assert {each["DocNumber"]: each["POStatus"] for each in trade.objects("PurchaseOrder")} == {"P-1": "Closed", "P-2": "Open"}
    entry = trade.one("JournalEntry")
    assert sides(entry) == [("Debit", "Cost of Goods Sold", D(20)), ("Credit", "Accounts Payable (A/P)", D(20))]
    assert entry["TxnDate"] == trade.world.clock.now().date().isoformat()
    assert entry["PrivateNote"].startswith("Drop-ship purchase order P-1 [T-")
    details = [each["JournalEntryLineDetail"]["Entity"] for each in entry["Line"]]
    assert [(each["Type"], each["EntityRef"]["name"]) for each in details] == [("Customer", "Harbour Supply"), ("Vendor", "Ropeworks")]
    assert trade.world.settle(trade.company).sent == 0
    # Opened again by a person it stays open, and posts nothing; what was never a drop-ship order never closes.
    trade.save("purchase_order", id=order, status="open")
    trade.save("purchase_order", id=ordinary, vendor_memo="hurry")
    trade.sync()
    trade.save("purchase_order", id=order, vendor_memo="hurry")
    trade.sync()
    assert {each["POStatus"] for each in trade.objects("PurchaseOrder")} == {"Open"}
    assert trade.balances() == {}
    trade.save("purchase_order", id=order, status="closed", closed_on="2026-03-20")
    trade.sync()
    assert trade.one("JournalEntry")["TxnDate"] == "2026-03-20"


def test_where_such_orders_are_not_closed_by_themselves_they_post_nothing(trade):
    trade.save("purchase_order", [trade.line("Anchor", 2, 10)], number="P", vendor_id=trade.vendor, drop_ship=True, status="closed", closed_on=DAY)
    trade.sync()
    assert len(trade.objects("PurchaseOrder")) == 1
    assert trade.objects("JournalEntry") == []
    assert trade.world.waiting(trade.company) == []


# --- deposits ------------------------------------------------------------------------------------------------------


def test_only_an_order_with_a_deposit_posts(trade):
    order = trade.save("sales_order", [{"item_id": trade.items["Anchor"], "quantity": 1, "unit_price": 20}], number="O-1", customer_id=trade.customer)
    assert trade.world.sync(trade.company).sent == 0
    trade.save("sales_order", id=order, deposit=D("7.25"))
    trade.sync()
    entry = trade.one("JournalEntry")
    assert sides(entry) == [("Debit", "Undeposited Funds", D("7.25")), ("Credit", "Payroll Clearing", D("7.25"))]
    assert entry["PrivateNote"].startswith("Sales order O-1 [T-")
    assert {each["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"] for each in entry["Line"]} == {"Harbour Supply"}
    assert trade.world.settle(trade.company).sent == 0
    trade.save("sales_order", id=order, deposit=None)
    trade.sync()
    assert trade.objects("JournalEntry") == []


def test_a_payment_on_an_order_is_a_deposit_and_any_other_payment_is_none(trade):
    order = trade.save("sales_order", [], number="O-1", customer_id=trade.customer)
    trade.save("payment", [], number="Y-1", customer_id=trade.customer, amount=D(9), sales_order_id=order)
    paid = trade.save("payment", [], number="Y-2", customer_id=trade.customer, amount=D(5), sales_order_id=order, deposit_account="Checking")
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(9), "Checking": D(5), "Payroll Clearing": D(-14)}
    trade.delete("payment", paid)
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(9), "Payroll Clearing": D(-9)}
    with trade.world.site.database.reading() as connection:
        # A number of our series is given to what posts, and to nothing else.
        assert numbers.of_records(connection, trade.company, "JournalEntry", "sales_order", [order]) == {}


def test_a_deposit_without_a_liability_account_says_which_setting_is_missing(trade):
    trade.world.set(trade.company, deposit_liability_account="")
    trade.save("sales_order", [], number="O-1", customer_id=trade.customer, deposit=D(5))
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [(
        "deposit liability account: There is no deposit liability account, and the company has no default.",
        "Set the company's deposit liability account.",
    )]  # fmt: skip


# --- builds and processes ------------------------------------------------------------------------------------------


def test_a_build_is_worth_its_inputs_and_services_come_out_of_expenses(trade):
    made = trade.save("build", [trade.line("Anchor", 3, "9.995"), trade.line("Labour", "1.5", 20)], number="B-1", item_id=trade.items["Buoy"], quantity=2)
    trade.sync()
    entry = trade.one("JournalEntry")
    assert sides(entry) == [("Debit", "Prepaid Expenses", D("59.99")), ("Credit", "Inventory Asset", D("29.99")), ("Credit", "Purchases", D(30))]
    assert [each["Description"] for each in entry["Line"]] == ["Buoy, 2 pcs", "Anchor, 3 pcs", "Labour, 1.5 pcs"]
    assert trade.world.settle(trade.company).sent == 0
    trade.delete("build", made)
    trade.sync()
    assert trade.balances() == {}


@pytest.mark.parametrize("kind", ["build", "process"])
def test_what_is_not_finished_is_held_back_and_goes_once_it_is(trade, kind):
    bench, shelf = trade.save("work_center", name="Bench"), trade.save("work_center", name="Shelf", finished_goods=True)
    more = {"item_id": trade.items["Buoy"], "quantity": 1} if kind == "build" else {}
    lines = [trade.line("Anchor", 1, 10), *([trade.line("Buoy", 1, role="output")] if kind == "process" else [])]
    made = trade.save(kind, lines, number="M", work_center_id=bench, **more)
    assert trade.world.sync(trade.company).result == "ok"
    assert trade.world.sync(trade.company).sent == 0
    assert trade.notes() == ["It waits in the work center Bench: what is not finished posts nothing."]
    trade.save(kind, id=made, work_center_id=shelf)
    trade.sync()
    assert trade.balances() == {"Prepaid Expenses": D(10), "Inventory Asset": D(-10)}
    # Back on the bench it posts nothing again, and waits.
    trade.save(kind, id=made, work_center_id=bench)
    trade.sync()
    assert trade.balances() == {}
    assert trade.notes() == ["It waits in the work center Bench: what is not finished posts nothing."]
    trade.save(kind, id=made, work_center_id=None)
    trade.sync()
    assert trade.balances() == {"Prepaid Expenses": D(10), "Inventory Asset": D(-10)}


def test_a_work_center_that_becomes_finished_goods_lets_go_what_waited_there(trade):
    bench = trade.save("work_center", name="Bench")
    trade.save("build", [trade.line("Anchor", 1, 10)], number="M", work_center_id=bench, item_id=trade.items["Buoy"], quantity=1)
    assert trade.world.sync(trade.company).sent == 0
    trade.save("work_center", id=bench, finished_goods=True)
    trade.sync()
    assert len(trade.objects("JournalEntry")) == 1


def test_the_outputs_of_a_process_share_its_value_by_standard_cost_to_the_cent(trade):
    trade.save("item", id=trade.items["Anchor"], standard_cost=1)
    trade.save("item", id=trade.items["Buoy"], standard_cost=2)
    lines = [
        trade.line("Labour", 1, 100), trade.line("Anchor", 1, role="output"), trade.line("Anchor", 1, role="output"), trade.line("Buoy", "0.5", role="output"),
    ]  # fmt: skip
    trade.save("process", lines, number="X")
    trade.sync()
    assert sides(trade.one("JournalEntry")) == [
        ("Debit", "Inventory Asset", D("33.34")), ("Debit", "Inventory Asset", D("33.33")), ("Debit", "Prepaid Expenses", D("33.33")), ("Credit", "Purchases", D(100)),
    ]  # fmt: skip


def test_an_output_without_a_standard_cost_gets_nothing_unless_it_is_the_only_one(trade):
    trade.save("item", id=trade.items["Anchor"], standard_cost=1)
    alone = trade.save("process", [trade.line("Labour", 1, 100), trade.line("Buoy", 1, role="output")], number="X")
    trade.sync()
    assert trade.balances() == {"Prepaid Expenses": D(100), "Purchases": D(-100)}
    [_, output] = trade.world.record(trade.company, "process", alone)["lines"]
    trade.save("process", [trade.line("Labour", 1, 100), {"id": output["id"]}, trade.line("Anchor", 1, role="output")], id=alone)
    trade.sync()
    assert trade.balances() == {"Inventory Asset": D(100), "Purchases": D(-100)}
    trade.save("item", id=trade.items["Anchor"], standard_cost=None)
    trade.save("process", id=alone, private_note="again")
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [(
        "standard cost: The value of the inputs is shared out by quantity x standard cost, and that is no sum above 0.",
        "Give the items that come out of it a standard cost.",
    )]  # fmt: skip


def test_a_process_out_of_which_nothing_comes_says_so(trade):
    trade.save("process", [trade.line("Anchor", 1, 100)], number="X")
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [("lines: The process says nothing of what came out of it.", "Add a line with the role output.")]


# --- what all of them have in common -------------------------------------------------------------------------------


def test_each_kind_has_its_own_number_of_one_series_and_its_own_marker(trade):
    trade.save("shipment", [trade.line("Anchor", 1, 10)], number="S")
    trade.save("adjustment", [trade.line("Anchor", 1, 10)], number="A")
    trade.save("build", [trade.line("Anchor", 1, 10)], number="B", item_id=trade.items["Buoy"], quantity=1)
    trade.sync()
    entries = trade.objects("JournalEntry")
    assert sorted(each["DocNumber"] for each in entries) == ["TO-1", "TO-2", "TO-3"]
    assert len({each["PrivateNote"][-12:] for each in entries}) == 3
    assert trade.world.settle(trade.company).sent == 0


def test_an_entry_that_waits_for_its_vendor_goes_in_the_same_cycle(trade):
    trade.world.set(trade.company, close_drop_ship=True)
    vendor = trade.save("vendor", name="New one")
    trade.save("purchase_order", [trade.line("Anchor", 2, 10)], number="P", vendor_id=vendor, drop_ship=True, status="closed", closed_on=DAY)
    trade.save("item_receipt", [trade.line("Anchor", 2, 10)], number="R", vendor_id=trade.save("vendor", name="Another"), posts_as="check")
    trade.sync()
    assert len(trade.objects("JournalEntry")) == len(trade.objects("Purchase")) == 1
