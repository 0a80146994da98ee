"""Requests in XML, as older clients send them: an element becomes the object that the same JSON would have been."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from syncengine.emulator import faults
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Kind, Record, Ref, Several
from syncengine.emulator.catalogue.registry import BY_ENVELOPE, ENTITIES

#: Deeper than any object of QuickBooks.
_DEEPEST = 64
#: What travels as an attribute and is a property in JSON.
_ATTRIBUTES = frozenset({"domain", "status", "sparse"})


@dataclass
class Element:
    """One element, without its namespace."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""


def tree(body: bytes) -> Element:
    """The root element.

    Raises:
        Refusal: it is no XML, has a document type (which could pull in anything), or is nested too deeply.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    top = Element("", {})
    open_: list[Element] = [top]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(open_) > _DEEPEST:
            raise faults.unreadable_xml(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, "nested too deeply")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(" ")[2], plain)
        open_[-1].children.append(element)
        open_.append(element)

    def data(text: str) -> None:
        open_[-1].text += text

    def doctype(*_: Any) -> None:
        raise faults.unreadable_xml(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, "DOCTYPE is disallowed")

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        at_once = error.lineno == 1 and error.offset == 0
        reason = "Content is not allowed in prolog." if at_once else expat.errors.messages[error.code]
        raise faults.unreadable_xml(error.lineno, error.offset + 1, reason) from None
    return top.children[0]


def entity_object(body: bytes, entity: Entity) -> dict[str, Any]:
    """The object of an entity."""
    root = tree(body)
    if root.name not in {entity.name, entity.envelope}:
        raise faults.unreadable_xml(1, 1, f'unexpected element (uri:"", local:"{root.name}")')
    return _record(root, entity.record)


def batch(body: bytes) -> dict[str, Any]:
    """`IntuitBatchRequest` with its items."""
    root = tree(body)
    return {"BatchItemRequest": [_item(child) for child in root.children if child.name == "BatchItemRequest"]}


def _item(element: Element) -> dict[str, Any]:
    item: dict[str, Any] = dict(element.attributes)
    for child in element.children:
        entity = ENTITIES.get(child.name) or BY_ENVELOPE.get(child.name)
        item[child.name] = _record(child, entity.record) if entity else _plain(child)
    return item


def _record(element: Element, record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name, value in element.attributes.items() if name in _ATTRIBUTES}
    for child in element.children:
        kind = record.properties.get(child.name)
        if isinstance(kind, Several):
            found.setdefault(child.name, []).append(_value(child, kind.of))
        else:
            found[child.name] = _value(child, kind)
    return found


def _value(element: Element, kind: Kind | None) -> Any:
    if isinstance(kind, Record):
        return _record(element, kind)
    if isinstance(kind, Ref):
        return _reference(element)
    return _plain(element)


def _reference(element: Element) -> dict[str, Any]:
    shown = {name: value for name, value in element.attributes.items() if name in {"name", "type"}}
    return {"value": element.text.strip(), **shown}


def _plain(element: Element) -> Any:
    """An element of which nothing is known: its text, a reference, or an object whose repeated members are lists."""
    if not element.children:
        return _reference(element) if element.attributes.keys() & {"name", "type"} else element.text
    found: dict[str, Any] = {}
    for child in element.children:
        value = _plain(child)
        if child.name in found:
            known = found[child.name]
            found[child.name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            found[child.name] = value
    return found
