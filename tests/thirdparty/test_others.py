"""intuit-oauth and quickbooks-node-promise for Node, and qbosdk: everything that they offer."""

from __future__ import annotations

import pytest

from tests.thirdparty import verdict
from tests.thirdparty.emulated import Server
from tests.thirdparty.verdict import Refused, Report

PROMISE = "quickbooks-node-promise"
#: Client -> its driver, its environment, and what QuickBooks or the client itself refuses.
DRIVERS: dict[str, tuple[str, str, Refused]] = {
    "intuit-oauth": ("drive_intuit_oauth.js", "node", {}),
    "qbosdk": ("drive_qbosdk.py", "python", {}),
    PROMISE: (
        "drive_node_promise.js", "node",
        {
            # It decodes the signature, which is in another alphabet, by atob.
            (PROMISE, "validateIdToken"): "InvalidCharacterError",
            # It takes the address of a file, which is plain text, for JSON.
            (PROMISE, "download"): "FetchError: invalid json response body",
            (PROMISE, "updateExchangeRate"): "Exchangerate entity cannot be updated",
            # A tax agency and a tax rate can only be created.
            (PROMISE, "updateTaxAgency"): "Fault 500: Unsupported Operation",
            (PROMISE, "updateTaxRate"): "Fault 500: Unsupported Operation",
            # The sandbox company is American.
            (PROMISE, "createJournalCode"): "Fault 5030: Feature Not Supported",
            (PROMISE, "getJournalCode"): "Fault 610: Object Not Found",
            (PROMISE, "updateJournalCode"): "Fault 610: Object Not Found",
            (PROMISE, "deleteJournalCode"): "Fault 610: Object Not Found",
        },
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=DRIVERS)
def walked(request: pytest.FixtureRequest, server: Server) -> tuple[Report, Refused]:
    """Each client's walk, once."""
    driver, environment, refused = DRIVERS[request.param]
    return verdict.run(driver, request.getfixturevalue(environment), server), refused


def test_nothing_that_it_offers_is_left_out(walked):
    assert walked[0].left_out() == []


def test_every_operation_gives_what_it_gives_at_quickbooks(walked):
    report, refused = walked
    assert report.wrong(refused) == []


def test_what_is_refused_is_refused_in_its_words(walked):
    report, refused = walked
    assert report.not_as_refused(refused) == []
