"""Addresses, and where a token must not go."""

from __future__ import annotations

import pytest

from syncengine.errors import ConfigurationError
from syncengine.quickbooks import Endpoints
from syncengine.quickbooks.endpoints import is_loopback


def test_sandbox_and_production_differ_in_the_api_alone():
    production, sandbox = Endpoints.production(), Endpoints.sandbox()
    assert production.api == "https://quickbooks.api.intuit.com"
    assert sandbox.api == "https://sandbox-quickbooks.api.intuit.com"
    assert (production.authorize, production.token, production.revoke) == (sandbox.authorize, sandbox.token, sandbox.revoke)


def test_an_emulator_keeps_intuits_paths_on_one_host():
    endpoints = Endpoints.emulator("http://127.0.0.1:8950/")
    assert endpoints.api == "http://127.0.0.1:8950"
    assert endpoints.token == "http://127.0.0.1:8950/oauth2/v1/tokens/bearer"


@pytest.mark.parametrize(
    "address", ["http://quickbooks.example", "ftp://127.0.0.1", "quickbooks.example", "", "http://127.0.0.1.example"]
)
def test_a_token_goes_nowhere_in_the_clear_but_to_this_machine(address):
    with pytest.raises(ConfigurationError):
        Endpoints.emulator(address)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://127.1.2.3", True),
        ("https://quickbooks.test", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_told_by_the_host(address, here):
    assert is_loopback(address) is here
