"""Drawers in a real browser: what is written in them can be read, in the light theme and in the dark one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from syncengine import queries
from tests.browser.conftest import styled
from tests.browser.hands import save, sync

#: An open drawer keeps the page below from scrolling: its root hides what overflows it, and is of no height. Axe takes everything for
#: hidden then, and calls contrast inapplicable.
SHOWN = "html { overflow: visible !important; }"
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def unreadable(page):
    """What axe finds hard to read in the open drawer; fails where it has looked at nothing."""
    page.add_style_tag(content=SHOWN)
    found = Axe().run(page, context="[role=dialog]", options={"runOnly": ["color-contrast"]}).response
    assert found["passes"], "contrast was not looked at"
    return [(node["html"], node["failureSummary"]) for each in found["violations"] for node in each["nodes"]]


def test_what_is_written_in_a_drawer_stands_out_in_both_themes(installation, awake, visit, page):
    session = installation.company("Drawn")
    sync(session)
    vendor, item = save(session, "vendor", {"name": "Ropeworks"}), save(session, "item", {"name": "Anchor"})
    line = {"item_id": item, "quantity": Decimal(2), "unit_cost": Decimal(10)}
    save(session, "item_receipt", {"number": "IR-1", "txn_date": date(2026, 3, 2), "vendor_id": vendor, "posts_as": "bill"}, [line])
    save(session, "customer", {"name": "Mistyped", "email": "harbour@b"})
    sync(session)
    error, row = queries.error_groups(session).iloc[0], queries.queue(session).iloc[0]
    bill = queries.accounting_list(session, "bills").iloc[0]
    found = {}
    for path, query in (
        ("errors", {"error": str(error["example_error"])}), ("errors", {"fix": str(error["example_error"])}), ("errors", {"help": str(error["correction"])}),
        ("preview", {"row": str(row["id"])}), ("bills", {"entry": str(bill["qbo_id"])}),
    ):  # fmt: skip
        page.emulate_media(color_scheme="light")
        visit(path, company="Drawn", **query)
        drawer = page.get_by_role("dialog")
        expect(drawer.get_by_role("heading").first).to_be_visible()
        for part in drawer.locator("summary").all():
            part.click()
        styled(page)
        found[path, *query] = unreadable(page)
        light = page.evaluate(BACKGROUND)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"{BACKGROUND} !== '{light}'")
        found[path, *query, "dark"] = unreadable(page)
    assert {where: said for where, said in found.items() if said} == {}
