"""The menu: a row for each page, with what opens it and when it is offered. A page's file stands in pages/ under the row's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.store.rights import Permission, Rights

SYNC, INVENTORY, ANALYSIS, COMPANY, ACCOUNTING = "Sync", "Inventory", "Analysis", "Company", "Accounting"


@dataclass(frozen=True)
class Entry:
    """One page.

    Attributes:
        name: of its file in pages/, and its path in the address.
        title, icon: how menu and page call it.
        section: where it stands in the menu; sections stand in the order of their first pages.
        needs: the permissions that open it; without them it is neither offered nor drawn.
        when: whether it is offered just now, beside the permissions; None where that asks for nothing more.
        count: how much needs somebody there, from the overview that the frame has read; None where nothing is counted.
    """

    name: str
    title: str
    icon: str
    section: str
    needs: tuple[Permission, ...] = (Permission.SEE_SYNC,)
    when: Callable[[Facts], bool] | None = None
    count: Callable[[Overview], int] | None = None

    def label(self, overview: Overview) -> str:
        """Its link in the menu: the title, and how much needs somebody there."""
        number = self.count(overview) if self.count is not None else 0
        return f"{self.title} :orange-badge[{number:,}]" if number else self.title

    @property
    def path(self) -> str:
        """The page's file, as Streamlit wants it."""
        return f"pages/{self.name}.py"


class Facts:
    """What decides beside a right whether a page is offered; each is read once a run, and only where a right leads to it."""

    def __init__(self, session: Session, overview: Overview | None = None, companies: int | None = None) -> None:
        self._session = session
        self._overview = overview
        self._companies = companies

    @cached_property
    def tracks(self) -> frozenset[str]:
        """Which of `class` and `department` QuickBooks tracks."""
        return (self._overview or queries.overview(self._session)).tracks

    @cached_property
    def companies(self) -> int:
        """How many companies the person may look at."""
        if self._companies is not None:
            return self._companies
        session = self._session
        return len(queries.companies(session.database, actor=session.actor, signed_in=session.sign_in is not None))


#: Every page, in the order of the menu: a day's order first, the accounting lists last (S36, S40).
ENTRIES: tuple[Entry, ...] = (
    Entry("sync", "Sync", ":material/sync:", SYNC),
    Entry("preview", "Preview sync", ":material/playlist_play:", SYNC),
    Entry("errors", "Sync errors", ":material/error:", SYNC, count=lambda overview: overview.troubles.failures),
    Entry("conflicts", "Conflicts and drift", ":material/call_split:", SYNC, count=lambda overview: overview.troubles.decisions),
    Entry("history", "History", ":material/history:", SYNC),
    Entry("records", "Records", ":material/inventory_2:", INVENTORY),
    Entry("importing", "Import", ":material/upload_file:", INVENTORY, (Permission.MANAGE,)),
    Entry("explore", "Explore", ":material/query_stats:", ANALYSIS),
    Entry("companies", "Companies", ":material/domain:", COMPANY, when=lambda facts: facts.companies > 1),
    Entry("settings", "Settings", ":material/settings:", COMPANY, (Permission.OWN,)),
    Entry("people", "People", ":material/group:", COMPANY, (Permission.OWN,)),
    Entry("accounts", "Accounts", ":material/account_balance:", ACCOUNTING, (Permission.SEE_ACCOUNTS,)),
    Entry("bills", "Bills", ":material/receipt_long:", ACCOUNTING, (Permission.SEE_BILLS,)),
    Entry("credit_memos", "Credit memos", ":material/undo:", ACCOUNTING, (Permission.SEE_CREDIT_MEMOS,)),
    Entry("employees", "Employees", ":material/badge:", ACCOUNTING, (Permission.SEE_EMPLOYEES,)),
    Entry("journal_entries", "Journal entries", ":material/menu_book:", ACCOUNTING, (Permission.SEE_JOURNAL_ENTRIES,)),
    Entry("purchases", "Purchases", ":material/shopping_cart:", ACCOUNTING, (Permission.SEE_PURCHASES,)),
    Entry("tax_codes", "Tax codes", ":material/percent:", ACCOUNTING, (Permission.SEE_TAX_CODES,)),
    Entry("classes", "Classes", ":material/sell:", ACCOUNTING, (Permission.MANAGE,), lambda facts: "class" in facts.tracks),
    Entry(
        "departments",
        "Departments",
        ":material/apartment:",
        ACCOUNTING,
        (Permission.MANAGE,),
        lambda facts: "department" in facts.tracks,
    ),
)
#: The page that opens where the address names none.
HOME = ENTRIES[0]


def entry(title: str) -> Entry | None:
    """The row of the page with this title; None where the menu does not have it."""
    return next((each for each in ENTRIES if each.title == title), None)


def offered(
    session: Session, rights: Rights, overview: Overview | None = None, companies: int | None = None
) -> Mapping[str, list[Entry]]:
    """What the menu shows to this person, by section; what the frame has read already is not read again."""
    facts = Facts(session, overview, companies)
    found: dict[str, list[Entry]] = {}
    for each in ENTRIES:
        if rights.may(*each.needs) and (each.when is None or each.when(facts)):
            found.setdefault(each.section, []).append(each)
    return found
