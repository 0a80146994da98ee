"""Sync errors: causes with what to do first, what a correction will do, the raw words one click away, records and their commands."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.store import corrections, errors, outbox, overrides
from syncengine.store.tables import Error, Outbox
from syncengine.terms import OutboxState
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, run, select, table, texts

PAGE = "pages/errors.py"
FIX = {
    "acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]],
    "after": [],
    "otherwise": [],
    "ours": {"PrimaryEmailAddr.Address": "c2@example.com"},
}


def press(at, start, end=""):
    next(button for button in at.button if str(button.key).startswith(start) and str(button.key).endswith(end)).click()
    return run(at)


def labels(at):
    return [button.label for button in at.button]


def error_of(busy, name):
    found = queries.errors(busy.session)
    return found[found["label"] == name].iloc[0]


def offer(busy, name="Bluebird Bakery", *, klass="policy", verdict=FIX, says="Sends customer Bluebird Bakery without its e-mail."):
    """What the engine stores of a correction that it offers."""
    error_id = int(error_of(busy, name)["id"])
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == error_id).values(klass=klass, correction="leave_email_out"))
        row = errors.by_ids(connection, busy.session.company_id, [error_id])[error_id]
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass=klass, says=says, verdict=verdict)
    return error_id


def many(busy, count, cause="Cause {}", group=""):
    """So many vendors that failed, each for its own cause, or all for one."""
    with busy.database.writing() as connection:
        ids = [writer.save(connection, "vendor", busy.session.company_id, {"name": f"Vendor {n:02}"}) for n in range(count)]
    capture.capture(busy.database, busy.session.clock)
    with busy.database.writing() as connection:
        for number, each in enumerate(ids):
            row = seed.row_of(busy.database, "vendor", each)
            report = errors.Report(
                "6000", "x", cause.format(row["label"]), "Mend it.", group_key=group or f"g{number:02}", klass="no"
            )
            errors.record(connection, row, seed.NOON, busy.cycle, report)
            outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.RUNNING)])
            outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED)])


def test_cause_and_remedy_stand_before_everything_else(open_page, busy):
    said = texts(open_page(PAGE))
    assert "**2 records failed**, for 2 causes." in said
    assert "**The e-mail address is not valid.**\n" in said
    assert said.index("The e-mail address is not valid.") < said.index("Correct the e-mail address of this customer.")
    assert "Customer Bluebird Bakery" in said
    assert "Cycle 0" not in said
    assert "Sent once so far" in said


@pytest.mark.parametrize(("tries", "attempts", "says"), [(0, 0, "Not sent so far"), (0, 4, "Sent 4 times so far"), (2, 3, "Cycle 2 of 3"), (7, 8, "Cycle 3 of 3")])
def test_a_card_says_how_far_the_count_is_and_before_it_begins_how_often_the_record_went(open_page, busy, tries, attempts, says):
    error = error_of(busy, "Bluebird Bakery")
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == int(error["id"])).values(tries=tries))
        connection.execute(update(Outbox).where(Outbox.id == int(error["outbox_id"])).values(attempts=attempts))
    said = texts(open_page(PAGE))
    assert says in said
    assert "Cycle 0" not in said


def test_quickbooks_own_words_are_one_click_away_and_named_by_the_address(open_page, busy):
    at = open_page(PAGE)
    assert "Duplicate Name Exists Error" not in texts(at)
    press(at, f"errors.{error_of(busy, 'Alpine Outfitters')['id']}.details")
    for said in (texts(at), texts(open_page(PAGE, error=str(error_of(busy, "Alpine Outfitters")["id"])))):
        assert "Duplicate Name Exists Error" in said
        assert "**Code** 6240" in said
        assert "1-abc" in said


@pytest.mark.parametrize("wanted", ["999", "x", "1" * 40, "-1"])
def test_an_address_of_no_error_says_so(open_page, busy, wanted):
    assert "There is no such error" in texts(open_page(PAGE, error=wanted))


def test_an_error_that_is_over_says_how_it_ended(open_page, busy):
    error = error_of(busy, "Bluebird Bakery")
    commands.retry(busy.session, [(int(error["outbox_id"]), int(error["version"]))])
    assert "Somebody pressed Retry" in texts(open_page(PAGE, error=str(error["id"])))


def test_retry_sets_the_record_free(open_page, busy):
    at = press(open_page(PAGE), f"errors.{error_of(busy, 'Bluebird Bakery')['id']}.")
    assert "Will be tried with the next sync." in texts(at)
    assert "Bluebird" not in texts(at)
    assert seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])["state"] == "available"


def test_what_a_correction_will_do_is_shown_before_it_is_done(open_page, busy):
    error_id = offer(busy)
    at = open_page(PAGE)
    assert "Asks you first" in texts(at)
    press(at, f"errors.{error_id}.{error_id}.fix")
    shown = at.table[0].value
    assert shown.iloc[0].tolist() == ["E-mail", "c2@\N{WORD JOINER}example.com", "(left out)"]
    assert "It can be taken back: the address is sent again." in texts(at)
    press(at, "fix.do.")
    assert queries.correction_of(busy.session, error_id)["state"] == "wanted"
    assert "A sync was asked for" in texts(at)
    assert "fix" not in at.query_params


def test_a_correction_that_would_do_something_else_by_now_is_not_done(open_page, busy):
    error_id = offer(busy)
    at = open_page(PAGE, fix=str(error_id))
    other = {**FIX, "acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": "other@example.com"}]]}
    offer(busy, verdict=other)
    press(at, "fix.do.")
    assert "has changed since you saw it" in texts(at)
    assert queries.correction_of(busy.session, error_id)["state"] == "offered"


def test_what_nobody_can_correct_says_so_in_its_drawer(open_page, busy):
    at = open_page(PAGE, fix=str(error_of(busy, "Alpine Outfitters")["id"]))
    assert "nothing that Tieout could do here by itself. Give this customer another name" in texts(at)


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
    assert table(at, "errors.records").value["label"].tolist() == ["Vendor 00", "Vendor 01", "Vendor 02"]
    select(at, "errors.records", [1])
    at.button(key="errors.records.retry").click()
    run(at)
    assert table(at, "errors.records").value["label"].tolist() == ["Vendor 00", "Vendor 02"]


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


def test_the_help_of_a_cause_says_what_it_means_and_what_to_do(open_page, busy):
    offer(busy)
    at = open_page(PAGE, help="leave_email_out")
    said = texts(at)
    assert "The e-mail address is not valid." in said
    assert "Sends the record again unchanged in three more syncs." in said
    assert "There is no cause of that name." in texts(open_page(PAGE, help="nothing"))


def test_what_was_corrected_lately_can_be_taken_back(open_page, busy):
    error_id = offer(busy)
    with busy.database.writing() as connection:
        row = corrections.of_errors(connection, [error_id])[error_id][0]
        place = {name: row[name] for name in ("entity", "kind", "record_id")}
        overrides.add(
            connection,
            busy.session.company_id,
            seed.NOON,
            {
                **place,
                "path": "PrimaryEmailAddr.Address",
                "ours": "c2@example.com",
                "value": None,
                "correction": row["name"],
                "made_by": "engine",
            },
        )
        corrections.become(
            connection, row["id"], state="done", undo={"do": "own values"}, done_at=seed.NOON, outcome="QuickBooks took the record."
        )
    at = select(open_page(PAGE), "errors.lately", [0])
    at.button(key="errors.undo").click()
    assert "Taken back" in texts(run(at))
    assert queries.error_corrections(busy.session)["state"].tolist() == ["undone"]


def test_a_conflict_leads_to_where_it_is_decided(open_page, busy):
    coral = busy.customers["Coral Reef Diving"]
    commands.add_to_sync(busy.session, "customer", coral)
    row = seed.row_of(busy.database, "customer", coral)
    with busy.database.writing() as connection:
        report = errors.Report("local", "", "Both sides changed the e-mail.", "Choose whose value stands.")
        errors.record(connection, row, seed.NOON, busy.cycle, report)
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], OutboxState.PARKED, changes={"parked_by": "conflict"})])
    at = open_page("dashboard.py")
    at.switch_page(PAGE)
    run(at)
    assert "Choose whose value stands" in [each.proto.label for each in at.main.get("page_link")]


def test_an_error_without_words_is_shown_all_the_same(open_page, busy):
    """S32: a failure without a message is still visible and traceable."""
    row = seed.row_of(busy.database, "vendor", busy.vendor)
    with busy.database.writing() as connection:
        errors.record(connection, row, seed.NOON, busy.cycle, errors.Report("local", "", "", ""))
    at = open_page(PAGE)
    assert "It failed, and no reason was given." in texts(at)
    assert "(none were given)" in texts(press(at, f"errors.{error_of(busy, 'Northern Chandlery')['id']}.details"))


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


def known_as(busy, name, correction):
    """The error of that record, as if its cause had been found to be this one."""
    error_id = int(error_of(busy, name)["id"])
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == error_id).values(correction=correction))
    return str(error_id)


@pytest.mark.parametrize("cause", ["unknown", "no_reason", "wrong_operation"])
def test_an_error_that_nobody_here_can_solve_says_what_now_and_offers_the_report(open_page, busy, cause):
    commands.change_settings(busy.session, {"support_address": "help@example.com"})
    at = open_page(PAGE, error=known_as(busy, "Bluebird Bakery", cause))
    said = texts(at)
    assert "What now" in said
    assert "it is a matter for support" in said
    assert "Add the downloaded file to the mail to help@example.com." in said
    at.toggle[0].set_value(True)
    run(at)
    report = at.code[0].value
    assert f'"correction": "{cause}"' in report
    assert "Bluebird" not in report
    assert "history" in report


def test_an_error_that_somebody_can_solve_says_the_steps_in_quickbooks_first(open_page, busy):
    said = texts(open_page(PAGE, error=known_as(busy, "Alpine Outfitters", "name_taken")))
    assert "What now" not in said
    assert "**In QuickBooks:** Look for the name with Search at the top" in said
    assert said.index("In QuickBooks:") < said.index("Does it not help, or come back?")


@pytest.mark.parametrize(("cause", "taken_out"), [("could_not_run", False), ("unknown", True)])
def test_only_where_a_record_is_to_blame_it_can_be_taken_out_meanwhile(open_page, busy, cause, taken_out):
    at = open_page("dashboard.py")
    at.switch_page(PAGE)
    at.query_params["help"] = cause
    run(at)
    assert "it is a matter for support" in texts(at)
    ways = [each.proto.label for each in at.get("page_link")]
    assert ("Take the record out of the queue meanwhile" in ways) is taken_out


def test_an_error_that_is_over_asks_nobody_for_help(open_page, busy):
    wanted = known_as(busy, "Bluebird Bakery", "unknown")
    with busy.database.writing() as connection:
        connection.execute(update(Error).where(Error.id == int(wanted)).values(closed_at=seed.NOON, closed_why="sent"))
    said = texts(open_page(PAGE, error=wanted))
    assert "QuickBooks took the record." in said
    assert "What now" not in said


def alike(busy, count=3):
    """So many vendors that failed for one cause, each with a correction that is offered, and what the page shows of them."""
    many(busy, count, cause="The address is not valid.", group="address")
    for number in range(count):
        offer(busy, f"Vendor {number:02}", says=f"Sends vendor {number:02} without its e-mail.")


def test_a_whole_cause_is_corrected_by_one_confirmation_that_shows_what_it_does(open_page, busy):
    alike(busy)
    at = press(open_page(PAGE), "errors.", ".all")
    assert at.table[0].value.to_numpy().tolist()[1] == ["Vendor Vendor 01", "Sends vendor 01 without its e-mail."]
    assert "Correct 3 records" in texts(at)
    press(at, "fix.all.")
    assert "A sync was asked for. It corrects 3 first, then sends them." in texts(at)
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted"] * 3
    assert "all" not in at.query_params


def test_a_whole_cause_that_is_another_by_now_is_not_corrected(open_page, busy):
    """The wrong-row test: between the question and the answer one more is offered, and another one says something else."""
    alike(busy)
    at = open_page(PAGE, all="address")
    offer(busy, "Vendor 01", says="Sends vendor 01 with another address.")
    press(at, "fix.all.")
    assert "What it would do has changed since you saw it: 3 can be corrected now." in texts(at)
    assert not (queries.error_corrections(busy.session)["state"] == "wanted").any()


def test_who_may_not_correct_is_not_asked_about_a_whole_cause(open_page, busy):
    alike(busy)
    as_member(busy, "otto@harbour.example", "operator")
    at = open_page(PAGE, visitor="otto@harbour.example", all="address")
    assert "Correct 3 records" not in texts(at)
    assert "Do it for all" not in labels(at)
