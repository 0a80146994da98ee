"""The rows that are handled at once: no record is to blame, nothing counts (D5), and nothing that waits is lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from syncengine import commands, queries
from syncengine.corrections import CORRECTIONS, Trouble, fitting
from syncengine.engine import connect, explain, setup
from syncengine.errors import WrongRealm
from syncengine.quickbooks import Endpoints
from syncengine.store import connections
from syncengine.store.vault import open_vault
from tests.cycle.corrections.case import Part, arrived, quiet, retry
from tests.cycle.corrections.references import adjustment
from tests.cycle.corrections.scene import Scene
from tests.cycle.corrections.values import essentials
from tests.cycle.test_connecting import ASKER, consent, realm
from tests.support.world import BASE


def of_connection(scene: Scene) -> Any:
    """The company's own error."""
    return next(error for error in scene.world.errors(scene.company) if error["outbox_id"] is None)


def interrupted(name: str, begins: Part, over: Part) -> Part:
    """The whole sync fails, says why, keeps the queue, and goes on by itself when the trouble is over."""

    def run(scene: Scene) -> None:
        scene.invoice()
        begins(scene)
        for _ in range(4):
            assert scene.sync().result == "failed"
        error = of_connection(scene)
        assert error["correction"] == name
        assert error["cause"].endswith(".")
        assert error["remedy"].endswith(".")
        assert scene.errors == [], "it never counts against the record"
        assert len(scene.rows) == 1
        over(scene)
        assert scene.sync().result == "ok"
        arrived("Invoice")(scene)
        assert scene.world.errors(scene.company) == []

    return run


def switched(**values: Any) -> Part:
    """Something about the company as Intuit sees it."""
    return lambda scene: scene.switch(**values)


def out_of_order(scene: Scene) -> None:
    """QuickBooks itself is down: no state of a company leads to that."""
    scene.world.faults({"kind": "unavailable_503", "count": 1000})


def in_order(scene: Scene) -> None:
    scene.world.control("faults", method="DELETE")


def key_of(scene: Scene) -> Path:
    return Path(scene.world.site.settings.data) / "key"


def key_lost(scene: Scene) -> None:
    """The file with the key to the sign-in is not where it was: a backup came back without it."""
    key_of(scene).rename(key_of(scene).with_name("elsewhere"))


def key_found(scene: Scene) -> None:
    key_of(scene).with_name("elsewhere").rename(key_of(scene))


def sign_in(scene: Scene) -> None:
    scene.invoice()
    scene.world.faults({"kind": "expired_401", "count": 1})
    assert scene.sync().result == "ok", "the token is renewed once and the request repeated"
    scene.invoice("N-2")
    scene.actor("disconnect")
    assert scene.sync().result == "failed"
    assert of_connection(scene)["correction"] == "sign_in"
    assert len(scene.rows) == 1


def throttled(scene: Scene) -> None:
    """Others use up what a company may ask in a minute."""
    for number in range(4):
        scene.invoice(f"N-{number}")
    before = scene.world.clock.now()
    scene.world.control("journal", method="DELETE")
    scene.switch(requests_per_minute=3)
    assert scene.sync().result == "ok"
    scene.switch(requests_per_minute=500)
    assert 429 in [line["status"] for line in scene.world.control("journal", method="GET")["lines"]]
    assert (scene.world.clock.now() - before).total_seconds() >= 360, "a minute's rest, beside the five between two syncs"
    assert len(scene.there("Invoice")) == 4
    assert scene.errors == []


def batch_too_large(scene: Scene) -> None:
    for number in range(12):
        scene.invoice(f"N-{number}")
    scene.switch(batch_max_items=1)
    assert scene.sync().result == "ok"
    assert len(scene.there("Invoice")) == 12
    assert scene.errors == []


def stale(scene: Scene) -> None:
    from syncengine import failpoints

    scene.save("customer", id=scene.customer, phone="555")
    theirs = scene.id_of("Customer", "Harbour")
    failpoints.arm("attempt.pre", failpoints.nth(1, lambda: scene.actor("edit", entity="Customer", id=theirs, changes={"Notes": "theirs"})))
    assert scene.sync().result == "ok"
    arrived("Customer", Notes="theirs")(scene)
    assert scene.errors == []


def feature_missing(scene: Scene) -> None:
    """That kind rests and says so; its rows stay; everything else goes on."""
    essentials(scene)
    scene.save("class", name="South")
    scene.invoice()
    result = scene.sync()
    assert result.result == "errors"
    arrived("Invoice")(scene)
    assert {error["correction"] for error in scene.errors} == {"feature_missing"}
    assert {error["tries"] for error in scene.errors} == {0}
    scene.save("class", name="West")
    sent = sum(row["attempts"] for row in scene.rows)
    scene.sync()
    assert sum(row["attempts"] for row in scene.rows) == sent, "the kind rests"
    assert len(scene.rows) == 3, "and its rows are kept"
    scene.switch(plan="plus")
    retry(scene)
    assert scene.sync().result == "ok", scene.errors
    assert len(scene.there("Class")) == 3


def not_permitted(scene: Scene) -> None:
    """The person who connected may not write entries: those rest and say so, the rest goes on."""
    scene.switch(user="limited")
    adjustment(scene)
    scene.invoice()
    assert scene.sync().result == "errors"
    arrived("Invoice")(scene)
    assert (scene.error["code"], scene.error["correction"], scene.error["tries"]) == ("5020", "feature_missing", 0)
    sent = scene.rows[0]["attempts"]
    scene.sync()
    assert scene.rows[0]["attempts"] == sent, "the kind rests"
    scene.switch(user="admin")
    retry(scene)
    assert scene.sync().result == "ok", scene.errors
    arrived("JournalEntry")(scene)


def inactive_instead(scene: Scene) -> None:
    """A list entry that is in use is deleted here: there it becomes inactive, and nothing is ever asked to go."""
    from syncengine import inventory

    extra = scene.save("item", name="Extra", unit_price=Decimal(1))
    made = scene.invoice(lines=[{"line_no": 1, "item_id": extra, "quantity": Decimal(1), "unit_price": Decimal(1)}])
    assert scene.sync().result == "ok"
    line = {"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(1)}
    scene.world.save(scene.company, "invoice", {"id": made}, [line])
    inventory.delete(scene.world.site.database, "item", extra, scene.company)
    assert scene.sync().result == "ok", scene.errors
    found = scene.there("Item", "where Active in (true, false)")
    assert [each["Active"] for each in found if each["Name"].startswith("Extra")] == [False]
    assert "inactive" in CORRECTIONS["inactive_instead"].does


def other_company(scene: Scene) -> None:
    """Whoever connects again chooses another company: that is refused, and the right one goes on."""
    site, there = scene.world.site, realm(scene.world)
    company = setup.add_real_company(site.database, scene.world.clock, "Real", environment="sandbox")
    oauth = connect.sign_in(site, Endpoints.emulator(BASE), ASKER)
    connect.accept(site, company, oauth, consent(scene.world, oauth.authorize_url("one"), there), "one")
    answer = consent(scene.world, oauth.authorize_url("two"), realm(scene.world))
    with pytest.raises(WrongRealm) as refused:
        connect.accept(site, company, oauth, answer, "two")
    assert explain.connection(refused.value).correction == "other_company"
    with site.database.reading() as connection:
        kept = connections.get(connection, company)
    assert kept["state"] == "connected"
    assert open_vault(site.settings).open(kept["realm"]) == there, "nothing is sent elsewhere"


def drifted(scene: Scene) -> None:
    """An entry is changed in QuickBooks: a warning with two answers, no failure."""
    adjustment(scene)
    quiet(scene)
    theirs = scene.there("JournalEntry")[0]
    lines = [{**line, "Amount": "70"} for line in theirs["Line"]]
    scene.actor("edit", entity="JournalEntry", id=theirs["Id"], changes={"Line": lines})
    for _ in range(4):
        assert (scene.sync().result, scene.errors, scene.rows) == ("ok", [], [])
    found = queries.drifts(scene.session)
    assert set(found["what"]) == {"changed"}
    told = fitting(Trouble("local", "x", what="drift"))[0]
    assert (told.name, told.counts) == ("drift", False)
    commands.answer_drift(scene.session, int(found["id"].iloc[0]), "ours")
    assert scene.sync().result == "ok"
    assert scene.there("JournalEntry")[0]["Line"][0]["Amount"] == 5


def nothing_to_post(scene: Scene) -> None:
    """An adjustment that is worth nothing leaves the queue with a note and is no error."""
    made = adjustment(scene)
    scene.world.sql("UPDATE adjustment_line SET unit_cost = '0' WHERE adjustment_id = :i", i=made)
    assert scene.sync().result == "ok", scene.errors
    assert scene.rows == []
    assert scene.there("JournalEntry") == []


AT_ONCE: dict[str, Part] = {
    "sign_in": sign_in,
    "no_access": interrupted("no_access", switched(user="removed"), switched(user="admin")),
    "subscription_ended": interrupted("subscription_ended", switched(subscription="ended"), switched(subscription="active")),
    "throttled": throttled,
    "outage": interrupted("outage", out_of_order, in_order),
    "batch_too_large": batch_too_large,
    "other_company": other_company,
    "could_not_run": interrupted("could_not_run", key_lost, key_found),
    "stale": stale,
    "feature_missing": feature_missing,
    "inactive_instead": inactive_instead,
    "nothing_to_post": nothing_to_post,
    "drift": drifted,
}
#: The same row by another code.
AT_ONCE_TOO: dict[str, Part] = {"feature_missing 5020": not_permitted}
