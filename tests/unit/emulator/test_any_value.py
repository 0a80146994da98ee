"""Any value in any place of what is sent: taken or refused, never an answer that is QuickBooks' own trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from syncengine.emulator import Emulator
from tests.conformance.test_05_removal import forms
from tests.unit.emulator.desk import Desk, sale

WRONG = (None, "x", -1, [None], {"value": ["a"]})
KINDS = sorted([*forms(Desk(Emulator(seed=1), "intuit")), "Bundles"])


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values below."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*above, name)
        yield from places(each, (*above, name))


def replaced(wish: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = holder = deepcopy(wish)
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return changed


def bundles(desk: Desk) -> dict[str, Any]:
    """An invoice with a line of each kind, taxes and a custom field."""
    part = {"ItemGroupLine": [{"ItemRef": {"value": "5"}, "Qty": 2}]}
    group = desk.post("item", {"Name": "Set", "Type": "Group", "ItemGroupDetail": part})["Id"]
    tax = {"TaxRateRef": {"value": "3"}, "PercentBased": True, "TaxPercent": 8, "NetAmountTaxable": 10}
    return {
        "CustomerRef": {"value": "1"},
        "Line": [
            sale("4", 10, Qty=1, UnitPrice=10, TaxCodeRef={"value": "TAX"}),
            {"DetailType": "GroupLineDetail", "GroupLineDetail": {"GroupItemRef": {"value": group}, "Line": [sale("5", 3)]}},
            {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}},
        ],
        "TxnTaxDetail": {"TotalTax": 1, "TaxLine": [{"Amount": 1, "DetailType": "TaxLineDetail", "TaxLineDetail": tax}]},
        "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "v"}],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_in_any_place_is_taken_or_refused(make, kind):
    desk = make("intuit", quotas=False)
    path, wish = ("invoice", bundles(desk)) if kind == "Bundles" else (kind.lower(), forms(desk)[kind])
    wish = json.loads(json.dumps(wish, default=float))
    for place in places(wish):
        for value in WRONG:
            response = desk.ask("POST", path, replaced(wish, place, value))
            assert response.status in {200, 400}, (place, value, response.body)
