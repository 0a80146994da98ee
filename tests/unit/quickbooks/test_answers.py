"""Tolerance: what QuickBooks adds, leaves out or writes differently one day makes no answer unreadable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from syncengine.errors import TransportLost
from syncengine.quickbooks import Answer, BatchItem, FaultError, Record
from tests.unit.quickbooks.scripted import Said, document, found


def plain(body: Any) -> Said:
    """A success without any header but its length and date."""
    return Said(200, json.dumps(body).encode(), {"Date": "Thu, 15 Jan 2026 17:20:00 GMT"})


class TestAnObject:
    def test_an_id_that_comes_as_a_number_is_text(self, script, bench):
        script.answers = [found("Invoice", Id=130, SyncToken=7, TotalAmt="12.50", Active="true")]
        answer = bench.client.create("Invoice", {}, requestid="r")
        assert (answer.id, answer.sync_token, answer.payload["Id"], answer.payload["TotalAmt"]) == ("130", "7", "130", "12.50")

    def test_a_missing_time_is_taken_from_the_date_and_then_from_the_clock(self, script, bench):
        script.answers = [plain({"Invoice": {"Id": "1"}}), plain({"Invoice": {"Id": "1"}, "time": "yesterday"})]
        for _ in range(2):
            assert bench.client.read("Invoice", "1").time == datetime(2026, 1, 15, 17, 20, tzinfo=UTC)
        script.answers = [Said(200, b'{"Invoice":{"Id":"1"}}', {"Date": "never"})]
        assert bench.client.read("Invoice", "1").time == bench.clock.now()

    def test_new_members_of_the_envelope_are_no_hindrance(self, script, bench):
        script.else_ = document({"warnings": {"text": "soon"}, "Invoice": {"Id": "1", "New": {"x": [None]}}, "more": [], "count": 1})
        answer = bench.client.read("Invoice", "1")
        assert answer.payload == {"Id": "1", "New": {"x": [None]}}

    def test_among_several_objects_the_one_of_a_similar_name_is_meant(self, script, bench):
        script.answers = [document({"warnings": {}, "CreditCardPaymentTxn": {"Id": "7"}})]
        answer = bench.client.read("CreditCardPayment", "7")
        assert (answer.entity, answer.id) == ("CreditCardPaymentTxn", "7")
        script.else_ = document({"warnings": {}, "hints": {}})
        with pytest.raises(TransportLost):
            bench.client.read("Invoice", "7")

    @pytest.mark.parametrize("fault", [None, [], "", {}])
    def test_an_empty_fault_beside_an_object(self, script, bench, fault):
        script.answers = [document({"Invoice": {"Id": "1"}, "Fault": fault})]
        if fault == {}:
            with pytest.raises(FaultError, match="without a reason"):
                bench.client.read("Invoice", "1")
        else:
            assert bench.client.read("Invoice", "1").id == "1"

    @pytest.mark.parametrize("meta", [None, {}, "x", {"CreateTime": None}, {"CreateTime": "soon"}, {"CreateTime": 7}])
    def test_times_that_are_none(self, meta):
        record = Record("Invoice", {"Id": "1", "MetaData": meta})
        assert (record.created_at, record.updated_at) == (None, None)

    def test_what_an_object_says_of_itself(self):
        meta = {"CreateTime": "2026-01-15T09:00:00-08:00", "LastUpdatedTime": "2026-01-15T10:00:00-08:00"}
        record = Record("Vendor", {"Id": "1", "SyncToken": "2", "Active": False, "MetaData": meta})
        assert (record.id, record.sync_token, record.active, record.deleted) == ("1", "2", False, False)
        assert record.created_at == datetime(2026, 1, 15, 17, tzinfo=UTC)
        assert record.updated_at == datetime(2026, 1, 15, 18, tzinfo=UTC)
        assert (Record("Rate", {}).id, Record("Rate", {}).active, Record("Rate", {"Active": []}).active) == ("", True, True)
        assert Record("Invoice", {"status": "Deleted"}).deleted


class TestTemplates:
    INNER = {"Id": "3", "SyncToken": "0", "CustomerRef": {"value": "1"}}  # noqa: RUF012

    @pytest.mark.parametrize("envelope", [{"RecurringTransaction": {"Invoice": INNER}}, {"Invoice": INNER}, {"RecurringTransaction": {**INNER, "Id": 3}}])
    def test_each_envelope_is_opened(self, script, bench, envelope):
        script.answers = [document(envelope)]
        assert bench.client.read("RecurringTransaction", "3").id == "3"

    def test_rows_and_changes_are_opened_too(self, script, bench, clock):
        rows = {"RecurringTransaction": [{"Invoice": self.INNER}, {"Bill": {"Id": "4"}}, None]}
        script.answers = [document({"QueryResponse": rows}), document({"CDCResponse": [{"QueryResponse": [rows]}]})]
        assert [row["Id"] for row in bench.client.query("SELECT * FROM RecurringTransaction").objects] == ["3", "4"]
        assert [row["Id"] for row in bench.client.cdc(["RecurringTransaction"], clock.now()).objects["RecurringTransaction"]] == ["3", "4"]

    def test_a_template_is_written_in_its_wrapping_and_its_id_looked_for_inside(self, script, bench):
        script.else_ = document({"RecurringTransaction": {"status": "Deleted", "domain": "QBO", "Invoice": {"Id": "3"}}})
        stub = bench.client.delete("RecurringTransaction", "3", "0", requestid="r-1", recurring="Invoice")
        assert (stub.deleted, stub.id, stub.entity) == (True, "3", "Invoice")
        assert json.loads(script.asked[0].body) == {"Invoice": {"Id": "3", "SyncToken": "0"}}
        with pytest.raises(ValueError):
            bench.client.create("RecurringTransaction", {"Invoice": {"Id": "3"}}, requestid="r-2")
        with pytest.raises(ValueError):
            bench.client.update("RecurringTransaction", {"Invoice": {"Id": "3"}}, requestid="r-3")
        bench.client.update("RecurringTransaction", {"Invoice": {"Id": "3", "SyncToken": "0"}}, requestid="r-4")
        assert len(script.asked) == 2


class TestManyObjects:
    @pytest.mark.parametrize("rows", [{"Customer": None}, {"Customer": []}, {}, {"startPosition": 1, "maxResults": 0}])
    def test_no_rows_are_an_empty_page(self, script, bench, rows):
        script.answers = [document({"QueryResponse": rows})]
        page = bench.client.query("SELECT * FROM Customer")
        assert (page.objects, page.count, page.start, page.entity) == ([], 0, 0, "")

    def test_counts_that_come_as_text_are_numbers(self, script, bench):
        rows = {"Customer": [{"Id": 1}, None, 7, {"Id": "2"}], "startPosition": "3", "maxResults": "2", "totalCount": "41"}
        script.answers = [document({"QueryResponse": rows}), document({"QueryResponse": {"totalCount": "many"}})]
        page = bench.client.query("SELECT * FROM Customer")
        assert ([row["Id"] for row in page.objects], page.start, page.count, page.total) == (["1", "2"], 3, 2, 41)
        assert [record.entity for record in page.records] == ["Customer", "Customer"]
        assert bench.client.query("SELECT * FROM Customer").total is None

    def test_the_list_of_the_name_that_was_asked_for_is_taken(self, script, bench):
        script.answers = [
            document({"QueryResponse": {"warnings": [{"Id": "x"}], "customer": [{"Id": "1"}]}}),
            document({"QueryResponse": {"hints": [], "CreditCardPaymentTxn": [{"Id": "7"}]}}),
        ]
        assert bench.client.query("SELECT * FROM Customer").objects == [{"Id": "1"}]
        assert bench.client.query("SELECT * FROM CreditCardPayment").entity == "CreditCardPaymentTxn"

    @pytest.mark.parametrize("body", [{"QueryResponse": None}, {"QueryResponse": []}, {"x": 1}])
    def test_a_query_without_its_response_is_no_answer(self, script, bench, body):
        script.else_ = document(body)
        with pytest.raises(TransportLost):
            bench.client.query("SELECT * FROM Customer")

    @pytest.mark.parametrize(
        "outer",
        [[], [{}], [None], [{"QueryResponse": None}], [{"QueryResponse": [None, 7, {"Item": None}, {"Item": [None, 7]}]}]],
    )
    def test_gaps_in_a_cdc_answer_are_no_changes(self, script, bench, clock, outer):
        script.answers = [document({"CDCResponse": outer})]
        changes = bench.client.cdc(["Item"], clock.now())
        assert (changes.objects, changes.deleted, changes.count, changes.saturated) == ({"Item": []}, {"Item": []}, 0, False)

    def test_at_a_thousand_a_cdc_answer_is_saturated(self, script, bench, clock):
        rows = [{"Id": str(number)} for number in range(999)] + [{"Id": "x", "status": "Deleted"}]
        script.answers = [document({"CDCResponse": [{"QueryResponse": [{"Item": rows[:-1]}]}]}), document({"CDCResponse": [{"QueryResponse": [{"Item": rows}]}]})]
        assert not bench.client.cdc(["Item"], clock.now()).saturated
        assert bench.client.cdc(["Item"], clock.now()).saturated

    def test_a_batch_row_may_know_more_than_we_do(self, script, bench):
        row = {"Vendor": {"Id": 9, "SyncToken": 0}, "bId": "i0", "Extension": {"a": 1}, "more": [1]}
        script.answers = [document({"BatchItemResponse": [row, {"bId": ["i0"]}, {"bId": None}]})]
        answer = bench.client.batch([BatchItem("i0", "create", "Vendor", {})], requestid="b")
        said = answer.answers["i0"]
        assert isinstance(said, Answer)
        assert (said.id, said.sync_token) == ("9", "0")


class TestForms:
    def test_an_undocumented_void_is_asked_in_the_form_that_is_named(self, script, bench):
        script.else_ = found("CreditMemo", Id="1", SyncToken="1")
        bench.client.void("CreditMemo", "1", "0", requestid="r-1", form="operation")
        bench.client.void("CreditMemo", "1", "0", requestid="r-2", form="include")
        first, second = script.asked
        assert (first.query["operation"], "include" in first.query) == (["void"], False)
        assert (second.query["operation"], second.query["include"]) == (["update"], ["void"])
        with pytest.raises(ValueError):
            bench.client.void("CreditMemo", "1", "0", requestid="r-3")

    def test_a_read_may_ask_for_what_is_left_out_otherwise(self, script, bench):
        script.answers = [found("Invoice", Id="1", InvoiceLink="https://x")]
        bench.client.read("Invoice", "1", include=["invoiceLink"])
        assert script.asked[0].query["include"] == ["invoiceLink"]

    def test_a_sparse_update_says_so_itself(self, script, bench):
        script.answers = [found("Customer", Id="1", SyncToken="3")]
        bench.client.update_sparse("Customer", {"Id": "1", "SyncToken": "2"}, requestid="r", include=["donotupdateaccountontxns"])
        assert json.loads(script.asked[0].body) == {"Id": "1", "SyncToken": "2", "sparse": True}
        assert script.asked[0].query["include"] == ["donotupdateaccountontxns"]

    def test_a_count_without_a_number_is_no_answer(self, script, bench):
        from syncengine.errors import ServiceDown

        script.answers = [document({"QueryResponse": {"totalCount": 41}}), document({"QueryResponse": {}})]
        assert bench.client.count("Customer", where=[("Active", "=", True)]) == 41
        assert script.asked[0].query["query"] == ["SELECT COUNT(*) FROM Customer WHERE Active = true"]
        with pytest.raises(ServiceDown):
            bench.client.count("Customer")
