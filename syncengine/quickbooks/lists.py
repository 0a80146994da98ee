"""Many objects: queries, counts, walks through a whole list that lose no row, and change data capture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from syncengine.errors import ServiceDown
from syncengine.quickbooks import answers, query
from syncengine.quickbooks.calls import CallKind, Changes, Page, Record
from syncengine.quickbooks.query import PAGE_MAX, Condition
from syncengine.quickbooks.road import Road

#: Above this a statement goes in the body: no server's limit for an address is near.
_QUERY_IN_URL_MAX = 2000
_CREATED = "MetaData.CreateTime"
_EVERYONE: Condition = ("Active", "IN", (True, False))
#: How often one crowded second is read again when rows disappear while it is read.
_CROWD_ATTEMPTS = 5


class Lists(Road):
    """Reading many objects: metered once for each page, repeated inside the deadline."""

    def query(self, statement: str) -> Page:
        """One page of a query; see `query.select` for how to write a statement."""
        entity = query.entity_of(statement)
        if len(statement) > _QUERY_IN_URL_MAX:
            body, headers = statement.encode(), {"Content-Type": "application/text"}
            errand = self._errand(CallKind.QUERY, "POST", "query", entity, body=body, headers=headers)
        else:
            errand = self._errand(CallKind.QUERY, "GET", "query", entity, {"query": statement})
        return self._read(errand, lambda document: answers.page(document, entity, self._clock.now()))

    def count(self, entity: str, *, where: Iterable[Condition] = (), inactive: bool = False) -> int:
        """How many objects there are; `inactive` counts names that were made inactive too."""
        total = self.query(query.count(entity, where=_conditions(where, inactive=inactive))).total
        if total is None:
            raise ServiceDown("QuickBooks' answer to COUNT(*) holds no totalCount.")
        return total

    def walk(
        self, entity: str, *, where: Iterable[Condition] = (), inactive: bool = False, page_size: int = PAGE_MAX
    ) -> Iterator[Record]:
        """Every object once, oldest first, whatever is made, changed or deleted in the meantime.

        Pages follow one another by MetaData.CreateTime, which never changes, and the last second of a page is read again
        with the next one: neither Id (which stops being sortable) nor a position that shifts is relied on. Objects that
        are made while it runs may be missing or not; what changed is a matter for `cdc`. Each page is one metered call.
        Raises ServiceDown where a second that holds more than a page keeps changing while it is read.
        """
        conditions = _conditions(where, inactive=inactive)
        since: str | None = None
        seen: set[str] = set()
        while True:
            window = [*conditions, *([(_CREATED, ">=", since)] if since else [])]
            page = self.query(query.select(entity, where=window, order=[_CREATED], max=page_size))
            yield from _fresh(page, seen)
            last = _created(page)
            if page.count < page_size or last is None:
                return
            if last == since:
                yield from self._crowd(entity, conditions, last, seen, page_size)
                window = [*conditions, (_CREATED, ">", last)]
                page = self.query(query.select(entity, where=window, order=[_CREATED], max=page_size))
                yield from _fresh(page, seen)
                last = _created(page)
                if page.count < page_size or last is None:
                    return
            since = last

    def _crowd(
        self, entity: str, conditions: Sequence[Condition], second: str, seen: set[str], page_size: int
    ) -> Iterator[Record]:
        """What one second holds beyond a page, as an import makes it: by position, and counted afterwards."""
        where = [*conditions, (_CREATED, "=", second)]
        before = self.count(entity, where=where)
        for _ in range(_CROWD_ATTEMPTS):
            found: set[str] = set()
            for page in self._positions(entity, where, page_size):
                found |= {record.id for record in page.records}
                yield from _fresh(page, seen)
            # A row that leaves moves those behind it forward, past the reader, and is itself counted as found: only a
            # number that was the same before and after says that nothing moved.
            after = self.count(entity, where=where)
            if len(found) == before == after:
                return
            before = after
        raise ServiceDown(f"{entity} of one second kept changing while it was read.")

    def _positions(self, entity: str, where: Sequence[Condition], page_size: int) -> Iterator[Page]:
        """Pages by position, to the first that is not full."""
        start = 1
        while True:
            page = self.query(query.select(entity, where=where, order=[_CREATED], start=start, max=page_size))
            yield page
            if page.count < page_size:
                return
            start += page.count

    def cdc(self, entities: Sequence[str], changed_since: datetime) -> Changes:
        """What changed in `entities` since a moment at most 30 days ago (aware; anything else is a ValueError).

        At 1,000 objects the answer is cut, deletions first (`Changes.saturated`): such an answer is no checkpoint.
        """
        if changed_since.tzinfo is None:
            raise ValueError("changed_since needs an offset")
        names = ",".join(entities)
        since = {"entities": names, "changedSince": changed_since.isoformat(timespec="milliseconds")}
        errand = self._errand(CallKind.CDC, "GET", "cdc", names, since)
        return self._read(errand, lambda document: answers.changes(document, entities))


def _conditions(where: Iterable[Condition], *, inactive: bool) -> list[Condition]:
    return [*where, *([_EVERYONE] if inactive else [])]


def _fresh(page: Page, seen: set[str]) -> Iterator[Record]:
    for record in page.records:
        if record.id not in seen:
            seen.add(record.id)
            yield record


def _created(page: Page) -> str | None:
    """The second in which the page's last object was made, as QuickBooks wrote it."""
    meta = page.objects[-1].get("MetaData") if page.objects else None
    created = meta.get("CreateTime") if isinstance(meta, dict) else None
    return created if isinstance(created, str) else None
