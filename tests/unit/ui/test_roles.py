"""Each role on each page: what opens, and of all that can be pressed or filled in, exactly what the role may use.

The service decides once more on every act: `tests/contracts/test_rights.py` tries each (role, function). Here each (role, action)
is tried on the pages. A new page joins by a row of VIEWS, and what it draws by a line in that row; the tests name what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from streamlit.testing.v1 import AppTest

from syncengine import queries
from syncengine.ledger import writer as ledger
from syncengine.ui import menu
from tests.contracts.test_rights import ROLES
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, now, texts

#: All that a person can press, choose or fill in.
KINDS = (
    "button", "button_group", "checkbox", "data_editor", "date_input", "download_button", "file_uploader", "multiselect",
    "number_input", "radio", "selectbox", "slider", "text_area", "text_input", "time_input", "toggle",
)  # fmt: skip
#: What looks, narrows or leads somewhere, and changes nothing.
LOOKS = (
    r"search|party|since|until|problems|view|tab|state|kind|does|by|of|only|class|events|records\.kind|importing\.kind|question|.*\.page",
    r".*\.(export|frame)\.(CSV|XLSX|Parquet)", r"importing\.template",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """One page as an address shows it.

    Attributes:
        page: its file's name.
        opens: the permissions that it takes, typed off once more.
        acts: what is drawn there, as a pattern of its key, with the permission that it takes; none for what only looks.
        query: the address; `{record}` stands for a customer's id.
    """

    page: str
    opens: str = "see_sync"
    acts: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


QUEUE = {
    r"matching\.(retry|bottom|remove)": "sync", r"preview\.\w+\.(retry|bottom|remove)": "sync", r"preview\.\w+\.look": "",
}  # fmt: skip
TEAM = {r"people\.add": "own", r"view_as\.\w+": "own"}
PERSON = {**TEAM, r"person\..*": "own"}
VIEWS = (
    View("sync", acts={r"support\.\d+\.\w+": "", r"sync\.now": "sync", r"sample\.reset": "own", r"sync\.automatic\..*": "own", r"lesson\..*": ""}),
    View("preview", acts=QUEUE),
    View("preview", acts={**QUEUE, r"queued\.(retry|bottom|remove)": "sync"}, query={"row": "{row}"}),
    View("errors", acts={r"errors\.\d+\.\d+\.retry": "sync", r"errors\.\d+\.details": "", r"errors\..*": ""}),
    View("errors", acts={r"errors\.\d+\.\d+\.retry|errors\.records\.retry": "sync", r"errors\..*": ""}, query={"group": "{group}"}),
    View("errors", acts={r"errors\.\d+\.\d+\.retry": "sync", r"errors\..*": "", r"support\.\d+\.\w+": ""}, query={"error": "{error}"}),
    View("conflicts", acts={r"choice\..*": "manage", r"arrival\.\d+": ""}),
    View("records", acts={r"records\.list": ""}),
    View("records", acts={r"records\.(open|more|less)": "", r"records\.(add|add_all)": "sync"}, query={"kind": "customer"}),
    View("records", acts={r"records\.back": "", r"record\.add": "sync"}, query={"kind": "customer", "record": "{record}"}),
    View("records", acts={r"report|records\.everything|records\.compare": ""}, query={"view": "Reconcile"}),
    View("importing", "see_sync manage", {r"importing\.file\..*": "manage"}),
    View("history", acts={r"outcome|trigger|history\..*": ""}),
    View("history", acts={r"way|of|answer|history\..*": ""}, query={"view": "Records"}),
    View("history", acts={r"who|what|of|history\..*": ""}, query={"view": "Who did what"}),
    View("explore", acts={r"with": "sql", r"explore\..*|(where|is|value)\d+|chart": ""}),
    View("companies"),
    View("settings", "own", {r"connection\..*": "own"}),
    View("people", "own", TEAM),
    View("people", "own", PERSON, {"person": "viewer@books.example"}),
    View("people", "own", PERSON, {"add": "yes"}),
    *(View(name, f"see_{name}") for name in ("accounts", "bills", "credit_memos", "employees", "journal_entries", "purchases", "tax_codes")),
    View("classes", "manage", {r"names\.class\..*": "manage"}),
    View("departments", "manage", {r"names\.department\..*": "manage"}),
)


def named(view: View) -> str:
    return "-".join([view.page, *view.query, view.query.get("view", "")]).rstrip("-")


@pytest.fixture
def team(busy) -> seed.Seed:
    """A busy company whose QuickBooks tracks both lists, with somebody of each role."""
    on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    with busy.database.writing() as connection:
        ledger.keep(connection, busy.session.company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], now())
    for role in filter(None, ROLES):
        as_member(busy, f"{role}@books.example", role)
    return busy


def drawn(at: AppTest) -> set[str]:
    """The keys of everything that can be used on the page; an element without one under its label."""
    return {each.key or each.label for kind in KINDS for each in at.get(kind)}


def needed(view: View, key: str) -> str:
    """The permission that a thing on the page takes; fails for one that no line of the view names."""
    for pattern, permission in view.acts.items():
        if re.fullmatch(pattern, key):
            return permission
    if any(re.fullmatch(pattern, key) for pattern in LOOKS):
        return ""
    pytest.fail(f"{view.page} draws {key!r}, which no line of its row in VIEWS names")


def is_closed(at: AppTest) -> bool:
    return any((each.proto.title or "").endswith("closed to you") for each in at.error)


def test_every_page_is_tried():
    assert {view.page for view in VIEWS} == {each.name for each in menu.ENTRIES}


@pytest.mark.parametrize("view", VIEWS, ids=named)
def test_each_role_is_offered_on_a_page_exactly_what_it_may_do(open_page, team, view):
    error = queries.errors(team.session).iloc[0]
    fills = {"error": str(error["id"]), "group": str(queries.error_groups(team.session)["group_key"].iloc[0]), "record": str(team.customers["Alpine Outfitters"]), "row": str(seed.row_of(team.database, "customer", team.customers["Alpine Outfitters"])["id"])}
    query = {name: value.format(**fills) for name, value in view.query.items()}
    pages = {role: open_page(f"pages/{view.page}.py", visitor=f"{role}@books.example", **query) for role in filter(None, ROLES)}
    everything = drawn(pages["owner"])
    assert not is_closed(pages["owner"])
    for role, at in pages.items():
        held = set(ROLES[role].split())
        assert is_closed(at) is not (set(view.opens.split()) <= held), role
        wanted = {key for key in everything if not (need := needed(view, key)) or need in held}
        assert drawn(at) == (set() if is_closed(at) else wanted), role
    idle = [pattern for pattern, need in view.acts.items() if need and not any(re.fullmatch(pattern, key) for key in everything)]
    assert not idle, "a line that matches nothing proves nothing"


@pytest.mark.parametrize("role", [role for role in ROLES if role])
def test_an_address_alone_opens_no_field_for_sql(open_page, team, role):
    at = open_page("pages/explore.py", visitor=f"{role}@books.example", **{"with": "SQL"})
    assert ("sql" in drawn(at)) is ("sql" in ROLES[role].split())


@pytest.mark.parametrize("view", VIEWS, ids=named)
def test_a_page_that_is_closed_to_somebody_names_nothing_of_the_company(open_page, team, view):
    for role in filter(None, ROLES):
        if not set(view.opens.split()) <= set(ROLES[role].split()):
            at = open_page(f"pages/{view.page}.py", visitor=f"{role}@books.example")
            assert not at.dataframe
            assert not at.metric
            assert not [mark for mark in ("Alpine", "Bluebird", "Coral", "Anchor", "Northern") if mark in texts(at)]
            return
