"""Invoices and purchase orders with their lines, from two files or from one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from syncengine import imports, inventory
from syncengine.db.engine import Database
from syncengine.imports import Counts, ImportRefused, Options, Prepared, Problem, Result
from syncengine.inventory import reader
from syncengine.inventory.changes import consume, marks
from syncengine.inventory.tables import line_amount
from tests.unit.imports.conftest import CUSTOMERS, DETAILS, ITEMS, ORDERS

Bring = Callable[..., tuple[Prepared, Result]]


@pytest.fixture
def shop(bring: Bring) -> Bring:
    """The same, with the customers, the vendor and the items there."""
    bring("customer", CUSTOMERS)
    bring("item", ITEMS)
    bring("vendor", "code,name\nV1,Exotic Liquids\n")
    return bring


def documents(database: Database, kind: str = "invoice") -> list[dict[str, Any]]:
    with database.reading() as connection:
        return list(reader.load(connection, kind, 1).values())


def told(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.row, problem.column) for problem in problems]


def worth(document: dict[str, Any]) -> Decimal:
    return sum((line_amount(line["quantity"], line["unit_price"], line["discount"]) for line in document["lines"]), Decimal(0))


def test_orders_and_their_details_become_invoices_to_the_cent(inventory_database: Database, shop: Bring) -> None:
    prepared, result = shop("invoice", ORDERS, DETAILS)
    assert (prepared.counts, prepared.line_rows, prepared.problems) == (Counts(new=2), 3, [])
    assert prepared.ignored == ["required_date"]
    assert (result.created, result.rejected) == (2, 0)
    first, second = documents(inventory_database)
    assert (first["number"], first["txn_date"], first["ship_city"]) == ("10248", date(1996, 7, 4), "Reims")
    assert [line["line_no"] for line in first["lines"]] == [1, 2, 3]
    assert worth(first) == Decimal("168.00") + Decimal("98.00") + Decimal("32.38")
    assert worth(second) == Decimal("83.30")


def test_a_charge_is_one_more_line_of_an_item_made_for_it(inventory_database: Database, shop: Bring) -> None:
    shop("invoice", ORDERS, DETAILS)
    first, second = documents(inventory_database)
    with inventory_database.reading() as connection:
        freight = reader.find(connection, "item", 1, "code", ["FREIGHT"])["FREIGHT"]
        (item,) = reader.load(connection, "item", 1, freight).values()
    assert (item["name"], item["type"]) == ("Freight", "Service")
    assert (first["lines"][-1]["item_id"], first["lines"][-1]["unit_price"]) == (item["id"], Decimal("32.38"))
    assert len(second["lines"]) == 1


def test_a_charge_takes_the_item_that_is_there(inventory_database: Database, shop: Bring) -> None:
    item = inventory.save(inventory_database, "item", {"code": "F-1", "name": "freight"})
    shop("invoice", ORDERS, DETAILS)
    assert documents(inventory_database)[0]["lines"][-1]["item_id"] == item


def test_the_second_time_changes_and_marks_nothing(inventory_database: Database, shop: Bring) -> None:
    shop("invoice", ORDERS, DETAILS)
    with inventory_database.writing() as connection:
        consume(connection, [mark.id for mark in marks(connection)])
    prepared, result = shop("invoice", ORDERS, DETAILS)
    assert (prepared.counts, result.unchanged) == (Counts(unchanged=2), 2)
    with inventory_database.reading() as connection:
        assert marks(connection) == []


@pytest.mark.parametrize(
    ("orders", "details"),
    [
        (ORDERS.replace("Reims", "Lyon"), DETAILS),
        (ORDERS, DETAILS.replace("10248,11,14.0,12", "10248,11,14.0,13")),
        (ORDERS, DETAILS.replace("10248,42,9.8,10,0.0\n", "")),
        (ORDERS, DETAILS + "10248,42,1.00,1,0\n"),
        (ORDERS.replace("32.38", "0"), DETAILS),
        (ORDERS.replace("32.38", "32.39"), DETAILS),
    ],
)
def test_each_kind_of_change_is_seen_before_and_done(inventory_database: Database, shop: Bring, orders: str, details: str) -> None:
    shop("invoice", ORDERS, DETAILS)
    prepared, result = shop("invoice", orders, details)
    assert (prepared.counts, result.changed, result.unchanged) == (Counts(changed=1, unchanged=1), 1, 1)
    assert shop("invoice", orders, details)[0].counts == Counts(unchanged=2)


def test_a_charge_item_that_was_rolled_back_with_its_chunk_is_made_again(inventory_database: Database, shop: Bring) -> None:
    """Another program's own rule on the table is nothing that a preview can see."""
    with inventory_database.writing() as connection:
        connection.execute(text("CREATE UNIQUE INDEX shop_rule ON invoice (ship_city)"))
    _, result = shop("invoice", ORDERS.replace("Münster", "Reims").replace("0.00", "1.00"), DETAILS)
    assert (result.created, [problem.row for problem in result.problems]) == (1, [3])
    (document,) = documents(inventory_database)
    with inventory_database.reading() as connection:
        item = reader.load(connection, "item", 1)[document["lines"][-1]["item_id"]]
    assert item["code"] == "FREIGHT"


def test_a_preview_makes_no_item_for_a_charge(inventory_database: Database, shop: Bring) -> None:
    imports.prepare(inventory_database, 1, "invoice", ORDERS.encode(), lines=DETAILS.encode())
    with inventory_database.reading() as connection:
        assert reader.count(connection, "item", 1) == 2


ONE_FILE = """\
Invoice #,Date,Customer,Shipping,Item,Qty,Unit Price,Memo
1,2026-01-15,ALFKI,5.00,11,2,21.00,thanks
2,2026-01-16,Trujillo, Ana,,42,1,9.80,
1,2026-01-15,ALFKI,5.00,Hokkien Mee,1,9.80,
""".replace("Trujillo, Ana", '"Trujillo, Ana"')


def test_one_file_may_repeat_the_header_on_each_line(inventory_database: Database, shop: Bring) -> None:
    prepared, result = shop("invoice", ONE_FILE)
    assert (prepared.problems, prepared.counts, result.created) == ([], Counts(new=2), 2)
    first, second = documents(inventory_database)
    assert [len(first["lines"]), len(second["lines"])] == [3, 1]
    assert (first["customer_memo"], worth(first)) == ("thanks", Decimal("56.80"))
    assert shop("invoice", ONE_FILE)[0].counts == Counts(unchanged=2)


def test_rows_of_one_document_that_disagree_are_told(shop: Bring) -> None:
    prepared, result = shop("invoice", ONE_FILE.replace("1,2026-01-15,ALFKI,5.00,Hok", "1,2026-01-17,ALFKI,5.00,Hok"))
    assert told(prepared.problems) == [("invoice.csv", 4, "Date")]
    assert (prepared.counts, result.created) == (Counts(new=1, bad=1), 1)


def test_purchase_orders_go_in_with_their_vendor_and_charges(inventory_database: Database, shop: Bring) -> None:
    prepared, _ = shop(
        "purchase_order", "PO Number,Vendor,Date,Product,Qty,Cost,Freight,Status\nP1,V1,2026-01-15,11,3,12.50,4.00,Open\n"
    )
    assert prepared.problems == []
    (order,) = documents(inventory_database, "purchase_order")
    assert [(line["quantity"], line["unit_cost"]) for line in order["lines"]] == [(3, Decimal("12.50")), (1, Decimal("4.00"))]
    assert order["status"] == "open"


def test_every_bad_line_is_told_and_holds_its_document_back(inventory_database: Database, shop: Bring) -> None:
    orders = (
        "number,customer_id,txn_date\n1,ALFKI,2026-01-01\n2,ALFKI,2026-01-01\n3,NOBODY,2026-01-01\n4,ALFKI,2026-01-01\n5,,soon\n"
    )
    details = "number,item,qty,price\n1,11,1,1\n2,11,x,1\n2,99,1,1\n3,99,1,1\n4,,1,1\n5,11,1,1\n9,11,1,1\n,11,1,1\n2,11\n"
    prepared, result = shop("invoice", orders, details)
    assert told(prepared.problems) == [
        ("invoice.csv", 4, "customer_id"),
        ("invoice.csv", 6, "txn_date"),
        ("invoice.csv", 6, "customer_id"),
        ("lines.csv", 3, "qty"),
        ("lines.csv", 5, "item"),
        ("lines.csv", 6, "item"),
        ("lines.csv", 8, "number"),
        ("lines.csv", 9, "number"),
        ("lines.csv", 10, ""),
    ]
    assert (prepared.counts, result.created) == (Counts(new=1, bad=4), 1)
    assert [document["number"] for document in documents(inventory_database)] == ["1"]


def test_an_unknown_item_is_told_at_its_line(shop: Bring) -> None:
    prepared, _ = shop("invoice", ORDERS, DETAILS.replace("10249,42", "10249,77"))
    assert told(prepared.problems) == [("lines.csv", 3, "product_id")]
    assert "no item has this code or name" in prepared.problems[0].message
    assert "Import the item first" in prepared.problems[0].remedy


def test_a_document_without_lines_is_told(inventory_database: Database, shop: Bring) -> None:
    prepared, result = shop("invoice", ORDERS, DETAILS.replace("10249,42,9.8,10,0.15\n", ""))
    assert told(prepared.problems) == [("invoice.csv", 3, "")]
    assert result.created == 1
    headers, _ = shop("invoice", ORDERS)
    assert headers.counts == Counts(unchanged=1, bad=1)
    assert len(documents(inventory_database)[0]["lines"]) == 3


def test_headers_alone_change_headers_and_leave_lines(inventory_database: Database, shop: Bring) -> None:
    shop("invoice", ORDERS, DETAILS)
    prepared, _ = shop("invoice", ORDERS.replace("Reims", "Lyon").replace(",freight", ",x"))
    assert prepared.counts == Counts(changed=1, unchanged=1)
    first, second = documents(inventory_database)
    assert (first["ship_city"], len(first["lines"]), len(second["lines"])) == ("Lyon", 3, 1)


def test_the_same_number_twice_names_both_rows(shop: Bring) -> None:
    prepared, result = shop("invoice", ORDERS + "10248,ANATR,1996-07-09,,0,\n", DETAILS)
    assert told(prepared.problems) == [("invoice.csv", 2, "order_id"), ("invoice.csv", 4, "order_id")]
    assert result.created == 1


def test_an_amount_that_is_not_quantity_times_price_is_told(inventory_database: Database, shop: Bring) -> None:
    orders = "number,customer,date\n1,ALFKI,2026-01-01\n2,ALFKI,2026-01-01\n3,ALFKI,2026-01-01\n"
    details = "number,item,qty,price,discount,amount\n1,11,3,0.335,,1.01\n2,11,3,0.335,,1.00\n3,11,,,,7.50\n"
    prepared, _ = shop("invoice", orders, details)
    assert told(prepared.problems) == [("lines.csv", 3, "amount")]
    assert "1.01" in prepared.problems[0].message
    assert [document["lines"][0]["amount"] for document in documents(inventory_database)] == [Decimal("1.01"), Decimal("7.50")]


def test_a_line_needs_a_quantity_and_a_price_or_an_amount(shop: Bring) -> None:
    orders = "number,customer,date\n1,ALFKI,2026-01-01\n"
    prepared, _ = shop("invoice", orders, "number,item,qty,price\n1,11,,5\n1,11,5,\n")
    assert told(prepared.problems) == [("lines.csv", 2, "qty"), ("lines.csv", 3, "price")]
    with pytest.raises(ImportRefused, match="unit_price or amount"):
        shop("invoice", orders, "number,item,qty\n1,11,5\n")
    with pytest.raises(ImportRefused, match="mapped to number"):
        shop("invoice", orders, "item,qty,price\n11,5,1\n")


def test_a_line_that_could_belong_to_any_document_stops_everything(shop: Bring) -> None:
    with pytest.raises(ImportRefused, match=r"lines\.csv, row 3.*any document"):
        shop("invoice", ORDERS, 'order_id,product_id,unit_price,quantity\n10248,11,1,1\n"10249"x,42,1,1\n')


def test_numbers_of_another_country_and_percent_are_read_when_named(inventory_database: Database, shop: Bring) -> None:
    options = Options(decimal_sign=",", thousands_sign=".", date_order="dmy", percent_discounts=True)
    orders = "number;customer;date;freight\n1;ALFKI;15.01.2026;1.000,50\n"
    prepared, _ = shop("invoice", orders, "number;item;qty;price;discount\n1;11;2;1.234,50;10\n", options=options)
    assert prepared.problems == []
    (document,) = documents(inventory_database)
    assert (document["txn_date"], worth(document)) == (date(2026, 1, 15), Decimal("2222.10") + Decimal("1000.50"))


def test_a_negative_charge_is_told(shop: Bring) -> None:
    prepared, _ = shop("invoice", ORDERS.replace("32.38", "-1"), DETAILS)
    assert told(prepared.problems) == [("invoice.csv", 2, "freight")]


def test_constants_may_fill_lines_too(inventory_database: Database, shop: Bring) -> None:
    inventory.save(inventory_database, "class", {"code": "W", "name": "Wholesale"})
    options = Options(constants={"line.class_id": "W", "txn_date": "2026-01-31", "customer_id": "ALFKI"})
    shop("invoice", "number\n1\n", "number,item,qty,price\n1,11,2,3\n", options=options)
    (document,) = documents(inventory_database)
    assert document["txn_date"] == date(2026, 1, 31)
    assert document["lines"][0]["class_id"] is not None


def test_a_thousand_documents_cross_the_chunks_unharmed(inventory_database: Database, shop: Bring) -> None:
    orders = "number,customer,date,freight\n" + "".join(f"{n},ALFKI,2026-01-01,1\n" for n in range(1100))
    details = "number,item,qty,price\n" + "".join(f"{n % 1100},11,1,{n % 7}\n" for n in range(2200))
    _, result = shop("invoice", orders, details)
    assert result.created == 1100
    assert sum(len(document["lines"]) for document in documents(inventory_database)) == 3300
    assert shop("invoice", orders, details)[0].counts == Counts(unchanged=1100)
