"""Writing postings, and moving the balances that follow from them: of accounts, customers, vendors and items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts, openings, registry, stock
from syncengine.emulator.postings.posting import QUANTUM, RECEIPT, Posting
from syncengine.emulator.rules.currency import home as home_currency
from syncengine.emulator.rules.draft import value_of

#: The columns of a posting row in the order of Posting, behind company, entity, id and n.
COLUMNS = (
    "date, account, amount, name_type, name, class, department, item, quantity, doc, memo, line, foreign_amount, currency, stock"
)
_ROW = ("company", "entity", "id", "n", *COLUMNS.split(", "))
_DELETE = "DELETE FROM posting WHERE company = ? AND entity = ? AND id = ?"
#: AccountType -> whose balance its postings are: every one of them names a customer, or a vendor.
CONTROLS = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
_UNNAMED = {
    "Customer": "When you use Accounts Receivable, you must choose a customer in the Name field.",
    "Vendor": "When you use Accounts Payable, you must choose a vendor in the Name field.",
}


def post(books: Books, entity: str, objects: Sequence[dict[str, Any]]) -> None:
    """Post new objects of one entity as they are in the books, move the balances, and cost what leaves the stock.

    Raises:
        Refusal: 6000, receivables without a customer or payables without a vendor.
    """
    entered = enter(books, entity, objects)
    for _, rows in entered:
        move(books, rows, 1)
    _cost(books, entity, entered, appended=True)


def enter(books: Books, entity: str, objects: Sequence[dict[str, Any]]) -> list[tuple[str, list[Posting]]]:
    """Write the postings of new objects of one entity, and nothing else: whoever calls it costs the stock and sets balances.

    Returns:
        (Id, postings) of each object.

    Raises:
        Refusal: as `post`.
    """
    made = entries(books, entity, objects)
    _insert(books, entity, made)
    return made


def entries(books: Books, entity: str, objects: Iterable[dict[str, Any]]) -> list[tuple[str, list[Posting]]]:
    """(Id, postings) of objects of one entity.

    Raises:
        Refusal: as `post`.
    """
    made = [(obj["Id"], registry.of(books, entity, obj)) for obj in objects]
    _named(books, (row for _, rows in made for row in rows))
    return made


def repost(books: Books, entity: str, id_: str, obj: dict[str, Any] | None) -> None:
    """Post an object anew, or take out the postings of one that is gone (None).

    Raises:
        Refusal: as `post`.
    """
    if entity not in registry.POSTS:
        return
    rows = registry.of(books, entity, obj) if obj is not None else []
    before = posted(books, entity, id_)
    if not rows and not before:
        return
    if _same(before, rows):
        return
    _named(books, rows)
    books.state.execute(_DELETE, (books.company.key, entity, id_))
    _insert(books, entity, [(id_, rows)])
    move(books, before, -1)
    move(books, rows, 1)
    _cost(books, entity, [(id_, before), (id_, rows)], appended=False)


def follow(books: Books, entity: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Carry over what the change of a list member means for others: another parent, other accounts of an item, another type."""
    if entity in {"Customer", "Account"} and value_of(old, "ParentRef") != value_of(new, "ParentRef"):
        amount = Decimal(old.get(_BELOW[entity]) or 0)
        books.carry(entity, value_of(old, "ParentRef"), -amount)
        books.carry(entity, value_of(new, "ParentRef"), amount)
    if entity == "Account" and old.get("AccountType") != new.get("AccountType"):
        _retyped(books, old, new)
    if entity == "Item" and any(old.get(name) != new.get(name) for name in _OF_ITEMS):
        repost_all(books, referring(books, "ItemRef", new["Id"]))
        if new.get("Type") == "Inventory":
            recost(books, new["Id"])


def _retyped(books: Books, old: dict[str, Any], new: dict[str, Any]) -> None:
    """An account of another class shows its balance another way (receivables and payables never become anything else)."""
    rows = [
        Posting(*row)
        for row in books.state.execute(
            f"SELECT {COLUMNS} FROM posting WHERE company = ? AND account = ?",  # noqa: S608 -- names of ours
            (books.company.key, new["Id"]),
        )
    ]
    total = sum((in_own_currency(books, new, row) for row in rows), Decimal(0))
    shown = {"Asset": total, "Liability": -total, "Equity": -total}.get(str(new.get("Classification")), Decimal(0))
    books.move("Account", new["Id"], shown - Decimal(old.get("CurrentBalance") or 0))


#: Entity -> what shows the balance of a member and of those below it.
_BELOW = {"Customer": "BalanceWithJobs", "Account": "CurrentBalanceWithSubAccounts"}
#: What decides where the lines of an item are posted. QuickBooks rewrites the history when it changes.
_OF_ITEMS = ("Type", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "PurchaseCost")


def referring(books: Books, reference: str, id_: str) -> list[tuple[str, str]]:
    """(entity, Id) of the living objects in which such a reference points to `id_`."""
    needle = f'"{reference}":{{"value":{wire.dumps(id_)}'
    rows = books.state.execute(
        "SELECT entity, id FROM object WHERE company = ? AND deleted = 0 AND instr(body, ?) > 0 ORDER BY entity, id",
        (books.company.key, needle),
    )
    return [(entity, each) for entity, each in rows if entity in registry.POSTS]


def repost_all(books: Books, objects: Iterable[tuple[str, str]]) -> None:
    """Post objects anew, by (entity, Id)."""
    for entity, id_ in objects:
        repost(books, entity, id_, books.known(entity, id_))


def merge(books: Books, entity: str, loser: str, survivor: str) -> None:
    """Post everything to the survivor of a merger that was posted to the loser; references point to the survivor already."""
    column = {"Account": "account", "Item": "item", "Class": "class", "Department": "department"}.get(entity, "name")
    rows = books.state.execute(
        f"SELECT DISTINCT entity, id FROM posting WHERE company = ? AND {column} = ? ORDER BY entity, id",  # noqa: S608 -- ours
        (books.company.key, loser),
    ).fetchall()
    openings.merged(books, entity, loser, survivor)
    if entity == "Account":
        accounts.merged(books, loser, survivor)
    repost_all(books, [*rows, (entity, survivor)])


def posted(books: Books, entity: str, id_: str) -> list[Posting]:
    """The postings of an object as they are in the books."""
    rows = books.state.execute(
        f"SELECT {COLUMNS} FROM posting WHERE company = ? AND entity = ? AND id = ? ORDER BY n",  # noqa: S608 -- names of ours
        (books.company.key, entity, id_),
    )
    return [Posting(*row) for row in rows]


def _same(before: list[Posting], rows: list[Posting]) -> bool:
    """Whether nothing changed; entries that move stock count as changed, for their costs are not in `rows`."""
    return before == rows and not any(row.stock for row in rows)


def _insert(books: Books, entity: str, entries: Iterable[tuple[str, list[Posting]]]) -> None:
    company = books.company.key
    rows = ((company, entity, id_, n, *row) for id_, rows in entries for n, row in enumerate(rows))
    books.state.insert("posting", _ROW, rows, in_order=False)


def _named(books: Books, rows: Iterable[Posting]) -> None:
    whose: dict[str, str | None] = {}
    for row in rows:
        if row.account not in whose:
            whose[row.account] = CONTROLS.get((books.known("Account", row.account) or {}).get("AccountType", ""))
        wanted = whose[row.account]
        if wanted and row.name_type != wanted:
            raise faults.business(_UNNAMED[wanted])


# Balances


def move(books: Books, rows: Iterable[Posting], sign: int) -> None:
    """Note what the rows do to balances (`sign` -1: what they no longer do)."""
    for row in rows:
        for entity, id_, amount in effects(books, row):
            books.move(entity, id_, amount * sign)


def effects(books: Books, row: Posting) -> Iterator[tuple[str, str, Decimal]]:
    """What one row adds to balances: entity, id, amount (of an item: a quantity).

    Accounts of income and expense carry no balance in QuickBooks; liabilities, equity and what a vendor is owed grow by credits.
    """
    if row.quantity and row.stock and row.item:
        yield "Item", row.item, row.quantity * QUANTUM
    account = books.known("Account", row.account) or {}
    kind = account.get("Classification")
    if not row.amount or kind in {"Revenue", "Expense"}:
        return
    amount = in_own_currency(books, account, row)
    yield "Account", row.account, amount if kind == "Asset" else -amount
    whose = CONTROLS.get(account.get("AccountType", ""))
    if whose and row.name_type == whose and row.name:
        amount = in_own_currency(books, books.known(whose, row.name) or {}, row)
        yield whose, row.name, amount if whose == "Customer" else -amount


def in_own_currency(books: Books, holder: dict[str, Any], row: Posting) -> Decimal:
    """A row's amount in the currency of an account or name that holds it."""
    currency = value_of(holder, "CurrencyRef")
    foreign = row.foreign_amount is not None and currency == row.currency and currency != home_currency(books)
    return Decimal((row.foreign_amount if foreign else row.amount) or 0) / 100


# Cost of stock


def _cost(books: Books, entity: str, entries: list[tuple[str, list[Posting]]], *, appended: bool) -> None:
    """Cost what leaves the stock, and whatever else the change makes cost something else."""
    moved: defaultdict[str, list[tuple[str, int, Posting]]] = defaultdict(list)
    for id_, rows in entries:
        for n, row in enumerate(rows):
            if row.stock and row.item:
                moved[row.item].append((id_, n, row))
    for item, movements in moved.items():
        if not (appended and _append(books, entity, item, movements)):
            recost(books, item)


def _append(books: Books, entity: str, item: str, movements: list[tuple[str, int, Posting]]) -> bool:
    """Cost movements that come after all others; False where one of them does not, so that all have to be costed anew."""
    held = stock.cached(books, item)
    if held is None:
        return False
    for id_, n, row in movements:
        key = stock.order(row.date, entity, id_, n)
        short = held.furthest > held.ends[-1] or len(held.ends) == 1
        if key <= held.last or (row.stock == RECEIPT and short):
            stock.keep(books, item, None)
            return False
        held.last = key
        if row.stock == RECEIPT:
            held.receive(row.quantity or 0, row.amount)
        else:
            _set_cost(books, (entity, id_, n), held.issue(-(row.quantity or 0)), row)
    return True


def recost(books: Books, item: str) -> None:
    """Cost all movements of an item anew, and write what changed."""
    costing = stock.costed(books, item)
    for key, cost in costing.costs.items():
        entity, id_, n = key
        row = books.state.execute(
            f"SELECT {COLUMNS} FROM posting WHERE company = ? AND entity = ? AND id = ? AND n = ?",  # noqa: S608 -- names of ours
            (books.company.key, entity, id_, n),
        ).fetchone()
        _set_cost(books, key, cost, Posting(*row))
    stock.keep(books, item, costing.stock)


def _set_cost(books: Books, key: stock.Key, cost: int, row: Posting) -> None:
    """Give an issue its cost, and the posting behind it what that leaves."""
    change = -cost - row.amount
    if not change:
        return
    entity, id_, n = key
    for place, amount in ((n, change), (n + 1, -change)):
        books.state.execute(
            "UPDATE posting SET amount = amount + ? WHERE company = ? AND entity = ? AND id = ? AND n = ?",
            (amount, books.company.key, entity, id_, place),
        )
    (other,) = books.state.execute(
        "SELECT account FROM posting WHERE company = ? AND entity = ? AND id = ? AND n = ?", (books.company.key, entity, id_, n + 1)
    ).fetchone()
    bare = row._replace(amount=change, quantity=None, foreign_amount=None, currency=None)
    move(books, [bare, bare._replace(account=other, amount=-change)], 1)
