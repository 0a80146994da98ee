"""What stands before the books: sign-in, the right company, headers, shapes of refusals, XML, and paths that do not exist."""

from __future__ import annotations

import json

import pytest

from syncengine.emulator import Request
from tests.unit.emulator.desk import Desk, parsed


def test_a_success_carries_the_headers_that_quickbooks_sends(desk: Desk):
    response = desk.ask("GET", "term/1")
    expected = {
        "Content-Type": "application/json;charset=utf-8", "QBO-Version": "1944.190", "Expires": "0", "Service-Time": "total=0, db=0",
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private", "Date": "Thu, 15 Jan 2026 17:00:00 GMT",
    }  # fmt: skip
    assert {name: response.headers[name] for name in expected} == expected
    assert response.headers["INTUIT_TID"].startswith("1-69691d10-")
    assert desk.ask("GET", "term/1").headers["intuit_tid"] != response.headers["intuit_tid"]


def test_a_refusal_lacks_what_only_successes_have(desk: Desk):
    response = desk.ask("GET", "term/99")
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/json"
    assert not {"QBO-Version", "Service-Time", "Cache-Control"} & set(response.headers)
    assert "intuit_tid" in response.headers


def test_the_envelopes_time_has_milliseconds_and_the_companys_offset(desk: Desk):
    assert desk.ask("GET", "term/1").body.endswith(b'"time":"2026-01-15T09:00:00.000-08:00"}')


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer short", "Bearer " + "x" * 200, "Bearer " + "x" * 5000])
def test_no_token_or_a_bad_one_is_refused_by_the_gateway(desk: Desk, header):
    headers = {"Accept": "application/json", **({} if header is None else {"Authorization": header})}
    response = desk.emulator.handle(Request("GET", f"/v3/company/{desk.realm}/term/1", headers))
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    body = json.loads(response.body)
    (error,) = body["fault"]["error"]
    assert (error["code"], error["element"], body["fault"]["type"]) == ("3200", None, "AUTHENTICATION")
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert body["time"] == 1768496400000
    assert {"warnings", "batchItemResponse", "cdcresponse"} <= body.keys()


def test_an_hour_later_the_token_has_expired(desk: Desk, clock):
    clock.advance(3599)
    assert desk.ask("GET", "term/1").status == 200
    clock.advance(1)
    response = desk.ask("GET", "term/1")
    assert response.status == 401
    assert json.loads(response.body)["fault"]["error"][0]["detail"] == f"Token expired: {desk.tokens['access_token']}"


def test_a_company_that_is_not_here_is_on_the_wrong_cluster(desk: Desk):
    headers = {"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"}
    response = desk.emulator.handle(Request("GET", "/v3/company/123/term/1", headers))
    assert (response.status, response.headers["Content-Type"]) == (401, "application/xml")
    assert b'<Fault type="AuthenticationFault"><Error code="130"><Message>Accessing Wrong Cluster</Message>' in response.body
    assert response.body.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-01-15T09:00:00.000-08:00"')


def test_somebody_elses_company_is_refused_either_way(make):
    for switch, status, code in (("130", 401, b'code="130"'), ("3100", 403, b'"code":"3100"')):
        desk = make(foreign_realm=switch)
        other = Desk(desk.emulator, "empty")
        other.tokens = desk.tokens
        response = other.ask("GET", "term/1")
        assert (response.status, code in response.body) == (status, True)


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", "customer/1/5"), ("GET", "nonsense/1"), ("DELETE", "nonsense"), ("GET", "Customer/1"), ("GET", "")],
)
def test_a_path_that_does_not_exist_is_a_400(desk: Desk, method, tail):
    error = desk.refused(tail, None, method)
    realm = desk.realm
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    assert error["Detail"] == (
        f"Operation Could not find resource for relative : /v3/company/{realm}/{tail} of full path: "
        f"https://c50.sandbox.qbo.intuit.com/qbo50/v3/company/{realm}/{tail} is not supported."
    )


def test_an_object_that_does_not_exist_is_a_400_too(desk: Desk):
    error = desk.refused("invoice/9", None, "GET")
    assert (error["code"], error["Message"]) == ("610", "Object Not Found")
    assert error["Detail"].startswith("Object Not Found : Something you're trying to use has been made inactive.")
    response = desk.ask("GET", "invoice/1.5")
    assert parsed(response) == {
        "Fault": {
            "Error": [{"Message": "Invalid ID", "Detail": "Id should be a valid number. Supplied value:1.5", "code": "2030", "element": "Id"}],
            "type": "ValidationFault",
        }
    }


def test_a_deleted_transaction_says_who_did_it(desk: Desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    desk.post("invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"})
    for method, tail, body in (
        ("GET", f"invoice/{made['Id']}", None),
        ("POST", "invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"}),
        ("POST", "invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True}),
    ):
        assert desk.refused(tail, body, method)["Detail"] == "Object Not Found : Another user has deleted this transaction."


@pytest.mark.parametrize(("token", "code"), [("0", "5010"), ("7", "5010"), ("", "2020"), (None, "2020")])
def test_a_sync_token_has_to_be_the_objects(desk: Desk, token, code):
    made = desk.customer()
    desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"})
    wish = {"Id": made["Id"], "SyncToken": token, "sparse": True, "Notes": "m"}
    assert desk.refused("customer", {name: value for name, value in wish.items() if value is not None})["code"] == code


def test_a_stale_object_is_told_in_quickbooks_words(desk: Desk):
    made = desk.customer()
    error = desk.refused("customer", {"Id": made["Id"], "SyncToken": "5", "sparse": True})
    assert error["Message"] == "Stale Object Error"
    assert error["Detail"] == (
        "Stale Object Error : You and root were working on this at the same time. root finished before you did, so your work was not saved."
    )


def test_an_unknown_property_is_named_wherever_it_stands(desk: Desk):
    error = desk.refused("invoice", {"BadJson": 1})
    assert error["Message"] == "Request has invalid or unsupported property"
    lead = 'Property Name:Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Invoice), not marked as ignorable ('
    assert error["Detail"].startswith(lead)
    assert error["Detail"].endswith("... [truncated]])\n specified is unsupported or invalid")
    for body, java_class in (
        ({"BillAddr": {"Street": "x"}}, "PhysicalAddress"),
        ({"Line": [{"Price": 1}]}, "Line"),
        ({"Line": [{"SalesItemLineDetail": {"Item": 1}}]}, "SalesItemLineDetail"),
        ({"CustomerRef": {"id": "1"}}, "ReferenceType"),
        ({"billaddr": {}}, "Invoice"),
    ):
        assert f"com.intuit.schema.finance.v3.{java_class})" in desk.refused("invoice", body)["Detail"]


@pytest.mark.parametrize(
    "body",
    [{"CustomerRef": "1"}, {"Line": {}}, {"Line": ["x"]}, {"TotalAmt": {}}, {"TotalAmt": True}, {"TxnDate": 5}, {"DocNumber": {}}, [], 5, {"AllowOnlinePayment": 1}],
)
def test_a_value_of_the_wrong_json_type_cannot_be_instantiated(desk: Desk, body):
    assert desk.refused("invoice", body)["Detail"] == "Property Name:Can not instanti specified is unsupported or invalid"


@pytest.mark.parametrize("body", [b"{", b"", b'{"a": NaN}', b"[" * 100_000, b'{"TotalAmt": 1' + b"0" * 5000 + b"}"])
def test_a_body_that_is_no_json_is_refused(desk: Desk, body):
    assert desk.refused("invoice", body)["code"] == "2010"


@pytest.mark.parametrize(
    ("value", "code"), [("1e400", "2110"), ("1E+20", "2110"), ("-1e-300", "2110"), ("Infinity", "2110"), ("12,5", "2100"), ("1e12", "2140")]
)
def test_amounts_out_of_this_world_are_refused(desk: Desk, value, code):
    assert desk.refused("invoice", {"Deposit": value})["code"] == code


def test_a_body_in_another_encoding_is_refused(desk: Desk):
    error = desk.refused("customer", '{"DisplayName": "Café"}'.encode("latin-1"))
    assert error["code"] == "500"
    assert "Invalid byte 1 of 1-byte UTF-8 sequence is not supported." in error["Detail"]


def test_unknown_operations_and_entities_that_cannot_are_refused(desk: Desk):
    assert desk.refused("customer?operation=merge", {})["Detail"] == "Operation merge is not supported."
    assert desk.refused("companyinfo", {"CompanyName": "x"})["Detail"] == "Operation create is not supported."


def test_who_does_not_ask_for_json_gets_xml(desk: Desk):
    made = desk.customer("A & B <Ltd>", BillAddr={"Line1": "1 Main"})
    response = desk.ask("GET", f"customer/{made['Id']}", None, Accept="*/*")
    assert response.headers["Content-Type"] == "application/xml;charset=utf-8"
    text = response.body.decode()
    assert '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026-01-15T09:00:00.000-08:00"><Customer domain="QBO" sparse="false">' in text
    assert "<DisplayName>A &amp; B &lt;Ltd&gt;</DisplayName>" in text
    assert '<CurrencyRef name="United States Dollar">USD</CurrencyRef>' in text
    assert "<BillAddr><Id>2</Id><Line1>1 Main</Line1></BillAddr>" in text
    refused = desk.ask("GET", "customer/999", None, Accept="text/xml")
    assert b'<Fault type="ValidationFault"><Error code="610"><Message>Object Not Found</Message>' in refused.body
    listed = desk.ask("GET", "query?query=select+*+from+Term+maxresults+2", None, Accept="").body
    assert b'<QueryResponse startPosition="1" maxResults="2"><Term domain="QBO"' in listed


def test_json_can_be_the_default(make):
    desk = make(accept_default="json")
    assert desk.ask("GET", "term/1", None, Accept="*/*").headers["Content-Type"] == "application/json;charset=utf-8"


def test_an_ended_subscription_refuses_writes_and_lets_reads_pass(make):
    desk = make(subscription="ended")
    assert desk.refused("customer", {"DisplayName": "A"})["code"] == "6190"
    assert desk.ask("GET", "term/1").status == 200


def test_realistic_latency_is_slept_on_the_clock_and_shown(make, clock):
    desk = make(latency="realistic", latency_scale=0.5)
    before = clock.monotonic()
    response = desk.ask("GET", "term/1")
    assert clock.monotonic() - before == pytest.approx(0.1)
    assert response.headers["Service-Time"] == "total=100, db=33"
    before = clock.monotonic()
    desk.batch(*({"operation": "create", "Customer": {"DisplayName": f"N{n}"}} for n in range(4)))
    assert clock.monotonic() - before == pytest.approx(0.55)


def test_anything_else_is_not_found(desk: Desk):
    for target in ("/v2/company/1", "/v3/company"):
        assert desk.emulator.handle(Request("GET", target)).status == 404


def test_pages_are_not_found_where_the_control_interface_is_not(desk: Desk):
    for target in ("/", f"/company/{desk.realm}", "/calls", "/trouble", "/pages/style.css"):
        assert desk.emulator.handle(Request("GET", target), control=False).status == 404
        assert desk.emulator.handle(Request("GET", target)).status == 200


def test_a_path_may_be_percent_encoded(desk: Desk):
    assert desk.ask("GET", "term%2F1").status == 200
