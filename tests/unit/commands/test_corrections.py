"""The corrections of a whole cause: all that was seen or none of it, in portions, each record with its line in the audit trail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from syncengine import commands, queries
from syncengine.commands import corrections as acts
from syncengine.errors import Forbidden, Refused
from syncengine.store import corrections, errors, outbox, people
from syncengine.store.tables import Audit, Correction, Error, Outbox, Request
from tests.support.plans import statements
from tests.unit.queries import seed
from tests.unit.ui import failing

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
    assert (acted.done, acted.refused, acted.later, told) == (2, (), "", [(1, 2), (2, 2)])
    assert states(found) == ["wanted", "wanted"]
    assert queries.progress(found.session).phase == "Waiting for the worker"
    assert audited(found, "correction wanted") == ["Ada", "Ada"]
    assert audited(found, "corrections of a cause wanted") == ["Ada"]
    assert queries.group_correction(found.session, "address") is None


class Redrawn(BaseException):
    """What a page raises out of the middle of a command when a click draws it anew: no Exception, as Streamlit's own."""


@pytest.mark.parametrize(("portion", "wanted"), [(1, ["offered", "wanted"]), (2, ["wanted", "wanted"])])
def test_what_breaks_it_off_leaves_the_portions_before_it_whole_and_told(found, monkeypatch, portion, wanted):
    monkeypatch.setattr(acts, "PORTION", portion)
    fix = queries.group_correction(found.session, "address")

    def on(_done: int, _every: int) -> None:
        raise Redrawn

    with pytest.raises(Redrawn):
        commands.correct_group(found.session, "address", fix.count, fix.newest, on=on)
    assert sorted(states(found)) == wanted
    assert queries.progress(found.session).phase == "Waiting for the worker"
    assert audited(found, "correction wanted") == ["Ada"] * portion
    assert audited(found, "corrections of a cause wanted") == ["Ada"]


def test_a_right_that_ends_between_two_portions_asks_for_no_sync(found, monkeypatch):
    monkeypatch.setattr(acts, "PORTION", 1)
    session = replace(found.session, actor="mara@harbour.example", signed_in=True)
    with found.database.writing() as connection:
        people.put(connection, session.company_id, session.actor, "manager", seed.NOON, "seed")
    fix = queries.group_correction(session, "address")

    def on(_done: int, _every: int) -> None:
        with found.database.writing() as connection:
            people.remove(connection, session.company_id, session.actor)

    with pytest.raises(Forbidden):
        commands.correct_group(session, "address", fix.count, fix.newest, on=on)
    assert sorted(states(found)) == ["offered", "wanted"]
    assert queries.progress(found.session) is None
    assert audited(found, "corrections of a cause wanted") == [session.actor]


@pytest.mark.parametrize("act", ["retry", "remove"])
def test_a_record_that_somebody_took_in_hand_since_is_left_alone(found, act):
    """Its error is over, though the next sync has not taken the offer back yet."""
    fix = queries.group_correction(found.session, "address")
    row = seed.row_of(found.database, "customer", found.customers["Alpine Outfitters"])
    with found.database.reading() as connection:
        every = list(connection.scalars(select(Correction.id)))
    getattr(commands, act)(found.session, [(row["id"], row["version"])])
    with found.database.writing() as connection:
        outbox.lock(connection, found.session.company_id)
        assert acts.want(connection, found.session, every) == fix.count - 1
    assert sorted(states(found)) == ["offered", "wanted"]


def test_of_a_company_that_is_not_connected_what_is_to_be_corrected_is_kept_for_its_first_sync(found):
    """A sync that was asked for could only fail."""
    commands.disconnect(found.session)
    says = commands.correct_now(found.session, 1)
    assert says == (
        "Sends Alpine Outfitters without its e-mail. The first sync after the company is connected to QuickBooks does this, then sends "
        "the record. None can run before, so none was asked for."
    )
    fix = queries.group_correction(found.session, "address")
    acted = commands.correct_group(found.session, "address", fix.count, fix.newest)
    assert (acted.done, acted.later) == (
        1, "The first sync after the company is connected to QuickBooks corrects 1, then sends them. None can run before, so none was asked for."
    )
    assert states(found) == ["wanted", "wanted"]
    assert audited(found, "corrections of a cause wanted") == ["Ada"]
    with found.database.reading() as connection:
        assert connection.scalars(select(Request.id)).all() == []


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


def test_what_a_click_asks_of_the_database_grows_by_portions_and_not_by_records(database, monkeypatch):
    busy, asked = seed.busy(database), {}
    failing.alike(busy, 12)
    fix = queries.group_correction(busy.session, "address")
    for portion in (12, 4):
        monkeypatch.setattr(acts, "PORTION", portion)
        with statements() as said:
            assert commands.correct_group(busy.session, "address", fix.count, fix.newest).done == 12
        asked[portion] = len(said)
        with database.writing() as connection:
            connection.execute(update(Correction).values(state="offered"))
    assert asked[12] <= 15, "two of them ask whether the company is connected, while nobody can cut it off"
    assert asked[4] - asked[12] <= 2 * 6, "two portions more, each of them: the lock, three looks, the change and its lines"


def flood(busy: seed.Seed, number: int) -> None:
    """So many more records that failed a moment ago for the cause of the first, each with its correction."""
    with busy.database.writing() as connection:
        correction = dict(connection.execute(select(Correction.__table__).order_by(Correction.id)).mappings().first())
        error = dict(connection.execute(select(Error.__table__).where(Error.id == correction["error_id"])).mappings().one())
        row = dict(connection.execute(select(Outbox.__table__).where(Outbox.id == correction["outbox_id"])).mappings().one())
        records = [{**row, "id": row["id"] + each, "record_id": row["record_id"] + each, "position": row["position"] + each} for each in range(1000, 1000 + number)]
        connection.execute(insert(Outbox), records)
        about = [{"record_id": each["record_id"], "outbox_id": each["id"]} for each in records]
        connection.execute(insert(Error), [{**error, "id": each["outbox_id"], **each} for each in about])
        connection.execute(insert(Correction), [{**correction, "id": each["outbox_id"], "error_id": each["outbox_id"], **each} for each in about])


def test_what_failed_a_moment_ago_is_met_correction_by_correction_by_its_own_error(postgres_database):
    """PostgreSQL takes a cause that it has no statistics of for one error: it read all of them for each, and 2,000 took seconds."""
    busy = seed.busy(postgres_database)
    failing.alike(busy, 1)
    flood(busy, 400)
    asked = select(Correction.id).where(*corrections.offered_for(busy.session.company_id, "address"))
    with postgres_database.reading() as connection:
        said = asked.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(line for (line,) in connection.exec_driver_sql(f"EXPLAIN ANALYZE {said}"))
        assert corrections.seen_of(connection, busy.session.company_id, "address")[0] == 401
    assert not [line for line in plan.splitlines() if "sync_error" in line and "loops=1)" not in line], plan
