"""The queue as people see it: order, blocks, pages, counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pandas.testing import assert_frame_equal
from sqlalchemy import update

from syncengine import queries
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger_writer
from syncengine.queries.sending import ATTENTION, SENDING
from syncengine.store.tables import Outbox
from tests.unit.queries import seed


def test_failing_rows_stand_first_in_the_order_in_which_they_failed(database):
    queue = queries.queue(seed.busy(database).session)
    attention = queue[queue["block"] == ATTENTION]
    assert attention["record"].tolist() == ["Customer Bluebird Bakery", "Customer Alpine Outfitters"]
    assert queue["place"].tolist() == [1, 2, 3, 4, 5]
    assert attention["message"].iloc[1].startswith("Duplicate Name")
    assert attention["remedy"].iloc[0] == "Correct the e-mail address of this customer."


def test_the_top_row_is_the_first_error(database):
    session = seed.busy(database).session
    assert queries.queue(session)["record_id"].iloc[0] == queries.errors(session)["record_id"].iloc[0]


def test_a_row_names_what_goes_before_it_what_changes_and_its_payload(database):
    found = seed.busy(database)
    invoice = queries.queue(found.session).set_index("kind").loc["invoice"]
    assert "Customer Alpine Outfitters" in invoice["waits_for"]
    assert invoice["operation"] == "create"
    assert '"DocNumber":"1042"' in invoice["payload"]
    assert ("DocNumber", None, "1042") in invoice["changed"]


def test_a_list_tells_the_same_of_each_row_without_what_is_sent_exactly(database):
    session = seed.busy(database).session
    with database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.label == "Bluebird Bakery").values(parked_by="refused"))
    full, listed = queries.queue(session), queries.queue(session, exact=False)
    left_out = {"payload", "then", "unsure", "changed", "effects", "moves"}
    assert set(full) - set(listed) == left_out
    assert_frame_equal(listed.drop(columns="paths"), full.drop(columns=list(left_out)))
    assert listed["paths"].tolist() == [[path for path, _, _ in changed] for changed in full["changed"]]
    assert any(listed["paths"])


def test_before_quickbooks_was_read_an_unknown_account_is_nobody_s_problem(database):
    found = seed.busy(database)
    item = queries.queue(found.session).set_index("kind").loc["item"]
    assert (item["block"], item["problem"]) == (SENDING, "")
    with database.writing() as connection:
        ledger_writer.keep(connection, found.session.company_id, "Account", [{"Id": "1", "Name": "Rent"}], seed.NOON)
    item = queries.queue(found.session).set_index("kind").loc["item"]
    assert item["block"] == SENDING  # it has not failed yet: it keeps its place and says what is expected
    assert "Sales of Product Income" in item["problem"]


def test_pages_follow_one_another_without_gap_or_overlap(database):
    session = seed.busy(database).session
    whole = queries.queue(session)["id"].tolist()
    parts = [queries.queue(session, page=page, size=2) for page in (1, 2, 3, 4)]
    assert [row for part in parts for row in part["id"]] == whole
    assert parts[1]["place"].tolist() == [3, 4]
    assert parts[3].empty


def test_what_was_removed_or_sent_is_listed_no_more(database):
    found = seed.busy(database)
    coral = seed.row_of(database, "customer", found.customers["Coral Reef Diving"])
    assert coral["state"] == "completed"
    assert coral["id"] not in queries.queue(found.session)["id"].tolist()


def test_an_empty_queue_is_an_empty_frame_with_the_same_columns(database):
    empty, full = queries.queue(seed.company(database, "Empty")), queries.queue(seed.busy(database).session)
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_two_companies_do_not_see_each_other(database):
    one, two = seed.busy(database, "Harbour"), seed.company(database, "Globex")
    assert len(queries.queue(one.session)) == 5
    assert queries.queue(two).empty
    assert queries.waiting_counts(two).empty
    assert queries.queue_counts(two).total == 0


def test_money_stays_decimal_and_times_know_their_zone(database):
    session = seed.busy(database).session
    assert str(queries.queue(session)["queued_at"].dtype) == "datetime64[us, UTC]"
    assert queries.runs(session)["seconds"].iloc[0] == Decimal("4.25")
    assert isinstance(queries.records(session, "item")["unit_price"].iloc[0], Decimal)


def test_what_waits_is_counted_by_kind_and_state(database):
    counts = queries.waiting_counts(seed.busy(database).session).set_index("kind")
    assert counts.loc["customer"].to_dict() == {"waiting": 0, "held": 0, "retrying": 1, "parked": 1}
    assert counts.loc["invoice"].to_dict() == {"waiting": 1, "held": 0, "retrying": 0, "parked": 0}


def test_counts_tell_failing_from_waiting(database):
    counts = queries.queue_counts(seed.busy(database).session)
    assert (counts.attention, counts.sending, counts.total) == (2, 3, 5)


def test_a_moment_is_shown_as_it_was_captured(database):
    found = seed.busy(database)
    with database.writing() as connection:
        connection.execute(update(Outbox).values(queued_at=seed.NOON - timedelta(hours=1)))
    assert queries.queue(found.session)["queued_at"].iloc[0].to_pydatetime() == seed.NOON - timedelta(hours=1)


def test_a_thousand_rows_are_paged_by_fifty(sqlite_database):
    session = seed.company(sqlite_database)
    with sqlite_database.writing() as connection:
        drafts = [writer.Draft({"code": f"c{n}", "name": f"Customer {n:04}"}) for n in range(1000)]
        writer.save_many(connection, "customer", session.company_id, drafts)
    capture.capture(sqlite_database, session.clock)
    last = queries.queue(session, page=20, size=50)
    assert last["place"].tolist() == list(range(951, 1001))
    assert last["label"].iloc[-1] == "Customer 0999"
