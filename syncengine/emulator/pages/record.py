"""One object: as people read it, what it did to the accounts, its JSON, and its history."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import moments, wire
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.pages import columns, differences, draw, effects, fields, readable, words
from syncengine.emulator.pages.visit import Answer, Missing, Page, Visit, at, to_company, to_object
from syncengine.emulator.versions import SETUP, Kept


def view(visit: Visit) -> Answer:
    """The page of an object; of a deleted one what is known of it."""
    books, entity = visit.books, visit.about
    row = books.row(entity.name, visit.id)
    if row is None:
        raise Missing(f"There never was a {words.one(entity.name).lower()} with the id {visit.id}.")
    versions = visit.parts.versions.of(visit.of, entity.name, visit.id)
    obj: dict[str, Any] = wire.loads(row.body)
    main, more = readable.facts(books, entity, obj)
    headings, rows = readable.lines(books, obj)
    return Page(
        "record.html",
        {
            "entity": entity, "obj": obj, "deleted": bool(row.deleted), "title": _title(entity, obj, versions),
            "status": words.status_of(entity.name, obj, books.today), "facts": main, "more": more,
            "addresses": readable.addresses(obj), "columns": headings, "rows": rows, "sums": readable.sums(obj),
            "linked": readable.linked(books, obj), "postings": effects.postings(visit, entity, visit.id),
            "documents": effects.documents(visit, entity, visit.id), "pretty": draw.pretty(obj), "bytes": len(row.body),
            "history": history(visit, entity, versions), "keeps": bool(visit.parts.switches["history"]),
            "acts": [] if row.deleted else _acts(visit, entity, obj), "form": entity.name in fields.FORMS and entity.updatable,
        },
    )  # fmt: skip


def _title(entity: Entity, obj: dict[str, Any], versions: list[Kept]) -> str:
    """What the object is called; a deleted one as it was called last."""
    if obj.get("status") == "Deleted":
        living = next((wire.loads(each.text) for each in versions if each.change != "delete"), obj)
        return words.title_of(entity.name, living)
    return words.title_of(entity.name, obj)


def history(visit: Visit, entity: Entity, versions: list[Kept]) -> list[dict[str, Any]]:
    """The versions for the page, newest first, each with what it changed."""
    parsed = [wire.loads(each.text) for each in versions]
    shown = []
    for place, each in enumerate(versions):
        before = parsed[place + 1] if place + 1 < len(versions) else None
        shown.append({
            "n": each.n,
            "at": moments.second(each.at, visit.of.zone)[:19].replace("T", " "),
            "token": parsed[place].get("SyncToken", ""),
            "who": {SETUP: "set up with the company", "": "before there was a history"}.get(each.who, each.who),
            "change": each.change,
            "fields": differences.between(entity, before, parsed[place]) if before and each.change != "delete" else [],
            "first": before is None,
            **_call(visit, each),
        })  # fmt: skip
    return shown


def _call(visit: Visit, version: Kept) -> dict[str, str]:
    """The call that made a version: its page, and its requestid."""
    if version.line is None:
        return {"call": "", "requestid": ""}
    visit.parts.journal.flush()
    row = visit.parts.state.execute("SELECT line FROM journal WHERE n = ?", (version.line,)).fetchone()
    if row is None:
        return {"call": "", "requestid": ""}
    return {"call": at("calls", str(version.line)), "requestid": str(wire.loads(row[0]).get("requestid", ""))}


def version(visit: Visit) -> Answer:
    """One version: the object's JSON as it then was."""
    entity = visit.about
    found = [each for each in visit.parts.versions.of(visit.of, entity.name, visit.id) if each.n == visit.number("n")]
    if not found:
        raise Missing("There is no such version of it.")
    text: Any = wire.loads(found[0].text)
    when = moments.second(found[0].at, visit.of.zone)[:19].replace("T", " ")
    values = {"entity": entity, "title": words.title_of(entity.name, text), "pretty": draw.pretty(text), "when": when,
              "back": to_object(visit.of, entity.name, visit.id)}  # fmt: skip
    return Page("version.html", values)


def _payment(visit: Visit, invoice: dict[str, Any]) -> str:
    """The form of a payment with what an invoice says filled in."""
    open_ = wire.dumps(invoice["Balance"])
    number = invoice.get("DocNumber") or f"#{invoice['Id']}"
    customer = visit.books.known("Customer", str(columns.valued(invoice, "CustomerRef.value"))) or {}
    filled = {"f.CustomerRef": words.number_of("Customer", customer), "f.TotalAmt": open_,
              "l0.new0.LinkedTxn": number, "l0.new0.Amount": open_}  # fmt: skip
    return to_company(visit.of, ENTITIES["Payment"].path, "new", **filled)


def _acts(visit: Visit, entity: Entity, obj: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, address) of what may be done with an object, besides editing it."""
    def to(act: str) -> str:
        return to_object(visit.of, entity.name, obj["Id"], act)

    found = []
    if entity.name == "Invoice" and obj.get("Balance"):
        found.append(("Receive payment", _payment(visit, obj)))
    if entity.deactivatable:
        found.append(("Make active", to("activate")) if obj.get("Active") is False else ("Make inactive", to("deactivate")))
    if entity.shown_name and entity.deactivatable:
        found.append(("Merge into…", to("merge")))
    if entity.voidable:
        found.append(("Void", to("void")))
    if entity.deletable:
        found.append(("Delete", to("delete")))
    return found


ROUTES = (
    ("GET", "company/{realm}/{entity}/{id}", view),
    ("GET", "company/{realm}/{entity}/{id}/version", version),
)
