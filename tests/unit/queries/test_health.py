"""The light on the button and the health in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Select, delete, update

from syncengine import commands, queries
from syncengine.ledger import writer as ledger
from syncengine.queries import Health
from syncengine.queries.health import Part
from syncengine.store import brakes, connections, cycles, errors, outbox, settings
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Lease, Worker
from syncengine.terms import OutboxState, Trigger
from tests.support.plans import plans
from tests.support.statements import statements
from tests.unit.queries import seed

#: So many statements is a look at a company at a glance, the beginning of the transaction among them.
MOST = 16


def finished(session, result, *, failed=0, message=None, ago=60):
    with session.database.writing() as connection:
        at = session.clock.now() - timedelta(seconds=ago)
        cycle_id = cycles.start(connection, session.company_id, at, trigger=Trigger.MANUAL, by="Ada", fence=1)
        cycles.finish(connection, cycle_id, at, result=result, message=message, seconds=1.0, failed=failed)


def part(session, name):
    return next(part for part in queries.overview(session).parts if part.name == name)


def test_before_the_first_sync_there_is_no_light_and_no_judgement(database):
    seen = queries.overview(seed.company(database))
    assert (seen.light, seen.health, seen.last_run) == ("none", Health.UNKNOWN, None)
    assert seen.reasons == ("Nothing has been synced yet.",)


def test_a_good_run_lights_the_check_and_all_is_healthy(database):
    session = seed.company(database)
    finished(session, "ok")
    seen = queries.overview(session)
    assert (seen.light, seen.health, seen.reasons) == ("check", Health.HEALTHY, ())
    assert seen.last_success_at is not None


@pytest.mark.parametrize(
    ("result", "health"), [("errors", Health.WARNING), ("failed", Health.DEGRADED), ("interrupted", Health.WARNING)]
)
def test_a_run_that_did_not_go_well_lights_the_x(database, result, health):
    session = seed.company(database)
    finished(session, "ok", ago=120)
    finished(session, result, failed=1, message="QuickBooks could not be reached.")
    seen = queries.overview(session)
    assert (seen.light, seen.health) == ("x", health)


def test_the_light_is_x_while_a_row_is_parked_though_the_last_run_went_well(database):
    found = seed.busy(database)
    finished(found.session, "ok")
    assert queries.overview(found.session).light == "x"


def test_a_run_that_lasts_leaves_the_light_of_the_one_before(database):
    session = seed.company(database)
    finished(session, "ok")
    with database.writing() as connection:
        cycles.start(connection, session.company_id, session.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=2)
    assert queries.overview(session).light == "check"


def test_a_silent_worker_is_degraded_and_one_never_heard_is_unknown(database):
    session = seed.company(database)
    finished(session, "ok")
    session.clock.advance(10)
    assert queries.overview(session).worker_heard
    session.clock.advance(0.5)
    seen = queries.overview(session)
    assert (seen.worker_heard, seen.health) == (False, Health.DEGRADED)
    with database.writing() as connection:
        connection.execute(delete(Worker))
    assert part(session, "Worker").health is Health.UNKNOWN


@pytest.mark.parametrize(
    ("state", "message", "health", "says"),
    [
        ("broken", "Connect again.", Health.DEGRADED, "Connect again."),
        ("broken", None, Health.DEGRADED, "sign-in"),
        ("disconnected", None, Health.WARNING, "not connected to QuickBooks yet: nothing is synced"),
        ("broken", connections.RETURNING, Health.HEALTHY, "signs in again with the next sync"),
        ("connected", None, Health.HEALTHY, "Connected"),
    ],
)
def test_the_connection_s_state_is_said_in_words(database, state, message, health, says):
    session = seed.company(database)
    with database.writing() as connection:
        connection.execute(update(Link).values(state=state, message=message))
    assert part(session, "Connection").health is health
    assert says in part(session, "Connection").says


def test_a_company_that_was_cut_off_is_degraded_and_no_sync_of_it_is_due(database):
    session = seed.busy(database).session
    with database.writing() as connection:
        settings.put(connection, session.company_id, "automatic_sync", "hourly")
        connection.execute(update(Link).values(realm="sealed"))
    assert queries.overview(session).next_run_at is not None
    commands.disconnect(session)
    seen = queries.overview(session)
    assert (seen.health, seen.link, seen.is_cut, seen.next_run_at) == (Health.DEGRADED, "disconnected", True, None)
    assert seen.reasons[0] == "This company is disconnected from QuickBooks: nothing is synced."
    assert part(session, "Schedule") == Part("Schedule", Health.WARNING, "No sync runs until the company is connected.")
    session.clock.advance(7200)
    assert "overdue" not in " ".join(queries.overview(session).reasons)
    commands.never_connect(session)
    assert part(session, "Schedule").health is part(session, "Connection").health is Health.HEALTHY
    commands.reconnect(session)
    seen = queries.overview(session)
    assert (seen.link, seen.is_cut, seen.next_run_at is None) == ("returning", False, False)


def test_a_run_that_failed_as_the_company_was_cut_off_asks_for_nothing_once_it_is_connected_again(database):
    session = seed.company(database)
    with database.writing() as connection:
        connection.execute(update(Link).values(realm="sealed", state="disconnected"))
    finished(session, "failed", message=connections.CUT_OFF)
    assert part(session, "Last sync") == Part("Last sync", Health.DEGRADED, connections.CUT_OFF)
    commands.reconnect(session)
    assert part(session, "Last sync").health is Health.WARNING
    assert "connected again since" in part(session, "Last sync").says


def test_a_run_that_failed_before_a_new_consent_asks_for_nothing_and_a_later_one_does(database):
    session = seed.company(database)
    finished(session, "failed", message="Connect the company again.")
    failed_at = queries.overview(session).last_run["finished_at"]
    for consent, says in ((failed_at, "Connect the company again."), (failed_at + timedelta(seconds=1), "connected again since")):
        with database.writing() as connection:
            connection.execute(update(Link).values(connected_at=consent))
        assert says in part(session, "Last sync").says


def test_a_company_without_connection_is_unknown(database):
    session = seed.company(database)
    with database.writing() as connection:
        connection.execute(delete(Link))
    assert part(session, "Connection").health is Health.UNKNOWN
    assert queries.overview(session).environment == ""


def test_an_automatic_run_that_is_overdue_is_news(database):
    session = seed.busy(database).session
    with database.writing() as connection:
        settings.put(connection, session.company_id, "automatic_sync", "hourly")
        connection.execute(update(Lease).values(next_run_at=session.clock.now() - timedelta(minutes=29)))
    assert part(session, "Schedule").health is Health.HEALTHY
    session.clock.advance(120)
    assert part(session, "Schedule").health is Health.WARNING


def test_what_needs_a_person_is_said_and_counted(database):
    seen = queries.overview(seed.busy(database).session)
    assert (seen.troubles.errors, seen.troubles.conflicts, seen.troubles.inbox, seen.troubles.total) == (2, 1, 1, 4)
    assert "2 records in the queue need attention." in seen.reasons
    assert any("changed on both sides" in reason for reason in seen.reasons)


def test_a_record_that_waits_for_a_choice_counts_among_the_decisions_alone(database):
    found = seed.busy(database)
    before = queries.overview(found.session)
    coral = found.customers["Coral Reef Diving"]
    commands.add_to_sync(found.session, "customer", coral)
    row = seed.row_of(database, "customer", coral)
    with database.writing() as connection:
        report = errors.Report("local", "", "Both sides changed the e-mail.", "Choose whose value stands.")
        errors.record(connection, row, seed.NOON, found.cycle, report)
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED, changes={"parked_by": outbox.CONFLICT})])
    seen = queries.overview(found.session)
    assert (seen.troubles.errors, seen.troubles.undecided) == (before.troubles.errors + 1, 1)
    assert seen.troubles.failures == before.troubles.failures
    assert seen.troubles.decisions == before.troubles.decisions
    assert seen.attention == before.attention
    assert part(found.session, "Queue") == next(each for each in before.parts if each.name == "Queue")
    commands.remove(found.session, [(row["id"], seed.row_of(database, "customer", coral)["version"])])
    assert queries.overview(found.session).troubles.undecided == 0


def test_what_waits_for_a_choice_is_found_among_the_rows_that_do(database):
    """From the other side all errors of the company would be looked at, or all of its conflicts."""
    found = seed.busy(database)
    [plan] = plans(database, lambda: queries.trouble_counts(found.session))
    assert "ix_sync_outbox_undecided" in plan
    assert not re.search(r"(?i)\bscan (on )?sync_(error|outbox)", plan)


def test_a_look_counts_what_waits_by_kind_and_state(database):
    found = seed.busy(database)
    seen, listed = queries.overview(found.session), queries.queue(found.session, size=100)
    by_kind = {kind: rows["state"].value_counts().to_dict() for kind, rows in listed.groupby("kind")}
    assert seen.tally.by_kind == by_kind
    assert seen.queue == queries.queue_counts(found.session)
    assert seen.queue.total == len(listed)


def test_a_sync_that_stopped_to_ask_is_degraded_until_it_is_answered(database):
    session = seed.company(database)
    with database.writing() as connection:
        facts = {"marks": ["a"]}
        brakes.ask(connection, session.company_id, seed.NOON, what="emptied", question="Really?", facts=facts, cycle_id=None)
    assert part(session, "Question").health is Health.DEGRADED
    assert "Nothing goes on until somebody answers." in part(session, "Question").says
    assert queries.overview(session).health is Health.DEGRADED
    with database.writing() as connection:
        brakes.answer(connection, session.company_id, queries.brake(session)["id"], seed.NOON, "keep", by="Ada")
    assert part(session, "Question").health is Health.HEALTHY


def test_the_worst_reason_comes_first(database):
    session = seed.busy(database).session
    session.clock.advance(11)
    assert queries.overview(session).reasons[0].startswith("No worker is heard")


def test_progress_is_that_of_the_run_and_of_the_wish_before_it(database):
    session = seed.company(database)
    assert queries.progress(session) is None
    with database.writing() as connection:
        cycles.request(connection, session.company_id, session.clock.now(), by="Ada")
    wish = queries.progress(session)
    assert (wish.cycle_id, wish.by, wish.again) == (None, "Ada", False)
    with database.writing() as connection:
        cycle_id = cycles.start(connection, session.company_id, session.clock.now(), trigger=Trigger.MANUAL, by="Bo", fence=1)
        cycles.progress(connection, cycle_id, session.clock.now(), phase="Sending", done=3, total=9, sent=3)
    running = queries.progress(session)
    assert (running.cycle_id, running.phase, running.done, running.total, running.again) == (cycle_id, "Sending", 3, 9, True)


def test_runs_come_newest_first_and_in_pages(database):
    session = seed.company(database)
    for number in range(5):
        finished(session, "ok", ago=100 - number)
    ids = queries.runs(session)["id"].tolist()
    assert ids == sorted(ids, reverse=True)
    assert queries.runs(session, page=2, size=2)["id"].tolist() == ids[2:4]
    assert queries.runs(seed.company(database, "Globex")).empty


def test_saved_changes_that_nobody_has_queued_yet_are_counted(database):
    from syncengine.engine import capture
    from syncengine.inventory import writer

    session = seed.company(database)
    with database.writing() as connection:
        writer.save(connection, "customer", session.company_id, {"code": "c9", "name": "Late"})
    assert queries.overview(session).uncaptured == 1
    capture.capture(database, session.clock)
    assert queries.overview(session).uncaptured == 0


def test_a_look_at_a_company_asks_nothing_twice(database):
    found = seed.busy(database)
    with database.writing() as connection:
        told = {"Id": "1", "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}}
        ledger.keep(connection, found.session.company_id, "Preferences", [told], found.session.clock.now())
    queries.overview(found.session)
    with statements(database) as asked:
        seen = queries.overview(found.session)
    assert seen.tracks == {"class", "department"}
    assert len(set(asked)) == len(asked) <= MOST, asked


def test_a_look_at_a_company_is_put_into_sql_once(database, monkeypatch):
    """To build its statements anew took longer than the database needs for them."""
    built = []
    make = Select.__init__

    def counted(self, *columns):
        built.append(columns)
        make(self, *columns)

    found = seed.busy(database)
    queries.overview(found.session)
    monkeypatch.setattr(Select, "__init__", counted)
    queries.overview(found.session)
    assert len(built) <= 5, built  # the blocks of the queue, whose conditions follow from what is wanted, and the sample's day


def test_while_a_sync_runs_the_light_is_that_of_the_one_before(database):
    session = seed.company(database)
    finished(session, "ok")
    with database.writing() as connection:
        cycles.start(connection, session.company_id, session.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=2)
    seen = queries.overview(session)
    assert (seen.light, seen.last_run["result"]) == ("check", "ok")
    assert seen.progress is not None
