"""Acting on everything that matches: the rows that the person saw, all of them, or nothing; and a removal is taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.inventory import writer
from syncengine.queries import Wanted
from syncengine.queries.sending import ATTENTION, SENDING
from syncengine.store.tables import Audit, Error, Outbox
from tests.unit.queries import seed

CUSTOMERS = Wanted(kind="customer")


@pytest.fixture
def busy(database):
    return seed.busy(database)


ALL = Wanted()


def labels(session, wanted=ALL):
    return queries.queue(session, size=500, wanted=wanted)["label"].tolist()


def events(session, event):
    with session.database.reading() as connection:
        return list(connection.execute(select(Audit.__table__).where(Audit.event == event)).mappings())


def touch(database, **where):
    with database.writing() as connection:
        connection.execute(update(Outbox).filter_by(**where).values(version=Outbox.version + 1))


def test_what_matches_is_removed_and_nothing_else(busy):
    session = busy.session
    done = commands.remove_matching(session, CUSTOMERS, queries.queue_mark(session, CUSTOMERS))
    assert (done.done, done.refused) == (2, ())
    assert labels(session) == ["Anchor", "Northern Chandlery", "1042"]
    with session.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Error).where(Error.closed_at.is_(None))) == 0


def test_one_line_names_the_whole_act_and_each_row_has_its_own(busy):
    done = commands.remove_matching(busy.session, CUSTOMERS, queries.queue_mark(busy.session, CUSTOMERS))
    (line,) = events(busy.session, "removed from the queue")
    assert (line["id"], line["actor"]) == (done.act, "Ada")
    assert line["detail"] == {"number": 2, "filter": {"kind": "customer"}}
    rows = [*events(busy.session, "parked -> cancelled"), *events(busy.session, "retryable -> cancelled")]
    assert [row["detail"]["act"] for row in rows] == [done.act, done.act]


def another_customer(busy):
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"name": "Late"})
    capture.capture(busy.database, busy.session.clock)


def a_row_moves_on(busy):
    touch(busy.database, label="Alpine Outfitters")


def one_for_another(busy):
    """The count stays the same: only the ids tell."""
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Alpine Outfitters").values(state="cancelled"))
    another_customer(busy)


@pytest.mark.parametrize("meanwhile", [another_customer, a_row_moves_on, one_for_another])
@pytest.mark.parametrize("name", ["remove_matching", "move_matching_to_bottom", "retry_matching"])
def test_other_rows_than_the_person_saw_are_refused_and_nothing_happens(busy, meanwhile, name):
    wanted = CUSTOMERS.only(ATTENTION) if name == "retry_matching" else CUSTOMERS
    mark = queries.queue_mark(busy.session, wanted)
    meanwhile(busy)
    if name == "retry_matching" and meanwhile is another_customer:
        return  # what is new has not failed, so what is tried again is just what was seen
    before = queries.queue(busy.session)[["id", "version", "state"]].values.tolist()
    with pytest.raises(Refused, match="Nothing was changed: look again"):
        getattr(commands, name)(busy.session, CUSTOMERS, mark)
    assert queries.queue(busy.session)[["id", "version", "state"]].values.tolist() == before


def test_what_is_being_sent_stays_and_is_counted(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "1042").values(state="running"))
    done = commands.remove_matching(busy.session, Wanted(), queries.queue_mark(busy.session))
    assert done.done == 4
    assert done.refused[0].startswith("1 of them stay as they are")
    assert labels(busy.session) == ["1042"]


def test_nothing_that_matches_is_refused_in_words(busy):
    nothing = Wanted(search="no such name")
    with pytest.raises(Refused, match="nothing matches"):
        commands.remove_matching(busy.session, nothing, queries.queue_mark(busy.session, nothing))


def test_what_matches_goes_to_the_bottom_in_its_order(busy):
    sending = Wanted(block=SENDING)
    before = labels(busy.session, sending)
    first = Wanted(search="anchor")
    commands.move_matching_to_bottom(busy.session, first, queries.queue_mark(busy.session, first))
    assert labels(busy.session, sending) == ["Northern Chandlery", "Anchor", "1042"] != before
    commands.move_matching_to_bottom(busy.session, sending, queries.queue_mark(busy.session, sending))
    with busy.database.reading() as connection:
        placed = select(Outbox.label).where(Outbox.state == "available").order_by(Outbox.position)
        assert connection.scalars(placed).all() == ["Northern Chandlery", "1042", "Anchor"]


def test_what_matches_and_failed_is_tried_again_though_more_matches(busy):
    everything = Wanted()
    done = commands.retry_matching(busy.session, everything, queries.queue_mark(busy.session, everything.only(ATTENTION)))
    assert done.done == 2
    assert queries.queue_counts(busy.session).attention == 0


def test_what_has_not_failed_cannot_be_tried_again(busy):
    sending = Wanted(block=SENDING)
    with pytest.raises(Refused, match="nothing to try again"):
        commands.retry_matching(busy.session, sending, queries.queue_mark(busy.session, sending))


def test_a_removal_is_taken_back_whole(busy):
    done = commands.remove_matching(busy.session, Wanted(), queries.queue_mark(busy.session))
    assert labels(busy.session) == []
    assert commands.add_back(busy.session, done.act).done == 5
    assert sorted(labels(busy.session)) == ["1042", "Alpine Outfitters", "Anchor", "Bluebird Bakery", "Northern Chandlery"]
    assert events(busy.session, "added back to the queue")[0]["detail"] == {"number": 5, "act": done.act}


def test_rows_that_were_chosen_one_by_one_come_back_too_and_no_others(busy):
    queue = queries.queue(busy.session).set_index("label")
    other = commands.remove(busy.session, [(queue.loc["Anchor", "id"], queue.loc["Anchor", "version"])])
    done = commands.remove(busy.session, [(queue.loc["1042", "id"], queue.loc["1042", "version"])])
    commands.add_back(busy.session, done.act)
    assert "1042" in labels(busy.session)
    assert "Anchor" not in labels(busy.session)
    assert other.act != done.act


def test_what_waits_again_by_itself_is_left_as_it_is(busy):
    done = commands.remove_matching(busy.session, CUSTOMERS, queries.queue_mark(busy.session, CUSTOMERS))
    commands.add_to_sync(busy.session, "customer", busy.customers["Alpine Outfitters"])
    before = seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"])
    assert commands.add_back(busy.session, done.act).done == 1
    assert seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"]) == before
    with pytest.raises(Refused, match="in the queue again already"):
        commands.add_back(busy.session, done.act)


def test_what_was_queued_and_sent_since_comes_back_as_it_is_called_now(busy):
    name, record_id = "Alpine Outfitters", busy.customers["Alpine Outfitters"]
    done = commands.remove_matching(busy.session, CUSTOMERS, queries.queue_mark(busy.session, CUSTOMERS))
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"name": "Alpine and Sons"}, record_id=record_id)
    capture.capture(busy.database, busy.session.clock)
    with busy.database.writing() as connection:
        sent = (Outbox.kind == "customer", Outbox.record_id == record_id, Outbox.state == "available")
        connection.execute(update(Outbox).where(*sent).values(state="completed"))
    assert name not in labels(busy.session)
    assert commands.add_back(busy.session, done.act).done == 2
    assert "Alpine and Sons" in labels(busy.session)
    assert name not in labels(busy.session)


def test_what_comes_back_is_queued_at_the_end_by_who_brought_it_with_a_line_each(busy):
    done = commands.remove_matching(busy.session, CUSTOMERS, queries.queue_mark(busy.session, CUSTOMERS))
    commands.add_back(busy.session, done.act)
    with busy.database.reading() as connection:
        rows = connection.execute(select(Outbox).where(Outbox.state != "cancelled").order_by(Outbox.position)).mappings().all()
    assert [row["label"] for row in rows][-2:] == ["Alpine Outfitters", "Bluebird Bakery"]
    assert [(row["queued_by"], row["version"], row["attempts"]) for row in rows][-2:] == [("Ada", 1, 0)] * 2
    told = {"entity": "Customer", "operation": "save"}
    assert [line["detail"] for line in events(busy.session, "queued") if line["actor"] == "Ada"] == [told] * 2


@pytest.mark.parametrize("act", [0, 1, 10**9])
def test_what_was_no_removal_cannot_be_taken_back(busy, act):
    with pytest.raises(Refused, match="no such removal"):
        commands.add_back(busy.session, act)


def test_another_company_s_rows_are_never_touched(busy):
    other = seed.company(busy.database, "Globex")
    with busy.database.writing() as connection:
        writer.save(connection, "customer", other.company_id, {"name": "Theirs"})
    capture.capture(busy.database, busy.session.clock)
    done = commands.remove_matching(busy.session, CUSTOMERS, queries.queue_mark(busy.session, CUSTOMERS))
    assert labels(other) == ["Theirs"]
    with pytest.raises(Refused, match="no such removal"):
        commands.add_back(other, done.act)
