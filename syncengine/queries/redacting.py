"""Redaction by what is known to be harmless: whatever is not on a list is left out, whatever it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from syncengine.corrections import CORRECTIONS
from syncengine.queries.vocabulary import FAULT_WORDS

#: The names of properties in QuickBooks' objects and in our own rows.
_KEY = re.compile(r"(?!.*[0-9]{3})[A-Za-z][A-Za-z0-9_]{0,40}")
_WORD = re.compile(r"\w+", re.UNICODE)
_HIDDEN = "▮"
#: Properties whose values are words of QuickBooks' own, not of a company. The value must still consist of its words.
_TELLING = frozenset(
    {
        "code", "type", "status", "TxnType", "DetailType", "PostingType", "AccountType", "AccountSubType", "PaymentType",
        "element", "operation", "sparse", "domain", "what", "state", "outcome",
    }
)  # fmt: skip
#: Properties whose values are counts and codes of QuickBooks' and ours; a longer number could be anything.
_COUNTED = frozenset({"code", "LineNum", "SyncToken", "http_status", "tries"})
_OWN_WORD = re.compile(r"[A-Z][A-Za-z]{1,40}|[a-z][a-z_]{1,40}")
_COUNT = re.compile(r"[0-9]{1,5}")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
#: Deeper than any object of QuickBooks.
_DEEPEST = 20


@cache
def vocabulary() -> frozenset[str]:
    """Every word that may stand, in lower case."""
    texts = (text for each in CORRECTIONS.values() for text in (each.row, each.cause, each.remedy, each.does))
    return FAULT_WORDS | {word for text in texts for word in _plain(text)}


def _plain(text: str) -> Iterator[str]:
    yield from (word.lower() for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}", " ", text)))


def scrubbed(text: str) -> str:
    """A sentence with only the words that the program and QuickBooks themselves use; other words and all numbers are blacked out.

    >>> scrubbed("The customer Alpine owes 12.50; e-mail ada@harbour.example")
    'The customer ▮ ▮ ▮.▮; ▮-mail ▮@▮.▮'
    """
    known = vocabulary()
    return _WORD.sub(lambda found: found[0] if found[0].lower() in known else _HIDDEN, text)


def shape(value: Any, *, named: str = "", depth: int = 0) -> Any:
    """The form of a value without what stands in it: properties keep their names, contents become what sort they are.

    `named` is the property that it is the value of; what a thing is called is never one that tells.

    >>> shape({"Line": [{"Amount": 12.5, "DetailType": "SalesItemLineDetail"}], "DocNumber": "1042", "Active": True})
    {'Line': [{'Amount': '[number]', 'DetailType': 'SalesItemLineDetail'}], 'DocNumber': '[text of 4 characters]', 'Active': True}
    """
    if value is None or isinstance(value, bool):
        return value
    if depth > _DEEPEST:
        return "[more]"
    if isinstance(value, dict):
        return {_key(name): shape(each, named=str(name), depth=depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [shape(each, named=named, depth=depth + 1) for each in value]
    said = str(value)
    if (named in _TELLING and _tells(said)) or (named in _COUNTED and _COUNT.fullmatch(said)):
        return value
    return f"[text of {len(said)} characters]" if isinstance(value, str) else "[number]"


def _tells(said: str) -> bool:
    """Whether a value is made of words, and every one of them is the program's or QuickBooks' own."""
    parts = _PARTS.findall(said) if _OWN_WORD.fullmatch(said) else []
    return bool(parts) and all(part.lower() in vocabulary() or part.lower() in _SCHEMA for part in parts)


#: Parts of QuickBooks' own enumerations that no sentence uses.
_SCHEMA = frozenset(
    {
        "a", "sales", "item", "line", "detail", "group", "sub", "total", "posting", "debit", "credit", "journal",
        "entry", "linked", "txn", "purchase", "order", "bill", "payment", "check", "cash", "card", "based",
        "expense", "account", "discount", "description", "only", "tax", "fault", "validation", "authentication",
        "system", "qbo", "active", "deleted", "voided",
    }
)  # fmt: skip


def _key(name: object) -> str:
    """A property's name, where it can be one of QuickBooks' or ours; what else stands in its place could be a value."""
    said = str(name)
    if not _KEY.fullmatch(said):
        return _HIDDEN
    parts = _PARTS.findall(said)
    return said if all(part.lower() in vocabulary() | _SCHEMA | _PROPERTIES for part in parts) else _HIDDEN


#: Parts of names of properties that stand in no sentence.
_PROPERTIES = frozenset(
    {
        "id", "ids", "ref", "sync", "token", "doc", "number", "display", "name", "given", "family", "middle",
        "title", "suffix", "company", "print", "on", "check", "addr", "address", "line", "city", "country", "sub",
        "division", "code", "postal", "lat", "long", "primary", "phone", "free", "form", "email", "bill", "ship",
        "mobile", "fax", "web", "uri", "notes", "private", "note", "memo", "customer", "vendor", "employee", "item",
        "class", "department", "term", "terms", "value", "values", "txn", "date", "due", "qty", "unit", "price",
        "amount", "amt", "home", "currency", "exchange", "rate", "meta", "data", "create", "last", "updated",
        "time", "custom", "field", "definition", "string", "type", "num", "sparse", "domain", "batch", "request",
        "response", "query", "object", "errors", "error", "message", "detail", "element", "raw", "tid", "http",
        "status", "bid", "operation", "entity", "kind", "record", "label", "from", "to", "why", "attempt",
        "attempts", "cycle", "requestid", "changes", "payload", "fields", "base", "ours", "theirs", "says", "state",
        "outcome", "cause", "remedy", "tries", "stands", "what", "income", "asset", "inventory", "start", "track",
        "taxable", "parent", "fully", "qualified", "level", "balance", "with", "jobs", "active", "purchase", "cost",
        "desc", "description", "bundle", "ar", "ap", "deposit", "method", "total", "apply", "after", "discount",
        "global", "calculation", "linked", "lines", "markup", "info", "fq", "old", "new", "sent", "held", "by",
        "position", "revision", "version", "refs", "world", "reason", "fault", "faults", "data_key", "place",
        "person", "role",
    }
)  # fmt: skip


def as_shape(text: str) -> Any:
    """The shape of a text that may be JSON; of anything else only its length."""
    if not text:
        return ""
    try:
        return shape(json.loads(text, parse_float=str))
    except (ValueError, RecursionError):
        return f"[text of {len(text)} characters]"


class People:
    """Names of people as numbers: the same person is the same number throughout one report."""

    def __init__(self, *own: str) -> None:
        self._own = frozenset(own)
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """What stands for a name; the program's own actors keep theirs."""
        if not name or name in self._own:
            return name
        return self._known.setdefault(name, f"person {len(self._known) + 1}")
