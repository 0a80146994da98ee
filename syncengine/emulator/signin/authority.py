"""OAuth 2 as Intuit runs it: consent, tokens that age, refresh tokens whose value changes about once a day, revocation."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.emulator.clock import Clock
from syncengine.emulator.http import Request, Response
from syncengine.emulator.signin import consent, identity, keys
from syncengine.emulator.signin.apps import Apps
from syncengine.emulator.signin.consent import ACCOUNTING, Wish
from syncengine.emulator.signin.forms import answer, credentials, form
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

_DAY = 86_400
#: An access token lives for an hour, a refresh token for 101 days (Intuit's own numbers), a consent for five years.
ACCESS_SECONDS, REFRESH_SECONDS, CONSENT_SECONDS = 3600, 101 * _DAY, 5 * 365 * _DAY
#: A code has to be exchanged within minutes.
_CODE_SECONDS = 600


@dataclass(frozen=True)
class Bearer:
    """What an access token stands for; `realm` is "" where no company was chosen."""

    client_id: str
    realm: str
    expires: float
    scope: str = ACCOUNTING


class Refused(Exception):  # noqa: N818 -- the endpoint refuses; nothing failed
    """An answer of the token endpoint that is no token; what was written before it stays where `keep` says so."""

    def __init__(self, status: int, error: str, description: str = "", *, keep: bool = False) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description
        self.keep = keep


class Authority:
    """The endpoints that hand out, renew and revoke tokens; state and clock are handed in."""

    def __init__(self, state: State, clock: Clock, switches: Switches, seed: int) -> None:
        self._state = state
        self._clock = clock
        self._switches = switches
        self._seed = seed
        self._bearers: dict[str, Bearer] = {}
        self.apps = Apps(state)

    # What the rest of the emulator asks

    def bearer(self, token: str) -> Bearer | None:
        """What a living access token stands for, None for any other text."""
        found = self._bearers.get(token)
        if found is None:
            with self._state.lock:
                row = self._state.execute(
                    'SELECT g.client_id, g.realm, a.expires, g.scope FROM access a JOIN "grant" g ON g.key = a.grant_key'
                    " WHERE a.token = ? AND g.revoked = 0",
                    (token,),
                ).fetchone()
            if row is None:
                return None
            found = self._bearers[token] = Bearer(*row)
        return found if found.expires > self._clock.now().timestamp() else None

    def connect(self, realm: str, client_id: str, client_secret: str, scope: str = ACCOUNTING) -> dict[str, Any]:
        """What a person's consent would give: a new grant's token response, with its realmId.

        Raises:
            ValueError: there is no such company.
        """
        with self._state.transaction():
            if self._state.execute("SELECT 1 FROM company WHERE realm = ?", (realm,)).fetchone() is None:
                raise ValueError(f"there is no company {realm}")
            self.apps.keep(client_id, client_secret)
            grant = self._grant(client_id, realm, scope)
            return {**self._tokens(grant, hard_expiry=True), "realmId": realm}

    def connected(self, client_id: str, realm: str) -> bool:
        """Whether an app holds a living grant of a company."""
        row = self._state.execute(
            'SELECT 1 FROM "grant" WHERE client_id = ? AND realm = ? AND revoked = 0 AND expires > ? LIMIT 1',
            (client_id, realm, self._now()),
        ).fetchone()
        return row is not None

    def disconnect(self, realm: str) -> int:
        """Revoke every grant of a company, as its owner may do in QuickBooks; returns how many there were."""
        with self._state.transaction():
            count = self._state.execute('UPDATE "grant" SET revoked = 1 WHERE realm = ? AND revoked = 0', (realm,)).rowcount
        self._bearers.clear()
        return count

    def rotate(self, refresh_token: str) -> None:
        """Change a refresh token's value now, as a refresh by somebody else would; nothing for an unknown one."""
        with self._state.transaction():
            row = self._state.execute('SELECT key FROM "grant" WHERE refresh = ? AND revoked = 0', (refresh_token,)).fetchone()
            if row is not None:
                self._rotate(row[0], self._now())

    def forget(self) -> None:
        """Drop what is kept in memory about access tokens."""
        self._bearers.clear()

    # The endpoints

    def authorize(self, request: Request) -> Response:
        """`/connect/oauth2`: the consent page, which approves by itself unless the switch says otherwise."""
        wish = Wish(request)
        with self._state.transaction():
            app = self.apps.settings(wish.client_id)
            reason = wish.wrong(app.get("redirect_uris", []))
            if reason:
                return consent.refused(reason)
            if wish.unknown_scopes() or not wish.scope:
                return consent.denied(wish, "invalid_scope")
            if wish.answer == "deny":
                return consent.denied(wish, "access_denied")
            companies = self._state.execute("SELECT realm, name FROM company ORDER BY key").fetchall()
            if (wish.prompted or not self._switches["auto_approve"]) and wish.answer != "allow":
                return consent.consent_page(wish, app, companies)
            return self._allowed(wish, [realm for realm, _ in companies])

    def _allowed(self, wish: Wish, realms: list[str]) -> Response:
        realm = ""
        if ACCOUNTING in wish.scope.split():
            realm = wish.realm or (realms[0] if realms else "")
            if realm not in realms:
                return consent.refused(f"there is no company {realm}" if realm else "the emulator has no company")
        code = self._token("AB11", 40)
        self._state.execute(
            "INSERT INTO consent (code, client_id, realm, redirect_uri, scope, expires) VALUES (?, ?, ?, ?, ?, ?)",
            (code, wish.client_id, realm, wish.redirect_uri, wish.scope, self._now() + _CODE_SECONDS),
        )
        return consent.allowed(wish, code, realm)

    def reconnect(self, request: Request) -> Response:
        """`/app/connect/oauth2/request`: on to the app's own reconnect URL."""
        with self._state.lock:
            return consent.reconnect(request, self.apps.settings(request.query.get("appId", "")))

    def token(self, request: Request, *, rotates: bool = True) -> Response:
        """`POST /oauth2/v1/tokens/bearer`: exchange a code, or refresh (`rotates` says whether that may change the value)."""
        if "json" in request.headers.get("Content-Type", "").lower():
            return answer(415, {"error": "unsupported_media_type"})
        fields = form(request)
        hard = request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true"
        refused: Refused | None = None
        try:
            with self._state.transaction():
                try:
                    client = self._client(request, fields)
                    return answer(200, self._tokens(self._granted(client, fields, rotates=rotates), hard_expiry=hard))
                except Refused as kept:
                    if not kept.keep:
                        raise
                    refused = kept
        except Refused as raised:
            refused = raised
        self._bearers.clear()
        return self._refusal(refused)

    def revoke(self, request: Request) -> Response:
        """`POST /v2/oauth2/tokens/revoke`: end the grant that an access or refresh token belongs to."""
        text = request.body.decode("utf-8", "replace")
        try:
            token = json.loads(text)["token"]
        except (ValueError, KeyError, TypeError, RecursionError):
            token = form(request).get("token", "")
        try:
            with self._state.transaction():
                self._end(self._client(request, {}), _bindable(token))
        except Refused as refused:
            return self._refusal(refused)
        self._bearers.clear()
        return Response(200)

    def user_info(self, request: Request) -> Response:
        """`GET /v1/openid_connect/userinfo`: the claims that the token's scope opens; 401 without `openid` or a living token."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = self.bearer(token.strip()) if scheme.lower() == "bearer" else None
        if bearer is None or "openid" not in bearer.scope.split():
            headers = {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
            return answer(401, {"error": "invalid_token", "error_description": "Token invalid"}, headers)
        return answer(200, identity.user(bearer.client_id, bearer.scope))

    def jwks(self) -> Response:
        """`GET /op/v1/jwks`: the public half of the key that signs id tokens."""
        with self._state.transaction():
            return answer(200, keys.jwks(self._signing_seed()), {"Cache-Control": "max-age=3600"})

    # How

    def _granted(self, client: str, fields: Mapping[str, str], *, rotates: bool) -> int:
        """The grant that a code or a refresh token stands for."""
        kind = fields.get("grant_type", "")
        if kind == "authorization_code":
            return self._exchange(client, fields)
        if kind == "refresh_token":
            return self._refreshed(client, fields.get("refresh_token", ""), rotates=rotates)
        raise Refused(400, "unsupported_grant_type" if kind else "invalid_request")

    def _end(self, client: str, token: str) -> None:
        """Revoke the grant that a token belongs to."""
        row = self._state.execute(
            'SELECT key FROM "grant" WHERE client_id = ? AND revoked = 0 AND (refresh = ? OR superseded = ?'
            " OR key IN (SELECT grant_key FROM access WHERE token = ?))",
            (client, token, token, token),
        ).fetchone()
        if not token or row is None:
            raise Refused(400, "invalid_grant", "Token invalid")
        self._state.execute('UPDATE "grant" SET revoked = 1 WHERE key = ?', row)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _refusal(self, refused: Refused) -> Response:
        body = {"error": refused.error}
        if refused.description and self._switches["invalid_grant_description"]:
            body["error_description"] = refused.description
        return answer(refused.status, body)

    def _token(self, lead: str, length: int) -> str:
        """A token that is new and, for the same seed and history, the same: a stand-in has no secrets, but replays."""
        row = self._state.execute(
            "INSERT INTO setting (name, value) VALUES ('tokens', '1')"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        ).fetchone()
        digest = hashlib.blake2b(f"{self._seed}:{lead}:{row[0]}".encode(), digest_size=64).digest()
        return lead + base64.b32encode(digest * 4).decode().replace("=", "")[:length]

    def _signing_seed(self) -> int:
        """What the signing key is drawn from: this emulator's seed at first, and ever after that one."""
        self._state.execute("INSERT OR IGNORE INTO setting (name, value) VALUES ('signing seed', ?)", (str(self._seed),))
        return int(self._state.execute("SELECT value FROM setting WHERE name = 'signing seed'").fetchone()[0])

    def _client(self, request: Request, fields: Mapping[str, str]) -> str:
        """The app that asks. One that is not known yet introduces itself with its first secret; from then on that one holds."""
        client_id, secret = credentials(request) or (fields.get("client_id", ""), fields.get("client_secret", ""))
        if not client_id or not secret:
            raise Refused(401, "invalid_client")
        known = self.apps.secret(client_id)
        if known is None and self._switches["unknown_clients"] == "registered":
            self.apps.keep(client_id, secret)
        elif known != secret:
            raise Refused(401, "invalid_client")
        return client_id

    def _grant(self, client_id: str, realm: str, scope: str) -> int:
        now = self._now()
        key = self._state.execute(
            'INSERT INTO "grant" (client_id, realm, scope, began, refresh, rotated, expires) VALUES (?, ?, ?, ?, ?, ?, ?)',
            (client_id, realm, scope, now, self._token("RT1-", 43), now, now + REFRESH_SECONDS),
        ).lastrowid
        return int(key or 0)

    def _exchange(self, client: str, fields: Mapping[str, str]) -> int:
        row = self._state.execute(
            "SELECT client_id, realm, redirect_uri, scope, expires, grant_key FROM consent WHERE code = ?",
            (fields.get("code", ""),),
        ).fetchone()
        if row is None or row[0] != client or row[4] < self._now():
            raise Refused(400, "invalid_grant", "Invalid authorization code")
        if row[5] is not None:
            # A code that comes twice may have been stolen: RFC 6749 lets the grant end, Intuit may do so.
            revoke = self._switches["code_reuse"] == "revokes"
            if revoke:
                self._state.execute('UPDATE "grant" SET revoked = 1 WHERE key = ?', (row[5],))
            raise Refused(400, "invalid_grant", "Invalid authorization code", keep=revoke)
        if row[2] != fields.get("redirect_uri", ""):
            raise Refused(400, "invalid_grant", "Invalid redirect URI")
        grant = self._grant(client, row[1], row[3])
        self._state.execute("UPDATE consent SET grant_key = ? WHERE code = ?", (grant, fields["code"]))
        return grant

    def _refreshed(self, client: str, value: str, *, rotates: bool) -> int:
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
        due = self._switches["rotate_every_refresh"] or now >= rotated + self._switches["refresh_rotation_seconds"]
        if current == value and due and rotates:
            self._rotate(key, now)
        self._state.execute('UPDATE "grant" SET expires = ? WHERE key = ?', (now + REFRESH_SECONDS, key))
        return int(key)

    def _rotate(self, key: int, now: float) -> None:
        self._state.execute(
            'UPDATE "grant" SET superseded = refresh, refresh = ?, rotated = ? WHERE key = ?', (self._token("RT1-", 43), now, key)
        )

    def _tokens(self, grant: int, *, hard_expiry: bool) -> dict[str, Any]:
        now = self._now()
        client_id, realm, refresh, scope, began = self._state.execute(
            'SELECT client_id, realm, refresh, scope, began FROM "grant" WHERE key = ?', (grant,)
        ).fetchone()
        access = self._token("eyJhbGciOiJkaXIi", 200)
        self._state.execute("DELETE FROM access WHERE expires < ?", (now - _DAY,))
        self._state.execute(
            "INSERT INTO access (token, grant_key, expires) VALUES (?, ?, ?)", (access, grant, now + ACCESS_SECONDS)
        )
        told: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": refresh,
            "x_refresh_token_expires_in": REFRESH_SECONDS,
        }
        if hard_expiry:
            told["x_refresh_token_hard_expires_in"] = max(0, int(began + CONSENT_SECONDS - now))
        if "openid" in scope.split():
            claims = identity.claims(client_id, realm, began, now, ACCESS_SECONDS)
            told["id_token"] = keys.signed(self._signing_seed(), claims)
        return told


def _bindable(token: Any) -> str:
    """The text of a token; one that cannot be written down is none."""
    return token if isinstance(token, str) and token.isascii() else ""
