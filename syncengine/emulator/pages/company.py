"""One company: what is in it, and the search over everything."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import fold
from syncengine.emulator.pages import fields, reports, words
from syncengine.emulator.pages.listing import pattern
from syncengine.emulator.pages.visit import Answer, Page, Visit, to_company, to_object

_FOUND_MAX = 100


def view(visit: Visit) -> Answer:
    """The overview: each list with its count."""
    rows = visit.parts.state.execute(
        "SELECT entity, count(*), sum(active) FROM object WHERE company = ? AND deleted = 0 GROUP BY entity", (visit.of.key,)
    ).fetchall()
    counts = {entity: (count, active) for entity, count, active in rows}
    groups = [
        (title, [_entry(visit, name, *counts.get(name, (0, 0))) for name in names]) for title, names in words.groups().items()
    ]
    preferences = visit.books.preference
    return Page("company.html", {
        "groups": groups, "closed": preferences("AccountingInfoPrefs", "BookCloseDate") or "",
        "documents": sum(count for name, (count, _) in counts.items() if name in ENTITIES and ENTITIES[name].dated),
        "last": _last(visit), "reports": reports.offered(),
    })  # fmt: skip


def _entry(visit: Visit, name: str, count: int, active: int) -> dict[str, Any]:
    entity = ENTITIES[name]
    new = to_company(visit.of, entity.path, "new") if entity.creatable and name in fields.FORMS else ""
    return {
        "title": words.many(name), "count": "" if entity.singleton else f"{count:,}",
        "href": to_object(visit.of, name, "1") if entity.singleton else to_company(visit.of, entity.path),
        "inactive": count - active if entity.deactivatable else 0, "new": new, "one": words.one(name).lower(),
    }  # fmt: skip


def _last(visit: Visit) -> list[dict[str, Any]]:
    """The objects that were written last."""
    rows = visit.parts.state.execute(
        "SELECT max(n), entity, id FROM (SELECT n, entity, id FROM version WHERE company = ? ORDER BY n DESC LIMIT 40)"
        " GROUP BY entity, id ORDER BY 1 DESC LIMIT 8",
        (visit.of.key,),
    ).fetchall()
    last = []
    for _, name, id_ in rows:
        row = visit.books.row(name, id_)
        if row is not None and name in ENTITIES:
            obj = wire.loads(row.body)
            title = f"{words.one(name)} #{id_}" if row.deleted else words.title_of(name, obj)
            last.append({"title": title, "kind": words.one(name), "href": to_object(visit.of, name, id_), "when": _when(obj),
                         "deleted": bool(row.deleted)})  # fmt: skip
    return last


def _when(obj: dict[str, Any]) -> str:
    return str(obj.get("MetaData", {}).get("LastUpdatedTime", ""))[:16].replace("T", " ")


def search(visit: Visit) -> Answer:
    """Everything whose name, number or id is, or holds, the text."""
    text = visit.query.get("q", "").strip()
    found = _found(visit, text) if text else []
    return Page("search.html", {"text": text, "rows": found[:_FOUND_MAX], "more": len(found) > _FOUND_MAX})


def _found(visit: Visit, text: str) -> list[dict[str, Any]]:
    like, exact = pattern(text), fold(text.removeprefix("#"))
    rows = visit.parts.state.execute(
        "SELECT entity, body FROM object WHERE company = ? AND deleted = 0"
        r" AND (name LIKE ? ESCAPE '\' OR full_name LIKE ? ESCAPE '\' OR doc LIKE ? ESCAPE '\' OR id = ?)"
        " ORDER BY (doc = ? OR name = ? OR id = ?) DESC, entity, date DESC, name LIMIT ?",
        (visit.of.key, like, like, like, text.removeprefix("#"), exact, exact, exact, _FOUND_MAX + 1),
    )
    return [_hit(visit, entity, wire.loads(body)) for entity, body in rows if entity in ENTITIES]


def _hit(visit: Visit, name: str, obj: dict[str, Any]) -> dict[str, Any]:
    party = obj.get(ENTITIES[name].party or "", {})
    return {
        "kind": words.one(name), "title": words.number_of(name, obj), "href": to_object(visit.of, name, obj["Id"]),
        "party": party.get("name", "") if isinstance(party, dict) else "", "date": obj.get("TxnDate", ""),
        "amount": obj.get("TotalAmt", obj.get("Balance")), "status": words.status_of(name, obj, visit.books.today),
    }  # fmt: skip


ROUTES = (
    ("GET", "company/{realm}", view),
    ("GET", "company/{realm}/search", search),
    *reports.ROUTES,
)
