"""Settings that QuickBooks contradicts: refused with the sentence, checked once it is known, named when it changes there."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine import queries
from syncengine.errors import ConfigurationError
from tests.cycle.test_both_ways import one
from tests.cycle.test_settings import DAY, change, person, settled, there
from tests.cycle.test_settle import act, base, invoice
from tests.support.prepared import Begun, synced
from tests.support.world import World


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("checking_account", "Mastercard", "is of type Credit Card"),
        ("credit_card_account", "Checking", "is of type Bank"),
        ("payable_account", "Nowhere", "has no account 'Nowhere'"),
        ("deposit_liability_account", "Checking", "Other Current Liability"),
        ("asset_account", "Checking", "Other Current Asset"),
        ("cogs_account", "Sales", "Cost of Goods Sold"),
        ("adjustment_account", "Accounts Receivable (A/R)", "is of type Accounts Receivable"),
        ("income_account", "Checking", "is of type Bank"),
        ("cash_account", "Mastercard", "of type Bank"),
        ("home_currency", "EUR", "kept in USD"),
        ("multicurrency", True, "off in QuickBooks"),
        ("default_tax_code", "TAX", "sales tax is off"),
    ],
)
def test_what_quickbooks_contradicts_is_refused_with_the_sentence(begun: Begun, name: str, value: Any, sentence: str) -> None:
    world, company = begun(synced)
    with pytest.raises(ConfigurationError, match=sentence):
        change(world, company, **{name: value, "stop_at_first_error": True})
    values = queries.settings(person(world, company)).set_index("name")["value"]
    assert values["stop_at_first_error"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("checking_account", "Savings"), ("credit_card_account", "mastercard"), ("deposit_liability_account", "Payroll Clearing"),
        ("adjustment_account", "Inventory Shrinkage"), ("home_currency", "USD"), ("discounts_as_lines", True), ("cash_account", "Checking"),
    ],
)  # fmt: skip
def test_what_quickbooks_has_is_taken(begun: Begun, name: str, value: Any) -> None:
    world, company = begun(synced)
    change(world, company, **{name: value})
    row = queries.settings(person(world, company)).set_index("name").loc[name]
    assert (row["value"], row["problem"]) == (value, "")


def test_before_the_first_sync_a_setting_is_kept_unchecked_and_checked_then(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    change(world, company, checking_account="Nowhere")
    table = queries.settings(person(world, company)).set_index("name")
    assert "not checked yet" in table.loc["checking_account", "problem"]
    assert not any("Nowhere" in each for each in queries.overview(person(world, company)).reasons)
    world.sync(company)
    table = queries.settings(person(world, company)).set_index("name")
    assert "has no account 'Nowhere'" in table.loc["checking_account", "problem"]
    assert any("Nowhere" in each for each in queries.overview(person(world, company)).reasons)
    assert table.loc["checking_account", "choices"] == ["Checking", "Savings"]


def test_an_account_renamed_there_is_renamed_here_and_one_made_inactive_holds_back_what_needs_it(world: World) -> None:
    company = world.company()
    _, item = base(world, company)
    account = one([each for each in there(world, company, "Account") if each["Name"] == "Sales of Product Income"])
    act(world, company, "rename", entity="Account", id=account["Id"], name="Sales of goods")
    world.settle(company)
    table = queries.settings(person(world, company)).set_index("name")
    assert (table.loc["income_account", "value"], table.loc["income_account", "problem"]) == ("Sales of goods", "")

    act(world, company, "deactivate", entity="Account", id=account["Id"])
    world.settle(company)
    made = world.save(company, "item", {"name": "Sail", "unit_price": 9})
    world.save(company, "customer", {"name": "Another"})
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 1)
    waiting = one(world.preview(company))
    assert "made inactive in QuickBooks" in (waiting.problem or "")
    assert waiting.state == "available"
    assert world.errors(company) == []
    assert any("made inactive" in each for each in queries.overview(person(world, company)).reasons)
    assert queries.settings(person(world, company)).set_index("name").loc["income_account", "value"] == "Sales of goods"

    change(world, company, income_account="Sales")
    assert settled(world, company) == "ok"
    assert {each["Name"] for each in there(world, company, "Item")} == {"Rope", "Sail"}
    assert world.record(company, "item", made)["active"] is not False
    assert world.record(company, "item", item) is not None


def test_what_refers_to_a_record_that_waits_for_a_setting_waits_with_it(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, _ = base(world, company)
    change_unchecked(world, company, "income_account", "Nowhere")
    item = world.save(company, "item", {"name": "Sail", "unit_price": 9})
    invoice(world, company, customer, item, number="W-1")
    assert settled(world, company) == "ok"
    waits = one([each for each in world.preview(company) if each.label == "W-1"])
    assert waits.waits_for == ["Item Sail"]
    assert world.errors(company) == []
    change(world, company, income_account="Sales")
    assert settled(world, company) == "ok"
    assert one(there(world, company, "Invoice"))["DocNumber"] == "W-1"


def change_unchecked(world: World, company: int, name: str, value: Any) -> None:
    """A value as it stood before QuickBooks was known."""
    from syncengine.store import settings

    with world.site.database.writing() as connection:
        settings.put(connection, company, name, value)


def test_discounts_switched_off_there_are_named(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    change(world, company, discounts_as_lines="on")
    act(world, company, "set_preferences", changes={"SalesFormsPrefs": {"AllowDiscount": False}})
    world.clock.advance(DAY)
    world.sync(company)
    assert "switched off in QuickBooks" in queries.settings(person(world, company)).set_index("name").loc["discounts_as_lines", "problem"]


def test_a_company_whose_books_know_currencies_says_so(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    act(world, company, "set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    world.clock.advance(DAY)
    world.sync(company)
    assert any("Multicurrency: it is on in QuickBooks" in each for each in queries.overview(person(world, company)).reasons)
    change(world, company, multicurrency="on")
    assert queries.settings(person(world, company)).set_index("name").loc["multicurrency", "problem"] == ""


def test_classes_beyond_the_plan_are_named(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    act(world, company, "set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    for number in range(40):
        act(world, company, "create", entity="Class", object={"Name": f"K{number}"})
    world.clock.advance(DAY)
    world.sync(company)
    assert queries.settings(person(world, company)).set_index("name").loc["class_tracking", "problem"] == ""
    world.save(company, "class", {"name": "One more"})
    assert "allows 40 classes" in queries.settings(person(world, company)).set_index("name").loc["class_tracking", "problem"]
