"""Hosts, paths, headers and values: what every request and every answer has in common."""

from __future__ import annotations

import gzip
import json
import re
import socket
from decimal import Decimal
from urllib.parse import quote

import pytest
import requests

from syncengine.emulator import Emulator, EmulatorAdapter, Request
from tests.conformance.serving import serve_company
from tests.unit.emulator.desk import Desk, parsed

JSON = "application/json;charset=utf-8"


def detail(response) -> str:
    assert response.status == 400, response.body
    (error,) = parsed(response)["Fault"]["Error"]
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    return error["Detail"]


@pytest.mark.parametrize("host", ["quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com"])
def test_both_hosts_have_the_same_paths(desk: Desk, host):
    session = requests.Session()
    session.mount("https://", EmulatorAdapter(desk.emulator))
    headers = {"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"}
    answer = session.get(f"https://{host}/v3/company/{desk.realm}/companyinfo/{desk.realm}", headers=headers)
    assert answer.json()["CompanyInfo"]["Id"] == "1"


def test_an_update_is_told_from_a_create_by_the_id_in_the_body(desk: Desk):
    made = desk.post("customer", {"DisplayName": "Ada"})
    changed = desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Ada B"})
    assert (changed["Id"], changed["SyncToken"]) == (made["Id"], "1")


def test_the_body_of_a_write_is_the_bare_object(desk: Desk):
    assert desk.refused("customer", {"Customer": {"DisplayName": "Ada"}})["code"] == "2010"


def test_preferences_are_read_without_an_id_and_companyinfo_with_the_realm(desk: Desk):
    assert "Preferences" in parsed(desk.ask("GET", "preferences"))
    assert "CompanyInfo" in parsed(desk.ask("GET", f"companyinfo/{desk.realm}"))


@pytest.mark.parametrize("tail", ["Customer/1", "CUSTOMER/1", "salesReceipt/1"])
def test_the_entitys_segment_is_lower_case(desk: Desk, tail):
    assert "Could not find resource" in detail(desk.ask("GET", tail))


def test_a_slash_at_the_end_changes_nothing(desk: Desk):
    assert desk.ask("GET", "term/1/").status == 200


def test_an_unknown_path_is_a_400_with_code_500_that_repeats_both_paths(desk: Desk):
    said = detail(desk.ask("GET", "customer/1/5"))
    path = f"/v3/company/{desk.realm}/customer/1/5"
    full = f"https://c50.sandbox.qbo.intuit.com/qbo50{path}"
    assert said == f"Operation Could not find resource for relative : {path} of full path: {full} is not supported."


def test_only_the_full_path_repeats_the_query_string(desk: Desk):
    said = detail(desk.ask("GET", "nothing?minorversion=12&requestid=2-d5"))
    path = f"/v3/company/{desk.realm}/nothing"
    assert f"relative : {path} of full path: https://c50.sandbox.qbo.intuit.com/qbo50{path}?minorversion=12&requestid=2-d5 is" in said


def test_a_path_without_a_realm_is_unknown_too(desk: Desk):
    headers = {"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"}
    said = detail(desk.emulator.handle(Request("POST", "/v3/company/customer?minorversion=8", headers, b"{}")))
    assert said.startswith("Operation Could not find resource for relative : /v3/company/customer of full path: https://")


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", "vendor"), ("DELETE", "customer/1"), ("PUT", "customer"), ("PATCH", "customer/1"), ("POST", "cdc"), ("GET", "batch")]
)
def test_a_path_that_lacks_only_the_method_says_so(desk: Desk, method, tail):
    assert detail(desk.ask(method, tail)) == f"Operation No resource method found for {method}, return 405 with Allow header is not supported."


def test_head_is_a_get_without_its_body(desk: Desk):
    response = desk.ask("HEAD", "term/1")
    assert (response.status, response.headers["Content-Type"], response.body) == (200, JSON, b"")
    assert desk.ask("HEAD", "term/99").status == 400


def test_a_success_carries_the_recorded_headers(desk: Desk):
    headers = desk.ask("GET", "term/1").headers
    assert headers["Content-Type"] == JSON
    assert headers["QBO-Version"] == "1944.190"
    assert re.fullmatch(r"total=\d+, db=\d+", headers["Service-Time"])
    assert headers["Expires"] == "0"
    assert headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_fault_has_json_without_charset_and_lacks_what_only_successes_have(desk: Desk):
    headers = desk.ask("GET", "term/99").headers
    assert headers["Content-Type"] == "application/json"
    assert not {"QBO-Version", "Service-Time", "Cache-Control", "Expires"} & set(headers)


@pytest.mark.parametrize("tail", ["term/1", "term/99", "nothing"])
def test_every_answer_has_an_id_to_quote_and_names_what_stood_in_between(desk: Desk, tail):
    headers = desk.ask("GET", tail).headers
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", headers["intuit_tid"])
    assert headers["X-Amzn-Trace-Id"] == f"Root={headers['intuit_tid']}"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["X-Spanid"])
    assert (headers["Server"], headers["Strict-Transport-Security"]) == ("nginx", "max-age=15552000")
    assert headers["Date"] == "Thu, 15 Jan 2026 17:00:00 GMT"
    assert headers["intuit_tid"] != desk.ask("GET", tail).headers["intuit_tid"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", JSON),
        ("application/json, text/plain, */*", JSON),
        ("application/json;q=0.9,application/xml;q=0.8", JSON),
        ("text/html, application/xml;q=0.9, application/json;q=0.1", "application/xml;charset=utf-8"),
        ("application/xml", "application/xml;charset=utf-8"),
        ("text/xml", "application/xml;charset=utf-8"),
        ("*/*", "application/xml;charset=utf-8"),
        ("", "application/xml;charset=utf-8"),
    ],
)
def test_xml_is_the_default_and_json_what_one_asks_for(desk: Desk, accept, kind):
    assert desk.ask("GET", "term/1", None, Accept=accept).headers["Content-Type"] == kind


def test_a_fault_comes_in_the_form_that_was_asked_for(desk: Desk):
    response = desk.ask("GET", "term/99", None, Accept="*/*")
    assert response.headers["Content-Type"] == "application/xml"
    assert b'<Fault type="ValidationFault"><Error code="610"><Message>Object Not Found</Message><Detail>' in response.body


def test_who_takes_neither_json_nor_xml_gets_nothing(desk: Desk):
    response = desk.ask("GET", "term/1", None, Accept="text/csv")
    assert (response.status, b"No match for accept header is not supported." in response.body) == (400, True)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream"])
def test_a_write_takes_json_or_xml_and_refuses_other_bodies(desk: Desk, kind):
    response = desk.ask("POST", "customer", {"DisplayName": "Ada"}, **{"Content-Type": kind})
    assert detail(response) == "Operation Cannot consume content type is not supported."
    assert desk.select("select * from Customer") == []


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/json"])
def test_json_may_name_its_charset(desk: Desk, kind):
    assert desk.ask("POST", "customer", {"DisplayName": "Ada"}, **{"Content-Type": kind}).status == 200


@pytest.mark.parametrize("kind", ["application/text", "text/plain", "application/text; charset=utf-8"])
def test_a_query_is_asked_by_post_as_text(desk: Desk, kind):
    response = desk.ask("POST", "query", b"select * from Term maxresults 1", **{"Content-Type": kind})
    assert parsed(response)["QueryResponse"]["maxResults"] == 1
    assert detail(desk.ask("POST", "query", b"select * from Term", **{"Content-Type": "application/json"}))


def test_bytes_that_are_no_utf_8_are_an_unsupported_operation(desk: Desk):
    assert detail(desk.ask("POST", "customer", '{"DisplayName":"é"}'.encode("latin-1"))) == (
        "Operation com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: "
        "Invalid byte 1 of 1-byte UTF-8 sequence is not supported."
    )


def test_a_byte_order_mark_before_the_json_is_skipped(desk: Desk):
    assert desk.ask("POST", "customer", b'\xef\xbb\xbf{"DisplayName":"Ada"}').status == 200


def test_a_gzipped_request_is_unpacked(desk: Desk):
    body = gzip.compress(b'{"DisplayName":"Ada"}')
    assert desk.ask("POST", "customer", body, **{"Content-Encoding": "gzip"}).status == 200
    assert desk.refused("customer", None) != {}
    assert desk.ask("POST", "customer", b"not gzip", **{"Content-Encoding": "gzip"}).status == 400


def test_half_a_surrogate_pair_and_control_characters_do_no_harm(desk: Desk):
    made = desk.ask("POST", "customer", b'{"DisplayName":"A\\ud800B","Notes":"n\\u0000\\u0007\\ud83d\\ude00"}')
    assert made.status == 200
    customer = parsed(made)["Customer"]
    assert (customer["DisplayName"], customer["Notes"]) == ("A?B", "n\0\x07😀")
    assert b"<Notes>n\xf0\x9f\x98\x80</Notes>" in desk.ask("GET", f"customer/{customer['Id']}", None, Accept="*/*").body


def test_ids_tokens_and_references_are_texts_and_numbers_may_be_sent_as_texts(desk: Desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"], "100.5")
    assert (type(made["Id"]), type(made["SyncToken"]), type(made["CustomerRef"]["value"])) == (str, str, str)
    assert made["TotalAmt"] == Decimal("100.50")


def test_money_has_two_decimals_zero_is_bare_and_quantities_carry_what_they_need(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    line = {"Amount": 45, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 4.5, "UnitPrice": 10}}
    body = {"CustomerRef": {"value": customer}, "Line": [line]}
    text = desk.ask("POST", "invoice", body).body.decode()
    assert '"Amount":45.00' in text
    assert '"Qty":4.5,' in text.replace("}", ",")
    assert '"UnitPrice":10,' in text.replace("}", ",")
    assert '"TotalTax":0' in text


def test_objects_have_seconds_and_envelopes_milliseconds_both_with_the_companys_offset(desk: Desk):
    answer = parsed(desk.ask("POST", "customer", {"DisplayName": "Ada"}))
    assert answer["Customer"]["MetaData"]["CreateTime"] == "2026-01-15T09:00:00-08:00"
    assert answer["time"] == "2026-01-15T09:00:00.000-08:00"


def test_the_envelopes_time_is_that_of_the_start(make, clock):
    desk = make(latency="realistic")
    before = parsed(desk.ask("GET", "term/1"))["time"]
    assert parsed(desk.ask("GET", "term/1"))["time"] > before == "2026-01-15T09:00:00.000-08:00"


def test_a_known_read_only_property_is_ignored_and_an_unknown_one_refused(desk: Desk):
    assert desk.post("customer", {"DisplayName": "Ada", "Balance": 500})["Balance"] == 0
    assert desk.refused("customer", {"DisplayName": "Bob", "Ballance": 500})["code"] == "2010"


def test_of_a_reference_only_the_value_counts(desk: Desk):
    customer = desk.customer("Ada")["Id"]
    made = desk.invoice(customer, desk.item()["Id"], 10, CustomerRef={"value": customer, "name": "Somebody else"})
    assert made["CustomerRef"] == {"value": customer, "name": "Ada"}


@pytest.mark.parametrize("minorversion", ["", "1", "75", "999", "abc"])
def test_any_minorversion_is_taken_and_noted(desk: Desk, minorversion):
    assert desk.ask("GET", f"term/1?minorversion={minorversion}").status == 200
    line = desk.control("GET", "journal")[1]["lines"][-1]
    assert line.get("minorversion", "") == minorversion


def test_a_plus_in_an_unencoded_query_arrives_as_a_blank(desk: Desk):
    desk.customer()
    statement = "select * from Customer where MetaData.CreateTime > '2026-01-01T00:00:00+00:00'"
    assert len(desk.select(statement)) == 1
    error = desk.refused(f"query?query={statement.replace(' ', '%20')}", None, "GET")
    assert (error["code"], "2026-01-01T00:00:00 00:00" in error["Detail"]) == ("4001", True)


def test_of_a_repeated_parameter_the_first_counts(desk: Desk):
    first, second = quote("select count(*) from Term"), quote("select * from Nothing")
    assert parsed(desk.ask("GET", f"query?query={first}&query={second}"))["QueryResponse"] == {"totalCount": 4}


def test_a_body_above_the_limit_is_a_413_where_there_is_one(make):
    desk = make(body_limit_bytes=1000)
    response = desk.ask("POST", "customer", {"DisplayName": "A", "Notes": "x" * 1000})
    assert (response.status, response.headers["Content-Type"]) == (413, "text/html")
    assert desk.ask("POST", "customer", {"DisplayName": "A"}).status == 200


@pytest.mark.parametrize("depth", [150, 5000, 100_000])
def test_deep_nesting_is_refused_and_shallow_brackets_in_texts_are_not(desk: Desk, depth):
    assert desk.ask("POST", "customer", b'{"Tag":' + b"[" * depth + b"]" * depth + b"}").status == 400
    assert desk.ask("POST", "customer", json.dumps({"DisplayName": "A", "Notes": "[{" * 900}).encode()).status == 200


# XML


def test_an_object_in_xml_has_the_order_of_the_schema(desk: Desk):
    made = desk.customer("A & B <Ltd>", GivenName="Ada", PrimaryEmailAddr={"Address": "a@b.co"}, Notes="n")
    text = desk.ask("GET", f"customer/{made['Id']}", None, Accept="*/*").body.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="')
    assert '<Customer domain="QBO" sparse="false"><Id>' in text
    order = ["<Id>", "<SyncToken>", "<MetaData><CreateTime>", "<GivenName>", "<FullyQualifiedName>", "<DisplayName>A &amp; B &lt;Ltd&gt;<", "<Active>true<",
             "<PrimaryEmailAddr><Address>a@b.co</Address>", "<Taxable>", "<Notes>", "<Balance>0<"]  # fmt: skip
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert '<CurrencyRef name="United States Dollar">USD</CurrencyRef>' in text


def test_queries_counts_and_batches_come_in_xml_too(desk: Desk):
    page = desk.ask("GET", "query?query=select+*+from+Term+maxresults+2", None, Accept="*/*").body
    assert b'<QueryResponse startPosition="1" maxResults="2"><Term domain="QBO"' in page
    assert b'<QueryResponse totalCount="4"></QueryResponse>' in desk.ask("GET", "query?query=select+count(*)+from+Term", None, Accept="*/*").body
    items = {"BatchItemRequest": [{"bId": "a", "Query": "select * from Term maxresults 1"}, {"bId": "b", "Query": "select"}]}
    batch = desk.ask("POST", "batch", items, Accept="*/*").body
    assert b'<BatchItemResponse bId="a"><QueryResponse startPosition="1" maxResults="1"><Term ' in batch
    assert b'<BatchItemResponse bId="b"><Fault type="ValidationFault"><Error code="4000" element=""><Message>' in batch


def test_an_object_may_be_sent_in_xml(desk: Desk):
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><Customer xmlns="http://schema.intuit.com/finance/v3" domain="QBO"><DisplayName>Ada &amp; Co</DisplayName>'
        b"<Active>true</Active><PrimaryEmailAddr><Address>a@b.co</Address></PrimaryEmailAddr></Customer>"
    )
    made = parsed(desk.ask("POST", "customer", body, **{"Content-Type": "application/xml"}))["Customer"]
    assert (made["DisplayName"], made["Active"], made["PrimaryEmailAddr"]) == ("Ada & Co", True, {"Address": "a@b.co"})
    change = f'<Customer sparse="true"><Id>{made["Id"]}</Id><SyncToken>0</SyncToken><Notes>n</Notes></Customer>'.encode()
    changed = parsed(desk.ask("POST", "customer", change, **{"Content-Type": "text/xml"}))["Customer"]
    assert (changed["SyncToken"], changed["Notes"], changed["DisplayName"]) == ("1", "n", "Ada & Co")


def test_lines_and_references_are_read_from_xml(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    line = f"<Line><Amount>10.00</Amount><DetailType>SalesItemLineDetail</DetailType><SalesItemLineDetail><ItemRef>{item}</ItemRef></SalesItemLineDetail></Line>"
    body = f'<Invoice xmlns="http://schema.intuit.com/finance/v3">{line}{line}<CustomerRef name="x">{customer}</CustomerRef></Invoice>'
    made = parsed(desk.ask("POST", "invoice", body.encode(), **{"Content-Type": "application/xml"}))["Invoice"]
    assert (len(made["Line"]), made["TotalAmt"], made["CustomerRef"]["value"]) == (3, 20, customer)


def test_a_batch_may_be_sent_in_xml(desk: Desk):
    body = (
        b'<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3"><BatchItemRequest bId="a" operation="create"><Vendor><DisplayName>V</DisplayName>'
        b'</Vendor></BatchItemRequest><BatchItemRequest bId="b"><Query>select count(*) from Term</Query></BatchItemRequest></IntuitBatchRequest>'
    )
    first, second = parsed(desk.ask("POST", "batch", body, **{"Content-Type": "application/xml"}))["BatchItemResponse"]
    assert (first["bId"], first["Vendor"]["DisplayName"]) == ("a", "V")
    assert second == {"bId": "b", "QueryResponse": {"totalCount": 4}}


@pytest.mark.parametrize("body", [b"", b"text", b"<Customer>", b"<Vendor/>", b'<!DOCTYPE a [<!ENTITY b "c">]><Customer/>', b"<a>" * 200])
def test_what_is_no_xml_object_is_an_unsupported_operation(desk: Desk, body):
    said = detail(desk.ask("POST", "customer", body, **{"Content-Type": "application/xml"}))
    assert said.startswith("Operation javax.xml.bind.UnmarshalException - with linked exception: [org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: ")


def test_an_unknown_element_is_an_unknown_property(desk: Desk):
    response = desk.ask("POST", "customer", b"<Customer><Nothing>1</Nothing></Customer>", **{"Content-Type": "application/xml"})
    assert 'Unrecognized field "Nothing"' in parsed(response)["Fault"]["Error"][0]["Detail"]


# Over a real socket


@pytest.fixture(scope="module")
def served():
    """The host, port and realm of an emulator behind a socket, with a token."""
    url, realm, token = serve_company()
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port), realm, token


def spoken(served, head: str, *parts: bytes) -> bytes:
    """What the server says to bytes that no library would send."""
    host, port, realm, token = served
    with socket.create_connection((host, port), timeout=10) as line:
        lines = head.format(realm=realm).replace("\n", "\r\n")
        line.sendall(f"{lines}\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\nConnection: close\r\n\r\n".encode())
        for part in parts:
            line.sendall(part)
        said = b""
        while got := line.recv(65536):
            said += got
    return said


def test_a_chunked_body_is_put_together(served):
    said = spoken(served, "POST /v3/company/{realm}/customer HTTP/1.1\nTransfer-Encoding: chunked", b'8\r\n{"Displa\r\n', b'f\r\nyName":"Chunk"}\r\n', b"0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200")
    assert b'"DisplayName":"Chunk"' in said


def test_a_client_that_waits_for_a_100_gets_it(served):
    said = spoken(served, "POST /v3/company/{realm}/customer HTTP/1.1\nContent-Length: 22\nExpect: 100-continue", b'{"DisplayName":"Wait"}')
    assert said.startswith(b"HTTP/1.1 100")
    assert b"HTTP/1.1 200" in said


def test_a_long_query_fits_into_an_address(served):
    ids = ",".join(f"'{number}'" for number in range(4000))
    said = spoken(served, f"GET /v3/company/{{realm}}/query?query={quote(f'select count(*) from Term where Id in ({ids})')} HTTP/1.1")
    assert b'{"totalCount":4}' in said


def test_a_large_answer_is_packed_for_who_takes_it(served):
    host, port, realm, token = served
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    url = f"http://{host}:{port}/v3/company/{realm}/query?query=select * from Account"
    with requests.Session() as session:
        session.trust_env = False
        packed = session.get(url, headers={**headers, "Accept-Encoding": "gzip"}, timeout=10)
        plain = session.get(url, headers={**headers, "Accept-Encoding": "identity"}, timeout=10)
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in plain.headers
    assert packed.json()["QueryResponse"] == plain.json()["QueryResponse"]


def test_the_same_history_gives_the_same_bytes(clock):
    def run() -> list[bytes]:
        emulator = Emulator(clock=clock, seed=7)
        desk = Desk(emulator, "empty")
        told = [desk.ask("POST", "customer", {"DisplayName": name}) for name in "AB"]
        emulator.close()
        return [b"".join([each.body, str(dict(each.headers)).encode()]) for each in told]

    assert run() == run()
