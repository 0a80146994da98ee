"""Open errors: the newest of each row, with a count of the cycles that tried in vain."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from syncengine.store import errors
from syncengine.store.errors import Report

REPORT = Report("6240", "Duplicate Name", "Somebody has this name.", "Rename one.", "1-abc")


@pytest.fixture
def fail(database, now, cycle):
    def record(row, cycle_id=None, report=REPORT, **keywords):
        cycle_id = cycle_id or cycle()
        with database.writing() as connection:
            errors.record(connection, row, now, cycle_id, report, **keywords)
            return errors.tries(connection, row["id"])

    return record


def open_of(database, company=1):
    with database.reading() as connection:
        return errors.open_of(connection, company)


def test_the_first_failure_counts_no_further_try_and_each_later_cycle_counts_one(queue, fail):
    row = queue()
    assert [fail(row) for _ in range(4)] == [0, 1, 2, 3]


def test_one_cycle_counts_once_however_often_it_fails(queue, fail, cycle):
    row, first = queue(), cycle()
    assert [fail(row, first) for _ in range(3)] == [0, 0, 0]
    second = cycle()
    assert [fail(row, second) for _ in range(3)] == [1, 1, 1]


def test_what_does_not_count_renews_the_error_without_counting(database, queue, fail):
    row = queue()
    fail(row, counts=False)
    assert fail(row, report=dataclasses.replace(REPORT, message="another"), counts=False) == 0
    assert [error["message"] for error in open_of(database)] == ["another"]


def test_an_error_says_what_it_was_told_and_its_newest_cycle(database, company, queue, fail, cycle):
    row, first, second = queue(), cycle(), cycle()
    fail(row, first)
    fail({**row, "label": "renamed"}, second, Report("2050", "Too long", "It is too long.", "Shorten it.", None))
    [error] = open_of(database)
    assert (error["outbox_id"], error["kind"], error["record_id"], error["label"]) == (row["id"], "customer", 5, "renamed")
    assert (error["code"], error["message"], error["cause"], error["remedy"], error["tid"]) == ("2050", "Too long", "It is too long.", "Shorten it.", None)
    assert (error["first_cycle_id"], error["last_cycle_id"]) == (first, second)
    assert open_of(database, 2) == []


def test_words_of_the_wire_that_are_too_long_are_cut_and_stop_nothing(database, queue, fail):
    fail(queue(), report=Report("c" * 500, "m" * 5000, "cause", "remedy", "t" * 500))
    [error] = open_of(database)
    assert (len(error["code"]), len(error["tid"]), len(error["message"])) == (32, 100, 5000)


def test_a_closed_error_starts_anew(database, queue, fail, now):
    row, other = queue(1), queue(2)
    fail(other)
    fail(row)
    fail(row)
    with database.writing() as connection:
        errors.close(connection, [row["id"]], now, "edited")
        assert errors.tries(connection, row["id"]) == 0
        errors.close(connection, [row["id"]], now + timedelta(days=1), "sent")
    assert [error["outbox_id"] for error in open_of(database)] == [other["id"]]
    assert fail(row) == 0
    assert [error["outbox_id"] for error in open_of(database)] == [other["id"], row["id"]]


def test_the_connections_error_is_one_and_is_replaced_and_recovers_alone(database, company, queue, fail, now, cycle):
    fail(queue())
    cycle_id = cycle()
    with database.writing() as connection:
        errors.of_connection(connection, company, now, cycle_id, REPORT)
        errors.of_connection(connection, company, now, None, dataclasses.replace(REPORT, code="3200", tid=None))
        errors.of_connection(connection, 2, now, None, REPORT)
    assert [(error["outbox_id"] is None, error["code"]) for error in open_of(database)] == [(False, "6240"), (True, "3200")]
    with database.writing() as connection:
        errors.close_connection(connection, company, now)
    assert [error["code"] for error in open_of(database)] == ["6240"]
    assert len(open_of(database, 2)) == 1
