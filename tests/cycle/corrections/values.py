"""One case for each row of the catalogue: its real cause, and what holds at its end.

Where nothing on the inventory side can bring a refusal about, because the mapping makes it impossible, QuickBooks is made to
refuse so many writes (`refuse`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from syncengine import commands
from tests.cycle.corrections.scene import Scene

Part = Callable[[Scene], object]


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes:
        code: QuickBooks' code, or `local`.
        cause: what makes a record fail.
        holds: what is to be seen once it was corrected; for NO, once a person has acted.
        mend: what a person does, where nobody else can do anything.
    """

    code: str
    cause: Part
    holds: Part
    mend: Part | None = None


def retry(scene: Scene) -> None:
    """Press Retry on all that failed."""
    commands.retry(scene.session, [(row["id"], row["version"]) for row in scene.rows if row["state"] in {"parked", "retryable"}])


def edit(**values: Any) -> Part:
    """Put the record itself right."""

    def mend(scene: Scene) -> None:
        kind, record = scene.kept["record"]
        scene.save(kind, id=record, **values)

    return mend


def refused(code: str, message: str = "no", detail: str = "no", *, count: int = 4) -> Part:
    """QuickBooks refuses an invoice so many times."""

    def cause(scene: Scene) -> None:
        scene.refuse("Invoice", code, message, detail, count)
        scene.invoice()

    return cause


def arrived(entity: str, where: str = "", **values: Any) -> Part:
    """QuickBooks has exactly one such object, with these values."""

    def check(scene: Scene) -> None:
        found = scene.there(entity, where)
        assert len(found) == 1, found
        for path, value in values.items():
            assert found[0].get(path) == value, (path, found[0].get(path))

    return check


def both(*parts: Part) -> Part:
    """One after the other."""

    def every(scene: Scene) -> None:
        for part in parts:
            part(scene)

    return every


# --- references and names ------------------------------------------------------------------------------------------


def inactive_customer(scene: Scene) -> None:
    scene.actor("deactivate", entity="Customer", id=scene.id_of("Customer", "Harbour"))
    scene.invoice()


def customer_rests_again(scene: Scene) -> None:
    """The invoice is there; its customer could not be made inactive again, because it now owes: that is told."""
    arrived("Invoice")(scene)
    assert "could not be put back" in scene.corrections("done")[0]["outcome"]


def adjustment(scene: Scene, **values: Any) -> int:
    scene.setting("asset_account", "Inventory Asset")
    scene.setting("adjustment_account", "Inventory Shrinkage")
    line = {"item_id": scene.item, "quantity": Decimal(1), "unit_cost": Decimal(5)}
    return scene.save("adjustment", [line], number="ADJ-1", txn_date=date(2026, 1, 10), **values)


def lost_twin(scene: Scene) -> None:
    made = adjustment(scene)
    assert scene.sync().result == "ok", scene.errors
    theirs = scene.there("JournalEntry")[0]
    scene.unseen({"action": "delete", "entity": "JournalEntry", "id": theirs["Id"]})
    scene.world.save(scene.company, "adjustment", {"id": made}, [{"item_id": scene.item, "quantity": Decimal(2), "unit_cost": Decimal(5)}])


def unknown_customer(scene: Scene) -> None:
    """The books were restored from an earlier day, on which the customer had another number."""
    scene.world.sql("UPDATE sync_binding SET qbo_id = '9999' WHERE entity = 'Customer' AND record_id = :i", i=scene.customer)
    scene.world.sql("UPDATE ledger_object SET qbo_id = '9999' WHERE entity = 'Customer' AND name = 'Harbour Supply'")
    scene.invoice()


def child_of_unknown(scene: Scene) -> None:
    parent = scene.save("customer", name="Above")
    assert scene.sync().result == "ok"
    assert scene.sync().result == "ok", "its echo is over"
    scene.world.clock.advance(300)
    scene.world.sql("UPDATE sync_binding SET qbo_id = '9999' WHERE entity = 'Customer' AND record_id = :i", i=parent)
    scene.world.sql("UPDATE ledger_object SET qbo_id = '9999' WHERE entity = 'Customer' AND name = 'Above'")
    scene.refuse("Customer", "700", "Parent Reference Invalid", "The parent isn't a valid reference : 9999")
    scene.save("customer", name="Below", parent_id=parent)


def same_name_there(scene: Scene) -> None:
    scene.unseen({"action": "create", "entity": "Customer", "object": {"DisplayName": "Twice", "Notes": "theirs"}})
    scene.save("customer", name="Twice", phone="555")


def inactive_name_there(scene: Scene) -> None:
    scene.switch(inactive_name_taken=True)
    scene.actor("create", entity="Customer", object={"DisplayName": "Old"})
    scene.actor("deactivate", entity="Customer", id=scene.id_of("Customer", "Old"))
    assert scene.sync().result == "ok"
    scene.save("customer", name="Old")


def vendor_of_that_name(scene: Scene) -> None:
    scene.save("vendor", name="Harbour Supply")


def our_document_there(scene: Scene) -> None:
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": scene.id_of("Item", "Rope")}, "Qty": 2, "UnitPrice": 2.5}}  # fmt: skip
    body = {"DocNumber": "N-1", "TxnDate": "2026-01-10", "CustomerRef": {"value": scene.id_of("Customer", "Harbour")}, "Line": [line]}
    scene.unseen({"action": "create", "entity": "Invoice", "object": body})
    scene.invoice()


def their_documents(scene: Scene, *numbers: str) -> list[dict[str, Any]]:
    """Invoices that a bookkeeper wrote."""
    line = {"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": scene.id_of("Item", "Rope")}}}
    party = {"value": scene.id_of("Customer", "Harbour")}
    body = {"CustomerRef": party, "Line": [line]}
    return [{"action": "create", "entity": "Invoice", "object": {"DocNumber": number, **body}} for number in numbers]


def number_there(scene: Scene) -> None:
    scene.unseen(*their_documents(scene, "N-1", "N-1-2"))
    scene.invoice()


def every_number_there(scene: Scene) -> None:
    from syncengine.corrections._numbers import stand_ins

    scene.unseen(*their_documents(scene, "N-1", *stand_ins("N-1")))
    scene.invoice()


def owing_customer_leaves(scene: Scene) -> None:
    scene.invoice()
    assert scene.sync().result == "ok"
    scene.kept["record"] = ("customer", scene.customer)
    scene.save("customer", id=scene.customer, active=False)


# --- data of the record --------------------------------------------------------------------------------------------


def close_books(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31")


def open_books(scene: Scene) -> None:
    scene.actor("close_books", date=None)


def dated_in_a_closed_period(scene: Scene) -> None:
    close_books(scene)
    scene.invoice(private_note="for the boat")


def edited_in_a_closed_period(scene: Scene) -> None:
    made = scene.invoice()
    assert scene.sync().result == "ok"
    close_books(scene)
    scene.save("invoice", id=made, customer_memo="thanks")


def half_a_cent(scene: Scene) -> None:
    scene.invoice(lines=[{"line_no": 1, "item_id": scene.item, "quantity": Decimal(3), "unit_price": Decimal("0.335"), "amount": Decimal("1.00")}])


def essentials(scene: Scene) -> None:
    scene.actor("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    scene.world.clock.advance(2 * 86_400)
    scene.switch(plan="essentials")
    scene.save("class", name="North")


def full_plan(scene: Scene) -> None:
    scene.actor("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    scene.world.clock.advance(2 * 86_400)
    scene.switch(class_limit=1)
    scene.actor("create", entity="Class", object={"Name": "First"})
    scene.save("class", name="North")


def more_room(scene: Scene) -> None:
    scene.switch(class_limit=0)
    retry(scene)


def bank_as_income(scene: Scene) -> None:
    scene.actor("create", entity="Account", object={"Name": "Till", "AccountType": "Bank"})
    scene.save("item", name="Odd", income_account="Till")


def untracked_class(scene: Scene) -> None:
    scene.save("class", name="North")


def tracked(scene: Scene) -> None:
    scene.actor("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})


def missing_account(scene: Scene) -> None:
    """The item names no account and the company has no default: it goes without one, and QuickBooks wants it."""
    scene.setting("expense_account", "")
    scene.refuse("Item", "2020", "Required param missing", "Required parameter ExpenseAccountRef is missing in the request")
    scene.save("item", name="Bare", unit_price=Decimal(1))


def no_reason(scene: Scene) -> None:
    scene.refuse("Invoice", "", "", "")
    scene.invoice()


def _worth(scene: Scene, amount: int) -> None:
    assert scene.there("JournalEntry")[0]["Line"][0]["Amount"] == amount


def _memo(scene: Scene, text: str) -> None:
    assert scene.there("Invoice")[0]["CustomerMemo"]["value"] == text


def _theirs_is_here(scene: Scene) -> None:
    kind, record = scene.kept["record"]
    held = scene.world.record(scene.company, kind, record)
    assert (held["phone"], held["notes"]) == ("555", "theirs"), "the two became one, and neither side lost a word"
    assert scene.there("Customer", "where DisplayName = 'Twice'")[0]["PrimaryPhone"]["FreeFormNumber"] == "555"


def _dated(scene: Scene) -> None:
    theirs = scene.there("Invoice")[0]
    assert "for the boat" in theirs["PrivateNote"]
    assert "2026-01-10" in theirs["PrivateNote"]
    kind, record = scene.kept["record"]
    held = scene.world.record(scene.company, kind, record)
    assert (held["txn_date"], held["private_note"]) == (date(2026, 1, 10), "for the boat"), "ours stays as it is here"


#: By the correction's name; for those that have a verdict and those that only a person can put right.
CASES: dict[str, Case] = {
    "reactivate_reference": Case("610", inactive_customer, customer_rests_again),
    "recreate_twin": Case("610", lost_twin, both(arrived("JournalEntry"), lambda scene: _worth(scene, 10))),
    "find_reference": Case("2500", unknown_customer, arrived("Invoice")),
    "parent_first": Case("700", child_of_unknown, arrived("Customer", "where DisplayName = 'Below'", Job=True)),
    "adopt_same_name": Case("6240", same_name_there, both(arrived("Customer", "where DisplayName = 'Twice'", Notes="theirs"), _theirs_is_here)),
    "adopt_inactive_name": Case("6240", inactive_name_there, arrived("Customer", "where DisplayName = 'Old'", Active=True)),
    "name_suffix": Case("6240", vendor_of_that_name, arrived("Vendor", DisplayName="Harbour Supply (V)")),
    "adopt_document": Case("6140", our_document_there, arrived("Invoice", DocNumber="N-1")),
    "next_number": Case("6140", number_there, arrived("Invoice", "where DocNumber = 'N-1-3'")),
    "first_open_day": Case("6200", dated_in_a_closed_period, both(arrived("Invoice", TxnDate="2026-02-01"), _dated)),
    "cut_text": Case("local", lambda scene: scene.save("customer", name="Wordy", notes="x" * 2_100),
                     arrived("Customer", "where DisplayName = 'Wordy'", Notes="x" * 2_000)),
    "short_number": Case("local", lambda scene: scene.invoice("N" * 30), arrived("Invoice", DocNumber="N" * 19 + "-2")),
    "leave_word_out": Case("2170", lambda scene: (scene.refuse("Item", "2170", "Invalid Enumeration", "Invalid Enumeration : NonInventory"),
                                                  scene.save("item", name="Word", unit_price=Decimal(1))), arrived("Item", "where Name = 'Word'")),
    "leave_email_out": Case("2210", lambda scene: scene.save("customer", name="No Mail", email="nobody"),
                            arrived("Customer", "where DisplayName = 'No Mail'", PrimaryEmailAddr=None)),
    "clean_text": Case("500", lambda scene: (scene.refuse("Customer", "500", "Invalid text encoding", "The body is no UTF-8"),
                                             scene.save("customer", name="Odd", notes="a\u2028bell\x07!")),
                       arrived("Customer", "where DisplayName = 'Odd'", Notes="a\u2028bell!")),
    "recompute_amount": Case("6070", half_a_cent, arrived("Invoice", TotalAmt=Decimal("1.01"))),
    # --- what only a person can put right ---
    "missing_elsewhere": Case("610", refused("610", "Object Not Found", "Object Not Found : account 9"), arrived("Invoice"), retry),
    "wrong_parent": Case("900", lambda scene: (scene.refuse("Customer", "900", "Parent cannot be child", "itself"), scene.save("customer", name="Own")),
                         arrived("Customer", "where DisplayName = 'Own'"), retry),
    "name_taken": Case("6240", lambda scene: scene.save("customer", name="Harbour Supply"),
                       arrived("Customer", "where DisplayName = 'Harbour Two'"), edit(name="Harbour Two")),
    "number_taken": Case("6140", every_number_there, arrived("Invoice", "where DocNumber = 'Free'"), edit(number="Free")),
    "request_repeated": Case("600", refused("600", "Duplicate Request Id", "used for another request"), arrived("Invoice"), retry),
    "in_use": Case("800", refused("800", "Cannot delete object", "existing dependencies"), arrived("Invoice"), retry),
    "open_balance": Case("6220", owing_customer_leaves, arrived("Customer", Active=True), edit(active=True)),
    "cannot_link": Case("620", refused("620", "Txn ID Cannot Be Linked", "can't be linked"), arrived("Invoice"), retry),
    "deposited": Case("6540", refused("6540", "Deposited Transaction cannot be changed", "deposited"), arrived("Invoice"), retry),
    "closed": Case("6200", edited_in_a_closed_period, both(arrived("Invoice"), lambda scene: _memo(scene, "thanks")), open_books),
    "business_rule": Case("6000", refused("6000", "A business validation error", "A rule that nobody knows"), arrived("Invoice"), retry),
    "account_type": Case("6000", refused("6000", "no", "You need to select a different type of account for this transaction."), arrived("Invoice"), retry),
    "currency": Case("6000", refused("6000", "no", "The currency of the transaction is invalid for customer / vendor / account."), arrived("Invoice"), retry),
    "negative_total": Case("6000", lambda scene: scene.invoice(lines=[{"line_no": 1, "item_id": scene.item, "quantity": Decimal(-1), "unit_price": Decimal(5)}]),
                           arrived("Invoice"), lambda scene: scene.world.sql("UPDATE invoice_line SET quantity = '1'")),
    "discount_off": Case("6000", refused("6000", "no", "Discounts are turned off."), arrived("Invoice"), retry),
    "plan_limit": Case("5030", full_plan, arrived("Class", "where Name = 'North'"), more_room),
    "required_missing": Case("2250", lambda scene: scene.save("invoice", [], number="N-1", customer_id=scene.customer, txn_date=date(2026, 1, 10)),
                             arrived("Invoice"), lambda scene: scene.world.save(scene.company, "invoice", {"id": scene.kept["record"][1]},
                                                                               [{"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(1)}])),
    "wrong_operation": Case("500", refused("500", "Unsupported Operation", "Operation x is not supported."), arrived("Invoice"), retry),
    "unbalanced": Case("2300", refused("2300", "Amount on debits not equal to credits", "Please balance."), arrived("Invoice"), retry),
    "no_name": Case("6080", lambda scene: (scene.refuse("Customer", "6080", "No Name Provided", "none"), scene.save("customer", name="Named")),
                    arrived("Customer", "where DisplayName = 'Named'"), retry),
    "before_start": Case("6270", refused("6270", "Transaction date is prior to start date", "start date"), arrived("Invoice"), retry),
    "value_refused": Case("2200", lambda scene: scene.save("customer", name="Web", website="no address"),
                          arrived("Customer", "where DisplayName = 'Web'"), edit(website="https://web.example")),
    "no_reason": Case("HTTP 400", no_reason, arrived("Invoice"), retry),
    "unknown": Case("9999", refused("9999", "Never heard of", "it"), arrived("Invoice"), retry),
    "drop_discount_line": Case("6090", refused("6090", "Discount Line missing required info", "A discount amount or percent is required."), arrived("Invoice"), retry),
    "tax_flag": Case("6100", refused("6100", "Invalid Line TaxCode in the request", "tax code"), arrived("Invoice"), retry),
    "default_account": Case("2020", missing_account, arrived("Item", "where Name = 'Bare'"), retry),
    # --- what is refused here, before anything is sent ---
    "tracking_off": Case("local", untracked_class, arrived("Class", "where Name = 'North'"), tracked),
    "text_refused": Case("local", lambda scene: scene.save("customer", name="A:B"), arrived("Customer", "where DisplayName = 'A and B'"), edit(name="A and B")),
    "no_account": Case("local", lambda scene: scene.save("item", name="Odd", income_account="Nowhere"),
                       arrived("Item", "where Name = 'Odd'"), edit(income_account=None)),
    "incomplete": Case("local", lambda scene: scene.save("customer", name=None, code="C9"), arrived("Customer", "where DisplayName = 'Named'"), edit(name="Named")),
}  # fmt: skip
