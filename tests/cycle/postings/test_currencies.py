"""Currencies: of names, fixed at the first sync; of documents, that of whom they are with; and the lists that say so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from syncengine.ledger import reader as ledger
from tests.cycle.postings.test_sales import DAY, only, records, sold
from tests.cycle.test_both_ways import one
from tests.cycle.test_payloads import act
from tests.support.world import World

Abroad = tuple[World, int, dict[str, int]]


@pytest.fixture
def abroad(begun: Callable[[Callable[[World], Abroad]], Abroad]) -> Abroad:
    """A company in USD that deals in EUR too, with a customer and a vendor in EUR."""
    return begun(go_abroad)


def go_abroad(world: World) -> Abroad:
    company = world.company()
    world.sync(company)
    act(world, company, "set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    act(world, company, "create", entity="CompanyCurrency", object={"Code": "EUR"})
    world.set(company, multicurrency=True)
    world.clock.advance(2 * 86_400)
    world.sync(company)
    ids = {
        "customer": world.save(company, "customer", {"name": "Abbaye", "currency": "EUR"}),
        "vendor": world.save(company, "vendor", {"name": "Chantier", "currency": "EUR"}),
        "home": world.save(company, "customer", {"name": "Abbey"}),
        "item": world.save(company, "item", {"name": "Anchor"}),
    }
    assert world.sync(company).result == "ok", world.errors(company)
    return world, company, ids


def line(ids: dict[str, int]) -> list[dict[str, Any]]:
    return [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(100)}]


def test_names_are_in_their_own_currency_and_the_companys_currencies_are_listed(abroad):
    world, company, _ = abroad
    assert one(world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Abbaye'"))["CurrencyRef"]["value"] == "EUR"
    assert one(world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Abbey'"))["CurrencyRef"]["value"] == "USD"
    assert only(world, company, "Vendor")["CurrencyRef"]["value"] == "EUR"
    with world.site.database.reading() as connection:
        assert ledger.counts(connection, company)["CompanyCurrency"] >= 1
    assert world.settle(company).sent == 0


def test_a_currency_that_changes_after_the_first_sync_is_an_error_with_its_remedy(abroad):
    world, company, ids = abroad
    world.save(company, "customer", {"id": ids["customer"], "currency": None, "phone": "1"})
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"] == "currency: QuickBooks keeps the currency of the first sync, which is EUR."
    assert error["remedy"] == "Put EUR back, or make a new customer with the other currency."
    world.save(company, "customer", {"id": ids["customer"], "currency": "EUR"})
    assert world.sync(company).result == "ok"
    assert one(world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Abbaye'"))["PrimaryPhone"]["FreeFormNumber"] == "1"


def test_an_invoice_is_in_its_customers_currency_at_its_own_rate_or_quickbooks(abroad):
    world, company, ids = abroad
    given = world.save(company, "invoice", {"number": "A", "customer_id": ids["customer"], "txn_date": DAY, "currency": "EUR", "exchange_rate": Decimal("1.25")}, line(ids))
    silent = world.save(company, "invoice", {"number": "B", "customer_id": ids["customer"], "txn_date": DAY, "currency": "EUR"}, line(ids))
    home = world.save(company, "invoice", {"number": "C", "customer_id": ids["home"], "txn_date": DAY}, line(ids))
    assert world.sync(company).result == "ok", world.errors(company)
    there = {each["DocNumber"]: each for each in world.query(company, "SELECT * FROM Invoice")}
    assert [(there[n]["CurrencyRef"]["value"], there[n]["TotalAmt"]) for n in "ABC"] == [("EUR", 100), ("EUR", 100), ("USD", 100)]
    assert there["A"]["ExchangeRate"] == Decimal("1.25")
    assert world.record(company, "invoice", silent)["exchange_rate"] == there["B"]["ExchangeRate"], "what QuickBooks took is written back"
    assert world.settle(company).sent == 0
    world.save(company, "invoice", {"id": given, "exchange_rate": Decimal("1.3")})
    world.sync(company)
    assert one(world.query(company, "SELECT * FROM Invoice WHERE DocNumber = 'A'"))["ExchangeRate"] == Decimal("1.3")
    assert world.record(company, "invoice", home)["currency"] is None


def test_a_document_in_another_currency_than_its_partys_is_refused_before_it_is_sent(abroad):
    world, company, ids = abroad
    world.save(company, "invoice", {"number": "A", "customer_id": ids["customer"], "txn_date": DAY}, line(ids))
    order_line = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_cost": Decimal(5)}]
    world.save(company, "purchase_order", {"number": "P", "vendor_id": ids["vendor"], "txn_date": DAY, "currency": "GBP"}, order_line)
    assert world.sync(company).result == "errors"
    assert sorted(error["cause"] for error in world.errors(company)) == [
        "currency: The document is in GBP, and its vendor Chantier in EUR; QuickBooks wants EUR here.",
        "currency: The document is in USD, and its customer Abbaye in EUR; QuickBooks wants EUR here.",
    ]
    assert world.query(company, "SELECT * FROM Invoice") == world.query(company, "SELECT * FROM PurchaseOrder") == []


def test_a_document_typed_in_quickbooks_arrives_in_its_currency_and_its_payment_too(abroad):
    world, company, _ = abroad
    customer = one(world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Abbaye'"))["Id"]
    euro = {"CustomerRef": {"value": customer}, "CurrencyRef": {"value": "EUR"}, "TxnDate": "2026-03-02"}
    invoice = act(world, company, "create", entity="Invoice", object={**euro, "ExchangeRate": Decimal("1.2"), "Line": [sold(world, company)]})
    act(world, company, "create", entity="Payment", object={
        **euro, "ExchangeRate": Decimal("1.2"), "TotalAmt": 60, "Line": [{"Amount": 60, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]})  # fmt: skip
    assert world.settle(company).result == "ok"
    for kind in ("invoice", "payment"):
        [here] = records(world, company, kind)
        assert (here["currency"], here["exchange_rate"]) == ("EUR", Decimal("1.2"))
    assert world.settle(company).sent == 0


def test_with_one_currency_alone_no_currency_travels(sqlite_world):
    world, company = sqlite_world, sqlite_world.company()
    world.save(company, "customer", {"name": "Abbaye", "currency": "EUR"})
    assert world.sync(company).result == "ok"
    assert only(world, company, "Customer")["CurrencyRef"]["value"] == "USD"
