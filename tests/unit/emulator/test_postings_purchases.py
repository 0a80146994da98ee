"""What bills, vendor credits, purchases and bill payments post."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import Desk, cost
from tests.unit.emulator.ledger import columns, posted, sound, stock_line

OWED = "Accounts Payable (A/P)"


@pytest.fixture
def office(desk: Desk) -> tuple[Desk, str]:
    """A client and a vendor."""
    return desk, desk.vendor()["Id"]


def test_a_bill_and_a_vendor_credit_post_to_the_accounts_of_their_lines(office):
    desk, vendor = office
    part = desk.item("Part", ExpenseAccountRef=desk.account("Cost of Goods Sold"))["Id"]
    lines = [cost(desk.account("Supplies"), 30), stock_line(part, 2, 20)]
    bill = desk.post("bill", {"VendorRef": {"value": vendor}, "Line": lines})
    credit = desk.post("vendorcredit", {"VendorRef": {"value": vendor}, "Line": lines})
    assert posted(desk, "Bill", bill["Id"]) == {OWED: -50, "Supplies": 30, "Cost of Goods Sold": 20}
    assert posted(desk, "VendorCredit", credit["Id"]) == {OWED: 50, "Supplies": -30, "Cost of Goods Sold": -20}
    assert columns(desk, "Bill", bill["Id"], "name_type", "name", "item", "quantity")[2] == ("Vendor", vendor, part, 20_000_000)
    assert sound(desk) == {}


def test_a_line_for_a_customer_posts_under_the_customers_name(office):
    desk, vendor = office
    customer = desk.customer()["Id"]
    bill = desk.post("bill", {"VendorRef": {"value": vendor}, "Line": [cost(desk.account("Supplies"), 30, CustomerRef={"value": customer})]})
    assert columns(desk, "Bill", bill["Id"], "name_type", "name") == [("Vendor", vendor), ("Customer", customer)]


@pytest.mark.parametrize(("kind", "account"), [("Cash", "Checking"), ("Check", "Checking"), ("CreditCard", "Mastercard")])
def test_a_purchase_is_paid_from_its_account(office, kind, account):
    desk, vendor = office
    wish = {"PaymentType": kind, "AccountRef": desk.account(account), "EntityRef": {"value": vendor, "type": "Vendor"}}
    made = desk.post("purchase", {**wish, "Line": [cost(desk.account("Supplies"), 30)]})
    assert posted(desk, "Purchase", made["Id"]) == {account: -30, "Supplies": 30}
    assert desk.read("Account", desk.account(account)["value"])["CurrentBalance"] == (30 if kind == "CreditCard" else -30)


def test_a_credit_on_a_card_is_the_other_way_round(office):
    desk, _ = office
    wish = {"PaymentType": "CreditCard", "Credit": True, "AccountRef": desk.account("Mastercard")}
    made = desk.post("purchase", {**wish, "Line": [cost(desk.account("Supplies"), 30)]})
    assert posted(desk, "Purchase", made["Id"]) == {"Mastercard": 30, "Supplies": -30}


def test_a_line_on_receivables_needs_a_customer_and_moves_the_customers_balance(office):
    desk, vendor = office
    customer = desk.customer()["Id"]
    line = cost(desk.account("Accounts Receivable (A/R)"), 30)
    wish = {"PaymentType": "Cash", "AccountRef": desk.account("Checking"), "Line": [line]}
    error = desk.refused("purchase", {**wish, "EntityRef": {"value": vendor, "type": "Vendor"}})
    assert error["Detail"].endswith("When you use Accounts Receivable, you must choose a customer in the Name field.")
    desk.post("purchase", {**wish, "EntityRef": {"value": customer, "type": "Customer"}})
    assert desk.read("Customer", customer)["Balance"] == 30
    assert desk.refused("transfer", {"FromAccountRef": desk.account(OWED), "ToAccountRef": desk.account("Checking"), "Amount": 1})["code"] == "6430"
    sound(desk)


def test_a_void_takes_a_bill_payment_out(office):
    desk, vendor = office
    bill = desk.bill(vendor, 10)
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.account("Checking")}}
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    payment = desk.post("billpayment", {"VendorRef": {"value": vendor}, "TotalAmt": 10, "Line": [line], **paid})
    assert sound(desk) == {"Checking": -10, "Supplies": 10}
    desk.post("billpayment?operation=update&include=void", {"Id": payment["Id"], "SyncToken": "0", "sparse": True})
    assert sound(desk) == {OWED: -10, "Supplies": 10}
