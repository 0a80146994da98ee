"""5.1: full and sparse updates, tokens, lines, and what is fixed once it is made."""

from __future__ import annotations

import pytest

from tests.conformance.test_05_removal import DELETED, forms
from tests.unit.emulator.desk import cost, sale

UPDATED = sorted(DELETED - {"RecurringTransaction", "JournalCode"})


@pytest.mark.parametrize("name", UPDATED)
def test_a_full_update_of_what_was_read_is_taken_and_raises_the_token_of_transactions(make, name, clock):
    desk = make("intuit")
    made = desk.post(name.lower(), forms(desk)[name])
    assert made["SyncToken"] == "0"
    clock.advance(60)
    again = desk.post(name.lower(), made)
    moved = name not in {"Attachable", "Budget"}
    assert again["SyncToken"] == ("1" if moved else "0")
    assert (again["MetaData"]["LastUpdatedTime"] != made["MetaData"]["LastUpdatedTime"]) == moved
    for each in ("SyncToken", "MetaData"):
        made.pop(each)
        again.pop(each)
    assert again == made


@pytest.mark.parametrize("name", sorted(set(UPDATED) - {"Budget", "Attachable", "TimeActivity"}))
def test_a_sparse_update_leaves_the_rest_and_a_full_one_does_not(make, name):
    desk = make("intuit")
    made = desk.post(name.lower(), {**forms(desk)[name], "PrivateNote": "first"})
    base = {"Id": made["Id"], "SyncToken": "0"}
    sparse = desk.post(name.lower(), {**base, "sparse": True, "TxnDate": "2026-01-10"})
    assert (sparse["PrivateNote"], sparse["TxnDate"], sparse["sparse"]) == ("first", "2026-01-10", False)
    full = desk.post(name.lower(), {**forms(desk)[name], **base, "SyncToken": "1"})
    assert "PrivateNote" not in full
    assert full["SyncToken"] == "2"


@pytest.mark.parametrize("token", ["1", "9", "-1", "x"])
def test_another_token_is_stale_whether_lower_or_higher(make, token):
    desk = make("intuit")
    known = desk.read("Customer", "1")
    desk.post("customer", {**known, "sparse": True, "Notes": "n"})
    now = desk.read("Customer", "1")
    if token != now["SyncToken"]:
        assert desk.refused("customer", {**now, "SyncToken": token})["code"] == "5010"
    assert desk.refused("customer", {**now, "SyncToken": known["SyncToken"]})["code"] == "5010"


def test_lines_are_replaced_as_a_whole_and_known_ids_stay(make):
    desk = make("intuit")
    made = desk.invoice("1", "4", Line=[sale("4", 75), sale("10", 35)])
    first, second = made["Line"][:2]
    base = {"Id": made["Id"], "sparse": True}
    kept = desk.post("invoice", {**base, "SyncToken": "0", "Line": [{**second, "Description": "kept"}]})
    assert [(line.get("Id"), line.get("LineNum")) for line in kept["Line"]] == [("2", 1), (None, None)]
    for unknown in (None, "0", "-1", "77"):
        line = {**sale("4", 75), **({"Id": unknown} if unknown else {})}
        new = desk.post("invoice", {**base, "SyncToken": desk.read("Invoice", made["Id"])["SyncToken"], "Line": [second, line]})
        assert new["Line"][0]["Id"] == "2"
        assert new["Line"][1]["Id"] not in {"1", "2", unknown}
    assert first["Id"] == "1"


def test_a_replaced_line_gets_the_next_id(make):
    desk = make("intuit")
    made = desk.invoice("1", "4", Line=[sale("4", 75)] * 5)
    lines = [*made["Line"][:4], sale("10", 35)]
    changed = desk.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": lines})
    assert [line["Id"] for line in changed["Line"][:5]] == ["1", "2", "3", "4", "6"]


def test_names_that_follow_the_display_name_follow_it(make):
    desk = make("intuit")
    made = desk.customer("Before")
    wish = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "After", "PrintOnCheckName": "Before"}
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "DisplayName": "After"})
    assert (changed["FullyQualifiedName"], changed["PrintOnCheckName"]) == ("After", "After")
    again = desk.post("customer", {**wish, "SyncToken": "1", "sparse": True, "PrintOnCheckName": "Own"})
    assert again["PrintOnCheckName"] == "Own"


@pytest.mark.parametrize("name", ["customer", "vendor"])
def test_a_currency_is_fixed_once_it_is_set(make, name):
    desk = make("intuit")
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    desk.post("companycurrency", {"Code": "EUR"})
    made = desk.post(name, {"DisplayName": "Foreign", "CurrencyRef": {"value": "EUR"}})
    assert made["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    for sparse in (True, False):
        now = desk.read(name.capitalize(), made["Id"])
        assert desk.post(name, {**now, "sparse": sparse, "CurrencyRef": {"value": "USD"}})["CurrencyRef"]["value"] == "EUR"


def test_the_kind_of_a_purchase_cannot_change(make):
    desk = make("intuit")
    wish = {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": [cost({"value": "7"}, 10)]}
    made = desk.post("purchase", wish)
    sparse = desk.post("purchase", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PaymentType": "Check"})
    assert sparse["PaymentType"] == "Cash"
    assert desk.refused("purchase", {**sparse, "PaymentType": "Check"})["code"] == "610"


def test_what_quickbooks_computes_is_overwritten_and_read_only_values_are_ignored(make):
    desk = make("intuit")
    made = desk.invoice("1", "4", 75, TotalAmt=999, Balance=1)
    assert (made["TotalAmt"], made["Balance"]) == (75, 75)
    known = desk.customer(Balance=50, Level=3)
    assert known["Balance"] == 0
    assert "Level" not in known


def test_an_unchanged_list_member_moves_nothing_and_an_unchanged_receipt_does(make, clock):
    desk = make("intuit")
    term = desk.read("Term", "3")
    receipt = desk.post("salesreceipt", {"CustomerRef": {"value": "1"}, "Line": [sale("4", 75)]})
    clock.advance(60)
    assert desk.post("term", term) == term
    assert desk.post("salesreceipt", receipt)["SyncToken"] == "1"


def test_null_and_empty_text_clear_a_property_in_a_sparse_update(make):
    desk = make("intuit")
    made = desk.customer(Notes="n", CompanyName="c")
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": None, "CompanyName": ""})
    assert "Notes" not in changed
    assert "CompanyName" not in changed


def test_an_account_needs_its_name_and_type_no_more_than_it_says(make):
    desk = make("intuit")
    known = desk.read("Account", "7")
    changed = desk.post("account", {**known, "sparse": True, "Description": "d"})
    assert (changed["Description"], changed["AccountType"]) == ("d", "Expense")
    assert desk.refused("account", {**changed, "AccountType": "Accounts Receivable", "AccountSubType": "AccountsReceivable"})["code"] == "6000"


@pytest.mark.parametrize("entity", ["customer", "invoice"])
def test_sparse_is_false_in_every_answer(make, entity):
    desk = make("intuit")
    made = desk.customer() if entity == "customer" else desk.invoice("1", "4")
    assert made["sparse"] is False
    assert desk.post(entity, {"Id": made["Id"], "SyncToken": "0", "sparse": True})["sparse"] is False


def test_addresses_keep_their_ids_while_they_stay_the_same(make):
    desk = make("empty")
    made = desk.customer(BillAddr={"Line1": "1 Main"}, ShipAddr={"Line1": "1 Main"})
    assert made["BillAddr"] == made["ShipAddr"] == {"Id": "2", "Line1": "1 Main"}
    same = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "BillAddr": {"Line1": "1 Main"}})
    assert same["BillAddr"]["Id"] == "2"
    moved = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "BillAddr": {"Line1": "2 Main"}})
    assert moved["BillAddr"] == {"Id": "3", "Line1": "2 Main"}
