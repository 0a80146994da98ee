"""Find: one search over all kinds, and lists narrowed to how records stand with QuickBooks."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Select, insert, update

from syncengine import commands, queries
from syncengine.engine.standing import STATES
from syncengine.errors import Refused
from syncengine.inventory import reader, writer
from syncengine.ledger import writer as ledger
from syncengine.store.tables import Binding, Outbox
from syncengine.terms import LARGEST
from tests.support.statements import statements
from tests.unit.queries import seed

#: So many selections a search may build: of what is shown, kind by kind.
FEW = 8


def labels(found):
    return found["label"].tolist()


@pytest.fixture
def busy(database):
    return seed.busy(database)


def test_a_number_leads_to_its_document_and_a_name_to_its_record_and_its_documents(busy):
    assert labels(queries.find(busy.session, "1042")) == ["1042"]
    found = queries.find(busy.session, "alpine")
    assert found[["kind", "label", "party", "found_by"]].to_numpy().tolist() == [
        ["customer", "Alpine Outfitters", "", "part of it"],
        ["invoice", "1042", "Alpine Outfitters", "party"],
    ]
    assert found["sync"].tolist() == ["will be tried again", "waiting"]


def test_ids_of_both_sides_lead_to_the_record(busy):
    coral = busy.customers["Coral Reef Diving"]
    by_ours = queries.find(busy.session, str(coral))
    assert ("customer", "Coral Reef Diving", "id") in by_ours[["kind", "label", "found_by"]].itertuples(index=False, name=None)
    theirs = queries.find(busy.session, "58")
    assert theirs[["label", "found_by", "qbo_id"]].to_numpy().tolist() == [["Coral Reef Diving", "QuickBooks Id", "58"]]


def test_the_number_that_a_document_has_in_quickbooks_leads_to_its_record(busy):
    coral = {"Id": "58", "DisplayName": "Coral Reef Diving", "DocNumber": "ADJ-7"}
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Customer", [coral], seed.NOON)
    assert queries.find(busy.session, "ADJ-7")[["label", "found_by"]].to_numpy().tolist() == [
        ["Coral Reef Diving", "QuickBooks number"]
    ]


def test_what_is_so_called_comes_before_what_only_holds_the_text(busy):
    with busy.database.writing() as connection:
        for name in ("Old Reef", "Reef", "Reef House"):
            writer.save(connection, "vendor", busy.session.company_id, {"name": name})
    assert labels(queries.find(busy.session, "Reef"))[:2] == ["Reef", "Coral Reef Diving"]
    vendors = queries.find(busy.session, "reef").query("kind == 'vendor'")
    assert labels(vendors) == ["Reef House", "Reef", "Old Reef"]


@pytest.mark.parametrize("text", ["", "   ", "nobody", "%", "_", "/", "9" * 40, "²", "' OR 1=1 --", "\\"])
def test_what_names_nothing_finds_nothing(busy, text):
    assert queries.find(busy.session, text).empty


def test_another_company_is_never_found(database, busy):
    other = seed.company(database, "Globex")
    assert queries.find(other, "alpine").empty
    assert queries.find(other, "58").empty
    assert queries.find(other, str(busy.invoice)).empty


def test_pages_do_not_overlap_and_end(busy):
    with busy.database.writing() as connection:
        for number in range(7):
            writer.save(connection, "vendor", busy.session.company_id, {"code": f"b{number}", "name": f"Bulk {number}"})
    pages = [labels(queries.find(busy.session, "bulk", page=page, size=3)) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({each for page in pages for each in page}) == 7


def test_a_search_costs_few_statements_however_many_kinds_there_are(sqlite_database):
    busy = seed.busy(sqlite_database)
    with statements(sqlite_database) as said:
        queries.find(busy.session, "nobody at all")
    assert len(said) < 12


def states(session, kind="customer"):
    return {state: labels(queries.records(session, kind, state=state)) for state in STATES}


def test_a_list_is_narrowed_to_what_its_rows_say_of_themselves(busy):
    assert states(busy.session) == {
        "failed": ["Alpine Outfitters", "Bluebird Bakery"],
        "synced": ["Coral Reef Diving"],
        "waiting": [],
        "not synced": [],
    }
    assert states(busy.session, "vendor")["waiting"] == ["Northern Chandlery"]
    assert queries.records_count(busy.session, "customer", state="failed", search="blue") == 1


def test_what_quickbooks_deleted_and_what_never_went_is_not_synced(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Binding).values(ended_at=seed.NOON, ended_by="quickbooks"))
        connection.execute(update(Outbox).where(Outbox.kind == "vendor").values(state="cancelled"))
    assert states(busy.session)["not synced"] == ["Coral Reef Diving"]
    assert states(busy.session, "vendor")["not synced"] == ["Northern Chandlery"]


def test_behind_a_write_whose_answer_is_awaited_the_edit_counts(busy):
    row = seed.row_of(busy.database, "vendor", busy.vendor)
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.id == row["id"]).values(state="retryable", unanswered=True))
        connection.execute(insert(Outbox).values({**row, "id": row["id"] + 1000, "position": 99}))
    assert queries.record_states(busy.session, "vendor", [busy.vendor])["sync"].tolist() == ["waiting"]
    assert states(busy.session, "vendor")["waiting"] == ["Northern Chandlery"]
    assert states(busy.session, "vendor")["failed"] == []


def test_documents_are_narrowed_to_days(busy):
    day = date(2026, 1, 14)
    assert queries.records_count(busy.session, "invoice", since=day, until=day) == 1
    assert queries.records_count(busy.session, "invoice", since=date(2026, 1, 15)) == 0
    assert queries.records_count(busy.session, "customer", since=date(2100, 1, 1)) == 3


def test_a_state_that_there_is_none_of_is_refused(busy):
    with pytest.raises(Refused, match="A state is one of"):
        queries.records(busy.session, "customer", state="fine")


def test_the_kinds_are_counted_with_what_waits_and_fails(busy):
    told = queries.record_kinds(busy.session).set_index("kind")
    assert told.loc["customer"].tolist() == [3, 0, 2]
    assert told.loc["invoice"].tolist() == [1, 1, 0]
    assert "term" not in told.index


def crowd(busy):
    """Sixty more invoices of two customers, some of them failed, waiting, in QuickBooks or none of it."""
    company_id = busy.session.company_id
    states = ("parked", "available", "retryable", None)
    with busy.database.writing() as connection:
        for number in range(60):
            fields = {"number": f"N-{number}", "customer_id": list(busy.customers.values())[number % 2], "txn_date": date(2026, 1, 1 + number % 28)}
            record = writer.save(connection, "invoice", company_id, fields)
            if state := states[number % 4]:
                row = dict.fromkeys(("queued_at", "changed_at"), seed.NOON) | {"company_id": company_id, "entity": "Invoice", "kind": "invoice"}
                more = {"record_id": record, "label": f"N-{number}", "operation": "save", "state": state, "unanswered": False}
                numbers = {"position": 1000 + number, "revision": 1, "version": 1, "attempts": 0, "refusals": 0, "queued_by": "inventory"}
                connection.execute(insert(Outbox).values({**row, **more, **numbers}))


@pytest.mark.parametrize("state", ["", *STATES])
def test_a_page_with_its_count_is_what_each_gives_for_itself(busy, monkeypatch, state):
    """However many records, parties and newest documents are looked at first."""
    crowd(busy)
    for search in ("", "N-1", "l"):
        wanted = {"search": search, "state": state, "since": date(2026, 1, 3) if search == "l" else None}
        number = queries.records_count(busy.session, "invoice", **wanted)
        for page in (1, 3):
            plain = labels(queries.records(busy.session, "invoice", page=page, size=5, **wanted))
            for newest, at_once, few in ((3000, 5000, 200), (7, 3, 200), (0, 5000, 0)):
                monkeypatch.setattr(reader, "_NEWEST", newest)
                monkeypatch.setattr(reader, "_AT_ONCE", at_once)
                monkeypatch.setattr(reader, "_FEW_PARTIES", few)
                total, found = queries.records_page(busy.session, "invoice", page=page, size=5, **wanted)
                assert (total, labels(found)) == (number, plain), (wanted, page, newest)


def test_a_search_in_few_documents_is_not_answered_in_an_order_that_reads_them_all(busy):
    crowd(busy)
    with statements(busy.database) as asked:
        total, found = queries.records_page(busy.session, "invoice", search="N-1")
    sought = [each for each in asked if "LIKE" in each.upper() and "FROM invoice" in each]
    assert sought
    assert not any("ORDER BY" in each for each in sought)
    assert total == 11
    assert found["id"].tolist() == sorted(found["id"], reverse=True)


def test_documents_are_found_by_number_and_by_whose_they_are(busy):
    crowd(busy)
    assert queries.records_count(busy.session, "invoice", search="N-1") == 11
    assert queries.records_count(busy.session, "invoice", search="alpine") == 31
    assert queries.records_count(busy.session, "invoice", search="i") == 61


def test_names_are_listed_with_their_count_too(busy):
    total, found = queries.records_page(busy.session, "customer", state="failed")
    assert (total, labels(found)) == (2, ["Alpine Outfitters", "Bluebird Bakery"])


def test_a_list_that_is_narrowed_is_gone_through_once(busy):
    crowd(busy)
    with statements(busy.database) as said:
        queries.records_page(busy.session, "invoice", search="N-1")
    assert sum("invoice.number" in each and "LIKE" in each.upper() for each in said) == 1
    with statements(busy.database) as said:
        queries.records_page(busy.session, "invoice", state="failed", size=3)
    assert sum("invoice.id IN (SELECT" in each for each in said) == 1


@pytest.mark.parametrize("sought", ["alpine", "1042", "58", "nobody"])
def test_a_search_is_put_into_sql_once(busy, monkeypatch, sought):
    """To build its hundred selections anew took as long as the database looks for records."""
    built = []
    make = Select.__init__

    def counted(self, *columns):
        built.append(columns)
        make(self, *columns)

    queries.find(busy.session, "another")
    before = queries.find(busy.session, sought)
    monkeypatch.setattr(Select, "__init__", counted)
    assert labels(queries.find(busy.session, sought)) == labels(before)
    assert len(built) <= FEW, built


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda session: queries.timeline(session, "invoice", 3_000_000_000), "No record id is as large as 3000000000"),
        (lambda session: queries.record_state(session, "invoice", record_id=10**30), "No record id is as large"),
        (lambda session: queries.record_states(session, "invoice", [1, 10**17]), "No record ids is as large"),
        (lambda session: queries.sends(session, before=2**31), "No before is as large as 2147483648: they end at 2147483647"),
        (lambda session: queries.acts(session, after=-(2**31)), "No after is as large"),
        (lambda session: queries.records(session, "customer", page=10**12), "No page is as large"),
        (lambda session: commands.remove(session, [(1, 1), (10**12, 1)]), "as large as 1000000000000"),
    ],
)
def test_a_number_that_no_column_holds_is_refused_by_its_name(busy, ask, says):
    with pytest.raises(Refused, match=says):
        ask(busy.session)


def test_the_largest_number_of_all_is_only_not_found(busy):
    assert queries.timeline(busy.session, "invoice", LARGEST).empty
    assert queries.record_states(busy.session, "invoice", [LARGEST])["sync"].tolist() == ["not in QuickBooks"]
    assert not queries.runs(busy.session, before=LARGEST).empty
