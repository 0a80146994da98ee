"""Conflicts, inbox, cursors, bindings and the audit trail: the small books of the engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from syncengine.store import audit, bindings, conflicts, cursors, inbox
from syncengine.store.conflicts import WHOLE, Clash
from syncengine.store.tables import Audit
from tests.support.examples import examples

WHO = {"entity": "Customer", "kind": "customer", "record_id": 5}


# --- conflicts -----------------------------------------------------------------------------------------------------


def clash(database, now, *clashes, company=1, label="Globex"):
    with database.writing() as connection:
        conflicts.record(connection, company, now, **WHO, label=label, clashes=clashes)
        return conflicts.open_of(connection, company)


def test_the_open_conflicts_of_a_record_become_exactly_those_that_are_there(database, company, now):
    notes, phone = Clash("Notes", "a", "b", "c"), Clash("PrimaryPhone.FreeFormNumber", None, "1", "2")
    first = clash(database, now, notes, phone)
    assert [(row["field"], row["base"], row["ours"], row["theirs"]) for row in first] == [("Notes", "a", "b", "c"), (phone.field, None, "1", "2")]
    second = clash(database, now, Clash("Notes", "a", "b", "d"), label="x" * 900)
    assert [(row["id"], row["theirs"], len(row["label"])) for row in second] == [(first[0]["id"], "d", 500)]
    assert clash(database, now) == []


def test_a_conflict_of_the_whole_record_and_one_of_lines_can_be_kept(database, company, now):
    lines = [{"DetailType": "SalesItemLineDetail", "Amount": "9.8"}]
    rows = clash(database, now, Clash(WHOLE, None, "Globex", None), Clash("Line", [], lines, None))
    assert [(row["field"], row["ours"], row["theirs"]) for row in rows] == [("*", "Globex", None), ("Line", lines, None)]


def test_a_choice_counts_until_both_sides_have_agreed_since(database, company, now):
    [row] = clash(database, now, Clash("Notes", "a", "b", "c"))
    with database.writing() as connection:
        conflicts.resolve(connection, [row["id"]], now, resolution="ours", by="Ada")
        conflicts.resolve(connection, [row["id"]], now, resolution="theirs", by="Bob")  # too late: it is settled
        args = (connection, company, "Customer", "customer", 5)
        assert {field: (each["resolution"], each["resolved_by"]) for field, each in conflicts.chosen(*args, None).items()} == {"Notes": ("ours", "Ada")}
        assert conflicts.chosen(*args, now - timedelta(seconds=1)).keys() == {"Notes"}
        assert conflicts.chosen(*args, now + timedelta(seconds=1)) == {}
        assert conflicts.chosen(connection, 2, "Customer", "customer", 5, None) == {}
        assert conflicts.open_of(connection, company) == []


def test_a_difference_that_went_away_is_nobodys_choice(database, company, now):
    clash(database, now, Clash("Notes", "a", "b", "c"))
    clash(database, now)
    with database.reading() as connection:
        assert conflicts.chosen(connection, company, "Customer", "customer", 5, None) == {}


def test_of_two_choices_for_one_field_the_later_one_counts(database, company, now):
    for turn, resolution in enumerate(("ours", "theirs")):
        [row] = clash(database, now, Clash("Notes", "a", "b", "c"))
        with database.writing() as connection:
            conflicts.resolve(connection, [row["id"]], now + timedelta(seconds=turn), resolution=resolution, by="Ada")
    with database.reading() as connection:
        assert conflicts.chosen(connection, company, "Customer", "customer", 5, now)["Notes"]["resolution"] == "theirs"


# --- inbox ---------------------------------------------------------------------------------------------------------


def test_the_inbox_keeps_the_newest_state_of_an_object_since_the_first_time(database, company, now):
    with database.writing() as connection:
        for hours, cause in ((0, "first"), (3, "second")):
            at = now + timedelta(hours=hours)
            inbox.put(connection, company, at, "Invoice", "77", label="x" * 900, deleted=False, payload="{}", cause=cause, remedy="Do it.")
        [row] = inbox.all_of(connection, company)
        assert (row["cause"], row["since"], len(row["label"])) == ("second", now, 500)
        assert inbox.all_of(connection, 2) == []
        inbox.drop(connection, 2, "Invoice", "77")
        inbox.drop(connection, company, "Customer", "77")
        assert len(inbox.all_of(connection, company)) == 1
        inbox.drop(connection, company, "Invoice", "77")
        inbox.drop(connection, company, "Invoice", "77")
        assert inbox.all_of(connection, company) == []


# --- cursors -------------------------------------------------------------------------------------------------------


def test_a_feed_that_was_never_read_has_no_cursor(database, company):
    with database.reading() as connection:
        assert cursors.get(connection, company, "cdc") is None


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=8))
def test_a_cursor_never_goes_back_and_its_detail_is_the_newest(database, company, now, steps):
    with database.writing() as connection:
        cursors.forget(connection, company, "cdc")
        reached = now + timedelta(seconds=steps[0])
        for number, step in enumerate(steps):
            at = now + timedelta(seconds=step)
            cursors.advance(connection, company, "cdc", at, {"page": number})
            reached = max(reached, at)
            assert cursors.get(connection, company, "cdc") == (reached, {"page": number})
        cursors.advance(connection, company, "cdc", reached)
        assert cursors.get(connection, company, "cdc") == (reached, None)


def test_cursors_of_feeds_and_companies_are_apart_and_can_be_forgotten(database, company, now):
    with database.writing() as connection:
        cursors.advance(connection, company, "cdc", now)
        cursors.advance(connection, company, "slow", now + timedelta(hours=1), "done")
        assert cursors.get(connection, 2, "cdc") is None
        cursors.forget(connection, company, "cdc")
        assert cursors.get(connection, company, "cdc") is None
        assert cursors.get(connection, company, "slow") == (now + timedelta(hours=1), "done")


# --- bindings ------------------------------------------------------------------------------------------------------


def bind(database, now, *pairs, company=1, entity="Customer"):
    rows = [
        {"entity": entity, "kind": entity.lower(), "record_id": record, "qbo_id": qbo, "sync_token": "0", "base": {"Name": record}} for record, qbo in pairs
    ]
    with database.writing() as connection:
        bindings.add(connection, company, now, rows)


def test_a_pair_is_found_from_either_side_within_its_company_and_entity(database, company, now):
    bind(database, now, (5, "77"), (6, "78"))
    bind(database, now, (5, "77"), company=2)
    bind(database, now, (5, "77"), entity="Vendor")
    with database.reading() as connection:
        assert {record: row["qbo_id"] for record, row in bindings.of_records(connection, company, "Customer", "customer", [5, 6, 7, 5]).items()} == {5: "77", 6: "78"}
        assert {qbo: row["record_id"] for qbo, row in bindings.of_objects(connection, company, "Customer", ["78", "79", "78"]).items()} == {"78": 6}
        assert bindings.of_records(connection, company, "Customer", "customer", []) == {}
        assert [row["base"] for row in bindings.all_of(connection, company, "Customer")] == [{"Name": 5}, {"Name": 6}]


@pytest.mark.parametrize("pair", [(5, "99"), (99, "77")])
def test_neither_a_record_nor_an_object_has_two_twins(database, company, now, pair):
    bind(database, now, (5, "77"))
    with pytest.raises(IntegrityError):
        bind(database, now, pair)


def test_a_pair_that_ended_and_lives_again_is_a_new_generation(database, company, now):
    bind(database, now, (5, "77"))
    later = now + timedelta(hours=1)
    with database.writing() as connection:
        row = bindings.of_records(connection, company, "Customer", "customer", [5])[5]
        assert (row["generation"], row["ended_at"], row["last_success_at"]) == (0, None, now)
        bindings.end(connection, later, [row["id"]], by="quickbooks")
        ended = bindings.of_objects(connection, company, "Customer", ["77"])["77"]
        assert (ended["generation"], ended["ended_at"], ended["ended_by"]) == (1, later, "quickbooks")
        assert bindings.all_of(connection, company, "Customer") == []
        bindings.agree(connection, later, [{"id": row["id"], "qbo_id": "80", "sync_token": "3", "base": {"Name": "new"}}])
        bindings.rebind(connection, row["id"], 6)
        again = bindings.of_records(connection, company, "Customer", "customer", [6])[6]
    assert (again["qbo_id"], again["sync_token"], again["base"], again["generation"]) == ("80", "3", {"Name": "new"}, 1)
    assert (again["ended_at"], again["ended_by"], again["last_success_at"]) == (None, None, later)


def test_more_pairs_than_one_statement_takes_are_bound_and_found(database, company, now):
    bind(database, now, *((number, str(number)) for number in range(12_000)))
    with database.reading() as connection:
        assert len(bindings.of_records(connection, company, "Customer", "customer", range(12_000))) == 12_000
        assert len(bindings.of_objects(connection, company, "Customer", map(str, range(12_000)))) == 12_000


# --- audit ---------------------------------------------------------------------------------------------------------


def test_audit_lines_are_appended_as_they_are_told(database, company, now):
    with database.writing() as connection:
        audit.write(connection, company, now, [])
        audit.write(connection, company, now, [audit.Line("first"), audit.Line("second", "Ada", "customer", 5, detail={"why": "é"})])
        rows = connection.execute(select(Audit.__table__).order_by(Audit.id)).mappings().all()
    assert [(row["event"], row["actor"], row["kind"], row["record_id"], row["detail"], row["at"]) for row in rows] == [
        ("first", "engine", "", None, {}, now),
        ("second", "Ada", "customer", 5, {"why": "é"}, now),
    ]
