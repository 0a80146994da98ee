"""Who did what is told of every command: each public one that changes anything leaves a line in its person's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from syncengine import commands, queries
from syncengine.commands import SaveName, Side, Standing
from syncengine.db.base import Base
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Wanted
from syncengine.queries.sending import ATTENTION
from syncengine.store import brakes, conflicts, corrections, drifts, errors, outbox, people
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Error
from syncengine.terms import OutboxState
from tests.unit.queries import seed

#: Commands that write nothing of a company: they look at a file, or keep it aside.
LOOKS = {"prepare_import", "keep_import", "drop_import"}
#: What is asked for here leaves its line when the worker has done it; `test_longacts.py` and `filing/` hold them to it.
DONE_LATER = {
    "ask_matching", "ask_add_back", "ask_retry_errors", "ask_correct_group", "ask_look", "ask_import", "stop_act", "acknowledge_act",
}  # fmt: skip
BOB = "bob@example.com"
SHEET = b"code,name\nx1,Delta Sails\n"
CLASSES = {"Id": "1", "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}}


@pytest.fixture
def found(sqlite_database, monkeypatch, tmp_path) -> seed.Seed:
    """A company in which every command has something to act on."""
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    found = seed.busy(sqlite_database)
    company_id = found.session.company_id
    with sqlite_database.writing() as connection:
        ledger.keep(connection, company_id, "Preferences", [CLASSES], seed.NOON)
        people.put(connection, company_id, "Ada", "owner", seed.NOON, "seed")
    return found


def row_of(found: seed.Seed, kind: str, record_id: int) -> list[tuple[int, int]]:
    row = seed.row_of(found.database, kind, record_id)
    return [(row["id"], row["version"])]


def failed(found: seed.Seed, name: str) -> list[tuple[int, int]]:
    """A customer who has failed, as its row is seen."""
    with found.database.writing() as connection:
        record_id = writer.save(connection, "customer", found.session.company_id, {"name": name})
    capture.capture(found.database, found.session.clock)
    row = seed.row_of(found.database, "customer", record_id)
    with found.database.writing() as connection:
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.RUNNING)])
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED)])
        seen = outbox.load(connection, [row["id"]])[row["id"]]
        errors.record(connection, seen, seed.NOON, found.cycle, errors.Report("6000", "x", "c", "r"))
    return row_of(found, "customer", record_id)


def offered(found: seed.Seed) -> int:
    """An error with a correction that is offered."""
    with found.database.writing() as connection:
        connection.execute(update(Error).values(group_key="address", klass="policy", correction="leave_email_out"))
        wanted = select(Error.id).where(Error.closed_at.is_(None)).order_by(Error.id.desc())
        error_id = connection.scalars(wanted).first()
        row = errors.by_ids(connection, found.session.company_id, [error_id])[error_id]
        acts = [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]]
        verdict = {"acts": acts, "after": [], "otherwise": [], "ours": {}}
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass="policy", says="Sends it.", verdict=verdict)
    return int(error_id)


def group(found: seed.Seed) -> tuple[Any, ...]:
    failed(found, "Grouped")  # an error whose row waits again by now is not of the group any more
    offered(found)
    fix = queries.group_correction(found.session, "address")
    return "address", fix.count, fix.newest


def conflict(found: seed.Seed) -> tuple[int, str]:
    """An open conflict with what was seen of it."""
    with found.database.writing() as connection:
        place = {"entity": "Customer", "kind": "customer", "record_id": found.customers["Coral Reef Diving"], "label": "Coral"}
        conflicts.record(
            connection, found.session.company_id, seed.NOON, **place, clashes=[conflicts.Clash("CompanyName", "a", "b", "c")]
        )
    row = queries.conflicts(found.session).iloc[0]
    return int(row["id"]), str(row["seen"])


def drift(found: seed.Seed) -> int:
    place = {"entity": "Customer", "kind": "customer", "record_id": found.customers["Coral Reef Diving"], "qbo_id": "58"}
    with found.database.writing() as connection:
        ledger.keep(connection, found.session.company_id, "Customer", [{"Id": "58", "SyncToken": "1", "DisplayName": "C"}], seed.NOON)
        binding = {"company_id": found.session.company_id, "last_success_at": seed.NOON, **place}
        fields = [{"field": "DisplayName", "sent": "A", "theirs": "C"}]
        drifts.record(connection, found.session.company_id, seed.NOON, binding, label="C", what=drifts.CHANGED, fields=fields)
        return drifts.open_of(connection, found.session.company_id)[0]["id"]


def brake(found: seed.Seed) -> int:
    with found.database.writing() as connection:
        facts = {"deleted": {}, "changed": {}, "blanked": {}, "of": 1, "marks": ["a"]}
        brakes.ask(connection, found.session.company_id, seed.NOON, what="implausible", question="Sure?", facts=facts, cycle_id=None)
    return int(queries.brake(found.session)["id"])


def done(found: seed.Seed) -> int:
    """A correction that was carried out and can be taken back."""
    from syncengine.store import overrides

    error_id = offered(found)
    with found.database.writing() as connection:
        row = corrections.of_errors(connection, [error_id])[error_id][-1]
        place = {name: row[name] for name in ("entity", "kind", "record_id")}
        value = {"path": "PrimaryEmailAddr.Address", "ours": "x", "value": None, "correction": row["name"], "made_by": "engine"}
        overrides.add(connection, found.session.company_id, seed.NOON, {**place, **value})
        corrections.become(connection, row["id"], state="done", undo={"do": "own values"}, done_at=seed.NOON, outcome="Taken.")
    return int(row["id"])


def removed(found: seed.Seed) -> int:
    commands.add_to_sync(found.session, "vendor", found.vendor)
    return commands.remove(found.session, row_of(found, "vendor", found.vendor)).act


def counted(found: seed.Seed) -> tuple[int, int]:
    counts = queries.error_group_counts(found.session)
    return counts.errors, counts.newest


def matching(found: seed.Seed, block: str = "") -> tuple[Wanted, Any]:
    commands.add_to_sync(found.session, "vendor", found.vendor)
    wanted = Wanted(block=block)
    return wanted, queries.queue_mark(found.session, wanted)


def alert(found: seed.Seed) -> int:
    if queries.alerts(found.session).empty:
        commands.add_alert(found.session, "webhook", "https://hooks.example/x", ["x"])
    return int(queries.alerts(found.session)["id"].iloc[0])


def real(found: seed.Seed) -> str:
    """A company of Intuit's that somebody sets out to connect."""
    with found.database.writing() as connection:
        values = {"environment": "sandbox", "state": "disconnected", "realm": None}
        connection.execute(update(Link).where(Link.company_id == found.session.company_id).values(**values))
    return "http://localhost:8501/settings"


def emulated(found: seed.Seed) -> None:
    with found.database.writing() as connection:
        connection.execute(update(Link).values(environment="emulator", state="disconnected", sample="demo"))


def brought(found: seed.Seed) -> dict[str, str]:
    return {"state": commands.begin_connecting(found.session, real(found)), "code": "AB11", "realmId": "4620816365"}


#: What each command is given, in an order in which each finds something to do.
WALK: dict[str, Callable[[seed.Seed], tuple[Any, ...]]] = {
    "correct_now": lambda found: (offered(found),),
    "correct_group": group,
    "undo_correction": lambda found: (done(found),),
    "retry": lambda found: (failed(found, "Delta Sails Ltd"),),
    "retry_errors": lambda found: (failed(found, "Echo Ropes Ltd"), counted(found))[1],
    "sync_now": lambda _: (),
    "add_to_sync": lambda found: ("vendor", found.vendor),
    "add_records_to_sync": lambda found: ("vendor", [found.vendor]),
    "add_all_to_sync": lambda found: ("vendor", queries.records_count(found.session, "vendor")),
    "move_to_bottom": lambda found: (row_of(found, "vendor", found.vendor),),
    "remove": lambda found: (row_of(found, "vendor", found.vendor),),
    "add_back": lambda found: (removed(found),),
    "move_matching_to_bottom": matching,
    "remove_matching": matching,
    "choose": lambda found: (conflict(found)[0], "ours"),
    "choose_sides": lambda found: ([Side(conflict(found)[0], "theirs", conflict(found)[1])],),
    "answer_drift": lambda found: (drift(found), "theirs"),
    "answer_brake": lambda found: (brake(found), "keep"),
    "apply_import": lambda found: (commands.prepare_import(found.session, "customer", SHEET, name="a.csv"),),
    "import_file": lambda _: ("customer", b"code,name\nx2,Echo Ropes\n"),
    "save_name": lambda _: ("class", "Retail"),
    "change_names": lambda _: ("class", [SaveName("Online")]),
    "delete_name": lambda found: ("class", int(queries.classes(found.session)["id"].iloc[0])),
    "set_role": lambda _: (BOB, "viewer"),
    "grant": lambda _: (BOB, "see_bills"),
    "revoke": lambda _: (BOB, "see_bills"),
    "leave_to_role": lambda _: (BOB, "see_bills"),
    "change_person": lambda _: (BOB, Standing("operator"), Standing("viewer")),
    "remove_member": lambda _: (BOB,),
    "change_settings": lambda _: ({"stop_at_first_error": True},),
    "set_automatic": lambda _: ("hourly",),
    "set_schedule": lambda _: (),
    "rename_company": lambda _: ("Harbour and Sons",),
    "add_company": lambda _: ("Another", "UTC", "empty"),
    "add_alert": lambda _: ("webhook", "https://hooks.example/x", ["x"]),
    "change_alert": lambda found: (alert(found), ["recovered"]),
    "renew_alert_secret": lambda found: (alert(found),),
    "test_alert": lambda found: (alert(found),),
    "remove_alert": lambda found: (alert(found),),
    "reset_sample": lambda _: (),
    "disconnect": lambda _: (),
    "never_connect": lambda _: (),
    "reconnect": lambda found: (emulated(found), ())[1],
    "keep_app_keys": lambda found: (real(found), ("id", "secret"))[1],
    "begin_connecting": lambda found: (real(found),),
    "finish_connecting": lambda found: (brought(found),),
}
NAMED = {"set_schedule": {"frequency": "daily", "time": "03:00"}}


def public() -> set[str]:
    """Every command that acts in a company."""
    found = {name for name in commands.__all__ if callable(getattr(commands, name)) and not isinstance(getattr(commands, name), type)}
    return found - LOOKS - DONE_LATER


def last(found: seed.Seed) -> int:
    """The newest line of people, in whichever company."""
    table = Base.metadata.tables["sync_audit"]
    with found.database.reading() as connection:
        wanted = select(table.c.id).where(table.c.actor == found.session.actor).order_by(table.c.id.desc()).limit(1)
        return connection.scalar(wanted) or 0


def walked(found: seed.Seed) -> Iterator[tuple[str, int]]:
    """Each command with how many lines in its person's name it left."""
    for name, arguments in WALK.items():
        args = arguments(found)
        before = last(found)
        getattr(commands, name)(found.session, *args, **NAMED.get(name, {}))
        yield name, last(found) - before


def test_the_walk_leaves_out_no_public_command():
    assert set(WALK) == public() - {"retry_matching"}


def test_each_command_that_changes_something_is_told_in_its_persons_name(found):
    assert [name for name, lines in walked(found) if lines <= 0] == []


def test_trying_again_all_that_matches_is_told_too(found):
    before = last(found)
    commands.retry_matching(found.session, *matching(found, ATTENTION))
    assert last(found) > before
    assert "retried what matched" in queries.acts(found.session)["event"].tolist()
