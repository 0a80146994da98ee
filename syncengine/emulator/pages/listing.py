"""The list of one entity: sorted, filtered and cut into pages by SQL, so that 100,000 rows are as quick as ten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.checks import fold
from syncengine.emulator.pages import fields, words
from syncengine.emulator.pages.columns import ORDERS, SLOW, SLOW_ROWS_MAX, Column, cell, columns
from syncengine.emulator.pages.visit import Answer, Page, Redirect, Visit, to_company, to_object

ROWS = 50
_PARTIES = "('Customer', 'Vendor', 'Employee')"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: text, which rows (`""` living and active, `all`, `deleted`), a party's id, order and page."""

    text: str
    rows: str
    party: str
    sort: str
    descending: bool
    page: int


def view(visit: Visit) -> Answer:
    """The list page."""
    entity, company = visit.about, visit.of
    if entity.singleton:
        return Redirect(to_object(company, entity.name, "1"))
    wanted = _wanted(visit, entity)
    where, values = _where(visit, entity, wanted)
    total = _scalar(visit, f"SELECT count(*) FROM object WHERE {where}", values)  # noqa: S608 -- values are bound
    slow = total > SLOW_ROWS_MAX
    if slow and wanted.sort in SLOW:
        wanted = Wanted(wanted.text, wanted.rows, wanted.party, "", True, wanted.page)
    last = max(1, -(-total // ROWS))
    page = min(wanted.page, last)
    shown = columns(entity)
    rows = [_row(visit, entity, shown, wanted, obj) for obj in _objects(visit, entity, where, values, wanted, page)]
    return Page(
        "list.html",
        {
            "entity": entity, "columns": [(column, _heading(visit, wanted, column, slow=slow)) for column in shown],
            "rows": rows, "total": total, "page": page, "last": last, "first_row": (page - 1) * ROWS + 1, "wanted": wanted,
            "party": _party(visit, wanted), "address": lambda **more: to_company(company, entity.path, **{**_kept(wanted), **more}),
            "creatable": entity.creatable and entity.name in fields.FORMS, "empty": _is_empty(visit, entity),
        },
    )  # fmt: skip


def _wanted(visit: Visit, entity: Entity) -> Wanted:
    query = visit.query
    sort = query.get("sort", "")
    offered = {column.sort for column in columns(entity)} | {"changed", "id"}
    sort = sort if sort in offered and sort in ORDERS else ""
    rows = query.get("rows", "")
    way = query.get("way", "")
    descending = way == "down" if sort else entity.dated
    return Wanted(query.get("q", "").strip(), rows if rows in {"all", "deleted"} else "", query.get("party", ""), sort, descending,
                  max(1, visit.number("page", 1)))  # fmt: skip


def _kept(wanted: Wanted) -> dict[str, str]:
    """The parameters that stay from page to page."""
    way = ("down" if wanted.descending else "up") if wanted.sort else ""
    return {"q": wanted.text, "rows": wanted.rows, "party": wanted.party, "sort": wanted.sort, "way": way}


def _where(visit: Visit, entity: Entity, wanted: Wanted) -> tuple[str, list[Any]]:
    where, values = "company = ? AND entity = ?", [visit.of.key, entity.name]
    # A deleted row is not active either; `active` alone is answered by an index.
    where += {"": " AND active = 1", "all": " AND deleted = 0", "deleted": " AND deleted = 1"}[wanted.rows]
    if wanted.party:
        where += " AND party = ?"
        values.append(wanted.party)
    if wanted.text:
        like = pattern(wanted.text)
        where += r" AND (name LIKE ? ESCAPE '\' OR full_name LIKE ? ESCAPE '\' OR doc LIKE ? ESCAPE '\' OR id = ?"
        values += [like, like, like, wanted.text.removeprefix("#")]
        if entity.party:
            where += rf" OR party IN (SELECT id FROM object WHERE company = ? AND entity IN {_PARTIES} AND name LIKE ? ESCAPE '\')"  # noqa: S608 -- values are bound
            values += [visit.of.key, like]
        where += ")"
    return where, values


def pattern(text: str) -> str:
    """A LIKE pattern for rows that contain the text, whatever it holds."""
    for sign in "\\%_":
        text = text.replace(sign, "\\" + sign)
    return f"%{fold(text)}%"


def _objects(visit: Visit, entity: Entity, where: str, values: list[Any], wanted: Wanted, page: int) -> list[dict[str, Any]]:
    order = _order(entity, wanted)
    ids = f"SELECT rowid FROM object WHERE {where} ORDER BY {order} LIMIT {ROWS} OFFSET {(page - 1) * ROWS}"  # noqa: S608 -- values are bound
    found = [row[0] for row in visit.parts.state.execute(ids, values)]
    marks = ",".join("?" * len(found))
    bodies = dict(visit.parts.state.execute(f"SELECT rowid, body FROM object WHERE rowid IN ({marks})", found))  # noqa: S608 -- marks only
    return [wire.loads(bodies[rowid]) for rowid in found]


def _order(entity: Entity, wanted: Wanted) -> str:
    way = "DESC" if wanted.descending else "ASC"
    order = ORDERS[wanted.sort or ("date" if entity.dated else "name" if entity.name_property else "id")]
    order = order.format(way=way) if "{way}" in order else order.replace(",", f" {way},") if order == ORDERS["id"] else order
    return f"{order} {way}, CAST(id AS INTEGER) {way}"


def _row(visit: Visit, entity: Entity, shown: tuple[Column, ...], wanted: Wanted, obj: dict[str, Any]) -> dict[str, Any]:
    today = visit.books.today
    # Below its parent a member is moved in, where the order puts it there.
    below = entity.hierarchy and wanted.sort in {"", "name"}
    depth = str(obj.get("FullyQualifiedName", "")).count(":") if below else 0
    return {
        "href": to_object(visit.of, entity.name, obj["Id"]),
        "cells": [(column, cell(entity, column, obj, today)) for column in shown],
        "depth": min(depth, 4),
        # Where the screen is too narrow for a column of its own.
        "date": obj.get("TxnDate", "") if entity.dated else "",
        "inactive": obj.get("Active") is False or obj.get("status") == "Deleted",
    }


def _heading(visit: Visit, wanted: Wanted, column: Column, *, slow: bool) -> dict[str, str]:
    """The address that a heading sorts by, and the present direction for screen readers."""
    if not column.sort or (slow and column.sort in SLOW):
        return {"href": "", "now": ""}
    present = wanted.sort == column.sort
    way = "up" if present and wanted.descending else "down"
    if not present:
        way = "up" if column.kind in {"name", "text"} and column.sort != "date" else "down"
    href = to_company(visit.of, visit.about.path, **{**_kept(wanted), "sort": column.sort, "way": way})
    return {"href": href, "now": ("descending" if wanted.descending else "ascending") if present else ""}


def _party(visit: Visit, wanted: Wanted) -> str:
    """The name of the customer or vendor whose documents alone are shown."""
    if not wanted.party:
        return ""
    for entity in ("Customer", "Vendor", "Employee"):
        known = visit.books.known(entity, wanted.party)
        if known:
            return words.number_of(entity, known)
    return f"#{wanted.party}"


def _is_empty(visit: Visit, entity: Entity) -> bool:
    """Whether the company has none of these at all, as against none that fit."""
    statement = "SELECT count(*) FROM (SELECT 1 FROM object WHERE company = ? AND entity = ? AND deleted = 0 LIMIT 1)"
    return not _scalar(visit, statement, [visit.of.key, entity.name])


def _scalar(visit: Visit, statement: str, values: list[Any]) -> int:
    return int(visit.parts.state.execute(statement, values).fetchone()[0])


ROUTES = (("GET", "company/{realm}/{entity}", view),)
