"""Sync errors in a real browser: a sync fails before one's eyes, the record is put right, and the error closes by itself."""

from __future__ import annotations

from playwright.sync_api import expect

from syncengine import inventory, queries
from syncengine.clock import SystemClock
from syncengine.engine import capture

#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "harbour@b"


def save(installation, session, values):
    record_id = inventory.save(installation.database, "customer", values, company=session.company_id)
    capture.capture(installation.database, SystemClock())
    return record_id


def test_a_sync_fails_the_record_is_put_right_and_the_error_closes_by_itself(installation, visit):
    visit()  # whoever looks first starts the worker
    session = installation.company("Failing")
    customer = save(installation, session, {"name": "Harbour Supply", "email": BAD_ADDRESS})
    page = visit("errors", company="Failing")
    expect(page.get_by_text("nothing has failed")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    # Nobody touches the page: it finds out by itself.
    expect(page.get_by_text("1 record failed")).to_be_visible()
    expect(page.get_by_text("The e-mail address is not valid.")).to_be_visible()
    page.get_by_role("button", name="Details").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("QuickBooks' own words")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)

    page.get_by_role("button", name="Show what it will do").click()
    expect(drawer.get_by_role("table")).to_contain_text(BAD_ADDRESS.replace("@", "@\N{WORD JOINER}"))
    page.reload()  # the address opens it again
    expect(drawer.get_by_role("button", name="Do it")).to_be_visible()
    page.keyboard.press("Escape")

    save(installation, session, {"id": customer, "email": "harbour@example.com"})
    expect(page.get_by_text("No errors. What cannot be sent will appear here")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("button", name="Sync now").get_by_text("check_circle")).to_be_visible()
    [there] = installation.in_quickbooks(session, "SELECT * FROM Customer WHERE DisplayName = 'Harbour Supply'")
    assert there["PrimaryEmailAddr"]["Address"] == "harbour@example.com"
    assert queries.trouble_counts(session).total == 0
