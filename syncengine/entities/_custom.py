"""Custom fields: entries of an array in QuickBooks, each told by its DefinitionId; here the columns `custom1` to `custom3`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.entities._fields import Field, Payload, Record, References, Text

_ARRAY = "CustomField"
#: How many of a company's text fields travel: QuickBooks' API carries no more (its reference of CustomField).
_SLOTS = 3


@dataclass(frozen=True)
class Custom(Text):
    """One custom field of a form. It travels where a field of the inventory has exactly its name, to that field's column."""

    longest: int | None = 31
    form: str = "sales"

    @property
    def definition(self) -> str:
        """QuickBooks' DefinitionId of the field."""
        return self.path.partition(".")[2]

    def travels(self, refs: References) -> bool:
        """Whether a field here has the name that QuickBooks' Preferences give this one."""
        return refs.custom_column(self.form, self.definition) is not None

    def put(self, record: Record, refs: References) -> Any:
        """The text in the column of this field's namesake."""
        column = refs.custom_column(self.form, self.definition) or self.column
        return super().put({**record, self.column: record.get(column)}, refs)

    def get(self, payload: Mapping[str, Any]) -> Any:
        """The text of the entry with this DefinitionId."""
        entry = next((each for each in _entries(payload) if self._mine(each)), {})
        value = entry.get("StringValue")
        return None if value is None or value == "" else self.canonical(value)

    def columns(self, value: Any, refs: References) -> dict[str, Any]:
        """The text, for the column of this field's namesake; nothing where it has none."""
        column = refs.custom_column(self.form, self.definition)
        return {} if column is None else {column: value}

    def place(self, payload: Payload, wire: Any) -> None:
        """Write the text into its entry; the other fields' entries stay."""
        entries = [dict(each) for each in _entries(payload)]
        mine = next((each for each in entries if self._mine(each)), None)
        if mine is None:
            mine = {"DefinitionId": self.definition, "Type": "StringType"}
            entries.append(mine)
        mine["StringValue"] = wire
        payload[_ARRAY] = entries

    def clear(self, payload: Payload) -> None:
        """Take the text out; an entry without one is an empty field."""
        if _ARRAY in payload:
            entries = _entries(payload)
            payload[_ARRAY] = [
                {name: value for name, value in each.items() if name != "StringValue"} if self._mine(each) else dict(each)
                for each in entries
            ]

    def _mine(self, entry: Mapping[str, Any]) -> bool:
        return str(entry.get("DefinitionId")) == self.definition


def _entries(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = payload.get(_ARRAY)
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []


def custom_fields(form: str = "sales") -> tuple[Field, ...]:
    """The custom fields of QuickBooks' `sales` or `purchases` forms."""
    return tuple(Custom(f"{_ARRAY}.{slot}", f"custom{slot}", form=form) for slot in range(1, _SLOTS + 1))
