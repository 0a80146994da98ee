"""Drift: a push-only document that somebody changes in QuickBooks is told with its differences, and waits for an answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from syncengine import commands, inventory, queries
from syncengine.errors import Refused
from syncengine.failpoints import Crash, arm, disarm, raise_crash
from syncengine.queries import Session
from tests.support.prepared import Begun
from tests.support.world import World


@pytest.fixture
def posted(begun_on_each: Begun) -> tuple[World, int, int]:
    """A company with one adjustment that is posted and settled."""
    return begun_on_each(_posted)


@pytest.fixture
def posted_here(begun: Begun) -> tuple[World, int, int]:
    """The same on SQLite alone."""
    return begun(_posted)


def _posted(world: World) -> tuple[World, int, int]:
    company = world.company()
    world.sync(company)
    world.set(company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
    lines = [{"item_id": world.save(company, "item", {"code": "A1", "name": "Anchor"}), "amount": Decimal(50)}]
    record = world.save(company, "adjustment", {"number": "ADJ-1", "txn_date": world.clock.now().date()}, lines)
    world.sync(company)
    assert world.settle(company).sent == 0
    return world, company, record


def session(world: World, company: int) -> Session:
    return Session(world.site.database, "Ada", company, world.clock)


def entry(world: World, company: int) -> dict[str, Any]:
    [found] = world.query(company, "SELECT * FROM JournalEntry")
    return found


def tamper(world: World, company: int, amount: int = 70, **more: Any) -> None:
    """A bookkeeper changes both amounts of the entry."""
    found = entry(world, company)
    lines = [{**line, "Amount": str(amount)} for line in found["Line"]]
    world.actor(company, "edit", entity="JournalEntry", id=found["Id"], changes={"Line": lines, **more})
    world.clock.advance(300)


def drifts(world: World, company: int) -> Any:
    return queries.drifts(session(world, company))


def edit(world: World, company: int, record: int, amount: int) -> None:
    [line] = world.record(company, "adjustment", record)["lines"]
    world.save(company, "adjustment", {"id": record}, [{"id": line["id"], "item_id": line["item_id"], "amount": Decimal(amount)}])


def answer(world: World, company: int, given: str) -> None:
    commands.answer_drift(session(world, company), int(drifts(world, company)["id"].iloc[0]), given)


def test_an_edit_there_is_told_by_path_as_a_warning_and_no_x(posted):
    world, company, record = posted
    tamper(world, company)
    result = world.sync(company)
    assert (result.result, result.sent, result.failed) == ("ok", 0, 0)
    found = drifts(world, company)
    assert found[["field", "sent", "theirs"]].values.tolist() == [["Line[1].Amount", "50", "70"], ["Line[2].Amount", "50", "70"]]
    assert set(found["what"]) == {"changed"}
    assert set(found["record_id"]) == {record}
    assert set(found["label"]) == {"ADJ-1"}
    assert set(found["total_sent"]) == {Decimal(50)}
    assert set(found["total_theirs"]) == {Decimal(70)}
    seen = queries.overview(session(world, company))
    assert seen.light == "check"
    assert any("send ours again, or accept theirs" in each for each in seen.reasons)
    # The record here is as it was, and looking again opens nothing new.
    assert world.record(company, "adjustment", record)["lines"][0]["amount"] == Decimal(50)
    world.sync(company)
    assert len(drifts(world, company)) == 2


def test_our_own_writes_and_a_new_token_alone_are_no_drift(posted_here):
    world, company, record = posted_here
    edit(world, company, record, 60)
    world.sync(company)
    world.settle(company)
    assert drifts(world, company).empty
    found = entry(world, company)
    world.actor(company, "edit", entity="JournalEntry", id=found["Id"], changes={"TotalAmt": "60", "Adjustment": True})
    world.clock.advance(300)
    world.sync(company)
    assert drifts(world, company).empty
    assert entry(world, company)["SyncToken"] != found["SyncToken"]
    # The new token is known here: the next edit is not refused as stale.
    edit(world, company, record, 61)
    calls = world.sync(company).sent
    assert calls == 1
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(61)


def test_ours_again_puts_the_document_back(posted):
    world, company, _ = posted
    tamper(world, company)
    world.sync(company)
    answer(world, company, "ours")
    assert world.sync(company).sent == 1
    assert [line["Amount"] for line in entry(world, company)["Line"]] == [Decimal(50), Decimal(50)]
    world.settle(company)
    assert drifts(world, company).empty
    assert world.settle(company).sent == 0


def test_theirs_stands_until_ours_is_edited(posted):
    world, company, record = posted
    tamper(world, company)
    world.sync(company)
    answer(world, company, "theirs")
    assert world.settle(company).sent == 0
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(70)
    assert drifts(world, company).empty
    edit(world, company, record, 55)
    world.sync(company)
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(55)


def test_a_local_edit_waits_for_the_answer_and_the_plan_says_so(posted_here):
    world, company, record = posted_here
    tamper(world, company)
    edit(world, company, record, 90)
    result = world.sync(company)
    assert (result.result, result.sent) == ("ok", 0)
    [planned] = world.preview(company)
    assert (planned.operation, planned.problem) == ("nothing", None)
    assert "Answer first: send ours again, or accept theirs" in planned.note
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(70)
    answer(world, company, "ours")
    world.sync(company)
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(90)


def test_theirs_drops_the_edit_that_waited(posted_here):
    world, company, record = posted_here
    tamper(world, company)
    edit(world, company, record, 90)
    world.sync(company)
    answer(world, company, "theirs")
    assert world.waiting(company) == []
    assert world.settle(company).sent == 0
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(70)


def test_a_deleted_document_is_created_anew_under_a_new_request(posted):
    world, company, _ = posted
    first = entry(world, company)
    world.actor(company, "delete", entity="JournalEntry", id=first["Id"])
    world.clock.advance(300)
    assert world.sync(company).result == "ok"
    found = drifts(world, company)
    assert found[["what", "field", "total_theirs"]].values.tolist() == [["deleted", "*", None]]
    assert world.query(company, "SELECT * FROM JournalEntry") == []
    answer(world, company, "ours")
    assert world.sync(company).sent == 1
    second = entry(world, company)
    assert second["Id"] != first["Id"]
    assert second["DocNumber"] == first["DocNumber"]
    assert world.settle(company).sent == 0
    assert drifts(world, company).empty


def test_a_deletion_that_is_accepted_keeps_ours_out_until_it_is_edited(posted_here):
    world, company, record = posted_here
    world.actor(company, "delete", entity="JournalEntry", id=entry(world, company)["Id"])
    world.clock.advance(300)
    world.sync(company)
    answer(world, company, "theirs")
    world.settle(company)
    assert world.query(company, "SELECT * FROM JournalEntry") == []
    assert world.record(company, "adjustment", record) is not None
    edit(world, company, record, 51)
    assert world.sync(company).sent == 1
    assert entry(world, company)["Line"][0]["Amount"] == Decimal(51)


def test_a_deletion_of_what_is_edited_here_waits_for_the_answer(posted_here):
    world, company, record = posted_here
    world.actor(company, "delete", entity="JournalEntry", id=entry(world, company)["Id"])
    edit(world, company, record, 90)
    world.clock.advance(300)
    assert world.sync(company).result == "ok"
    assert world.query(company, "SELECT * FROM JournalEntry") == []
    [planned] = world.preview(company)
    assert "deleted it in QuickBooks" in planned.note


def test_a_void_is_told_as_one(posted_here):
    world, company, _ = posted_here
    tamper(world, company, 0, PrivateNote="Voided")
    world.sync(company)
    found = drifts(world, company)
    assert set(found["what"]) == {"voided"}
    assert set(found["total_theirs"]) == {Decimal(0)}
    answer(world, company, "ours")
    world.sync(company)
    restored = entry(world, company)
    assert [line["Amount"] for line in restored["Line"]] == [Decimal(50), Decimal(50)]
    assert restored["PrivateNote"].startswith("Adjustment ADJ-1")


def test_a_difference_that_is_changed_back_closes_by_itself(posted_here):
    world, company, record = posted_here
    tamper(world, company)
    world.sync(company)
    tamper(world, company, 50)
    world.sync(company)
    assert drifts(world, company).empty
    told = queries.timeline(session(world, company), "adjustment", record)
    assert list(told[told["event"].str.startswith("drift")]["event"]) == ["drift opened", "drift settled"]


def test_an_answer_is_only_to_what_its_person_saw(posted_here):
    world, company, _ = posted_here
    tamper(world, company)
    world.sync(company)
    seen = int(drifts(world, company)["id"].iloc[0])
    tamper(world, company, 80)
    world.sync(company)
    with pytest.raises(Refused, match="changed again"):
        commands.answer_drift(session(world, company), seen, "ours")
    # An answer that has not been carried out yet does not cover a later change either.
    answer(world, company, "ours")
    tamper(world, company, 85)
    assert world.sync(company).sent == 0
    assert set(drifts(world, company)["theirs"]) == {"85"}


def test_deleting_ours_waits_where_theirs_has_changed(posted_here):
    world, company, record = posted_here
    tamper(world, company)
    inventory.delete(world.site.database, "adjustment", record, company)
    assert world.sync(company).sent == 0
    assert len(world.query(company, "SELECT * FROM JournalEntry")) == 1
    answer(world, company, "ours")
    assert world.sync(company).sent == 1
    assert world.query(company, "SELECT * FROM JournalEntry") == []


def test_a_document_that_ours_deletes_may_be_left_to_quickbooks(posted_here):
    world, company, record = posted_here
    tamper(world, company)
    inventory.delete(world.site.database, "adjustment", record, company)
    world.sync(company)
    answer(world, company, "theirs")
    assert world.settle(company).sent == 0
    assert world.waiting(company) == []
    assert len(world.query(company, "SELECT * FROM JournalEntry")) == 1


def test_an_edit_here_that_says_the_same_settles_it(posted_here):
    world, company, record = posted_here
    tamper(world, company, 70)
    world.sync(company)
    edit(world, company, record, 70)
    assert world.sync(company).sent == 0
    assert world.waiting(company) == []
    assert drifts(world, company).empty


def test_a_crash_while_drift_arrives_or_is_put_right_tells_it_once(posted_here):
    world, company, _ = posted_here
    tamper(world, company)
    for point in ("page.applied", "cursor.committed"):
        arm(point, raise_crash)
        with pytest.raises(Crash):
            world.sync(company)
        disarm()
        world.clock.advance(120)
    world.sync(company)
    assert len(drifts(world, company)) == 2
    answer(world, company, "ours")
    for point in ("attempt.committed", "record.pre"):
        arm(point, raise_crash)
        with pytest.raises(Crash):
            world.sync(company)
        disarm()
        world.clock.advance(120)
    world.sync(company)
    world.settle(company)
    assert [line["Amount"] for line in entry(world, company)["Line"]] == [Decimal(50), Decimal(50)]
    assert drifts(world, company).empty
