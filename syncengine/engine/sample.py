"""A few records that wait to be sent, for a first company that begins without a working day (`TIEOUT_SAMPLE_DAY=0`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from syncengine.inventory import writer

D = Decimal
_GARDEN_CENTRE = {
    "code": "C-201", "name": "Larkfield Garden Centre", "company_name": "Larkfield Garden Centre",
    "email": "orders@larkfield.example", "phone": "(503) 555-0142", "bill_line1": "18 Mill Lane",
    "bill_city": "Salem", "bill_region": "OR", "bill_postal_code": "97301",
}  # fmt: skip
_CAFE = {
    "code": "C-202", "name": "Café Señorita", "company_name": "Café Señorita", "email": "kitchen@senorita.example",
    "bill_line1": "402 Alder Street", "bill_city": "Portland", "bill_region": "OR", "bill_postal_code": "97205",
}  # fmt: skip
_POTTERY = {
    "code": "V-31", "name": "Northbank Pottery Works", "company_name": "Northbank Pottery Works",
    "email": "sales@northbank.example", "line1": "7 Kiln Road", "city": "Astoria", "region": "OR", "postal_code": "97103",
}  # fmt: skip
_POT = {
    "code": "POT-12", "name": "Terracotta pot 12 in", "description": "Terracotta pot, 12 inch",
    "unit_price": D("18.50"), "purchase_cost": D("9.25"), "standard_cost": D("9.25"),
}  # fmt: skip
_SAUCER = {
    "code": "SAU-12", "name": "Terracotta saucer 12 in", "description": "Saucer for the 12 inch pot",
    "unit_price": D("6.40"), "purchase_cost": D("2.80"), "standard_cost": D("2.80"),
}  # fmt: skip
#: A line of an invoice: item, quantity, unit price, discount as a share.
_Sold = tuple[int, str, str, str]


def plant(connection: Connection, company_id: int, today: date) -> None:
    """Save a few new records as a back office would on a working day; the triggers mark them like any other."""

    def save(kind: str, values: dict[str, Any], lines: Sequence[dict[str, Any]] | None = None) -> int:
        return writer.save(connection, kind, company_id, values, lines=lines)

    centre, cafe = (save("customer", values) for values in (_GARDEN_CENTRE, _CAFE))
    vendor = save("vendor", _POTTERY)
    pot, saucer = (save("item", values) for values in (_POT, _SAUCER))
    for number, customer, sold in (
        ("T-5001", centre, [(pot, "24", "18.50", "0.1"), (saucer, "24", "6.40", "0")]),
        ("T-5002", cafe, [(pot, "3", "18.50", "0")]),
        ("T-5003", centre, [(saucer, "10", "6.40", "0.05")]),
    ):
        save("invoice", {"number": number, "customer_id": customer, "txn_date": today}, _lines(sold))
    order = {"number": "PO-801", "vendor_id": vendor, "txn_date": today, "due_date": today + timedelta(days=14)}
    save("purchase_order", order, [{"line_no": 1, "item_id": pot, "quantity": D(60), "unit_cost": D("9.25")}])


def _lines(sold: Sequence[_Sold]) -> list[dict[str, Any]]:
    return [
        {"line_no": place, "item_id": item, "quantity": D(quantity), "unit_price": D(price), "discount": D(discount)}
        for place, (item, quantity, price, discount) in enumerate(sold, start=1)
    ]
