"""Who may link to what, what that moves on both sides, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, sale, side
from tests.unit.emulator.ledger import posted, sound

MISSING = "Business Validation Error: The entity {0} {1} that you are trying to link does not exist. {0} {1}"


@pytest.fixture
def shop(make) -> tuple[Desk, str, str]:
    """A client that applies credits itself, a customer and an item."""
    desk = make(auto_apply_credit="never")
    return desk, desk.customer()["Id"], desk.item()["Id"]


@pytest.fixture
def office(desk: Desk) -> tuple[Desk, str]:
    """A client and a vendor."""
    return desk, desk.vendor()["Id"]


def link(type_: str, id_: str, amount: Any, **more: Any) -> dict[str, Any]:
    """A line of money that stands on another transaction."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": id_, "TxnType": type_, **more}]}


def pay(desk: Desk, customer: str, total: Any, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": list(lines), **more})


def payable(vendor: str, total: Any, *lines: dict[str, Any], desk: Desk) -> dict[str, Any]:
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.account("Checking")}}
    return {"VendorRef": {"value": vendor}, "TotalAmt": total, "Line": list(lines), **paid}


def settle(desk: Desk, vendor: str, total: Any, *lines: dict[str, Any]) -> dict[str, Any]:
    return desk.post("billpayment", payable(vendor, total, *lines, desk=desk))


def memo(desk: Desk, customer: str, item: str, amount: Any) -> dict[str, Any]:
    return desk.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [sale(item, amount)]})


def credit(desk: Desk, vendor: str, amount: Any) -> dict[str, Any]:
    return desk.post("vendorcredit", {"VendorRef": {"value": vendor}, "Line": [cost(desk.account("Supplies"), amount)]})


def order(desk: Desk, vendor: str, *quantities: int) -> dict[str, Any]:
    item = desk.item("Part", ExpenseAccountRef=desk.account("Supplies"))["Id"]
    kind = "ItemBasedExpenseLineDetail"
    lines = [{"Amount": 5 * each, "DetailType": kind, kind: {"ItemRef": {"value": item}, "Qty": each, "UnitPrice": 5}} for each in quantities]
    wish = {"VendorRef": {"value": vendor}, "APAccountRef": desk.account("Accounts Payable (A/P)"), "Line": lines}
    return desk.post("purchaseorder", wish)


# Payment -> Invoice, CreditMemo, JournalEntry, Expense


def test_a_payment_of_nothing_applies_a_credit_memo_to_an_invoice_and_moves_no_account(shop):
    desk, customer, item = shop
    invoice, credited = desk.invoice(customer, item, 100), memo(desk, customer, item, 30)
    payment = pay(desk, customer, 0, link("Invoice", invoice["Id"], 30), link("CreditMemo", credited["Id"], 30))
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)
    assert (desk.read("Invoice", invoice["Id"])["Balance"], desk.read("CreditMemo", credited["Id"])["RemainingCredit"]) == (70, 0)
    after = desk.read("CreditMemo", credited["Id"])
    assert (after["LinkedTxn"], after["SyncToken"]) == ([{"TxnId": payment["Id"], "TxnType": "Payment"}], "1")
    assert posted(desk, "Payment", payment["Id"]) == {}
    assert desk.read("Customer", customer)["Balance"] == 70


@pytest.mark.parametrize("made_last", ["Invoice", "CreditMemo"])
def test_a_credit_is_applied_by_itself_while_the_preference_says_so(make, made_last):
    desk = make()
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    if made_last == "Invoice":
        credited, invoice = memo(desk, customer, item, 30), desk.invoice(customer, item, 100)
    else:
        invoice, credited = desk.invoice(customer, item, 100), memo(desk, customer, item, 30)
    (payment,) = desk.select("select * from Payment")
    assert (payment["TotalAmt"], payment["PrivateNote"]) == (0, "Created by QB Online to link credits to charges.")
    assert (desk.read("Invoice", invoice["Id"])["Balance"], desk.read("CreditMemo", credited["Id"])["RemainingCredit"]) == (70, 0)
    desk.act("set_preferences", changes={"SalesFormsPrefs": {"AutoApplyCredit": False}})
    assert memo(desk, customer, item, 5)["RemainingCredit"] == 5
    sound(desk)


def test_a_payment_may_settle_a_journal_entry_that_credits_receivables(shop):
    desk, customer, item = shop
    named = {"Entity": {"Type": "Customer", "EntityRef": {"value": customer}}}
    lines = [side("Debit", desk.account("Checking"), 40), side("Credit", desk.account("Accounts Receivable (A/R)"), 40, **named)]
    entry, invoice = desk.post("journalentry", {"Line": lines}), desk.invoice(customer, item, 100)
    payment = pay(desk, customer, 60, link("Invoice", invoice["Id"], 100), link("JournalEntry", entry["Id"], 40))
    assert payment["UnappliedAmt"] == 0
    assert desk.read("JournalEntry", entry["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    other = desk.invoice(customer, item, 10)
    wish = {"CustomerRef": {"value": customer}, "TotalAmt": 0, "Line": [link("Invoice", other["Id"], 1), link("JournalEntry", entry["Id"], 1)]}
    assert desk.refused("payment", wish)["Detail"] == (
        "Business Validation Error: The amount applied is more than the open balance of the journal entry."
    )
    assert desk.read("Customer", customer)["Balance"] == 10


def test_a_payment_may_settle_an_expense_paid_to_the_customer(shop):
    desk, customer, _ = shop
    line = cost(desk.account("Accounts Receivable (A/R)"), 25)
    wish = {"PaymentType": "Cash", "AccountRef": desk.account("Checking"), "EntityRef": {"value": customer, "type": "Customer"}, "Line": [line]}
    expense = desk.post("purchase", wish)
    assert desk.read("Customer", customer)["Balance"] == 25
    payment = pay(desk, customer, 25, link("Expense", expense["Id"], 25))
    assert (payment["UnappliedAmt"], desk.read("Customer", customer)["Balance"]) == (0, 0)
    assert desk.read("Purchase", expense["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    sound(desk)


def test_links_that_only_the_screen_makes_are_not_taken_from_a_client(shop):
    desk, customer, item = shop
    memo_ = memo(desk, customer, item, 5)
    for type_ in ("Check", "CreditCardCredit", "Bill", "Estimate"):
        wish = {"CustomerRef": {"value": customer}, "TotalAmt": 5, "Line": [link(type_, memo_["Id"], 5)]}
        assert desk.refused("payment", wish)["Detail"] == MISSING.format(type_, memo_["Id"])
    expense = desk.post(
        "purchase", {"PaymentType": "Check", "AccountRef": desk.account("Checking"), "Line": [cost(desk.account("Supplies"), 5)]}
    )
    for type_, id_ in (("Check", expense["Id"]), ("Payment", pay(desk, customer, 5)["Id"])):
        wish = {"CustomerRef": {"value": customer}, "TotalAmt": 5, "Line": [link(type_, id_, 5)]}
        assert desk.refused("payment", wish)["code"] == "620"


@pytest.mark.parametrize("type_", ["Invoice", "CreditMemo", "JournalEntry", "Expense"])
def test_a_payment_cannot_link_to_what_does_not_exist(shop, type_):
    desk, customer, _ = shop
    wish = {"CustomerRef": {"value": customer}, "TotalAmt": 5, "Line": [link(type_, "999", 5)]}
    error = desk.refused("payment", wish)
    assert (error["code"], error["Detail"]) == ("6000", MISSING.format(type_, "999"))


def test_more_than_is_open_cannot_be_applied_not_even_in_two_lines(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    lines = [link("Invoice", invoice["Id"], 6), link("Invoice", invoice["Id"], 5)]
    wish = {"CustomerRef": {"value": customer}, "TotalAmt": 20, "Line": lines}
    assert desk.refused("payment", wish)["code"] == "6000"
    credited = memo(desk, customer, item, 10)
    lines = [link("Invoice", invoice["Id"], 10), link("CreditMemo", credited["Id"], 11)]
    assert desk.refused("payment", {**wish, "TotalAmt": 0, "Line": lines})["code"] == "6000"
    assert desk.refused("payment", {**wish, "Line": [link("Invoice", invoice["Id"], -1)]})["code"] == "2290"
    assert desk.read("Invoice", invoice["Id"])["SyncToken"] == "0"


def test_a_payment_may_keep_what_it_took_when_it_is_saved_again(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    payment = pay(desk, customer, 10, link("Invoice", invoice["Id"], 10))
    again = desk.post("payment", payment)
    assert (again["SyncToken"], desk.read("Invoice", invoice["Id"])["SyncToken"]) == ("1", "1")


def test_replacing_the_lines_of_a_payment_detaches_what_was_left_out(shop):
    desk, customer, item = shop
    invoice, credited = desk.invoice(customer, item, 50), memo(desk, customer, item, 20)
    payment = pay(desk, customer, 30, link("Invoice", invoice["Id"], 50), link("CreditMemo", credited["Id"], 20))
    wish = {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "Line": [link("Invoice", invoice["Id"], 30)]}
    assert desk.post("payment", wish)["UnappliedAmt"] == 0
    after = desk.read("CreditMemo", credited["Id"])
    assert (after["RemainingCredit"], after["LinkedTxn"]) == (20, [])
    assert desk.read("Invoice", invoice["Id"])["Balance"] == 20


def test_a_customer_pays_for_its_sub_customers_but_not_for_others(shop):
    desk, parent, item = shop
    sub = desk.customer("Sub", Job=True, BillWithParent=True, ParentRef={"value": parent})["Id"]
    other = desk.customer("Other")["Id"]
    invoice, foreign = desk.invoice(sub, item, 40), desk.invoice(other, item, 40)
    pay(desk, parent, 40, link("Invoice", invoice["Id"], 40))
    assert [desk.read("Customer", each)[name] for each in (parent, sub) for name in ("Balance", "BalanceWithJobs")] == [0, 0, 0, 0]
    wish = {"CustomerRef": {"value": parent}, "TotalAmt": 40, "Line": [link("Invoice", foreign["Id"], 40)]}
    assert desk.refused("payment", wish)["code"] == "620"
    sound(desk)


def test_an_invoice_that_becomes_smaller_gives_back_what_was_paid_too_much(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 100)
    first, second = pay(desk, customer, 60, link("Invoice", invoice["Id"], 60)), pay(desk, customer, 40, link("Invoice", invoice["Id"], 40))
    after = desk.post("invoice", {"Id": invoice["Id"], "SyncToken": "2", "sparse": True, "Line": [sale(item, 50)]})
    assert (after["Balance"], after["SyncToken"], after["LinkedTxn"]) == (0, "3", [{"TxnId": first["Id"], "TxnType": "Payment"}])
    assert [desk.read("Payment", each["Id"])["UnappliedAmt"] for each in (first, second)] == [10, 40]
    assert desk.read("Customer", customer)["Balance"] == -50
    sound(desk)


def test_an_invoice_for_another_customer_lets_go_of_its_payment(shop):
    desk, customer, item = shop
    other, invoice = desk.customer("Other")["Id"], desk.invoice(customer, item, 100)
    payment = pay(desk, customer, 60, link("Invoice", invoice["Id"], 60))
    after = desk.post("invoice", {"Id": invoice["Id"], "SyncToken": "1", "sparse": True, "CustomerRef": {"value": other}})
    assert (after["Balance"], after["LinkedTxn"]) == (100, [])
    assert desk.read("Payment", payment["Id"])["UnappliedAmt"] == 60
    assert (desk.read("Customer", customer)["Balance"], desk.read("Customer", other)["Balance"]) == (-60, 100)
    sound(desk)


def test_a_credit_that_was_used_cannot_become_smaller_than_that(shop):
    desk, customer, item = shop
    invoice, credited = desk.invoice(customer, item, 50), memo(desk, customer, item, 20)
    pay(desk, customer, 0, link("Invoice", invoice["Id"], 20), link("CreditMemo", credited["Id"], 20))
    assert desk.refused("creditmemo", {"Id": credited["Id"], "SyncToken": "1", "sparse": True, "Line": [sale(item, 19)]})["code"] == "6000"
    assert desk.read("CreditMemo", credited["Id"])["TotalAmt"] == 20


def test_deleting_a_used_credit_opens_the_invoice_again(shop):
    desk, customer, item = shop
    invoice, credited = desk.invoice(customer, item, 50), memo(desk, customer, item, 20)
    payment = pay(desk, customer, 0, link("Invoice", invoice["Id"], 20), link("CreditMemo", credited["Id"], 20))
    desk.post("creditmemo?operation=delete", {"Id": credited["Id"], "SyncToken": "1"})
    assert (desk.read("Invoice", invoice["Id"])["Balance"], desk.read("Invoice", invoice["Id"])["LinkedTxn"]) == (50, [])
    after = desk.read("Payment", payment["Id"])
    assert (after["Line"], after["UnappliedAmt"], after["SyncToken"]) == ([], 0, "1")
    sound(desk)


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
