"""One case for each row of the catalogue that waits, with its real cause, and what holds at its end; by the correction's name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.cycle.corrections.case import Case, Part, arrived, both, retry
from tests.cycle.corrections.documents import DOCUMENTS, dated_in_a_closed_period, edited_in_a_closed_period
from tests.cycle.corrections.injected import INJECTED
from tests.cycle.corrections.references import REFERENCES, inactive_customer, merged_customer
from tests.cycle.corrections.scene import Scene
from tests.cycle.corrections.values import VALUES

CASES: dict[str, Case] = {**REFERENCES, **DOCUMENTS, **VALUES, **INJECTED}


def turned(cause: Part, **values: Any) -> Part:
    """The same cause in a QuickBooks that answers in its other way."""
    return both(lambda scene: scene.switch(**values), cause)


def closed_with_a_password(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31", password="secret")


def foreign_customer(scene: Scene) -> None:
    """A customer in a currency that the company does not deal in."""
    scene.actor("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    scene.world.clock.advance(2 * 86_400)
    assert scene.sync().result == "ok", scene.story()
    scene.save("customer", name="Paris", currency="EUR")


def euros(scene: Scene) -> None:
    scene.actor("create", entity="CompanyCurrency", object={"Code": "EUR"})
    retry(scene)


#: The same rows by the other codes under which QuickBooks tells of them: the correction's name, a blank, the code.
VARIANTS: dict[str, Case] = {
    "find_reference 6250": replace(CASES["find_reference"], code="6250", cause=turned(merged_customer, sales_customer="6250")),
    "reactivate_reference 2500": replace(CASES["reactivate_reference"], code="2500", cause=turned(inactive_customer, inactive_reference="2500")),
    "reactivate_reference 6250": replace(CASES["reactivate_reference"], code="6250", cause=turned(inactive_customer, sales_customer="6250")),
    "first_open_day 6210": replace(CASES["first_open_day"], code="6210", cause=both(dated_in_a_closed_period, closed_with_a_password)),
    "closed 6210": replace(CASES["closed"], code="6210", cause=both(edited_in_a_closed_period, closed_with_a_password)),
    "currency 2220": Case("2220", foreign_customer, arrived("Customer", "where DisplayName = 'Paris'"), euros),
}
