"""Forms: their PDF, and sending them by e-mail."""

from __future__ import annotations

from syncengine.emulator import faults, mail, printing
from syncengine.emulator.books import Books
from syncengine.emulator.faults import Refusal
from syncengine.emulator.operations.memory import answered_once
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern
from syncengine.emulator.operations.single import existing


def pdf(books: Books, asked: Asked) -> Outcome:
    """The form as a PDF; entities that have no form know no such operation."""
    entity = asked.about
    if entity.name not in printing.TITLES:
        raise faults.operation_not_supported("pdf")
    accept = asked.request.headers.get("Accept", "*/*").lower()
    if books.switches["pdf_accept"] == "pdf" and not any(each in accept for each in ("application/pdf", "*/*", "application/*")):
        raise Refusal("1050", "Invalid Content Type", f"Invalid Content Type : {accept}")
    content = printing.printed(books, entity, existing(books, entity, asked.id))
    return Outcome(coreplus=1, rows=1, content=content, media_type="application/pdf")


def send(books: Books, asked: Asked) -> Outcome:
    """Send the form to `sendTo`, or to the address that it holds."""
    entity = asked.about
    if entity.name not in mail.SENDABLE:
        raise faults.operation_not_supported("send")
    if books.switches["subscription"] == "ended":
        raise faults.subscription_ended()

    def act() -> str:
        obj = existing(books, entity, asked.id)
        return books.text(entity.name, mail.send(books, entity, obj, asked.request.query.get("sendTo", "")))

    return answered_once(books, asked, entity.name, act)


PATTERNS: tuple[Pattern, ...] = (
    ("GET", "{entity}/{id}/pdf", Operation("pdf", pdf, reads=True)),
    ("POST", "{entity}/{id}/send", Operation("send", send)),
)
