"""Answers in XML, which QuickBooks gives to whoever does not ask for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from syncengine.emulator.catalogue.kinds import Record, Several
from syncengine.emulator.catalogue.registry import BY_ENVELOPE, ENTITIES

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_NAMESPACE = "http://schema.intuit.com/finance/v3"
#: What travels as attributes of an element instead of elements inside it.
_ATTRIBUTES = frozenset({"domain", "sparse", "status", "startPosition", "maxResults", "totalCount", "bId", "code", "element"})
#: Details of lines that add something to what every line with an item has.
_OF_ITEMS = frozenset({"SalesItemLineDetail", "ItemBasedExpenseLineDetail", "SubTotalLineDetail", "ReimburseLineDetail"})
#: Characters that XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def response(envelope: dict[str, Any]) -> str:
    """The XML of a JSON envelope; the members of an object stand in the order of the published schema."""
    if "Columns" in envelope:
        return f'{_HEAD}<Report xmlns="{_NAMESPACE}">{"".join(_report(name, value) for name, value in envelope.items())}</Report>'
    time = envelope.get("time", "")
    inner = "".join(_elements(name, value, None) for name, value in envelope.items() if name != "time")
    return f'{_HEAD}<IntuitResponse xmlns="{_NAMESPACE}" time={quoteattr(str(time))}>{inner}</IntuitResponse>'


def _report(name: str, value: Any) -> str:
    """A part of a report: cells are attributes, rows say their type and group in attributes (published schema)."""
    if isinstance(value, list):
        return "".join(_report(name, each) for each in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    outside = {key: item for key, item in value.items() if name == "ColData" or (name == "Row" and key in {"type", "group"})}
    attributes = "".join(f" {key}={quoteattr(_plain(item))}" for key, item in outside.items())
    inner = "".join(_report(key, item) for key, item in value.items() if key not in outside)
    return f"<{name}{attributes}>{inner}</{name}>"


def _elements(name: str, value: Any, record: Record | None) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, each, record) for each in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    if name == "Fault":
        type_ = quoteattr(str(value.get("type", "")))
        return f"<Fault type={type_}>{''.join(_elements('Error', error, None) for error in value.get('Error', ()))}</Fault>"
    if "value" in value and value.keys() <= {"value", "name", "type"}:
        shown = "".join(f" {key}={quoteattr(_plain(value[key]))}" for key in ("name", "type") if key in value)
        return f"<{name}{shown}>{_text(value['value'])}</{name}>"
    if record is None and name in BY_ENVELOPE:
        record = BY_ENVELOPE[name].record
    attributes = "".join(f" {key}={quoteattr(_plain(item))}" for key, item in value.items() if _is_attribute(key, item))
    members = [(key, item) for key, item in _ordered(value, record) if not _is_attribute(key, item)]
    inner = "".join(_elements(key, item, _inside(record, key)) for key, item in members)
    return f"<{name}{attributes}>{inner}</{name}>"


def _ordered(value: Mapping[str, Any], record: Record | None) -> Iterable[tuple[str, Any]]:
    """The members in the order of the schema: what every object has, what its family has, its own; the unknown comes last.

    JSON comes in another order (the catalogue's): there an object's own properties are first.
    """
    if record is None:
        return value.items()
    names = list(record.properties)
    first = "Id" if record.java_class in ENTITIES else "ItemRef" if record.java_class in _OF_ITEMS else ""
    own = names.index(first) if first in names else 0
    places = {name: place for place, name in enumerate(names[own:] + names[:own])}
    return sorted(value.items(), key=lambda pair: places.get(pair[0], len(places)))


def _inside(record: Record | None, name: str) -> Record | None:
    kind = record.properties.get(name) if record else None
    kind = kind.of if isinstance(kind, Several) else kind
    return kind if isinstance(kind, Record) else None


def _is_attribute(key: str, item: Any) -> bool:
    return key in _ATTRIBUTES and not isinstance(item, dict | list)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _UNWRITABLE.sub("", str(value))


def _text(value: Any) -> str:
    return escape(_plain(value))
