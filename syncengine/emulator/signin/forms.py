"""What the sign-in endpoints read and write: forms, Basic credentials, JSON, redirects."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from syncengine.emulator.http import Request, Response

_HEADERS = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


def form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded body; of a repeated one the first counts."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(name, value)
    return fields


def credentials(request: Request) -> tuple[str, str] | None:
    """Client id and secret of a Basic header, None without a readable one."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return client_id, secret


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(status, {**_HEADERS, **(headers or {})}, json.dumps(body, separators=(",", ":")).encode())


def page(status: int, html: str) -> Response:
    """A page for a person."""
    return Response(
        status, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}, html.encode("utf-8", "replace")
    )


def redirect(target: str, values: Mapping[str, str]) -> Response:
    """Send the browser back to the app, with `values` added to its address."""
    parts = urlsplit(target)
    joint = "&" if parts.query else "?"
    return Response(302, {"Location": target + joint + urlencode(values)})


def web_address(target: str) -> bool:
    """Whether a browser may be sent there: an http or https address with a host, without line breaks."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and target.isprintable() and target.isascii()
