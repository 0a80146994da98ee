"""Each trouble of the day has the cure that docs/sample.md names, and with all of them the company is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from syncengine import commands, queries
from syncengine.queries import Health, Session
from syncengine.store import outbox
from syncengine.worker import heartbeats, identity
from tests.support.world import World

Demo = tuple[World, Session]


def sync(demo: Demo) -> Any:
    """Somebody presses Sync now, some minutes later."""
    world, session = demo
    world.clock.advance(120)
    return world.sync(session.company_id)


def error_of(demo: Demo, label: str) -> Any:
    """The open error of a record."""
    found = [each for each in demo[0].errors(1) if each["label"] == label]
    assert len(found) <= 1
    return found[0] if found else None


def seen(demo: Demo, label: str) -> list[tuple[int, int]]:
    """The row of a record as a person sees it."""
    with demo[0].site.database.reading() as connection:
        return [(row["id"], row["version"]) for row in outbox.rows(connection, 1) if row["label"] == label]


def there(demo: Demo, entity: str, where: str) -> list[dict[str, Any]]:
    """Objects of QuickBooks."""
    demo[0].clock.advance(2)
    return demo[0].query(1, f"SELECT * FROM {entity} WHERE {where}")


# --- the cures -----------------------------------------------------------------------------------------------------


def missing_invoice(demo: Demo) -> None:
    """Correct now: the service is made active for as long as the invoice needs."""
    assert there(demo, "Invoice", "DocNumber = '10279'") == []
    error_id = error_of(demo, "10279")["id"]
    told = [(each["field"], each["before"], each["after"]) for each in queries.correction_of(demo[1], error_id)["changes"]]
    assert told == [("Item Tool sharpening", "inactive", "active"), ("Item Tool sharpening", "active", "inactive")]
    says = commands.correct_now(demo[1], error_id)
    assert says == "Makes item Tool sharpening active in QuickBooks, sends invoice 10279, and makes it inactive again, unless QuickBooks refuses that."
    sync(demo)
    [invoice] = there(demo, "Invoice", "DocNumber = '10279'")
    assert invoice["TotalAmt"] == Decimal(136)
    assert there(demo, "Item", "Name = 'Tool sharpening (deleted)' AND Active = false"), "it rests again"
    assert error_of(demo, "10279") is None


def bad_address(demo: Demo) -> None:
    """Nothing: the next sync sends the customer without the address, and the invoice that waited for it."""
    sync(demo)
    assert error_of(demo, "Café Señorita") is None
    [cafe] = there(demo, "Customer", "DisplayName = 'Café Señorita'")
    assert "PrimaryEmailAddr" not in cafe
    assert there(demo, "Invoice", "DocNumber = '10276'")


def still_owes(demo: Demo) -> None:
    """What it owes is paid in QuickBooks, then Retry."""
    world, _ = demo
    [granite] = there(demo, "Customer", "DisplayName = 'Granite Peak Builders'")
    open_ones = [each for each in there(demo, "Invoice", f"CustomerRef = '{granite['Id']}'") if each["Balance"]]
    for each in open_ones:
        link = {"Amount": str(each["Balance"]), "LinkedTxn": [{"TxnId": each["Id"], "TxnType": "Invoice"}]}
        paid = {"CustomerRef": {"value": granite["Id"]}, "TotalAmt": str(each["Balance"]), "Line": [link]}
        world.actor(1, "create", entity="Payment", object=paid)
    commands.retry(demo[1], seen(demo, "Granite Peak Builders"))
    sync(demo)
    assert error_of(demo, "Granite Peak Builders") is None
    assert there(demo, "Customer", "Active = false")[0]["DisplayName"] == "Granite Peak Builders (deleted)"


def still_wanted(demo: Demo) -> None:
    """The other way: the customer is made active here again."""
    world, session = demo
    customer = queries.records(session, "customer", search="Granite Peak").iloc[0]["id"]
    world.save(1, "customer", {"id": int(customer), "active": True})
    sync(demo)
    assert error_of(demo, "Granite Peak Builders") is None
    assert there(demo, "Customer", "DisplayName = 'Granite Peak Builders'")


def no_card_account(demo: Demo) -> None:
    """The company's card account is chosen in Settings."""
    assert there(demo, "Purchase", "DocNumber = 'AUTH-5520'") == []
    commands.change_settings(demo[1], {"credit_card_account": "Mastercard"})
    sync(demo)
    [charge] = there(demo, "Purchase", "DocNumber = 'AUTH-5520'")
    assert (charge["PaymentType"], charge["AccountRef"]["name"], charge["TotalAmt"]) == ("CreditCard", "Mastercard", Decimal(270))


def name_taken(demo: Demo) -> None:
    """Correct now, or consent to it once for all: the vendor goes under a name of its own, and its order with it."""
    says = commands.correct_now(demo[1], error_of(demo, "Kestrel Bicycle Co-op")["id"])
    assert "Kestrel Bicycle Co-op (V)" in says
    sync(demo)
    assert there(demo, "Vendor", "DisplayName = 'Kestrel Bicycle Co-op (V)'")
    assert there(demo, "PurchaseOrder", "DocNumber = 'PO-5308'")


def consent(demo: Demo) -> None:
    """The other way: the owner lets Tieout do so by itself."""
    commands.change_settings(demo[1], {"allow_name_suffix": True})
    sync(demo)
    sync(demo)
    assert there(demo, "Vendor", "DisplayName = 'Kestrel Bicycle Co-op (V)'")


def both_changed(demo: Demo) -> None:
    """One of the two addresses is chosen."""
    [conflict] = queries.conflicts(demo[1]).to_dict("records")
    commands.choose(demo[1], conflict["id"], "theirs")
    sync(demo)
    assert queries.conflicts(demo[1]).empty
    juniper = queries.records(demo[1], "customer", search="Juniper").iloc[0]["id"]
    assert demo[0].record(1, "customer", int(juniper))["email"] == "ap@juniper-group.example.com"


def bill_was_changed(demo: Demo) -> None:
    """Ours is sent again."""
    [drift] = queries.drifts(demo[1]).to_dict("records")
    commands.answer_drift(demo[1], drift["id"], "ours")
    sync(demo)
    assert queries.drifts(demo[1]).empty
    [bill] = there(demo, "Bill", "DocNumber = 'PF-88213'")
    assert bill["TotalAmt"] == drift["total_sent"]


CURES = (missing_invoice, bad_address, still_owes, no_card_account, name_taken, both_changed, bill_was_changed)
OTHERS = (still_wanted, consent)


@pytest.mark.parametrize("cure", [*CURES, *OTHERS], ids=lambda cure: cure.__name__)
def test_the_cure_that_is_named_helps(demo_here: Demo, cure: Callable[[Demo], None]):
    cure(demo_here)


def test_with_every_cure_the_company_is_well(demo: Demo):
    world, session = demo
    for cure in CURES:
        cure(demo)
    # The day's own schedule goes on, and what waited has been sent.
    world.clock.advance(timedelta(hours=2).total_seconds())
    assert sync(demo).result == "ok"
    with world.site.database.writing() as connection:
        heartbeats.beat(connection, "here", identity.mine(), world.clock.now(), world.clock.now())
    seen_now = queries.overview(session)
    assert (seen_now.light, seen_now.health, seen_now.reasons) == ("check", Health.HEALTHY, ())
    assert world.waiting(1) == []
    assert world.control(f"trial_balance?realm_id={world.realm(1)}", method="GET")["check"] == []
