"""Long acts done as the worker does them, without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select, update

from syncengine import commands, queries
from syncengine.commands import portions
from syncengine.errors import Refused
from syncengine.queries import LongAct, Session, Wanted
from syncengine.store import longacts
from syncengine.store.tables import Audit, LongActPart, Outbox
from syncengine.worker.acting import Asker


def row(session: Session, act_id: int) -> Any:
    """The act's row."""
    with session.database.reading() as connection:
        return longacts.load_unlocked(connection, session.company_id, act_id)


def steps(session: Session, act_id: int) -> Iterator[Callable[[], bool]]:
    """What the worker does one after the other: the beginning, then portions until there are no more."""
    act = row(session, act_id)
    asker = Asker(session.database, act["asked_by"], session.company_id, session.clock, act["signed_in"], act["looked_as"])
    going = [True]

    def begin() -> bool:
        assert portions.take_up(session.database, session.clock, act)
        portions.begin(asker, act["what"], act_id)
        return True

    def portion() -> bool:
        going[0] = portions.carry_on(asker, act["what"], act_id)
        return going[0]

    yield begin
    while going[0]:
        yield portion


def work(session: Session, act_id: int) -> LongAct:
    """All of it; how it has ended."""
    try:
        for step in steps(session, act_id):
            step()
    except Refused as why:
        portions.give_up(session.database, session.clock, row(session, act_id), str(why))
    return ended(session, act_id)


def ended(session: Session, act_id: int) -> LongAct:
    """How it stands, or has ended without being told yet."""
    assert act_id in {each.id for each in queries.overview(session).acts}
    found = queries.long_act(session, act_id)
    assert found is not None
    return found

#: Everything that waits.
ALL = Wanted()
#: What `seed.busy` leaves waiting.
EVERY = ["1042", "Alpine Outfitters", "Anchor", "Bluebird Bakery", "Northern Chandlery"]


def labels(session: Session, wanted: Wanted = ALL) -> list[str]:
    """What waits, by name."""
    return sorted(queries.queue(session, size=500, wanted=wanted)["label"])


def lines(session: Session, event: str) -> list[Any]:
    """The lines of the audit trail that are called so."""
    with session.database.reading() as connection:
        return list(connection.execute(select(Audit.__table__).where(Audit.event == event)).mappings())


def touch(found: Any, label: str) -> None:
    """The row moves on."""
    with found.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == label).values(version=Outbox.version + 1))


def ask(session: Session, what: Any = "remove", wanted: Wanted = ALL) -> int:
    """Ask for it as the person sees the queue just now."""
    return commands.ask_matching(session, what, wanted, queries.queue_mark(session, wanted))


def parts(session: Session) -> int:
    """How many portions are still to be done."""
    with session.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(LongActPart)) or 0
