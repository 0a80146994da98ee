"""Delete, void, make inactive and active again: first what it would do, then it is done."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import actor
from syncengine.emulator.faults import Refusal
from syncengine.emulator.pages import draw, readable, words
from syncengine.emulator.pages.edit import refusals
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, to_company, to_object

#: Last segment of the address -> (the bookkeeper's action, what the button says, what the page says afterwards).
_ACTS = {
    "delete": ("delete", "Delete", "deleted"),
    "void": ("void", "Void", "voided"),
    "deactivate": ("deactivate", "Make inactive", "inactive"),
    "activate": ("reactivate", "Make active", "active"),
}


def ask(visit: Visit) -> Answer:
    """What would happen."""
    return _page(visit, _object(visit))


def carry_out(visit: Visit) -> Answer:
    """What was confirmed."""
    obj, entity = _object(visit), visit.about
    action, _, done = _ACTS[_act(visit)]
    wish = {"action": action, "entity": entity.name, "id": visit.id, "token": visit.form.get("sync_token", "")}
    try:
        actor.carry_out(visit.parts, visit.of, wish)
    except Refusal as refusal:
        return _page(visit, obj, refusals(refusal))
    if action == "delete":
        return Redirect(to_company(visit.of, entity.path, done=done))
    return Redirect(to_object(visit.of, entity.name, visit.id, done=done))


def _act(visit: Visit) -> str:
    return visit.request.path.rstrip("/").rpartition("/")[2]


def _object(visit: Visit) -> dict[str, Any]:
    entity, act = visit.about, _act(visit)
    known = {"delete": entity.deletable, "void": entity.voidable}.get(act, entity.deactivatable)
    found = visit.books.known(entity.name, visit.id)
    if found is None or not known:
        raise Missing(f"There is no {words.one(entity.name).lower()} {visit.id} with which this could be done.")
    return found


def _page(visit: Visit, obj: dict[str, Any], problems: list[str] | None = None) -> Page:
    act = _act(visit)
    title = words.title_of(visit.about.name, obj)
    values = {
        "title": f"{_ACTS[act][1]}: {title}", "button": _ACTS[act][1], "consequences": _consequences(visit, act, obj),
        "back": to_object(visit.of, visit.about.name, visit.id), "sync_token": obj["SyncToken"], "problems": problems or [],
        "dangerous": act in {"delete", "void"},
    }  # fmt: skip
    return Page("confirm.html", values, 400 if problems else 200)


def _consequences(visit: Visit, act: str, obj: dict[str, Any]) -> list[str]:
    if act == "deactivate":
        return _inactive(visit, obj)
    if act == "activate":
        return ["It can be chosen on new transactions again, and its name loses the “(deleted)”."]
    first = (
        "The transaction is gone for good; its history stays readable here, and apps are told by change data capture."
        if act == "delete"
        else "All its amounts become 0 and its memo says “Voided”; it keeps its number and stays in the list."
    )
    links = [f"{each['title']} is let go: it is no longer linked with this one." for each in readable.linked(visit.books, obj)]
    total = obj.get("TotalAmt", obj.get("Amount"))
    party = obj.get(visit.about.party or "", {})
    moved = []
    if total and isinstance(party, dict) and party.get("name"):
        moved.append(f"What it came to, {draw.money(total)}, no longer counts for {party['name']}.")
    return [first, *moved, *links]


def _inactive(visit: Visit, obj: dict[str, Any]) -> list[str]:
    found = [
        "It no longer shows in lists and cannot be chosen on new transactions; old ones keep it.",
        "QuickBooks adds “(deleted)” to its name, and the name is free for another.",
    ]
    below = len(visit.books.ids(visit.about.name, "parent", obj["Id"])) if visit.about.hierarchy else 0
    if below:
        found.append(f"There {'is' if below == 1 else 'are'} {draw.count(below, 'member')} below it.")
    balance = obj.get("Balance", obj.get("CurrentBalance"))
    if balance:
        found.append(f"Its balance is {draw.money(balance)}, and stays.")
    return found


ROUTES = tuple(
    (method, f"company/{{realm}}/{{entity}}/{{id}}/{act}", view)
    for act in _ACTS
    for method, view in (("GET", ask), ("POST", carry_out))
)
