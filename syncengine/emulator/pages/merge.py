"""Merging a member of a list into another one, as the QuickBooks screen does it when two get the same name."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import actor, wire
from syncengine.emulator.faults import Refusal
from syncengine.emulator.pages import draw, values, words
from syncengine.emulator.pages.edit import refusals
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, to_object


def choose(visit: Visit) -> Answer:
    """Into which one; with `?into=` a name or `#id`, what would happen."""
    loser = _object(visit)
    text = visit.query.get("into", "").strip()
    if not text:
        return _page(visit, loser, text, None)
    into = values.find(visit.books, visit.about.name, text)
    survivor = visit.books.known(visit.about.name, into) if into else None
    if survivor is None:
        return _page(visit, loser, text, None, [f"There is no {words.one(visit.about.name).lower()} called “{text}”."])
    if survivor["Id"] == loser["Id"]:
        return _page(visit, loser, text, None, ["That is this one itself."])
    return _page(visit, loser, text, survivor)


def carry_out(visit: Visit) -> Answer:
    """What was confirmed."""
    loser, into = _object(visit), visit.form.get("into_id", "")
    survivor = visit.books.known(visit.about.name, into)
    wish = {"action": "merge", "entity": visit.about.name, "id": visit.id, "into": into, "token": visit.form.get("sync_token", "")}
    try:
        actor.carry_out(visit.parts, visit.of, wish)
    except Refusal as refusal:
        return _page(visit, loser, f"#{into}", survivor, refusals(refusal))
    except ValueError as error:
        return _page(visit, loser, "", None, [f"{error}"])
    return Redirect(to_object(visit.of, visit.about.name, into, done="merged"))


def _object(visit: Visit) -> dict[str, Any]:
    entity = visit.about
    found = visit.books.known(entity.name, visit.id)
    if found is None or not (entity.shown_name and entity.deactivatable):
        raise Missing(f"There is no {words.one(entity.name).lower()} {visit.id} that could be merged.")
    return found


def _page(
    visit: Visit, loser: dict[str, Any], text: str, survivor: dict[str, Any] | None, problems: list[str] | None = None
) -> Page:
    own = words.number_of(visit.about.name, loser)
    shown = {
        "entity": visit.about, "loser": loser, "survivor": survivor, "text": text, "problems": problems or [],
        "names": [name for name in values.options(visit.books, visit.about.name) if name != own],
        "uses": _uses(visit, loser) if survivor else 0, "sums": _sums(loser, survivor) if survivor else [],
        "back": to_object(visit.of, visit.about.name, visit.id),
    }  # fmt: skip
    return Page("merge.html", shown, 400 if problems else 200)


def _uses(visit: Visit, loser: dict[str, Any]) -> int:
    """How many objects name it."""
    shown = f'{{"value":{wire.dumps(loser["Id"])},"name":{wire.dumps(loser[visit.about.shown_name])}'
    statement = "SELECT count(*) FROM object WHERE company = ? AND deleted = 0 AND instr(body, ?) > 0"
    return int(visit.parts.state.execute(statement, (visit.of.key, shown)).fetchone()[0])


def _sums(loser: dict[str, Any], survivor: dict[str, Any]) -> list[str]:
    return [
        f"{words.label(name)}: {draw.money(survivor[name])} becomes {draw.money(survivor[name] + loser[name])}."
        for name in ("Balance", "CurrentBalance")
        if loser.get(name) and name in survivor
    ]


ROUTES = (
    ("GET", "company/{realm}/{entity}/{id}/merge", choose),
    ("POST", "company/{realm}/{entity}/{id}/merge", carry_out),
)
