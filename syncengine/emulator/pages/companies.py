"""All companies: what there is, setting up one more, setting one up anew, and taking the apps' access away."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from syncengine.emulator import moments
from syncengine.emulator.books import Company
from syncengine.emulator.companies import KINDS
from syncengine.emulator.pages.visit import Answer, Page, Redirect, Visit, at, to_company

_KINDS = {
    "demo": "a small distributor with customers, items and a few weeks of documents",
    "intuit": "the landscaping firm that Intuit gives to developers",
    "empty": "a new company: accounts and terms, nothing else",
    "british": "a new company in the United Kingdom: pounds, VAT, prices with or without tax",
    "french": "a new company in France: euros, TVA, journal codes",
}
#: The zones offered; any other may be typed.
_ZONES = ("America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "UTC")


def view(visit: Visit) -> Answer:
    """The start page."""
    return _page(visit, {}, "")


def add(visit: Visit) -> Answer:
    """A company more."""
    form = visit.form
    zone = form.get("zone", "").strip() or _ZONES[0]
    if zone not in available_timezones():
        return _page(visit, form, f"There is no time zone called {zone}; they are called like America/New_York.")
    options = {"name": form["name"].strip()[:100]} if form.get("name", "").strip() else {}
    try:
        made = visit.parts.register.add(form.get("kind", ""), form.get("realm", "").strip() or None, zone=zone, **options)
    except ValueError as error:
        return _page(visit, form, str(error))
    return Redirect(to_company(made, done="added"))


def _page(visit: Visit, form: dict[str, str], problem: str) -> Page:
    values = {
        "companies": [_entry(visit, each) for each in visit.parts.register.companies.values()],
        "kinds": {name: _KINDS.get(name, kind.name) for name, kind in KINDS.items()}, "zones": _ZONES, "form": form,
        "problem": problem,
    }  # fmt: skip
    return Page("companies.html", values, 400 if problem else 200)


def _entry(visit: Visit, company: Company) -> dict[str, Any]:
    state = visit.parts.state
    names, documents, last = state.execute(
        "SELECT sum(date IS NULL), sum(date IS NOT NULL), max(updated) FROM object WHERE company = ? AND deleted = 0",
        (company.key,),
    ).fetchone()
    return {
        "company": company, "names": names or 0, "documents": documents or 0, "apps": apps(visit, company),
        "last": moments.second(last, company.zone)[:16].replace("T", " ") if last else "",
    }  # fmt: skip


def apps(visit: Visit, company: Company) -> list[str]:
    """The client ids of the apps that are connected."""
    now = visit.parts.clock.now().timestamp()
    rows = visit.parts.state.execute(
        'SELECT DISTINCT client_id FROM "grant" WHERE realm = ? AND revoked = 0 AND expires > ? ORDER BY client_id',
        (company.realm, now),
    )
    return [row[0] for row in rows]


def ask(visit: Visit) -> Answer:
    """What resetting or disconnecting would do."""
    return Page("confirm_company.html", {"act": visit.request.path.rpartition("/")[2], "apps": apps(visit, visit.of)})


def reset(visit: Visit) -> Answer:
    """Set the company up anew."""
    visit.parts.register.rebuild(visit.of.realm)
    return Redirect(to_company(visit.of, done="reset"))


def disconnect(visit: Visit) -> Answer:
    """Take every app's access away."""
    visit.parts.authority.disconnect(visit.of.realm)
    return Redirect(at(done="disconnected"))


ROUTES = (
    ("GET", "", view),
    ("POST", "", add),
    ("GET", "company/{realm}/reset", ask),
    ("POST", "company/{realm}/reset", reset),
    ("GET", "company/{realm}/disconnect", ask),
    ("POST", "company/{realm}/disconnect", disconnect),
)
