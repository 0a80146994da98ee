"""Each kind of document of buying, stock and orders: an export with the usual names of columns goes in by guesses alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from syncengine import imports
from syncengine.db.engine import Database
from syncengine.imports import Counts, Prepared, Result
from syncengine.inventory import reader
from tests.unit.imports.conftest import workbook

Bring = Callable[..., tuple[Prepared, Result]]
D = Decimal


@dataclass(frozen=True)
class Case:
    """One kind: a good file, what is there afterwards, and a bad row with what it is told."""

    kind: str
    text: str
    header: dict[str, Any]
    lines: list[dict[str, Any]]
    bad: str
    column: str
    cause: str
    remedy: str


CASES = [
    Case(
        "item_receipt",
        "receipt_number,receipt_date,vendor,posts_as,vendor_invoice_no,vendor_invoice_date,due_date,product,qty,cost,account\n"
        "R-1,2026-03-01,V1,bill,INV-7,2026-02-27,2026-03-31,11,3,9.995,\n"
        "R-1,2026-03-01,V1,bill,INV-7,2026-02-27,2026-03-31,,1,12.30,Freight\n",
        {"txn_date": date(2026, 3, 1), "posts_as": "bill", "reference_number": "INV-7", "vendor_invoice_date": date(2026, 2, 27), "due_date": date(2026, 3, 31)},
        [{"quantity": D(3), "unit_cost": D("9.995")}, {"item_id": None, "account": "Freight", "unit_cost": D("12.3")}],
        "R-2,2026-03-01,V1,invoice,,,,11,1,1,\n", "posts_as", "word", "none, bill, check",
    ),
    Case(
        "vendor_return",
        "return_number,date,supplier,vendor_credit,account,product,quantity,unit_cost\nVR-1,2026-03-02,V1,no,Supplies,42,2,4.10\n",
        {"txn_date": date(2026, 3, 2), "vendor_credit": False, "account": "Supplies"},
        [{"quantity": D(2), "unit_cost": D("4.1")}],
        "VR-2,2026-03-02,V9,yes,,42,2,4.10\n", "supplier", "V9", "",
    ),
    Case(
        "sales_order",
        "order_number,order_date,customer,deposit,product,qty,price\nSO-1,2026-03-03,ALFKI,50.00,11,2,21.00\n",
        {"txn_date": date(2026, 3, 3), "deposit": D(50)},
        [{"quantity": D(2), "unit_price": D(21)}],
        "SO-2,2026-03-03,ALFKI,50.005,11,2,21.00\n", "deposit", "2 decimals", "",
    ),
    Case(
        "shipment",
        "shipment_number,ship_date,customer,tracking,product,quantity,cost\nS-1,2026-03-04,ALFKI,1Z-9,11,2,8.25\n",
        {"txn_date": date(2026, 3, 4), "tracking_number": "1Z-9"},
        [{"quantity": D(2), "unit_cost": D("8.25")}],
        "S-2,2026-13-04,ALFKI,,11,2,8.25\n", "ship_date", "no such day", "Correct the date",
    ),
    Case(
        "customer_return",
        "rma_number,return_date,customer,credit_memo,product,quantity,price,restock_cost\nC-1,2026-03-05,ALFKI,yes,11,1,21,8.25\n",
        {"txn_date": date(2026, 3, 5), "credit_memo": True},
        [{"quantity": D(1), "unit_price": D(21), "restock_cost": D("8.25")}],
        "C-2,2026-03-05,ALFKI,yes,11,1,21,\n", "restock_cost", "", "",
    ),
    Case(
        "adjustment",
        "adjustment_number,adjustment_date,account,product,quantity,cost,comment\nA-1,2026-03-06,Supplies,11,-2,8.25,counted\n",
        {"txn_date": date(2026, 3, 6), "account": "Supplies", "private_note": "counted"},
        [{"quantity": D(-2), "unit_cost": D("8.25")}],
        "A-2,2026-03-06,,11,two,8.25,\n", "quantity", "number", "",
    ),
    Case(
        "build",
        "build_number,build_date,product,quantity,work_center,line.item,line.quantity,line.cost\nB-1,2026-03-07,11,2,Bench,42,3,4\nB-1,2026-03-07,11,2,Bench,42,1,5\n",
        {"txn_date": date(2026, 3, 7), "quantity": D(2)},
        [{"quantity": D(3), "unit_cost": D(4)}, {"quantity": D(1), "unit_cost": D(5)}],
        "B-2,2026-03-07,,2,,42,3,4\n", "product", "", "",
    ),
    Case(
        "process",
        "process_number,process_date,work_center,role,product,quantity,cost\nP-1,2026-03-08,Bench,input,42,3,4\nP-1,2026-03-08,Bench,output,11,1,\n",
        {"txn_date": date(2026, 3, 8)},
        [{"role": "input", "quantity": D(3), "unit_cost": D(4)}, {"role": "output", "quantity": D(1)}],
        "P-2,2026-03-08,,waste,42,3,4\n", "role", "word", "input, output",
    ),
    Case(
        "transfer",
        "transfer_number,transfer_date,from,to,carrier,charge,product,quantity\nT-1,2026-03-09,Main,Pier,V1,45.10,11,5\n",
        {"txn_date": date(2026, 3, 9), "from_location": "Main", "to_location": "Pier", "carrier_charge": D("45.1")},
        [{"quantity": D(5)}],
        "T-2,2026-03-09,Main,Pier,V1,45.10,,5\n", "product", "", "",
    ),
    Case(
        "payment",
        "payment_number,payment_date,customer,amount,sales_order\nY-1,2026-03-10,ALFKI,50.00,SO-0\n",
        {"txn_date": date(2026, 3, 10), "amount": D(50)},
        [],
        "Y-2,2026-03-10,ALFKI,,SO-0\n", "amount", "", "",
    ),
]  # fmt: skip
each = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])


@pytest.fixture
def firm(bring: Bring) -> Bring:
    """The same, with names, items and an order there."""
    bring("customer", "code,name\nALFKI,Alfreds Futterkiste\n")
    bring("vendor", "code,name\nV1,Exotic Liquids\n")
    bring("item", "code,name\n11,Queso Cabrales\n42,Hokkien Mee\n")
    bring("work_center", "code,name,finished_goods\nBench,Bench,no\n")
    bring("sales_order", "order_number,order_date,customer,product,qty,price\nSO-0,2026-03-01,ALFKI,11,1,21\n")
    return bring


def made(database: Database, kind: str, number: str) -> dict[str, Any]:
    with database.reading() as connection:
        return next(each for each in reader.load(connection, kind, 1).values() if each["number"] == number)


def says(record: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert {name: record[name] for name in wanted} == wanted


@each
def test_an_export_goes_in_by_guesses_alone_and_a_second_time_changes_nothing(inventory_database: Database, firm: Bring, case: Case) -> None:
    prepared, result = firm(case.kind, case.text)
    assert prepared.problems == []
    assert prepared.ignored == []
    assert (prepared.counts, result.created) == (Counts(new=1), 1)
    record = made(inventory_database, case.kind, case.text.splitlines()[1].split(",")[0])
    says(record, case.header)
    assert len(record["lines"]) == len(case.lines)
    for line, wanted in zip(record["lines"], case.lines, strict=True):
        says(line, wanted)
    assert firm(case.kind, case.text)[0].counts == Counts(unchanged=1)


@each
def test_a_bad_row_is_named_with_its_column_and_remedy_and_the_good_ones_go_in(inventory_database: Database, firm: Bring, case: Case) -> None:
    rows = len(case.text.splitlines())
    prepared, result = firm(case.kind, case.text + case.bad)
    [problem] = prepared.problems
    assert (problem.row, problem.column) == (rows + 1, case.column)
    assert case.cause in problem.message or case.cause in problem.value
    assert case.remedy in problem.remedy
    assert problem.remedy.endswith(".")
    assert (result.created, result.rejected) == (1, 1)
    assert made(inventory_database, case.kind, case.text.splitlines()[1].split(",")[0])


@each
def test_a_workbook_says_the_same_as_the_text(inventory_database: Database, firm: Bring, case: Case) -> None:
    book = workbook([line.split(",") for line in case.text.splitlines()])
    prepared = imports.prepare(inventory_database, 1, case.kind, book, name="export.xlsx")
    assert prepared.problems == []
    assert imports.apply(inventory_database, prepared).created == 1
    says(made(inventory_database, case.kind, case.text.splitlines()[1].split(",")[0]), case.header)
