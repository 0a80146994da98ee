"""Groups that the database finds are those that Python finds over all rows, to the last cent and the last second."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import insert, update

from syncengine import queries
from syncengine.errors import Forbidden, Refused
from syncengine.queries import grouping, shaping
from syncengine.queries.grouping import Wanted, in_database
from syncengine.store import people
from syncengine.store.tables import Attempt, AttemptItem, Audit, Cycle, Error
from tests.support.statements import statements
from tests.unit.queries import seed

#: Zones whose clocks go forward and back, at midnight too, by half an hour, and over a whole day; and names that fold.
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "America/Asuncion")
NAMES = ("Ada", "ADA", "", "Straße", "STRASSE", "\u017f", "Kelvin", "100 %", "_", "zoë", "Zoe")
EDGES = ("2026-03-08", "2026-11-01", "2026-10-04", "2026-04-05", "2024-10-06", "2011-12-29", "1999-12-31", "2050-06-01", "2026-01-15")


def moments(chance: random.Random) -> datetime:
    """Moments within hours of a day on which some zone's clocks move, to the microsecond."""
    second = chance.choice((0, 1, 86_399_999_999, chance.randrange(86_400_000_000)))
    return datetime.fromisoformat(chance.choice(EDGES)).replace(tzinfo=UTC) + timedelta(hours=chance.choice((-24, -5, 0, 0, 11)), microseconds=second)


def run(chance: random.Random, company_id: int) -> dict:
    number = lambda: chance.choice((0, 1, 7, 2**31 - 1))  # noqa: E731 -- said six times below
    return {
        "company_id": company_id, "trigger": chance.choice(("automatic", "manual")), "requested_by": chance.choice(NAMES), "fence": 1,
        "started_at": moments(chance), "finished_at": chance.choice((None, moments(chance))), "retry": chance.randrange(3),
        "result": chance.choice(("ok", "errors", "failed")), "message": chance.choice((None, "", *NAMES)), "phase": "", "done": 0, "total": 0,
        "sent": number(), "received": number(), "failed": number(), "metered_reads": number(), "calls": number(),
        "seconds": chance.choice((None, Decimal("0.001"), Decimal(-7), Decimal("123456789012.345"), Decimal(1) / 8)),
    }  # fmt: skip


def error(chance: random.Random, company_id: int, outbox_id: int | None) -> dict:
    text = {name: chance.choice(NAMES) for name in ("label", "code", "message", "cause", "remedy")}
    more = {"entity": chance.choice(("Invoice", "Bill")), "kind": chance.choice(("", "invoice", "customer")), "tid": chance.choice((None, "", "t1"))}
    numbers = {"record_id": chance.choice((None, 1, 2)), "tries": chance.randrange(4), "outbox_id": outbox_id, "klass": chance.choice((None, "no", "safe"))}
    return {"company_id": company_id, **text, **more, **numbers, "group_key": "x", "opened_at": moments(chance), "closed_at": None}


def line(chance: random.Random, company_id: int) -> dict:
    event = chance.choice(("received", "arrived", "edited", "setting changed", "correction done", "asked in SQL", "renamed"))
    return {
        "company_id": company_id, "at": moments(chance), "actor": chance.choice(("engine", "Ada", "zoë")), "event": event,
        "kind": chance.choice(("", "invoice", "person")), "record_id": chance.choice((None, 1)), "detail": {},
    }  # fmt: skip


@pytest.fixture
def chance() -> Iterator[random.Random]:
    return random.Random(20260115)


@pytest.fixture
def busy(database, chance):
    """A busy company with many runs, errors, requests and lines of its history, and another one with as many."""
    found = seed.busy(database)
    other = seed.company(database, "Globex")
    rows = [row["id"] for row in (seed.row_of(database, "vendor", found.vendor), seed.row_of(database, "customer", found.customers["Coral Reef Diving"])) if row]
    with database.writing() as connection:
        for company_id in (found.session.company_id, other.company_id):
            connection.execute(insert(Cycle), [run(chance, company_id) for _ in range(60)])
            connection.execute(insert(Error), [error(chance, company_id, None) for _ in range(30)])
            connection.execute(insert(Audit), [line(chance, company_id) for _ in range(60)])
            cycle = connection.execute(insert(Cycle).values(run(chance, company_id)).returning(Cycle.id)).scalar_one()
            for number in range(20):
                sent(connection, chance, company_id, cycle, rows[0], number)
    return found


def sent(connection, chance, company_id, cycle, row, number) -> None:
    made = {"cycle_id": cycle, "requestid": f"r{company_id}.{number}", "shape": "single", "fence": 1, "outcome": "accepted", "sends": chance.randrange(3)}
    attempt = connection.execute(
        insert(Attempt).values(company_id=company_id, made_at=moments(chance), answered_at=chance.choice((None, moments(chance))), **made).returning(Attempt.id)
    ).scalar_one()
    item = {"operation": chance.choice(("create", "update")), "entity": chance.choice(("Vendor", "Bill")), "payload": "{}", "payload_hash": "x"}
    more = {"revision": 1, "intended": {}, "outcome": chance.choice(("accepted", "refused")), "qbo_id": chance.choice((None, "", "17"))}
    connection.execute(insert(AttemptItem).values(company_id=company_id, attempt_id=attempt, outbox_id=row, ordinal=1, **item, **more))


QUESTIONS = {
    "runs": [{}, {"result": "ok"}, {"before": 40}],
    "errors": [{}, {"kind": "invoice"}, {"search": "ada"}, {"klass": "no"}],
    "sends": [{}, {"outcome": "refused"}, {"kind": "vendor"}, {"after": 5}],
    "received": [{}, {"kind": "invoice"}],
    "acts": [{}, {"actor": "Ada"}, {"record_id": 1}],
}
VALUES = ("ada", "ss", "", "1", "0.001", "-7", "123456789012.345", "2147483647", "1e3", "2026-03-08", "2026-11-01", "2024-10-06", "2011-12-30",
          "2026-11-01 01:30", "1999-12-31", "2050-06-01", "ok", "yes", "%", "i")  # fmt: skip


def wanted(chance: random.Random, columns: list[str]) -> Wanted:
    by = chance.sample(columns, chance.choice((1, 1, 2)))
    how = chance.choice(shaping.MEASURES)
    of = chance.choice(columns) if how != "count" or chance.random() < 0.3 else ""
    across = chance.choice(("", "", *(each for each in columns if each not in by)))
    where = tuple((chance.choice(columns), chance.choice(shaping.OPERATORS), chance.choice(VALUES)) for _ in range(chance.choice((0, 1, 1, 2))))
    return Wanted(tuple(by), how, of, across, where, chance.choice(ZONES))


def by_python(question, session, asked, wish: Wanted) -> pd.DataFrame:
    rows = queries.whole(question, session, **asked)
    for each in wish.where:
        rows = queries.narrow(rows, *each, zone=wish.zone)
    return queries.summarise(rows, wish.by, wish.how, wish.of, across=wish.across, zone=wish.zone)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_database_finds_the_groups_that_python_finds(busy, name):
    chance, question, answered = random.Random(name), getattr(queries, name), 0
    for _ in range(60):
        asked = chance.choice(QUESTIONS[name])
        columns = [str(each) for each in queries.whole(question, busy.session, **asked).columns]
        wish = wanted(chance, [each for each in columns if each not in {"detail", "request", "answer"} and (each != "label" or name in {"errors", "sends"})])
        try:
            expected = by_python(question, busy.session, asked, wish)
        except Refused:
            with pytest.raises(Refused):
                grouping.grouped(question, busy.session, by=wish.by, how=wish.how, of=wish.of, across=wish.across, where=wish.where, zone=wish.zone, **asked)
            continue
        found = in_database(question, busy.session, [], asked, wish)
        if found is not None:
            answered += 1
            pd.testing.assert_frame_equal(found, expected, obj=f"{asked} {wish}")
    assert answered > 25, "most of what people ask is found by the database"


def test_days_are_those_of_the_zone(busy):
    rows, operators = queries.whole(queries.runs, busy.session), ("is", "is not", "less than", "at most", "more than", "at least")
    for number, (zone, day) in enumerate((zone, day) for zone in ZONES for day in EDGES):
        condition = ("started_at", operators[number % len(operators)], day)
        found = in_database(queries.runs, busy.session, [], {}, Wanted(("started_at",), where=(condition,), zone=zone))
        expected = queries.summarise(queries.narrow(rows, *condition, zone=zone), ["started_at"], zone=zone)
        pd.testing.assert_frame_equal(found, expected, obj=f"{condition} in {zone}")


def test_all_rows_are_grouped_however_many_python_would_read(busy, monkeypatch):
    monkeypatch.setattr(shaping, "_CHUNK", 7)
    found = queries.grouped(queries.runs, busy.session, by=["result"], most=5)
    assert (found["count"].sum(), found.attrs) == (62, {"cut": False, "rows": 62})
    read = queries.grouped(queries.records, busy.session, "customer", by=["label"], most=2)
    assert read.attrs == {"cut": True, "rows": 2}


def test_groups_cost_one_statement_beside_the_look_at_the_right(busy):
    with statements(busy.database) as said:
        queries.grouped(queries.runs, busy.session, by=["result"], how="sum", of="sent", where=[("trigger", "is", "manual")])
    assert sum("sync_cycle" in each for each in said) == 1
    assert "GROUP BY" in said[-1]
    with statements(busy.database) as said:
        queries.grouped(queries.sends, busy.session, by=["outcome"])
    assert not [each for each in said if "sync_outbox" in each or "sync_attempt " in each], "what nobody asks for is not joined"


def test_more_groups_than_people_read_are_left_to_python(busy, monkeypatch):
    monkeypatch.setattr(grouping, "_MOST_GROUPS", 3)
    assert in_database(queries.runs, busy.session, [], {}, Wanted(("id",))) is None
    assert in_database(queries.runs, busy.session, [], {}, Wanted(("result",))) is not None


def test_sums_beyond_what_sqlite_counts_to_are_exact(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Cycle).values(seconds=Decimal("9000000000000000.001")))
    found = queries.grouped(queries.runs, busy.session, by=["retry"], how="sum", of="seconds")
    assert found["sum of seconds"].sum() == 62 * Decimal("9000000000000000.001")


def member(found, role):
    with found.database.writing() as connection:
        people.put(connection, found.session.company_id, "ada@harbour.example", role, seed.NOON, "seed")
    return queries.Session(found.database, "ada@harbour.example", found.session.company_id, found.session.clock, signed_in=True)


def test_groups_show_no_more_than_the_question_does_to_the_same_person(busy):
    viewer = member(busy, "viewer")
    found = queries.grouped(queries.acts, viewer, by=["event"])
    assert found["event"].tolist() == sorted(set(queries.whole(queries.acts, viewer)["event"]))
    assert "setting changed" not in found["event"].tolist()
    assert "setting changed" in queries.grouped(queries.acts, busy.session, by=["event"])["event"].tolist()
    with pytest.raises(Forbidden):
        queries.grouped(queries.runs, queries.Session(busy.database, "nobody", busy.session.company_id, busy.session.clock, signed_in=True), by=["result"])


def test_what_may_be_closed_is_never_grouped_by_the_database(busy):
    for name, column in (("sends", "request"), ("sends", "answer"), ("acts", "detail"), ("received", "label")):
        assert in_database(getattr(queries, name), busy.session, [], {}, Wanted((column,))) is None


def test_what_cannot_be_grouped_is_refused_in_the_same_words(busy):
    for more, says in (
        ({"by": ["nothing"]}, "no column 'nothing'"), ({"by": []}, "at least one column"), ({"by": ["result"], "how": "sum", "of": "trigger"}, "cannot be added"),
        ({"by": ["result"], "where": [("sent", "is", "many")]}, "are numbers"), ({"by": ["result"], "zone": "Mars/Base"}, "no zone"),
        ({"by": ["result"], "how": "median", "of": "sent"}, "no measure"), ({"by": ["result"], "where": [("sent", "like", "1")]}, "no operator"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=says):
            queries.grouped(queries.runs, busy.session, **more)


def test_the_newest_rows_and_those_behind_them_are_read_to_the_end(busy, monkeypatch):
    monkeypatch.setattr(shaping, "_CHUNK", 7)
    every = queries.whole(queries.sends, busy.session)
    assert (len(every), every.attrs["cut"]) == (20, False)
    assert every["id"].is_monotonic_decreasing
    assert every["id"].is_unique
    some = queries.whole(queries.sends, busy.session, most=8)
    assert (some["id"].tolist(), some.attrs["cut"]) == (every["id"].tolist()[:8], True)
    assert len(queries.whole(queries.sends, busy.session, before=int(every["id"][4]))) == 15
    assert len(queries.whole(queries.sends, busy.session, after=int(every["id"][4]))) == 4
