"""One answer tells everything that happened to a record: who, when, in which run, what was sent, what came back."""

from __future__ import annotations

import json

from syncengine import commands, queries
from syncengine.engine import capture
from tests.support.world import World


def test_a_refused_customer_tells_its_whole_story(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company()
    world.save(company, "vendor", {"name": "Globex"})
    world.sync(company)
    customer = world.save(company, "customer", {"name": "Globex"})
    refused = world.sync(company)
    assert refused.result == "errors"
    world.save(company, "customer", {"id": customer, "name": "Globex Trading"})
    world.clock.advance(60)
    assert world.sync(company).result == "ok"
    session = queries.Session(world.site.database, "owner", company, world.clock)
    told = queries.timeline(session, "customer", customer)

    assert told["at"].is_monotonic_increasing
    events = told["event"].tolist()
    story = ["queued", "create sent", "refused by QuickBooks", "error opened", "error closed: edited", "create sent", "accepted by QuickBooks"]
    assert [event for event in events if event in story] == story
    moved = [event for event in events if event.startswith("running -> ") or event.endswith(" by QuickBooks")]
    assert moved == ["refused by QuickBooks", "running -> retryable", "accepted by QuickBooks", "running -> completed"], "what came of it follows"
    no = told[told["event"] == "refused by QuickBooks"].iloc[0]
    assert json.loads(no["answer"])["errors"][0]["code"] == "6240"
    assert (no["run"], no["cycle_id"]) == ("manual, test", refused.cycle_id)
    assert no["tid"]
    first, second = told[told["event"] == "create sent"].to_dict("records")
    assert json.loads(first["request"])["DisplayName"] == "Globex"
    assert json.loads(second["request"])["DisplayName"] == "Globex Trading"
    assert first["requestid"] != second["requestid"]
    assert told[told["event"] == "error closed: edited"]["run"].tolist() == [""]  # no run closed it: the edit did
    yes = told[told["event"] == "accepted by QuickBooks"].iloc[0]
    [there] = world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Globex Trading'")
    assert json.loads(yes["answer"]) == {"Id": there["Id"]}


def test_an_error_is_closed_by_the_run_that_sent_the_record_at_last(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company()
    vendor = world.save(company, "vendor", {"name": "Globex"})
    world.sync(company)
    customer = world.save(company, "customer", {"name": "Globex"})
    refused = world.sync(company)
    world.save(company, "vendor", {"id": vendor, "name": "Globex Supply"})  # the name is free
    world.clock.advance(60)
    healed = world.sync(company)
    if healed.result != "ok":  # the vendor went first, and the customer is tried again with the next one
        world.clock.advance(60)
        healed = world.sync(company)
    session = queries.Session(world.site.database, "owner", company, world.clock)
    told = queries.timeline(session, "customer", customer)
    closed = told[told["event"].str.startswith("error closed")]
    assert closed["event"].tolist() == ["error closed: sent"]
    assert closed["cycle_id"].tolist() == [healed.cycle_id] != [refused.cycle_id]
    assert closed["run"].tolist() == ["manual, test"]


def test_what_a_person_did_stands_under_their_name(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company()
    customer = world.save(company, "customer", {"name": "Globex"})
    capture.capture(world.site.database, world.clock)
    session = queries.Session(world.site.database, "owner", company, world.clock)
    row = queries.queue(session).iloc[0]
    commands.remove(session, [(row["id"], row["version"])])
    last = queries.timeline(session, "customer", customer).iloc[-1]
    assert (last["event"], last["actor"]) == ("available -> cancelled", "owner")
    assert world.sync(company).sent == 0
