"""What a forecast looks at: the view-only copies that the steps of one page touch, read in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import tracking
from syncengine.engine.step import Step
from syncengine.entities import Entity
from syncengine.ledger import reader as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.quickbooks import Payload

#: Customers, vendors and employees share one namespace in QuickBooks (its reference of error 6240).
PEOPLE = ("Customer", "Vendor", "Employee")
#: Put into SQL once.
_NUMBERED = select(LedgerObject.qbo_id, LedgerObject.doc_number).where(
    LedgerObject.company_id == bindparam("company"), LedgerObject.entity == bindparam("of_entity"),
    LedgerObject.doc_number.in_(bindparam("numbers", expanding=True)), LedgerObject.deleted.is_(False),
)  # fmt: skip


class Look:
    """Copies of one company, asked about the steps of one page."""

    def __init__(self, connection: Connection, company_id: int, steps: Sequence[Step], preferences: Payload) -> None:
        """`preferences` are QuickBooks', empty before the first pull."""
        self._connection = connection
        self._company_id = company_id
        self._steps = steps
        self._preferences = preferences

    @cached_property
    def room(self) -> tracking.Room:
        """How many classes and departments the plan allows, and how many there are."""
        return tracking.room(self._connection, self._company_id)

    def preference(self, group: str, name: str) -> Any:
        """One of the Preferences; None where it is absent."""
        return (self._preferences.get(group) or {}).get(name)

    def of_name(self, entity: str, name: str) -> list[RowMapping]:
        """Copies of this name, inactive ones too."""
        return self._by_name.get((entity, ledger.name_key(name)), [])

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[RowMapping]]:
        wanted: dict[str, set[str]] = {}
        for step in self._steps:
            name = named(step)
            for entity in PEOPLE if step.entity.name in PEOPLE else (step.entity.name,):
                if name:
                    wanted.setdefault(entity, set()).add(name)
        found: dict[tuple[str, str], list[RowMapping]] = {}
        for entity, names in wanted.items():
            for row in ledger.every_of_name(self._connection, self._company_id, entity, names):
                found.setdefault((entity, row["name_key"]), []).append(row)
        return found

    def of_number(self, entity: str, number: str) -> list[str]:
        """The Ids of live copies with this document number."""
        return self._by_number.get((entity, number), [])

    @cached_property
    def _by_number(self) -> dict[tuple[str, str], list[str]]:
        wanted: dict[str, set[str]] = {}
        for step in self._steps:
            if step.entity.document and (number := step.intended.get("DocNumber")):
                wanted.setdefault(step.entity.name, set()).add(str(number))
        found: dict[tuple[str, str], list[str]] = {}
        for entity, numbers in wanted.items():
            asked = {"company": self._company_id, "of_entity": entity, "numbers": sorted(numbers)}
            for qbo_id, number in self._connection.execute(_NUMBERED, asked):
                found.setdefault((entity, str(number)), []).append(qbo_id)
        return found

    def inactive(self, entity: str, qbo_id: str) -> str:
        """The name of an object that QuickBooks holds as inactive; empty where it is active or unknown."""
        return self._inactive.get((entity, qbo_id), "")

    @cached_property
    def _inactive(self) -> dict[tuple[str, str], str]:
        wanted: dict[str, set[str]] = {}
        for step in self._steps:
            for entity, qbo_id in references(step.entity, step.intended):
                wanted.setdefault(entity, set()).add(qbo_id)
        found: dict[tuple[str, str], str] = {}
        for entity, ids in wanted.items():
            for qbo_id, row in ledger.load(self._connection, self._company_id, entity, ids).items():
                if not row["active"]:
                    found[entity, qbo_id] = row["name"]
        return found


def named(step: Step) -> str:
    """The name that a list entry is sent under; empty for a document."""
    path = step.entity.name_path
    return str(step.intended.get(path) or "") if path else ""


def references(entity: Entity, flat: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a flat record refers to: QuickBooks entity and Id, of header and lines."""
    header, of_lines = entity.reference_paths
    yield from _of(header, flat)
    for line in flat.get("Line") or ():
        yield from _of(of_lines, line)


def _of(paths: Iterable[tuple[str, str]], flat: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, entity in paths:
        value = flat.get(path)
        if value is not None:
            yield entity, str(value)
