"""OAuth 2: consent, tokens, their rotation and their end."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from syncengine.emulator import Request, Response
from tests.unit.emulator.desk import Desk

HOUR, DAY = 3600, 86_400


def token(desk: Desk, client: str = "app", secret: str = "secret", *, headers: dict[str, str] | None = None, **form: str) -> Response:
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    sent = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    return desk.emulator.handle(Request("POST", "/oauth2/v1/tokens/bearer", sent, urlencode(form).encode()))


def refresh(desk: Desk, value: str, **more) -> Response:
    return token(desk, grant_type="refresh_token", refresh_token=value, **more)


def works(desk: Desk, access: str) -> bool:
    desk.tokens = {**desk.tokens, "access_token": access}
    return desk.ask("GET", "term/1").status == 200


def test_a_token_response_has_what_intuits_has(desk: Desk):
    answer = json.loads(refresh(desk, desk.tokens["refresh_token"]).body)
    assert answer.keys() == {"token_type", "access_token", "expires_in", "refresh_token", "x_refresh_token_expires_in"}
    assert (answer["token_type"], answer["expires_in"], answer["x_refresh_token_expires_in"]) == ("bearer", 3600, 8_726_400)
    assert desk.tokens["realmId"] == desk.realm


def test_a_refresh_gives_a_new_access_token_and_for_a_day_the_same_refresh_token(desk: Desk, clock):
    first = desk.tokens["refresh_token"]
    clock.advance(DAY - 1)
    answer = json.loads(refresh(desk, first).body)
    assert answer["refresh_token"] == first
    assert answer["access_token"] != desk.tokens["access_token"]
    assert works(desk, answer["access_token"])
    clock.advance(1)
    rotated = json.loads(refresh(desk, first).body)["refresh_token"]
    assert rotated != first
    response = refresh(desk, first)
    assert (response.status, json.loads(response.body)["error"]) == (400, "invalid_grant")
    assert refresh(desk, rotated).status == 200


def test_earlier_access_tokens_live_out_their_hour(desk: Desk, clock):
    clock.advance(HOUR // 2)
    first = desk.tokens["access_token"]
    assert refresh(desk, desk.tokens["refresh_token"]).status == 200
    assert works(desk, first)
    clock.advance(HOUR // 2)
    assert not works(desk, first)


def test_every_refresh_can_rotate_and_an_old_value_can_have_grace(make, clock):
    desk = make(rotate_every_refresh=True, refresh_grace_seconds=60)
    first = desk.tokens["refresh_token"]
    second = json.loads(refresh(desk, first).body)["refresh_token"]
    assert second != first
    assert json.loads(refresh(desk, first).body)["refresh_token"] == second
    clock.advance(61)
    assert refresh(desk, first).status == 400
    assert refresh(desk, second).status == 200


def test_the_words_of_invalid_grant_are_a_switch(make):
    assert refresh(make(invalid_grant_description=False), "nonsense").body == b'{"error":"invalid_grant"}'
    expected = {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}
    assert json.loads(refresh(make(), "nonsense").body) == expected


def test_a_refresh_token_ends_after_101_idle_days_and_the_consent_after_five_years(desk: Desk, clock):
    value = desk.tokens["refresh_token"]
    for _ in range(18):
        clock.advance(100 * DAY)
        value = json.loads(refresh(desk, value).body)["refresh_token"]
    clock.advance(25 * DAY)
    assert refresh(desk, value).status == 400
    idle = Desk(desk.emulator, "empty")
    clock.advance(101 * DAY)
    assert refresh(idle, idle.tokens["refresh_token"]).status == 400


def test_the_hard_end_is_told_to_who_asks(desk: Desk, clock):
    clock.advance(DAY)
    answer = refresh(desk, desk.tokens["refresh_token"], headers={"x-include-refresh-token-hard-expires-in": "true"})
    assert json.loads(answer.body)["x_refresh_token_hard_expires_in"] == (5 * 365 - 1) * DAY


@pytest.mark.parametrize(("client", "secret"), [("app", "wrong"), ("", "secret"), ("app", "")])
def test_a_client_that_cannot_name_its_secret_is_refused(desk: Desk, client, secret):
    response = token(desk, client, secret, grant_type="refresh_token", refresh_token=desk.tokens["refresh_token"])
    assert (response.status, json.loads(response.body)) == (401, {"error": "invalid_client"})


def test_another_apps_refresh_token_is_no_use(desk: Desk):
    response = token(desk, "other", "x", grant_type="refresh_token", refresh_token=desk.tokens["refresh_token"])
    assert json.loads(response.body)["error"] == "invalid_grant"


def test_credentials_may_stand_in_the_form_and_malformed_ones_do_not_break_it(desk: Desk):
    form = {"grant_type": "refresh_token", "refresh_token": desk.tokens["refresh_token"], "client_id": "app", "client_secret": "secret"}
    answer = token(desk, headers={"Authorization": "Basic ???"}, **form)
    assert answer.status == 200
    assert token(desk, grant_type="password").status == 400


def consent(desk: Desk, **changes: str) -> Response:
    asked = {"client_id": "app", "response_type": "code", "scope": "com.intuit.quickbooks.accounting openid", "state": "s 1", **changes}
    asked.setdefault("redirect_uri", "https://app.example.com/back?x=1")
    asked.setdefault("realmId", desk.realm)
    return desk.emulator.handle(Request("GET", "/connect/oauth2?" + urlencode(asked)))


def came_back(response: Response) -> dict[str, str]:
    assert response.status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def test_a_consent_leads_back_with_a_code_that_works_once(desk: Desk):
    back = came_back(consent(desk))
    assert (back["x"], back["state"], back["realmId"]) == ("1", "s 1", desk.realm)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": "https://app.example.com/back?x=1"}
    answer = json.loads(token(desk, **form).body)
    assert "id_token" in answer
    assert works(desk, answer["access_token"])
    assert json.loads(token(desk, **form).body)["error"] == "invalid_grant"


def test_a_code_is_bound_to_app_address_and_minutes(desk: Desk, clock):
    form = {"grant_type": "authorization_code", "redirect_uri": "https://app.example.com/back?x=1"}
    code = came_back(consent(desk))["code"]
    assert token(desk, code=code, **{**form, "redirect_uri": "https://evil.example.com"}).status == 400
    assert token(desk, "other", "x", code=code, **form).status == 400
    clock.advance(601)
    assert token(desk, code=code, **form).status == 400


def test_the_consent_page_can_wait_for_a_person(make):
    desk = make(auto_approve=False)
    page = consent(desk, state='"><script>')
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<script>" not in page.body
    assert "code" in came_back(consent(desk, emulator_answer="allow"))
    assert came_back(consent(desk, emulator_answer="deny"))["error"] == "access_denied"


@pytest.mark.parametrize("changes", [{"response_type": "token"}, {"client_id": ""}, {"redirect_uri": "javascript:alert(1)"}])
def test_a_malformed_consent_is_refused(desk: Desk, changes):
    assert consent(desk, **changes).status == 400


@pytest.mark.parametrize("form", ["json", "form"])
@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_ends_both_tokens_at_once(desk: Desk, form, which):
    value = desk.tokens[which]
    basic = {"Authorization": "Basic " + base64.b64encode(b"app:secret").decode()}
    body = json.dumps({"token": value}) if form == "json" else urlencode({"token": value})
    revoke = Request("POST", "/v2/oauth2/tokens/revoke", basic, body.encode())
    response = desk.emulator.handle(revoke)
    assert (response.status, response.body) == (200, b"")
    assert not works(desk, desk.tokens["access_token"])
    assert refresh(desk, desk.tokens["refresh_token"]).status == 400
    assert desk.emulator.handle(revoke).status == 400


def test_the_owner_can_disconnect_the_app_in_quickbooks(desk: Desk):
    assert desk.act("disconnect") == {"disconnected": 1}
    assert not works(desk, desk.tokens["access_token"])
    assert refresh(desk, desk.tokens["refresh_token"]).status == 400
    again = desk.emulator.connect(desk.realm, "app", "secret")
    assert works(desk, again["access_token"])


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
def test_discovery_points_to_where_it_was_asked(desk: Desk, name, slash):
    target = f"/.well-known/{name}{slash}"
    local = json.loads(desk.emulator.handle(Request("GET", target, {"Host": "127.0.0.1:8950"})).body)
    assert local["token_endpoint"] == "http://127.0.0.1:8950/oauth2/v1/tokens/bearer"
    hosted = json.loads(desk.emulator.handle(Request("GET", target, {"Host": "developer.intuit.com"})).body)
    assert hosted["token_endpoint"] == "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"


def test_tokens_are_the_same_for_the_same_seed(make):
    assert make(seed=3).tokens["access_token"] == make(seed=3).tokens["access_token"] != make(seed=4).tokens["access_token"]
