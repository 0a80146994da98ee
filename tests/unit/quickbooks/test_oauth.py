"""Signing in: the consent page, the code, and the end of a grant."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, Refused, ServiceDown
from syncengine.quickbooks import App, CallKind, read_callback
from tests.unit.quickbooks.scripted import Said, granted


@pytest.fixture
def oauth(bench):
    return bench.client.oauth


def test_the_consent_page_is_told_who_asks_and_for_what(oauth, script):
    address = urlsplit(oauth.authorize_url("state+1&x"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{script.url}/connect/oauth2"
    assert parse_qs(address.query) == {
        "client_id": ["id-of-the-app"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["https://tieout.example/callback"],
        "state": ["state+1&x"],
    }


def test_a_code_becomes_a_pair(oauth, script, clock, bench):
    script.answers = [granted("access-1", "refresh-1", x_refresh_token_hard_expires_in=100)]
    pair = oauth.exchange("code-1")
    assert (pair.access, pair.refresh, pair.version) == ("access-1", "refresh-1", 0)
    assert pair.hard_expires_at == clock.now() + timedelta(seconds=100)
    (asked,) = script.asked
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["code-1"],
        "redirect_uri": ["https://tieout.example/callback"],
    }
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"id-of-the-app:secret-of-the-app"
    assert bench.calls[0].kind is CallKind.TOKEN


def test_a_code_that_was_used_asks_for_a_new_sign_in(oauth, script):
    script.answers = [Said(400, b'{"error":"invalid_grant"}')]
    with pytest.raises(ConnectionRevoked, match="Connect"):
        oauth.exchange("code-1")


def test_a_wrong_secret_is_a_matter_of_configuration(oauth, script):
    script.answers = [Said(401, b'{"error":"invalid_client"}')]
    with pytest.raises(ConfigurationError, match="client id"):
        oauth.exchange("code-1")


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (b'{"access_token":"a","refresh_token":"r"}', 3600),
        (b'{"access_token":"a","refresh_token":"r","expires_in":"1800"}', 1800),
        (b'{"access_token":"a","refresh_token":"r","expires_in":"soon"}', 3600),
        (b'{"access_token":"a","refresh_token":"r","expires_in":true}', 3600),
        (b'{"access_token":"a","refresh_token":"r","expires_in":99999999999999999999}', 3600),
    ],
)
def test_lifetimes_may_be_missing_or_text(oauth, script, clock, answer, seconds):
    script.answers = [Said(200, answer)]
    pair = oauth.exchange("code-1")
    assert pair.access_expires_at == clock.now() + timedelta(seconds=seconds)
    assert pair.hard_expires_at is None


@pytest.mark.parametrize("status", [200, 400])
def test_a_grant_is_given_back_once_and_twice(oauth, script, status):
    script.answers = [Said(status)]
    oauth.revoke("refresh-1")
    assert script.asked[0].path == "/v2/oauth2/tokens/revoke"
    assert script.asked[0].body == b'{"token":"refresh-1"}'


def test_a_grant_that_could_not_be_given_back_is_tried_again_later(oauth, script):
    script.answers = [Said(503)]
    with pytest.raises(ServiceDown):
        oauth.revoke("refresh-1")


def test_the_callback_names_code_and_company():
    grant = read_callback({"code": "c", "realmId": "9130", "state": "s"}, state="s")
    assert (grant.code, grant.realm_id) == ("c", "9130")
    assert "'c'" not in repr(grant)


@pytest.mark.parametrize(
    ("parameters", "state", "error"),
    [
        ({"code": "c", "realmId": "1", "state": "other"}, "s", Refused),
        ({"code": "c", "realmId": "1", "state": "ß"}, "s", Refused),
        ({"code": "c", "realmId": "1"}, "s", Refused),
        ({"code": "c", "realmId": "1", "state": ""}, "", Refused),
        ({"code": "c", "state": "s"}, "s", Refused),
        ({"realmId": "1", "state": "s"}, "s", Refused),
        ({"error": "access_denied", "state": "s"}, "s", AccessDenied),
        ({"error": "access_denied", "state": "other"}, "s", Refused),
    ],
)
def test_a_callback_that_grants_nothing_is_told_apart(parameters, state, error):
    with pytest.raises(error):
        read_callback(parameters, state=state)


def test_the_apps_secret_shows_nowhere(oauth):
    assert "secret" not in repr(App("id", "secret"))
    assert "secret-of" not in repr(oauth)
