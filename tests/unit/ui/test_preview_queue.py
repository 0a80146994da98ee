"""Preview sync: filters in the address, everything that matches, the drawer, rights, and what was seen or nothing."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sqlalchemy import update

from syncengine import queries
from syncengine.engine import capture, weighing
from syncengine.engine.plan import Planner
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Wanted
from syncengine.store import bindings, settings
from syncengine.store.rights import ROLES, Rights
from syncengine.store.tables import Cycle, Foresight, Outbox
from syncengine.ui import queued
from syncengine.ui import session as sessions
from tests.support.plans import statements
from tests.unit.queries import seed
from tests.unit.ui.conftest import now, run, select, table, texts
from tests.unit.ui.test_preview import PAGE, SENDING, press, records

#: So many statements more is a drawer: the row, what it refers to by name, and what happened to its record.
MORE = 20


def labels(at):
    return [each.label for each in at.button]


def row_of(found, label):
    return int(queries.queue(found.session).set_index("label").loc[label, "id"])


def happened(at):
    """What the drawer tells of the record's life."""
    return next(each.value for each in at.table if "Who" in each.value.columns)


def drawer(open_page, found, label):
    return open_page(PAGE, row=str(row_of(found, label)))


@pytest.fixture
def planned(monkeypatch):
    """The rows of each plan that is made."""
    made = []
    plan = Planner.plan_with_ancestors

    def noted(self, rows):
        made.append([row["label"] for row in rows])
        return plan(self, rows)

    monkeypatch.setattr(Planner, "plan_with_ancestors", noted)
    return made


def test_a_drawer_is_told_by_the_plan_of_the_list_behind_it(open_page, busy, planned):
    at = drawer(open_page, busy, "1042")
    planned.clear()
    assert "Step 2" in texts(run(at))
    assert [sorted(each) for each in planned] == [sorted(queries.queue(busy.session)["label"])]


def test_a_drawer_of_a_row_that_the_list_does_not_show_is_told_by_the_same_plan(open_page, busy, planned):
    at = open_page(PAGE, row=str(row_of(busy, "1042")), of="Item")
    planned.clear()
    assert "Step 2" in texts(run(at))
    assert [sorted(each) for each in planned] == [["1042", "Anchor"]]


def test_a_drawer_with_nothing_behind_it_is_told_all_the_same(open_page, busy):
    at = open_page(PAGE, row=str(row_of(busy, "1042")), search="nobody")
    assert "Nothing in the queue matches" in texts(at)
    assert "Step 2" in texts(at)


def test_opening_a_drawer_asks_the_database_little_more_than_the_list_behind_it(open_page, busy):
    open_page(PAGE)  # the first one of a process looks whether the database is prepared
    row = str(row_of(busy, "1042"))
    with statements() as alone:
        open_page(PAGE)
    with statements() as both:
        open_page(PAGE, row=row)
    assert len(both) - len(alone) <= MORE, both[-MORE:]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"search": "nor"}, ["Vendor Northern Chandlery"]),
        ({"of": "Invoice"}, ["Invoice 1042"]),
        ({"state": "Will be sent"}, ["Item Anchor", "Vendor Northern Chandlery", "Invoice 1042"]),
        ({"of": "Invoice", "does": "New in QuickBooks"}, ["Invoice 1042"]),
        ({"by": "The inventory", "of": "Item"}, ["Item Anchor"]),
    ],
)
def test_what_the_address_asks_for_is_shown(open_page, busy, query, shown):
    at = open_page(PAGE, **query)
    assert records(at, SENDING) == shown
    assert "that match" in texts(at)


@pytest.mark.parametrize("query", [{"search": "nobody"}, {"of": "Customer", "state": "Will be sent"}, {"does": "Deletion in QuickBooks"}])
def test_a_filter_without_a_match_says_so(open_page, busy, query):
    assert "Nothing in the queue matches" in texts(open_page(PAGE, **query))


@pytest.mark.parametrize("query", [{"of": "'; DROP TABLE"}, {"state": "x"}, {"does": "x"}, {"by": "nobody"}, {"page": "99"}])
def test_an_address_of_nonsense_asks_for_nothing(open_page, busy, query):
    assert len(records(open_page(PAGE, **query), SENDING)) == 3


def test_what_goes_first_is_said_in_steps_and_names(open_page, busy):
    value = table(open_page(PAGE), SENDING).value.set_index("record")
    assert value.loc["Item Anchor", "step"] == "Step 1"
    assert value.loc["Invoice 1042", "step"] == "Step 2"
    assert "Customer Alpine Outfitters" in value.loc["Invoice 1042", "waits"]


def test_the_first_row_is_what_the_first_error_is_about(open_page, busy):
    assert "The last sync failed first at this row: Customer Bluebird Bakery." in texts(open_page(PAGE))


def test_an_order_of_a_moment_ago_says_of_when_it_is(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(update(Cycle).values(result="running", finished_at=None))
        connection.execute(Foresight.__table__.insert().values(company_id=1, signature="x", made_at=seed.NOON))
    said = texts(open_page(PAGE))
    assert "in the order as of 12:00, before the running sync" in said  # the company's own zone


def ask(at, name):
    return press(at, f"matching.{name}")


def test_everything_that_matches_is_removed_after_a_question(open_page, busy):
    at = ask(open_page(PAGE, of="Customer"), "remove")
    assert "Remove 2 records from the queue?" in texts(at)
    assert queries.queue_counts(busy.session).total == 5
    press(at, "matching.yes")
    run(at)
    assert "2 removed from the queue." in texts(at) or queries.queue_counts(busy.session).total == 3
    assert queries.queue(busy.session)["kind"].tolist() == ["item", "vendor", "invoice"]


def test_a_question_that_is_cancelled_changes_nothing(open_page, busy):
    at = press(ask(open_page(PAGE), "remove"), "matching.no")
    assert queries.queue_counts(busy.session).total == 5
    run(at)
    assert "from the queue?" not in texts(at)


def test_what_changed_behind_the_question_refuses_the_answer(open_page, busy):
    at = ask(open_page(PAGE, of="Customer"), "remove")
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"name": "Late"})
    capture.capture(busy.database, busy.session.clock)
    at.button(key="matching.yes").click()
    run(at)
    run(at)
    assert queries.queue_counts(busy.session).total == 6


def test_a_removal_is_taken_back_by_one_button(open_page, busy):
    at = press(select(open_page(PAGE), SENDING, [0, 2]), f"{SENDING}.remove")
    assert "Add 2 back" in labels(at)
    press(at, "matching.undo")
    assert "2 added back, at the end of the queue." in texts(at)
    assert queries.queue_counts(busy.session).total == 5
    assert "Add 2 back" not in labels(run(at))


def test_retry_of_everything_means_what_failed(open_page, busy):
    at = press(ask(open_page(PAGE), "retry"), "matching.yes")
    run(at)
    assert queries.queue_counts(busy.session).attention == 0


def test_the_drawer_shows_fields_in_words_posting_payload_and_history(open_page, busy):
    at = drawer(open_page, busy, "1042")
    said = texts(at)
    assert '"DocNumber": "1042"' in at.code[0].value
    assert "**Step 2** of the sync" in said
    assert "What happened so far" in said
    fields = at.table[0].value["Field"].tolist()
    assert "Number" in fields
    assert "Customer" in fields
    assert not [field for field in fields if re.search("[a-z][A-Z]", field)]


def test_the_drawer_tells_the_newest_of_a_long_life_and_sends_no_payload_with_it(open_page, busy, monkeypatch):
    customer = busy.customers["Alpine Outfitters"]
    at = drawer(open_page, busy, "Alpine Outfitters")
    told = queries.timeline(busy.session, "customer", customer)
    assert told["request"].any() or told["answer"].any() or told["detail"].any()
    shown = happened(at)
    assert list(shown.columns) == ["When (New York)", "What", "Who"]
    assert (len(shown), "The newest" in texts(at)) == (len(told), False)
    monkeypatch.setattr("syncengine.ui.queued.NEWEST", 2)
    at = drawer(open_page, busy, "Alpine Outfitters")
    newest = [f"{each.day} {each:%b}, {each:%H:%M:%S}" for each in told["at"].dt.tz_convert("America/New_York")][:-3:-1]
    assert happened(at).iloc[:, 0].str.replace("\\", "").tolist() == newest
    assert f"The newest 2 of {len(told)} events. The record's own page shows all of them." in texts(at)


def test_the_drawer_opens_the_drawer_of_what_goes_first(open_page, busy):
    at = drawer(open_page, busy, "1042")
    press(at, f"queued.step.{row_of(busy, 'Alpine Outfitters')}")
    assert at.query_params["row"] == str(row_of(busy, "Alpine Outfitters"))


def test_the_drawer_of_a_failed_row_says_what_to_do_and_offers_retry(open_page, busy):
    at = drawer(open_page, busy, "Bluebird Bakery")
    assert "Correct the e-mail address of this customer" in at.warning[0].value
    press(at, "queued.retry")
    assert seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])["state"] == "available"
    assert "row" not in at.query_params


def test_a_click_in_the_drawer_acts_on_what_was_seen_or_refuses(open_page, busy):
    at = drawer(open_page, busy, "Northern Chandlery")
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "vendor").values(version=Outbox.version + 1))
    press(at, "queued.remove")
    assert seed.row_of(busy.database, "vendor", busy.vendor)["state"] == "available"


def test_the_drawer_of_a_row_that_was_sent_says_so(open_page, busy):
    gone = seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])
    assert "It has left the queue" in texts(open_page(PAGE, row=str(gone["id"])))


@pytest.mark.parametrize("row", ["0", "x", "-1", "99999999999999999999", "1.5", "²"])
def test_a_drawer_of_nothing_says_so(open_page, busy, row):
    assert "There is no such row" in texts(open_page(PAGE, row=row))


def test_a_row_that_rests_by_a_setting_names_it(open_page, busy):
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "direction", value="from quickbooks")
    told = queries.queued(busy.session, row_of(busy, "1042"))
    assert told["setting"] == "Directional sync"
    assert "Directional sync" in texts(drawer(open_page, busy, "1042"))


@pytest.mark.parametrize("role", ["viewer", "accountant"])
def test_who_may_only_look_is_offered_no_act(open_page, busy, monkeypatch, role):
    monkeypatch.setattr(sessions, "rights", lambda _: Rights("vera@example.com", role, ROLES[role]))
    at = select(open_page(PAGE), SENDING, [0])
    assert not {"Remove", "Move to bottom", "Retry"} & set(labels(at))
    assert not [label for label in labels(at) if label.startswith(("Remove ", "Move to bottom "))]
    assert "Look closer" in labels(at)
    at = drawer(open_page, busy, "Anchor")
    assert not {"Remove", "Move to bottom", "Retry"} & set(labels(at))


def test_long_queues_keep_to_pages_under_a_filter(open_page, idle):
    with idle.database.writing() as connection:
        writer.save_many(connection, "customer", idle.company_id, [writer.Draft({"name": f"Customer {n:03}"}) for n in range(130)])
    capture.capture(idle.database, idle.clock)
    at = open_page(PAGE, search="customer 0")
    assert "Rows 1-50 of 100 that match" in texts(at)
    press(ask(at, "remove"), "matching.yes")
    assert queries.queue_counts(idle, Wanted(search="customer 0")).total == 0
    assert queries.queue_counts(idle).total == 30


@pytest.mark.parametrize("role", ["operator", "manager", "owner"])
def test_who_may_act_is_offered_every_act(open_page, busy, monkeypatch, role):
    monkeypatch.setattr(sessions, "rights", lambda _: Rights("otto@example.com", role, ROLES[role]))
    assert {"Remove", "Move to bottom", "Retry", "Remove 5", "Retry 2"} <= set(labels(open_page(PAGE)))


def test_values_out_of_quickbooks_interface_are_told_in_words(open_page, busy):
    told = drawer(open_page, busy, "Anchor").table[0].value.set_index("Field")["Here"]
    assert told["Type"] == "Non inventory"
    assert told["Income account"] == "Account Sales of Product Income"


def test_references_are_named_beside_the_exact_payload(open_page, busy):
    """Who is not in QuickBooks yet, too; the payload itself keeps Ids and placeholders, byte for byte."""
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Term", [{"Id": "3", "SyncToken": "0", "Name": "Net 30"}], now())
        term = writer.save(connection, "term", busy.session.company_id, {"name": "Net 30"})
        twin = {"entity": "Term", "kind": "term", "record_id": term, "qbo_id": "3", "sync_token": "0", "base": {}}
        bindings.add(connection, busy.session.company_id, now(), [twin])
        writer.save(connection, "invoice", busy.session.company_id, {"term_id": term}, record_id=busy.invoice)
    capture.capture(busy.database, busy.session.clock)
    at = drawer(open_page, busy, "1042")
    named = next(each for each in at.table if "QuickBooks Id" in each.value.columns).value
    assert named.to_numpy().tolist() == [
        ["Customer", "gets one when it is sent", r"Alpine Outfitters (goes first)"],
        [r"Line 1\: item", "gets one when it is sent", "Anchor (goes first)"],
        ["Terms", "3", "Net 30"],
    ]
    here = at.table[0].value.set_index("Field")["Here"]
    assert here[r"Line 1\: amount"] == "39.80 USD"
    assert here["Date"] == "14 Jan 2026"
    assert f'"value": "{{Customer {busy.customers["Alpine Outfitters"]}}}"' in at.code[0].value


def test_what_is_expected_to_fail_is_found_and_acted_on_as_a_whole(open_page, busy):
    """By its own filter and by the customer; what nobody has weighed yet is said, and never passed over in silence."""
    with busy.database.writing() as connection:
        taken = {"Id": "7", "SyncToken": "0", "DisplayName": "Northern Chandlery", "Active": True}
        ledger.keep(connection, busy.session.company_id, "Customer", [taken], now())
    at = open_page(PAGE, state="Expected to fail")
    assert "3 more records still have to be looked at" in texts(at)
    assert "Nothing that matches is expected to fail." in texts(at)
    weighing.weigh(busy.database, busy.session.company_id)
    run(at)
    assert records(at, SENDING) == ["Vendor Northern Chandlery"]
    assert "to be looked at" not in texts(at)
    at.button(key="matching.remove").click()
    run(at)
    at.button(key="matching.yes").click()
    run(at)
    assert seed.row_of(busy.database, "vendor", busy.vendor)["state"] == "cancelled"
    assert queries.queue_counts(busy.session).total == 4


def test_records_of_one_customer_are_found_with_their_documents(open_page, busy):
    at = open_page(PAGE, party="alpine")
    assert records(at, SENDING) == ["Invoice 1042"]
    assert records(at, "preview.attention") == ["Customer Alpine Outfitters"]
    assert "Only: alpine" in texts(at)
    assert "Nothing in the queue matches." in texts(open_page(PAGE, party="no such name"))


def test_a_posting_is_shown_with_debit_credit_and_their_sums():
    shown = queued.postings([("Receivable", Decimal("39.80")), ("Sales", Decimal("-39.80"))])
    assert shown == [("Receivable", "39.80", ""), ("Sales", "", "39.80"), ("Total", "39.80", "39.80")]
