"""Merges in QuickBooks: the pair follows to the one that stays, and so does everything that named the one that goes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from syncengine import queries
from syncengine.engine import capture
from syncengine.failpoints import Crash, arm, disarm, raise_crash
from syncengine.queries import Session
from tests.support.world import World


class Trade:
    """Two customers, two vendors, an invoice, an order and an adjustment, all in step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.company = world.company()
        world.sync(self.company)
        world.set(self.company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
        self.one, self.two = (self.save("customer", {"name": name}) for name in ("Harbour", "Harbour Ltd"))
        self.vendors = [self.save("vendor", {"name": name}) for name in ("Rope Works", "Ropeworks Inc")]
        self.item = self.save("item", {"name": "Rope", "unit_price": Decimal(2)})
        self.invoice = self.bill(self.one, "N-1")
        day = world.clock.now().date()
        lines = [{"item_id": self.item, "quantity": 1, "unit_cost": 2}]
        self.order = self.save("purchase_order", {"number": "P-1", "vendor_id": self.vendors[0], "txn_date": day}, lines)
        world.sync(self.company)
        assert world.settle(self.company).sent == 0

    def save(self, kind: str, values: dict[str, Any], lines: Any = None) -> int:
        return self.world.save(self.company, kind, values, lines)

    def bill(self, customer: int, number: str) -> int:
        values = {"number": number, "customer_id": customer, "txn_date": self.world.clock.now().date()}
        return self.save("invoice", values, [{"line_no": 1, "item_id": self.item, "quantity": 1, "unit_price": 2}])

    def load(self, kind: str, record: int) -> Any:
        return self.world.record(self.company, kind, record)

    def ids(self, entity: str, name: str = "DisplayName") -> dict[str, str]:
        return {each[name]: each["Id"] for each in self.world.query(self.company, f"SELECT * FROM {entity}")}

    def merge(self, entity: str, goes: str, stays: str, name: str = "DisplayName") -> tuple[str, str]:
        ids = self.ids(entity, name)
        self.world.actor(self.company, "merge", entity=entity, id=ids[goes], into=ids[stays])
        self.world.clock.advance(300)
        return ids[goes], ids[stays]

    def events(self, kind: str, record: int) -> list[str]:
        session = Session(self.world.site.database, "Ada", self.company, self.world.clock)
        return list(queries.timeline(session, kind, record)["event"])

    def in_step(self) -> None:
        self.world.settle(self.company)
        result = self.world.settle(self.company)
        assert (result.result, result.sent, result.received) == ("ok", 0, 0)
        assert self.world.waiting(self.company) == []


def accounts(trade: Trade) -> list[dict[str, Any]]:
    return trade.world.query(trade.company, "SELECT * FROM Account")


@pytest.fixture
def trade(world: World) -> Trade:
    return Trade(world)


@pytest.fixture
def trade_here(begun: Callable[[Callable[[World], Trade]], Trade]) -> Trade:
    return begun(Trade)


def test_documents_follow_and_the_record_of_the_one_that_goes_is_kept_as_an_alias(trade):
    _, stays = trade.merge("Customer", "Harbour", "Harbour Ltd")
    result = trade.world.sync(trade.company)
    assert (result.result, result.sent) == ("ok", 0)
    assert trade.load("invoice", trade.invoice)["customer_id"] == trade.two
    assert trade.load("customer", trade.one)["active"] is False
    assert trade.load("customer", trade.two)["active"] is True
    assert "merged" in trade.events("customer", trade.one)
    assert "merged" in trade.events("customer", trade.two)
    assert "followed a merge" in trade.events("invoice", trade.invoice)
    trade.in_step()
    # Whoever still names the old record means the one that stays.
    trade.bill(trade.one, "N-2")
    assert trade.world.sync(trade.company).sent == 1
    [second] = trade.world.query(trade.company, "SELECT * FROM Invoice WHERE DocNumber = 'N-2'")
    assert second["CustomerRef"]["value"] == stays


def test_an_edit_of_the_alias_makes_no_second_customer(trade_here):
    trade_here.merge("Customer", "Harbour", "Harbour Ltd")
    trade_here.world.sync(trade_here.company)
    trade_here.save("customer", {"id": trade_here.one, "active": True, "phone": "1"})
    capture.capture(trade_here.world.site.database, trade_here.world.clock)
    [planned] = trade_here.world.preview(trade_here.company)
    assert (planned.operation, planned.note) == ("nothing", "QuickBooks has merged it into another, whose record goes on.")
    assert trade_here.world.sync(trade_here.company).sent == 0
    assert set(trade_here.ids("Customer")) >= {"Harbour Ltd"}
    assert "Harbour" not in trade_here.ids("Customer")


def test_an_edit_of_the_one_that_goes_is_dropped_and_said(trade_here):
    trade_here.merge("Customer", "Harbour", "Harbour Ltd")
    trade_here.save("customer", {"id": trade_here.one, "phone": "1"})
    assert trade_here.world.sync(trade_here.company).result == "ok"
    trade_here.in_step()
    assert "Harbour" not in trade_here.ids("Customer")


def test_a_second_merge_leads_the_aliases_on(trade_here):
    third = trade_here.save("customer", {"name": "Harbour Group"})
    trade_here.world.sync(trade_here.company)
    trade_here.merge("Customer", "Harbour", "Harbour Ltd")
    trade_here.world.sync(trade_here.company)
    _, stays = trade_here.merge("Customer", "Harbour Ltd", "Harbour Group")
    trade_here.world.sync(trade_here.company)
    assert trade_here.load("invoice", trade_here.invoice)["customer_id"] == third
    trade_here.bill(trade_here.one, "N-2")
    trade_here.world.sync(trade_here.company)
    [second] = trade_here.world.query(trade_here.company, "SELECT * FROM Invoice WHERE DocNumber = 'N-2'")
    assert second["CustomerRef"]["value"] == stays


@pytest.mark.parametrize("stays", ["Known there", "Rope"])
def test_items_and_vendors_follow_in_lines_and_headers(trade_here, stays):
    if stays != "Rope":
        trade_here.save("item", {"name": stays})
        trade_here.world.sync(trade_here.company)
        trade_here.merge("Item", "Rope", stays, "Name")
    else:
        trade_here.merge("Vendor", "Rope Works", "Ropeworks Inc")
    trade_here.world.sync(trade_here.company)
    order = trade_here.load("purchase_order", trade_here.order)
    if stays == "Rope":
        assert order["vendor_id"] == trade_here.vendors[1]
    else:
        assert trade_here.load("item", order["lines"][0]["item_id"])["name"] == stays
    trade_here.in_step()


def test_accounts_follow_by_name_and_no_document_drifts(trade_here):
    trade = trade_here
    day = trade.world.clock.now().date()
    adjustment = trade.save("adjustment", {"number": "A-1", "txn_date": day}, [{"item_id": trade.item, "amount": Decimal(5)}])
    trade.world.sync(trade.company)
    trade.world.settle(trade.company)
    kind = next(each for each in accounts(trade) if each["FullyQualifiedName"] == "Inventory Shrinkage")
    made = {"Name": "Shrinkage", "AccountType": kind["AccountType"], "AccountSubType": kind["AccountSubType"]}
    trade.world.actor(trade.company, "create", entity="Account", object=made)
    other = next(each for each in accounts(trade) if each["FullyQualifiedName"] == "Shrinkage")
    trade.world.sync(trade.company)
    trade.world.actor(trade.company, "merge", entity="Account", id=kind["Id"], into=other["Id"])
    trade.world.clock.advance(300)
    assert trade.world.sync(trade.company).result == "ok"
    session = Session(trade.world.site.database, "Ada", trade.company, trade.world.clock)
    assert queries.drifts(session).empty
    trade.in_step()
    [line] = trade.load("adjustment", adjustment)["lines"]
    trade.save("adjustment", {"id": adjustment}, [{"id": line["id"], "item_id": trade.item, "amount": Decimal(6)}])
    assert trade.world.sync(trade.company).sent == 1
    [entry] = trade.world.query(trade.company, "SELECT * FROM JournalEntry")
    assert entry["Line"][1]["JournalEntryLineDetail"]["AccountRef"]["value"] == other["Id"]


def test_a_merge_is_proved_after_the_silence_of_a_month_too(trade_here):
    trade_here.merge("Customer", "Harbour", "Harbour Ltd")
    trade_here.world.clock.advance(40 * 86_400)
    trade_here.world.sync(trade_here.company)
    assert trade_here.load("invoice", trade_here.invoice)["customer_id"] == trade_here.two
    assert trade_here.load("customer", trade_here.one)["active"] is False
    trade_here.in_step()


def test_a_merge_that_nothing_proves_counts_as_a_deletion(trade_here):
    trade_here.save("customer", {"name": "Nobody"})
    trade_here.world.sync(trade_here.company)
    trade_here.merge("Customer", "Nobody", "Harbour")
    assert trade_here.world.sync(trade_here.company).result == "ok"
    found = queries.records(Session(trade_here.world.site.database, "Ada", trade_here.company, trade_here.world.clock), "customer")
    assert "Nobody" not in set(found["name"])


def test_the_one_that_goes_hands_its_record_to_one_that_has_none_here(trade_here):
    trade = trade_here
    trade.world.actor(trade.company, "create", entity="Customer", object={"DisplayName": "Only there"})
    trade.merge("Customer", "Harbour", "Only there")
    assert trade.world.sync(trade.company).result == "ok"
    assert trade.load("customer", trade.one)["name"] == "Only there"
    assert trade.load("invoice", trade.invoice)["customer_id"] == trade.one
    trade.in_step()


@pytest.mark.parametrize("point", ["merge.followed", "page.applied", "cursor.committed"])
def test_a_crash_while_it_follows_ends_the_same(trade_here, point):
    trade_here.merge("Customer", "Harbour", "Harbour Ltd")
    arm(point, raise_crash)
    with pytest.raises(Crash):
        trade_here.world.sync(trade_here.company)
    disarm()
    trade_here.world.clock.advance(120)
    trade_here.world.sync(trade_here.company)
    assert trade_here.load("invoice", trade_here.invoice)["customer_id"] == trade_here.two
    assert trade_here.load("customer", trade_here.one)["active"] is False
    trade_here.in_step()


def test_names_made_inactive_on_either_side_are_inactive_on_the_other_and_back(trade_here):
    trade = trade_here
    theirs = trade.ids("Vendor")["Ropeworks Inc"]
    trade.world.actor(trade.company, "deactivate", entity="Vendor", id=theirs)
    trade.world.clock.advance(300)
    trade.world.sync(trade.company)
    assert trade.load("vendor", trade.vendors[1])["active"] is False
    trade.world.actor(trade.company, "reactivate", entity="Vendor", id=theirs)
    trade.world.clock.advance(300)
    trade.world.sync(trade.company)
    assert trade.load("vendor", trade.vendors[1])["active"] is True
    trade.save("vendor", {"id": trade.vendors[1], "active": False})
    trade.world.sync(trade.company)
    assert "Ropeworks Inc" not in trade.ids("Vendor")
    trade.save("vendor", {"id": trade.vendors[1], "active": True})
    trade.world.sync(trade.company)
    assert trade.ids("Vendor")["Ropeworks Inc"] == theirs
    trade.in_step()


def test_a_void_in_quickbooks_is_taken_over_and_the_timeline_says_so(trade_here):
    trade = trade_here
    [theirs] = trade.world.query(trade.company, "SELECT * FROM Invoice")
    trade.world.actor(trade.company, "void", entity="Invoice", id=theirs["Id"])
    trade.world.clock.advance(300)
    assert trade.world.sync(trade.company).result == "ok"
    invoice = trade.load("invoice", trade.invoice)
    assert invoice["private_note"] == "Voided"
    assert [line["quantity"] * (line["unit_price"] or 0) for line in invoice["lines"]] == [0]
    assert "voided" in trade.events("invoice", trade.invoice)
    trade.in_step()
