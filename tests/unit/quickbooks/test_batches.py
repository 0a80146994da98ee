"""Batches as they stand on the wire, and what becomes of each item."""

from __future__ import annotations

import json

import pytest

from syncengine.errors import TransportLost
from syncengine.quickbooks import Answer, BatchItem, Client, Fault, FaultError
from tests.unit.quickbooks.scripted import document, refused

BASE = "/v3/company/9130"
BEARER = "/oauth2/v1/tokens/bearer"


def write(client: Client, requestid: str = "r-1") -> Answer:
    return client.create("Invoice", {"DocNumber": "1001"}, requestid=requestid)


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
