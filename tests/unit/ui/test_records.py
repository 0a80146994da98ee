"""The Records page: any record found by any of its names, opened by its address, explained, and sent again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from syncengine import queries
from syncengine.inventory import writer
from syncengine.inventory.tables import KINDS
from syncengine.ledger import writer as ledger
from syncengine.store.rights import ROLES
from syncengine.store.tables import Binding, Error
from syncengine.ui import words
from tests.unit.queries import seed
from tests.unit.ui.conftest import now, run, select, table, texts

PAGE = "pages/records.py"


def buttons(at):
    return {each.key for each in at.button}


def tables_of(at):
    """What all static tables say, in one text."""
    return "\n".join(each.value.to_string() for each in at.table).replace("\\", "").replace(words.UNLINKED, "")


def as_role(monkeypatch, role):
    """The page asks for the rights of each run's session; here they are those of a role."""
    from syncengine.store import rights

    real = rights.of
    monkeypatch.setattr(rights, "of", lambda session: rights.replace(real(session), role=role, permissions=ROLES[role]))


# --- finding ---------------------------------------------------------------------------------------------------------


def test_without_a_question_the_kinds_are_counted_and_one_can_be_opened(open_page, busy):
    at = open_page(PAGE)
    shown = table(at, "records.kinds").value.set_index("name")
    assert shown.loc["Customer", ["records", "failed"]].tolist() == [3, 2]
    at = select(at, "records.kinds", [shown.index.get_loc("Vendor")])
    at.button(key="records.list").click()
    assert table(run(at), "records.vendor").value["label"].tolist() == ["Northern Chandlery"]


def test_one_search_finds_over_all_kinds(open_page, busy):
    at = open_page(PAGE, search="alpine")
    shown = table(at, "records.found").value
    assert shown[["name", "label", "stands"]].to_numpy().tolist() == [
        ["Customer", "Alpine Outfitters", "✕ will be tried again"],
        ["Invoice", "1042", "… waiting"],
    ]


def test_a_sync_error_is_told_in_people_s_words(open_page, busy, sqlite_database):
    with sqlite_database.writing() as connection:
        connection.execute(update(Error).values(cause="Both sides changed PrimaryEmailAddr.Address since the last sync."))
    said = "Both sides changed e-mail since the last sync."
    assert said in table(open_page(PAGE, search="alpine"), "records.found").value["sync_message"].tolist()
    assert said in table(open_page(PAGE, kind="customer"), "records.customer").value["sync_message"].tolist()


def test_what_is_found_opens_as_the_record_that_was_selected(open_page, busy):
    at = select(open_page(PAGE, search="alpine"), "records.found", [1])
    at.button(key="records.open").click()
    run(at)
    assert at.header[0].value == "Invoice 1042"
    assert (at.query_params["kind"], at.query_params["record"]) == ("invoice", str(busy.invoice))


@pytest.mark.parametrize("search", ["*nobody*", "[x](http://a.example)", "%", "'; DROP TABLE customer"])
def test_a_search_without_a_hit_says_so(open_page, busy, search):
    assert f"No record of any kind matches “{search}”" in texts(open_page(PAGE, search=search)).replace("\\", "")


def test_an_empty_company_says_where_records_come_from(open_page, idle):
    assert "There is no record yet. Import a file" in texts(open_page(PAGE))


# --- one kind --------------------------------------------------------------------------------------------------------


def test_each_record_shows_its_sync_state_in_words(open_page, busy):
    shown = table(open_page(PAGE, kind="customer"), "records.customer").value
    assert shown["sync"].tolist() == ["✕ will be tried again", "✕ needs attention", "✓ in QuickBooks"]


@pytest.mark.parametrize("said", ["vendor", "Vendor", "VENDOR"])
def test_a_kind_is_chosen_by_the_address(open_page, busy, said):
    assert table(open_page(PAGE, kind=said), "records.vendor").value["label"].tolist() == ["Northern Chandlery"]


@pytest.mark.parametrize(
    ("state", "labels"), [("Failed", ["Alpine Outfitters", "Bluebird Bakery"]), ("In QuickBooks", ["Coral Reef Diving"])]
)
def test_a_list_is_narrowed_by_the_address(open_page, busy, state, labels):
    assert table(open_page(PAGE, kind="customer", state=state), "records.customer").value["label"].tolist() == labels


def test_documents_are_narrowed_to_days_by_the_address(open_page, busy):
    assert table(open_page(PAGE, kind="invoice", since="2026-01-14"), "records.invoice").value["label"].tolist() == ["1042"]
    assert "No invoice is in this state, or on these days" in texts(open_page(PAGE, kind="invoice", since="2026-01-15"))


@pytest.mark.parametrize(
    "address", [{"kind": "nonsense"}, {"kind": "customer", "state": "x"}, {"kind": "invoice", "since": "x"}, {"page": "-1"}]
)
def test_an_address_that_makes_no_sense_shows_a_list_all_the_same(open_page, busy, address):
    assert open_page(PAGE, **address).dataframe


def test_add_to_sync_queues_the_ticked_record(open_page, busy):
    at = select(open_page(PAGE, kind="customer"), "records.customer", [2])
    at.button(key="records.add").click()
    assert "1 added to the queue." in texts(run(at))
    assert seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])["state"] == "available"


def test_a_tick_never_moves_to_another_record(open_page, busy):
    """Rows move between the tick and the click: the click acts on what was ticked, and afterwards nothing is ticked."""
    at = select(open_page(PAGE, kind="customer"), "records.customer", [2])
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"code": "c0", "name": "Aardvark"})
    at.button(key="records.add").click()
    assert "1 added to the queue." in texts(run(at))
    assert seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])["state"] == "available"
    assert table(at, "records.customer").value["label"].tolist()[0] == "Aardvark"
    assert at.button(key="records.add").disabled


def test_all_that_match_are_added_on_every_page(open_page, busy):
    at = open_page(PAGE, kind="customer")
    at.button(key="records.add_all").click()
    assert "3 added to the queue." in texts(run(at))


def test_all_that_match_are_refused_once_others_match(open_page, busy):
    at = open_page(PAGE, kind="customer")
    with busy.database.writing() as connection:
        writer.save(connection, "customer", busy.session.company_id, {"code": "c9", "name": "Zebra"})
    at.button(key="records.add_all").click()
    assert "4 records match by now, not 3 as you saw" in texts(run(at))


@pytest.mark.parametrize("role", list(ROLES))
def test_only_who_may_sync_is_offered_to(open_page, busy, monkeypatch, role):
    as_role(monkeypatch, role)
    offered = {"records.add", "records.add_all"} & buttons(open_page(PAGE, kind="customer"))
    assert bool(offered) == (role in {"operator", "manager", "owner"})


def test_what_never_travels_is_not_offered_to_be_sent(open_page, busy):
    with busy.database.writing() as connection:
        writer.save(connection, "work_center", busy.session.company_id, {"code": "w1", "name": "Bench"})
    at = open_page(PAGE, kind="work_center")
    assert table(at, "records.work_center").value["sync"].tolist() == ["- does not travel"]
    assert "records.add" not in buttons(at)


# --- one record ------------------------------------------------------------------------------------------------------


def test_a_record_opens_by_its_address_with_fields_lines_and_sum(open_page, busy):
    at = open_page(PAGE, kind="invoice", record=str(busy.invoice))
    assert at.header[0].value == "Invoice 1042"
    said = tables_of(at)
    assert "Alpine Outfitters" in said
    assert "14 Jan 2026" in said
    assert at.dataframe[0].value["item"].tolist() == ["Anchor"]
    assert "1 line · sum **39.80** USD" in texts(at)


def test_it_says_why_a_record_is_not_in_quickbooks(open_page, busy):
    at = open_page(PAGE, kind="customer", record=str(busy.customers["Bluebird Bakery"]))
    assert [each.value for each in at.warning] == [
        "Customer\\: The e-mail address is not valid. Correct the e-mail address of this customer."
    ]
    at = open_page(PAGE, kind="invoice", record=str(busy.invoice))
    assert "Invoice: it waits in the queue. The next sync sends it." in texts(at)


def test_it_says_where_in_quickbooks_a_record_is(open_page, busy):
    at = open_page(PAGE, kind="customer", record=str(busy.customers["Coral Reef Diving"]))
    assert "Customer 58: it is in QuickBooks. Both sides last agreed on" in texts(at)
    assert "Id 58 · version 0" in texts(at)


@pytest.mark.parametrize("record", ["999999", "0"])
def test_a_record_that_is_not_there_is_said_to_be_so(open_page, busy, record):
    assert f"no customer with the id {record}" in texts(open_page(PAGE, kind="customer", record=record))


@pytest.mark.parametrize("record", ["x", "-1", "9" * 30, "1; DROP"])
def test_an_address_that_is_no_record_shows_the_list(open_page, busy, record):
    assert table(open_page(PAGE, kind="customer", record=record), "records.customer").value["label"].tolist()


def test_a_record_of_another_company_is_not_shown(open_page, busy, sqlite_database):
    other = seed.company(sqlite_database, "Zebra", now=now())
    with sqlite_database.writing() as connection:
        theirs = writer.save(connection, "vendor", other.company_id, {"name": "Secret"})
    at = open_page(PAGE, kind="vendor", record=str(theirs))
    assert "This company has no vendor" in texts(at)
    assert "Secret" not in texts(at)


def test_the_three_values_of_a_difference_stand_side_by_side(open_page, busy):
    coral = busy.customers["Coral Reef Diving"]
    agreed = {"DisplayName": "Coral Reef Diving", "PrimaryEmailAddr.Address": "old@example.com"}
    theirs = {"Id": "58", "SyncToken": "1", "DisplayName": "Coral Reef Diving", "PrimaryEmailAddr": {"Address": "dive@example.com"}}
    with busy.database.writing() as connection:
        connection.execute(update(Binding).values(base={"ours": agreed, "theirs": agreed}))
        ledger.keep(connection, busy.session.company_id, "Customer", [theirs], now())
    said = tables_of(open_page(PAGE, kind="customer", record=str(coral)))
    assert [value in said for value in ("E-mail", "old@example.com", "c3@example.com", "dive@example.com")] == [True] * 4


def test_order_invoice_and_payment_lead_to_each_other(busy):
    company_id = busy.session.company_id
    with busy.database.writing() as connection:
        alpine = busy.customers["Alpine Outfitters"]
        order = writer.save(connection, "sales_order", company_id, {"number": "SO-1", "customer_id": alpine})
        writer.save(connection, "invoice", company_id, {"sales_order_id": order}, record_id=busy.invoice)
        paid = {"invoice_id": busy.invoice, "amount": Decimal("39.80")}
        writer.save(connection, "payment", company_id, {"number": "P-1", "customer_id": alpine}, lines=[paid])
    linked = queries.record(busy.session, "invoice", busy.invoice).linked
    assert linked[["role", "kind", "label"]].to_numpy().tolist() == [
        ["refers to", "customer", "Alpine Outfitters"],
        ["refers to", "sales_order", "SO-1"],
        ["refers to", "item", "Anchor"],
        ["referred to by", "payment", "P-1"],
    ]
    assert "invoice" in queries.record(busy.session, "sales_order", order).linked["kind"].tolist()


def test_the_timeline_is_narrowed_and_shows_what_an_event_says(open_page, busy):
    at = open_page(PAGE, kind="customer", record=str(busy.customers["Alpine Outfitters"]), events="Errors and corrections")
    shown = table(at, "record.timeline").value
    assert shown["what"].tolist() == ["Error opened"]
    at = select(at, "record.timeline", [0])
    assert "Duplicate Name Exists Error" in texts(at)


def test_a_deleted_record_keeps_its_timeline(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(delete(KINDS["vendor"].table))
    at = open_page(PAGE, kind="vendor", record=str(busy.vendor))
    assert "It may have been deleted" in texts(at)
    assert "Queued" in table(at, "record.timeline").value["what"].tolist()


def test_back_leads_to_the_list(open_page, busy):
    at = open_page(PAGE, kind="vendor", record=str(busy.vendor))
    at.button(key="records.back").click()
    assert table(run(at), "records.vendor").value["label"].tolist() == ["Northern Chandlery"]


# --- reconcile -------------------------------------------------------------------------------------------------------


@pytest.fixture
def receipt(busy):
    """A receipt that QuickBooks holds with another total."""
    company_id = busy.session.company_id
    line = {"item_id": busy.item, "quantity": Decimal(2), "unit_cost": Decimal("5.00")}
    values = {"number": "R-1", "vendor_id": busy.vendor, "txn_date": date(2026, 1, 10)}
    with busy.database.writing() as connection:
        return writer.save(connection, "item_receipt", company_id, values, lines=[line])


def test_a_report_is_made_when_asked_and_its_rows_can_be_queued(open_page, busy, receipt):
    at = open_page(PAGE, view="Reconcile")
    assert "Press Compare" in texts(at).replace("*", "")
    at.button(key="records.compare").click()
    shown = table(run(at), "records.reconciled").value
    assert shown["label"].tolist() == ["R-1"]
    at = select(at, "records.reconciled", [0])
    at.button(key="records.reconcile.add").click()
    assert "1 added to the queue." in texts(run(at))


@pytest.mark.parametrize("agrees", [True, False])
def test_a_report_of_yesterday_says_so(open_page, busy, request, monkeypatch, agrees):
    if not agrees:
        request.getfixturevalue("receipt")
    at = open_page(PAGE, view="Reconcile")
    at.button(key="records.compare").click()
    assert "ompared today, " in texts(run(at))
    tomorrow = now() + timedelta(days=1)
    monkeypatch.setattr("syncengine.clock.SystemClock.now", lambda _: tomorrow)
    assert "ompared yesterday, " in texts(run(at))


def test_a_report_in_which_all_agrees_says_so(open_page, busy):
    at = open_page(PAGE, view="Reconcile")
    at.button(key="records.compare").click()
    assert "Every item receipt that posts agrees with QuickBooks." in texts(run(at))


def test_another_search_begins_at_its_first_page(open_page, busy):
    at = open_page(PAGE, search="a", page="2")
    at.text_input(key="search").set_value("Alpine")
    run(at)
    assert "page" not in at.query_params
    assert "Alpine Outfitters" in table(at, "records.found").value.to_csv()
