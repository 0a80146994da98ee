"""Document lines: exact to the cent, discounts in the price, and nothing sent that QuickBooks would have to correct."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.db.types import Unreadable
from syncengine.entities._fields import Text
from syncengine.entities._lines import Lines, substance
from syncengine.entities._links import Reference, TaxFlag
from syncengine.errors import RecordError

LINES = Lines(
    detail="SalesItemLineDetail",
    price="unit_price",
    discount="discount",
    fields=(
        Text("Description", "description", longest=4000),
        Reference("SalesItemLineDetail.ItemRef", "item_id", refers_to="Item"),
        Reference("SalesItemLineDetail.ClassRef", "class_id", refers_to="Class", when="classes"),
        TaxFlag("SalesItemLineDetail.TaxCodeRef", "taxable", when="sales_tax"),
    ),
)
QTY, PRICE = "SalesItemLineDetail.Qty", "SalesItemLineDetail.UnitPrice"


class Books:
    """References with every feature on, or off, and a twin for everything."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on

    def feature(self, name):
        return self.on

    def setting(self, name):
        return False

    def twin(self, entity, record_id, kind=""):
        return f"9{record_id}"

    def record(self, entity, qbo_id, kind=""):
        return int(qbo_id[1:])


BOOKS = Books()
NUMBERS = st.decimals(min_value=0, max_value=10**12, places=7, allow_nan=False, allow_infinity=False)
DISCOUNTS = st.decimals(min_value=0, max_value=1, places=7, allow_nan=False, allow_infinity=False)


def put(refs=BOOKS, **line):
    [flat] = LINES.put({"lines": [{"id": 1, "line_no": 1, "item_id": 3, **line}]}, refs)
    return flat


def cents(value: Fraction) -> Decimal:
    """Half up to the cent, in whole numbers: nothing that Decimal's context could round before."""
    return Decimal((value * 200).__floor__() + 1 >> 1).scaleb(-2)


@given(NUMBERS, NUMBERS, DISCOUNTS)
def test_the_amount_is_quantity_times_price_less_discount_rounded_once_half_up(quantity, price, discount):
    with localcontext(Context(prec=100)):
        flat = put(quantity=quantity, unit_price=price, discount=discount)
        expected = cents(Fraction(quantity) * Fraction(price) * (1 - Fraction(discount)))
        assert Decimal(flat["Amount"]) == expected
        if PRICE in flat:
            net = (price * (1 - discount)).quantize(Decimal("1e-7"), ROUND_HALF_UP)
            assert Decimal(flat[PRICE]) == net
            assert abs(Decimal(flat[QTY]) * net - expected) < Decimal("0.01")


def test_a_product_longer_than_pythons_own_precision_is_not_rounded_twice():
    """It ends on ...4999: rounded to 28 digits first it would look like half a cent."""
    quantity, price = Decimal("12345678.9012347"), Decimal("98705559.3738317")
    exact_amount = cents(Fraction(quantity) * Fraction(price))
    assert (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP) != exact_amount
    assert Decimal(put(quantity=quantity, unit_price=price)["Amount"]) == exact_amount


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount", "net"),
    [
        ("10", "9.80", "0.15", "83.3", "8.33"),
        ("3", "0.335", None, "1.01", "0.335"),
        ("1", "0.005", None, "0.01", "0.005"),
        ("7", "5", "1", "0", "0"),
        (None, "5", None, "5", "5"),
        ("0", "5", None, "0", "5"),
        ("-2", "5", None, "-10", "5"),
        ("3", "10", "0.3333333", "20", "6.666667"),
    ],
)
def test_a_discount_lowers_the_unit_price(quantity, price, discount, amount, net):
    flat = put(quantity=quantity and Decimal(quantity), unit_price=Decimal(price), discount=discount and Decimal(discount))
    assert (flat["Amount"], flat[PRICE], flat[QTY]) == (amount, net, quantity or "1")


def test_a_given_amount_that_is_not_quantity_times_price_goes_alone():
    flat = put(quantity=Decimal(3), unit_price=Decimal(10), amount=Decimal("29.5"))
    assert flat["Amount"] == "29.5"
    assert QTY not in flat
    assert PRICE not in flat


@pytest.mark.parametrize("quantity", [None, Decimal(0), Decimal(4)])
def test_an_amount_without_a_price_goes_alone(quantity):
    flat = put(quantity=quantity, amount=Decimal(5))
    assert flat["Amount"] == "5"
    assert QTY not in flat
    assert PRICE not in flat


def test_a_given_amount_that_fits_keeps_quantity_and_price():
    flat = put(quantity=Decimal(3), unit_price=Decimal("3.3333333"), amount=Decimal(10))
    assert (flat["Amount"], flat[QTY], flat[PRICE]) == ("10", "3", "3.3333333")


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"quantity": Unreadable("many"), "unit_price": Decimal(1)}, "quantity"),
        ({"unit_price": Unreadable("dear")}, "unit_price"),
        ({"amount": Unreadable("lots")}, "amount"),
        ({"unit_price": Decimal(1), "discount": Unreadable("some")}, "discount"),
        ({"quantity": Decimal("1E+30"), "unit_price": Decimal("1E+30")}, "quantity"),
        ({"quantity": Decimal("1.12345678"), "unit_price": Decimal(1)}, "quantity"),
        ({"unit_price": Decimal("1E+999999")}, "unit_price"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"unit_price": Decimal(1), "discount": Decimal(15)}, "discount"),
        ({"unit_price": Decimal(1), "discount": Decimal("-0.1")}, "discount"),
        ({}, "unit_price"),
        ({"item_id": None, "amount": Decimal(5)}, "item_id"),
        ({"item_id": Unreadable("x"), "amount": Decimal(5)}, "item_id"),
        ({"amount": Decimal(5), "description": "x" * 4001}, "description"),
    ],
)
def test_a_line_that_cannot_be_sent_names_line_field_and_remedy(columns, field):
    with pytest.raises(RecordError) as told:
        LINES.put({"lines": [{"id": 1, "line_no": 4, "item_id": 3, **columns}]}, BOOKS)
    assert told.value.field == f"line 4: {field}"
    assert told.value.cause.endswith(".")
    assert told.value.remedy.endswith(".")


def test_a_line_without_number_is_named_by_its_place():
    with pytest.raises(RecordError, match="line 2: "):
        LINES.put({"lines": [{"id": 1, "item_id": 3, "amount": Decimal(5)}, {"id": 2, "item_id": 3}]}, BOOKS)


def test_a_line_of_words_has_a_description_and_nothing_else():
    flat = put(item_id=None, description="  hello ")
    assert substance(flat) == {"DetailType": "DescriptionOnly", "Description": "hello"}
    [wire] = LINES.wire([flat])
    assert wire == {"DetailType": "DescriptionOnly", "Description": "hello", "DescriptionLineDetail": {}}


@pytest.mark.parametrize("line", [None, 5, "x", {"a": 1}, [None, 5, "x", []], [{"DetailType": ["x"]}], [{"DetailType": {}}], [{}]])
def test_what_is_no_line_is_none_of_ours(line):
    assert LINES.get({"Line": line}) == []
    assert isinstance(LINES.foreign({"Line": line}), list)


@pytest.mark.parametrize("detail", [None, [], "x", {}, {"Qty": "many", "UnitPrice": {}}, {"Qty": True}])
@pytest.mark.parametrize("amount", [None, "abc", [], "NaN", "1e400"])
def test_a_line_of_rubbish_is_read_as_worth_nothing(detail, amount):
    [flat] = LINES.get({"Line": [{"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, "Amount": amount}]})
    assert flat["Amount"] == "0"
    assert QTY not in flat


def test_a_quantity_of_zero_in_quickbooks_is_zero_here():
    line = {"Id": "1", "DetailType": "SalesItemLineDetail", "Amount": 0, "SalesItemLineDetail": {"Qty": 0, "UnitPrice": 5, "ItemRef": {"value": "93"}}}
    [row] = LINES.inward(LINES.get({"Line": [line]}), [], {}, BOOKS)
    assert (row["quantity"], row["unit_price"], row["amount"], row["item_id"]) == (0, 5, None, 3)


def test_an_amount_that_quickbooks_did_not_compute_is_kept():
    line = {"Id": "1", "DetailType": "SalesItemLineDetail", "Amount": 7, "SalesItemLineDetail": {"Qty": 2, "UnitPrice": 5}}
    [row] = LINES.inward(LINES.get({"Line": [line]}), [], {}, BOOKS)
    assert (row["quantity"], row["unit_price"], row["amount"]) == (2, 5, 7)


def test_where_a_feature_is_off_what_quickbooks_says_of_it_rewrites_no_line():
    old = {"id": 8, "line_no": 1, "item_id": 3, "quantity": Decimal(2), "unit_price": Decimal(10), "discount": Decimal("0.5")}
    line = {"Id": "1", "DetailType": "SalesItemLineDetail", "Amount": 10}
    line["SalesItemLineDetail"] = {"Qty": 2, "UnitPrice": 5, "ItemRef": {"value": "93"}, "TaxCodeRef": {"value": "NON"}}
    assert LINES.inward(LINES.get({"Line": [line]}), [old], {"1": 8}, Books(on=False)) == [{"id": 8, "line_no": 1}]
    [rewritten] = LINES.inward(LINES.get({"Line": [line]}), [old], {"1": 8}, BOOKS)
    assert (rewritten["taxable"], rewritten["unit_price"], rewritten["discount"]) == (False, 5, 0)


# --- what QuickBooks holds of a line and we know nothing of ---------------------------------------------------------

DETAIL = "SalesItemLineDetail"
CRATE = [{"DefinitionId": "1", "StringValue": "C9"}]


def held(**detail):
    """An invoice of one line of 2 x 5 for item 93, with parts that have no field here."""
    whole = {"ItemRef": {"value": "93", "name": "Pot"}, "Qty": Decimal(2), "UnitPrice": Decimal(5), **detail}
    line = {"Id": "7", "LineNum": 1, "DetailType": DETAIL, "Amount": Decimal(10), "Description": "red"}
    line["CustomField"] = [dict(each) for each in CRATE]
    return {"Line": [{**line, DETAIL: whole}, {"DetailType": "SubTotalLineDetail", "Amount": Decimal(10)}]}


def rewired(theirs, refs=BOOKS, **line):
    """The line as it is sent when the inventory's own says `line`."""
    ours = put(refs, **{"item_id": 3, "quantity": Decimal(2), "unit_price": Decimal(5), "description": "red", **line})
    [sent] = LINES.wire([{**ours, "Id": "7"}], theirs)
    return sent


def test_a_known_line_keeps_what_quickbooks_holds_of_it():
    theirs = held(ItemAccountRef={"value": "1"}, InventorySiteRef={"value": "4"})
    sent = rewired(theirs, description="blue")
    assert (sent["Id"], sent["Description"], sent["CustomField"]) == ("7", "blue", CRATE)
    assert sent[DETAIL]["ItemAccountRef"] == {"value": "1"}
    assert sent[DETAIL]["InventorySiteRef"] == {"value": "4"}


def test_the_held_line_is_only_read():
    theirs = held(ItemAccountRef={"value": "1"})
    sent = rewired(theirs, quantity=Decimal(3), description=None)
    sent["CustomField"].append("x")
    sent[DETAIL]["ItemAccountRef"]["value"] = "2"
    assert theirs == held(ItemAccountRef={"value": "1"})
    LINES.kept(theirs)[0][DETAIL]["ItemRef"]["value"] = "2"
    assert theirs == held(ItemAccountRef={"value": "1"})


def test_what_we_no_longer_say_goes_from_a_known_line():
    sent = rewired(held(ClassRef={"value": "8"}, TaxCodeRef={"value": "TAX"}), description=None, class_id=None)
    assert "Description" not in sent
    assert sent[DETAIL].keys() == {"ItemRef", "Qty", "UnitPrice"}


def test_an_amount_alone_takes_quantity_and_price_out_of_a_known_line():
    sent = rewired(held(), quantity=None, unit_price=None, amount=Decimal(9))
    assert sent["Amount"] == 9
    assert sent[DETAIL].keys() == {"ItemRef"}


def test_where_a_feature_is_off_its_values_stay_as_quickbooks_has_them():
    parts = {"ClassRef": {"value": "8"}, "TaxCodeRef": {"value": "NON"}}
    sent = rewired(held(**parts), Books(on=False), quantity=Decimal(3))
    assert parts.items() <= sent[DETAIL].items()
    assert rewired(held(**parts), quantity=Decimal(3))[DETAIL].keys() & parts.keys() == set()


def test_another_item_does_not_inherit_the_account_of_the_one_before():
    parts = {"ItemAccountRef": {"value": "1"}, "TaxClassificationRef": {"value": "V1"}, "InventorySiteRef": {"value": "4"}}
    assert rewired(held(**parts), item_id=4)[DETAIL].keys() & parts.keys() == {"InventorySiteRef"}
    assert parts.items() <= rewired(held(**parts), quantity=Decimal(3))[DETAIL].items()


@pytest.mark.parametrize("change", [{"quantity": Decimal(3)}, {"unit_price": Decimal(6)}, {"amount": Decimal(9)}])
def test_another_amount_does_not_keep_what_was_computed_from_the_one_before(change):
    parts = {"TaxInclusiveAmt": Decimal("11.9"), "DiscountAmt": Decimal(1), "DiscountRate": Decimal(10), "MarkupInfo": {"Value": 5}}
    assert rewired(held(**parts), **change)[DETAIL].keys() & parts.keys() == set()
    assert parts.items() <= rewired(held(**parts), description="blue")[DETAIL].items()


def test_a_line_that_becomes_one_of_words_starts_afresh_under_its_id():
    sent = rewired(held(), item_id=None, quantity=None, unit_price=None)
    assert sent == {"DetailType": "DescriptionOnly", "Id": "7", "Description": "red", "DescriptionLineDetail": {}}


def test_a_known_line_of_words_keeps_what_quickbooks_holds_of_it():
    words = {"Id": "7", "LineNum": 1, "DetailType": "DescriptionOnly", "Description": "a", "DescriptionLineDetail": {"ServiceDate": "2026-01-01"}}
    [sent] = LINES.wire([{**put(item_id=None, description="b"), "Id": "7"}], {"Line": [words]})
    assert sent == {**{name: value for name, value in words.items() if name != "LineNum"}, "Description": "b"}


def test_a_line_without_an_id_or_with_an_unknown_one_starts_afresh():
    theirs = {"Line": [{name: value for name, value in held()["Line"][0].items() if name != "Id"}]}
    ours = put(quantity=Decimal(2), unit_price=Decimal(5))
    assert LINES.wire([ours], theirs) == LINES.wire([ours])
    assert LINES.wire([{**ours, "Id": "8"}], held()) == LINES.wire([{**ours, "Id": "8"}])


@pytest.mark.parametrize("rubbish", [None, [], "x", 5])
def test_a_held_line_with_rubbish_for_its_detail_is_mended(rubbish):
    theirs = held()
    theirs["Line"][0][DETAIL] = rubbish
    assert rewired(theirs)[DETAIL] == {"ItemRef": {"value": "93"}, "Qty": 2, "UnitPrice": 5}


def test_kept_lines_are_all_but_the_subtotal_in_their_order():
    theirs = held()
    group = {"Id": "9", "DetailType": "GroupLineDetail"}
    assert LINES.kept({"Line": [group, *theirs["Line"]]}) == [group, theirs["Line"][0]]
    assert LINES.kept({"Line": [None, 5]}) == []
