"""What needs a person, record by record."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from syncengine import queries
from syncengine.queries.said import as_text
from syncengine.store import conflicts, errors, inbox
from tests.support import large
from tests.support.plans import plans, statements
from tests.unit.queries import seed


def test_errors_stand_in_the_order_in_which_records_failed(database):
    found = queries.errors(seed.busy(database).session)
    assert found["label"].tolist() == ["Bluebird Bakery", "Alpine Outfitters"]
    assert found["remedy"].iloc[0] == "Correct the e-mail address of this customer."
    assert found[["code", "tid", "state"]].iloc[1].tolist() == ["6240", "1-abc", "retryable"]


def test_the_top_error_is_the_first_of_them(database):
    session = seed.busy(database).session
    assert queries.top_error(session)["label"] == "Bluebird Bakery"
    assert queries.top_error(seed.company(database, "Globex")) is None


def test_an_error_of_the_connection_stands_above_those_of_records(database):
    session = seed.busy(database).session
    with database.writing() as connection:
        errors.of_connection(
            connection,
            session.company_id,
            seed.NOON,
            None,
            errors.Report("401", "invalid_grant", "The sign-in ended.", "Connect again."),
        )
    found = queries.errors(session)
    assert found["cause"].tolist()[0] == "The sign-in ended."
    assert found["outbox_id"].isna().tolist() == [True, False, False]
    paged = [queries.errors(session, page=page, size=1)["label"].tolist() for page in (1, 2, 3, 4)]
    assert paged == [[""], ["Bluebird Bakery"], ["Alpine Outfitters"], []]
    assert queries.errors(session, page=2, size=2)["label"].tolist() == ["Alpine Outfitters"]
    assert queries.top_error(session)["cause"] == "The sign-in ended."
    with statements() as asked:
        queries.errors(session, size=1)
    assert len([each for each in asked if "sync_error" in each]) == 1  # the others are not put in order for it
    assert queries.trouble_counts(session).connection_errors == 1


@pytest.mark.parametrize("text", ["bluebird", "6240", "duplicate NAME", "e-mail address is not"])
def test_errors_are_found_by_name_code_cause_and_quickbooks_words_each_by_itself(database, text):
    session = seed.busy(database).session
    assert len(queries.errors(session, search=text)) == 1
    assert queries.error_group_counts(session, search=text).errors == 1
    assert queries.errors(session, search=f"{text} {text}").empty


def test_a_closed_error_is_listed_no_more(database):
    found = seed.busy(database)
    row = seed.row_of(database, "customer", found.customers["Bluebird Bakery"])
    with database.writing() as connection:
        errors.close(connection, [row["id"]], seed.NOON, "sent")
    assert queries.errors(found.session)["label"].tolist() == ["Alpine Outfitters"]


def test_errors_and_inbox_are_paged(database):
    session = seed.busy(database).session
    assert queries.errors(session, page=2, size=1)["label"].tolist() == ["Alpine Outfitters"]
    with database.writing() as connection:
        inbox.put(
            connection, session.company_id, seed.NOON, "Item", "9", label="Late", deleted=True, payload="{}", cause="c", remedy="r"
        )
    assert queries.inbox(session, page=2, size=1)["label"].tolist() == ["Late"]
    assert queries.errors(session, page=9).empty


def test_a_conflict_shows_three_values_as_text(database):
    session = seed.busy(database).session
    row = queries.conflicts(session).iloc[0]
    assert (row["base"], row["ours"], row["theirs"]) == ("c3@example.com", "dive@example.com", "office@example.com")
    with database.writing() as connection:
        conflicts.resolve(connection, [int(row["id"])], seed.NOON, resolution="ours", by="Ada")
    assert queries.conflicts(session).empty


def test_the_inbox_says_why_and_what_to_do(database):
    row = queries.inbox(seed.busy(database).session).iloc[0]
    assert (row["entity"], row["qbo_id"], row["remedy"]) == ("Vendor", "77", "Give one of them another name.")


@pytest.mark.parametrize("question", [queries.errors, queries.conflicts, queries.inbox])
def test_nothing_is_an_empty_frame_with_the_same_columns(database, question):
    empty, full = question(seed.company(database, "Empty")), question(seed.busy(database).session)
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("", ""), (False, "no"), (["a"], '["a"]'), ({"é": 1}, '{"é": 1}'), (0, "0")]
)
def test_any_value_is_text_that_a_person_reads(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize("sought", [{}, {"search": "a"}, {"search": "nothing like it"}, {"kind": "customer"}, {"klass": "no"}])
@pytest.mark.parametrize("place", [1, 2, 9])
def test_causes_and_their_numbers_are_the_same_read_at_once(database, sought, place):
    session = seed.busy(database).session
    counts, found = queries.error_causes(session, page=place, size=1, **sought)
    assert counts == queries.error_group_counts(session, **sought)
    last = max(1, min(place, counts.groups))
    groups = queries.error_groups(session, page=last, size=1, **sought)
    held = queries.held_back_counts(session, groups["group_key"])
    assert [each["held"] for each in found] == [held.get(key, 0) for key in groups["group_key"]]
    assert_frame_equal(pd.DataFrame(found, columns=list(groups)).astype(groups.dtypes), groups)


def test_open_errors_are_counted_without_the_index_that_groups_them(database):
    """It holds ten columns of each: to count fifty thousand in it takes three times as long.

    Of a handful any index costs PostgreSQL the same, and which it takes depends on when it last looked through the table.
    """
    session = large.fill(database, 1_500, customers=20)
    with database.writing() as connection:
        connection.exec_driver_sql("ANALYZE sync_error")
    told = plans(database, lambda: queries.trouble_counts(session))
    counted = [each for each in told if "sync_error" in each]
    assert counted
    assert not any("ix_sync_error_groups" in each for each in counted)
