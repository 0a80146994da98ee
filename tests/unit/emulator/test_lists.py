"""Accounts, classes, departments, items, terms and payment methods."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.emulator.desk import Desk


def test_an_account_takes_its_sub_type_and_classification_from_its_type(desk: Desk):
    made = desk.post("account", {"Name": "Tips", "AccountType": "Other Current Liability"})
    assert (made["AccountSubType"], made["Classification"]) == ("OtherCurrentLiabilities", "Liability")
    assert (made["SubAccount"], made["CurrentBalance"], made["CurrentBalanceWithSubAccounts"]) == (False, 0, 0)
    assert desk.post("account", {"Name": "Till", "AccountSubType": "Checking"})["AccountType"] == "Bank"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"AccountType": "Bank"}, "2020"),
        ({"Name": "X"}, "6010"),
        ({"Name": "X", "AccountType": "Piggy Bank"}, "2170"),
        ({"Name": "X", "AccountType": "Bank", "AccountSubType": "Jar"}, "2170"),
        ({"Name": "X", "AccountType": "Bank", "AccountSubType": "Inventory"}, "6000"),
        ({"Name": "a:b", "AccountType": "Bank"}, "2040"),
        ({"Name": 'a"b', "AccountType": "Bank"}, "2040"),
        ({"Name": "x" * 101, "AccountType": "Bank"}, "2050"),
        ({"Name": "X", "AccountType": "Bank", "AcctNum": "12345678"}, "2050"),
        ({"Name": "checking", "AccountType": "Bank"}, "6240"),
    ],
)
def test_an_account_that_quickbooks_would_not_take_is_refused(desk: Desk, wish, code):
    assert desk.refused("account", wish)["code"] == code


def test_a_sub_account_is_of_its_parents_type_and_unique_among_its_siblings(desk: Desk):
    parent = desk.account("Supplies")
    made = desk.post("account", {"Name": "Paper", "AccountType": "Expense", "ParentRef": parent, "SubAccount": True})
    assert (made["FullyQualifiedName"], made["SubAccount"], made["ParentRef"]) == ("Supplies:Paper", True, parent)
    assert desk.refused("account", {"Name": "Cash", "AccountType": "Bank", "ParentRef": parent, "SubAccount": True})["code"] == "6000"
    assert desk.refused("account", {"Name": "paper", "AccountType": "Expense", "ParentRef": parent, "SubAccount": True})["code"] == "6240"
    desk.post("account", {"Name": "Paper", "AccountType": "Expense"})


def test_a_plain_duplicate_name_has_the_short_detail(desk: Desk):
    error = desk.refused("term", {"Name": "net 30", "DueDays": 30})
    assert (error["code"], error["Detail"]) == ("6240", "The name supplied already exists. : null")


def test_accounts_that_quickbooks_needs_stay_active(make):
    desk = make()
    known = desk.select("select * from Account where AccountType = 'Accounts Payable'")[0]
    wish = {"Id": known["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    assert desk.refused("account", wish)["code"] == "6000"
    desk.control("POST", "switches", {"system_accounts": "deactivatable"})
    assert desk.post("account", wish)["Name"] == "Accounts Payable (A/P) (deleted)"


def test_a_sparse_update_of_an_account_needs_no_type_again(desk: Desk):
    known = desk.select("select * from Account where Name = 'Travel'")[0]
    changed = desk.post("account", {"Id": known["Id"], "SyncToken": "0", "sparse": True, "Description": "trips"})
    assert (changed["AccountType"], changed["Description"]) == ("Expense", "trips")


def test_classes_have_large_ids_and_departments_small_ones(tracked: Desk):
    made = tracked.post("class", {"Name": "Export"})
    assert len(made["Id"]) == 19
    assert (made["SubClass"], made["FullyQualifiedName"], made["Active"]) == (False, "Export", True)
    assert int(tracked.post("department", {"Name": "Van"})["Id"]) < 100


@pytest.mark.parametrize("path", ["class", "department"])
def test_no_class_or_department_can_be_made_while_tracking_is_off(desk: Desk, path):
    error = desk.refused(path, {"Name": "North"})
    assert error["code"] == "6000"
    assert error["Detail"].startswith("Business Validation Error: ")


def test_a_sub_class_says_so_by_its_parent(tracked: Desk):
    parent = tracked.post("class", {"Name": "North"})
    made = tracked.post("class", {"Name": "East", "SubClass": True, "ParentRef": {"value": parent["Id"]}})
    assert (made["SubClass"], made["FullyQualifiedName"]) == (True, "North:East")
    assert tracked.refused("class", {"Name": "West", "SubClass": True})["code"] == "6150"
    assert tracked.refused("class", {"Name": "West", "SubClass": True, "ParentRef": {"value": "1"}})["Detail"] == (
        "Invalid Reference Id : Klasses element id 1 not found"
    )


def test_the_plan_limits_classes_and_departments(make):
    desk = make("demo", class_limit=7)
    desk.post("class", {"Name": "Seventh"})
    assert desk.refused("department", {"Name": "Eighth"})["code"] == "5030"


def test_an_item_needs_an_income_or_expense_account(desk: Desk):
    assert desk.refused("item", {"Name": "Air", "Type": "NonInventory"})["code"] == "2020"
    made = desk.post("item", {"Name": "Air", "ExpenseAccountRef": desk.account("Supplies")})
    assert (made["Type"], made["TrackQtyOnHand"], made["UnitPrice"]) == ("Service", False, 0)


def _inventory(desk: Desk, **changes):
    accounts = {
        "IncomeAccountRef": desk.account("Sales of Product Income"),
        "ExpenseAccountRef": desk.account("Cost of Goods Sold"),
        "AssetAccountRef": desk.account("Inventory Asset"),
    }
    wish = {"Name": "Pump", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 5, "InvStartDate": "2026-01-01", **accounts, **changes}
    return {name: value for name, value in wish.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"AssetAccountRef": None}, "2020"),
        ({"ExpenseAccountRef": None}, "2020"),
        ({"QtyOnHand": None}, "6520"),
        ({"InvStartDate": None}, "2020"),
        ({"TrackQtyOnHand": None}, "2020"),
        ({"InvStartDate": "yesterday"}, "2060"),
    ],
)
def test_an_inventory_item_needs_its_accounts_quantity_and_date(desk: Desk, changes, code):
    assert desk.refused("item", _inventory(desk, **changes))["code"] == code


def test_an_inventory_item_refuses_accounts_of_another_type(desk: Desk):
    assert desk.refused("item", _inventory(desk, AssetAccountRef=desk.account("Checking")))["code"] == "6000"


def test_stock_moves_with_what_is_sold_and_bought(desk: Desk):
    item = desk.post("item", _inventory(desk))
    customer, vendor = desk.customer(), desk.vendor()
    line = {"Amount": 20, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 2}}
    invoice = desk.post("invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [line]})
    kind = "ItemBasedExpenseLineDetail"
    bought = {"Amount": 30, "DetailType": kind, kind: {"ItemRef": {"value": item["Id"]}, "Qty": "4.5"}}
    desk.post("bill", {"VendorRef": {"value": vendor["Id"]}, "Line": [bought]})
    assert desk.read("Item", item["Id"])["QtyOnHand"] == Decimal("7.5")
    desk.post("invoice?operation=delete", {"Id": invoice["Id"], "SyncToken": "0"})
    assert desk.read("Item", item["Id"])["QtyOnHand"] == Decimal("9.5")
    old = {"CustomerRef": {"value": customer["Id"]}, "TxnDate": "2025-12-31", "Line": [line]}
    assert desk.refused("invoice", old)["code"] == "6270"


def test_a_category_cannot_be_sold(desk: Desk):
    category = desk.post("item", {"Name": "Tools", "Type": "Category"})
    item = desk.item("Saw", SubItem=True, ParentRef={"value": category["Id"]})
    assert (item["FullyQualifiedName"], item["Level"]) == ("Tools:Saw", 1)
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": category["Id"]}}}
    error = desk.refused("invoice", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [line]})
    assert (error["code"], error["Detail"]) == ("2500", "Invalid Reference Id : Categories cannot be used in transactions.")


def test_terms_count_days_or_name_a_day_of_the_month(desk: Desk):
    standard = desk.post("term", {"Name": "Net 45", "DueDays": 45})
    assert (standard["Type"], standard["DiscountPercent"], standard["DiscountDays"]) == ("STANDARD", 0, 0)
    dated = desk.post("term", {"Name": "The 10th", "DayOfMonthDue": 10, "DueNextMonthDays": 5})
    assert dated["Type"] == "DATE_DRIVEN"
    assert desk.refused("term", {"Name": "Whenever"})["code"] == "2020"
    assert desk.refused("term", {"Name": "x" * 32, "DueDays": 1})["code"] == "2050"


def test_a_payment_method_is_no_card_unless_it_says_so(desk: Desk):
    assert desk.post("paymentmethod", {"Name": "Barter"})["Type"] == "NON_CREDIT_CARD"
    assert desk.refused("paymentmethod", {"Name": "Card", "Type": "PLASTIC"})["code"] == "2170"


def test_tax_codes_and_rates_are_read_and_not_made(make):
    desk = make("intuit")
    assert desk.read("TaxCode", "2")["Name"] == "California"
    assert desk.read("TaxCode", "NON")["Taxable"] is False
    assert desk.read("TaxRate", "1")["RateValue"] == Decimal("7.1")
    assert desk.refused("taxcode", {"Name": "Mine"})["code"] == "500"
    assert desk.post("taxagency", {"DisplayName": "City Hall"})["TaxTrackedOnSales"] is True


def test_an_update_of_what_changes_nothing_moves_nothing(desk: Desk, clock):
    term = desk.select("select * from Term where Name = 'Net 30'")[0]
    clock.advance(100)
    assert desk.post("term", {"Id": term["Id"], "SyncToken": "0", "sparse": True, "DueDays": 30}) == term


def test_company_and_preferences_are_read_without_an_id(desk: Desk):
    assert desk.read("CompanyInfo", desk.realm)["Id"] == "1"
    response = desk.ask("GET", "preferences")
    assert response.status == 200
    assert b'"CustomTxnNumbers":true' in response.body


def test_preferences_change_group_by_group_and_keep_the_closing_date(desk: Desk):
    desk.act("close_books", date="2025-12-31")
    known = desk.select("select * from Preferences")[0]
    wish = {"Id": "1", "SyncToken": known["SyncToken"], "sparse": True, "SalesFormsPrefs": {"CustomTxnNumbers": False}}
    changed = desk.post("preferences", {**wish, "AccountingInfoPrefs": {"BookCloseDate": "2020-01-01", "TrackDepartments": True}})
    assert changed["SyncToken"] == str(int(known["SyncToken"]) + 1)
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is False
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    assert changed["AccountingInfoPrefs"]["BookCloseDate"] == "2025-12-31"
    assert changed["AccountingInfoPrefs"]["TrackDepartments"] is True


def test_an_attachable_needs_a_file_or_a_note_and_can_be_deleted_without_a_token(desk: Desk):
    made = desk.post("attachable", {"Note": "see the receipt"})
    assert made["Id"].startswith("5000")
    assert desk.refused("attachable", {"Category": "Other"})["code"] == "2020"
    assert desk.post("attachable?operation=delete", {"Id": made["Id"]})["status"] == "Deleted"
