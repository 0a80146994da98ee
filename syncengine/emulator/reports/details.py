"""Detail reports: which columns they have, and what a line of the books shows in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from syncengine.emulator import moments
from syncengine.emulator.books import Books
from syncengine.emulator.reports.chart import Account, Chart
from syncengine.emulator.reports.entries import Entries, Line, shown_name
from syncengine.emulator.reports.sheet import Cell, Column, Row, cell, cells, data, money, quantity, section
from syncengine.emulator.reports.wish import Wish

#: What transactions are called where nothing else about them matters.
LABELS = {
    "Invoice": "Invoice", "SalesReceipt": "Sales Receipt", "CreditMemo": "Credit Memo", "RefundReceipt": "Refund",
    "Payment": "Payment", "Estimate": "Estimate", "Bill": "Bill", "VendorCredit": "Vendor Credit",
    "PurchaseOrder": "Purchase Order", "Deposit": "Deposit", "BillPayment": "Bill Payment (Check)", "Purchase": "Expense",
    "JournalEntry": "Journal Entry", "Transfer": "Transfer", "CreditCardPayment": "Credit Card Payment",
    "InventoryAdjustment": "Inventory Qty Adjust", "Item": "Inventory Starting Value", "Account": "Journal Entry",
    "TimeActivity": "Time Charge",
}  # fmt: skip
#: Lists whose openings are posted under the Id of a member; those are no transactions that one could open.
_OPENINGS = frozenset({"Account", "Item"})
SPLIT = "-Split-"


@dataclass(frozen=True)
class Shown:
    """One line of a detail report.

    Attributes:
        line: the posting that it shows (of an open item, the one that is open).
        label: what kind of transaction it is.
        number: the transaction's number.
        split: (name, Id) of the account on the other side.
        amount: cents, with the sign that the report shows.
        balance: what the lines up to this one come to; None where the report shows none.
        open: what is still open, in cents.
        due: when it is due.
        past_due: days that it has been due for.
        posting: whether it is in the books at all.
    """

    line: Line
    label: str
    number: str
    split: tuple[str, str] = ("", "")
    amount: int = 0
    balance: int | None = None
    open: int | None = None
    due: str = ""
    past_due: int | None = None
    posting: bool = True


class Transactions:
    """What lines show of their transactions: kind, number, the other side. Read once for a report."""

    def __init__(self, books: Books, chart: Chart, table: str) -> None:
        self.books = books
        self.chart = chart
        key = [books.company.key]
        heads = books.state.execute(f"SELECT entity, id, account FROM {table} WHERE company = ? AND n = 0", key)  # noqa: S608 -- a name of ours
        self._head = {(entity, id_): account for entity, id_, account in heads}
        sides = books.state.execute(
            f"SELECT entity, id, count(DISTINCT account), min(account), max(account) FROM {table} WHERE company = ?"  # noqa: S608 -- a name of ours
            " AND (n > 0 OR entity = 'JournalEntry') AND (amount <> 0 OR stock IS NULL) GROUP BY entity, id",
            key,
        )
        self._sides = {(entity, id_): (count, first, last) for entity, id_, count, first, last in sides}

    def label(self, entity: str, id_: str) -> str:
        """What kind of transaction it is: `Bill Payment (Check)`, `Credit Card Expense`..."""
        if entity == "BillPayment":
            card = (self.books.known(entity, id_) or {}).get("PayType") == "CreditCard"
            return "Bill Payment (Credit Card)" if card else LABELS[entity]
        if entity == "Purchase":
            obj = self.books.known(entity, id_) or {}
            kind = obj.get("PaymentType")
            if kind == "CreditCard":
                return "Credit Card Credit" if obj.get("Credit") else "Credit Card Expense"
            return "Check" if kind == "Check" else LABELS[entity]
        return LABELS.get(entity, entity)

    def number(self, line: Line) -> str:
        """The number of a line's transaction."""
        if line.entity == "Payment":
            return str((self.books.known("Payment", line.id) or {}).get("PaymentRefNum") or "")
        return line.doc or ""

    def split(self, line: Line) -> tuple[str, str]:
        """The account on the other side of a line: that of the transaction's head, of the head's own line the only other one."""
        key = (line.entity, line.id)
        count, first, last = self._sides.get(key, (0, "", ""))
        if line.entity == "JournalEntry":
            other = (last if line.account == first else first) if count == 2 else ""
        elif line.n == 0:
            other = first if count == 1 else ""
        else:
            other = self._head.get(key, "")
        account = self.chart.accounts.get(other)
        if account is None:
            return (SPLIT, "") if count > 1 or line.n else ("", "")
        return account.full_name, account.shown_id or ""

    def shown(self, line: Line, amount: int) -> Shown:
        """A line with what its transaction adds."""
        return Shown(line, self.label(line.entity, line.id), self.number(line), self.split(line), amount)


Show = Callable[["Details", Shown], Cell]


@dataclass(frozen=True)
class _Kind:
    """One kind of column: its title, the type of its values, and what a line shows in it."""

    title: str
    type: str
    show: Show


def _name(details: Details, shown: Shown, only: str = "") -> Cell:
    line = shown.line
    if not line.name or not line.name_type or (only and line.name_type != only):
        return cell("", "")
    return cell(shown_name(details.books, line.name_type, line.name), line.name)


def _member(details: Details, entity: str, id_: str | None) -> Cell:
    return cell(shown_name(details.books, entity, id_), id_) if id_ else cell("", "")


def _account(details: Details, shown: Shown) -> Cell:
    account = details.chart.accounts.get(shown.line.account)
    return cell(account.full_name, account.shown_id or "") if account else cell("", "")


def _type(_details: Details, shown: Shown) -> Cell:
    return cell(shown.label, "" if shown.line.entity in _OPENINGS else shown.line.id)


def _meta(name: str) -> Show:
    def show(details: Details, shown: Shown) -> Cell:
        row = details.books.row(shown.line.entity, shown.line.id)
        when = (row.created if name == "created" else row.updated) if row else 0
        return cell(moments.second(when, details.books.company.zone) if row else "")

    return show


def _property(entity_property: str, within: str = "") -> Show:
    def show(details: Details, shown: Shown) -> Cell:
        found = (details.books.known(shown.line.entity, shown.line.id) or {}).get(entity_property)
        value = found.get(within) if within and isinstance(found, dict) else found
        return cell(str(value) if value is not None else "")

    return show


def _adjusting(details: Details, shown: Shown) -> Cell:
    adjusts = (details.books.known(shown.line.entity, shown.line.id) or {}).get("Adjustment")
    return cell("Yes" if adjusts else "No")


def _rate(_details: Details, shown: Shown) -> Cell:
    number = shown.line.quantity
    return cell(money((abs(shown.amount) * 20_000_000 + abs(number)) // (2 * abs(number))) if number else "")


def _side(sign: int) -> Show:
    def show(_details: Details, shown: Shown) -> Cell:
        amount = sign * shown.line.amount
        return cell(money(amount) if amount > 0 else "")

    return show


def _amount(_details: Details, shown: Shown) -> Cell:
    return cell(money(shown.amount))


def _balance(_details: Details, shown: Shown) -> Cell:
    return cell(money(shown.balance))


def _open(_details: Details, shown: Shown) -> Cell:
    return cell(money(shown.open))


_KINDS: dict[str, _Kind] = {
    "tx_date": _Kind("Date", "Date", lambda _, shown: cell(shown.line.date)),
    "txn_type": _Kind("Transaction Type", "String", _type),
    "doc_num": _Kind("Num", "String", lambda _, shown: cell(shown.number)),
    "is_no_post": _Kind("Posting", "Boolean", lambda _, shown: cell("Yes" if shown.posting else "No")),
    "name": _Kind("Name", "String", _name),
    "cust_name": _Kind("Customer", "String", lambda details, shown: _name(details, shown, "Customer")),
    "vend_name": _Kind("Vendor", "String", lambda details, shown: _name(details, shown, "Vendor")),
    "emp_name": _Kind("Employee", "String", lambda details, shown: _name(details, shown, "Employee")),
    "klass_name": _Kind("Class", "String", lambda details, shown: _member(details, "Class", shown.line.class_)),
    "dept_name": _Kind("Location", "String", lambda details, shown: _member(details, "Department", shown.line.department)),
    "item_name": _Kind("Product/Service", "String", lambda details, shown: _member(details, "Item", shown.line.item)),
    "memo": _Kind("Memo/Description", "String", lambda _, shown: cell(shown.line.memo or "")),
    "account_name": _Kind("Account", "String", _account),
    "split_acc": _Kind("Split", "String", lambda _, shown: cell(*shown.split)),
    "other_account": _Kind("Split", "String", lambda _, shown: cell(*shown.split)),
    "due_date": _Kind("Due Date", "Date", lambda _, shown: cell(shown.due)),
    "past_due": _Kind("Past Due", "Numeric", lambda _, shown: cell("" if shown.past_due is None else str(shown.past_due))),
    "term_name": _Kind("Terms", "String", _property("SalesTermRef", "name")),
    "quantity": _Kind("Qty", "Numeric", lambda _, shown: cell(quantity(shown.line.quantity))),
    "rate": _Kind("Rate", "Money", _rate),
    "is_adj": _Kind("Adj", "Boolean", _adjusting),
    "is_cleared": _Kind("Clr", "String", lambda _, __: cell("")),
    "create_date": _Kind("Create Date", "Date", _meta("created")),
    "last_mod_date": _Kind("Last Modified", "Date", _meta("updated")),
    "create_by": _Kind("Created By", "String", lambda _, __: cell("")),
    "last_mod_by": _Kind("Last Modified By", "String", lambda _, __: cell("")),
    "debt_amt": _Kind("Debit", "Money", _side(1)),
    "credit_amt": _Kind("Credit", "Money", _side(-1)),
    **dict.fromkeys(("nat_amount", "subt_nat_amount", "subt_amount", "subt_neg_amount"), _Kind("Amount", "Money", _amount)),
    **dict.fromkeys(("rbal_nat_amount", "rbal_amount"), _Kind("Balance", "Money", _balance)),
    **dict.fromkeys(("nat_open_bal", "subt_open_bal", "subt_neg_open_bal"), _Kind("Open Balance", "Money", _open)),
}
#: Columns whose values a section adds up -> what it adds.
_ADDED: dict[str, Callable[[Shown], int]] = {
    **dict.fromkeys(("nat_amount", "subt_nat_amount", "subt_amount", "subt_neg_amount"), lambda shown: shown.amount),
    **dict.fromkeys(("nat_open_bal", "subt_open_bal", "subt_neg_open_bal"), lambda shown: shown.open or 0),
    "debt_amt": lambda shown: max(shown.line.amount, 0),
    "credit_amt": lambda shown: max(-shown.line.amount, 0),
}
#: How rows are ordered by a column whose text would not do.
_SORTED: dict[str, Callable[[Shown], int]] = {**_ADDED, "quantity": lambda shown: shown.line.quantity or 0}


@dataclass(frozen=True)
class Details:
    """The rows of one detail report over its columns.

    Attributes:
        books, chart: the company.
        keys: the columns' keys, in their order.
        titles: other titles than the usual ones.
    """

    books: Books
    chart: Chart
    keys: tuple[str, ...]
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[Column]:
        """The columns of the report."""
        return [Column(self.titles.get(key, _KINDS[key].title), _KINDS[key].type, key) for key in self.keys]

    def row(self, shown: Shown) -> Row:
        """One line."""
        return data([_KINDS[key].show(self, shown) for key in self.keys])

    def head(self, text: str, id_: str | None = None) -> list[Cell]:
        """The first cells of a section; all others are blank."""
        return [cell(text, id_), *cells([""] * (len(self.keys) - 1))]

    def summary(self, text: str, lines: Sequence[Shown], *, always: bool = False) -> list[Cell]:
        """What lines come to in the columns that are added up; blank where there are no lines, unless `always`."""
        return self.sums(text, {key: sum(add(shown) for shown in lines) for key, add in _ADDED.items()} if lines or always else {})

    def sums(self, text: str, values: dict[str, int]) -> list[Cell]:
        """Amounts under their columns behind a text."""
        return [cell(text), *(cell(money(values.get(key))) for key in self.keys[1:])]

    def group(self, text: str, lines: Sequence[Shown], id_: str | None = None, closing: str = "") -> Row:
        """A section of lines with what they come to."""
        rows = [self.row(shown) for shown in lines]
        return section(self.head(text, id_), rows, self.summary(closing or f"Total for {text}", lines))

    def ordered(self, lines: Iterable[Shown], wish: Wish) -> list[Shown]:
        """The lines in the order that was asked for: by a column, in either direction."""
        found, key = list(lines), wish.texts.get("sort_by", "").lower()
        if key in _SORTED:
            found.sort(key=_SORTED[key])
        elif key in _KINDS:
            found.sort(key=lambda shown: _KINDS[key].show(self, shown)["value"].casefold())
        return found[::-1] if wish.descending else found


def chosen(entries: Entries, usual: Sequence[str], titles: dict[str, str] | None = None) -> Details:
    """The columns of a report: those that were asked for as far as they exist, or the usual ones.

    Class and location are usual where the company tracks them.
    """
    books = entries.books
    asked = tuple(dict.fromkeys(key for key in entries.wish.lists.get("columns", ()) if key in _KINDS))
    tracked = {
        "klass_name": books.preference("AccountingInfoPrefs", "ClassTrackingPerTxn")
        or books.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"),
        "dept_name": books.preference("AccountingInfoPrefs", "TrackDepartments"),
    }
    keys = asked or tuple(key for key in usual if tracked.get(key, True))
    return Details(books, entries.chart, keys, titles or {})


def running(lines: Iterable[Shown], begin: int = 0) -> list[Shown]:
    """The lines, each with what has come together up to it."""
    found, balance = [], begin
    for shown in lines:
        balance += shown.amount
        found.append(replace(shown, balance=balance))
    return found


def accounts_tree(
    details: Details, accounts: Sequence[Account], lines: dict[str, list[Shown]], begin: Callable[[Account], Row | None]
) -> tuple[list[Row], list[Shown]]:
    """Sections of accounts and those below them.

    An account that has lines of its own and others below it shows its own ones in a section without a head (recorded in 2025).

    Args:
        details: the columns.
        accounts: the uppermost ones.
        lines: account Id -> its lines.
        begin: the row that an account's own lines begin with, None for none.

    Returns:
        The rows, and all lines that are in them.
    """
    rows: list[Row] = []
    everything: list[Shown] = []
    for account in accounts:
        own, first = lines.get(account.id, []), begin(account)
        inner, below = accounts_tree(details, details.chart.below(account), lines, begin)
        own_rows = [*([first] if first else []), *(details.row(shown) for shown in own)]
        everything += [*own, *below]
        if not own_rows and not inner:
            continue
        total = f"Total for {account.name}"
        if not inner:
            rows.append(section(details.head(account.name, account.shown_id), own_rows, details.summary(total, own)))
            continue
        if own_rows:
            inner = [section(None, own_rows, details.summary(total, own)), *inner]
        head = details.head(account.name, account.shown_id if own_rows else None)
        closing = f"{total} with sub-accounts" if own_rows else total
        rows.append(section(head, inner, details.summary(closing, [*own, *below])))
    return rows, everything
