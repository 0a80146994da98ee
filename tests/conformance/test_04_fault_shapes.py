"""Faults per layer: gateway, back end, throttle, business layer, query processor, proxies; in JSON and in XML."""

from __future__ import annotations

import json

import pytest

from syncengine.emulator import Request
from tests.unit.emulator.desk import Desk, parsed

EMPTY_GATEWAY = {
    "warnings": None, "intuitObject": None, "report": None, "queryResponse": None, "batchItemResponse": [], "attachableResponse": [],
    "syncErrorResponse": None, "requestId": None, "status": None, "cdcresponse": [],
}  # fmt: skip
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-01-15T09:00:00.000-08:00" xmlns="http://schema.intuit.com/finance/v3">'


def arm(desk: Desk, kind: str, **more) -> None:
    assert desk.control("POST", "faults", {"kind": kind, **more})[0] == 201


def with_token(desk: Desk, text: str | None, accept: str = "application/json"):
    headers = {"Accept": accept, **({} if text is None else {"Authorization": text})}
    return desk.emulator.handle(Request("GET", f"/v3/company/{desk.realm}/term/1", headers))


def test_400_of_the_business_layer(desk: Desk):
    response = desk.ask("GET", "term/99")
    fault = parsed(response)["Fault"]
    assert (response.status, fault["type"], fault["Error"][0]["code"]) == (400, "ValidationFault", "610")


def test_2030_was_recorded_without_a_time(desk: Desk):
    assert list(parsed(desk.ask("GET", "invoice/1.5"))) == ["Fault"]


def test_401_of_the_gateway_is_json_with_a_lower_case_fault(desk: Desk):
    response = with_token(desk, "Bearer " + "A" * 40)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert json.loads(response.body) == {
        **EMPTY_GATEWAY,
        "fault": {
            "error": [
                {
                    "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                    "detail": "Token expired: " + "A" * 40,
                    "code": "3200",
                    "element": None,
                }
            ],
            "type": "AUTHENTICATION",
        },
        "time": 1768496400000,
    }


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic abc", "Bearer " + "x" * 5000, "Bearer é" + "x" * 40])
def test_what_is_no_bearer_is_malformed(desk: Desk, header):
    error = json.loads(with_token(desk, header).body)["fault"]["error"][0]
    assert error["detail"] == "Malformed bearer token: too short or too long"


def test_401_is_xml_for_who_did_not_ask_for_json_or_where_the_switch_says_so(make):
    desk = make()
    expected = f'{HEAD}<Fault type="AUTHENTICATION"><Error code="3200"><Message>message=AuthenticationFailed; errorCode=003200; statusCode=401</Message>'
    response = with_token(desk, "Bearer " + "A" * 40, "*/*")
    assert (response.status, response.headers["Content-Type"]) == (401, "application/xml")
    assert response.body.decode().startswith(expected)
    assert "WWW-Authenticate" in response.headers
    assert with_token(make(unauthorized_body="xml"), "Bearer " + "A" * 40).body.startswith(b"<?xml")


def test_401_of_the_back_end_is_xml_even_where_json_was_asked_for(desk: Desk):
    headers = {"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"}
    response = desk.emulator.handle(Request("GET", "/v3/company/123146096291789/term/1", headers))
    assert (response.status, response.headers["Content-Type"]) == (401, "application/xml")
    assert response.body.decode().startswith(f'{HEAD}<Fault type="AuthenticationFault"><Error code="130"><Message>Accessing Wrong Cluster</Message>')


def test_401_with_120_says_that_the_person_lost_access(desk: Desk):
    arm(desk, "access_lost_120")
    response = desk.ask("GET", "term/1")
    (error,) = parsed(response)["Fault"]["Error"]
    assert (response.status, error["code"], error["Message"]) == (401, "120", "Authorization Failure")
    assert error["Detail"] == ": -11014-You do not have access to use QuickBooks Online Plus."


def test_403_of_the_gateway_is_a_service_fault_3100(desk: Desk):
    arm(desk, "forbidden_403")
    response = desk.ask("GET", "term/1")
    body = json.loads(response.body)
    assert (response.status, body["fault"]["type"], body["fault"]["error"][0]["code"]) == (403, "SERVICE", "3100")
    assert body["fault"]["error"][0]["message"] == "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"


def test_429_is_xml_byte_for_byte_whatever_was_asked_for(desk: Desk):
    arm(desk, "throttle_429")
    response = desk.ask("GET", "term/1")
    assert (response.status, response.headers["Content-Type"], "Retry-After" in response.headers) == (429, "application/xml", False)
    assert response.body.decode() == (
        f'{HEAD}<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>'
        "<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
    )


def test_429_in_json_and_the_older_403(desk: Desk):
    arm(desk, "throttle_429", body="json")
    fault = parsed(desk.ask("GET", "term/1"))["Fault"]
    assert (fault["type"], fault["Error"][0]["code"]) == ("SERVICE", "3001")
    arm(desk, "throttle_403")
    response = desk.ask("GET", "term/1")
    assert (response.status, b"errorCode=003001; statusCode=403" in response.body) == (403, True)


def test_a_real_throttle_looks_like_the_injected_one(make):
    desk = make(quotas=True, requests_per_second=1)
    desk.ask("GET", "term/1")
    real = desk.ask("GET", "term/1")
    desk.emulator.parts.clock.advance(1)
    arm(desk, "throttle_429")
    injected = desk.ask("GET", "term/1")
    assert real.status == injected.status == 429
    assert real.body.replace(b"09:00:00", b"09:00:01") == injected.body


def test_500_is_a_system_fault(desk: Desk):
    arm(desk, "system_500")
    response = desk.ask("GET", "term/1")
    fault = parsed(response)["Fault"]
    assert (response.status, fault["type"], fault["Error"][0]["code"]) == (500, "SystemFault", "10000")
    assert fault["Error"][0]["Message"] == "An application error has occurred while processing your request"
    assert fault["Error"][0]["Detail"].startswith("System Failure Error: ")


@pytest.mark.parametrize(("kind", "status", "lead"), [("unavailable_503", 503, b"<html>"), ("bad_gateway_502", 502, b"<html>"), ("gateway_504", 504, b"")])
def test_proxies_answer_with_html_or_nothing(desk: Desk, kind, status, lead):
    arm(desk, kind)
    response = desk.ask("GET", "term/1")
    assert response.status == status
    assert response.body.startswith(lead)
    assert b"Fault" not in response.body


def test_400_of_the_query_processor(desk: Desk):
    arm(desk, "refuse", code="4002", message="Error processing query", detail="QueryProcessingError: To email address entered is invalid")
    error = desk.refused("query?query=select+*+from+Invoice", None, "GET")
    assert (error["code"], error["Message"]) == ("4002", "Error processing query")


@pytest.mark.parametrize("kind", ["expired_401", "forbidden_403", "system_500", "stale", "access_lost_120", "feature_5030"])
def test_any_injected_fault_comes_in_xml_on_demand(desk: Desk, kind):
    arm(desk, kind, body="xml")
    assert b"<IntuitResponse " in desk.ask("GET", "term/1").body


def test_references_are_checked_one_at_a_time(desk: Desk):
    lines = [
        {"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}}
        for side, account in (("Debit", "99998"), ("Credit", "99999"))
    ]
    fault = parsed(desk.ask("POST", "journalentry", {"Line": lines}))["Fault"]
    assert len(fault["Error"]) == 1
