"""What stands beside the menu: A2 to A21."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from syncengine import commands, inventory, queries
from syncengine.errors import Refused
from tests.mission.person import CLASSES, DEPARTMENTS


def seen(row):
    """The row as a person saw it."""
    return (row["id"], row["version"])


def test_a2_several_rows_are_removed_at_once_and_come_back_when_edited(synced):
    kept, gone = synced.save("customer", name="Kept"), synced.save("customer", name="Gone")
    shown = synced.queue()
    acted = commands.remove(synced.session, [seen(row) for _, row in shown.iterrows()])
    assert (acted.done, acted.refused) == (2, ())
    assert synced.queue().empty
    synced.save("customer", id=kept, name="Kept after all")
    assert synced.queue()["record_id"].tolist() == [kept]
    assert queries.timeline(synced.session, "customer", gone)["actor"].iloc[-1] == "Ada"


def test_a2_a_row_that_has_moved_on_is_not_removed(synced):
    customer = synced.save("customer", name="Before")
    row = synced.queue().iloc[0]
    synced.save("customer", id=customer, name="After")
    synced.work()
    with pytest.raises(Refused, match="has moved on"):
        commands.remove(synced.session, [seen(row)])
    assert synced.queue()["label"].tolist() == ["After"]


def test_a3_move_to_bottom_puts_a_record_at_the_end_of_the_queue(synced):
    for name in ("Alpha", "Bravo", "Charlie"):
        synced.save("customer", name=name)
    shown = synced.queue()
    assert shown["label"].tolist() == ["Alpha", "Bravo", "Charlie"]
    commands.move_to_bottom(synced.session, [seen(shown.iloc[0])])
    assert synced.queue()["label"].tolist() == ["Bravo", "Charlie", "Alpha"]
    synced.sync()
    arrived = [each["DisplayName"] for each in sorted(synced.there("Customer"), key=lambda each: int(each["Id"]))]
    assert arrived == ["Bravo", "Charlie", "Alpha"]


def test_a4_a_row_of_the_queue_leads_to_its_record(synced):
    synced.invoice("N-1")
    for _, row in synced.queue().iterrows():
        record = inventory.load(synced.world.site.database, row["kind"], row["record_id"], synced.company)
        assert row["label"] in {record.get("name"), record.get("number")}
        found = queries.records(synced.session, row["kind"], search=row["label"])
        assert found["id"].tolist() == [row["record_id"]]


def test_a6_add_to_sync_queues_a_record_again_without_an_edit(synced):
    customer = synced.save("customer", name="Again")
    synced.sync()
    synced.settle()
    assert synced.queue().empty
    commands.add_to_sync(synced.session, "customer", customer)
    shown = queries.queue(synced.session)
    assert shown[["record_id", "queued_by"]].to_numpy().tolist() == [[customer, "Ada"]]
    synced.sync()
    assert len(synced.there("Customer")) == 1
    with pytest.raises(Refused):
        commands.add_to_sync(synced.session, "customer", customer + 1)
    with pytest.raises(Refused, match="never sent"):
        commands.add_to_sync(synced.session, "work_center", 1)


@pytest.mark.parametrize("recipe", ["save", "add to sync"])
def test_a7_a_faulty_bill_is_sent_again_through_its_item_receipt(synced, recipe):
    """Corrected and saved, or added to the sync as it is; either way there is one bill in the end."""
    vendor, item = synced.save("vendor", name="Ropeworks"), synced.save("item", name="Rope")
    line = {"item_id": item, "quantity": "3", "unit_cost": "4"}
    synced.world.faults({"kind": "refuse", "count": 1, "code": "6000", "message": "no", "detail": "no", "match": {"method": "POST", "path": "bill"}})
    receipt = synced.save("item_receipt", [line], number="4711", vendor_id=vendor, txn_date=date(2026, 1, 10))
    synced.sync()
    assert queries.errors(synced.session)[["kind", "code"]].to_numpy().tolist() == [["item_receipt", "6000"]]
    if recipe == "save":
        synced.save("item_receipt", [{**line, "unit_cost": "5"}], id=receipt)
    else:
        # Taken out of the queue, it would not go again by itself.
        row = queries.queue(synced.session).iloc[0]
        commands.remove(synced.session, [(row["id"], row["version"])])
        synced.sync()
        assert synced.there("Bill") == []
        commands.add_to_sync(synced.session, "item_receipt", receipt)
    assert "item_receipt" in synced.queue()["kind"].tolist()
    synced.sync()
    synced.settle()
    assert synced.last_run()["result"] == "ok", queries.errors(synced.session)["cause"].tolist()
    bills = queries.accounting_list(synced.session, "bills")
    assert bills[["source_kind", "source_id", "sync_error"]].to_numpy().tolist() == [["item_receipt", receipt, ""]]
    assert [str(each["TotalAmt"]) for each in synced.there("Bill")] == ["15.00" if recipe == "save" else "12.00"]


def test_a8_a_new_payment_method_is_queued_by_saving_it(synced):
    """And by Add to sync, which is there for whoever does not trust that."""
    method = synced.save("payment_method", name="Bank draft")
    assert synced.queue()[["kind", "record_id", "operation"]].to_numpy().tolist() == [["payment_method", method, "create"]]
    commands.add_to_sync(synced.session, "payment_method", method)
    assert len(synced.queue()) == 1, "one row for each record"
    synced.sync()
    assert "Bank draft" in [each["Name"] for each in synced.there("PaymentMethod")]


def test_a9_a_list_shows_each_documents_newest_error(synced):
    """The journal entry of an adjustment whose change QuickBooks refuses; then the change goes through."""
    commands.change_settings(synced.session, {"adjustment_account": "Cost of Goods Sold"})
    item = synced.save("item", name="Rope")
    line = {"item_id": item, "quantity": "4", "amount": "12"}
    adjustment = synced.save("adjustment", [line], number="ADJ-1", txn_date=date(2026, 1, 10))
    assert synced.sync()["result"] == "ok"

    def shown():
        return queries.accounting_list(synced.session, "journal_entries")[["source_kind", "source_id", "sync_error"]].to_numpy().tolist()

    synced.settle()
    assert shown() == [["adjustment", adjustment, ""]]
    synced.world.faults({"kind": "refuse", "count": 20, "code": "6210", "message": "no", "detail": "no", "match": {"method": "POST"}})
    synced.save("adjustment", [{**line, "amount": "13"}], id=adjustment)
    synced.sync()
    assert shown() == [["adjustment", adjustment, queries.errors(synced.session)["cause"].iloc[0]]]
    synced.world.control("faults", method="DELETE")
    synced.sync()
    assert shown() == [["adjustment", adjustment, ""]]


def test_a15_view_in_quickbooks_opens_the_page_of_the_twin(synced, monkeypatch):
    """The emulator has pages of its own, and the address leads to the very invoice."""
    invoice = synced.invoice("N-4711")
    assert queries.view_in_quickbooks(synced.session, "invoice", invoice) == {}
    synced.sync()
    synced.announce_emulator(monkeypatch)
    address = queries.view_in_quickbooks(synced.session, "invoice", invoice)["Invoice"]
    assert "N-4711" in synced.look(address)


@pytest.mark.parametrize(("environment", "host"), [("production", "app.qbo.intuit.com"), ("sandbox", "app.sandbox.qbo.intuit.com")])
def test_a15_at_intuit_the_address_is_that_of_quickbooks_own_page(synced, environment, host):
    invoice, vendor = synced.invoice("N-1"), synced.save("vendor", name="Northbank")
    synced.sync()
    synced.world.sql("UPDATE sync_connection SET environment = :e", e=environment)
    there, party = synced.there("Invoice")[0]["Id"], synced.there("Vendor")[0]["Id"]
    assert queries.view_in_quickbooks(synced.session, "invoice", invoice) == {"Invoice": f"https://{host}/app/invoice?txnId={there}"}
    assert queries.view_in_quickbooks(synced.session, "vendor", vendor) == {"Vendor": f"https://{host}/app/vendordetail?nameId={party}"}


@pytest.mark.parametrize(
    ("direction", "sent", "received"),
    [("both", True, True), ("to quickbooks", True, False), ("from quickbooks", False, True), ("nothing", False, False)],
)
def test_a17_the_sync_is_held_to_the_chosen_direction(synced, direction, sent, received):
    commands.change_settings(synced.session, {"direction": direction, "journal_prefix": "J-"})
    synced.save("customer", name="Ours")
    synced.at_quickbooks("create", entity="Vendor", changes={"DisplayName": "Theirs"})
    synced.settle()
    assert [each["DisplayName"] for each in synced.there("Customer")] == ["Ours"] * sent
    assert queries.records(synced.session, "vendor")["name"].tolist() == ["Theirs"] * received


def test_a18_where_quickbooks_tracks_them_already_classes_and_departments_arrive_by_themselves(synced):
    synced.at_quickbooks("set_preferences", changes={"AccountingInfoPrefs": {**CLASSES, **DEPARTMENTS}})
    synced.at_quickbooks("create", entity="Class", changes={"Name": "Retail"})
    synced.at_quickbooks("create", entity="Department", changes={"Name": "Harbour"})
    synced.world.clock.advance(90_000)
    synced.sync()
    assert queries.classes(synced.session)["full_name"].tolist() == ["Retail"]
    assert queries.departments(synced.session)["full_name"].tolist() == ["Harbour"]


@pytest.mark.parametrize(("setting", "shipments", "orders"), [("", 0, 0), ("ship_invoices", 1, 0), ("order_invoices", 0, 1)])
def test_a19_a_new_invoice_from_quickbooks_makes_what_the_company_wants(synced, setting, shipments, orders):
    customer, item = synced.save("customer", name="Harbour Supply"), synced.save("item", name="Rope", purchase_cost="4")
    if setting:
        commands.change_settings(synced.session, {setting: True})
    synced.sync()
    line = {
        "Amount": 20, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": synced.there("Item", "where Name = 'Rope'")[0]["Id"]}, "Qty": 2, "UnitPrice": 10},
    }  # fmt: skip
    synced.world.clock.advance(60)
    bought = {"CustomerRef": {"value": synced.there("Customer")[0]["Id"]}, "Line": [line]}
    synced.at_quickbooks("create", entity="Invoice", changes=bought)
    synced.settle()
    assert queries.records(synced.session, "invoice")["customer_id"].tolist() == [customer]
    made = {kind: queries.records(synced.session, kind) for kind in ("shipment", "sales_order")}
    assert {kind: len(rows) for kind, rows in made.items()} == {"shipment": shipments, "sales_order": orders}
    for kind, rows in made.items():
        for record_id in rows["id"]:
            (shipped,) = inventory.load(synced.world.site.database, kind, record_id, synced.company)["lines"]
            assert (shipped["item_id"], int(shipped["quantity"])) == (item, 2)
    synced.settle()
    assert len(queries.records(synced.session, "shipment")) == shipments, "made once"


def test_a20_every_record_tells_its_last_success_and_its_message(synced):
    """Kinds that travel tell both once synced; the message is empty when all is well, and the cause when it is not."""
    ids = {"customer": synced.save("customer", name="Twice"), "item": synced.save("item", name="Rope"), "term": synced.save("term", name="Net 7", due_days=7)}
    synced.sync()
    for kind, record_id in ids.items():
        state = queries.record_states(synced.session, kind, [record_id]).iloc[0]
        assert synced.last_run()["started_at"] <= state["last_success_at"] <= synced.last_run()["finished_at"], kind
        assert state["sync_message"] == ""
    vendor = synced.save("vendor", name="Twice")
    synced.sync()
    state = queries.record_states(synced.session, "vendor", [vendor]).iloc[0]
    assert state["sync_message"] == queries.errors(synced.session)["cause"].iloc[0]
    assert pd.isna(state["last_success_at"])
    accounts = queries.accounting_list(synced.session, "accounts")
    assert accounts["last_sync"].notna().all()
    assert (accounts["sync_error"] == "").all()


def test_a21_queue_errors_and_accounting_records_are_there_for_programs(synced):
    """Each as rows with named columns, the keys among them by which a program acts or follows."""
    synced.refused()
    keys = {"id", "version", "kind", "record_id", "entity", "payload"}
    assert keys <= set(queries.queue(synced.session).columns)
    assert {"outbox_id", "code", "message", "cause", "remedy"} <= set(queries.errors(synced.session).columns)
    for name in queries.accounting_lists(synced.session)["name"]:
        assert {"qbo_id", "source_kind", "source_id", "last_sync", "sync_error"} <= set(queries.accounting_list(synced.session, name).columns)
    for entity in ("JournalEntry", "Bill", "Purchase", "CreditMemo", "Payment", "Employee"):
        assert "payload" in queries.ledger(synced.session, entity).columns


@pytest.mark.parametrize("answer", ["ours", "theirs"])
def test_a10_a_bill_that_was_changed_in_quickbooks_is_found_and_answered(synced, answer):
    """It is a warning with two answers, and no X."""
    vendor, item = synced.save("vendor", name="Ropeworks"), synced.save("item", name="Rope")
    line = {"item_id": item, "quantity": "3", "unit_cost": "4"}
    synced.save("item_receipt", [line], number="4711", vendor_id=vendor, txn_date=date(2026, 1, 10))
    synced.sync()
    [bill] = synced.there("Bill")
    changed = [{**each, "Amount": 20} if "Amount" in each else each for each in bill["Line"]]
    synced.at_quickbooks("edit", entity="Bill", id=bill["Id"], changes={"Line": changed})
    synced.settle()
    found = queries.drifts(synced.session)
    assert found["what"].unique().tolist() == ["changed"]
    assert found[["total_sent", "total_theirs"]].iloc[0].tolist() == [Decimal(12), Decimal(20)]
    assert queries.overview(synced.session).light == "check"
    commands.answer_drift(synced.session, int(found["id"].iloc[0]), answer)
    synced.sync()
    assert queries.drifts(synced.session).empty
    assert [str(each["TotalAmt"]) for each in synced.there("Bill")] == ["12.00" if answer == "ours" else "20.00"]


def test_a16_a_company_that_is_cut_off_syncs_nothing_until_it_is_connected_again(synced):
    """What is saved meanwhile waits, and goes once the company is connected again."""
    commands.sync_now(synced.session)  # which no worker has taken when it is cut off
    commands.disconnect(synced.session)
    with pytest.raises(Refused, match="already"):
        commands.disconnect(synced.session)
    synced.save("customer", name="Globex")
    calls = len(synced.world.control("journal", method="GET")["lines"])
    synced.work()
    run = synced.last_run()
    assert (run["result"], run["message"]) == ("failed", "This company is disconnected from QuickBooks. Connect it again to sync.")
    with pytest.raises(Refused, match=r"until an owner connects it, under Settings, Connection\."):
        commands.sync_now(synced.session)
    assert len(synced.world.control("journal", method="GET")["lines"]) == calls
    assert synced.queue()["label"].tolist() == ["Globex"]
    commands.reconnect(synced.session)
    synced.sync()
    assert [each["DisplayName"] for each in synced.there("Customer")] == ["Globex"]
    with pytest.raises(Refused, match="not disconnected"):
        commands.reconnect(synced.session)


def _posted(synced, kind, **header):
    """A document worth 12.00 of a kind, in QuickBooks."""
    vendor, item = synced.save("vendor", name="Ropeworks"), synced.save("item", name="Rope")
    party = {} if kind == "shipment" else {"vendor_id": vendor}
    record = synced.save(kind, [{"item_id": item, "quantity": "3", "unit_cost": "4"}], number="4711", txn_date=date(2026, 1, 10), **party, **header)
    synced.sync()
    assert synced.last_run()["result"] == "ok"
    assert queries.reconcile(synced.session, kind).empty
    whole = queries.reconcile(synced.session, kind, everything=True)
    assert whole[["record_id", "state", "total_sent", "total_theirs"]].to_numpy().tolist() == [[record, "agrees", Decimal(12), Decimal(12)]]
    return record


def _compared(synced, kind):
    return queries.reconcile(synced.session, kind)[["state", "total_sent", "total_theirs"]].to_numpy().tolist()


def test_a11_item_receipts_are_compared_with_their_bills(synced):
    """A value changed in QuickBooks, one changed here, a line that is gone, and a bill that is gone."""
    receipt = _posted(synced, "item_receipt", posts_as="bill")
    [bill] = synced.there("Bill")
    changed = [{**each, "Amount": 20} if "Amount" in each else each for each in bill["Line"]]
    synced.at_quickbooks("edit", entity="Bill", id=bill["Id"], changes={"Line": changed})
    synced.settle()
    assert _compared(synced, "item_receipt") == [["value differs", Decimal(12), Decimal(20)]]
    synced.at_quickbooks("delete", entity="Bill", id=bill["Id"])
    synced.settle()
    [[state, ours, theirs]] = _compared(synced, "item_receipt")
    assert (state, ours, theirs) == ("deleted in QuickBooks", Decimal(12), None)
    assert queries.reconcile(synced.session, "item_receipt")["record_id"].tolist() == [receipt]
    with pytest.raises(Refused, match="post nothing"):
        queries.reconcile(synced.session, "customer")


def test_a12_transactions_are_compared_with_their_journal_entries(synced):
    """A value that changed here since it was posted; and a transaction that has no entry yet."""
    shipment = _posted(synced, "shipment")
    [line] = synced.world.record(synced.company, "shipment", shipment)["lines"]
    synced.save("shipment", [{"id": line["id"], "quantity": "5"}], id=shipment)
    item = line["item_id"]
    synced.save("shipment", [{"item_id": item, "quantity": "1", "unit_cost": "4"}], number="4712", txn_date=date(2026, 1, 10))
    assert _compared(synced, "shipment") == [["value differs", Decimal(20), Decimal(12)], ["not in QuickBooks", Decimal(4), None]]
    synced.sync()
    assert _compared(synced, "shipment") == []


def test_a13_returns_to_vendors_are_compared_with_their_vendor_credits(synced):
    """A note changed in QuickBooks leaves the value alone and is named."""
    _posted(synced, "vendor_return", vendor_credit=True)
    [credit] = synced.there("VendorCredit")
    synced.at_quickbooks("edit", entity="VendorCredit", id=credit["Id"], changes={"TxnDate": "2026-01-11"})
    synced.settle()
    [row] = queries.reconcile(synced.session, "vendor_return").to_dict("records")
    assert (row["state"], row["fields"]) == ("changed", ["TxnDate"])
