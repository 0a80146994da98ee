"""12.1: name lists and company objects, what they need, what QuickBooks fills in and what it keeps to itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, parsed

STOCK = {
    "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 10, "InvStartDate": "2025-01-01",
    "AssetAccountRef": {"value": "81"}, "IncomeAccountRef": {"value": "79"}, "ExpenseAccountRef": {"value": "80"},
}  # fmt: skip
#: Path, what is enough to make one.
ENOUGH: dict[str, dict[str, Any]] = {
    "account": {"Name": "A", "AccountType": "Bank"},
    "customer": {"DisplayName": "C"},
    "vendor": {"DisplayName": "V"},
    "employee": {"GivenName": "E"},
    "item": {"Name": "I", "IncomeAccountRef": {"value": "79"}},
    "term": {"Name": "T", "DueDays": 5},
    "paymentmethod": {"Name": "P"},
    "taxagency": {"DisplayName": "Agency"},
}
#: Path, what is missing from the enough, code, element.
MISSING = [
    ("account", "Name", "2020", "Name"),
    ("account", "AccountType", "6010", "AccountType"),
    ("customer", "DisplayName", "6080", "DisplayName"),
    ("vendor", "DisplayName", "6080", "DisplayName"),
    ("employee", "GivenName", "2020", "GivenName"),
    ("item", "Name", "2020", "Name"),
    ("item", "IncomeAccountRef", "2020", "IncomeAccountRef"),
    ("term", "Name", "2020", "Name"),
    ("term", "DueDays", "2020", "DueDays"),
    ("paymentmethod", "Name", "2020", "Name"),
    ("taxagency", "DisplayName", "2020", "DisplayName"),
]
#: Path, property, how long it may be.
LIMITS = [
    ("account", "Name", 100), ("account", "AcctNum", 7), ("account", "Description", 100),
    ("customer", "DisplayName", 500), ("customer", "Title", 16), ("customer", "Suffix", 16), ("customer", "GivenName", 100),
    ("customer", "CompanyName", 100), ("customer", "PrintOnCheckName", 110), ("customer", "Notes", 2000),
    ("vendor", "AcctNum", 100), ("vendor", "TaxIdentifier", 20), ("vendor", "PrintOnCheckName", 100),
    ("item", "Name", 100), ("item", "Sku", 100), ("item", "Description", 4000), ("item", "PurchaseDesc", 1000),
    ("term", "Name", 31), ("paymentmethod", "Name", 31), ("taxagency", "DisplayName", 100),
]  # fmt: skip


@pytest.mark.parametrize("path", ENOUGH)
def test_what_is_needed_is_enough(make, path):
    assert make("intuit").post(path, ENOUGH[path])["SyncToken"] == "0"


@pytest.mark.parametrize(("path", "name", "code", "element"), MISSING)
def test_what_is_needed_is_named_where_it_is_missing(make, path, name, code, element):
    error = make("intuit").refused(path, {key: value for key, value in ENOUGH[path].items() if key != name})
    assert (error["code"], error.get("element", "")) == (code, element)


@pytest.mark.parametrize(("path", "name", "limit"), LIMITS)
def test_a_text_may_be_as_long_as_documented_and_no_longer(make, path, name, limit):
    desk = make("intuit")
    assert desk.refused(path, {**ENOUGH[path], name: "x" * (limit + 1)})["code"] == "2050"
    assert len(desk.post(path, {**ENOUGH[path], name: "x" * limit})["SyncToken"]) == 1


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("account", {"Name": 'A"B'}),
        ("account", {"Name": "A:B"}),
        ("account", {"AcctNum": "1:2"}),
        ("customer", {"DisplayName": "A:B"}),
        ("customer", {"DisplayName": "A\tB"}),
        ("vendor", {"DisplayName": "A\nB"}),
        ("item", {"Name": "A:B"}),
        ("item", {"Name": "A\tB"}),
    ],
)
def test_names_have_no_characters_that_quickbooks_uses_itself(make, path, wish):
    assert make("intuit").refused(path, {**ENOUGH[path], **wish})["code"] == "2040"


def test_a_customer_is_filled_in(make):
    made = make("intuit").post("customer", {"GivenName": "Ada", "FamilyName": "Byron", "Balance": 99, "FullyQualifiedName": "No"})
    filled = {
        "DisplayName": "Ada Byron", "PrintOnCheckName": "Ada Byron", "FullyQualifiedName": "Ada Byron", "Taxable": True, "Job": False,
        "BillWithParent": False, "PreferredDeliveryMethod": "Print", "Active": True, "Balance": 0, "BalanceWithJobs": 0,
    }  # fmt: skip
    assert {name: made.get(name) for name in filled} == filled
    assert made["DefaultTaxCodeRef"] == {"value": "2"}
    assert "Level" not in made


def test_a_vendor_is_filled_in_and_its_tax_number_masked(make):
    made = make("intuit").post("vendor", {"DisplayName": "V", "TaxIdentifier": "123459875"})
    assert (made["PrintOnCheckName"], made["Vendor1099"], made["Balance"]) == ("V", False, 0)
    assert made["TaxIdentifier"] == "XXXXXX9875"
    assert make("intuit").post("employee", {"GivenName": "E", "SSN": "123-45-6789"})["SSN"] == "XXX-XX-XXXX"


def test_a_display_name_is_never_blanked(make):
    desk = make("intuit")
    known = desk.read("Customer", "1")
    assert desk.refused("customer", {**known, "sparse": True, "DisplayName": ""})["code"] == "2020"
    assert desk.read("Customer", "1")["DisplayName"] == known["DisplayName"]


@pytest.mark.parametrize("first", ["customer", "vendor", "employee"])
@pytest.mark.parametrize("second", ["customer", "vendor", "employee"])
def test_customers_vendors_and_employees_share_their_names(make, first, second):
    desk = make("intuit")
    wish = {"GivenName": "Ada", "FamilyName": "Byron", "DisplayName": "Ada Byron"}
    desk.post(first, wish)
    error = desk.refused(second, {**wish, "DisplayName": "ada byron"})
    assert (error["code"], error["Detail"].startswith("The name supplied already exists. : Another ")) == ("6240", True)


@pytest.mark.parametrize("path", ["account", "customer", "vendor", "item", "term", "paymentmethod", "taxagency"])
def test_a_name_is_taken_once(make, path):
    desk = make("intuit")
    desk.post(path, ENOUGH[path])
    assert desk.refused(path, ENOUGH[path])["code"] == "6240"


def test_siblings_alone_compete_for_the_name_of_an_account(make):
    desk = make("intuit")
    under = {"Name": "Twin", "AccountType": "Expense", "SubAccount": True}
    first = desk.post("account", {**under, "ParentRef": {"value": "7"}})
    other = desk.post("account", {**under, "ParentRef": {"value": "8"}})
    assert (first["FullyQualifiedName"], other["FullyQualifiedName"]) == ("Advertising:Twin", "Bank Charges:Twin")
    assert desk.refused("account", {**under, "ParentRef": {"value": "7"}})["code"] == "6240"


@pytest.mark.parametrize(
    ("path", "wish", "flag", "parent"),
    [
        ("account", {"Name": "{}", "AccountType": "Expense"}, "SubAccount", None),
        ("class", {"Name": "{}"}, "SubClass", None),
        ("department", {"Name": "{}"}, "SubDepartment", None),
        ("customer", {"DisplayName": "{}"}, "Job", None),
        ("item", {"Name": "{}", "Type": "Category"}, "SubItem", None),
    ],
)
def test_a_hierarchy_has_five_levels_and_its_full_names(make, path, wish, flag, parent):
    desk = make("demo")
    names = [f"L{level}" for level in range(5)]
    for level, name in enumerate(names):
        own = {key: value.format(name) for key, value in wish.items()}
        made = desk.post(path, {**own, **({flag: True, "ParentRef": {"value": parent}} if parent else {})})
        assert made["FullyQualifiedName"] == ":".join(names[: level + 1])
        assert made.get(flag, False) == bool(parent)
        parent = made["Id"]
    own = {key: value.format("L5") for key, value in wish.items()}
    assert desk.refused(path, {**own, flag: True, "ParentRef": {"value": parent}})["code"] == "6180"
    assert desk.refused(path, {**own, flag: True})["code"] == "6150"


def test_a_renamed_parent_renames_what_stands_below(make):
    desk = make("intuit")
    known = desk.read("Customer", "7")
    desk.post("customer", {**known, "sparse": True, "DisplayName": "Freeman"})
    assert desk.read("Customer", "8")["FullyQualifiedName"].startswith("Freeman:")


def test_a_parent_account_has_the_same_type(make):
    wish = {"Name": "Sub", "AccountType": "Bank", "SubAccount": True, "ParentRef": {"value": "7"}}
    assert make("intuit").refused("account", wish)["code"] in {"6000", "700"}


def test_account_numbers_are_unique_while_they_are_on(make):
    desk = make("intuit")
    wish = {"Name": "N1", "AccountType": "Bank", "AcctNum": "100"}
    desk.act("set_preferences", changes={"AccountingInfoPrefs": {"UseAccountNumbers": True}})
    desk.post("account", wish)
    assert desk.refused("account", {**wish, "Name": "N2"})["code"] == "6240"


def test_classes_and_locations_need_their_tracking_and_their_plan(make):
    off = make("intuit")
    off.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}})
    assert off.refused("class", {"Name": "K"})["code"] == "6000"
    for plan in ("simple_start", "essentials"):
        assert make("demo", plan=plan).refused("class", {"Name": "K"})["code"] == "5030"


def test_plus_allows_forty_classes_and_locations_and_advanced_any_number(make):
    for plan, allowed in (("plus", False), ("advanced", True)):
        desk = make("demo", plan=plan)
        known = len(desk.select("select * from Class")) + len(desk.select("select * from Department"))
        for number in range(known, 40):
            desk.post("class", {"Name": f"K{number}"})
        response = desk.ask("POST", "department", {"Name": "One more"})
        assert (response.status == 200) == allowed
        assert allowed or b'"5030"' in response.body


def test_ids_of_classes_are_large_and_those_of_locations_small(make):
    desk = make("demo")
    assert len(desk.post("class", {"Name": "K"})["Id"]) == 19
    assert len(desk.post("department", {"Name": "D"})["Id"]) < 5


def test_stock_needs_its_accounts_its_count_and_its_start(make):
    desk = make("intuit")
    made = desk.post("item", {"Name": "Stock", **STOCK})
    assert (made["Type"], made["QtyOnHand"], made["InvStartDate"]) == ("Inventory", 10, "2025-01-01")
    for name, code in (
        ("AssetAccountRef", "2020"), ("QtyOnHand", "6520"), ("InvStartDate", "2020"), ("IncomeAccountRef", "2020"),
        ("ExpenseAccountRef", "2020"),
    ):  # fmt: skip
        error = desk.refused("item", {"Name": "Other", **{key: value for key, value in STOCK.items() if key != name}})
        assert error["code"] == code, name
    for name in ("AssetAccountRef", "IncomeAccountRef", "ExpenseAccountRef"):
        assert desk.refused("item", {"Name": "Other", **STOCK, name: {"value": "7"}})["code"] == "6000"


def test_a_kind_of_item_is_a_service_by_itself_and_changes_only_as_allowed(make):
    desk = make("intuit")
    made = desk.item("Plain", Type=None)
    assert (made["Type"], made["TrackQtyOnHand"], made["UnitPrice"], made["Taxable"]) == ("Service", False, 0, False)
    moved = desk.post("item", {**made, "Type": "NonInventory"})
    assert moved["Type"] == "NonInventory"
    stock = desk.post("item", {**moved, **STOCK})
    assert stock["Type"] == "Inventory"
    assert desk.refused("item", {**stock, "Type": "Service"})["code"] == "2120"
    assert desk.refused("item", {"Name": "Kit", "Type": "Assembly"})["code"] in {"2120", "2170"}


def test_a_category_has_a_name_and_a_place_and_stands_on_no_line(make):
    desk = make("intuit")
    category = desk.post("item", {"Name": "Plants", "Type": "Category", "UnitPrice": 5, "IncomeAccountRef": {"value": "79"}})
    assert category.keys() - {"Id", "SyncToken", "MetaData", "domain", "sparse"} == {"Name", "Type", "Active", "FullyQualifiedName"}
    sub = desk.item("Rose", SubItem=True, ParentRef={"value": category["Id"]})
    assert (sub["FullyQualifiedName"], sub["Level"], sub["SubItem"]) == ("Plants:Rose", 1, True)
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": category["Id"]}}}
    assert desk.refused("invoice", {"CustomerRef": {"value": "1"}, "Line": [line]})["code"] == "2500"
    wish = {"Name": "X", "IncomeAccountRef": {"value": "79"}, "SubItem": True, "ParentRef": {"value": sub["Id"]}}
    assert desk.refused("item", wish)["code"] == "700"


def test_terms_count_days_or_to_a_day_of_a_month(make):
    desk = make("intuit")
    standard = desk.post("term", {"Name": "S", "DueDays": 5})
    assert (standard["Type"], standard["DiscountPercent"], standard["DiscountDays"]) == ("STANDARD", 0, 0)
    driven = desk.post("term", {"Name": "D", "DayOfMonthDue": 15, "DueNextMonthDays": 10})
    assert driven["Type"] == "DATE_DRIVEN"
    assert desk.refused("term", {"Name": "B", "DueDays": 5, "DayOfMonthDue": 15})["code"] == "2600"
    assert desk.post("paymentmethod", {"Name": "Swap"})["Type"] == "NON_CREDIT_CARD"


def test_a_form_falls_due_by_its_term(make):
    desk = make("intuit")
    driven = desk.post("term", {"Name": "D", "DayOfMonthDue": 15, "DueNextMonthDays": 10})["Id"]
    for term, day, due in (("3", "2026-01-10", "2026-02-09"), (driven, "2026-01-03", "2026-01-15"), (driven, "2026-01-10", "2026-02-15")):
        more = {"SalesTermRef": {"value": term}, "TxnDate": day}
        assert desk.invoice("1", "4", **more)["DueDate"] == due
        assert desk.bill("30", **more)["DueDate"] == due
    assert desk.invoice("1", "4", TxnDate="2026-01-01")["DueDate"] == "2026-01-31"


def service(name: str = "Combined", *rates: dict[str, Any]) -> dict[str, Any]:
    return {"TaxCode": name, "TaxRateDetails": list(rates)}


def rate(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"TaxRateName": name, "RateValue": value, "TaxAgencyId": "1", "TaxApplicableOn": "Sales", **more}


def sent(desk: Desk, wish: dict[str, Any]) -> Any:
    response = desk.ask("POST", "taxservice/taxcode", wish)
    assert response.status == 200, response.body
    return parsed(response)


def test_the_tax_service_makes_a_code_and_its_rates_and_answers_without_an_envelope(make):
    desk = make("intuit")
    made = sent(desk, service("Combined", rate("City", "1.5"), {"TaxRateId": "3", "TaxApplicableOn": "Sales"}))
    assert made.keys() == {"TaxCode", "TaxCodeId", "TaxRateDetails"}
    code = desk.read("TaxCode", made["TaxCodeId"])
    assert (code["Name"], code["TaxGroup"]) == ("Combined", True)
    ids = [each["TaxRateRef"]["value"] for each in code["SalesTaxRateList"]["TaxRateDetail"]]
    assert ids == [each["TaxRateId"] for each in made["TaxRateDetails"]]
    assert (desk.read("TaxRate", ids[0])["Name"], ids[1]) == ("City", "3")
    assert desk.refused("taxservice/taxcode", service("combined", rate("Other", 1)))["code"] == "6240"
    assert desk.refused("taxservice/taxcode", service("Next", rate("City", 1)))["code"] == "6240"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (service(""), "2020"),
        (service("X"), "2020"),
        (service("X", rate("R", 101)), "2150"),
        (service("X", rate("R", -1)), "2150"),
        (service("X", rate("R", 1, TaxAgencyId="77")), "2500"),
        (service("X", {"TaxRateId": "77"}), "2500"),
        (service("X", {"TaxRateId": "3"}, {"TaxRateId": "3"}), "630"),
        (service("X", rate("R", 1, TaxApplicableOn="Rent")), "2170"),
    ],
)
def test_the_tax_service_refuses_and_makes_nothing(make, wish, code):
    desk = make("intuit")
    before = [len(desk.select(f"select * from {name}")) for name in ("TaxCode", "TaxRate")]
    assert desk.refused("taxservice/taxcode", wish)["code"] == code
    assert [len(desk.select(f"select * from {name}")) for name in ("TaxCode", "TaxRate")] == before


def test_tax_lists_are_read_and_not_made(make):
    desk = make("intuit")
    for path in ("taxcode", "taxrate"):
        assert desk.refused(path, {"Name": "X"})["code"] == "500"
    agency = desk.post("taxagency", {"DisplayName": "Agency"})
    assert (agency["TaxTrackedOnSales"], agency["TaxTrackedOnPurchases"]) == (True, False)


def test_rates_of_exchange_are_asked_for_by_currency_and_day(make):
    desk = make("intuit")
    assert desk.refused("exchangerate?sourcecurrencycode=EUR", None, method="GET")["code"] == "5030"
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    made = desk.post("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": "1.25", "AsOfDate": "2026-01-01"})
    assert (made["TargetCurrencyCode"], made["Rate"] * 100, "Id" in made) == ("USD", 125, False)
    answer = desk.ask("GET", "exchangerate?sourcecurrencycode=EUR&asofdate=2026-01-01")
    assert b'"Rate":1.25' in answer.body
    found = desk.select("select * from ExchangeRate where SourceCurrencyCode in ('EUR') and AsOfDate = '2026-01-01'")
    assert [each["Rate"] * 100 for each in found] == [125]
    again = desk.post("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": "1.5", "AsOfDate": "2026-01-01"})
    assert again["Rate"] * 10 == 15
    for wish in ({"Rate": 1}, {"SourceCurrencyCode": "EUR"}, {"SourceCurrencyCode": "EUR", "Rate": 0}):
        assert desk.refused("exchangerate", wish)["code"] in {"2020", "2090"}


def test_currencies_of_the_company_are_made_and_left(make):
    desk = make("intuit")
    assert desk.refused("companycurrency", {"Code": "EUR"})["code"] == "5030"
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    made = desk.post("companycurrency", {"Code": "EUR"})
    assert (made["Name"], made["Active"]) == ("Euro", True)
    assert desk.refused("companycurrency", {"Code": "XXQ"})["code"] == "2220"
    gone = desk.post("companycurrency", {**made, "Active": False})
    assert gone["Active"] is False
    assert made["Id"] not in [each["Id"] for each in desk.select("select * from CompanyCurrency")]


def test_kinds_of_customers_are_read_and_referred_to(make):
    desk = make("demo")
    kinds = desk.select("select * from CustomerType")
    for each in kinds:
        assert desk.read("CustomerType", each["Id"])["Name"] == each["Name"]
        assert desk.customer(f"Of {each['Name']}", CustomerTypeRef={"value": each["Id"]})["CustomerTypeRef"]["value"] == each["Id"]
    assert desk.refused("customer", {"DisplayName": "C", "CustomerTypeRef": {"value": "77"}})["code"] == "2500"
    assert desk.refused("customertype", {"Name": "K"})["code"] == "500"


def test_journals_are_a_french_matter(make):
    french = make("french")
    made = french.post("journalcode", {"Name": "XX", "Type": "Others"})
    assert french.read("JournalCode", made["Id"])["Name"] == "XX"
    changed = french.post("journalcode", {**made, "Description": "More"})
    assert changed["SyncToken"] == "1"
    french.post("journalcode?operation=delete", {"Id": made["Id"], "SyncToken": "1"})
    assert french.refused("journalcode/" + made["Id"], None, method="GET")["code"] == "610"
    assert make("intuit").refused("journalcode", {"Name": "XX", "Type": "Others"})["code"] in {"5020", "5030"}


def test_the_company_is_changed_in_what_is_its_own(make):
    desk = make("intuit")
    known = desk.read("CompanyInfo", desk.realm)
    wish = {"Id": "1", "SyncToken": known["SyncToken"], "sparse": True, "LegalName": "Craig Ltd", "CompanyStartDate": "1999-01-01"}
    changed = desk.post("companyinfo", wish)
    assert (changed["LegalName"], changed["CompanyStartDate"]) == ("Craig Ltd", known["CompanyStartDate"])
    assert changed["CompanyName"] == known["CompanyName"]
    assert desk.refused("companyinfo", wish)["code"] == "5010"
    assert desk.refused("companyinfo", {**wish, "Id": ""})["code"] in {"2020", "500"}
