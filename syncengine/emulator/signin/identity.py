"""OpenID Connect: the discovery documents, who signed in, and the id token that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from syncengine.emulator.http import Request, Response
from syncengine.emulator.signin.forms import answer

ISSUER = "https://oauth.platform.intuit.com/op/v1"
#: The one person of the emulator; claims as Intuit names them.
_CLAIMS: dict[str, dict[str, Any]] = {
    "email": {"email": "bookkeeper@example.com", "emailVerified": True},
    "profile": {"givenName": "Robin", "familyName": "Bookkeeper"},
    "phone": {"phoneNumber": "+1 5555550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "1 Harbor Street", "locality": "Mountain View", "region": "CA", "postalCode": "94043", "country": "US",
        }
    },
}  # fmt: skip
#: Where Intuit has its endpoints; the sandbox differs in the user info alone.
_HOSTS = {
    "authorization_endpoint": ("https://appcenter.intuit.com", "/connect/oauth2"),
    "token_endpoint": ("https://oauth.platform.intuit.com", "/oauth2/v1/tokens/bearer"),
    "userinfo_endpoint": ("https://accounts.platform.intuit.com", "/v1/openid_connect/userinfo"),
    "revocation_endpoint": ("https://developer.api.intuit.com", "/v2/oauth2/tokens/revoke"),
    "jwks_uri": ("https://oauth.platform.intuit.com", "/op/v1/jwks"),
}


def discovery(request: Request, *, sandbox: bool) -> Response:
    """The discovery document: with Intuit's own addresses for who asks Intuit's hosts, else all on the emulator."""
    host = request.headers.get("Host", "")
    theirs = not host or host.partition(":")[0].endswith("intuit.com")
    addresses = {name: (origin if theirs else f"http://{host}") + path for name, (origin, path) in _HOSTS.items()}
    if sandbox and theirs:
        addresses["userinfo_endpoint"] = addresses["userinfo_endpoint"].replace("//accounts.", "//sandbox-accounts.")
    return answer(
        200,
        {
            "issuer": ISSUER,
            **addresses,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        },
        {"Cache-Control": "max-age=3600"},
    )


def subject(client_id: str) -> str:
    """The `sub` of the one person: per app another one, as Intuit's pairwise ids are."""
    digest = hashlib.blake2b(f"sub:{client_id}".encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def user(client_id: str, scope: str) -> Mapping[str, Any]:
    """The claims that a scope opens."""
    claims: dict[str, Any] = {"sub": subject(client_id)}
    for word in ("email", "profile", "phone", "address"):
        if word in scope.split():
            claims.update(_CLAIMS[word])
    return claims


def claims(client_id: str, realm: str, began: float, now: float, seconds: int) -> dict[str, Any]:
    """What an id token says: `aud` is a list, `realmid` is there when a company was chosen."""
    told: dict[str, Any] = {"sub": subject(client_id), "aud": [client_id]}
    if realm:
        told["realmid"] = realm
    return {**told, "auth_time": int(began), "iss": ISSUER, "exp": int(now) + seconds, "iat": int(now)}
