"""The books reckoned anew: what is recomputed from objects and postings, and what documents show of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator import applying
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.postings import audit
from syncengine.emulator.rules.draft import amount_of
from syncengine.emulator.rules.link import Link

_ZERO = Decimal(0)
#: (entity, id) of a target -> the (holder's entity, holder's id, link) that stand on it.
Standing = dict[tuple[str, str], list[tuple[str, str, Link]]]
_HOLDERS = tuple(name for name, entity in ENTITIES.items() if entity.links is not None)
#: Entity -> what of its total was settled when it was made.
_PREPAID = {"Invoice": "Deposit"}


def differences(books: Books) -> list[str]:
    """In what the books are not what they come to when they are reckoned anew, one sentence each; empty when all is well."""
    standing: Standing = defaultdict(list)
    for entity, obj in audit.objects(books, *_HOLDERS):
        for link in applying.links(entity, obj):
            standing[link.entity, link.id].append((entity, obj["Id"], link))
    return [*audit.differences(books), *_open(books, standing), *_unapplied(books), *_mutual(books, standing)]


def _open(books: Books, standing: Standing) -> Iterator[str]:
    """Open balances of documents that are not their total less what settles them."""
    for entity, obj in audit.objects(books, *applying.OPEN):
        settled = sum((link.amount for _, _, link in standing.get((entity, obj["Id"]), ())), _ZERO)
        wanted = amount_of(obj, "TotalAmt") - amount_of(obj, _PREPAID.get(entity, "")) - settled
        if wanted != amount_of(obj, applying.OPEN[entity]) or wanted < 0 <= amount_of(obj, "TotalAmt"):
            yield f"{entity} {obj['Id']}: open are {obj.get(applying.OPEN[entity])}, its links leave {wanted}"


def _unapplied(books: Books) -> Iterator[str]:
    for entity, obj in audit.objects(books, "Payment", "BillPayment"):
        left = applying.unapplied(books, entity, obj)
        if left < 0 or (entity == "Payment" and left != amount_of(obj, "UnappliedAmt")):
            yield f"{entity} {obj['Id']}: unapplied are {obj.get('UnappliedAmt')}, its lines leave {left}"


def _mutual(books: Books, standing: Standing) -> Iterator[str]:
    """Links that one side has and the other has not."""
    shown = {
        (entity, obj["Id"], str(linked.get("TxnType")), str(linked.get("TxnId")))
        for entity, obj in audit.objects(books, *ENTITIES)
        for linked in obj.get("LinkedTxn") or ()
        if not _own(entity, obj, linked)
    }
    wanted = {
        (*target, link.shown_as, id_) for target, holders in standing.items() for _, id_, link in holders
    }
    for entity, id_, type_, other in sorted(shown ^ wanted):
        side = "shows" if (entity, id_, type_, other) in shown else "lacks"
        yield f"{entity} {id_}: it {side} a link to {type_} {other} that is not so on the other side"


def _own(entity: str, obj: dict[str, Any], linked: dict[str, Any]) -> bool:
    """Whether a link of the object is one that it holds itself."""
    return any((link.type, link.id) == (linked.get("TxnType"), linked.get("TxnId")) for link in applying.links(entity, obj))
