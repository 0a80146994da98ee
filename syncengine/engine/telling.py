"""What corrections tell of QuickBooks' lists, and to whom: what is in a list stays hidden from who may not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syncengine.corrections import Act, Verdict
from syncengine.entities import ENTITIES
from syncengine.store.rights import Rights
from syncengine.store.veil import HIDDEN

#: Where references of these names lead; every other name that ends so leads to what it says, such as CustomerRef.
_LEADS = {
    "SalesTermRef": "Term", "EntityRef": "Vendor", "PrefVendorRef": "Vendor", "DefaultTaxCodeRef": "TaxCode",
    "SalesTaxCodeRef": "TaxCode", "TxnTaxCodeRef": "TaxCode", "PurchaseTaxCodeRef": "TaxCode",
}  # fmt: skip
#: QuickBooks' pseudo codes on lines of sales in the United States.
TAXED = {"TAX": "taxable", "NON": "not taxable"}
#: Columns, and parts of a line's detail, in which a correction is told in sentences.
_SENTENCES = ("says", "outcome")
_Row = Mapping[Any, Any]


def leads_to(entity: str, path: str, value: Any) -> tuple[str, str, str] | None:
    """Where a value leads: entity, inventory kind, and Id or the placeholder of what has none yet; None where nowhere.

    >>> leads_to("Invoice", "Line[1].SalesItemLineDetail.ItemRef", "12"), leads_to("Item", "Name", "12")
    (('Item', 'item', '12'), None)
    """
    head, _, leaf = path.rpartition(".")
    if not isinstance(value, str) or not value:
        return None
    if leaf == "Entity" and "/" in value:  # a journal line's customer or vendor
        target, _, value = value.partition("/")
    elif head.endswith("LinkedTxn"):
        target = leaf
    elif not leaf.endswith("Ref") or value in TAXED:
        return None
    elif leaf == "ParentRef":
        target = entity
    else:
        target = "Account" if leaf.endswith("AccountRef") else _LEADS.get(leaf, leaf.removesuffix("Ref"))
    if target not in ENTITIES:
        return None
    kind = "category" if (target, leaf) == ("Item", "ParentRef") else ENTITIES[target].kind
    return target, kind, value


def entities(row: _Row) -> frozenset[str]:
    """The QuickBooks entities that a correction speaks of: its record's, and all that its acts name or look at."""
    verdict = Verdict.read(row["says"], row["verdict"])
    told = {str(entity) for entity, _ in row["verdict"].get("told") or ()}
    acts = (*verdict.acts, *verdict.after, *verdict.otherwise)
    return frozenset({row["entity"], *told, *(entity for act in acts for entity in _of_act(row["entity"], act))})


def _of_act(entity: str, act: Act) -> Iterator[str]:
    if "entity" in act.args:
        yield str(act.args["entity"])
    if "path" in act.args and (target := leads_to(entity, str(act.args["path"]), act.args.get("value"))):
        yield target[0]


def open_to(row: _Row, held: Rights) -> bool:
    """Whether the person may read what the correction says."""
    return all(held.sees(entity) for entity in entities(row))


def worded(row: _Row, held: Rights) -> dict[str, Any]:
    """A correction's row with its sentences as far as the person may read them."""
    return {**row, **({} if open_to(row, held) else hidden(row))}


def hidden(said: _Row) -> dict[str, str]:
    """The sentences that there are, each with what stands for it where it may not be read."""
    return {name: HIDDEN for name in _SENTENCES if said.get(name)}
