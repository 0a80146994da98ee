"""Needless: which records have nothing to say to a target that only ever receives what we post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, or_, select

from syncengine.engine.refs import Resolver
from syncengine.entities import Entity, Record
from syncengine.errors import RecordError
from syncengine.store import bindings, outbox, settings
from syncengine.store.tables import Outbox
from syncengine.terms import Direction


class Needless:
    """Tells apart, in one company, what need not be queued: neither posted, nor on its way, nor to be posted."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self._refs = Resolver(connection, company_id, settings.all_of(connection, company_id))

    def of(self, entity: Entity, records: Mapping[int, Record | None]) -> set[int]:
        """Those of `records` (None: it was deleted) that post nothing to `entity`, and whose earlier states posted nothing."""
        if entity.direction is not Direction.PUSH:
            return set()
        self._refs.prefetch_posted(entity.kind, records)
        silent = {record_id for record_id, record in records.items() if not self._wanted(entity, record)}
        if not silent:
            return silent
        posted = bindings.of_records(self._connection, self._company_id, entity.name, entity.kind, silent)
        silent -= {record_id for record_id, binding in posted.items() if binding["ended_by"] != "inventory"}
        return silent - self._open(entity, silent)

    def _wanted(self, entity: Entity, record: Record | None) -> bool:
        try:
            return record is not None and entity.wanted(record, self._refs)
        except RecordError:
            return True  # what cannot be decided is said when it is planned

    def _open(self, entity: Entity, record_ids: Iterable[int]) -> set[int]:
        """Those that have a row of their own still, in flight for instance."""
        found: set[int] = set()
        for part in outbox.chunks(record_ids):
            wanted = select(Outbox.record_id).where(
                Outbox.company_id == self._company_id,
                Outbox.entity == entity.name,
                Outbox.kind == entity.kind,
                Outbox.record_id.in_(part),
                or_(Outbox.state.in_([state.value for state in outbox.OPEN]), Outbox.unanswered.is_(True)),
            )
            found.update(self._connection.scalars(wanted))
        return found


__all__ = ["Needless"]
