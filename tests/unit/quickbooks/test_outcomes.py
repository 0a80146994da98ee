"""Done, refused or unknown: one classification for everything that a write can give or raise."""

from __future__ import annotations

import pytest

from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, LockBusy, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import BatchItem, BatchQuery, Effect, Endpoints, FaultClass, FaultError, outcome
from tests.unit.quickbooks.scripted import Said, document, found, granted, hang_up, refused
from tests.unit.quickbooks.test_faults import GATEWAY

DONE, REFUSED, UNKNOWN = Effect.DONE, Effect.REFUSED, Effect.UNKNOWN


def attempt(client, requestid: str = "r-1"):
    try:
        return client.create("Invoice", {}, requestid=requestid)
    except Exception as problem:  # noqa: BLE001 -- the outcome of whatever was raised is what is tested
        return problem


#: Answers by section 4 and 15 of the protocol: what a write that gets them has become.
ANSWERS = [
    (found("Invoice", Id="1"), DONE, None),
    (found("Invoice", Id=1), DONE, None),
    (Said(200, b'\xef\xbb\xbf{"Invoice":{"Id":"1"}}', {"Content-Type": "text/html"}), DONE, None),
    (Said(200, b'{"Invoice":{"Id":"1"},"warnings":null,"time":null}'), DONE, None),
    (Said(200, b'{"Invoice":{"Id":"1"},"Extension":{"new":true}}'), DONE, None),
    (hang_up, UNKNOWN, None),
    (Said(200), UNKNOWN, None),
    (Said(200, b'{"Invoice":{"Id":'), UNKNOWN, None),
    (Said(200, b'{"Invoice":{"Id":"1"}}', {"Content-Length": "100", "Connection": "close"}), UNKNOWN, None),
    (Said(200, b'{"Invoice":{"Id":"1"}}', {"Content-Length": "10"}), UNKNOWN, None),
    (Said(200, b"<html>"), UNKNOWN, None),
    (Said(204), UNKNOWN, None),
    (Said(301, b"", {"Location": "/"}), UNKNOWN, None),
    *[(Said(status, body), UNKNOWN, FaultClass.TRANSIENT) for status in (408, 500, 502, 503, 504) for body in (b"", b"<html>")],
    (refused("10000", status=500, kind="SystemFault"), UNKNOWN, FaultClass.TRANSIENT),
    (refused("10000", status=200, kind="SystemFault"), UNKNOWN, FaultClass.TRANSIENT),
    (refused("120", status=500), UNKNOWN, FaultClass.TRANSIENT),
    (refused("150"), UNKNOWN, FaultClass.TRANSIENT),
    (Said(429), REFUSED, FaultClass.THROTTLE),
    (refused("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=403", status=403), REFUSED, FaultClass.THROTTLE),
    (refused("3100", status=403), REFUSED, FaultClass.ACCESS),
    (refused("120", status=401), REFUSED, FaultClass.ACCESS),
    (refused("130", status=401), REFUSED, FaultClass.ACCESS),
    (refused("140"), REFUSED, FaultClass.ACCESS),
    (refused("6190"), REFUSED, FaultClass.ACCESS),
    (refused("10200"), REFUSED, FaultClass.ACCESS),
    (refused("5010"), REFUSED, FaultClass.STALE),
    *[(refused(code), REFUSED, FaultClass.REFERENCE) for code in ("610", "2500", "620", "700", "6250")],
    *[(refused(code), REFUSED, FaultClass.DUPLICATE) for code in ("6240", "6140", "630", "600")],
    *[(refused(code), REFUSED, FaultClass.CLOSED) for code in ("6200", "6210")],
    (refused("5030"), REFUSED, FaultClass.FEATURE),
    *[(refused(code), REFUSED, FaultClass.VALIDATION) for code in ("2010", "2020", "2300", "2290", "6070", "6440", "500", "1040")],
    *[(refused(code), REFUSED, FaultClass.BUSINESS) for code in ("6000", "6540", "6480", "800")],
    (refused("6240", status=200), REFUSED, FaultClass.DUPLICATE),
    (Said(404, b"Not Found"), REFUSED, FaultClass.UNKNOWN),
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_each_answer_has_one_classification(script, bench, number):
    said, effect, meaning = ANSWERS[number]
    script.answers = [said]
    became = outcome(attempt(bench.client))
    assert (became.effect, became.meaning) == (effect, meaning)
    assert (became.fault is not None) == (effect is REFUSED and meaning not in {FaultClass.THROTTLE, FaultClass.ACCESS})


class TestWhetherItLeft:
    def test_a_connection_that_never_came_about_wrote_nothing(self, make_bench, clock):
        nobody = Endpoints.emulator("http://127.0.0.1:9")
        said = attempt(make_bench(clock, endpoints=nobody).client)
        assert (type(said), outcome(said).effect) == (TransportLost, REFUSED)

    def test_a_deadline_that_ends_before_the_sending_wrote_nothing(self, script, make_bench, clock):
        bench = make_bench(clock, deadline_seconds=0)
        said = attempt(bench.client)
        assert outcome(said).effect is REFUSED
        assert script.asked == []

    @pytest.mark.parametrize("said", [Said(500), hang_up, Said(429), Said(400, b'{"error":"invalid_grant"}'), Said(401, b'{"error":"invalid_client"}')])
    def test_trouble_with_the_sign_in_before_the_sending_wrote_nothing(self, script, make_bench, clock, said):
        from syncengine.quickbooks import MemoryTokenStore
        from tests.unit.quickbooks.scripted import tokens

        bench = make_bench(clock, store=MemoryTokenStore(tokens(clock, seconds=-1)))
        script.else_ = said
        assert outcome(attempt(bench.client)).effect is REFUSED
        assert {asked.path for asked in script.asked} == {"/oauth2/v1/tokens/bearer"}

    @pytest.mark.parametrize(
        "then",
        [[Said(500)], [Said(400, b'{"error":"invalid_grant"}')], [granted("a-2", "r-2"), Said(401, GATEWAY)], [granted("a-2", "r-2"), Said(429)],
         [granted("a-2", "r-2"), refused("3100", status=403)], [granted("a-2", "r-2"), hang_up]],
    )  # fmt: skip
    def test_after_a_401_all_but_an_answer_leaves_it_open_since_the_first_sending_may_have_been_saved(self, script, bench, then):
        script.answers = [Said(401, GATEWAY), *then]
        assert outcome(attempt(bench.client)).effect is UNKNOWN

    def test_a_refusal_or_success_after_a_401_is_clear(self, script, bench):
        script.answers = [Said(401, GATEWAY), granted("a-2", "r-2"), refused("6000")]
        assert outcome(attempt(bench.client)).effect is REFUSED
        script.answers = [Said(401, GATEWAY), granted("a-3", "r-3"), found("Invoice", Id="1")]
        assert outcome(attempt(bench.client)).effect is DONE


class TestInABatch:
    ITEMS = (
        BatchItem("i0", "create", "Vendor", {}),
        BatchItem("i1", "create", "Vendor", {}),
        BatchQuery("q0", "SELECT * FROM Term"),
    )

    def fault(self, code: str, bid: str) -> dict:
        return {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": code}], "type": "ValidationFault"}, "bId": bid}

    def test_each_item_has_its_own(self, script, bench):
        rows = [{"Vendor": {"Id": "1"}, "bId": "i0"}, self.fault("6240", "i1"), {"QueryResponse": {"Term": [{"Id": "3"}]}, "bId": "q0"}]
        script.answers = [document({"BatchItemResponse": rows})]
        answer = bench.client.batch(self.ITEMS, requestid="b")
        assert [answer.outcome(bid).effect for bid in ("i0", "i1", "q0")] == [DONE, REFUSED, DONE]
        assert answer.outcome("i1").meaning is FaultClass.DUPLICATE
        assert answer.pages["q0"].objects == [{"Id": "3"}]
        assert bench.calls[0].metered == 1
        with pytest.raises(KeyError):
            answer.outcome("x")

    def test_an_item_that_failed_inside_quickbooks_is_unknown_as_a_single_call_would_be(self, script, bench):
        script.answers = [document({"BatchItemResponse": [self.fault("10000", "i0"), self.fault("6000", "i1")]})]
        answer = bench.client.batch(self.ITEMS, requestid="b")
        assert [answer.outcome(bid).effect for bid in ("i0", "i1", "q0")] == [UNKNOWN, REFUSED, UNKNOWN]
        assert answer.outcome("i0").meaning is FaultClass.TRANSIENT

    def test_a_query_that_is_refused_is_a_fault_and_one_without_rows_a_page(self, script, bench):
        rows = [self.fault("4000", "q0"), {"Vendor": {"Id": "1"}, "bId": "i0"}, {"Vendor": {"Id": "2"}, "bId": "i1"}]
        script.answers = [document({"BatchItemResponse": rows}), document({"BatchItemResponse": [{"QueryResponse": {}, "bId": "q0"}]})]
        assert bench.client.batch(self.ITEMS, requestid="b").outcome("q0").effect is REFUSED
        assert bench.client.batch(self.ITEMS, requestid="b").pages["q0"].count == 0

    def test_an_item_that_came_too_fast_silences_the_whole_company(self, script, bench):
        script.answers = [document({"BatchItemResponse": [self.fault("3001", "i0"), {"Vendor": {"Id": "1"}, "bId": "i1"}]}), found("Invoice", Id="1")]
        answer = bench.client.batch(self.ITEMS, requestid="b")
        assert answer.outcome("i0").meaning is FaultClass.THROTTLE
        assert answer.outcome("i1").effect is DONE
        bench.client.read("Invoice", "1")
        assert 60 <= bench.clock.monotonic() < 76


@pytest.mark.parametrize(
    ("error", "effect", "meaning"),
    [
        (Throttled("m", 1.0), REFUSED, FaultClass.THROTTLE),
        (ConnectionRevoked("m"), REFUSED, FaultClass.TOKEN),
        (AccessDenied("m"), REFUSED, FaultClass.ACCESS),
        (ConfigurationError("m"), REFUSED, FaultClass.ACCESS),
        (LockBusy("m"), REFUSED, None),
        (ServiceDown("m"), UNKNOWN, FaultClass.TRANSIENT),
        (TransportLost("m"), UNKNOWN, None),
        (RuntimeError("m"), UNKNOWN, None),
        (KeyboardInterrupt(), UNKNOWN, None),
    ],
)
def test_each_error_says_whether_anything_was_written(error, effect, meaning):
    assert (outcome(error).effect, outcome(error).meaning) == (effect, meaning)


def test_a_fault_error_is_its_fault(script, bench):
    script.answers = [refused("6240")]
    with pytest.raises(FaultError) as refusal:
        bench.client.create("Vendor", {}, requestid="r")
    assert outcome(refusal.value) == outcome(refusal.value.fault)
