"""The overview of each company as it was last read: all browsers of this server share it, and it holds nothing of the person.

Beside it, dear answers that are true as long as the pulse is the same. Whoever asks for one has shown the right to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from syncengine.queries import Overview, Session

_T = TypeVar("_T")
#: So many companies are remembered, and so many answers in all.
_MOST, _MOST_ANSWERS = 500, 100
#: What is kept is read anew after so many seconds though no pulse has changed: some of it follows from time alone.
STALE = 60.0
#: By database and company: the pulse, when it was taken by the monotonic clock, and the overview that was then read.
_READ: dict[tuple[str, int], tuple[Hashable, float, Overview]] = {}
#: By database and company, and by what was asked: the pulse, when it was asked, and the answer. The newest come last.
_ANSWERS: dict[tuple[tuple[str, int], Hashable], tuple[Hashable, float, Any]] = {}


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
    for key in [each for each in list(_ANSWERS) if each[0] == _key(session)]:
        _ANSWERS.pop(key, None)


def once(session: Session, question: Hashable, ask: Callable[[], _T], *, seconds: float = STALE, mark: Hashable = None) -> _T:
    """The answer to a question, asked again only after the pulse has changed, or the answer is older than so many seconds.

    `question` names all that the answer depends on beside the company's state, such as what a person may not see. The answer
    is shared: nobody may change it. It is asked straight where no overview was read, as in a page that was opened alone. A `mark`
    takes the pulse's place where it tells more exactly whether the answer may have changed.
    """
    known, key, moment = read(session), (_key(session), question), session.clock.monotonic()
    if known is None and mark is None:
        return ask()
    state = mark if mark is not None or known is None else known[0]
    held = _ANSWERS.pop(key, None)
    if held is None or held[0] != state or not 0 <= moment - held[1] < seconds:
        held = (state, moment, ask())
    _ANSWERS[key] = held
    while len(_ANSWERS) > _MOST_ANSWERS:
        _ANSWERS.pop(next(iter(_ANSWERS)), None)
    answer: _T = held[2]
    return answer


def _key(session: Session) -> tuple[str, int]:
    return (session.database.url, session.company_id)
