"""The plan: what cannot go and why, what waits and for whom."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from syncengine.engine.plan import Planner
from syncengine.ledger import writer as ledger
from syncengine.store import outbox, settings
from syncengine.store.tables import Outbox
from tests.unit.engine.office import CUSTOMER, ITEM, TRADE, VENDOR


def test_a_reference_to_a_record_that_is_neither_there_nor_waiting_is_an_error_with_its_remedy(office):
    office.write(*TRADE)
    office.set("Customer", state="cancelled")
    invoice = office.one("Invoice")
    assert "neither in QuickBooks nor waiting" in invoice.problem
    assert "Add Globex to the sync" in invoice.problem
    assert not invoice.needs_attention  # it has not failed yet, and keeps its place


def test_a_reference_to_a_record_that_says_it_does_not_sync_tells_so(office):
    office.write(*TRADE, "UPDATE item SET will_sync = false WHERE id = 2")
    assert office.one("Item").note == "The record itself says that it does not sync."
    assert "does not sync" in office.one("Invoice").problem
    assert "Add Anchor to the sync" in office.one("Invoice").problem


def test_a_value_that_cannot_be_read_names_field_value_and_remedy_and_holds_back_who_waits(office):
    office.write(*TRADE, f"UPDATE customer SET email = '{'x' * 200}' WHERE id = 5")
    customer, invoice = office.one("Customer"), office.one("Invoice")
    assert customer.operation == "nothing"
    assert "email" in customer.problem
    assert "Shorten it." in customer.problem
    assert (invoice.problem, invoice.waits_for) == (None, ["Customer Globex", "Item Anchor"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_number_that_another_program_wrote_as_words_is_that_rows_error_and_no_other(office):
    office.write(*TRADE, VENDOR, "UPDATE invoice_line SET quantity = 'many', unit_price = '1e999'")
    assert "line 1: quantity" in office.one("Invoice").problem
    assert [each.problem for each in office.preview() if each.entity != "Invoice"] == [None] * 3


def test_a_missing_account_is_told_with_its_remedy(office):
    office.write(ITEM, "UPDATE item SET income_account = 'Nowhere'")
    assert "QuickBooks has no active account of this name" in office.one("Item").problem


def test_a_record_that_stands_under_itself_is_told_and_everything_else_goes(office):
    office.write(
        CUSTOMER, VENDOR,
        "INSERT INTO customer (id, name, parent_id) VALUES (6, 'Child', 5)",
        "UPDATE customer SET parent_id = 6 WHERE id = 5",
        "INSERT INTO customer (id, name) VALUES (8, 'Own parent')",
        "UPDATE customer SET parent_id = 8 WHERE id = 8",
    )  # fmt: skip
    planned = {each.label: each for each in office.preview()}
    assert "stands under itself" in planned["Globex"].problem
    assert planned["Child"].waits_for == ["Customer Globex"]
    assert "stands under itself" in planned["Own parent"].problem
    assert planned["Initech"].problem is None


def test_a_chain_of_parents_goes_wave_by_wave(office):
    office.write(*(f"INSERT INTO customer (id, name, parent_id) VALUES ({n}, 'C{n}', {n - 1 or 'NULL'})" for n in range(1, 6)))
    office.set("Customer", position=1)
    assert [(each.label, each.wave) for each in office.preview()] == [(f"C{n}", n - 1) for n in range(1, 6)]


def test_an_endless_chain_of_parents_is_an_error_and_not_the_end_of_the_plan(office):
    with office.database.writing() as connection:
        rows = [{"id": n, "name": f"C{n}", "parent": n - 1 or None} for n in range(1, 2001)]
        connection.execute(text("INSERT INTO customer (id, name, parent_id) VALUES (:id, :name, :parent)"), rows)
    office.write(VENDOR)
    with office.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.entity == "Customer").values(position=-Outbox.id))
    planned = office.preview()
    assert len(planned) == 2001
    assert any("under too many others" in each.problem for each in planned if each.problem)


@pytest.mark.parametrize(("preferences", "problem"), [(None, False), ({}, True), ({"ClassTrackingPerTxnLine": False}, True), ({"ClassTrackingPerTxnLine": True}, False)])
def test_classes_wait_until_quickbooks_tracks_them_and_before_the_first_pull_nobody_knows(office, preferences, problem):
    office.write("INSERT INTO class (id, name) VALUES (1, 'Retail')")
    if preferences is not None:
        with office.database.writing() as connection:
            ledger.keep(connection, 1, "Preferences", [{"Id": "1", "AccountingInfoPrefs": preferences}], office.clock.now())
    told = office.one("Class").problem
    assert ("Switch the tracking on" in (told or "")) == problem


def test_a_switched_off_kind_stays_out_of_the_sync(office):
    office.write(VENDOR, "INSERT INTO purchase_order (id, number, vendor_id) VALUES (4, 'PO-4', 3)")
    assert office.one("PurchaseOrder").operation == "create"
    with office.database.writing() as connection:
        settings.put(connection, 1, "sync_purchase_orders", value=False)
    planned = office.one("PurchaseOrder")
    assert (planned.operation, planned.problem) == ("nothing", None)
    assert "settings" in planned.note


@pytest.mark.parametrize("columns", [{"state": "running", "unanswered": True}, {"state": "retryable", "unanswered": True}])
def test_what_depends_on_an_unanswered_record_waits_for_its_answer(office, columns):
    office.write(*TRADE)
    office.set("Customer", **columns)
    invoice = office.one("Invoice")
    assert (invoice.problem, invoice.waits_for) == (None, ["Customer Globex", "Item Anchor"])


@pytest.mark.parametrize("by", ["refused", "person", "local", "conflict"])
def test_what_depends_on_a_parked_record_waits_and_names_it_whether_or_not_the_parked_one_is_planned(office, by):
    office.write(*TRADE)
    office.set("Customer", state="parked", parked_by=by)
    with office.database.reading() as connection:
        rows = [row for row in outbox.rows(connection, 1) if row["state"] == "available"]
        [step] = [step for step in Planner(connection, 1).plan(rows) if step.entity.name == "Invoice"]
    assert (step.error, step.waits_for, step.sendable) == (None, ["Customer Globex", "Item Anchor"], False)


def test_an_edit_behind_an_unanswered_write_is_neither_sent_nor_settled_before_the_answer(office):
    """Its twin's state is unknown: sent now it could create a second one, and 'nothing to send' could be a lie."""
    office.write(CUSTOMER)
    office.set("Customer", state="retryable", unanswered=True)
    office.write("UPDATE customer SET notes = 'later'")
    with office.database.reading() as connection:
        rows = [row for row in outbox.rows(connection, 1) if not row["unanswered"]]
        [step] = Planner(connection, 1).plan(rows)
    assert not step.sendable
    assert step.operation is not None
    assert (step.error, step.clashes, step.waits_for) == (None, (), ["Customer Globex"])
    second = office.preview()[-1]
    assert (second.wave, second.problem, second.waits_for) == (1, None, ["Customer Globex"])
    assert "on its way" in second.note


def test_an_update_behind_an_unanswered_update_waits_even_where_it_seems_to_change_nothing(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77")
    office.write("UPDATE customer SET notes = 'x'")
    with office.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.state == "available").values(state="retryable", unanswered=True))
    office.write("UPDATE customer SET notes = NULL")
    with office.database.reading() as connection:
        rows = [row for row in outbox.rows(connection, 1) if not row["unanswered"]]
        [step] = Planner(connection, 1).plan(rows)
    assert step.operation is not None
    assert not step.sendable
