"""The Companies page: one row for each company, with its health and a link that opens it."""

from __future__ import annotations

from syncengine import queries
from syncengine.store import people
from syncengine.ui import menu
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, now, texts

PAGE = "pages/companies.py"


def offered(session):
    return menu.entry("Companies").when(menu.Facts(session))


def test_each_company_stands_there_with_what_it_needs_and_a_link(open_page, busy):
    seed.company(busy.database, "A & B #1", now=now())
    at = open_page(PAGE)
    rows = at.dataframe[0].value
    assert rows["address"].tolist() == ["./?company=Harbour#Harbour", "./?company=A+%26+B+%231#A & B #1"]
    assert rows.iloc[0]["state"] == "! Warning"
    assert rows.iloc[0]["attention"] == 2
    assert rows.iloc[1]["last"] == "Never"
    assert "2 companies · 1 needs a look" in texts(at)


def test_many_companies_come_in_pages(open_page, idle):
    for number in range(30):
        seed.company(idle.database, f"Firm {number:02}", now=now())
    at = open_page(PAGE)
    assert len(at.dataframe[0].value) == 10
    assert "31 companies · those that need a look stand first" in texts(at)
    at.pagination[0].set_value(4)
    at.run()
    assert len(at.dataframe[0].value) == 1


def test_the_menu_offers_it_where_there_is_more_than_one(idle):
    assert not offered(idle)
    seed.company(idle.database, "Second", now=now())
    assert offered(idle)


def test_a_company_that_was_closed_to_one_person_is_neither_told_of_nor_in_the_way(open_page, busy, idle):
    """The closed one is the first by name; the other opens all the same."""
    as_member(busy, "m@harbour.example", "manager")
    with busy.database.writing() as connection:
        people.put(connection, idle.company_id, "m@harbour.example", "viewer", seed.NOON, "seed")
        people.put_grant(connection, idle.company_id, "m@harbour.example", "see_sync", seed.NOON, "seed", allowed=False)
    told = queries.companies_overview(busy.database, busy.session.clock, actor="m@harbour.example", signed_in=True)
    assert told["name"].tolist() == ["Harbour"]
    at = open_page("dashboard.py", visitor="m@harbour.example")
    assert at.selectbox(key="company").value == "Harbour"
    assert not at.error
