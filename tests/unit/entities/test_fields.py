"""Single fields: what is taken, what is refused with a remedy, and what equal things look like."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.db.types import Unreadable
from syncengine.entities._fields import Day, Flag, Name, Note, Number, Text, Whole, exact, number
from syncengine.entities._links import AccountName, Choice, HasParent, Reference, TaxFlag
from syncengine.errors import RecordError


class Accounts:
    """References of a company whose chart holds one account."""

    def account(self, name, field):
        if name != "Sales":
            raise RecordError(field, name, "There is no such account.", "Choose another one.")
        return "79"

    def account_name(self, qbo_id):
        return "Sales"

    def posted_with(self, place):
        return ""

    def post_with(self, place, name):
        pass

    def setting(self, name):
        return {"income_account": "Sales", "payable_account": ""}[name]


REFS = Accounts()
EXACT = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**14)), max_value=Decimal(10**14))


@given(EXACT)
def test_a_number_as_text_is_exact_has_no_exponent_and_is_the_same_for_equal_numbers(value):
    text = exact(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert text not in {"-0", ""}
    assert not ("." in text and text[-1] in "0.")
    assert exact(Decimal(text)) == text


@pytest.mark.parametrize(("value", "text"), [("9.80", "9.8"), ("100", "100"), ("1E+3", "1000"), ("-0.00", "0"), ("0.0000001", "0.0000001")])
def test_examples_of_numbers_as_text(value, text):
    assert exact(Decimal(value)) == text


def test_a_number_of_forty_digits_keeps_them_all():
    assert exact(Decimal("1" * 20 + "." + "1" * 20)) == "1" * 20 + "." + "1" * 20


@pytest.mark.parametrize("value", ["", "abc", "NaN", "sNaN", "Infinity", None, True, [], {}, "1e400", "1e-400", object()])
def test_what_is_no_number_of_any_book_is_none(value):
    assert number(value) is None


@pytest.mark.parametrize("value", ["9.8", " 9.8 ", Decimal("9.80")])
def test_what_reads_as_a_number_is_one(value):
    assert number(value) == Decimal("9.8")


MONEY = Number("TotalAmt", "total", places=2, lowest=Decimal(0))


@pytest.mark.parametrize("value", [Decimal("1.005"), Decimal("-0.01"), Decimal("NaN"), Decimal("1e30"), "abc", Decimal("9" * 40)])
def test_a_number_that_would_have_to_be_changed_is_refused_naming_field_and_remedy(value):
    with pytest.raises(RecordError) as told:
        MONEY.put({"total": value}, REFS)
    assert told.value.field == "total"
    assert told.value.remedy.endswith(".")


def test_zeros_at_the_end_are_no_decimals():
    assert MONEY.put({"total": Decimal("14.0000000")}, REFS) == "14"


@pytest.mark.parametrize("field", [Text("A", "a"), Number("A", "a"), Whole("A", "a"), Flag("A", "a"), Day("A", "a"), Reference("A", "a"), TaxFlag("A", "a")])
def test_an_unreadable_value_is_the_records_error_and_says_which(field):
    with pytest.raises(RecordError) as told:
        field.put({"a": Unreadable("rubbish")}, REFS)
    assert (told.value.field, told.value.value) == ("a", "rubbish")
    assert "'a'" in told.value.remedy


@pytest.mark.parametrize(
    ("field", "value", "canonical", "wire"),
    [
        (Text("A", "a"), "  Harbour ", "Harbour", "Harbour"),
        (Number("A", "a", places=7), Decimal("9.80"), "9.8", Decimal("9.8")),
        (Whole("A", "a"), 30, "30", 30),
        (Flag("A", "a"), False, False, False),
        (Day("A", "a"), date(2026, 3, 1), "2026-03-01", "2026-03-01"),
        (Day("A", "a"), datetime(2026, 3, 1, 23, 59), "2026-03-01", "2026-03-01"),  # noqa: DTZ001 -- as a driver may give it
        (Day("A", "a"), "2026-03-01T10:00", "2026-03-01", "2026-03-01"),
        (TaxFlag("A", "a"), True, "TAX", {"value": "TAX"}),
        (TaxFlag("A", "a"), False, "NON", {"value": "NON"}),
        (Choice("A", "a", words=(("open", "Open"),)), " OPEN ", "Open", "Open"),
        (HasParent("A", "a", default=False), 7, True, True),
        (HasParent("A", "a", default=False), None, False, False),
        (AccountName("A", "a", setting="income_account"), None, "79", {"value": "79"}),
    ],
)
def test_a_value_travels_in_its_canonical_form(field, value, canonical, wire):
    assert field.put({"a": value}, REFS) == canonical
    assert field.wire(canonical) == wire
    assert field.get({"A": wire}) == canonical


@pytest.mark.parametrize("value", ["31.12.2026", "2026-13-01", "2026-02-30", "soon"])
def test_a_day_that_is_none_is_refused_with_an_example(value):
    with pytest.raises(RecordError, match="2026-03-31"):
        Day("A", "a").put({"a": value}, REFS)


def test_a_word_that_is_not_known_is_refused_naming_those_that_are():
    with pytest.raises(RecordError, match="open, closed"):
        Choice("A", "a", words=(("open", "Open"), ("closed", "Closed"))).put({"a": "half"}, REFS)


def test_a_new_word_of_quickbooks_does_not_stop_the_pull():
    field = Choice("A", "a", words=(("open", "Open"),))
    assert field.inward(field.get({"A": "Paused"}), REFS) == "Paused"
    assert field.inward(field.get({"A": "Open"}), REFS) == "open"


@pytest.mark.parametrize("value", [{"value": {"x": 1}}, {"value": []}, [], {}, {"value": None}, {"value": ""}, Decimal(1)])
def test_a_reference_that_is_none_is_no_reference(value):
    assert Reference("A", "a").get({"A": value}) is None
    assert TaxFlag("A", "a").get({"A": value}) is None


def test_a_reference_is_known_by_its_id_alone():
    assert Reference("A", "a").get({"A": {"value": "5", "name": "x"}}) == Reference("A", "a").get({"A": "5"}) == "5"


@pytest.mark.parametrize(
    ("name", "active", "plain"),
    [
        ("Globex (deleted)", False, "Globex"),
        ("Globex (deleted 12)", False, "Globex"),
        ("Globex (deleted)", True, "Globex (deleted)"),
        ("Globex (deleted) Ltd", False, "Globex (deleted) Ltd"),
        ("Globex  (deleted)", False, "Globex"),
        ("Globex", False, "Globex"),
    ],
)
def test_the_suffix_of_an_inactive_name_is_not_part_of_it(name, active, plain):
    assert Name("DisplayName", "name").get({"DisplayName": name, "Active": active}) == plain


@pytest.mark.parametrize("note", ["", "thanks", "two\nlines", "[T-short]"])
@pytest.mark.parametrize("marks", ["", " [T-QVS4Z7N6]", "[T-QVS4Z7N6]", "\n[T-QVS4Z7N6] \n", " [T-QVS4Z7N6] [T-AAAAAAAA]"])
def test_our_marker_is_stripped_from_a_note_on_both_sides(note, marks):
    field = Note("PrivateNote", "private_note", longest=3980)
    assert field.get({"PrivateNote": note + marks}) == (note or None)
    assert field.put({"private_note": note + marks}, REFS) == (note or None)


def test_a_marker_in_the_middle_is_a_persons_own_words():
    assert Note("N", "n").get({"N": "see [T-QVS4Z7N6] please"}) == "see [T-QVS4Z7N6] please"


def test_an_account_that_is_the_companys_default_is_not_written_here():
    field = AccountName("A", "a", setting="income_account")
    assert field.inward("79", REFS) is None
    assert field.inward(None, REFS) is None


def test_a_required_account_that_nobody_set_is_asked_for_by_its_setting():
    with pytest.raises(RecordError, match="payable account"):
        AccountName("APAccountRef", "", setting="payable_account", required=True, one_way=True).put({}, REFS)
    with pytest.raises(RecordError, match="no such account"):
        AccountName("A", "a", setting="payable_account").put({"a": "Nowhere"}, REFS)


@pytest.mark.parametrize("field", [Whole("A", "a", default="0"), Number("A", "a", default="0")])
@pytest.mark.parametrize("value", ["abc", True, "NaN", [], {"value": 1}])
def test_an_unreadable_number_of_quickbooks_counts_as_absent(field, value):
    assert field.get({"A": value}) == "0"
    assert field.inward(None, REFS) is None


def test_a_fraction_where_only_whole_numbers_are_counts_as_absent():
    assert Whole("A", "a").get({"A": Decimal("30.5")}) is None
    assert Whole("A", "a").get({"A": Decimal("30.0")}) == "30"


def test_a_day_of_quickbooks_that_is_none_is_that_records_error():
    assert Day("A", "a").inward(None, REFS) is None
    with pytest.raises(RecordError):
        Day("A", "a").inward("not-a-date", REFS)
