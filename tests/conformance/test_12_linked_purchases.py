"""Links of bills, orders, deposits and estimates: what they move on both sides, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.conformance.linking import MISSING, credit, link, order, pay, payable, settle
from tests.unit.emulator.desk import cost, sale, side
from tests.unit.emulator.ledger import posted, sound

# BillPayment -> Bill, VendorCredit, JournalEntry, Deposit


def test_a_bill_payment_takes_a_vendor_credit_along(office):
    desk, vendor = office
    bill, credited = desk.bill(vendor, 100), credit(desk, vendor, 30)
    payment = settle(desk, vendor, 70, link("Bill", bill["Id"], 100), link("VendorCredit", credited["Id"], 30))
    assert (desk.read("Bill", bill["Id"])["Balance"], desk.read("VendorCredit", credited["Id"])["Balance"]) == (0, 0)
    assert desk.read("Bill", bill["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]
    assert desk.read("VendorCredit", credited["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPayment"}]
    assert posted(desk, "BillPayment", payment["Id"]) == {"Checking": -70, "Accounts Payable (A/P)": 70}
    assert desk.read("Vendor", vendor)["Balance"] == 0


def test_a_surplus_of_a_bill_payment_stays_with_the_vendor_as_a_credit(office):
    desk, vendor = office
    bill = desk.bill(vendor, 100)
    payment = settle(desk, vendor, 130, link("Bill", bill["Id"], 100))
    assert desk.read("Vendor", vendor)["Balance"] == -30
    later = desk.bill(vendor, 30)
    lines = [link("Bill", bill["Id"], 100), link("Bill", later["Id"], 30)]
    desk.post("billpayment", {**payable(vendor, 130, *lines, desk=desk), "Id": payment["Id"], "SyncToken": "0"})
    assert (desk.read("Bill", later["Id"])["Balance"], desk.read("Vendor", vendor)["Balance"]) == (0, 0)


def test_a_bill_payment_cannot_pay_more_than_it_has_or_than_is_owed(office):
    desk, vendor = office
    bill = desk.bill(vendor, 100)
    assert desk.refused("billpayment", payable(vendor, 90, link("Bill", bill["Id"], 100), desk=desk))["code"] == "6000"
    assert desk.refused("billpayment", payable(vendor, 200, link("Bill", bill["Id"], 101), desk=desk))["code"] == "6000"
    error = desk.refused("billpayment", payable(vendor, 5, link("Bill", "999", 5), desk=desk))
    assert error["Detail"] == MISSING.format("Bill", "999")
    stranger = desk.vendor("Other")["Id"]
    assert desk.refused("billpayment", payable(stranger, 5, link("Bill", bill["Id"], 5), desk=desk))["code"] == "620"


def test_a_bill_payment_may_settle_a_journal_entry_and_a_refund_that_was_deposited(office):
    desk, vendor = office
    named = {"Entity": {"Type": "Vendor", "EntityRef": {"value": vendor}}}
    lines = [side("Debit", desk.account("Supplies"), 40), side("Credit", desk.account("Accounts Payable (A/P)"), 40, **named)]
    entry, credited = desk.post("journalentry", {"Line": lines}), credit(desk, vendor, 15)
    detail = {"AccountRef": desk.account("Accounts Payable (A/P)"), "Entity": {"value": vendor, "type": "Vendor"}}
    line = {"Amount": 15, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    deposit = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [line]})
    lines = [link("JournalEntry", entry["Id"], 40), link("Deposit", deposit["Id"], 15), link("VendorCredit", credited["Id"], 15)]
    payment = settle(desk, vendor, 40, *lines)
    assert desk.read("JournalEntry", entry["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPayment"}]
    assert desk.read("Deposit", deposit["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPayment"}]
    assert desk.read("Vendor", vendor)["Balance"] == 0
    sound(desk)


def test_a_payment_by_card_is_called_so_on_the_bill(office):
    desk, vendor = office
    bill = desk.bill(vendor, 10)
    card = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": desk.account("Mastercard")}}
    wish = {"VendorRef": {"value": vendor}, "TotalAmt": 10, "Line": [link("Bill", bill["Id"], 10)], **card}
    payment = desk.post("billpayment", wish)
    assert desk.read("Bill", bill["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCreditCard"}]
    assert posted(desk, "BillPayment", payment["Id"]) == {"Mastercard": -10, "Accounts Payable (A/P)": 10}


# Bill <- PurchaseOrder


def test_a_bill_may_answer_several_purchase_orders(office):
    desk, vendor = office
    orders = [order(desk, vendor, 2)["Id"], desk.post("purchaseorder", {
        "VendorRef": {"value": vendor}, "APAccountRef": desk.account("Accounts Payable (A/P)"), "Line": [cost(desk.account("Supplies"), 5)],
    })["Id"]]  # fmt: skip
    linked = [{"TxnId": each, "TxnType": "PurchaseOrder"} for each in orders]
    bill = desk.bill(vendor, 15, LinkedTxn=linked)
    assert [desk.read("PurchaseOrder", each)["POStatus"] for each in orders] == ["Closed", "Closed"]
    assert desk.read("PurchaseOrder", orders[0])["LinkedTxn"] == [{"TxnId": bill["Id"], "TxnType": "Bill"}]
    desk.post("bill?operation=delete", {"Id": bill["Id"], "SyncToken": "0"})
    assert [desk.read("PurchaseOrder", each)["POStatus"] for each in orders] == ["Open", "Open"]
    assert desk.read("Account", desk.account("Accounts Payable (A/P)")["value"])["CurrentBalance"] == 0


def test_line_by_line_a_purchase_order_closes_once_every_line_has_come(office):
    desk, vendor = office
    wanted = order(desk, vendor, 4, 2)
    kind = "ItemBasedExpenseLineDetail"

    def received(line: str, quantity: int) -> dict[str, Any]:
        detail = {"ItemRef": wanted["Line"][0][kind]["ItemRef"], "Qty": quantity, "UnitPrice": 5}
        linked = {"TxnId": wanted["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line}
        return {"Amount": 5 * quantity, "DetailType": kind, kind: detail, "LinkedTxn": [linked]}

    first = desk.post("bill", {"VendorRef": {"value": vendor}, "Line": [received("1", 4)]})
    assert desk.read("PurchaseOrder", wanted["Id"])["POStatus"] == "Open"
    desk.post("bill", {"VendorRef": {"value": vendor}, "Line": [received("2", 2)]})
    assert desk.read("PurchaseOrder", wanted["Id"])["POStatus"] == "Closed"
    desk.post("bill?operation=delete", {"Id": first["Id"], "SyncToken": "0"})
    assert desk.read("PurchaseOrder", wanted["Id"])["POStatus"] == "Open"


def test_a_line_that_answers_a_purchase_order_names_the_line(office):
    desk, vendor = office
    wanted = order(desk, vendor, 4)
    line = {**cost(desk.account("Supplies"), 5), "LinkedTxn": [{"TxnId": wanted["Id"], "TxnType": "PurchaseOrder"}]}
    error = desk.refused("bill", {"VendorRef": {"value": vendor}, "Line": [line]})
    assert (error["code"], error["element"]) == ("2020", "Line.LinkedTxn.TxnLineId")
    line["LinkedTxn"][0]["TxnLineId"] = "9"
    assert desk.refused("bill", {"VendorRef": {"value": vendor}, "Line": [line]})["code"] == "6000"


def test_deleting_a_purchase_order_takes_it_out_of_its_bill(office):
    desk, vendor = office
    wanted = order(desk, vendor, 4)
    line = {**cost(desk.account("Supplies"), 5), "LinkedTxn": [{"TxnId": wanted["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]}
    bill = desk.post("bill", {"VendorRef": {"value": vendor}, "Line": [line]})
    assert bill["Line"][0]["LinkedTxn"] == line["LinkedTxn"]
    desk.post("purchaseorder?operation=delete", {"Id": wanted["Id"], "SyncToken": "1"})
    assert "LinkedTxn" not in desk.read("Bill", bill["Id"])["Line"][0]


# Deposit -> Payment, SalesReceipt, Transfer, JournalEntry


def test_a_deposit_takes_from_undeposited_funds_what_lies_there(shop):
    desk, customer, item = shop
    payment = pay(desk, customer, 40)
    receipt = desk.post("salesreceipt", {"Line": [sale(item, 9)]})
    transfer = desk.post("transfer", {"FromAccountRef": desk.account("Savings"), "ToAccountRef": desk.account("Undeposited Funds"), "Amount": 6})
    entry = desk.post(
        "journalentry", {"Line": [side("Debit", desk.account("Undeposited Funds"), 3), side("Credit", desk.account("Sales"), 3)]}
    )
    held = (("Payment", payment, 40), ("SalesReceipt", receipt, 9), ("Transfer", transfer, 6), ("JournalEntry", entry, 3))
    lines = [link(type_, each["Id"], amount, TxnLineId="0") for type_, each, amount in held]
    deposit = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": lines})
    assert deposit["TotalAmt"] == 58
    assert "DetailType" not in deposit["Line"][0]
    assert sound(desk)["Checking"] == 58
    assert "Undeposited Funds" not in sound(desk)
    for type_, each, _ in held:
        after = desk.read(type_, each["Id"])
        assert (after["LinkedTxn"], after["SyncToken"]) == ([{"TxnId": deposit["Id"], "TxnType": "Deposit"}], "1")
        assert desk.refused(f"{type_.lower()}?operation=delete", {"Id": each["Id"], "SyncToken": "1"})["code"] == "6540"


def test_a_deposit_takes_each_transaction_once_and_whole_and_only_from_undeposited_funds(shop):
    desk, customer, _ = shop
    bank = desk.account("Checking")
    lying, banked = pay(desk, customer, 40), pay(desk, customer, 5, DepositToAccountRef=bank)

    def wish(*lines: dict[str, Any]) -> dict[str, Any]:
        return {"DepositToAccountRef": bank, "Line": list(lines)}

    assert desk.refused("deposit", wish(link("Payment", lying["Id"], 39)))["code"] == "6460"
    assert desk.refused("deposit", wish(link("Payment", banked["Id"], 5)))["code"] == "620"
    assert desk.refused("deposit", wish(link("Payment", "999", 5)))["Detail"] == MISSING.format("Payment", "999")
    desk.post("deposit", wish(link("Payment", lying["Id"], 40)))
    assert desk.refused("deposit", wish(link("Payment", lying["Id"], 40)))["code"] == "6540"


def test_a_deposit_is_saved_again_as_it_was_read(shop):
    desk, customer, _ = shop
    payment = pay(desk, customer, 40)
    made = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [link("Payment", payment["Id"], 40, TxnLineId="0")]})
    again = desk.post("deposit", {**made, "PrivateNote": "bank"})
    assert (again["Line"], again["SyncToken"]) == (made["Line"], "1")
    desk.post("deposit", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "again"})
    assert sound(desk)["Checking"] == 40


def test_a_line_with_a_detail_needs_an_account_also_when_it_is_linked(shop):
    desk, customer, _ = shop
    payment = pay(desk, customer, 40)
    line = {**link("Payment", payment["Id"], 40), "DetailType": "DepositLineDetail", "DepositLineDetail": {}}
    error = desk.refused("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [line]})
    assert error["code"] == "6440"


# Estimate -> Invoice, Invoice -> TimeActivity


def test_an_estimate_becomes_one_invoice(shop):
    desk, customer, item = shop
    estimate = desk.post("estimate", {"CustomerRef": {"value": customer}, "Line": [sale(item, 40)]})
    linked = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = desk.invoice(customer, item, 40, LinkedTxn=linked)
    after = desk.read("Estimate", estimate["Id"])
    assert (after["TxnStatus"], after["LinkedTxn"]) == ("Closed", [{"TxnId": invoice["Id"], "TxnType": "Invoice"}])
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 40)], "LinkedTxn": linked}
    assert desk.refused("invoice", wish)["code"] == "620"
    error = desk.refused("invoice", {**wish, "LinkedTxn": [{"TxnId": "75", "TxnType": "Estimate"}]})
    assert error["Detail"] == MISSING.format("Estimate", "75")
    assert sound(desk)["Accounts Receivable (A/R)"] == 40


def test_an_invoice_bills_a_time_once(shop):
    desk, customer, item = shop
    employee = desk.post("employee", {"GivenName": "Maya"})["Id"]
    base = {"NameOf": "Employee", "EmployeeRef": {"value": employee}, "Hours": 2, "CustomerRef": {"value": customer}}
    time = desk.post("timeactivity", {**base, "BillableStatus": "Billable", "HourlyRate": 30})
    own = desk.post("timeactivity", base)
    linked = [{"TxnId": time["Id"], "TxnType": "TimeActivity"}]
    invoice = desk.invoice(customer, item, 40, LinkedTxn=linked)
    assert desk.read("TimeActivity", time["Id"])["BillableStatus"] == "HasBeenBilled"
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 40)]}
    assert desk.refused("invoice", {**wish, "LinkedTxn": linked})["code"] == "620"
    assert desk.refused("invoice", {**wish, "LinkedTxn": [{"TxnId": own["Id"], "TxnType": "TimeActivity"}]})["code"] == "620"
    desk.post("invoice?operation=delete", {"Id": invoice["Id"], "SyncToken": "0"})
    assert desk.read("TimeActivity", time["Id"])["BillableStatus"] == "Billable"


def test_links_that_quickbooks_sets_cannot_be_sent(shop):
    desk, customer, item = shop
    linked = [{"TxnId": "5", "TxnType": type_} for type_ in ("Payment", "ReimburseCharge", "StatementCharge")]
    assert desk.invoice(customer, item, Decimal("1.50"), LinkedTxn=linked)["LinkedTxn"] == []
