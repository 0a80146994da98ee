"""What every operation shares: asking again, the sign-in, the throttle, the points of a crash and the journal."""

from __future__ import annotations

from contextlib import suppress

import pytest

from syncengine import failpoints
from syncengine.errors import ConnectionRevoked, ServiceDown, Throttled, TransportLost
from syncengine.failpoints import Crash, arm, raise_crash
from syncengine.quickbooks import Answer, BatchItem, CallKind, Client, FaultError, MemoryTokenStore
from tests.unit.quickbooks.scripted import Said, document, found, granted, hang_up, refused, tokens
from tests.unit.quickbooks.test_faults import GATEWAY, THROTTLE

BASE = "/v3/company/9130"
BEARER = "/oauth2/v1/tokens/bearer"


def write(client: Client, requestid: str = "r-1") -> Answer:
    return client.create("Invoice", {"DocNumber": "1001"}, requestid=requestid)


ITEMS = (BatchItem("i0", "create", "Vendor", {"DisplayName": "a"}), BatchItem("i1", "update", "Invoice", {"Id": "5", "SyncToken": "1"}), BatchItem("i2", "delete", "Bill", {"Id": "6", "SyncToken": "0"}))  # fmt: skip


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

    def test_a_throttle_in_place_of_one_entitys_changes_silences_the_company_too(self, script, bench, clock):
        row = {"Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429", "code": "3001"}
        part = {"Fault": {"Error": [row], "type": "SERVICE"}}
        script.answers = [document({"CDCResponse": [{"QueryResponse": [part]}]})]
        with pytest.raises(Throttled):
            bench.client.cdc(["Item"], clock.now())
        bench.quota.acquire(CallKind.READ, None)
        assert bench.clock.monotonic() >= 60

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
