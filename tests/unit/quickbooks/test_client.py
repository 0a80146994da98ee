"""Every operation as it stands on the wire, and what each kind of answer becomes."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from syncengine import failpoints
from syncengine.errors import AccessDenied, ConnectionRevoked, ServiceDown, Throttled, TransportLost
from syncengine.failpoints import Crash, arm, raise_crash
from syncengine.quickbooks import Answer, BatchItem, CallKind, Client, Fault, FaultError, MemoryTokenStore, select
from tests.unit.quickbooks.scripted import Said, document, found, granted, hang_up, refused, tokens
from tests.unit.quickbooks.test_faults import BUSINESS, CLUSTER, GATEWAY, THROTTLE

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

    def test_a_page_is_read(self, script, bench):
        rows = {"Customer": [{"Id": "1"}, {"Id": "2"}], "startPosition": 3, "maxResults": 2, "totalCount": 41}
        script.answers = [document({"QueryResponse": rows})]
        page = bench.client.query("SELECT * FROM Customer WHERE DisplayName = 'A+B & C' STARTPOSITION 3")
        assert (page.objects, page.start, page.count, page.total) == ([{"Id": "1"}, {"Id": "2"}], 3, 2, 41)
        assert page.time == datetime(2026, 1, 15, 17, 19, 21, 923000, tzinfo=UTC)
        assert script.asked[0].query["query"] == ["SELECT * FROM Customer WHERE DisplayName = 'A+B & C' STARTPOSITION 3"]
        assert bench.calls[0].entity == "Customer"

    def test_an_empty_page_and_a_count_are_pages_too(self, script, bench):
        script.answers = [document({"QueryResponse": {}}), document({"QueryResponse": {"totalCount": 41}})]
        page = bench.client.query("SELECT * FROM Term")
        assert (page.objects, page.start, page.count, page.total) == ([], 0, 0, None)
        page = bench.client.query("SELECT COUNT(*) FROM Term")
        assert (page.objects, page.count, page.total) == ([], 0, 41)

    def test_a_long_statement_travels_in_the_body(self, script, bench):
        script.answers = [document({"QueryResponse": {}})]
        statement = select("Customer", where=[("Id", "IN", [f"é{number}" for number in range(1000)])])
        bench.client.query(statement)
        (asked,) = script.asked
        assert (asked.method, asked.path, asked.query) == ("POST", f"{BASE}/query", {"minorversion": ["75"]})
        assert asked.headers["content-type"] == "application/text"
        assert asked.body.decode() == statement

    def test_changes_are_matched_by_name_and_deletions_set_apart(self, script, bench):
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

    def test_a_quiet_company_has_no_changes(self, script, bench, clock):
        script.answers = [document({"CDCResponse": [{"QueryResponse": [{}]}]})]
        changes = bench.client.cdc(["Item"], clock.now())
        assert (changes.objects, changes.deleted, changes.count) == ({"Item": []}, {"Item": []}, 0)
        # A plus sign that is not encoded would arrive as a blank.
        assert script.asked[0].query["changedSince"] == ["2026-01-15T17:00:00.000+00:00"]

    def test_a_fault_in_place_of_one_entitys_changes_is_a_fault(self, script, bench, clock):
        fault = json.loads(BUSINESS)
        script.answers = [document({"CDCResponse": [{"QueryResponse": [{"Item": []}, fault]}]})]
        with pytest.raises(FaultError):
            bench.client.cdc(["Item", "TaxCode"], clock.now())

    def test_a_cursor_is_never_made_from_our_own_clock(self, script, make_bench, clock):
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

    def test_a_time_without_an_offset_is_refused(self, bench):
        with pytest.raises(ValueError, match="offset"):
            bench.client.cdc(["Item"], datetime(2026, 1, 15))  # noqa: DTZ001 -- the point of the test


class TestReadingAgain:
    @pytest.mark.parametrize("trouble", [hang_up, Said(503, b"<html>busy</html>"), refused("10000", status=500), Said(200)])
    def test_a_read_that_found_no_answer_is_asked_again(self, script, bench, trouble):
        script.answers = [trouble, trouble, found("Customer", Id="1")]
        assert bench.client.read("Customer", "1").payload == {"Id": "1"}
        assert [bool(call.error) for call in bench.calls] == [True, True, False]
        assert [call.metered for call in bench.calls] == [0, 0, 1]
        assert bench.clock.monotonic() > 0

    def test_but_not_for_ever(self, script, bench):
        script.else_ = Said(503)
        with pytest.raises(ServiceDown):
            bench.client.read("Customer", "1")
        assert len(script.asked) == 3

    def test_and_not_beyond_the_deadline(self, script, make_bench, clock):
        bench = make_bench(clock, deadline_seconds=0.3)
        script.else_ = Said(503)
        with pytest.raises(ServiceDown):
            bench.client.read("Customer", "1")
        assert len(script.asked) < 3

    def test_a_refusal_is_not_asked_again(self, script, bench):
        script.else_ = refused("610", "Object Not Found")
        with pytest.raises(FaultError, match="610 Object Not Found"):
            bench.client.read("Customer", "1")
        assert len(script.asked) == 1


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


class TestSignIn:
    @pytest.mark.parametrize("said", [Said(401, GATEWAY), Said(401), refused("100", status=401), Said(401, b"<html>")])
    def test_a_refused_token_is_renewed_and_the_same_bytes_are_sent_again(self, script, bench, said):
        script.answers = [said, granted("access-2", "refresh-2"), found("Invoice", Id="1")]
        write(bench.client, "r-7")
        first, renewal, second = script.asked
        assert renewal.path == BEARER
        assert (first.query, first.body) == (second.query, second.body)
        assert second.query["requestid"] == ["r-7"]
        assert second.headers["authorization"] == "Bearer access-2"

    def test_a_renewed_token_that_is_refused_too_ends_the_connection(self, script, bench):
        script.answers = [Said(401, GATEWAY), granted("access-2", "refresh-2"), Said(401, GATEWAY)]
        with pytest.raises(ConnectionRevoked):
            write(bench.client)
        assert len(script.asked) == 3

    def test_a_token_that_a_sibling_renewed_is_taken_over(self, script, make_bench, clock):
        store = MemoryTokenStore(tokens(clock))
        bench = make_bench(clock, store=store)
        script.answers = [found("Invoice", Id="1"), Said(401, GATEWAY), found("Invoice", Id="1")]
        write(bench.client)
        store.save(tokens(clock, access="access-9"))
        write(bench.client)
        assert BEARER not in script.paths()
        assert script.asked[-1].headers["authorization"] == "Bearer access-9"


class TestThrottle:
    @pytest.mark.parametrize(
        ("said", "least"),
        [
            (Said(429, THROTTLE), 60),
            (Said(403, THROTTLE), 60),
            (Said(429), 60),
            (Said(429, b"slow down", {"Retry-After": "5"}), 60),
            (Said(429, b"", {"Retry-After": "200"}), 200),
            (Said(429, b"", {"Retry-After": "soon"}), 60),
            (Said(200, THROTTLE), 60),
        ],
    )
    def test_a_throttled_company_is_left_alone_by_everyone(self, script, bench, said, least):
        script.answers = [said]
        script.else_ = found("Invoice", Id="1")
        with pytest.raises(Throttled) as pause:
            write(bench.client)
        assert least <= pause.value.seconds < least + 15
        before = bench.clock.monotonic()
        bench.quota.acquire(CallKind.READ, None)
        assert bench.clock.monotonic() - before == pytest.approx(pause.value.seconds)
        assert len(script.asked) == 1

    def test_a_retry_after_as_a_date_counts_from_the_servers_time(self, script, bench):
        dates = {"Date": "Thu, 15 Jan 2026 09:00:00 GMT", "Retry-After": "Thu, 15 Jan 2026 09:05:00 GMT"}
        script.answers = [Said(429, b"", dates)]
        with pytest.raises(Throttled) as pause:
            write(bench.client)
        assert 300 <= pause.value.seconds < 315

    def test_a_throttled_read_is_not_asked_again(self, script, bench):
        script.else_ = Said(429, THROTTLE)
        with pytest.raises(Throttled):
            bench.client.read("Customer", "1")
        assert len(script.asked) == 1

    def test_when_the_pause_outlasts_the_deadline_nothing_is_sent(self, script, make_bench, clock):
        bench = make_bench(clock, deadline_seconds=30)
        bench.quota.block(60)
        with pytest.raises(Throttled):
            write(bench.client)
        assert script.asked == []

    def test_every_place_in_flight_is_given_back_whatever_happened(self, script, bench):
        for said in (hang_up, Said(503), refused("610"), found("Invoice", Id="1")):
            script.answers.append(said)
        for _ in range(4):
            with suppress(TransportLost, ServiceDown, FaultError):
                write(bench.client)
        assert bench.quota._places == 10


ITEMS = (
    BatchItem("i0", "create", "Vendor", {"DisplayName": "a"}),
    BatchItem("i1", "update", "Invoice", {"Id": "5", "SyncToken": "1", "sparse": True}, ("void",)),
    BatchItem("i2", "delete", "Bill", {"Id": "6", "SyncToken": "0"}),
)
FAULTY = {"Fault": {"Error": [{"Message": "Duplicate", "Detail": "d", "code": "6240", "element": ""}], "type": "ValidationFault"}}


class TestBatch:
    def test_items_travel_as_one_request_under_the_batchs_requestid(self, script, bench):
        script.answers = [document({"BatchItemResponse": []})]
        bench.client.batch(ITEMS, requestid="b" * 36)
        (asked,) = script.asked
        assert (asked.path, asked.query) == (f"{BASE}/batch", {"requestid": ["b" * 36], "minorversion": ["75"]})
        assert json.loads(asked.body)["BatchItemRequest"] == [
            {"bId": "i0", "operation": "create", "Vendor": {"DisplayName": "a"}},
            {"bId": "i1", "operation": "update", "Invoice": {"Id": "5", "SyncToken": "1", "sparse": True}, "optionsData": "void"},
            {"bId": "i2", "operation": "delete", "Bill": {"Id": "6", "SyncToken": "0"}},
        ]

    def test_each_item_is_answered_by_its_bid_in_whatever_order(self, script, bench):
        rows = [
            {"Bill": {"Id": "6", "status": "Deleted"}, "bId": "i2"},
            {**FAULTY, "bId": "i1"},
            {"Vendor": {"Id": "9", "SyncToken": "0"}, "bId": "i0"},
        ]
        script.answers = [document({"BatchItemResponse": rows})]
        answer = bench.client.batch(ITEMS, requestid="b")
        assert answer.unknown == ()
        vendor, invoice, bill = (answer.answers[bid] for bid in ("i0", "i1", "i2"))
        assert isinstance(vendor, Answer)
        assert vendor.payload == {"Id": "9", "SyncToken": "0"}
        assert isinstance(invoice, Fault)
        assert (invoice.code, invoice.http_status, invoice.tid) == ("6240", 200, "1-5f73")
        assert isinstance(bill, Answer)
        assert bill.payload["status"] == "Deleted"
        assert (answer.tid, answer.service_ms) == ("1-5f73", 56)

    @pytest.mark.parametrize(
        "rows",
        [
            [],
            [{"bId": "i0"}],
            [{"Vendor": {}, "bId": "i0"}],
            [{"Vendor": {"Id": "9"}}],
            [{"Vendor": {"Id": "9"}, "bId": "other"}],
            [{"Vendor": {"Id": "9"}, "bId": "i0"}, {"Vendor": {"Id": "10"}, "bId": "i0"}],
            [{"Vendor": {"Id": "9"}, "bId": "i0"}, {**FAULTY, "bId": "i0"}],
            [None, "x", 7],
        ],
    )
    def test_an_item_without_one_clear_answer_is_unknown(self, script, bench, rows):
        script.answers = [document({"BatchItemResponse": rows})]
        answer = bench.client.batch(ITEMS, requestid="b")
        assert answer.answers == {}
        assert answer.unknown == ("i0", "i1", "i2")

    def test_the_same_answer_twice_is_one_answer(self, script, bench):
        row = {"Vendor": {"Id": "9"}, "bId": "i0"}
        script.answers = [document({"BatchItemResponse": [row, row]})]
        answer = bench.client.batch(ITEMS[:1], requestid="b")
        assert answer.unknown == ()
        assert answer.answers["i0"].payload == {"Id": "9"}

    def test_a_batch_refused_as_a_whole_wrote_nothing(self, script, bench):
        script.answers = [refused("1040", "Batch size exceeds limit")]
        with pytest.raises(FaultError, match="1040"):
            bench.client.batch(ITEMS, requestid="b")

    def test_a_batch_without_its_list_is_unknown_as_a_whole(self, script, bench):
        script.answers = [document({"Something": {}})]
        with pytest.raises(TransportLost):
            bench.client.batch(ITEMS, requestid="b")

    @pytest.mark.parametrize(
        ("items", "requestid"),
        [
            (ITEMS, "b" * 37),
            (ITEMS, ""),
            ((), "b"),
            ((ITEMS[0], ITEMS[0]), "b"),
            (tuple(BatchItem(f"i{n}", "create", "Term", {}) for n in range(31)), "b"),
            ((BatchItem("i" * 11, "create", "Term", {}),), "b"),
            ((BatchItem("", "create", "Term", {}),), "b"),
            ((BatchItem("i0", "create", "Te rm", {}),), "b"),
            ((BatchItem("i0", "create", "Term", {"Id": "1"}),), "b"),
            ((BatchItem("i0", "delete", "Bill", {"Id": "1"}),), "b"),
        ],
    )
    def test_a_batch_that_breaks_a_rule_is_never_sent(self, script, bench, items, requestid):
        with pytest.raises(ValueError):
            bench.client.batch(items, requestid=requestid)
        assert script.asked == []


class TestPoints:
    @pytest.mark.parametrize(("point", "sent"), [("http.pre", 0), ("http.post", 1)])
    def test_a_write_can_be_stopped_just_before_and_just_after(self, script, bench, point, sent):
        script.answers = [found("Invoice", Id="1")]
        arm(point, raise_crash)
        with pytest.raises(Crash):
            write(bench.client)
        assert len(script.asked) == sent
        assert bench.calls == []

    def test_a_read_passes_no_point(self, script, bench):
        script.answers = [found("Invoice", Id="1")]
        arm("*", raise_crash)
        bench.client.read("Invoice", "1")
        failpoints.disarm()


class TestJournal:
    def test_each_call_is_told_with_its_weight(self, script, bench, clock):
        script.answers = [
            found("Customer", Id="1"),
            document({"QueryResponse": {}}),
            document({"CDCResponse": [{"QueryResponse": [{}, {}]}]}),
            found("Invoice", Id="1"),
            document({"BatchItemResponse": []}),
        ]
        bench.client.read("Customer", "1")
        bench.client.query("select * from Term")
        bench.client.cdc(["Item", "Bill"], clock.now())
        write(bench.client)
        bench.client.batch(ITEMS, requestid="b-1")
        told = [(call.kind, call.method, call.path, call.entity, call.metered, call.requestid) for call in bench.calls]
        assert told == [
            (CallKind.READ, "GET", f"{BASE}/customer/1", "Customer", 1, ""),
            (CallKind.QUERY, "GET", f"{BASE}/query", "Term", 1, ""),
            (CallKind.CDC, "GET", f"{BASE}/cdc", "Item,Bill", 1, ""),
            (CallKind.WRITE, "POST", f"{BASE}/invoice", "Invoice", 0, "r-1"),
            (CallKind.BATCH, "POST", f"{BASE}/batch", "Bill,Invoice,Vendor", 0, "b-1"),
        ]
        assert {(call.status, call.tid, call.service_ms, call.error) for call in bench.calls} == {(200, "1-5f73", 56, "")}

    def test_a_failure_is_told_with_its_reason_and_costs_nothing(self, script, bench):
        script.answers = [refused("610", "Object Not Found")]
        with pytest.raises(FaultError):
            bench.client.read("Customer", "1")
        (call,) = bench.calls
        assert (call.status, call.tid, call.service_ms, call.metered) == (400, "1-fau1", None, 0)
        assert "610 Object Not Found" in call.error

    def test_an_answer_that_never_came_has_no_status(self, script, bench):
        script.answers = [hang_up]
        with pytest.raises(TransportLost):
            write(bench.client)
        assert bench.calls[0].status is None

    def test_the_newer_spelling_of_the_tid_is_read_too(self, script, bench):
        script.answers = [Said(200, b'{"Invoice":{"Id":"1"}}', {"Intuit-Tid": "gw-1"})]
        answer = write(bench.client)
        assert (answer.tid, answer.service_ms) == ("gw-1", None)

    def test_a_journal_that_fails_loses_no_answer(self, script, make_bench, clock, caplog):
        def fail(call) -> None:
            raise OSError("disk full")

        bench = make_bench(clock, on_call=fail)
        script.answers = [found("Invoice", Id="1")]
        assert write(bench.client).payload == {"Id": "1"}
        assert "could not be journaled" in caplog.text

    def test_no_secret_shows_in_any_text(self, script, make_bench, clock, caplog):
        caplog.set_level("DEBUG")
        pair = tokens(clock, access="canary-access", refresh="canary-refresh")
        bench = make_bench(clock, store=MemoryTokenStore(pair))
        texts = [repr(bench.client), repr(bench.client.oauth), str(vars(bench.client))]
        for said in (hang_up, Said(401), Said(503), Said(429), refused("610"), Said(200, b"{")):
            script.answers = [said, Said(400, b'{"error":"invalid_grant","error_description":"canary-refresh"}')]
            bench.client._quota._blocked_until = 0.0
            with pytest.raises(Exception) as problem:
                write(bench.client)
            texts += [str(problem.value), repr(problem.value), str(problem.value.__cause__)]
        texts += [repr(call) for call in bench.calls] + [caplog.text]
        for text in texts:
            assert "canary" not in text
            assert "secret-of-the-app" not in text
