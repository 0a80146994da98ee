"""Bringing the day of a sample company back."""

from __future__ import annotations

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, cycles, people, rights, samples


@rights.needs(rights.Permission.OWN)
def reset_sample(session: Session) -> str:
    """Ask for the working day of a sample company to be made anew; answers when that will be, in a sentence.

    Everything in the company gives way to it, and so does its QuickBooks company: records, queue, history and settings. Who
    may do what in the company stays. The worker makes the day; until it is made the company stays as it is.

    Raises Refused for every company that is not the emulator's distributor, and while its day is being made already.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        if not samples.is_sample(connection, session.company_id):
            raise Refused(
                "Only a sample company can be brought back to its day: one of the emulator's own, made with --sample demo. "
                "Nothing was changed."
            )
        row = samples.get(connection, session.company_id)
        if row is not None and row["state"] in {samples.WANTED, samples.MAKING}:
            raise Refused("The sample company's day is being made already.")
        samples.want(connection, session.company_id, now, by=session.actor)
        running = cycles.running(connection, session.company_id) is not None
        audit.write(connection, session.company_id, now, [audit.Line("sample day wanted", session.actor)])
    if running:
        return "The sample company's day is made as soon as the sync that is running has ended."
    return "The sample company's day is being made. Until it is there, everything stays as it is."
