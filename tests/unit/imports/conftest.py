"""Inventories to import into, and a way to write a small workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from syncengine import imports
from syncengine.db.engine import Database
from syncengine.imports import Prepared, Result
from tests.unit.inventory.conftest import inventory_database, inventory_template, postgres_inventory, sqlite_inventory

__all__ = ["inventory_database", "inventory_template", "postgres_inventory", "sqlite_inventory"]

CUSTOMERS = """\
customer_id,company_name,contact_name,address,city,postal_code,country,phone
ALFKI,Alfreds Futterkiste,Maria Anders,Obere Str. 57,Berlin,12209,Germany,030-0074321
ANATR,"Trujillo, Ana",Ana Trujillo,Avda. 2222,México D.F.,05021,Mexico,(5) 555-4729
"""
ITEMS = "product_id,product_name,unit_price\n11,Queso Cabrales,21.00\n42,Hokkien Mee,9.80\n"
ORDERS = """\
order_id,customer_id,order_date,required_date,freight,ship_city
10248,ALFKI,1996-07-04,1996-08-01,32.38,Reims
10249,ANATR,1996-07-05,1996-08-16,0.00,Münster
"""
DETAILS = """\
order_id,product_id,unit_price,quantity,discount
10248,11,14.0,12,0.0
10249,42,9.8,10,0.15
10248,42,9.8,10,0.0
"""


@pytest.fixture
def bring(inventory_database: Database) -> Callable[..., tuple[Prepared, Result]]:
    """Prepare and apply texts on an inventory of either kind."""

    def run(kind: str, text: str, lines: str | None = None, **more: Any) -> tuple[Prepared, Result]:
        mode = more.pop("mode", "good")
        second = None if lines is None else lines.encode()
        prepared = imports.prepare(
            inventory_database, 1, kind, text.encode(), name=f"{kind}.csv", lines=second, lines_name="lines.csv", **more
        )
        return prepared, imports.apply(inventory_database, prepared, mode=mode)

    return run


def workbook(rows: Sequence[Sequence[Any]], **sheets: Sequence[Sequence[Any]]) -> bytes:
    """An XLSX file whose first sheet holds `rows`."""
    book = openpyxl.Workbook()
    for title, content in {"First": rows, **sheets}.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    book.remove(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
