"""Single objects, from their making to their end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from syncengine.quickbooks import FaultClass, FaultError, classify, select
from tests.unit.quickbooks.emulated.place import account, in_process, named, sale, vendor


def test_a_record_lives_its_whole_life(place):
    client = place.client()
    made = client.create("Vendor", vendor("Harbour's Supply"), requestid="r-1").payload
    assert client.read("Vendor", made["Id"]).payload["DisplayName"] == "Harbour's Supply"
    assert [found["Id"] for found in named(client, "Harbour's Supply")] == [made["Id"]]
    change = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "CompanyName": "Harbour"}
    changed = client.update("Vendor", change, requestid="r-2").payload
    assert (changed["DisplayName"], changed["CompanyName"]) == ("Harbour's Supply", "Harbour")
    assert int(changed["SyncToken"]) == int(made["SyncToken"]) + 1
    with pytest.raises(FaultError) as refusal:
        client.update("Vendor", {**change, "CompanyName": "Port"}, requestid="r-3")
    assert classify(refusal.value.fault) is FaultClass.STALE
    gone = client.deactivate("Vendor", {"Id": made["Id"], "SyncToken": changed["SyncToken"]}, requestid="r-4").payload
    assert gone["Active"] is False


def test_a_document_is_voided_and_another_deleted(place):
    client = place.client()
    first = client.create("Invoice", sale(client), requestid="r-1").payload
    second = client.create("SalesReceipt", sale(client), requestid="r-2").payload
    since = client.company_info().time - timedelta(minutes=5)
    assert client.void("Invoice", first["Id"], first["SyncToken"], requestid="r-3").payload["TotalAmt"] == 0
    assert client.void("SalesReceipt", second["Id"], second["SyncToken"], requestid="r-4").payload["TotalAmt"] == 0
    third = client.create("Invoice", sale(client), requestid="r-5").payload
    stub = client.delete("Invoice", third["Id"], third["SyncToken"], requestid="r-6").payload
    assert (stub["Id"], stub["status"]) == (third["Id"], "Deleted")
    with pytest.raises(FaultError) as refusal:
        client.read("Invoice", third["Id"])
    assert classify(refusal.value.fault) is FaultClass.REFERENCE
    changes = client.cdc(["Invoice", "SalesReceipt", "Term"], since)
    assert third["Id"] in {found["Id"] for found in changes.deleted["Invoice"]}
    assert first["Id"] in {found["Id"] for found in changes.objects["Invoice"]}
    assert changes.time > since


def test_company_and_preferences_are_read(place):
    client = place.client()
    assert client.company_info().payload["CompanyName"]
    assert "AccountingInfoPrefs" in client.preferences().payload


def test_what_an_object_says_of_itself(place):
    client = place.client()
    made = client.create("Vendor", vendor("Speaking"), requestid="r-1")
    assert (made.entity, made.sync_token, made.active, made.deleted) == ("Vendor", "0", True, False)
    assert made.id == made.payload["Id"]
    assert timedelta(0) <= made.time - made.created_at < timedelta(minutes=1)
    assert made.created_at == made.updated_at
    read = client.read("Vendor", made.id)
    assert (read.id, read.sync_token, read.created_at) == (made.id, made.sync_token, made.created_at)


def test_a_full_update_empties_what_it_leaves_out_and_a_sparse_one_does_not(place):
    client = place.client()
    made = client.create("Vendor", {**vendor("Full"), "CompanyName": "Full Ltd"}, requestid="r-1")
    sparse = client.update_sparse("Vendor", {"Id": made.id, "SyncToken": made.sync_token, "AcctNum": "7"}, requestid="r-2")
    assert (sparse.payload["CompanyName"], sparse.payload["AcctNum"]) == ("Full Ltd", "7")
    full = client.update("Vendor", {"Id": made.id, "SyncToken": sparse.sync_token, "DisplayName": "Full"}, requestid="r-3")
    assert "CompanyName" not in full.payload
    assert full.sync_token == "2"


def test_a_name_sleeps_and_wakes(place):
    client = place.client()
    made = client.create("Customer", {"DisplayName": "Sleeper"}, requestid="r-1")
    slept = client.deactivate("Customer", {"Id": made.id, "SyncToken": made.sync_token}, requestid="r-2")
    assert not slept.active
    woken = client.reactivate("Customer", {"Id": made.id, "SyncToken": slept.sync_token}, requestid="r-3")
    assert (woken.active, woken.id) == (True, made.id)


def test_payments_are_voided_by_an_update_that_says_so(place):
    client = place.client()
    invoice = client.create("Invoice", sale(client), requestid="r-1")
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": invoice.id, "TxnType": "Invoice"}]}
    payment = {"CustomerRef": invoice.payload["CustomerRef"], "TotalAmt": 10, "Line": [line]}
    paid = client.create("Payment", payment, requestid="r-2")
    assert client.read("Invoice", invoice.id).payload["Balance"] == 0
    assert client.void("Payment", paid.id, paid.sync_token, requestid="r-3").payload["TotalAmt"] == 0
    assert client.read("Invoice", invoice.id).payload["Balance"] == Decimal(10)


def test_a_payment_of_bills_is_voided_and_the_bill_open_again(place):
    client = place.client()
    who = {"value": client.create("Vendor", vendor("Paid Off"), requestid="r-1").id}
    detail = {"AccountRef": account(client, "Expense")}
    bill_line = {"Amount": 25, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bill = client.create("Bill", {"VendorRef": who, "Line": [bill_line]}, requestid="r-2")
    paying = {
        "VendorRef": who,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": account(client, "Bank")},
        "TotalAmt": 25,
        "Line": [{"Amount": 25, "LinkedTxn": [{"TxnId": bill.id, "TxnType": "Bill"}]}],
    }
    paid = client.create("BillPayment", paying, requestid="r-3")
    assert client.read("Bill", bill.id).payload["Balance"] == 0
    client.void("BillPayment", paid.id, paid.sync_token, requestid="r-4")
    assert client.read("Bill", bill.id).payload["Balance"] == 25


def test_a_credit_cards_payment_comes_in_an_envelope_of_another_name(place):
    client = place.client()
    card = client.create("Account", {"Name": "Card", "AccountType": "Credit Card"}, requestid="r-0").id
    wish = {"Amount": 12, "BankAccountRef": account(client, "Bank"), "CreditCardAccountRef": {"value": card}}
    made = client.create("CreditCardPayment", wish, requestid="r-1")
    assert (made.entity, made.payload["Amount"]) == ("CreditCardPaymentTxn", 12)
    assert client.read("CreditCardPayment", made.id).id == made.id
    (row,) = client.query(select("CreditCardPayment", where=[("Id", "=", made.id)])).records
    assert (row.entity, row.id) == ("CreditCardPaymentTxn", made.id)
    assert client.delete("CreditCardPayment", made.id, made.sync_token, requestid="r-2").deleted


def test_a_template_is_opened_to_what_recurs(place):
    client = place.client()
    info = {"Name": "Monthly", "RecurType": "Automated", "Active": True}
    schedule = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "StartDate": "2027-01-01"}
    wish = {"Invoice": {**sale(client), "RecurringInfo": {**info, "ScheduleInfo": schedule}}}
    made = client.create("RecurringTransaction", wish, requestid="r-1")
    assert (made.entity, made.payload["RecurringInfo"]["Name"]) == ("Invoice", "Monthly")
    read = client.read("RecurringTransaction", made.id)
    assert (read.entity, read.id) == ("Invoice", made.id)
    rows = client.query(select("RecurringTransaction")).objects
    assert made.id in {row["Id"] for row in rows}
    stub = client.delete("RecurringTransaction", made.id, read.sync_token, requestid="r-2", recurring="Invoice")
    assert (stub.deleted, stub.id) == (True, made.id)


def test_a_tax_code_and_preferences_are_changed(place):
    client = place.client()
    agency = client.create("TaxAgency", {"DisplayName": "Town"}, requestid="r-1").id
    rate = {"TaxRateName": "Town 5", "RateValue": Decimal(5), "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
    made = client.create_tax_code({"TaxCode": "Town tax", "TaxRateDetails": [rate]}, requestid="r-2")
    assert made.rates[0]["TaxRateName"] == "Town 5"
    assert client.read("TaxCode", made.id).payload["Name"] == "Town tax"
    again = client.create_tax_code({"TaxCode": "Town tax", "TaxRateDetails": [rate]}, requestid="r-2")
    assert again.id == made.id
    with pytest.raises(FaultError) as refusal:
        client.create_tax_code({"TaxCode": "Town tax", "TaxRateDetails": [rate]}, requestid="r-3")
    assert classify(refusal.value.fault) is FaultClass.DUPLICATE
    info = client.company_info()
    change = {"Id": info.id, "SyncToken": info.sync_token, "CompanyName": "Renamed Co."}
    assert client.update_sparse("CompanyInfo", change, requestid="r-4").payload["CompanyName"] == "Renamed Co."


def test_rates_of_exchange_are_set_and_read(clock):
    emulator, place = in_process(clock, quotas=False)
    client = place.client()
    preferences = client.preferences()
    change = {"Id": preferences.id, "SyncToken": preferences.sync_token, "CurrencyPrefs": {"MultiCurrencyEnabled": True}}
    try:
        client.update_sparse("Preferences", change, requestid="r-0")
    except FaultError:
        place.control("actor", {"realm_id": place.realm_id, "action": "set_preferences", "changes": {"CurrencyPrefs": {"MultiCurrencyEnabled": True}}})
    if not client.query(select("CompanyCurrency", where=[("Code", "=", "EUR")])).objects:
        client.create("CompanyCurrency", {"Code": "EUR"}, requestid="r-1")
    rate = {"SourceCurrencyCode": "EUR", "TargetCurrencyCode": "USD", "Rate": Decimal("1.0923"), "AsOfDate": "2026-01-14"}
    client.set_exchange_rate(rate, requestid="r-2")
    assert client.exchange_rate("EUR", date(2026, 1, 14)).payload["Rate"] == Decimal("1.0923")
    client.close()
    emulator.close()
