"""Bills, bill payments, vendor credits, purchase orders, expenses; journal entries, transfers and time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.emulator.desk import Desk, cost, side


def test_a_bill_is_due_at_once_without_a_term_and_bears_no_number_of_its_own(desk: Desk):
    vendor = desk.vendor()
    made = desk.bill(vendor["Id"], "246.9")
    assert (made["TotalAmt"], made["Balance"], made["DueDate"]) == (Decimal("246.90"), Decimal("246.90"), "2026-01-15")
    assert made["APAccountRef"]["name"] == "Accounts Payable (A/P)"
    assert "DocNumber" not in made
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert desk.read("Vendor", vendor["Id"])["Balance"] == Decimal("246.90")


def test_a_bill_number_is_taken_once(make):
    for scope, taken in (("company", True), ("vendor", False), ("off", False)):
        desk = make(bill_number_scope=scope)
        first, second = desk.vendor("A"), desk.vendor("B")
        desk.bill(first["Id"], 1, DocNumber="7")
        wish = {"VendorRef": {"value": second["Id"]}, "Line": [cost(desk.account("Supplies"), 1)], "DocNumber": "7"}
        response = desk.ask("POST", "bill", wish)
        assert (b"6140" in response.body) is taken
        assert desk.ask("POST", "bill?include=allowduplicatedocnum", wish).status == 200


@pytest.mark.parametrize(
    ("pay_type", "detail", "shown"),
    [
        ("Check", {"CheckPayment": {"BankAccountRef": "Checking"}}, "BillPaymentCheck"),
        ("CreditCard", {"CreditCardPayment": {"CCAccountRef": "Mastercard"}}, "BillPaymentCreditCard"),
    ],
)
def test_a_bill_payment_changes_the_bill_too(desk: Desk, pay_type, detail, shown):
    vendor = desk.vendor()
    bill = desk.bill(vendor["Id"], 100)
    ((name, source),) = detail.items()
    ((reference, account),) = source.items()
    line = {"Amount": 60, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    wish = {"VendorRef": {"value": vendor["Id"]}, "PayType": pay_type, name: {reference: desk.account(account)}, "TotalAmt": 60}
    payment = desk.post("billpayment", {**wish, "Line": [line]})
    after = desk.read("Bill", bill["Id"])
    assert (after["Balance"], after["SyncToken"], after["LinkedTxn"]) == (40, "1", [{"TxnId": payment["Id"], "TxnType": shown}])
    assert desk.read("Vendor", vendor["Id"])["Balance"] == 40
    balance = desk.read("Account", desk.account(account)["value"])["CurrentBalance"]
    assert balance == (-60 if pay_type == "Check" else 60)
    desk.post("billpayment?operation=update&include=void", {"Id": payment["Id"], "SyncToken": "0", "sparse": True})
    assert desk.read("Bill", bill["Id"])["Balance"] == 100


def test_a_bill_payment_without_an_amount_or_a_source_is_refused(desk: Desk):
    vendor = {"value": desk.vendor()["Id"]}
    error = desk.refused("billpayment", {"VendorRef": vendor, "PayType": "Check"})
    assert (error["code"], error["Detail"]) == ("6000", "Business Validation Error: You must set a transaction amount.")
    assert desk.refused("billpayment", {"VendorRef": vendor, "PayType": "Check", "TotalAmt": 1})["element"] == "CheckPayment.BankAccountRef"


def test_deleting_a_bill_leaves_its_payment_behind(desk: Desk):
    vendor = desk.vendor()
    bill = desk.bill(vendor["Id"], 10)
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.account("Checking")}}
    payment = desk.post("billpayment", {"VendorRef": {"value": vendor["Id"]}, "TotalAmt": 10, "Line": [line], **source})
    desk.post("bill?operation=delete", {"Id": bill["Id"], "SyncToken": "1"})
    assert desk.read("BillPayment", payment["Id"])["Line"] == []
    assert desk.read("Vendor", vendor["Id"])["Balance"] == -10


def test_a_vendor_credit_lowers_what_is_owed(desk: Desk):
    vendor = desk.vendor()
    desk.bill(vendor["Id"], 10)
    made = desk.post("vendorcredit", {"VendorRef": {"value": vendor["Id"]}, "Line": [cost(desk.account("Supplies"), 4)]})
    assert (made["TotalAmt"], made["Balance"]) == (4, 4)
    assert desk.read("Vendor", vendor["Id"])["Balance"] == 6


def test_a_purchase_order_is_closed_by_its_bill(desk: Desk):
    vendor, item = desk.vendor(), desk.item(ExpenseAccountRef=desk.account("Purchases"))
    kind = "ItemBasedExpenseLineDetail"
    line = {"Amount": 21, "DetailType": kind, kind: {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": "10.5"}}
    wish = {"VendorRef": {"value": vendor["Id"]}, "Line": [line]}
    assert desk.refused("purchaseorder", wish)["element"] == "APAccountRef"
    order = desk.post("purchaseorder", {**wish, "APAccountRef": desk.account("Accounts Payable (A/P)")})
    assert (order["POStatus"], order["TotalAmt"]) == ("Open", 21)
    assert desk.read("Vendor", vendor["Id"])["Balance"] == 0
    linked = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]
    bill = desk.post("bill", {**wish, "LinkedTxn": linked})
    after = desk.read("PurchaseOrder", order["Id"])
    assert (after["POStatus"], after["LinkedTxn"], after["SyncToken"]) == ("Closed", [{"TxnId": bill["Id"], "TxnType": "Bill"}], "1")
    desk.post("bill?operation=delete", {"Id": bill["Id"], "SyncToken": "0"})
    assert desk.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"
    assert desk.refused("bill", {**wish, "LinkedTxn": [{"TxnId": "999", "TxnType": "PurchaseOrder"}]})["code"] == "6000"


def test_an_item_line_needs_an_item_and_an_account_line_an_account(desk: Desk):
    vendor = {"value": desk.vendor()["Id"]}
    for kind in ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"):
        error = desk.refused("bill", {"VendorRef": vendor, "Line": [{"Amount": 1, "DetailType": kind, kind: {}}]})
        assert (error["code"], error["Message"]) == ("6440", "Transaction Detail Information Required")


def test_billable_lines_need_a_customer_and_billed_ones_cannot_be_made(desk: Desk):
    vendor, account = {"value": desk.vendor()["Id"]}, desk.account("Supplies")
    billed = desk.refused("bill", {"VendorRef": vendor, "Line": [cost(account, 1, BillableStatus="HasBeenBilled")]})
    assert (billed["code"], billed["Detail"]) == ("2170", "Invalid Enumeration : HAS_BEEN_BILLED")
    assert desk.refused("bill", {"VendorRef": vendor, "Line": [cost(account, 1, BillableStatus="Billable")]})["code"] == "6310"


def test_a_purchase_is_paid_from_an_account_of_its_kind(desk: Desk):
    lines = [cost(desk.account("Supplies"), 18.97)]
    wish = {"PaymentType": "Cash", "AccountRef": desk.account("Checking"), "Line": lines}
    made = desk.post("purchase", {**wish, "EntityRef": {"value": desk.vendor()["Id"]}})
    assert made["TotalAmt"] == Decimal("18.97")
    assert (made["EntityRef"]["type"], made["EntityRef"]["name"]) == ("Vendor", "Bolt & Co")
    assert made["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "54"}
    assert desk.refused("purchase", {**wish, "PaymentType": "CreditCard"})["code"] == "6000"
    assert desk.refused("purchase", {**wish, "Credit": True})["code"] == "6000"
    card = desk.post("purchase", {**wish, "PaymentType": "CreditCard", "AccountRef": desk.account("Mastercard"), "Credit": True})
    assert desk.read("Account", card["AccountRef"]["value"])["CurrentBalance"] == Decimal("-18.97")
    changed = desk.post("purchase", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PaymentType": "Check"})
    assert changed["PaymentType"] == "Cash"


def test_a_check_number_is_taken_once_where_the_company_warns(desk: Desk):
    wish = {"PaymentType": "Check", "AccountRef": desk.account("Checking"), "Line": [cost(desk.account("Supplies"), 1)], "DocNumber": "101"}
    desk.post("purchase", wish)
    assert desk.refused("purchase", wish)["code"] == "6140"
    desk.post("purchase", {**wish, "PaymentType": "Cash"})


def entry(desk: Desk, amount="17.99", **more):
    lines = [side("Debit", desk.account("Supplies"), amount), side("Credit", desk.account("Checking"), amount)]
    return {"Line": lines, **more}


def test_a_journal_entry_counts_its_lines_from_0(desk: Desk):
    made = desk.post("journalentry", entry(desk))
    assert [line["Id"] for line in made["Line"]] == ["0", "1"]
    assert all("LineNum" not in line for line in made["Line"])
    assert (made["Adjustment"], made["TotalAmt"], made["TxnTaxDetail"]) == (False, 0, {})
    assert "DocNumber" not in made
    assert desk.read("Account", desk.account("Checking")["value"])["CurrentBalance"] == Decimal("-17.99")


def test_a_journal_entry_gets_a_number_when_it_asks_for_one(desk: Desk):
    assert desk.post("journalentry?include=allowautodocnum", entry(desk, DocNumber="308"))["DocNumber"] == "308"
    assert [desk.post("journalentry?include=allowautodocnum", entry(desk))["DocNumber"] for _ in range(2)] == ["309", "310"]


def test_journal_numbers_are_unique_only_where_the_company_warns(desk: Desk):
    desk.post("journalentry", entry(desk, DocNumber="308"))
    assert desk.refused("journalentry", entry(desk, DocNumber="308"))["code"] == "6140"
    desk.act("set_preferences", changes={"OtherPrefs": {"NameValue": []}})
    desk.post("journalentry", entry(desk, DocNumber="308"))


def test_a_journal_entry_that_does_not_add_up_is_refused(desk: Desk):
    a, b = desk.account("Supplies"), desk.account("Checking")
    for lines, code in (
        ([side("Debit", a, 2), side("Credit", b, 1)], "2300"),
        ([side("Debit", a, -1), side("Credit", b, -1)], "2290"),
        ([side("Debit", a, 0)], "2250"),
        ([{**side("Debit", a, 1), "JournalEntryLineDetail": {"AccountRef": a}}, side("Credit", b, 1)], "2260"),
        ([{**side("Debit", a, 1), "JournalEntryLineDetail": {"PostingType": "Debit"}}, side("Credit", b, 1)], "2020"),
        ([side("Sideways", a, 1), side("Credit", b, 1)], "2170"),
        ([], "2250"),
    ):
        assert desk.refused("journalentry", {"Line": lines})["code"] == code
    error = desk.refused("journalentry", {"Line": [side("Debit", a, 2), side("Credit", b, 1)]})
    assert (error["Message"], error["Detail"]) == ("Amount on debits not equal to credits", "Please balance your debits and credits.")


def test_receivables_need_a_customer_and_payables_a_vendor(desk: Desk):
    customer, vendor = desk.customer(), desk.vendor()
    receivable, payable, other = desk.account("Accounts Receivable (A/R)"), desk.account("Accounts Payable (A/P)"), desk.account("Checking")

    def named(type_: str, id_: str):
        return {"Entity": {"Type": type_, "EntityRef": {"value": id_}}}

    assert desk.refused("journalentry", {"Line": [side("Debit", receivable, 5), side("Credit", other, 5)]})["code"] == "6000"
    wrong = side("Credit", payable, 5, **named("Customer", customer["Id"]))
    assert desk.refused("journalentry", {"Line": [side("Debit", other, 5), wrong]})["code"] == "6000"
    lines = [side("Debit", receivable, 5, **named("Customer", customer["Id"])), side("Credit", payable, 5, **named("Vendor", vendor["Id"]))]
    made = desk.post("journalentry", {"Line": lines})
    assert made["Line"][0]["JournalEntryLineDetail"]["Entity"] == {
        "Type": "Customer", "EntityRef": {"value": customer["Id"], "name": "Ada Ltd"},
    }  # fmt: skip
    assert (desk.read("Customer", customer["Id"])["Balance"], desk.read("Vendor", vendor["Id"])["Balance"]) == (5, 5)


def test_journal_lines_carry_class_and_location_where_they_are_tracked(tracked: Desk):
    class_ = tracked.select("select * from Class where Name = 'Retail'")[0]["Id"]
    place = tracked.select("select * from Department where Name = 'Store'")[0]["Id"]
    extra = {"ClassRef": {"value": class_}, "DepartmentRef": {"value": place}}
    lines = [side("Debit", tracked.account("Supplies"), 1, **extra), side("Credit", tracked.account("Checking"), 1)]
    detail = tracked.post("journalentry", {"Line": lines})["Line"][0]["JournalEntryLineDetail"]
    assert (detail["ClassRef"]["name"], detail["DepartmentRef"]["name"]) == ("Retail", "Store")
    tracked.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": False, "TrackDepartments": False}})
    detail = tracked.post("journalentry", {"Line": lines})["Line"][0]["JournalEntryLineDetail"]
    assert not {"ClassRef", "DepartmentRef"} & detail.keys()


def test_a_transfer_moves_money_between_two_accounts(desk: Desk):
    a, b = desk.account("Checking"), desk.account("Savings")
    desk.post("transfer", {"FromAccountRef": a, "ToAccountRef": b, "Amount": 12})
    assert desk.read("Account", a["value"])["CurrentBalance"] == -12
    assert desk.read("Account", b["value"])["CurrentBalance"] == 12
    assert desk.refused("transfer", {"FromAccountRef": a, "ToAccountRef": a, "Amount": 12})["code"] == "6000"
    assert desk.refused("transfer", {"FromAccountRef": a, "ToAccountRef": b, "Amount": 0})["code"] == "2290"


def test_a_parent_account_shows_the_balance_of_what_is_below_it(desk: Desk):
    parent = desk.account("Checking")
    child = desk.post("account", {"Name": "Till", "AccountType": "Bank", "ParentRef": parent, "SubAccount": True})
    desk.post("transfer", {"FromAccountRef": desk.account("Savings"), "ToAccountRef": {"value": child["Id"]}, "Amount": 12})
    above = desk.read("Account", parent["value"])
    assert (above["CurrentBalance"], above["CurrentBalanceWithSubAccounts"]) == (0, 12)
    assert above["SyncToken"] == "0"


def test_time_belongs_to_an_employee_or_a_vendor(desk: Desk):
    employee = desk.post("employee", {"GivenName": "Maya"})
    made = desk.post("timeactivity", {"NameOf": "Employee", "EmployeeRef": {"value": employee["Id"]}, "Hours": 8})
    assert (made["BillableStatus"], made["EmployeeRef"]["name"]) == ("NotBillable", "Maya")
    assert desk.refused("timeactivity", {"Hours": 8})["code"] == "6300"
    assert desk.refused("timeactivity", {"NameOf": "Vendor", "Hours": 8})["element"] == "VendorRef"


def test_closed_books_take_no_change_on_either_side_of_the_date(desk: Desk):
    vendor = desk.vendor()
    old = desk.bill(vendor["Id"], 1, TxnDate="2025-12-31")
    new = desk.bill(vendor["Id"], 1, TxnDate="2026-01-01")
    desk.act("close_books", date="2025-12-31")
    wish = {"VendorRef": {"value": vendor["Id"]}, "Line": [cost(desk.account("Supplies"), 1)], "TxnDate": "2025-12-31"}
    error = desk.refused("bill", wish)
    assert (error["code"], error["Message"]) == ("6200", "Account Period Closed, Cannot Update Through Services API")
    assert desk.refused("bill", {"Id": new["Id"], "SyncToken": "0", "sparse": True, "TxnDate": "2025-06-01"})["code"] == "6200"
    assert desk.refused("bill", {"Id": old["Id"], "SyncToken": "0", "sparse": True, "TxnDate": "2026-01-02"})["code"] == "6200"
    assert desk.refused("bill?operation=delete", {"Id": old["Id"], "SyncToken": "0"})["code"] == "6200"
    desk.act("close_books", date="2025-12-31", password="secret")
    assert desk.refused("bill", wish)["code"] == "6210"
    desk.act("close_books")
    assert desk.post("bill", wish)["TotalAmt"] == 1
