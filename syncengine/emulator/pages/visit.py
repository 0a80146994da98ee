"""One request for a page: what it is about, and the two kinds of answer that a view can give."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from syncengine.emulator.books import Books, Company
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.http import Request
from syncengine.emulator.parts import Parts


class Missing(Exception):  # noqa: N818 -- it says what is so
    """There is no such page, company, list or object; the text says which."""


@dataclass(frozen=True)
class Page:
    """A page to be drawn once the state's lock is let go: a template, and plain values for it."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """Where the browser goes after a form was taken (303)."""

    target: str


Answer = Page | Redirect


@dataclass
class Visit:
    """One request for a page.

    Attributes:
        parts: the emulator's parts; the state's lock is held.
        request: the HTTP request.
        company: the company that the path names.
        entity: the entity that the path names.
        id: what the path says in the place of an id.
    """

    parts: Parts
    request: Request
    company: Company | None = None
    entity: Entity | None = None
    id: str = ""

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the form that was sent; line ends as they are inside."""
        pairs = parse_qsl(self.request.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: value.replace("\r\n", "\n") for name, value in pairs}

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return self.request.query

    @cached_property
    def books(self) -> Books:
        """The company's books."""
        return self.parts.register.books(self.of)

    @property
    def of(self) -> Company:
        """The company, for pages that are about one."""
        if self.company is None:
            raise Missing("There is no such company.")
        return self.company

    @property
    def about(self) -> Entity:
        """The entity, for pages that are about one."""
        if self.entity is None:
            raise Missing("There is no such list.")
        return self.entity

    def number(self, name: str, default: int = 0) -> int:
        """A parameter that is a whole number; the default for anything else."""
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else default


def at(*segments: str, **query: Any) -> str:
    """A path of the pages with its parameters; empty ones are left out."""
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    kept = {name: value for name, value in query.items() if value not in {"", None}}
    return f"{path}?{urlencode(kept)}" if kept else path


def to_company(company: Company, *segments: str, **query: Any) -> str:
    """An address inside a company."""
    return at("company", company.realm, *segments, **query)


def to_object(company: Company, entity: str, id_: str, *more: str, **query: Any) -> str:
    """The address of one object, or of something about it."""
    return to_company(company, entity.lower(), id_, *more, **query)
