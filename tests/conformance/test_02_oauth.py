"""OAuth 2 and OpenID Connect: consent, codes, tokens and their ends, discovery, claims, and the signature of id tokens."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from syncengine.emulator import Emulator, Request, Response
from tests.unit.emulator.desk import Desk

HOUR, DAY = 3600, 86_400
BACK = "https://app.example.com/callback"
ACCOUNTING = "com.intuit.quickbooks.accounting"


def basic(client: str = "app", secret: str = "secret") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


def token(desk: Desk, client: str = "app", secret: str = "secret", **form: str) -> Response:
    headers = {**basic(client, secret), "Content-Type": "application/x-www-form-urlencoded"}
    return desk.emulator.handle(Request("POST", "/oauth2/v1/tokens/bearer", headers, urlencode(form).encode()))


def refresh(desk: Desk, value: str) -> Response:
    return token(desk, grant_type="refresh_token", refresh_token=value)


def authorize(desk: Desk, method: str = "GET", **changes: str | None) -> Response:
    wish = {"client_id": "app", "response_type": "code", "scope": f"{ACCOUNTING} openid", "redirect_uri": BACK, "state": "s/1 &", **changes}
    text = urlencode({name: value for name, value in wish.items() if value is not None})
    if method == "POST":
        return desk.emulator.handle(Request("POST", "/connect/oauth2", {}, text.encode()))
    return desk.emulator.handle(Request("GET", f"/connect/oauth2?{text}"))


def came_back(response: Response) -> dict[str, str]:
    assert response.status == 302, response.body
    assert response.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def exchanged(desk: Desk, **changes: str | None) -> dict:
    code = came_back(authorize(desk, **changes))["code"]
    response = token(desk, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert response.status == 200, response.body
    return json.loads(response.body)


def error(response: Response) -> tuple[int, str]:
    return response.status, json.loads(response.body)["error"]


# Consent


def test_a_yes_leads_back_with_code_state_and_realm(desk: Desk):
    back = came_back(authorize(desk))
    assert back.keys() == {"code", "state", "realmId"}
    assert (back["state"], back["realmId"]) == ("s/1 &", desk.realm)


def test_a_no_leads_back_with_access_denied(desk: Desk):
    assert came_back(authorize(desk, emulator_answer="deny")) == {"error": "access_denied", "state": "s/1 &"}


def test_the_page_shows_who_asks_for_what_and_offers_the_companies(make):
    desk = make(auto_approve=False)
    other = desk.emulator.add_company("demo", name="Tom & <Jerry>")
    desk.control("POST", "apps", {"client_id": "app", "name": "My <App>"})
    page = authorize(desk, scope=f"{ACCOUNTING} openid email")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = page.body.decode()
    for each in ("My &lt;App&gt;", "Read and change the company&#x27;s books", "Know who you are", "Your e-mail address", "Tom &amp; &lt;Jerry&gt;", other.realm, desk.realm,
                 'value="allow"', 'value="deny"', 'action="/connect/oauth2"'):  # fmt: skip
        assert each in text
    assert "<App>" not in text


def test_the_pages_form_answers_for_the_company_that_was_chosen(make):
    desk = make(auto_approve=False)
    other = desk.emulator.add_company("demo")
    back = came_back(authorize(desk, "POST", emulator_answer="allow", realmId=other.realm))
    assert (back["realmId"], back["state"]) == (other.realm, "s/1 &")
    assert came_back(authorize(desk, "POST", emulator_answer="deny"))["error"] == "access_denied"


def test_a_sign_in_without_accounting_has_no_realm(desk: Desk):
    assert "realmId" not in came_back(authorize(desk, scope="openid profile"))


@pytest.mark.parametrize(
    "changes",
    [{"client_id": None}, {"response_type": "token"}, {"redirect_uri": None}, {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": "https:///x"}, {"realmId": "1"}],
)
def test_a_wish_that_makes_no_sense_sends_nobody_anywhere(desk: Desk, changes):
    assert error(authorize(desk, **changes)) == (400, "invalid_request")


@pytest.mark.parametrize("scope", [None, "", "com.example.everything", f"{ACCOUNTING} admin"])
def test_an_unknown_scope_is_told_to_the_app(desk: Desk, scope):
    assert came_back(authorize(desk, scope=scope)) == {"error": "invalid_scope", "state": "s/1 &"}


def test_a_redirect_uri_has_to_be_one_that_the_app_has_registered(desk: Desk):
    status, app = desk.control("POST", "apps", {"client_id": "app", "redirect_uris": [BACK]})
    assert (status, app["redirect_uris"]) == (200, [BACK])
    assert "code" in came_back(authorize(desk))
    assert error(authorize(desk, redirect_uri=BACK + "/other")) == (400, "invalid_request")


def test_the_reconnect_page_leads_to_the_url_that_the_app_has_named(desk: Desk):
    asked = Request("GET", f"/app/connect/oauth2/request?appId=app&realmId={desk.realm}&mode=reconnect")
    assert desk.emulator.handle(asked).status == 400
    desk.control("POST", "apps", {"client_id": "app", "reconnect_url": BACK})
    response = desk.emulator.handle(asked)
    assert (response.status, response.headers["Location"]) == (302, f"{BACK}?realmId={desk.realm}")


# Codes


def test_a_code_gives_tokens_once(desk: Desk):
    code = came_back(authorize(desk))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    answer = json.loads(token(desk, **form).body)
    assert answer.keys() == {"token_type", "access_token", "expires_in", "refresh_token", "x_refresh_token_expires_in", "id_token"}
    assert (answer["token_type"], answer["expires_in"], answer["x_refresh_token_expires_in"]) == ("bearer", 3600, 8_726_400)
    assert error(token(desk, **form)) == (400, "invalid_grant")


@pytest.mark.parametrize(("switch", "status"), [("refused", 200), ("revokes", 401)])
def test_a_code_that_comes_twice_may_end_its_grant(make, switch, status):
    desk = make(code_reuse=switch)
    code = came_back(authorize(desk))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    desk.tokens = json.loads(token(desk, **form).body)
    assert token(desk, **form).status == 400
    assert desk.ask("GET", "term/1").status == status


def test_a_code_is_of_one_app_one_address_and_ten_minutes(desk: Desk, clock):
    code = came_back(authorize(desk))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert error(token(desk, **{**form, "redirect_uri": BACK + "x"})) == (400, "invalid_grant")
    assert error(token(desk, "other", "x", **form)) == (400, "invalid_grant")
    assert error(token(desk, grant_type="authorization_code", code="nonsense", redirect_uri=BACK)) == (400, "invalid_grant")
    clock.advance(601)
    assert error(token(desk, **form)) == (400, "invalid_grant")


# The token endpoint


@pytest.mark.parametrize(("client", "secret"), [("app", "wrong"), ("", "secret"), ("app", "")])
def test_a_wrong_client_is_a_401(desk: Desk, client, secret):
    response = token(desk, client, secret, grant_type="refresh_token", refresh_token=desk.tokens["refresh_token"])
    assert (response.status, response.body) == (401, b'{"error":"invalid_client"}')


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Basic YQ", "Bearer abc", "Basic é"])
def test_credentials_that_cannot_be_read_are_a_401(desk: Desk, header):
    body = urlencode({"grant_type": "refresh_token", "refresh_token": desk.tokens["refresh_token"]}).encode()
    response = desk.emulator.handle(Request("POST", "/oauth2/v1/tokens/bearer", {"Authorization": header}, body))
    assert error(response) == (401, "invalid_client")


def test_an_unknown_client_introduces_itself_or_is_refused(make):
    assert error(token(make(), "new", "x", grant_type="refresh_token", refresh_token="RT1-x")) == (400, "invalid_grant")
    assert error(token(make(unknown_clients="refused"), "new", "x", grant_type="refresh_token", refresh_token="RT1-x")) == (401, "invalid_client")


def test_a_missing_and_an_unknown_grant_type_are_told_apart(desk: Desk):
    assert error(token(desk)) == (400, "invalid_request")
    assert error(token(desk, grant_type="password")) == (400, "unsupported_grant_type")


def test_json_is_no_form(desk: Desk):
    headers = {**basic(), "Content-Type": "application/json"}
    assert desk.emulator.handle(Request("POST", "/oauth2/v1/tokens/bearer", headers, b"{}")).status == 415


def test_what_the_endpoint_says_is_json_with_the_headers_that_sdks_quote(desk: Desk):
    for response in (refresh(desk, desk.tokens["refresh_token"]), refresh(desk, "nonsense")):
        assert response.headers["Content-Type"] == "application/json;charset=utf-8"
        assert response.headers["intuit_tid"].startswith("1-69691d10-")
        assert response.headers["date"] == "Thu, 15 Jan 2026 17:00:00 GMT"
        assert "no-store" in response.headers["Cache-Control"]


def test_the_endpoint_takes_a_post_only(desk: Desk):
    assert desk.emulator.handle(Request("GET", "/oauth2/v1/tokens/bearer")).status == 405


# Ages


def test_an_access_token_lives_for_an_hour(desk: Desk, clock):
    clock.advance(HOUR - 1)
    assert desk.ask("GET", "term/1").status == 200
    clock.advance(1)
    assert desk.ask("GET", "term/1").status == 401


def test_a_refresh_token_keeps_its_value_for_a_day_and_then_changes(desk: Desk, clock):
    first = desk.tokens["refresh_token"]
    assert json.loads(refresh(desk, first).body)["refresh_token"] == first
    clock.advance(DAY)
    second = json.loads(refresh(desk, first).body)["refresh_token"]
    assert second != first
    assert refresh(desk, second).status == 200


def test_a_superseded_value_fails_at_once_or_after_its_grace(make, clock):
    for grace, status in ((0, 400), (DAY, 200)):
        desk = make(rotate_every_refresh=True, refresh_grace_seconds=grace)
        first = desk.tokens["refresh_token"]
        refresh(desk, first)
        response = refresh(desk, first)
        assert response.status == status
    clock.advance(DAY)
    assert error(refresh(desk, first)) == (400, "invalid_grant")


def test_a_refresh_token_dies_after_101_idle_days_and_each_use_gives_101_more(desk: Desk, clock):
    value = desk.tokens["refresh_token"]
    for _ in range(3):
        clock.advance(100 * DAY)
        value = json.loads(refresh(desk, value).body)["refresh_token"]
    clock.advance(101 * DAY)
    assert error(refresh(desk, value)) == (400, "invalid_grant")


def test_five_years_after_the_consent_everything_ends(desk: Desk, clock):
    value = desk.tokens["refresh_token"]
    for _ in range(18):
        clock.advance(100 * DAY)
        value = json.loads(refresh(desk, value).body)["refresh_token"]
    clock.advance(25 * DAY)
    assert error(refresh(desk, value)) == (400, "invalid_grant")


def test_the_hard_end_is_told_to_who_sends_the_header(desk: Desk, clock):
    clock.advance(DAY)
    body = urlencode({"grant_type": "refresh_token", "refresh_token": desk.tokens["refresh_token"]}).encode()
    told = {}
    for flag in ("true", "false"):
        headers = {**basic(), "x-include-refresh-token-hard-expires-in": flag}
        told[flag] = json.loads(desk.emulator.handle(Request("POST", "/oauth2/v1/tokens/bearer", headers, body)).body)
    assert told["true"]["x_refresh_token_hard_expires_in"] == (5 * 365 - 1) * DAY
    assert "x_refresh_token_hard_expires_in" not in told["false"]


def test_the_two_wordings_of_a_bad_refresh_token(make):
    assert refresh(make(invalid_grant_description=False), "x").body == b'{"error":"invalid_grant"}'
    assert json.loads(refresh(make(), "x").body) == {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}


# Ends


@pytest.mark.parametrize("form", ["json", "form"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both_and_answers_with_nothing(desk: Desk, form, which):
    body = json.dumps({"token": desk.tokens[which]}) if form == "json" else urlencode({"token": desk.tokens[which]})
    response = desk.emulator.handle(Request("POST", "/v2/oauth2/tokens/revoke", basic(), body.encode()))
    assert (response.status, response.body) == (200, b"")
    assert desk.ask("GET", "term/1").status == 401
    assert refresh(desk, desk.tokens["refresh_token"]).status == 400


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"token":5}', b'{"token":""}', b"token=", b"\xff", b'{"token":"\xc3\xa9"}', b"[" * 9999])
def test_revoking_what_is_no_token_is_refused(desk: Desk, body):
    assert desk.emulator.handle(Request("POST", "/v2/oauth2/tokens/revoke", basic(), body)).status == 400
    assert desk.emulator.handle(Request("POST", "/v2/oauth2/tokens/revoke", {}, body)).status == 401
    assert desk.ask("GET", "term/1").status == 200


def test_the_owner_disconnects_the_app_in_quickbooks(desk: Desk):
    desk.act("disconnect")
    assert desk.ask("GET", "term/1").status == 401
    assert error(refresh(desk, desk.tokens["refresh_token"])) == (400, "invalid_grant")
    assert "code" in came_back(authorize(desk))


# OpenID Connect


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("name", "user_info"), [("openid_configuration", "accounts"), ("openid_sandbox_configuration", "sandbox-accounts")])
def test_the_discovery_document_has_all_that_intuits_has(desk: Desk, name, user_info, slash):
    response = desk.emulator.handle(Request("GET", f"/.well-known/{name}{slash}", {"Host": "developer.intuit.com"}))
    assert json.loads(response.body) == {
        "issuer": "https://oauth.platform.intuit.com/op/v1",
        "authorization_endpoint": "https://appcenter.intuit.com/connect/oauth2",
        "token_endpoint": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"https://{user_info}.platform.intuit.com/v1/openid_connect/userinfo",
        "revocation_endpoint": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        "jwks_uri": "https://oauth.platform.intuit.com/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def test_over_a_socket_every_endpoint_is_the_emulators_own(desk: Desk):
    told = json.loads(desk.emulator.handle(Request("GET", "/.well-known/openid_configuration", {"Host": "127.0.0.1:8950"})).body)
    endpoints = [value for name, value in told.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 5
    assert all(each.startswith("http://127.0.0.1:8950/") for each in endpoints)


def keys(desk: Desk) -> dict:
    return json.loads(desk.emulator.handle(Request("GET", "/op/v1/jwks")).body)


def test_an_id_token_is_signed_with_the_key_that_jwks_shows(desk: Desk):
    signed = exchanged(desk)["id_token"]
    found = jwt.decode(signed, KeySet.import_key_set(keys(desk)), algorithms=["RS256"])
    assert found.header.keys() == {"kid", "alg"}
    assert found.claims.keys() == {"sub", "aud", "realmid", "auth_time", "iss", "exp", "iat"}
    assert (found.claims["aud"], found.claims["realmid"], found.claims["iss"]) == (["app"], desk.realm, "https://oauth.platform.intuit.com/op/v1")
    assert (found.claims["iat"], found.claims["exp"] - found.claims["iat"]) == (1768496400, 3600)


def test_another_key_does_not_verify_it(make):
    signed = exchanged(make(seed=1))["id_token"]
    with pytest.raises(Exception, match=r"key|signature"):
        jwt.decode(signed, KeySet.import_key_set(keys(make(seed=2))), algorithms=["RS256"])


def test_the_key_is_a_real_one_and_a_restart_keeps_it(tmp_path, clock):
    shown = []
    for seed in (5, 6):
        emulator = Emulator(tmp_path / "books.db", clock=clock, seed=seed)
        shown.append(json.loads(emulator.handle(Request("GET", "/op/v1/jwks")).body))
        emulator.close()
    (key,) = shown[0]["keys"]
    assert (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")
    assert len(base64.urlsafe_b64decode(key["n"] + "==")) == 256
    assert shown[0] == shown[1]


def user_info(desk: Desk, access: str) -> Response:
    return desk.emulator.handle(Request("GET", "/v1/openid_connect/userinfo", {"Authorization": f"Bearer {access}"}))


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "emailVerified"}),
        ("openid profile", {"sub", "givenName", "familyName"}),
        ("openid phone address", {"sub", "phoneNumber", "phoneNumberVerified", "address"}),
        (f"{ACCOUNTING} openid email profile", {"sub", "email", "emailVerified", "givenName", "familyName"}),
    ],
)
def test_user_info_tells_what_the_scope_opens(desk: Desk, scope, claims):
    answer = exchanged(desk, scope=scope)
    told = json.loads(user_info(desk, answer["access_token"]).body)
    assert told.keys() == claims
    assert told["sub"] == json.loads(base64.urlsafe_b64decode(answer["id_token"].split(".")[1] + "=="))["sub"]


def test_user_info_needs_a_living_token_with_openid(desk: Desk, clock):
    access = exchanged(desk)["access_token"]
    assert user_info(desk, access).status == 200
    assert user_info(desk, desk.tokens["access_token"]).status == 401
    assert user_info(desk, "nonsense").status == 401
    clock.advance(HOUR)
    response = user_info(desk, access)
    assert response.status == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_token_without_accounting_opens_no_company(desk: Desk):
    desk.tokens = exchanged(desk, scope="openid")
    response = desk.ask("GET", "term/1")
    assert response.status == 403
    assert json.loads(response.body)["fault"]["error"][0]["code"] == "3100"


def test_pkce_is_ignored_as_intuit_does_not_document_it(desk: Desk):
    code = came_back(authorize(desk, code_challenge="x", code_challenge_method="S256"))["code"]
    assert token(desk, grant_type="authorization_code", code=code, redirect_uri=BACK).status == 200
