"""Errors with one cause are one group; solving the cause releases all that it held back, with nobody pressing anything."""

from __future__ import annotations

from decimal import Decimal

from syncengine import commands, queries
from syncengine.terms import OutboxState
from tests.cycle.corrections.scene import Scene


def parked(scene: Scene) -> None:
    for _ in range(4):
        scene.sync()
    assert {row["state"] for row in scene.rows} == {OutboxState.PARKED}


def test_an_inactive_customer_is_one_cause_of_many_failures_and_its_return_releases_them_all(scene: Scene) -> None:
    theirs = scene.id_of("Customer", "Harbour")
    scene.actor("deactivate", entity="Customer", id=theirs)
    for number in range(12):
        scene.invoice(f"N-{number}")
    scene.sync()
    assert len(scene.groups()) == 1
    group = scene.groups()[0]
    assert (group["count"], group["klass"], group["cycle"]) == (12, "policy", 0)
    assert "Harbour Supply" in group["cause"]
    assert "Harbour Supply" in group["says"]
    assert "presses Do it" in group["next"]
    assert group["example"].startswith("invoice N-")
    assert group["first_seen"] <= group["last_seen"]
    for _ in range(3):
        scene.sync()
    assert {row["state"] for row in scene.rows} == {OutboxState.PARKED}
    attempts = {row["id"]: row["attempts"] for row in scene.rows}
    scene.sync()
    assert {row["id"]: row["attempts"] for row in scene.rows} == attempts, "what is parked rests while nothing changes"

    scene.actor("reactivate", entity="Customer", id=theirs)
    result = scene.sync()
    assert (result.result, result.sent) == ("ok", 12), scene.story()
    assert scene.groups() == []


def test_an_account_that_is_missing_is_one_cause_and_its_creation_releases_them_all(scene: Scene) -> None:
    for number in range(3):
        scene.save("item", name=f"Odd {number}", income_account="Elsewhere")
    scene.sync()
    assert [(group["count"], group["klass"]) for group in scene.groups()] == [(3, "no")]
    scene.actor("create", entity="Account", object={"Name": "Elsewhere", "AccountType": "Income", "AccountSubType": "SalesOfProductIncome"})
    assert scene.sync().result == "ok", scene.story()


def test_books_that_are_opened_again_release_what_they_held_back(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31")
    for number in range(3):
        scene.invoice(f"N-{number}")
    parked(scene)
    assert [group["count"] for group in scene.groups()] == [3]
    scene.actor("close_books", date=None)
    result = scene.sync()
    assert (result.result, result.sent) == ("ok", 3), scene.story()


def test_one_record_that_goes_through_releases_the_others_of_its_cause_in_the_same_cycle(scene: Scene) -> None:
    scene.world.faults({"kind": "refuse", "count": 12, "code": "9999", "message": "Moon", "detail": "full", "match": {"method": "POST", "path": "invoice"}})
    for number in range(3):
        scene.invoice(f"N-{number}")
    parked(scene)
    scene.world.control("faults", method="DELETE")
    assert [group["count"] for group in scene.groups()] == [3]
    assert scene.sync().sent == 0
    first = scene.rows[0]
    commands.retry(scene.session, [(first["id"], first["version"])])
    result = scene.sync()
    assert (result.result, result.sent) == ("ok", 3), scene.story()


def test_a_corrected_record_does_not_wake_the_others_of_its_cause_in_vain(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31")
    for number in range(2):
        scene.invoice(f"N-{number}")
    parked(scene)
    commands.correct_now(scene.session, scene.errors[0]["id"])
    other = scene.errors[1]["outbox_id"]
    assert scene.sync().sent == 1
    row = next(row for row in scene.rows if row["id"] == other)
    assert (row["state"], row["attempts"]) == (OutboxState.PARKED, 4)


def test_switching_a_correction_on_corrects_what_waits_for_it(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31")
    scene.invoice()
    parked(scene)
    scene.allow("first_open_day")
    assert scene.sync().result == "ok", scene.story()


def test_a_failure_without_any_reason_is_a_row_with_all_that_is_known(scene: Scene) -> None:
    scene.refuse("Invoice", "", "", "")
    scene.invoice()
    scene.sync()
    error = scene.error
    assert (error["code"], error["message"], error["correction"]) == ("HTTP 400", "", "no_reason")
    assert "no reason" in error["cause"]
    known = queries.attempt_of(scene.session, error["id"])
    assert known is not None
    assert '"DocNumber":"N-1"' in known["request"]
    assert known["answer"]
    assert known["http_status"] == 400
    assert known["sent_at"] <= known["answered_at"]
    assert known["tid"]
    assert known["tid"] == error["tid"]
    assert queries.attempt_of(scene.session, error["id"] + 99) is None


def test_stand_ins_on_lines_survive_an_edit_of_the_other_line_in_quickbooks(scene: Scene) -> None:
    """The cut description of a line is neither a difference nor written over ours when the other line changes there."""
    long = "y" * 4_100
    lines = [{"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(1), "description": long},
             {"line_no": 2, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(2)}]  # fmt: skip
    made = scene.invoice(lines=lines)
    scene.sync()
    scene.correct_now()
    assert scene.sync().result == "ok", scene.story()
    theirs = scene.there("Invoice")[0]
    assert theirs["Line"][0]["Description"] == "y" * 4_000
    sent = [line for line in theirs["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    sent[1]["SalesItemLineDetail"]["UnitPrice"], sent[1]["Amount"] = 3, 3
    plain = [{name: float(value) if isinstance(value, Decimal) else value for name, value in line.items()} for line in sent]
    for line in plain:
        detail = line["SalesItemLineDetail"]
        line["SalesItemLineDetail"] = {name: float(value) if isinstance(value, Decimal) else value for name, value in detail.items()}
    scene.actor("edit", entity="Invoice", id=theirs["Id"], changes={"Line": plain})
    assert scene.sync().result == "ok", scene.story()
    held = scene.world.record(scene.company, "invoice", made)["lines"]
    assert [line["description"] for line in held] == [long, None], "our full text stays here"
    assert held[1]["unit_price"] == 3
    assert scene.sync().sent == 0
