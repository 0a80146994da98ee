"""Columns are known by their names, however they are spelled; what only looks alike is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.imports import ImportRefused, guess, guess_header, guess_lines, targets, template
from syncengine.imports.fields import target
from syncengine.inventory.tables import KINDS


@pytest.mark.parametrize(
    ("column", "kind", "field"),
    [
        ("Customer name", "customer", "name"),
        ("customer_name", "customer", "name"),
        ("CustomerID", "customer", "code"),
        ("E-mail", "customer", "email"),
        ("Zip Code", "customer", "bill_postal_code"),
        ("Shipping City", "customer", "ship_city"),
        ("Supplier Phone", "vendor", "phone"),
        ("State", "vendor", "region"),
        ("Unit Price", "item", "unit_price"),
        ("SKU", "item", "sku"),
        ("Product", "item", "name"),
        ("Inactive", "item", "not:active"),
        ("OrderDate", "invoice", "txn_date"),
        ("Invoice #", "invoice", "number"),
        ("Customer", "invoice", "customer_id"),
        ("Terms", "invoice", "term_id"),
        ("Qty", "invoice", "line.quantity"),
        ("Freight", "invoice", "charge:Freight"),
        ("Vendor code", "purchase_order", "vendor_id"),
        ("Cost", "purchase_order", "line.unit_cost"),
        ("Parent", "class", "parent_id"),
        ("Net days", "term", "due_days"),
    ],
)
def test_a_common_name_is_known(column: str, kind: str, field: str) -> None:
    assert guess([column], kind) == {column: field}


def test_a_company_is_called_by_its_name_unless_another_column_says_how() -> None:
    assert guess(["company_name"], "customer") == {"company_name": "name"}
    assert guess(["company_name", "Customer Name"], "customer") == {"company_name": "company_name", "Customer Name": "name"}


def test_both_halves_of_a_name_are_the_name_and_a_title_is_none() -> None:
    columns = ["Title", "Surname", "Forename", "Forename + Surname"]
    named = {"Surname": "family_name", "Forename": "given_name", "Forename + Surname": "name"}
    assert guess(columns, "customer") == named
    assert guess(columns, "employee_link") == {"Forename + Surname": "worker_name"}
    assert guess(columns, "item") == {"Title": "name"}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("required_date", "invoice"),
        ("ship_via", "invoice"),
        ("discontinued", "item"),
        ("units_in_stock", "item"),
        ("Total", "invoice"),
        ("Freight", "item"),
    ],
)
def test_what_only_looks_alike_is_left_alone(column: str, kind: str) -> None:
    assert guess([column], kind) == {}


def test_lines_in_a_file_of_their_own_are_joined_by_the_documents_number() -> None:
    columns = ["order_id", "product_id", "unit_price", "quantity", "discount"]
    assert guess_lines(columns, "invoice") == {
        "order_id": "number", "product_id": "item_id", "unit_price": "unit_price", "quantity": "quantity", "discount": "discount",
    }  # fmt: skip
    assert guess_header(columns, "invoice") == {"order_id": "number"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_means_exactly_what_it_says(kind: str) -> None:
    columns = template(kind).strip().split(",")
    assert columns == targets(kind)
    assert guess(columns, kind) == {column: column for column in columns}


@given(st.lists(st.text(max_size=20), max_size=12, unique=True), st.sampled_from(sorted(KINDS)))
def test_a_guess_fills_each_field_once_and_only_fields_that_exist(columns: list[str], kind: str) -> None:
    found = guess(columns, kind)
    assert found.keys() <= set(columns)
    assert len(set(found.values())) == len(found)
    for name in found.values():
        assert target(kind, name).name == name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("item", "colour"),
        ("item", "charge:Freight"),
        ("invoice", "charge: "),
        ("item", "not:name"),
        ("item", "line.quantity"),
        ("invoice", "line.id"),
        ("item", "company_id"),
    ],
)
def test_a_field_that_does_not_exist_is_refused(kind: str, name: str) -> None:
    with pytest.raises(ImportRefused):
        target(kind, name)
