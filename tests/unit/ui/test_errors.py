"""Sync errors: cause and remedy first, the raw words one click away, decisions with their buttons."""

from __future__ import annotations

from syncengine import commands, queries
from syncengine.store import errors, outbox
from tests.unit.queries import seed
from tests.unit.ui.conftest import run, texts

PAGE = "pages/errors.py"


def press(at, start):
    next(button for button in at.button if str(button.key).startswith(start)).click()
    return run(at)


def test_the_top_row_s_message_comes_first_with_what_to_do(open_page, busy):
    said = [each.value for each in open_page(PAGE).markdown]
    assert said[:3] == [
        "**Customer Bluebird Bakery**",
        "The e-mail address is not valid.",
        ":material/build: Correct the e-mail address of this customer.",
    ]


def test_quickbooks_own_words_and_code_are_there_too(open_page, busy):
    at = open_page(PAGE)
    assert "Duplicate Name Exists Error" in texts(at)
    assert "`6240`" in texts(at)
    assert "`1-abc`" in texts(at)


def test_retry_sets_the_record_free(open_page, busy):
    at = press(open_page(PAGE), "errors.retry.")
    assert seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])["state"] == "available"
    assert "Will be tried with the next sync." in texts(at)
    assert "Bluebird" not in texts(at)


def test_both_sides_of_a_conflict_can_be_chosen(open_page, busy):
    at = open_page(PAGE)
    assert "dive@example.com" in texts(at)
    assert "office@example.com" in texts(at)
    press(at, "errors.theirs.")
    assert queries.conflicts(busy.session).empty
    assert "QuickBooks' value is taken over with the next sync." in texts(at)


def test_a_conflict_that_stops_a_record_is_decided_in_its_own_card(open_page, busy):
    coral = busy.customers["Coral Reef Diving"]
    commands.add_to_sync(busy.session, "customer", coral)
    row = seed.row_of(busy.database, "customer", coral)
    with busy.database.writing() as connection:
        report = errors.Report("conflict", "", "Both sides changed the e-mail.", "Choose whose value stands.")
        errors.record(connection, row, seed.NOON, busy.cycle, report)
        outbox.move(connection, seed.NOON, [outbox.Move(row["id"], outbox.OutboxState.PARKED)])
    at = open_page(PAGE)
    assert texts(at).count("office@example.com") == 1
    assert "Changed on both sides" not in texts(at)
    assert "Waits for your choice" in texts(at)
    assert len([button for button in at.button if str(button.key).startswith("errors.retry")]) == 2
    press(at, "errors.ours.")
    assert queries.conflicts(busy.session).empty


def test_what_could_not_be_applied_here_says_why(open_page, busy):
    said = texts(open_page(PAGE))
    assert "The inventory has two vendors of this name." in said
    assert "Give one of them another name." in said


def test_an_error_without_words_is_shown_all_the_same(open_page, busy):
    """S32: a failure without a message is still visible and traceable."""
    row = seed.row_of(busy.database, "vendor", busy.vendor)
    with busy.database.writing() as connection:
        errors.record(connection, row, seed.NOON, busy.cycle, errors.Report("local", "", "", ""))
    said = texts(open_page(PAGE))
    assert "It failed, and no reason was given." in said
    assert "(none were given)" in said


def test_an_error_of_the_connection_has_no_retry(open_page, idle):
    with idle.database.writing() as connection:
        errors.of_connection(
            connection,
            idle.company_id,
            seed.NOON,
            None,
            errors.Report("401", "invalid_grant", "The sign-in ended.", "Connect again."),
        )
    at = open_page(PAGE)
    assert "The connection to QuickBooks" in texts(at)
    assert not [button for button in at.button if str(button.key).startswith("errors.retry")]


def test_many_errors_come_in_pages(open_page, busy):
    from syncengine.engine import capture
    from syncengine.inventory import writer

    with busy.database.writing() as connection:
        ids = [writer.save(connection, "vendor", busy.session.company_id, {"name": f"Vendor {n:02}"}) for n in range(15)]
    capture.capture(busy.database, busy.session.clock)
    with busy.database.writing() as connection:
        for each in ids:
            row = seed.row_of(busy.database, "vendor", each)
            errors.record(connection, row, seed.NOON, busy.cycle, errors.Report("6000", "x", f"Cause {row['label']}", "Mend it."))
    at = open_page(PAGE)
    assert "17 errors" in texts(at)
    assert "Cause Vendor 07" in texts(at)
    assert "Cause Vendor 08" not in texts(at)
    at.pagination[0].set_value(2)
    assert "Cause Vendor 14" in texts(run(at))


def test_no_errors_before_and_after_the_first_sync(open_page, idle):
    assert "nothing has failed" in texts(open_page(PAGE))


def test_markup_in_a_name_stays_text(open_page, busy):
    """Names come from other people's systems: they must not become links or colours."""
    from sqlalchemy import update

    from syncengine.store.tables import Error

    with busy.database.writing() as connection:
        connection.execute(update(Error).values(label="[x](http://evil.example) :red[y]"))
    shown = [each.value for each in open_page(PAGE).markdown if "evil" in each.value]
    assert shown
    assert all("[x](http://evil.example)" not in value for value in shown)
