"""13: answers of a sandbox that were recorded in May 2026, to requests without `minorversion`, against those of the same requests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, parsed, sale, side

_HEAD = "domain sparse Id SyncToken MetaData"
_ADDRESS = {"Line1": "123 Sierra Way", "Line2": "San Pablo, CA  87999"}


@pytest.fixture
def desk(make) -> Desk:
    """A client of the sandbox company."""
    return make("intuit")


def names(obj: dict[str, Any]) -> str:
    """The properties of an object in their order."""
    return " ".join(obj)


def line_names(obj: dict[str, Any]) -> list[str]:
    return [names(line) for line in obj["Line"]]


def ordered(desk: Desk, **more: Any) -> dict[str, Any]:
    """A purchase order to Bob's Burger Joint."""
    return desk.post("purchaseorder", {"VendorRef": {"value": "56"}, "APAccountRef": {"value": "33"}, **more})


def test_an_invoice(desk: Desk):
    made = desk.post(
        "invoice", {"CustomerRef": {"value": "1"}, "TxnDate": "2024-01-15", "Line": [sale("1", 100, Qty=1, UnitPrice=100)]}
    )
    assert names(made) == (
        f"AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment {_HEAD} CustomField DocNumber TxnDate "
        "CurrencyRef LinkedTxn Line TxnTaxDetail CustomerRef BillAddr ShipAddr FreeFormAddress ShipFromAddr DueDate TotalAmt "
        "ApplyTaxAfterDiscount PrintStatus EmailStatus Balance"
    )
    assert line_names(made) == [
        "Id LineNum Amount DetailType SalesItemLineDetail CustomExtensions",
        "Amount DetailType SubTotalLineDetail",
    ]
    detail = made["Line"][0]["SalesItemLineDetail"]
    assert names(detail) == "ItemRef UnitPrice Qty ItemAccountRef TaxCodeRef"
    assert (detail["ItemAccountRef"], made["Line"][0]["CustomExtensions"]) == ({"value": "1", "name": "Services"}, [])
    assert made["FreeFormAddress"] is True
    assert {name: value for name, value in made["ShipFromAddr"].items() if name != "Id"} == _ADDRESS
    assert made["ShipFromAddr"]["Id"] not in {made["BillAddr"]["Id"], made["ShipAddr"]["Id"]}
    assert made["DueDate"] == "2024-02-14"


def test_a_discount_has_no_custom_extensions(desk: Desk):
    off = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 5}}
    made = desk.post("invoice", {"CustomerRef": {"value": "18"}, "Line": [sale("1", 100), off]})
    assert line_names(made)[1:] == ["Amount DetailType SubTotalLineDetail", "Amount DetailType DiscountLineDetail"]


@pytest.mark.parametrize(
    ("path", "before", "behind"),
    [
        ("estimate", f"{_HEAD} CustomField DocNumber TxnDate CurrencyRef TxnStatus", ""),
        ("creditmemo", f"RemainingCredit {_HEAD} CustomField DocNumber TxnDate CurrencyRef", " Balance"),
    ],
)
def test_the_other_sales_forms(desk: Desk, path: str, before: str, behind: str):
    made = desk.post(path, {"CustomerRef": {"value": "1"}, "Line": [sale("1", 100)]})
    assert names(made) == (
        f"{before} Line TxnTaxDetail CustomerRef BillAddr ShipAddr FreeFormAddress ShipFromAddr TotalAmt ApplyTaxAfterDiscount "
        f"PrintStatus EmailStatus{behind}"
    )


def test_sales_forms_without_custom_fields_show_an_empty_list(make):
    desk = make()
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    assert made["CustomField"] == []


def test_a_sparse_update_sends_a_form_from_nowhere_else(desk: Desk):
    made = desk.invoice("1", "1")
    changed = desk.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"})
    assert changed["ShipFromAddr"] == made["ShipFromAddr"]


def test_who_wrote_an_invoice_bill_or_purchase_order_last_is_told(desk: Desk):
    invoice = desk.invoice("1", "1")
    bill = desk.post("bill", {"VendorRef": {"value": "56"}, "Line": [cost({"value": "7"}, 150)]})
    order = ordered(desk, Line=[cost({"value": "7"}, 150)])
    for made in (invoice, bill, order):
        assert names(made["MetaData"]) == "CreateTime LastModifiedByRef LastUpdatedTime"
        assert made["MetaData"]["LastModifiedByRef"]["value"].isdecimal()
    assert (
        names(desk.post("estimate", {"CustomerRef": {"value": "1"}, "Line": [sale("1", 1)]})["MetaData"])
        == "CreateTime LastUpdatedTime"
    )


def test_the_lines_of_a_bill_have_links_and_those_of_a_purchase_have_neither_these_nor_numbers(desk: Desk):
    bill = desk.post("bill", {"VendorRef": {"value": "56"}, "TxnDate": "2026-01-05", "Line": [cost({"value": "7"}, 150)]})
    assert names(bill) == f"DueDate Balance {_HEAD} TxnDate CurrencyRef Line VendorRef APAccountRef TotalAmt"
    assert line_names(bill) == ["Id LineNum Amount LinkedTxn DetailType AccountBasedExpenseLineDetail CustomExtensions"]
    assert bill["Line"][0]["LinkedTxn"] == []
    wish = {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "EntityRef": {"value": "56", "type": "Vendor"}}
    purchase = desk.post("purchase", {**wish, "Line": [cost({"value": "7"}, 150)]})
    assert line_names(purchase) == ["Id Amount DetailType AccountBasedExpenseLineDetail CustomExtensions"]


def test_a_purchase_order(desk: Desk):
    by_item = {"Amount": 150, "DetailType": "ItemBasedExpenseLineDetail"}
    by_item["ItemBasedExpenseLineDetail"] = {"ItemRef": {"value": "11"}, "Qty": 2, "UnitPrice": 75}
    made = ordered(desk, Memo="m", Line=[cost({"value": "7"}, 150), by_item])
    assert names(made) == (
        f"EmailStatus POStatus {_HEAD} CustomField DocNumber TxnDate CurrencyRef LinkedTxn Line VendorRef APAccountRef TotalAmt Memo"
    )
    assert line_names(made) == [
        "Id LineNum Amount DetailType AccountBasedExpenseLineDetail CustomExtensions",
        "Id LineNum Amount Received DetailType ItemBasedExpenseLineDetail CustomExtensions",
    ]
    assert (made["LinkedTxn"], made["Line"][1]["Received"]) == ([], 0)
    assert names(made["Line"][1]["ItemBasedExpenseLineDetail"]) == "BillableStatus ItemRef UnitPrice Qty TaxCodeRef"


def test_a_bills_term_has_no_name_and_an_invoices_has(desk: Desk):
    term = {"SalesTermRef": {"value": "3"}}
    bill = desk.post("bill", {"VendorRef": {"value": "56"}, "Line": [cost({"value": "7"}, 1)], **term})
    assert bill["SalesTermRef"] == {"value": "3"}
    assert desk.invoice("1", "1", 1, **term)["SalesTermRef"] == {"value": "3", "name": "Net 30"}


def test_a_payment_lies_in_undeposited_funds_and_names_neither_account_nor_method(desk: Desk):
    made = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 100})
    assert names(made) == f"CustomerRef DepositToAccountRef TotalAmt UnappliedAmt ProcessPayment {_HEAD} TxnDate CurrencyRef Line"
    assert (made["DepositToAccountRef"], made["UnappliedAmt"], made["Line"]) == ({"value": "4"}, 100, [])
    paid = {"DepositToAccountRef": {"value": "35"}, "PaymentMethodRef": {"value": "2"}}
    made = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 100, **paid})
    assert {name: made[name] for name in paid} == paid


def test_a_journal_entry_and_a_deposit(desk: Desk):
    entry = desk.post("journalentry", {"Line": [side("Debit", {"value": "7"}, 100), side("Credit", {"value": "8"}, 100)]})
    assert names(entry) == f"Adjustment TotalAmt {_HEAD} TxnDate CurrencyRef Line TxnTaxDetail"
    assert (entry["TotalAmt"], entry["TxnTaxDetail"]) == (0, {})
    assert line_names(entry) == ["Id Amount DetailType JournalEntryLineDetail CustomExtensions"] * 2
    line = {"Amount": 100, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": {"value": "1"}}}
    deposit = desk.post("deposit", {"DepositToAccountRef": {"value": "35"}, "Line": [line]})
    assert names(deposit) == f"DepositToAccountRef TotalAmt {_HEAD} TxnDate CurrencyRef Line TxnTaxDetail"
    assert line_names(deposit) == ["Id LineNum Amount DetailType DepositLineDetail CustomExtensions"]


def test_only_a_check_has_a_print_status_and_only_a_card_a_credit(desk: Desk):
    wish = {"EntityRef": {"type": "Vendor", "value": "56"}, "Line": [cost({"value": "7"}, 34)]}
    shown = {}
    for kind, account in (("CreditCard", "41"), ("Check", "35"), ("Cash", "35")):
        shown[kind] = desk.post("purchase", {**wish, "PaymentType": kind, "AccountRef": {"value": account}})
    assert names(shown["CreditCard"]) == (
        f"AccountRef PaymentType EntityRef Credit TotalAmt PurchaseEx {_HEAD} TxnDate CurrencyRef Line"
    )
    assert shown["CreditCard"]["Credit"] is False
    assert {kind: each.get("PrintStatus") for kind, each in shown.items()} == {"CreditCard": None, "Check": "NotSet", "Cash": None}
    assert [kind for kind, each in shown.items() if "Credit" in each] == ["CreditCard"]
    assert [names(each["EntityRef"]) for each in shown.values()] == ["value name type"] * 3


def test_a_customer(desk: Desk):
    wish = {"DisplayName": "Tess", "GivenName": "Test", "FamilyName": "Customer", "BillAddr": {"Line1": "1"}, "Notes": "n"}
    made = desk.customer(**{"name": wish.pop("DisplayName"), **wish})
    assert names(made) == (
        f"Taxable BillAddr Notes Job BillWithParent Balance BalanceWithJobs CurrencyRef PreferredDeliveryMethod IsProject {_HEAD} "
        "GivenName FamilyName FullyQualifiedName DisplayName PrintOnCheckName Active DefaultTaxCodeRef"
    )
    assert (made["IsProject"], made["PrintOnCheckName"]) == (False, "Test Customer")


def test_a_company_s_name_goes_on_checks_and_stays_there_when_who_it_is_gets_another_name(desk: Desk):
    known = desk.post("customer", {"DisplayName": "Birds", "CompanyName": "Birds Inc", "GivenName": "Amy"})
    assert known["PrintOnCheckName"] == "Birds Inc"
    changed = desk.post("customer", {"Id": known["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Other"})
    assert (changed["FullyQualifiedName"], changed["PrintOnCheckName"]) == ("Other", "Birds Inc")


def test_a_vendor(desk: Desk):
    made = desk.post("vendor", {"DisplayName": "V", "GivenName": "John", "FamilyName": "Doe", "CompanyName": "Acme Inc"})
    assert names(made) == (
        f"Balance BillRate Vendor1099 CurrencyRef CostRate {_HEAD} GivenName FamilyName CompanyName DisplayName PrintOnCheckName "
        "Active V4IDPseudonym"
    )
    assert (made["BillRate"], made["CostRate"], made["PrintOnCheckName"]) == (0, 0, "Acme Inc")
    assert len(made["V4IDPseudonym"]) == 38
    assert desk.read("Vendor", made["Id"]) == made


def test_the_properties_of_before_are_a_switch(make):
    made = make("intuit", minor_version="none").invoice("1", "1")
    assert not {"FreeFormAddress", "ShipFromAddr"} & made.keys()
    assert "LastModifiedByRef" not in made["MetaData"]


def test_what_is_read_and_sent_back_is_taken(desk: Desk):
    made = desk.invoice("1", "1")
    changed = parsed(desk.ask("POST", "invoice", {**made, "PrivateNote": "n"}))["Invoice"]
    assert {**changed, "MetaData": 0, "SyncToken": 0} == {**made, "PrivateNote": "n", "MetaData": 0, "SyncToken": 0}


def test_a_full_update_dates_a_form_anew_and_keeps_its_number_and_the_customers_addresses(desk: Desk):
    made = desk.post("creditmemo", {"CustomerRef": {"value": "1"}, "TxnDate": "2026-01-05", "Line": [sale("10", 90)]})
    line = {**sale("10", 100), "Id": "1"}
    changed = desk.post("creditmemo", {"Id": made["Id"], "SyncToken": "0", "CustomerRef": {"value": "1"}, "Line": [line]})
    kept = ("DocNumber", "BillAddr", "ShipAddr")
    assert [changed[name] for name in kept] == [made[name] for name in kept]
    assert changed["TxnDate"] == changed["MetaData"]["LastUpdatedTime"][:10] != made["TxnDate"]
    assert changed["Line"][0]["SalesItemLineDetail"]["ItemAccountRef"] == {"value": "54", "name": "Pest Control Services"}


def test_a_full_update_of_a_purchase_order_without_a_number_takes_it_away(desk: Desk):
    made = ordered(desk, Line=[cost({"value": "69"}, 150)])
    changed = ordered(desk, Id=made["Id"], SyncToken="0", Line=[cost({"value": "69"}, 151)])
    assert ("DocNumber" in made, "DocNumber" in changed) == (True, False)


def test_no_email_is_taken_from_the_customer_until_a_form_is_sent(desk: Desk):
    customer = desk.customer(PrimaryEmailAddr={"Address": "ada@example.com"})
    made = desk.invoice(customer["Id"], "1")
    assert "BillEmail" not in made
    assert desk.ask("POST", f"invoice/{made['Id']}/send", b"").status == 200
    assert desk.control("GET", f"mails?realm_id={desk.realm}")[1]["mails"][-1]["to"] == "ada@example.com"


def test_a_form_that_is_sent_is_answered_in_the_order_of_the_others(desk: Desk):
    made = desk.invoice("1", "1")
    sent = parsed(desk.ask("POST", f"invoice/{made['Id']}/send?sendTo=ada@example.com", b""))["Invoice"]
    assert names(sent) == names(made).replace("EmailStatus", "EmailStatus BillEmail") + " DeliveryInfo"
    assert names(sent["DeliveryInfo"]) == "DeliveryType DeliveryTime"
