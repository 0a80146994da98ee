"""What pictures are taken of: each page of the menu, and what opens on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from syncengine.ui import menu
from syncengine.ui.explore.sql import EXAMPLES
from syncengine.ui.settings import SHEETS

#: The page's script has run through.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
FULL, EMPTY, TROUBLED = "full", "empty", "troubled"
#: What is seen before anybody is let in; not a page of the menu.
DOOR = "door"
#: A file that has something to say: one record is new, one is changed, one cannot go in.
_FILE = (
    b"code,name,email,phone,credit limit,terms\n"
    b"C-900,Birchwood Outfitters,orders@birchwood.example.com,503-555-0190,5000,Net 30\n"
    b"C-901,Sandpiper Gallery,not an address,503-555-0191,2500,Net 15\n"
    b",Juniper Property Group,office@juniper.example.com,503-555-0192,2500,Net 30\n"
)
#: What can be pressed: a button with words, or what opens a part of a page.
_PRESSED = "[data-testid=stButton] button, [data-testid=stExpander] summary"
_OPENERS = "[data-testid=stPopover] button"
#: The page has come to rest: its script has run through, nothing of the run before is left, letters and pictures are there,
#: and its text has not changed for `quiet` milliseconds. Fails after `within` milliseconds.
_AT_REST = """([quiet, within]) => new Promise((done, fail) => {
  const begun = Date.now();
  let changed = begun;
  const watch = new MutationObserver(() => { changed = Date.now(); });
  const seen = ["data-test-script-state", "data-stale"];
  watch.observe(document.body, {subtree: true, childList: true, characterData: true, attributeFilter: seen});
  const drawn = () => document.querySelector("[data-testid=stApp][data-test-script-state=notRunning] h1")
    && !document.querySelector("[data-testid=stSkeleton], [data-testid=stMain] [data-stale=true]")
    && document.fonts.status === "loaded" && [...document.images].every(each => each.complete);
  const look = setInterval(() => {
    const rest = drawn() && Date.now() - changed >= quiet, late = Date.now() - begun > within;
    if (!rest && !late) return;
    clearInterval(look);
    watch.disconnect();
    if (rest) done(); else fail(new Error("The page does not come to rest"));
  }, 50);
})"""
#: Brings a table to the top of the window, below what lies over a page's top; one that is taller than the window would be cut.
_TO_THE_TOP = """table => {
  table.scrollIntoView({block: "start"});
  document.querySelector("[data-testid=stMain]").scrollBy(0, -120);
}"""
#: Milliseconds without a change, and how long that is waited for. A click takes a moment to reach the server and come back.
_QUIET, _WITHIN = 800, 60_000
Step = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        name: its file's, which begins with the page's.
        page: the page's file in pages/.
        query: what the address says beside the company.
        steps: what is done on the page before the picture is taken.
        states: of the company: FULL is the sample company's day, EMPTY a company with nothing in it, TROUBLED one with what that
            day has none of (`tools/troubled.py`).
        opens: the title of the drawer or dialog that must stand open in it.
        narrow: whether it is to be seen on a phone only.
    """

    name: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    states: tuple[str, ...] = (FULL,)
    opens: str = ""
    narrow: bool = False


def press(label: str, *, everywhere: bool = False) -> Step:
    """Press the first button that is called so: on the page, or `everywhere`, what hangs over it included."""

    def step(page: Page) -> None:
        within = page.locator("body") if everywhere else page.get_by_test_id("stMain")
        # A button with a tooltip is there twice, for desks and for phones, and one of them is hidden.
        within.locator(_PRESSED).filter(has_text=re.compile(f"{re.escape(label)}$"), visible=True).first.click()
        settle(page)

    return step


def open_(label: str) -> Step:
    """Open the first popover that is called so."""

    def step(page: Page) -> None:
        page.locator(_OPENERS).filter(has_text=label, visible=True).first.click()
        settle(page)

    return step


def choose(label: str) -> Step:
    """Choose one of several that stand side by side."""

    def step(page: Page) -> None:
        page.get_by_test_id("stMain").get_by_text(label, exact=True).first.click()
        settle(page)

    return step


def tick(row: int, *, table: int = 0) -> Step:
    """Tick a row of a table; ticks stand at the left."""

    def step(page: Page) -> None:
        page.mouse.click(*_cell(page, table, row, 18))  # what lies above the canvas takes the click
        settle(page)

    return step


def _cell(page: Page, table: int, row: int, left: float) -> tuple[float, float]:
    """Where a cell of a table is seen, which is a canvas: a header of 36 pixels, then the rows."""
    canvas = page.get_by_test_id("stDataFrame").nth(table).locator("canvas").first
    canvas.evaluate(_TO_THE_TOP)
    box = canvas.bounding_box() or {"x": 0, "y": 0}
    return box["x"] + left, box["y"] + 36 + 35 * row + 17


def edit(row: int, text: str, *, left: int = 80) -> Step:
    """Write into a cell of the page's table; `left` are pixels from the table's edge."""

    def step(page: Page) -> None:
        field = page.get_by_test_id("portal").or_(page.locator("#portal")).locator("textarea, input").first
        for _ in range(3):  # a click that comes before the table listens opens nothing
            page.mouse.click(*_cell(page, 0, row, left))
            page.keyboard.press("Enter")
            page.wait_for_timeout(500)
            if field.is_visible():
                break
        field.fill(text)
        page.keyboard.press("Enter")
        settle(page)

    return step


def opened(page: Page, title: str) -> None:
    """Wait for the drawer or dialog with this title."""
    page.get_by_role("dialog").get_by_text(title, exact=True).first.wait_for()
    settle(page)


def unfold(page: Page) -> None:
    """Open the menu, which a phone folds away."""
    page.get_by_test_id("stExpandSidebarButton").click()
    settle(page)


def upload(page: Page) -> None:
    """Give the Import page a file."""
    page.locator("input[type=file]").first.set_input_files({"name": "customers.csv", "mimeType": "text/csv", "buffer": _FILE})
    page.get_by_text("2. What it would do").wait_for()
    settle(page)


def upload_large(page: Page) -> None:
    """Give the Import page a file that is the worker's, and wait until it has looked through it."""
    rows = b"".join(b"B-%d,Bulk customer %d,office%d@example.com\n" % (n, n, n) for n in range(2_500))
    content = b"code,name,email\nB-x,Sandpiper Gallery,not an address\n" + rows
    page.locator("input[type=file]").first.set_input_files({"name": "bulk.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_text("2. What it would do").wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page has come to rest: no picture is taken of one that is half drawn."""
    page.wait_for_selector(f"{IDLE} h1")
    page.evaluate(_AT_REST, [_QUIET, _WITHIN])


_CLOSER = (tick(0), press("Look closer"))
#: What opens on the pages, on the sample company's day.
_OPENED = (
    Scene("sync-lesson", "sync", steps=(press("Start the lesson"),)),
    Scene("sync-support", "sync", steps=(open_("Report for support"),)),
    Scene("sync-as", "sync", {"as": "accountant"}),
    Scene("sync-menu", "sync", steps=(unfold,), narrow=True),
    Scene("preview-row", "preview", steps=_CLOSER, opens="Before it is sent"),
    Scene("preview-filters", "preview", steps=(open_("More filters"),)),
    Scene("preview-all", "preview", steps=(open_("All 15"), press("Remove 15", everywhere=True)), opens="Everything that matches"),
    Scene("errors-fix", "errors", steps=(press("Show what it will do"),), opens="What it will do"),
    Scene("errors-help", "errors", steps=(press("What this means"),), opens="What this means"),
    Scene("errors-details", "errors", steps=(press("Details"),), opens="Details of the error"),
    Scene("errors-lately", "errors", steps=(press("Corrected lately: 1"),)),
    Scene("errors-many", "errors", states=(TROUBLED,)),
    Scene("errors-records", "errors", steps=(press("Show the records"),), states=(TROUBLED,)),
    Scene("errors-all", "errors", steps=(press("Do it for all"),), states=(TROUBLED,), opens="For the whole cause"),
    Scene("conflicts-arrived", "conflicts", states=(TROUBLED,)),
    Scene("conflicts-arrival", "conflicts", steps=(press("Details"),), states=(TROUBLED,), opens="What QuickBooks holds"),
    Scene("conflicts-staged", "conflicts", steps=(choose("Inventory's"),)),
    Scene("history-run", "history", steps=(tick(0), press("Open"))),
    Scene("history-records", "history", {"view": "Records"}, states=(FULL, EMPTY)),
    Scene("history-sent", "history", {"view": "Records"}, (tick(0),)),
    Scene("history-acts", "history", {"view": "Who did what"}, states=(FULL, EMPTY)),
    Scene("records-kind", "records", {"kind": "invoice"}),
    Scene("records-search", "records", {"search": "Juniper"}),
    Scene("records-record", "records", {"kind": "invoice"}, (tick(1), press("Open"))),
    Scene("records-reconcile", "records", {"view": "Reconcile"}, (press("Compare"),), (FULL, EMPTY)),
    Scene("importing-file", "importing", steps=(upload,)),
    Scene("importing-columns", "importing", steps=(upload, press("Columns: 5 of 6 are used"))),
    Scene("importing-large", "importing", steps=(upload_large,)),
    Scene("explore-chart", "explore", {"question": "runs", "chart": "bars", "by": "result", "how": "sum", "of": "sent"}),
    Scene("explore-sql", "explore", {"with": "SQL", "sql": EXAMPLES["What waits, by kind"]}, (press("Run"),)),
    *(
        Scene(f"settings-{tab.lower().replace(' ', '-')}", "settings", {"tab": tab})
        for tab in ("Schedule", *SHEETS, "Company", "Alerts", "History")
    ),
    Scene("settings-staged", "settings", {"tab": "What syncs"}, (choose("only to QuickBooks"),)),
    Scene("settings-closed", "settings", {"as": "viewer"}),
    Scene("people-add", "people", {"add": "yes"}),
    Scene("accounts-entry", "accounts", steps=_CLOSER, opens="In QuickBooks"),
    Scene("bills-entry", "bills", steps=_CLOSER, opens="In QuickBooks"),
    Scene("journal_entries-entry", "journal_entries", steps=_CLOSER, opens="In QuickBooks"),
    Scene("classes-staged", "classes", steps=(edit(0, "Shops"),)),
    Scene("departments-staged", "departments", steps=(edit(0, "Shop"),)),
)
#: Every picture: each page of the menu, full and empty, followed by what opens on it.
SCENES: tuple[Scene, ...] = tuple(
    scene
    for entry in menu.ENTRIES
    for scene in (
        Scene(entry.name, entry.name, states=(FULL, EMPTY)),
        *(each for each in _OPENED if each.page == entry.name),
    )
)


def wanted(names: list[str]) -> list[Scene]:
    """The pictures that are asked for: by their own names, or by a page's, which takes all of the page; all where none is named.

    Raises ValueError where there is no picture and no page of a name.
    """
    known = {each.name for each in SCENES} | {each.page for each in SCENES} | {DOOR}
    if unknown := sorted(set(names) - known):
        raise ValueError(f"There is no picture of {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
    return [each for each in SCENES if not names or {each.name, each.page} & set(names)]
