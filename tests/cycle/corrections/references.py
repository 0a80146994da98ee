"""Cases of references and names: something that a record leads to is gone, inactive, taken, or in the wrong place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.cycle.corrections.case import Case, arrived, both, edit, quiet
from tests.cycle.corrections.scene import Scene


def inactive_customer(scene: Scene) -> None:
    scene.actor("deactivate", entity="Customer", id=scene.id_of("Customer", "Harbour"))
    scene.invoice()


def customer_rests_again(scene: Scene) -> None:
    """The invoice is there; its customer could not be made inactive again, because it now owes: that is told."""
    arrived("Invoice")(scene)
    assert "could not be put back" in scene.corrections("done")[0]["outcome"]


def adjustment(scene: Scene, **values: Any) -> int:
    scene.setting("asset_account", "Inventory Asset")
    scene.setting("adjustment_account", "Inventory Shrinkage")
    line = {"item_id": scene.item, "quantity": Decimal(1), "unit_cost": Decimal(5)}
    return scene.save("adjustment", [line], number="ADJ-1", txn_date=date(2026, 1, 10), **values)


def lost_twin(scene: Scene) -> None:
    made = adjustment(scene)
    assert scene.sync().result == "ok", scene.errors
    theirs = scene.there("JournalEntry")[0]
    scene.unseen({"action": "delete", "entity": "JournalEntry", "id": theirs["Id"]})
    scene.world.save(scene.company, "adjustment", {"id": made}, [{"item_id": scene.item, "quantity": Decimal(2), "unit_cost": Decimal(5)}])


def _worth(scene: Scene, amount: int) -> None:
    assert scene.there("JournalEntry")[0]["Line"][0]["Amount"] == amount


def merged_customer(scene: Scene) -> None:
    """Two customers became one in QuickBooks, which then got the name of the one that went: its number is gone."""
    quiet(scene)
    other = scene.actor("create", entity="Customer", object={"DisplayName": "Quay"})["object"]["Id"]
    scene.actor("merge", entity="Customer", id=scene.id_of("Customer", "Harbour"), into=other)
    scene.unseen({"action": "rename", "entity": "Customer", "id": other, "name": "Harbour Supply"})
    scene.invoice()


def merged_account(scene: Scene) -> None:
    """An account became part of another one: nothing in QuickBooks has its name any more."""
    till, other = (scene.actor("create", entity="Account", object={"Name": name, "AccountType": "Income"})["object"] for name in ("Till", "Shop"))
    quiet(scene)
    scene.unseen({"action": "merge", "entity": "Account", "id": till["Id"], "into": other["Id"]})
    scene.save("item", name="Odd", income_account="Till")


def restored_books(scene: Scene, kind: str = "Category") -> None:
    """The books are again those of an earlier day. Since then the category's number has been given to an item.

    Another Ropes was made as well, a category or, where `kind` says so, something else.
    """
    day = scene.world.backup(scene.company)
    ropes = scene.save("category", name="Ropes")
    quiet(scene)
    scene.world.restore(scene.company, day)
    income = {"value": scene.id_of("Account", "Sales")}
    scene.unseen(
        {"action": "create", "entity": "Item", "object": {"Name": "Anchor", "Type": "Service", "IncomeAccountRef": income}},
        {"action": "create", "entity": "Item", "object": {"Name": "Ropes", "Type": kind, **({} if kind == "Category" else {"IncomeAccountRef": income})}},
    )
    scene.save("item", name="Cord", category_id=ropes)


def _under_ropes(scene: Scene) -> None:
    assert scene.there("Item", "where Name = 'Cord'")[0]["ParentRef"]["value"] == scene.id_of("Item", "Ropes")


def parents_of_each_other(scene: Scene) -> None:
    """While Harbour is put under Above there, Above is put under Harbour here."""
    above = scene.save("customer", name="Above")
    quiet(scene)
    under = {"Job": True, "ParentRef": {"value": scene.id_of("Customer", "Above")}}
    scene.unseen({"action": "edit", "entity": "Customer", "id": scene.id_of("Customer", "Harbour"), "changes": under})
    scene.save("customer", id=above, parent_id=scene.customer)


def same_name_there(scene: Scene) -> None:
    scene.unseen({"action": "create", "entity": "Customer", "object": {"DisplayName": "Twice", "Notes": "theirs"}})
    scene.save("customer", name="Twice", phone="555")


def _theirs_is_here(scene: Scene) -> None:
    kind, record = scene.kept["record"]
    held = scene.world.record(scene.company, kind, record)
    assert (held["phone"], held["notes"]) == ("555", "theirs"), "the two became one, and neither side lost a word"
    assert scene.there("Customer", "where DisplayName = 'Twice'")[0]["PrimaryPhone"]["FreeFormNumber"] == "555"


def inactive_name_there(scene: Scene) -> None:
    scene.switch(inactive_name_taken=True)
    scene.actor("create", entity="Customer", object={"DisplayName": "Old"})
    scene.actor("deactivate", entity="Customer", id=scene.id_of("Customer", "Old"))
    assert scene.sync().result == "ok"
    scene.save("customer", name="Old")


def vendor_of_that_name(scene: Scene) -> None:
    scene.save("vendor", name="Harbour Supply")


def owing_customer_leaves(scene: Scene) -> None:
    scene.invoice()
    assert scene.sync().result == "ok"
    scene.kept["record"] = ("customer", scene.customer)
    scene.save("customer", id=scene.customer, active=False)


REFERENCES: dict[str, Case] = {
    "reactivate_reference": Case("610", inactive_customer, customer_rests_again),
    "recreate_twin": Case("610", lost_twin, both(arrived("JournalEntry"), lambda scene: _worth(scene, 10))),
    "find_reference": Case("2500", merged_customer, arrived("Invoice")),
    "parent_first": Case("700", restored_books, both(arrived("Item", "where Name = 'Cord'", SubItem=True), _under_ropes)),
    "adopt_same_name": Case("6240", same_name_there, both(arrived("Customer", "where DisplayName = 'Twice'", Notes="theirs"), _theirs_is_here)),
    "adopt_inactive_name": Case("6240", inactive_name_there, arrived("Customer", "where DisplayName = 'Old'", Active=True)),
    "name_suffix": Case("6240", vendor_of_that_name, arrived("Vendor", DisplayName="Harbour Supply (V)")),
    # --- what only a person can put right ---
    "missing_elsewhere": Case("2500", merged_account, arrived("Item", "where Name = 'Odd'"), edit(income_account="Shop")),
    "wrong_parent": Case("900", parents_of_each_other, arrived("Customer", "where DisplayName = 'Above'", ParentRef=None), edit(parent_id=None)),
    "name_taken": Case("6240", lambda scene: scene.save("customer", name="Harbour Supply"),
                       arrived("Customer", "where DisplayName = 'Harbour Two'"), edit(name="Harbour Two")),
    "open_balance": Case("6220", owing_customer_leaves, arrived("Customer", Active=True), edit(active=True)),
}  # fmt: skip
