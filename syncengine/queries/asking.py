"""SQL of analysts: one SELECT over views of one company, which can write nothing and see no token (docs/sql.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from syncengine import settings
from syncengine.chance import SystemChance
from syncengine.clock import SystemClock
from syncengine.db import sandbox
from syncengine.db.sandbox import Answer, Door, TooLong, Trouble
from syncengine.errors import Refused
from syncengine.queries import _views, analysts
from syncengine.queries._reading import called, one_question
from syncengine.queries._views import Sight
from syncengine.queries.session import Session
from syncengine.store import audit, rights
from syncengine.store.rights import Permission

if TYPE_CHECKING:
    import pandas as pd

#: So many questions at a time: the pages of others need the machine, too.
_AT_ONCE = BoundedSemaphore(2)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_VIEWS = {"view": "str", "says": "str", "column": "str", "type": "str"}


@rights.needs(Permission.SQL)
def sql(session: Session, text: str, *, seconds: float = sandbox.SECONDS) -> pd.DataFrame:
    """The answer of one SELECT over the views that `sql_views` lists, of this company alone: 10,000 rows at most.

    `attrs["cut"]` says what the answer was cut at: `rows`, `bytes`, or nothing. It may take `seconds`, ten at most. Each
    question is a line in the audit trail. Numbers with a fraction are Decimals, moments are aware and in UTC.

    Raises Refused, in plain words, with the line and column where there is one: for what is no single SELECT, for what is
    not among the views and functions, for what took too long, and where a PostgreSQL installation has no login for it.
    """
    seconds = min(seconds, sandbox.SECONDS)
    question = one_question(text, postgres=session.database.dialect != "sqlite")
    ready = _sqlite if session.database.dialect == "sqlite" else _postgres
    if not _AT_ONCE.acquire(timeout=seconds):
        raise Refused("Others are asking just now, and two questions at a time are the bound. Try again in a moment.")
    try:
        with session.database.writing() as connection:
            line = audit.Line(audit.ASKED, actor=session.actor, detail={"sql": text[:10_000]})
            audit.write(connection, session.company_id, session.clock.now(), [line])
        return _frame(ready(session, question, seconds))
    except TooLong:
        raise Refused(f"This took longer than {seconds:g} seconds and was stopped. Ask for fewer rows, or join fewer.") from None
    except Trouble as trouble:
        raise Refused(called(trouble, question, tuple(_views.every()))) from None
    finally:
        _AT_ONCE.release()


@rights.needs(Permission.SQL)
def sql_views(session: Session) -> pd.DataFrame:  # noqa: ARG001 -- its person is asked for the right
    """The views that SQL may ask, with a row for each column: view, what it shows, column, type."""
    from syncengine.queries._frames import frame

    rows = [
        {"view": view.name, "says": view.says, "column": column.name, "type": column.kind}
        for view in _views.every().values()
        for column in view.columns
    ]
    return frame(rows, _VIEWS)


def _sqlite(session: Session, question: str, seconds: float) -> Answer:
    sight, words = Sight.of(rights.of(session)), set(re.findall(r"\w+", question.lower()))
    wanted = {name: view for name, view in _views.every().items() if name in words}
    door = Door(
        {name: _views.for_sqlite(view, session.company_id, sight) for name, view in wanted.items()},
        {name: view.reads for name, view in wanted.items()},
        re.sub(r"\W", "", SystemChance().token()),
    )
    return sandbox.ask_sqlite(session.database.url, door, question, SystemClock(), seconds)


def _postgres(session: Session, question: str, seconds: float) -> Answer:
    url = settings.load().analyst_url
    if why_not := analysts.why_not(session.database, url):
        raise Refused(why_not)
    sight = Sight.of(rights.of(session))

    @contextmanager
    def seated(pid: int) -> Iterator[None]:
        until = SystemClock().now() + timedelta(seconds=seconds + 30)
        analysts.seat(session.database, pid, session.company_id, sight, until)
        try:
            yield
        finally:
            analysts.leave(session.database, pid)

    return sandbox.ask_postgres(url, seated, question, SystemClock(), seconds)


def _frame(answer: Answer) -> pd.DataFrame:
    """The answer with a name for each column, of which two may have been called alike."""
    import pandas as pd

    names: list[str] = []
    for name in answer.columns:
        number = 2
        told = name
        while told in names:
            told, number = f"{name}_{number}", number + 1
        names.append(told)
    columns = [[row[place] for row in answer.rows] for place in range(len(names))]
    found = pd.DataFrame({name: _column(values) for name, values in zip(names, columns, strict=True)})
    found.attrs["cut"] = answer.cut
    return found


def _column(values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    held = [value for value in values if value is not None]
    if held and all(isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)) for value in held):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True, format="ISO8601")).astype("datetime64[us, UTC]")
    if held and all(isinstance(value, bool) for value in held):
        return pd.Series(values, dtype="boolean")
    if held and all(isinstance(value, int) and abs(value) < 2**63 for value in held):
        return pd.Series(values, dtype="Int64")
    if all(isinstance(value, str) for value in held):
        return pd.Series(["" if value is None else value for value in values], dtype="str")
    return pd.Series(values, dtype=object)
