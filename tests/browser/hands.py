"""What a person does in a browser, by what is seen there; and what goes on meanwhile, of which the browser hears nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from syncengine import commands, inventory, queries
from syncengine.clock import SystemClock
from syncengine.engine import capture
from syncengine.queries import Session
from tests.browser.conftest import cell, settled, until

#: A table's title row, and each row below it, in pixels.
TITLES, ROW = 36, 35


def ticked(page: Page, says: str = "", table: Locator | None = None) -> None:
    """Click the box before the first row of the table (else of the page's first one) that says this, once it does."""
    grid = table or page.get_by_test_id("stDataFrame").first
    place = placed(grid, says)
    settled(page)
    # By the element and not by coordinates that were read before: what stands above it may still be growing.
    grid.click(position={"x": 18, "y": TITLES + ROW * place + ROW // 2})


def placed(grid: Locator, says: str) -> int:
    """At which place, from 0, the first row stands that says this."""
    row = grid.locator("table[role=grid] tbody tr").filter(has_text=says).first
    expect(row).to_be_attached()
    return int(row.get_attribute("aria-rowindex") or 0) - 2  # the titles are the first row, counted from 1


def table(page: Page, within: str = "") -> Locator:
    """The page's first table as a screen reader has it, by which its cells can be read."""
    part = page.locator(within) if within else page
    return part.get_by_test_id("stDataFrame").first.locator("table[role=grid]")


def called(page: Page, role: str, name: str) -> Locator:
    """What is called so in the page itself; a list box has a button "Open" of its own, which nobody takes for one."""
    main = page.get_by_test_id("stMain")
    return main.get_by_role(role, name=name, exact=True).and_(main.locator(":not([aria-haspopup=listbox])"))  # type: ignore[arg-type] # role is one of Playwright's literals


def press(page: Page, name: str) -> None:
    """Click the button of the page itself that is called so, once what was there before is gone."""
    settled(page)
    called(page, "button", name).click()


def hands_off(page: Page) -> None:
    """Point at nothing: what explains the button that was pressed last may lie over the next one."""
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement?.blur()")


def link(title: str) -> re.Pattern[str]:
    """How the menu calls a page: by its title after the name of its icon, with how much needs somebody there."""
    return re.compile(rf"(^|\s){title}(\s*\d+)?$")


#: Whether what has the focus is marked as that; fields mark what is around them.
_MARKED = """() => {
  const at = document.activeElement, drawn = getComputedStyle(at);
  return !["A", "BUTTON", "SUMMARY"].includes(at.tagName) || drawn.outlineStyle !== "none" || drawn.boxShadow !== "none";
}"""


def tabbed(page: Page, wanted: Locator) -> None:
    """Go to it by the keyboard, from where one is; every link and button on the way shows that one is there."""
    for _ in range(150):  # what a run draws anew on the way begins at the top again
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
        assert page.evaluate(_MARKED), page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"the keyboard does not lead to {wanted}")


def entered(page: Page, wanted: Locator, shows: Locator, *, gone: bool = False) -> None:
    """Press it by the keyboard, once more where a run that came just then has overtaken it, until that shows, or is gone."""

    def pressed() -> bool:
        settled(page)
        if shows.is_visible() is gone:
            tabbed(page, wanted)
            page.keyboard.press("Enter")
        with suppress(AssertionError):
            expect(shows).to_be_visible(visible=not gone, timeout=20_000)
            return True
        return False

    until(pressed, within=120)


def go(page: Page, title: str) -> None:
    """To another page, by a click in the menu."""
    hands_off(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name=link(title)).click()
    expect(page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
    settled(page)


def unfold(page: Page, name: str, drawer: Locator | None = None) -> Locator:
    """Open the popover that is called so, once more where a run that came just then has drawn it closed; gives what is in it.

    It is the page's own, or that of a drawer.
    """
    body = page.get_by_test_id("stPopoverBody")
    button = drawer.get_by_role("button", name=name, exact=True) if drawer else called(page, "button", name)

    def stays() -> bool:
        settled(page)
        button.click()
        with suppress(TookTooLong):
            body.wait_for(timeout=10_000)
        page.wait_for_timeout(300)
        settled(page)
        return body.is_visible()

    until(stays)
    return body


def downloaded(page: Page, kind: str) -> Path:
    """The file that the page's Download gives."""
    unfold(page, "Download")
    return taken(page, kind)


def taken(page: Page, button: str) -> Path:
    """The file that a click on the button gives."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=button, exact=True).click()
    return coming.value.path()


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list box, by typing what it is called; once more where what was drawn just then has closed its list."""
    box = page.get_by_role("combobox", name=label, exact=True)

    def chosen() -> bool:
        settled(page)
        box.click()
        box.fill(option)
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=10_000)
        except TookTooLong:
            page.keyboard.press("Escape")
            return False
        return True

    until(chosen, within=60)
    settled(page)


def write(page: Page, grid: Locator, row: int, name: str, under: str = "") -> None:
    """Add a row at the end of an editor, as a person does: a click on the empty row, then on its cells."""
    page.mouse.click(*cell(grid, row, left=80))
    expect(grid.locator("table[role=grid]")).to_have_attribute("aria-rowcount", str(row + 3))
    overwrite(page, grid, row, name)
    added = page.get_by_role("listitem").filter(has_text=f"Add {name}")
    expect(added).to_be_visible()
    if under:
        put_under(page, grid, row, f"Add {name}", under)
        expect(added).to_contain_text(f"under {under}")


def put_under(page: Page, grid: Locator, row: int, name: str, under: str) -> None:
    """Choose another parent in a row of an editor, once more where the editor was drawn anew just then, until it is told."""
    told = page.get_by_role("listitem").filter(has_text=name)

    def chosen() -> bool:
        settled(page)
        page.mouse.dblclick(*cell(grid, row, left=190))
        try:
            page.locator("#portal").get_by_role("combobox").click(timeout=5_000)
            page.locator("#portal").get_by_role("option", name=under, exact=True).click(timeout=5_000)
            expect(told).to_contain_text(under, timeout=5_000)
        except (AssertionError, TookTooLong):
            page.keyboard.press("Escape")
            return False
        return True

    until(chosen, within=90)


def retire(page: Page, grid: Locator, name: str) -> None:
    """Clear the box Active of this name's row in an editor by the keyboard, once more where the editor was drawn anew just then.

    Where the box stands is told by no element, and differs with the headings beside it: that of the times names the zone.
    """
    told = page.get_by_role("listitem").filter(has_text=name)

    def cleared() -> bool:
        settled(page)
        page.mouse.click(*cell(grid, placed(grid, name), left=80))
        writing = page.locator("#portal").get_by_role("textbox")
        with suppress(AssertionError):  # a cell that was chosen already is written into by a click
            expect(writing).to_be_visible(timeout=1_000)
            page.keyboard.press("Escape")
            expect(writing).to_have_count(0)
        for key in ("ArrowRight", "ArrowRight", "Space"):  # past the parent
            page.keyboard.press(key)
        with suppress(AssertionError):
            expect(told).to_contain_text("inactive", timeout=10_000)
            return True
        return False

    until(cleared, within=90)


def overwrite(page: Page, grid: Locator, row: int, name: str) -> None:
    """Write another name into a row of an editor."""
    page.mouse.dblclick(*cell(grid, row, left=80))
    page.locator("#portal").get_by_role("textbox").fill(name)
    page.keyboard.press("Enter")


def sync(session: Session, within: float = 120) -> Any:
    """One sync from beginning to end, whoever asks for it; gives the run."""
    before = queries.overview(session).last_run
    commands.sync_now(session)
    last = before["id"] if before else 0
    return until(lambda: (run := queries.overview(session).last_run) and run["id"] > last and run, within=within)


def save(session: Session, kind: str, values: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> int:
    """Save a record as the inventory program would; it is in the queue then."""
    record_id = inventory.save(session.database, kind, values, lines, session.company_id)
    # The worker does so by itself, as soon as the first page was looked at and has started one.
    capture.capture(session.database, SystemClock())
    return record_id


def pressed_in_time(button: Locator) -> bool:
    """Whether the button could still be clicked; not, where the page was drawn anew and the button has nothing to act on any more."""
    try:
        button.click(timeout=5_000)
    except TookTooLong:
        return False
    return True


@contextmanager
def unaware(page: Page) -> Iterator[None]:
    """The browser hears nothing of what goes on inside: no timer of its fires, so that it shows what it did before.

    `page.clock.install()` has to come before the page is opened. Its clock is stopped a little ahead: it must not have gone by
    that moment when the browser hears of it.
    """
    settled(page)
    page.clock.pause_at(page.evaluate("Date.now()") / 1_000 + 2)  # in seconds
    page.wait_for_timeout(1_000)  # a timer that fired on the way there has asked: the server's answer is still to come
    settled(page)
    yield
    page.clock.resume()


def deafen(page: Page) -> None:
    """The page hears nothing of what goes on inside before the next click or load: no timer that it has set fires."""
    settled(page)
    page.evaluate("() => { for (let each = setTimeout(() => 0); each; each--) { clearTimeout(each); clearInterval(each) } }")
