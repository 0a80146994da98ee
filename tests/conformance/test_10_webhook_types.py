"""What is told of and by which name: the types of the portal, each change by its type, and what gives no event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from syncengine.emulator.webhooks import matrix
from tests.conformance.test_10_webhooks import deliver, told
from tests.unit.emulator.desk import Desk, cost, side
from tests.unit.emulator.mailbox import let_pass, subscribe

# 10.3 Types

#: The portal's page, row by row: c(reated) u(pdated) d(eleted) m(erged) v(oid) e(mailed).
PORTAL = {
    "account": "cudm", "bill": "cud", "billpayment": "cudv", "budget": "cu", "changeorder": "cud", "class": "cudm", "companycurrency": "cud",
    "creditmemo": "cudve", "currency": "cud", "customer": "cudm", "department": "cum", "deposit": "cud", "employee": "cudm", "estimate": "cude",
    "invoice": "cudve", "item": "cudm", "journalcode": "cu", "journalentry": "cud", "payment": "cudve", "paymentmethod": "cum",
    "preferences": "u", "purchase": "cudv", "purchaseorder": "cude", "refundreceipt": "cudve", "salesreceipt": "cudve", "taxagency": "cu",
    "term": "cu", "timeactivity": "cud", "transfer": "cudv", "vendor": "cudm", "vendorcredit": "cud",
}  # fmt: skip
LETTERS = {"c": "created", "u": "updated", "d": "deleted", "m": "merged", "v": "void", "e": "emailed"}


def test_the_types_are_those_of_the_portal_108_in_all():
    portal = {f"qbo.{entity}.{LETTERS[letter]}.v1" for entity, letters in PORTAL.items() for letter in letters}
    assert set(matrix.TYPES) == portal
    assert len(portal) == 108


@pytest.mark.parametrize("entity", ["TaxCode", "TaxRate", "CompanyInfo", "ExchangeRate"])
def test_these_entities_have_no_events(desk, entity):
    assert entity not in matrix.MATRIX
    assert desk.control("POST", "webhooks", {"client_id": "app", "url": "http://127.0.0.1/", "events": [entity]})[0] == 400


def test_a_change_of_the_company_or_of_a_tax_code_is_not_told(make):
    desk = make("intuit")
    subscribe(desk)
    company = desk.read("CompanyInfo", desk.realm)
    desk.post("companyinfo", {"Id": company["Id"], "SyncToken": company["SyncToken"], "sparse": True, "CompanyName": "New Name"})
    code = next(each for each in desk.select("select * from TaxCode") if each["Id"].isdecimal())
    assert desk.act("edit", entity="TaxCode", id=code["Id"], changes={"Description": "x"})["SyncToken"] != code["SyncToken"]
    assert deliver(desk).posts == []


@pytest.mark.parametrize("spelled", ["void", "voided"])
def test_a_void_is_told_as_void_not_voided_unless_a_switch_says_so(make, spelled):
    desk = make(webhook_void=spelled)
    customer, item = desk.customer(), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    subscribe(desk)
    desk.act("void", entity="Invoice", id=invoice["Id"])
    assert told(desk) == [(f"invoice.{spelled}", invoice["Id"])]


def test_a_payment_gives_an_event_for_the_invoice_that_it_pays(desk):
    customer, item = desk.customer(), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    subscribe(desk)
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    paid = desk.post("payment", {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 100, "Line": [line]})
    assert told(desk) == [("invoice.updated", invoice["Id"]), ("payment.created", paid["Id"])]


def test_a_bill_payment_gives_an_event_for_the_bill_that_it_pays(desk):
    vendor = desk.vendor()
    bill = desk.bill(vendor["Id"])
    subscribe(desk)
    paid = desk.post("billpayment", {
        "VendorRef": {"value": vendor["Id"]}, "PayType": "Check", "TotalAmt": 50, "CheckPayment": {"BankAccountRef": desk.account("Checking")},
        "Line": [{"Amount": 50, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    })  # fmt: skip
    assert told(desk) == [("bill.updated", bill["Id"]), ("billpayment.created", paid["Id"])]


def _objects(desk: Desk) -> dict[str, dict[str, Any]]:
    """One object of each kind that can be made here, as its create."""
    bank, supplies = desk.account("Checking"), desk.account("Supplies")
    lines = [side("Debit", bank, 5), side("Credit", supplies, 5)]
    return {
        "account": {"Name": "Petty", "AccountType": "Bank"},
        "customer": {"DisplayName": "Ada"},
        "vendor": {"DisplayName": "Bob"},
        "employee": {"GivenName": "Cy"},
        "item": {"Name": "Bolt", "Type": "NonInventory", "IncomeAccountRef": desk.account("Sales of Product Income")},
        "term": {"Name": "Net 9", "DueDays": 9},
        "paymentmethod": {"Name": "Barter"},
        "journalentry": {"Line": lines},
        "transfer": {"FromAccountRef": bank, "ToAccountRef": desk.account("Savings"), "Amount": 5},
        "purchase": {"AccountRef": bank, "PaymentType": "Check", "Line": [cost(supplies, 5)]},
    }


@pytest.mark.parametrize(
    "entity", ["account", "customer", "vendor", "employee", "item", "term", "paymentmethod", "journalentry", "transfer", "purchase"]
)
def test_each_change_of_an_object_is_told_by_its_type(desk, entity):
    wish = _objects(desk)[entity]
    subscribe(desk)
    made = desk.post(entity, wish)
    assert told(desk) == [(f"{entity}.created", made["Id"])]
    changed = desk.post(entity, {**made, "sparse": False, **({"PrivateNote": "x"} if "TxnDate" in made else {"Active": True, **_renamed(made)})})
    assert told(desk) == [(f"{entity}.updated", made["Id"])]
    if "d" in PORTAL[entity] and "TxnDate" in made:
        desk.post(f"{entity}?operation=delete", {"Id": made["Id"], "SyncToken": changed["SyncToken"]})
        assert told(desk) == [(f"{entity}.deleted", made["Id"])]


def _renamed(made: dict[str, Any]) -> dict[str, str]:
    name = "DisplayName" if "DisplayName" in made else "Name"
    return {name: f"{made[name]} 2"}


def test_the_settings_are_told_as_updated(desk):
    subscribe(desk)
    desk.act("set_preferences", changes={"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    assert told(desk) == [("preferences.updated", "1")]


@pytest.mark.parametrize(("switch", "operation"), [("updated", "updated"), ("deleted", "deleted")])
def test_a_deactivation_is_told_as_updated_or_deleted(make, switch, operation):
    desk = make(webhook_deactivation=switch)
    made = desk.customer()
    subscribe(desk)
    desk.post("customer", {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Active": False})
    assert told(desk) == [(f"customer.{operation}", made["Id"])]


def test_a_names_balance_moves_its_time_and_gives_no_event(desk):
    customer, item = desk.customer(), desk.item()
    let_pass(desk, 60)
    subscribe(desk)
    invoice = desk.invoice(customer["Id"], item["Id"])
    assert desk.read("Customer", customer["Id"])["MetaData"] != customer["MetaData"]
    assert told(desk) == [("invoice.created", invoice["Id"])]


def test_an_own_write_of_the_app_is_told_like_any_other(desk):
    subscribe(desk)
    made = desk.batch({"operation": "create", "Vendor": {"DisplayName": "Bob"}})["i0"]["Vendor"]
    assert told(desk) == [("vendor.created", made["Id"])]


def test_bodies_are_compact_json_in_utf_8(desk):
    subscribe(desk)
    desk.customer()
    (post,) = deliver(desk).posts
    assert post.body.decode("utf-8") == json.dumps(json.loads(post.body), separators=(",", ":"))
