"""The plan: what goes first, what waits and for whom, what cannot go and why; and the preview shows just that."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine.capture import capture
from syncengine.engine.plan import Planner
from syncengine.engine.preview import Planned, preview
from syncengine.engine.reconcile import Base
from syncengine.engine.refs import Resolver
from syncengine.entities import ENTITIES
from syncengine.inventory import reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, conflicts, outbox, settings
from syncengine.store.tables import Outbox

CUSTOMER = "INSERT INTO customer (id, code, name, email) VALUES (5, 'C-5', 'Globex', 'a@b.example')"
VENDOR = "INSERT INTO vendor (id, name) VALUES (3, 'Initech')"
ITEM = "INSERT INTO item (id, code, name, unit_price) VALUES (2, 'I-2', 'Anchor', 9.8)"
INVOICE = "INSERT INTO invoice (id, number, customer_id) VALUES (7, '1007', 5)"
LINE = "INSERT INTO invoice_line (id, invoice_id, line_no, item_id, quantity, unit_price) VALUES (1, 7, 1, 2, 3, 9.8)"
TRADE = (CUSTOMER, ITEM, INVOICE, LINE)


class Office:
    """One company (of two) whose chart of accounts has arrived, and what a person or a cycle does in it."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock = database, clock
        with database.writing() as connection:
            for name in ("Harbour", "Globex"):
                connection.execute(insert(Company).values(name=name, timezone="UTC", created_at=clock.now()))
            names = ("Sales of Product Income", "Cost of Goods Sold", "Accounts Payable (A/P)")
            accounts = [{"Id": str(80 + number), "FullyQualifiedName": name} for number, name in enumerate(names)]
            ledger.keep(connection, 1, "Account", accounts, clock.now())

    def write(self, *statements: str) -> None:
        with self.database.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))
        capture(self.database, self.clock)

    def preview(self, **window: int) -> list[Planned]:
        return preview(self.database, 1, **window)

    def one(self, entity: str) -> Planned:
        [found] = [planned for planned in self.preview() if planned.entity == entity]
        return found

    def set(self, entity: str, **columns: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(Outbox).where(Outbox.entity == entity).values(**columns))

    def arrive(self, name: str, record_id: int, qbo_id: str, **more: Any) -> dict[str, Any]:
        """QuickBooks has accepted a record as it is now: bound, copied, its row completed."""
        entity = ENTITIES[name]
        with self.database.writing() as connection:
            record = reader.load(connection, entity.kind, 1, [record_id])[record_id]
            flat = entity.put(record, Resolver(connection, 1, settings.all_of(connection, 1)))
            payload = wire.loads(wire.dumps({**entity.create(flat, ""), "Id": qbo_id, "SyncToken": "0", **more}))
            for number, line in enumerate(payload.get("Line", []), 1):
                line["Id"] = str(number)
            base = Base(flat, entity.get(payload)).stored()
            pair = {"entity": name, "kind": entity.kind, "record_id": record_id, "qbo_id": qbo_id, "sync_token": "0", "base": base}
            bindings.add(connection, 1, self.clock.now(), [pair])
            ledger.keep(connection, 1, name, [payload], self.clock.now())
            connection.execute(update(Outbox).where(Outbox.entity == name, Outbox.record_id == record_id).values(state="completed", unanswered=False))
        return payload

    def changed_there(self, name: str, payload: dict[str, Any], **changes: Any) -> None:
        """The copy of an object as QuickBooks changed it."""
        with self.database.writing() as connection:
            ledger.keep(connection, 1, name, [{**payload, "SyncToken": "9", **changes}], self.clock.now())


@pytest.fixture
def office(database: Database, clock: ManualClock) -> Office:
    return Office(database, clock)


def test_an_empty_queue_plans_nothing(office):
    assert office.preview() == []
    with office.database.reading() as connection:
        assert Planner(connection, 1).plan([]) == []


def test_what_others_refer_to_goes_first_whatever_the_order_in_the_queue(office):
    office.write(VENDOR, *TRADE)
    office.set("Invoice", position=0)
    planned = office.preview()
    assert [(each.entity, each.wave) for each in planned] == [("Vendor", 0), ("Customer", 0), ("Item", 0), ("Invoice", 1)]
    assert planned[-1].waits_for == ["Customer Globex", "Item Anchor"]
    assert all(each.operation == "create" and each.problem is None for each in planned)


def test_a_record_without_a_twin_is_a_named_placeholder_in_the_payload_and_its_id_once_it_has_one(office):
    office.write(*TRADE)
    payload = json.loads(office.one("Invoice").payload)
    assert payload["CustomerRef"] == {"value": "{Customer 5}"}
    assert payload["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "{Item 2}"}
    office.arrive("Customer", 5, "77")
    invoice = office.one("Invoice")
    assert json.loads(invoice.payload)["CustomerRef"] == {"value": "77"}
    assert invoice.waits_for == ["Item Anchor"]
    office.arrive("Item", 2, "78")
    assert (office.one("Invoice").wave, office.one("Invoice").waits_for) == (0, [])


def test_a_new_record_shows_each_value_that_quickbooks_will_get(office):
    office.write(CUSTOMER)
    changed = {path: (theirs, ours) for path, theirs, ours in office.one("Customer").changed}
    assert changed["DisplayName"] == (None, "Globex")
    assert changed["PrimaryEmailAddr.Address"] == (None, "a@b.example")
    assert "Notes" not in changed


def test_an_update_shows_what_changes_and_names_nothing_else(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77")
    office.write("UPDATE customer SET notes = 'call first' WHERE id = 5")
    planned = office.one("Customer")
    assert planned.operation == "update"
    assert planned.changed == [("Notes", None, "call first")]
    assert json.loads(planned.payload) == {"sparse": True, "Id": "77", "SyncToken": "0", "DisplayName": "Globex", "Notes": "call first"}


def test_a_cleared_value_is_shown_as_theirs_against_nothing_and_keeps_what_we_do_not_know(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77", PrimaryTaxIdentifier="keep me")
    office.write("UPDATE customer SET email = NULL WHERE id = 5")
    planned = office.one("Customer")
    assert planned.changed == [("PrimaryEmailAddr.Address", "a@b.example", None)]
    payload = json.loads(planned.payload)
    assert payload["PrimaryTaxIdentifier"] == "keep me"
    assert "PrimaryEmailAddr" not in payload
    assert "sparse" not in payload


def test_what_quickbooks_has_already_is_not_sent(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77")
    office.write("UPDATE customer SET phone = '1'", "UPDATE customer SET phone = NULL")
    planned = office.one("Customer")
    assert (planned.operation, planned.note, planned.payload) == ("nothing", "QuickBooks has it already.", "")


def test_lines_that_quickbooks_knows_keep_their_ids_and_new_ones_have_none(office):
    office.write(*TRADE)
    for name, record_id in (("Customer", 5), ("Item", 2), ("Invoice", 7)):
        office.arrive(name, record_id, f"9{record_id}")
    office.write(
        "INSERT INTO invoice_line (id, invoice_id, line_no, item_id, quantity, unit_price) VALUES (2, 7, 0, 2, 1, 5)",
        "UPDATE invoice_line SET quantity = 4 WHERE id = 1",
    )
    assert [line.get("Id") for line in json.loads(office.one("Invoice").payload)["Line"]] == [None, "1"]


def test_a_line_that_quickbooks_has_dropped_is_sent_as_a_new_one(office):
    """Both changed the lines and ours count: an Id that is gone would be refused."""
    with office.database.writing() as connection:
        settings.put(connection, 1, "conflict_policy", "inventory")
    office.write(*TRADE, "INSERT INTO invoice_line (id, invoice_id, line_no, item_id, quantity, unit_price) VALUES (2, 7, 2, 2, 1, 5)")
    for name, record_id in (("Customer", 5), ("Item", 2)):
        office.arrive(name, record_id, f"9{record_id}")
    payload = office.arrive("Invoice", 7, "97")
    office.changed_there("Invoice", payload, Line=payload["Line"][1:])
    office.write("UPDATE invoice_line SET quantity = 8 WHERE id = 1")
    assert [line.get("Id") for line in json.loads(office.one("Invoice").payload)["Line"]] == [None, "2"]


def test_an_object_whose_copy_has_not_arrived_is_left_alone(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77")
    office.write("UPDATE customer SET notes = 'x'", "DELETE FROM ledger_object WHERE entity = 'Customer'")
    planned = office.one("Customer")
    assert (planned.operation, planned.payload) == ("nothing", "")
    assert "Sync once more" in planned.problem


# --- what cannot go --------------------------------------------------------------------------------------------------


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


# --- deletions -------------------------------------------------------------------------------------------------------


def test_a_deleted_name_is_made_inactive_and_a_deleted_document_is_deleted(office):
    office.write(*TRADE)
    for name, record_id in (("Customer", 5), ("Item", 2), ("Invoice", 7)):
        office.arrive(name, record_id, f"9{record_id}")
    office.write("DELETE FROM invoice_line", "DELETE FROM invoice", "DELETE FROM customer")
    invoice, customer = office.one("Invoice"), office.one("Customer")
    assert (invoice.operation, json.loads(invoice.payload)) == ("delete", {"Id": "97", "SyncToken": "0"})
    assert customer.operation == "delete"
    assert json.loads(customer.payload) == {"sparse": True, "Id": "95", "SyncToken": "0", "Active": False, "DisplayName": "Globex"}


def test_a_record_that_never_reached_quickbooks_needs_no_deletion(office):
    office.write(CUSTOMER, "DELETE FROM customer")
    assert (office.one("Customer").operation, office.one("Customer").note) == ("nothing", "It never reached QuickBooks.")


def test_an_inactive_name_that_quickbooks_never_had_is_not_made_there(office):
    office.write(CUSTOMER, "UPDATE customer SET active = false")
    assert (office.one("Customer").operation, office.one("Customer").problem) == ("nothing", None)


def test_a_record_that_quickbooks_deleted_and_we_edited_asks_who_is_right(office):
    office.write(CUSTOMER)
    office.arrive("Customer", 5, "77")
    with office.database.writing() as connection:
        [row] = bindings.all_of(connection, 1, "Customer")
        bindings.end(connection, office.clock.now(), [row["id"]], by="quickbooks")
    office.write("UPDATE customer SET phone = '1'")
    assert "Choose whose value stands" in office.one("Customer").problem
    with office.database.writing() as connection:
        clash = conflicts.Clash(conflicts.WHOLE, None, "Globex", None)
        conflicts.record(connection, 1, office.clock.now(), entity="Customer", kind="customer", record_id=5, label="Globex", clashes=[clash])
        conflicts.resolve(connection, [row["id"] for row in conflicts.open_of(connection, 1)], office.clock.now(), resolution="ours", by="Ada")
    assert (office.one("Customer").operation, office.one("Customer").problem) == ("create", None)


# --- conflicts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "sent"), [("ask", None), ("quickbooks", set()), ("inventory", {"Notes"})])
def test_a_field_that_both_sides_changed_follows_the_companys_policy(office, policy, sent):
    with office.database.writing() as connection:
        settings.put(connection, 1, "conflict_policy", policy)
    office.write(CUSTOMER)
    payload = office.arrive("Customer", 5, "77")
    office.changed_there("Customer", payload, Notes="theirs")
    office.write("UPDATE customer SET notes = 'ours'")
    planned = office.one("Customer")
    if sent is None:
        assert "Both sides changed it" in planned.problem
    else:
        assert planned.problem is None
        assert {path for path, _, _ in planned.changed} == sent


def test_their_change_of_another_field_is_merged_into_what_is_sent(office):
    office.write(CUSTOMER)
    payload = office.arrive("Customer", 5, "77")
    office.changed_there("Customer", payload, PrimaryPhone={"FreeFormNumber": "555"})
    office.write("UPDATE customer SET notes = 'ours'")
    planned = office.one("Customer")
    assert [path for path, _, _ in planned.changed] == ["Notes"]
    assert "PrimaryPhone" not in json.loads(planned.payload)


# --- rows that are on their way or set aside -------------------------------------------------------------------------


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


# --- the preview -----------------------------------------------------------------------------------------------------


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
    assert [each.label for each in preview(office.database, 2)] == ["Other"]


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
