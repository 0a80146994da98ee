"""Queries against real books: filters, order, pages, counts, and what is not queryable."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from syncengine.emulator.switches import Switches
from tests.unit.emulator.desk import Desk, parsed

AFTER, EMPTY = "select * from Customer where Id > '1'", "select * from Customer where Id = ''"


def ids(desk: Desk, statement: str) -> list[str]:
    return [row["Id"] for row in desk.select(statement)]


def answer(desk: Desk, statement: str):
    return parsed(desk.ask("GET", f"query?query={quote(statement)}"))["QueryResponse"]


@pytest.fixture
def people(desk: Desk) -> dict[str, str]:
    """Names of customers -> ids, one second apart."""
    made = {}
    for name in ("Ada", "Bob's", "Cy_d", "Çelik", "Dora"):
        made[name] = desk.customer(name)["Id"]
        desk.emulator.parts.clock.advance(1)
    return made


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DisplayName = 'ada'", ["Ada"]),
        (r"DisplayName = 'Bob\'s'", ["Bob's"]),
        ("DisplayName = 'ÇELIK'", ["Çelik"]),
        ("DisplayName in ('Ada', 'dora')", ["Ada", "Dora"]),
        ("DisplayName like '%d%'", ["Ada", "Cy_d", "Dora"]),
        ("DisplayName like 'cy_d'", ["Cy_d"]),
        ("DisplayName like 'ad_'", []),
        ("DisplayName > 'bob'", ["Bob's", "Cy_d", "Çelik", "Dora"]),
        ("DisplayName != 'Ada' and DisplayName < 'd'", ["Bob's", "Cy_d"]),
        ("FullyQualifiedName = 'ADA'", ["Ada"]),
        ("Balance = '0'", ["Ada", "Bob's", "Cy_d", "Çelik", "Dora"]),
        ("Balance > '0'", []),
        ("CompanyName = ' '", ["Ada", "Bob's", "Cy_d", "Çelik", "Dora"]),
        ("Active = false", []),
        ("Job = false", ["Ada", "Bob's", "Cy_d", "Çelik", "Dora"]),
        ("MetaData.CreateTime >= '2026-01-15T09:00:03-08:00'", ["Çelik", "Dora"]),
        ("MetaData.CreateTime > '2026-01-15T17:00:03Z'", ["Dora"]),
        ("MetaData.LastUpdatedTime < '2026-01-15T09:00:01'", ["Ada"]),
        ("MetaData.LastUpdatedTime < '2026-01-16'", ["Ada", "Bob's", "Cy_d", "Çelik", "Dora"]),
        ("metadata.createtime = '2026-01-15T17:00:02+00:00'", ["Cy_d"]),
    ],
)
def test_a_filter_finds_what_it_says(desk: Desk, people, where, found):
    assert sorted(ids(desk, f"select * from customer where {where}")) == sorted(people[name] for name in found)


def test_ids_are_asked_for_by_equality_or_list_alone(desk: Desk, people):
    assert ids(desk, f"select * from Customer where Id = '{people['Ada']}'") == [people["Ada"]]
    assert len(ids(desk, f"select * from Customer where id in ('{people['Ada']}', '{people['Dora']}', '99999')")) == 2
    assert desk.refused(f"query?query={quote(AFTER)}", None, "GET")["code"] == "4001"
    assert desk.refused(f"query?query={quote(EMPTY)}", None, "GET")["code"] == "2030"


def test_references_numbers_dates_and_emails_are_filters(desk: Desk):
    ada = desk.customer("Ada", PrimaryEmailAddr={"Address": "Ada@Host.com"})["Id"]
    item = desk.item(Sku="W-1")["Id"]
    first = desk.invoice(ada, item, 100, DocNumber="A1", TxnDate="2026-01-10")["Id"]
    second = desk.invoice(ada, item, 900, DocNumber="a2")["Id"]
    assert ids(desk, "select * from Customer where PrimaryEmailAddr = 'ada@host.com'") == [ada]
    assert ids(desk, "select * from Item where Sku = 'w-1'") == [item]
    assert sorted(ids(desk, f"select * from Invoice where CustomerRef = '{ada}'")) == sorted([first, second])
    assert ids(desk, "select * from Invoice where TotalAmt > '500.0'") == [second]
    assert ids(desk, "select * from Invoice where TotalAmt = 900") == [second]
    assert ids(desk, "select * from Invoice where DocNumber = 'a1'") == [first]
    assert ids(desk, "select * from Invoice where DocNumber in ('A1', 'A3')") == [first]
    assert ids(desk, "select * from Invoice where TxnDate < '2026-01-15'") == [first]
    assert ids(desk, "select * from Invoice where TxnDate = CURRENT_DATE") == [second]
    assert ids(desk, "select * from Invoice where TxnDate between '2026-01-01' and '2026-01-12'") == [first]


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("select * from Custmoer", "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Vendor where EmailAddress = 'x'", "QueryValidationError: Property EmailAddress not found for Entity Vendor"),
        ("select * from Vendor where PrimaryEmailAddr = 'x'", "QueryValidationError: property 'PrimaryEmailAddr' is not queryable"),
        ("select * from Customer startposition 0", "QueryValidationError: value 0 is too small. Min allowed value is 1"),
        ("select * from Customer maxresults 0", "QueryValidationError: value 0 is too small. Min allowed value is 1"),
        ("select * from Customer orderby Notes", "QueryValidationError: property 'Notes' is not sortable"),
        ("select * from Customer where Balance > 'much'", "QueryValidationError: value much is not a valid number"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_4001(desk: Desk, statement, detail):
    error = desk.refused(f"query?query={quote(statement)}", None, "GET")
    assert (error["code"], error["Message"], error["Detail"]) == ("4001", "Invalid query", detail)


def test_a_time_that_is_none_is_refused(desk: Desk):
    statement = quote("select * from Customer where MetaData.CreateTime > 'soon'")
    assert desk.refused(f"query?query={statement}", None, "GET")["code"] == "4001"


def test_an_empty_answer_is_an_empty_object(desk: Desk):
    assert answer(desk, "select * from Invoice") == {}
    assert answer(desk, "select * from Term startposition 100") == {}


def test_a_count_is_a_total_and_nothing_else(desk: Desk, people):
    assert answer(desk, "select count(*) from Customer") == {"totalCount": 5}
    assert answer(desk, "select count(*) from Customer where DisplayName like 'a%'") == {"totalCount": 1}
    assert answer(desk, "select count(*) from Invoice") == {"totalCount": 0}


def test_pages_are_of_100_unless_asked_for_and_of_1000_at_most(desk: Desk):
    for number in range(1101):
        desk.customer(f"N{number:04}")
    assert (answer(desk, "select * from Customer")["maxResults"], answer(desk, "select * from Customer")["startPosition"]) == (100, 1)
    first = answer(desk, "select * from Customer orderby DisplayName maxresults 5000")
    assert first["maxResults"] == len(first["Customer"]) == 1000
    second = answer(desk, "select * from Customer orderby DisplayName startposition 1001 maxresults 1000")
    assert (second["startPosition"], second["maxResults"]) == (1001, 101)
    names = [row["DisplayName"] for row in first["Customer"] + second["Customer"]]
    assert names == [f"N{number:04}" for number in range(1101)]


def test_lists_come_by_full_name_and_transactions_newest_first_as_recorded(make):
    desk = make("intuit", default_order=Switches()["default_order"])
    names = [row["FullyQualifiedName"] for row in desk.select("select * from Customer maxresults 1000")]
    assert names == sorted(names, key=str.casefold)
    assert names.index("Freeman Sporting Goods") + 1 == names.index("Freeman Sporting Goods:0969 Ocean View Road")
    made = [row["MetaData"]["CreateTime"] for row in desk.select("select * from Invoice")]
    assert made == sorted(made, reverse=True)


def test_a_shuffled_order_follows_the_seed_and_is_the_same_on_every_page(make):
    def order(seed: int) -> list[str]:
        desk = make(seed=seed, default_order="shuffled")
        for number in range(40):
            desk.customer(f"N{number:02}")
        pages = [desk.select(f"select * from Customer startposition {start} maxresults 10") for start in (1, 11, 21, 31)]
        return [row["DisplayName"] for page in pages for row in page]

    one = order(1)
    assert sorted(one) == [f"N{number:02}" for number in range(40)]
    assert one not in (sorted(one), sorted(one, reverse=True), order(2))
    assert one == order(1)


@pytest.mark.parametrize(("switch", "expected"), [("name", ["A", "B", "C"]), ("oldest", ["B", "C", "A"]), ("newest", ["A", "C", "B"])])
def test_the_default_order_is_a_switch(make, switch, expected):
    desk = make(default_order=switch)
    for name in ("B", "C", "A"):
        desk.customer(name)
    assert [row["DisplayName"] for row in desk.select("select * from Customer")] == expected


def test_ordering_is_by_any_sortable_property_either_way(desk: Desk, people):
    descending = [row["DisplayName"] for row in desk.select("select * from Customer orderby DisplayName desc")]
    assert descending == ["Çelik", "Dora", "Cy_d", "Bob's", "Ada"]
    newest = [row["DisplayName"] for row in desk.select("select * from Customer order by MetaData.CreateTime desc maxresults 2")]
    assert newest == ["Dora", "Çelik"]
    assert [int(id_) for id_ in ids(desk, "select * from Customer orderby Id desc")] == sorted(map(int, people.values()), reverse=True)


def test_ordering_by_id_can_be_refused_as_announced(make):
    desk = make(orderby_id="refused")
    assert desk.refused("query?query=select+*+from+Customer+orderby+Id", None, "GET")["code"] == "4001"
    desk.select("select * from Customer where Id = '1'")


def test_a_statement_may_be_posted(desk: Desk, people):
    response = desk.ask("POST", "query", b"select * from Customer where DisplayName = 'Ada'", **{"Content-Type": "application/text"})
    assert [row["Id"] for row in parsed(response)["QueryResponse"]["Customer"]] == [people["Ada"]]
    assert desk.refused("query", b"\xff\xfe")["code"] == "500"


def test_tax_codes_come_with_the_pseudo_codes_on_top_of_the_first_page(make):
    desk = make("intuit")
    first = [row["Id"] for row in desk.select("select * from TaxCode maxresults 1")]
    assert first[:3] == ["TAX", "NON", "CustomSalesTax"]
    assert len(first) in {3, 4}
    assert {"TAX", "NON", "2", "3"} <= {row["Id"] for row in desk.select("select * from TaxCode")}
    plain = make("intuit", taxcode_extras=False)
    assert len(plain.select("select * from TaxCode maxresults 1")) == 1


def test_a_limit_that_is_too_large_can_be_refused(make):
    desk = make(maxresults_over_1000="refuse")
    assert desk.refused("query?query=select+*+from+Term+maxresults+1001", None, "GET")["code"] == "4001"


def test_entity_names_can_be_case_sensitive(make):
    desk = make(entity_case="sensitive")
    assert desk.refused("query?query=select+*+from+term", None, "GET")["code"] == "4001"
    assert len(desk.select("select * from Term")) == 4


def test_rows_can_become_visible_late(make, clock):
    desk = make(visibility_lag_seconds=60)
    made = {desk.customer(f"N{number}")["Id"] for number in range(30)}
    at_once = set(ids(desk, "select * from Customer"))
    assert at_once < made
    clock.advance(30)
    later = set(ids(desk, "select * from Customer"))
    assert at_once < later < made
    clock.advance(31)
    assert set(ids(desk, "select * from Customer")) == made
