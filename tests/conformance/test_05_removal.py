"""5.2: what can be deleted, voided and deactivated, for every entity."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.emulator.catalogue.registry import ENTITIES
from tests.unit.emulator.desk import Desk, cost, sale, side

#: Who can be deleted, voided (by which request), or made inactive; everything else is refused with 500.
DELETED = {"Invoice", "Payment", "SalesReceipt", "BillPayment", "CreditMemo", "RefundReceipt", "Purchase", "Transfer", "Bill", "VendorCredit", "PurchaseOrder", "Estimate", "JournalEntry", "Deposit", "TimeActivity", "Attachable", "Budget", "CreditCardPayment", "InventoryAdjustment", "RecurringTransaction", "JournalCode"}
VOIDED = {"Invoice", "Payment", "SalesReceipt", "BillPayment", "CreditMemo", "RefundReceipt", "Purchase"}
DEACTIVATED = {"Account", "Class", "Department", "Customer", "Vendor", "Employee", "Item", "Term", "PaymentMethod", "TaxCode"}
NEVER = {"Preferences", "CompanyInfo", "TaxRate", "ExchangeRate"}


def test_the_matrix_is_what_the_catalogue_says():
    assert {name for name, entity in ENTITIES.items() if entity.deletable} == DELETED
    assert {name for name, entity in ENTITIES.items() if entity.voidable} == VOIDED
    assert {name for name, entity in ENTITIES.items() if entity.deactivatable} == DEACTIVATED
    assert not NEVER & (DELETED | VOIDED | DEACTIVATED)


@pytest.mark.parametrize("name", sorted(ENTITIES.keys() - DELETED - {"ExchangeRate"}))
def test_what_cannot_be_deleted_says_so(make, name):
    desk = make("intuit")
    error = desk.refused(f"{name.lower()}?operation=delete", {"Id": "1", "SyncToken": "0"})
    assert (error["code"], error["Detail"]) == ("500", "Operation delete is not supported.")


@pytest.mark.parametrize("name", sorted(ENTITIES.keys() - VOIDED - {"ExchangeRate", "RecurringTransaction"}))
def test_what_cannot_be_voided_says_so(make, name):
    desk = make("intuit")
    error = desk.refused(f"{name.lower()}?operation=void", {"Id": "1", "SyncToken": "0"})
    assert (error["code"], error["Detail"]) == ("500", "Operation void is not supported.")


def forms(desk: Desk) -> dict[str, dict[str, Any]]:
    """The least that makes one transaction of each kind in the sandbox company."""
    sold = {"CustomerRef": {"value": "1"}, "Line": [sale("4", 75)]}
    bought = {"VendorRef": {"value": "30"}, "Line": [cost({"value": "7"}, 10)]}
    line = {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": {"value": "1"}}}
    count = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "QtyDiff": 2}}
    return {
        "Invoice": sold,
        "Estimate": sold,
        "SalesReceipt": sold,
        "CreditMemo": sold,
        "RefundReceipt": {**sold, "DepositToAccountRef": {"value": "35"}},
        "Payment": {"CustomerRef": {"value": "1"}, "TotalAmt": 5},
        "Bill": bought,
        "VendorCredit": bought,
        "PurchaseOrder": {**bought, "APAccountRef": {"value": "33"}},
        "BillPayment": {"VendorRef": {"value": "30"}, "PayType": "Check", "TotalAmt": 5, "CheckPayment": {"BankAccountRef": {"value": "35"}}},
        "Purchase": {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": [cost({"value": "7"}, 10)]},
        "JournalEntry": {"Line": [side("Debit", {"value": "7"}, 1), side("Credit", {"value": "35"}, 1)]},
        "Deposit": {"DepositToAccountRef": {"value": "35"}, "Line": [line]},
        "Transfer": {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}, "Amount": 5},
        "TimeActivity": {"NameOf": "Employee", "EmployeeRef": {"value": "54"}, "Hours": 1},
        "CreditCardPayment": {"BankAccountRef": {"value": "35"}, "CreditCardAccountRef": {"value": "41"}, "Amount": 5},
        "InventoryAdjustment": {"AdjustAccountRef": {"value": "80"}, "Line": [count]},
        "Attachable": {"Note": "n"},
        "Budget": {
            "StartDate": "2026-01-01",
            "EndDate": "2026-12-31",
            "BudgetDetail": [{"Amount": 1, "BudgetDate": "2026-01-01", "AccountRef": {"value": "7"}}],
        },
    }


@pytest.mark.parametrize("name", sorted(DELETED - {"RecurringTransaction", "JournalCode"}))
def test_what_is_deleted_answers_in_the_short_form_and_is_not_found_again(make, name):
    desk = make("intuit")
    made = desk.post(name.lower(), forms(desk)[name])
    gone = desk.post(f"{name.lower()}?operation=delete", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    for again in (
        desk.refused(f"{name.lower()}?operation=delete", {"Id": made["Id"], "SyncToken": made["SyncToken"]}),
        desk.refused(f"{name.lower()}/{made['Id']}", None, method="GET"),
    ):
        assert again["code"] == "610"


@pytest.mark.parametrize("name", sorted(DELETED - {"RecurringTransaction", "JournalCode", "Attachable"}))
def test_a_deletion_needs_the_present_token(make, name):
    desk = make("intuit")
    made = desk.post(name.lower(), forms(desk)[name])
    assert desk.refused(f"{name.lower()}?operation=delete", {"Id": made["Id"], "SyncToken": "7"})["code"] == "5010"
    assert desk.refused(f"{name.lower()}?operation=delete", {"Id": made["Id"]})["code"] == "2020"


@pytest.mark.parametrize("name", sorted(VOIDED))
@pytest.mark.parametrize("form", ["operation=void", "operation=update&include=void"])
def test_a_void_takes_the_amounts_out_and_leaves_number_and_object(make, name, form):
    desk = make("intuit")
    made = desk.post(name.lower(), forms(desk)[name])
    void = desk.post(f"{name.lower()}?{form}", {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True})
    assert (void["SyncToken"], void["PrivateNote"], void["TotalAmt"]) == ("1", "Voided", 0)
    assert void.get("DocNumber") == made.get("DocNumber")
    assert all(line["Amount"] == 0 for line in void["Line"])
    assert desk.read(name, made["Id"]) == void
    assert [each for each in void if each in made] == list(made)


@pytest.mark.parametrize(
    ("name", "made", "shown"),
    [
        ("Account", {"Name": "A", "AccountType": "Bank"}, "Name"),
        ("Class", {"Name": "A"}, "Name"),
        ("Department", {"Name": "A"}, "Name"),
        ("Customer", {"DisplayName": "A"}, "DisplayName"),
        ("Vendor", {"DisplayName": "A"}, "DisplayName"),
        ("Employee", {"GivenName": "A"}, "DisplayName"),
        ("Item", {"Name": "A", "IncomeAccountRef": {"value": "1"}}, "Name"),
        ("Term", {"Name": "A", "DueDays": 1}, "Name"),
        ("PaymentMethod", {"Name": "A"}, "Name"),
    ],
)
def test_a_deactivated_name_is_marked_hidden_and_free_again(make, name, made, shown):
    desk = make("intuit")
    known = desk.post(name.lower(), made)
    gone = desk.post(name.lower(), {"Id": known["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone[shown], gone["Active"], gone["SyncToken"]) == ("A (deleted)", False, "1")
    if "FullyQualifiedName" in gone:
        assert gone["FullyQualifiedName"] == "A (deleted)"
    if "PrintOnCheckName" in gone:
        assert gone["PrintOnCheckName"] == "A"
    ids = {each["Id"] for each in desk.select(f"select * from {name} maxresults 1000")}
    every = {each["Id"] for each in desk.select(f"select * from {name} where Active in (true, false) maxresults 1000")}
    assert known["Id"] not in ids
    assert known["Id"] in every
    assert desk.read(name, known["Id"]) == gone
    assert desk.post(name.lower(), made)["Id"] != known["Id"]


def test_a_tax_code_can_be_hidden_and_the_pseudo_codes_cannot(make):
    desk = make("intuit")
    wish = {"SyncToken": "0", "sparse": True, "Active": False}
    assert desk.post("taxcode", {**wish, "Id": "2"})["Name"] == "California (deleted)"
    assert desk.refused("taxcode", {**wish, "Id": "NON"})["code"] == "6000"


def test_deactivating_what_is_inactive_moves_neither_token_nor_time(make, clock):
    desk = make("intuit")
    known = desk.read("Employee", "55")
    clock.advance(60)
    again = desk.post("employee", {"Id": "55", "SyncToken": known["SyncToken"], "sparse": True, "Active": False})
    assert (again["SyncToken"], again["MetaData"]) == (known["SyncToken"], known["MetaData"])
    assert again["DisplayName"] == "Emily Platt (deleted)"


def test_an_inactive_name_stays_taken_by_switch(make):
    desk = make("intuit", inactive_name_taken=True)
    assert desk.refused("employee", {"GivenName": "Emily", "FamilyName": "Platt"})["code"] == "6240"


def test_a_recurring_transaction_is_deleted_in_its_wrapping(make):
    desk = make("intuit")
    info = {"Name": "Monthly", "ScheduleInfo": {"IntervalType": "Monthly", "DayOfMonth": 1}}
    made = desk.post("recurringtransaction", {"Bill": {**forms(desk)["Bill"], "RecurringInfo": info}})["Bill"]
    gone = desk.post("recurringtransaction?operation=delete", {"Bill": {"Id": made["Id"], "SyncToken": "0"}})
    assert gone == {"status": "Deleted", "domain": "QBO", "Bill": {"Id": made["Id"]}}
    assert desk.select("select * from RecurringTransaction") == []


def test_a_journal_code_is_deleted_while_nothing_bears_it(make):
    desk = make("french")
    known = desk.select("select * from JournalCode where Name = 'OD'")[0]
    assert desk.post("journalcode?operation=delete", {"Id": known["Id"], "SyncToken": "0"})["status"] == "Deleted"


def test_what_the_bank_feed_is_matched_with_may_change_and_goes_once_the_match_is_undone(make):
    desk = make("intuit")
    payment = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 5, "DepositToAccountRef": {"value": "35"}})
    other = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 6, "DepositToAccountRef": {"value": "35"}})
    desk.act("match", entity="Payment", id=payment["Id"])
    assert desk.read("Payment", payment["Id"]) == payment, "the API does not show it"
    changed = desk.post("payment", {**payment, "PaymentRefNum": "7"})
    identity = {"Id": payment["Id"], "SyncToken": changed["SyncToken"]}
    assert desk.refused("payment?operation=delete", identity)["code"] == "6480"
    assert desk.post("payment?operation=delete", {"Id": other["Id"], "SyncToken": "0"})["status"] == "Deleted"
    desk.act("unmatch", entity="Payment", id=payment["Id"])
    assert desk.post("payment?operation=delete", identity)["status"] == "Deleted"


def test_only_what_moves_money_at_a_bank_is_matched(make):
    desk = make("intuit")
    invoice = desk.invoice("1", "4")
    status, answer = desk.control("POST", "actor", {"realm_id": desk.realm, "action": "match", "entity": "Invoice", "id": invoice["Id"]})
    assert (status, "bank or card account" in answer["error"]) == (400, True)
