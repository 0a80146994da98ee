"""Panels at rest: a look costs one small question, and the state is read anew when it has changed, or is old."""

from __future__ import annotations

from dataclasses import replace
from inspect import unwrap

import pytest
from sqlalchemy import update

from syncengine import commands, inventory, queries
from syncengine.db.base import Company
from syncengine.engine import capture
from syncengine.errors import Forbidden
from syncengine.store import people
from syncengine.ui import glance, live, notices, overview, tables, watch
from syncengine.ui.settings import link
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member


@pytest.fixture
def read(sqlite_database, monkeypatch):
    """A busy company, and how often its overview was read."""
    times = []
    found = seed.busy(sqlite_database)
    monkeypatch.setattr(glance, "_READ", {})
    real = queries.overview
    monkeypatch.setattr(live.queries, "overview", lambda session, **known: times.append(1) or real(session, **known), raising=False)
    return found, times


def test_while_nothing_changes_all_browsers_share_one_reading(read):
    found, times = read
    first = live.latest(found.session)
    assert [live.latest(found.session) for _ in range(5)] == [first] * 5
    assert len(times) == 1


def test_who_has_acted_sees_what_is_so_whatever_the_pulse_says(read, monkeypatch):
    found, times = read
    live.latest(found.session)
    monkeypatch.setattr(notices.st, "session_state", {})
    notices.act(lambda session: None, found.session)
    live.latest(found.session)
    assert len(times) == 2


def test_another_program_s_change_of_the_company_is_seen(read):
    found, times = read
    assert live.latest(found.session).timezone != "Pacific/Auckland"
    with found.session.database.writing() as connection:
        connection.execute(update(Company).values(timezone="Pacific/Auckland"))
    assert live.latest(found.session).timezone == "Pacific/Auckland"
    assert len(times) == 2


def test_what_changes_is_seen_by_the_next_look(read):
    found, times = read
    assert live.latest(found.session).progress is None
    commands.sync_now(found.session)
    assert live.latest(found.session).progress is not None
    assert len(times) == 2


def test_what_follows_from_time_alone_is_seen_within_a_minute(read):
    found, times = read
    found.session.clock.advance(30)  # no worker is heard any more, which would be a change
    for seconds, readings in ((0, 1), (59, 1), (2, 2)):
        found.session.clock.advance(seconds)
        live.latest(found.session)
        assert len(times) == readings


def test_who_is_out_sees_nothing_of_what_was_read_for_others(read):
    found, times = read
    as_member(found, "ada@harbour.example", "owner")
    live.latest(found.session)
    with pytest.raises(Forbidden):
        live.latest(replace(found.session, actor="mallory@example.com", signed_in=True))
    assert len(times) == 1


@pytest.mark.parametrize(("act", "readings"), [(lambda _: None, 1), (commands.sync_now, 2)], ids=["nothing", "something"])
def test_a_page_asks_whether_it_is_still_true_only_where_something_has_changed(read, monkeypatch, act, readings):
    found, times = read
    looks = []
    monkeypatch.setattr(watch.st, "fragment", lambda look, **_: looks.append(look) or look)
    watch.panel(found.session, live.latest(found.session), "x", lambda _: 1, "Changed.", busy=False)
    act(found.session)
    looks[0]()
    assert len(times) == readings


class Redrawn(BaseException):
    """The page is drawn anew, as Streamlit does it: nothing after it happens."""


def redraw():
    raise Redrawn


def test_a_page_is_drawn_anew_for_who_is_out_rather_than_showing_what_the_look_raised(read, monkeypatch):
    found, _ = read
    looks = []
    as_member(found, "ada@harbour.example", "viewer")
    session = replace(found.session, actor="ada@harbour.example", signed_in=True)
    monkeypatch.setattr(watch.st, "fragment", lambda look, **_: looks.append(look) or look)
    monkeypatch.setattr(watch.st, "rerun", redraw)
    watch.panel(session, live.latest(session), "x", lambda _: 1, "Changed.", busy=True)
    looks[0]()
    with found.database.writing() as connection:
        people.remove(connection, session.company_id, session.actor)
    with pytest.raises(Redrawn):
        looks[0]()


def exchange(session):
    unwrap(link._watch)(session)


def start(session):
    unwrap(link._wait_for_the_local_one)(session, "1-gone")


@pytest.mark.parametrize(("look", "role"), [(exchange, "viewer"), (start, "viewer"), (start, "owner")])
def test_the_looks_of_connecting_draw_the_page_anew_where_their_ground_is_gone(read, monkeypatch, look, role):
    """The page says then that its person may not see it any more or, to an owner, that the sign-in is over."""
    found, _ = read
    as_member(found, "ada@harbour.example", role)
    monkeypatch.setattr(link.st, "rerun", redraw)
    with pytest.raises(Redrawn):
        look(replace(found.session, actor="ada@harbour.example", signed_in=True))


def test_a_page_is_drawn_anew_once_it_is_true_no_more(read, monkeypatch):
    found, _ = read
    looks, drawn = [], []
    monkeypatch.setattr(watch.st, "fragment", lambda look, **_: looks.append(look) or look)
    monkeypatch.setattr(watch.st, "rerun", lambda: drawn.append(1))
    watch.panel(found.session, live.latest(found.session), "x", lambda seen: seen.progress is None, "Changed.", busy=False)
    looks[0]()
    assert not drawn
    commands.sync_now(found.session)
    looks[0]()
    assert drawn


@pytest.fixture
def counted(read, monkeypatch):
    """The same company, and how often it was counted what waits."""
    found, _ = read
    times = []
    monkeypatch.setattr(glance, "_ANSWERS", {})
    real = queries.waiting_counts
    monkeypatch.setattr(overview.queries, "waiting_counts", lambda session, **known: times.append(1) or real(session, **known), raising=False)

    def count():
        return tables.records(overview.counts(found.session, live.latest(found.session)))

    return found, times, count


def test_what_waits_is_counted_once_for_all_while_nothing_moves(counted):
    _, times, count = counted
    assert [count() for _ in range(4)] == [count()] * 4
    assert len(times) == 1


def _removed(found):
    row = seed.row_of(found.database, "vendor", found.vendor)
    commands.remove(found.session, [(row["id"], row["version"])])


def _retried(found):
    row = seed.row_of(found.database, "customer", found.customers["Bluebird Bakery"])
    commands.retry(found.session, [(row["id"], row["version"])])


def _saved(found):
    inventory.save(found.database, "item", {"name": "Rope"}, company=found.session.company_id)
    capture.capture(found.database, found.session.clock)


@pytest.mark.parametrize("act", [_removed, _retried, _saved])
def test_what_waits_is_counted_anew_after_whatever_moves_it(counted, act):
    found, times, count = counted
    before = count()
    act(found)
    after = count()
    assert after == tables.records(queries.waiting_counts(found.session)) != before
    assert len(times) == 3


def test_an_answer_is_kept_for_a_minute_at_most_and_not_beyond_an_act(counted, monkeypatch):
    found, times, count = counted
    found.session.clock.advance(30)  # no worker is heard any more, which would be a change
    count()
    for seconds, counted_so_often in ((59, 1), (2, 2)):
        found.session.clock.advance(seconds)
        count()
        assert len(times) == counted_so_often
    monkeypatch.setattr(notices.st, "session_state", {})
    notices.act(lambda session: None, found.session)
    count()
    assert len(times) == 3


def test_another_company_and_another_question_have_answers_of_their_own(counted, sqlite_database):
    found, _, count = counted
    count()
    other = seed.company(sqlite_database, "Globex")
    assert overview.counts(other, live.latest(other)).empty
    assert glance.once(found.session, "something else", lambda: 7) == 7


def test_no_more_answers_are_kept_than_a_hundred(counted):
    found, _, count = counted
    count()
    for number in range(150):
        assert glance.once(found.session, number, lambda number=number: number) == number
    assert len(glance._ANSWERS) == 100
    assert glance.once(found.session, 149, lambda: "asked again") == 149
