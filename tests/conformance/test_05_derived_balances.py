"""Balances that follow from documents: whose move, what they do to SyncToken and LastUpdatedTime, and what accounts show."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.clock import ManualClock
from tests.unit.emulator.desk import Desk, cost, sale
from tests.unit.emulator.ledger import goods, sound, stock_line

NOON = "2026-01-15T09:00:00-08:00"
LATER = "2026-01-15T09:00:30-08:00"


@pytest.fixture
def shop(desk: Desk) -> tuple[Desk, str, str, str]:
    """A client, a customer, a vendor and an item."""
    return desk, desk.customer()["Id"], desk.vendor()["Id"], desk.item()["Id"]


def stamp(obj: dict[str, Any]) -> tuple[str, str]:
    return obj["SyncToken"], obj["MetaData"]["LastUpdatedTime"]


def paid(desk: Desk, customer: str, invoice: str, amount: Any) -> dict[str, Any]:
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
    return desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": amount, "Line": [line]})


@pytest.mark.parametrize("end", ["delete", "void"])
def test_making_and_removing_an_invoice_moves_the_customers_time_but_not_its_token(shop, clock: ManualClock, end):
    desk, customer, _, item = shop
    assert stamp(desk.read("Customer", customer)) == ("0", NOON)
    clock.advance(30)
    invoice = desk.invoice(customer, item, 100)
    found = desk.read("Customer", customer)
    assert (found["Balance"], found["BalanceWithJobs"], stamp(found)) == (100, 100, ("0", LATER))
    clock.advance(1)
    desk.post(f"invoice?operation={end}", {"Id": invoice["Id"], "SyncToken": "0"})
    found = desk.read("Customer", customer)
    assert (found["Balance"], stamp(found)) == (0, ("0", LATER.replace(":30-", ":31-")))


def test_a_vendor_is_moved_likewise(shop, clock: ManualClock):
    desk, _, vendor, _ = shop
    clock.advance(30)
    desk.bill(vendor, 12)
    found = desk.read("Vendor", vendor)
    assert (found["Balance"], stamp(found)) == (12, ("0", LATER))


def test_what_moves_nothing_leaves_a_name_alone(shop, clock: ManualClock):
    desk, customer, vendor, item = shop
    clock.advance(30)
    desk.post("estimate", {"CustomerRef": {"value": customer}, "Line": [sale(item, 5)]})
    desk.post("salesreceipt", {"CustomerRef": {"value": customer}, "Line": [sale(item, 5)]})
    wish = {"PaymentType": "Cash", "AccountRef": desk.account("Checking"), "EntityRef": {"value": vendor, "type": "Vendor"}}
    desk.post("purchase", {**wish, "Line": [cost(desk.account("Supplies"), 5)]})
    assert stamp(desk.read("Customer", customer)) == ("0", NOON)
    assert stamp(desk.read("Vendor", vendor)) == ("0", NOON)


def test_a_balance_cannot_be_sent(shop):
    desk, customer, *_ = shop
    desk.post("customer", {"Id": customer, "SyncToken": "0", "sparse": True, "Balance": 77, "BalanceWithJobs": 77})
    assert desk.read("Customer", customer)["Balance"] == 0


def test_a_payment_raises_the_invoices_token_and_shows_itself_there(shop, clock: ManualClock):
    desk, customer, _, item = shop
    invoice = desk.invoice(customer, item, 100)
    clock.advance(30)
    payment = paid(desk, customer, invoice["Id"], 40)
    found = desk.read("Invoice", invoice["Id"])
    assert (found["Balance"], stamp(found)) == (60, ("1", LATER))
    assert found["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert desk.refused("invoice", {**invoice, "DocNumber": "5"})["code"] == "5010"


def test_voiding_an_invoice_leaves_its_payment_unapplied(shop):
    desk, customer, _, item = shop
    invoice = desk.invoice(customer, item, 100, Deposit=10)
    payment = paid(desk, customer, invoice["Id"], 90)
    voided = desk.post("invoice?operation=void", {"Id": invoice["Id"], "SyncToken": "1"})
    assert (voided["TotalAmt"], voided["Balance"], voided["LinkedTxn"]) == (0, 0, [])
    found = desk.read("Payment", payment["Id"])
    assert (found["UnappliedAmt"], found["Line"], found["SyncToken"]) == (90, [], "1")
    assert sound(desk) == {"Undeposited Funds": 90, "Accounts Receivable (A/R)": -90}


def test_an_account_moves_without_token_or_time(shop, clock: ManualClock):
    desk, customer, _, item = shop
    account = desk.account("Accounts Receivable (A/R)")["value"]
    before = stamp(desk.read("Account", account))
    clock.advance(30)
    desk.invoice(customer, item, 100)
    found = desk.read("Account", account)
    assert (found["CurrentBalance"], found["CurrentBalanceWithSubAccounts"], stamp(found)) == (100, 100, before)


@pytest.mark.parametrize(
    ("name", "balance"),
    [("Checking", 100), ("Mastercard", 20), ("Owner's Equity", 80), ("Accounts Payable (A/P)", 30), ("Supplies", 0), ("Sales", 0)],
)
def test_a_balance_has_the_sign_of_its_class_and_income_and_expense_show_none(shop, name, balance):
    desk, _, vendor, _ = shop
    desk.bill(vendor, 30)
    sides = (("Debit", "Checking", 100), ("Credit", "Mastercard", 20), ("Credit", "Owner's Equity", 80), ("Debit", "Supplies", 5), ("Credit", "Sales", 5))
    lines = [
        {"Amount": amount, "DetailType": "JournalEntryLineDetail",
         "JournalEntryLineDetail": {"PostingType": side, "AccountRef": desk.account(account)}}
        for side, account, amount in sides
    ]  # fmt: skip
    desk.post("journalentry", {"Line": lines})
    assert desk.read("Account", desk.account(name)["value"])["CurrentBalance"] == balance


def test_the_stock_of_an_item_moves_its_time_but_not_its_token(shop, clock: ManualClock):
    desk, customer, _, _ = shop
    crate = goods(desk, quantity=10)
    clock.advance(30)
    desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [stock_line(crate, "2.5", 100, "SalesItemLineDetail")]})
    found = desk.read("Item", crate)
    assert (str(found["QtyOnHand"]), stamp(found)) == ("7.5", ("0", LATER))


def test_a_refund_of_a_credit_and_a_deleted_payment_leave_the_books_as_they_were(shop):
    desk, customer, _, item = shop
    before = sound(desk)
    invoice = desk.invoice(customer, item, 100)
    payment = paid(desk, customer, invoice["Id"], 100)
    desk.post("payment?operation=delete", {"Id": payment["Id"], "SyncToken": "0"})
    desk.post("invoice?operation=delete", {"Id": invoice["Id"], "SyncToken": "2"})
    assert (sound(desk), desk.read("Customer", customer)["Balance"]) == (before, 0)


@pytest.mark.parametrize("kind", ["demo", "intuit", "empty"])
def test_the_companies_that_are_set_up_have_sound_books(make, kind):
    found = sound(make(kind))
    assert sum(found.values()) == 0
    assert (kind == "empty") == (not found)


def test_what_differs_from_its_postings_is_named(shop):
    desk, customer, _, item = shop
    invoice = desk.invoice(customer, item, 100)
    state = desk.emulator.parts.state
    desk.emulator.companies[desk.realm].cache.clear()
    state.execute("UPDATE posting SET amount = amount + 1 WHERE entity = 'Invoice' AND id = ? AND n = 0", (invoice["Id"],))
    state.execute("UPDATE object SET body = json_set(body, '$.Balance', 99) WHERE entity = 'Invoice' AND id = ?", (invoice["Id"],))
    _, found = desk.control("GET", f"trial_balance?realm_id={desk.realm}")
    told = " / ".join(found["check"])
    for part in (
        f"Invoice {invoice['Id']}: its postings come to 1 cents", f"Invoice {invoice['Id']}: open are 99, its links leave 100",
        f"Customer {customer}: Balance is 100.00, the postings come to 100.01", "from the object follow",
    ):  # fmt: skip
        assert part in told, told
