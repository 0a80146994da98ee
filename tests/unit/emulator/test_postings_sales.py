"""What sales forms and payments post."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.emulator.desk import Desk, sale
from tests.unit.emulator.ledger import SALE, columns, goods, posted, sound, stock_line

INCOME = "Sales of Product Income"
OWED = "Accounts Receivable (A/R)"


@pytest.fixture
def shop(desk: Desk) -> tuple[Desk, str, str]:
    """A client, a customer and an item."""
    return desk, desk.customer()["Id"], desk.item()["Id"]


def discount(**detail):
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}, **detail}


def test_an_invoice_posts_receivables_against_the_income_of_its_items(shop):
    desk, customer, item = shop
    other = desk.item("Hour", Type="Service", IncomeAccountRef=desk.account("Services"))["Id"]
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 70), sale(other, 30)]})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 100, INCOME: -70, "Services": -30}
    assert sound(desk) == {OWED: 100, INCOME: -70, "Services": -30}


def test_a_posting_says_who_what_and_where_it_comes_from(tracked: Desk):
    item, customer = tracked.item()["Id"], tracked.customer()["Id"]
    class_ = tracked.select("select * from Class where Name = 'Retail'")[0]["Id"]
    place = tracked.select("select * from Department where Name = 'Store'")[0]["Id"]
    line = {**sale(item, 30, Qty="2.5", UnitPrice=12, ClassRef={"value": class_}), "Description": "wide"}
    made = tracked.post(
        "invoice",
        {"CustomerRef": {"value": customer}, "DocNumber": "77", "TxnDate": "2026-01-03", "DepartmentRef": {"value": place},
         "PrivateNote": "note", "Line": [line]},
    )  # fmt: skip
    wanted = ("date", "amount", "name_type", "name", "class", "department", "item", "quantity", "doc", "memo", "line")
    assert columns(tracked, "Invoice", made["Id"], *wanted) == [
        ("2026-01-03", 3000, "Customer", customer, None, place, None, None, "77", "note", None),
        ("2026-01-03", -3000, "Customer", customer, class_, place, item, 25_000_000, "77", "wide", "1"),
    ]


def test_discount_and_shipping_post_to_accounts_of_their_own(shop):
    desk, customer, item = shop
    lines = [sale(item, 100), sale("SHIPPING_ITEM_ID", 8), discount(Amount=5)]
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": lines})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 103, INCOME: -100, "Shipping Income": -8, "Discounts given": 5}


def test_tax_is_owed_to_the_agency_of_each_rate(make):
    desk = make("intuit")
    line = sale("4", 100, TaxCodeRef={"value": "TAX"})
    made = desk.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [line], "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}}})
    assert posted(desk, "Invoice", made["Id"]) == {
        OWED: Decimal("109.10"), "Design income": -100, "Arizona Dept. of Revenue Payable": Decimal("-9.10"),
    }  # fmt: skip
    made = desk.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [line], "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}})
    assert posted(desk, "Invoice", made["Id"])["Board of Equalization Payable"] == -8
    sound(desk)


def test_a_tax_without_rates_goes_to_the_tax_account(shop):
    desk, customer, item = shop
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 100)], "TxnTaxDetail": {"TotalTax": 7}})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 107, INCOME: -100, "Sales Tax Payable": -7}


def test_what_leaves_the_stock_is_cost_of_goods_sold(shop):
    desk, customer, _ = shop
    crate = goods(desk, quantity=10, cost=4)
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [stock_line(crate, 3, 30, SALE, UnitPrice=10)]})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 30, INCOME: -30, "Inventory Asset": -12, "Cost of Goods Sold": 12}
    assert sound(desk)["Inventory Asset"] == 28
    assert desk.read("Item", crate)["QtyOnHand"] == 7


def test_a_bundle_posts_by_the_lines_inside_it(shop):
    desk, customer, item = shop
    crate = goods(desk, quantity=10, cost=4)
    inner = [sale(item, 20), stock_line(crate, 2, 10, SALE)]
    group = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": inner, "Quantity": 1}}
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [group]})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 30, INCOME: -30, "Inventory Asset": -8, "Cost of Goods Sold": 8}
    sound(desk)


@pytest.mark.parametrize(
    ("inner", "code"),
    [({"Amount": 5}, "2020"), ({"Amount": 5, "DetailType": "SalesItemLineDetail"}, "2020"),
     ({"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}, "2170")],
)  # fmt: skip
def test_a_bundle_takes_lines_of_items_and_texts_only(shop, inner, code):
    desk, customer, _ = shop
    group = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": [inner]}}
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [group]})["code"] == code
    assert sound(desk) == {}


def test_a_deposit_with_the_order_is_not_owed(shop):
    desk, customer, item = shop
    made = desk.invoice(customer, item, 100, Deposit=30)
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 70, "Undeposited Funds": 30, INCOME: -100}
    assert desk.read("Customer", customer)["Balance"] == 70


def test_the_other_sales_forms_post_to_where_the_money_is(shop):
    desk, customer, item = shop
    base = {"CustomerRef": {"value": customer}, "Line": [sale(item, 40)]}
    checking = desk.account("Checking")
    receipt = desk.post("salesreceipt", base)
    direct = desk.post("salesreceipt", {**base, "DepositToAccountRef": checking})
    memo = desk.post("creditmemo", base)
    refund = desk.post("refundreceipt", {**base, "DepositToAccountRef": checking})
    assert posted(desk, "SalesReceipt", receipt["Id"]) == {"Undeposited Funds": 40, INCOME: -40}
    assert posted(desk, "SalesReceipt", direct["Id"]) == {"Checking": 40, INCOME: -40}
    assert posted(desk, "CreditMemo", memo["Id"]) == {OWED: -40, INCOME: 40}
    assert posted(desk, "RefundReceipt", refund["Id"]) == {"Checking": -40, INCOME: 40}
    assert sound(desk) == {OWED: -40, "Undeposited Funds": 40}


def test_estimates_post_nothing(shop):
    desk, customer, item = shop
    made = desk.post("estimate", {"CustomerRef": {"value": customer}, "Line": [sale(item, 40)]})
    assert posted(desk, "Estimate", made["Id"]) == {}
    assert sound(desk) == {}


def test_a_payment_posts_to_its_deposit_account(shop):
    desk, customer, _ = shop
    made = desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 25})
    assert posted(desk, "Payment", made["Id"]) == {"Undeposited Funds": 25, OWED: -25}
    made = desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 5, "DepositToAccountRef": desk.account("Checking")})
    assert posted(desk, "Payment", made["Id"]) == {"Checking": 5, OWED: -5}


def test_an_edit_replaces_the_postings_and_a_void_or_delete_takes_them_out(shop):
    desk, customer, item = shop
    made = desk.invoice(customer, item, 100)
    desk.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": [sale(item, 60)]})
    assert posted(desk, "Invoice", made["Id"]) == {OWED: 60, INCOME: -60}
    other = desk.invoice(customer, item, 5)
    desk.post("invoice?operation=void", {"Id": made["Id"], "SyncToken": "1"})
    assert columns(desk, "Invoice", made["Id"], "n") == []
    desk.post("invoice?operation=delete", {"Id": other["Id"], "SyncToken": "0"})
    assert columns(desk, "Invoice", other["Id"], "n") == []
    assert sound(desk) == {}


def test_a_refused_write_posts_nothing(shop):
    desk, customer, item = shop
    desk.invoice(customer, item, 100, DocNumber="1")
    before = sound(desk)
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}, "DocNumber": "1", "Line": [sale(item, 60)]})["code"] == "6140"
    answers = desk.batch(
        {"operation": "create", "Invoice": {"CustomerRef": {"value": customer}, "DocNumber": "1", "Line": [sale(item, 60)]}},
        {"operation": "create", "Invoice": {"CustomerRef": {"value": customer}, "DocNumber": "2", "Line": [sale(item, 1)]}},
    )
    assert ("Fault" in answers["i0"], "Invoice" in answers["i1"]) == (True, True)
    assert sound(desk)[OWED] == before[OWED] + 1
