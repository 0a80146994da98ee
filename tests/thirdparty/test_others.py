"""intuit-oauth for Node, and qbosdk: everything that they offer."""

from __future__ import annotations

import pytest

from tests.thirdparty import verdict
from tests.thirdparty.emulated import Server
from tests.thirdparty.verdict import Report

#: Client -> its driver and its environment.
DRIVERS = {"intuit-oauth": ("drive_intuit_oauth.js", "node"), "qbosdk": ("drive_qbosdk.py", "python")}


@pytest.fixture(scope="module", params=DRIVERS)
def report(request: pytest.FixtureRequest, server: Server) -> Report:
    """Each client's walk, once."""
    driver, environment = DRIVERS[request.param]
    return verdict.run(driver, request.getfixturevalue(environment), server)


def test_nothing_that_it_offers_is_left_out(report):
    assert report.left_out() == []


def test_every_operation_gives_what_it_gives_at_quickbooks(report):
    assert report.wrong({}) == []
