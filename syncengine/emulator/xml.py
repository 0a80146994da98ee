"""Answers in XML, which QuickBooks gives to whoever does not ask for JSON."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_NAMESPACE = "http://schema.intuit.com/finance/v3"
#: What travels as attributes of an element instead of elements inside it.
_ATTRIBUTES = frozenset({"domain", "sparse", "status", "startPosition", "maxResults", "totalCount", "bId", "code", "element"})


def response(envelope: dict[str, Any]) -> str:
    """The XML of a JSON envelope."""
    time = envelope.get("time", "")
    inner = "".join(_elements(name, value) for name, value in envelope.items() if name != "time")
    return f'{_HEAD}<IntuitResponse xmlns="{_NAMESPACE}" time={quoteattr(str(time))}>{inner}</IntuitResponse>'


def _elements(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, each) for each in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    if name == "Fault":
        type_ = quoteattr(str(value.get("type", "")))
        return f"<Fault type={type_}>{''.join(_elements('Error', error) for error in value.get('Error', ()))}</Fault>"
    if "value" in value and value.keys() <= {"value", "name", "type"}:
        shown = "".join(f" {key}={quoteattr(str(value[key]))}" for key in ("name", "type") if key in value)
        return f"<{name}{shown}>{_text(value['value'])}</{name}>"
    attributes = "".join(f" {key}={quoteattr(_plain(item))}" for key, item in value.items() if _is_attribute(key, item))
    inner = "".join(_elements(key, item) for key, item in value.items() if not _is_attribute(key, item))
    return f"<{name}{attributes}>{inner}</{name}>"


def _is_attribute(key: str, item: Any) -> bool:
    return key in _ATTRIBUTES and not isinstance(item, dict | list)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    return escape(_plain(value))
