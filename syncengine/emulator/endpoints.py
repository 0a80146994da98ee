"""Which sign-in endpoint a request asks for, and the troubles that befall them."""

from __future__ import annotations

from collections.abc import Callable

from syncengine.emulator.http import ConnectionDropped, Request, Response
from syncengine.emulator.parts import Parts
from syncengine.emulator.signin import identity
from syncengine.emulator.signin.forms import answer, form

_HTML = {"Content-Type": "text/html"}
_PAGE = b"<html><body>error</body></html>"
#: Seconds that a refresh takes (cost model drawn from recorded service times).
_TOKEN_SECONDS = 0.30


class SignIn:
    """The sign-in endpoints of all of Intuit's hosts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        authority = parts.authority
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/connect/oauth2"): authority.authorize,
            ("POST", "/connect/oauth2"): authority.authorize,
            ("GET", "/app/connect/oauth2/request"): authority.reconnect,
            ("POST", "/oauth2/v1/tokens/bearer"): self._token,
            ("POST", "/v2/oauth2/tokens/revoke"): authority.revoke,
            ("GET", "/v1/openid_connect/userinfo"): authority.user_info,
            ("GET", "/op/v1/jwks"): lambda _: authority.jwks(),
            ("GET", "/.well-known/openid_configuration"): lambda request: identity.discovery(request, sandbox=False),
            ("GET", "/.well-known/openid_sandbox_configuration"): lambda request: identity.discovery(request, sandbox=True),
        }
        self._paths = {path for _, path in self._routes}

    def handle(self, request: Request) -> Response:
        """Answer one request, with the headers that clients quote in their messages; 404 where there is no such thing.

        Raises:
            ConnectionDropped: an injected fault breaks the connection.
        """
        path = request.path.rstrip("/")
        act = self._routes.get((request.method, path))
        if act is not None:
            response = act(request)
        elif path in self._paths:
            response = Response(405, {"Content-Type": "text/plain"}, b"Method Not Allowed")
        else:
            response = Response(404, {"Content-Type": "text/plain"}, b"Not Found")
        return Response(response.status, {**response.headers, **self._parts.trace.headers(self._parts.clock.now())}, response.body)

    def _token(self, request: Request) -> Response:
        parts = self._parts
        fault = parts.mischief.strike({"method": "POST", "path": request.path, "operation": "token"}, token_endpoint=True)
        kind = fault.kind if fault else ""
        if parts.switches["latency"] == "realistic":
            parts.wait(_TOKEN_SECONDS * parts.switches["latency_scale"])
        if kind in {"token_endpoint_500", "token_endpoint_429"}:
            return Response(int(kind[-3:]), _HTML, _PAGE)
        if kind == "invalid_grant":
            return answer(400, {"error": "invalid_grant"})
        if kind == "sibling_refreshed":
            parts.authority.rotate(form(request).get("refresh_token", ""))
        response = parts.authority.token(request, rotates=kind != "rotation_skipped")
        if kind == "rotation_lost":
            raise ConnectionDropped
        return response
