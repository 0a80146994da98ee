"""What corrections decide, for records that no kind of today's inventory can become, and at the edges."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.corrections import CORRECTIONS, Facts, Ref, Trouble, Words
from syncengine.corrections._correction import override


def facts(**values: Any) -> Facts:
    return Facts(**{"entity": "Invoice", "kind": "invoice", "label": "N-1", "document": True, "natural_key": "DocNumber", **values})


def decided(name: str, known: Facts, **trouble: Any) -> Any:
    decide = CORRECTIONS[name].decide
    assert decide is not None
    return decide(Trouble(**{"code": "1", **trouble}), known)


def test_an_empty_discount_line_is_left_out_and_a_full_one_is_not():
    lines = [{"DetailType": "DiscountLineDetail", "line": 7}, {"DetailType": "DiscountLineDetail", "line": 8, "Amount": "5"}]
    verdict = decided("drop_discount_line", facts(ours={"Line": lines}))
    assert verdict.acts == (override("Line.7", None),)
    assert "invoice N-1" in verdict.says
    assert decided("drop_discount_line", facts(ours={"Line": lines[1:]})) is None


def test_a_foreign_tax_code_of_a_line_becomes_the_flag_alone():
    path = "SalesItemLineDetail.TaxCodeRef"
    lines = [{"DetailType": "SalesItemLineDetail", "line": number, path: code} for number, code in enumerate(("NON", "TAX", "3"), 1)]
    assert decided("tax_flag", facts(ours={"Line": lines})).acts == (override(f"Line.3.{path}", "TAX"),)
    assert decided("tax_flag", facts(ours={"Line": lines[:2]})) is None


def test_the_companys_default_stands_in_for_an_account_that_is_missing():
    known = facts(entity="Item", kind="item", ours={"ExpenseAccountRef": None}, accounts={"expense_account": ("Costs", "80")})
    words = "Required parameter ExpenseAccountRef is missing in the request"
    verdict = decided("default_account", known, words=words)
    assert verdict.acts == (override("ExpenseAccountRef", "80"),)
    assert "Costs" in verdict.says
    assert decided("default_account", facts(ours={"ExpenseAccountRef": None}), words=words) is None, "the owner set no default"


@pytest.mark.parametrize(
    ("found", "links"),
    [
        ([{"Id": "5", "DisplayName": "Ada"}], True),
        ([{"Id": "5", "DisplayName": "Ada"}, {"Id": "6", "DisplayName": "Ada"}], False),
        ([{"Id": "9", "DisplayName": "Ada"}], False),
        ([{"Id": "5", "DisplayName": "Ada", "Active": False}], False),
        ([{"Id": "5", "DisplayName": " ADA "}], True),
        ([{"Id": "5", "DisplayName": "Ada (deleted)"}], False),
        ([{"Id": "5", "DisplayName": "Ada (deleted)"}, {"Id": "6", "DisplayName": "Ada"}], True),
    ],
)
def test_only_the_one_of_that_name_that_nothing_is_linked_with_is_adopted(found, links):
    known = facts(
        entity="Customer", kind="customer", label="Ada", document=False, natural_key="DisplayName",
        payload={"DisplayName": "Ada"}, answers={"Customer of that name": found}, linked={"9": ("Ada", True)},
    )  # fmt: skip
    assert (decided("adopt_same_name", known) is not None) is links


def test_an_inactive_one_that_an_active_record_is_linked_with_is_left_to_it():
    known = facts(
        entity="Customer", kind="customer", label="Ada", document=False, natural_key="DisplayName", payload={"DisplayName": "Ada"},
        answers={"Customer of that name": [{"Id": "5", "DisplayName": "Ada (deleted)", "Active": False}]},
    )  # fmt: skip
    assert decided("adopt_inactive_name", known).acts[0].do == "activate"
    from dataclasses import replace

    assert decided("adopt_inactive_name", replace(known, linked={"5": ("Ada", True)})) is None
    assert "linked with nothing" in decided("adopt_inactive_name", replace(known, linked={"5": ("Ada", False)})).says


@pytest.mark.parametrize(("total", "adopts"), [(5, True), (6, False)])
def test_a_document_is_adopted_only_where_party_date_and_total_are_the_same(total, adopts):
    payload = {"DocNumber": "N-1", "CustomerRef": {"value": "1"}, "TxnDate": "2026-01-10", "Line": [{"Amount": 5}]}
    theirs = {**payload, "Id": "7", "Line": [{"Amount": total}, {"Amount": total, "DetailType": "SubTotalLineDetail"}]}
    known = facts(payload=payload, answers={"same number": [theirs]})
    assert (decided("adopt_document", known) is not None) is adopts
    marked = facts(payload=payload, mark="[T-ABCDEFGH]", answers={"same number": [{**theirs, "PrivateNote": "x [T-ABCDEFGH]"}]})
    assert decided("adopt_document", marked) is not None, "our mark is proof enough"


def test_a_reference_that_two_have_the_name_of_is_left_to_a_person():
    ref = Ref("CustomerRef", "Customer", "9", "Ada", kind="customer", record_id=1)
    twice = {"Customer 9": [], "Customer named Ada": [{"Id": "1"}, {"Id": "2"}]}
    assert decided("find_reference", facts(refs=(ref,), answers=twice)) is None
    assert decided("find_reference", facts(refs=(ref,), answers={"Customer 9": [], "Customer named Ada": []})).acts[0].do == "send_first"


@pytest.mark.parametrize(
    ("code", "found", "relinked"),
    [
        ("700", [{"Id": "3", "Name": "Ropes"}], ["3"]),
        ("700", [{"Id": "2", "Name": "Ropes"}], []),
        ("700", [{"Id": "3", "Name": "Ropes"}, {"Id": "4", "Name": "Ropes"}], []),
        ("700", [{"Id": "3", "Name": "Ropes", "Active": False}], []),
        ("700", [], []),
        ("900", [{"Id": "3", "Name": "Ropes"}], []),
    ],
)
def test_a_parent_whose_number_is_anothers_by_now_is_linked_by_its_name(code: str, found: list[Any], relinked: list[str]) -> None:
    parent = Ref("ParentRef", "Item", "2", "Ropes", kind="category", record_id=7)
    answers = {"Item 2": [{"Id": "2", "Name": "Anchor"}], "Item named Ropes": found}
    verdict = decided("parent_first", facts(refs=(parent,), answers=answers), code=code)
    assert [act.args["qbo_id"] for act in (verdict.acts if verdict else ())] == relinked


def test_names_and_numbers_are_never_cut_by_themselves():
    texts = (Words("DocNumber", "number", 21, "N" * 30), Words("PrivateNote", "private_note", 10, "n" * 12))
    assert decided("cut_text", facts(texts=texts)).acts == (override("PrivateNote", "n" * 10),)
    assert decided("cut_text", facts(texts=texts[:1])) is None


@pytest.mark.parametrize(("entity", "path", "owes"), [("Invoice", "CustomerRef", True), ("PurchaseOrder", "VendorRef", False)])
def test_a_party_that_will_owe_is_not_promised_to_rest_again(entity, path, owes):
    ref = Ref(path, path.removesuffix("Ref"), "9", "Ada", active=False)
    known = facts(entity=entity, kind="x", refs=(ref,), answers={f"{ref.entity} 9": [{"Id": "9", "Active": False}]})
    says = decided("reactivate_reference", known).says
    assert "unless QuickBooks refuses that" in says
    assert ("will most likely stay active" in says) is owes
