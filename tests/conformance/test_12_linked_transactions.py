"""Who may link to what, what that moves on both sides, and what is refused."""

from __future__ import annotations

import pytest

from tests.conformance.linking import MISSING, link, memo, pay
from tests.unit.emulator.desk import cost, sale, side
from tests.unit.emulator.ledger import posted, sound

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
