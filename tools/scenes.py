"""What pictures are taken of: each page of the menu, and what opens on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from syncengine.ui import menu
from syncengine.ui.settings import SHEETS

#: The page's script has run through.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
FULL, EMPTY = "full", "empty"
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
Step = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        name: its file's, which begins with the page's.
        page: the page's file in pages/.
        query: what the address says beside the company.
        steps: what is done on the page before the picture is taken.
        states: of the company: FULL is the sample company's day, EMPTY a company with nothing in it.
    """

    name: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    states: tuple[str, ...] = (FULL,)


def press(label: str) -> Step:
    """Press the first button that is called so."""

    def step(page: Page) -> None:
        page.get_by_test_id("stMain").locator(_PRESSED).filter(has_text=re.compile(f"{re.escape(label)}$")).first.click()
        settle(page)

    return step


def choose(label: str) -> Step:
    """Choose one of several that stand side by side."""

    def step(page: Page) -> None:
        page.get_by_test_id("stMain").get_by_text(label, exact=True).first.click()
        settle(page)

    return step


def tick(row: int, *, table: int = 0) -> Step:
    """Tick a row of a table, which is a canvas: a header of 36 pixels, then the rows; ticks stand at the left."""

    def step(page: Page) -> None:
        canvas = page.get_by_test_id("stDataFrame").nth(table).locator("canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box() or {"x": 0, "y": 0}
        page.mouse.click(box["x"] + 18, box["y"] + 36 + 35 * row + 17)  # what lies above the canvas takes the click
        settle(page)

    return step


def upload(page: Page) -> None:
    """Give the Import page a file."""
    page.locator("input[type=file]").first.set_input_files({"name": "customers.csv", "mimeType": "text/csv", "buffer": _FILE})
    page.get_by_text("2. What it would do").wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script has run through, and what it drew is there."""
    page.wait_for_timeout(200)  # a click reaches the server before the page says that it runs
    page.wait_for_selector(f"{IDLE} h1")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")  # a table's code is loaded after the page's


_CLOSER = (tick(0), press("Look closer"))
#: What opens on the pages, on the sample company's day.
_OPENED = (
    Scene("sync-lesson", "sync", steps=(press("Start the lesson"),)),
    Scene("preview-row", "preview", steps=_CLOSER),
    Scene("errors-fix", "errors", steps=(press("Show what it will do"),)),
    Scene("errors-help", "errors", steps=(press("What this means"),)),
    Scene("errors-details", "errors", steps=(press("Details"),)),
    Scene("conflicts-staged", "conflicts", steps=(choose("Inventory's"),)),
    Scene("history-run", "history", steps=(tick(0), press("Open"))),
    Scene("history-records", "history", {"view": "Records"}, states=(FULL, EMPTY)),
    Scene("history-acts", "history", {"view": "Who did what"}, states=(FULL, EMPTY)),
    Scene("records-kind", "records", {"kind": "invoice"}),
    Scene("records-search", "records", {"search": "Juniper"}),
    Scene("records-record", "records", {"kind": "invoice"}, (tick(0), press("Open"))),
    Scene("records-reconcile", "records", {"view": "Reconcile"}, states=(FULL, EMPTY)),
    Scene("importing-file", "importing", steps=(upload,)),
    Scene("explore-chart", "explore", {"about": "errors"}, (press("Filter, group and chart"),)),
    Scene("explore-sql", "explore", {"with": "SQL"}),
    *(
        Scene(f"settings-{tab.lower().replace(' ', '-')}", "settings", {"tab": tab})
        for tab in ("Schedule", *SHEETS, "Company", "Alerts", "History")
    ),
    Scene("settings-staged", "settings", {"tab": "What syncs"}, (choose("only to QuickBooks"),)),
    Scene("people-add", "people", {"add": "yes"}),
    Scene("accounts-entry", "accounts", steps=_CLOSER),
    Scene("bills-entry", "bills", steps=_CLOSER),
    Scene("journal_entries-entry", "journal_entries", steps=_CLOSER),
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
