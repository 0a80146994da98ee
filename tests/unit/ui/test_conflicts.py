"""Conflicts and drift: sides staged field by field and applied together, two answers to a drift, the question of a sync."""

from __future__ import annotations

import pytest

from syncengine import queries
from syncengine.ledger import writer as ledger
from syncengine.store import brakes, conflicts, drifts, inbox
from syncengine.ui import menu, words
from tests.support.plans import statements
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, now, run, texts

PAGE = "pages/conflicts.py"
EMAIL = conflicts.Clash("PrimaryEmailAddr.Address", "c3@example.com", "dive@example.com", "office@example.com")
PHONE = conflicts.Clash("PrimaryPhone.FreeFormNumber", "1", "2", "3")


def clash(busy, *clashes, name="Coral Reef Diving"):
    """What a cycle writes of the record's conflicts."""
    with busy.database.writing() as connection:
        place = {"entity": "Customer", "kind": "customer", "record_id": busy.customers[name], "label": name}
        conflicts.record(connection, busy.session.company_id, now(), **place, clashes=clashes)


def choose(at, number, side):
    at.segmented_control[number].set_value(side)
    return run(at)


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return run(at)


def labels(at):
    return [button.label for button in at.button]


def told(table):
    """The rows of a table as they are read."""
    return [[str(each).replace("\\", "").replace(words.UNLINKED, "") for each in row] for row in table.value.to_numpy()]


def test_values_are_told_in_peoples_words_and_lines_part_by_part(open_page, busy):
    """References by name, money with its cents and currency, days as days, yes and no, and nothing where there is nothing."""
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Customer", [{"Id": "58", "SyncToken": "1", "DisplayName": "Coral $1 Diving"}], now())
        ledger.keep(connection, busy.session.company_id, "Item", [{"Id": "7", "SyncToken": "1", "Name": "Anchor"}], now())
        place = {"entity": "Invoice", "kind": "invoice", "record_id": busy.invoice, "label": "1042"}
        line = {"DetailType": "SalesItemLineDetail", "Amount": "39.8", "SalesItemLineDetail.ItemRef": "7"}
        clashes = [
            conflicts.Clash("CustomerRef", "58", "{Customer 1}", "99"),
            conflicts.Clash("DueDate", None, "2026-01-14", "2026-02-03"),
            conflicts.Clash("Line", [line], [{**line, "Amount": "1240"}], [line, {**line, "Amount": "5"}]),
        ]
        conflicts.record(connection, busy.session.company_id, now(), **place, clashes=clashes)
        active = conflicts.Clash("Active", True, True, False)
        conflicts.record(connection, busy.session.company_id, now(), **{**place, "entity": "Item", "kind": "item"}, clashes=[active])
    assert [row for table in open_page(PAGE).table for row in told(table)][1:] == [
        ["Customer", "Coral $1 Diving", "Alpine Outfitters (goes first)", "Customer with the Id 99"],
        ["Due date", "nothing", "14 Jan 2026", "3 Feb 2026"],
        ["Line 1: amount", "39.80 USD", "1,240.00 USD", "39.80 USD"],
        ["Line 2: amount", "nothing", "nothing", "5.00 USD"],
        ["Line 2: item", "nothing", "nothing", "Anchor"],
        ["Active", "yes", "yes", "no"],
    ]


def test_the_page_asks_the_database_no_more_for_many_conflicts_than_for_one(open_page, busy):
    open_page(PAGE)  # the first one of a process looks whether the database is prepared
    clash(busy, EMAIL)
    with statements() as few:
        open_page(PAGE)
    for number in range(12):
        busy.customers[f"C{number}"] = 100 + number
        clash(busy, EMAIL, PHONE, name=f"C{number}")
    with statements() as lots:
        at = open_page(PAGE)
    assert "Changed on both sides: 13 records" in texts(at)
    assert len(at.table) == 19  # ten records
    assert len(lots) == len(few)


def test_a_name_out_of_a_closed_list_is_not_told(open_page, busy):
    """Who may not see the accounts reads the Id of one, as the payload has it."""
    with busy.database.writing() as connection:
        company_id = busy.session.company_id
        ledger.keep(connection, company_id, "Account", [{"Id": "33", "SyncToken": "1", "FullyQualifiedName": "Secret:Slush", "Name": "Slush"}], now())
        place = {"entity": "Item", "kind": "item", "record_id": busy.item, "label": "Anchor"}
        conflicts.record(connection, company_id, now(), **place, clashes=[conflicts.Clash("IncomeAccountRef", "33", "33", "34")])
    as_member(busy, "ben@harbour.example", "viewer")
    row = ["Income account", "Secret:Slush", "Secret:Slush", "Account with the Id 34"]
    assert told(open_page(PAGE).table[-1])[0] == row
    seen = told(open_page(PAGE, visitor="ben@harbour.example").table[-1])[0]
    assert seen == [row[0], *["Account with the Id 33"] * 2, row[3]]


def test_three_values_of_a_field_stand_side_by_side(open_page, busy):
    at = open_page(PAGE)
    assert "Changed on both sides: 1 record" in texts(at)
    assert told(at.table[0]) == [["E-mail", "c3@example.com", "dive@example.com", "office@example.com"]]
    assert "Apply" not in labels(open_page(PAGE))


def test_a_choice_is_staged_with_a_sentence_and_applied(open_page, busy):
    at = choose(open_page(PAGE), 0, "QuickBooks'")
    assert "the inventory takes QuickBooks' e-mail, office@example.com" in texts(at)
    assert len(queries.conflicts(busy.session)) == 1
    at = press(at, "Apply")
    assert queries.conflicts(busy.session).empty
    assert "Decided. The next sync carries it out." in texts(at)
    decided = at.dataframe[0].value.iloc[0]
    assert decided[["record", "about", "answer", "theirs"]].tolist() == [
        "Customer Coral Reef Diving",
        "E-mail",
        "QuickBooks' value",
        "office@example.com",
    ]


def test_fields_of_a_record_are_decided_apart_or_all_at_once(open_page, busy):
    clash(busy, EMAIL, PHONE)
    at = press(open_page(PAGE), "All the inventory's")
    assert "**2 fields decided**, not applied yet" in texts(at)
    at = choose(at, 1, None)
    assert "1 field on this page stays undecided" in texts(at)
    press(at, "Apply")
    assert queries.conflicts(busy.session)["field"].tolist() == ["PrimaryPhone.FreeFormNumber"]


def test_discard_decides_nothing(open_page, busy):
    at = press(choose(open_page(PAGE), 0, "Inventory's"), "Discard")
    assert "Apply" not in labels(at)
    assert len(queries.conflicts(busy.session)) == 1


def test_values_that_changed_since_they_were_seen_are_not_decided(open_page, busy):
    """The wrong-row test: between choice and click a sync renews what the person is looking at."""
    clash(busy, EMAIL, PHONE)
    at = press(open_page(PAGE), "All QuickBooks'")
    clash(busy, conflicts.Clash(EMAIL.field, EMAIL.base, EMAIL.ours, "boss@example.com"), PHONE)
    at = press(at, "Apply")
    assert "has changed since you saw it. Nothing was decided" in texts(at)
    assert len(queries.conflicts(busy.session)) == 2
    assert "boss@example.com" in str(told(at.table[0]))
    assert "**1 field decided**" in texts(at)  # what has not changed stays chosen


@pytest.mark.parametrize(
    ("ours", "theirs", "side", "says"),
    [
        (None, "edited", "Inventory's", "QuickBooks deletes it, too"),
        (None, "edited", "QuickBooks'", "it is kept here as QuickBooks has it"),
        ("edited", None, "Inventory's", "QuickBooks gets it again as it is here"),
        ("edited", None, "QuickBooks'", "it is deleted here, too"),
    ],
)
def test_a_record_that_one_side_deleted_is_decided_as_a_whole(open_page, busy, ours, theirs, side, says):
    clash(busy, conflicts.Clash("*", "edited", ours, theirs))
    at = choose(open_page(PAGE), 0, side)
    assert says in texts(at)
    assert "deleted" in told(at.table[0])[0]


def test_many_conflicts_come_in_pages_of_records(open_page, busy):
    for number in range(12):
        with busy.database.writing() as connection:
            place = {"entity": "Customer", "kind": "customer", "record_id": 100 + number, "label": f"Customer {number:02}"}
            conflicts.record(connection, busy.session.company_id, now(), **place, clashes=[EMAIL, PHONE])
    at = open_page(PAGE)
    assert "Changed on both sides: 13 records" in texts(at)
    assert "Customer 11" not in texts(at)
    at.pagination[0].set_value(2)
    assert "Customer 11" in texts(run(at))


def drift(busy, what=drifts.CHANGED, fields=({"field": "Line[1].Amount", "sent": "10", "theirs": "12"},)):
    place = {"entity": "JournalEntry", "kind": "adjustment", "record_id": 5, "qbo_id": "9"}
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "JournalEntry", [{"Id": "9", "SyncToken": "1"}], now())
        binding = {"company_id": busy.session.company_id, "last_success_at": now(), **place}
        drifts.record(connection, busy.session.company_id, now(), binding, label="ADJ-5", what=what, fields=fields)
    return int(queries.drifts(busy.session)["id"].iloc[0])


def test_a_drift_shows_what_differs_and_exactly_two_verbs(open_page, busy):
    drift(busy)
    at = open_page(PAGE)
    assert "Adjustment ADJ-5" in texts(at)
    assert told(at.table[-1]) == [["Line 1: amount", "10.00 USD", "12.00 USD"]]
    assert [label for label in labels(at) if label in {"Send ours again", "Accept QuickBooks'"}] == [
        "Send ours again",
        "Accept QuickBooks'",
    ]
    assert "overwrites what was changed in QuickBooks" in texts(at)
    press(at, "Send ours again")
    assert queries.drifts(busy.session).empty


def test_a_line_that_only_one_side_has_is_told_part_by_part(open_page, busy):
    line = {"DetailType": "JournalEntryLineDetail", "Amount": "12", "JournalEntryLineDetail.PostingType": "Credit"}
    drift(busy, fields=[{"field": "Line[2]", "sent": line, "theirs": None}, {"field": "TxnDate", "sent": "2026-01-14", "theirs": None}])
    assert told(open_page(PAGE).table[-1]) == [
        ["Line 2: amount", "12.00 USD", "nothing"],
        ["Line 2: debit or credit", "Credit", "nothing"],
        ["Date", "14 Jan 2026", "nothing"],
    ]


def test_a_deleted_document_says_what_each_answer_does(open_page, busy):
    drift(busy, drifts.DELETED)
    said = texts(open_page(PAGE))
    assert "It was deleted in QuickBooks." in said
    assert "A new document is created" in said
    assert "It stays out of QuickBooks" in said


def test_decisions_are_one_number_wherever_they_are_counted(open_page, busy):
    before = queries.overview(busy.session).troubles.decisions
    drift(busy)
    overview = queries.overview(busy.session)
    assert overview.troubles.decisions == before + 1
    metrics = {metric.label: metric.value for metric in open_page("pages/sync.py").metric}
    assert metrics["Decisions for you"] == str(before + 1)
    assert f"[{before + 1}]" in menu.entry("Conflicts and drift").label(overview)
    firm = queries.companies_overview(busy.database, busy.session.clock)
    assert firm["decisions"].tolist() == [before + 1]


def test_a_drift_that_changed_again_is_not_answered(open_page, busy):
    drift(busy)
    at = open_page(PAGE)
    with busy.database.writing() as connection:
        known = drifts.open_of(connection, busy.session.company_id)[0]
        drifts.close(connection, [known["id"]], now(), resolution="gone", by="engine")
    drift(busy, drifts.VOIDED)
    at = press(at, "Send ours again")
    assert "QuickBooks' document has changed again" in texts(at)
    assert len(queries.drifts(busy.session)) == 1


def stop(busy, question="This sync would delete 90 customers in QuickBooks.", mark="a"):
    facts = {"deleted": {"customer": 90}, "changed": {}, "blanked": {"item": {"UnitPrice": 4}}, "of": 120, "marks": [mark]}
    with busy.database.writing() as connection:
        brakes.ask(connection, busy.session.company_id, now(), what="implausible", question=question, facts=facts, cycle_id=None)


@pytest.mark.parametrize(("label", "answer"), [("It is right, go on", "Went on"), ("Leave it undone", "Left undone")])
def test_the_question_of_a_sync_that_stopped_is_answered(open_page, busy, label, answer):
    stop(busy)
    at = open_page(PAGE)
    assert "would delete 90 customers" in texts(at)
    assert at.table[0].value.to_numpy().tolist() == [["Customer", "Deleted", "90"], ["Item", "Price emptied", "4"]]
    press(at, label)
    assert queries.brake(busy.session) is None
    assert queries.decisions(busy.session).iloc[0][["what", "by"]].tolist() == ["question", "owner"]
    assert run(at).dataframe[0].value["answer"].iloc[0] == answer


def test_another_question_than_the_one_that_was_read_is_not_answered(open_page, busy):
    stop(busy)
    at = open_page(PAGE)
    stop(busy, mark="b")
    assert "answered already, or the figures have changed" in texts(press(at, "It is right, go on"))
    assert queries.brake(busy.session) is not None


def test_what_could_not_be_applied_here_says_why_and_opens_its_payload(open_page, busy):
    said = texts(open_page(PAGE))
    assert "The inventory has two vendors of this name." in said
    assert "Give one of them another name." in said
    assert '"Id": "77"' in texts(press(open_page(PAGE), "Details"))
    assert '"Id": "77"' in texts(open_page(PAGE, arrival="Vendor-77"))
    assert "It has come in by now" in texts(open_page(PAGE, arrival="Vendor-78"))


def test_a_payload_of_a_closed_list_is_hidden(open_page, busy):
    with busy.database.writing() as connection:
        what = {"label": "B-1", "deleted": False, "payload": '{"Id":"7","TotalAmt":12345}', "cause": "c", "remedy": "r"}
        inbox.put(connection, busy.session.company_id, seed.NOON, "Bill", "7", **what)
    as_member(busy, "ben@harbour.example", "viewer")
    at = open_page(PAGE, visitor="ben@harbour.example", arrival="Bill-7")
    assert "12345" not in texts(at)
    assert "Hidden: this needs the right" in texts(at)


@pytest.mark.parametrize(("role", "decides"), [("viewer", False), ("operator", False), ("manager", True)])
def test_who_may_not_decide_sees_everything_and_no_button(open_page, busy, role, decides):
    drift(busy)
    stop(busy)
    as_member(busy, "ben@harbour.example", role)
    at = open_page(PAGE, visitor="ben@harbour.example")
    assert "dive@example.com" in str([told(table) for table in at.table])
    assert (len(at.segmented_control) > 0) is decides
    assert ({"Send ours again", "It is right, go on"} <= set(labels(at))) is decides


def test_an_empty_page_says_what_would_appear(open_page, idle):
    assert "Nothing has been synced yet." in texts(open_page(PAGE))


def test_the_menu_counts_what_needs_somebody(open_page, busy):
    drift(busy)
    at = open_page("dashboard.py")
    links = [each.proto.label for each in at.sidebar.get("page_link")]
    assert "Sync errors :orange-badge[2]" in links
    assert "Conflicts and drift :orange-badge[3]" in links
