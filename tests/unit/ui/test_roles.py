"""Each role on each page: what opens, and of all that can be pressed or filled in, exactly what the role may use.

The service decides once more on every act: `tests/contracts/test_rights.py` tries each (role, function). Here each (role, action)
is tried on the pages, and by a person's clicks in `tests/browser/test_roles.py`. A new page joins by a row of `offers.VIEWS`, and
what it draws by a line in that row; the tests name what is missing.
"""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from syncengine.store import people
from syncengine.ui import frame, menu
from tests.support.offers import STAFF, VIEWS, fill, held, keyed, person
from tests.support.widgets import unknown
from tests.unit.queries import seed
from tests.unit.ui.conftest import texts

#: All that a person can press, choose or fill in.
KINDS = (
    "button", "button_group", "checkbox", "data_editor", "date_input", "download_button", "file_uploader", "multiselect",
    "number_input", "radio", "selectbox", "slider", "text_area", "text_input", "time_input", "toggle",
)  # fmt: skip


@pytest.fixture
def names(busy) -> dict[str, str]:
    """A company in which there is everything to act on, with somebody of each role; what its rows are called in addresses."""
    return fill(busy)


def drawn(at: AppTest) -> set[str]:
    """The keys of everything that can be used on the page; an element without one under its label."""
    return {keyed(each.key or each.label) for kind in KINDS for each in at.get(kind)}


def is_closed(at: AppTest) -> bool:
    return any((each.proto.title or "").endswith("closed to you") for each in at.error)


def test_every_page_is_tried():
    assert {view.page for view in VIEWS} == {each.name for each in menu.ENTRIES}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_each_role_is_offered_on_a_page_exactly_what_it_may_do(open_page, names, view):
    query = {name: value.format(**names) for name, value in view.query.items()}
    pages = {role: open_page(f"pages/{view.page}.py", visitor=person(role), **query) for role in STAFF}
    everything = drawn(pages["owner"])
    for role, at in pages.items():
        assert is_closed(at) is not view.is_open_to(role), role
        assert drawn(at) == view.offered(everything, role), role
    assert not view.idle(everything), "a line that matches nothing proves nothing"
    assert not unknown(view.page, everything), "what is not found in the source is asked of no browser test"


@pytest.mark.parametrize("role", STAFF)
def test_an_address_alone_opens_no_field_for_sql(open_page, names, role):
    at = open_page("pages/explore.py", visitor=person(role), **{"with": "SQL"})
    assert ("sql" in drawn(at)) is ("sql" in held(role))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_page_that_is_closed_to_somebody_names_nothing_of_the_company(open_page, names, view):
    for role in STAFF:
        if not view.is_open_to(role):
            at = open_page(f"pages/{view.page}.py", visitor=person(role))
            assert not at.dataframe
            assert not at.metric
            assert not [mark for mark in ("Alpine", "Bluebird", "Coral", "Anchor", "Northern") if mark in texts(at)]
            return


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_link_leads_a_role_to_a_page_that_is_closed_to_it(open_page, names, view, monkeypatch):
    """Of the menu the right is asked elsewhere; these are the links within pages, which each page draws as it likes."""
    led: set[str] = set()
    monkeypatch.setattr(frame.st, "page_link", lambda page, **_: led.add(page))
    query = {name: value.format(**names) for name, value in view.query.items()}
    for role in STAFF:
        led.clear()
        open_page(f"pages/{view.page}.py", visitor=person(role), **query)
        opened = {each.path for each in menu.ENTRIES if {str(need) for need in each.needs} <= held(role)}
        assert led <= opened, role


def test_a_viewer_of_an_empty_company_is_not_sent_to_import(open_page, idle, monkeypatch):
    with idle.database.writing() as connection:
        people.put(connection, idle.company_id, "vera@example.com", "viewer", seed.NOON, "seed")
    led: set[str] = set()
    monkeypatch.setattr(frame.st, "page_link", lambda page, **_: led.add(page))
    for path in ("pages/sync.py", "pages/records.py", "pages/preview.py"):
        assert not is_closed(open_page(path, visitor="vera@example.com"))
    assert "pages/preview.py" in led
    assert "pages/importing.py" not in led
