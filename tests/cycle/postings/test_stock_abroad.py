"""What buying and stock post where QuickBooks deals in several currencies: the vendor's for what is owed, the home one for stock."""

from __future__ import annotations

from decimal import Decimal

from tests.support.trade import Trade

D = Decimal


def abroad(trade: Trade) -> Trade:
    """The company with euros, and a vendor and a customer who deal in them."""
    world = trade.world
    world.actor(trade.company, "set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    world.actor(trade.company, "create", entity="CompanyCurrency", object={"Code": "EUR"})
    world.set(trade.company, multicurrency=True, close_drop_ship=True)
    world.clock.advance(2 * 86_400)
    world.sync(trade.company)
    trade.vendor = trade.save("vendor", name="Chantier", currency="EUR")
    trade.customer = trade.save("customer", name="Abbaye", currency="EUR")
    trade.sync()
    return trade


def test_a_receipt_is_owed_in_the_vendors_currency_at_its_own_rate(trade):
    abroad(trade)
    euro = {"vendor_id": trade.vendor, "currency": "EUR", "exchange_rate": D("1.25")}
    made = trade.save("item_receipt", [trade.line("Anchor", 2, 10)], number="R", **euro)
    silent = trade.save("item_receipt", [trade.line("Anchor", 1, 10)], number="Q", vendor_id=trade.vendor, currency="EUR")
    trade.save("vendor_return", [trade.line("Anchor", 1, 10)], number="V", **euro)
    trade.sync()
    bill = next(each for each in trade.objects("Bill") if each["PrivateNote"].startswith("Item receipt R"))
    assert (bill["CurrencyRef"]["value"], bill["ExchangeRate"], bill["TotalAmt"]) == ("EUR", D("1.25"), D(20))
    credit = trade.one("VendorCredit")
    assert (credit["CurrencyRef"]["value"], credit["ExchangeRate"]) == ("EUR", D("1.25"))
    assert trade.world.record(trade.company, "item_receipt", silent)["exchange_rate"] is None, "a posting changes no record"
    assert trade.world.settle(trade.company).sent == 0
    trade.save("item_receipt", id=made, exchange_rate=D("1.5"))
    trade.sync()
    assert next(each for each in trade.objects("Bill") if each["Id"] == bill["Id"])["ExchangeRate"] == D("1.5")


def test_a_receipt_in_another_currency_than_its_vendors_is_refused_here(trade):
    abroad(trade)
    trade.save("item_receipt", [trade.line("Anchor", 2, 10)], number="R", vendor_id=trade.vendor)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told()[0][0] == "currency: The document is in USD, and its vendor Chantier in EUR; QuickBooks wants EUR here."


def test_entries_on_stock_are_in_home_currency_and_those_on_orders_in_the_orders(trade):
    abroad(trade)
    euro = {"currency": "EUR", "exchange_rate": D("1.25")}
    trade.save("shipment", [trade.line("Anchor", 1, 10)], number="S", customer_id=trade.customer)
    trade.save("customer_return", [trade.line("Anchor", 1, restock_cost=D(4))], number="C", customer_id=trade.customer, **euro)
    trade.save("sales_order", [], number="O", customer_id=trade.customer, deposit=D(8), **euro)
    trade.save("purchase_order", [trade.line("Anchor", 2, 10)], number="P", vendor_id=trade.vendor, drop_ship=True, **euro)
    trade.sync()
    entries = {each["PrivateNote"].split()[0]: each for each in trade.objects("JournalEntry")}
    assert {name: each["CurrencyRef"]["value"] for name, each in entries.items()} == {"Shipment": "USD", "Customer": "USD", "Sales": "EUR", "Drop-ship": "EUR"}
    assert trade.balances() == {
        "Inventory Asset": D(-6), "Cost of Goods Sold": D(31), "Undeposited Funds": D(10), "Payroll Clearing": D(-10), "Accounts Payable (A/P)": D(-25),
    }  # fmt: skip
    assert trade.world.settle(trade.company).sent == 0
