"""What people of Harbor Supply Co. do: the words in which `day` tells its story."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.sample.stage import Stage
from syncengine.sample.trade import RECEIPTS, SALES, Receipt, Sale, amounts


def sold(stage: Stage, days: int) -> None:
    """Write the invoices of a day, and ship what is on them."""
    for sale in SALES[days]:
        invoice(stage, days, sale)
        shipment(stage, days, sale)


def invoice(stage: Stage, days: int, sale: Sale) -> None:
    """Write one invoice."""
    values = {
        "number": sale.number, "customer_id": stage.id("customer", sale.customer), "txn_date": stage.day(days),
        "department_id": stage.id("department", sale.department), "term_id": stage.id("term", "Net 30"),
    }  # fmt: skip
    stage.save("invoice", values, sales_lines(stage, sale.what, sale.class_, sale.discount))


def shipment(stage: Stage, days: int, sale: Sale) -> None:
    """Ship the goods of an invoice, at cost."""
    values = {
        "number": f"SH-{sale.number}", "customer_id": stage.id("customer", sale.customer), "txn_date": stage.day(days),
        "invoice_id": stage.id("invoice", sale.number), "department_id": stage.id("department", sale.department),
    }  # fmt: skip
    stage.save("shipment", values, cost_lines(stage, sale.what, sale.class_))


def received(stage: Stage, days: int) -> None:
    """Take the deliveries of a day in."""
    for each in RECEIPTS[days]:
        receipt(stage, days, each)


def receipt(stage: Stage, days: int, told: Receipt) -> None:
    """Take one delivery in."""
    values = {
        "number": told.number, "vendor_id": stage.id("vendor", told.vendor), "txn_date": stage.day(days), "posts_as": told.posts_as,
        "reference_number": told.reference, "purchase_order_id": stage.id("purchase_order", told.order) if told.order else None,
    }  # fmt: skip
    stage.save("item_receipt", values, cost_lines(stage, told.what))


def order(stage: Stage, days: int, number: str, vendor: str, what: str, **more: Any) -> None:
    """Order from a vendor."""
    values = {"number": number, "vendor_id": stage.id("vendor", vendor), "txn_date": stage.day(days), **more}
    stage.save("purchase_order", values, cost_lines(stage, what))


def payment(stage: Stage, days: int, number: str, customer: str, invoice_number: str, amount: str, check: str) -> None:
    """Take a check in that pays an invoice."""
    values = {
        "number": number, "customer_id": stage.id("customer", customer), "txn_date": stage.day(days), "amount": Decimal(amount),
        "payment_method_id": stage.id("payment_method", "Check"), "payment_reference": check,
    }  # fmt: skip
    line = {"line_no": 1, "invoice_id": stage.id("invoice", invoice_number), "amount": Decimal(amount)}
    stage.save("payment", values, [line])


def sales_lines(stage: Stage, what: str, class_: str, discount: str = "0") -> list[dict[str, Any]]:
    """Lines of a sale at the usual prices."""
    return [
        {
            "line_no": place, "item_id": stage.id("item", good.name), "description": good.name, "quantity": quantity,
            "unit_price": Decimal(good.price), "discount": Decimal(discount), "class_id": stage.id("class", class_),
        }
        for place, (good, quantity) in enumerate(amounts(what), start=1)
    ]  # fmt: skip


def cost_lines(stage: Stage, what: str, class_: str = "") -> list[dict[str, Any]]:
    """Lines at cost; services have none and are left out."""
    return [
        {
            "line_no": place, "item_id": stage.id("item", good.name), "quantity": quantity, "unit_cost": Decimal(good.cost),
            "class_id": stage.id("class", class_) if class_ else None,
        }
        for place, (good, quantity) in enumerate(amounts(what), start=1)
        if good.cost
    ]  # fmt: skip


def customer(stage: Stage, code: str, name: str, mail: str, street: str, city: str, **more: Any) -> int:
    """Write a new customer down; answers its key."""
    address = {"bill_line1": street, "bill_city": city, "bill_region": "OR"}
    values = {"code": code, "name": name, "company_name": name, "email": mail, **address}
    return stage.save("customer", {**values, "term_id": stage.id("term", "Net 30"), **more})


def edited(stage: Stage, kind: str, called: str, **values: Any) -> None:
    """Change a record here."""
    stage.save(kind, {"id": stage.id(kind, called), **values})
