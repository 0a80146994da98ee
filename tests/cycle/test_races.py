"""Edits and merges at the worst moment."""

from __future__ import annotations

import threading
from typing import Any

from syncengine import commands, queries
from syncengine.engine import capture, push
from syncengine.engine.apply import merging as apply
from syncengine.errors import Refused
from syncengine.queries import Session
from syncengine.store import outbox
from tests.cycle.test_both_ways import one, small_trade
from tests.cycle.test_settle import act, conflict_of
from tests.support.crossing import waits
from tests.support.world import World


def test_an_edit_that_commits_while_a_change_is_applied_is_not_lost(postgres_database: Any, clock: Any, tmp_path: Any, monkeypatch: Any) -> None:
    world = World.make(postgres_database, clock, tmp_path)
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs"})
    decide = apply.decide

    def late(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(apply, "decide", decide)
        editor.start()
        editor.join(0.5)
        assert editor.is_alive(), "the edit waits until their change is in"
        return decide(*given, **more)

    statement = "UPDATE customer SET notes = 'ours' WHERE id = :i"
    editor = threading.Thread(target=world.sql, args=(statement,), kwargs={"i": ids["customer"]})
    monkeypatch.setattr(apply, "decide", late)
    world.settle(company)
    editor.join()
    world.settle(company)
    assert conflict_of(world, company) or world.record(company, "customer", ids["customer"])["notes"] == "ours"


def test_an_answer_is_written_down_while_somebody_acts_on_everything_that_waits(
    postgres_database: Any, clock: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    """They hold the queue's lock and wait for the row that is being sent: who holds the row must not wait for the lock."""
    world = World.make(postgres_database, clock, tmp_path)
    company = world.company()
    world.save(company, "customer", {"name": "Refused", "email": "r@example.com"})
    world.save(company, "item", {"name": "Rope"})
    capture.capture(world.site.database, world.clock)
    session = Session(world.site.database, "Ada", company, world.clock)
    match = {"method": "POST", "path": "customer"}
    world.faults({"kind": "refuse", "count": 1, "match": match, "code": "2210", "message": "Invalid Email Address", "detail": "no"})
    load, said = outbox.load, []

    def act() -> None:
        try:
            said.append(commands.remove_matching(session, queries.Wanted(), queries.queue_mark(session, queries.Wanted())))
        except Refused as refused:
            said.append(refused)

    def late(*given: Any) -> Any:
        monkeypatch.setattr(outbox, "load", load)
        found = load(*given)
        person.start()
        while not waits(world.site.database) and person.is_alive():
            person.join(0.01)
        return found

    begin = push.begin
    person = threading.Thread(target=act)

    def begun(*given: Any) -> Any:
        found = begin(*given)
        monkeypatch.setattr(push, "begin", begin)
        monkeypatch.setattr(outbox, "load", late)  # the next to hold rows is who settles them
        return found

    monkeypatch.setattr(push, "begin", begun)
    assert world.sync(company).result == "errors"
    person.join()
    assert len(said) == 1
    assert isinstance(said[0], commands.Acted | Refused)


def test_a_merge_in_quickbooks_moves_the_invoice_here_too(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    other = world.save(company, "customer", {"name": "Survivor"})
    world.sync(company)
    world.settle(company)
    loser = one(world.query(company, "select * from Customer where DisplayName like 'Caf%'"))
    survivor = one(world.query(company, "select * from Customer where DisplayName = 'Survivor'"))
    act(world, company, "merge", entity="Customer", id=loser["Id"], into=survivor["Id"])
    results = [world.settle(company).result for _ in range(2)]
    assert one(world.query(company, "select * from Invoice"))["CustomerRef"]["value"] == survivor["Id"]
    assert world.record(company, "invoice", ids["invoice"])["customer_id"] == other, (results, conflict_of(world, company))
