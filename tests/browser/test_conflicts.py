"""Conflicts in a real browser: the values move between the choice and the click, and only what was seen is decided."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import delete

from syncengine import queries
from syncengine.store import inbox
from syncengine.store.tables import Inbox
from tests.browser.hands import called, go, press, save, sync, ticked, unaware


def theirs(installation, session, email, **more):
    """The bookkeeper changes the customer's address in QuickBooks, and `more`."""
    [customer] = queries.records(session, "customer").to_dict("records")
    changes = {"PrimaryEmailAddr": {"Address": email}, **more}
    installation.bookkeeper(session, action="edit", entity="Customer", id=customer["qbo_id"], changes=changes)


def ours(session):
    return queries.records(session, "customer")[["email", "phone"]].iloc[0].tolist()


def led_here(page):
    """By the error and by the row that wait for the choice."""
    here = page.get_by_role("heading", name="Conflicts and drift", level=1)
    go(page, "Sync errors")
    called(page, "link", "Choose whose value stands").click()
    expect(here).to_be_visible()
    go(page, "Preview sync")
    ticked(page, "Juniper Group")
    press(page, "Look closer")
    page.get_by_role("dialog").get_by_role("link", name="Choose whose value stands").click()
    expect(here).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def changed_meanwhile(page, session):
    """While something is chosen, the page is not drawn anew under one's hands, but says that it should be."""
    of = {"label": "Twice Ltd", "cause": "Its name is taken.", "remedy": "Rename it.", "payload": "{}", "deleted": False}
    with session.database.writing() as connection:
        inbox.put(connection, session.company_id, session.clock.now(), "Vendor", "77", **of)
    page.clock.fast_forward(10_000)
    expect(page.get_by_text("What waits here has changed since this was drawn.")).to_be_visible()
    expect(page.get_by_text("Vendor Twice Ltd")).to_have_count(0)
    press(page, "Show the present state")
    expect(page.get_by_text("Vendor Twice Ltd")).to_be_visible()
    with session.database.writing() as connection:  # which QuickBooks does not have: no sync is to try it
        connection.execute(delete(Inbox).where(Inbox.company_id == session.company_id))


def test_a_choice_is_never_passed_to_values_that_nobody_has_seen(installation, visit, page):
    page.clock.install()
    session = installation.company("Clashing")
    visit("conflicts", company="Clashing")
    expect(page.get_by_text("What both sides change differently")).to_be_visible()
    customer = save(session, "customer", {"name": "Juniper Group", "email": "first@juniper.example.com", "phone": "503-555-0100"})
    sync(session)
    theirs(installation, session, "books@juniper.example.com")
    mine = ["stock@juniper.example.com", "503-555-0111"]
    save(session, "customer", {"id": customer, "email": mine[0], "phone": mine[1]})
    sync(session)
    expect(page.get_by_text("Changed on both sides: 1 record")).to_be_visible()
    led_here(page)
    chosen = page.get_by_role("radio", name="QuickBooks'", exact=True)
    chosen.click()
    expect(page.get_by_text("1 field decided, not applied yet")).to_be_visible()
    changed_meanwhile(page, session)
    press(page, "Discard")
    expect(page.get_by_text("Nothing is decided before you press Apply.")).to_be_visible()
    chosen.click()
    expect(page.get_by_text("the inventory takes QuickBooks' e-mail")).to_be_visible()
    with unaware(page):
        theirs(installation, session, "other@juniper.example.com", PrimaryPhone={"FreeFormNumber": "503-555-0122"})
        sync(session)
        press(page, "Apply")
    # Refused, with the present values and nothing chosen; the telephone's differ by now, too.
    expect(page.get_by_role("table").filter(has_text="other@")).to_be_visible()
    expect(called(page, "button", "Apply")).to_have_count(0)
    assert ours(session) == mine
    press(page, "All QuickBooks'")
    expect(page.get_by_text("2 fields decided, not applied yet")).to_be_visible()
    expect(page.get_by_text("the inventory takes QuickBooks' phone, 503-555-0122")).to_be_visible()
    press(page, "Apply")
    expect(page.get_by_text("Decided. The next sync carries it out.")).to_be_visible()
    sync(session)
    assert ours(session) == ["other@juniper.example.com", "503-555-0122"]
    page.get_by_text("What was decided").click()
    expect(page.get_by_test_id("stDataFrame").locator("table[role=grid]")).to_contain_text("QuickBooks' value")
