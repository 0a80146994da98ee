"""Long imports as the worker does them, without one."""

from __future__ import annotations

from typing import Any

from syncengine import commands, queries
from syncengine.queries import KeptImport, Session
from tests.support.longacts import work


def customers(numbers: Any, **more: str) -> bytes:
    """A file of customers, with those that have `more` an e-mail address of their own."""
    rows = [f"c{n},Customer {n},{more.get(f'e{n}', f'c{n}@example.com')}" for n in numbers]
    return ("code,name,email\n" + "".join(f"{row}\n" for row in rows)).encode()


def kept(session: Session, content: bytes, kind: str = "customer", name: str = "customers.csv", **more: Any) -> int:
    """A file that is kept for the worker."""
    return commands.keep_import(session, kind, content, name=name, **more)


def of(session: Session, file_id: int) -> KeptImport:
    """How it stands."""
    found = queries.kept_import(session, file_id)
    assert found is not None
    return found


def looked(session: Session, content: bytes, kind: str = "customer", **more: Any) -> KeptImport:
    """A file that was looked through."""
    file_id = kept(session, content, kind, **more)
    work(session, commands.ask_look(session, file_id))
    return of(session, file_id)


def ask(session: Session, file: KeptImport) -> int:
    """Ask for it to be imported, as it was seen."""
    return commands.ask_import(session, file.id, file.look)
