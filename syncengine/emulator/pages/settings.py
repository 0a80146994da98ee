"""A company's settings: closed books, tracking, numbers, currencies, and what its plan allows."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import actor, moments
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.faults import Refusal
from syncengine.emulator.pages.edit import refusals
from syncengine.emulator.pages.switches import controls, read
from syncengine.emulator.pages.visit import Answer, Page, Redirect, Visit, to_company

#: Switches that stand for what a company's subscription is; they hold for all companies of the emulator.
_PLAN = ("subscription", "class_limit", "plan")


def view(visit: Visit) -> Answer:
    """The settings page."""
    return _page(visit)


def _page(visit: Visit, problems: list[str] | None = None) -> Page:
    preference = visit.books.preference
    accounting: dict[str, Any] = (visit.books.known("Preferences", "1") or {}).get("AccountingInfoPrefs", {})
    per_line, per_form = accounting.get("ClassTrackingPerTxnLine"), accounting.get("ClassTrackingPerTxn")
    return Page("settings.html", {
        "problems": problems or [], "form": visit.form if problems else {},
        "closed": accounting.get("BookCloseDate", ""), "password": bool(visit.of.closing_password),
        "classes": "line" if per_line else "form" if per_form else "off", "locations": bool(accounting.get("TrackDepartments")),
        "custom_numbers": bool(preference("SalesFormsPrefs", "CustomTxnNumbers")),
        "currencies": bool(preference("CurrencyPrefs", "MultiCurrencyEnabled")), "currencies_known": "CompanyCurrency" in ENTITIES,
        "preferences_token": (visit.books.known("Preferences", "1") or {}).get("SyncToken", ""),
        "plan": [each for each in controls(visit.parts.switches) if each["name"] in _PLAN],
    }, 400 if problems else 200)  # fmt: skip


def close(visit: Visit) -> Answer:
    """Close the books up to a date, or open them."""
    day = "" if "open" in visit.form else visit.form.get("date", "").strip()
    if "open" not in visit.form and not moments.valid_date(day):
        return _page(visit, [f"Closing date: “{day}” is no date like 2026-01-31."])
    wish = {"action": "close_books", "date": day, "password": visit.form.get("password", "")}
    return _acted(visit, wish, "closed" if day else "opened")


def track(visit: Visit) -> Answer:
    """Tracking, numbers and currencies."""
    form, classes = visit.form, visit.form.get("classes", "off")
    changes: dict[str, dict[str, Any]] = {
        "AccountingInfoPrefs": {
            "ClassTrackingPerTxn": classes == "form", "ClassTrackingPerTxnLine": classes == "line",
            "TrackDepartments": form.get("locations") == "on",
        },
        "SalesFormsPrefs": {"CustomTxnNumbers": form.get("custom_numbers") == "on"},
    }  # fmt: skip
    if "box.currencies" in form:
        changes["CurrencyPrefs"] = {"MultiCurrencyEnabled": form.get("currencies") == "on"}
    return _acted(visit, {"action": "set_preferences", "changes": changes, "token": form.get("sync_token", "")}, "saved")


def plan(visit: Visit) -> Answer:
    """What the subscription allows."""
    try:
        visit.parts.switches.update(read({name: text for name, text in visit.form.items() if name in _PLAN}))
    except ValueError as error:
        return _page(visit, [str(error)])
    return Redirect(to_company(visit.of, "settings", done="saved"))


def _acted(visit: Visit, wish: dict[str, Any], done: str) -> Answer:
    try:
        actor.carry_out(visit.parts, visit.of, wish)
    except Refusal as refusal:
        return _page(visit, refusals(refusal))
    return Redirect(to_company(visit.of, "settings", done=done))


ROUTES = (
    ("GET", "company/{realm}/settings", view),
    ("POST", "company/{realm}/settings/books", close),
    ("POST", "company/{realm}/settings/tracking", track),
    ("POST", "company/{realm}/settings/plan", plan),
)
