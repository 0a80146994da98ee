"""The corrections of a whole cause: all that was seen or none of it, in portions, each record with its line in the audit trail."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from syncengine import commands, queries
from syncengine.commands import corrections as acts
from syncengine.errors import Refused
from syncengine.store import corrections, errors
from syncengine.store.tables import Audit, Error, Outbox
from tests.unit.queries import seed

VERDICT = {"acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]], "after": [], "otherwise": [], "ours": {}}


@pytest.fixture
def found(database) -> seed.Seed:
    """Two customers that fail for one cause, each with a correction that is offered."""
    found = seed.busy(database)
    with database.writing() as connection:
        connection.execute(update(Error).values(group_key="address", klass="policy", correction="leave_email_out"))
        ids = connection.scalars(select(Error.id).order_by(Error.id)).all()
        for row in errors.by_ids(connection, found.session.company_id, ids).values():
            says = f"Sends {row['label']} without its e-mail."
            corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass="policy", says=says, verdict=VERDICT)
    return found


def states(found) -> list[str]:
    return queries.error_corrections(found.session)["state"].tolist()


def audited(found, event) -> list[str]:
    with found.database.reading() as connection:
        return list(connection.scalars(select(Audit.actor).where(Audit.event == event)))


def test_all_of_a_cause_is_corrected_portion_by_portion(found, monkeypatch):
    monkeypatch.setattr(acts, "PORTION", 1)
    fix = queries.group_correction(found.session, "address")
    assert (fix.count, fix.names) == (2, ("leave_email_out",))
    assert sorted(fix.examples["says"]) == ["Sends Alpine Outfitters without its e-mail.", "Sends Bluebird Bakery without its e-mail."]
    told: list[tuple[int, int]] = []
    acted = commands.correct_group(found.session, "address", fix.count, fix.newest, on=lambda done, every: told.append((done, every)))
    assert (acted.done, acted.refused, told) == (2, (), [(1, 2), (2, 2)])
    assert states(found) == ["wanted", "wanted"]
    assert queries.progress(found.session).phase == "Waiting for the worker"
    assert audited(found, "correction wanted") == ["Ada", "Ada"]
    assert audited(found, "corrections of a cause wanted") == ["Ada"]
    assert queries.group_correction(found.session, "address") is None


def test_what_is_offered_otherwise_than_it_was_seen_is_not_done(found):
    fix = queries.group_correction(found.session, "address")
    with found.database.writing() as connection:
        row = next(iter(errors.by_ids(connection, found.session.company_id, [1]).values()))
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass="policy", says="Something else.", verdict=VERDICT)
    with pytest.raises(Refused, match="has changed since you saw it: 2 can be corrected now"):
        commands.correct_group(found.session, "address", fix.count, fix.newest)
    with pytest.raises(Refused):
        commands.correct_group(seed.company(found.database, "Globex"), "address", fix.count, fix.newest)
    assert "wanted" not in states(found)
    assert queries.progress(found.session) is None


def test_a_record_that_is_being_sent_is_left_alone_and_said(found):
    fix = queries.group_correction(found.session, "address")
    with found.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Alpine Outfitters").values(unanswered=True))
    acted = commands.correct_group(found.session, "address", fix.count, fix.newest)
    assert acted.done == 1
    assert "1 of them stay as they are" in acted.refused[0]
    assert sorted(states(found)) == ["offered", "wanted"]
