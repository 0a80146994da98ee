"""The answers that are given again for the same requestid (in a batch: requestid and bId)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.faults import Refusal
from syncengine.emulator.operations.operation import Asked, Outcome

#: Lengths that Intuit allows (basic field definitions).
REQUESTID, BATCH_REQUESTID, BID = 50, 36, 10


def digest(first: str, second: str, body: bytes) -> str:
    """What tells two contents apart that come under one requestid."""
    return hashlib.blake2b(f"{first}\0{second}\0".encode() + body, digest_size=16).hexdigest()


class Memory:
    """What was answered to which requestid; how long it is kept is a switch."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def recall(self, requestid: str, bid: str, digest: str) -> tuple[int, str] | None:
        """Status and body of the first answer, None where none is remembered (600 by switch, if the content is another)."""
        books = self._books
        seconds = books.switches["requestid_memory_seconds"]
        if seconds == 0:
            return None
        row = books.state.execute(
            "SELECT at, digest, status, body FROM replay WHERE company = ? AND requestid = ? AND bid = ?",
            (books.company.key, requestid, bid),
        ).fetchone()
        if row is None or (seconds > 0 and row[0] + seconds <= books.now.timestamp()):
            return None
        if row[1] != digest and books.switches["requestid_other_body"] == "600":
            raise faults.duplicate_request_id()
        return row[2], row[3]

    def keep(self, requestid: str, bid: str, digest: str, status: int, body: str) -> None:
        """Remember an answer."""
        books = self._books
        books.state.execute(
            "INSERT OR REPLACE INTO replay (company, requestid, bid, at, digest, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (books.company.key, requestid, bid, books.now.timestamp(), digest, status, body),
        )


def answered_once(books: Books, asked: Asked, subject: str, act: Callable[[], str]) -> Outcome:
    """Carry out one write; under a requestid that is remembered the first answer comes again.

    Args:
        books: the company's books, in a transaction.
        asked: the request.
        subject: the name of what is answered, `Invoice`, `AttachableResponse`; "" for an answer without envelope.
        act: writes, and returns the JSON text of what is answered.
    """
    requestid = asked.requestid
    if len(requestid) > REQUESTID:
        raise faults.request_id_format(len(requestid), REQUESTID)
    memory = Memory(books)
    mark = digest(asked.operation.name, subject, asked.request.body)
    known = memory.recall(requestid, "", mark) if requestid else None
    if known is not None:
        return Outcome(known[1], core=int(known[0] == 200), replayed=True, status=known[0])
    try:
        with books.attempt():
            text = act()
            books.settle()
    except Refusal as refusal:
        if not requestid or not books.switches["requestid_replays_errors"]:
            raise
        answer = f'{{"Fault":{wire.dumps(faults.worded(refusal, books.switches).fault())},"time":"{asked.time}"}}'
        memory.keep(requestid, "", mark, refusal.status, answer)
        return Outcome(answer, status=refusal.status)
    answer = f'{{"{subject}":{text},"time":"{asked.time}"}}' if subject else text
    if requestid:
        memory.keep(requestid, "", mark, 200, answer)
    return Outcome(answer, core=1, writes=1)
