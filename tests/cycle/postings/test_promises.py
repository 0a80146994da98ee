"""What the preview promises of whole queues: waves, settings, corrections, documents made anew, answers that are awaited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from syncengine import commands
from tests.cycle.postings.test_bytes import COSTS, SALE, with_customer, with_vendor
from tests.cycle.test_payloads import act
from tests.support.previewed import Watch
from tests.support.trade import DAY, Trade

D = Decimal


@pytest.fixture
def watch(firm: Trade) -> Watch:
    """The firm's wire."""
    return Watch(firm.world, firm.company)


def shown(watch: Watch, kind: str) -> dict[str, Any]:
    """The only row of a kind."""
    [row] = [row for row in watch.shown() if row["kind"] == kind]
    return row


def test_parents_and_children_of_many_kinds_go_in_waves_as_shown(firm: Trade, watch: Watch):
    above = firm.save("customer", name="Above")
    below = firm.save("customer", name="Below", parent_id=above)
    sea = firm.save("category", name="Sea")
    item = firm.items["Net"] = firm.save("item", name="Net", category_id=firm.save("category", name="Deep", parent_id=sea), unit_price=D(5))
    class_ = firm.save("class", name="Wholesale")
    line = {"item_id": item, "quantity": D(3), "unit_price": D("4.25"), "class_id": class_, "taxable": False}
    numbers = [firm.save("invoice", [line], number=f"I-{n}", customer_id=below) for n in range(12)]
    vendor = firm.save("vendor", name="Netmakers")
    firm.save("item_receipt", [firm.line("Net", 1, "2.50", customer_id=below)], vendor_id=vendor, posts_as="bill", number="R-1")
    firm.save("shipment", [firm.line("Net", 3, "2.50")], number="S-1", customer_id=below)
    paid = [{"invoice_id": each, "amount": D(1)} for each in reversed(numbers)]
    firm.save("payment", paid, customer_id=below, amount=D(20), payment_reference="P-1")
    rows = watch.shown(size=7)
    assert rows == watch.shown(size=100), "pages are the whole, cut in pieces"
    assert {row["wave"] for row in rows} == {0, 1, 2, 3, 4}
    assert shown(watch, "item")["waits_for"] == ["Item Deep"]
    watch.keeps_its_word()
    # What QuickBooks shows of a payment is listed by its invoices, however it was sent: nothing is left to do.
    assert firm.world.settle(firm.company).sent == 0


def test_an_item_that_goes_along_tells_the_account_of_its_sale(firm: Trade, watch: Watch):
    item = firm.save("item", name="Net", income_account="Services")
    firm.save("invoice", [{"item_id": item, "quantity": D(3), "unit_price": D(4), "taxable": False}], number="I-1", customer_id=firm.customer)
    assert shown(watch, "invoice")["effects"] == [("(accounts receivable)", D(12)), ("Services", D(-12))]
    watch.keeps_its_word()


@pytest.mark.parametrize(
    ("setting", "held", "back", "kind", "values", "words"),
    [
        ("direction", "from quickbooks", "both", "shipment", with_customer(), "send nothing to QuickBooks"),
        ("post_cogs", False, True, "shipment", with_customer(), "keep these records out"),
        ("sync_purchase_orders", False, True, "purchase_order", with_vendor(), "keep these records out"),
        ("closing_date", date(2026, 3, 31), None, "shipment", with_customer(), "the books are closed up to 2026-03-31"),
        ("class_tracking", "off", "follow", "class", lambda _: {"name": "Wholesale"}, "keep these records out"),
    ],
)
def test_what_a_setting_holds_back_rests_and_says_why_and_goes_as_shown_later(firm: Trade, watch: Watch, setting, held, back, kind, values, words):
    firm.world.set(firm.company, **{setting: held})
    firm.save(kind, COSTS(firm) if kind != "class" else None, **values(firm))
    row = shown(watch, kind)
    assert words in row["rests"]
    assert (row["operation"], row["payload"]) == ("nothing", "")
    assert watch.keeps_its_word() == []
    firm.world.set(firm.company, **{setting: back})
    assert shown(watch, kind)["rests"] == ""
    [sent] = watch.keeps_its_word()
    assert sent.operation == "create"


def test_a_document_before_the_first_day_is_left_out_and_says_so(firm: Trade, watch: Watch):
    firm.world.set(firm.company, not_before=date(2026, 4, 1))
    firm.save("shipment", COSTS(firm), **with_customer()(firm))
    assert "documents sync from 2026-04-01 on" in shown(watch, "shipment")["rests"]
    assert watch.keeps_its_word() == []


def test_a_receipt_paid_in_another_way_shows_the_deletion_and_what_is_made_in_its_place(firm: Trade, watch: Watch):
    receipt = firm.save("item_receipt", [firm.line("Anchor", 2, "10")], **with_vendor(posts_as="check")(firm))
    watch.keeps_its_word()
    firm.save("item_receipt", id=receipt, posts_as="credit card")
    row = next(row for row in watch.shown() if row["entity"] == "Purchase")
    assert (row["operation"], '"PaymentType":"CreditCard"' in row["then"]) == ("delete", True)
    assert (row["effects"], row["moves"]) == ([("Inventory Asset", D(20)), ("Mastercard", D(-20))], [("Checking", D(20)), ("Mastercard", D(-20))])
    before = firm.balances()
    sent = watch.keeps_its_word()
    assert [each.operation for each in sent] == ["delete", "create"]
    assert firm.balances() == {**{name: each for name, each in before.items() if name != "Checking"}, "Mastercard": D(-20)}


def test_a_return_that_becomes_an_entry_shows_both_rows(firm: Trade, watch: Watch):
    back = firm.save("vendor_return", [firm.line("Anchor", 2, "10")], **with_vendor(vendor_credit=True)(firm))
    watch.keeps_its_word()
    firm.save("vendor_return", id=back, vendor_credit=False, account="Supplies")
    rows = {row["entity"]: row for row in watch.shown() if not row["rests"]}
    assert {name: row["operation"] for name, row in rows.items()} == {"VendorCredit": "delete", "JournalEntry": "create"}
    watch.keeps_its_word()
    firm.save("vendor_return", id=back, vendor_credit=True)
    watch.keeps_its_word()


def test_what_a_bookkeeper_changed_meanwhile_is_listed_as_such(firm: Trade, watch: Watch):
    [customer] = firm.objects("Customer")
    act(firm.world, firm.company, "edit", entity="Customer", id=customer["Id"], changes={"Notes": "calls at noon"})
    firm.save("customer", id=firm.customer, phone="555 0100")
    [sent] = watch.keeps_its_word(later=300, changed=1)
    assert '"SyncToken":"1"' in sent.payload
    # Both change one field: the row is listed, nothing is sent, and then it says that it waits for a choice.
    act(firm.world, firm.company, "edit", entity="Customer", id=customer["Id"], changes={"Notes": "calls at one"})
    firm.save("customer", id=firm.customer, notes="calls at two")
    assert watch.keeps_its_word(later=300, changed=1, result="errors") == []
    assert shown(watch, "customer")["rests"] == "It is not sent before somebody has chosen whose value stands."
    assert watch.keeps_its_word(result="errors") == []


def test_an_awaited_answer_is_asked_for_with_the_same_bytes_and_an_edit_behind_it_says_that_it_is_unknown(firm: Trade, watch: Watch):
    firm.world.faults({"kind": "commit_then_drop", "count": 3, "match": {"method": "POST", "path": "invoice"}})
    invoice = firm.save("invoice", SALE(firm), **with_customer()(firm))
    result, first = watch.cycle()
    assert result.result == "failed"
    firm.save("invoice", id=invoice, customer_memo="later")
    awaited, behind = watch.shown()
    assert (awaited["unanswered"], awaited["payload"], awaited["rests"]) == (True, first[0].payload, "")
    assert awaited["unsure"].startswith("Its answer is still awaited")
    assert (behind["payload"], behind["unsure"].startswith("What follows depends")) == ("", True)
    firm.sync()
    assert len(watch.bodies[first[0].requestid]) == 4
    assert set(map(len, map(set, watch.bodies.values()))) == {1}, "under one requestid the same bytes, always"
    assert firm.one("Invoice")["CustomerMemo"]["value"] == "later"


def test_a_refused_row_is_tried_as_shown_then_rests_and_after_a_day_goes_as_shown(firm: Trade, watch: Watch):
    match = {"method": "POST", "path": "invoice"}
    firm.world.faults({"kind": "refuse", "count": 5, "code": "6000", "message": "no", "detail": "A rule", "match": match})
    firm.save("invoice", SALE(firm), **with_customer()(firm))
    bodies = {watch.keeps_its_word(later=300, result="errors")[0].payload for _ in range(4)}
    assert len(bodies) == 1
    row = shown(watch, "invoice")
    assert (row["state"], row["rests"].startswith("It rests: QuickBooks refused it")) == ("parked", True)
    assert watch.keeps_its_word(later=300, result="errors") == []
    firm.world.clock.advance(90_000)
    assert shown(watch, "invoice")["rests"] == ""
    assert {each.payload for each in watch.keeps_its_word(result="errors")} == bodies
    # What waits for it rests with it.
    firm.save("payment", [{"invoice_id": 1, "amount": D(1)}], customer_id=firm.customer, amount=D(1))
    assert "which is not sent now" in shown(watch, "payment")["rests"]
    assert watch.keeps_its_word(result="errors") == []


def test_a_correction_that_is_due_is_announced_and_its_stand_in_is_in_every_later_payload(firm: Trade, watch: Watch):
    customer = firm.save("customer", name="Mail", email="nobody", phone="1")
    for _ in range(3):
        watch.keeps_its_word(later=300, result="errors")
    row = shown(watch, "customer")
    assert row["unsure"].startswith("Should QuickBooks refuse it again, this is done")
    [first, corrected] = watch.keeps_its_word(later=300)
    assert ("nobody" in first.payload, "nobody" in corrected.payload) == (True, False)
    firm.save("customer", id=customer, phone="2")
    [sent] = watch.keeps_its_word(later=300)
    assert ('"FreeFormNumber":"2"' in sent.payload, "nobody" in sent.payload) == (True, False)
    firm.save("customer", id=customer, email="somebody@mail.example")
    [sent] = watch.keeps_its_word(later=300)
    assert "somebody@mail.example" in sent.payload


def test_a_correction_that_a_person_asked_for_is_announced_before_it_changes_what_is_sent(firm: Trade, watch: Watch):
    firm.save("customer", name="Mail", email="nobody")
    watch.keeps_its_word(result="errors")
    [error] = firm.world.errors(firm.company)
    commands.correct_now(watch.session, error["id"])
    assert shown(watch, "customer")["unsure"].startswith("A correction is carried out before it is sent: ")
    [sent] = watch.keeps_its_word(later=300)
    assert "nobody" not in sent.payload


def test_one_by_one_they_go_in_the_order_that_was_shown(firm: Trade, watch: Watch):
    firm.world.set(firm.company, stop_at_first_error=True)
    parent = firm.save("customer", name="Above")
    firm.save("customer", name="Below", parent_id=parent)
    firm.save("vendor", name="Other")
    [first, *_] = watch.shown()
    commands.move_to_bottom(watch.session, [(first["id"], first["version"])])
    assert [row["label"] for row in watch.shown()] == ["Other", "Above", "Below"]
    firm.save("vendor", name="Last")
    watch.keeps_its_word()


def test_what_goes_is_deleted_before_what_it_is_linked_to(firm: Trade, watch: Watch):
    invoice = firm.save("invoice", SALE(firm), **with_customer(deposit=D(5))(firm))
    firm.sync()
    payment = firm.save("payment", [{"invoice_id": invoice, "amount": D(2)}], customer_id=firm.customer, amount=D(2), txn_date=DAY)
    firm.sync()
    firm.world.settle(firm.company)
    firm.delete("payment", payment)
    firm.delete("invoice", invoice)
    rows = watch.shown()
    assert [(row["entity"], row["wave"]) for row in rows] == [("Payment", 0), ("Payment", 0), ("Invoice", 1)]
    assert [row["id"] for row in watch.shown(size=1)] == [row["id"] for row in rows]
    watch.cycle()
    assert (firm.objects("Payment"), firm.objects("Invoice"), firm.balances()) == ([], [], {})
    assert (firm.told(), firm.world.waiting(firm.company)) == ([], [])


def test_before_anything_was_read_each_row_says_so(sqlite_world):
    company = sqlite_world.company()
    sqlite_world.save(company, "customer", {"name": "First"})
    [row] = Watch(sqlite_world, company).shown()
    assert row["unsure"].startswith("Nothing has been read from QuickBooks yet")
