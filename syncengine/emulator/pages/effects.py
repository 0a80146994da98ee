"""What an object did elsewhere: its postings to accounts, and the documents of a customer or vendor."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.pages import words
from syncengine.emulator.pages.visit import Visit, to_company, to_object

#: Postings shown of one document.
_POSTINGS_MAX = 200


def postings(visit: Visit, entity: Entity, id_: str) -> dict[str, Any] | None:
    """The accounts that a document moves: rows of account, debit and credit, and both totals; None where it moves none."""
    state = visit.parts.state
    if not entity.dated or state.execute("SELECT 1 FROM sqlite_master WHERE name = 'posting'").fetchone() is None:
        return None
    found = state.execute(
        "SELECT account, amount FROM posting WHERE company = ? AND entity = ? AND id = ? ORDER BY n LIMIT ?",
        (visit.of.key, entity.name, id_, _POSTINGS_MAX),
    ).fetchall()
    rows = [_posting(visit, account, Decimal(cents) / 100) for account, cents in found if cents]
    if not rows:
        return None
    return {"rows": rows, "debit": sum(row["debit"] or 0 for row in rows), "credit": sum(row["credit"] or 0 for row in rows)}


def _posting(visit: Visit, account: str, amount: Decimal) -> dict[str, Any]:
    known = visit.books.known("Account", account)
    return {
        "account": words.number_of("Account", known) if known else f"#{account}",
        "href": to_object(visit.of, "Account", account),
        "debit": amount if amount > 0 else None,
        "credit": -amount if amount < 0 else None,
    }


def documents(visit: Visit, entity: Entity, id_: str) -> list[dict[str, Any]]:
    """The kinds of documents that are with this customer or vendor, each with its count and the list of them."""
    found = []
    for other in ENTITIES.values():
        if other.party and other.dated and entity.name in _parties(other):
            count = visit.parts.state.execute(
                "SELECT count(*) FROM object WHERE company = ? AND entity = ? AND party = ? AND deleted = 0",
                (visit.of.key, other.name, id_),
            ).fetchone()[0]
            if count:
                href = to_company(visit.of, other.path, party=id_)
                title = words.many(other.name) if count > 1 else words.one(other.name)
                found.append({"title": title, "count": count, "href": href})
    return found


def _parties(entity: Entity) -> tuple[str, ...]:
    """The entities to which a document's party may belong."""
    kind: Any = entity.record.properties.get(entity.party or "")
    return tuple(getattr(kind, "targets", ()))
