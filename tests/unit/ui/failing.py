"""Companies in which something fails, as the tests of Sync errors want them, and what they do with its page."""

from __future__ import annotations

from sqlalchemy import update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.store import corrections, errors, outbox
from syncengine.store.tables import Error
from syncengine.terms import OutboxState
from tests.unit.queries import seed
from tests.unit.ui.conftest import run

PAGE = "pages/errors.py"
FIX = {
    "acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]],
    "after": [],
    "otherwise": [],
    "ours": {"PrimaryEmailAddr.Address": "c2@example.com"},
}


def press(at, start, end=""):
    next(button for button in at.button if str(button.key).startswith(start) and str(button.key).endswith(end)).click()
    return run(at)


def labels(at):
    return [button.label for button in at.button]


def error_of(busy, name):
    found = queries.errors(busy.session)
    return found[found["label"] == name].iloc[0]


def offer(busy, name="Bluebird Bakery", *, klass="policy", verdict=FIX, says="Sends customer Bluebird Bakery without its e-mail."):
    """What the engine stores of a correction that it offers."""
    error_id = int(error_of(busy, name)["id"])
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == error_id).values(klass=klass, correction="leave_email_out"))
        row = errors.by_ids(connection, busy.session.company_id, [error_id])[error_id]
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass=klass, says=says, verdict=verdict)
    return error_id


def many(busy, count, cause="Cause {}", group="", *, start=0):
    """So many vendors that failed, each for its own cause, or all for one."""
    with busy.database.writing() as connection:
        ids = [
            writer.save(connection, "vendor", busy.session.company_id, {"name": f"Vendor {n:02}"})
            for n in range(start, start + count)
        ]
    capture.capture(busy.database, busy.session.clock)
    with busy.database.writing() as connection:
        for number, each in enumerate(ids, start):
            row = seed.row_of(busy.database, "vendor", each)
            report = errors.Report(
                "6000", "x", cause.format(row["label"]), "Mend it.", group_key=group or f"g{number:02}", klass="no"
            )
            errors.record(connection, row, seed.NOON, busy.cycle, report)
            outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.RUNNING)])
            outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED)])


def known_as(busy, name, correction):
    """The error of that record, as if its cause had been found to be this one."""
    error_id = int(error_of(busy, name)["id"])
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == error_id).values(correction=correction))
    return str(error_id)


def alike(busy, count=3):
    """So many vendors that failed for one cause, each with a correction that is offered, and what the page shows of them."""
    many(busy, count, cause="The address is not valid.", group="address")
    for number in range(count):
        offer(busy, f"Vendor {number:02}", says=f"Sends vendor {number:02} without its e-mail.")


def in_conflict(busy):
    """The error of a record that both sides changed, as a sync leaves it behind."""
    coral = busy.customers["Coral Reef Diving"]
    commands.add_to_sync(busy.session, "customer", coral)
    row = seed.row_of(busy.database, "customer", coral)
    with busy.database.writing() as connection:
        report = errors.Report("local", "", "Both sides changed the e-mail.", "Choose whose value stands.")
        errors.record(connection, row, seed.NOON, busy.cycle, report)
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED, changes={"parked_by": outbox.CONFLICT})])
    return int(error_of(busy, "Coral Reef Diving")["id"])
