"""Alerts: who is told of a change of state, and what became of the last messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine import settings
from syncengine.queries.session import Session
from syncengine.store import notices, rights

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
_ALERTS = {"id": "int64", "channel": "str", "address": "str", "changes": "object", "added_at": _MOMENT, "added_by": "str"}
_MESSAGES = {
    "id": "int64",
    "made_at": _MOMENT,
    "change": "str",
    "channel": "str",
    "address": "str",
    "subject": "str",
    "state": "str",
    "tries": "int64",
    "due_at": _MOMENT,
    "sent_at": _MOMENT,
    "trouble": "str",
}


@rights.needs(rights.Permission.OWN)
def alerts(session: Session) -> pd.DataFrame:
    """Who is told, by what way and of which changes (a list of names); a webhook's secret is never shown."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        return frame(notices.recipients(connection, session.company_id), _ALERTS)


@rights.needs(rights.Permission.OWN)
def alert_messages(session: Session, *, size: int = 20) -> pd.DataFrame:
    """The newest messages: waiting, sent, given up or dropped; `trouble` says why the last try failed."""
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        return frame(notices.recent(connection, session.company_id, int(size)), _MESSAGES)


@rights.needs(rights.Permission.OWN)
def sends_mail(session: Session) -> bool:  # noqa: ARG001 -- whose right it is to know
    """Whether the installation has a mail server; without one only webhooks can be told."""
    return bool(settings.load().smtp_url)
