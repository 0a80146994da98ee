"""What each page offers, and which right each thing there takes: one table, by which pages are tried alone and in a browser.

The things are known by the keys that they have in the page, written as a browser has them: every sign that is neither a letter
nor a digit, `_` or `-` is a `-`. What has no key is known by its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from syncengine import queries
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.store import brakes, corrections, drifts, people, rights
from tests.contracts.test_rights import ROLES
from tests.unit.queries import seed
from tests.unit.ui.failing import alike, offer

#: Everybody who has a role.
STAFF = tuple(role for role in ROLES if role)
#: What looks, narrows or leads somewhere, and changes nothing, wherever it is drawn.
LOOKS = (
    r"search|party|since|until|problems|view|tab|state|kind|does|by|of|only|class|events|records-kind|importing-kind|question|.*-page",
    r".*-(export|frame)-(CSV|XLSX|Parquet)", r"importing-template", r"\w+-look",
)  # fmt: skip
#: What stands around every page.
FRAME = {"company": "", "frame-sync_now": "sync"}


@dataclass(frozen=True)
class View:
    """One page as an address shows it.

    Attributes:
        page: its file's name.
        opens: the permissions that it takes, typed off once more.
        acts: what is drawn there, as a pattern of its key, with the permission that it takes; none for what only looks.
        query: the address; what stands in braces is filled in by `Company.address`.
    """

    page: str
    opens: str = "see_sync"
    acts: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called among the views."""
        return "-".join([self.page, *self.query, self.query.get("view", "")]).rstrip("-")

    def needed(self, key: str) -> str:
        """The permission that a thing on the page takes. Raises LookupError for one that no line names."""
        for pattern, permission in {**FRAME, **self.acts}.items():
            if re.fullmatch(pattern, key):
                return permission
        if any(re.fullmatch(pattern, key) for pattern in LOOKS):
            return ""
        raise LookupError(f"{self.page} draws {key!r}, which no line of its row in VIEWS names")

    def is_open_to(self, role: str) -> bool:
        """Whether the page opens for somebody of this role."""
        return set(self.opens.split()) <= held(role)

    def offered(self, everything: Iterable[str], role: str) -> set[str]:
        """Of everything that the page can offer, what it may offer to somebody of this role."""
        if not self.is_open_to(role):
            return set()
        return {key for key in everything if not (need := self.needed(key)) or need in held(role)}

    def idle(self, everything: Iterable[str]) -> list[str]:
        """The lines about a permission that nothing on the page is meant by: they prove nothing."""
        keys = list(everything)
        return [pattern for pattern, need in self.acts.items() if need and not any(re.fullmatch(pattern, key) for key in keys)]


def held(role: str) -> set[str]:
    """The permissions of a role."""
    return set(ROLES[role].split())


def keyed(key: str) -> str:
    """A key as a browser has it.

    >>> keyed("preview.sending.retry")
    'preview-sending-retry'
    """
    return re.sub(r"[^A-Za-z0-9_-]", "-", key)


QUEUE = {
    r"matching-(retry|bottom|remove)": "sync", r"preview-\w+-(retry|bottom|remove)": "sync", r"preview-\w+-look": "",
}  # fmt: skip
CAUSES = {
    r"errors-\d+-\d+-retry": "sync", r"errors-\d+-\d+-all|errors-undo": "manage",
    r"errors-\d+-(details|\d+-(fix|open|help))": "",
}  # fmt: skip
RECORDS_OF_A_CAUSE = {r"errors-records-retry": "sync", r"errors-all|errors-records-(fix|details)": ""}
TEAM = {r"people-add": "own", r"view_as-\w+": "own"}
PERSON = {**TEAM, r"person-.*": "own"}
VIEWS = (
    View("sync", acts={r"support-\d+-\w+": "", r"sync-now": "sync", r"sample-reset": "own", r"sync-automatic-.*": "own", r"lesson-.*": ""}),
    View("preview", acts=QUEUE),
    View("preview", acts={**QUEUE, r"queued-(retry|bottom|remove)": "sync"}, query={"row": "{row}"}),
    View("errors", acts=CAUSES),
    View("errors", acts={**CAUSES, **RECORDS_OF_A_CAUSE}, query={"group": "{group}"}),
    View("errors", acts={**CAUSES, r"support-\d+-\w+": ""}, query={"error": "{error}"}),
    View("errors", acts={**CAUSES, r"fix-do-\d+-\w+": "manage"}, query={"fix": "{fix}"}),
    View("errors", acts={**CAUSES, r"fix-all-\d+-\d+": "manage"}, query={"all": "{group}"}),
    View("conflicts", acts={r"(choice|drift|brake)-.*": "manage", r"arrival-\d+": ""}),
    View("records", acts={r"records-list": ""}),
    View("records", acts={r"records-(open|more|less)": "", r"records-(add|add_all)": "sync"}, query={"kind": "customer"}),
    View("records", acts={r"records-back": "", r"record-add": "sync"}, query={"kind": "customer", "record": "{record}"}),
    View("records", acts={r"report|records-everything|records-compare": ""}, query={"view": "Reconcile"}),
    View("importing", "see_sync manage", {r"importing-file-.*": "manage"}),
    View("history", acts={r"outcome|trigger|history-.*": ""}),
    View("history", acts={r"way|of|answer|history-.*": ""}, query={"view": "Records"}),
    View("history", acts={r"who|what|of|history-.*": ""}, query={"view": "Who did what"}),
    View("explore", acts={r"with": "sql", r"explore-.*|(where|is|value)\d+|chart": ""}),
    View("companies"),
    View("settings", "own", {r"connection-.*": "own"}),
    View("people", "own", TEAM),
    View("people", "own", PERSON, {"person": "viewer@books.example"}),
    View("people", "own", PERSON, {"add": "yes"}),
    *(View(name, f"see_{name}") for name in rights.LISTS),
    View("classes", "manage", {r"names-class-.*": "manage"}),
    View("departments", "manage", {r"names-department-.*": "manage"}),
)


def fill(found: seed.Seed) -> dict[str, str]:
    """Everything that somebody can be asked about, in a busy company, and somebody of each role; gives what stands in braces above."""
    at, company_id = found.session.clock.now(), found.session.company_id
    _lists(found)
    _questions(found)
    alike(found)
    fix = offer(found)
    _corrected(found, offer(found, "Alpine Outfitters"))
    with found.database.writing() as connection:
        for role in STAFF:
            people.put(connection, company_id, person(role), role, at, "seed")
    alpine = found.customers["Alpine Outfitters"]
    return {
        "error": str(queries.errors(found.session)["id"].iloc[0]), "group": "address", "fix": str(fix),
        "record": str(alpine), "row": str(seed.row_of(found.database, "customer", alpine)["id"]),
    }  # fmt: skip


def person(role: str) -> str:
    """Who has the role in a company that was filled; without one, somebody whom nobody knows there."""
    return f"{role or 'nobody'}@books.example"


def _lists(found: seed.Seed) -> None:
    """An entry in each accounting list, and a name in both lists that are tracked."""
    at, company_id = found.session.clock.now(), found.session.company_id
    on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    with found.database.writing() as connection:
        ledger.keep(connection, company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], at)
        for kind in ("class", "department"):
            writer.save(connection, kind, company_id, {"name": f"First {kind}"})
        for number, entity in enumerate(rights.LIST_OF, start=1):
            ledger.keep(connection, company_id, entity, [{"Id": str(number), "SyncToken": "0", "Name": f"First {entity}"}], at)


def _questions(found: seed.Seed) -> None:
    """A document that QuickBooks has otherwise by now, and a sync that stopped to ask."""
    at, company_id = found.session.clock.now(), found.session.company_id
    place = {"entity": "JournalEntry", "kind": "adjustment", "record_id": 5, "qbo_id": "9"}
    binding = {"company_id": company_id, "last_success_at": at, **place}
    differs = [{"field": "Line[1].Amount", "sent": "10", "theirs": "12"}]
    facts = {"deleted": {"customer": 90}, "changed": {}, "blanked": {}, "of": 120, "marks": ["a"]}
    with found.database.writing() as connection:
        ledger.keep(connection, company_id, "JournalEntry", [{"Id": "9", "SyncToken": "1"}], at)
        drifts.record(connection, company_id, at, binding, label="ADJ-5", what=drifts.CHANGED, fields=differs)
        asks = "This sync would delete 90 customers in QuickBooks."
        brakes.ask(connection, company_id, at, what="implausible", question=asks, facts=facts, cycle_id=None)


def _corrected(found: seed.Seed, error_id: int) -> None:
    """The correction of this error was carried out."""
    at = found.session.clock.now()
    with found.database.writing() as connection:
        row = corrections.of_errors(connection, [error_id])[error_id][0]
        corrections.become(connection, row["id"], state="done", undo={"do": "own values"}, done_at=at, outcome="QuickBooks took it.")
