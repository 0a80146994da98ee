"""Consent, codes, tokens that age, and everything that can end a sign-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, Retriable, TransportLost
from syncengine.quickbooks import IDENTITY_SCOPES, SCOPE, Call, CallKind, Client, Endpoints, MemoryTokenStore, Tokens, read_callback
from tests.unit.quickbooks.emulated.place import APP, vendor


def test_a_consent_becomes_a_working_client(place):
    oauth = place.client().oauth
    with place.make_session() as session:
        answer = session.get(oauth.authorize_url("s-1") + f"&realmId={place.realm_id}", allow_redirects=False, timeout=10)
    grant = read_callback(dict(parse_qsl(urlsplit(answer.headers["Location"]).query)), state="s-1")
    assert grant.realm_id == place.realm_id
    tokens = oauth.exchange(grant.code)
    assert tokens.hard_expires_at - place.clock.now() > timedelta(days=365)
    assert place.client(store=MemoryTokenStore(tokens)).company_info().payload["CompanyName"]
    with pytest.raises(ConnectionRevoked):
        oauth.exchange(grant.code)


def test_an_old_access_token_is_renewed_on_the_way(place):
    store = MemoryTokenStore(replace(place.grant(), access_expires_at=place.clock.now()))
    calls: list[Call] = []
    place.client(store=store, on_call=calls.append).company_info()
    assert [call.kind for call in calls] == [CallKind.TOKEN, CallKind.READ]
    assert store.load().version == 1


def test_a_token_that_ended_without_our_noticing_is_renewed_once(near, clock):
    store = MemoryTokenStore(near.grant())
    store.save(replace(store.load(), access_expires_at=clock.now() + timedelta(days=2)))
    calls: list[Call] = []
    client = near.client(store=store, on_call=calls.append)
    clock.advance(3700)
    client.create("Vendor", vendor("Late"), requestid="r-1")
    assert [(call.kind, call.status) for call in calls] == [(CallKind.WRITE, 401), (CallKind.TOKEN, 200), (CallKind.WRITE, 200)]
    assert {call.requestid for call in calls if call.kind is CallKind.WRITE} == {"r-1"}


def test_a_year_of_days_is_survived_though_the_refresh_token_changes(near, clock):
    client = near.client()
    for _ in range(365):
        clock.advance(86_400)
        client.company_info()


def test_a_pair_idle_for_a_hundred_days_has_to_be_connected_again(near, clock):
    client = near.client()
    clock.advance(102 * 86_400)
    with pytest.raises(ConnectionRevoked):
        client.company_info()


def test_what_the_owner_took_back_in_quickbooks_is_over(place):
    client = place.client()
    client.company_info()
    place.control("actor", {"realm_id": place.realm_id, "action": "disconnect"})
    with pytest.raises(ConnectionRevoked):
        client.company_info()


def test_what_we_gave_back_is_over_for_every_client(place):
    store = MemoryTokenStore(place.grant())
    client = place.client(store=store)
    client.oauth.revoke(store.load().refresh)
    client.oauth.revoke(store.load().refresh)
    with pytest.raises(ConnectionRevoked):
        client.company_info()


@pytest.mark.parametrize("kind", ["token_endpoint_500", "token_endpoint_429"])
def test_an_ailing_token_endpoint_ends_nothing(place, kind):
    store = MemoryTokenStore(replace(place.grant(), access_expires_at=place.clock.now()))
    client = place.client(store=store)
    place.fault(kind, count=1)
    with pytest.raises(Retriable):
        client.create("Vendor", vendor("Patient"), requestid="r-1")
    client.create("Vendor", vendor("Patient"), requestid="r-1")


def test_a_rotation_that_was_lost_is_told_as_such(near, clock):
    store = MemoryTokenStore(near.grant())
    client = near.client(store=store)
    clock.advance(2 * 86_400)
    near.fault("rotation_lost", count=1)
    with pytest.raises(TransportLost):
        client.create("Vendor", vendor("Lost"), requestid="r-1")
    with pytest.raises(ConnectionRevoked):
        client.create("Vendor", vendor("Lost"), requestid="r-1")


def test_a_lost_answer_of_the_token_endpoint_does_no_harm_while_the_value_is_the_same(near, clock):
    client = near.client()
    clock.advance(3600)
    near.fault("rotation_lost", count=1)
    with pytest.raises(TransportLost):
        client.create("Vendor", vendor("Found"), requestid="r-1")
    client.create("Vendor", vendor("Found"), requestid="r-1")


def test_another_companys_realm_is_refused_and_nothing_is_renewed(near):
    calls: list[Call] = []
    client = near.client(realm_id="123", on_call=calls.append)
    with pytest.raises(AccessDenied):
        client.company_info()
    assert [call.kind for call in calls] == [CallKind.READ]


def consented(place, client: Client, scopes: tuple[str, ...]) -> Tokens:
    """The tokens of a consent to `scopes`."""
    with place.make_session() as session:
        address = client.oauth.authorize_url("s-1", scopes) + f"&realmId={place.realm_id}"
        answer = session.get(address, allow_redirects=False, timeout=10)
    return client.oauth.exchange(read_callback(dict(parse_qsl(urlsplit(answer.headers["Location"]).query)), state="s-1").code)


def test_who_signed_in_is_told_to_whom_was_allowed_to_know(place):
    tokens = consented(place, place.client(), (SCOPE, *IDENTITY_SCOPES))
    user = place.client(store=MemoryTokenStore(tokens)).user_info()
    assert user.sub
    assert "@" in user.email
    nameless = place.client(store=MemoryTokenStore(consented(place, place.client(), (SCOPE,))))
    with pytest.raises(AccessDenied, match="openid"):
        nameless.user_info()
    assert nameless.company_info().payload["CompanyName"]


def test_the_discovery_document_leads_to_endpoints_that_work(place):
    said = place.client().oauth.discover()
    assert said.issuer
    assert said.jwks
    endpoints = said.endpoints(place.url)
    assert (endpoints.token, endpoints.revoke) == (said.token, said.revoke)
    store = MemoryTokenStore(replace(place.grant(), access_expires_at=place.clock.now()))
    assert place.client(store=store, endpoints=endpoints).company_info().payload["CompanyName"]
    assert store.load().version == 1


def test_the_reconnect_page_is_asked_for_the_company(place):
    app = replace(APP, app_id=APP.client_id)
    address = place.client(app=app).oauth.reconnect_url(place.realm_id)
    assert address.startswith(Endpoints.emulator(place.url).reconnect)
    assert dict(parse_qsl(urlsplit(address).query)) == {"appId": APP.client_id, "realmId": place.realm_id, "mode": "reconnect"}
    with pytest.raises(ConfigurationError):
        place.client().oauth.reconnect_url(place.realm_id)


def test_a_sibling_that_renews_first_is_followed_if_it_shares_the_store_and_the_end_if_not(near, clock):
    store = MemoryTokenStore(near.grant())
    first, second = near.client(store=store), near.client(store=store)
    clock.advance(3600)
    first.company_info()
    second.company_info()
    assert store.load().version == 1
    clock.advance(3600)
    near.fault("sibling_refreshed", count=1)
    with pytest.raises(ConnectionRevoked):
        first.company_info()


def test_a_rotation_that_gives_the_same_value_again_is_no_trouble(near, clock):
    store = MemoryTokenStore(near.grant())
    before = store.load().refresh
    clock.advance(2 * 86_400)
    near.fault("rotation_skipped", count=1)
    near.client(store=store).company_info()
    assert (store.load().refresh, store.load().version) == (before, 1)


def test_an_invalid_grant_ends_the_connection_only_where_nobody_has_renewed_it(near, clock):
    store = MemoryTokenStore(near.grant())
    client = near.client(store=store)
    clock.advance(3600)
    near.fault("invalid_grant", count=1)
    with pytest.raises(ConnectionRevoked):
        client.company_info()
    assert client.company_info().payload["CompanyName"]
