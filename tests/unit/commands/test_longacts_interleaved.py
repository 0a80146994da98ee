"""Whatever other people do between two portions: only rows as the person saw them are acted on, none twice, and the counts add up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from syncengine import commands, queries
from syncengine.commands import portions
from syncengine.db.engine import Database
from syncengine.engine import capture
from syncengine.engine.wanted import ATTENTION
from syncengine.errors import Refused
from syncengine.inventory import writer
from syncengine.queries import Session, Wanted
from syncengine.store import longacts, outbox
from syncengine.store.tables import Audit, Error, LongAct, LongActPart, Outbox
from syncengine.terms import OutboxState
from tests.support.longacts import ended, row, steps
from tests.unit.queries import seed

ROWS, PORTION = 9, 2


@pytest.fixture(scope="module")
def company(sqlite_template, tmp_path_factory) -> Iterator[Session]:
    """A company whose queue each example fills anew."""
    path = tmp_path_factory.mktemp("interleaved") / "tieout.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}", scratch=True)
    yield seed.company(database)
    database.close()


def queue_anew(session: Session, failed: set[int]) -> list[int]:
    """Nine rows that wait, some of which have failed; their ids in the order of the queue."""
    with session.database.writing() as connection:
        for table in (LongActPart, LongAct, Error, Audit, Outbox):
            connection.execute(delete(table))
        new = [
            {"entity": "Customer", "kind": "customer", "record_id": n + 1, "label": f"Customer {n}", "operation": "save"}
            for n in range(ROWS)
        ]
        outbox.add(connection, session.company_id, seed.NOON, new, actor="inventory")
        ids = list(connection.scalars(select(Outbox.id).order_by(Outbox.position)))
        moves = [outbox.Move(ids[n], OutboxState.PARKED) for n in failed]
        outbox.move(connection, seed.NOON, moves)
    return ids


# --- what others do meanwhile, each to one row -------------------------------------------------------------------------


def edit(session: Session, row_id: int) -> None:
    """Somebody saves the record again."""
    with session.database.writing() as connection:
        held = outbox.load(connection, [row_id])[row_id]
        if held["state"] in outbox.OPEN and held["state"] != "running":
            new = {"label": held["label"], "operation": "save"}
            outbox.refresh(connection, session.company_id, seed.NOON, [(held, new)], actor="inventory")


def send(session: Session, row_id: int) -> None:
    """A sync takes the row."""
    _move(session, row_id, OutboxState.RUNNING)


def settle(session: Session, row_id: int) -> None:
    """QuickBooks has it."""
    _move(session, row_id, OutboxState.COMPLETED)


def _move(session: Session, row_id: int, to: OutboxState) -> None:
    with session.database.writing() as connection:
        held = outbox.load(connection, [row_id])[row_id]
        if to in outbox.MOVES[OutboxState(held["state"])]:
            outbox.move(connection, seed.NOON, [outbox.Move(row_id, to)])


def remove(session: Session, row_id: int) -> None:
    """Somebody removes just this one."""
    _command(session, row_id, commands.remove)


def bottom(session: Session, row_id: int) -> None:
    """Somebody moves just this one."""
    _command(session, row_id, commands.move_to_bottom)


def _command(session: Session, row_id: int, command: Callable[..., Any]) -> None:
    with session.database.reading() as connection:
        held = outbox.state_of(connection, row_id)
    try:
        command(session, [(row_id, held["version"])])
    except Refused:
        return


def add(session: Session, _: int) -> None:
    """A record is new in the queue."""
    with session.database.writing() as connection:
        writer.save(connection, "customer", session.company_id, {"name": "Late"})
    capture.capture(session.database, session.clock)


OTHERS = st.tuples(st.sampled_from([edit, send, settle, remove, bottom, add]), st.integers(0, ROWS - 1))
#: What happens before the beginning, and after each step of the worker: that, five portions, and the one that finds no more.
MEANWHILE = st.lists(st.lists(OTHERS, max_size=3), min_size=8, max_size=8)


def state_of(session: Session) -> dict[int, tuple[int, str, int]]:
    with session.database.reading() as connection:
        rows = connection.execute(select(Outbox.id, Outbox.version, Outbox.state, Outbox.position)).all()
    return {row.id: (row.version, row.state, row.position) for row in rows}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.sampled_from(["remove", "bottom", "retry"]), failed=st.sets(st.integers(0, ROWS - 1)), meanwhile=MEANWHILE)
def test_only_what_was_seen_is_acted_on_and_the_counts_add_up(company, what, failed, meanwhile):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(longacts, "PORTION", PORTION)
        ids = queue_anew(company, failed)
        wanted = Wanted().only(ATTENTION) if what == "retry" else Wanted()
        whole = state_of(company)
        seen = {each: whole[each] for each in ids if what != "retry" or whole[each][1] == "parked"}
        act_id = commands.ask_matching(company, what, Wanted(), queries.queue_mark(company, wanted))
        disturb(company, ids, meanwhile[0])
        standing = matching(company, wanted)
        refused, acted = "", []
        for number, step in enumerate(steps(company, act_id), start=1):
            before = state_of(company)
            try:
                step()
            except Refused as why:
                refused = str(why)
                portions.give_up(company.database, company.clock, row(company, act_id), refused)
                assert state_of(company) == before, "what is refused changes no row"
                break
            after = state_of(company)
            changed = [each for each in after if after[each] != before.get(each)]
            assert number > 1 or not changed, "the beginning changes no row"
            assert all(before[each] == seen.get(each) for each in changed), "acted on what the person has not seen"
            acted += changed
            disturb(company, ids, meanwhile[number])
        unseen, left = standing.keys() - seen.keys(), [each for each in standing if standing[each] == seen.get(each)]
        assert bool(refused) == bool(unseen or not left), "it begins unless others match by now, or none is left"
        act = ended(company, act_id)
        assert sorted(acted) == sorted(set(acted)), "a row was acted on twice"
        assert (act.done, act.total) == (len(acted), len(seen))
        assert refused or act.done + act.left == act.total, "each that was not acted on is counted"
        assert act.state == ("done" if acted else "refused")
        with company.database.reading() as connection:
            lines = connection.scalar(select(func.count()).where(Audit.id == act.line))
        assert lines == (1 if acted else 0)


def disturb(session: Session, ids: list[int], others: list[Any]) -> None:
    for other, place in others:
        other(session, ids[place])


def matching(session: Session, wanted: Wanted) -> dict[int, tuple[int, str, int]]:
    """What the filter finds just now."""
    with session.database.reading() as connection:
        found = set(connection.scalars(select(Outbox.id).where(*wanted.within(session.company_id))))
    return {each: standing for each, standing in state_of(session).items() if each in found}
