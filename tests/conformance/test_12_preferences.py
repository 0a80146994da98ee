"""12.5: the preferences that drive what is taken, filled in and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, sale


def changed(desk: Desk, **groups: Any) -> dict[str, Any]:
    """Preferences after a sparse update by the API."""
    known = desk.select("select * from Preferences")[0]
    return desk.post("preferences", {"Id": "1", "SyncToken": known["SyncToken"], "sparse": True, **groups})


def test_each_change_of_settings_raises_the_token(make):
    desk = make("intuit")
    first = desk.select("select * from Preferences")[0]["SyncToken"]
    now = changed(desk, SalesFormsPrefs={"AllowShipping": True})
    assert int(changed(desk, ReportPrefs={"ReportBasis": "Cash"})["SyncToken"]) == int(now["SyncToken"]) + 1
    assert int(now["SyncToken"]) >= int(first)


def test_a_group_changes_only_in_what_is_named_and_other_groups_stay(make):
    desk = make("intuit")
    before = desk.select("select * from Preferences")[0]
    after = changed(desk, SalesFormsPrefs={"AllowDeposit": False})
    assert after["SalesFormsPrefs"] == {**before["SalesFormsPrefs"], "AllowDeposit": False}
    for group in ("AccountingInfoPrefs", "OtherPrefs", "VendorAndPurchasesPrefs"):
        assert after[group] == before[group]
    full = desk.post("preferences", {"Id": "1", "SyncToken": after["SyncToken"], "ReportPrefs": {"ReportBasis": "Cash"}})
    assert full["SalesFormsPrefs"] == after["SalesFormsPrefs"]


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("AccountingInfoPrefs", "BookCloseDate", "2020-01-01"),
        ("AccountingInfoPrefs", "UseAccountNumbers", True),
        ("AccountingInfoPrefs", "FirstMonthOfFiscalYear", "March"),
        ("ReportPrefs", "CalcAgingReportFromTxnDate", True),
        ("CurrencyPrefs", "HomeCurrency", {"value": "EUR"}),
    ],
)
def test_what_is_set_in_quickbooks_alone_stays(make, group, name, value):
    desk = make("intuit")
    before = desk.select("select * from Preferences")[0][group].get(name)
    assert changed(desk, **{group: {name: value}})[group].get(name) == before


@pytest.mark.parametrize(
    ("group", "values", "code"),
    [
        ("SalesFormsPrefs", {"AllowNonsense": True}, "2010"),
        ("SalesFormsPrefs", {"AllowDiscount": "perhaps"}, "2230"),
        ("ReportPrefs", {"ReportBasis": "Tax"}, "2170"),
        ("TimeTrackingPrefs", {"WorkWeekStartDate": "Someday"}, "2170"),
        ("AccountingInfoPrefs", {"DepartmentTerminology": "Galaxy"}, "2170"),
    ],
)
def test_settings_that_do_not_exist_are_refused(make, group, values, code):
    desk = make("intuit")
    known = desk.select("select * from Preferences")[0]
    error = desk.refused("preferences", {"Id": "1", "SyncToken": known["SyncToken"], "sparse": True, group: values})
    assert error["code"] == code


@pytest.mark.parametrize(("per_txn", "per_line", "head", "line"), [(True, False, True, False), (False, True, False, True), (False, False, False, False)])
def test_a_class_stays_on_the_form_or_the_line_as_it_is_tracked(make, per_txn, per_line, head, line):
    desk = make("demo")
    class_ = {"value": desk.select("select * from Class")[0]["Id"]}
    changed(desk, AccountingInfoPrefs={"ClassTrackingPerTxn": per_txn, "ClassTrackingPerTxnLine": per_line})
    item = desk.select("select * from Item")[0]["Id"]
    made = desk.invoice("1", item, 5, Line=[sale(item, 5, ClassRef=class_)], ClassRef=class_)
    assert ("ClassRef" in made, "ClassRef" in made["Line"][0]["SalesItemLineDetail"]) == (head, line)


def test_a_location_stays_while_locations_are_tracked(make):
    desk = make("demo")
    department = {"value": desk.select("select * from Department")[0]["Id"]}
    item = desk.select("select * from Item")[0]["Id"]
    assert desk.invoice("1", item, DepartmentRef=department)["DepartmentRef"]["value"] == department["value"]
    changed(desk, AccountingInfoPrefs={"TrackDepartments": False})
    assert "DepartmentRef" not in desk.invoice("1", item, DepartmentRef=department)
    assert desk.refused("department", {"Name": "Van"})["code"] == "6000"


def test_what_is_not_tracked_is_refused_by_switch(make):
    desk = make("intuit", untracked="refused")
    changed(desk, AccountingInfoPrefs={"TrackDepartments": False, "ClassTrackingPerTxnLine": False})
    for more in ({"DepartmentRef": {"value": "1"}}, {"ClassRef": {"value": "1"}}):
        assert desk.refused("invoice", {"CustomerRef": {"value": "1"}, "Line": [sale("4", 1)], **more})["code"] == "6000"


def test_discounts_shipping_deposits_and_service_dates_are_not_taken_over_while_switched_off(make):
    desk = make("intuit")
    off = {"AllowDiscount": False, "AllowShipping": False, "AllowDeposit": False, "AllowServiceDate": False}
    percent = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    lines = [sale("4", 100, ServiceDate="2026-01-02"), sale("SHIPPING_ITEM_ID", 7), percent]
    changed(desk, SalesFormsPrefs=dict.fromkeys(off, True))
    on = desk.invoice("1", "4", Line=lines, Deposit=20)
    assert (on["TotalAmt"] * 10, on["Deposit"], on["Line"][0]["SalesItemLineDetail"]["ServiceDate"]) == (963, 20, "2026-01-02")
    changed(desk, SalesFormsPrefs=off)
    made = desk.invoice("1", "4", Line=lines, Deposit=20)
    assert [line["DetailType"] for line in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert "Deposit" not in made
    assert "ServiceDate" not in made["Line"][0]["SalesItemLineDetail"]
    assert made["TotalAmt"] == 100


def test_estimates_can_be_switched_off(make):
    desk = make("intuit")
    changed(desk, SalesFormsPrefs={"AllowEstimates": False})
    assert desk.refused("estimate", {"CustomerRef": {"value": "1"}, "Line": [sale("4", 1)]})["code"] == "5030"


def test_numbers_are_counted_up_or_given_and_then_unique(make):
    desk = make("intuit")
    first = int(desk.invoice("1", "4")["DocNumber"])
    assert int(desk.invoice("1", "4")["DocNumber"]) == first + 1
    assert desk.invoice("1", "4", DocNumber=str(first))["DocNumber"] == str(first)
    changed(desk, SalesFormsPrefs={"CustomTxnNumbers": True})
    assert "DocNumber" not in desk.invoice("1", "4")
    wish = {"CustomerRef": {"value": "1"}, "Line": [sale("4", 1)], "DocNumber": str(first)}
    assert desk.refused("invoice", wish)["code"] == "6140"
    assert desk.post("invoice?include=allowduplicatedocnum", wish)["DocNumber"] == str(first)


@pytest.mark.parametrize("name", ["WarnDuplicateJournalNumber", "WarnDuplicateCheckNumber"])
@pytest.mark.parametrize("on", ["true", "false"])
def test_duplicate_journals_and_checks_are_refused_where_that_is_asked_for(make, name, on):
    desk = make("intuit")
    pairs = desk.select("select * from Preferences")[0]["OtherPrefs"]["NameValue"]
    kept = [{**pair, "Value": on} if pair["Name"] == name else pair for pair in pairs]
    changed(desk, OtherPrefs={"NameValue": kept})
    check = {"PaymentType": "Check", "AccountRef": {"value": "35"}, "Line": [cost({"value": "7"}, 1)], "DocNumber": "77"}
    posted = [
        {"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}}
        for side, account in (("Debit", "7"), ("Credit", "35"))
    ]
    path, wish = ("purchase", check) if "Check" in name else ("journalentry", {"Line": posted, "DocNumber": "77"})
    desk.post(path, wish)
    if on == "true":
        assert desk.refused(path, wish)["code"] == "6140"
    else:
        assert desk.post(path, wish)["DocNumber"] == "77"


def several_currencies(desk: Desk) -> None:
    changed(desk, CurrencyPrefs={"MultiCurrencyEnabled": True})
    desk.post("companycurrency", {"Code": "EUR"})


def test_with_several_currencies_a_form_names_its_own_and_shows_its_rate(make):
    desk = make("intuit")
    plain = desk.invoice("1", "4", ExchangeRate=3)
    assert "ExchangeRate" not in plain
    several_currencies(desk)
    form = {"CustomerRef": {"value": "1"}, "Line": [sale("4", 75)]}
    error = desk.refused("invoice", form)
    assert (error["code"], error["element"]) == ("2020", "CurrencyRef")
    assert desk.post("invoice", {**form, "CurrencyRef": {"value": "USD"}})["ExchangeRate"] == 1
    foreign = desk.post("customer", {"DisplayName": "Foreign", "CurrencyRef": {"value": "EUR"}})
    assert desk.refused("invoice", {**form, "CustomerRef": {"value": foreign["Id"]}, "CurrencyRef": {"value": "USD"}})["code"] == "6000"
    desk.post("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": "1.25", "AsOfDate": "2026-01-01"})
    made = desk.post("invoice", {**form, "CustomerRef": {"value": foreign["Id"]}, "CurrencyRef": {"value": "EUR"}})
    assert (made["CurrencyRef"], made["ExchangeRate"] * 100) == ({"value": "EUR", "name": "Euro"}, 125)


def test_without_a_currency_the_customer_s_own_is_taken_by_switch(make):
    desk = make("intuit", currency_required="taken")
    several_currencies(desk)
    foreign = desk.post("customer", {"DisplayName": "Foreign", "CurrencyRef": {"value": "EUR"}})
    assert desk.invoice(foreign["Id"], "4")["CurrencyRef"]["value"] == "EUR"


def test_several_currencies_cannot_become_one_again(make):
    desk = make("intuit")
    several_currencies(desk)
    known = desk.select("select * from Preferences")[0]
    wish = {"Id": "1", "SyncToken": known["SyncToken"], "sparse": True, "CurrencyPrefs": {"MultiCurrencyEnabled": False}}
    assert desk.refused("preferences", wish)["code"] == "6000"


def test_automated_sales_tax_computes_by_itself(make):
    desk = make("intuit")
    lines = [sale("4", 100, TaxCodeRef={"value": "TAX"}), sale("4", 50)]
    assert desk.invoice("1", "4", Line=lines)["TxnTaxDetail"] == {"TotalTax": 0}
    changed(desk, TaxPrefs={"PartnerTaxEnabled": True})
    made = desk.invoice("1", "4", Line=lines, TxnTaxDetail={"TotalTax": 1})
    assert (made["TxnTaxDetail"]["TotalTax"], made["TxnTaxDetail"]["TxnTaxCodeRef"], made["TotalAmt"]) == (8, {"value": "2"}, 158)
    exempt = desk.customer(Taxable=False)
    assert desk.invoice(exempt["Id"], "4", Line=lines)["TxnTaxDetail"]["TotalTax"] == 0
    other = desk.invoice("1", "4", Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}})
    assert other["TxnTaxDetail"]["TotalTax"] * 10 == 91
