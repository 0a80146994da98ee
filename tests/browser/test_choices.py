"""The forms of the settings in a real browser: filled in, told, applied together, and read back by a reload and in their history."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import settled
from tests.browser.hands import called, choose, press, sync, table

NAMES = ("closing_date", "allow_first_open_day", "support_address", "journal_prefix")


def part(page, name):
    """Turn to a part of the settings."""
    page.get_by_role("radio", name=name, exact=True).click()
    expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
    settled(page)


def fill(page, label, text):
    field = page.get_by_role("textbox", name=label)
    expect(field).to_be_visible()
    settled(page)  # what is typed while a page is still being drawn can be lost
    field.fill(text)
    field.press("Enter")


def dated(page, label, digits):
    """Type a day into its field, year first, and leave it."""
    year = page.get_by_role("spinbutton", name=f"year, {label}")
    expect(year).to_be_visible()
    settled(page)
    year.click()
    page.keyboard.type(digits)
    page.get_by_role("heading", name="Settings").click()


def held(session):
    known = queries.settings(session).set_index("name")["value"]
    return [known[name] for name in NAMES]


def declined(page, session):
    """Leave it at no automatic sync, and take back another plan before it was applied."""
    expect(page.get_by_text("The first sync went well.")).to_be_visible()
    press(page, "Leave it at never")
    expect(page.get_by_text("Saved. The next syncs are planned anew.")).to_be_visible()
    expect(called(page, "button", "Leave it at never")).to_have_count(0)
    page.get_by_role("radiogroup", name="How often").get_by_text("Weekly").click()
    choose(page, "On", "Friday")
    choose(page, "Time zone of the company", "Europe/Lisbon")
    expect(page.get_by_role("listitem").filter(has_text="Friday")).to_be_visible()
    press(page, "Discard")
    expect(called(page, "button", "Discard")).to_have_count(0)
    assert queries.schedule(session).frequency == "never"


def test_what_is_chosen_on_several_parts_is_applied_together_and_read_back(installation, visit):
    session = installation.company("Forms")
    usual = held(session)
    page = visit("settings", company="Forms", tab="Support")
    fill(page, "Support address", "help@books.example")
    expect(page.get_by_text("1 change staged")).to_be_visible()
    part(page, "Dates")
    dated(page, "Closing date", "20260331")
    expect(page.get_by_text("2 changes staged")).to_be_visible()
    part(page, "Conflicts and corrections")
    page.get_by_text("Post on the first open day", exact=True).click()
    expect(page.get_by_text("3 changes staged")).to_be_visible()
    part(page, "Accounts")
    fill(page, "Prefix of journal entry numbers", "ZJ-")
    expect(page.get_by_text("4 changes staged")).to_be_visible()
    page.get_by_text("What they do").click()
    expect(page.get_by_role("listitem").filter(has_text="Support address")).to_contain_text("none → help@books.example")
    assert held(session) == usual
    press(page, "Apply 4 changes")
    expect(page.get_by_text("Saved: 4 settings. The next sync goes by it.")).to_be_visible()
    expect(page.get_by_text("staged")).to_have_count(0)
    assert held(session) == [date(2026, 3, 31), True, "help@books.example", "ZJ-"]

    # What was taken back before it was applied has done nothing.
    part(page, "Conflicts and corrections")
    page.get_by_text("Stop at first error", exact=True).click()
    page.get_by_text("Post on the first open day", exact=True).click()
    expect(page.get_by_text("2 changes staged")).to_be_visible()
    press(page, "Discard")
    expect(page.get_by_text("staged")).to_have_count(0)
    expect(page.get_by_label("Post on the first open day", exact=True)).to_be_checked()
    part(page, "Dates")
    page.reload()
    settled(page)
    expect(page.get_by_role("group", name="Closing date")).to_contain_text("2026")
    expect(page.get_by_text("staged")).to_have_count(0)

    # By itself it syncs once it has done so by hand; the Sync page says the same as the form.
    sync(session)
    part(page, "Schedule")
    declined(page, session)
    page.get_by_role("radiogroup", name="How often").get_by_text("Daily").click()
    fill(page, "At (HH:MM)", "06:30")
    expect(table(page)).to_contain_text("06:30")
    press(page, "Apply")
    expect(page.get_by_text("Saved. The next syncs are planned anew.")).to_be_visible()
    part(page, "History")
    for said in ("Closing date", "2026-03-31", "help@books.example", "ZJ-"):
        expect(table(page)).to_contain_text(said)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Sync", exact=True).click()
    expect(page.get_by_role("radio", name="Daily")).to_be_checked()
    page.get_by_text("Weekly", exact=True).click()
    expect(page.get_by_text("Automatic sync is now: weekly.")).to_be_visible()
    assert (queries.schedule(session).frequency, queries.schedule(session).time) == ("weekly", "06:30")
