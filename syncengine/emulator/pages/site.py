"""The site: which view answers which address, and what stands around every answer."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from syncengine.emulator import moments
from syncengine.emulator.catalogue.registry import BY_PATH
from syncengine.emulator.http import Request, Response
from syncengine.emulator.pages import (
    acts,
    calls,
    companies,
    company,
    deliveries,
    draw,
    edit,
    faults,
    listing,
    merge,
    raw,
    record,
    settings,
    switches,
    words,
)
from syncengine.emulator.pages.guard import FORM_BYTES_MAX, HEADERS, Guard
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, at, to_company, to_object
from syncengine.emulator.parts import Parts

View = Callable[[Visit], Answer]

#: (method, path, view). `{realm}`, `{entity}` and `{id}` are any one segment; fixed words come before them.
_ROUTES: tuple[tuple[str, str, View], ...] = (
    *companies.ROUTES, *deliveries.ROUTES, *calls.ROUTES, *faults.ROUTES, *switches.ROUTES, *company.ROUTES, *settings.ROUTES,
    *edit.ROUTES, *raw.ROUTES, *acts.ROUTES, *merge.ROUTES, *record.ROUTES, *listing.ROUTES,
)  # fmt: skip
_SPLIT = [(method, tuple(path.strip("/").split("/")), view) for method, path, view in _ROUTES]
#: First segments of the addresses that belong to the pages; every other path is the gateway's business.
_OURS = frozenset({"", "company", "calls", "trouble", "pages"})
_STATIC = {"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}


class Pages:
    """Answers requests for pages; the caller answers for it that only this machine gets here."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._guard = Guard()

    def owns(self, path: str) -> bool:
        """Whether a path is one of the pages'."""
        return path.partition("?")[0].strip("/").partition("/")[0] in _OURS

    def handle(self, request: Request) -> Response:
        """Answer one request: a page, a redirect, or a page that says why not (400, 403, 404, 405, 413)."""
        refusal = self._guard.stranger(request)
        if refusal:
            return Response(403, {"Content-Type": "text/plain; charset=utf-8", **HEADERS}, refusal.encode())
        segments = tuple(unquote(part) for part in request.target.partition("?")[0].strip("/").split("/"))
        if segments[0] == "pages":
            return _static(segments)
        visit = Visit(self._parts, request)
        try:
            answer = self._answer(visit, segments)
        except Missing as missing:
            answer = _sorry(404, "Not here", str(missing))
        if isinstance(answer, Redirect):
            return Response(303, {"Location": answer.target, **HEADERS})
        body = draw.page(answer.template, {**self._around(visit), **answer.values})
        return Response(answer.status, {"Content-Type": "text/html; charset=utf-8", **HEADERS}, body)

    def _answer(self, visit: Visit, segments: tuple[str, ...]) -> Answer:
        request = visit.request
        method = "GET" if request.method == "HEAD" else request.method
        if method not in {"GET", "POST"}:
            return _sorry(405, "Not that way", "Pages are read with GET; forms are sent with POST.")
        if method == "POST":
            if len(request.body) > FORM_BYTES_MAX:
                return _sorry(413, "Too long", "The form holds more than 4 MB.")
            forged = self._guard.forged(request, visit.form.get("token", ""))
            if forged:
                return _sorry(403, "Not taken", forged)
        view = self._found(visit, method, segments)
        with self._parts.state.lock:
            return view(visit)

    def _found(self, visit: Visit, method: str, segments: tuple[str, ...]) -> View:
        for wanted, pattern, view in _SPLIT:
            if wanted == method and len(pattern) == len(segments):
                named = _matched(pattern, segments)
                if named is not None:
                    self._name(visit, named)
                    return view
        raise Missing("There is no such page.")

    def _name(self, visit: Visit, named: dict[str, str]) -> None:
        if "realm" in named:
            visit.company = self._parts.register.companies.get(named["realm"])
            if visit.company is None:
                raise Missing(f"There is no company {named['realm']}.")
        if "entity" in named:
            visit.entity = BY_PATH.get(named["entity"])
            if visit.entity is None:
                raise Missing(f"QuickBooks has no list called “{named['entity']}”, or the emulator does not know it.")
        visit.id = named.get("id", "")

    def _around(self, visit: Visit) -> dict[str, Any]:
        """What every page may use."""
        return {
            "token": self._guard.token,
            "company": visit.company,
            "here": visit.request.path,
            "query": visit.query,
            "done": _DONE.get(visit.query.get("done", ""), ""),
            "armed": len(self._parts.mischief.armed()),
            "clock": moments.millisecond(self._parts.clock.now(), visit.company.zone if visit.company else "UTC")[:19],
            "at": at, "to_company": to_company, "to_object": to_object, "words": words,
        }  # fmt: skip


def _matched(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    named: dict[str, str] = {}
    for wanted, segment in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            if not segment:
                return None
            named[wanted[1:-1]] = segment
        elif wanted != segment:
            return None
    return named


def _sorry(status: int, title: str, text: str) -> Page:
    return Page("sorry.html", {"title": title, "text": text}, status)


def _static(segments: tuple[str, ...]) -> Response:
    kind = _STATIC.get(segments[-1]) if len(segments) == 2 else None
    if kind is None:
        return Response(404, {"Content-Type": "text/plain", **HEADERS}, b"Not Found")
    body = files("syncengine.emulator.pages").joinpath("static", segments[-1]).read_bytes()
    return Response(200, {"Content-Type": kind, **HEADERS}, body)


#: What `?done=` says at the top of a page, after a form was taken.
_DONE = {
    "saved": "Saved.", "created": "Created.", "unchanged": "Nothing was changed.", "deleted": "Deleted.", "voided": "Voided.",
    "inactive": "Made inactive.", "active": "Made active again.", "merged": "Merged.",
    "reset": "The company is as on its first day.",
    "added": "The company is set up.", "disconnected": "Disconnected: every app has to ask for consent again.",
    "closed": "The books are closed.", "opened": "The books are open.", "armed": "Armed.", "disarmed": "Disarmed.",
    "turned": "The clock is turned.", "cleared": "The calls are forgotten.",
    "told": "The endpoint is told from now on.", "untold": "The endpoint is told nothing more.",
}  # fmt: skip
