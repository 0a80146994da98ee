"""What all journal entries of ours have in common: our own number, the day, and a memo that names the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from syncengine.entities._currency import posted
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Field, Record, References
from syncengine.entities._posted import Build, about, journal_lines, source
from syncengine.terms import Direction

_NOBODY: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True)
class SeriesNumber(Field):
    """A document number of our own series, given when the record is first queued and kept for ever."""

    kind: str = ""

    def put(self, record: Record, refs: References) -> str:
        """The number with the series' prefix."""
        return refs.number("JournalEntry", self.kind, int(record["id"]))

    def canonical(self, value: Any) -> str:
        """The number as it is."""
        return str(value).strip()


def both(
    amount: Decimal, line: Record, record: Record, refs: References, *, debit: str, credit: str,
    debtor: Record = _NOBODY, creditor: Record = _NOBODY,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The two entries of a line: what it is worth from the account `credit` to the account `debit`; below 0 the other way round.

    `debtor` and `creditor` name the customer or vendor of either side, by column.
    """
    shared = {
        "description": about(line, refs), "class_id": line.get("class_id"), "department_id": record.get("department_id")
    }  # fmt: skip
    yield {"amount": amount, "account": debit, **shared, **debtor}
    yield {"amount": -amount, "account": credit, **shared, **creditor}


def always(_record: Record, _refs: References) -> bool:
    """Every record of the kind posts."""
    return True


def never_held(_record: Record, _refs: References) -> str:
    """No record of the kind has to wait."""
    return ""


def journal(
    kind: str,
    title: str,
    build: Build,
    *,
    posts: str,
    day: str = "txn_date",
    foreign: bool = False,
    switch: str | None = None,
    wanted: Callable[[Record, References], bool] = always,
    holds: Callable[[Record, References], str] = never_held,
    stands: bool = False,
) -> Entity:
    """A journal entry that records of `kind` post.

    `title` begins its memo, `build` gives its entries, `posts` says in words what is debited and credited, `day` is the
    column of its date, `foreign` whether its amounts are in the record's own currency, `wanted` which records post,
    `holds` why one has to wait and `stands` whether what is posted stays when the settings change.
    """
    return Entity(
        name="JournalEntry",
        kind=kind,
        direction=Direction.PUSH,
        natural_key="DocNumber",
        document=True,
        fields=(
            SeriesNumber("DocNumber", "", one_way=True, kind=kind),
            # QuickBooks would take the day of the sync: what is posted says its day.
            Day("TxnDate", day, required=True),
            *posted(column="currency" if foreign else ""),
            source(title),
        ),
        lines=journal_lines(build),
        switch=switch,
        numbered=True,
        wanted=wanted,
        holds=holds,
        stands=stands,
        posts=posts,
    )
