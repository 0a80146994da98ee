"""A receipt of goods posts a bill, a check, cash or a card charge, or nothing; a change of mind deletes one and makes the other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from tests.support.trade import ACCOUNTS, Trade, charges

D = Decimal


def receipt(trade: Trade, **values):
    values = {"number": "4711", "vendor_id": trade.vendor, **values}
    return trade.save("item_receipt", [trade.line("Anchor", 3, "9.995"), trade.line("Buoy", 2, 4)], **values)


def test_a_receipt_is_a_bill_at_cost_that_names_its_source_and_the_vendors_number(both_trade):
    trade = both_trade
    receipt(trade, reference_number="V-99", private_note="one crate wet")
    trade.sync()
    bill = trade.one("Bill")
    assert charges(bill) == [("Inventory Asset", D("29.99"), "Anchor, 3 pcs"), ("Prepaid Expenses", D(8), "Buoy, 2 pcs")]
    assert (bill["DocNumber"], bill["VendorRef"]["name"], bill["TxnDate"]) == ("V-99", "Ropeworks", "2026-03-10")
    assert bill["PrivateNote"].startswith("Item receipt 4711: one crate wet [T-")
    assert trade.balances() == {"Inventory Asset": D("29.99"), "Prepaid Expenses": D(8), "Accounts Payable (A/P)": D("-37.99")}
    assert trade.objects("Purchase") == []
    assert trade.world.settle(trade.company).sent == 0


def test_an_edit_changes_the_same_bill_and_a_deletion_takes_it_back(trade):
    made = receipt(trade)
    trade.sync()
    first = trade.one("Bill")
    assert "DocNumber" not in first
    lines = trade.world.record(trade.company, "item_receipt", made)["lines"]
    trade.save("item_receipt", [{"id": lines[0]["id"], "quantity": D(5)}, trade.line("Anchor", 1, amount=D("-2.50"))], id=made)
    trade.sync()
    second = trade.one("Bill")
    assert second["Id"] == first["Id"]
    assert charges(second) == [("Inventory Asset", D("49.98"), "Anchor, 5 pcs"), ("Inventory Asset", D("-2.5"), "Anchor, 1 pcs")]
    assert trade.balances() == {"Inventory Asset": D("47.48"), "Accounts Payable (A/P)": D("-47.48")}
    trade.delete("item_receipt", made)
    trade.sync()
    assert trade.objects("Bill") == []
    assert trade.balances() == {}


@pytest.mark.parametrize(("way", "type_", "paid_from"), [("check", "Check", "Checking"), ("cash", "Cash", "Savings"), ("credit card", "CreditCard", "Mastercard")])
def test_what_was_paid_at_once_is_a_purchase_from_the_right_account(trade, way, type_, paid_from):
    receipt(trade, posts_as=way, reference_number="1203")
    trade.sync()
    purchase = trade.one("Purchase")
    assert (purchase["PaymentType"], purchase["AccountRef"]["name"], purchase["DocNumber"]) == (type_, paid_from, "1203")
    assert (purchase["EntityRef"]["name"], purchase["EntityRef"]["type"]) == ("Ropeworks", "Vendor")
    assert trade.balances() == {"Inventory Asset": D("29.99"), "Prepaid Expenses": D(8), paid_from: D("-37.99")}
    assert trade.objects("Bill") == []
    assert trade.world.settle(trade.company).sent == 0


def test_a_receipts_own_account_pays_instead_of_the_default(trade):
    receipt(trade, posts_as="check", payment_account="Savings")
    trade.sync()
    assert trade.one("Purchase")["AccountRef"]["name"] == "Savings"


def test_a_change_of_what_it_becomes_deletes_the_old_twin_and_makes_the_new_one(trade):
    made = receipt(trade)
    trade.sync()
    trade.save("item_receipt", id=made, posts_as="check")
    trade.sync()
    assert trade.objects("Bill") == []
    check = trade.one("Purchase")
    # QuickBooks keeps a purchase's way of paying for ever, so another one is another purchase, in the same cycle.
    trade.save("item_receipt", id=made, posts_as="credit card")
    trade.capture()
    [planned] = trade.world.preview(trade.company)
    assert planned.operation == "delete"
    assert "made anew" in planned.note
    trade.sync()
    card = trade.one("Purchase")
    assert card["Id"] != check["Id"]
    assert (card["PaymentType"], card["AccountRef"]["name"]) == ("CreditCard", "Mastercard")
    trade.save("item_receipt", id=made, posts_as="none")
    trade.sync()
    assert trade.objects("Purchase") == []
    assert trade.balances() == {}
    trade.save("item_receipt", id=made, posts_as="bill")
    trade.sync()
    assert trade.one("Bill")["TotalAmt"] == D("37.99")
    assert trade.world.settle(trade.company).sent == 0


def test_the_companys_default_says_what_receipts_become_that_say_nothing(trade):
    trade.world.set(trade.company, receipt_posts_as="none")
    receipt(trade)
    assert trade.world.sync(trade.company).sent == 0
    assert trade.world.waiting(trade.company) == []
    trade.world.set(trade.company, receipt_posts_as="cash")
    receipt(trade, number="4712")
    trade.sync()
    assert trade.one("Purchase")["PaymentType"] == "Cash"


def test_what_a_receipt_does_not_post_is_not_queued(trade):
    receipt(trade)
    trade.world.settle(trade.company)
    with trade.world.site.database.reading() as connection:
        rows = connection.execute(text("SELECT entity FROM sync_outbox WHERE kind = 'item_receipt'")).scalars().all()
    assert rows == ["Bill"]


def test_a_receipt_worth_nothing_posts_nothing_and_says_so(trade):
    trade.save("item_receipt", [trade.line("Anchor", 3, 0)], number="F", vendor_id=trade.vendor)
    trade.capture()
    assert trade.notes() == ["It is worth nothing, so there is nothing to post."]
    trade.sync()
    assert trade.objects("Bill") == []
    assert trade.world.waiting(trade.company) == []


def test_a_charge_that_came_along_and_a_service_go_to_their_own_accounts(trade):
    charge = {"account": "Shipping and delivery expense", "amount": D("12.30"), "description": "Freight"}
    trade.save("item_receipt", [trade.line("Anchor", 1, 10), trade.line("Labour", 2, 30), charge, {"description": "Thanks!"}], number="C", vendor_id=trade.vendor)
    trade.sync()
    assert charges(trade.one("Bill"))[1:] == [("Purchases", D(60), "Labour, 2 pcs"), ("Shipping and delivery expense", D("12.3"), "Freight")]


@pytest.mark.parametrize(("values", "setting", "due"), [
    ({"due_date": date(2026, 5, 1), "term": {"due_days": 30}}, "receipt", "2026-05-01"),
    ({"term": {"due_days": 30}}, "receipt", "2026-04-09"),
    ({"term": {"due_days": 30}, "vendor_invoice_date": date(2026, 3, 1)}, "receipt", "2026-04-09"),
    ({"term": {"due_days": 30}, "vendor_invoice_date": date(2026, 3, 1)}, "vendor invoice", "2026-03-31"),
    ({"term": {"due_days": 30}, "vendor_invoice_date": date(2026, 3, 1), "due_from": "receipt"}, "vendor invoice", "2026-04-09"),
    ({"term": {"due_days": 30}}, "vendor invoice", "2026-04-09"),
    ({"term": {"day_of_month_due": 31, "due_next_month_days": 25}}, "receipt", "2026-04-30"),
    ({"term": {"day_of_month_due": 31, "due_next_month_days": 5}}, "receipt", "2026-03-31"),
    ({}, "vendor invoice", "2026-03-10"),
], ids=["its own", "terms", "by receipt", "by invoice", "its own rule", "no invoice date", "next month", "this month", "no terms"])  # fmt: skip
def test_a_bill_is_due_by_its_own_day_or_by_its_rule_and_terms(trade, values, setting, due):
    trade.world.set(trade.company, due_date_from=setting)
    values = dict(values)
    terms = values.pop("term", None)
    if terms:
        values["term_id"] = trade.save("term", name="Ours", **terms)
    receipt(trade, **values)
    trade.sync()
    assert trade.one("Bill")["DueDate"] == due
    assert trade.world.settle(trade.company).sent == 0


def test_classes_go_by_line_departments_by_document_and_customers_by_line(sqlite_world):
    world = sqlite_world
    company = world.company(sample="demo")
    world.sync(company)
    world.set(company, **{**ACCOUNTS, "cash_account": "", "deposit_liability_account": ""})
    class_, place = world.save(company, "class", {"name": "Sea"}), world.save(company, "department", {"name": "Pier"})
    trade = Trade(world, company, vendor=world.save(company, "vendor", {"name": "Ropeworks"}), customer=world.save(company, "customer", {"name": "Quay & Co"}))
    trade.items["Anchor"] = world.save(company, "item", {"name": "Anchor X", "asset_account": world_account(world, company), "cogs_account": world_account(world, company)})
    line = trade.line("Anchor", 1, 10, class_id=class_, customer_id=trade.customer)
    trade.save("item_receipt", [line, trade.line("Anchor", 1, 5)], number="T-1", vendor_id=trade.vendor, department_id=place)
    trade.save("adjustment", [trade.line("Anchor", 1, 10, class_id=class_)], number="T-2", department_id=place, account=world_account(world, company))
    trade.sync()
    bill = next(each for each in trade.objects("Bill") if "T-1" in each.get("PrivateNote", ""))
    assert bill["DepartmentRef"]["name"] == "Pier"
    details = [each["AccountBasedExpenseLineDetail"] for each in bill["Line"]]
    assert [each.get("ClassRef", {}).get("name") for each in details] == ["Sea", None]
    assert [each.get("CustomerRef", {}).get("name") for each in details] == ["Quay & Co", None]
    entry = next(each for each in trade.objects("JournalEntry") if "T-2" in each.get("PrivateNote", ""))
    for entry_line in entry["Line"]:
        assert entry_line["JournalEntryLineDetail"]["ClassRef"]["name"] == "Sea"
        assert entry_line["JournalEntryLineDetail"]["DepartmentRef"]["name"] == "Pier"


def world_account(world, company):
    """Any asset account of the company."""
    found = world.query(company, "SELECT * FROM Account WHERE AccountType = 'Other Current Asset'")
    return found[0]["FullyQualifiedName"]


@pytest.mark.parametrize(("values", "cause", "remedy"), [
    ({"posts_as": "check"}, "checking account: There is no checking account for this receipt, and the company has no default.", "Set the company's checking account."),
    ({"posts_as": "card", "raw": True}, "posts_as: It must be one of none, bill, check, cash, credit card.", "Choose one of them."),
    ({"txn_date": None}, "txn_date: QuickBooks takes no record without it.", "Fill in 'txn_date'."),
    ({"reference_number": "x" * 22}, "reference_number: It has 22 characters; QuickBooks takes 21.", "Shorten it."),
    ({"vendor_id": None}, "vendor_id: QuickBooks takes no record without it.", "Fill in 'vendor_id'."),
], ids=lambda value: "" if isinstance(value, str) else "-".join(value))  # fmt: skip
def test_what_cannot_be_posted_says_what_is_missing_and_what_to_do(trade, values, cause, remedy):
    trade.world.set(trade.company, checking_account="")
    values = dict(values)
    raw = values.pop("raw", False)
    word = values.pop("posts_as", None) if raw else None
    made = receipt(trade, **values)
    if raw:
        trade.world.sql("UPDATE item_receipt SET posts_as = :word WHERE id = :id", word=word, id=made)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [(cause, remedy)]


def test_an_item_without_an_account_names_the_setting_and_the_item(trade):
    trade.world.set(trade.company, asset_account="")
    receipt(trade)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [("asset account: There is no asset account for Anchor, and the company has no default.", "Set the company's asset account.")]
    trade.world.set(trade.company, asset_account="Inventory Asset")
    trade.sync()
    assert trade.one("Bill")["TotalAmt"] == D("37.99")


def test_a_receipt_below_nothing_is_refused_here(trade):
    trade.save("item_receipt", [trade.line("Anchor", 1, amount=D(-5))], number="N", vendor_id=trade.vendor)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told() == [("lines: QuickBooks takes no document that is worth less than nothing.", "Correct the amounts.")]


def test_the_carrier_of_a_transfer_is_billed_where_one_is_named(trade):
    nobody = trade.save("transfer", [trade.line("Anchor", 4)], number="T1", from_location="Main", to_location="Pier")
    assert trade.world.sync(trade.company).sent == 0
    assert trade.world.waiting(trade.company) == []
    trade.save("transfer", id=nobody, carrier_id=trade.vendor, carrier_charge=D("45.10"), carrier_reference="F-7")
    trade.sync()
    bill = trade.one("Bill")
    assert charges(bill) == [("Purchases", D("45.1"), "Transfer Main to Pier")]
    assert bill["DocNumber"] == "F-7"
    assert bill["PrivateNote"].startswith("Transfer T1 [T-")
    trade.save("transfer", id=nobody, carrier_account="Freight & delivery - COS")
    trade.sync()
    assert trade.balances() == {"Freight & delivery - COS": D("45.1"), "Accounts Payable (A/P)": D("-45.1")}
    trade.save("transfer", id=nobody, carrier_charge=D(0))
    trade.sync()
    assert trade.objects("Bill") == []
    assert trade.world.settle(trade.company).sent == 0


def test_days_outside_the_calendar_are_an_error_of_the_record(trade):
    term = trade.save("term", name="Ours", due_days=60)
    receipt(trade, txn_date=date(9999, 12, 1), term_id=term)
    assert trade.world.sync(trade.company).result == "errors"
    assert trade.told()[0][0].startswith("txn_date: With its terms it would be due after the last day")

