"""Two people, or a person and the worker, at one and the same row: whoever comes second acts on what the first has made of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from syncengine import commands, queries
from syncengine.commands import portions
from syncengine.db.engine import Database
from syncengine.errors import Refused
from syncengine.queries import Session
from syncengine.store import corrections, errors, outbox, overrides
from syncengine.store.tables import Audit, Correction, Error, Outbox, Request
from syncengine.terms import OutboxState
from tests.support.crossing import crossed
from tests.support.longacts import steps
from tests.unit.queries import seed
from tests.unit.ui.failing import FIX, alike, error_of, offer


@pytest.fixture
def busy(postgres_database) -> seed.Seed:
    """A company on a working day, on PostgreSQL: on SQLite a writing transaction is alone."""
    return seed.busy(postgres_database)


def both(session: Session, first: Callable[[Session], Any], second: Callable[[Session], Any], *, held: int = 1) -> tuple[Any, Any]:
    """What two people are answered who press at the same moment."""
    return crossed(
        session.database, lambda late: first(replace(session, database=late)), lambda: second(session), held=held
    )


def alpine(busy: seed.Seed) -> dict[str, Any]:
    """The row of the record that will be tried again by itself."""
    return seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"])


def seen(busy: seed.Seed) -> list[tuple[int, int]]:
    row = alpine(busy)
    return [(row["id"], row["version"])]


def closed(busy: seed.Seed, row_id: int) -> list[str | None]:
    """Why the errors of a row are over."""
    with busy.database.reading() as connection:
        return list(connection.scalars(select(Error.closed_why).where(Error.outbox_id == row_id)))


def retry_all(session: Session) -> Any:
    """Retry all, of everything that fails, as the page shows it."""
    with session.database.reading() as connection:
        count, newest = connection.execute(select(func.count(), func.max(Error.id)).where(Error.closed_at.is_(None))).one()
    return commands.retry_errors(session, count, newest)


def claim(database: Database, row_id: int) -> None:
    """The worker takes a row, as it does for one whose answer it asks for again: without the queue's lock."""
    with database.writing() as connection:
        outbox.move(connection, seed.NOON, [outbox.Move(row_id, OutboxState.RUNNING)])


# --- rows of the queue ------------------------------------------------------------------------------------------------


def test_what_somebody_removes_is_not_brought_back_by_who_retries_everything(busy):
    rows = seen(busy)
    removed, retried = both(busy.session, lambda each: commands.remove(each, rows), retry_all)
    assert removed.done == 1
    assert isinstance(retried, Refused)
    assert "have changed since you saw them: there are 1 now" in str(retried)
    assert alpine(busy)["state"] == "cancelled"
    assert closed(busy, rows[0][0]) == ["removed"]


def test_what_the_worker_has_taken_is_not_taken_from_it_by_who_retries_everything(busy):
    row_id = alpine(busy)["id"]
    _, retried = crossed(busy.database, lambda late: claim(late, row_id), lambda: retry_all(busy.session))
    assert retried.done == 1, "the other record that failed"
    assert "Customer Alpine Outfitters is being sent just now" in retried.refused[0]
    assert alpine(busy)["state"] == "running"
    assert closed(busy, row_id) == [None]


ACTS: dict[str, Callable[..., Any]] = {
    "remove": commands.remove, "retry": commands.retry, "move to bottom": commands.move_to_bottom,
}  # fmt: skip


@pytest.mark.parametrize("second", ACTS)
@pytest.mark.parametrize("first", ACTS)
def test_of_two_acts_on_one_row_the_second_is_refused(busy, first, second):
    rows = seen(busy)
    done, refused = both(busy.session, lambda each: ACTS[first](each, rows), lambda each: ACTS[second](each, rows))
    assert done.done == 1
    assert isinstance(refused, Refused)
    assert "has moved on since you saw it" in str(refused)
    with busy.database.reading() as connection:
        made = list(connection.scalars(select(Audit.event).where(Audit.outbox_id == rows[0][0], Audit.actor == "Ada")))
    assert len(made) == 1


def test_two_who_move_rows_to_the_bottom_give_no_place_twice(busy):
    with busy.database.reading() as connection:
        every = outbox.rows(connection, busy.session.company_id)
    some, others = ([(row["id"], row["version"]) for row in every if row["id"] % 2 == rest] for rest in (0, 1))
    both(busy.session, lambda each: commands.move_to_bottom(each, some), lambda each: commands.move_to_bottom(each, others))
    with busy.database.reading() as connection:
        places = [row["position"] for row in outbox.rows(connection, busy.session.company_id)]
    assert len(places) == len(set(places))


def test_a_sweep_of_what_has_moved_on_since_it_was_read_moves_nothing(busy):
    with busy.database.reading() as connection:
        read = connection.execute(select(Outbox.id, Outbox.state).where(Outbox.label.in_(["Alpine Outfitters", "Bluebird Bakery"]))).all()
    commands.remove(busy.session, seen(busy))
    with pytest.raises(Refused, match="moved on since you saw them"), busy.database.writing() as connection:
        outbox.sweep(connection, seed.NOON, read, OutboxState.AVAILABLE, actor="Ada", changes={}, why={})
    assert (alpine(busy)["state"], alpine(busy)["version"]) == ("cancelled", seen(busy)[0][1])
    assert seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])["state"] == "parked"


# --- corrections ------------------------------------------------------------------------------------------------------


def wanted(busy: seed.Seed) -> dict[str, str]:
    """What stands with each correction, by its record."""
    with busy.database.reading() as connection:
        return dict(connection.execute(select(Correction.label, Correction.state)).all())


def requests(busy: seed.Seed) -> int:
    with busy.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Request)) or 0


def test_what_somebody_removes_is_not_corrected_by_who_presses_do_it(busy):
    error_id, rows = offer(busy, "Alpine Outfitters"), seen(busy)
    removed, corrected = both(
        busy.session, lambda each: commands.remove(each, rows), lambda each: commands.correct_now(each, error_id)
    )
    assert removed.done == 1
    assert isinstance(corrected, Refused)
    assert "no longer" in str(corrected)
    assert (alpine(busy)["state"], closed(busy, rows[0][0])) == ("cancelled", ["removed"])
    assert (wanted(busy), requests(busy)) == ({"Alpine Outfitters": "offered"}, 0)


def test_of_two_who_press_do_it_the_second_hears_that_it_was_done(busy):
    error_id = offer(busy, "Alpine Outfitters")
    both_said = both(
        busy.session, lambda each: commands.correct_now(each, error_id), lambda each: commands.correct_now(each, error_id)
    )
    assert isinstance(both_said[1], Refused)
    assert "going to run with the next sync already" in str(both_said[1])
    with busy.database.reading() as connection:
        assert connection.scalar(select(func.count()).where(Audit.event == "correction wanted")) == 1


def test_what_is_offered_otherwise_at_this_moment_is_not_what_was_agreed_to(busy):
    error_id = offer(busy, "Alpine Outfitters")
    mark = queries.correction_of(busy.session, error_id)["mark"]

    _, said = crossed(
        busy.database, lambda late: offer_otherwise(busy, error_id, late), lambda: commands.correct_now(busy.session, error_id, seen=mark)
    )
    assert isinstance(said, Refused)
    assert "has changed since you saw it" in str(said)
    assert wanted(busy) == {"Alpine Outfitters": "offered"}


def test_what_somebody_agrees_to_at_this_moment_is_not_made_into_something_else(busy):
    error_id = offer(busy, "Alpine Outfitters")
    both_said = crossed(
        busy.database,
        lambda late: commands.correct_now(replace(busy.session, database=late), error_id),
        lambda: offer_otherwise(busy, error_id, busy.database),
    )
    assert both_said == ("Sends customer Bluebird Bakery without its e-mail.", None)
    with busy.database.reading() as connection:
        held = corrections.of_errors(connection, [error_id])[error_id]
    assert [(each["state"], each["verdict"]["acts"]) for each in held] == [("wanted", FIX["acts"])]


def one(busy: seed.Seed) -> Callable[[Session], Any]:
    error_id = offer(busy, "Alpine Outfitters")
    return lambda each: commands.correct_now(each, error_id)


def cause(busy: seed.Seed) -> Callable[[Session], Any]:
    alike(busy)
    found = queries.group_correction(busy.session, "address")
    return lambda each: commands.correct_group(each, "address", found.count, found.newest)


def by_the_worker(busy: seed.Seed) -> Callable[[Session], Any]:
    alike(busy)
    found = queries.group_correction(busy.session, "address")
    act_id = commands.ask_correct_group(busy.session, "address", found.count, found.newest)
    for step in itertools.islice(steps(busy.session, act_id), 2):
        step()  # all but its end
    return lambda each: portions.carry_on(each, "correct", act_id)


@pytest.mark.parametrize("corrects", [one, cause, by_the_worker])
def test_a_company_that_is_being_cut_off_at_this_moment_is_asked_no_sync_of(busy, corrects):
    act = corrects(busy)
    cut, done = both(busy.session, commands.disconnect, act)
    assert cut is None
    assert not isinstance(done, BaseException), done
    assert set(wanted(busy).values()) == {"wanted"}
    assert requests(busy) == 0


def offer_otherwise(busy: seed.Seed, error_id: int, database: Database) -> None:
    """A sync offers what is called the same and does something else."""
    verdict = {**FIX, "acts": [["override", {"path": "Notes", "value": None}]]}
    says = "Sends customer Bluebird Bakery without its e-mail."
    with database.writing() as connection:
        row = errors.by_ids(connection, busy.session.company_id, [error_id])[error_id]
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass="policy", says=says, verdict=verdict)


@pytest.mark.parametrize("act", ["remove", "retry"])
def test_a_record_that_somebody_takes_in_hand_is_not_corrected_with_its_cause(busy, act):
    alike(busy)
    row_id = int(error_of(busy, "Vendor 01")["outbox_id"])
    with busy.database.reading() as connection:
        row = outbox.state_of(connection, row_id)
    found = queries.group_correction(busy.session, "address")
    done, group = both(
        busy.session,
        lambda each: ACTS[act](each, [(row_id, row["version"])]),
        lambda each: commands.correct_group(each, "address", found.count, found.newest),
    )
    assert done.done == 1
    assert group.done == 2 or isinstance(group, Refused)
    assert wanted(busy)["Vendor 01"] == "offered"


def test_of_two_who_take_a_correction_back_the_second_is_refused(busy):
    error_id = offer(busy, "Alpine Outfitters")
    with busy.database.writing() as connection:
        row = corrections.of_errors(connection, [error_id])[error_id][0]
        corrections.become(connection, row["id"], state="done", undo={"do": "own values"}, done_at=seed.NOON)
        _override(connection, busy, row)
    _, second = both(
        busy.session, lambda each: commands.undo_correction(each, row["id"]), lambda each: commands.undo_correction(each, row["id"])
    )
    assert isinstance(second, Refused)
    assert wanted(busy) == {"Alpine Outfitters": "undone"}


def _override(connection: Connection, busy: seed.Seed, row: Any) -> None:
    place = {name: row[name] for name in ("entity", "kind", "record_id")}
    values = {"path": "PrimaryEmailAddr.Address", "ours": "c1@example.com", "value": None, "correction": row["name"], "made_by": "Ada"}
    overrides.add(connection, busy.session.company_id, seed.NOON, {**place, **values})
