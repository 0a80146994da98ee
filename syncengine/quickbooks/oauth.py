"""Signing in to QuickBooks: the consent page, the code, the renewal and the end of a grant (OAuth 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hmac import compare_digest
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from requests.auth import HTTPBasicAuth

from syncengine.clock import Clock
from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, Refused, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import wire
from syncengine.quickbooks.calls import CallKind
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.tokens import InvalidGrant, Tokens
from syncengine.quickbooks.transport import Errand, Reply, Transport

Result = TypeVar("Result")

#: The right to a company's books, and the only one that Tieout asks for.
SCOPE = "com.intuit.quickbooks.accounting"
#: Seconds for one exchange with the token endpoint, which needs 0.3 on a good day.
DEADLINE_SECONDS = 30.0
#: How long to leave the token endpoint alone when it answers 429 without saying how long.
PAUSE_SECONDS = 60.0


@dataclass(frozen=True)
class App:
    """The app as Intuit's developer portal knows it; `redirect_uri` is needed only to sign in."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""


@dataclass(frozen=True)
class Grant:
    """What the consent page sent back: a code, good once and for minutes, and the company that was chosen."""

    code: str = field(repr=False)
    realm_id: str


class OAuth:
    """The four exchanges of a grant's life, each one HTTP call that is journaled like any other.

    Args:
        endpoints, app: where to ask, and as whom.
        transport: what carries the calls.
        clock: what lifetimes are counted from.
    """

    def __init__(self, *, endpoints: Endpoints, app: App, transport: Transport, clock: Clock) -> None:
        self._endpoints = endpoints
        self._app = app
        self._transport = transport
        self._clock = clock

    def authorize_url(self, state: str) -> str:
        """The address to send a person to; `state` comes back with the answer and must be checked by `read_callback`."""
        wishes = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": self._app.redirect_uri,
            "state": state,
        }
        return f"{self._endpoints.authorize}?{urlencode(wishes, quote_via=quote)}"

    def exchange(self, code: str) -> Tokens:
        """The tokens for a code from the consent page.

        Raises ConnectionRevoked where the code was used already or ran out: the person has to sign in again.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._app.redirect_uri}
        try:
            return self._tokens(form, None)
        except InvalidGrant:
            raise ConnectionRevoked("The sign-in took too long or was used already. Connect to QuickBooks again.") from None

    def renew(self, old: Tokens) -> Tokens:
        """A new pair for an old one; its refresh token may be the same or another.

        Raises InvalidGrant where the refresh token is not accepted; TransportLost, ServiceDown or Throttled for trouble
        that says nothing about it; ConfigurationError where the app itself is not accepted.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": old.refresh}, old)

    def revoke(self, token: str) -> None:
        """Give the grant back; the refresh token ends it as a whole. A grant that is gone already is no error."""
        body = wire.dumps({"token": token})
        self._send(self._endpoints.revoke, body, "application/json", _revoked)

    def _tokens(self, form: Mapping[str, str], old: Tokens | None) -> Tokens:
        # Lifetimes are counted from before the question: a slow answer must not make a token look younger than it is.
        asked = self._clock.now()

        def read(reply: Reply) -> Tokens:
            return _pair(_granted(reply), asked, old)

        return self._send(self._endpoints.token, urlencode(form).encode(), "application/x-www-form-urlencoded", read)

    def _send(self, url: str, body: bytes, content_type: str, read: Callable[[Reply], Result]) -> Result:
        headers = {
            "Content-Type": content_type,
            # Intuit tells the end that no renewal moves only to those who ask (developer blog, 2025-11-12).
            "x-include-refresh-token-hard-expires-in": "true",
        }
        errand = Errand(CallKind.TOKEN, "POST", url, urlsplit(url).path, body=body, headers=headers)
        basic = HTTPBasicAuth(self._app.client_id, self._app.client_secret)
        return self._transport.send(errand, basic, self._clock.monotonic() + DEADLINE_SECONDS, read)


def read_callback(parameters: Mapping[str, str], *, state: str) -> Grant:
    """What the consent page's answer grants; `parameters` are those of the redirect, `state` the one that was sent.

    Raises Refused for an answer to another question, AccessDenied where the person said no.
    """
    if not state or not compare_digest(parameters.get("state", "").encode(), state.encode()):
        raise Refused("This answer belongs to another sign-in. Start connecting to QuickBooks again.")
    if "error" in parameters:
        raise AccessDenied("QuickBooks did not grant access. Connect again and allow it.")
    code, realm_id = parameters.get("code", ""), parameters.get("realmId", "")
    if not code or not realm_id:
        raise Refused("QuickBooks' answer names no company. Start connecting to QuickBooks again.")
    return Grant(code, realm_id)


def _granted(reply: Reply) -> Mapping[str, Any]:
    """The token endpoint's answer, or the trouble that it tells of."""
    document = _document(reply)
    if reply.status != 200:
        _raise_refusal(reply, str((document or {}).get("error") or ""))
    if document is None:
        raise TransportLost("The token endpoint's answer could not be read.")
    return document


def _document(reply: Reply) -> Mapping[str, Any] | None:
    try:
        document = wire.loads(reply.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _raise_refusal(reply: Reply, error: str) -> NoReturn:
    if error == "invalid_grant":
        raise InvalidGrant("QuickBooks does not accept this refresh token or code (invalid_grant).")
    if error in {"invalid_client", "unauthorized_client"}:
        raise ConfigurationError(f"Intuit does not know this app ({error}): check its client id and client secret.")
    if reply.status == 429:
        raise Throttled("The token endpoint asks for a pause.", PAUSE_SECONDS)
    # Anything else (5xx, a proxy's page, an unknown word) says nothing about the grant, so it never ends it.
    known = error if error.isidentifier() else "no reason"
    raise ServiceDown(f"The token endpoint answered {reply.status} ({known}).")


def _revoked(reply: Reply) -> None:
    if reply.status in {200, 400}:  # 400: the token is unknown, so there is nothing left to take back
        return
    _raise_refusal(reply, str((_document(reply) or {}).get("error") or ""))


def _pair(document: Mapping[str, Any], asked: datetime, old: Tokens | None) -> Tokens:
    access, refresh = document.get("access_token"), document.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        raise TransportLost("The token endpoint's answer holds no tokens.")
    hard = _after(asked, document.get("x_refresh_token_hard_expires_in"))
    return Tokens(
        access=access,
        refresh=refresh,
        # The documented lifetimes stand in where the answer is silent: an hour, and 101 days.
        access_expires_at=_after(asked, document.get("expires_in")) or asked + timedelta(hours=1),
        refresh_expires_at=_after(asked, document.get("x_refresh_token_expires_in")) or asked + timedelta(seconds=8_726_400),
        hard_expires_at=hard or (old.hard_expires_at if old else None),
    )


def _after(asked: datetime, seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, str | int | Decimal):
        return None
    try:
        return asked + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError):
        return None
