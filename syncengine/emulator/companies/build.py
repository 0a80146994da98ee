"""Setting up a company: written by the same verbs as everything, only in the past and under known ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from syncengine.emulator import moments, verbs
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import keys


class Builder:
    """Writes into a new company's books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._now = books.now

    def days_ago(self, days: int, seconds: int = 0) -> str:
        """From now on everything is written as of so many days ago (and `seconds` later); returns that date."""
        moment = self._now - timedelta(days=days) + timedelta(seconds=seconds)
        self.books.now, self.books.epoch = moment, int(moment.timestamp())
        return moments.today(moment, self.books.company.zone)

    def later(self, seconds: int = 1) -> None:
        """Let a moment pass, so that not everything bears the same second."""
        self.books.now += timedelta(seconds=seconds)
        self.books.epoch += seconds

    def add(self, entity: str, payload: Mapping[str, Any], id_: int | None = None) -> str:
        """Create an object, under the id `id_` or the next one; returns its id."""
        known = ENTITIES[entity]
        if id_ is not None:
            self.books.company.sequences[known.sequence] = id_ - known.id_step
        created = verbs.create(self.books, known, dict(payload))
        self.books.settle()
        self.later()
        return str(created["Id"])

    def inactive(self, entity: str, id_: str) -> None:
        """Make a list member inactive."""
        known = self.books.known(entity, id_) or {}
        payload = {"Id": id_, "SyncToken": known["SyncToken"], "sparse": True, "Active": False}
        verbs.update(self.books, ENTITIES[entity], payload)

    def put(self, entity: str, id_: str, own: Mapping[str, Any]) -> None:
        """Write an object that the API cannot create (settings, tax codes)."""
        known = ENTITIES[entity]
        obj = {**own, "domain": "QBO", "sparse": False, "Id": id_, "SyncToken": "0", "MetaData": {}}
        self.books.insert(entity, obj, keys(known, obj))
        self.later()


def ref(id_: str) -> dict[str, str]:
    """A reference to `id_`."""
    return {"value": id_}
