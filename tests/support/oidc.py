"""A sign-in service on this machine: OpenID Connect's code flow as Streamlit asks for it, with checks that a real one makes.

It signs in whomever the test names, without asking: `provider.person = {"email": "ada@books.example"}`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

#: What the service and the dashboard know each other by.
CLIENT, SECRET = "tieout", "a secret between the two"


@dataclass
class Provider:
    """The service, and who is signed in there.

    Attributes:
        url: where it is.
        person: the claims of whoever signs in next; None refuses the sign-in.
        ago: how many seconds ago the person is said to have signed in.
        asked: the queries of all sign-ins, as the dashboard sent them.
        farewells: the queries of all sign-outs.
    """

    url: str = ""
    person: dict[str, Any] | None = None
    ago: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    farewells: list[dict[str, str]] = field(default_factory=list)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def section(self, dashboard: str) -> str:
        """`[auth]` of the secrets of the dashboard at this address."""
        return (
            f'[auth]\nredirect_uri = "{dashboard}/oauth2callback"\ncookie_secret = "{"0123456789abcdef" * 2}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{self.url}/.well-known/openid-configuration"\n'
        )

    def routes(self) -> list[Route]:
        """What the service answers to."""
        return [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._keys),
            Route("/bye", self._bye),
        ]

    async def _metadata(self, _: Request) -> Response:
        return JSONResponse({
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks", "end_session_endpoint": f"{self.url}/bye", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        })  # fmt: skip

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [{**self._key.as_dict(private=False), "kid": "1", "use": "sig", "alg": "RS256"}]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        back = {"state": asked["state"]}
        if self.person is None:
            back |= {"error": "access_denied"}
        else:
            code = secrets.token_urlsafe()
            self._codes[code] = asked
            back |= {"code": code}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self._codes.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form.get("code_verifier")).encode()).digest()).rstrip(b"=").decode()
        known = f"Basic {base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}"
        sound = asked is not None and (form["redirect_uri"], challenge) == (asked["redirect_uri"], asked["code_challenge"])
        if not sound or request.headers.get("Authorization") != known:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": self._identity(asked)})

    def _identity(self, asked: dict[str, str]) -> str:
        issued = int(time.time() - self.ago)
        claims = {"iss": self.url, "aud": CLIENT, "iat": issued, "exp": int(time.time()) + 300, "nonce": asked["nonce"]}
        person = self.person or {}
        return jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, "sub": str(person.get("email")), **person}, self._key)

    async def _bye(self, request: Request) -> Response:
        self.farewells.append(dict(request.query_params))
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], status_code=302)


@contextmanager
def serving(port: int) -> Iterator[Provider]:
    """The service on a port of this machine, while the block lasts."""
    provider = Provider(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=provider.routes()), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
