"""The form of an answer: JSON or XML as it was asked for, and the headers that a success and a fault carry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from syncengine.emulator import wire, xml
from syncengine.emulator.http import Response

#: What successes carry beyond the headers of every answer (recorded 2020).
_SUCCESS = {
    "QBO-Version": "1944.190",
    "Expires": "0",
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
}
_HTML_413 = (
    b"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
    b"<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_JSON, _XML = frozenset({"application/json", "text/json"}), frozenset({"application/xml", "text/xml"})


@lru_cache(maxsize=256)
def form_of(accept: str, default: str) -> str:
    """`json` or `xml`, whichever an Accept header likes better; `default` for one that takes anything, "" for neither.

    A header that names both alike gets JSON: whoever names it can read it. `*/*` and no header at all get `default`.
    """
    liked = {"json": 0.0, "xml": 0.0}
    anything = not accept.strip()
    for part in accept.lower().split(","):
        media, *parameters = (word.strip() for word in part.split(";"))
        weight = _weight(parameters)
        for form, names in (("json", _JSON), ("xml", _XML)):
            if media in names:
                liked[form] = max(liked[form], weight)
        anything = anything or (media in {"*/*", "application/*", "text/*", "*"} and weight > 0)
    if not any(liked.values()):
        return default if anything else ""
    return "json" if liked["json"] >= liked["xml"] else "xml"


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def success(text: str, form: str, total_ms: int, trace: Mapping[str, str]) -> Response:
    """A 200 with the JSON text of an envelope, in the form that was asked for."""
    headers = {"Content-Type": "application/json;charset=utf-8", **_SUCCESS, "Service-Time": _spent(total_ms), **trace}
    if form == "xml":
        headers["Content-Type"] = "application/xml;charset=utf-8"
        return Response(200, headers, xml.response(wire.loads(text)).encode())
    return Response(200, headers, text.encode())


def content(body: bytes, media_type: str, total_ms: int, trace: Mapping[str, str]) -> Response:
    """A 200 whose body is no envelope: a PDF, a file."""
    return Response(200, {"Content-Type": media_type, **_SUCCESS, "Service-Time": _spent(total_ms), **trace}, body)


def _spent(total_ms: int) -> str:
    return f"total={total_ms}, db={total_ms // 3}"


def fault(envelope: dict[str, Any], status: int, form: str) -> Response:
    """A fault of the business layer, in the form that was asked for."""
    if form == "json":
        return Response(status, {"Content-Type": "application/json"}, wire.dumps(envelope).encode())
    return Response(status, {"Content-Type": "application/xml"}, xml.response(envelope).encode())


def too_large() -> Response:
    """The proxy's answer to a body above the limit."""
    return Response(413, {"Content-Type": "text/html"}, _HTML_413)
