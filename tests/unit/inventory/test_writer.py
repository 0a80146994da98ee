"""Saving writes what differs, refuses what cannot be, and says which field and what to do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from syncengine import inventory
from syncengine.db.engine import Database
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer
from syncengine.inventory.changes import consume, marks
from syncengine.inventory.writer import Draft, Outcome


def load(database: Database, kind: str, record_id: int, company: int = 1) -> dict[str, Any]:
    found = inventory.load(database, kind, record_id, company)
    assert found is not None
    return found


def marked(database: Database) -> list[tuple[str, int, str]]:
    with database.writing() as connection:
        found = marks(connection)
        consume(connection, [mark.id for mark in found])
    return [(mark.kind, mark.record_id, mark.operation) for mark in found]


@pytest.fixture
def invoice(inventory_database: Database) -> int:
    """An invoice of two lines, its customer and its items; the marks are gone."""
    customer = inventory.save(inventory_database, "customer", {"code": "C-1", "name": "Globex"})
    chai = inventory.save(inventory_database, "item", {"code": "1", "name": "Chai"})
    lines = [
        {"item_id": chai, "quantity": Decimal(12), "unit_price": Decimal("14.00"), "discount": Decimal("0.05")},
        {"item_id": chai, "description": "a second one", "quantity": 1, "unit_price": "9.80", "service_date": "2026-01-31"},
    ]
    header = {"number": "10248", "customer_id": customer, "txn_date": date(2026, 1, 15), "bill_city": "Reims"}
    made = inventory.save(inventory_database, "invoice", header, lines)
    marked(inventory_database)
    return made


def test_a_document_comes_back_as_it_was_saved(inventory_database: Database, invoice: int) -> None:
    record = load(inventory_database, "invoice", invoice)
    assert (record["number"], record["txn_date"], record["bill_city"], record["due_date"]) == (
        "10248",
        date(2026, 1, 15),
        "Reims",
        None,
    )
    first, second = record["lines"]
    assert (first["line_no"], first["quantity"], first["unit_price"], first["discount"]) == (
        1,
        12,
        Decimal("14.00"),
        Decimal("0.05"),
    )
    assert (second["line_no"], second["description"], second["service_date"]) == (2, "a second one", date(2026, 1, 31))
    assert (second["discount"], second["taxable"]) == (0, None)


def test_a_new_record_takes_the_defaults_that_plain_sql_would(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO item (id, name) VALUES (900, 'by SQL')"))
    ours = load(inventory_database, "item", inventory.save(inventory_database, "item", {"name": "by SQL"}))
    theirs = load(inventory_database, "item", 900)
    assert {**ours, "id": 0, "created_at": 0} == {**theirs, "id": 0, "created_at": 0}
    assert (theirs["type"], theirs["taxable"], theirs["will_sync"], theirs["active"]) == ("NonInventory", True, True, True)


def test_only_the_columns_given_change(inventory_database: Database, invoice: int) -> None:
    inventory.save(inventory_database, "invoice", {"id": invoice, "bill_city": "Lyon"})
    record = load(inventory_database, "invoice", invoice)
    assert (record["bill_city"], record["number"], len(record["lines"])) == ("Lyon", "10248", 2)


def test_saving_what_is_there_changes_nothing_and_marks_nothing(inventory_database: Database, invoice: int) -> None:
    record = load(inventory_database, "invoice", invoice)
    values = {name: value for name, value in record.items() if name not in {"id", "lines", "company_id", "created_at"}}
    with inventory_database.writing() as connection:
        saved = writer.save_many(connection, "invoice", 1, [Draft(values, invoice, record["lines"])])
    assert saved == [(invoice, Outcome.UNCHANGED)]
    assert marked(inventory_database) == []


@pytest.mark.parametrize("same", [{"unit_price": "9.8"}, {"unit_price": Decimal("9.800")}, {"description": " "}, {"sku": ""}])
def test_the_same_value_in_another_spelling_is_no_change(inventory_database: Database, same: dict[str, Any]) -> None:
    made = inventory.save(inventory_database, "item", {"name": "Chai", "unit_price": Decimal("9.80")})
    marked(inventory_database)
    inventory.save(inventory_database, "item", {"id": made, **same})
    assert marked(inventory_database) == []


def test_the_empty_text_of_another_program_is_none_and_stays(inventory_database: Database) -> None:
    made = inventory.save(inventory_database, "item", {"name": "Chai"})
    with inventory_database.writing() as connection:
        connection.execute(text("UPDATE item SET sku = ''"))
    marked(inventory_database)
    inventory.save(inventory_database, "item", {"id": made, "sku": None})
    assert marked(inventory_database) == []


def test_lines_change_by_id_join_without_one_and_leave_when_unnamed(inventory_database: Database, invoice: int) -> None:
    first, second = load(inventory_database, "invoice", invoice)["lines"]
    inventory.save(
        inventory_database, "invoice", {"id": invoice}, [{"quantity": 5}, {"id": second["id"], "quantity": 2, "line_no": 1}]
    )
    lines = load(inventory_database, "invoice", invoice)["lines"]
    assert [(line["quantity"], line["line_no"]) for line in lines] == [(2, 1), (5, 1)]
    assert first["id"] not in {line["id"] for line in lines}
    assert marked(inventory_database) == [("invoice", invoice, "save")]


def test_no_lines_at_all_is_an_empty_document_and_none_leaves_them(inventory_database: Database, invoice: int) -> None:
    inventory.save(inventory_database, "invoice", {"id": invoice}, None)
    assert len(load(inventory_database, "invoice", invoice)["lines"]) == 2
    inventory.save(inventory_database, "invoice", {"id": invoice}, [])
    assert load(inventory_database, "invoice", invoice)["lines"] == []


def test_a_value_can_be_emptied(inventory_database: Database, invoice: int) -> None:
    inventory.save(inventory_database, "invoice", {"id": invoice, "bill_city": None, "txn_date": ""})
    record = load(inventory_database, "invoice", invoice)
    assert (record["bill_city"], record["txn_date"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("item", {"unit_price": 9.8}, "unit_price"),
        ("item", {"unit_price": "nine"}, "unit_price"),
        ("item", {"unit_price": "NaN"}, "unit_price"),
        ("item", {"unit_price": Decimal("1e40")}, "unit_price"),
        ("item", {"unit_price": "0.12345678"}, "unit_price"),
        ("item", {"unit_price": True}, "unit_price"),
        ("item", {"type": "Gadget"}, "type"),
        ("item", {"taxable": "perhaps"}, "taxable"),
        ("item", {"name": "a\0b"}, "name"),
        ("item", {"name": "\ud83d"}, "name"),
        ("item", {"name": 1.5}, "name"),
        ("item", {"name": ["a"]}, "name"),
        ("item", {"colour": "red"}, "colour"),
        ("item", {"company_id": 2}, "company_id"),
        ("term", {"due_days": "soon"}, "due_days"),
        ("term", {"due_days": 2**40}, "due_days"),
        ("invoice", {"txn_date": "31/01/2026"}, "txn_date"),
        ("invoice", {"customer_id": 77}, "customer_id"),
        ("purchase_order", {"status": "perhaps"}, "status"),
        ("gadget", {}, "kind"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(
    inventory_database: Database, kind: str, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(RecordError) as refused:
        inventory.save(inventory_database, kind, values)
    assert refused.value.field == field
    assert refused.value.remedy.endswith(".")
    assert marked(inventory_database) == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"discount": "1.5"}, "line 2: discount"),
        ({"amount": "1.005"}, "line 2: amount"),
        ({"item_id": 99}, "item_id"),
        ({"id": 99}, "line id"),
    ],
)
def test_a_bad_line_is_refused_with_its_document(
    inventory_database: Database, invoice: int, line: dict[str, Any], field: str
) -> None:
    with pytest.raises(RecordError) as refused:
        inventory.save(inventory_database, "invoice", {"id": invoice, "bill_city": "Lyon"}, [{"quantity": 1}, line])
    assert refused.value.field == field
    assert load(inventory_database, "invoice", invoice)["bill_city"] == "Reims"


def test_lines_on_a_record_without_lines_are_refused(inventory_database: Database) -> None:
    with pytest.raises(RecordError, match="has no lines"):
        inventory.save(inventory_database, "item", {"name": "Chai"}, [{"quantity": 1}])


def test_zeros_behind_the_point_are_no_decimals(inventory_database: Database) -> None:
    made = inventory.save(inventory_database, "item", {"unit_price": "14.000000000"})
    assert load(inventory_database, "item", made)["unit_price"] == 14


def test_a_whole_number_out_of_a_dataframe_and_a_moment_are_welcome(inventory_database: Database, invoice: int) -> None:
    moment = datetime(2026, 2, 1, 13, 30)  # noqa: DTZ001 -- a spreadsheet's cells know no zone
    inventory.save(inventory_database, "invoice", {"id": np.int64(invoice), "txn_date": moment})
    assert load(inventory_database, "invoice", invoice)["txn_date"] == date(2026, 2, 1)


def test_a_key_that_is_taken_is_refused_with_its_owner(inventory_database: Database) -> None:
    made = inventory.save(inventory_database, "customer", {"code": "C-1"})
    with pytest.raises(RecordError, match=rf"id {made}"):
        inventory.save(inventory_database, "customer", {"code": "C-1"})
    assert inventory.save(inventory_database, "customer", {"id": made, "code": "C-1", "name": "Globex"}) == made
    assert inventory.save(inventory_database, "customer", {"code": "C-1"}, company=2) != made


def test_a_key_twice_in_one_batch_is_refused(inventory_database: Database) -> None:
    with pytest.raises(RecordError, match="twice"), inventory_database.writing() as connection:
        writer.save_many(connection, "customer", 1, [Draft({"code": "A"}), Draft({"code": "A"})])


def test_many_records_may_go_without_a_key(inventory_database: Database) -> None:
    first = inventory.save(inventory_database, "customer", {"name": "A"})
    assert inventory.save(inventory_database, "customer", {"name": "B"}) != first


def test_a_record_of_another_company_is_out_of_reach(inventory_database: Database) -> None:
    theirs = inventory.save(inventory_database, "customer", {"name": "Globex"}, company=2)
    with pytest.raises(RecordError, match="another company"):
        inventory.save(inventory_database, "customer", {"id": theirs, "name": "Ours"})
    with pytest.raises(RecordError, match="no customer with this id"):
        inventory.save(inventory_database, "invoice", {"customer_id": theirs})
    assert inventory.delete(inventory_database, "customer", theirs) is False
    assert load(inventory_database, "customer", theirs, company=2)["name"] == "Globex"


def test_a_company_that_does_not_exist_is_told(inventory_database: Database) -> None:
    with pytest.raises(RecordError, match="company does not exist"):
        inventory.save(inventory_database, "customer", {"name": "A"}, company=99)


def test_a_deleted_document_takes_its_lines_along(inventory_database: Database, invoice: int) -> None:
    assert inventory.delete(inventory_database, "invoice", invoice) is True
    assert inventory.delete(inventory_database, "invoice", invoice) is False
    with inventory_database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM invoice_line")) == 0
    assert marked(inventory_database) == [("invoice", invoice, "delete")]


def test_a_record_in_use_is_not_deleted_and_its_user_is_named(inventory_database: Database, invoice: int) -> None:
    record = load(inventory_database, "invoice", invoice)
    for kind, used in (("customer", record["customer_id"]), ("item", record["lines"][0]["item_id"])):
        with pytest.raises(RecordError, match=f"invoice {invoice} refers to it"):
            inventory.delete(inventory_database, kind, used)


def test_no_record_is_its_own_parent(inventory_database: Database) -> None:
    made = inventory.save(inventory_database, "class", {"name": "Wholesale"})
    with pytest.raises(RecordError, match="own parent"):
        inventory.save(inventory_database, "class", {"id": made, "parent_id": made})


def test_an_id_is_never_used_again(inventory_database: Database) -> None:
    first = inventory.save(inventory_database, "item", {"name": "Chai"})
    inventory.delete(inventory_database, "item", first)
    assert inventory.save(inventory_database, "item", {"name": "Chang"}) > first


def test_ids_taken_in_advance_agree_with_those_that_plain_sql_takes(inventory_database: Database) -> None:
    inventory.save(inventory_database, "item", {"name": "ours"})
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO item (name) VALUES ('theirs')"))
    inventory.save(inventory_database, "item", {"name": "ours again"})
    with inventory_database.reading() as connection:
        assert len(reader.load(connection, "item", 1)) == 3


def test_a_batch_is_all_or_nothing_and_told_apart_by_outcome(inventory_database: Database) -> None:
    old = inventory.save(inventory_database, "item", {"code": "1", "name": "Chai"})
    other = inventory.save(inventory_database, "item", {"code": "2", "name": "Chang"})
    drafts = [Draft({"name": "Chai"}, old), Draft({"name": "Change"}, other), Draft({"code": "3", "name": "Syrup"})]
    with inventory_database.writing() as connection:
        saved = writer.save_many(connection, "item", 1, drafts)
    assert [one.outcome for one in saved] == [Outcome.UNCHANGED, Outcome.CHANGED, Outcome.CREATED]
    with pytest.raises(RecordError), inventory_database.writing() as connection:
        writer.save_many(connection, "item", 1, [Draft({"name": "Lost"}), Draft({"unit_price": "x"})])
    with inventory_database.reading() as connection:
        assert [record["name"] for record in reader.load(connection, "item", 1).values()] == ["Chai", "Change", "Syrup"]


def test_a_value_that_another_program_wrote_wrongly_can_be_put_right(sqlite_inventory: Database) -> None:
    made = inventory.save(sqlite_inventory, "item", {"name": "Chai"})
    with sqlite_inventory.writing() as connection:
        connection.execute(text("UPDATE item SET unit_price = 'nine'"))
    inventory.save(sqlite_inventory, "item", {"id": made, "unit_price": "9.80"})
    assert load(sqlite_inventory, "item", made)["unit_price"] == Decimal("9.80")


def test_nothing_to_save_is_nothing_saved(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        assert writer.save_many(connection, "item", 1, []) == []
