"""Whatever bytes come back, an operation gives a value or one of the errors that it documents."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import AccessDenied, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import BatchItem, BatchQuery, Effect, FaultError, Upload, answers, outcome, reports
from syncengine.quickbooks.replies import Document, pdf, understood
from syncengine.quickbooks.transport import Reply, TokenRefused
from tests.support.examples import examples

DOCUMENTED = (FaultError, TransportLost, ServiceDown, Throttled, AccessDenied, TokenRefused)
NOW = datetime(2026, 1, 15, tzinfo=UTC)
ITEMS = (BatchItem("i0", "create", "Vendor", {}), BatchQuery("q0", "SELECT * FROM Vendor"))
FILES = (Upload("a.txt", b"", "text/plain"),)
READERS = {
    "object": lambda document: answers.answer(document, "Invoice", NOW, written=True),
    "template": lambda document: answers.answer(document, "RecurringTransaction", NOW, written=False),
    "page": lambda document: answers.page(document, "Invoice", NOW).records,
    "changes": lambda document: answers.changes(document, ["Invoice", "RecurringTransaction"]),
    "batch": lambda document: [answers.batch(document, ITEMS, NOW).outcome(bid) for bid in ("i0", "q0")],
    "upload": lambda document: answers.upload(document, FILES, NOW).outcome(0),
    "tax code": answers.tax_code,
    "report": lambda document: list(reports.report_in(document).flat(totals=True)),
}
#: Words that mean something somewhere in an answer, so that what is drawn gets behind the first look.
WORDS = st.sampled_from(
    [
        "Invoice", "RecurringTransaction", "Vendor", "QueryResponse", "CDCResponse", "BatchItemResponse", "AttachableResponse", "Attachable",
        "Fault", "fault", "Error", "error", "code", "Id", "SyncToken", "bId", "i0", "q0", "status", "Deleted", "MetaData", "CreateTime", "time",
        "startPosition", "totalCount", "TaxCodeId", "TaxRateDetails", "Header", "Columns", "Column", "Rows", "Row", "ColData", "Summary", "value",
        "Option", "Name", "Value", "ColType", "Money", "ColTitle", "FileName", "a.txt", "2026-01-15T09:00:00-08:00", "6240", "3001", "10000",
    ]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-3, 3000) | WORDS | st.text(max_size=5)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12)

def mostly(shape: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return shape | TREES


def listed(shape: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return mostly(st.lists(mostly(shape), max_size=3))


ROWS = st.dictionaries(WORDS, listed(st.dictionaries(WORDS, TREES, max_size=3)), max_size=3)
CELLS = st.fixed_dictionaries({}, optional={"ColData": listed(st.fixed_dictionaries({"value": TREES}, optional={"id": TREES}))})
ROW = st.fixed_dictionaries({}, optional={"ColData": listed(st.dictionaries(WORDS, TREES, max_size=2)), "Header": mostly(CELLS), "Summary": mostly(CELLS), "Rows": TREES})
COLUMN = st.fixed_dictionaries({"ColType": st.sampled_from(["Money", "Account"]) | TREES}, optional={"ColTitle": TREES, "MetaData": listed(st.just({"Name": "ColKey"}))})
OBJECT = st.dictionaries(WORDS, TREES, max_size=3)
#: What each reader expects, with anything at all in any of its places.
SHAPES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "object": st.fixed_dictionaries({"Invoice": mostly(OBJECT)}, optional={"more": TREES}),
    "template": st.fixed_dictionaries({"RecurringTransaction": mostly(st.dictionaries(WORDS, mostly(OBJECT), max_size=3))}),
    "page": st.fixed_dictionaries({"QueryResponse": mostly(ROWS)}),
    "changes": st.fixed_dictionaries({"CDCResponse": listed(st.fixed_dictionaries({"QueryResponse": listed(ROWS)}))}),
    "batch": st.fixed_dictionaries({"BatchItemResponse": listed(st.fixed_dictionaries({"bId": st.sampled_from(["i0", "q0"]) | TREES}, optional={"Vendor": mostly(OBJECT), "QueryResponse": mostly(ROWS), "Fault": mostly(OBJECT)}))}),
    "upload": st.fixed_dictionaries({"AttachableResponse": listed(st.fixed_dictionaries({}, optional={"Attachable": mostly(OBJECT), "Fault": mostly(OBJECT)}))}),
    "tax code": st.fixed_dictionaries({"TaxCodeId": TREES}, optional={"TaxService": mostly(OBJECT), "TaxRateDetails": listed(OBJECT)}),
    "report": st.fixed_dictionaries(
        {"Columns": st.fixed_dictionaries({"Column": st.lists(mostly(COLUMN), max_size=3)}), "Rows": mostly(st.fixed_dictionaries({"Row": listed(ROW)}))},
        optional={"Header": mostly(st.fixed_dictionaries({}, optional={"Option": listed(OBJECT), "StartPeriod": TREES, "Time": TREES}))},
    ),
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=examples(80), deadline=None)
@given(data=st.data())
def test_no_document_surprises_a_reader(reader, data):
    document = Document(data.draw(SHAPES[reader]), NOW, "", None, 200)
    with suppress(*DOCUMENTED):
        READERS[reader](document)


def reply(status: int, body: bytes, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, headers or {}, body)


BODIES = (
    st.binary(max_size=60)
    | TREES.map(lambda tree: json.dumps(tree).encode())
    | st.sampled_from([b"", b"<", b"\xef\xbb\xbf{}", b"%PDF-", b"null", b"<html></html>", b'{"a":1e999999}', b"[" * 500])
)


@settings(max_examples=examples(200), deadline=None)
@given(status=st.integers(200, 599), body=BODIES, wait=st.text(max_size=4))
def test_no_reply_surprises_and_each_has_one_effect(status, body, wait):
    for read in (understood, pdf):
        said: Any
        try:
            said = read(reply(status, body, {"Retry-After": wait}))
        except DOCUMENTED as problem:
            said = problem
        effect = outcome(said).effect if not isinstance(said, TokenRefused) else Effect.REFUSED
        assert effect in set(Effect)
        if effect is Effect.DONE:
            assert 200 <= status < 300
        if status >= 500:
            assert effect is Effect.UNKNOWN or isinstance(said, Throttled)
