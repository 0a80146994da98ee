"""Acting on everything that matches, as the person saw it: by the same conditions, and refused where it is no longer the same."""

from __future__ import annotations

from typing import Unpack

from sqlalchemy import func, select

from syncengine.commands._session import Session
from syncengine.commands.rows import Acted, in_vain, lean, try_again
from syncengine.errors import Refused
from syncengine.store import failing, outbox, rights
from syncengine.store.failing import Sought
from syncengine.store.tables import Error, Outbox


@rights.needs(rights.Permission.SYNC)
def retry_errors(session: Session, count: int, newest: int, **sought: Unpack[Sought]) -> Acted:
    """Try again all records whose errors match, as `retry` does.

    `count` and `newest` (the highest id) are those of the errors that the person has seen, as `queries.error_groups` and
    `queries.error_group_counts` give them. Raises Refused where others match by now, or where there is nothing to try again.
    """
    matching = failing.of_records(session.company_id, **sought)
    with session.database.writing() as connection:
        outbox.lock(connection, session.company_id)  # whoever is taking one of them out is waited for
        now = connection.execute(select(func.count(), func.max(Error.id)).where(*matching)).one()
        if tuple(now) != (int(count), int(newest)):
            raise Refused(f"These errors have changed since you saw them: there are {now[0]:,} now. Look at them again.")
        ours = (Outbox.company_id == session.company_id, Outbox.id.in_(select(Error.outbox_id).where(*matching)))
        rows = [row for row in lean(connection, ours) if row.state in outbox.OPEN]
        against = {row.id: in_vain(row) for row in rows}
        refused = [why for why in against.values() if why]
        good = [row for row in rows if not against[row.id]]
        if not good:
            raise Refused(" ".join(dict.fromkeys(refused)) or "There is nothing to try again.")
        try_again(connection, session, good)
    return Acted(len(good), tuple(refused))
