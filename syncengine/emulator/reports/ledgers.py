"""Reports of single lines: general ledger, profit and loss in detail, journal, transaction lists, list of accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from syncengine.emulator import wire
from syncengine.emulator.reports.chart import TYPES, YEARLY, Account
from syncengine.emulator.reports.details import Details, Shown, Transactions, accounts_tree, chosen, running
from syncengine.emulator.reports.entries import Columns, Entries, Line, titles
from syncengine.emulator.reports.sheet import Column, Report, Row, cell, cells, data, money, section
from syncengine.emulator.rules.draft import value_of

_LEDGER = (
    "tx_date", "txn_type", "doc_num", "name", "klass_name", "dept_name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount",
)  # fmt: skip
_JOURNAL = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")
_LIST = (
    "tx_date", "txn_type", "doc_num", "is_no_post", "name", "dept_name", "memo", "account_name", "other_account", "subt_nat_amount",
)  # fmt: skip
_SPLITS = ("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "nat_amount")
_DAY = timedelta(days=1)
_ONE = Columns((Column("Total", "Money"),))


def _by_account(entries: Entries, transactions: Transactions, details: Details) -> dict[str, list[Shown]]:
    """The lines of the period by account, with the sign that makes the account's balance grow; a zero line is no news."""
    found: defaultdict[str, list[Shown]] = defaultdict(list)
    for line in entries.lines(condition="p.amount <> 0"):
        account = entries.chart.accounts[line.account]
        found[account.id].append(transactions.shown(line, account.sign * line.amount))
    return {id_: details.ordered(lines, entries.wish) for id_, lines in found.items()}


def general_ledger(entries: Entries) -> Report:
    """General ledger: of each account what it began the period with, and every line of the period."""
    chart, start = entries.chart, entries.wish.period.start
    details = chosen(entries, _LEDGER)
    before = _before(entries, start)
    lines = _by_account(entries, Transactions(entries.books, chart, entries.table), details)
    lines = {id_: running(each, before.get(id_, 0)) for id_, each in lines.items()}

    def begin(account: Account) -> Row | None:
        amount = before.get(account.id, 0)
        if not amount:
            return None
        balance = {"rbal_nat_amount": amount, "rbal_amount": amount}
        return data(details.sums("Beginning Balance", balance))

    report = Report(details.columns)
    for type_ in TYPES:
        report.rows += accounts_tree(details, chart.roots(type_), lines, begin)[0]
    report.empty = not report.rows
    return report


def _before(entries: Entries, start: date) -> dict[str, int]:
    """Account Id -> what it had come to before a day, in its own sign; income and expenses since their year began."""
    year = entries.wish.fiscal_start(start)
    sums = entries.until(_ONE, start - _DAY, year)
    retained = entries.chart.retained
    found: dict[str, int] = {}
    for id_, (amount,) in sums.items():
        account = retained if id_ is None else entries.chart.accounts[id_]
        if account is not None:
            found[account.id] = found.get(account.id, 0) + account.sign * amount
    return found


def profit_and_loss_detail(entries: Entries) -> Report:
    """Profit and loss of a period, line by line."""
    details = chosen(entries, _LEDGER)
    lines = _by_account(entries, Transactions(entries.books, entries.chart, entries.table), details)
    lines = {id_: running(each) for id_, each in lines.items() if entries.chart.accounts[id_].type in YEARLY}
    report = Report(details.columns, empty=not any(lines.values()))
    if report.empty:
        return report
    income, income_total = _part(details, "Income", "Income", lines)
    cost, cost_total = _part(details, "Cost of Goods Sold", "Cost of Goods Sold", lines)
    expenses, spent = _part(details, "Expenses", "Expense", lines)
    other, other_total = _part(details, "Other Income", "Other Income", lines)
    charges, charged = _part(details, "Other Expenses", "Other Expense", lines)
    gross = income_total - cost_total
    profit = gross - spent + other_total - charged
    inner = [*income, *cost, section(None, None, _total(details, "Gross Profit", gross)), *expenses]
    title = "Net Operating Income" if other or charges else "Net Income"
    report.rows = [section(details.head("Ordinary Income/Expenses"), inner, _total(details, title, gross - spent))]
    if other or charges:
        net = _total(details, "Net Other Income", other_total - charged)
        report.rows.append(section(details.head("Other Income/Expense"), [*other, *charges], net))
        report.rows.append(section(None, None, _total(details, "Net Income", profit)))
    return report


def _part(details: Details, title: str, type_: str, lines: dict[str, list[Shown]]) -> tuple[list[Row], int]:
    rows, everything = accounts_tree(details, details.chart.roots(type_), lines, lambda _: None)
    if not rows:
        return [], 0
    row = section(details.head(title), rows, details.summary(f"Total for {title}", everything))
    return [row], sum(shown.amount for shown in everything)


def _total(details: Details, title: str, amount: int) -> list[dict[str, str]]:
    return details.sums(title, dict.fromkeys(("subt_nat_amount", "nat_amount", "subt_amount"), amount))


def journal_report(entries: Entries) -> Report:
    """Journal: every transaction of the period with all its lines."""
    details = chosen(entries, _JOURNAL)
    transactions = Transactions(entries.books, entries.chart, entries.table)
    together: dict[tuple[str, str], list[Shown]] = {}
    for line in entries.lines(condition="p.amount <> 0"):
        together.setdefault((line.entity, line.id), []).append(transactions.shown(line, line.amount))
    report = Report(details.columns, empty=not together)
    for lines in together.values():
        report.rows += [details.row(lines[0]), *(_continued(details, shown) for shown in lines[1:])]
        report.rows.append(section(None, None, details.summary("", lines)))
    if together:
        everything = [shown for lines in together.values() for shown in lines]
        report.rows.append(section(None, None, details.summary("TOTAL", everything)))
    return report


def _continued(details: Details, shown: Shown) -> Row:
    """A further line of a transaction: its date, kind, number are not said again (documented: the date then is 0-00-00)."""
    row = details.row(shown)
    for key, each in zip(details.keys, row["ColData"], strict=True):
        if key in {"tx_date", "txn_type", "doc_num", "name", "is_no_post"}:
            each["value"] = "0-00-00" if key == "tx_date" else ""
            if key == "name" and "id" in each:
                each["id"] = ""
    return row


# Transaction lists

#: Transactions that are not in the books, but in their lists.
_NOT_POSTED = ("Estimate", "PurchaseOrder")


def transaction_list(entries: Entries) -> Report:
    """Transaction list: one row for each transaction of the period."""
    details = chosen(entries, _LIST)
    lines = details.ordered(_transactions(entries), entries.wish)
    return Report(details.columns, [details.row(shown) for shown in lines], empty=not lines)


def transactions_by(name_type: str) -> Callable[[Entries], Report]:
    """The transaction list by customer or vendor."""

    def report(entries: Entries) -> Report:
        details = chosen(entries, _LIST)
        named: defaultdict[str, list[Shown]] = defaultdict(list)
        for shown in _transactions(entries):
            if shown.line.name_type == name_type and shown.line.name:
                named[shown.line.name].append(shown)
        titled = titles(entries.books, name_type, named)
        rows = [details.group(name, details.ordered(named[id_], entries.wish), id_) for name, id_ in titled]
        return Report(details.columns, rows, empty=not rows)

    return report


def transaction_list_with_splits(entries: Entries) -> Report:
    """Transaction list with splits: each transaction with its lines, by the accounts of these."""
    details = chosen(entries, _SPLITS)
    transactions = Transactions(entries.books, entries.chart, entries.table)
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for line in entries.lines(condition="p.amount <> 0"):
        account = entries.chart.accounts[line.account]
        shown = transactions.shown(line, account.sign * line.amount)
        if _wanted(entries, shown):
            found[account.id].append(details.row(shown) if line.n == 0 else _continued(details, shown))
    report = Report(details.columns, empty=not found)
    for account in sorted((entries.chart.accounts[id_] for id_ in found), key=lambda each: each.full_name.casefold()):
        report.rows.append(section(details.head(account.full_name, account.shown_id), found[account.id], None))
    return report


def _transactions(entries: Entries) -> list[Shown]:
    """The transactions of the period, each as its first line, by date; those that are not in the books as well."""
    transactions = Transactions(entries.books, entries.chart, entries.table)
    found = []
    for line in entries.lines(condition="p.n = 0"):
        account = entries.chart.accounts[line.account]
        shown = transactions.shown(line, account.sign * line.amount)
        found.append(shown)
    found += [_unposted(entity, obj) for entity, obj in _orders(entries)]
    wanted = [shown for shown in found if _wanted(entries, shown)]
    return sorted(wanted, key=lambda shown: (shown.line.date, int(shown.line.id) if shown.line.id.isdecimal() else 0))


def _orders(entries: Entries) -> Iterable[tuple[str, dict[str, object]]]:
    period, lists = entries.wish.period, entries.wish.lists
    if set(lists) & {"account", "source_account", "account_type", "source_account_type", "class", "department", "item"}:
        return
    rows = entries.books.state.execute(
        f"SELECT entity, body FROM object WHERE company = ? AND entity IN ({','.join('?' * len(_NOT_POSTED))})"  # noqa: S608 -- marks only
        " AND deleted = 0 AND date BETWEEN ? AND ? ORDER BY date, CAST(id AS INTEGER)",
        (entries.books.company.key, *_NOT_POSTED, period.start.isoformat(), period.end.isoformat()),
    )
    for entity, body in rows:
        obj = wire.loads(body)
        party = value_of(obj, "CustomerRef" if entity == "Estimate" else "VendorRef")
        asked = [lists[name] for name in ("customer", "vendor", "name") if name in lists]
        if all(party in ids for ids in asked) and not ("customer" in lists and entity != "Estimate"):
            yield entity, obj


def _unposted(entity: str, obj: dict[str, object]) -> Shown:
    kind, label = ("Customer", "Estimate") if entity == "Estimate" else ("Vendor", "Purchase Order")
    amount = int(wire.money(_decimal(obj.get("TotalAmt"))) * 100)
    party = value_of(obj, "CustomerRef" if entity == "Estimate" else "VendorRef")
    line = Line(
        entity, str(obj["Id"]), 0, str(obj["TxnDate"]), "", amount, kind, party, None, None, None, None,
        _text(obj.get("DocNumber")), _text(obj.get("PrivateNote")), None, None,
    )  # fmt: skip
    return Shown(line, label, _text(obj.get("DocNumber")), amount=amount, posting=False)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value or 0))


def _text(value: object) -> str:
    return str(value) if value else ""


def _wanted(entries: Entries, shown: Shown) -> bool:
    """Whether a transaction is of the kinds and has the number and memo that were asked for."""
    kinds = {each.replace(" ", "").lower() for each in entries.wish.lists.get("transaction_type", ())}
    number, memo = entries.wish.texts.get("docnum"), entries.wish.texts.get("memo")
    own = {shown.line.entity.lower(), shown.label.replace(" ", "").lower(), _PARAMETER.get(shown.label, "").lower()}
    return (
        (not kinds or bool(own & kinds))
        and (not number or shown.number == number)
        and (not memo or memo.lower() in (shown.line.memo or "").lower())
    )


#: Label of a transaction -> the word of `transaction_type` that means it.
_PARAMETER = {
    "Payment": "ReceivePayment", "Credit Card Expense": "CreditCardCharge", "Expense": "CashPurchase", "Refund": "CashRefund",
    "Bill Payment (Check)": "BillPaymentCheck", "Bill Payment (Credit Card)": "BillPaymentCreditCard",
    "Inventory Qty Adjust": "InventoryQuantityAdjustment",
}  # fmt: skip


def account_list(entries: Entries) -> Report:
    """The list of accounts with their types and balances."""
    kinds = {
        "account_name": ("Account", "String"), "account_type": ("Type", "String"), "detail_acc_type": ("Detail type", "String"),
        "account_desc": ("Description", "String"), "account_bal": ("Balance", "Money"), "account_num": ("Account #", "String"),
    }  # fmt: skip
    asked = [key for key in entries.wish.lists.get("columns", ()) if key in kinds]
    keys = asked or ["account_name", "account_type", "detail_acc_type", "account_desc", "account_bal"]
    report = Report([Column(*kinds[key], key) for key in keys])
    types = {each.replace(" ", "").lower() for each in entries.wish.lists.get("account_type", ())}
    for account in entries.chart.ordered():
        obj = entries.books.known("Account", account.id) or {}
        if not obj.get("Active", bool(obj)) or (types and account.type.replace(" ", "").lower() not in types):
            continue
        balance = "" if account.type in YEARLY else money(int(_decimal(obj.get("CurrentBalance")) * 100))
        texts = {
            "account_type": account.type, "detail_acc_type": account.sub_type, "account_desc": account.description,
            "account_bal": balance, "account_num": account.number,
        }  # fmt: skip
        shown = [cell(account.full_name, account.id) if key == "account_name" else cells([texts[key]])[0] for key in keys]
        report.rows.append(data(shown))
    report.empty = not report.rows
    return report
