"""The day holds what docs/sample.md tells: the same facts for every moment at which it is made, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from syncengine import commands, queries
from syncengine.db.engine import Database
from syncengine.sample import job
from tests.support.sample import ANCHOR, installed
from tests.unit.sample.facts import EXPECTED, found


def test_the_day_is_as_it_is_told(demo):
    assert found(*demo) == EXPECTED


def test_the_same_moment_gives_the_same_day(played_day):
    again = job.played(ANCHOR)
    assert again.rows == played_day.rows
    assert again.books == played_day.books
    assert (again.lease, again.connected_at) == (played_day.lease, played_day.connected_at)


def test_another_moment_gives_the_same_facts(sqlite_database: Database, tmp_path):
    """Just after midnight where the company is, and three days after its clocks were put forward."""
    other = job.played(datetime(2027, 3, 17, 7, 20, tzinfo=UTC))
    assert found(*installed(sqlite_database, tmp_path, other)) == EXPECTED


def test_time_passes_from_eight_days_ago_up_to_the_present(told):
    _, session = told
    runs = queries.runs(session, size=100).iloc[::-1]
    started = list(runs["started_at"])
    assert started == sorted(started)
    assert started[0] == ANCHOR - timedelta(days=8, hours=5)
    assert ANCHOR - timedelta(hours=1) < started[-1] < ANCHOR
    assert all(seconds > 0 for seconds in runs["seconds"]), "QuickBooks takes its time"
    automatic = runs[runs["trigger"] == "automatic"]["started_at"]
    assert {each.tz_convert("America/Los_Angeles").strftime("%H:%M") for each in automatic} == {"06:15"}
    assert queries.overview(session).next_run_at == ANCHOR + timedelta(hours=20)


def test_nothing_is_dated_after_the_day(told, played_day):
    world, session = told
    assert [row["created_at"] for rows in played_day.rows.values() for row in rows if row.get("created_at", ANCHOR) > ANCHOR] == []
    late = [(name, key) for name, rows in played_day.rows.items() for row in rows for key, value in row.items()
            if isinstance(value, datetime) and value > ANCHOR and key != "refresh_expires_at"]  # fmt: skip
    assert late == []
    assert session.clock.now() > ANCHOR
    invoices = world.query(1, "SELECT * FROM Invoice WHERE TxnDate > '2026-07-29'")
    assert invoices == []


def test_the_books_hold_and_every_document_of_a_kind_is_there(told):
    world, _ = told
    assert world.control(f"trial_balance?realm_id={world.realm(1)}", method="GET")["check"] == []
    kinds = {(row["kind"], row["entity"]) for row in _completed(world)}
    assert kinds >= {
        ("purchase_order", "PurchaseOrder"), ("purchase_order", "JournalEntry"), ("item_receipt", "Bill"), ("item_receipt", "Purchase"),
        ("transfer", "Bill"), ("adjustment", "JournalEntry"), ("shipment", "JournalEntry"), ("build", "JournalEntry"),
        ("sales_order", "JournalEntry"), ("customer_return", "JournalEntry"), ("customer_return", "CreditMemo"),
        ("vendor_return", "VendorCredit"), ("payment", "Payment"), ("invoice", "Invoice"), ("sales_receipt", "SalesReceipt"),
        ("category", "Item"), ("item", "Item"),
    }  # fmt: skip


def _completed(world):
    from syncengine.store import outbox
    from syncengine.terms import OutboxState

    with world.site.database.reading() as connection:
        return outbox.rows(connection, 1, states=[OutboxState.COMPLETED])


def test_most_records_are_synced(told):
    world, _ = told
    assert len(_completed(world)) == 73
    assert len(world.waiting(1)) == 15


def test_both_trackings_are_on(told):
    _, session = told
    assert (queries.tracking(session).classes, queries.tracking(session).departments) == (True, True)
    assert queries.classes_count(session) == 4
    assert queries.departments_count(session) == 2


def test_what_the_bookkeeper_did_arrived(told):
    world, session = told
    assert queries.records_count(session, "estimate") == 0, "the estimate that was deleted in QuickBooks"
    typed = queries.records(session, "invoice", search="B-118")
    assert len(typed) == 1
    hollis = queries.records(session, "customer", search="Hollis").iloc[0]
    assert world.record(1, "customer", int(hollis["id"]))["phone"] == "(541) 555-0188"
    payments = [world.record(1, "payment", int(each)) for each in queries.records(session, "payment")["id"]]
    assert "77120" in {each["payment_reference"] for each in payments}


def test_one_conflict_and_one_drift_are_open(told):
    _, session = told
    [conflict] = queries.conflicts(session).to_dict("records")
    assert (conflict["label"], conflict["field"]) == ("Juniper Property Group", "PrimaryEmailAddr.Address")
    assert (conflict["ours"], conflict["theirs"]) == ("payables@juniper.example.com", "ap@juniper-group.example.com")
    [drift] = queries.drifts(session).to_dict("records")
    assert (drift["label"], drift["what"], drift["field"]) == ("IR-702", "changed", "Line[1].Amount")
    assert drift["total_theirs"] - drift["total_sent"] == Decimal(25)


def test_an_error_was_put_right_by_a_person_one_by_itself_and_one_went_away(told):
    from sqlalchemy import select

    from syncengine.store.tables import Error

    world, _ = told
    with world.site.database.reading() as connection:
        closed = {row.label: (row.code, row.closed_why) for row in connection.execute(select(Error).where(Error.closed_at.is_not(None)))}
    assert closed == {"Marigold Street Market": ("2200", "edited"), "Harbor Lights Inn": ("2210", "sent"), "": ("connection", "recovered")}


def test_a_correction_that_ran_by_itself_can_be_taken_back(demo_here):
    from syncengine.store import corrections

    world, session = demo_here
    with world.site.database.reading() as connection:
        [done] = corrections.in_states(connection, 1, ("done",))
    assert (done["name"], done["label"], done["wanted_by"]) == ("leave_email_out", "Harbor Lights Inn", None)
    commands.undo_correction(session, done["id"])
    assert "Harbor Lights Inn" in {row["label"] for row in world.waiting(1)}


def test_what_waits_names_what_it_goes_after(told):
    _, session = told
    waits = queries.queue(session, size=100).set_index("label")["waits_for"]
    assert waits["Summit Trail Lodges Bend"] == ["Customer Summit Trail Lodges"]
    assert waits["10276"] == ["Customer Café Señorita"]
    assert waits["PO-5308"] == ["Vendor Kestrel Bicycle Co-op"]


def test_dates_follow_the_calendar_of_the_company(told):
    world, session = told
    missing = queries.records(session, "invoice", search="10279").iloc[0]
    assert world.record(1, "invoice", int(missing["id"]))["txn_date"] == date(2026, 7, 29)
