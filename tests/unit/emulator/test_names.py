"""Customers, vendors and employees: what a name needs, who may bear it, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.emulator.desk import Desk

TAKEN = "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name."


def test_a_new_customer_comes_back_as_quickbooks_shows_it(desk: Desk):
    made = desk.customer("Doe5, Jane")
    assert made["Id"].isdecimal()
    assert made["SyncToken"] == "0"
    assert made["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    expected = {
        "Taxable": True, "Job": False, "BillWithParent": False, "Balance": 0, "BalanceWithJobs": 0, "PreferredDeliveryMethod": "Print",
        "domain": "QBO", "sparse": False, "FullyQualifiedName": "Doe5, Jane", "PrintOnCheckName": "Doe5, Jane", "Active": True,
    }  # fmt: skip
    assert {name: made[name] for name in expected} == expected
    assert made["MetaData"] == {"CreateTime": "2026-01-15T09:00:00-08:00", "LastUpdatedTime": "2026-01-15T09:00:00-08:00"}


def test_a_display_name_is_made_of_the_parts_of_the_name(desk: Desk):
    made = desk.post("customer", {"Title": "Dr", "GivenName": "Ada", "FamilyName": "Byron", "Suffix": "PhD"})
    assert made["DisplayName"] == "Dr Ada Byron PhD"


def test_a_name_without_any_part_is_refused_with_6080(desk: Desk):
    assert desk.refused("customer", {"CompanyName": "Nameless Inc"})["code"] == "6080"


@pytest.mark.parametrize("first", ["customer", "vendor", "employee"])
@pytest.mark.parametrize("second", ["customer", "vendor", "employee"])
def test_a_display_name_is_unique_across_the_three_lists_without_regard_to_case(desk: Desk, first, second):
    names = {"customer": {"DisplayName": "Élan Ltd"}, "vendor": {"DisplayName": "Élan Ltd"}, "employee": {"GivenName": "Élan", "FamilyName": "Ltd"}}
    again = {"customer": {"DisplayName": "élan LTD"}, "vendor": {"DisplayName": "élan LTD"}, "employee": {"GivenName": "élan", "FamilyName": "LTD"}}
    desk.post(first, names[first])
    error = desk.refused(second, again[second])
    assert (error["code"], error["Message"], error["Detail"]) == ("6240", "Duplicate Name Exists Error", TAKEN)


def test_the_three_lists_share_one_sequence_of_ids(desk: Desk):
    made = [desk.customer("A"), desk.vendor("B"), desk.post("employee", {"GivenName": "C"}), desk.customer("D")]
    numbers = [int(each["Id"]) for each in made]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_a_deactivated_name_gets_a_suffix_and_frees_the_plain_name(desk: Desk):
    made = desk.customer("Ada Ltd")
    gone = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == "Ada Ltd (deleted)"
    assert gone["PrintOnCheckName"] == "Ada Ltd"
    assert gone["SyncToken"] == "1"
    assert desk.select("select * from Customer") == []
    assert [row["Id"] for row in desk.select("select * from Customer where Active in (true, false)")] == [made["Id"]]
    assert desk.read("Customer", made["Id"]) == gone
    assert desk.customer("Ada Ltd")["Id"] != made["Id"]


def test_a_switch_keeps_the_name_of_an_inactive_row_taken(make):
    desk = make(inactive_name_taken=True)
    made = desk.customer("Ada Ltd")
    desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert desk.refused("customer", {"DisplayName": "ada ltd"})["code"] == "6240"


def test_a_reactivated_name_loses_the_suffix_unless_it_is_taken_by_now(desk: Desk):
    made = desk.customer("Ada Ltd")
    gone = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    other = desk.customer("Ada Ltd")
    wish = {"Id": made["Id"], "SyncToken": gone["SyncToken"], "sparse": True, "Active": True}
    assert desk.refused("customer", wish)["code"] == "6240"
    desk.post("customer", {"Id": other["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Someone else"})
    assert desk.post("customer", wish)["DisplayName"] == "Ada Ltd"


def test_deactivating_what_is_inactive_moves_neither_token_nor_time(desk: Desk, clock):
    made = desk.customer()
    wish = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    gone = desk.post("customer", wish)
    clock.advance(60)
    assert desk.post("customer", {**wish, "SyncToken": "1"}) == gone


@pytest.mark.parametrize("name", ["Ada:Ltd", "Ada\tLtd", "Ada\nLtd"])
def test_a_display_name_holds_no_colon_tab_or_newline(desk: Desk, name):
    assert desk.refused("customer", {"DisplayName": name})["code"] == "2040"


def test_a_display_name_of_500_characters_fits_and_one_more_does_not(desk: Desk):
    assert desk.customer("x" * 500)["DisplayName"] == "x" * 500
    error = desk.refused("customer", {"DisplayName": "y" * 501})
    assert error["Detail"] == "String length specified does not match the supported length. Min:0 Max:500 supported. Supplied length:501"
    assert error["code"] == "2050"


@pytest.mark.parametrize("address", ["ada", "ada@host", "@host.com", "a da@host.com", "ok@host.com,bad"])
def test_an_email_address_needs_an_at_and_a_dot(desk: Desk, address):
    assert desk.refused("customer", {"DisplayName": "Ada", "PrimaryEmailAddr": {"Address": address}})["code"] == "2210"


def test_several_email_addresses_are_separated_by_commas(desk: Desk):
    made = desk.customer("Ada", PrimaryEmailAddr={"Address": "a@host.com, b@host.com"})
    assert made["PrimaryEmailAddr"] == {"Address": "a@host.com, b@host.com"}


def test_a_sub_customer_bears_its_parents_name_and_level(desk: Desk):
    parent = desk.customer("Freeman")
    job = desk.customer("55 Twin Lane", Job=True, ParentRef={"value": parent["Id"]})
    assert (job["FullyQualifiedName"], job["Level"], job["Job"]) == ("Freeman:55 Twin Lane", 1, True)
    assert job["ParentRef"] == {"value": parent["Id"]}


def test_renaming_a_parent_renames_the_whole_subtree(desk: Desk, clock):
    parent = desk.customer("Freeman")
    child = desk.customer("Twin Lane", Job=True, ParentRef={"value": parent["Id"]})
    grandchild = desk.customer("No 55", Job=True, ParentRef={"value": child["Id"]})
    clock.advance(10)
    desk.post("customer", {"Id": parent["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Freedman"})
    renamed = desk.read("Customer", grandchild["Id"])
    assert renamed["FullyQualifiedName"] == "Freedman:Twin Lane:No 55"
    assert renamed["SyncToken"] == "0"
    assert renamed["MetaData"]["LastUpdatedTime"] == "2026-01-15T09:00:10-08:00"
    assert [row["Id"] for row in desk.select("select * from Customer where FullyQualifiedName = 'freedman:twin lane'")] == [child["Id"]]


def test_a_sixth_level_and_a_circle_are_refused(desk: Desk):
    parent = top = desk.customer("L1")
    for level in range(2, 6):
        parent = desk.customer(f"L{level}", Job=True, ParentRef={"value": parent["Id"]})
    assert desk.refused("customer", {"DisplayName": "L6", "Job": True, "ParentRef": {"value": parent["Id"]}})["code"] == "6180"
    wish = {"Id": top["Id"], "SyncToken": "0", "sparse": True, "Job": True, "ParentRef": {"value": parent["Id"]}}
    assert desk.refused("customer", wish)["code"] == "900"


def test_a_job_without_a_parent_is_refused_with_6150(desk: Desk):
    assert desk.refused("customer", {"DisplayName": "Lost", "Job": True})["code"] == "6150"


def test_a_sparse_update_leaves_the_rest_and_a_full_one_empties_it(desk: Desk):
    made = desk.customer("Ada", Notes="pays late", CompanyName="Ada Co")
    sparse = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "CompanyName": "Ada & Co"})
    assert (sparse["Notes"], sparse["CompanyName"], sparse["SyncToken"], sparse["sparse"]) == ("pays late", "Ada & Co", "1", False)
    full = desk.post("customer", {"Id": made["Id"], "SyncToken": "1", "DisplayName": "Adah"})
    assert "Notes" not in full
    assert "CompanyName" not in full
    assert (full["DisplayName"], full["PrintOnCheckName"], full["FullyQualifiedName"]) == ("Adah", "Adah", "Adah")
    assert (full["Balance"], full["Taxable"]) == (0, True)


def test_a_sparse_null_or_empty_text_clears_a_property_but_not_the_display_name(desk: Desk):
    made = desk.customer("Ada", Notes="x", CompanyName="y")
    cleared = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": None, "CompanyName": ""})
    assert not {"Notes", "CompanyName"} & cleared.keys()
    assert desk.refused("customer", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "DisplayName": ""})["code"] == "2020"


def test_the_currency_of_a_name_is_fixed(desk: Desk):
    made = desk.customer()
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "EUR"}, "Notes": "n"})
    assert changed["CurrencyRef"]["value"] == "USD"


def test_read_only_values_are_ignored_without_a_word(desk: Desk):
    made = desk.customer("Ada", Balance=5000, FullyQualifiedName="Someone", Level=7)
    assert (made["Balance"], made["FullyQualifiedName"]) == (0, "Ada")


def test_numbers_of_the_state_are_masked(desk: Desk):
    assert desk.vendor("V", TaxIdentifier="99-5688293")["TaxIdentifier"] == "XXXXXX8293"
    assert desk.post("employee", {"GivenName": "Emily", "SSN": "444-55-6666"})["SSN"] == "XXX-XX-XXXX"


def test_an_employee_needs_a_first_or_last_name(desk: Desk):
    assert desk.refused("employee", {"DisplayName": "Nobody"})["code"] == "2020"


def test_a_name_cannot_be_deleted(desk: Desk):
    made = desk.customer()
    error = desk.refused("customer?operation=delete", {"Id": made["Id"], "SyncToken": "0"})
    assert (error["code"], error["Detail"]) == ("500", "Operation delete is not supported.")


def test_a_rename_reaches_the_references_without_touching_their_rows(desk: Desk, clock):
    customer, item = desk.customer("Ada"), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    before = desk.read("Invoice", invoice["Id"])
    clock.advance(5)
    desk.post("customer", {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "DisplayName": 'A "quoted" name'})
    after = desk.read("Invoice", invoice["Id"])
    assert after["CustomerRef"] == {"value": customer["Id"], "name": 'A "quoted" name'}
    assert {**after, "CustomerRef": before["CustomerRef"]} == before


def test_money_and_numbers_travel_in_their_own_forms(desk: Desk):
    customer, item = desk.customer(), desk.item(UnitPrice=22.50, PurchaseCost=75.0)
    assert (str(item["UnitPrice"]), str(item["PurchaseCost"])) == ("22.5", "75")
    desk.invoice(customer["Id"], item["Id"], Decimal("17.9"))
    body = desk.ask("GET", f"customer/{customer['Id']}").body
    assert b'"Balance":17.90' in body
    assert b'"Job":false' in body
