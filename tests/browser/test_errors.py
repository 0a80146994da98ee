"""Sync errors in a real browser: one that closes by itself once its record is put right, and where those lead that do not."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from syncengine import commands, inventory, queries
from syncengine.clock import SystemClock
from syncengine.engine import capture
from tests.browser import hands
from tests.browser.conftest import styled
from tests.browser.hands import called, choose, entered, press, tabbed, table, ticked, unfold

#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "harbour@b"
#: Vendors that QuickBooks refuses once.
REFUSED = ("Odd Company", "Even Company")
#: The page of whoever supports the installation.
HELP = "https://help.books.example/new"


#: Notes where the company picker stands within the strip, as often as anything is drawn.
STANDS = """() => {
  window.places = new Set();
  const top = each => each.getBoundingClientRect().y;
  const look = () => {
    const strip = document.querySelector(".st-key-strip"), picker = strip?.querySelector("[data-testid=stSelectbox]");
    if (picker) window.places.add(Math.round(top(picker) - top(strip)));
    requestAnimationFrame(look);
  };
  look();
}"""


def save(installation, session, values):
    record_id = inventory.save(installation.database, "customer", values, company=session.company_id)
    capture.capture(installation.database, SystemClock())
    return record_id


def test_a_sync_fails_the_record_is_put_right_and_the_error_closes_by_itself(installation, awake, visit):
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
    expect(drawer.get_by_role("table")).to_contain_text(BAD_ADDRESS)
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


def three_causes(installation, session):
    """Two vendors are refused for a reason that nobody knows, a receipt lacks an account of the company's, an address is none.

    Another receipt waits for the first of the vendors.
    """
    item, known = hands.save(session, "item", {"name": "Anchor"}), hands.save(session, "vendor", {"name": "Ropeworks"})
    hands.sync(session)
    wish = {"method": "POST", "realm": installation.realm(session), "path": "vendor"}
    installation.fault(kind="refuse", count=len(REFUSED), code="9999", message="It may not be", detail="for now", match=wish)
    odd, _ = (hands.save(session, "vendor", {"name": name}) for name in REFUSED)
    receipt = {"txn_date": date(2026, 3, 10)}, [{"item_id": item, "quantity": 1, "unit_cost": Decimal(9)}]
    for more in ({"number": "IR-1", "vendor_id": odd, "posts_as": "bill"}, {"number": "IR-2", "vendor_id": known, "posts_as": "credit card"}):
        hands.save(session, "item_receipt", receipt[0] | more, receipt[1])
    hands.save(session, "customer", {"name": "Harbour Supply", "email": BAD_ADDRESS})
    assert hands.sync(session)["result"] == "errors"


def narrowed(page):
    """By the kind of what failed and by what happens with it, as the address says, too."""
    every = page.get_by_text("4 records failed, for 3 causes")
    expect(every).to_be_visible()
    choose(page, "Kind", "Vendor")
    expect(page.get_by_text("2 records failed, for 1 cause")).to_be_visible()
    expect(page.get_by_text("There is no credit card account for this receipt")).to_have_count(0)
    choose(page, "What happens", "Corrects itself")
    expect(page.get_by_text("No error matches. Widen the search, or choose all kinds.")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Clear value").first.click()
    expect(page.get_by_text("The e-mail address is not valid.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"class=Corrects"))
    expect(page.get_by_text("QuickBooks refused the record, and the reason is not known here.")).to_have_count(0)
    choose(page, "What happens", "Needs a person")
    expect(page.get_by_text("3 records failed, for 2 causes")).to_be_visible()


def sent_to_support(page, session):
    """The end of the drawer of what nobody here can put right: by mail, by a page, and out of the queue meanwhile."""
    drawer = page.get_by_role("dialog")
    ends = drawer.get_by_role("heading", name="What now")
    expect(ends).to_be_visible()
    mail = unfold(page, "Report for support", drawer).get_by_role("link", name="Write to support")
    expect(mail).to_have_attribute("href", "mailto:help@books.example?subject=Report%20from%20Tieout")
    mail.click()

    commands.change_settings(session, {"support_address": HELP})
    page.reload()  # the address opens it again
    expect(ends).to_be_visible()
    way = unfold(page, "Report for support", drawer).get_by_role("link", name="Open the support page")
    with page.expect_popup() as coming:
        way.click()
    expect(coming.value).to_have_url(HELP)
    expect(coming.value.get_by_text("Whom we help")).to_be_visible()
    coming.value.close()
    page.keyboard.press("Escape")
    drawer.get_by_role("link", name="Take the record out of the queue meanwhile").click()


def test_a_failed_record_is_corrected_and_synced_by_the_keyboard_alone(installation, awake, visit):
    session = installation.company("Keyboard")
    save(installation, session, {"name": "Pier Supply", "email": BAD_ADDRESS})
    page = visit("errors", company="Keyboard")
    styled(page)
    drawer, look = page.get_by_role("dialog"), page.get_by_role("button", name="Show what it will do")
    tabbed(page, page.get_by_role("link", name="Skip to main content"))
    page.evaluate(STANDS)
    entered(page, page.get_by_role("button", name="Sync now"), page.get_by_text("1 record failed"))
    assert page.evaluate("[...window.places].length") == 1  # how far the sync is stands below, and moves nothing
    entered(page, look, drawer)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(look).to_be_focused()  # where one was before
    entered(page, look, drawer)
    entered(page, drawer.get_by_role("button", name="Do it"), drawer, gone=True)
    expect(page.get_by_text("No errors.")).to_be_visible()
    [there] = installation.in_quickbooks(session, "SELECT * FROM Customer WHERE DisplayName = 'Pier Supply'")
    assert "PrimaryEmailAddr" not in there


def test_errors_are_narrowed_looked_into_and_led_on_from(installation, awake, visit):
    session = installation.company("Wanting")
    commands.change_settings(session, {"support_address": "help@books.example"})
    three_causes(installation, session)
    page = visit("errors", company="Wanting")
    page.context.route(HELP, lambda asked: asked.fulfill(content_type="text/html", body="<h1>Whom we help</h1>"))
    narrowed(page)

    press(page, "Show the records")
    page.get_by_text("Waits for it: 1 record").click()
    waiting = table(page, "[data-testid=stExpander]")
    for said in ("Item receipt IR-1", "Odd Company"):
        expect(waiting).to_contain_text(said)
    ticked(page, "Odd Company", page.get_by_test_id("stDataFrame").last)
    page.locator(".st-key-errors-records-details").get_by_role("button").click()
    sent_to_support(page, session)
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Odd Company")).to_be_visible()
    drawer.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("1 removed. What was removed comes back")).to_be_visible()
    assert "Odd Company" not in queries.queue(session)["label"].tolist()

    page = visit("errors", company="Wanting", only="Vendor")
    press(page, "Retry")
    expect(page.get_by_text("Will be tried with the next sync.")).to_be_visible()
    assert not set(queries.errors(session)["label"]) & set(REFUSED)
    hands.sync(session)
    [there] = installation.in_quickbooks(session, "SELECT * FROM Vendor WHERE DisplayName = 'Even Company'")
    assert there["Active"]

    page = visit("errors", company="Wanting")
    called(page, "link", "Set it under Settings, Accounts").click()
    expect(page.get_by_role("radio", name="Accounts", exact=True)).to_be_checked()
    expect(page.get_by_role("combobox", name="Default credit card account")).to_be_visible()
