"""A view: a question with its values and the steps after it. It gives its frame, and the Python that gives the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from syncengine import queries
from syncengine.queries.grouping import Wanted, in_database
from syncengine.ui.explore.questions import Question

if TYPE_CHECKING:
    import pandas as pd

    from syncengine.queries import Session


@dataclass(frozen=True)
class Filter:
    """Rows whose column compares so with the value."""

    column: str
    operator: str
    value: str = ""


@dataclass(frozen=True)
class Groups:
    """One row for each group, or a pivot where `across` names a column."""

    by: tuple[str, ...]
    how: str = "count"
    of: str = ""
    across: str = ""


@dataclass(frozen=True)
class View:
    """What is asked, with which values, what of it is wanted, and how it is put together; days are those of `zone`."""

    question: Question
    values: Mapping[str, Any] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    groups: Groups | None = None
    zone: str = "UTC"

    @property
    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """The question's arguments beside the session, by place and by name; what is as it is anyway is left out."""
        given = {each.name: self.values.get(each.name) for each in self.question.parameters}
        places = [given[each.name] for each in self.question.parameters if each.positional and each.required]
        named = {
            each.name: given[each.name]
            for each in self.question.parameters
            if not (each.positional and each.required) and given[each.name] not in (None, "", False)
        }
        return places, named

    def page(self, session: Session, number: int, size: int) -> pd.DataFrame:
        """One page of the plain answer, read from the database as such."""
        places, named = self.arguments
        found: pd.DataFrame = self.question.ask(session, *places, page=number, size=size, **named)
        return found

    def rows(self, session: Session, most: int = 100_000) -> pd.DataFrame:
        """The whole answer, before any step; `attrs["cut"]` says whether there was more."""
        places, named = self.arguments
        return queries.whole(self.question.ask, session, *places, most=most, **named)

    def grouped(self, session: Session) -> pd.DataFrame | None:
        """The groups of all rows as the database finds them; None where rows have to be read for that."""
        if not self.groups:
            return None
        groups, (places, named) = self.groups, self.arguments
        where = tuple((each.column, each.operator, each.value) for each in self.filters)
        wanted = Wanted(groups.by, groups.how, groups.of, groups.across, where, self.zone)
        return in_database(self.question.ask, session, places, named, wanted)

    def narrowed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows that the filters let through."""
        for each in self.filters:
            rows = queries.narrow(rows, each.column, each.operator, each.value, zone=self.zone)
        return rows

    def result(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows after all steps."""
        found = self.narrowed(rows)
        if not self.groups:
            return found
        asked = (list(self.groups.by), self.groups.how, self.groups.of)
        return queries.summarise(found, *asked, across=self.groups.across, zone=self.zone)

    def code(self, company: str, most: int = 100_000) -> str:
        """Python that gives the same frame in Jupyter, under the name `found`."""
        places, named = self.arguments
        values = [*map(literal, places), *(f"{name}={literal(value)}" for name, value in named.items())]
        asked = ", ".join([f"queries.{self.question.name}", "db", *values, *([f"most={most}"] if most != queries.MOST else [])])
        lines = ["import syncengine", "from syncengine import queries", "", f"db = syncengine.connect(company={company!r})"]
        if any(isinstance(value, date) for value in [*places, *named.values()]):
            lines.insert(0, "from datetime import date\n")
        zone = f", zone={self.zone!r}" if self.zone != "UTC" else ""
        if self.groups:
            lines.append(f"found = queries.grouped({asked}, {self._steps(self.groups)}{zone})")
            return "\n".join([*lines, "found"])
        lines.append(f"found = queries.whole({asked})")
        lines += [f"found = queries.narrow(found, {_arguments(each)}{zone})" for each in self.filters]
        return "\n".join([*lines, "found"])

    def _steps(self, groups: Groups) -> str:
        """Filters and groups as `queries.grouped` takes them."""
        said = [f"by={list(groups.by)!r}"]
        said += [f"how={groups.how!r}"] if groups.how != "count" else []
        said += [f"{name}={value!r}" for name, value in (("of", groups.of), ("across", groups.across)) if value]
        where = ", ".join(f"({each.column!r}, {each.operator!r}, {each.value!r})" for each in self.filters)
        return ", ".join([*said, *([f"where=[{where}]"] if where else [])])


def _arguments(each: Filter) -> str:
    said = f"{each.column!r}, {each.operator!r}"
    return said if each.operator in {"is empty", "is not empty"} else f"{said}, {each.value!r}"


def literal(value: Any) -> str:
    r"""A value as Python writes it.

    >>> literal(date(2026, 1, 31)), literal("it's"), literal((1, 2))
    ('date(2026, 1, 31)', '"it\'s"', '(1, 2)')
    """
    return f"date({value.year}, {value.month}, {value.day})" if isinstance(value, date) else repr(value)


def ids(text: str) -> tuple[int, ...]:
    """The whole numbers in a text.

    >>> ids("3, 17 and 4")
    (3, 17, 4)
    """
    # Of one that is far too long, enough is left that the question says so.
    return tuple(int(each[:18]) for each in re.findall(r"[0-9]+", text))
