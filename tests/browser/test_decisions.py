"""Decisions in a real browser: both answers to a sync that stopped, what could not come in, and an error's words and raw fault."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from syncengine import commands, queries
from tests.browser.conftest import settled
from tests.browser.hands import called, press, save, sync, table, unaware

#: So many that nine of them are nearly all.
NAMES = tuple(f"Yard {number:02}" for number in range(10))
#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "harbour@b"


def out_of_use(installation, session, names):
    """The bookkeeper makes these customers inactive in QuickBooks."""
    ids = dict(queries.records(session, "customer")[["label", "qbo_id"]].to_numpy().tolist())
    for name in names:
        installation.bookkeeper(session, action="deactivate", entity="Customer", id=str(ids[name]))


def active(session):
    found = queries.records(session, "customer")
    return sorted(found[found["active"].astype(bool)]["label"])


def test_a_sync_that_stopped_does_what_was_answered_and_nothing_else(installation, visit, page):
    page.clock.install()
    session = installation.company("Stopping")
    commands.change_settings(session, {"guard_emptied": "3", "guard_least": "3"})
    for name in NAMES:
        save(session, "customer", {"name": name})
    visit("conflicts", company="Stopping")
    sync(session)
    out_of_use(installation, session, NAMES[1:])
    press(page, "Sync now")
    # The page finds out by itself, and nothing of it has been done.
    asks = page.get_by_role("heading", name="The sync has stopped, and asks")
    expect(asks).to_be_visible()
    expect(page.get_by_text("9 of the 10 customers that both sides had are suddenly gone from QuickBooks")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("Gone, or out of use")
    assert active(session) == list(NAMES)

    # While one reads, it has become another question: what was read is not answered.
    with unaware(page):
        out_of_use(installation, session, NAMES[:1])
        sync(session)
        press(page, "It is right, go on")
    expect(page.get_by_text("All 10 customers that both sides had are suddenly gone from QuickBooks")).to_be_visible()
    assert queries.brake(session) is not None
    settled(page)  # the buttons are those of the new question
    press(page, "Leave it undone")
    expect(page.get_by_text("Answered. Nothing of it is done, and the next sync looks again.")).to_be_visible()
    expect(asks).to_have_count(0)
    press(page, "Sync now")
    expect(asks).to_be_visible()
    assert active(session) == list(NAMES)
    press(page, "It is right, go on")
    expect(page.get_by_text("Answered. The next sync goes on with it.")).to_be_visible()
    assert sync(session)["result"] == "ok"
    assert active(session) == []
    page.get_by_text("What was decided").click()
    told = page.get_by_test_id("stDataFrame").locator("table[role=grid]")
    for answer in ("Went on", "Left undone"):
        expect(told).to_contain_text(answer)


def twice_numbered(installation, session):
    """An invoice here and another one in QuickBooks, both of one number; gives the id of ours."""
    customer = save(session, "customer", {"name": "Harbour Supply"})
    item = save(session, "item", {"name": "Rigging", "type": "Service"})
    sync(session)
    line = {"item_id": item, "quantity": 1, "unit_price": Decimal(80)}
    ours = save(session, "invoice", {"number": "TW-1", "customer_id": customer, "txn_date": date(2026, 3, 10)}, [line])
    queue = queries.queue(session)
    commands.remove(session, [(int(row["id"]), int(row["version"])) for _, row in queue.iterrows()])
    [there] = installation.in_quickbooks(session, "SELECT * FROM Customer WHERE DisplayName = 'Harbour Supply'")
    [sold] = installation.in_quickbooks(session, "SELECT * FROM Item WHERE Name = 'Rigging'")
    detail = {"ItemRef": {"value": sold["Id"]}, "Qty": 2, "UnitPrice": 55}
    lines = [{"Amount": 110, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}]
    theirs = {"DocNumber": "TW-1", "CustomerRef": {"value": there["Id"]}, "TxnDate": "2026-03-12", "Line": lines}
    installation.bookkeeper(session, action="create", entity="Invoice", object=theirs)
    return ours


def test_what_could_not_come_in_and_what_failed_are_told_in_words_and_raw(installation, visit):
    session = installation.company("Telling")
    page = visit("conflicts", company="Telling")
    ours = twice_numbered(installation, session)
    save(session, "customer", {"name": "Mistyped", "email": BAD_ADDRESS})
    press(page, "Sync now")
    expect(page.get_by_text("From QuickBooks, not applied here: 1 record")).to_be_visible()
    expect(page.get_by_text("Number: this belongs to another invoice already")).to_be_visible()
    called(page, "link", "Look for it in Records").click()
    expect(page).to_have_url(re.compile("/records.*search=TW-1"))
    expect(table(page)).to_contain_text("TW-1")
    page.go_back()
    press(page, "Details")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("stCode")).to_contain_text('"TotalAmt": 110')
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    settled(page)

    # The cause is put right, and it comes in by itself.
    save(session, "invoice", {"id": ours, "number": "TW-2"})
    press(page, "Sync now")
    expect(page.get_by_text("From QuickBooks, not applied here")).to_have_count(0)
    assert sorted(queries.records(session, "invoice")["label"]) == ["TW-1", "TW-2"]

    page.get_by_test_id("stSidebar").get_by_role("link", name="Sync errors").click()
    expect(page.get_by_text("The e-mail address is not valid.")).to_be_visible()
    press(page, "What this means")
    expect(drawer.get_by_role("heading", name="What you can do")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    press(page, "Details")
    error = queries.errors(session).iloc[0]
    attempt = queries.attempt_of(session, int(error["id"]))
    expect(drawer.get_by_text(attempt["tid"])).to_be_visible()
    drawer.get_by_text("Request", exact=True).click()
    drawer.get_by_text("Answer", exact=True).click()
    for part, says in (("Request", BAD_ADDRESS), ("Answer", '"Fault"')):
        raw = drawer.get_by_role("group").filter(has_text=part).get_by_test_id("stCode")
        expect(raw).to_contain_text(says)
