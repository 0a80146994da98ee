"""Drift of each thing that is only ever sent: whatever a second bookkeeper does to it is noticed, named, and answered once."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine import queries
from syncengine.failpoints import Crash, arm, disarm, raise_crash
from tests.support.posted import PUSHED, SAMPLES, Key, Posted, one_of_each, plain
from tests.support.prepared import Begun

LINES = {"JournalEntry": "JournalEntryLineDetail", "CreditMemo": "SalesItemLineDetail"}


def field_of(way: str, name: str) -> set[str]:
    """The paths at which a document of this name is told to differ."""
    detail = LINES.get(name, "AccountBasedExpenseLineDetail")
    amounts = {
        "JournalEntry": {"Line[1].Amount", "Line[2].Amount"}, "Payment": {"TotalAmt", "Line[1].Amount"},
        "CreditMemo": {"Line[1].Amount", f"Line[1].{detail}.UnitPrice"},
    }.get(name, {"Line[1].Amount"})  # fmt: skip
    account = {"Payment": "DepositToAccountRef", "CreditMemo": f"Line[1].{detail}.ItemRef"}.get(name, f"Line[1].{detail}.AccountRef")
    return {"amount": amounts, "date": {"TxnDate"}, "account": {account}, "memo": {"PrivateNote"}, "delete": {"*"}}[way]


@pytest.fixture
def posted(begun: Begun) -> Posted:
    """A company in which one of each is posted."""
    found: Posted = begun(one_of_each)
    return found


def told(posted: Posted) -> dict[Key, set[str]]:
    """What is told of each document, by path."""
    found: dict[Key, set[str]] = {}
    for _, row in queries.drifts(posted.session(), size=1_000).iterrows():
        found.setdefault((row["entity"], row["kind"]), set()).add(row["field"])
    return found


def substance(held: dict[str, Any]) -> Any:
    """What a bookkeeper may have changed of a document."""
    lines = [(line["Amount"], line.get(line.get("DetailType", ""))) for line in held["Line"] if line.get("DetailType") != "SubTotalLineDetail"]
    return lines, held["TxnDate"], held.get("PrivateNote"), held.get("TotalAmt"), held.get("DepositToAccountRef"), held.get("AccountRef")


def all_of(posted: Posted) -> dict[Key, Any]:
    return {key: substance(held) for key, held in posted.objects().items()}


def counted(posted: Posted) -> dict[str, int]:
    """How many documents of ours there are of each name."""
    return {name: sum("[T-" in each.get("PrivateNote", "") for each in posted.every(name)) for name in sorted({name for name, _ in PUSHED})}


def test_every_thing_that_is_only_sent_has_a_sample():
    assert set(SAMPLES) == set(PUSHED)
    assert len(PUSHED) >= 15


@pytest.mark.parametrize("way", ["amount", "date", "account", "memo", "void", "delete"])
def test_what_a_second_bookkeeper_does_to_any_of_them_is_named_and_answered_once_and_noticed_anew(posted, way):
    world, company = posted.world, posted.trade.company
    before, there = all_of(posted), counted(posted)
    posted.tamper(way)
    result = world.sync(company)
    assert (result.result, result.sent) == ("ok", 0)
    if way == "void":
        assert set(queries.drifts(posted.session(), size=1_000)["what"]) == {"voided"}
        assert set(told(posted)) == set(PUSHED)
    else:
        assert told(posted) == {key: field_of(way, key[0]) for key in PUSHED}
    # Ours again: each is sent once, and is what it was.
    posted.answer("ours")
    assert world.sync(company).sent == len(PUSHED)
    assert (all_of(posted), counted(posted)) == (before, there)
    assert (world.settle(company).sent, told(posted)) == (0, {})
    # Another edit is another difference; theirs stands, and nothing is sent.
    posted.tamper(way, by=9)
    world.sync(company)
    assert set(told(posted)) == set(PUSHED)
    theirs = all_of(posted)
    posted.answer("theirs")
    assert world.settle(company).sent == 0
    assert (all_of(posted), told(posted), world.waiting(company)) == (theirs, {}, [])
    # A third one is noticed anew; of what is gone, there is nothing left to notice.
    posted.tamper("memo", by=8)
    world.sync(company)
    assert set(told(posted)) == (set() if way == "delete" else set(PUSHED))


@pytest.mark.parametrize("way", ["amount", "delete"])
def test_a_crash_between_the_answer_and_its_end_sends_each_of_them_once(posted, way):
    world, company = posted.world, posted.trade.company
    before, there = all_of(posted), counted(posted)
    posted.tamper(way)
    for point in ("page.applied", "cursor.committed"):
        crash(posted, point)
    world.sync(company)
    assert set(told(posted)) == set(PUSHED)
    posted.answer("ours")
    for point in ("attempt.committed", "record.pre"):
        crash(posted, point)
    world.sync(company)
    world.settle(company)
    assert (all_of(posted), counted(posted), told(posted)) == (before, there, {})
    assert world.settle(company).sent == 0


def crash(posted: Posted, point: str) -> None:
    arm(point, raise_crash)
    try:
        with pytest.raises(Crash):
            posted.world.sync(posted.trade.company)
    finally:
        disarm()
    posted.world.clock.advance(120)


def test_a_payable_account_that_a_bookkeeper_changes_is_noticed_and_put_back(posted):
    world, company = posted.world, posted.trade.company
    world.actor(company, "create", entity="Account", object={"Name": "Trade payables", "AccountType": "Accounts Payable"})
    other = next(each["Id"] for each in posted.every("Account") if each["Name"] == "Trade payables")
    held = posted.objects()["Bill", "item_receipt"]
    kept = {name: held[name] for name in ("VendorRef", "Line")}
    world.actor(company, "edit", entity="Bill", id=held["Id"], changes=plain({**kept, "APAccountRef": {"value": other}}))
    world.clock.advance(300)
    world.sync(company)
    assert told(posted) == {("Bill", "item_receipt"): {"APAccountRef"}}
    posted.answer("ours")
    assert world.sync(company).sent == 1
    assert posted.objects()["Bill", "item_receipt"]["APAccountRef"] == held["APAccountRef"]
    assert (world.settle(company).sent, told(posted)) == (0, {})
