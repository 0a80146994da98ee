"""Sync errors: causes with what to do first, what they hold back, records and their commands, and what each role sees."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.store import errors
from syncengine.store.settings import SETTINGS
from syncengine.store.tables import Error, Outbox
from syncengine.ui import frame
from syncengine.ui.settings import tab_of
from syncengine.ui.troubles import cards
from tests.support.plans import statements
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, run, select, table, texts
from tests.unit.ui.failing import PAGE, error_of, in_conflict, labels, many, offer, press

#: Statements of the page with its frame; ten of them ask each for what one of the ten causes in view holds back.
MOST = 70


def test_cause_and_remedy_stand_before_everything_else(open_page, busy):
    said = texts(open_page(PAGE))
    assert "**2 records failed**, for 2 causes." in said
    assert "**The e-mail address is not valid.**\n" in said
    assert said.index("The e-mail address is not valid.") < said.index("Correct the e-mail address of this customer.")
    assert "Customer Bluebird Bakery" in said
    assert "Cycle 0" not in said
    assert "Sent once so far" in said


@pytest.mark.parametrize(
    ("tries", "attempts", "says"),
    [(0, 0, "Not sent so far"), (0, 4, "Sent 4 times so far"), (2, 3, "Cycle 2 of 3"), (7, 8, "Cycle 3 of 3")],
)
def test_a_card_says_how_far_the_count_is_and_before_it_begins_how_often_the_record_went(open_page, busy, tries, attempts, says):
    error = error_of(busy, "Bluebird Bakery")
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == int(error["id"])).values(tries=tries))
        connection.execute(update(Outbox).where(Outbox.id == int(error["outbox_id"])).values(attempts=attempts))
    said = texts(open_page(PAGE))
    assert says in said
    assert "Cycle 0" not in said


def test_retry_sets_the_record_free(open_page, busy):
    at = press(open_page(PAGE), f"errors.{error_of(busy, 'Bluebird Bakery')['id']}.")
    assert "Will be tried with the next sync." in texts(at)
    assert "Bluebird" not in texts(at)
    assert seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])["state"] == "available"


def test_a_cause_is_opened_to_its_records_and_only_those_ticked_are_retried(open_page, busy):
    many(busy, 3, "The vendor is odd.", "odd")
    at = press(
        open_page(PAGE),
        "errors."
        + str(int(queries.error_groups(busy.session).iloc[0]["example_error"]))
        + "."
        + str(int(queries.error_groups(busy.session).iloc[0]["newest"]))
        + ".open",
    )
    assert table(at, "errors.records").value["record"].tolist() == ["Vendor Vendor 00", "Vendor Vendor 01", "Vendor Vendor 02"]
    select(at, "errors.records", [1])
    at.button(key="errors.records.retry").click()
    run(at)
    assert table(at, "errors.records").value["record"].tolist() == ["Vendor Vendor 00", "Vendor Vendor 02"]


def test_a_tick_never_moves_to_another_record(open_page, busy):
    many(busy, 3, "The vendor is odd.", "odd")
    at = select(open_page(PAGE, group="odd"), "errors.records", [0])
    first = queries.errors(busy.session, group_key="odd").iloc[0]
    commands.retry(busy.session, [(int(first["outbox_id"]), int(first["version"]))])
    run(at)
    assert "Select records to act on them." in texts(at)
    assert at.button(key="errors.records.retry").disabled


def test_retry_of_all_takes_what_was_seen_and_nothing_else(open_page, busy):
    many(busy, 12, "The vendor is odd.", "odd")
    at = open_page(PAGE)
    key = next(button.key for button in at.button if button.label == "Retry all 12")
    gone = queries.errors(busy.session, group_key="odd").iloc[0]
    commands.retry(busy.session, [(int(gone["outbox_id"]), int(gone["version"]))])
    at.button(key=key).click()
    run(at)
    assert "there are 11 now" in texts(at)
    assert len(queries.errors(busy.session, group_key="odd", size=50)) == 11
    next(button for button in at.button if button.label == "Retry all 11").click()
    assert "11 will be tried with the next sync." in texts(run(at))
    assert queries.errors(busy.session, group_key="odd").empty


def test_a_cause_that_is_over_says_so(open_page, busy):
    assert "No record fails for this cause any more." in texts(open_page(PAGE, group="odd"))


def test_what_waits_for_a_failed_record_is_counted_and_named(open_page, busy):
    at = open_page(PAGE)
    assert "holds back 1 record" in texts(at)
    key = queries.error_groups(busy.session, search="Alpine").iloc[0]["group_key"]
    held = open_page(PAGE, group=key).dataframe[0].value
    assert held["record"].tolist() == ["Invoice 1042"]
    assert held["waits_for"].tolist() == ["Alpine Outfitters"]


def test_the_address_narrows_by_words_kind_and_class(open_page, busy):
    offer(busy)
    assert "Alpine" not in texts(open_page(PAGE, search="bluebird"))
    assert "Alpine" not in texts(open_page(PAGE, **{"class": "Asks you first"}))
    assert "Bluebird" not in texts(open_page(PAGE, **{"class": "Needs a person"}))
    assert "No error matches." in texts(open_page(PAGE, only="Vendor"))


def test_a_link_that_is_about_a_record_leaves_its_name_in_the_search(open_page, busy):
    at = open_page(PAGE, about="bluebird")
    assert "Alpine" not in texts(at)
    assert at.text_input(key="search").value == "bluebird"
    assert "Alpine" not in texts(run(at))
    at.text_input(key="search").set_value("alpine")
    assert "Bluebird" not in texts(run(at))
    assert "about" not in at.query_params


def test_many_causes_come_in_pages(open_page, busy):
    many(busy, 15)
    at = open_page(PAGE)
    assert "**17 records failed**, for 17 causes." in texts(at)
    assert "Cause Vendor 14" not in texts(at)
    at.pagination[0].set_value(2)
    assert "Cause Vendor 14" in texts(run(at))


def test_a_conflict_leads_to_where_it_is_decided(open_page, busy):
    in_conflict(busy)
    at = open_page("dashboard.py")
    at.switch_page(PAGE)
    run(at)
    assert "Choose whose value stands" in [each.proto.label for each in at.main.get("page_link")]
    assert "It waits until somebody has chosen, and goes with the next sync" in texts(at)


def test_a_conflict_is_told_apart_from_what_failed_and_counted_with_the_decisions(open_page, busy):
    in_conflict(busy)
    assert "**2 records failed and 1 waits for your choice**, for 3 causes." in texts(open_page(PAGE))
    at = open_page("dashboard.py")
    assert {each.label: each.value for each in at.metric}["Need attention"] == "2"
    assert "**1** failed record that cannot go on by itself" in texts(at)
    assert "Sync errors :orange-badge[2]" in [each.proto.label for each in at.sidebar.get("page_link")]


def test_a_conflict_is_not_retried_while_nobody_has_chosen(open_page, busy):
    error_id = in_conflict(busy)
    at = open_page(PAGE)
    own = {str(button.key).rpartition(".")[2] for button in at.button if str(button.key).startswith(f"errors.{error_id}.")}
    assert own == {"details"}
    assert "Retry" in labels(at)  # of the others
    opened = open_page(PAGE, group=f"error {error_id}")
    assert "Retry" not in labels(opened)
    assert table(opened, "errors.records").value["record"].tolist() == ["Customer Coral Reef Diving"]


def test_the_page_asks_the_database_no_more_for_many_errors_than_for_few(open_page, busy):
    open_page(PAGE)  # the first one of a process looks whether the database is prepared
    many(busy, 10)
    with statements() as few:
        open_page(PAGE)
    many(busy, 30, start=10)
    many(busy, 60, "The vendor is odd.", "odd", start=40)
    with statements() as lots:
        assert "**102 records failed**, for 43 causes." in texts(open_page(PAGE))
    assert len(lots) == len(few)
    with statements() as one:
        open_page(PAGE, group="odd")
    assert len(one) < len(lots)
    assert len(lots) <= MOST


def test_an_error_of_the_connection_has_no_retry(open_page, idle):
    report = errors.Report("401", "invalid_grant", "The sign-in ended.", "Connect again.")
    with idle.database.writing() as connection:
        errors.of_connection(connection, idle.company_id, seed.NOON, None, report)
    at = open_page(PAGE)
    assert "The connection to QuickBooks" in texts(at)
    assert "Retry" not in labels(at)


def test_no_errors_before_and_after_the_first_sync(open_page, idle):
    assert "nothing has failed" in texts(open_page(PAGE))


@pytest.mark.parametrize(
    ("role", "retries", "does"), [("viewer", False, False), ("operator", True, False), ("manager", True, True)]
)
def test_what_a_role_may_not_do_is_not_drawn(open_page, busy, role, retries, does):
    error_id = offer(busy)
    as_member(busy, "ben@harbour.example", role)
    at = open_page(PAGE, visitor="ben@harbour.example", fix=str(error_id))
    assert ("Retry" in labels(at)) is retries
    assert ("Do it" in labels(at)) is does
    assert "Sends customer Bluebird Bakery without its e-mail." in texts(at)


def test_markup_in_a_name_stays_text(open_page, busy):
    """Names come from other people's systems: they must not become links or colours."""
    with busy.database.writing() as connection:
        connection.execute(update(Error).values(label="[x](http://evil.example) :red[y]"))
    at = open_page(PAGE)
    shown = [each.value for each in (*at.caption, *at.markdown) if "evil" in each.value]
    assert shown
    assert all("[x](http://evil.example)" not in value for value in shown)


@pytest.mark.parametrize(("role", "says"), [("owner", "Set it under Settings, Accounts"), ("operator", "")])
def test_a_remedy_that_asks_for_a_setting_leads_to_its_tab_or_says_who_sets_it(open_page, busy, monkeypatch, role, says):
    error = error_of(busy, "Bluebird Bakery")
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == int(error["id"])).values(remedy="Set the company's credit card account."))
    as_member(busy, "ada@example.com", role)
    led: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(frame.st, "page_link", lambda _, label, query_params, **__: led.update({label: query_params}))
    at = open_page(PAGE, visitor="ada@example.com")
    assert ("An owner sets it under Settings, Accounts." in texts(at)) is not bool(says)
    assert {label: query["tab"] for label, query in led.items() if "tab" in query} == ({says: "Accounts"} if says else {})


def test_every_setting_that_a_remedy_may_name_stands_on_a_tab():
    for name in (each for each in SETTINGS if each.endswith("_account")):
        assert cards.setting_of(f"Set the company's {name.replace('_', ' ')}.") == name
        assert tab_of(name) == "Accounts"
