"""Each kind of cell takes what is clear and refuses what is not, with a way out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.imports.cells import Bad, text_of, value
from syncengine.imports.fields import target, targets
from syncengine.imports.options import Options
from syncengine.inventory.tables import KINDS


def read(kind: str, field: str, cell: Any, **options: Any) -> Any:
    return value(kind, target(kind, field), cell, Options(**options))


def refusal(kind: str, field: str, cell: Any, **options: Any) -> str:
    with pytest.raises(Bad) as bad:
        read(kind, field, cell, **options)
    assert bad.value.remedy.endswith(".")
    return bad.value.cause


@pytest.mark.parametrize(
    ("text", "number"),
    [("9.80", "9.80"), (" 14 ", "14"), ("-3.5", "-3.5"), ("+2", "2"), (".5", "0.5"), ("5.", "5"), ("0.1234567", "0.1234567")],
)
def test_a_plain_number_is_read(text: str, number: str) -> None:
    assert read("item", "unit_price", text) == Decimal(number)


@pytest.mark.parametrize("text", ["12 USD", "$12", "(12)", "1e5", "nan", "inf", "--1", "1.2.3", "½", "12x", "=1+1", "1_000"])
def test_letters_and_signs_in_a_number_are_refused(text: str) -> None:
    assert "no number" in refusal("item", "unit_price", text)


@pytest.mark.parametrize("text", ["9,80", "1,234.50", "1.234,50", "1 234", "1'234"])
def test_signs_of_another_country_are_refused_rather_than_guessed(text: str) -> None:
    assert "decimal sign" in refusal("item", "unit_price", text)


@pytest.mark.parametrize(
    ("text", "decimal_sign", "thousands_sign", "number"),
    [
        ("9,80", ",", "", "9.80"),
        ("1.234,50", ",", ".", "1234.50"),
        ("1,234.50", ".", ",", "1234.50"),
        ("1 234 567,5", ",", " ", "1234567.5"),
        ("1'234", ".", "'", "1234"),
        ("1234", ",", ".", "1234"),
    ],
)
def test_signs_of_another_country_are_read_when_they_are_named(
    text: str, decimal_sign: str, thousands_sign: str, number: str
) -> None:
    assert read("item", "unit_price", text, decimal_sign=decimal_sign, thousands_sign=thousands_sign) == Decimal(number)


@pytest.mark.parametrize("text", ["1,23", "12,34,567", "1,2345", ",123", "1234,567"])
def test_a_thousands_sign_in_the_wrong_place_is_refused(text: str) -> None:
    assert "no number" in refusal("item", "unit_price", text, thousands_sign=",")


def test_more_decimals_than_quickbooks_takes_are_refused() -> None:
    assert "more than 7 decimals" in refusal("item", "unit_price", "0.12345678")
    assert "more than 2 decimals" in refusal("invoice", "line.amount", "1.005")
    assert "2 decimals" in refusal("invoice", "charge:Freight", "1.005")
    assert read("invoice", "line.amount", "1.500") == Decimal("1.5")


def test_a_number_too_large_to_be_a_price_is_refused() -> None:
    assert "too large" in refusal("item", "unit_price", "9" * 40)
    assert "too large" in refusal("invoice", "charge:Freight", "9" * 40)
    assert "too large" in refusal("item", "unit_price", Decimal("1e300"))


@pytest.mark.parametrize(
    ("text", "percent", "fraction"),
    [("0.15", False, "0.15"), ("15%", False, "0.15"), ("15 %", True, "0.15"), ("15", True, "0.15"), ("0", True, "0")],
)
def test_a_discount_is_a_fraction_or_says_that_it_is_percent(text: str, percent: bool, fraction: str) -> None:
    assert read("invoice", "line.discount", text, percent_discounts=percent) == Decimal(fraction)


def test_a_discount_of_more_than_all_is_refused() -> None:
    assert "fraction" in refusal("invoice", "line.discount", "15")


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("1996-07-04", "iso", date(1996, 7, 4)),
        ("1996-07-04 00:00:00", "iso", date(1996, 7, 4)),
        ("1996-07-04T13:30:00.000Z", "dmy", date(1996, 7, 4)),
        ("04/07/1996", "dmy", date(1996, 7, 4)),
        ("7/4/1996 1:05 PM", "mdy", date(1996, 7, 4)),
        ("4.7.1996", "dmy", date(1996, 7, 4)),
        ("1996/7/4", "ymd", date(1996, 7, 4)),
        (date(1996, 7, 4), "iso", date(1996, 7, 4)),
        (datetime(1996, 7, 4, 13, 30), "dmy", date(1996, 7, 4)),  # noqa: DTZ001 -- a spreadsheet's cells know no zone
    ],
)
def test_a_day_is_read_in_the_order_that_is_named(cell: Any, order: str, day: date) -> None:
    assert read("invoice", "txn_date", cell, date_order=order) == day


def test_a_day_that_could_be_two_is_refused_with_both() -> None:
    assert "1996-07-04 or 1996-04-07" in refusal("invoice", "txn_date", "04/07/1996")
    assert "order of day, month and year" in refusal("invoice", "txn_date", "31/12/1996")


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("1996-02-30", "iso"),
        ("31/02/1996", "dmy"),
        ("12/31/1996", "dmy"),
        ("4/7/96", "dmy"),
        ("4/7-1996", "dmy"),
        ("4 July 1996", "dmy"),
        ("soon", "iso"),
        ("0202-01-01", "iso"),
        ("45000", "iso"),
        (Decimal(45000), "iso"),
        (date(9999, 1, 1), "iso"),
    ],
)
def test_a_day_that_is_none_is_refused(cell: Any, order: str) -> None:
    assert refusal("invoice", "txn_date", cell, date_order=order)


@pytest.mark.parametrize(
    ("cell", "truth"),
    [("yes", True), ("X", True), ("1", True), (Decimal(1), True), (True, True), ("No", False), ("0", False), ("FALSE", False)],
)
def test_yes_and_no_come_in_many_words_and_may_be_turned_round(cell: Any, truth: bool) -> None:
    assert read("item", "active", cell) is truth
    assert read("item", "not:active", cell) is not truth


def test_any_other_word_is_neither_yes_nor_no() -> None:
    assert "neither" in refusal("item", "active", "perhaps")


@pytest.mark.parametrize("cell", [None, "", "  ", "\\N", "NULL"])
def test_a_blank_is_nothing(cell: Any) -> None:
    assert read("item", "unit_price", cell, blanks=("\\N", "NULL")) is None


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("customer", "name", "Globex: West"),
        ("customer", "name", "Globex\tWest"),
        ("item", "name", "Line\nbreak"),
        ("item", "name", "x" * 101),
        ("term", "name", "x" * 32),
        ("class", "name", "a:b"),
        ("customer", "email", "nobody"),
        ("customer", "email", "a@b"),
        ("customer", "phone", "1" * 31),
        ("vendor", "account_number", "1" * 101),
        ("item", "sku", "x" * 101),
        ("item", "description", "x" * 4001),
        ("invoice", "number", "1" * 22),
        ("invoice", "line.description", "x" * 4001),
    ],
)  # fmt: skip
def test_what_quickbooks_refuses_is_refused_here(kind: str, field: str, text: str) -> None:
    assert refusal(kind, field, text)


def test_what_quickbooks_takes_is_taken() -> None:
    assert read("customer", "name", "  O'Neil & Söhne <AG> ") == "O'Neil & Söhne <AG>"
    assert read("customer", "name", "x" * 500) == "x" * 500
    assert read("customer", "email", "a@b.example, c@d.example") == "a@b.example, c@d.example"
    assert read("invoice", "number", "1" * 21) == "1" * 21
    assert read("customer", "notes", "two\nlines") == "two\nlines"


def test_words_from_a_list_are_known_in_any_case_and_others_refused() -> None:
    assert read("item", "type", "non-inventory") == "NonInventory"
    assert read("purchase_order", "status", "Closed") == "closed"
    assert "not known" in refusal("item", "type", "Gadget")


def test_bytes_that_are_no_text_are_refused() -> None:
    assert "bytes" in refusal("customer", "name", "M\udce9xico")
    assert "bytes" in refusal("customer", "name", "a\0b")
    assert "bytes" in refusal("invoice", "customer_id", "\udce9")


def test_a_number_is_the_code_that_it_looks_like() -> None:
    assert [read("item", "code", cell) for cell in (Decimal(1), Decimal("1.0"), Decimal(100), Decimal("1.5"), "007")] == [
        "1",
        "1",
        "100",
        "1.5",
        "007",
    ]
    assert read("invoice", "line.item_id", Decimal(11)) == "11"


CELLS = st.one_of(
    st.none(), st.text(max_size=60), st.booleans(), st.decimals(allow_nan=False, allow_infinity=False), st.dates(), st.datetimes()
)
FIELDS = st.sampled_from([(kind, name) for kind in KINDS for name in targets(kind)] + [("invoice", "charge:Freight")])


@given(
    CELLS, FIELDS, st.sampled_from(["iso", "dmy", "mdy", "ymd"]), st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " ")])
)
def test_whatever_stands_in_a_cell_is_taken_or_refused(
    cell: Any, field: tuple[str, str], order: str, signs: tuple[str, str]
) -> None:
    refused: Bad | None = None
    try:
        read(*field, cell, date_order=order, decimal_sign=signs[0], thousands_sign=signs[1])
    except Bad as bad:
        refused = bad
    assert refused is None or (refused.cause.endswith(".") and refused.remedy.endswith("."))


@given(CELLS)
def test_every_cell_has_a_text(cell: Any) -> None:
    assert isinstance(text_of(cell), str)
