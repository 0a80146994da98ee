"""OAuth 2 as Intuit runs it: consent, tokens that age, refresh tokens whose value changes about once a day, revocation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from syncengine.emulator.clock import Clock
from syncengine.emulator.http import Request, Response
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

_DAY = 86_400
#: An access token lives for an hour, a refresh token for 101 days (Intuit's own numbers), a consent for five years.
ACCESS_SECONDS, REFRESH_SECONDS, CONSENT_SECONDS = 3600, 101 * _DAY, 5 * 365 * _DAY
#: A code has to be exchanged within minutes.
_CODE_SECONDS = 600
_JSON = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Bearer:
    """What an access token stands for."""

    client_id: str
    realm: str
    expires: float


class Refused(Exception):  # noqa: N818 -- the endpoint refuses; nothing failed
    """An answer of the token endpoint that is no token."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description


class Authority:
    """The endpoints that hand out, renew and revoke tokens; state and clock are handed in."""

    def __init__(self, state: State, clock: Clock, switches: Switches, seed: int) -> None:
        self._state = state
        self._clock = clock
        self._switches = switches
        self._seed = seed
        self._bearers: dict[str, Bearer] = {}

    # What the rest of the emulator asks

    def bearer(self, token: str) -> Bearer | None:
        """What a living access token stands for, None for any other text."""
        found = self._bearers.get(token)
        if found is None:
            with self._state.lock:
                row = self._state.execute(
                    'SELECT g.client_id, g.realm, a.expires FROM access a JOIN "grant" g ON g.key = a.grant_key'
                    " WHERE a.token = ? AND g.revoked = 0",
                    (token,),
                ).fetchone()
            if row is None:
                return None
            found = self._bearers[token] = Bearer(*row)
        return found if found.expires > self._clock.now().timestamp() else None

    def connect(self, realm: str, client_id: str, client_secret: str) -> dict[str, Any]:
        """What a person's consent would give: a new grant's token response, with its realmId.

        Raises:
            ValueError: there is no such company.
        """
        with self._state.transaction():
            if self._state.execute("SELECT 1 FROM company WHERE realm = ?", (realm,)).fetchone() is None:
                raise ValueError(f"there is no company {realm}")
            self._register(client_id, client_secret)
            grant = self._grant(client_id, realm, "com.intuit.quickbooks.accounting")
            return {**self._tokens(grant, hard_expiry=True), "realmId": realm}

    def disconnect(self, realm: str) -> int:
        """Revoke every grant of a company, as its owner may do in QuickBooks; returns how many there were."""
        with self._state.transaction():
            count = self._state.execute('UPDATE "grant" SET revoked = 1 WHERE realm = ? AND revoked = 0', (realm,)).rowcount
        self._bearers.clear()
        return count

    # The endpoints

    def authorize(self, request: Request) -> Response:
        """`GET /connect/oauth2`: the consent page, which approves by itself unless the switch says otherwise."""
        asked = request.query
        redirect = asked.get("redirect_uri", "")
        if asked.get("response_type") != "code" or not asked.get("client_id") or urlsplit(redirect).scheme not in {"http", "https"}:
            return _json(
                400, {"error": "invalid_request", "error_description": "client_id, response_type=code and redirect_uri are needed"}
            )
        if asked.get("emulator_answer") == "deny":
            return _redirect(redirect, {"error": "access_denied", "state": asked.get("state", "")})
        realm = asked.get("realmId") or self._first_realm()
        if realm is None:
            return _json(400, {"error": "invalid_request", "error_description": "the emulator has no company"})
        if not self._switches["auto_approve"] and asked.get("emulator_answer") != "allow":
            return _consent_page(request)
        with self._state.transaction():
            code = self._token("AB11", 40)
            self._state.execute(
                "INSERT INTO consent (code, client_id, realm, redirect_uri, scope, expires) VALUES (?, ?, ?, ?, ?, ?)",
                (code, asked["client_id"], realm, redirect, asked.get("scope", ""), self._now() + _CODE_SECONDS),
            )
        return _redirect(redirect, {"code": code, "state": asked.get("state", ""), "realmId": realm})

    def token(self, request: Request) -> Response:
        """`POST /oauth2/v1/tokens/bearer`: exchange a code, or refresh."""
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        hard = request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true"
        try:
            with self._state.transaction():
                client = self._client(request, form)
                return _json(200, self._tokens(self._granted(client, form), hard_expiry=hard))
        except Refused as refused:
            return self._refusal(refused)

    def revoke(self, request: Request) -> Response:
        """`POST /v2/oauth2/tokens/revoke`: end the grant that an access or refresh token belongs to."""
        text = request.body.decode("utf-8", "replace")
        try:
            token = str(json.loads(text)["token"])
        except (ValueError, KeyError, TypeError):
            token = parse_qs(text).get("token", [""])[-1]
        try:
            with self._state.transaction():
                self._end(self._client(request, {}), token)
        except Refused as refused:
            return self._refusal(refused)
        self._bearers.clear()
        return Response(200)

    # How

    def _granted(self, client: str, form: Mapping[str, str]) -> int:
        """The grant that a code or a refresh token stands for."""
        if form.get("grant_type") == "authorization_code":
            return self._exchange(client, form)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(client, form.get("refresh_token", ""))
        raise Refused(400, "unsupported_grant_type")

    def _end(self, client: str, token: str) -> None:
        """Revoke the grant that a token belongs to."""
        row = self._state.execute(
            'SELECT key FROM "grant" WHERE client_id = ? AND revoked = 0 AND (refresh = ? OR superseded = ?'
            " OR key IN (SELECT grant_key FROM access WHERE token = ?))",
            (client, token, token, token),
        ).fetchone()
        if row is None:
            raise Refused(400, "invalid_grant", "Token invalid")
        self._state.execute('UPDATE "grant" SET revoked = 1 WHERE key = ?', row)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _refusal(self, refused: Refused) -> Response:
        body = {"error": refused.error}
        if refused.description and self._switches["invalid_grant_description"]:
            body["error_description"] = refused.description
        return _json(refused.status, body)

    def _first_realm(self) -> str | None:
        row = self._state.execute("SELECT realm FROM company ORDER BY key LIMIT 1").fetchone()
        return row[0] if row else None

    def _token(self, lead: str, length: int) -> str:
        """A token that is new and, for the same seed and history, the same: a stand-in has no secrets, but replays."""
        row = self._state.execute(
            "INSERT INTO setting (name, value) VALUES ('tokens', '1')"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        ).fetchone()
        digest = hashlib.blake2b(f"{self._seed}:{lead}:{row[0]}".encode(), digest_size=64).digest()
        return lead + base64.b32encode(digest * 4).decode().replace("=", "")[:length]

    def _register(self, client_id: str, secret: str) -> None:
        self._state.execute(
            "INSERT INTO app (client_id, secret) VALUES (?, ?) ON CONFLICT (client_id) DO UPDATE SET secret = excluded.secret",
            (client_id, secret),
        )

    def _client(self, request: Request, form: Mapping[str, str]) -> str:
        """The app that asks. One that is not known yet introduces itself with its first secret; from then on that one holds."""
        client_id, secret = _credentials(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        if not client_id or not secret:
            raise Refused(401, "invalid_client")
        row = self._state.execute("SELECT secret FROM app WHERE client_id = ?", (client_id,)).fetchone()
        if row is None:
            self._register(client_id, secret)
        elif row[0] != secret:
            raise Refused(401, "invalid_client")
        return client_id

    def _grant(self, client_id: str, realm: str, scope: str) -> int:
        now = self._now()
        key = self._state.execute(
            'INSERT INTO "grant" (client_id, realm, scope, began, refresh, rotated, expires) VALUES (?, ?, ?, ?, ?, ?, ?)',
            (client_id, realm, scope, now, self._token("RT1-", 43), now, now + REFRESH_SECONDS),
        ).lastrowid
        return int(key or 0)

    def _exchange(self, client: str, form: Mapping[str, str]) -> int:
        row = self._state.execute(
            "SELECT client_id, realm, redirect_uri, scope, expires, grant_key FROM consent WHERE code = ?", (form.get("code", ""),)
        ).fetchone()
        if row is None or row[0] != client or row[4] < self._now() or row[5] is not None:
            raise Refused(400, "invalid_grant", "Invalid authorization code")
        if row[2] != form.get("redirect_uri", ""):
            raise Refused(400, "invalid_grant", "Invalid redirect URI")
        grant = self._grant(client, row[1], row[3])
        self._state.execute("UPDATE consent SET grant_key = ? WHERE code = ?", (grant, form["code"]))
        return grant

    def _refreshed(self, client: str, value: str) -> int:
        """The grant of a refresh token; its value is changed once it is old enough, and the old one dies."""
        now = self._now()
        row = self._state.execute(
            'SELECT key, refresh, rotated, expires, began FROM "grant"'
            " WHERE client_id = ? AND revoked = 0 AND (refresh = ? OR superseded = ?)",
            (client, value, value),
        ).fetchone()
        if not value or row is None:
            raise Refused(400, "invalid_grant", "Incorrect or invalid refresh token")
        key, current, rotated, expires, began = row
        in_grace = current == value or now < rotated + self._switches["refresh_grace_seconds"]
        if not in_grace or now >= min(expires, began + CONSENT_SECONDS):
            raise Refused(400, "invalid_grant", "Token invalid")
        if current == value and (
            self._switches["rotate_every_refresh"] or now >= rotated + self._switches["refresh_rotation_seconds"]
        ):
            self._state.execute(
                'UPDATE "grant" SET superseded = refresh, refresh = ?, rotated = ? WHERE key = ?',
                (self._token("RT1-", 43), now, key),
            )
        self._state.execute('UPDATE "grant" SET expires = ? WHERE key = ?', (now + REFRESH_SECONDS, key))
        return int(key)

    def _tokens(self, grant: int, *, hard_expiry: bool) -> dict[str, Any]:
        now = self._now()
        refresh, scope, began = self._state.execute('SELECT refresh, scope, began FROM "grant" WHERE key = ?', (grant,)).fetchone()
        access = self._token("eyJhbGciOiJkaXIi", 200)
        self._state.execute("DELETE FROM access WHERE expires < ?", (now - _DAY,))
        self._state.execute(
            "INSERT INTO access (token, grant_key, expires) VALUES (?, ?, ?)", (access, grant, now + ACCESS_SECONDS)
        )
        answer: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": refresh,
            "x_refresh_token_expires_in": REFRESH_SECONDS,
        }
        if hard_expiry:
            answer["x_refresh_token_hard_expires_in"] = max(0, int(began + CONSENT_SECONDS - now))
        if "openid" in scope.split():
            answer["id_token"] = self._token("eyJraWQi", 120)
        return answer

    def end_access(self, token: str) -> None:
        """Let one access token die before its hour is over."""
        with self._state.transaction():
            self._state.execute("UPDATE access SET expires = 0 WHERE token = ?", (token,))
        self._bearers.pop(token, None)

    def forget(self) -> None:
        """Drop what is kept in memory about access tokens."""
        self._bearers.clear()


def discovery(base: str) -> Response:
    """The discovery document, with every address on the emulator's own base URL."""
    return _json(
        200,
        {
            "issuer": "https://oauth.platform.intuit.com/op/v1",
            "authorization_endpoint": f"{base}/connect/oauth2",
            "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{base}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        },
    )


def _credentials(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(status, _JSON, json.dumps(body, separators=(",", ":")).encode())


def _redirect(target: str, values: Mapping[str, str]) -> Response:
    joint = "&" if urlsplit(target).query else "?"
    return Response(302, {"Location": target + joint + urlencode(values)})


def _consent_page(request: Request) -> Response:
    """A page with two links; what they name is what the request itself said, percent-encoded by `urlencode`."""
    links = "".join(
        f'<p><a href="/connect/oauth2?{escape(urlencode({**request.query, "emulator_answer": answer}))}">{word}</a></p>'
        for answer, word in (("allow", "Connect"), ("deny", "No, thanks"))
    )
    page = f"<!doctype html><title>QuickBooks emulator</title><h1>Connect this app to your company?</h1>{links}"
    return Response(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())
