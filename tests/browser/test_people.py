"""People in a real browser: a row is chosen by a click, changed with its difference shown, and the company is seen as a role sees it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from syncengine import commands, queries
from syncengine.commands import Standing
from tests.browser.conftest import cell, settled

ADA, BOB, CAROL = "ada@books.example", "bob@books.example", "carol@books.example"


def leave_to(page, card, label, permission):
    """Choose one permission beside the role, or in spite of it."""
    field = card.get_by_role("combobox", name=label)
    settled(page)
    field.click()
    field.fill(permission)
    page.get_by_role("option", name=permission).click()
    page.keyboard.press("Escape")


def test_a_row_is_clicked_its_person_changed_and_the_change_told(installation, visit):
    session = installation.company("Team")
    for person, role in ((ADA, "owner"), (BOB, "operator"), (CAROL, "viewer")):
        commands.change_person(session, person, Standing(role), Standing())
    page = visit("people", company="Team")
    page.mouse.click(*cell(page.get_by_test_id("stDataFrame").first, 1, left=18))
    card = page.locator(".st-key-people-person")
    expect(card.get_by_role("heading", name="bob@books.example")).to_be_visible()  # as it is typed, and no way out to a mail program
    expect(card.get_by_role("link")).to_have_count(0)
    expect(page).to_have_url(re.compile("person=bob"))
    page.reload()
    settled(page)
    card.get_by_test_id("stRadio").get_by_text("Accountant").click()
    expect(card.get_by_text("May no longer")).to_be_visible()
    card.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("is changed, from their next click on.")).to_be_visible()
    assert queries.people(session).set_index("person").loc[BOB, "role"] == "accountant"
    settled(page)  # for a moment the card stands beside the one that takes its place
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove bob@books.example").click()
    expect(page.get_by_text("has no right here any more.").first).to_be_visible()
    expect(card).to_have_count(0)
    assert queries.people(session)["person"].tolist() == [ADA, CAROL]


def known_already(page, card):
    """Whoever is to be added and has a role here is told so, and what they may do is a click away."""
    page.get_by_role("button", name="Add a person").click()
    expect(card.get_by_role("heading", name="Add a person")).to_be_visible()
    expect(page).not_to_have_url(re.compile("person=bob"))
    card.get_by_role("textbox", name="E-mail address").fill("BOB@books.example")
    page.keyboard.press("Tab")
    expect(card.get_by_text("is an operator here already.")).to_be_visible()
    expect(card.get_by_role("button", name="Add bob@")).to_have_count(0)
    card.get_by_role("button", name="See what they may do").click()
    expect(card.get_by_role("heading", name="bob@books.example")).to_be_visible()
    expect(page).to_have_url(re.compile("person=bob"))
    expect(card.get_by_text("Sync now and the queue", exact=True)).to_be_visible()


def test_a_person_is_added_with_a_permission_beside_the_role_and_what_was_done_is_told(installation, visit):
    session = installation.company("Adding")
    page = visit("people", company="Adding")
    page.get_by_role("button", name="Add a person").click()
    card = page.locator(".st-key-people-person")
    expect(card.get_by_role("button", name="Cancel")).to_be_visible()
    settled(page)  # the page is still drawn below the card: a click in the middle of it may come to nothing
    card.get_by_role("button", name="Cancel").click()
    expect(card).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="Add a person").click()
    card.get_by_role("textbox", name="E-mail address").fill(" Bob@Books.example")
    page.keyboard.press("Tab")
    card.get_by_test_id("stRadio").get_by_text("Operator").click()
    leave_to(page, card, "May also, beside the role", "Bills")
    expect(card.get_by_text("May from now on: see the list of bills.")).to_be_visible()
    leave_to(page, card, "May not, in spite of the role", "Sync now and the queue")
    expect(card.get_by_text("May from now on: press Sync now")).to_have_count(0)
    card.get_by_role("button", name="Add bob@").click()
    expect(page.get_by_text("is an operator now.").first).to_be_visible()
    expect(page).to_have_url(re.compile("person=bob"))
    [row] = queries.people(session).to_dict("records")
    assert (row["person"], row["role"], row["granted"], row["refused"]) == (BOB, "operator", ("see_bills",), ("sync",))
    known_already(page, card)
    told = page.get_by_test_id("stDataFrame").last.locator("table[role=grid]")
    expect(told).to_contain_text("bob@books.example may see the list of bills, whatever the role.")


def test_the_company_is_seen_as_an_accountant_on_every_page_until_one_stops(installation, visit):
    installation.company("Seen")
    page = visit("people", company="Seen")
    page.get_by_role("button", name="As accountant").click()
    banner = page.get_by_text("You look as an accountant")
    expect(banner).to_be_visible()
    expect(page.get_by_role("heading", name="Sync", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    menu = page.get_by_test_id("stSidebar")
    expect(menu.get_by_role("link", name="Bills")).to_be_visible()
    expect(menu.get_by_role("link", name="People")).to_have_count(0)
    menu.get_by_role("link", name="Bills").click()
    expect(page.get_by_role("heading", name="Bills", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("as=accountant"))
    page.reload()
    expect(banner).to_be_visible()
    page.get_by_role("button", name="Stop viewing as accountant").click()
    expect(menu.get_by_role("link", name="People")).to_be_visible()
    expect(banner).to_have_count(0)
    expect(page).not_to_have_url(re.compile("as=accountant"))
