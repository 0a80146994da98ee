"""Every change leaves a mark, whoever writes it; nothing else does."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from syncengine.db.engine import Database
from syncengine.inventory import changes
from syncengine.inventory.changes import consume, guarded, install, installed, marks


def run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))


def seen(database: Database) -> list[tuple[int, str, int, str]]:
    """All marks, which are consumed by looking."""
    with database.writing() as connection:
        found = marks(connection)
        consume(connection, [mark.id for mark in found])
    return [(mark.company_id, mark.kind, mark.record_id, mark.operation) for mark in found]


def write(database: Database, *statements: str) -> list[tuple[int, str, int, str]]:
    """Run another program's statements in one transaction, and answer the marks that they left."""
    with database.writing() as connection:
        run(connection, *statements)
    return seen(database)


CUSTOMER = "INSERT INTO customer (id, code, name) VALUES (5, 'C-5', 'Globex')"
INVOICE = "INSERT INTO invoice (id, number, customer_id) VALUES (7, '1007', 5)"
LINE = "INSERT INTO invoice_line (id, invoice_id, quantity, unit_price) VALUES (1, 7, 2, 9.8)"


def test_a_plain_insert_update_and_delete_each_leave_a_mark(inventory_database: Database) -> None:
    assert write(inventory_database, CUSTOMER) == [(1, "customer", 5, "save")]
    assert write(inventory_database, "UPDATE customer SET phone = '555' WHERE id = 5") == [(1, "customer", 5, "save")]
    assert write(inventory_database, "DELETE FROM customer WHERE id = 5") == [(1, "customer", 5, "delete")]


@pytest.mark.parametrize("assignment", ["name = name", "phone = NULL", "taxable = taxable", "created_at = '2020-01-01'"])
def test_an_update_that_changes_nothing_leaves_no_mark(inventory_database: Database, assignment: str) -> None:
    write(inventory_database, CUSTOMER)
    assert write(inventory_database, f"UPDATE customer SET {assignment} WHERE id = 5") == []


def test_setting_a_value_to_null_and_back_is_a_change_each_time(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER)
    assert write(inventory_database, "UPDATE customer SET name = NULL") == [(1, "customer", 5, "save")]
    assert write(inventory_database, "UPDATE customer SET name = 'Globex'") == [(1, "customer", 5, "save")]


def test_the_change_of_a_line_marks_its_document(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER, INVOICE)
    assert write(inventory_database, LINE) == [(1, "invoice", 7, "save")]
    assert write(inventory_database, "UPDATE invoice_line SET quantity = 3") == [(1, "invoice", 7, "save")]
    assert write(inventory_database, "UPDATE invoice_line SET quantity = 3") == []
    assert write(inventory_database, "DELETE FROM invoice_line") == [(1, "invoice", 7, "save")]


def test_a_line_that_moves_marks_the_old_and_the_new_document(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER, INVOICE, LINE, "INSERT INTO invoice (id, number) VALUES (8, '1008')")
    assert sorted(write(inventory_database, "UPDATE invoice_line SET invoice_id = 8")) == [
        (1, "invoice", 7, "save"),
        (1, "invoice", 8, "save"),
    ]


def test_a_document_deleted_with_its_lines_ends_as_deleted(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER, INVOICE, LINE)
    assert write(inventory_database, "DELETE FROM invoice") == [(1, "invoice", 7, "delete")]
    write(inventory_database, INVOICE, LINE)
    assert write(inventory_database, "DELETE FROM invoice_line", "DELETE FROM invoice")[-1] == (1, "invoice", 7, "delete")


def test_a_record_made_again_in_the_same_transaction_ends_as_saved(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER)
    found = write(inventory_database, "UPDATE customer SET phone = '1'", "DELETE FROM customer", CUSTOMER)
    assert found[-1] == (1, "customer", 5, "save")


def test_a_record_that_changes_company_is_marked_in_both(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER)
    assert sorted(write(inventory_database, "UPDATE customer SET company_id = 2")) == [
        (1, "customer", 5, "delete"),
        (2, "customer", 5, "save"),
    ]


def test_a_record_that_changes_its_id_is_deleted_and_saved(inventory_database: Database) -> None:
    write(inventory_database, CUSTOMER)
    assert sorted(write(inventory_database, "UPDATE customer SET id = 6")) == [
        (1, "customer", 5, "delete"),
        (1, "customer", 6, "save"),
    ]


def test_the_line_of_another_companys_document_marks_that_company(inventory_database: Database) -> None:
    write(inventory_database, "INSERT INTO invoice (id, number, company_id) VALUES (7, '1', 2)")
    assert write(inventory_database, LINE) == [(2, "invoice", 7, "save")]


def test_a_thousand_lines_of_one_document_leave_one_mark(inventory_database: Database) -> None:
    lines = "INSERT INTO invoice_line (invoice_id, line_no) VALUES " + ", ".join(f"(7, {n})" for n in range(1000))
    assert write(inventory_database, CUSTOMER, INVOICE, lines) == [(1, "customer", 5, "save"), (1, "invoice", 7, "save")]


def test_what_is_rolled_back_leaves_no_mark(inventory_database: Database) -> None:
    with pytest.raises(DBAPIError), inventory_database.writing() as connection:
        run(connection, CUSTOMER, "SELECT * FROM nowhere")
    assert seen(inventory_database) == []


def test_a_mark_of_an_employee_link_would_be_pointless_and_is_not_made(inventory_database: Database) -> None:
    assert write(inventory_database, "INSERT INTO employee_link (worker_name) VALUES ('Nancy')") == []


def test_under_the_guard_nothing_is_marked_and_after_it_everything(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        with guarded(connection):
            with guarded(connection):
                run(connection, CUSTOMER)
            run(connection, INVOICE, LINE)
        run(connection, "INSERT INTO vendor (id, name) VALUES (3, 'Initech')")
    assert seen(inventory_database) == [(1, "vendor", 3, "save")]
    assert write(inventory_database, "UPDATE customer SET phone = '1'") == [(1, "customer", 5, "save")]


def test_an_error_under_the_guard_takes_the_guard_away(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        with pytest.raises(ZeroDivisionError), guarded(connection):
            raise ZeroDivisionError
        run(connection, CUSTOMER)
    assert seen(inventory_database) == [(1, "customer", 5, "save")]


def test_a_statement_that_fails_under_the_guard_is_told_as_it_is(inventory_database: Database) -> None:
    with pytest.raises(DBAPIError), inventory_database.writing() as connection, guarded(connection):
        run(connection, "INSERT INTO customer (id, company_id) VALUES (5, 99)")
    assert write(inventory_database, CUSTOMER) == [(1, "customer", 5, "save")]


def test_the_guard_of_one_connection_does_not_hide_anothers_change(postgres_inventory: Database) -> None:
    with postgres_inventory.writing() as ours, guarded(ours):
        assert write(postgres_inventory, CUSTOMER) == [(1, "customer", 5, "save")]


def test_a_change_after_the_marks_were_read_keeps_its_own_mark(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        run(connection, CUSTOMER)
    with inventory_database.reading() as connection:
        read = [mark.id for mark in marks(connection)]
    with inventory_database.writing() as connection:
        run(connection, "UPDATE customer SET phone = '1'")
    with inventory_database.writing() as connection:
        consume(connection, read)
    assert seen(inventory_database) == [(1, "customer", 5, "save")]


def test_marks_come_oldest_first_and_no_more_than_asked(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        run(connection, *(f"INSERT INTO item (id, name) VALUES ({n}, 'i{n}')" for n in (3, 1, 2)))
    with inventory_database.writing() as connection:
        assert [mark.record_id for mark in marks(connection, limit=2)] == [3, 1]
        consume(connection, [mark.id for mark in marks(connection, limit=2)])
        assert [mark.record_id for mark in marks(connection)] == [2]


def test_the_id_of_a_mark_is_never_used_again(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        run(connection, CUSTOMER)
        (first,) = marks(connection)
        consume(connection, [first.id])
    with inventory_database.writing() as connection:
        run(connection, "UPDATE customer SET phone = '1'")
        (second,) = marks(connection)
    assert second.id > first.id
    assert second.marked_at.tzinfo is not None


def test_more_marks_than_one_statement_takes_are_consumed(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        run(connection, "INSERT INTO item (name) VALUES " + ", ".join(f"('i{n}')" for n in range(6000)))
    assert len(seen(inventory_database)) == 6000
    assert seen(inventory_database) == []


# --- REPLACE and upserts on SQLite, TRUNCATE and concurrent writers on PostgreSQL -----------------------------------


def test_a_record_that_replace_sweeps_away_is_marked(sqlite_inventory: Database) -> None:
    write(sqlite_inventory, CUSTOMER)
    found = write(sqlite_inventory, "INSERT OR REPLACE INTO customer (id, code, name) VALUES (9, 'C-5', 'Globex Corp')")
    assert {(kind, record) for _, kind, record, _ in found} == {("customer", 5), ("customer", 9)}


def test_a_document_that_loses_a_line_to_replace_is_marked(sqlite_inventory: Database) -> None:
    write(sqlite_inventory, CUSTOMER, INVOICE, LINE, "INSERT INTO invoice (id, number) VALUES (8, '1008')")
    found = write(sqlite_inventory, "REPLACE INTO invoice_line (id, invoice_id) VALUES (1, 8)")
    assert {record for _, _, record, _ in found} == {7, 8}


def test_truncate_is_refused_with_a_remedy_but_not_under_the_guard(postgres_inventory: Database) -> None:
    write(postgres_inventory, CUSTOMER, INVOICE, LINE)
    for table in ("invoice_line", "invoice CASCADE"):
        with pytest.raises(DBAPIError, match="Use DELETE FROM invoice"), postgres_inventory.writing() as connection:
            run(connection, f"TRUNCATE {table}")
    with postgres_inventory.writing() as connection, guarded(connection):
        run(connection, "TRUNCATE invoice CASCADE")
    assert seen(postgres_inventory) == []


def test_a_program_with_no_rights_on_our_tables_still_leaves_marks(postgres_inventory: Database) -> None:
    with postgres_inventory.writing() as connection:
        run(connection, "DROP ROLE IF EXISTS shop", "CREATE ROLE shop", "GRANT USAGE ON SCHEMA public TO shop")
        run(connection, "GRANT INSERT ON customer TO shop", "SET LOCAL ROLE shop", CUSTOMER)
    assert seen(postgres_inventory) == [(1, "customer", 5, "save")]
    with postgres_inventory.writing() as connection:
        run(connection, "DROP OWNED BY shop", "DROP ROLE shop")


def test_a_mark_that_another_transaction_has_yet_to_commit_is_not_relied_on(postgres_inventory: Database) -> None:
    write(postgres_inventory, CUSTOMER)
    with postgres_inventory.writing() as connection:
        run(connection, "UPDATE customer SET phone = '1'")
    with postgres_inventory.writing() as capture:
        read = [mark.id for mark in marks(capture)]
        with postgres_inventory.writing() as shop:
            run(shop, "UPDATE customer SET phone = '2'")
        consume(capture, read)
    assert seen(postgres_inventory) == [(1, "customer", 5, "save")]


# --- installing --------------------------------------------------------------------------------------------------------


def test_what_is_installed_is_known_and_installing_again_changes_nothing(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        assert installed(connection)
        install(connection)
        assert installed(connection)
    assert write(inventory_database, CUSTOMER) == [(1, "customer", 5, "save")]


def some_trigger(database: Database) -> str:
    on_table = "" if database.dialect == "sqlite" else " ON customer"
    name = "tieout_customer_after_update" if database.dialect == "sqlite" else "tieout_mark_customer"
    return name + on_table


def test_a_trigger_that_was_dropped_is_missed_and_put_back(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        run(connection, f"DROP TRIGGER {some_trigger(inventory_database)}")
        assert not installed(connection)
        install(connection)
        assert installed(connection)
    write(inventory_database, CUSTOMER)
    assert write(inventory_database, "UPDATE customer SET phone = '1'") == [(1, "customer", 5, "save")]


def test_a_trigger_that_says_something_else_is_replaced(sqlite_inventory: Database) -> None:
    with sqlite_inventory.writing() as connection:
        run(connection, "DROP TRIGGER tieout_item_after_insert")
        run(connection, "CREATE TRIGGER tieout_item_after_insert AFTER INSERT ON item BEGIN SELECT 1; END")
        assert not installed(connection)
        install(connection)
        assert installed(connection)


def test_a_stale_trigger_of_ours_goes_and_one_of_another_program_stays(sqlite_inventory: Database) -> None:
    with sqlite_inventory.writing() as connection:
        for name in ("tieout_old", "shop_audit"):
            run(connection, f"CREATE TRIGGER {name} AFTER INSERT ON item BEGIN SELECT 1; END")
        install(connection)
        names = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    assert "shop_audit" in names
    assert "tieout_old" not in names


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE customer DISABLE TRIGGER tieout_mark_customer",
        "CREATE OR REPLACE FUNCTION tieout_mark_customer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER tieout_old AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION tieout_mark_customer()",
    ],
)
def test_a_disabled_changed_or_stale_trigger_on_postgresql_is_mended(postgres_inventory: Database, harm: str) -> None:
    with postgres_inventory.writing() as connection:
        connection.exec_driver_sql(harm)
        assert not installed(connection)
        install(connection)
        assert installed(connection)
    assert write(postgres_inventory, CUSTOMER) == [(1, "customer", 5, "save")]


def test_installing_what_is_there_waits_for_no_open_transaction(postgres_inventory: Database) -> None:
    with postgres_inventory.writing() as shop:
        run(shop, CUSTOMER)  # holds a lock that any DDL on the table would wait for
        with postgres_inventory.writing() as connection:
            run(connection, "SET LOCAL lock_timeout = '200ms'")
            changes.install(connection)


ORDERS = ("INSERT INTO sales_order (id, number) VALUES (3, 'SO-3')", "INSERT INTO sales_order (id, number) VALUES (4, 'SO-4')")
PAID = "INSERT INTO payment (id, number, amount, sales_order_id) VALUES (9, 'PM-9', 50, 3)"


def test_a_payment_marks_the_orders_that_it_came_to_and_left(inventory_database: Database) -> None:
    write(inventory_database, *ORDERS)
    assert write(inventory_database, PAID) == [(1, "payment", 9, "save"), (1, "sales_order", 3, "follow")]
    assert write(inventory_database, "UPDATE payment SET amount = 60") == [(1, "payment", 9, "save"), (1, "sales_order", 3, "follow")]
    moved = write(inventory_database, "UPDATE payment SET sales_order_id = 4")
    assert moved == [(1, "payment", 9, "save"), (1, "sales_order", 3, "follow"), (1, "sales_order", 4, "follow")]
    assert write(inventory_database, "UPDATE payment SET sales_order_id = NULL") == [(1, "payment", 9, "save"), (1, "sales_order", 4, "follow")]
    assert write(inventory_database, "UPDATE payment SET amount = 70") == [(1, "payment", 9, "save")]
    write(inventory_database, "UPDATE payment SET sales_order_id = 4")
    assert write(inventory_database, "DELETE FROM payment") == [(1, "payment", 9, "delete"), (1, "sales_order", 4, "follow")]


def test_a_payment_that_replace_sweeps_away_marks_the_order_it_was_on(sqlite_inventory: Database) -> None:
    write(sqlite_inventory, *ORDERS, PAID)
    swept = write(sqlite_inventory, "INSERT OR REPLACE INTO payment (id, number, amount, sales_order_id) VALUES (9, 'PM-9', 50, 4)")
    assert set(swept) == {(1, "sales_order", 3, "follow"), (1, "payment", 9, "save"), (1, "sales_order", 4, "follow")}
    swept = write(sqlite_inventory, "INSERT OR REPLACE INTO payment (id, number, amount) VALUES (10, 'PM-9', 50)")
    assert set(swept) == {(1, "sales_order", 4, "follow"), (1, "payment", 9, "save"), (1, "payment", 10, "save")}
