"""Each role in a real browser: by clicks through its menu, on each page exactly what it may do, and no more once that is taken away.

What a page offers to whom stands in `tests/support/offers.py`, by the keys of what is drawn; here stands, too, what a person reads
on it. The service decides once more on every act: `tests/contracts/test_rights.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from playwright.sync_api import Locator, Page, expect

from syncengine import commands, queries
from syncengine.ui import menu
from tests.browser.conftest import Served, in_the_dashboard, settled, until, within
from tests.browser.hands import called, deafen, go, hands_off, link, press, ticked
from tests.support.offers import STAFF, VIEWS, fill, held, person
from tests.unit.queries import seed

#: The keys of all that can be pressed, chosen or filled in within an element, with what is read on it; a table counts where it can be written into.
READ = r"""scope => {
  const kinds = ['Button', 'ButtonGroup', 'Checkbox', 'DataFrame', 'DateInput', 'DownloadButton', 'FileUploader', 'FormSubmitButton',
    'MultiSelect', 'NumberInput', 'Radio', 'Selectbox', 'Slider', 'TextArea', 'TextInput', 'TimeInput'];
  const found = {};
  for (const each of scope.querySelectorAll(kinds.map(kind => `[data-testid=st${kind}]`).join(','))) {
    if (each.dataset.testid === 'stDataFrame' && !each.querySelector('td[aria-readonly=false]')) continue;
    const own = [...each.closest('[data-testid=stElementContainer]').classList].find(name => name.startsWith('st-key-'));
    const said = each.querySelector('label, [data-testid=stMarkdownContainer]')?.cloneNode(true);
    said?.querySelectorAll('[data-testid=stIconMaterial]').forEach(icon => icon.remove());
    const words = said?.textContent.replace(/\s*\d[\d,]*/g, '').trim() ?? '(table)';
    found[own ? own.slice(7) : words] = words;
  }
  return found;
}"""

#: What a person reads on all that acts, by the permission that it takes; numbers are left out.
ACTS = {
    "sync": {"Sync now", "Retry", "Retry all", "Move to bottom", "Remove", "Add to sync", "Add all"},
    "manage": {
        "Do it", "Do it for all", "Do it for records", "Take it back", "Which stands", "Send ours again", "Accept QuickBooks'",
        "It is right, go on", "Leave it undone", "CSV or XLSX file", "(table)",
    },
    "own": {
        "How often", "Make its working day now", "Disconnect now", "Add a person",
        "As viewer", "As accountant", "As operator", "As manager",
    },
    "sql": {"Ask with"},
}  # fmt: skip
#: A page that is closed to each role; its address is where the role's visit begins.
CLOSED = {"viewer": "people", "accountant": "importing", "operator": "bills", "manager": "settings"}
#: Every page that a company with one person's one company has.
PAGES = {each.name: each.title for each in menu.ENTRIES if each.name != "companies"}


def things(scope: Locator) -> dict[str, str]:
    """What is offered within an element, by key, with what is read on it.

    What draws a kind of field is fetched by the browser with the first one of a visit: until it has come, a grey bar stands there.
    """
    expect(scope.get_by_test_id("stSkeleton")).to_have_count(0)
    until(lambda: scope.evaluate("scope => [...scope.querySelectorAll('[data-testid=stDataFrame]')].filter(each => each.checkVisibility()).every(each => each.querySelector('tr'))"))
    found: dict[str, str] = scope.evaluate(READ)
    return found


def on_the_page(page: Page) -> dict[str, str]:
    """What the page offers, that in its popovers included."""
    main = page.get_by_test_id("stMain")
    found = things(main)
    for each in main.get_by_test_id("stPopover").get_by_role("button").all():
        each.click()
        found |= things(page.get_by_test_id("stPopoverBody"))
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    return found


def in_the_drawer(page: Page) -> dict[str, str]:
    """What an open drawer offers, which is closed again."""
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading").first).to_be_visible()
    settled(page)
    found = things(drawer)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    hands_off(page)
    return found


def click(page: Page, key: str) -> None:
    """Click the button whose key begins so."""
    settled(page)
    page.get_by_test_id("stMain").locator(f"[class*=st-key-{key}] button").first.click()


def chosen(page: Page, says: str, key: str) -> None:
    """Tick the row that says this, until the button with the key can be pressed; a table that is just being drawn loses a click."""
    button = page.get_by_test_id("stMain").locator(f".st-key-{key} button").first

    def is_chosen() -> bool:
        settled(page)
        if button.is_disabled():
            ticked(page, says)
        with suppress(AssertionError):
            expect(button).to_be_enabled(timeout=5_000)
        return button.is_enabled()

    until(is_chosen)


def look_at_a_row(page: Page) -> dict[str, str]:
    chosen(page, "Alpine", "preview-attention-look")
    click(page, "preview-attention-look")
    return in_the_drawer(page)


def look_at_a_cause(page: Page) -> dict[str, str]:
    press(page, "Show the records")
    expect(page.get_by_role("heading", name="The records")).to_be_visible()
    settled(page)
    found = on_the_page(page)
    press(page, "All causes")
    expect(page.get_by_role("heading", name="The records")).to_have_count(0)
    return found


def look_at_a_correction(page: Page) -> dict[str, str]:
    settled(page)
    called(page, "button", "Show what it will do").last.click()
    return in_the_drawer(page)


def look_at_a_list(page: Page) -> dict[str, str]:
    chosen(page, "Customer", "records-list")
    press(page, "Open list")
    expect(page.get_by_text("1-3 of 3")).to_be_visible()
    settled(page)
    return on_the_page(page)


def look_at_a_record(page: Page) -> dict[str, str]:
    chosen(page, "Alpine", "records-open")
    press(page, "Open")
    expect(page.get_by_role("heading", name="Customer Alpine Outfitters")).to_be_visible()
    settled(page)
    return on_the_page(page)


def look_at_corrections(page: Page) -> dict[str, str]:
    press(page, "Do it for all")
    return in_the_drawer(page)


#: How one comes from a page to what it shows at another address, by the names of the views, in this order.
WAYS: dict[str, Callable[[Page], dict[str, str]]] = {
    "preview-row": look_at_a_row, "errors-group": look_at_a_cause, "errors-fix": look_at_a_correction, "errors-all": look_at_corrections,
    "records-kind": look_at_a_list, "records-kind-record": look_at_a_record,
}  # fmt: skip
#: A way that takes a permission by itself.
ONLY = {"errors-all": {"manage"}}


def seen_by(page: Page, role: str) -> dict[str, dict[str, str]]:
    """What the role finds, view by view, by clicks through all of its menu."""
    open_to = {view.page for view in VIEWS if view.is_open_to(role)}
    expect(within(page)[1]).to_have_text([link(title) for name, title in PAGES.items() if name in open_to], use_inner_text=True)
    found = {}
    for name, title in PAGES.items():
        if name in open_to:
            go(page, title)
            found[name] = on_the_page(page)
            ways = [view.name for view in VIEWS if view.page == name and view.name in WAYS and ONLY.get(view.name, set()) <= held(role)]
            found |= {each: WAYS[each](page) for each in ways}
    return found


def acts_of(views: dict[str, dict[str, str]]) -> set[str]:
    """What is read on all that takes a permission."""
    kinds = {view.name: view for view in VIEWS}
    return {words for name, found in views.items() for key, words in found.items() if kinds[name].needed(key)}


def late_for_the_rhythm(served: Served, company: seed.Seed) -> None:
    """An owner who is a manager by the time of the click."""
    page = served.page
    go(page, "Sync")
    daily = page.get_by_test_id("stRadio").get_by_text("Daily", exact=True)
    deafen(page)
    served.give(person("owner"), "manager", company.session)
    daily.click()
    expect(page.get_by_text("may not change the connection")).to_be_visible()
    expect(daily).to_have_count(0)
    assert queries.overview(company.session).automatic == "never"


def late_for_a_choice(served: Served, company: seed.Seed) -> None:
    """A manager who is an operator by the time of the click."""
    page = served.page
    go(page, "Conflicts and drift")
    page.get_by_role("radio", name="QuickBooks'", exact=True).click()
    expect(page.get_by_text("1 field decided, not applied yet")).to_be_visible()
    deafen(page)
    served.give(person("manager"), "operator", company.session)
    press(page, "Apply")
    expect(page.get_by_text("may not change classes")).to_be_visible()
    expect(called(page, "button", "Apply")).to_have_count(0)
    assert queries.trouble_counts(company.session).conflicts == 1


def late_for_a_row(served: Served, company: seed.Seed) -> None:
    """An operator who is a viewer by the time of the click."""
    page, before = served.page, queries.queue(company.session)["id"].tolist()
    go(page, "Preview sync")
    chosen(page, "Alpine", "preview-attention-remove")
    deafen(page)
    served.give(person("operator"), "viewer", company.session)
    click(page, "preview-attention-remove")
    expect(page.get_by_text("may not press Sync now")).to_be_visible()
    expect(called(page, "button", "Remove")).to_have_count(0)
    assert queries.queue(company.session)["id"].tolist() == before


def late_for_a_list(served: Served, company: seed.Seed) -> None:
    """An accountant who is a viewer by the time of the click."""
    page = served.page
    go(page, "Bills")
    deafen(page)
    served.give(person("accountant"), "viewer", company.session)
    page.get_by_text("Only with a problem").click()
    expect(page.get_by_text("This page is closed to you")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def late_for_everything(served: Served, company: seed.Seed) -> None:
    """A viewer who is out by the time of the click."""
    page = served.page
    go(page, "Preview sync")
    deafen(page)
    commands.remove_member(company.session, person("viewer"))
    page.get_by_test_id("stSidebar").get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()


#: What somebody of the role still has on the screen when it is taken away: the click says so and changes nothing.
LATE: dict[str, Callable[[Served, seed.Seed], None]] = {
    "owner": late_for_the_rhythm, "manager": late_for_a_choice, "operator": late_for_a_row, "accountant": late_for_a_list,
    "viewer": late_for_everything,
}  # fmt: skip


def test_each_role_finds_its_own_menu_and_on_each_page_what_it_may_do_and_no_more(served, installation):
    company = seed.busy(installation.database, "Roles", now=datetime.now(UTC))
    fill(company)
    page, seen = served.page, {}
    served.sign_in(person(""), path="preview?company=Roles")
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()
    assert things(page.get_by_test_id("stApp")) == {"door-sign_out": "Sign out"}
    for role in reversed(STAFF):
        page.context.clear_cookies()
        served.sign_in(person(role), path=f"{CLOSED.get(role, 'sync')}?company=Roles")
        in_the_dashboard(page)
        expect(page.get_by_text("This page is closed to you")).to_have_count(int(role in CLOSED))
        seen[role] = seen_by(page, role)
        LATE[role](served, company)
    for view in (each for each in VIEWS if each.name in seen["owner"]):
        everything = seen["owner"][view.name]
        for role, views in seen.items():
            wanted = view.offered(everything, role)
            assert views.get(view.name, {}) == {key: words for key, words in everything.items() if key in wanted}, (role, view.name)
    for role, views in seen.items():
        assert acts_of(views) == {words for need, acts in ACTS.items() if need in held(role) for words in acts}, role
