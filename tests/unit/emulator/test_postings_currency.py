"""Postings in another currency: home cents at the transaction's rate, exchange gains, accounts and names in their own currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, sale
from tests.unit.emulator.ledger import SALE, columns, goods, posted, sound, stock_line

EUR = {"value": "EUR"}


@pytest.fixture
def trade(desk: Desk) -> tuple[Desk, str, str, str]:
    """A client of a company that deals in euros, a customer and a vendor in euros, an item."""
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    desk.post("companycurrency", {"Code": "EUR"})
    return desk, desk.customer(CurrencyRef=EUR)["Id"], desk.vendor(CurrencyRef=EUR)["Id"], desk.item()["Id"]


def invoice(desk: Desk, customer: str, rate: Any, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return desk.post("invoice", {"CustomerRef": {"value": customer}, "CurrencyRef": EUR, "ExchangeRate": rate, "Line": list(lines), **more})


def test_an_invoice_in_euros_posts_home_cents_to_receivables_of_its_own(trade):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.1", sale(item, 100))
    assert posted(desk, "Invoice", made["Id"]) == {"Accounts Receivable (A/R) - EUR": 110, "Sales of Product Income": -110}
    assert columns(desk, "Invoice", made["Id"], "foreign_amount", "currency") == [(10_000, "EUR"), (-10_000, "EUR")]
    owing = desk.read("Account", desk.account("Accounts Receivable (A/R) - EUR")["value"])
    assert (owing["CurrentBalance"], owing["CurrencyRef"]["value"]) == (100, "EUR")
    assert desk.read("Customer", customer)["Balance"] == 100
    sound(desk)


def test_what_conversion_rounds_off_stays_balanced(trade):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.005", *(sale(item, Decimal("0.99")) for _ in range(7)))
    assert sum(amount for (amount,) in columns(desk, "Invoice", made["Id"], "amount")) == 0
    assert columns(desk, "Invoice", made["Id"], "amount")[0] == (696,)
    sound(desk)


@pytest.mark.parametrize(("rate", "gain"), [("1.2", -10), ("1.05", 5), ("1.1", 0)])
def test_a_payment_at_another_rate_posts_the_gain_or_loss(trade, rate, gain):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.1", sale(item, 100))
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    payment = desk.post("payment", {"CustomerRef": {"value": customer}, "CurrencyRef": EUR, "ExchangeRate": rate, "TotalAmt": 100, "Line": [line]})
    found = posted(desk, "Payment", payment["Id"])
    assert found.pop("Exchange Gain or Loss", 0) == gain
    assert found == {"Undeposited Funds": 110 - gain, "Accounts Receivable (A/R) - EUR": -110}
    assert (desk.read("Customer", customer)["Balance"], desk.read("Invoice", made["Id"])["Balance"]) == (0, 0)
    sound(desk)


def test_another_rate_of_an_invoice_changes_the_gain_of_its_payment(trade):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.1", sale(item, 100))
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    payment = desk.post("payment", {"CustomerRef": {"value": customer}, "CurrencyRef": EUR, "ExchangeRate": "1.1", "TotalAmt": 100, "Line": [line]})
    desk.post("invoice", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "CurrencyRef": EUR, "ExchangeRate": "1.3"})
    assert posted(desk, "Payment", payment["Id"])["Exchange Gain or Loss"] == 20
    sound(desk)


def test_a_bill_in_euros_fills_the_stock_in_home_cents(trade):
    desk, customer, vendor, _ = trade
    crate = goods(desk)
    wish = {"VendorRef": {"value": vendor}, "CurrencyRef": EUR, "ExchangeRate": "1.1", "Line": [stock_line(crate, 4, 40), cost(desk.account("Supplies"), 10)]}
    bill = desk.post("bill", wish)
    assert posted(desk, "Bill", bill["Id"])["Inventory Asset"] == 44
    assert desk.read("Vendor", vendor)["Balance"] == 50
    made = invoice(desk, customer, "1.2", stock_line(crate, 1, 20, SALE))
    assert posted(desk, "Invoice", made["Id"]) == {
        "Accounts Receivable (A/R) - EUR": 24, "Sales of Product Income": -24, "Inventory Asset": -11, "Cost of Goods Sold": 11,
    }  # fmt: skip
    sound(desk)


def test_a_bill_payment_at_another_rate_posts_the_gain_or_loss(trade):
    desk, _, vendor, _ = trade
    wish = {"VendorRef": {"value": vendor}, "CurrencyRef": EUR, "ExchangeRate": "1.1", "Line": [cost(desk.account("Supplies"), 100)]}
    bill = desk.post("bill", wish)
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.account("Checking")}, "CurrencyRef": EUR, "ExchangeRate": "1.25"}
    payment = desk.post("billpayment", {"VendorRef": {"value": vendor}, "TotalAmt": 100, "Line": [line], **paid})
    found = posted(desk, "BillPayment", payment["Id"])
    assert (found["Checking"], found["Exchange Gain or Loss"]) == (-125, 15)
    assert desk.read("Vendor", vendor)["Balance"] == 0
    sound(desk)


def test_a_payment_in_another_currency_cannot_settle_it(trade):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.1", sale(item, 100))
    assert made["ExchangeRate"] == Decimal("1.1")
    dollars = desk.customer("Dollar")["Id"]
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    wish = {"CustomerRef": {"value": dollars}, "CurrencyRef": {"value": "USD"}, "TotalAmt": 100, "Line": [line]}
    assert desk.refused("payment", wish)["code"] == "620"


def test_the_open_balance_is_shown_in_home_currency_as_well(trade):
    desk, customer, _, item = trade
    made = invoice(desk, customer, "1.1", sale(item, 100))
    assert (made["HomeTotalAmt"], made["HomeBalance"]) == (110, 110)
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    desk.post("payment", {"CustomerRef": {"value": customer}, "CurrencyRef": EUR, "ExchangeRate": "1.2", "TotalAmt": 40, "Line": [line]})
    found = desk.read("Invoice", made["Id"])
    assert (found["Balance"], found["HomeBalance"]) == (60, 66)
