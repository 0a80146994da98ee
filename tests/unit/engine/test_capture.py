"""Whoever writes, and however: each change ends as the right row of the queue, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import insert, select, text, update

from syncengine import failpoints
from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import deposits
from syncengine.engine.capture import add_to_sync, capture, enqueue
from syncengine.errors import ConfigurationError, Refused
from syncengine.inventory import changes
from syncengine.store import errors, outbox
from syncengine.store.errors import Report
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

CUSTOMER = "INSERT INTO customer (id, code, name) VALUES (5, 'C-5', 'Globex')"
INVOICE = "INSERT INTO invoice (id, number, customer_id) VALUES (7, '1007', 5)"
LINE = "INSERT INTO invoice_line (id, invoice_id, quantity, unit_price) VALUES (1, 7, 2, 9.8)"


@pytest.fixture
def company(database: Database, clock: ManualClock) -> int:
    with database.writing() as connection:
        for name in ("Harbour", "Globex"):
            connection.execute(insert(Company).values(name=name, timezone="UTC", created_at=clock.now()))
    return 1


@pytest.fixture
def write(database, company, clock):
    """Runs another program's statements, captures, and answers the open rows of both companies."""

    def run(*statements: str):
        with database.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))
        capture(database, clock)
        return rows_of(database)

    return run


def rows_of(database):
    with database.reading() as connection:
        return [row for company_id in (1, 2) for row in outbox.rows(connection, company_id)]


def told(rows):
    return [(row["company_id"], row["entity"], row["record_id"], row["label"], row["operation"], row["state"]) for row in rows]


def set_row(database, row_id, **columns):
    with database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.id == row_id).values(**columns))


def test_where_nothing_changed_there_is_nothing_to_capture(database, company, clock):
    assert capture(database, clock) == 0
    assert rows_of(database) == []


def test_a_plain_insert_update_and_delete_is_one_row_that_says_the_latest(write):
    [row] = write(CUSTOMER)
    assert told([row]) == [(1, "Customer", 5, "Globex", "save", "available")]
    assert (row["revision"], row["queued_by"], row["unanswered"], row["attempts"]) == (1, "inventory", False, 0)
    [row] = write("UPDATE customer SET name = 'Initech'")
    assert (row["label"], row["operation"], row["revision"]) == ("Initech", "save", 2)
    [row] = write("DELETE FROM customer")
    assert (row["label"], row["operation"], row["revision"]) == ("Initech", "delete", 3)


def test_ten_edits_between_two_captures_are_one_revision(write):
    [row] = write(CUSTOMER, *(f"UPDATE customer SET phone = '{number}'" for number in range(10)))
    assert row["revision"] == 1


def test_a_document_and_its_lines_are_one_row_behind_the_customer_that_came_first(write):
    rows = write(CUSTOMER, INVOICE, LINE)
    assert told(rows) == [(1, "Customer", 5, "Globex", "save", "available"), (1, "Invoice", 7, "1007", "save", "available")]
    assert [row["position"] for row in rows] == [1, 2]
    assert [row["revision"] for row in write("UPDATE invoice_line SET quantity = 3")] == [1, 2]


def test_an_edit_of_a_waiting_record_keeps_its_place(write):
    write(CUSTOMER, INVOICE)
    rows = write("UPDATE customer SET phone = '1'")
    assert [row["entity"] for row in rows] == ["Customer", "Invoice"]


@pytest.mark.parametrize("state", [OutboxState.RETRYABLE, OutboxState.PARKED])
def test_an_edit_of_a_failed_record_sets_it_free_and_closes_its_error(database, clock, write, state):
    [row] = write(CUSTOMER)
    set_row(database, row["id"], state=state.value, reason="taken", failed_seq=1)
    with database.writing() as connection:
        errors.record(connection, row, clock.now(), 1, Report("6240", "", "cause.", "remedy."))
    [again] = write("UPDATE customer SET name = 'Other'")
    assert (again["id"], again["state"], again["reason"], again["failed_seq"]) == (row["id"], "available", None, None)
    with database.reading() as connection:
        assert errors.open_of(connection, 1) == []


@pytest.mark.parametrize("columns", [{"state": "running"}, {"state": "running", "unanswered": True}, {"state": "retryable", "unanswered": True}])
def test_an_edit_of_a_record_that_is_on_its_way_waits_as_a_second_row_behind_it(database, write, columns):
    [row] = write(CUSTOMER)
    set_row(database, row["id"], **columns)
    first, second = write("UPDATE customer SET name = 'Later'")
    assert (first["id"], first["revision"], first["label"], first["state"]) == (row["id"], 1, "Globex", columns["state"])
    assert told([second]) == [(1, "Customer", 5, "Later", "save", "available")]
    assert second["position"] > first["position"]
    _, third = write("DELETE FROM customer")
    assert (third["id"], third["operation"], third["revision"]) == (second["id"], "delete", 2)


def test_an_edit_after_the_end_is_a_new_row(database, write):
    [row] = write(CUSTOMER)
    set_row(database, row["id"], state="completed")
    [new] = write("UPDATE customer SET phone = '1'")
    assert new["id"] != row["id"]


def test_a_deleted_record_goes_by_the_name_that_it_had(database, write):
    [row] = write(CUSTOMER)
    set_row(database, row["id"], state="completed")
    assert told(write("DELETE FROM customer")) == [(1, "Customer", 5, "Globex", "delete", "available")]


def test_a_record_that_came_and_went_unseen_is_told_by_its_kind(write):
    [row] = write("INSERT INTO purchase_order (id) VALUES (3)", "DELETE FROM purchase_order")
    assert (row["label"], row["operation"]) == ("purchase order 3", "delete")


def test_a_record_that_was_deleted_and_made_again_is_saved(write):
    [row] = write(CUSTOMER, "DELETE FROM customer", CUSTOMER)
    assert row["operation"] == "save"


def test_what_is_written_under_the_guard_does_not_come_back(database, clock, company):
    with database.writing() as connection:
        with changes.guarded(connection):
            connection.execute(text(CUSTOMER))
        connection.execute(text(INVOICE))
    assert capture(database, clock) == 1
    assert [row["entity"] for row in rows_of(database)] == ["Invoice"]


def test_a_record_that_moves_to_another_company_is_deleted_there_and_saved_here(write):
    write(CUSTOMER)
    assert told(write("UPDATE customer SET company_id = 2")) == [
        (1, "Customer", 5, "Globex", "delete", "available"),
        (2, "Customer", 5, "Globex", "save", "available"),
    ]


def test_a_label_of_any_length_fits(write):
    [row] = write(CUSTOMER, f"UPDATE customer SET name = '{'x' * 900}'")
    assert row["label"] == "x" * 500


def test_more_marks_than_one_transaction_takes_are_all_captured_in_their_order(database, company, clock):
    with database.writing() as connection:
        connection.execute(text("INSERT INTO vendor (id, name) VALUES (:id, :name)"), [{"id": n, "name": f"V{n}"} for n in range(1, 5_501)])
    assert capture(database, clock) == 5_500
    assert [row["record_id"] for row in rows_of(database)] == list(range(1, 5_501))
    assert capture(database, clock) == 0


def test_a_crash_before_the_commit_loses_no_mark_and_a_second_try_makes_no_second_row(database, clock, write):
    with database.writing() as connection:
        connection.execute(text(CUSTOMER))
    failpoints.arm("capture.pre", failpoints.raise_crash)
    with pytest.raises(failpoints.Crash):
        capture(database, clock)
    failpoints.disarm()
    assert rows_of(database) == []
    assert capture(database, clock) == 1
    assert len(rows_of(database)) == 1


def test_two_workers_that_capture_at_once_make_one_row_for_each_record(database, company, clock):
    with database.writing() as connection:
        connection.execute(text("INSERT INTO vendor (id, name) VALUES (:id, :name)"), [{"id": n, "name": f"V{n}"} for n in range(1, 401)])
    together = Barrier(3)

    def work(_: int) -> int:
        together.wait()
        return capture(database, clock)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 400
    assert len(rows_of(database)) == 400


def test_an_edit_captured_while_a_cycle_claims_its_row_does_not_take_the_claim_away(postgres_database, clock):
    """SQLite lets one write at a time; on PostgreSQL the capture has to look again after it has waited."""
    with postgres_database.writing() as connection:
        connection.execute(insert(Company).values(id=1, name="A", timezone="UTC", created_at=clock.now()))
        connection.execute(text(CUSTOMER))
    capture(postgres_database, clock)
    [row] = rows_of(postgres_database)
    with postgres_database.writing() as connection:
        connection.execute(text("UPDATE customer SET phone = '1'"))
    with ThreadPoolExecutor(1) as pool:
        with postgres_database.writing() as connection:
            outbox.move(connection, clock.now(), [outbox.Move(row["id"], OutboxState.RUNNING)])
            captured = pool.submit(capture, postgres_database, clock)
            with pytest.raises(TimeoutError):
                captured.result(0.5)  # it waits for the row that is being claimed
        assert captured.result(10) == 1
    assert [(each["state"], each["revision"]) for each in rows_of(postgres_database)] == [("running", 1), ("available", 1)]


# --- a person's wish -----------------------------------------------------------------------------------------------


def test_a_record_can_be_queued_without_an_edit_and_by_name_of_who_asked(database, company, clock, write):
    [row] = write(CUSTOMER)
    set_row(database, row["id"], state="completed")
    with database.writing() as connection:
        add_to_sync(connection, 1, "customer", 5, clock.now(), "Ada")
    [new] = rows_of(database)
    assert (new["queued_by"], new["operation"]) == ("Ada", "save")


@pytest.mark.parametrize(("kind", "record_id", "trouble"), [("customer", 99, Refused), ("nonsense", 5, ConfigurationError), ("employee_link", 5, ConfigurationError)])
def test_what_does_not_exist_or_never_travels_cannot_be_queued(database, clock, write, kind, record_id, trouble):
    write(CUSTOMER)
    with pytest.raises(trouble), database.writing() as connection:
        add_to_sync(connection, 1, kind, record_id, clock.now(), "Ada")


def test_another_companys_record_cannot_be_queued(database, clock, write):
    write(CUSTOMER)
    with pytest.raises(Refused), database.writing() as connection:
        add_to_sync(connection, 2, "customer", 5, clock.now(), "Ada")


def test_a_record_that_is_named_twice_is_queued_once(database, company, clock):
    with database.writing() as connection:
        enqueue(connection, 1, "customer", [5, 5, 6, 5], clock.now(), by="Ada")
        assert list(connection.scalars(select(Outbox.record_id).order_by(Outbox.id))) == [5, 6]


ORDERED = "INSERT INTO sales_order (id, number, deposit) VALUES ({0}, 'SO-{0}', 80)"


def test_a_payment_has_only_the_orders_looked_at_that_it_is_on_or_was_on(database, company, clock, monkeypatch):
    """A thousand orders with a deposit cost nothing where a payment touches one, or none, of them."""
    looked = []
    load = deposits.reader.load_headers

    def told(connection, kind, company_id, ids):
        found = load(connection, kind, company_id, ids)
        looked.extend(found if kind == "sales_order" else ())
        return found

    def after(statement):
        looked.clear()
        with database.writing() as connection:
            connection.execute(text(statement))
        capture(database, clock)
        return sorted(set(looked))

    with database.writing() as connection:
        for number in range(1, 1_001):
            connection.execute(text(ORDERED.format(number)))
    capture(database, clock)
    monkeypatch.setattr(deposits.reader, "load_headers", told)
    assert after("INSERT INTO payment (id, number, amount, sales_order_id) VALUES (1, 'PM-1', 50, 7)") == [7]
    assert after("UPDATE payment SET sales_order_id = 8") == [7, 8]
    assert after("INSERT INTO payment (id, number, amount) VALUES (2, 'PM-2', 50)") == []
    assert after("DELETE FROM payment WHERE id = 1") == [8]
