"""Groups in Explore: of all rows, found by the database once until something moves."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from syncengine import commands, queries
from syncengine.store import cycles, rights
from syncengine.store.tables import Error
from syncengine.terms import Trigger
from syncengine.ui import glance, live
from syncengine.ui.explore import asking, questions
from syncengine.ui.explore.view import Groups, View
from tests.unit.queries import seed
from tests.unit.ui.conftest import texts


def shown(at):
    return at.dataframe[0].value


@pytest.fixture
def kept(busy, monkeypatch):
    """The groups of a question by a column, as a page finds them, and how often the database was asked."""
    times = []
    real = View.grouped
    monkeypatch.setattr(glance, "_READ", {})
    monkeypatch.setattr(glance, "_ANSWERS", {})
    monkeypatch.setattr(View, "grouped", lambda view, session: times.append(1) or real(view, session))

    def groups(name, by):
        live.latest(busy.session)
        return asking._grouped(busy.session, View(questions.every()[name], {}, (), Groups((by,)))).to_numpy().tolist()

    return groups, times


def begun(busy):
    with busy.database.writing() as connection:
        cycles.start(connection, busy.session.company_id, busy.session.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=2)


def ended(busy):
    begun(busy)
    with busy.database.writing() as connection:
        run = cycles.running(connection, busy.session.company_id)
        cycles.finish(connection, run, busy.session.clock.now(), result="failed", message=None, seconds=1.5)


def again(busy):
    """A worker is gone in the middle of a run, which the next one closes."""
    begun(busy)
    begun(busy)


def retried(busy):
    row = seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])
    commands.retry(busy.session, [(row["id"], row["version"])])


def another(busy):
    with busy.database.writing() as connection:
        connection.execute(insert(Error).values(
            company_id=busy.session.company_id, entity="", kind="", label="", code="1", message="m", cause="New", remedy="r", tries=1,
            opened_at=busy.session.clock.now(),
        ))  # fmt: skip


@pytest.mark.parametrize(
    ("act", "name", "by"),
    [(begun, "runs", "result"), (again, "runs", "result"), (ended, "runs", "result"), (retried, "acts", "event"), (retried, "errors", "state"), (another, "errors", "cause")],
)
def test_groups_are_found_once_until_something_moves(busy, kept, act, name, by):
    groups, times = kept
    before = groups(name, by)
    assert [groups(name, by) for _ in range(3)] == [before] * 3
    assert len(times) == 1
    act(busy)
    after = groups(name, by)
    assert after == queries.grouped(getattr(queries, name), busy.session, by=[by]).to_numpy().tolist() != before
    assert len(times) == 2


def test_groups_of_runs_are_found_again_only_when_a_run_has_changed(busy, kept):
    groups, times = kept
    groups("runs", "result")
    retried(busy)
    groups("runs", "result")
    assert len(times) == 1
    begun(busy)
    groups("runs", "result")
    with busy.database.writing() as connection:
        cycles.progress(connection, cycles.running(connection, busy.session.company_id), busy.session.clock.now(), phase="Sending", done=1, total=2, calls=9)
    groups("runs", "result")
    assert len(times) == 3


def test_what_one_person_may_see_is_not_kept_for_another(busy, kept, monkeypatch):
    groups, times = kept
    groups("acts", "event")
    fewer = rights.Rights("ada", "viewer", frozenset({rights.Permission.SEE_SYNC}))
    monkeypatch.setattr(asking.sessions, "rights", lambda _session: fewer)
    groups("acts", "event")
    assert len(times) == 2


def test_groups_of_runs_are_of_all_of_them_however_few_rows_are_read(open_page, busy, monkeypatch):
    monkeypatch.setattr(asking, "READ", 1)
    for _ in range(3):
        ended(busy)
    at = open_page("pages/explore.py", question="runs", by="trigger", chart="bars")
    assert shown(at)["count"].sum() == len(queries.runs(busy.session))
    assert f"of {len(queries.runs(busy.session))} rows" in texts(at)
    assert "Only the first" not in texts(at)
    at = open_page("pages/explore.py", question="records", kind="customer", by="label")
    assert "Only the first 1 rows were read" in texts(at)
