"""The preview shows just the plan: what needs attention first, nothing changed by looking, and soon."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text, update

from syncengine.engine.preview import preview
from syncengine.store import outbox
from syncengine.store.tables import Outbox
from tests.unit.engine.office import ITEM, TRADE, VENDOR


def test_what_needs_attention_stands_on_top_in_the_order_in_which_it_failed(office):
    office.write(*(f"INSERT INTO vendor (id, name) VALUES ({n}, 'V{n}')" for n in range(1, 7)))
    with office.database.writing() as connection:
        for record, columns in {
            6: {"state": "retryable", "failed_seq": 1},
            2: {"state": "parked", "failed_seq": 2},
            5: {"state": "parked"},
            3: {"state": "available", "failed_seq": 3},
        }.items():
            connection.execute(update(Outbox).where(Outbox.record_id == record).values(**columns))
    planned = office.preview()
    assert [each.label for each in planned] == ["V6", "V2", "V5", "V1", "V3", "V4"]
    assert [each.needs_attention for each in planned] == [True, True, True, False, False, False]
    assert [each.label for each in office.preview(offset=1, limit=2)] == ["V2", "V5"]
    assert office.preview(offset=99) == []


def test_the_preview_tells_what_the_row_says_of_itself(office):
    office.write(VENDOR)
    office.set("Vendor", message="6240 taken", attempts=2, version=4)
    planned = office.one("Vendor")
    assert (planned.message, planned.attempts, planned.version, planned.kind, planned.record_id) == ("6240 taken", 2, 4, "vendor", 3)
    assert (planned.state, planned.unanswered, planned.queued_by, planned.queued_at) == ("available", False, "inventory", office.clock.now())


def test_looking_at_the_preview_changes_nothing(office):
    office.write(*TRADE)

    def everything():
        with office.database.reading() as connection:
            return outbox.rows(connection, 1)

    before = everything()
    assert office.preview() == office.preview()
    assert everything() == before


def test_companies_do_not_see_each_others_rows(office):
    office.write(VENDOR, "INSERT INTO vendor (id, company_id, name) VALUES (9, 2, 'Other')")
    assert [each.label for each in office.preview()] == ["Initech"]
    assert [each.label for each in preview(office.database, 2, at=office.clock.now())] == ["Other"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_ten_thousand_waiting_rows_are_planned_in_seconds(office):
    """Invoices with two lines each, of a thousand new customers: seen at 5.3 s on two shared cores."""
    customers = [{"id": n, "name": f"C{n}"} for n in range(1, 1_001)]
    invoices = [{"id": n, "number": str(n), "customer": n % 1_000 + 1} for n in range(1, 9_001)]
    with office.database.writing() as connection:
        connection.execute(text(ITEM))
        connection.execute(text("INSERT INTO customer (id, name) VALUES (:id, :name)"), customers)
        connection.execute(text("INSERT INTO invoice (id, number, customer_id) VALUES (:id, :number, :customer)"), invoices)
        for line in (1, 2):
            new = f"INSERT INTO invoice_line (invoice_id, line_no, item_id, quantity, unit_price) VALUES (:id, {line}, 2, 3, 9.8)"
            connection.execute(text(new), invoices)
    office.write()
    begun = time.process_time()
    planned = office.preview()
    seconds = time.process_time() - begun
    print(f"{len(planned)} rows planned in {seconds:.1f} s")  # noqa: T201 -- the figure, for whoever runs it with -s
    assert len(planned) == 10_001
    assert {each.wave for each in planned} == {0, 1}
    assert seconds < 30
