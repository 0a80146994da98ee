"""The report for support holds what helps, and nothing of the company's books."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from syncengine import queries
from syncengine.corrections import CORRECTIONS
from syncengine.db.base import Company
from syncengine.errors import Refused
from syncengine.queries.redacting import _SCHEMA, as_shape, scrubbed, shape, vocabulary
from syncengine.store import audit, settings
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Error
from tests.unit.queries import seed

#: Tables whose texts are the company's own.
BOOKS = ("customer", "vendor", "item", "invoice", "invoice_line")


@pytest.fixture
def busy(database):
    return seed.busy(database)


def error_of(busy, label="Alpine Outfitters"):
    with busy.database.reading() as connection:
        return connection.scalar(select(Error.id).where(Error.label == label))


def books(database):
    """Every text and amount of the company's records, as it would be read, but for what is one of the report's own words."""
    found = set()
    with database.reading() as connection:
        for table in BOOKS:
            for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
                found |= {str(value) for name, value in row.items() if isinstance(value, str) and not name.endswith("_at")}
    return {each for each in found if len(each) > 3 and not re.fullmatch(r"[\d-]{10}.*", each) and each.lower() not in vocabulary()}


def test_no_value_of_the_books_and_no_secret_stands_in_it(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Company).values(name="Quayside Holdings"))
        connection.execute(update(Link).values(realm="sealed-realm", tokens="sealed-tokens", message="Realm 9130357 of Quayside is shut."))
        connection.execute(update(Error).values(message="Alpine Outfitters owes 1,204.55; write to c1@example.com or +1 555 0100."))
        settings.put(connection, busy.session.company_id, "cash_account", "Petty cash of Marlow")
    said = json.dumps([queries.support_report(busy.session, error_of(busy)), queries.support_report(busy.session)], ensure_ascii=False)
    private = books(busy.database) | {"Quayside", "9130357", "sealed", "Marlow", "1,204", "204.55", "example.com", "0100", "Ada"}
    assert {"Alpine Outfitters", "Anchor"} <= private
    assert not [each for each in private if each in said]


def test_it_holds_what_helps(busy):
    report = queries.support_report(busy.session, error_of(busy))
    [error] = report["errors"]
    assert (error["code"], error["entity"], error["tid"]) == ("6240", "Customer", "1-abc")
    assert "name supplied already exists" in error["message"]
    assert report["versions"]["tieout"]
    assert report["versions"]["database"].startswith(busy.database.url.partition(":")[0].partition("+")[0])
    assert (report["state"]["light"], report["state"]["need_attention"]) == ("x", 2)
    assert report["settings"]["automatic_sync"] == "never"
    assert report["last_syncs"][0]["result"] == "errors"
    assert report["last_syncs"][0]["by"] == "person 1"
    assert report["history"]
    assert any("cents" in each or "amounts" in each for each in report["left_out"])


def test_of_the_company_as_a_whole_it_holds_the_open_errors(busy):
    report = queries.support_report(busy.session)
    assert {row["kind"] for row in report["errors"]} == {"customer"}
    assert report["history"] == []


def test_an_error_of_another_company_is_none(busy):
    other = seed.company(busy.database, "Globex")
    with pytest.raises(Refused, match="no such error"):
        queries.support_report(other, error_of(busy))


def test_the_support_address_is_that_of_the_settings(busy):
    assert queries.support_address(busy.session) == ""
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "support_address", "help@example.com")
    assert queries.support_address(busy.session) == "help@example.com"


@given(st.text(min_size=1, max_size=80))
def test_of_any_text_only_known_words_are_left(said):
    left = scrubbed(said)
    assert all(word.lower() in vocabulary() for word in re.findall(r"\w+", left.replace("▮", " ")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(10**6) | st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.text(min_size=1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_of_any_object_no_content_is_left(value):
    """Neither in a value nor, where it is no name of a property, in a key."""
    for made in (shape(value), as_shape(json.dumps(value))):
        for leaf in leaves(made):
            assert leaf is None or isinstance(leaf, bool) or re.fullmatch(r"\[(number|more|text of \d+ characters)\]|▮?", str(leaf)), leaf


def leaves(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


NAMES = st.text(min_size=1) | st.from_regex(r"\d{1,7}", fullmatch=True) | st.sampled_from(["Bill", "Account", "active", "a", "SalesItem"])


@given(NAMES)
def test_a_telling_property_keeps_only_words_of_quickbooks(value):
    kept = shape({"DetailType": value, "LineNum": value, "name": value, "ItemRef": {"value": value, "name": value}})
    hidden = f"[text of {len(value)} characters]"
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", value)
    assert kept["DetailType"] == hidden or (parts and all(part.lower() in vocabulary() | _SCHEMA for part in parts))
    assert kept["LineNum"] == hidden or re.fullmatch("[0-9]{1,5}", value)
    assert kept["name"] == hidden
    assert kept["ItemRef"] == {"value": hidden, "name": hidden}


@pytest.mark.parametrize("called", ["90210", "Bill", "automatic_sync"])
def test_what_a_class_is_called_stands_in_no_history(busy, called):
    """Not even where it is a number, or a word that the report knows."""
    detail = {"name": called, "parent_id": {"from": None, "to": 2}}
    with busy.database.writing() as connection:
        about = connection.execute(select(Error.kind, Error.record_id).where(Error.id == error_of(busy))).one()
        lines = [audit.Line("class changed", "Ada", *about, detail=detail), audit.Line("class deleted", "Ada", *about, detail={"name": called})]
        audit.write(connection, busy.session.company_id, seed.NOON, lines)
    told = [each["detail"] for each in queries.support_report(busy.session, error_of(busy))["history"] if "class" in each["event"]]
    assert [each["name"] for each in told] == [f"[text of {len(called)} characters]"] * 2
    assert told[0]["parent_id"] == {"from": None, "to": "[number]"}


def test_counts_and_codes_of_quickbooks_stay():
    told = {"code": "6240", "LineNum": 3, "SyncToken": "12", "http_status": 400, "tries": 2, "DetailType": "SalesItemLineDetail"}
    assert shape(told) == told


def test_a_payload_keeps_the_names_of_its_properties():
    payload = {"DisplayName": "Alpine", "BillAddr": {"Line1": "1 Quay"}, "Line": [{"Amount": 3.5, "DetailType": "SalesItemLineDetail"}]}
    assert shape(payload) == {
        "DisplayName": "[text of 6 characters]",
        "BillAddr": {"Line1": "[text of 6 characters]"},
        "Line": [{"Amount": "[number]", "DetailType": "SalesItemLineDetail"}],
    }


def test_the_causes_of_the_catalogue_stay_readable():
    for each in CORRECTIONS.values():
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}", " ", each.cause))
        assert all(word in scrubbed(each.cause) for word in words)
