"""Cases of values: texts, amounts, accounts, currencies, and what the company's plan and settings allow."""

from __future__ import annotations

from decimal import Decimal

from tests.cycle.corrections.case import Case, arrived, edit, retry
from tests.cycle.corrections.scene import Scene


def half_a_cent(scene: Scene) -> None:
    scene.invoice(lines=[{"line_no": 1, "item_id": scene.item, "quantity": Decimal(3), "unit_price": Decimal("0.335"), "amount": Decimal("1.00")}])


def tracked(scene: Scene) -> None:
    scene.actor("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})


def essentials(scene: Scene) -> None:
    tracked(scene)
    scene.world.clock.advance(2 * 86_400)
    scene.switch(plan="essentials")
    scene.save("class", name="North")


def full_plan(scene: Scene) -> None:
    tracked(scene)
    scene.world.clock.advance(2 * 86_400)
    scene.switch(class_limit=1)
    scene.actor("create", entity="Class", object={"Name": "First"})
    scene.save("class", name="North")


def more_room(scene: Scene) -> None:
    scene.switch(class_limit=0)
    retry(scene)


def untracked_class(scene: Scene) -> None:
    scene.save("class", name="North")


def bank_as_income(scene: Scene) -> None:
    scene.actor("create", entity="Account", object={"Name": "Till", "AccountType": "Bank"})
    scene.save("item", name="Odd", income_account="Till")


def missing_account(scene: Scene) -> None:
    """The item names no account and the company has no default: it goes without one, and QuickBooks wants it."""
    scene.setting("income_account", "")
    scene.setting("expense_account", "")
    scene.save("item", name="Bare", unit_price=Decimal(1))


def default_set(scene: Scene) -> None:
    scene.setting("income_account", "Sales")
    retry(scene)


def one_sided_currency(scene: Scene) -> None:
    """A customer is in euros here, while QuickBooks knew dollars only and took it in these; now QuickBooks knows both."""
    scene.save("customer", id=scene.customer, currency="EUR")
    assert scene.sync().result == "ok", scene.story()
    scene.actor("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    scene.actor("create", entity="CompanyCurrency", object={"Code": "EUR"})
    scene.world.clock.advance(2 * 86_400)
    assert scene.sync().result == "ok", scene.story()
    scene.kept.pop("record")
    scene.invoice(currency="EUR", exchange_rate=Decimal("1.1"))


def in_dollars(scene: Scene) -> None:
    scene.save("customer", id=scene.customer, currency=None)
    edit(currency=None, exchange_rate=None)(scene)


def discounts(scene: Scene, *, on: bool) -> None:
    scene.actor("set_preferences", changes={"SalesFormsPrefs": {"AllowDiscount": on}})


def discounts_off(scene: Scene) -> None:
    scene.setting("discounts_as_lines", True)
    discounts(scene, on=False)
    scene.world.clock.advance(2 * 86_400)
    assert scene.sync().result == "ok", scene.story()
    line = {"line_no": 1, "item_id": scene.item, "quantity": Decimal(2), "unit_price": Decimal(5), "discount": Decimal("0.1")}
    scene.invoice(lines=[line])


VALUES: dict[str, Case] = {
    "cut_text": Case("local", lambda scene: scene.save("customer", name="Wordy", notes="x" * 2_100),
                     arrived("Customer", "where DisplayName = 'Wordy'", Notes="x" * 2_000)),
    "short_number": Case("local", lambda scene: scene.invoice("N" * 30), arrived("Invoice", DocNumber="N" * 19 + "-2")),
    "leave_email_out": Case("2210", lambda scene: scene.save("customer", name="No Mail", email="nobody"),
                            arrived("Customer", "where DisplayName = 'No Mail'", PrimaryEmailAddr=None)),
    "recompute_amount": Case("6070", half_a_cent, arrived("Invoice", TotalAmt=Decimal("1.01"))),
    # --- what only a person can put right ---
    "account_type": Case("6000", bank_as_income, arrived("Item", "where Name = 'Odd'"), edit(income_account=None)),
    "currency": Case("6000", one_sided_currency, arrived("Invoice", CurrencyRef={"value": "USD", "name": "United States Dollar"}), in_dollars),
    "plan_limit": Case("5030", full_plan, arrived("Class", "where Name = 'North'"), more_room),
    "value_refused": Case("2200", lambda scene: scene.save("customer", name="Web", website="no address"),
                          arrived("Customer", "where DisplayName = 'Web'"), edit(website="https://web.example")),
    "default_account": Case("2020", missing_account, arrived("Item", "where Name = 'Bare'"), default_set),
    # --- what is refused here, before anything is sent ---
    "discount_off": Case("local", discounts_off, arrived("Invoice", TotalAmt=Decimal(9)), lambda scene: discounts(scene, on=True)),
    "tracking_off": Case("local", untracked_class, arrived("Class", "where Name = 'North'"), tracked),
    "text_refused": Case("local", lambda scene: scene.save("customer", name="A:B"), arrived("Customer", "where DisplayName = 'A and B'"), edit(name="A and B")),
    "no_account": Case("local", lambda scene: scene.save("item", name="Odd", income_account="Nowhere"),
                       arrived("Item", "where Name = 'Odd'"), edit(income_account=None)),
    "no_name": Case("local", lambda scene: scene.save("customer", name=None, code="C9"), arrived("Customer", "where DisplayName = 'Named'"), edit(name="Named")),
    "incomplete": Case("local", lambda scene: scene.invoice(customer_id=None), arrived("Invoice"), lambda scene: edit(customer_id=scene.customer)(scene)),
}  # fmt: skip
