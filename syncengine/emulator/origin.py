"""Whether a browser sent a request because a page of another site told it to: such requests change nothing here."""

from __future__ import annotations

from urllib.parse import urlsplit

from syncengine.emulator.http import Request


def from_another_site(request: Request) -> bool:
    """Whether the request's own headers say so. Programs send neither of them."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
