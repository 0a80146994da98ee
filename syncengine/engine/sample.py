"""A few records that wait to be sent, for a first company that begins without a working day (`TIEOUT_SAMPLE_DAY=0`)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from syncengine.inventory import writer


def plant(connection: Connection, company_id: int, today: date) -> None:
    """Save a few new records as a back office would on a working day; the triggers mark them like any other."""
    customers = [
        writer.save(connection, "customer", company_id, values)
        for values in (
            {
                "code": "C-201",
                "name": "Larkfield Garden Centre",
                "company_name": "Larkfield Garden Centre",
                "email": "orders@larkfield.example",
                "phone": "(503) 555-0142",
                "bill_line1": "18 Mill Lane",
                "bill_city": "Salem",
                "bill_region": "OR",
                "bill_postal_code": "97301",
            },
            {
                "code": "C-202",
                "name": "Café Señorita",
                "company_name": "Café Señorita",
                "email": "kitchen@senorita.example",
                "bill_line1": "402 Alder Street",
                "bill_city": "Portland",
                "bill_region": "OR",
                "bill_postal_code": "97205",
            },
        )
    ]
    vendor = writer.save(
        connection,
        "vendor",
        company_id,
        {
            "code": "V-31",
            "name": "Northbank Pottery Works",
            "company_name": "Northbank Pottery Works",
            "email": "sales@northbank.example",
            "line1": "7 Kiln Road",
            "city": "Astoria",
            "region": "OR",
            "postal_code": "97103",
        },
    )
    items = [
        writer.save(connection, "item", company_id, values)
        for values in (
            {
                "code": "POT-12",
                "name": "Terracotta pot 12 in",
                "description": "Terracotta pot, 12 inch",
                "unit_price": Decimal("18.50"),
                "purchase_cost": Decimal("9.25"),
                "standard_cost": Decimal("9.25"),
            },
            {
                "code": "SAU-12",
                "name": "Terracotta saucer 12 in",
                "description": "Saucer for the 12 inch pot",
                "unit_price": Decimal("6.40"),
                "purchase_cost": Decimal("2.80"),
                "standard_cost": Decimal("2.80"),
            },
        )
    ]
    for number, customer, lines in (
        ("T-5001", customers[0], [(items[0], "24", "18.50", "0.1"), (items[1], "24", "6.40", "0")]),
        ("T-5002", customers[1], [(items[0], "3", "18.50", "0")]),
        ("T-5003", customers[0], [(items[1], "10", "6.40", "0.05")]),
    ):
        writer.save(
            connection,
            "invoice",
            company_id,
            {"number": number, "customer_id": customer, "txn_date": today},
            lines=[
                {
                    "line_no": place,
                    "item_id": item,
                    "quantity": Decimal(quantity),
                    "unit_price": Decimal(price),
                    "discount": Decimal(discount),
                }
                for place, (item, quantity, price, discount) in enumerate(lines, start=1)
            ],
        )
    writer.save(
        connection,
        "purchase_order",
        company_id,
        {"number": "PO-801", "vendor_id": vendor, "txn_date": today, "due_date": today + timedelta(days=14)},
        lines=[{"line_no": 1, "item_id": items[0], "quantity": Decimal(60), "unit_cost": Decimal("9.25")}],
    )
