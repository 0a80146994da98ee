"""Queries answered: a statement of the query language becomes one SQL statement over the objects."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from syncengine.emulator import faults, moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Flag, Inner, Money, Number, Ref
from syncengine.emulator.catalogue.registry import BY_PATH, ENTITIES
from syncengine.emulator.checks import fold
from syncengine.emulator.query import Condition, Query, parse

#: Rows of a page that asks for no number, and the most that one may ask for.
_PAGE, _LARGEST_PAGE = 100, 1000
#: Queries whose rows are remembered at most, where later pages show what the first one found.
_PINNED = 64
_TIMES = {"metadata.createtime": "created", "metadata.lastupdatedtime": "updated"}
#: Properties that have a column of their own; everything else is read out of the body.
_COLUMNS = {"active": "active", "fullyqualifiedname": "full_name", "docnumber": "doc", "txndate": "date"}
_ATTACHED = re.compile(r"attachableref\.(.+)", re.IGNORECASE)
#: What queries may ask about the references of an attachment -> where it stands.
_ATTACHED_TO = {
    "entityref": "EntityRef.value", "entityref.value": "EntityRef.value", "entityref.type": "EntityRef.type",
    "lineinfo": "LineInfo", "includeonsend": "IncludeOnSend", "inactive": "Inactive", "norefonly": "",
}  # fmt: skip
_SQL_OPERATORS = {"=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "<>"}


class Page:
    """The answer to a query: the bodies of the rows, or a count.

    Attributes:
        entity: whose objects they are.
        bodies: their JSON texts.
        start: the position of the first one, counted from 1.
        count: the number that COUNT(*) asked for, None for a query for objects.
        total: how many there are in all, None where the answer does not say so.
    """

    def __init__(self, entity: Entity, bodies: list[str], start: int, count: int | None = None, total: int | None = None) -> None:
        self.entity = entity
        self.bodies = bodies
        self.start = start
        self.count = count
        self.total = total

    def text(self) -> str:
        """The JSON of the `QueryResponse`; CompanyInfo and Preferences come without a position."""
        if self.count is not None:
            return f'{{"totalCount":{self.count}}}'
        if not self.bodies:
            return "{}"
        joined = ",".join(self.bodies)
        position = "" if self.entity.singleton else f'"startPosition":{self.start},'
        total = "" if self.total is None else f',"totalCount":{self.total}'
        return f'{{"{self.entity.envelope}":[{joined}],{position}"maxResults":{len(self.bodies)}{total}}}'


def select(books: Books, statement: str, room: int = _LARGEST_PAGE) -> Page:
    """Answer one statement, with no more than `room` objects.

    Raises:
        Refusal: 4000 or 4001.
    """
    query = parse(statement)
    _listed(books, query)
    entity = entity_of(books, query.entity)
    start, maximum = (1, 1) if entity.singleton else _window(books, query)
    if entity.rows is not None:
        rows_ = entity.rows(books, query.conditions)
        return Page(entity, [], 1, len(rows_)) if query.count else Page(entity, rows_[start - 1 :][: min(maximum, room)], start)
    where, values = _where(books, entity, query)
    key = [books.company.key, entity.name]
    if query.count:
        return Page(entity, [], 1, _counted(books, where, [*key, *values]))
    names = [_property(entity, name.partition(".")[0]) for name in query.properties if name != "*"]
    order = _order(books, entity, query)
    if books.switches["paging"] == "snapshot" and not entity.singleton:
        bodies = _pinned(books, where, order, [*key, *values], start)[start - 1 : start - 1 + min(maximum, room)]
    else:
        rows = books.state.execute(
            f"SELECT body FROM object WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 -- every word of it is ours, values are bound
            [*key, *values, min(maximum, room), start - 1],
        )
        bodies = [body for (body,) in rows]
    bodies = [entity.text(body) for body in bodies]
    if entity.name == "TaxCode" and start == 1 and books.switches["taxcode_extras"] and not query.conditions:
        bodies = _with_pseudo_codes(books, bodies)
    if names and not query.everything and books.switches["projection"] == "answered":
        bodies = [_projected(body, names) for body in bodies]
    total = _counted(books, where, [*key, *values]) if books.switches["total_count"] == "always" and bodies else None
    return Page(entity, bodies, start, total=total)


def _counted(books: Books, where: str, values: list[Any]) -> int:
    row = books.state.execute(f"SELECT count(*) FROM object WHERE {where}", values).fetchone()  # noqa: S608 -- as above
    return int(row[0])


def _pinned(books: Books, where: str, order: str, values: list[Any], start: int) -> list[str]:
    """The rows in the order in which the first page of this query found them; those that are gone are left out."""
    pages = books.company.pages
    key = (where, order, *values)
    if start == 1 or key not in pages:
        rows = books.state.execute(f"SELECT rowid FROM object WHERE {where} ORDER BY {order}", values)  # noqa: S608 -- as above
        if len(pages) >= _PINNED:
            pages.clear()
        pages[key] = [row for (row,) in rows]
    found: dict[int, str] = {}
    for place in range(0, len(pages[key]), 500):
        part = pages[key][place : place + 500]
        marks = ",".join("?" * len(part))
        wanted = f"SELECT rowid, body FROM object WHERE rowid IN ({marks}) AND deleted = 0"  # noqa: S608 -- marks only
        found.update(books.state.execute(wanted, part).fetchall())
    return [found[row] for row in pages[key] if row in found]


def _projected(body: str, names: list[str]) -> str:
    """The object with the selected properties alone; it calls itself sparse then, as older documents show."""
    obj = wire.loads(body)
    return wire.dumps({"domain": obj.get("domain", "QBO"), "sparse": True, **{name: obj[name] for name in names if name in obj}})


def _listed(books: Books, query: Query) -> None:
    """Refuse what the documents do not list, where the switches say so."""
    if query.bare_number and books.switches["bare_numbers"] == "refused":
        raise faults.parse_error(query.bare_number)
    refused = [word for word in query.unlisted if word == "ITERATOR" or books.switches["unlisted_operators"] == "refused"]
    if refused:
        raise faults.invalid_query(f"QueryValidationError: {refused[0]} is not supported")


def entity_of(books: Books, name: str) -> Entity:
    """The entity of that name (4001 for a name that is none)."""
    sensitive = books.switches["entity_case"] == "sensitive"
    entity = ENTITIES.get(name) if sensitive else BY_PATH.get(name.lower())
    if entity is None and name.lower() == "taxservice":
        raise faults.invalid_query(f"QueryValidationError: Metadata not found for Entity: {name}")
    if entity is None:
        raise faults.invalid_query(f"QueryValidationError: invalid context declaration: {name}")
    return entity


def _window(books: Books, query: Query) -> tuple[int, int]:
    start = 1 if query.start is None else query.start
    maximum = _PAGE if query.maximum is None else query.maximum
    for value in (start, maximum):
        if value < 1:
            raise faults.invalid_query(f"QueryValidationError: value {value} is too small. Min allowed value is 1")
    if maximum > _LARGEST_PAGE and books.switches["maxresults_over_1000"] == "refuse":
        raise faults.invalid_query(f"QueryValidationError: value {maximum} is too large. Max allowed value is {_LARGEST_PAGE}")
    return start, min(maximum, _LARGEST_PAGE)


def _with_pseudo_codes(books: Books, bodies: list[str]) -> list[str]:
    """QuickBooks puts its pseudo codes before the first page whatever its size (a known bug: MAXRESULTS 1 gives 4)."""
    rows = books.state.execute(
        "SELECT body FROM object "
        "WHERE company = ? AND entity = 'TaxCode' AND id IN ('TAX', 'NON', 'CustomSalesTax') ORDER BY id DESC",
        (books.company.key,),
    )
    pseudo = [body for (body,) in rows]
    return [*pseudo, *(body for body in bodies if body not in pseudo)]


def _where(books: Books, entity: Entity, query: Query) -> tuple[str, list[Any]]:
    parts, values = ["company = ? AND entity = ?"], []
    first, bound = _all(books, entity, query.conditions)
    groups = [first, *(_all(books, entity, group)[0] for group in query.alternatives)]
    values += bound + [value for group in query.alternatives for value in _all(books, entity, group)[1]]
    parts += [f"({' OR '.join(groups)})"] if query.alternatives else [first] if first else []
    asked = [*query.conditions, *(condition for group in query.alternatives for condition in group)]
    by_active = any(condition.property.lower() == "active" for condition in asked)
    # Deleted rows are not active either, so that one index serves what is asked most.
    parts.append("deleted = 0" if by_active else "active = 1")
    lag = books.switches["visibility_lag_seconds"]
    if lag:
        parts.append("updated + shuffle % ? <= ?")
        values += [int(lag) + 1, books.epoch]
    return " AND ".join(parts), values


def _all(books: Books, entity: Entity, conditions: tuple[Condition, ...]) -> tuple[str, list[Any]]:
    """Conditions that have to hold together."""
    parts: list[str] = []
    values: list[Any] = []
    attached = [each for each in conditions if entity.name == "Attachable" and _ATTACHED.match(each.property)]
    if attached:
        part, bound = _attached(attached)
        parts.append(part)
        values += bound
    for condition in conditions:
        if condition in attached:
            continue
        part, bound = _condition(books, entity, condition)
        parts.append(f"NOT coalesce({part}, 0)" if condition.negated else part)
        values += bound
    return " AND ".join(parts), values


def _property(entity: Entity, name: str) -> str:
    """The property's real spelling (4001 for an unknown one)."""
    for known in entity.record.properties:
        if known.lower() == name.lower():
            return known
    raise faults.invalid_query(f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _condition(books: Books, entity: Entity, condition: Condition) -> tuple[str, list[Any]]:
    name = condition.property.lower()
    if name in _TIMES:
        _created(books, condition.property, "queryable")
        return _compare(_TIMES[name], condition, [_moment(books, value) for value in condition.values])
    if name == "id":
        return _ids(entity, condition)
    base = condition.property.partition(".")[0]
    spelled = _property(entity, base)
    if spelled not in entity.filterable:
        raise faults.invalid_query(f"QueryValidationError: property '{condition.property}' is not queryable")
    return _on_property(books, entity, spelled, condition)


def _created(books: Books, name: str, what: str) -> None:
    if books.switches["create_time"] == "refused" and name.lower() == "metadata.createtime":
        raise faults.invalid_query(f"QueryValidationError: property '{name}' is not {what}")


def _ids(entity: Entity, condition: Condition) -> tuple[str, list[Any]]:
    """Ids are asked for by `=` and IN alone; each has to be a number, but for tax codes, some of which are words."""
    if condition.operator not in {"=", "in"}:
        raise faults.invalid_query(f"QueryValidationError: operator '{condition.operator}' is not supported for property 'Id'")
    for value in condition.values:
        if not value or not (value.isdecimal() or entity.name == "TaxCode"):
            raise faults.invalid_id(value)
    return _compare("id", condition, list(condition.values))


def _on_property(books: Books, entity: Entity, name: str, condition: Condition) -> tuple[str, list[Any]]:
    kind = entity.record.properties[name]
    column = "name" if name == entity.name_property else _COLUMNS.get(name.lower())
    if isinstance(kind, Flag):
        flags = [1 if value.lower() == "true" else 0 for value in condition.values]
        return _compare(column or f"coalesce(json_extract(body, '$.{name}'), 0)", condition, flags)
    if condition.operator == "=" and not condition.values[0].strip():
        return f"json_extract(body, '$.{name}') IS NULL", []
    if isinstance(kind, Money | Number):
        return _compare(f"json_extract(body, '$.{name}')", condition, [_number(value) for value in condition.values])
    if column in {"name", "full_name"}:
        return _compare(column, condition, [fold(value) for value in condition.values])
    if isinstance(kind, Ref):
        expression = "party" if name == entity.party else f"json_extract(body, '$.{name}.value')"
        return _compare(expression, condition, list(condition.values))
    if isinstance(kind, Inner):
        expression = f"json_extract(body, '$.{name}.Address')"
    else:
        expression = column or f"json_extract(body, '$.{name}')"
    values = [books.today if value.upper() == "CURRENT_DATE" and not condition.quoted else value for value in condition.values]
    return _compare(expression if column else f"{expression} COLLATE NOCASE", condition, values)


def _attached(conditions: list[Condition]) -> tuple[str, list[Any]]:
    """Conditions about what an attachment is attached to: one and the same reference has to meet all of them."""
    parts, values, alone = [], [], False
    for condition in conditions:
        match = _ATTACHED.fullmatch(condition.property)
        name = match[1].lower() if match else ""
        if name not in _ATTACHED_TO:
            raise faults.invalid_query(f"QueryValidationError: Property {condition.property} not found for Entity Attachable")
        flags = [1 if value.lower() == "true" else 0 for value in condition.values]
        if name == "norefonly":
            alone = bool(flags[0])
            continue
        expression = f"json_extract(r.value, '$.{_ATTACHED_TO[name]}')"
        is_flag = name in {"includeonsend", "inactive"}
        part, bound = _compare(
            f"coalesce({expression}, 0)" if is_flag else f"{expression} COLLATE NOCASE",
            condition,
            flags if is_flag else list(condition.values),
        )
        parts.append(part)
        values += bound
    if alone:
        return "coalesce(json_array_length(body, '$.AttachableRef'), 0) = 0", []
    every = " AND ".join(parts) or "1"
    return f"EXISTS (SELECT 1 FROM json_each(object.body, '$.AttachableRef') AS r WHERE {every})", values  # noqa: S608 -- every word of it is ours, values are bound


def _compare(expression: str, condition: Condition, values: list[Any]) -> tuple[str, list[Any]]:
    if condition.operator == "in":
        return f"{expression} IN ({','.join('?' * len(values))})", values
    if condition.operator == "between":
        return f"{expression} BETWEEN ? AND ?", values
    if condition.operator == "like":
        # `%` is the only wildcard: SQLite's own `_` is escaped.
        pattern = str(values[0]).replace("\\", "\\\\").replace("_", "\\_")
        return f"{expression} LIKE ? ESCAPE '\\'", [pattern]
    return f"{expression} {_SQL_OPERATORS[condition.operator]} ?", values


def _moment(books: Books, value: str) -> float:
    moment = books.epoch if value.upper() == "CURRENT_DATE" else moments.parse(value, books.company.zone)
    if moment is None:
        raise faults.invalid_query(
            f"QueryValidationError: value {value} is not a valid date. Expected format is yyyy-MM-dd'T'HH:mm:ssZ"
        )
    return moment


def _number(value: str) -> float:
    try:
        return float(Decimal(value.strip()))
    except (InvalidOperation, OverflowError):
        raise faults.invalid_query(f"QueryValidationError: value {value} is not a valid number") from None


def _order(books: Books, entity: Entity, query: Query) -> str:
    parts = [f"{_sort_key(books, entity, each.property)} {'DESC' if each.descending else 'ASC'}" for each in query.order]
    default = books.switches["default_order"]
    if default == "recorded":
        default = "name" if entity.name_property else "newest"
    asked = {each.property.lower() for each in query.conditions}
    if default in {"newest", "oldest"}:
        if parts and parts[-1].startswith("created "):
            return ", ".join([*parts, "rowid DESC" if parts[-1].endswith("DESC") else "rowid"])
        lead = _PLUS if asked & _WINDOWS else ""
        return ", ".join([*parts, f"{lead}created DESC, rowid DESC" if default == "newest" else f"{lead}created, rowid"])
    lead = _PLUS if asked & {*_WINDOWS, "metadata.createtime"} else ""
    if default == "name" and entity.name_property:
        return ", ".join([*parts, f"{lead}full_name, name, rowid"])
    return ", ".join([*parts, f"{lead}shuffle, rowid"])


#: Conditions that have an index of their own, which the order of creation does not follow.
_WINDOWS = frozenset({"metadata.lastupdatedtime", "txndate"})
#: Keeps SQLite from picking a window out of the whole list in its order: it is looked up by its own index, and sorted.
_PLUS = "+"


def _sort_key(books: Books, entity: Entity, name: str) -> str:
    lower = name.lower()
    if lower in _TIMES:
        _created(books, name, "sortable")
        return _TIMES[lower]
    if lower == "id":
        if books.switches["orderby_id"] == "refused":
            raise faults.invalid_query("QueryValidationError: property 'Id' is not sortable")
        books.notes.append("ORDERBY Id: announced to be withdrawn")
        return "CAST(id AS INTEGER)"
    spelled = _property(entity, name)
    if spelled not in entity.sortable:
        raise faults.invalid_query(f"QueryValidationError: property '{name}' is not sortable")
    if spelled == entity.name_property:
        return "name"
    kind = entity.record.properties[spelled]
    return _COLUMNS.get(lower) or f"json_extract(body, '$.{spelled}{'.value' if isinstance(kind, Ref) else ''}')"
