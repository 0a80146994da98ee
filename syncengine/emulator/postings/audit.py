"""The books recomputed from nothing: postings from objects, costs from postings, balances from both; and what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.faults import Refusal
from syncengine.emulator.postings import ledger, openings, registry, stock
from syncengine.emulator.postings.posting import COST_OF_ISSUE, ISSUE, QUANTUM, Posting
from syncengine.emulator.rules.draft import value_of

_ZERO = Decimal(0)
#: Objects that are posted at once: more would only hold more in memory.
_CHUNK = 1000
#: What posts, but for what accounts and items begin with.
_DOCUMENTS = tuple(name for name in registry.POSTS if name not in {"Account", "Item"})
#: What a document that was written without the rules may end in when it is posted.
FAILURES = (Refusal, AssertionError, KeyError, TypeError, AttributeError)
Balances = dict[tuple[str, str], dict[str, Decimal]]


class Unpostable(ValueError):  # noqa: N818 -- it says what the document is
    """A document that cannot be posted; the text names it and says why."""


def trial_balance(books: Books) -> dict[str, Any]:
    """Every account that something was posted to, in the order of the chart: `account`, `name`, `debit`, `credit`; and the sums."""
    rows = books.state.execute(
        "SELECT account, sum(amount) FROM posting WHERE company = ? GROUP BY account ORDER BY CAST(account AS INTEGER), account",
        (books.company.key,),
    ).fetchall()
    shown = [_shown(books, account, amount) for account, amount in rows]
    return {
        "rows": shown,
        "debit": wire.money(sum((row["debit"] for row in shown), _ZERO)),
        "credit": wire.money(sum((row["credit"] for row in shown), _ZERO)),
    }


def _shown(books: Books, account: str, amount: int) -> dict[str, Any]:
    name = (books.known("Account", account) or {}).get("FullyQualifiedName")
    return {"account": account, "name": name, "debit": wire.money(Decimal(max(amount, 0)) / 100),
            "credit": wire.money(Decimal(max(-amount, 0)) / 100)}  # fmt: skip


def differences(books: Books) -> list[str]:
    """In what the books are not what they come to when they are recomputed, one sentence each; empty when all is well."""
    return [*_posted(books), *_unbalanced(books), *_costs(books), *_balances(books)]


def objects(books: Books, *entities: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(entity, object) of the living objects of some entities, in the order of their ids."""
    for entity in entities:
        rows = books.state.execute(
            "SELECT body FROM object WHERE company = ? AND entity = ? AND deleted = 0 ORDER BY CAST(id AS INTEGER), id",
            (books.company.key, entity),
        ).fetchall()
        for (body,) in rows:
            yield entity, wire.loads(body)


def _posted(books: Books) -> Iterator[str]:
    """Postings that do not follow from their object, or have none."""
    held: defaultdict[tuple[str, str], list[Posting]] = defaultdict(list)
    for entity, id_, row in rows(books):
        held[entity, id_].append(row)
    for entity, obj in objects(books, *registry.POSTS):
        stored, fresh = held.pop((entity, obj["Id"]), []), registry.of(books, entity, obj)
        if uncosted(stored) != uncosted(fresh):
            yield f"{entity} {obj['Id']}: posted are {stored}, from the object follow {fresh}"
    for entity, id_ in held:
        yield f"{entity} {id_}: it has postings and does not exist"


def rows(books: Books) -> Iterator[tuple[str, str, Posting]]:
    """All postings of the company: entity, id, posting."""
    found = books.state.execute(
        f"SELECT entity, id, {ledger.COLUMNS} FROM posting WHERE company = ? ORDER BY entity, id, n",  # noqa: S608 -- names of ours
        (books.company.key,),
    )
    for entity, id_, *values in found.fetchall():
        yield entity, id_, Posting(*values)


def uncosted(entry: list[Posting]) -> list[Posting]:
    """Postings without the cost of what left the stock, as they follow from the object alone."""
    bare: list[Posting] = []
    for row in entry:
        if row.stock == ISSUE:
            bare.append(row._replace(amount=0))
        elif row.stock == COST_OF_ISSUE and bare and bare[-1].stock == ISSUE:
            bare.append(row._replace(amount=row.amount + entry[len(bare) - 1].amount))
        else:
            bare.append(row)
    return bare


def _unbalanced(books: Books) -> Iterator[str]:
    found = books.state.execute(
        "SELECT entity, id, sum(amount) FROM posting WHERE company = ? GROUP BY entity, id HAVING sum(amount) <> 0",
        (books.company.key,),
    )
    for entity, id_, amount in found.fetchall():
        yield f"{entity} {id_}: its postings come to {amount} cents"


def _costs(books: Books) -> Iterator[str]:
    """Costs that do not follow from the receipts, and assets that are not what is in stock."""
    for item, value, quantity in _stocked(books):
        costing = stock.costed(books, item)
        if (costing.stock.value, costing.stock.ends[-1] - costing.stock.position) != (value, quantity):
            yield f"Item {item}: in stock are {quantity} for {value} cents, the movements come to {costing.stock}"
        for key, cost in costing.costs.items():
            (amount,) = books.state.execute(
                "SELECT amount FROM posting WHERE company = ? AND entity = ? AND id = ? AND n = ?", (books.company.key, *key)
            ).fetchone()
            if amount != -cost:
                yield f"Item {item}: {key} costs {-amount} cents, from the receipts follow {cost}"


def _stocked(books: Books) -> list[tuple[str, int, int]]:
    return books.state.execute(
        "SELECT item, sum(amount), sum(quantity) FROM posting WHERE company = ? AND stock > 0 GROUP BY item ORDER BY item",
        (books.company.key,),
    ).fetchall()


# Balances


def _balances(books: Books) -> Iterator[str]:
    for (entity, id_), wanted in expected(books).items():
        obj = books.known(entity, id_) or {}
        for name, amount in wanted.items():
            if Decimal(obj.get(name) or 0) != amount:
                yield f"{entity} {id_}: {name} is {obj.get(name)}, the postings come to {amount}"


def expected(books: Books) -> Balances:
    """The balances of accounts, customers, vendors and items as the postings make them."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in _sums(books):
        for entity, id_, amount in ledger.effects(books, row):
            sums[entity, id_] += amount
    found: Balances = {}
    for entity, own, below in (
        ("Account", "CurrentBalance", "CurrentBalanceWithSubAccounts"), ("Customer", "Balance", "BalanceWithJobs"),
        ("Vendor", "Balance", ""),
    ):  # fmt: skip
        members = [obj for _, obj in objects(books, entity)]
        for obj in members:
            found[entity, obj["Id"]] = {own: sums[entity, obj["Id"]], **({below: _ZERO} if below else {})}
        by_id = {each["Id"]: each for each in members}
        for obj in members if below else ():
            _add_upwards(found, entity, obj, by_id, below)
    for _, obj in objects(books, "Item"):
        if obj.get("Type") == "Inventory":
            found["Item", obj["Id"]] = {"QtyOnHand": sums["Item", obj["Id"]]}
    return found


def _sums(books: Books) -> Iterator[Posting]:
    """What the postings come to for each account, name and item that balances are kept of; an effect is linear in its amounts."""
    found = books.state.execute(
        "SELECT '', account, sum(amount), name_type, name, NULL, NULL, CASE WHEN stock THEN item END AS of_item,"
        " sum(CASE WHEN stock THEN quantity END), NULL, NULL, NULL, sum(foreign_amount), currency, stock"
        " FROM posting WHERE company = ? GROUP BY account, name_type, name, of_item, currency, stock"
        " ORDER BY account, name_type, name, of_item, currency, stock",
        (books.company.key,),
    )
    yield from (Posting(*row) for row in found.fetchall())


def _add_upwards(found: Balances, entity: str, obj: dict[str, Any], members: dict[str, dict[str, Any]], below: str) -> None:
    amount = next(iter(found[entity, obj["Id"]].values()))
    at: dict[str, Any] | None = obj
    while at is not None:
        found[entity, at["Id"]][below] += amount
        at = members.get(value_of(at, "ParentRef") or "")


def never_posted(books: Books) -> bool:
    """Whether there are objects that post, and no postings."""
    marks = ",".join("?" * len(registry.POSTS))
    (found,) = books.state.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM posting WHERE company = ?) AND EXISTS"  # noqa: S608 -- marks only
        f" (SELECT 1 FROM object WHERE company = ? AND deleted = 0 AND entity IN ({marks}))",
        (books.company.key, books.company.key, *registry.POSTS),
    ).fetchone()
    return bool(found)


def has_documents(books: Books) -> bool:
    """Whether there is a document that posts, deleted ones included."""
    marks = ",".join("?" * len(_DOCUMENTS))
    (found,) = books.state.execute(
        f"SELECT EXISTS (SELECT 1 FROM object WHERE company = ? AND entity IN ({marks}))",  # noqa: S608 -- marks only
        (books.company.key, *_DOCUMENTS),
    ).fetchone()
    return bool(found)


def rebuild(books: Books) -> None:
    """Post everything anew from the objects, and set the balances; for books that were kept before there were postings.

    Raises:
        Unpostable: a document cannot be posted.
    """
    enter(books)
    settle(books)


def enter(books: Books, standing: Collection[str] = ()) -> None:
    """Post the documents anew, but for the entities whose postings stand; `settle` is to follow.

    Raises:
        Unpostable: one of them cannot be posted.
    """
    for entity in [name for name in registry.POSTS if name not in standing]:
        books.state.execute("DELETE FROM posting WHERE company = ? AND entity = ?", (books.company.key, entity))
    with books.state.without_indexes("posting"):
        for entity in [name for name in _DOCUMENTS if name not in standing]:
            posting = (obj for _, obj in objects(books, entity))
            while some := list(islice(posting, _CHUNK)):
                _enter(books, entity, some)


def _enter(books: Books, entity: str, some: list[dict[str, Any]]) -> None:
    try:
        ledger.enter(books, entity, some)
    except FAILURES:
        for obj in some:
            try:
                ledger.entries(books, entity, [obj])
            except FAILURES as error:
                why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
                raise Unpostable(f"{entity} {obj['Id']}: {why}") from error
        raise


def settle(books: Books) -> None:
    """Post what items and accounts begin with, cost the stock, and set the balances to what all postings come to."""
    _begin(books)
    books.forget()
    for item, *_ in _stocked(books):
        ledger.recost(books, item)
    books.pending.clear()
    for (entity, id_), wanted in expected(books).items():
        obj = dict(books.known(entity, id_) or {})
        if any(name not in obj or Decimal(obj[name] or 0) != amount for name, amount in wanted.items()):
            shown = wire.plain if entity == "Item" else wire.money
            obj.update({name: shown(amount) for name, amount in wanted.items()})
            books.rewrite(entity, obj, touch=False)


def _begin(books: Books) -> None:
    """What items must have begun with for the stock that they show, and the opening balances of accounts."""
    moved = {item: quantity for item, _, quantity in _stocked(books)}
    books.state.execute("DELETE FROM opening WHERE company = ?", (books.company.key,))
    for entity, obj in objects(books, "Account", "Item"):
        before = dict(obj)
        if entity == "Item":
            before["QtyOnHand"] = Decimal(obj.get("QtyOnHand") or 0) - moved.get(obj["Id"], 0) * QUANTUM
        openings.begin(books, entity, None, before)
        ledger.enter(books, entity, [before])

