"""The history across records: paged by keyset, hidden where it must be, and read from an index however long it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from syncengine import commands, queries
from syncengine.inventory import writer
from syncengine.queries.foreseen import EVENTS
from syncengine.store import audit, cycles, errors
from syncengine.store.tables import Attempt, AttemptItem, Audit, Cycle
from syncengine.terms import Trigger
from tests.support.plans import plans
from tests.support.source import PACKAGE
from tests.unit.queries import seed
from tests.unit.queries.analyst import of_role

#: So many lines, that a plan which reads them all costs more than one that takes an index.
LONG = 3000


@pytest.fixture
def busy(database):
    return seed.busy(database)


@pytest.fixture
def long(database):
    """A long history in which what is asked for is rare."""
    found = seed.copied(database, "a long history", seed.NOON, lambda: lengthened(seed.busy(database)))
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))
    return found


def lengthened(busy):
    company_id, row = busy.session.company_id, seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"])
    about = {"company_id": company_id, "requestid": "r", "shape": "single", "fence": 1, "sends": 1, "made_at": seed.NOON}
    item = {
        "company_id": company_id, "outbox_id": row["id"], "ordinal": 0, "operation": "create", "entity": "Customer", "payload": "{}",
        "payload_hash": "x", "revision": 1, "intended": {},
    }  # fmt: skip
    line = {
        "company_id": company_id,
        "at": seed.NOON,
        "actor": "engine",
        "event": "available -> running",
        "detail": {},
        "kind": "customer",
    }
    cycle = {
        "company_id": company_id,
        "trigger": "manual",
        "requested_by": "Ada",
        "fence": 1,
        "started_at": seed.NOON,
        "result": "ok",
    }
    with busy.database.writing() as connection:
        connection.execute(insert(Cycle), [cycle] * LONG)
        made = {**about, "cycle_id": busy.cycle, "outcome": "accepted"}
        attempt = connection.execute(insert(Attempt).values(**made).returning(Attempt.id)).scalar_one()
        outcomes = ["accepted"] * LONG + ["refused"] + ["accepted"] * LONG
        connection.execute(insert(AttemptItem), [{**item, "attempt_id": attempt, "outcome": each} for each in outcomes])
        connection.execute(insert(Audit), [line] * LONG)
        arrived = audit.Line("arrived", kind="vendor", record_id=busy.vendor, cycle_id=busy.cycle)
        audit.write(connection, company_id, seed.NOON, [arrived])
        connection.execute(insert(Audit), [line] * LONG)
    commands.add_to_sync(busy.session, "vendor", busy.vendor)
    return busy


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda session: queries.sends(session, outcome="refused"), "ix_sync_attempt_item_outcome"),
        (queries.received, "ix_sync_audit_received"),
        (queries.acts, "ix_sync_audit_people"),
        (lambda session: queries.runs(session, result="errors"), "ix_sync_cycle_result"),
        (lambda session: queries.runs_totals(session, result="errors"), "ix_sync_cycle_result"),
        (lambda session: queries.sends(session, search="1042"), "ix_sync_attempt_item_outbox"),
    ],
    ids=["refused", "received", "acts", "runs", "totals", "search"],
)
def test_what_is_rare_in_a_long_history_is_found_by_an_index(long, ask, index):
    assert index in "\n".join(plans(long.database, lambda: ask(long.session)))


def test_what_was_sent_is_narrowed_and_paged_without_a_gap(long):
    assert len(queries.sends(long.session, outcome="refused")) == 1
    first = queries.sends(long.session, size=10)["id"].tolist()
    older = queries.sends(long.session, before=first[-1], size=10)["id"].tolist()
    assert first + older == sorted(first + older, reverse=True)
    assert first[-1] - older[0] == 1
    assert queries.sends(long.session, after=older[0], size=10)["id"].tolist() == first


def test_a_record_is_found_by_its_name_its_number_and_what_it_was_called(long):
    """A customer was sent; an invoice waits, and was never sent; what is deleted here is found by its name to the letter."""
    session = long.session
    assert set(queries.sends(session, search="alpine")["label"]) == {"Alpine Outfitters"}
    assert len(queries.sends(session, search="alpine", size=10)) == 10
    assert queries.sends(session, search="1042").empty
    assert queries.received(session, search="chandlery")["label"].tolist() == ["Northern Chandlery"]
    assert queries.received(session, search="alpine").empty
    with long.database.writing() as connection:
        writer.delete(connection, "invoice", session.company_id, long.invoice)
        writer.delete(connection, "customer", session.company_id, long.customers["Alpine Outfitters"])
    assert queries.sends(session, search="alpine").empty
    assert set(queries.sends(session, search="Alpine Outfitters", outcome="refused")["label"]) == {"Alpine Outfitters"}


def test_the_moves_of_the_engine_are_neither_acts_nor_receipts(long):
    assert queries.received(long.session)[["event", "label"]].to_numpy().tolist() == [["arrived", "Northern Chandlery"]]
    assert set(queries.acts(long.session)["actor"]) == {"Ada"}
    assert queries.acts(long.session, act="added to sync")["label"].tolist() == ["Northern Chandlery"]


def test_a_run_names_the_errors_that_it_opened(busy):
    found = queries.run(busy.session, busy.cycle)
    assert sorted(found["opened"]["label"]) == ["Alpine Outfitters", "Bluebird Bakery"]
    assert (found["result"], found["sent"], found["failed"]) == ("errors", 7, 2)


def test_what_runs_did_together_is_told_of_all_or_of_the_newest(database, busy, monkeypatch):
    company_id = busy.session.company_id
    base = {"company_id": company_id, "trigger": "automatic", "requested_by": "", "fence": 1, "started_at": seed.NOON}
    with database.writing() as connection:
        connection.execute(insert(Cycle), [{**base, "result": "ok", "sent": n, "received": 1, "failed": 0} for n in (10, 20, 30)])
    seen = queries.run(busy.session, busy.cycle)
    whole = queries.runs_totals(busy.session)
    assert (whole.runs, whole.sent, whole.received, whole.more) == (4, seen["sent"] + 60, seen["received"] + 3, False)
    assert queries.runs_totals(busy.session, result="ok") == queries.RunsTotals(3, 60, 3, 0, more=False)
    assert queries.runs_totals(busy.session, result="interrupted") == queries.RunsTotals(0, 0, 0, 0, more=False)
    monkeypatch.setattr("syncengine.queries.history.MOST_RUNS", 2)
    assert queries.runs_totals(busy.session, result="ok") == queries.RunsTotals(2, 50, 2, 0, more=True)
    assert queries.runs_totals(seed.company(database, "Globex")).runs == 0


def test_another_companys_history_is_not_shown(database, long):
    other = seed.company(database, "Globex")
    assert queries.run(other, long.cycle) is None
    assert queries.sends(other).empty
    assert queries.received(other, run_id=long.cycle).empty
    assert queries.acts(other).empty


def test_who_did_what_leaves_out_what_only_owners_may_look_at(busy, monkeypatch):
    """People, settings and alerts are closed to the other roles where they stand; their lines in the trail are, too."""
    monkeypatch.setenv("TIEOUT_WEBHOOKS_INSIDE", "1")
    owner = of_role(busy.session, "owner")
    commands.set_role(owner, "bob@harbour.example", "accountant")
    commands.change_settings(owner, {"support_address": "boss@harbour.example"}, seen={"support_address": ""})
    commands.add_alert(owner, "mail", "alarm@harbour.example", ["x"])
    commands.rename_company(owner, "Harbour Two")
    commands.add_to_sync(owner, "vendor", busy.vendor)
    if busy.database.dialect == "sqlite":
        queries.sql(owner, "SELECT 1 AS one")
    told = queries.acts(owner)
    assert {"setting changed", "alert added", "renamed", "added to sync"} <= set(told["event"])
    assert "bob@harbour.example" in told.to_csv()
    for role in ("viewer", "accountant", "operator", "manager"):
        seen = queries.acts(of_role(busy.session, role))
        assert set(told["event"]) - set(seen["event"]) >= {"setting changed", "alert added", "renamed"}, role
        assert "added to sync" in set(seen["event"])
        assert not [word for word in ("bob@", "boss@", "alarm@", "SELECT") if word in seen.to_csv()], role


def test_whatever_the_owners_own_pages_tell_is_closed_in_who_did_what():
    assert not [event for event in EVENTS if f"'{event}'" not in audit.OWNERS_ONLY]


@pytest.mark.parametrize("part", ["commands/connection", "engine/consent", "commands/company", "commands/firm", "commands/schedule"])
def test_whatever_is_done_to_the_connection_and_the_settings_is_closed_in_who_did_what(part):
    written = re.findall(r'audit\.Line\(\s*"([^"]+)"', (PACKAGE / f"{part}.py").read_text())
    assert written
    assert not [event for event in written if f"'{event}'" not in audit.OWNERS_ONLY]


def test_a_run_tells_the_errors_that_healed_in_it_and_no_others(busy):
    """One that the run before had left, and that is sent now; what a person removes meanwhile is not the run's doing."""
    row, at = seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"]), busy.session.clock.now()
    with busy.database.writing() as connection:
        made = cycles.start(connection, busy.session.company_id, at, trigger=Trigger.MANUAL, by="Ada", fence=1)
        open_ones = [each["outbox_id"] for each in errors.open_of(connection, busy.session.company_id)]
        others = [each for each in open_ones if each not in {None, row["id"]}]
        errors.close(connection, [row["id"]], at + timedelta(seconds=1), "sent")
        errors.close(connection, others, at + timedelta(seconds=1), "removed")
        counts = {"sent": 1, "received": 0, "failed": 0, "metered_reads": 0, "calls": 1}
        cycles.finish(connection, made, at + timedelta(seconds=2), result="ok", message="", seconds=2.0, **counts)
    assert others
    assert queries.run(busy.session, made)["closed"]["label"].tolist() == [row["label"]]
    assert queries.run(busy.session, busy.cycle)["closed"].empty
