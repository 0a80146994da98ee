"""An account that a document was posted with stays in the books, whatever the company's defaults or its items say later."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.posted import PUSHED, Posted, one_of_each
from tests.support.prepared import Begun
from tests.support.trade import ACCOUNTS, Trade, sides

#: Every default account of the company, changed to another one that could take its place.
OTHERS = {
    "asset_account": "Uncategorized Asset", "cogs_account": "Cost of labor - COS", "expense_account": "Supplies", "adjustment_account": "Payroll Expenses",
    "checking_account": "Savings", "cash_account": "Checking", "deposit_asset_account": "Checking", "payable_account": "Trade payables",
}  # fmt: skip


@pytest.fixture
def posted(begun: Begun) -> Posted:
    """A company in which one of each thing that is only sent is posted."""
    found: Posted = begun(one_of_each)
    return found


def other_defaults(posted: Posted) -> None:
    world, company = posted.world, posted.trade.company
    world.actor(company, "create", entity="Account", object={"Name": "Trade payables", "AccountType": "Accounts Payable"})
    world.settle(company)
    world.set(company, **OTHERS)


def touch(posted: Posted, **values: Any) -> None:
    for (_, kind), record_id in posted.records.items():
        posted.trade.save(kind, id=record_id, **values)


def test_another_default_moves_no_document_that_is_touched_later(posted):
    books = posted.trade.balances()
    other_defaults(posted)
    touch(posted, private_note="typo")
    posted.trade.sync()
    assert posted.trade.balances() == books
    assert all("typo" in held["PrivateNote"] for key, held in posted.objects().items() if key != ("Payment", "invoice"))
    assert (posted.world.settle(posted.trade.company).sent, posted.world.waiting(posted.trade.company)) == (0, [])
    # An edit of the lines keeps the accounts that the document has.
    for key in PUSHED:
        lines = posted.world.record(posted.trade.company, key[1], posted.records[key])["lines"]
        if lines and "unit_cost" in lines[0]:
            posted.trade.save(key[1], [{"id": lines[0]["id"], "unit_cost": 11}, *({"id": each["id"]} for each in lines[1:])], id=posted.records[key])
    posted.trade.sync()
    after = posted.trade.balances()
    assert after != books
    assert after.keys() == books.keys()


def test_what_is_posted_later_takes_the_new_default_and_so_does_what_names_nothing_of_the_old(posted):
    trade = posted.trade
    other_defaults(posted)
    trade.save("adjustment", [trade.line("Anchor", 1, 5)], number="ADJ-2")
    [line] = trade.world.record(trade.company, "adjustment", posted.records["JournalEntry", "adjustment"])["lines"]
    trade.save("adjustment", [{"id": line["id"]}, trade.line("Labour", 1, 3)], id=posted.records["JournalEntry", "adjustment"])
    trade.sync()
    by_source = {each["PrivateNote"].split(" [")[0]: sides(each) for each in trade.objects("JournalEntry")}
    assert [account for _, account, _ in by_source["Adjustment ADJ-2"]] == ["Uncategorized Asset", "Payroll Expenses"]
    # The line that came later posts today's asset account; the adjustment's own other side stays what it was.
    assert [account for _, account, _ in by_source["Adjustment ADJ-1"]] == ["Inventory Asset", "Inventory Shrinkage", "Uncategorized Asset", "Inventory Shrinkage"]


def test_a_documents_own_account_counts_at_once(posted):
    trade = posted.trade
    trade.save("adjustment", id=posted.records["JournalEntry", "adjustment"], account="Supplies")
    trade.save("item_receipt", id=posted.records["Purchase", "item_receipt"], payment_account="Savings")
    trade.sync()
    assert [account for _, account, _ in sides(posted.objects()["JournalEntry", "adjustment"])] == ["Inventory Asset", "Supplies"]
    assert posted.objects()["Purchase", "item_receipt"]["AccountRef"]["name"] == "Savings"
    # Taken back, the document names none again: what is posted last by default is today's.
    other_defaults(posted)
    trade.save("adjustment", id=posted.records["JournalEntry", "adjustment"], account=None)
    trade.sync()
    assert [account for _, account, _ in sides(posted.objects()["JournalEntry", "adjustment"])] == ["Inventory Asset", "Payroll Expenses"]


def test_an_items_new_account_is_for_what_is_posted_from_then_on(posted):
    trade, books = posted.trade, posted.trade.balances()
    trade.save("item", id=trade.items["Anchor"], asset_account="Uncategorized Asset")
    touch(posted, private_note="typo")
    trade.sync()
    assert trade.balances() == books


def test_a_document_that_quickbooks_deleted_comes_back_with_the_accounts_that_it_had(posted):
    books = posted.trade.balances()
    other_defaults(posted)
    posted.tamper("delete")
    posted.world.sync(posted.trade.company)
    posted.answer("ours")
    posted.trade.sync()
    assert posted.trade.balances() == books


def test_an_account_that_quickbooks_has_no_longer_active_gives_way_to_the_default(trade: Trade):
    trade.world.actor(trade.company, "create", entity="Account", object={"Name": "Old shrinkage", "AccountType": "Expense"})
    trade.world.settle(trade.company)
    trade.world.set(trade.company, adjustment_account="Old shrinkage")
    made = trade.save("adjustment", [trade.line("Anchor", 1, 5)], number="ADJ-1")
    trade.sync()
    trade.world.set(trade.company, adjustment_account=ACCOUNTS["adjustment_account"])
    old = next(each["Id"] for each in trade.objects("Account") if each["Name"] == "Old shrinkage")
    trade.world.actor(trade.company, "deactivate", entity="Account", id=old)
    trade.world.settle(trade.company)
    trade.save("adjustment", id=made, private_note="typo")
    trade.sync()
    assert [account for _, account, _ in sides(trade.one("JournalEntry"))] == ["Inventory Asset", "Inventory Shrinkage"]


def test_a_rename_of_the_account_that_it_was_posted_with_changes_nothing(trade: Trade):
    made = trade.save("adjustment", [trade.line("Anchor", 1, 5)], number="ADJ-1")
    trade.sync()
    there = next(each for each in trade.objects("Account") if each["Name"] == "Inventory Shrinkage")
    trade.world.actor(trade.company, "rename", entity="Account", id=there["Id"], name="Shrinkage, old")
    trade.world.settle(trade.company)
    trade.world.set(trade.company, adjustment_account="Supplies")
    trade.save("adjustment", id=made, private_note="typo")
    trade.sync()
    assert [account for _, account, _ in sides(trade.one("JournalEntry"))] == ["Inventory Asset", "Shrinkage, old"]


def test_an_account_that_is_merged_into_another_is_followed(trade: Trade):
    for name in ("Shrinkage 2025", "Shrinkage 2026"):
        trade.world.actor(trade.company, "create", entity="Account", object={"Name": name, "AccountType": "Expense"})
    trade.world.settle(trade.company)
    ids = {each["Name"]: each["Id"] for each in trade.objects("Account")}
    trade.world.set(trade.company, adjustment_account="Shrinkage 2025")
    made = trade.save("adjustment", [trade.line("Anchor", 1, 5)], number="ADJ-1")
    trade.sync()
    trade.world.actor(trade.company, "merge", entity="Account", id=ids["Shrinkage 2025"], into=ids["Shrinkage 2026"])
    trade.world.settle(trade.company)
    trade.world.set(trade.company, adjustment_account="Supplies")
    trade.save("adjustment", id=made, private_note="typo")
    trade.sync()
    assert [account for _, account, _ in sides(trade.one("JournalEntry"))] == ["Inventory Asset", "Shrinkage 2026"]
