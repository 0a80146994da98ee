"""Rules of the chart of accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import accounts, currency
from syncengine.emulator.rules.draft import Draft
from syncengine.emulator.rules.names import hierarchy

_ZERO = Decimal(0)
#: Accounts that QuickBooks books to by itself.
_SYSTEM = frozenset({"AccountsReceivable", "AccountsPayable", "UndepositedFunds", "RetainedEarnings", "OpeningBalanceEquity"})
#: The longest AcctNum: in Australia and Canada, and elsewhere (documented).
_LONG_NUMBER, _SHORT_NUMBER = 20, 7


def account(draft: Draft) -> None:
    """Account: a type and a sub-type that fit each other (6010, 2170), a classification, a parent of the same type."""
    obj = draft.obj
    type_ = _types(draft)
    if obj.get("Active") is False and obj["AccountSubType"] in _SYSTEM and draft.books.switches["system_accounts"] == "kept":
        raise faults.business("You can't make this account inactive, because QuickBooks needs it.")
    parent = draft.pointed("Account", "ParentRef")
    if parent and parent["AccountType"] != type_:
        raise faults.business("You need to select a different type of account for this transaction.")
    _number(draft)
    currency.of_name(draft)
    if draft.old is None:
        obj.update(CurrentBalance=_ZERO, CurrentBalanceWithSubAccounts=_ZERO)
        if obj.get("OpeningBalance") and not obj.get("OpeningBalanceDate"):
            raise faults.open_balance_date()
    hierarchy(draft, "Name", "SubAccount")


def _types(draft: Draft) -> str:
    obj = draft.obj
    type_, sub = obj.get("AccountType"), obj.get("AccountSubType")
    if not type_ and not sub:
        raise faults.account_type_needed()
    if type_ and type_ not in accounts.TYPES:
        raise faults.enumeration(type_, "AccountType")
    if sub and not accounts.type_of(sub):
        raise faults.enumeration(sub, "AccountSubType")
    type_ = str(type_ or accounts.type_of(sub or ""))
    if sub and sub not in accounts.TYPES[type_].sub_types:
        sub = None if "AccountSubType" not in draft.sent else _mismatch()
    if draft.old is not None and type_ != draft.old["AccountType"] and accounts.fixed(draft.old["AccountType"], type_):
        raise faults.business("You can't change the type of this account.")
    known = accounts.TYPES[type_]
    obj.update(AccountType=type_, AccountSubType=sub or known.default, Classification=known.classification)
    return type_


def _mismatch() -> str:
    raise faults.business("The account sub-type does not belong to the account type.")


def _number(draft: Draft) -> None:
    """AcctNum is short, and no two accounts have the same where numbers are switched on (6240)."""
    number, books = draft.obj.get("AcctNum"), draft.books
    if not number:
        return
    country = (books.known("CompanyInfo", "1") or {}).get("Country", "US")
    longest = _LONG_NUMBER if country in {"AU", "CA"} else _SHORT_NUMBER
    if len(number) > longest:
        raise faults.length("AcctNum", 0, longest, len(number))
    if books.preference("AccountingInfoPrefs", "UseAccountNumbers") and _taken(draft, number):
        raise faults.duplicate_name("Another account is already using this number. Please use a different number.")


def _taken(draft: Draft, number: str) -> bool:
    rows: list[Any] = draft.books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = 'Account' AND active = 1 AND id <> ? AND instr(body, ?) > 0",
        (draft.books.company.key, draft.obj.get("Id", ""), f'"AcctNum":{wire.dumps(number)}'),
    ).fetchall()
    return any(wire.loads(body).get("AcctNum") == number for (body,) in rows)
