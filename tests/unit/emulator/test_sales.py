"""Invoices and their kin, and the payments that settle them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.emulator.desk import Desk, sale


@pytest.fixture
def shop(desk: Desk) -> tuple[Desk, str, str]:
    """A client, a customer and an item."""
    return desk, desk.customer()["Id"], desk.item()["Id"]


def test_an_invoice_comes_back_with_all_that_quickbooks_adds(shop):
    desk, customer, item = shop
    made = desk.invoice(customer, item, 100.0)
    assert made["Line"] == [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": Decimal("100.00"),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": item, "name": "Widget"},
                "ItemAccountRef": {**desk.account("Sales of Product Income"), "name": "Sales of Product Income"},
                "TaxCodeRef": {"value": "NON"},
            },
            "CustomExtensions": [],
        },
        {"Amount": Decimal("100.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]
    expected = {
        "TotalAmt": 100, "Balance": 100, "TxnDate": "2026-01-15", "DueDate": "2026-02-14", "LinkedTxn": [], "EmailStatus": "NotSet",
        "TxnTaxDetail": {"TotalTax": 0}, "PrintStatus": "NeedToPrint", "ApplyTaxAfterDiscount": False,
        "CustomerRef": {"value": customer, "name": "Ada Ltd"}, "AllowOnlinePayment": False, "SyncToken": "0",
    }  # fmt: skip
    assert {name: made[name] for name in expected} == expected
    assert "DocNumber" not in made


def test_the_customers_balance_moves_without_its_sync_token(shop, clock):
    desk, customer, item = shop
    clock.advance(30)
    invoice = desk.invoice(customer, item, Decimal("12.34"))
    owing = desk.read("Customer", customer)
    assert (owing["Balance"], owing["SyncToken"]) == (Decimal("12.34"), "0")
    assert owing["MetaData"]["LastUpdatedTime"] == "2026-01-15T09:00:30-08:00"
    desk.post("invoice?operation=delete", {"Id": invoice["Id"], "SyncToken": "0"})
    assert (desk.read("Customer", customer)["Balance"], desk.read("Customer", customer)["SyncToken"]) == (0, "0")


def test_a_jobs_balance_counts_in_its_parents_balance_with_jobs(shop):
    desk, customer, item = shop
    job = desk.customer("Job", Job=True, ParentRef={"value": customer})
    desk.invoice(job["Id"], item, 40)
    parent = desk.read("Customer", customer)
    assert (parent["Balance"], parent["BalanceWithJobs"]) == (0, 40)
    assert desk.read("Customer", job["Id"])["BalanceWithJobs"] == 40


def test_receivables_and_undeposited_funds_follow_the_documents(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 100)
    pay(desk, customer, invoice["Id"], 30)
    desk.post("salesreceipt", {"Line": [sale(item, 5)]})
    balances = {row["Name"]: row["CurrentBalance"] for row in desk.select("select * from Account maxresults 1000")}
    assert balances["Accounts Receivable (A/R)"] == 70
    assert balances["Undeposited Funds"] == 35
    assert balances["Sales of Product Income"] == 0


def pay(desk: Desk, customer: str, invoice: str, amount, total=None, **more):
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
    return desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": total or amount, "Line": [line], **more})


def test_a_payment_changes_the_invoice_too(shop, clock):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 100, DocNumber="1038")
    clock.advance(5)
    payment = pay(desk, customer, invoice["Id"], 60, total=75)
    assert (payment["UnappliedAmt"], payment["ProcessPayment"]) == (15, False)
    pairs = {each["value"]["Name"]: each["value"]["Value"] for each in payment["Line"][0]["LineEx"]["any"]}
    assert pairs == {"txnId": invoice["Id"], "txnOpenBalance": "100.00", "txnReferenceNumber": "1038"}
    after = desk.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["SyncToken"]) == (40, "1")
    assert after["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert after["MetaData"]["LastUpdatedTime"] == "2026-01-15T09:00:05-08:00"
    assert desk.read("Customer", customer)["Balance"] == 25


def test_a_payment_cannot_take_more_than_is_open_or_than_it_is(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    line = {"Amount": 11, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    wish = {"CustomerRef": {"value": customer}, "TotalAmt": 11, "Line": [line]}
    assert desk.refused("payment", wish)["code"] == "6000"
    assert desk.refused("payment", {**wish, "TotalAmt": 5})["code"] == "6000"
    assert desk.refused("payment", {**wish, "TotalAmt": -1, "Line": []})["code"] == "2290"
    line["LinkedTxn"][0]["TxnId"] = "999"
    assert desk.refused("payment", wish)["Detail"].startswith("Business Validation Error: The entity Invoice 999 that you are trying to link")
    assert desk.refused("payment", {"CustomerRef": {"value": customer}})["element"] == "TotalAmt"


def test_changing_a_payments_lines_detaches_what_is_left_out(shop):
    desk, customer, item = shop
    first, second = desk.invoice(customer, item, 10), desk.invoice(customer, item, 20)
    payment = pay(desk, customer, first["Id"], 10)
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": second["Id"], "TxnType": "Invoice"}]}
    desk.post("payment", {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "Line": [line]})
    assert (desk.read("Invoice", first["Id"])["Balance"], desk.read("Invoice", first["Id"])["LinkedTxn"]) == (10, [])
    assert desk.read("Invoice", second["Id"])["Balance"] == 10
    assert desk.read("Customer", customer)["Balance"] == 20


def test_deleting_a_payment_opens_the_invoice_again(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    payment = pay(desk, customer, invoice["Id"], 10)
    gone = desk.post("payment?operation=delete", {"Id": payment["Id"], "SyncToken": "0"})
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": payment["Id"]}
    after = desk.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["LinkedTxn"], after["SyncToken"]) == (10, [], "2")


def test_deleting_an_invoice_leaves_its_payment_unapplied(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    payment = pay(desk, customer, invoice["Id"], 10)
    desk.post("invoice?operation=delete", {"Id": invoice["Id"], "SyncToken": "1"})
    after = desk.read("Payment", payment["Id"])
    assert (after["Line"], after["UnappliedAmt"], after["SyncToken"]) == ([], 10, "1")
    assert desk.read("Customer", customer)["Balance"] == -10


def test_a_void_empties_the_invoice_and_frees_its_payment(shop):
    desk, customer, item = shop
    invoice = desk.post(
        "invoice",
        {"DocNumber": "77", "CustomerRef": {"value": customer}, "Line": [sale(item, 20, Qty=2, UnitPrice=10)], "PrivateNote": "note"},
    )
    payment = pay(desk, customer, invoice["Id"], 20)
    voided = desk.post("invoice?operation=void", {"Id": invoice["Id"], "SyncToken": "1"})
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"], voided["LinkedTxn"]) == (0, 0, "Voided", [])
    assert (voided["DocNumber"], voided["SyncToken"]) == ("77", "2")
    assert [line["Amount"] for line in voided["Line"]] == [0, 0]
    assert voided["Line"][0]["SalesItemLineDetail"]["Qty"] == 0
    assert desk.read("Payment", payment["Id"])["UnappliedAmt"] == 20
    assert desk.read("Customer", customer)["Balance"] == -20


@pytest.mark.parametrize("tail", ["payment?operation=update&include=void", "payment?include=void&operation=update&minorversion=75"])
def test_a_payment_is_voided_by_an_update_that_includes_void(shop, tail):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10)
    payment = pay(desk, customer, invoice["Id"], 10)
    voided = desk.post(tail, {"Id": payment["Id"], "SyncToken": "0", "sparse": True})
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["Line"]) == (0, "Voided", [])
    assert desk.read("Invoice", invoice["Id"])["Balance"] == 10
    assert desk.read("Customer", customer)["Balance"] == 10


def test_an_estimate_cannot_be_voided(shop):
    desk, customer, item = shop
    made = desk.post("estimate", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1)]})
    assert made["TxnStatus"] == "Pending"
    assert desk.refused("estimate?operation=void", {"Id": made["Id"], "SyncToken": "0"})["code"] == "500"


def test_an_invoice_made_from_an_estimate_closes_it(shop):
    desk, customer, item = shop
    estimate = desk.post("estimate", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1)]})
    invoice = desk.invoice(customer, item, 1, LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": "Estimate"}])
    after = desk.read("Estimate", estimate["Id"])
    assert (after["TxnStatus"], after["LinkedTxn"]) == ("Closed", [{"TxnId": invoice["Id"], "TxnType": "Invoice"}])


def test_links_that_quickbooks_set_survive_an_update_and_cannot_be_sent(shop):
    desk, customer, item = shop
    invoice = desk.invoice(customer, item, 10, LinkedTxn=[{"TxnId": "1", "TxnType": "Payment"}])
    assert invoice["LinkedTxn"] == []
    payment = pay(desk, customer, invoice["Id"], 4)
    wish = {"Id": invoice["Id"], "SyncToken": "1", "CustomerRef": {"value": customer}, "Line": [sale(item, 50)], "LinkedTxn": []}
    changed = desk.post("invoice", wish)
    assert changed["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert (changed["TotalAmt"], changed["Balance"]) == (50, 46)
    assert desk.read("Customer", customer)["Balance"] == 46


def test_lines_are_replaced_as_a_whole_and_ids_are_not_used_again(shop):
    desk, customer, item = shop
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1), sale(item, 2), sale(item, 3)]})
    kept = {**sale(item, 20), "Id": "2"}
    wish = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": [kept, sale(item, 4), {**sale(item, 5), "Id": "77"}]}
    changed = desk.post("invoice", wish)
    assert [(line.get("Id"), line.get("LineNum"), line["Amount"]) for line in changed["Line"]] == [
        ("2", 1, 20), ("4", 2, 4), ("5", 3, 5), (None, None, 29),
    ]  # fmt: skip
    sparse = desk.post("invoice", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "n"})
    assert sparse["Line"] == changed["Line"]


@pytest.mark.parametrize(
    ("line", "code", "element"),
    [
        ({"Amount": 1}, "2020", "Line.DetailType"),
        ({"Amount": 1, "DetailType": "SalesItemLineDetail"}, "2020", "Line.SalesItemLineDetail"),
        ({"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}, "2020", "Line.Amount"),
        ({"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {}}, "2170", "Line.DetailType"),
        ({"Amount": 1, "DetailType": "Surprise"}, "2170", "Line.DetailType"),
    ],
)
def test_a_line_that_lacks_something_is_refused(shop, line, code, element):
    desk, customer, _ = shop
    error = desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    assert (error["code"], error["element"]) == (code, element)


def test_an_amount_is_quantity_times_price_rounded_half_up(shop):
    desk, customer, item = shop
    desk.invoice(customer, item, 1, Line=[sale(item, "3.34", Qty="0.3335", UnitPrice=10)])
    for amount in ("3.33", "3.35"):
        wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, amount, Qty="0.3335", UnitPrice=10)]}
        assert desk.refused("invoice", wish)["code"] == "6070"


def test_an_amount_within_a_cent_passes_by_switch(make):
    desk = make(line_amounts="within_a_cent")
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    for amount in ("3.33", "3.34"):
        desk.invoice(customer, item, 1, Line=[sale(item, amount, Qty="0.3335", UnitPrice=10)])
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, "3.32", Qty="0.3335", UnitPrice=10)]}
    assert desk.refused("invoice", wish)["Detail"] == "Amount is not equal to UnitPrice * Qty. Supplied value:3.32"


def test_a_quantity_or_price_of_zero_counts_as_not_given(shop):
    desk, customer, item = shop
    for given in ({"Qty": 0, "UnitPrice": 0}, {"Qty": 2, "UnitPrice": 0}):
        made = desk.invoice(customer, item, 1, Line=[sale(item, 100, **given)], FreeFormAddress=False)
        assert made["TotalAmt"] == 100


def test_a_line_without_an_item_that_exists_names_its_path(shop):
    desk, customer, _ = shop
    error = desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [sale("999", 1)]})
    assert error["Detail"] == "Invalid Reference Id : Line.SalesItemLineDetail.ItemRef"
    assert error["element"] == "Line.SalesItemLineDetail.ItemRef"


def test_what_is_inactive_cannot_be_referred_to(make):
    for switch, code in (("610", "610"), ("2500", "2500")):
        desk = make(inactive_reference=switch)
        customer, item = desk.customer(), desk.item()
        desk.act("deactivate", entity="Item", id=item["Id"])
        error = desk.refused("invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [sale(item["Id"], 1)]})
        assert error["code"] == code
        assert error["Detail"].endswith("Check the fields with accounts, customers, items, vendors or employees.")


def test_an_unknown_customer_is_no_reference(shop):
    desk, _, item = shop
    error = desk.refused("invoice", {"CustomerRef": {"value": "999"}, "Line": [sale(item, 1)]})
    assert (error["code"], error["Detail"]) == ("2500", "Invalid Reference Id : Names element id 999 not found")
    assert desk.refused("invoice", {"Line": [sale(item, 1)]})["Detail"] == "Required parameter CustomerRef is missing in the request"


def test_an_empty_form_is_refused(shop):
    desk, customer, _ = shop
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}})["code"] == "2020"
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": []})["code"] == "2250"


def test_a_discount_lowers_the_total_and_stands_behind_the_subtotal(shop):
    desk, customer, item = shop
    percent = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": "12.5"}}
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [percent, sale(item, 10)]})
    assert [line["DetailType"] for line in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"]
    assert (made["Line"][2]["Amount"], made["TotalAmt"]) == (Decimal("1.25"), Decimal("8.75"))
    fixed = {"Amount": 3, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}
    assert desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 10), fixed]})["TotalAmt"] == 7
    del fixed["Amount"]
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 10), fixed]})["code"] == "6090"


def test_a_description_alone_is_a_line(shop):
    desk, customer, item = shop
    words = {"DetailType": "DescriptionOnly", "Description": "Thank you"}
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 10), words]})
    assert [line.get("Description") for line in made["Line"]] == [None, "Thank you", None]


def test_shipping_needs_no_item_of_its_own(shop):
    desk, customer, item = shop
    made = desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 10), sale("SHIPPING_ITEM_ID", 4)]})
    assert made["TotalAmt"] == 14


def test_tax_is_taken_as_sent_or_computed_from_the_code(make):
    desk = make("intuit")
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"}), sale("4", 50)]
    sent = desk.post("invoice", {"CustomerRef": {"value": "1"}, "Line": lines, "TxnTaxDetail": {"TotalTax": "7.77"}})
    assert sent["TotalAmt"] == Decimal("157.77")
    wish = {"CustomerRef": {"value": "1"}, "Line": lines, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}}}
    computed = desk.post("invoice", wish)
    assert computed["TxnTaxDetail"]["TotalTax"] == Decimal("9.10")
    assert [line["Amount"] for line in computed["TxnTaxDetail"]["TaxLine"]] == [Decimal("7.10"), 2]
    assert computed["TotalAmt"] == Decimal("159.10")
    lines[0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "2"}
    assert desk.refused("invoice", {"CustomerRef": {"value": "1"}, "Line": lines})["code"] == "6100"


def test_numbers_are_counted_up_where_the_company_numbers_by_itself(make):
    desk = make("intuit")
    body = {"CustomerRef": {"value": "1"}, "Line": [sale("4", 1)]}
    assert desk.post("invoice", body)["DocNumber"] == "1043"
    assert desk.post("salesreceipt", body)["DocNumber"] == "1044"
    assert desk.post("invoice", {**body, "DocNumber": "2000"})["DocNumber"] == "2000"
    assert desk.post("invoice", {**body, "DocNumber": "2000"})["DocNumber"] == "2000"
    assert desk.post("estimate", {**body, "DocNumber": "INV-9"})["DocNumber"] == "INV-9"
    assert desk.post("invoice", body)["DocNumber"] == "2001"


def test_numbers_are_as_given_and_unique_where_the_company_wants_them_so(shop):
    desk, customer, item = shop
    first = desk.invoice(customer, item, 1, DocNumber="A-1")
    error = desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1)], "DocNumber": "a-1"})
    assert (error["code"], error["Message"]) == ("6140", "Duplicate Document Number Error")
    assert error["Detail"].endswith(f"already been used. DocNumber=a-1 is assigned to TxnType=Invoice with TxnId={first['Id']}")
    desk.invoice(customer, item, 1)
    desk.invoice(customer, item, 1)
    desk.post("invoice?include=allowduplicatedocnum", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1)], "DocNumber": "A-1"})
    desk.post("salesreceipt", {"Line": [sale(item, 1)], "DocNumber": "A-1"})
    again = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "A-1", "PrivateNote": "same number"}
    assert desk.post("invoice", again)["SyncToken"] == "1"


@pytest.mark.parametrize(("name", "value"), [("DocNumber", "x" * 22), ("PrivateNote", "x" * 4001)])
def test_texts_of_a_form_have_their_lengths(shop, name, value):
    desk, customer, item = shop
    assert desk.refused("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, 1)], name: value})["code"] == "2050"


def test_due_dates_follow_the_term(shop):
    desk, customer, item = shop
    net = desk.select("select * from Term where Name = 'Net 15'")[0]["Id"]
    dated = desk.post("term", {"Name": "The 10th", "DayOfMonthDue": 10, "DueNextMonthDays": 5})["Id"]
    due = [desk.invoice(customer, item, 1, TxnDate="2026-01-31", SalesTermRef={"value": term})["DueDate"] for term in (net, dated)]
    assert due == ["2026-02-15", "2026-02-10"]
    assert desk.invoice(customer, item, 1, DueDate="2026-03-01", SalesTermRef={"value": net})["DueDate"] == "2026-03-01"


def test_tracking_that_is_off_is_ignored_and_that_is_on_is_checked(desk: Desk, tracked: Desk):
    extra = {"DepartmentRef": {"value": "99"}, "ClassRef": {"value": "99"}}
    line = sale(desk.item()["Id"], 1, ClassRef={"value": "99"})
    made = desk.post("invoice", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [line], **extra})
    assert "DepartmentRef" not in made
    assert "ClassRef" not in made
    assert "ClassRef" not in made["Line"][0]["SalesItemLineDetail"]
    customer, item = tracked.select("select * from Customer")[0]["Id"], tracked.select("select * from Item")[0]["Id"]
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 1, ClassRef={"value": "99"})]}
    assert tracked.refused("invoice", wish)["Detail"] == "Invalid Reference Id : Klasses element id 99 not found"
    class_ = tracked.select("select * from Class where Name = 'Online'")[0]["Id"]
    wish["Line"] = [sale(item, 1, ClassRef={"value": class_})]
    detail = tracked.post("invoice", wish)["Line"][0]["SalesItemLineDetail"]
    assert detail["ClassRef"] == {"value": class_, "name": "Retail:Online"}
    assert tracked.refused("invoice", {**wish, "DepartmentRef": {"value": "99"}})["code"] == "2500"


def test_a_form_takes_addresses_from_its_customer_and_no_email(desk: Desk):
    address = {"Line1": "1 Main St", "City": "Salem"}
    customer = desk.customer(BillAddr=address, PrimaryEmailAddr={"Address": "a@b.com"})
    made = desk.invoice(customer["Id"], desk.item()["Id"])
    assert made["BillAddr"] == {"Id": "2", **address}
    assert "BillEmail" not in made


def test_custom_fields_of_the_company_show_without_a_value(make):
    desk = make("intuit")
    made = desk.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [sale("4", 1)]})
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]


def test_a_sales_receipt_lies_in_undeposited_funds_and_owes_nothing(shop):
    desk, customer, item = shop
    made = desk.post("salesreceipt", {"CustomerRef": {"value": customer}, "Line": [sale(item, 9)]})
    assert (made["Balance"], made["DepositToAccountRef"]["name"]) == (0, "Undeposited Funds")
    assert desk.read("Customer", customer)["Balance"] == 0


def test_a_credit_memo_lowers_the_balance_and_can_be_used_by_a_payment(shop):
    desk, customer, item = shop
    desk.act("set_preferences", changes={"SalesFormsPrefs": {"AutoApplyCredit": False}})
    invoice = desk.invoice(customer, item, 100)
    memo = desk.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [sale(item, 30)]})
    assert memo["RemainingCredit"] == 30
    assert desk.read("Customer", customer)["Balance"] == 70
    lines = [
        {"Amount": 100, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}]},
    ]
    payment = desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 70, "Line": lines})
    assert payment["UnappliedAmt"] == 0
    assert desk.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert desk.read("Invoice", invoice["Id"])["Balance"] == 0
    assert desk.read("Customer", customer)["Balance"] == 0


def test_a_refund_needs_the_account_it_is_paid_from(shop):
    desk, customer, item = shop
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 9)]}
    assert desk.refused("refundreceipt", wish)["element"] == "DepositToAccountRef"
    checking = desk.account("Checking")
    desk.post("refundreceipt", {**wish, "DepositToAccountRef": checking})
    assert desk.read("Account", checking["value"])["CurrentBalance"] == -9


def test_what_is_deposited_cannot_be_changed(shop):
    desk, _, item = shop
    receipt = desk.post("salesreceipt", {"Line": [sale(item, 9)]})
    line = {
        "Amount": 9,
        "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}],
    }  # fmt: skip
    deposit = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [line]})
    assert deposit["TotalAmt"] == 9
    balances = {row["Name"]: row["CurrentBalance"] for row in desk.select("select * from Account maxresults 1000")}
    assert (balances["Checking"], balances["Undeposited Funds"]) == (9, 0)
    wish = {"Id": receipt["Id"], "SyncToken": "1"}
    for tail in ("salesreceipt", "salesreceipt?operation=delete", "salesreceipt?operation=void"):
        assert desk.refused(tail, {**wish, "sparse": True})["code"] == "6540"
    desk.post("deposit?operation=delete", {"Id": deposit["Id"], "SyncToken": "0"})
    assert desk.post("salesreceipt?operation=delete", {"Id": receipt["Id"], "SyncToken": "2"})["status"] == "Deleted"
