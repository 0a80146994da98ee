"""The queue narrowed: by kind, act, block, name and author; its pages and counts agree, with and without a kept order."""

from __future__ import annotations

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import update

from syncengine import queries
from syncengine.engine import foresight, wanted
from syncengine.queries import Wanted
from syncengine.queries.sending import ATTENTION, SENDING
from syncengine.store.tables import Outbox
from tests.unit.queries import seed

WANTED = [
    (Wanted(), ["Bluebird Bakery", "Alpine Outfitters", "Anchor", "Northern Chandlery", "1042"]),
    (Wanted(kind="customer"), ["Bluebird Bakery", "Alpine Outfitters"]),
    (Wanted(block=SENDING), ["Anchor", "Northern Chandlery", "1042"]),
    (Wanted(block=ATTENTION), ["Bluebird Bakery", "Alpine Outfitters"]),
    (Wanted(kind="customer", block=SENDING), []),
    (Wanted(search=" nor "), ["Northern Chandlery"]),
    (Wanted(search="%"), []),
    (Wanted(operation="update"), ["Northern Chandlery"]),
    (Wanted(operation="create"), ["Bluebird Bakery", "Alpine Outfitters", "1042"]),
    (Wanted(operation="delete"), ["Anchor"]),
    (Wanted(by="Grace"), ["1042"]),
    (Wanted(by="inventory"), ["Bluebird Bakery", "Alpine Outfitters", "Anchor", "Northern Chandlery"]),
    (Wanted(by="inventory", kind="invoice"), []),
    (Wanted(by="Nobody"), []),
    (Wanted(party="ALPINE out"), ["Alpine Outfitters", "1042"]),
    (Wanted(party="chandlery"), ["Northern Chandlery"]),
    (Wanted(party="alpine", kind="invoice"), ["1042"]),
    (Wanted(party="%"), []),
]


@pytest.fixture
def busy(database):
    """Of what waits, the vendor has a twin, the item was deleted, and Grace queued the invoice."""
    from syncengine.store import bindings

    found = seed.busy(database)
    twin = {"entity": "Vendor", "kind": "vendor", "record_id": found.vendor, "qbo_id": "9", "sync_token": "0", "base": {}}
    with database.writing() as connection:
        bindings.add(connection, found.session.company_id, seed.NOON, [twin])
        connection.execute(update(Outbox).where(Outbox.kind == "item").values(operation="delete"))
        connection.execute(update(Outbox).where(Outbox.kind == "invoice").values(queued_by="Grace"))
    return found


@pytest.mark.parametrize("kept", [False, True], ids=["reckoned", "kept"])
@pytest.mark.parametrize(("wanted", "labels"), WANTED, ids=[str(wanted.told()) for wanted, _ in WANTED])
def test_what_is_wanted_is_shown_in_sending_order_and_counted(busy, wanted, labels, kept):
    if kept:
        foresight.renew(busy.database, busy.session.company_id, seed.NOON)
    assert queries.queue(busy.session, wanted=wanted)["label"].tolist() == labels
    assert queries.queue_counts(busy.session, wanted).total == len(labels)
    assert queries.queue_mark(busy.session, wanted).count == len(labels)
    pages = [queries.queue(busy.session, page=page, size=2, wanted=wanted) for page in (1, 2, 3, 4)]
    assert [label for page in pages for label in page["label"]] == labels


@pytest.mark.parametrize("party", ["ALPINE out", "chandlery", "alpine", "a", "%"])
def test_a_name_that_many_have_finds_the_same_rows(busy, monkeypatch, party):
    foresight.renew(busy.database, busy.session.company_id, seed.NOON)
    found = {}
    for few in (100, 0):
        monkeypatch.setattr(wanted, "_FEW_PARTIES", few)
        for block in ("", ATTENTION, SENDING):
            asked = Wanted(party=party, block=block)
            counts, mark = queries.queue_counts(busy.session, asked), queries.queue_mark(busy.session, asked)
            labels = queries.queue(busy.session, wanted=asked)["label"].tolist()
            assert found.setdefault(block, (counts, mark, labels)) == (counts, mark, labels)
    assert found[""][0].total == len(found[""][2]) == {"a": 4, "alpine": 2, "ALPINE out": 2, "chandlery": 1, "%": 0}[party]


def test_many_are_told_from_few_by_customers_and_vendors_together(busy, monkeypatch):
    monkeypatch.setattr(wanted, "_FEW_PARTIES", 3)
    with busy.database.reading() as connection:
        told = [wanted.broad(connection, busy.session.company_id, Wanted(party=party)) for party in ("a", "alpine", "nobody", "")]
    assert told == [True, False, False, False]


def test_failed_rows_without_a_number_stand_behind_those_that_have_one(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Bluebird Bakery").values(failed_seq=None))
    foresight.renew(busy.database, busy.session.company_id, seed.NOON)
    assert [queries.queue(busy.session, page=page, size=1)["label"].iloc[0] for page in (1, 2, 3)] == [
        "Alpine Outfitters", "Bluebird Bakery", "Anchor",
    ]  # fmt: skip


def test_who_queued_what_waits_is_listed(busy):
    assert queries.queue_authors(busy.session) == ["Grace", "inventory"]


def test_one_row_tells_what_it_waits_for_with_the_rows_themselves(busy):
    queue = queries.queue(busy.session).set_index("label")
    told = queries.queued(busy.session, queue.loc["1042", "id"])
    assert told["open"]
    assert {"id": queue.loc["Alpine Outfitters", "id"], "record": "Customer Alpine Outfitters"} in told["steps"]
    assert (told["record"], told["version"]) == ("Invoice 1042", queue.loc["1042", "version"])
    assert '"DocNumber":"1042"' in told["payload"]


@pytest.mark.parametrize("size", [2, 50])
def test_a_page_and_a_row_that_are_asked_for_together_say_what_they_say_alone(busy, size):
    gone = seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])["id"]
    elsewhere = queries.queue(seed.busy(busy.database, "Globex").session)["id"].iloc[0]
    rows = queries.queue(busy.session)["id"].tolist()
    for row_id in [*rows, gone, elsewhere, 10**9]:
        page, told = queries.queue_and_row(busy.session, row_id, page=1, size=size)
        assert_frame_equal(page, queries.queue(busy.session, page=1, size=size, exact=False))
        assert told == queries.queued(busy.session, row_id)
    assert len(rows) > size or size == 50  # some of the rows are on the page, others are not


def test_a_page_is_narrowed_and_the_row_that_is_asked_for_with_it_is_told_all_the_same(busy):
    row_id = queries.queue(busy.session).set_index("label").loc["1042", "id"]
    page, told = queries.queue_and_row(busy.session, row_id, wanted=Wanted(kind="item"))
    assert page["label"].tolist() == ["Anchor"]
    assert told is not None
    assert told["record"] == "Invoice 1042"


def test_one_failed_row_tells_cause_and_remedy(busy):
    queue = queries.queue(busy.session).set_index("label")
    assert queries.queued(busy.session, queue.loc["Bluebird Bakery", "id"])["cause"] == "The e-mail address is not valid."


def test_a_row_that_has_left_the_queue_says_so_and_what_became_of_it(busy):
    gone = seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])
    told = queries.queued(busy.session, gone["id"])
    assert (told["open"], told["state"], told["record"]) == (False, "completed", "Customer Coral Reef Diving")


def test_a_row_of_another_company_is_nobody_s(busy):
    other = seed.company(busy.database, "Globex")
    assert queries.queued(other, queries.queue(busy.session)["id"].iloc[0]) is None
    assert queries.queued(other, 10**9) is None
