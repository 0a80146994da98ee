"""Faults in every shape that was ever seen, and what each means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.quickbooks import Fault, FaultClass, FaultDetail, FaultError, classify
from syncengine.quickbooks.faults import from_document, hidden, parse

BUSINESS = (
    b'{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"Stale Object Error : You and root were working on this '
    b'at the same time.","code":"5010","element":""}],"type":"ValidationFault"},"time":"2026-01-15T09:19:21.923-08:00"}'
)
GATEWAY = json.dumps(
    {
        "warnings": None,
        "fault": {
            "error": [
                {
                    "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                    "detail": "Token expired: AB01Secret.Value",
                    "code": "3200",
                    "element": None,
                }
            ],
            "type": "AUTHENTICATION",
        },
        "batchItemResponse": [],
        "time": 1601384000000,
    }
).encode()
THROTTLE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2016-12-07T15:27:09.527-08:00" '
    b'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; '
    b"errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault>"
    b"</IntuitResponse>"
)
CLUSTER = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3">'
    b'<Fault type="AuthenticationFault"><Error code="130" element="realm"><Message>Accessing Wrong Cluster</Message></Error></Fault></IntuitResponse>'
)


def test_the_business_layers_fault_is_read_in_full():
    fault = parse(400, BUSINESS, tid="1-5f73")
    assert (fault.http_status, fault.type, fault.tid, fault.code) == (400, "ValidationFault", "1-5f73", "5010")
    assert fault.errors == (
        FaultDetail("5010", "Stale Object Error", "Stale Object Error : You and root were working on this at the same time."),
    )
    assert str(fault).startswith("5010 Stale Object Error: ")


def test_the_gateways_lower_case_fault_is_read_and_its_token_left_out():
    fault = parse(401, GATEWAY)
    assert fault.code == "3200"
    assert fault.type == "AUTHENTICATION"
    for text in (str(fault), repr(fault), fault.raw, str(FaultError(fault))):
        assert "AB01" not in text


@pytest.mark.parametrize(
    ("status", "body", "code", "meaning"),
    [
        (429, THROTTLE, "3001", FaultClass.THROTTLE),
        (403, THROTTLE, "3001", FaultClass.THROTTLE),
        (401, CLUSTER, "130", FaultClass.ACCESS),
    ],
)
def test_xml_is_read_though_json_was_asked_for(status, body, code, meaning):
    fault = parse(status, body)
    assert fault.code == code
    assert classify(fault) is meaning


def test_an_xml_fault_keeps_message_detail_and_element():
    (row,) = parse(429, THROTTLE).errors
    assert row.message == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    assert row.detail == "The request limit was reached.  Try again later"
    assert parse(401, CLUSTER).errors[0].element == "realm"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b'{"Fault":{"Error":[{"Message":"m","code":610}]}}', "610", "m"),
        (b'{"fault":{"Error":{"message":"m","Code":"610"}}}', "610", "m"),
        (b'\xef\xbb\xbf{"Fault":{"Error":[{"Message":"m","code":"0610"}],"type":null}}', "610", "m"),
        (b'{"Fault":{"error":[{"message":"x; errorCode=003100; statusCode=403"}]}}', "3100", "x; errorCode=003100; statusCode=403"),
        (b'{"Fault":{"Error":[]}}', "", "Fault without a reason"),
        (b'{"Fault":{"Error":null}}', "", "Fault without a reason"),
        (b'{"Fault":{}}', "", "Fault without a reason"),
    ],
)
def test_every_spelling_of_a_fault_is_read(body, code, message):
    fault = parse(400, body)
    assert (fault.code, fault.errors[0].message) == (code, message)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The answer was empty."),
        (b"<html><head><style>p{}</style></head><body><h1>503</h1> Service  Unavailable</body></html>", "503 Service Unavailable"),
        (b"upstream connect error", "upstream connect error"),
        (b"\xff\xfe\x00", "\ufffd\ufffd\x00"),
        (b'{"error":"nope"}', '{"error":"nope"}'),
        (b"<unclosed", "<unclosed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Fault>&a;</Fault>', "]> &a;"),
    ],
)
def test_what_is_no_fault_at_all_still_becomes_one(body, words):
    fault = parse(503, body)
    assert fault.code == ""
    assert fault.errors[0].detail == words
    assert classify(fault) is FaultClass.TRANSIENT


@given(st.sampled_from([400, 401, 403, 404, 429, 500, 503]), st.binary(max_size=200))
def test_no_body_whatever_raises(status, body):
    fault = parse(status, body)
    assert fault.errors
    assert classify(fault) in FaultClass
    assert str(fault)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Fault", "fault", "Error", "error", "code", "Message", "detail", "type"]), inner, max_size=4
            )
        ),
    )
)
def test_no_nesting_of_a_faults_own_words_raises(document):
    fault = from_document(document, status=200)
    assert fault is None or fault.errors


def test_a_huge_body_is_cut():
    assert len(parse(500, b"x" * 100_000).raw) == 4000


def test_a_fault_under_a_success_status_is_found():
    fault = hidden(200, BUSINESS)
    assert fault is not None
    assert fault.code == "5010"
    assert hidden(200, b'{"fault":null,"Customer":{"Id":"1"}}') is None
    assert hidden(200, b"") is None


def refusal(code: str, message: str = "", detail: str = "", *, status: int = 400, kind: str = "ValidationFault") -> Fault:
    return Fault(status, kind, (FaultDetail(code, message, detail),))


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (refusal("3200", status=401), FaultClass.TOKEN),
        (refusal("100", status=401), FaultClass.TOKEN),
        (refusal("", status=401, kind=""), FaultClass.TOKEN),
        (refusal("120", status=401), FaultClass.ACCESS),
        (refusal("120", status=500), FaultClass.TRANSIENT),
        (refusal("130", status=401), FaultClass.ACCESS),
        (refusal("140"), FaultClass.ACCESS),
        (refusal("150"), FaultClass.TRANSIENT),
        (refusal("3100", status=403), FaultClass.ACCESS),
        (refusal("", status=403, kind=""), FaultClass.ACCESS),
        (refusal("6190"), FaultClass.ACCESS),
        (refusal("10200"), FaultClass.ACCESS),
        (refusal("3001", status=429), FaultClass.THROTTLE),
        (refusal("", status=429, kind=""), FaultClass.THROTTLE),
        (refusal("", "message=ThrottleExceeded; statusCode=403", status=403), FaultClass.THROTTLE),
        (refusal("10000"), FaultClass.TRANSIENT),
        (refusal("", status=503, kind=""), FaultClass.TRANSIENT),
        (refusal("610", status=500), FaultClass.TRANSIENT),
        (refusal("", kind="SystemFault"), FaultClass.TRANSIENT),
        (refusal("5010", "Stale Object Error"), FaultClass.STALE),
        (refusal("5010", "", "The account period has closed and the account books cannot be updated"), FaultClass.CLOSED),
        (refusal("6200"), FaultClass.CLOSED),
        (refusal("6210"), FaultClass.CLOSED),
        (refusal("610"), FaultClass.REFERENCE),
        (refusal("2500"), FaultClass.REFERENCE),
        (refusal("620"), FaultClass.REFERENCE),
        (refusal("700"), FaultClass.REFERENCE),
        (refusal("6250"), FaultClass.REFERENCE),
        (
            refusal("6000", "", "Business Validation Error: The entity Estimate 75 that you are trying to link does not exist."),
            FaultClass.REFERENCE,
        ),
        (refusal("6240"), FaultClass.DUPLICATE),
        (refusal("6140"), FaultClass.DUPLICATE),
        (refusal("630"), FaultClass.DUPLICATE),
        (refusal("600"), FaultClass.DUPLICATE),
        (refusal("5030"), FaultClass.FEATURE),
        (refusal("5020"), FaultClass.FEATURE),
        (refusal("6000", "", "Business Validation Error: You must set a transaction amount."), FaultClass.BUSINESS),
        (refusal("2010"), FaultClass.VALIDATION),
        (refusal("2300"), FaultClass.VALIDATION),
        (refusal("6440"), FaultClass.VALIDATION),
        (refusal("4001", kind="Service"), FaultClass.VALIDATION),
        (refusal("500"), FaultClass.VALIDATION),
        (refusal("1040"), FaultClass.VALIDATION),
        (refusal("999999"), FaultClass.VALIDATION),
        (refusal("999999", kind="Service"), FaultClass.UNKNOWN),
        (refusal("", kind=""), FaultClass.UNKNOWN),
    ],
    ids=lambda value: f"{value.http_status}/{value.code}" if isinstance(value, Fault) else str(value),
)
def test_each_fault_has_its_meaning(fault, meaning):
    assert classify(fault) is meaning


def test_of_several_rows_the_strongest_meaning_counts():
    rows = (FaultDetail("2010"), FaultDetail("6200"), FaultDetail("610"))
    assert classify(Fault(400, "ValidationFault", rows)) is FaultClass.CLOSED
