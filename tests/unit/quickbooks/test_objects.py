"""Single objects as they stand on the wire, and what each kind of answer becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from syncengine.errors import AccessDenied, ServiceDown, TransportLost
from syncengine.quickbooks import Answer, Client, FaultError
from tests.unit.quickbooks.scripted import Said, document, found, hang_up, refused
from tests.unit.quickbooks.test_faults import CLUSTER

BASE = "/v3/company/9130"
BEARER = "/oauth2/v1/tokens/bearer"


def write(client: Client, requestid: str = "r-1") -> Answer:
    return client.create("Invoice", {"DocNumber": "1001"}, requestid=requestid)


class TestReading:
    def test_an_object_is_read_with_its_numbers_exact(self, script, bench):
        script.answers = [found("Invoice", Id="130", SyncToken="0", TotalAmt=Decimal("1234567890123456.70"))]
        answer = bench.client.read("Invoice", "130")
        assert answer.payload == {"Id": "130", "SyncToken": "0", "TotalAmt": Decimal("1234567890123456.70")}
        assert answer.time == datetime(2026, 1, 15, 17, 19, 21, 923000, tzinfo=UTC)
        assert (answer.tid, answer.service_ms, answer.status) == ("1-5f73", 56, 200)
        (asked,) = script.asked
        assert (asked.method, asked.path, asked.query) == ("GET", f"{BASE}/invoice/130", {"minorversion": ["75"]})
        assert asked.headers["accept"] == "application/json"
        assert asked.headers["accept-encoding"] == "gzip"

    def test_company_info_and_preferences_have_addresses_of_their_own(self, script, bench):
        script.answers = [found("CompanyInfo", CompanyName="x"), found("Preferences", Id="1")]
        assert bench.client.company_info().payload == {"CompanyName": "x"}
        assert bench.client.preferences().payload == {"Id": "1"}
        assert script.paths() == [f"{BASE}/companyinfo/9130", f"{BASE}/preferences"]

    def test_an_envelope_of_another_name_is_opened_all_the_same(self, script, bench):
        script.answers = [found("CreditCardPaymentTxn", Id="7")]
        assert bench.client.read("CreditCardPayment", "7").payload == {"Id": "7"}
        assert script.paths() == [f"{BASE}/creditcardpayment/7"]

    def test_an_id_cannot_lead_to_another_address(self, script, bench):
        script.answers = [found("Invoice", Id="1")]
        bench.client.read("Invoice", "1/../2?operation=delete")
        assert script.paths() == [f"{BASE}/invoice/1%2F..%2F2%3Foperation%3Ddelete"]

    @pytest.mark.parametrize("entity", ["", "In/voice", "Invoice?x", "Ínvoice", "../x"])
    def test_an_entity_that_is_no_name_is_refused(self, script, bench, entity):
        with pytest.raises(ValueError):
            bench.client.read(entity, "1")
        assert script.asked == []


class TestWriting:
    def test_a_create_carries_the_bare_object_and_its_requestid(self, script, bench):
        script.answers = [found("Invoice", Id="130", SyncToken="0")]
        payload = {"Line": [{"Amount": Decimal("100.00")}], "DocNumber": "1001"}
        answer = bench.client.create("Invoice", payload, requestid="r-1", include=("allowduplicatedocnum",))
        assert answer.payload == {"Id": "130", "SyncToken": "0"}
        (asked,) = script.asked
        assert (asked.method, asked.path) == ("POST", f"{BASE}/invoice")
        assert asked.query == {"requestid": ["r-1"], "include": ["allowduplicatedocnum"], "minorversion": ["75"]}
        assert asked.headers["content-type"] == "application/json"
        assert asked.body == b'{"DocNumber":"1001","Line":[{"Amount":100.00}]}'

    def test_an_update_is_sparse_where_the_payload_says_so(self, script, bench):
        script.answers = [found("Customer", Id="1", SyncToken="3")]
        bench.client.update("Customer", {"Id": "1", "SyncToken": "2", "sparse": True, "Notes": "x"}, requestid="r-2")
        assert json.loads(script.asked[0].body) == {"Id": "1", "SyncToken": "2", "sparse": True, "Notes": "x"}
        assert "operation" not in script.asked[0].query

    def test_a_deletion_answers_with_the_stub(self, script, bench):
        script.answers = [found("Invoice", Id="266", status="Deleted", domain="QBO")]
        answer = bench.client.delete("Invoice", "266", "1", requestid="r-3")
        assert answer.payload["status"] == "Deleted"
        assert script.asked[0].query["operation"] == ["delete"]
        assert json.loads(script.asked[0].body) == {"Id": "266", "SyncToken": "1"}

    @pytest.mark.parametrize(
        ("entity", "query", "body"),
        [
            ("Invoice", {"operation": ["void"]}, {"Id": "1", "SyncToken": "0"}),
            ("Payment", {"operation": ["update"], "include": ["void"]}, {"Id": "1", "SyncToken": "0", "sparse": True}),
            ("SalesReceipt", {"operation": ["update"], "include": ["void"]}, {"Id": "1", "SyncToken": "0", "sparse": True}),
        ],
    )
    def test_each_entity_is_voided_in_its_own_way(self, script, bench, entity, query, body):
        script.answers = [found(entity, Id="1", SyncToken="1")]
        bench.client.void(entity, "1", "0", requestid="r-4")
        assert script.asked[0].query == {**query, "requestid": ["r-4"], "minorversion": ["75"]}
        assert json.loads(script.asked[0].body) == body

    def test_a_name_is_deactivated_by_a_sparse_update(self, script, bench):
        script.answers = [found("Customer", Id="1", SyncToken="3", Active=False)]
        bench.client.deactivate("Customer", {"Id": "1", "SyncToken": "2"}, requestid="r-5")
        assert json.loads(script.asked[0].body) == {"Id": "1", "SyncToken": "2", "sparse": True, "Active": False}

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda client: client.create("Invoice", {}, requestid=""),
            lambda client: client.create("Invoice", {}, requestid="r" * 51),
            lambda client: client.create("Invoice", {"Id": "1"}, requestid="r"),
            lambda client: client.update("Invoice", {"Id": "1"}, requestid="r"),
            lambda client: client.update("Invoice", {"SyncToken": "1"}, requestid="r"),
            lambda client: client.update("Invoice", {"Id": 1, "SyncToken": "1"}, requestid="r"),
            lambda client: client.deactivate("Invoice", {"Id": "1"}, requestid="r"),
            lambda client: client.delete("Invoice", "1", "0", requestid="r" * 51),
            lambda client: client.void("Bill", "1", "0", requestid="r"),
        ],
    )
    def test_a_write_that_would_mean_something_else_is_never_sent(self, script, bench, wrong):
        with pytest.raises(ValueError):
            wrong(bench.client)
        assert script.asked == []

    def test_a_requestid_of_fifty_characters_is_sent(self, script, bench):
        script.answers = [found("Invoice", Id="1")]
        write(bench.client, "r" * 50)
        assert script.asked[0].query["requestid"] == ["r" * 50]

    @pytest.mark.parametrize(
        ("trouble", "error"),
        [
            (hang_up, TransportLost),
            (Said(200), TransportLost),
            (Said(200, b"{"), TransportLost),
            (Said(200, b"[]"), TransportLost),
            (Said(200, b"<html>login</html>"), TransportLost),
            (Said(200, b"{}"), TransportLost),
            (document({}), TransportLost),
            (found("Invoice", SyncToken="0"), TransportLost),
            (Said(200, b'{"Invoice":{"Id":"1"', {"Content-Length": "100", "Connection": "close"}), TransportLost),
            (Said(200, b"not gzip", {"Content-Encoding": "gzip"}), TransportLost),
            (Said(302, b"", {"Location": "/v3/company/9130/invoice"}), TransportLost),
            (Said(500), ServiceDown),
            (Said(502, b"<html>"), ServiceDown),
            (Said(503), ServiceDown),
            (Said(504), ServiceDown),
            (refused("10000", "An application error has occurred", status=500, kind="SystemFault"), ServiceDown),
            (refused("10000", kind="SystemFault"), ServiceDown),
            (refused("120", "Authorization Failure", status=500), ServiceDown),
            (refused("10000", status=200), ServiceDown),
        ],
    )
    def test_a_write_without_a_usable_answer_is_unknown_and_never_sent_again(self, script, bench, trouble, error):
        script.answers = [trouble]
        script.else_ = found("Invoice", Id="1")
        with pytest.raises(error):
            write(bench.client)
        assert len(script.asked) == 1
        assert bench.calls[0].error

    @pytest.mark.parametrize("status", [200, 400])
    def test_a_refusal_is_definite_whatever_its_status(self, script, bench, status):
        script.answers = [refused("6240", "Duplicate Name Exists Error", "The name supplied already exists. : null", status=status)]
        with pytest.raises(FaultError) as refusal:
            write(bench.client)
        assert refusal.value.fault.code == "6240"
        assert refusal.value.fault.tid == "1-fau1"
        assert refusal.value.fault.http_status == status

    @pytest.mark.parametrize(
        "said",
        [
            refused("3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", status=403, kind="SERVICE"),
            Said(401, CLUSTER),
            refused("120", "Authorization Failure", status=401),
            refused("6190", "Invalid Company Status"),
            refused("10200"),
        ],
    )
    def test_a_refused_connection_is_a_persons_matter_and_renews_nothing(self, script, bench, said):
        script.answers = [said]
        with pytest.raises(AccessDenied):
            write(bench.client)
        assert len(script.asked) == 1
