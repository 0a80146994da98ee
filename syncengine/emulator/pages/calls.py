"""The calls: the journal as a table, one call with what it wrote, the ledger of metered reads, deliveries and mails."""

from __future__ import annotations

import json
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.pages import words
from syncengine.emulator.pages.record import history
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, at, to_object
from syncengine.emulator.versions import Kept

ROWS = 50
#: Filter -> SQL. A line without a status got no answer: its connection was broken.
_ONLY = {
    "writes": "instr(line, '\"wrote\":') > 0",
    "refused": "(json_extract(line, '$.status') >= 400 OR json_extract(line, '$.status') = 0)",
    "faults": "instr(line, '\"mischief\":') > 0",
}
_AS_THEY_ARE = ("n", "realm", "method", "path", "operation", "entity", "requestid", "fault", "mischief", "note")
#: Links to what one call wrote, in the table.
_WROTE_MAX = 4


def view(visit: Visit) -> Answer:
    """The table of calls, newest first."""
    query = visit.query
    kept = {name: query.get(name, "") for name in ("realm", "only", "q")}
    before, after = visit.number("before"), visit.number("after")
    visit.parts.journal.flush()
    lines, newer, older = _lines(visit, kept, before, after)
    values = {
        "lines": [_shown(visit, line) for line in lines], "kept": kept, "realms": visit.parts.register.realms(),
        "newer": at("calls", **kept, after=lines[0]["n"]) if newer and lines else "",
        "older": at("calls", **kept, before=lines[-1]["n"]) if older and lines else "",
        "watch": query.get("watch") == "1" and not before and not after, "first": not before and not after,
        "watching": at("calls", **kept, watch="1"), "still": at("calls", **kept), "blank": _count(visit) == 0,
        "journal": visit.parts.switches["journal"],
    }  # fmt: skip
    return Page("calls.html", values)


def _count(visit: Visit) -> int:
    return int(visit.parts.state.execute("SELECT count(*) FROM (SELECT 1 FROM journal LIMIT 1)").fetchone()[0])


def _lines(visit: Visit, kept: dict[str, str], before: int, after: int) -> tuple[list[dict[str, Any]], bool, bool]:
    """(lines newest first, whether there are newer ones, whether there are older ones)."""
    where, values = _where(kept)
    if after:
        found = _select(visit, f"{where} AND n > ? ORDER BY n LIMIT {ROWS + 1}", [*values, after])
        page = list(reversed(found[:ROWS]))
        return page, len(found) > ROWS, bool(page)
    found = _select(visit, f"{where} AND n < ? ORDER BY n DESC LIMIT {ROWS + 1}", [*values, before or 2**62])
    return found[:ROWS], bool(before), len(found) > ROWS


def _where(kept: dict[str, str]) -> tuple[str, list[Any]]:
    where, values = "1", []
    if kept["realm"]:
        where += " AND realm = ?"
        values.append(kept["realm"])
    if kept["only"] in _ONLY:
        where += f" AND {_ONLY[kept['only']]}"
    if kept["q"]:
        where += " AND instr(lower(line), lower(?)) > 0"
        # The line is JSON text: what is escaped in there is escaped here.
        values.append(json.dumps(kept["q"])[1:-1])
    return where, values


def _select(visit: Visit, where: str, values: list[Any]) -> list[dict[str, Any]]:
    rows = visit.parts.state.execute(f"SELECT n, line FROM journal WHERE {where}", values)  # noqa: S608 -- values are bound
    return [{"n": n, **json.loads(line)} for n, line in rows]


def _shown(visit: Visit, line: dict[str, Any]) -> dict[str, Any]:
    """A line of the journal as the table shows it."""
    status = line.get("status", 0)
    wrote = line.get("wrote", [])
    return {
        **{name: line.get(name, "") for name in _AS_THEY_ARE},
        "who": line.get("client_id", ""), "href": at("calls", str(line["n"])),
        "date": str(line.get("time", ""))[:10], "time": str(line.get("time", ""))[11:23], "status": status or "none",
        "bad": not 0 < status < 400, "metered": line.get("coreplus", 0),
        "tail": str(line.get("path", "")).removeprefix(f"/v3/company/{line.get('realm', '')}/"),
        "replayed": line.get("replayed", False), "wrote": _links(visit, line.get("realm", ""), wrote[:_WROTE_MAX]),
        "more": max(0, len(wrote) - _WROTE_MAX),
    }  # fmt: skip


def _links(visit: Visit, realm: str, wrote: list[str]) -> list[tuple[str, str]]:
    """(text, address) of what a call wrote."""
    company = visit.parts.register.companies.get(realm)
    found = []
    for each in wrote:
        entity, id_, change = each.split("/", 2)
        href = to_object(company, entity, id_) if company and entity in ENTITIES else ""
        found.append((f"{words.one(entity)} {id_}: {change.replace('_', ' ')}", href))
    return found


def one(visit: Visit) -> Answer:
    """One call: all of its line, and what it changed."""
    visit.parts.journal.flush()
    lines = _select(visit, "n = ?", [int(visit.id)]) if visit.id.isdecimal() and len(visit.id) < 16 else []
    if not lines:
        raise Missing("There is no such call, or the calls were forgotten since.")
    line = lines[0]
    shown = _shown(visit, line)
    shown["wrote"], shown["more"] = _links(visit, shown["realm"], line.get("wrote", [])), 0
    company = visit.parts.register.companies.get(shown["realm"])
    return Page("call.html", {"line": shown, "raw": line, "changes": _changes(visit, line["n"]) if company else [], "of": company})


def _changes(visit: Visit, number: int) -> list[dict[str, Any]]:
    """What a call changed, object by object."""
    state, register = visit.parts.state, visit.parts.register
    rows = state.execute("SELECT company, entity, id, n FROM version WHERE line = ? ORDER BY n LIMIT 60", (number,)).fetchall()
    companies = {each.key: each for each in register.companies.values()}
    found = []
    for key, entity, id_, n in rows:
        company = companies.get(key)
        if company is None or entity not in ENTITIES:
            continue
        versions = [each for each in visit.parts.versions.of(company, entity, id_) if each.n <= n][:2]
        within = Visit(visit.parts, visit.request, company, ENTITIES[entity], id_)
        found.append({"title": _title(entity, versions), "href": to_object(company, entity, id_),
                      **history(within, ENTITIES[entity], versions)[0]})  # fmt: skip
    return found


def _title(entity: str, versions: list[Kept]) -> str:
    """What the object was called: the stub of a deleted one no longer knows."""
    known: dict[str, Any] = next((wire.loads(each.text) for each in versions if each.change != "delete"), {})
    return words.title_of(entity, known) if known else words.one(entity)


def forget(visit: Visit) -> Answer:
    """Forget all calls and counts."""
    visit.parts.journal.clear()
    return Redirect(at("calls", done="cleared"))


def meter(visit: Visit) -> Answer:
    """Metered reads and writes, by month, app and company."""
    limit = int(visit.parts.switches["coreplus_per_month"])
    rows = list(reversed(visit.parts.journal.meter()))
    month = f"{visit.parts.clock.now():%Y-%m}"
    apps: dict[str, int] = {}
    for row in rows:
        if row["month"] == month and row["client_id"]:
            apps[row["client_id"]] = apps.get(row["client_id"], 0) + row["coreplus"]
    names = {each["realm_id"]: each["name"] for each in visit.parts.register.realms()}
    return Page("meter.html", {"rows": rows, "apps": apps, "limit": limit, "month": month, "names": names,
                               "enforced": visit.parts.switches["quotas"]})  # fmt: skip


ROUTES = (
    ("GET", "calls", view),
    ("GET", "calls/meter", meter),
    ("POST", "calls/forget", forget),
    ("GET", "calls/{id}", one),
)
