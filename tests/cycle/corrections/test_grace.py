"""The grace: a failure is seen in cycle n, sent again unchanged in n+1 to n+3, and corrected in n+3 (D1 to D10)."""

from __future__ import annotations

import pytest

from syncengine import commands
from syncengine.errors import Refused
from syncengine.terms import OutboxState
from tests.cycle.corrections.scene import Scene


def bad_address(scene: Scene) -> int:
    return scene.save("customer", name="No Mail", email="nobody")


def test_a_safe_correction_waits_three_cycles_and_runs_in_the_third_of_them(scene: Scene) -> None:
    made = bad_address(scene)
    for tries in (0, 1, 2):
        assert scene.sync().result == "errors"
        assert (scene.error["tries"], scene.error["code"], scene.error["klass"]) == (tries, "2210", "safe")
        offered = scene.corrections()
        assert [(row["name"], row["state"]) for row in offered] == [("leave_email_out", "offered")]
        assert "nobody" in offered[0]["says"], "what it will do is shown before it acts, with real names"
    row = scene.rows[0]["id"]
    assert scene.sync().result == "ok"
    assert scene.errors == []
    assert [(each["name"], each["state"]) for each in scene.corrections()] == [("leave_email_out", "done")]
    hashes = scene.sent(row)
    assert len(hashes) == 5
    assert len(set(hashes[:4])) == 1, "it was sent again unchanged (D3)"
    assert hashes[4] != hashes[0]
    there = scene.there("Customer", "where DisplayName = 'No Mail'")
    assert len(there) == 1
    assert "PrimaryEmailAddr" not in there[0]
    assert scene.world.record(scene.company, "customer", made)["email"] == "nobody", "ours stays here"


def test_what_was_left_out_is_neither_a_difference_nor_a_change_of_theirs(scene: Scene) -> None:
    made = bad_address(scene)
    for _ in range(4):
        scene.sync()
    assert scene.sync().sent == 0
    theirs = scene.there("Customer", "where DisplayName = 'No Mail'")[0]
    scene.actor("edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs"})
    scene.save("customer", id=made, phone="555")
    assert scene.sync().result == "ok"
    record = scene.world.record(scene.company, "customer", made)
    assert (record["email"], record["notes"], record["phone"]) == ("nobody", "theirs", "555")
    assert "PrimaryEmailAddr" not in scene.there("Customer", "where DisplayName = 'No Mail'")[0]


def test_an_edit_of_the_value_ends_its_stand_in(scene: Scene) -> None:
    made = bad_address(scene)
    for _ in range(4):
        scene.sync()
    assert scene.overrides() == {"PrimaryEmailAddr.Address": None}
    scene.save("customer", id=made, email="some@body.example")
    assert scene.sync().result == "ok"
    assert scene.overrides() == {}
    there = scene.there("Customer", "where DisplayName = 'No Mail'")[0]
    assert there["PrimaryEmailAddr"]["Address"] == "some@body.example"


def test_an_address_that_is_typed_in_quickbooks_comes_here_and_ends_the_stand_in(scene: Scene) -> None:
    made = bad_address(scene)
    for _ in range(4):
        scene.sync()
    theirs = scene.there("Customer", "where DisplayName = 'No Mail'")[0]
    scene.actor("edit", entity="Customer", id=theirs["Id"], changes={"PrimaryEmailAddr": {"Address": "new@body.example"}})
    assert scene.sync().result == "ok"
    assert scene.world.record(scene.company, "customer", made)["email"] == "new@body.example"
    assert scene.sync().sent == 0


def test_editing_the_record_starts_the_count_anew(scene: Scene) -> None:
    made = bad_address(scene)
    for _ in range(3):
        scene.sync()
    scene.save("customer", id=made, email="no one")
    scene.sync()
    assert scene.error["tries"] == 0
    assert scene.corrections("done", "applied") == []
    assert len(scene.corrections("offered")) == 1, "what was offered for the earlier failure is withdrawn"


def test_retry_starts_the_count_anew(scene: Scene) -> None:
    bad_address(scene)
    for _ in range(3):
        scene.sync()
    row = scene.rows[0]
    commands.retry(scene.session, [(row["id"], row["version"])])
    scene.sync()
    assert scene.error["tries"] == 0


def test_an_outage_never_counts(scene: Scene) -> None:
    bad_address(scene)
    scene.sync()
    scene.world.faults({"kind": "unavailable_503", "count": 100})
    for _ in range(4):
        assert scene.sync().result == "failed"
    scene.world.control("faults", method="DELETE")
    assert scene.error["tries"] == 0
    scene.sync()
    assert scene.error["tries"] == 1


def test_correct_now_skips_the_wait_and_asks_for_a_sync(scene: Scene) -> None:
    bad_address(scene)
    scene.sync()
    says = scene.correct_now()
    assert "nobody" in says
    with pytest.raises(Refused, match="already"):
        scene.correct_now()
    assert scene.sync().result == "ok"
    done = scene.corrections()[0]
    assert (done["state"], done["wanted_by"]) == ("done", "Ada")


def test_correct_now_is_refused_where_the_machine_can_do_nothing(scene: Scene) -> None:
    scene.save("customer", name="Harbour Supply")
    scene.sync()
    with pytest.raises(Refused, match="Rename"):
        scene.correct_now()
    error = scene.error["id"]
    with pytest.raises(Refused, match="no longer open"):
        commands.correct_now(scene.session, error + 1000)


def test_a_correction_that_is_policy_runs_by_itself_only_where_the_owner_allows_it(scene: Scene) -> None:
    scene.save("vendor", name="Harbour Supply")
    for _ in range(4):
        assert scene.sync().result == "errors"
    assert scene.rows[0]["state"] == OutboxState.PARKED
    assert scene.error["klass"] == "policy"
    assert [row["state"] for row in scene.corrections()] == ["offered"]
    scene.allow("name_suffix")
    assert scene.sync().result == "ok"
    assert [vendor["DisplayName"] for vendor in scene.there("Vendor")] == ["Harbour Supply (V)"]


def test_a_correction_can_be_taken_back(scene: Scene) -> None:
    made = scene.save("vendor", name="Harbour Supply")
    scene.sync()
    scene.correct_now()
    assert scene.sync().result == "ok"
    theirs = scene.id_of("Customer", "Harbour Supply")
    scene.world.save(scene.company, "customer", {"id": scene.customer, "name": "Harbour Sales"})
    assert scene.sync().result == "ok", theirs
    commands.undo_correction(scene.session, scene.corrections("done")[0]["id"])
    assert scene.sync().result == "ok"
    assert [vendor["DisplayName"] for vendor in scene.there("Vendor")] == ["Harbour Supply"], made
    with pytest.raises(Refused, match="not carried out"):
        commands.undo_correction(scene.session, scene.corrections("undone")[0]["id"])


def test_a_failing_record_is_corrected_even_where_the_first_error_stops_all(scene: Scene) -> None:
    scene.setting("stop_at_first_error", True)
    bad_address(scene)
    scene.save("customer", name="Behind")
    for _ in range(3):
        assert scene.sync().sent == 0
    assert scene.sync().result == "ok"
    assert len(scene.there("Customer")) == 3
