"""Gate: what the company's settings hold back of what could be sent, and why, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import scope, vetting
from syncengine.engine.reconcile import Base
from syncengine.engine.refs import Resolver
from syncengine.entities import Entity, Payload
from syncengine.errors import RecordError
from syncengine.store import outbox


@dataclass(frozen=True)
class Hold:
    """Why a record waits: `note` says it, `problem` names the setting that is at odds with QuickBooks, or is empty.

    One that `rests` waits for nothing but the record that is tried for all of its kind.
    """

    note: str
    problem: str = ""
    rests: bool = False


class Gate:
    """The settings of one company, asked about one record after the other inside one transaction."""

    def __init__(self, connection: Connection, company_id: int, settings: Mapping[str, Any], refs: Resolver) -> None:
        self._connection = connection
        self._company_id = company_id
        self._settings = settings
        self._refs = refs
        self._problems: dict[str, vetting.Problem] | None = None
        self._resting: Mapping[str, str] | None = None

    def hold(
        self, entity: Entity, days: Sequence[date], used: set[str], error: RecordError | None, *, leads: bool = False
    ) -> Hold | None:
        """Why a record of `entity` waits that bears `days` and read the settings `used`; None where it may go.

        An `error` of the record itself comes before a setting's problem, unless the setting's value is what is wrong. Where the
        entity rests, one record `leads`: it is tried for all the others, and waits for nothing but the settings.
        """
        if why := scope.held(entity, self._settings, days):
            return Hold(why)
        named = {name for name in used if error is None or error.value == self._settings[name]}
        if problem := vetting.blocking(self._told(), named) if named else None:
            return Hold("It waits for a setting to be put right.", str(problem))
        why = "" if leads else self._rests(entity)
        return Hold(why, rests=error is None) if why else None

    def _rests(self, entity: Entity) -> str:
        """Why the entity rests, all its kinds together; "" where it does not."""
        if self._resting is None:
            self._resting = outbox.resting(self._connection, self._company_id)
        label = self._resting.get(entity.name)
        if label is None:
            return ""
        return (
            f"It waits: QuickBooks has no {entity.name} in this company, as it said of {label}. "
            "All others go on; this is tried again once a day, or when somebody presses Retry there."
        )

    def _told(self) -> dict[str, vetting.Problem]:
        if self._problems is None:
            self._problems = vetting.problems(
                self._settings, vetting.books(self._connection, self._company_id, self._settings, self._refs.preferences)
            )
        return self._problems


def alive(binding: RowMapping | None) -> bool:
    """Whether a record has a twin in QuickBooks."""
    return binding is not None and binding["ended_at"] is None


def document_days(
    entity: Entity, record: Mapping[str, Any] | None, binding: RowMapping | None, held: Payload
) -> list[date]:
    """Every day of a document: the inventory's, QuickBooks', and the one that both last agreed on; none for a name."""
    if not entity.document:
        return []
    known = [held, Base.read(binding["base"]).ours] if binding is not None and alive(binding) else []
    return scope.days(entity, record, *known)
