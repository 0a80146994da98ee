"""Every fault is told in plain words with a remedy, by its code and by what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.corrections import Facts, Trouble
from syncengine.engine import explain
from syncengine.errors import AccessDenied, ConnectionRevoked, RecordError, ServiceDown
from syncengine.quickbooks import Fault, FaultDetail
from syncengine.store.errors import Report


def fault(code: str, message: str = "", detail: str = "", *, status: int = 400, tid: str = "") -> Fault:
    return Fault(status, "ValidationFault", (FaultDetail(code, message, detail),), tid)


def report(given: Fault, operation: str = "create") -> Report:
    trouble = Trouble.of(given, entity="Invoice", operation=operation, document=True)
    return explain.report(trouble, Facts("Invoice", "invoice", "N-1", document=True), given)


@given(st.text(max_size=10), st.text(max_size=40), st.text(max_size=40), st.sampled_from([200, 400, 500]), st.text(max_size=10))
def test_any_fault_is_told_with_a_code_a_cause_and_a_remedy(code, message, detail, status, tid):
    told = report(fault(code, message, detail, status=status, tid=tid))
    assert told.code
    assert told.cause
    assert told.remedy
    assert told.group_key
    assert told.klass in {"safe", "policy", "no"}
    assert told.message == " ".join(part for part in (message, detail) if part)
    assert told.tid == (tid or None)


def test_a_fault_without_a_code_is_named_by_its_status():
    assert report(fault("", "Service Unavailable", status=503)).code == "HTTP 503"


@pytest.mark.parametrize(
    ("code", "detail", "name"),
    [
        ("610", "Something you are trying to use has been made inactive.", "reactivate_reference"),
        ("610", "Another user has deleted this transaction.", "recreate_twin"),
        ("5010", "Stale Object Error", "stale"),
        ("5010", "The account period has closed and the books cannot be changed", "first_open_day"),
        ("6000", "You cannot save transactions before your closing date", "first_open_day"),
        ("6000", "The document number has already been used", "adopt_document"),
        ("6000", "The currency of the transaction is invalid for customer / vendor / account.", "currency"),
        ("6000", "You need to select a different type of account for this transaction.", "account_type"),
        ("6000", "You must specify a transaction amount that is 0 or greater.", "negative_total"),
        ("6000", "Class tracking is turned off.", "tracking_off"),
        ("6000", "A business validation error", "business_rule"),
        ("6240", "The name supplied already exists.", "adopt_same_name"),
        ("500", "Operation x is not supported.", "clean_text"),
        ("", "", "no_reason"),
        ("99999", "Never heard of", "unknown"),
    ],
)
def test_one_code_of_several_situations_is_told_by_its_words(code, detail, name):
    told = report(fault(code, "", detail), "update" if name == "recreate_twin" else "create")
    assert told.correction == name
    assert told.code == (code or "HTTP 400")


def test_the_strongest_of_several_rows_speaks():
    several = Fault(400, "ValidationFault", (FaultDetail("2210", "address"), FaultDetail("6240", "Duplicate", "already exists")), "")
    assert report(several).correction == "adopt_same_name"


@pytest.mark.parametrize(
    ("error", "name"),
    [(ConnectionRevoked("x"), "sign_in"), (AccessDenied("x"), "no_access"), (AccessDenied("6190: over"), "subscription_ended"), (ServiceDown("x"), "outage")],
)
def test_trouble_of_the_connection_is_told_in_words(error, name):
    told = explain.connection(error)
    assert (told.code, told.correction, told.message) == ("connection", name, str(error))


def test_a_record_that_cannot_be_built_is_told_in_the_mappings_own_words():
    error = RecordError("name", "a:b", "QuickBooks takes no ':' in it.", "Take it out of the name.")
    trouble = Trouble("local", f"{error.field}: {error.cause}", error.field)
    told = explain.local(trouble, Facts("Customer", "customer", "a:b"), error)
    assert (told.cause, told.remedy, told.element) == ("name: QuickBooks takes no ':' in it.", "Take it out of the name.", "name")
    assert told.correction == "text_refused"
