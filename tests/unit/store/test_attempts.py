"""Attempts: named by what they say, written down before they leave, answered item by item."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from syncengine.store import attempts
from syncengine.store.attempts import Item
from syncengine.terms import Operation

ITEMS = st.builds(
    Item,
    outbox_id=st.integers(1, 10**9),
    entity=st.sampled_from(["Customer", "Invoice"]),
    operation=st.sampled_from(Operation),
    payload=st.text(max_size=60),
    intended=st.just({}),
    sync_token=st.none(),
    revision=st.integers(1, 1000),
    refusals=st.integers(0, 1000),
    generation=st.integers(0, 100),
)
CHANGES = st.sampled_from(["outbox_id", "revision", "refusals", "generation"])


def item(row, **changes) -> Item:
    made = Item(row["id"], row["entity"], Operation.CREATE, '{"DisplayName":"A"}', {"DisplayName": "A"}, None, row["revision"], row["refusals"], 0)
    return dataclasses.replace(made, **changes)


def opened(database, company, now, cycle_id, items, **changes) -> int:
    given_ = {"cycle_id": cycle_id, "fence": 1, "name": "r" * 32, "shape": "batch", "items": items, **changes}
    with database.writing() as connection:
        return attempts.add(connection, company, now, **given_)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.lists(ITEMS, min_size=1, max_size=30))
def test_a_requestid_is_short_and_the_same_for_the_same_attempt(company_id, generation, items):
    name = attempts.requestid(company_id, generation, items)
    assert 0 < len(name) <= 36
    assert name.isalnum()
    assert name == attempts.requestid(company_id, generation, [dataclasses.replace(each) for each in items])


@given(st.lists(ITEMS, min_size=1, max_size=5), st.data())
def test_other_content_refusals_revision_or_generation_is_another_requestid(items, data):
    name = attempts.requestid(1, 1, items)
    place = data.draw(st.integers(0, len(items) - 1))
    column = data.draw(CHANGES)
    other = list(items)
    other[place] = dataclasses.replace(items[place], **{column: getattr(items[place], column) + 1})
    assert attempts.requestid(1, 1, other) != name
    other[place] = dataclasses.replace(items[place], payload=items[place].payload + " ")
    assert attempts.requestid(1, 1, other) != name


@given(st.lists(ITEMS, min_size=2, max_size=5, unique_by=lambda each: each.outbox_id))
def test_order_company_and_connection_are_part_of_a_requestid(items):
    name = attempts.requestid(1, 1, items)
    assert attempts.requestid(1, 1, list(reversed(items))) != name
    assert attempts.requestid(2, 1, items) != name
    assert attempts.requestid(1, 2, items) != name
    assert attempts.requestid(1, 1, items[:-1]) != name


@given(st.integers(0, 10**8))
def test_a_batch_item_id_is_short_and_its_own(ordinal):
    assert len(attempts.bid(ordinal)) <= 10
    assert attempts.bid(ordinal) != attempts.bid(ordinal + 1)


def test_an_attempt_is_open_with_its_items_in_order_and_its_rows_are_unanswered(database, company, now, cycle, queue, row_now):
    rows = [queue(1), queue(2), queue(3)]
    attempt_id = opened(database, company, now, cycle(), [item(row) for row in reversed(rows)])
    with database.reading() as connection:
        [attempt] = attempts.unanswered(connection, company)
        stored = attempts.items_of(connection, attempt_id)
        assert attempts.unanswered(connection, 2) == []
    assert (attempt["id"], attempt["outcome"], attempt["sends"], attempt["answered_at"]) == (attempt_id, "open", 1, None)
    assert [each["outbox_id"] for each in stored] == [row["id"] for row in reversed(rows)]
    assert [each["ordinal"] for each in stored] == [0, 1, 2]
    assert {each["payload"] for each in stored} == {'{"DisplayName":"A"}'}
    assert stored[0]["intended"] == {"DisplayName": "A"}
    assert [(row_now(row["id"])["unanswered"], row_now(row["id"])["attempts"]) for row in rows] == [(True, 1)] * 3


def test_an_unknown_outcome_leaves_the_rows_unanswered_until_the_same_request_is_answered(database, company, now, cycle, queue, row_now):
    row = queue()
    attempt_id = opened(database, company, now, cycle(), [item(row)])
    with database.writing() as connection:
        attempts.unknown(connection, attempt_id, "x" * 900)
        attempts.resent(connection, attempt_id, fence=9)
        [attempt] = attempts.unanswered(connection, company)
    assert (attempt["outcome"], attempt["sends"], attempt["fence"], attempt["requestid"]) == ("unknown", 2, 9, "r" * 32)
    assert len(attempt["note"]) == 500
    assert row_now(row["id"])["unanswered"] is True


def test_an_answer_is_recorded_item_by_item(database, company, now, cycle, queue, row_now):
    good, bad, elsewhere = queue(1), queue(2), queue(3)
    started = cycle()
    attempt_id = opened(database, company, now, started, [item(good), item(bad)])
    other = opened(database, company, now, started, [item(elsewhere)])
    fault = {"errors": [{"code": "6240"}], "http_status": 400}
    with database.writing() as connection:
        first, second = attempts.items_of(connection, attempt_id)
        answers = [
            {"id": first["id"], "outbox_id": good["id"], "outcome": "accepted", "qbo_id": "77"},
            {"id": second["id"], "outbox_id": bad["id"], "outcome": "refused", "fault": fault},
        ]
        attempts.answered(connection, now, attempt_id, tid="t" * 300, service_ms=12, items=iter(answers))
        assert [each["id"] for each in attempts.unanswered(connection, company)] == [other]
        first, second = attempts.items_of(connection, attempt_id)
    assert (first["outcome"], first["qbo_id"], first["fault"]) == ("accepted", "77", None)
    assert (second["outcome"], second["qbo_id"], second["fault"]) == ("refused", None, fault)
    assert [row_now(row["id"])["unanswered"] for row in (good, bad, elsewhere)] == [False, False, True]


def test_the_hash_is_of_the_payloads_bytes():
    row = {"id": 1, "entity": "Customer", "revision": 1, "refusals": 0}
    assert item(row, payload="é").payload_hash == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
