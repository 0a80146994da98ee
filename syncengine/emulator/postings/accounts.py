"""The accounts that QuickBooks takes by itself: found by what they are for, remembered, and set up where a company has none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books, Keys
from syncengine.emulator.rules.accounts import TYPES
from syncengine.emulator.rules.currency import home as home_currency
from syncengine.emulator.rules.draft import value_of

#: Under this entity the accounts of roles lie in the company's cache.
_CACHED = "system account"


@dataclass(frozen=True)
class Role:
    """What an account is for.

    Attributes:
        name: what the account is called where it has to be set up, and how it is found where `named`.
        type: AccountType.
        sub_type: AccountSubType.
        named: it is one of several of its type, told apart by its name.
        kin: where there is no such account, any of its type serves.
        currency: the currency of what is posted there, None for the company's own.
    """

    name: str
    type: str
    sub_type: str
    named: bool = False
    kin: bool = False
    currency: str | None = None


RECEIVABLE = Role("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable")
PAYABLE = Role("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable")
UNDEPOSITED = Role("Undeposited Funds", "Other Current Asset", "UndepositedFunds")
INVENTORY = Role("Inventory Asset", "Other Current Asset", "Inventory")
SHIPPING = Role("Shipping Income", "Income", "OtherPrimaryIncome", named=True)
DISCOUNTS = Role("Discounts given", "Income", "DiscountsRefundsGiven")
INCOME = Role("Uncategorized Income", "Income", "ServiceFeeIncome", named=True, kin=True)
EXPENSE = Role("Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost", named=True, kin=True)
COST = Role("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", kin=True)
SHRINKAGE = Role("Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs", named=True)
OPENING = Role("Opening Balance Equity", "Equity", "OpeningBalanceEquity")
GAIN = Role("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")
SALES_TAX = Role("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable", kin=True)


def in_currency(role: Role, currency: str | None) -> Role:
    """Receivables and payables of each foreign currency have an account of their own."""
    if currency is None:
        return role
    return Role(f"{role.name} - {currency}", role.type, role.sub_type, named=True, currency=currency)


def tax_account(agency: str) -> Role:
    """Where the sales tax of an agency is owed."""
    return Role(f"{agency} Payable", "Other Current Liability", "GlobalTaxPayable", named=True)


def account(books: Books, role: Role) -> str:
    """The Id of the company's account for a role; one that it lacks is set up, as QuickBooks does."""
    key = (_CACHED, role.name)
    cached = books.company.cache.get(key)
    if cached is not None:
        return str(cached["Id"])
    row = books.state.execute(
        "SELECT account FROM system_account WHERE company = ? AND role = ?", (books.company.key, role.name)
    ).fetchone()
    found = row[0] if row else _found(books, role)
    if row is None:
        values = (books.company.key, role.name, found)
        books.state.execute("INSERT INTO system_account (company, role, account) VALUES (?, ?, ?)", values)
    books.company.cache[key] = {"Id": found}
    return str(found)


def _found(books: Books, role: Role) -> str:
    """The first account that fits: by name where the role has one, then by type and sub-type, then by type."""
    rows = books.state.execute(
        "SELECT id FROM object WHERE company = ? AND entity = 'Account' AND deleted = 0 ORDER BY CAST(id AS INTEGER)",
        (books.company.key,),
    ).fetchall()
    accounts = [books.known("Account", id_) or {} for (id_,) in rows]
    same = [each for each in accounts if each.get("AccountType") == role.type and _currency(books, each) == role.currency]
    exact = [each for each in same if each.get("AccountSubType") == role.sub_type]
    named = [each for each in same if str(each.get("Name", "")).casefold() == role.name.casefold()]
    fitting = named or ([] if role.named else exact) or (same if role.kin else [])
    return str(fitting[0]["Id"]) if fitting else _set_up(books, role)


def _set_up(books: Books, role: Role) -> str:
    """Write a new account into the chart."""
    taken = books.ids("Account", "name", role.name.casefold())
    name = role.name if not taken else f"{role.name} ({len(taken) + 1})"
    id_ = books.next_id("Account", ("Account",), 1)
    obj = {
        "Name": name, "SubAccount": False, "FullyQualifiedName": name, "Active": True,
        "Classification": TYPES[role.type].classification, "AccountType": role.type, "AccountSubType": role.sub_type,
        "CurrentBalance": Decimal(0), "CurrentBalanceWithSubAccounts": Decimal(0),
        "CurrencyRef": {"value": role.currency or home_currency(books)},
        "domain": "QBO", "sparse": False, "Id": id_, "SyncToken": "0", "MetaData": {},
    }  # fmt: skip
    books.insert("Account", obj, Keys(name=name.casefold(), full_name=name.casefold()))
    return id_


def _currency(books: Books, obj: dict[str, Any]) -> str | None:
    currency = value_of(obj, "CurrencyRef")
    return None if currency == home_currency(books) else currency


def merged(books: Books, loser: str, survivor: str) -> None:
    """What an account was for, the one that it became part of is for."""
    books.state.execute(
        "UPDATE system_account SET account = ? WHERE company = ? AND account = ?", (survivor, books.company.key, loser)
    )
    for key in [key for key in books.company.cache if key[0] == _CACHED]:
        del books.company.cache[key]
