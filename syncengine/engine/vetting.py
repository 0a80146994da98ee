"""Vetting: whether a company's settings agree with QuickBooks, as far as the view-only copies tell.

Before the first pull nothing is known of the other side: a setting then counts as not checked yet, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from syncengine.engine import scope, tracking
from syncengine.engine.refs import features
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import Payload, wire
from syncengine.store.settings import SETTINGS, Needs, Setting

#: What QuickBooks appends to the name of an account that was made inactive.
_INACTIVE = " (deleted)"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one setting.

    Attributes:
        name, label: the setting, and what it is called on its page.
        cause, remedy: one sentence each.
        blocks: whether what reads the setting must not be sent; otherwise it is a warning.
        unchecked: whether nothing is known of QuickBooks yet.
    """

    name: str
    label: str
    cause: str
    remedy: str
    blocks: bool = True
    unchecked: bool = False

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.label}: {self.cause}", self.remedy) if part)


@dataclass(frozen=True)
class Books:
    """What QuickBooks says that settings are compared with; `preferences` is empty before the first pull.

    The names of tax codes and rates are None where QuickBooks' have not arrived, and where no setting names one.
    """

    preferences: Payload
    accounts: Mapping[str, Payload]
    accounts_known: bool
    tax_codes: frozenset[str] | None
    tax_rates: frozenset[str] | None

    def preference(self, group: str, name: str) -> Any:
        """One of QuickBooks' Preferences; None where it is absent."""
        return (self.preferences.get(group) or {}).get(name)

    @property
    def home_currency(self) -> str:
        """The code of the currency of the books; "" where it is unknown."""
        return str((self.preference("CurrencyPrefs", "HomeCurrency") or {}).get("value") or "")

    @property
    def closed(self) -> str:
        """QuickBooks' own closing date as ISO text; "" for none."""
        return str(self.preference("AccountingInfoPrefs", "BookCloseDate") or "")[:10]


def books(connection: Connection, company_id: int, values: Mapping[str, Any], preferences: Payload | None = None) -> Books:
    """Read what the settings `values` are compared with; QuickBooks' `preferences` may be known already."""
    names = {str(values[name]) for name, setting in SETTINGS.items() if setting.account_types and values[name]}
    if preferences is None:
        preferences = tracking.preferences(connection, company_id)
    needed = {setting.needs for name, setting in SETTINGS.items() if values[name]}
    rows = ledger.every_of_name(connection, company_id, "Account", [*names, *(name + _INACTIVE for name in names)])
    payloads = [wire.loads(row["payload"]) for row in sorted(rows, key=lambda row: (row["active"], row["id"]))]
    return Books(
        preferences=preferences,
        accounts={_key(_full_name(each)): each for each in payloads},
        accounts_known=ledger.any_of(connection, company_id, "Account"),
        tax_codes=_listed(connection, company_id, "TaxCode") if Needs.TAX_CODE in needed else None,
        tax_rates=_listed(connection, company_id, "TaxRate") if Needs.TAX_RATE in needed else None,
    )


def _listed(connection: Connection, company_id: int, entity: str) -> frozenset[str] | None:
    known = ledger.any_of(connection, company_id, entity)
    return ledger.active_names(connection, company_id, entity) if known else None


def _full_name(account: Payload) -> str:
    return str(account.get("FullyQualifiedName") or account.get("Name") or "")


def _key(name: str) -> str:
    return ledger.name_key(name.removesuffix(_INACTIVE))


def problems(values: Mapping[str, Any], found: Books) -> dict[str, Problem]:
    """What is wrong, by the setting's name; settings that are right, or say nothing, are not in it."""
    told: dict[str, Problem] = {}
    for name, setting in SETTINGS.items():
        verdict = _VERDICTS.get(setting.needs)
        if verdict is None or (setting.account_types and not values[name]):
            continue
        problem = verdict(name, setting, values[name], found)
        if problem is not None:
            told[name] = problem
    return told


def of_company(
    connection: Connection, company_id: int, values: Mapping[str, Any], preferences: Payload | None = None
) -> dict[str, Problem]:
    """The problems of one company's settings, as its copies of QuickBooks are just now, the limits of its plan among them.

    QuickBooks' `preferences` may be known already.
    """
    found = books(connection, company_id, values, preferences)
    told, told_of = problems(values, found), _tracked(values, found)
    room = tracking.room(connection, company_id) if told_of else None
    plans = [_plan(kind, room) for kind in told_of if room is not None]
    return told | {problem.name: problem for problem in plans if problem is not None}


def account_names(connection: Connection, company_id: int, types: Iterable[str]) -> list[str]:
    """The full names of the active accounts of these types, in alphabetical order."""
    wanted = set(types)
    rows = ledger.active(connection, company_id, "Account")
    return [row["name"] for row in rows if wire.loads(row["payload"]).get("AccountType") in wanted]


def names(connection: Connection, company_id: int, entity: str) -> list[str]:
    """The names of the active entries of one of QuickBooks' lists, in alphabetical order."""
    return [row["name"] for row in ledger.active(connection, company_id, entity)]


def _unchecked(name: str, setting: Setting) -> Problem:
    return Problem(
        name, setting.label, "not checked yet, for QuickBooks has not been read.", "It is checked with the next sync.",
        blocks=False, unchecked=True,
    )  # fmt: skip


def _account(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    if not found.accounts_known:
        return _unchecked(name, setting)
    held = found.accounts.get(_key(str(value)))
    types = " or ".join(setting.account_types) if len(setting.account_types) < 5 else ""
    choose = f"Choose an active account{' of type ' + types if types else ''}."
    if held is None:
        return Problem(name, setting.label, f"QuickBooks has no account {value!r}.", choose)
    if held.get("Active") is False:
        return Problem(name, setting.label, f"{value!r} was made inactive in QuickBooks.", f"{choose} Or make it active there.")
    if held.get("AccountType", setting.account_types[0]) not in setting.account_types:
        return Problem(name, setting.label, f"{value!r} is of type {held.get('AccountType')} in QuickBooks.", choose)
    currency = str((held.get("CurrencyRef") or {}).get("value") or found.home_currency)
    if found.home_currency and currency != found.home_currency:
        return Problem(
            name, setting.label, f"{value!r} is kept in {currency}, the books in {found.home_currency}.",
            f"Choose an account in {found.home_currency}.",
        )  # fmt: skip
    return None


def _tax(name: str, setting: Setting, value: Any, found: Books, *, wants: bool, known: frozenset[str] | None) -> Problem | None:
    if not value:
        return None
    if not found.preferences:
        return _unchecked(name, setting)
    what = setting.needs.value
    if bool(found.preference("TaxPrefs", "UsingSalesTax")) is not wants:
        state, other = ("off", "tax rate") if wants else ("on", "tax code")
        cause = f"sales tax is {state} in QuickBooks, so a {what} means nothing there."
        return Problem(name, setting.label, cause, f"Take it out, and use a default {other} instead.")
    if known is None:
        return _unchecked(name, setting)
    if ledger.name_key(str(value)) not in known:
        return Problem(name, setting.label, f"QuickBooks has no active {what} {value!r}.", f"Choose one of QuickBooks' {what}s.")
    return None


def _tax_code(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    return _tax(name, setting, value, found, wants=True, known=found.tax_codes)


def _tax_rate(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    return _tax(name, setting, value, found, wants=False, known=found.tax_rates)


def _multicurrency(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    if not found.preferences:
        return _unchecked(name, setting) if value else None
    theirs = found.preference("CurrencyPrefs", "MultiCurrencyEnabled") is True
    if bool(value) is theirs:
        return None
    there, here = ("on", "off") if theirs else ("off", "on")
    remedy = "Switch it on here." if theirs else "Switch it off here, or on in QuickBooks (Settings, Advanced, Currency)."
    return Problem(name, setting.label, f"it is {there} in QuickBooks and {here} here.", remedy)


def _home_currency(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    if not value or value == found.home_currency:
        return None
    if not found.home_currency:
        return _unchecked(name, setting)
    return Problem(
        name, setting.label, f"the books of QuickBooks are kept in {found.home_currency}, not in {value}.",
        f"Set it to {found.home_currency}, or to nothing.",
    )  # fmt: skip


def _closing_date(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    if not found.preferences:
        return _unchecked(name, setting) if value else None
    ours, theirs = value.isoformat() if value else "", found.closed
    if ours == theirs:
        return None
    cause = f"the books are closed up to {theirs or 'no date'} in QuickBooks, and up to {ours or 'no date'} here."
    return Problem(name, setting.label, cause, "Set both to the same date.", blocks=False)


def _discounts(name: str, setting: Setting, value: Any, found: Books) -> Problem | None:
    if not value:
        return None
    if not found.preferences:
        return _unchecked(name, setting)
    if found.preference("SalesFormsPrefs", "AllowDiscount") is not True:
        cause = "discounts are switched off in QuickBooks."
    elif not found.preference("SalesFormsPrefs", "DefaultDiscountAccount"):
        cause = "QuickBooks has no account for discounts."
    else:
        return None
    return Problem(
        name, setting.label, cause, "Switch discounts on in QuickBooks (Settings, Account and settings, Sales), or this off here."
    )


def _tracked(values: Mapping[str, Any], found: Books) -> list[str]:
    """Of classes and departments, what is synced and tracked in QuickBooks."""
    tracks = features(found.preferences)
    return [kind for kind, feature in tracking.FEATURE.items() if values[scope.TRACKING[feature]] != "off" and tracks[feature]]


def _plan(kind: str, room: tracking.Room) -> Problem | None:
    """What the plan of QuickBooks holds of classes and departments: existing ones work on, new ones are refused."""
    name = scope.TRACKING[tracking.FEATURE[kind]]
    if room.limit is None or room.used <= room.limit:
        return None
    cause = f"the plan {room.plan} allows {room.limit} classes and departments together, and there will be {room.used}."
    return Problem(name, SETTINGS[name].label, cause, "Make some inactive, or choose a larger plan in QuickBooks.", blocks=False)


_VERDICTS: Mapping[Needs, Callable[[str, Setting, Any, Books], Problem | None]] = {
    Needs.ACCOUNT: _account,
    Needs.TAX_CODE: _tax_code,
    Needs.TAX_RATE: _tax_rate,
    Needs.MULTICURRENCY: _multicurrency,
    Needs.HOME_CURRENCY: _home_currency,
    Needs.CLOSING_DATE: _closing_date,
    Needs.DISCOUNTS: _discounts,
}


def blocking(told: Mapping[str, Problem], names: Iterable[str]) -> Problem | None:
    """The first problem, by name, that keeps from being sent what reads these settings."""
    return next((told[name] for name in sorted(names) if name in told and told[name].blocks), None)
