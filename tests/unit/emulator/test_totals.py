"""Totals that no form may have, and what is left of the books when one is refused."""

from __future__ import annotations

import pytest

from tests.conformance.test_05_removal import forms
from tests.unit.emulator.desk import Desk, cost, sale

BELOW = "Business Validation Error: You must specify a transaction amount that is 0 or greater."
DISCOUNTED = "Business Validation Error: The discount amount can't be greater than the subtotal."


def turned(wish: dict) -> dict:
    """The form with every line's amount below zero."""
    kept = []
    for line in wish["Line"]:
        detail = {name: value for name, value in line[line["DetailType"]].items() if name not in {"Qty", "UnitPrice"}}
        kept.append({**line, "Amount": -abs(line.get("Amount", 1)), line["DetailType"]: detail})
    return {**wish, "Line": kept}


@pytest.mark.parametrize(
    "name",
    ["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate", "Bill", "VendorCredit", "PurchaseOrder", "Purchase", "Deposit"],
)
def test_no_form_has_a_total_below_zero(make, name):
    desk = make("intuit")
    before = desk.control("GET", f"trial_balance?realm_id={desk.realm}")
    error = desk.refused(name.lower(), turned(forms(desk)[name]))
    assert (error["code"], error["Detail"]) == ("6000", BELOW)
    assert desk.control("GET", f"trial_balance?realm_id={desk.realm}") == before


def test_a_line_may_be_below_zero_as_long_as_the_total_is_not(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    wish = {"CustomerRef": {"value": customer}, "Line": [sale(item, 30), sale(item, -30)]}
    assert desk.post("invoice", wish)["TotalAmt"] == 0


def test_an_edit_cannot_bring_a_total_below_zero(desk: Desk):
    bill = desk.bill(desk.vendor()["Id"], 50)
    change = {**bill, "Line": [cost(desk.account("Supplies"), 50), cost(desk.account("Supplies"), -60)]}
    assert desk.refused("bill", change)["Detail"] == BELOW
    assert desk.read("Bill", bill["Id"]) == bill


@pytest.mark.parametrize(("amount", "refused"), [(10, False), (10.01, True)])
def test_a_discount_takes_no_more_than_there_is(desk: Desk, amount, refused):
    lines = [sale(desk.item()["Id"], 10), {"Amount": amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}]
    wish = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": lines}
    if refused:
        assert desk.refused("invoice", wish)["Detail"] == DISCOUNTED
    else:
        assert desk.post("invoice", wish)["TotalAmt"] == 0


def test_a_discounted_form_can_still_be_voided(desk: Desk):
    lines = [sale(desk.item()["Id"], 10), {"Amount": 4, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}]
    made = desk.post("invoice", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": lines})
    assert desk.post("invoice?operation=void", {"Id": made["Id"], "SyncToken": "0"})["TotalAmt"] == 0
