"""Signing in to QuickBooks: the consent page, the code, the renewal and the end of a grant (OAuth 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from syncengine.quickbooks.hidden import Hidden, Unpicklable
from syncengine.quickbooks.tokens import InvalidGrant, Tokens
from syncengine.quickbooks.transport import TOKEN, Bearer, Errand, Nobody, Reply, TokenRefused, Transport

Result = TypeVar("Result")

#: The right to a company's books, and the only one that Tieout asks for.
SCOPE = "com.intuit.quickbooks.accounting"
#: Seconds for one exchange with the token endpoint, which needs 0.3 on a good day.
DEADLINE_SECONDS = 30.0
#: How long to leave the token endpoint alone when it answers 429 without saying how long.
PAUSE_SECONDS = 60.0


#: What else can be asked for: who the person is. Without "openid" the others give nothing.
IDENTITY_SCOPES = ("openid", "profile", "email", "phone", "address")


@dataclass(frozen=True)
class App(Unpicklable):
    """The app as Intuit's developer portal knows it.

    Attributes:
        client_id, client_secret: its keys.
        redirect_uri: where the consent page sends people back to; needed only to sign in.
        app_id: its number in the portal; needed only for `OAuth.reconnect_url`.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    app_id: str = ""


@dataclass(frozen=True)
class Grant(Unpicklable):
    """What the consent page sent back: a code, good once and for minutes, and the company that was chosen."""

    code: str = field(repr=False)
    realm_id: str


@dataclass(frozen=True)
class UserInfo:
    """Who connected a company, as far as the scopes that were granted tell.

    Attributes:
        sub: the person's number at Intuit.
        email, email_verified, given_name, family_name, phone_number: "" or False where nothing is told.
        claims: everything that was told.
    """

    sub: str
    email: str = field(repr=False)
    email_verified: bool
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    phone_number: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Discovery:
    """What an OpenID discovery document says.

    Attributes:
        issuer: who signs identities.
        authorize, token, revoke, userinfo, jwks: addresses; "" where the document does not name one.
        document: everything that it says.
    """

    issuer: str
    authorize: str
    token: str
    revoke: str
    userinfo: str
    jwks: str
    document: Mapping[str, Any] = field(repr=False)

    def endpoints(self, api: str) -> Endpoints:
        """Endpoints at these addresses. Raises ConfigurationError for an address to which no token may travel."""
        return Endpoints(api=api, authorize=self.authorize, token=self.token, revoke=self.revoke, userinfo=self.userinfo)


class OAuth(Unpicklable):
    """The exchanges of a grant's life, each one HTTP call that is journaled like any other.

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

    def authorize_url(self, state: str, scopes: Sequence[str] = (SCOPE,)) -> str:
        """The address to send a person to; `state` comes back with the answer and must be checked by `read_callback`."""
        wishes = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "scope": " ".join(scopes),
            "redirect_uri": self._app.redirect_uri,
            "state": state,
        }
        return f"{self._endpoints.authorize}?{urlencode(wishes, quote_via=quote)}"

    def reconnect_url(self, realm_id: str) -> str:
        """The address at which a person renews the consent of a company, before its five years end or after.

        Raises ConfigurationError where the app's number or the endpoint is not known.
        """
        if not self._app.app_id or not self._endpoints.reconnect:
            raise ConfigurationError("To reconnect a company the app's number in Intuit's portal is needed.")
        wishes = {"appId": self._app.app_id, "realmId": realm_id, "mode": "reconnect"}
        return f"{self._endpoints.reconnect}?{urlencode(wishes, quote_via=quote)}"

    def exchange(self, code: str) -> Tokens:
        """The tokens for a code from the consent page.

        Raises ConnectionRevoked where the code was used already or ran out: the person has to sign in again.
        """
        form = Hidden({"grant_type": "authorization_code", "code": code, "redirect_uri": self._app.redirect_uri})
        del code  # no traceback that shows local variables shall show this one
        try:
            return self._tokens(form, None)
        except InvalidGrant:
            raise ConnectionRevoked("The sign-in took too long or was used already. Connect to QuickBooks again.") from None

    def renew(self, old: Tokens) -> Tokens:
        """A new pair for an old one; its refresh token may be the same or another.

        Raises InvalidGrant where the refresh token is not accepted; TransportLost, ServiceDown or Throttled for trouble
        that says nothing about it; ConfigurationError where the app itself is not accepted.
        """
        return self._tokens(Hidden({"grant_type": "refresh_token", "refresh_token": old.refresh}), old)

    def revoke(self, token: str) -> None:
        """Give the grant back; the refresh token ends it as a whole. A grant that is gone already is no error."""
        body = Hidden(wire.dumps({"token": token}))
        del token
        self._send(self._endpoints.revoke, body, "application/json", _revoked)

    def user_info(self, tokens: Tokens, until: float | None = None) -> UserInfo:
        """Who gave the grant; the access token must be good, and its grant hold the scope `openid`.

        Raises TokenRefused (401) for the caller to renew; TransportLost, ServiceDown or Throttled for trouble on the way.
        """
        url = self._endpoints.userinfo
        if not url:
            raise ConfigurationError("These endpoints name no address for user info.")
        errand = Errand(CallKind.TOKEN, "GET", url, urlsplit(url).path)
        soon = self._clock.monotonic() + DEADLINE_SECONDS
        return self._transport.send(errand, Bearer(tokens.access), soon if until is None else min(soon, until), _user)

    def discover(self, url: str = "") -> Discovery:
        """The discovery document at `url`, or at the address that these endpoints name."""
        url = url or self._endpoints.discovery
        if not url:
            raise ConfigurationError("These endpoints name no discovery document.")
        errand = Errand(CallKind.TOKEN, "GET", url, urlsplit(url).path)
        return self._transport.send(errand, Nobody(), self._clock.monotonic() + DEADLINE_SECONDS, _discovered)

    def _tokens(self, form: Hidden, old: Tokens | None) -> Tokens:
        # Lifetimes are counted from before the question: a slow answer must not make a token look younger than it is.
        asked = self._clock.now()

        def read(reply: Reply) -> Tokens:
            return _pair(_granted(reply), asked, old)

        body = Hidden(urlencode(form.value).encode())
        return self._send(self._endpoints.token, body, "application/x-www-form-urlencoded", read)

    def _send(self, url: str, body: Hidden, content_type: str, read: Callable[[Reply], Result]) -> Result:
        headers = {
            "Content-Type": content_type,
            # Intuit tells the end that no renewal moves only to those who ask (developer blog, 2025-11-12).
            "x-include-refresh-token-hard-expires-in": "true",
        }
        errand = Errand(CallKind.TOKEN, "POST", url, urlsplit(url).path, body=body.value, headers=headers)
        basic = HTTPBasicAuth(self._app.client_id, self._app.client_secret)
        return self._transport.send(errand, basic, self._clock.monotonic() + DEADLINE_SECONDS, read)


def read_callback(parameters: Mapping[str, str], *, state: str) -> Grant:
    """What the consent page's answer grants; `parameters` are those of the redirect, `state` the one that was sent.

    Raises Refused for an answer to another question, AccessDenied where the person said no.
    """
    ours = bool(state) and compare_digest(parameters.get("state", "").encode(), state.encode())
    denied = "error" in parameters
    grant = Grant(parameters.get("code", ""), parameters.get("realmId", ""))
    del parameters, state  # no traceback that shows local variables shall show these
    if not ours:
        raise Refused("This answer belongs to another sign-in. Start connecting to QuickBooks again.")
    if denied:
        raise AccessDenied("QuickBooks did not grant access. Connect again and allow it.")
    if not grant.code or not grant.realm_id:
        raise Refused("QuickBooks' answer names no company. Start connecting to QuickBooks again.")
    return grant


def _granted(reply: Reply) -> Hidden:
    """The token endpoint's answer, or the trouble that it tells of."""
    document = _document(reply)
    if reply.status != 200:
        _raise_refusal(reply, str(document.value.get("error") or ""))
    if not document.value:
        raise TransportLost("The token endpoint's answer could not be read.")
    return document


def _document(reply: Reply) -> Hidden:
    """The JSON object in an answer, an empty one where there is none."""
    try:
        document = wire.loads(reply.body)
    except ValueError:
        document = None
    return Hidden(document if isinstance(document, dict) else {})


def _user(reply: Reply) -> UserInfo:
    if reply.status == 401:
        raise TokenRefused("user info")
    document = _document(reply)
    if reply.status != 200:
        _raise_refusal(reply, str(document.value.get("error") or ""))
    if not document.value.get("sub"):
        raise TransportLost("The answer about the user could not be read.")
    claims = document.value
    phone = claims.get("phoneNumber", claims.get("phone_number"))
    return UserInfo(
        sub=str(claims["sub"]),
        email=_claim(claims, "email"),
        email_verified=claims.get("emailVerified", claims.get("email_verified")) in (True, "true"),
        given_name=_claim(claims, "givenName", "given_name"),
        family_name=_claim(claims, "familyName", "family_name"),
        phone_number=phone if isinstance(phone, str) else "",
        claims=claims,
    )


def _claim(claims: Mapping[str, Any], *names: str) -> str:
    """A claim as text, under whichever of its spellings."""
    return next((claims[name] for name in names if isinstance(claims.get(name), str)), "")


def _discovered(reply: Reply) -> Discovery:
    found = _document(reply)
    if reply.status != 200 or not found.value.get("token_endpoint"):
        raise ServiceDown(f"The discovery document could not be read (HTTP {reply.status}).")
    document = found.value
    return Discovery(
        issuer=_claim(document, "issuer"),
        authorize=_claim(document, "authorization_endpoint"),
        token=_claim(document, "token_endpoint"),
        revoke=_claim(document, "revocation_endpoint"),
        userinfo=_claim(document, "userinfo_endpoint"),
        jwks=_claim(document, "jwks_uri"),
        document=document,
    )


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
    _raise_refusal(reply, str(_document(reply).value.get("error") or ""))


def _pair(granted: Hidden, asked: datetime, old: Tokens | None) -> Tokens:
    if not all(_is_token(granted.value.get(name)) for name in ("access_token", "refresh_token")):
        raise TransportLost("The token endpoint's answer holds no tokens.")
    document = granted.value
    hard = _after(asked, document.get("x_refresh_token_hard_expires_in"))
    return Tokens(
        access=document["access_token"],
        refresh=document["refresh_token"],
        # The documented lifetimes stand in where the answer is silent: an hour, and 101 days.
        access_expires_at=_after(asked, document.get("expires_in")) or asked + timedelta(hours=1),
        refresh_expires_at=_after(asked, document.get("x_refresh_token_expires_in")) or asked + timedelta(seconds=8_726_400),
        hard_expires_at=hard or (old.hard_expires_at if old else None),
    )


def _is_token(value: Any) -> bool:
    """Whether `value` is text that a header can carry."""
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def _after(asked: datetime, seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, str | int | Decimal):
        return None
    try:
        return asked + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError):
        return None
