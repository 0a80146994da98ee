"""python-quickbooks with intuit-oauth: everything that they offer, on every entity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.thirdparty import verdict
from tests.thirdparty.emulated import Server
from tests.thirdparty.verdict import Refused, Report

#: What QuickBooks itself refuses, and how.
REFUSED: Refused = {
    # A tax agency can only be created.
    ("TaxAgency", "save (update)"): "Unsupported Exception 500: Unsupported Operation",
    # The client itself knows no creating of a company.
    ("CompanyInfo", "save (create)"): "CompanyInfo is not a valid QBO Business Object",
    # TaxService only creates: what is sent with an id is taken for one more code of the same name.
    ("TaxService", "save (update)"): "QB Exception 6240: Duplicate Name Exists Error",
    # The address is one of OAuth 1, which ended in 2019.
    ("QuickBooks", "get_current_user"): "Error reading json response",
}


@pytest.fixture(scope="module")
def report(server: Server, python: Path) -> Report:
    """The client's walk, once."""
    return verdict.run("drive_python_quickbooks.py", python, server)


def test_nothing_that_it_offers_is_left_out(report):
    assert report.left_out() == []


def test_every_operation_gives_what_it_gives_at_quickbooks(report):
    assert report.wrong(REFUSED) == []


def test_what_quickbooks_refuses_is_refused_in_its_words(report):
    assert report.not_as_refused(REFUSED) == []
