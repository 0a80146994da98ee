"""Two people who decide the same thing at the same moment: one of them does, and the other is told what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from syncengine import commands, queries
from syncengine.commands import SaveName, Standing
from syncengine.commands.names import Seen
from syncengine.engine.setup import add_company
from syncengine.errors import Refused
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import brakes, conflicts, drifts, people
from syncengine.store.tables import Audit, Conflict
from tests.support.crossing import crossed
from tests.unit.queries import seed

Act = Callable[[Session], Any]


@pytest.fixture
def busy(postgres_database) -> seed.Seed:
    """A company on a working day, on PostgreSQL: on SQLite a writing transaction is alone."""
    return seed.busy(postgres_database)


def both(session: Session, first: Act, second: Act) -> tuple[Any, Any]:
    return crossed(session.database, lambda late: first(replace(session, database=late)), lambda: second(session))


# --- what two people decide, each as they saw it: the two acts, and what the second is told -----------------------------


def conflict(busy: seed.Seed) -> tuple[Act, Act, str]:
    number = int(queries.conflicts(busy.session)["id"].iloc[0])
    return lambda it: commands.choose(it, number, "ours"), lambda it: commands.choose(it, number, "theirs"), "settled already"


def sides(busy: seed.Seed) -> tuple[Act, Act, str]:
    row = queries.conflicts(busy.session).iloc[0]
    with busy.database.reading() as connection:
        seen = conflicts.seen(connection.execute(select(Conflict.__table__).where(Conflict.id == int(row["id"]))).mappings().one())
    ours, theirs = (commands.Side(int(row["id"]), side, seen) for side in ("ours", "theirs"))
    return lambda it: commands.choose_sides(it, [ours]), lambda it: commands.choose_sides(it, [theirs]), "settled already"


def drift(busy: seed.Seed) -> tuple[Act, Act, str]:
    place = {"entity": "JournalEntry", "kind": "adjustment", "record_id": 5, "qbo_id": "9"}
    binding = {"company_id": busy.session.company_id, "last_success_at": seed.NOON, **place}
    differs = [{"field": "Line[1].Amount", "sent": "10", "theirs": "12"}]
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "JournalEntry", [{"Id": "9", "SyncToken": "1"}], seed.NOON)
        drifts.record(connection, busy.session.company_id, seed.NOON, binding, label="ADJ-5", what=drifts.CHANGED, fields=differs)
    number = int(queries.drifts(busy.session)["id"].iloc[0])
    return lambda it: commands.answer_drift(it, number, "ours"), lambda it: commands.answer_drift(it, number, "ours"), "settled already"


def brake(busy: seed.Seed) -> tuple[Act, Act, str]:
    facts = {"deleted": {"customer": 90}, "changed": {}, "blanked": {}, "of": 120, "marks": ["a"]}
    with busy.database.writing() as connection:
        brakes.ask(connection, busy.session.company_id, seed.NOON, what="implausible", question="Go?", facts=facts, cycle_id=None)
        number = brakes.open_of(connection, busy.session.company_id)["id"]
    return lambda it: commands.answer_brake(it, number, "go"), lambda it: commands.answer_brake(it, number, "keep"), "answered already"


def schedule(_: seed.Seed) -> tuple[Act, Act, str]:
    seen = {"frequency": "never"}
    return (
        lambda it: commands.set_schedule(it, frequency="daily", seen=seen),
        lambda it: commands.set_schedule(it, frequency="hourly", seen=seen),
        "changed the settings since you saw them",
    )


def settings(_: seed.Seed) -> tuple[Act, Act, str]:
    seen = {"direction": "both"}
    return (
        lambda it: commands.change_settings(it, {"direction": "from quickbooks"}, seen=seen),
        lambda it: commands.change_settings(it, {"direction": "to quickbooks"}, seen=seen),
        "changed the settings since you saw them",
    )


def name(busy: seed.Seed) -> tuple[Act, Act, str]:
    on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], seed.NOON)
    number, seen = commands.save_name(busy.session, "class", "Retail"), Seen("Retail", None, active=True)

    def call(said: str) -> Act:
        return lambda it: commands.change_names(it, "class", [SaveName(said, number, seen=seen)])

    return call("Shop"), call("Store"), "has been changed since you saw it"


def alert(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.add_alert(busy.session, "mail", "ada@example.com", ["x"])
    number = int(queries.alerts(busy.session)["id"].iloc[0])
    return (
        lambda it: commands.change_alert(it, number, ["silence"], seen=["x"]),
        lambda it: commands.change_alert(it, number, ["recovered"], seen=["x"]),
        "since you saw it",
    )


def without_alert(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.add_alert(busy.session, "mail", "ada@example.com", ["x"])
    number = int(queries.alerts(busy.session)["id"].iloc[0])
    return lambda it: commands.remove_alert(it, number), lambda it: commands.remove_alert(it, number), "taken it out meanwhile"


def cut(_: seed.Seed) -> tuple[Act, Act, str]:
    return commands.disconnect, commands.disconnect, "disconnected from QuickBooks already"


def synced(_: seed.Seed) -> tuple[Act, Act, str]:
    return commands.disconnect, commands.sync_now, "is not connected to QuickBooks yet"


def again(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.disconnect(busy.session)
    return commands.reconnect, commands.reconnect, "is not disconnected"


def never(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.disconnect(busy.session)
    return commands.never_connect, commands.never_connect, "said already"


def let_in(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.disconnect(busy.session)
    return commands.reconnect, commands.never_connect, "is connected to QuickBooks"


def day(_: seed.Seed) -> tuple[Act, Act, str]:
    return commands.reset_sample, commands.reset_sample, "is being made already"


def called(_: seed.Seed) -> tuple[Act, Act, str]:
    return (
        lambda it: commands.rename_company(it, "Port", seen="Harbour"), lambda it: commands.rename_company(it, "Quay", seen="Harbour"),
        "since you saw it: it is now 'Port'",
    )  # fmt: skip


def added(_: seed.Seed) -> tuple[Act, Act, str]:
    return (
        lambda it: commands.add_company(it, "Globex", sample="empty"), lambda it: commands.add_company(it, "Globex", sample="empty"),
        "taken already",
    )  # fmt: skip


def named_alike(busy: seed.Seed) -> tuple[Act, Act, str]:
    other = add_company(busy.database, busy.session.clock, "Other", sample="empty")
    return (
        lambda it: commands.rename_company(it, "Port"),
        lambda it: commands.rename_company(replace(it, company_id=other), "Port"),
        "taken already",
    )


def owner(busy: seed.Seed) -> tuple[Act, Act, str]:
    for each in ("ada@example.com", "bob@example.com"):
        commands.set_role(busy.session, each, "owner")
    return (
        lambda it: commands.remove_member(it, "ada@example.com"), lambda it: commands.remove_member(it, "bob@example.com"),
        "is the last owner",
    )  # fmt: skip


def standing(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.set_role(busy.session, "ada@example.com", "owner")
    commands.set_role(busy.session, "bob@example.com", "viewer")

    def give(role: str) -> Act:
        return lambda it: commands.change_person(it, "bob@example.com", Standing(role), Standing("viewer"))

    return give("manager"), give("operator"), "has changed since you saw it"


def single(busy: seed.Seed) -> tuple[Act, Act, str]:
    commands.set_role(busy.session, "bob@example.com", "viewer")
    return (
        lambda it: commands.remove_member(it, "bob@example.com"), lambda it: commands.grant(it, "bob@example.com", "sync"),
        "Give one first",
    )  # fmt: skip


def stopped(busy: seed.Seed) -> tuple[Act, Act, str]:
    mark = queries.queue_mark(busy.session, queries.Wanted())
    number = commands.ask_matching(busy.session, "remove", queries.Wanted(), mark)
    return lambda it: commands.stop_act(it, number), lambda it: commands.stop_act(it, number), "over already"


def asked(busy: seed.Seed) -> tuple[Act, Act, str]:
    mark = queries.queue_mark(busy.session, queries.Wanted())

    def ask(what: Any) -> Act:
        return lambda it: commands.ask_matching(it, what, queries.Wanted(), mark)

    return ask("remove"), ask("bottom"), "is not done yet"


DECIDED = (
    conflict, sides, drift, brake, schedule, settings, name, alert, without_alert, cut, synced, again, never, let_in, day, called, added,
    named_alike, owner, standing, single, stopped, asked,
)  # fmt: skip


@pytest.mark.parametrize("decided", DECIDED)
def test_of_two_who_decide_the_same_at_once_one_does(busy, decided):
    first, second, why = decided(busy)
    with busy.database.reading() as connection:
        before = connection.scalar(select(func.count()).select_from(Audit))
    done, refused = both(busy.session, first, second)
    assert not isinstance(done, BaseException), done
    assert isinstance(refused, Refused), refused
    assert why in str(refused)
    with busy.database.reading() as connection:
        lines = connection.execute(select(Audit.event, Audit.detail).order_by(Audit.id).offset(before)).all()
        assert people.owners(connection, busy.session.company_id) or decided is not owner
    assert len({line.event for line in lines if "->" not in line.event and line.event != "queued"}) <= 1, lines


def test_who_chooses_a_side_while_a_sync_finds_other_values_is_asked_anew(busy):
    """Their choice was one between what they saw."""
    number = int(queries.conflicts(busy.session)["id"].iloc[0])
    place = {"entity": "Customer", "kind": "customer", "record_id": busy.customers["Coral Reef Diving"]}
    clash = conflicts.Clash("PrimaryEmailAddr.Address", "c3@example.com", "dive@example.com", "new@example.com")

    def sync(session: Session) -> None:
        with session.database.writing() as connection:
            conflicts.record(connection, session.company_id, seed.NOON, label="Coral Reef Diving", clashes=[clash], **place)

    chosen, told = both(busy.session, lambda it: commands.choose(it, number, "theirs"), sync)
    assert (chosen, told) == (None, None)
    with busy.database.reading() as connection:
        rows = connection.execute(select(Conflict.resolution, Conflict.theirs).order_by(Conflict.id)).all()
        company_id = busy.session.company_id
        assert conflicts.chosen(connection, company_id, since=None, **place) == {}
    assert [tuple(row) for row in rows] == [("theirs", "office@example.com"), (None, "new@example.com")]


def test_a_name_that_a_sync_takes_over_at_this_moment_is_not_overwritten_unseen(busy):
    _, rename, why = name(busy)
    number = int(queries.classes(busy.session)["id"].iloc[0])

    def sync(session: Session) -> None:
        with session.database.writing() as connection:
            writer.save(connection, "class", session.company_id, {"name": "Outlet"}, record_id=number)

    _, refused = both(busy.session, sync, rename)
    assert isinstance(refused, Refused), refused
    assert why in str(refused)
    assert queries.classes(busy.session)["name"].tolist() == ["Outlet"]
