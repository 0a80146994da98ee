"""Reading in bulk: everything asked for, nothing of another company, and bad values where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event, text

from syncengine import inventory
from syncengine.db.engine import Database
from syncengine.db.types import Unreadable
from syncengine.inventory import reader, writer
from syncengine.inventory.writer import Draft


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that run inside the block."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def fill(database: Database, documents: int) -> list[int]:
    with database.writing() as connection:
        customer = writer.save(connection, "customer", 1, {"code": "C-1", "name": "Globex"})
        drafts = [
            Draft({"number": f"N-{n}", "customer_id": customer}, None, [{"quantity": 1}, {"quantity": 2}]) for n in range(documents)
        ]
        return [saved.id for saved in writer.save_many(connection, "invoice", 1, drafts)]


def test_thousands_of_documents_take_two_queries(inventory_database: Database) -> None:
    ids = fill(inventory_database, 3000)
    with inventory_database.reading() as connection:
        for wanted in (ids, None):
            with counted(connection) as statements:
                found = reader.load(connection, "invoice", 1, wanted)
            assert len(statements) == 2
            assert [len(record["lines"]) for record in found.values()] == [2] * 3000
            assert list(found) == ids


def test_more_ids_than_one_statement_takes_are_all_found(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        saved = writer.save_many(connection, "item", 1, [Draft({"code": f"{n}"}) for n in range(5200)])
    with inventory_database.reading() as connection:
        ids = [one.id for one in saved]
        assert len(reader.load(connection, "item", 1, [*ids, 999_999])) == 5200
        assert reader.find(connection, "item", 1, "code", [str(n) for n in range(5200)])["5199"] == [ids[5199]]


def test_an_id_of_another_company_or_of_nobody_is_not_found(inventory_database: Database) -> None:
    theirs = inventory.save(inventory_database, "item", {"name": "x"}, company=2)
    with inventory_database.reading() as connection:
        assert reader.load(connection, "item", 1, [theirs, 12345]) == {}
        assert reader.load(connection, "item", 1, []) == {}
        assert reader.load(connection, "invoice", 1) == {}
    assert inventory.load(inventory_database, "item", theirs) is None


def test_lines_stand_in_their_order_and_those_without_a_number_come_last(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO invoice (id) VALUES (1)"))
        for line_id, number in ((1, "NULL"), (2, "2"), (3, "1"), (4, "2")):
            connection.execute(text(f"INSERT INTO invoice_line (id, invoice_id, line_no) VALUES ({line_id}, 1, {number})"))
    with inventory_database.reading() as connection:
        assert [line["id"] for line in reader.load(connection, "invoice", 1)[1]["lines"]] == [3, 2, 4, 1]


def test_the_lines_of_a_document_are_its_own_whatever_company_they_claim(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO invoice (id, company_id) VALUES (1, 2)"))
        connection.execute(text("INSERT INTO invoice_line (invoice_id, quantity) VALUES (1, 4)"))
    with inventory_database.reading() as connection:
        for wanted in (None, [1]):
            assert [line["quantity"] for line in reader.load(connection, "invoice", 2, wanted)[1]["lines"]] == [4]


def test_what_another_program_wrote_wrongly_is_unreadable_where_it_stands(sqlite_inventory: Database) -> None:
    with sqlite_inventory.writing() as connection:
        connection.execute(text("INSERT INTO term (id, name, due_days, discount_percent) VALUES (1, 'Net 30', 'thirty', '2,5')"))
        connection.execute(text("INSERT INTO term (id, name, due_days, active) VALUES (2, X'C3', 30, 'perhaps')"))
        connection.execute(text("INSERT INTO invoice (id, txn_date) VALUES (1, '31.12.2026')"))
    with sqlite_inventory.reading() as connection:
        first, second = reader.load(connection, "term", 1).values()
        invoice = reader.load(connection, "invoice", 1)[1]
    assert [type(first[name]) for name in ("name", "due_days", "discount_percent", "active")] == [str, Unreadable, Unreadable, bool]
    assert [type(second[name]) for name in ("name", "due_days", "active")] == [Unreadable, int, Unreadable]
    assert (first["due_days"], invoice["txn_date"]) == ("thirty", "31.12.2026")


def test_a_day_that_python_cannot_hold_is_unreadable_and_the_others_are_read(postgres_inventory: Database) -> None:
    with postgres_inventory.writing() as connection:
        connection.execute(
            text("INSERT INTO invoice (id, txn_date, created_at) VALUES (1, 'infinity', 'infinity'), (2, '2026-01-31', now())")
        )  # a time of writing that no driver reads stops nobody, for it is not read
        connection.execute(text("INSERT INTO item (id, unit_price) VALUES (1, 'NaN')"))
    with postgres_inventory.reading() as connection:
        first, second = reader.load(connection, "invoice", 1).values()
        item = reader.load(connection, "item", 1)[1]
    assert isinstance(first["txn_date"], Unreadable)
    assert second["txn_date"] == date(2026, 1, 31)
    assert isinstance(item["unit_price"], Unreadable)


def test_a_plain_number_of_another_program_keeps_its_digits(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO item (id, unit_price) VALUES (1, 9.8)"))
    with inventory_database.reading() as connection:
        record = reader.load(connection, "item", 1)[1]
    assert record["unit_price"] == Decimal("9.8")


def test_finding_is_exact_or_without_case_and_blanks(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        names = ["Vins et alcools", "VINS ET  ALCOOLS ", "Ünal", None]
        ids = [saved.id for saved in writer.save_many(connection, "customer", 1, [Draft({"name": name}) for name in names])]
        writer.save(connection, "customer", 2, {"name": "Ünal"})
    with inventory_database.reading() as connection:
        assert reader.find(connection, "customer", 1, "name", ["Vins et alcools", "Nobody"]) == {
            "Vins et alcools": [ids[0]],
            "Nobody": [],
        }
        assert reader.find(connection, "customer", 1, "name", [" vins ET alcools", "ÜNAL"], fold=True) == {
            " vins ET alcools": ids[:2],
            "ÜNAL": [ids[2]],
        }
        assert reader.find(connection, "customer", 1, "name", []) == {}


def test_pages_follow_one_another_without_gap_or_repeat(inventory_database: Database) -> None:
    ids = fill(inventory_database, 25)
    with inventory_database.reading() as connection:
        pages = [[record["id"] for record in reader.page(connection, "invoice", 1, offset=at, limit=10)] for at in (0, 10, 20, 30)]
        assert [len(page) for page in pages] == [10, 10, 5, 0]
        assert [one for page in pages for one in page] == ids[::-1]
        assert len(reader.page(connection, "invoice", 1, limit=1)[0]["lines"]) == 2
        assert (reader.count(connection, "invoice", 1), reader.count(connection, "invoice", 2)) == (25, 0)


@pytest.mark.parametrize(("search", "hits"), [("", 3), ("globex", 2), ("100%", 1), ("%", 1), ("_", 0), ("C-2", 1), ("nobody", 0)])
def test_a_search_looks_into_key_and_name_and_takes_signs_as_they_are(inventory_database: Database, search: str, hits: int) -> None:
    for code, name in (("C-1", "Globex"), ("C-2", "globex west"), ("C-3", "100% Juice")):
        inventory.save(inventory_database, "customer", {"code": code, "name": name})
    with inventory_database.reading() as connection:
        assert reader.count(connection, "customer", 1, search=search) == hits
        assert len(reader.page(connection, "customer", 1, search=search)) == hits


def test_a_document_is_found_by_its_partys_name(inventory_database: Database) -> None:
    fill(inventory_database, 3)
    with inventory_database.reading() as connection:
        assert reader.count(connection, "invoice", 1, search="glob") == 3
        assert reader.count(connection, "invoice", 1, search="N-2") == 1


def test_a_record_is_called_by_name_else_key_else_id() -> None:
    assert reader.label({"id": 5, "code": "C-1", "name": "Globex"}, "customer") == "Globex"
    assert reader.label({"id": 5, "code": "C-1", "name": None}, "customer") == "C-1"
    assert reader.label({"id": 5, "number": None}, "purchase_order") == "purchase order 5"
