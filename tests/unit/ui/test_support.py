"""The offer of a report: on the Sync page, with what it holds and leaves out, and whom it goes to."""

from __future__ import annotations

import json

import pytest

from syncengine import commands
from syncengine.ui import support
from tests.unit.ui.conftest import run, texts

PAGE = "pages/sync.py"


def test_it_says_what_is_in_it_and_what_is_left_out(open_page, busy):
    said = texts(open_page(PAGE))
    assert "names of customers, vendors, employees, items, accounts and people" in said
    assert "error codes, QuickBooks' own words, and its trace ids" in said
    assert "No support address is set." in said


def test_the_whole_report_can_be_looked_at_first(open_page, busy):
    at = open_page(PAGE)
    at.toggle(key="support.0.look").set_value(True)
    run(at)
    report = json.loads(at.code[0].value)
    assert report["state"]["light"] == "x"
    assert report["left_out"]


@pytest.mark.parametrize(("address", "says"), [("help@example.com", "to the mail to help@example.com"), ("https://help.example/x", "Add the downloaded file there")])
def test_it_names_whom_to_send_it_to(open_page, busy, address, says):
    commands.change_settings(busy.session, {"support_address": address})
    assert says in texts(open_page(PAGE))


def test_it_is_not_offered_where_all_is_well(open_page, idle):
    assert "What is left out" not in texts(open_page(PAGE))


def test_the_file_is_what_was_looked_at(busy):
    assert json.loads(support.made(busy.session, None))["about"]
