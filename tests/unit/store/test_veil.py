"""What is hidden of a row from who may not see the list that it belongs to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncengine.store.rights import LISTS, ROLES, Permission, Rights
from syncengine.store.veil import HIDDEN, veiled

BILL = {"entity": "Bill", "label": "R-77", "payload": '{"TotalAmt":5}', "changed": (("TotalAmt", 4, 5),), "total": Decimal(5), "operation": "create"}


def rights(*permissions: Permission) -> Rights:
    return Rights("ada", "operator", frozenset(permissions))


def test_an_operator_sees_that_a_bill_waits_and_not_what_is_in_it():
    (row,) = veiled([BILL], rights(*ROLES["operator"]))
    assert row == {**BILL, "payload": HIDDEN, "changed": (), "total": None}


def test_no_side_of_a_conflict_or_drift_in_a_closed_list_is_shown():
    sides = {"base": "1", "ours": "2", "theirs": "3", "sent": "4"}
    (row,) = veiled([{"entity": "Bill", "field": "TotalAmt", **sides}], rights(*ROLES["operator"]))
    assert row == {"entity": "Bill", "field": "TotalAmt", **dict.fromkeys(sides, HIDDEN)}


def test_with_the_right_to_its_list_nothing_of_a_row_is_hidden():
    assert veiled([BILL], rights(Permission.SEE_BILLS)) == [BILL]


def test_what_belongs_to_no_list_is_shown_to_who_sees_the_queue():
    invoice = {**BILL, "entity": "Invoice"}
    assert veiled([invoice], rights()) == [invoice]


def test_accounts_and_amounts_that_a_row_posts_to_need_the_list_of_accounts_too():
    row = {"entity": "Invoice", "effects": (("Sales", Decimal(5)),)}
    assert veiled([row], rights(Permission.SEE_BILLS))[0]["effects"] == ()
    assert veiled([row], rights(Permission.SEE_ACCOUNTS)) == [row]
    hidden = veiled([{**row, "entity": "Bill"}], rights(Permission.SEE_ACCOUNTS))
    assert hidden[0]["effects"] == ()


@pytest.mark.parametrize("entity", ["Account", "Bill", "CreditMemo", "Employee", "JournalEntry", "Purchase", "TaxCode", "TaxRate"])
def test_each_entity_of_a_list_is_hidden_without_that_lists_permission_alone(entity):
    row = {"entity": entity, "payload": "{}"}
    opens = [permission for permission in LISTS.values() if veiled([row], rights(permission)) == [row]]
    assert len(opens) == 1
    others = rights(*(set(LISTS.values()) - set(opens)))
    assert veiled([row], others)[0]["payload"] == HIDDEN
