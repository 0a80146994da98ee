"""What is drift, and what is not: pure."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from syncengine.engine import drift
from syncengine.engine.reconcile import Base
from syncengine.entities import POSTINGS

ENTITY = POSTINGS["JournalEntry", "adjustment"]


def payload(*amounts: str, note: str = "Adjustment A [T-ABCDEFGH]", **more: Any) -> dict[str, Any]:
    lines = [
        {
            "Id": str(place), "DetailType": "JournalEntryLineDetail", "Amount": Decimal(amount),
            "JournalEntryLineDetail": {"PostingType": ("Debit", "Credit")[place % 2], "AccountRef": {"value": str(place), "name": "x"}},
        }
        for place, amount in enumerate(amounts)
    ]  # fmt: skip
    return {"Id": "7", "SyncToken": "0", "TxnDate": "2026-01-10", "DocNumber": "TO-1", "PrivateNote": note, "Line": lines, **more}


def base(*amounts: str) -> Base:
    theirs = ENTITY.get(payload(*amounts))
    return Base(deepcopy(theirs), theirs)


def told(*amounts: str, of: Base | None = None, **more: Any) -> list[tuple[str, Any, Any]]:
    found = drift.differences(ENTITY, of or base("5", "5"), ENTITY.get(payload(*amounts, **more)))
    return [(each["field"], each["sent"], each["theirs"]) for each in found]


@pytest.mark.parametrize("more", [{}, {"SyncToken": "9", "Balance": 3}, {"DocNumber": "X"}, {"note": "Adjustment A"}, {"Unknown": 1}])
def test_a_token_a_balance_or_our_marker_is_no_difference(more):
    assert told("5.00", "5", **more) == []


def test_each_changed_part_is_told_by_its_path():
    assert told("5", "7", TxnDate="2026-02-01") == [("Line[2].Amount", "5", "7"), ("TxnDate", "2026-01-10", "2026-02-01")]


def test_a_line_that_only_one_side_has_is_told_whole():
    [(field, sent, theirs)] = told("5", "5", "3")
    assert (field, sent, theirs["Amount"]) == ("Line[3]", None, "3")
    [(field, sent, theirs)] = told("5")
    assert (field, sent["Amount"], theirs) == ("Line[2]", "5", None)


@pytest.mark.parametrize(
    ("amounts", "note", "what"),
    [
        (("0", "0"), "Voided", "voided"),
        (("0", "0"), "voided - twice entered", "voided"),
        (("0", "0"), "Adjustment A", "changed"),
        (("5", "5"), "Voided", "changed"),
        ((), "Voided", "voided"),
    ],
)
def test_a_void_is_worth_nothing_and_says_so(amounts, note, what):
    assert drift.what(ENTITY, base("5", "5"), payload(*amounts, note=note)) == what


def test_everything_that_differs_is_sent_again_and_nothing_is_taken():
    agreed = base("5", "5")
    ours = {**deepcopy(agreed.ours), "TxnDate": "2026-03-01"}
    decision = drift.send(ENTITY, agreed, ours, ENTITY.get(payload("5", "7", note="oops")))
    assert (decision.take, decision.send, decision.clashes) == (frozenset(), {"Line", "PrivateNote", "TxnDate"}, ())


def test_nothing_is_sent_where_nothing_differs():
    agreed = base("5", "5")
    assert drift.send(ENTITY, agreed, agreed.ours, agreed.theirs).send == frozenset()


def test_what_quickbooks_filled_in_of_a_document_that_was_found_again_is_no_drift():
    sent = ENTITY.get(payload("5", "5", note=""))
    filled = ENTITY.get(payload("5", "5", note="by QuickBooks"))
    assert drift.differences(ENTITY, drift.filled_in(Base(sent, sent), filled), filled) == []
    edited = ENTITY.get(payload("5", "6", note="by QuickBooks"))
    assert [each["field"] for each in drift.differences(ENTITY, drift.filled_in(Base(sent, sent), edited), edited)] == ["Line[2].Amount"]
