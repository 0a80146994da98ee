"""Connecting a company through the consent page, and everything that can go wrong with it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from syncengine.engine import connect, setup
from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, Refused, WrongRealm
from syncengine.quickbooks import App, Endpoints
from syncengine.store import connections
from tests.support.world import BASE, World

ASKER = App(client_id="our-app", client_secret="s", redirect_uri="http://localhost:8501/")


def consent(world: World, url: str, company: str) -> dict[str, str]:
    """What the browser ends on after a person has said yes."""
    world.control("switches", {"auto_approve": True})
    with world.site.http(Endpoints.emulator(BASE))() as session:
        reply = session.get(f"{url}&realm_id={company}&realmId={company}", allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


def realm(world: World) -> str:
    """A company at QuickBooks that nobody is connected to."""
    return str(world.control("companies", {"kind": "empty"})["realm_id"])


def test_a_consent_becomes_a_connection_that_syncs(world: World) -> None:
    company = setup.add_real_company(world.site.database, world.clock, "Real", environment="sandbox")
    oauth = connect.sign_in(world.site, Endpoints.emulator(BASE), ASKER)
    there = realm(world)
    answer = consent(world, oauth.authorize_url("state-1"), there)
    connect.accept(world.site, company, oauth, answer, "state-1")

    with world.site.database.reading() as connection:
        row = connections.get(connection, company)
    assert (row["state"], row["environment"]) == ("connected", "sandbox")
    assert there not in str(row["realm"])
    assert answer["code"] not in str(row["tokens"])

    with pytest.raises(ConnectionRevoked):
        connect.accept(world.site, company, oauth, answer, "state-1")
    with pytest.raises(Refused):
        connect.accept(world.site, company, oauth, answer, "another state")
    with pytest.raises(AccessDenied):
        connect.accept(world.site, company, oauth, {"state": "s", "error": "access_denied"}, "s")
    other = consent(world, oauth.authorize_url("state-2"), realm(world))
    with pytest.raises(WrongRealm):
        connect.accept(world.site, company, oauth, other, "state-2")


def test_a_name_that_is_taken_by_a_sample_company_is_refused(world: World) -> None:
    world.company("Harbour")
    with pytest.raises(ConfigurationError, match="already"):
        setup.add_real_company(world.site.database, world.clock, "Harbour", environment="sandbox")


def test_without_the_apps_keys_the_setting_is_named(world: World) -> None:
    company = setup.add_real_company(world.site.database, world.clock, "Real", environment="production")
    with world.site.database.reading() as connection:
        row = connections.get(connection, company)
    with pytest.raises(ConfigurationError, match="TIEOUT_CLIENT_ID"):
        connect.app(world.site, row)
    assert connect.endpoints(world.site, row) == Endpoints.production()
