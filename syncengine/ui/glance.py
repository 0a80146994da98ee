"""The overview of each company as it was last read: all browsers of this server share it, and it holds nothing of the person."""

from __future__ import annotations

from collections.abc import Hashable

from syncengine.queries import Overview, Session

#: So many companies are remembered.
_MOST = 500
#: By database and company: the pulse, when it was taken by the monotonic clock, and the overview that was then read.
_READ: dict[tuple[str, int], tuple[Hashable, float, Overview]] = {}


def read(session: Session) -> tuple[Hashable, float, Overview] | None:
    """What was last kept of the company."""
    return _READ.get(_key(session))


def keep(session: Session, pulse: Hashable, moment: float, overview: Overview) -> None:
    """Remember it for the next one who looks."""
    if len(_READ) >= _MOST:
        _READ.clear()
    _READ[_key(session)] = (pulse, moment, overview)


def forget(session: Session) -> None:
    """After an act of a person: what they see next is read anew, whatever its pulse says."""
    _READ.pop(_key(session), None)


def _key(session: Session) -> tuple[str, int]:
    return (session.database.url, session.company_id)
