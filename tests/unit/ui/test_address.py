"""What an address says, when somebody wrote it by hand."""

from __future__ import annotations

import pytest

from syncengine.ui import address, menu
from tests.unit.ui.conftest import run

#: Parameters by page, beside those that every page knows.
KNOWN = {
    "sync": (), "preview": ("search", "kind", "state", "party", "row", "preview.page"),
    "errors": ("search", "only", "group", "error", "fix", "all", "help", "errors.page"),
    "conflicts": ("arrival", "conflicts.page"), "history": ("run", "before", "after", "view", "who"),
    "records": ("kind", "record", "search", "page", "since"), "importing": (), "companies": ("companies.page",),
    "explore": ("question", "explore.page", "where1", "value1"), "settings": ("tab", "state", "realmId"), "people": ("person",),
    "accounts": ("search", "entry"), "bills": ("search", "entry", "since", "bills.page"), "classes": ("search",),
}  # fmt: skip
#: No number, one that no column holds, one that is a digit only to Unicode, text that no database takes, and a long one.
GARBAGE = ("-1", "9" * 25, "\N{SUPERSCRIPT TWO}", "a\0b", "[x](javascript:1)'\"%_\\" + "x" * 2000)


@pytest.mark.parametrize("page", KNOWN)
def test_whatever_an_address_says_the_page_stands(open_page, busy, page):
    path = f"pages/{page}.py"
    for value in GARBAGE:
        at = open_page(path, **dict.fromkeys(("lesson", *KNOWN[page]), value))
        assert at.title[0].value == next(each.title for each in menu.ENTRIES if each.name == page)


@pytest.mark.parametrize(("page", "name"), [("explore", "explore.page"), ("errors", "fix"), ("records", "record"), ("preview", "row")])
def test_one_parameter_out_of_bounds_is_no_error(open_page, busy, page, name):
    for value in GARBAGE:
        run(open_page(f"pages/{page}.py", **{"kind": "customer", name: value}))


def test_every_page_with_parameters_of_its_own_is_known_here():
    lists = {"credit_memos", "employees", "journal_entries", "purchases", "tax_codes", "departments"}  # like bills, accounts, classes
    assert set(KNOWN) | lists == {each.name for each in menu.ENTRIES}


def test_a_number_is_one_that_a_column_can_hold():
    assert address.whole(str(address.LARGEST)) == address.LARGEST
    assert address.whole(str(address.LARGEST + 1)) is None
