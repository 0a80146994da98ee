"""What is true of every kind, and what a line is worth."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from syncengine.db.engine import Database
from syncengine.inventory.tables import KINDS, Kind, line_amount, net_unit_price


@pytest.mark.parametrize("known", KINDS.values(), ids=KINDS)
def test_a_row_needs_nothing_but_its_parent(inventory_database: Database, known: Kind) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text(f'INSERT INTO "{known.table.name}" (id) VALUES (1)'))
        if known.lines is not None:
            connection.execute(text(f'INSERT INTO "{known.lines.name}" ({known.parent}) VALUES (1)'))
        assert connection.scalar(text(f'SELECT company_id FROM "{known.table.name}"')) == 1


def test_each_kind_stands_after_those_it_refers_to() -> None:
    seen: set[str] = set()
    for kind in KINDS.values():
        seen.add(kind.name)
        assert {*kind.references.values(), *kind.line_references.values()} <= seen
        assert {kind.key, kind.label} <= set(kind.table.c.keys())


def test_a_key_is_once_per_company_unless_there_is_none(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO invoice (number, company_id) VALUES ('1', 1), ('1', 2), (NULL, 1), (NULL, 1)"))
    with pytest.raises(IntegrityError), inventory_database.writing() as connection:
        connection.execute(text("INSERT INTO invoice (number) VALUES ('1')"))


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("12", "14.0", "0", "168.00"),
        ("10", "9.8", "0.05", "93.10"),
        ("1", "0.125", "0", "0.13"),
        ("1", "0.135", "0", "0.14"),
        ("-1", "0.125", "0", "-0.13"),
        ("3", "10", "1", "0.00"),
    ],
)
def test_a_line_is_rounded_half_up_to_the_cent_once(quantity: str, price: str, discount: str, amount: str) -> None:
    assert str(line_amount(Decimal(quantity), Decimal(price), Decimal(discount))) == amount


@pytest.mark.parametrize(
    ("price", "discount", "net"),
    [("14", "0.15", "11.90"), ("9.99", "0.333", "6.66333"), ("0.3333333", "0.3333333", "0.2222222"), ("5", "0", "5")],
)
def test_the_price_after_discount_is_rounded_only_past_seven_places(price: str, discount: str, net: str) -> None:
    assert net_unit_price(Decimal(price), Decimal(discount)) == Decimal(net)


@given(st.decimals(0, 10_000, places=3), st.decimals(0, 10_000, places=4), st.decimals(0, 1, places=4))
def test_an_amount_is_never_further_than_half_a_cent_from_the_product(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    assert abs(line_amount(quantity, price, discount) - quantity * price * (1 - discount)) <= Decimal("0.005")
