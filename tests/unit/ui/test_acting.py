"""What takes longer than a click: handed to the worker, shown to everybody, stopped, and told to who asked for it, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from syncengine import commands, queries
from syncengine.queries import Wanted
from syncengine.store import corrections, errors, longacts
from syncengine.store.tables import Error, LongAct, LongActPart, Outbox, Worker
from tests.support.longacts import row, steps, work
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, bars, keys, press, run, texts

PAGE, FRAME = "pages/preview.py", "dashboard.py"
HANDED = "It goes on when you leave this page, and you will be told what became of it."


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(commands, "AT_ONCE", 1)
    monkeypatch.setattr(longacts, "PORTION", 2)


def owner(found):
    """Who is at work in a browser on this machine."""
    return replace(found.session, actor=queries.session.OWNER)


def ask(found, actor="owner", what="remove"):
    session = replace(found.session, actor=actor)
    return session, commands.ask_matching(session, what, Wanted(), queries.queue_mark(session))


def half(found):
    """One that is in the middle."""
    session, act_id = ask(found)
    going = steps(session, act_id)
    next(going)()
    next(going)()
    return session, act_id


# --- asked for ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("remove", "The worker removes 5 records from the queue"),
        ("bottom", "The worker moves 5 records to the bottom of the queue"),
        ("retry", "The worker lets 2 records be tried again"),
    ],
)
def test_what_matches_is_handed_to_the_worker(open_page, busy, name, does):
    at = press(press(open_page(PAGE), f"matching.{name}"), "matching.yes")
    assert f"{does}, a part at a time. {HANDED}" in texts(at)
    act = queries.long_act(busy.session)
    assert (act.what, act.by, act.state) == (name, "owner", "asked")
    assert queries.queue_counts(busy.session).total == 5, "nothing is done in the click"


def test_a_few_are_acted_on_at_once(open_page, busy):
    press(press(open_page(PAGE, of="Invoice"), "matching.remove"), "matching.yes")
    assert queries.queue_counts(busy.session).total == 4
    assert queries.long_act(busy.session) is None


def test_all_errors_of_a_cause_are_handed_to_the_worker(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(update(Error).values(group_key="address"))
    at = open_page("pages/errors.py")
    press(at, next(key for key in keys(at) if key.endswith(".retry")))
    assert "The worker lets 2 records be tried again" in texts(at)
    act = queries.long_act(busy.session)
    assert (act.what, act.total) == ("retry_errors", 2)
    assert work(owner(busy), act.id).done == 2


def test_the_corrections_of_a_whole_cause_are_handed_to_the_worker(open_page, busy):
    verdict = {"acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]], "after": [], "otherwise": [], "ours": {}}
    with busy.database.writing() as connection:
        connection.execute(update(Error).values(group_key="address", klass="policy", correction="leave_email_out"))
        for each in errors.open_of(connection, busy.session.company_id):
            corrections.offer(connection, seed.NOON, each, name="leave_email_out", klass="policy", says="Sends it.", verdict=verdict)
    at = open_page("pages/errors.py", all="address")
    press(at, next(key for key in keys(at) if key.startswith("fix.all.")))
    assert "The worker lets 2 records be corrected with the next sync" in texts(at)
    assert queries.error_corrections(busy.session)["state"].tolist() == ["offered", "offered"], "nothing is done in the click"
    assert work(owner(busy), queries.long_act(busy.session).id).done == 2
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted", "wanted"]


def test_a_second_one_is_told_to_wait_and_changes_nothing(open_page, busy):
    ask(busy, "Ada")
    at = press(press(open_page(PAGE), "matching.bottom"), "matching.yes")
    assert "What Ada has asked for is not done yet: Removing records from the queue, 0 of 5 so far." in texts(at)
    assert queries.long_act(busy.session).what == "remove"


# --- under way ----------------------------------------------------------------------------------------------------------


def test_what_waits_for_the_worker_is_shown_on_every_page(open_page, busy):
    ask(busy, "Ada")
    at = open_page(FRAME)
    assert "Removing records from the queue: 5 wait for the worker" in bars(at)
    assert "Asked for by Ada" in texts(at)
    assert "o worker is heard: it begins" not in texts(at)


def test_how_far_it_is_is_shown_with_what_is_left_alone(open_page, busy):
    session, act_id = ask(busy, "Ada")
    going = steps(session, act_id)
    next(going)()
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Alpine Outfitters").values(version=Outbox.version + 1))
    next(going)()
    at = open_page(FRAME)
    assert "Removing records from the queue: 2 of 5" in bars(at)
    assert "1 stay as they are" in texts(at)


def test_without_a_worker_the_page_says_who_does_it_and_when(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(delete(Worker))
    ask(busy, "Ada")
    at = open_page(FRAME)
    assert "No worker is heard: it begins, or goes on, as soon as one runs · asked for by Ada" in texts(at)
    assert "Removing records from the queue: 5 wait for the worker" in bars(at)


def test_a_worker_that_went_away_in_the_middle_is_missed_and_no_time_is_promised(open_page, busy):
    half(busy)
    with busy.database.writing() as connection:
        connection.execute(delete(Worker))
    said = texts(open_page(FRAME))
    assert "No worker is heard: it begins, or goes on, as soon as one runs · asked for by owner" in said
    assert " left" not in said.partition("No worker is heard: it")[2].partition("asked for by")[0]


def test_who_asked_stops_it_by_a_button(open_page, busy):
    session, act_id = half(busy)
    at = press(open_page(FRAME), "acting.stop")
    said = "owner has stopped it. Up to then, 2 of 5 were removed from the queue; the others stay as they are."
    assert said in texts(at)
    assert row(session, act_id)["state"] == "stopped"
    assert queries.queue_counts(busy.session).total == 3
    assert not [each for each in bars(at) if "queue" in each]


@pytest.mark.parametrize("role", ["viewer", "operator", "manager"])
def test_who_has_not_asked_sees_it_without_a_button(open_page, busy, role):
    as_member(busy, "mia@harbour.example", role)
    half(busy)
    at = open_page(FRAME, visitor="mia@harbour.example")
    assert "Removing records from the queue: 2 of 5" in bars(at)
    assert "acting.stop" not in keys(at)


# --- told ---------------------------------------------------------------------------------------------------------------


def test_what_became_of_it_is_told_on_the_next_page_once_and_can_be_taken_back(open_page, busy):
    work(*ask(busy))
    at = open_page(PAGE)
    assert "5 were removed from the queue." in texts(at)
    assert "5 were removed from the queue." not in texts(open_page(PAGE)), "it is told once"
    press(at, "matching.undo")
    assert "The worker adds 5 records back to the queue" in texts(at)
    work(owner(busy), queries.long_act(busy.session).id)
    assert queries.queue_counts(busy.session).total == 5
    assert "5 were added back, at the end of the queue." in texts(run(at))
    assert "matching.undo" not in keys(at)


def test_the_browser_that_asked_is_told_though_another_of_the_same_person_was(open_page, busy):
    at = press(press(open_page(PAGE), "matching.remove"), "matching.yes")
    work(owner(busy), queries.long_act(busy.session).id)
    assert "5 were removed from the queue." in texts(open_page(PAGE))
    assert "5 were removed from the queue." in texts(run(at))
    assert "5 were removed from the queue." not in texts(run(at)), "it is told once"


def test_what_went_with_the_sample_company_s_day_is_waited_for_no_longer(open_page, busy):
    at = press(press(open_page(PAGE), "matching.remove"), "matching.yes")
    with busy.database.writing() as connection:
        connection.execute(delete(LongActPart))
        connection.execute(delete(LongAct))
    assert "acting.waited" in at.session_state
    assert "acting.waited" not in run(at).session_state


def test_a_removal_can_be_taken_back_after_a_reload_and_in_another_browser_for_a_day(open_page, busy):
    work(*ask(busy))
    assert all("matching.undo" in keys(open_page(PAGE)) for _ in range(2))
    with busy.database.writing() as connection:
        connection.execute(update(LongAct).values(ended_at=seed.NOON - timedelta(hours=25)))
    assert "matching.undo" not in keys(open_page(PAGE))


def test_what_somebody_else_removed_is_not_theirs_to_take_back_by_a_button(open_page, busy):
    work(*ask(busy, "Ada"))
    assert "matching.undo" not in keys(open_page(PAGE))


def test_who_writes_their_name_otherwise_is_the_same_person(open_page, busy):
    ask(busy, " Owner")
    assert "acting.stop" in keys(open_page(FRAME))
    commands.stop_act(owner(busy), queries.long_act(busy.session).id)
    assert " Owner has stopped it" not in texts(at := open_page(PAGE))
    assert "owner has stopped it. Nothing was done before that." in texts(at)


def test_a_refusal_is_told_in_words(open_page, busy):
    session, act_id = ask(busy)
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).values(version=Outbox.version + 1))
    work(session, act_id)
    at = open_page("pages/history.py")
    assert "Nothing was done: all of it is being sent just now, or has changed since you looked." in texts(at)


def test_nobody_else_is_told(open_page, busy):
    session, act_id = ask(busy, "Ada")
    work(session, act_id)
    assert "were removed from the queue" not in texts(open_page(PAGE))
    assert row(session, act_id)["told_at"] is None
