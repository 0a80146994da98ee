"""Many objects: queries and change data capture."""

from __future__ import annotations

from syncengine.emulator import cdc, faults
from syncengine.emulator.books import Books
from syncengine.emulator.http import Request
from syncengine.emulator.links import shared
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern
from syncengine.emulator.select import select


def query(books: Books, asked: Asked) -> Outcome:
    """The answer to a statement of the query language."""
    page = select(books, statement(asked.request))
    page.bodies = [shared(books, page.entity, body) for body in page.bodies]
    return Outcome(f'{{"QueryResponse":{page.text()},"time":"{asked.time}"}}', coreplus=1, rows=len(page.bodies))


def statement(request: Request) -> str:
    """The statement of a query: the body of a POST, or the `query` parameter."""
    if request.method == "POST":
        try:
            return request.body.decode("utf-8")
        except UnicodeDecodeError:
            raise faults.bad_utf8() from None
    return request.query.get("query", "")


def change_data(books: Books, asked: Asked) -> Outcome:
    """What changed since a moment."""
    wish = asked.request.query
    text, rows = cdc.changes(books, wish.get("entities", ""), wish.get("changedSince", ""))
    return Outcome(f'{{"CDCResponse":{text},"time":"{asked.time}"}}', coreplus=books.switches["cdc_weight"], rows=rows)


#: The documents show both for the POST form.
_TEXT = frozenset({"application/text", "text/plain"})
_QUERY = Operation("query", query, reads=True, envelope=True)
PATTERNS: tuple[Pattern, ...] = (
    ("GET", "query", _QUERY),
    ("POST", "query", Operation("query", query, reads=True, consumes=_TEXT, envelope=True)),
    ("GET", "cdc", Operation("cdc", change_data, reads=True, envelope=True)),
)
