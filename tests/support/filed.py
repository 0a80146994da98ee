"""Long imports as the worker does them, without one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from syncengine import commands, queries
from syncengine.commands import fileparts, portions
from syncengine.inventory import tables, writer
from syncengine.queries import KeptImport, Session
from syncengine.store.tables import Audit
from tests.support.longacts import row, work

#: One row of `customers` that cannot go in.
BAD = {"e3": "no address"}


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


def saved(session: Session, *records: dict[str, Any]) -> None:
    """Customers that somebody saves by hand."""
    with session.database.writing() as connection:
        writer.save_many(connection, "customer", session.company_id, [writer.Draft(each) for each in records])


def names(session: Session) -> list[str]:
    """The customers that there are, in the order in which they came."""
    table = tables.KINDS["customer"].table
    with session.database.reading() as connection:
        found = select(table.c.name).where(table.c.company_id == session.company_id).order_by(table.c.id)
        return list(connection.scalars(found))


def count(session: Session, table: Any) -> int:
    """How many rows a table has."""
    with session.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def notes(session: Session) -> list[tuple[str, str, Any]]:
    """The lines of the audit trail about imports: event, actor, detail."""
    wanted = select(Audit.event, Audit.actor, Audit.detail).where(Audit.event.like("import%")).order_by(Audit.id)
    with session.database.reading() as connection:
        return [(event, actor, detail) for event, actor, detail in connection.execute(wanted)]


def begun(session: Session, act_id: int, hand: fileparts.Hand) -> None:
    """It is taken up, and begins."""
    assert portions.take_up(session.database, session.clock, row(session, act_id), hand)
    portions.begin(session, row(session, act_id)["what"], act_id)


def broken() -> None:
    """What an armed failpoint does: something unforeseen."""
    raise ZeroDivisionError
