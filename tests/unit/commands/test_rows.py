"""Remove, Move to bottom, Retry, Add to sync: on the rows that the person saw, or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select, update

from syncengine import commands, queries
from syncengine.engine.wanted import ATTENTION, Wanted
from syncengine.errors import Refused
from syncengine.store import outbox
from syncengine.store.tables import Audit, Error, Outbox
from syncengine.terms import OutboxState
from tests.unit.queries import seed

COMMANDS = [commands.remove, commands.move_to_bottom, commands.retry]


def seen(found, kind, record_id):
    row = seed.row_of(found.database, kind, record_id)
    return row["id"], row["version"]


def alpine(found):
    return seen(found, "customer", found.customers["Alpine Outfitters"])


def bluebird(found):
    return seen(found, "customer", found.customers["Bluebird Bakery"])


def acts(database, actor="Ada"):
    with database.reading() as connection:
        return list(connection.scalars(select(Audit.event).where(Audit.actor == actor).order_by(Audit.id)))


def labels(found):
    return queries.queue(found.session)["label"].tolist()


def test_a_removed_row_is_gone_and_its_error_with_it(database):
    found = seed.busy(database)
    assert commands.remove(found.session, [bluebird(found)]).done == 1
    assert "Bluebird Bakery" not in labels(found)
    assert queries.errors(found.session)["label"].tolist() == ["Alpine Outfitters"]
    assert acts(database) == ["removed from the queue", "parked -> cancelled"]


def test_a_removed_record_comes_back_by_add_to_sync(database):
    found = seed.busy(database)
    commands.remove(found.session, [bluebird(found)])
    commands.add_to_sync(found.session, "customer", np.int64(found.customers["Bluebird Bakery"]))
    assert seed.row_of(database, "customer", found.customers["Bluebird Bakery"])["state"] == "available"
    assert "Bluebird Bakery" in labels(found)
    assert acts(database)[-1] == "added to sync"


def test_move_to_bottom_keeps_the_order_of_the_rows_that_move(database):
    found = seed.busy(database)
    vendor, item = seen(found, "vendor", found.vendor), seen(found, "item", found.item)
    assert commands.move_to_bottom(found.session, [vendor, item]).done == 2
    positions = [
        seed.row_of(database, kind, record)["position"]
        for kind, record in (("invoice", found.invoice), ("item", found.item), ("vendor", found.vendor))
    ]
    # The item was queued before the vendor.
    assert positions == sorted(positions)
    assert acts(database) == ["moved to bottom"] * 2


def test_retry_starts_the_count_anew(database):
    found = seed.busy(database)
    assert commands.retry(found.session, [alpine(found), bluebird(found)]).done == 2
    rows = [seed.row_of(database, "customer", found.customers[name]) for name in ("Alpine Outfitters", "Bluebird Bakery")]
    assert {row["state"] for row in rows} == {"available"}
    assert {(row["reason"], row["message"], row["failed_seq"], row["parked_by"]) for row in rows} == {(None, None, None, None)}
    with database.reading() as connection:
        assert set(connection.scalars(select(Error.closed_why))) == {"retried"}
    assert acts(database) == ["retryable -> available", "parked -> available"]


def test_a_row_that_waits_already_is_not_retried(database):
    found = seed.busy(database)
    with pytest.raises(Refused, match="Vendor Northern Chandlery is waiting"):
        commands.retry(found.session, [seen(found, "vendor", found.vendor)])


def test_a_record_that_both_sides_changed_is_not_retried_before_somebody_has_chosen(database):
    """Its error would close as if it were mended, until the next sync finds the conflict as it was."""
    found = seed.busy(database)
    with database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.id == bluebird(found)[0]).values(parked_by=outbox.CONFLICT))
    with pytest.raises(Refused, match="Customer Bluebird Bakery was changed on both sides"):
        commands.retry(found.session, [bluebird(found)])
    done = commands.retry_matching(found.session, Wanted(), queries.queue_mark(found.session, Wanted(block=ATTENTION)))
    assert (done.done, "somebody has to choose" in done.refused[0]) == (1, True)
    assert queries.errors(found.session)["label"].tolist() == ["Bluebird Bakery"]
    with pytest.raises(Refused, match="somebody has to choose"):
        commands.retry_matching(found.session, Wanted(), queries.queue_mark(found.session, Wanted(block=ATTENTION)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_row_that_has_moved_on_since_is_left_alone(database, command):
    found = seed.busy(database)
    row_id, version = bluebird(found)
    before = seed.row_of(database, "customer", found.customers["Bluebird Bakery"])
    with pytest.raises(Refused, match="has moved on since you saw it"):
        command(found.session, [(row_id, version - 1)])
    assert seed.row_of(database, "customer", found.customers["Bluebird Bakery"]) == before
    assert acts(database) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_second_of_two_people_is_refused(database, command):
    found = seed.busy(database)
    row = bluebird(found)
    command(found.session, [row])
    with pytest.raises(Refused):
        command(found.session, [row])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_row_whose_answer_is_awaited_is_left_alone(database, command):
    """It may be booked already: taken away now, the next cycle would not find it again."""
    found = seed.busy(database)
    row = alpine(found)
    with database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.id == row[0]).values(unanswered=True))
    with pytest.raises(Refused, match="answer is still awaited"):
        command(found.session, [row])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_row_that_is_being_sent_is_left_alone(database, command):
    found = seed.busy(database)
    row_id, _ = seen(found, "vendor", found.vendor)
    with database.writing() as connection:
        outbox.move(connection, seed.NOON, [outbox.Move(row_id, OutboxState.RUNNING)])
    with pytest.raises(Refused, match="being sent just now"):
        command(found.session, [seen(found, "vendor", found.vendor)])


@pytest.mark.parametrize("command", COMMANDS)
def test_another_company_s_row_cannot_be_reached(database, command):
    found, other = seed.busy(database, "Harbour"), seed.company(database, "Globex")
    with pytest.raises(Refused, match="no longer in the queue"):
        command(other, [bluebird(found)])


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_selected_is_refused_in_words(database, command):
    with pytest.raises(Refused, match="Select at least one row"):
        command(seed.company(database), [])


def test_the_good_rows_are_acted_on_and_the_others_named(database):
    found = seed.busy(database)
    acted = commands.remove(found.session, [alpine(found), (bluebird(found)[0], 1), (99_999, 1)])
    assert acted.done == 1
    assert len(acted.refused) == 2
    assert "Customer Bluebird Bakery" in acted.refused[0]


def test_ids_out_of_a_frame_reach_the_rows(database):
    """SQLite binds numpy's integers as bytes, which match nothing, without a word."""
    found = seed.busy(database)
    queue = queries.queue(found.session)
    rows = list(zip(queue["id"].to_numpy(), queue["version"].to_numpy(), strict=True))
    assert type(rows[0][0]) is np.int64
    assert commands.remove(found.session, rows).done == 5
    assert queries.queue(found.session).empty


def test_more_rows_than_one_statement_takes_are_removed_at_once(sqlite_database):
    from syncengine.engine import capture
    from syncengine.inventory import writer

    session = seed.company(sqlite_database)
    with sqlite_database.writing() as connection:
        writer.save_many(connection, "customer", session.company_id, [writer.Draft({"name": f"Customer {n}"}) for n in range(6000)])
    capture.capture(sqlite_database, session.clock)
    with sqlite_database.reading() as connection:
        rows = connection.execute(select(Outbox.id, Outbox.version)).all()
    assert commands.remove(session, rows).done == 6000


@pytest.mark.parametrize(
    ("kind", "record", "why"),
    [("customer", 99_999, "no customer 99999"), ("employee_link", 1, "never sent"), ("nonsense", 1, "never sent")],
)
def test_what_cannot_be_sent_is_not_added(database, kind, record, why):
    session = seed.busy(database).session
    with pytest.raises(Refused, match=why):
        commands.add_to_sync(session, kind, record)
    assert acts(database) == []


def test_another_company_s_record_cannot_be_added(database):
    found, other = seed.busy(database), seed.company(database, "Globex")
    with pytest.raises(Refused):
        commands.add_to_sync(other, "vendor", found.vendor)


def test_adding_what_waits_already_keeps_one_row(database):
    found = seed.busy(database)
    before = seed.row_of(database, "vendor", found.vendor)
    commands.add_to_sync(found.session, "vendor", found.vendor)
    after = seed.row_of(database, "vendor", found.vendor)
    assert (after["id"], after["position"], after["revision"]) == (before["id"], before["position"], before["revision"] + 1)
