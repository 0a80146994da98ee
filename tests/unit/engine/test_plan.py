"""The plan: what goes first and what is sent of it, what is deleted, and what both sides changed."""

from __future__ import annotations

import json

import pytest

from syncengine.engine.plan import Planner
from syncengine.store import bindings, conflicts, settings
from tests.unit.engine.office import CUSTOMER, TRADE, VENDOR


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
