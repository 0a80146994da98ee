"""node-quickbooks: every function of its prototype."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.thirdparty import verdict
from tests.thirdparty.emulated import Server
from tests.thirdparty.verdict import Refused, Report

#: What QuickBooks itself refuses, and how.
REFUSED: Refused = {
    # A tax agency can only be created.
    ("TaxAgency", "updateTaxAgency"): "Fault 500: Unsupported Operation",
    # The report is for France.
    ("report", "reportTrialBalanceFR"): "Fault 500: Unsupported Operation",
    # A tax rate is TaxService's, and TaxService only creates.
    ("TaxRate", "updateTaxRate"): "Fault 500: Unsupported Operation",
    # The sandbox company is American.
    ("JournalCode", "createJournalCode"): "Fault 5030: Feature Not Supported",
    ("JournalCode", "getJournalCode"): "Fault 610: Object Not Found",
    ("JournalCode", "updateJournalCode"): "Fault 610: Object Not Found",
    ("JournalCode", "deleteJournalCode"): "Fault 610: Object Not Found",
    # These addresses are those of OAuth 1, which ended in 2019.
    ("node-quickbooks", "reconnect"): "Not Found",
    ("node-quickbooks", "disconnect"): "Not Found",
}


@pytest.fixture(scope="module")
def report(server: Server, node: Path) -> Report:
    """The client's walk, once."""
    return verdict.run("drive_node_quickbooks.js", node, server)


def test_nothing_that_it_offers_is_left_out(report):
    assert report.left_out() == []


def test_every_operation_gives_what_it_gives_at_quickbooks(report):
    assert report.wrong(REFUSED) == []


def test_what_quickbooks_refuses_is_refused_in_its_words(report):
    assert report.not_as_refused(REFUSED) == []
