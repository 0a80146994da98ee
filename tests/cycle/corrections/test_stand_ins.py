"""An offer belongs to the failure that it was made for, and a stand-in to a correction that succeeds."""

from __future__ import annotations

from datetime import date

import pytest

from syncengine import commands, failpoints
from syncengine.engine.apply import Applier
from syncengine.errors import RecordError, Refused
from tests.cycle.corrections.references import inactive_name_there, restored_books
from tests.cycle.corrections.scene import Scene

UNKNOWN = ("6000", "A business validation error", "A rule that nobody knows")


def in_a_closed_period(scene: Scene, **head: str) -> None:
    """An invoice that the owner lets be posted on the first open day has been refused in three cycles."""
    scene.allow("first_open_day")
    scene.actor("close_books", date="2026-01-31")
    scene.invoice("N-1", date(2026, 1, 10), **head)
    for _ in range(3):
        assert scene.sync().result == "errors"


def bad_address(scene: Scene) -> int:
    made = scene.save("customer", name="Mail", email="nobody")
    for _ in range(3):
        assert scene.sync().result == "errors"
    return made


def refused_once_corrected(scene: Scene, entity: str) -> None:
    """QuickBooks refuses what the correction sends for another reason."""
    failpoints.arm("correct.applied", failpoints.nth(1, lambda: scene.refuse(entity, *UNKNOWN, count=1)))
    try:
        assert scene.sync().result == "errors"
    finally:
        failpoints.disarm()
    assert [row["state"] for row in scene.corrections()] == ["failed"], scene.story()


def again(scene: Scene) -> None:
    row = scene.rows[0]
    commands.retry(scene.session, [(row["id"], row["version"])])


def test_what_was_offered_for_a_cause_that_has_gone_is_not_carried_out(scene: Scene) -> None:
    in_a_closed_period(scene)
    scene.actor("close_books", date=None)
    scene.refuse("Invoice", *UNKNOWN, count=1)
    assert scene.sync().result == "errors"
    assert [row["state"] for row in scene.corrections()] == ["withdrawn"], scene.story()
    again(scene)
    assert scene.sync().result == "ok", scene.story()
    assert [each["TxnDate"] for each in scene.there("Invoice")] == ["2026-01-10"]


def test_what_was_offered_for_another_failure_is_withdrawn_at_once_and_cannot_be_pressed(scene: Scene) -> None:
    scene.refuse("Customer", "2210", "Invalid Email", "Invalid Email", count=1)
    scene.save("customer", name="Good mail", email="good@mail.example")
    scene.sync()
    assert [row["state"] for row in scene.corrections()] == ["offered"]
    scene.refuse("Customer", *UNKNOWN, count=1)
    scene.sync()
    assert [row["state"] for row in scene.corrections()] == ["withdrawn"], scene.story()
    with pytest.raises(Refused, match="nothing that Tieout could do"):
        scene.correct_now()
    assert scene.sync().result == "ok"
    assert scene.there("Customer", "where DisplayName = 'Good mail'")[0]["PrimaryEmailAddr"] == {"Address": "good@mail.example"}


def test_an_offer_whose_failure_comes_back_is_made_anew(scene: Scene) -> None:
    scene.save("customer", name="Mail", email="nobody")
    scene.sync()
    scene.refuse("Customer", *UNKNOWN, count=1)
    scene.sync()
    scene.sync()
    assert [row["state"] for row in scene.corrections()] == ["withdrawn", "offered"], scene.story()
    assert scene.sync().result == "ok", scene.story()


def test_an_owner_who_consents_once_the_cause_has_gone_changes_no_date(scene: Scene) -> None:
    in_a_closed_period(scene)
    scene.allow("first_open_day", on=False)
    assert scene.sync().result == "errors"
    scene.actor("close_books", date=None)
    scene.allow("first_open_day")
    assert scene.sync().result == "ok", scene.story()
    assert [each["TxnDate"] for each in scene.there("Invoice")] == ["2026-01-10"]


def test_the_stand_ins_of_a_correction_that_failed_end_with_it(scene: Scene) -> None:
    in_a_closed_period(scene)
    refused_once_corrected(scene, "Invoice")
    assert scene.overrides() == {}
    scene.actor("close_books", date=None)
    scene.allow("first_open_day", on=False)
    again(scene)
    assert scene.sync().result == "ok", scene.story()
    assert [each["TxnDate"] for each in scene.there("Invoice")] == ["2026-01-10"]


def test_a_stand_in_that_succeeded_outlives_a_later_correction_that_fails(scene: Scene) -> None:
    made = bad_address(scene)
    assert scene.sync().result == "ok"
    scene.refuse("Customer", "2170", "Invalid Enumeration", "Invalid Enumeration : 555", count=9)
    scene.save("customer", id=made, phone="555", notes="More than the number is new.")
    for _ in range(4):
        scene.sync()
    assert sorted((row["name"], row["state"]) for row in scene.corrections()) == [
        ("leave_email_out", "done"), ("leave_word_out", "failed")], scene.story()  # fmt: skip
    assert scene.overrides() == {"PrimaryEmailAddr.Address": None}


@pytest.mark.parametrize("command", [commands.remove, commands.retry])
def test_a_row_that_a_person_takes_in_hand_goes_with_its_own_values(scene: Scene, command) -> None:
    made = bad_address(scene)
    failpoints.arm("correct.applied", failpoints.nth(1, lambda: scene.refuse("Customer", *UNKNOWN, count=1)))
    failpoints.arm("correct.after", failpoints.raise_crash)
    with pytest.raises(failpoints.Crash):
        scene.sync()
    failpoints.disarm()
    assert [row["state"] for row in scene.corrections()] == ["applied"], "nobody knows yet what came of it"
    row = scene.rows[0]
    command(scene.session, [(row["id"], row["version"])])
    assert scene.overrides() == {}
    scene.world.clock.advance(3600)
    scene.save("customer", id=made, phone="555")
    assert scene.sync().result == "errors", scene.story()
    assert scene.error["code"] == "2210", "the address goes again, as it is"


def test_a_long_memo_makes_room_for_the_documents_own_date(scene: Scene) -> None:
    in_a_closed_period(scene, private_note="x" * 3970)
    assert scene.sync().result == "ok", scene.story()
    theirs = scene.there("Invoice")[0]
    assert theirs["TxnDate"] == "2026-02-01"
    assert "Dated 2026-01-10, posted on the first open day." in theirs["PrivateNote"]
    assert theirs["PrivateNote"].startswith("x" * 3900)
    assert "end of the memo" in scene.corrections("done")[0]["says"]


def test_an_active_customer_whose_name_only_looks_deleted_is_another_party(scene: Scene) -> None:
    scene.unseen(
        {"action": "create", "entity": "Vendor", "object": {"DisplayName": "Twice"}},
        {"action": "create", "entity": "Customer", "object": {"DisplayName": "Twice (deleted)", "Notes": "another firm"}},
    )
    made = scene.save("customer", name="Twice", phone="555")
    for _ in range(4):
        scene.sync()
    assert [row["name"] for row in scene.corrections()] == ["name_suffix"], scene.story()
    theirs = scene.there("Customer", "where DisplayName = 'Twice (deleted)'")[0]
    assert theirs.get("PrimaryPhone") is None
    assert scene.world.record(scene.company, "customer", made)["notes"] is None


def offered_inactive(scene: Scene) -> None:
    """QuickBooks has the name as an inactive record, and a person wants that one made active and linked."""
    inactive_name_there(scene)
    scene.sync()
    scene.correct_now()


def old_one(scene: Scene) -> list[bool]:
    return [each["Active"] for each in scene.there("Customer", "where Active in (true, false) and DisplayName like 'Old%'")]


def test_a_name_whose_linking_fails_is_made_inactive_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    offered_inactive(scene)

    def refused(*_: object, **__: object) -> None:
        raise RecordError("Customer", "Old", "The two cannot be merged.", "Rename one of them.")

    failpoints.arm("correct.acted", failpoints.nth(1, lambda: active.extend(old_one(scene))))
    active: list[bool] = []
    monkeypatch.setattr(Applier, "link", refused)
    scene.sync()
    failpoints.disarm()
    assert active == [True], "it was made active first"
    failed = scene.corrections()[0]
    assert (failed["state"], failed["outcome"]) == ("failed", "The two cannot be merged. Rename one of them.")
    assert old_one(scene) == [False]


def test_a_name_whose_record_is_taken_out_of_the_queue_before_it_is_linked_is_made_inactive_again(scene: Scene) -> None:
    offered_inactive(scene)
    failpoints.arm("correct.acted", failpoints.raise_crash)
    with pytest.raises(failpoints.Crash):
        scene.sync()
    failpoints.disarm()
    assert old_one(scene) == [True]
    row = scene.rows[0]
    commands.remove(scene.session, [(row["id"], row["version"])])
    scene.world.clock.advance(3600)
    scene.sync()
    assert [row["state"] for row in scene.corrections()] == ["withdrawn"], scene.story()
    assert old_one(scene) == [False]


def test_a_record_with_two_faults_goes_with_both_stand_ins(scene: Scene) -> None:
    made = scene.save("customer", name="Wordy", notes="x" * 2_100, email="nobody")
    for _ in range(6):
        scene.sync()
    assert [(row["name"], row["state"]) for row in scene.corrections()] == [("cut_text", "failed"), ("leave_email_out", "done")], scene.story()
    done = scene.corrections("done")[0]
    assert "nobody" in done["says"]
    assert "the whole text stays here" in done["says"], "all that it does is told"
    theirs = scene.there("Customer", "where DisplayName = 'Wordy'")[0]
    assert theirs["Notes"] == "x" * 2_000
    assert "PrimaryEmailAddr" not in theirs
    commands.undo_correction(scene.session, done["id"])
    assert scene.overrides() == {}
    assert scene.world.record(scene.company, "customer", made)["email"] == "nobody"


def test_a_namesake_of_another_kind_is_not_linked(scene: Scene) -> None:
    restored_books(scene, "Service")
    for _ in range(4):
        assert scene.sync().result == "errors"
    assert [(row["name"], row["state"]) for row in scene.corrections()] == [("parent_first", "failed")], scene.story()
    assert "is no category" in scene.corrections()[0]["outcome"]
    assert scene.there("Item", "where Name = 'Cord'") == []
