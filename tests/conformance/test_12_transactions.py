"""12.2 and 12.3: transactions, what they need, what QuickBooks computes and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.test_05_removal import DELETED, forms
from tests.unit.emulator.desk import Desk, cost, sale, side

SALES = ("invoice", "salesreceipt", "creditmemo", "refundreceipt", "estimate")
CUSTOMER = {"CustomerRef": {"value": "1"}}
#: Form, what it cannot do without, code.
NEEDED = [
    ("Bill", "VendorRef", "2020"), ("Bill", "Line", "2020"), ("BillPayment", "VendorRef", "2020"), ("BillPayment", "PayType", "2020"),
    ("BillPayment", "TotalAmt", "6000"), ("VendorCredit", "VendorRef", "2020"), ("VendorCredit", "Line", "2020"),
    ("PurchaseOrder", "VendorRef", "2020"), ("Purchase", "PaymentType", "2020"), ("Purchase", "AccountRef", "2020"),
    ("Purchase", "Line", "2020"), ("JournalEntry", "Line", "2020"), ("Invoice", "CustomerRef", "2020"), ("Invoice", "Line", "2020"),
    ("SalesReceipt", "Line", "2020"), ("Payment", "CustomerRef", "2020"), ("Payment", "TotalAmt", "2020"),
    ("CreditMemo", "CustomerRef", "2020"), ("RefundReceipt", "DepositToAccountRef", "2020"), ("Estimate", "CustomerRef", "2020"),
    ("Deposit", "DepositToAccountRef", "2020"), ("Transfer", "FromAccountRef", "2020"), ("Transfer", "ToAccountRef", "2020"),
    ("Transfer", "Amount", "2020"), ("TimeActivity", "NameOf", "6300"), ("CreditCardPayment", "BankAccountRef", "2020"),
    ("CreditCardPayment", "CreditCardAccountRef", "2020"), ("CreditCardPayment", "Amount", "2020"),
    ("InventoryAdjustment", "AdjustAccountRef", "2020"), ("InventoryAdjustment", "Line", "2020"), ("Budget", "StartDate", "2020"),
    ("Budget", "EndDate", "2020"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "missing", "code"), NEEDED)
def test_what_is_needed_is_asked_for(make, name, missing, code):
    desk = make("intuit")
    wish = forms(desk)[name]
    assert missing in wish
    assert desk.refused(name.lower(), {key: value for key, value in wish.items() if key != missing})["code"] == code


@pytest.mark.parametrize("path", SALES)
def test_a_sales_form_is_filled_in(make, path):
    desk = make("intuit")
    made = desk.post(path, {**CUSTOMER, "Line": [sale("4", 75)], "DepositToAccountRef": {"value": "35"}, "TotalAmt": 1, "Balance": 1})
    filled = {"TxnDate": "2026-01-15", "TotalAmt": 75, "ApplyTaxAfterDiscount": False, "TxnTaxDetail": {"TotalTax": 0}, "EmailStatus": "NotSet"}
    assert {name: made[name] for name in filled} == filled
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]
    assert [line["DetailType"] for line in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert made["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert made["CustomerRef"]["name"] == "Amy's Bird Sanctuary"
    assert made["BillAddr"]["City"] == "Bayshore"
    assert made["DocNumber"].isdecimal()


def test_sales_forms_count_on_one_sequence_and_bills_have_no_number(make):
    desk = make("intuit")
    numbers = [int(desk.post(path, {**CUSTOMER, "Line": [sale("4", 1)], "DepositToAccountRef": {"value": "35"}})["DocNumber"]) for path in SALES]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert "DocNumber" not in desk.bill("30")
    lines = [side("Debit", {"value": "7"}, 1), side("Credit", {"value": "35"}, 1)]
    assert "DocNumber" not in desk.post("journalentry", {"Line": lines})
    assert desk.post("journalentry?include=allowautodocnum", {"Line": lines})["DocNumber"]


def test_an_expense_line_is_filled_in(make):
    made = make("intuit").bill("30")
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert (made["Line"][0]["Id"], made["Line"][0]["LineNum"]) == ("1", 1)
    assert (made["APAccountRef"]["value"], made["Balance"], made["TotalAmt"]) == ("33", 50, 50)


def test_a_journal_counts_its_lines_from_nought_and_has_no_total(make):
    lines = [side("Debit", {"value": "7"}, 5), side("Credit", {"value": "35"}, 5)]
    made = make("intuit").post("journalentry", {"Line": lines})
    assert [(line["Id"], "LineNum" in line) for line in made["Line"]] == [("0", False), ("1", False)]
    assert (made["Adjustment"], made["TxnTaxDetail"], made.get("TotalAmt", 0)) == (False, {}, 0)


@pytest.mark.parametrize(("account", "kind"), [("84", "Customer"), ("33", "Vendor")])
def test_receivables_and_payables_of_a_journal_name_whose_they_are(make, account, kind):
    desk = make("intuit")
    other = side("Credit", {"value": "35"}, 5)
    assert desk.refused("journalentry", {"Line": [side("Debit", {"value": account}, 5), other]})["code"] == "6000"
    entity = {"Type": kind, "EntityRef": {"value": "1" if kind == "Customer" else "30"}}
    made = desk.post("journalentry", {"Line": [side("Debit", {"value": account}, 5, Entity=entity), other]})
    assert made["Line"][0]["JournalEntryLineDetail"]["Entity"]["Type"] == kind


@pytest.mark.parametrize("name", ["Invoice", "Bill", "Purchase", "JournalEntry", "Payment", "Deposit", "Transfer", "VendorCredit"])
def test_texts_of_a_transaction_are_limited(make, name):
    desk = make("intuit")
    wish = forms(desk)[name]
    assert desk.refused(name.lower(), {**wish, "PrivateNote": "x" * 4001})["code"] == "2050"
    if name not in {"Payment", "Deposit", "Transfer"}:
        assert desk.refused(name.lower(), {**wish, "DocNumber": "x" * 22})["code"] == "2050"
        first = {**wish["Line"][0], "Description": "x" * 4001}
        assert desk.refused(name.lower(), {**wish, "Line": [first, *wish["Line"][1:]]})["code"] == "2050"
    assert len(desk.post(name.lower(), {**wish, "PrivateNote": "x" * 4000})["PrivateNote"]) == 4000


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("3", "33.33", "99.99"), ("0.5", "0.01", "0.01"), ("1.5", "0.03", "0.05"), ("2.5", "0.33", "0.83"), ("7", "0.1234567", "0.86")],
)
def test_an_amount_is_the_rounded_product(make, quantity, price, amount):
    line = sale("4", None, Qty=quantity, UnitPrice=price)
    del line["Amount"]
    made = make("intuit").post("invoice", {**CUSTOMER, "Line": [{**line, "Amount": amount}]})
    assert str(made["Line"][0]["Amount"]) == amount


def test_discounts_are_a_percentage_or_an_amount_and_stand_behind_the_subtotal(make):
    desk = make("intuit")
    for detail, amount, taken in (
        ({"PercentBased": True, "DiscountPercent": 10}, None, 10),
        ({"PercentBased": False}, 15, 15),
    ):
        line = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail, **({"Amount": amount} if amount else {})}
        made = desk.invoice("1", "4", Line=[line, sale("4", 100)])
        assert [each["DetailType"] for each in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"]
        assert (made["Line"][2]["Amount"], made["TotalAmt"]) == (taken, 100 - taken)
        assert made["Line"][2]["DiscountLineDetail"]["DiscountAccountRef"]["value"] == "86"
        assert "Id" not in made["Line"][2]


@pytest.mark.parametrize(("after", "tax"), [(True, "7.20"), (False, "8")])
def test_tax_comes_before_or_after_the_discount(make, after, tax):
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"}), discount]
    made = make("intuit").invoice("1", "4", Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}}, ApplyTaxAfterDiscount=after)
    assert float(made["TxnTaxDetail"]["TotalTax"]) == float(tax)
    assert float(made["TotalAmt"]) == 90 + float(tax)


def test_the_tax_of_a_form_is_shown_by_rate_over_its_taxable_lines(make):
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"}), sale("4", 50)]
    made = make("intuit").invoice("1", "4", Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}})
    shown = [
        (float(each["Amount"]), each["TaxLineDetail"]["TaxRateRef"]["value"], float(each["TaxLineDetail"]["TaxPercent"]))
        for each in made["TxnTaxDetail"]["TaxLine"]
    ]
    assert shown == [(7.1, "1", 7.1), (2, "2", 2)]
    assert {each["TaxLineDetail"]["NetAmountTaxable"] for each in made["TxnTaxDetail"]["TaxLine"]} == {100}
    assert float(made["TotalAmt"]) == 159.1


@pytest.mark.parametrize(
    ("calculation", "net", "total", "tax"),
    [("TaxExcluded", 120, 144, 24), ("TaxInclusive", 100, 120, 20), ("NotApplicable", 120, 120, 0), (None, 120, 144, 24)],
)
@pytest.mark.parametrize("path", ["invoice", "bill"])
def test_outside_the_us_a_form_says_whether_its_amounts_include_the_tax(make, path, calculation, net, total, tax):
    desk = make("british")
    more = {"GlobalTaxCalculation": calculation} if calculation else {}
    code = {"TaxCodeRef": {"value": "2"}} if calculation != "NotApplicable" else {}
    if calculation == "TaxInclusive":
        code["TaxInclusiveAmt"] = 120
    if path == "invoice":
        item = desk.item()["Id"]
        made = desk.invoice(desk.customer()["Id"], item, Line=[sale(item, net, **code)], **more)
    else:
        made = desk.bill(desk.vendor()["Id"], Line=[cost(desk.account("Travel"), net, **code)], **more)
    assert (made["Line"][0]["Amount"], made["TotalAmt"], made["TxnTaxDetail"]["TotalTax"]) == (net, total, tax)
    assert made["GlobalTaxCalculation"] == (calculation or "TaxExcluded")


def test_a_line_outside_the_us_takes_a_code_of_the_company(make):
    desk = make("british")
    item, customer = desk.item()["Id"], desk.customer()["Id"]
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 100, TaxCodeRef={"value": "TAX"})]}
    assert desk.refused("invoice", wish)["code"] == "2500"
    assert make("intuit").refused("invoice", {**CUSTOMER, "Line": [sale("4", 1, TaxCodeRef={"value": "2"})]})["code"] == "6100"


def bundle(desk: Desk) -> str:
    parts = [{"ItemRef": {"value": "5"}, "Qty": 1}, {"ItemRef": {"value": "11"}, "Qty": 2}]
    return str(desk.post("item", {"Name": "Fountain set", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": parts}})["Id"])


def test_a_bundle_becomes_its_lines(make):
    desk = make("intuit")
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"GroupItemRef": {"value": bundle(desk)}, "Quantity": 3}}
    made = desk.invoice("1", "4", Line=[line, sale("4", 10)])
    group = made["Line"][0]
    assert (group["Amount"], [each["Amount"] for each in group["GroupLineDetail"]["Line"]]) == (0, [3 * 275, 6 * 15])
    assert [each["SalesItemLineDetail"]["Qty"] for each in group["GroupLineDetail"]["Line"]] == [3, 6]
    ids = [group["Id"], *(each["Id"] for each in group["GroupLineDetail"]["Line"]), made["Line"][1]["Id"]]
    assert len(set(ids)) == 4
    assert made["TotalAmt"] == 3 * 275 + 6 * 15 + 10
    again = desk.post("invoice", made)
    assert again["Line"] == made["Line"]


def test_a_bundle_consists_of_items_that_are_none_themselves(make):
    desk = make("intuit")
    for part in ({"ItemRef": {"value": bundle(desk)}}, {"ItemRef": {"value": "999"}}):
        wish = {"Name": "Other", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": [part]}}
        assert desk.refused("item", wish)["code"] in {"2120", "2500"}
    assert desk.refused("item", {"Name": "Empty", "Type": "Group"})["code"] == "2020"
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"GroupItemRef": {"value": "4"}}}
    assert desk.refused("invoice", {**CUSTOMER, "Line": [line]})["code"] == "2500"


@pytest.mark.parametrize(
    ("line", "code"),
    [({"Amount": 1}, "2020"), ({"Amount": 1, "DetailType": "DiscountLineDetail"}, "2170"), ({"DetailType": "SalesItemLineDetail"}, "2020")],
)
def test_a_line_of_a_bundle_says_what_it_is(make, line, code):
    desk = make("intuit")
    group = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"GroupItemRef": {"value": bundle(desk)}, "Line": [line]}}
    assert desk.refused("invoice", {**CUSTOMER, "Line": [group]})["code"] == code


def test_a_description_counts_nothing(make):
    line = {"DetailType": "DescriptionOnly", "Description": "Thanks", "DescriptionLineDetail": {}}
    made = make("intuit").invoice("1", "4", Line=[sale("4", 10), line])
    assert (made["Line"][1]["Description"], made["TotalAmt"]) == ("Thanks", 10)


def test_a_line_without_an_item_takes_the_default_one(make):
    desk = make("intuit")
    made = desk.post("invoice", {**CUSTOMER, "Line": [{"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}]})
    assert made["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == "1"


def test_custom_fields_are_the_company_s(make):
    desk = make("intuit")
    field = {"DefinitionId": "1", "Type": "StringType", "StringValue": "7"}
    made = desk.invoice("1", "4", CustomField=[field])
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType", "StringValue": "7"}]
    for wrong in ({"DefinitionId": "3"}, {"Type": "NumberType"}):
        assert desk.refused("invoice", {**CUSTOMER, "Line": [sale("4", 1)], "CustomField": [{**field, **wrong}]})["code"] == "3000"


def test_a_deposit_lowers_what_is_open(make):
    made = make("intuit").invoice("1", "4", 100, Deposit=30)
    assert (made["TotalAmt"], made["Balance"], made["Deposit"]) == (100, 70, 30)


@pytest.mark.parametrize("change", ["create", "into", "out of", "delete", "void"])
@pytest.mark.parametrize(("password", "code"), [("", "6200"), ("secret", "6210")])
def test_closed_books_stay_as_they_are(make, change, password, code):
    desk = make("intuit")
    old, new = (desk.invoice("1", "4", TxnDate=day) for day in ("2025-12-31", "2026-01-01"))
    desk.act("close_books", date="2025-12-31", password=password)
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "create": ("invoice", {**CUSTOMER, "Line": [sale("4", 1)], "TxnDate": "2025-12-31"}),
        "into": ("invoice", {**new, "sparse": True, "TxnDate": "2025-12-01"}),
        "out of": ("invoice", {**old, "sparse": True, "TxnDate": "2026-01-02"}),
        "delete": ("invoice?operation=delete", {"Id": old["Id"], "SyncToken": "0"}),
        "void": ("invoice?operation=void", {"Id": old["Id"], "SyncToken": "0"}),
    }
    assert desk.refused(*asked[change])["code"] == code
    assert desk.read("Invoice", old["Id"])["SyncToken"] == "0"
    assert desk.post("invoice", {**new, "sparse": True, "TxnDate": "2026-01-02"})["SyncToken"] == "1"


def test_what_recurs_is_wrapped_in_what_it_makes(make):
    desk = make("intuit")
    plan = {"StartDate": "2026-02-01", "IntervalType": "Monthly", "DayOfMonth": 1}
    info = {"Name": "Monthly", "RecurType": "Automated", "Active": True, "ScheduleInfo": plan}
    made = desk.post("recurringtransaction", {"Invoice": {**CUSTOMER, "Line": [sale("4", 75)], "RecurringInfo": info}})
    assert made.keys() == {"Invoice"}
    inner = made["Invoice"]
    assert (inner["TotalAmt"], inner["RecurringInfo"]["ScheduleInfo"]["NextDate"], "DocNumber" in inner) == (75, "2026-02-01", False)
    found = desk.select("select * from RecurringTransaction")
    assert [each["Invoice"]["Id"] for each in found if "Invoice" in each] == [inner["Id"]]
    assert not desk.select(f"select * from Invoice where Id = '{inner['Id']}'")
    wrong = {"Payment": {**CUSTOMER, "TotalAmt": 1, "RecurringInfo": info}}
    assert desk.refused("recurringtransaction", wrong)["code"] == "2120"
    gone = desk.post("recurringtransaction?operation=delete", {"Invoice": {"Id": inner["Id"], "SyncToken": "0"}})
    assert (gone["status"], gone["Invoice"]) == ("Deleted", {"Id": inner["Id"]})


def test_a_card_is_paid_off_in_an_envelope_of_another_name(make):
    desk = make("intuit")
    response = desk.ask("POST", "creditcardpayment", forms(desk)["CreditCardPayment"])
    assert (response.status, response.body.startswith(b'{"CreditCardPaymentTxn":{')) == (200, True)
    assert desk.select("select * from CreditCardPayment")[0]["Amount"] > 0


def test_time_is_hours_or_a_start_and_an_end(make):
    desk = make("intuit")
    who = {"NameOf": "Employee", "EmployeeRef": {"value": "54"}}
    made = desk.post("timeactivity", {**who, "Hours": 2, "Minutes": 30, "TxnDate": "2026-01-10"})
    assert (made["Hours"], made["Minutes"], made["BillableStatus"]) == (2, 30, "NotBillable")
    span = {"StartTime": "2026-01-10T08:00:00-08:00", "EndTime": "2026-01-10T10:30:00-08:00"}
    assert desk.post("timeactivity", {**who, **span})["StartTime"].startswith("2026-01-10T08:00:00")
    for wish, code in (({}, "6350"), ({"Hours": 1, "Minutes": 0, "BillableStatus": "HasBeenBilled"}, "2170")):
        assert desk.refused("timeactivity", {**who, **wish})["code"] == code


@pytest.mark.parametrize("name", sorted(DELETED & {"Invoice", "Bill", "Purchase", "JournalEntry", "Deposit", "Estimate", "VendorCredit"}))
def test_inactive_and_unknown_names_are_no_references(make, name):
    desk = make("intuit")
    wish = forms(desk)[name]
    assert desk.refused(name.lower(), {**wish, "DepartmentRef": {"value": "999"}})["code"] == "2500"
