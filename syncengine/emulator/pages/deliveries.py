"""What the emulator sends by itself: webhooks to the endpoints of apps, and mails, which stay here."""

from __future__ import annotations

import json
from typing import Any

from syncengine.emulator import mail
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.pages import words
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, at, to_object

#: Deliveries and mails shown, the latest ones.
_SHOWN_MAX = 100


def webhooks(visit: Visit) -> Answer:
    """Endpoints, deliveries, and the events that wait."""
    return _page(visit)


def _page(visit: Visit, problem: str = "") -> Page:
    told = visit.parts.webhooks
    endpoints = [each.shown() for each in told.subscriptions.all]
    urls = {each["number"]: each["url"] for each in endpoints}
    deliveries = [_delivery(each, urls) for each in reversed(told.deliveries(limit=_SHOWN_MAX))]
    return Page(
        "webhooks.html",
        {
            "endpoints": endpoints, "deliveries": deliveries, "waiting": told.unsent()[:_SHOWN_MAX], "problem": problem,
            "form": visit.form if problem else {}, "realms": visit.parts.register.realms(),
        },
        400 if problem else 200,
    )  # fmt: skip


def _delivery(shown: dict[str, Any], urls: dict[int, str]) -> dict[str, Any]:
    """A delivery for the table; its last attempt in a word."""
    last = shown["attempts"][-1] if shown["attempts"] else {}
    return {
        **shown, "url": urls.get(shown["subscription"], "an endpoint that is gone"),
        "time": shown["created"][:19].replace("T", " "),
        "last": last.get("status") or last.get("error") or "", "next": (shown["next"] or "")[:19].replace("T", " "),
        "pretty": _pretty(shown["body"]),
    }  # fmt: skip


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def subscribe(visit: Visit) -> Answer:
    """One endpoint more."""
    form = visit.form
    wish = {name: form[name].strip() for name in ("client_id", "url", "realm_id", "format") if form.get(name, "").strip()}
    try:
        visit.parts.webhooks.subscribe(wish)
    except ValueError as error:
        return _page(visit, str(error))
    return Redirect(at("calls", "webhooks", done="told"))


def unsubscribe(visit: Visit) -> Answer:
    """One endpoint less."""
    number = visit.form.get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Missing("There is no such endpoint.")
    visit.parts.webhooks.unsubscribe(int(number))
    return Redirect(at("calls", "webhooks", done="untold"))


def mails(visit: Visit) -> Answer:
    """The outbox."""
    companies = visit.parts.register.companies
    shown: list[dict[str, Any]] = []
    for each in reversed(mail.outbox(visit.parts.state)):
        company = companies.get(each["realm_id"])
        if company is not None and each["entity"] in ENTITIES and len(shown) < _SHOWN_MAX:
            title = f"{words.one(each['entity'])} {each['id']}"
            shown.append({**each, "company": company.name, "title": title, "href": to_object(company, each["entity"], each["id"]),
                          "time": each["time"][:19].replace("T", " ")})  # fmt: skip
    return Page("mails.html", {"mails": shown})


ROUTES = (
    ("GET", "calls/webhooks", webhooks),
    ("POST", "calls/webhooks", subscribe),
    ("POST", "calls/webhooks/remove", unsubscribe),
    ("GET", "calls/mails", mails),
)
