"""The cash basis: the postings as they would be if income and expenses counted when they are paid.

What an invoice, credit memo, bill or vendor credit earns or costs counts in the proportion in which it has been settled, on the day
of each settlement. The day of the document stays for everything that is no income or expense, and for the cost of what left the
stock. Money that nothing has been paid with yet is income or an expense of its own (Unapplied Cash Payment Income, Unapplied Cash
Bill Payment Expense). Journal entries count as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.postings.posting import cents, currency_of, number
from syncengine.emulator.reports.chart import YEARLY, Chart
from syncengine.emulator.reports.open_items import PAYABLES, RECEIVABLES, Side

TABLE = "cash_posting"
#: Documents that are settled later, by the side that they are on.
_DOCUMENTS = {RECEIVABLES: ("Invoice", "CreditMemo"), PAYABLES: ("Bill", "VendorCredit")}
_GIVING = frozenset({"CreditMemo", "VendorCredit"})
#: Further lines of a transaction are numbered from here, a step for each settlement.
_STEP = 100_000
_COPIED = "name_type, name, class, department, item, doc, memo, line, foreign_amount, currency, stock"


class _Row(NamedTuple):
    n: int
    date: str
    account: str
    amount: int
    stock: int | None


class _Settlement(NamedTuple):
    """A payment settled something: the payment's Id and day, the day on which both were there, cents."""

    payment: str
    paid: str
    day: str
    amount: int


def prepared(books: Books, chart: Chart) -> str:
    """Put the postings of the cash basis into a table of this connection; returns its name."""
    run = books.state.execute
    run(f"CREATE TEMP TABLE IF NOT EXISTS {TABLE} AS SELECT * FROM posting WHERE 0")  # noqa: S608 -- a name of ours
    run(f"CREATE INDEX IF NOT EXISTS temp.{TABLE}_of ON {TABLE} (company, entity, id, n)")
    run(f"DELETE FROM {TABLE}")  # noqa: S608 -- a name of ours
    run(f"INSERT INTO {TABLE} SELECT * FROM posting WHERE company = ?", (books.company.key,))  # noqa: S608 -- a name of ours
    for side in (RECEIVABLES, PAYABLES):
        _Basis(books, chart, side).apply()
    return TABLE


class _Basis:
    """One side's documents and payments on their way to the cash basis."""

    def __init__(self, books: Books, chart: Chart, side: Side) -> None:
        self._books = books
        self._side = side
        self._yearly = {account.id for account in chart.accounts.values() if account.type in YEARLY}
        self._controls = {account.id for account in chart.accounts.values() if account.type == side.account_type}
        self._unapplied = chart.unapplied[side.account_type]

    def apply(self) -> None:
        """Rewrite the table."""
        documents = {(entity, id_): rows for entity in _DOCUMENTS[self._side] for id_, rows in self._rows(entity).items()}
        payments = self._rows(self._side.payments)
        settled = self._settlements(payments)
        for key, rows in documents.items():
            self._defer(key, rows, settled.get(key, []))
        by_payment: defaultdict[str, list[_Settlement]] = defaultdict(list)
        for (entity, _), found in settled.items():
            for each in found:
                by_payment[each.payment].append(each._replace(amount=-each.amount if entity in _GIVING else each.amount))
        for id_, rows in payments.items():
            self._hold(id_, rows, by_payment[id_])

    def _rows(self, entity: str) -> dict[str, list[_Row]]:
        found: defaultdict[str, list[_Row]] = defaultdict(list)
        rows = self._books.state.execute(
            "SELECT id, n, date, account, amount, stock FROM posting WHERE company = ? AND entity = ?"
            " ORDER BY CAST(id AS INTEGER), n",
            (self._books.company.key, entity),
        )
        for id_, *row in rows:
            found[id_].append(_Row(*row))
        return found

    def _settlements(self, payments: dict[str, list[_Row]]) -> dict[tuple[str, str], list[_Settlement]]:
        """(entity, Id) of a document -> what was settled of it, by day."""
        found: defaultdict[tuple[str, str], list[_Settlement]] = defaultdict(list)
        rows = self._books.state.execute(
            "SELECT id, date, body FROM object WHERE company = ? AND entity = ? AND deleted = 0 ORDER BY CAST(id AS INTEGER)",
            (self._books.company.key, self._side.payments),
        )
        for id_, paid, body in rows:
            payment = wire.loads(body)
            for line in payment.get("Line") or ():
                for linked in line.get("LinkedTxn") or ():
                    key = (str(linked.get("TxnType")), str(linked.get("TxnId")))
                    target = self._books.known(*key)
                    if target is not None and (id_ in payments or not number(payment.get("TotalAmt"))):
                        amount = number(line.get("Amount")) * currency_of(self._books, target)[1]
                        found[key].append(_Settlement(id_, paid, max(paid, str(target.get("TxnDate", ""))), cents(amount)))
        return {key: sorted(each, key=lambda one: one.day) for key, each in found.items()}

    def _defer(self, key: tuple[str, str], rows: list[_Row], settled: list[_Settlement]) -> None:
        """Income and expenses of a document leave its day for the days on which it was settled."""
        control = next((row for row in rows if row.account in self._controls), None)
        whole = abs(sum(row.amount for row in rows if row.account in self._controls))
        deferred = [row for row in rows if row.account in self._yearly and row.stock is None]
        if control is None or not whole or not deferred:
            return
        for row in deferred:
            self._change("DELETE FROM", "", key, row.n)
        self._change("UPDATE", "SET amount = amount + ?", key, control.n, sum(row.amount for row in deferred))
        so_far = 0
        for step, each in enumerate(settled, 1):
            before, so_far = so_far, min(so_far + each.amount, whole)
            shares = [_share(row.amount, so_far, whole) - _share(row.amount, before, whole) for row in deferred]
            for row, share in zip(deferred, shares, strict=True):
                self._copy(key, row.n, step, each.day, row.account, share)
            self._copy(key, control.n, step, each.day, control.account, -sum(shares))

    def _hold(self, id_: str, rows: list[_Row], settled: list[_Settlement]) -> None:
        """What a payment does not settle on its own day is unapplied until it does."""
        control = next((row for row in rows if row.account in self._controls), None)
        if control is None:
            return
        key, sign = (self._side.payments, id_), self._side.sign
        left = -sign * sum(row.amount for row in rows if row.account in self._controls) - sum(each.amount for each in settled)
        late = [each for each in settled if each.day > each.paid]
        held = left + sum(each.amount for each in late)
        self._swap(key, control, 1, control.date, sign * held)
        for step, each in enumerate(late, 2):
            self._swap(key, control, step, each.day, -sign * each.amount)

    def _swap(self, key: tuple[str, str], control: _Row, step: int, day: str, amount: int) -> None:
        """Move an amount from the receivables (payables) to what is unapplied."""
        if amount:
            self._copy(key, control.n, 2 * step, day, control.account, amount)
            self._copy(key, control.n, 2 * step + 1, day, self._unapplied, -amount)

    def _copy(self, key: tuple[str, str], n: int, step: int, day: str, account: str, amount: int) -> None:
        """A line like another one of the transaction, on another day, with another account and amount."""
        # The quantity counts once, with the first settlement.
        values: list[Any] = [step * _STEP, day, account, amount, step, self._books.company.key, *key, n]
        self._books.state.execute(
            f"INSERT INTO {TABLE} (company, entity, id, n, date, account, amount, quantity, {_COPIED}) SELECT company, entity, id,"  # noqa: S608 -- names of ours
            f" n + ?, ?, ?, ?, CASE WHEN ? = 1 THEN quantity END, {_COPIED} FROM posting"
            " WHERE company = ? AND entity = ? AND id = ? AND n = ?",
            values,
        )

    def _change(self, verb: str, what: str, key: tuple[str, str], n: int, *values: int) -> None:
        where = (self._books.company.key, *key, n)
        self._books.state.execute(f"{verb} {TABLE} {what} WHERE company = ? AND entity = ? AND id = ? AND n = ?", (*values, *where))


def _share(amount: int, part: int, whole: int) -> int:
    """The part of an amount in cents, so that the parts of a whole come to it."""
    share = (2 * abs(amount) * part + whole) // (2 * whole)
    return share if amount > 0 else -share
