"""Panels at rest: a look costs one small question, and the state is read anew when it has changed, or is old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.db.base import Company
from syncengine.errors import Forbidden
from syncengine.ui import glance, live, notices, watch
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member


@pytest.fixture
def read(sqlite_database, monkeypatch):
    """A busy company, and how often its overview was read."""
    times = []
    found = seed.busy(sqlite_database)
    monkeypatch.setattr(glance, "_READ", {})
    real = queries.overview
    monkeypatch.setattr(live.queries, "overview", lambda session: times.append(1) or real(session), raising=False)
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
