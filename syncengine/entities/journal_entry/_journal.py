"""What all journal entries of ours have in common: our own number, the day, and a memo that names the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Field, Note, Record, References
from syncengine.entities._posted import Build, journal_lines
from syncengine.terms import Direction


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


@dataclass(frozen=True)
class Source(Note):
    """The private note of an entry: what it was posted from, then the record's own note."""

    title: str = ""

    def put(self, record: Record, refs: References) -> Any:
        """`Adjustment ADJ-547: counted twice`."""
        number, note = record.get("number") or record["id"], str(record.get(self.column) or "").strip()
        return self.out(f"{self.title} {number}" + (f": {note}" if note else ""), refs)


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
    switch: str | None = None,
    wanted: Callable[[Record, References], bool] = always,
    holds: Callable[[Record, References], str] = never_held,
) -> Entity:
    """A journal entry that records of `kind` post.

    `title` begins its memo, `build` gives its entries, `posts` says in words what is debited and credited, `day` is the
    column of its date, `wanted` which records post and `holds` why one has to wait.
    """
    return Entity(
        name="JournalEntry",
        kind=kind,
        direction=Direction.PUSH,
        natural_key="DocNumber",
        document=True,
        fields=(
            SeriesNumber("DocNumber", "", one_way=True, kind=kind),
            Day("TxnDate", day, fills=False),
            # 4,000 less our marker.
            Source("PrivateNote", "private_note", longest=3980, one_way=True, title=title),
        ),
        lines=journal_lines(build),
        switch=switch,
        numbered=True,
        wanted=wanted,
        holds=holds,
        posts=posts,
    )
