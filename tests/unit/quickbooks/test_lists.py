"""Pages and changes as they stand on the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from syncengine.errors import TransportLost
from syncengine.quickbooks import Answer, Client, FaultError, select
from tests.unit.quickbooks.scripted import Said, document
from tests.unit.quickbooks.test_faults import BUSINESS

BASE = "/v3/company/9130"
BEARER = "/oauth2/v1/tokens/bearer"


def write(client: Client, requestid: str = "r-1") -> Answer:
    return client.create("Invoice", {"DocNumber": "1001"}, requestid=requestid)


def test_a_page_is_read(script, bench):
    rows = {"Customer": [{"Id": "1"}, {"Id": "2"}], "startPosition": 3, "maxResults": 2, "totalCount": 41}
    script.answers = [document({"QueryResponse": rows})]
    page = bench.client.query("SELECT * FROM Customer WHERE DisplayName = 'A+B & C' STARTPOSITION 3")
    assert (page.objects, page.start, page.count, page.total) == ([{"Id": "1"}, {"Id": "2"}], 3, 2, 41)
    assert page.time == datetime(2026, 1, 15, 17, 19, 21, 923000, tzinfo=UTC)
    assert script.asked[0].query["query"] == ["SELECT * FROM Customer WHERE DisplayName = 'A+B & C' STARTPOSITION 3"]
    assert bench.calls[0].entity == "Customer"


def test_an_empty_page_and_a_count_are_pages_too(script, bench):
    script.answers = [document({"QueryResponse": {}}), document({"QueryResponse": {"totalCount": 41}})]
    page = bench.client.query("SELECT * FROM Term")
    assert (page.objects, page.start, page.count, page.total) == ([], 0, 0, None)
    page = bench.client.query("SELECT COUNT(*) FROM Term")
    assert (page.objects, page.count, page.total) == ([], 0, 41)


def test_a_long_statement_travels_in_the_body(script, bench):
    script.answers = [document({"QueryResponse": {}})]
    statement = select("Customer", where=[("Id", "IN", [f"é{number}" for number in range(1000)])])
    bench.client.query(statement)
    (asked,) = script.asked
    assert (asked.method, asked.path, asked.query) == ("POST", f"{BASE}/query", {"minorversion": ["75"]})
    assert asked.headers["content-type"] == "application/text"
    assert asked.body.decode() == statement


def test_changes_are_matched_by_name_and_deletions_set_apart(script, bench):
    responses = [
        {"Customer": [{"Id": "1"}], "startPosition": 1, "maxResults": 1},
        {"Estimate": [{"Id": "5"}, {"Id": "6", "status": "Deleted", "domain": "QBO"}], "totalCount": 2},
        {},
    ]
    script.answers = [document({"CDCResponse": [{"QueryResponse": responses}]})]
    since = datetime(2026, 1, 15, 9, 0, 0, tzinfo=timezone(timedelta(hours=-8)))
    changes = bench.client.cdc(["Estimate", "Customer", "Bill"], since)
    assert changes.objects == {"Estimate": [{"Id": "5"}], "Customer": [{"Id": "1"}], "Bill": []}
    assert changes.deleted == {"Estimate": [{"Id": "6", "status": "Deleted", "domain": "QBO"}], "Customer": [], "Bill": []}
    assert changes.count == 3
    assert changes.time == datetime(2026, 1, 15, 17, 19, 21, 923000, tzinfo=UTC)
    assert script.asked[0].query == {
        "entities": ["Estimate,Customer,Bill"],
        "changedSince": ["2026-01-15T09:00:00.000-08:00"],
        "minorversion": ["75"],
    }


def test_a_quiet_company_has_no_changes(script, bench, clock):
    script.answers = [document({"CDCResponse": [{"QueryResponse": [{}]}]})]
    changes = bench.client.cdc(["Item"], clock.now())
    assert (changes.objects, changes.deleted, changes.count) == ({"Item": []}, {"Item": []}, 0)
    # A plus sign that is not encoded would arrive as a blank.
    assert script.asked[0].query["changedSince"] == ["2026-01-15T17:00:00.000+00:00"]


def test_a_fault_in_place_of_one_entitys_changes_is_a_fault(script, bench, clock):
    fault = json.loads(BUSINESS)
    script.answers = [document({"CDCResponse": [{"QueryResponse": [{"Item": []}, fault]}]})]
    with pytest.raises(FaultError):
        bench.client.cdc(["Item", "TaxCode"], clock.now())


def test_a_cursor_is_never_made_from_our_own_clock(script, make_bench, clock):
    bench = make_bench(clock)
    body = b'{"CDCResponse":[{"QueryResponse":[{}]}]}'
    script.else_ = Said(200, body, {"Date": "Thu, 15 Jan 2026 17:20:00 GMT"})
    assert bench.client.cdc(["Item"], clock.now()).time == datetime(2026, 1, 15, 17, 20, tzinfo=UTC)

    def without_date(handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    script.else_ = without_date
    with pytest.raises(TransportLost):
        bench.client.cdc(["Item"], clock.now())


def test_a_time_without_an_offset_is_refused(bench):
    with pytest.raises(ValueError, match="offset"):
        bench.client.cdc(["Item"], datetime(2026, 1, 15))  # noqa: DTZ001 -- the point of the test
