"""One setting as data, and the sorts of values that settings have."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from syncengine.errors import ConfigurationError


class Group(StrEnum):
    """Where a setting stands on the settings page; in this order."""

    CONNECTION = "connection"
    SCHEDULE = "schedule"
    SCOPE = "scope"
    ACCOUNTS = "accounts"
    DOCUMENTS = "documents"
    TRACKING = "tracking"
    CONFLICTS = "conflicts"
    CORRECTIONS = "corrections"


class Needs(StrEnum):
    """What QuickBooks has to say to a setting before it counts."""

    #: Nothing: the setting is ours alone.
    NOTHING = "nothing"
    #: An active account of one of the setting's `account_types`, in the home currency.
    ACCOUNT = "account"
    #: An active tax code, while sales tax is on in QuickBooks.
    TAX_CODE = "tax code"
    #: An active tax rate, while sales tax is off in QuickBooks.
    TAX_RATE = "tax rate"
    #: The same answer as QuickBooks' own preference.
    MULTICURRENCY = "multicurrency"
    HOME_CURRENCY = "home currency"
    #: A closing date that agrees with QuickBooks' own.
    CLOSING_DATE = "closing date"
    #: Discounts switched on in QuickBooks, with an account for them.
    DISCOUNTS = "discounts"


@dataclass(frozen=True)
class Setting:
    """One setting of a company.

    Attributes:
        default: its value where a company has set nothing.
        check: whether a value, in its Python form, may stand.
        must: what it must be, to follow "must be".
        says: what it does, in one or more sentences.
        group, label: where it stands on a page, and what it is called there.
        choices: the words to choose from; empty where it is no choice.
        account_types: the AccountTypes that its account may have; empty where it names no account.
        needs: what of QuickBooks it is compared with.
        day: whether its value is a calendar day or None; stored as ISO text, none as "".
        own: whether the engine alone sets it.
    """

    default: Any
    check: Callable[[Any], bool]
    must: str
    says: str
    group: Group
    label: str
    choices: tuple[str, ...] = ()
    account_types: tuple[str, ...] = ()
    needs: Needs = Needs.NOTHING
    day: bool = False
    own: bool = False

    @property
    def flag(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.default, bool)

    def stored(self, value: Any) -> Any:
        """What stands in the database for a value."""
        if self.day:
            return value.isoformat() if value else ""
        return value

    def loaded(self, stored: Any) -> Any:
        """The value that stands in the database in this form."""
        return date.fromisoformat(stored) if self.day and stored else None if self.day else stored

    def parse(self, text: Any) -> Any:
        """The value that a person means by a text, such as `on` or `2026-01-31`; what is no text, or means nothing, as it is."""
        if not isinstance(text, str):
            return text
        said = text.strip()
        if self.flag:
            return _FLAGS.get(said.casefold(), text)
        if self.day:
            return _day_of(said, text)
        return said

    def shown(self, value: Any) -> str:
        """A value in the words in which `parse` takes it."""
        if value is None or value == "":
            return "none"
        if isinstance(value, bool):
            return "on" if value else "off"
        return str(value)


_FLAGS = {**dict.fromkeys(("on", "yes", "true", "1"), True), **dict.fromkeys(("off", "no", "false", "0"), False)}


def _day_of(said: str, text: Any) -> Any:
    if said.casefold() in {"", "none"}:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return text


def words(choices: tuple[str, ...]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else choices[0]


def flag(group: Group, label: str, says: str, *, default: bool, needs: Needs = Needs.NOTHING, own: bool = False) -> Setting:
    """On or off."""
    return Setting(default, lambda value: isinstance(value, bool), "on or off", says, group, label, needs=needs, own=own)


def choice(group: Group, label: str, says: str, *choices: str, default: str) -> Setting:
    """One word of several."""
    return Setting(default, lambda value: isinstance(value, str) and value in choices, words(choices), says, group, label, choices)


def day(group: Group, label: str, says: str, *, needs: Needs = Needs.NOTHING) -> Setting:
    """A calendar day, or none, which is the default."""

    def check(value: Any) -> bool:
        return value is None or (isinstance(value, date) and not isinstance(value, datetime))

    return Setting(None, check, "a date as YYYY-MM-DD, or none", says, group, label, needs=needs, day=True)


def matching(
    group: Group, label: str, says: str, pattern: str, must: str, *, default: str = "", needs: Needs = Needs.NOTHING
) -> Setting:
    """A text that a pattern matches as a whole."""
    whole = re.compile(pattern, re.DOTALL)
    return Setting(
        default, lambda value: isinstance(value, str) and whole.fullmatch(value) is not None, must, says, group, label, needs=needs
    )


#: One line of text in which nothing stands that no database keeps.
LINE = "[^\\x00-\\x1f\ud800-\udfff]{0,%d}"


def account(label: str, says: str, *types: str, default: str = "") -> Setting:
    """The full name of an account, or none."""
    named = matching(Group.ACCOUNTS, label, says, LINE % 1_000, "the full name of an account, or nothing", default=default)
    return Setting(**{**vars(named), "account_types": types, "needs": Needs.ACCOUNT})


def wrong(name: str, setting: Setting, value: Any) -> ConfigurationError:
    """The sentence that refuses a value."""
    return ConfigurationError(f"The setting {name!r} must be {setting.must}, not {value!r}.")
