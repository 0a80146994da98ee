"""The day is put in place once and whole: after a crash at any point, beside others who want the same, and never over a real company."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text, update

from syncengine import commands, inventory, queries
from syncengine.engine import setup
from syncengine.engine.run import Stopped
from syncengine.errors import Bug, LeaseLost, LockBusy
from syncengine.failpoints import Crash, arm, disarm, raise_crash
from syncengine.queries import Session
from syncengine.sample import day, job
from syncengine.store import leases, samples
from syncengine.store.tables import Connection as Link
from tests.support.world import World

#: As many syncs as the story has.
TOTAL = sum(moment.syncs for moment in day.STORY)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, played_day: Any) -> None:
    """The day that was played already stands in for each one that is played: what is tested is how it gets into place."""

    def replayed(*_: Any, say: Any, **__: Any) -> Any:
        for done in range(TOTAL + 1):
            say(done, TOTAL)
        return played_day

    monkeypatch.setattr(job, "played", replayed)


@pytest.fixture
def wanted(empty_world: World, played: None) -> tuple[World, Session]:
    """A sample company whose day is wanted."""
    return wanting(empty_world)


def wanting(world: World) -> tuple[World, Session]:
    company = setup.first_company(world.site.database, world.clock, day=True)
    return world, Session(world.site.database, "Ada", company, world.clock)


def make(world: World, company: int = 1, **more: Any) -> bool:
    return job.make(world.site, company, owner="worker", **more)


def state(session: Session) -> tuple[str, int, int]:
    told = queries.sample_day(session)
    assert told is not None
    return told.state, told.done, told.total


def realms(world: World) -> list[str]:
    return [each["realm_id"] for each in world.emulator.realms()]


def whole(world: World, session: Session) -> None:
    """The day is there, the lease is free, and the emulator holds exactly one company for it."""
    assert state(session) == ("there", TOTAL, TOTAL)
    assert realms(world) == [world.realm(session.company_id)]
    assert len(queries.runs(session)) == TOTAL
    with world.site.database.reading() as connection:
        assert leases.row(connection, session.company_id)["owner"] is None
        assert samples.get(connection, session.company_id)["leftover"] is None
    world.clock.advance(60)
    assert world.sync(session.company_id).result == "errors", "the troubles of the day are there"


def test_the_day_is_put_in_place_and_the_company_goes_on_from_there(wanted):
    world, session = wanted
    assert state(session) == ("wanted", 0, 0)
    assert make(world)
    whole(world, session)
    assert make(world) is False, "nobody wants one any more"


def test_while_it_is_made_it_says_how_far_it_is(wanted, monkeypatch):
    world, session = wanted
    said = []
    replayed = job.played

    def watched(*_: Any, say: Any, **__: Any) -> Any:
        return replayed(say=lambda done, total: (say(done, total), said.append(queries.sample_day(session).says)))

    monkeypatch.setattr(job, "played", watched)
    make(world)
    assert said == [f"The sample company's day is being made: {done} of {TOTAL} syncs." for done in range(TOTAL + 1)]
    assert queries.sample_day(session).says == ""


def test_a_reset_brings_the_day_back_and_the_trail_keeps_who_wanted_it(wanted):
    world, session = wanted
    make(world)
    first = realms(world)
    inventory.save(world.site.database, "customer", {"name": "Mine"}, company=session.company_id)
    commands.set_role(session, "Tom", "operator")
    assert "being made" in commands.reset_sample(session)
    make(world)
    whole(world, session)
    assert realms(world) != first
    assert queries.records(session, "customer", search="Mine").empty
    assert set(queries.people(session)["person"]) >= {"tom"}, "who may do what stays"
    with world.site.database.reading() as connection:
        lines = connection.execute(text("SELECT actor FROM sync_audit WHERE event = 'sample day made' ORDER BY id")).scalars().all()
    assert lines == ["engine", "Ada"]


@pytest.mark.parametrize(
    "point", ["sample.played", "sample.named", "sample.books", "sample.put", "sample.there", "db.commit.post"]
)
def test_after_a_crash_it_starts_over_and_nothing_is_left(wanted, point):
    world, session = wanted
    make(world)
    before = realms(world)
    inventory.save(world.site.database, "customer", {"name": "Mine"}, company=session.company_id)
    commands.reset_sample(session)
    arm(point, raise_crash)
    with pytest.raises(Crash):
        make(world)
    disarm()
    there = point == "sample.there"
    assert queries.records(session, "customer", search="Mine").empty is there, "until it is in place, everything is as it was"
    assert (world.realm(session.company_id) in before) is not there
    # The next worker knows that the owner is gone.
    if there:
        with world.site.database.writing() as connection:
            samples.want(connection, session.company_id, world.clock.now(), by="Ada")
    assert make(world, dead=lambda _: True)
    whole(world, session)


def test_what_never_comes_to_its_end_is_given_up_with_a_sentence(wanted):
    world, session = wanted
    for _ in range(samples.TRIES):
        arm("sample.played", raise_crash)
        with pytest.raises(Crash):
            make(world, dead=lambda _: True)
        disarm()
    assert make(world, dead=lambda _: True) is False
    assert state(session)[0] == "failed"
    assert "Ask for it again" in queries.sample_day(session).message
    commands.reset_sample(session)
    assert make(world)
    whole(world, session)


def test_what_keeps_it_from_being_made_is_told(wanted, monkeypatch):
    world, session = wanted

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no space left")

    monkeypatch.setattr(job, "played", broken)
    for _ in range(samples.TRIES):
        with pytest.raises(RuntimeError):
            make(world)
    assert (state(session)[0], queries.sample_day(session).message) == ("failed", "no space left")
    assert make(world) is False
    assert realms(world) == []


def test_whoever_is_asked_to_stop_leaves_the_wish(wanted):
    world, session = wanted
    stop = threading.Event()
    stop.set()
    for _ in range(samples.TRIES + 1):
        with pytest.raises(Stopped):
            make(world, stop=stop)
    assert state(session)[0] == "wanted"
    make(world)
    whole(world, session)


def test_only_one_makes_it_and_nobody_while_a_sync_runs(wanted):
    world, session = wanted
    with world.site.database.writing() as connection:
        fence = leases.claim(connection, session.company_id, "another", world.clock.now())
    with pytest.raises(LockBusy):
        make(world)
    with world.site.database.writing() as connection:
        leases.release(connection, session.company_id, fence)
    assert make(world)
    assert make(world) is False


def test_whoever_loses_the_company_in_the_middle_changes_nothing(wanted, monkeypatch):
    world, session = wanted
    replayed = job.played

    def robbed(*_: Any, **more: Any) -> Any:
        made = replayed(**more)
        with world.site.database.writing() as connection:
            leases.claim(connection, session.company_id, "another", world.clock.now(), dead=lambda _: True)
        return made

    monkeypatch.setattr(job, "played", robbed)
    with pytest.raises(LeaseLost):
        make(world)
    assert state(session)[0] == "making"
    assert queries.runs(session).empty
    assert realms(world) == []


@pytest.mark.parametrize("values", [{"environment": "production"}, {"environment": "sandbox"}, {"sample": "empty"}])
def test_a_company_that_is_no_sample_is_never_touched(empty_world, values):
    world, session = wanting(empty_world)
    kept = inventory.save(world.site.database, "customer", {"name": "Kept"}, company=session.company_id)
    with world.site.database.writing() as connection:
        connection.execute(update(Link).values(values))
    with pytest.raises(Bug):
        make(world)
    assert inventory.load(world.site.database, "customer", kept, session.company_id) is not None


def test_a_disconnected_sample_is_connected_again(wanted):
    world, session = wanted
    make(world)
    commands.disconnect(session)
    commands.reset_sample(session)
    make(world)
    whole(world, session)


def test_two_sample_companies_have_days_of_their_own(empty_world, monkeypatch):
    """Really played, each under numbers of its own; the first syncs of the story are enough for that."""
    monkeypatch.setattr(day, "STORY", day.STORY[:5])
    world, session = wanting(empty_world)
    assert make(world)
    second = setup.add_company(world.site.database, world.clock, "Second", sample="demo", timezone="Europe/Vienna")
    other = Session(world.site.database, "Ada", second, world.clock)
    commands.reset_sample(other)
    assert make(world, second)
    assert len(realms(world)) == 2
    assert len(queries.runs(other)) == len(queries.runs(session)) == 2
    for each in (session, other):
        world.clock.advance(60)
        assert world.sync(each.company_id).result == "ok"
