"""Fields that lead elsewhere: references to other records and accounts, and words that each side writes in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from syncengine.entities._fields import Field, Flag, Record, References, bare, fail


@dataclass(frozen=True)
class Reference(Field):
    """A reference to another synced record: an inventory id here, `{"value": Id}` there."""

    refers_to: str = ""
    #: The inventory kind, where it is not the first that goes to this entity.
    kind: str = ""

    def out(self, value: Any, refs: References) -> str:
        """The twin's Id, or the placeholder of a record that has none yet."""
        return refs.twin(self.refers_to, int(value), self.kind)

    def canonical(self, value: Any) -> Any:
        """The bare Id."""
        return bare(value)

    def wire(self, value: Any) -> Any:
        """Only `value` counts on a write; QuickBooks fills in the name."""
        return None if value is None else {"value": value}

    def inward(self, value: Any, refs: References) -> Any:
        """The inventory record's id."""
        return None if value is None else refs.record(self.refers_to, value, self.kind)


@dataclass(frozen=True)
class AccountName(Reference):
    """A reference to an account: its full name here, since accounts are only kept in QuickBooks."""

    refers_to: str = "Account"
    #: The company setting that holds the account of records that name none.
    setting: str = ""

    def put(self, record: Record, refs: References) -> Any:
        """The Id of the account that the record names, or of the company's default."""
        name = record.get(self.column) or by_default(refs, self.setting, lambda: self._default(refs))
        if not name and self.required:
            setting = self.setting.replace("_", " ")
            raise fail(setting, None, "QuickBooks takes no record without this account.", f"Set the company's {setting}.")
        return refs.account(str(name), self.column) if name else None

    def inward(self, value: Any, refs: References) -> Any:
        """The account's full name; none where it is the company's default."""
        if value is None:
            return None
        name = refs.account_name(value)
        return None if name == self._default(refs) else name

    def _default(self, refs: References) -> Any:
        return refs.setting(self.setting) if self.setting else None


def by_default(refs: References, place: str, default: Callable[[], Any]) -> Any:
    """The account of what a record says nothing of: the one that it was posted with, and else what is the default today.

    What is in the books stays where it is: another default is for what is posted from then on.
    """
    name = refs.posted_with(place) or default()
    if name:
        refs.post_with(place, str(name))
    return name


@dataclass(frozen=True)
class Choice(Field):
    """One of a fixed set of words, written differently on the two sides."""

    words: tuple[tuple[str, str], ...] = ()

    def out(self, value: Any, refs: References) -> str:
        """Our word -> theirs."""
        table = {ours.casefold(): theirs for ours, theirs in self.words}
        word = table.get(str(value).strip().casefold())
        if word is None:
            raise fail(self.column, value, f"It must be one of {', '.join(ours for ours, _ in self.words)}.", "Choose one of them.")
        return word

    def canonical(self, value: Any) -> Any:
        """Their word as it is; an unknown one is kept, so that a new one does not stop the pull."""
        return str(value)

    def inward(self, value: Any, refs: References) -> Any:
        """Their word -> ours."""
        return {theirs: ours for ours, theirs in self.words}.get(value, value)


@dataclass(frozen=True)
class TaxFlag(Field):
    """Whether a line is taxed: QuickBooks' pseudo codes `TAX` and `NON` on a US sales line."""

    def out(self, value: Any, refs: References) -> str:
        """Yes or no -> the pseudo code."""
        return "TAX" if value else "NON"

    def canonical(self, value: Any) -> Any:
        """The bare code."""
        return bare(value)

    def wire(self, value: Any) -> Any:
        """A reference to the code."""
        return None if value is None else {"value": value}

    def inward(self, value: Any, refs: References) -> Any:
        """Any code but `NON` taxes the line."""
        return None if value is None else value != "NON"


@dataclass(frozen=True)
class HasParent(Flag):
    """`Job`: QuickBooks wants it said that a customer stands under another one."""

    one_way: bool = True
