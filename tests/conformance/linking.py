"""What is linked: documents of a shop and of an office, and lines that stand on another transaction."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, sale

MISSING = "Business Validation Error: The entity {0} {1} that you are trying to link does not exist. {0} {1}"


@pytest.fixture
def shop(make) -> tuple[Desk, str, str]:
    """A client that applies credits itself, a customer and an item."""
    desk = make(auto_apply_credit="never")
    return desk, desk.customer()["Id"], desk.item()["Id"]


@pytest.fixture
def office(desk: Desk) -> tuple[Desk, str]:
    """A client and a vendor."""
    return desk, desk.vendor()["Id"]


def link(type_: str, id_: str, amount: Any, **more: Any) -> dict[str, Any]:
    """A line of money that stands on another transaction."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": id_, "TxnType": type_, **more}]}


def pay(desk: Desk, customer: str, total: Any, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return desk.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": list(lines), **more})


def payable(vendor: str, total: Any, *lines: dict[str, Any], desk: Desk) -> dict[str, Any]:
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": desk.account("Checking")}}
    return {"VendorRef": {"value": vendor}, "TotalAmt": total, "Line": list(lines), **paid}


def settle(desk: Desk, vendor: str, total: Any, *lines: dict[str, Any]) -> dict[str, Any]:
    return desk.post("billpayment", payable(vendor, total, *lines, desk=desk))


def memo(desk: Desk, customer: str, item: str, amount: Any) -> dict[str, Any]:
    return desk.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [sale(item, amount)]})


def credit(desk: Desk, vendor: str, amount: Any) -> dict[str, Any]:
    return desk.post("vendorcredit", {"VendorRef": {"value": vendor}, "Line": [cost(desk.account("Supplies"), amount)]})


def order(desk: Desk, vendor: str, *quantities: int) -> dict[str, Any]:
    item = desk.item("Part", ExpenseAccountRef=desk.account("Supplies"))["Id"]
    kind = "ItemBasedExpenseLineDetail"
    lines = [{"Amount": 5 * each, "DetailType": kind, kind: {"ItemRef": {"value": item}, "Qty": each, "UnitPrice": 5}} for each in quantities]
    wish = {"VendorRef": {"value": vendor}, "APAccountRef": desk.account("Accounts Payable (A/P)"), "Line": lines}
    return desk.post("purchaseorder", wish)
