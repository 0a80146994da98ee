"""Acts on more rows than fit into a click: asked for, done in portions, stopped, told; nothing that the person has not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.inventory import writer
from syncengine.queries import Wanted
from syncengine.queries.sending import ATTENTION, SENDING
from syncengine.store import corrections, errors, longacts, outbox
from syncengine.store.tables import Correction, Error, Outbox
from tests.support.longacts import ALL, EVERY, ask, ended, labels, lines, parts, steps, touch, work
from tests.unit.queries import seed

#: Tests that need more than one portion make them this small.
SMALL = 2


@pytest.fixture
def busy(database, monkeypatch):
    monkeypatch.setattr(longacts, "PORTION", SMALL)
    return seed.busy(database)


# --- what becomes of it -------------------------------------------------------------------------------------------------


def test_asking_changes_no_row_and_is_shown_to_everybody(busy):
    act_id = ask(busy.session)
    assert labels(busy.session) == EVERY
    act = queries.long_act(replace(busy.session, actor="Ben"))
    assert (act.id, act.state, act.by, act.total, act.done, act.says) == (act_id, "asked", "Ada", 5, 0, "Removing records from the queue")
    assert lines(busy.session, "removed from the queue") == []


def test_everything_that_matches_is_removed_portion_by_portion(busy):
    act_id = ask(busy.session)
    shown = []
    for step in steps(busy.session, act_id):
        step()
        shown.append((len(labels(busy.session)), parts(busy.session)))
    assert shown == [(5, 3), (3, 2), (1, 1), (0, 0), (0, 0)]
    act = ended(busy.session, act_id)
    assert (act.state, act.done, act.left, act.outcome) == ("done", 5, 0, "5 were removed from the queue.")


def test_one_line_with_the_count_names_the_whole_act(busy):
    act = work(busy.session, ask(busy.session, wanted=Wanted(kind="customer")))
    (line,) = lines(busy.session, "removed from the queue")
    assert (line["id"], line["actor"], line["detail"]) == (act.line, "Ada", {"number": 2, "filter": {"kind": "customer"}})
    with busy.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Error).where(Error.closed_at.is_(None))) == 0


def test_what_goes_to_the_bottom_keeps_its_order_over_all_portions(busy):
    with busy.database.reading() as connection:
        before = connection.scalars(select(Outbox.label).where(outbox.LISTED).order_by(Outbox.position)).all()
    assert work(busy.session, ask(busy.session, "bottom")).outcome == "5 were moved to the bottom."
    with busy.database.reading() as connection:
        rows = connection.execute(select(Outbox).where(outbox.LISTED).order_by(Outbox.position)).mappings().all()
    assert [each["label"] for each in rows] == before
    assert min(each["position"] for each in rows) > 5


def test_what_failed_is_tried_again(busy):
    act_id = commands.ask_matching(busy.session, "retry", ALL, queries.queue_mark(busy.session, ALL.only(ATTENTION)))
    assert work(busy.session, act_id).outcome == "2 will be tried again with the next sync."
    assert queries.queue_counts(busy.session).attention == 0


def test_what_waits_anyway_cannot_be_tried_again(busy):
    with pytest.raises(Refused, match="nothing to try again"):
        ask(busy.session, "retry", Wanted(block=SENDING))


def test_errors_that_match_are_tried_again(busy):
    counts = queries.error_group_counts(busy.session, kind="customer")
    act = work(busy.session, commands.ask_retry_errors(busy.session, counts.errors, counts.newest, kind="customer", search=""))
    assert (act.state, act.done) == ("done", 2)
    assert queries.queue_counts(busy.session).attention == 0
    (line,) = lines(busy.session, "retried what matched")
    assert line["detail"] == {"number": 2, "filter": {"kind": "customer"}}


def test_corrections_of_a_whole_cause_run_with_the_sync_that_follows(busy):
    _offer(busy)
    fix = queries.group_correction(busy.session, "address")
    act = work(busy.session, commands.ask_correct_group(busy.session, "address", fix.count, fix.newest))
    assert (act.state, act.outcome) == ("done", "A sync was asked for. It corrects 2 first, then sends them.")
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted", "wanted"]
    assert queries.progress(busy.session).phase == "Waiting for the worker"
    assert [line["detail"] for line in lines(busy.session, "corrections of a cause wanted")] == [{"cause": "address", "number": 2}]


def test_corrections_of_a_company_that_is_not_connected_wait_for_its_first_sync(busy):
    _offer(busy)
    fix = queries.group_correction(busy.session, "address")
    commands.disconnect(busy.session)
    act = work(busy.session, commands.ask_correct_group(busy.session, "address", fix.count, fix.newest))
    assert act.outcome == (
        "The first sync after the company is connected to QuickBooks corrects 2, then sends them. None can run before, so none was asked for."
    )
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted", "wanted"]
    assert queries.progress(busy.session) is None


def _offer(found):
    verdict = {"acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]], "after": [], "otherwise": [], "ours": {}}
    with found.database.writing() as connection:
        connection.execute(update(Error).values(group_key="address", klass="policy", correction="leave_email_out"))
        ids = connection.scalars(select(Error.id).order_by(Error.id)).all()
        for each in errors.by_ids(connection, found.session.company_id, ids).values():
            says = f"Sends {each['label']} without its e-mail."
            corrections.offer(connection, seed.NOON, each, name="leave_email_out", klass="policy", says=says, verdict=verdict)


# --- taken back ---------------------------------------------------------------------------------------------------------


def test_a_long_removal_is_taken_back_at_once_or_by_the_worker(busy):
    for take_back in (_at_once, _by_the_worker):
        act = work(busy.session, ask(busy.session))
        assert labels(busy.session) == []
        take_back(busy.session, act)
        assert labels(busy.session) == EVERY
        with pytest.raises(Refused, match="in the queue again already"):
            commands.add_back(busy.session, act.line)
        commands.acknowledge_act(busy.session, act.id)


def _at_once(session, act):
    assert commands.add_back(session, act.line).done == act.done


def _by_the_worker(session, act):
    back = work(session, commands.ask_add_back(session, act.line, act.done))
    assert back.outcome == "5 were added back, at the end of the queue."
    assert lines(session, "added back to the queue")[-1]["detail"] == {"number": 5, "act": act.line}


def test_a_removal_in_a_click_is_taken_back_by_the_worker_too(busy):
    done = commands.remove_matching(busy.session, ALL, queries.queue_mark(busy.session))
    assert work(busy.session, commands.ask_add_back(busy.session, done.act, done.done)).done == 5
    assert labels(busy.session) == EVERY


def test_what_was_queued_again_since_is_not_queued_twice(busy):
    act = work(busy.session, ask(busy.session))
    commands.add_to_sync(busy.session, "customer", busy.customers["Alpine Outfitters"])
    back = work(busy.session, commands.ask_add_back(busy.session, act.line, act.done))
    assert (back.done, back.left) == (4, 1)
    assert back.outcome.endswith("1 stay as they are: they wait already.")
    assert labels(busy.session) == EVERY


def test_only_what_one_removal_took_out_comes_back(busy):
    first = work(busy.session, ask(busy.session, wanted=Wanted(kind="customer")))
    work(busy.session, ask(busy.session))
    commands.add_back(busy.session, first.line)
    assert labels(busy.session) == ["Alpine Outfitters", "Bluebird Bakery"]


# --- refused, left alone ------------------------------------------------------------------------------------------------


def test_other_rows_than_were_seen_are_refused_when_asked_for(busy):
    mark = queries.queue_mark(busy.session)
    touch(busy, "Anchor")
    with pytest.raises(Refused, match="Nothing was changed: look again"):
        commands.ask_matching(busy.session, "remove", ALL, mark)
    assert queries.long_act(busy.session) is None


def test_other_rows_than_were_seen_are_refused_before_the_first_is_done(busy):
    act_id = ask(busy.session)
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"name": "Late"})
    capture.capture(busy.database, busy.session.clock)
    act = work(busy.session, act_id)
    assert (act.state, act.done, act.line) == ("refused", 0, 0)
    assert act.outcome == "1 match by now that did not when you looked. Nothing was changed: look again."
    assert len(labels(busy.session)) == 6
    assert lines(busy.session, "removed from the queue") == []


def test_rows_that_move_before_the_beginning_are_left_alone_and_counted_and_the_others_done(busy):
    act_id = ask(busy.session)
    touch(busy, "1042")
    commands.remove(busy.session, _seen(busy.session, "Anchor"))
    act = work(busy.session, act_id)
    assert (act.state, act.done, act.left, act.total) == ("done", 3, 2, 5)
    assert labels(busy.session) == ["1042"]
    assert act.outcome == (
        "3 were removed from the queue. 2 stay as they are: they are being sent just now, or have changed since you looked."
    )
    assert lines(busy.session, "removed from the queue")[-1]["detail"] == {"number": 3, "filter": {}, "left as they are": 2}


def test_where_all_has_moved_before_the_beginning_nothing_is_done(busy):
    act_id = ask(busy.session)
    for label in EVERY:
        touch(busy, label)
    act = work(busy.session, act_id)
    assert (act.state, act.done, len(labels(busy.session))) == ("refused", 0, 5)
    assert act.outcome == "Nothing was done: all of it is being sent just now, or has changed since you looked."


def test_one_that_has_come_while_another_went_is_refused_though_there_are_as_many(busy):
    act_id = ask(busy.session)
    commands.remove(busy.session, _seen(busy.session, "Anchor"))
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"name": "Late"})
    capture.capture(busy.database, busy.session.clock)
    act = work(busy.session, act_id)
    assert (act.state, act.done, len(labels(busy.session))) == ("refused", 0, 5)


@pytest.mark.parametrize("asked", ["errors", "corrections"])
def test_other_errors_than_were_seen_are_refused_when_asked_for(busy, asked):
    ask_for = _of_errors(busy, asked)
    commands.retry(busy.session, _seen(busy.session, "Alpine Outfitters"))
    with pytest.raises(Refused, match="changed since you saw"):
        ask_for()
    assert queries.long_act(busy.session) is None


@pytest.mark.parametrize("asked", ["errors", "corrections"])
def test_errors_that_go_before_the_beginning_are_left_alone_and_the_others_done(busy, asked):
    act_id = _of_errors(busy, asked)()
    commands.retry(busy.session, _seen(busy.session, "Alpine Outfitters"))
    act = work(busy.session, act_id)
    assert (act.state, act.done, act.left) == ("done", 1, 1)
    with busy.database.reading() as connection:
        wanted = connection.scalars(select(Correction.state)).all().count("wanted")
    assert (queries.queue_counts(busy.session).attention, wanted) == ((0, 0) if asked == "errors" else (1, 1))


def _of_errors(found, asked):
    _offer(found)
    counts, fix = queries.error_group_counts(found.session), queries.group_correction(found.session, "address")
    if asked == "errors":
        return lambda: commands.ask_retry_errors(found.session, counts.errors, counts.newest)
    return lambda: commands.ask_correct_group(found.session, "address", fix.count, fix.newest)


def _seen(session, label):
    queue = queries.queue(session).set_index("label")
    return [(queue.loc[label, "id"], queue.loc[label, "version"])]


def test_a_row_that_moves_on_between_two_portions_is_left_alone_and_counted(busy):
    act_id = ask(busy.session)
    for number, step in enumerate(steps(busy.session, act_id)):
        if number == 1:
            touch(busy, "1042")
        step()
    act = ended(busy.session, act_id)
    assert (act.state, act.done, act.left) == ("done", 4, 1)
    assert labels(busy.session) == ["1042"]
    assert act.outcome == (
        "4 were removed from the queue. 1 stay as they are: they are being sent just now, or have changed since you looked."
    )
    assert lines(busy.session, "removed from the queue")[0]["detail"] == {"number": 4, "filter": {}, "left as they are": 1}


def test_what_is_being_sent_is_left_alone(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "1042").values(state="running"))
        connection.execute(update(Outbox).where(Outbox.label == "Anchor").values(unanswered=True))
    act = work(busy.session, ask(busy.session))
    assert (act.done, act.left, labels(busy.session)) == (3, 2, ["1042", "Anchor"])


def test_where_nothing_could_be_done_it_is_refused_in_words(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).values(unanswered=True))
    act = work(busy.session, ask(busy.session))
    assert (act.state, act.outcome) == ("refused", "Nothing was done: all of it is being sent just now, or has changed since you looked.")


def test_one_of_each_entity_that_quickbooks_lacks_goes_ahead_over_all_portions(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(outbox.LISTED).values(entity="Customer", state="parked", parked_by=outbox.FEATURE))
    work(busy.session, ask(busy.session, "retry", Wanted(block=ATTENTION)))
    with busy.database.reading() as connection:
        ahead = connection.scalars(select(Outbox.id).where(Outbox.parked_by == outbox.FEATURE)).all()
        first = connection.scalar(select(Outbox.id).where(outbox.LISTED).order_by(Outbox.position).limit(1))
    assert ahead == [first]


def test_another_company_s_rows_are_never_touched(busy):
    other = seed.company(busy.database, "Globex")
    with busy.database.writing() as connection:
        writer.save(connection, "customer", other.company_id, {"name": "Theirs"})
    capture.capture(busy.database, busy.session.clock)
    act_id = ask(busy.session)
    theirs = commands.ask_matching(other, "bottom", ALL, queries.queue_mark(other))
    assert work(busy.session, act_id).done == 5
    assert labels(other) == ["Theirs"]
    with pytest.raises(Refused, match="over already"):
        commands.stop_act(busy.session, theirs)
    with pytest.raises(Refused, match="no such removal"):
        commands.ask_add_back(replace(other, company_id=other.company_id + 1), 1, 1)
