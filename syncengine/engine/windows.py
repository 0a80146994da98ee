"""Windows: a whole list of QuickBooks', read by keyset windows on CreateTime, and kept aside until all of it was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from syncengine.engine.run import Run
from syncengine.entities import ENTITIES
from syncengine.quickbooks import FaultError, Page, Payload, select, wire

_PAGE = 1_000


@dataclass
class Listing:
    """A list as it was read whole: its pages lie in a file that nobody else sees, so that a large list needs no memory.

    Attributes:
        name: the entity.
        started: our own time before the first page.
        ids: of all objects that it showed.
    """

    name: str
    started: datetime
    ids: set[str] = field(default_factory=set)
    _file: IO[bytes] = field(default_factory=TemporaryFile, repr=False)

    def add(self, page: Sequence[Payload]) -> None:
        """Keep a page."""
        self.ids.update(str(each["Id"]) for each in page)
        self._file.write(wire.dumps(list(page)) + b"\n")

    def pages(self) -> Iterator[list[Payload]]:
        """The pages, in their order; may be asked for again."""
        self._file.seek(0)
        for line in self._file:
            yield wire.loads(line)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def read(run: Run, name: str) -> Listing:
    """Read a list whole, applying nothing. Raises what the client raises; Stopped between two pages."""
    listing = Listing(name, run.site.clock.now())
    for page in pages(run, name, None):
        run.go_on()
        listing.add(page)
        run.say(f"Reading {name} from QuickBooks", len(listing.ids))
    return listing


def pages(run: Run, name: str, after: datetime | None) -> Iterator[list[Payload]]:
    """Pages in ascending CreateTime; the second at a page's edge is read again and repeats are dropped."""
    prop, seen = "MetaData.CreateTime", set[str]()
    while True:
        try:
            page = _window(run, name, prop, after, 1)
        except FaultError as error:
            if error.fault.code != "4001" or prop != "MetaData.CreateTime" or seen:
                raise
            prop = "MetaData.LastUpdatedTime"  # CreateTime is not filterable on every entity for certain
            continue
        fresh = _fresh(page.objects, seen)
        if fresh:
            yield fresh
        if page.count < _PAGE:
            return
        last = _moment(page.objects[-1], prop)
        if last == after:
            yield from _one_second(run, name, prop, last, seen)
            last = last + timedelta(seconds=1) if last else None
        after = last


def _window(run: Run, name: str, prop: str, after: datetime | None, start: int, until: datetime | None = None) -> Page:
    where: list[tuple[str, str, Any]] = []
    if after is not None:
        where.append((prop, ">=", after))
    if until is not None:
        where.append((prop, "<=", until))
    if not ENTITIES[name].document:
        where.append(("Active", "IN", [True, False]))
    return run.client.query(select(name, where=where, order=[prop], start=start, max=_PAGE))


def _one_second(run: Run, name: str, prop: str, second: datetime | None, seen: set[str]) -> Iterator[list[Payload]]:
    """More objects than a page holds bear the same second: read that second by position until it is through."""
    start = 1
    while True:
        page = _window(run, name, prop, second, start, second)
        fresh = _fresh(page.objects, seen)
        if fresh:
            yield fresh
        if page.count < _PAGE:
            return
        start += page.count


def _fresh(objects: Sequence[Payload], seen: set[str]) -> list[Payload]:
    fresh = [each for each in objects if str(each["Id"]) not in seen]
    seen.update(str(each["Id"]) for each in fresh)
    return fresh


def _moment(payload: Payload, prop: str) -> datetime | None:
    return wire.moment((payload.get("MetaData") or {}).get(prop.partition(".")[2]))


def created(payload: Payload) -> datetime | None:
    """When QuickBooks made the object; None where it does not say."""
    return _moment(payload, "MetaData.CreateTime")
