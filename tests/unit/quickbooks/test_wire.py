"""JSON both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.quickbooks import wire

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=7, min_value=-(10**10), max_value=10**10)
scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | numbers | st.text(st.characters(exclude_categories=("Cs",)))
payloads = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner)
)


@given(payloads)
def test_a_payload_survives_the_way_out_and_back(payload):
    assert wire.loads(wire.dumps(payload)) == payload


@given(payloads)
def test_what_leaves_is_json_that_anyone_can_read(payload):
    json.loads(wire.dumps(payload))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("100.00"), b"100.00"),
        (Decimal("0.1") + Decimal("0.2"), b"0.3"),
        (Decimal("1234567890123456.78"), b"1234567890123456.78"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("0.0000001"), b"0.0000001"),
        (Decimal("-0.00"), b"0.00"),
        (Decimal("-4.5"), b"-4.5"),
        (True, b"true"),
        (7, b"7"),
        ('é\n"', '"é\\n\\""'.encode()),
        ({}, b"{}"),
        ([], b"[]"),
    ],
)
def test_values_are_written_with_exactly_their_digits(value, written):
    assert wire.dumps(value) == written


def test_the_order_of_keys_does_not_change_the_bytes():
    assert wire.dumps({"b": [1, {"d": None, "c": "x"}], "a": Decimal("1.0")}) == b'{"a":1.0,"b":[1,{"c":"x","d":null}]}'
    assert wire.dumps({"a": 1, "b": 2}) == wire.dumps({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [1.5, {"Amount": 0.1}, datetime(2026, 1, 1, tzinfo=UTC), {1: "x"}, {"a": {1}}, b"x"])
def test_a_float_and_whatever_json_does_not_know_is_refused(value):
    with pytest.raises(TypeError):
        wire.dumps(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "\ud800"])
def test_what_has_no_form_on_the_wire_is_refused(value):
    with pytest.raises(ValueError):
        wire.dumps(value)


def test_money_comes_in_as_decimal_and_counts_as_int():
    document = wire.loads(b'\xef\xbb\xbf{"Amount": 17.90, "LineNum": 2, "Rate": 1e-7}')
    assert document == {"Amount": Decimal("17.90"), "LineNum": 2, "Rate": Decimal("0.0000001")}
    assert str(document["Amount"]) == "17.90"
    assert type(document["LineNum"]) is int


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": NaN}', b"<xml/>", b"\xff\xfe", b"[" * 100_000, b'{"a":1} {"b":2}', b"1e9999999999999999999"]
)
def test_what_is_not_one_whole_document_is_a_value_error(body):
    with pytest.raises(ValueError):
        wire.loads(body)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-15T09:19:21.923-08:00", datetime(2026, 1, 15, 17, 19, 21, 923000, tzinfo=UTC)),
        ("2026-01-15T17:19:21Z", datetime(2026, 1, 15, 17, 19, 21, tzinfo=UTC)),
        ("2026-01-15T17:19:21", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:00", None),
        (1601384000000, None),
        (None, None),
    ],
)
def test_a_moment_is_read_only_where_its_offset_is_known(text, found):
    assert wire.moment(text) == found
