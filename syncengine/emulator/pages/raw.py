"""The JSON editor: any object, and any property, as text."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import actor, wire
from syncengine.emulator.faults import Refusal
from syncengine.emulator.pages import draw, words
from syncengine.emulator.pages.edit import refusals
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, to_company, to_object

_ENVELOPE = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status")


def change(visit: Visit) -> Answer:
    """`GET .../json`: an object as text, without what only QuickBooks sets."""
    obj = _object(visit)
    return _page(visit, draw.pretty(_own(obj)), obj["SyncToken"])


def save(visit: Visit) -> Answer:
    """`POST .../json`: the object as it is to be; a property that is gone from the text is emptied."""
    obj, text, token = _object(visit), visit.form.get("json", ""), visit.form.get("sync_token", "")
    try:
        own = _parsed(text)
        changes = {**{name: None for name in _own(obj) if name not in own}, **own}
        wish = {"action": "edit", "entity": visit.about.name, "id": visit.id, "changes": changes, "token": token}
        actor.carry_out(visit.parts, visit.of, wish)
    except (Refusal, ValueError) as error:
        return _refused(visit, text, token, error)
    return Redirect(to_object(visit.of, visit.about.name, visit.id, done="saved"))


def blank(visit: Visit) -> Answer:
    """`GET .../new-json`: a new object as text."""
    if not visit.about.creatable:
        raise Missing(f"{words.many(visit.about.name)} cannot be created.")
    given = {name.partition(".")[0]: {"value": ""} if name.endswith("Ref") else "" for name in visit.about.required}
    return _page(visit, draw.pretty(given or {visit.about.name_property or "": ""}), "")


def create(visit: Visit) -> Answer:
    """`POST .../new-json`: the new object."""
    text = visit.form.get("json", "")
    try:
        wish = {"action": "create", "entity": visit.about.name, "object": _parsed(text)}
        made = actor.carry_out(visit.parts, visit.of, wish)
    except (Refusal, ValueError) as error:
        return _refused(visit, text, "", error)
    return Redirect(to_object(visit.of, visit.about.name, made["Id"], done="created"))


def _object(visit: Visit) -> dict[str, Any]:
    found = visit.books.known(visit.about.name, visit.id)
    if found is None or not visit.about.updatable:
        raise Missing(f"There is no {words.one(visit.about.name).lower()} {visit.id} that can be changed.")
    return found


def _own(obj: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in obj.items() if name not in _ENVELOPE}


def _parsed(text: str) -> dict[str, Any]:
    """The object in the text (ValueError where there is none)."""
    parsed = wire.loads(text)
    if not isinstance(parsed, dict):
        raise ValueError("the text is no JSON object: it begins with { and ends with }")  # noqa: TRY004 -- one remedy for both
    return _own(parsed)


def _refused(visit: Visit, text: str, token: str, error: Refusal | ValueError) -> Page:
    said = refusals(error) if isinstance(error, Refusal) else [f"Not sent: {error}"]
    return _page(visit, text, token, said, stale=isinstance(error, Refusal) and error.code == "5010")


def _page(visit: Visit, text: str, token: str, problems: list[str] | None = None, *, stale: bool = False) -> Page:
    back = to_object(visit.of, visit.about.name, visit.id) if visit.id else to_company(visit.of, visit.about.path)
    values = {"entity": visit.about, "id": visit.id, "text": text, "sync_token": token, "problems": problems or [], "stale": stale}
    return Page("json.html", {**values, "back": back}, 400 if problems else 200)


ROUTES = (
    ("GET", "company/{realm}/{entity}/new-json", blank),
    ("POST", "company/{realm}/{entity}/new-json", create),
    ("GET", "company/{realm}/{entity}/{id}/json", change),
    ("POST", "company/{realm}/{entity}/{id}/json", save),
)
