"""Queries answered: a statement of the query language becomes one SQL statement over the objects."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from syncengine.emulator import faults, moments
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Flag, Inner, Money, Number, Ref
from syncengine.emulator.catalogue.registry import BY_PATH, ENTITIES
from syncengine.emulator.checks import fold
from syncengine.emulator.query import Condition, Query, parse

#: Rows of a page that asks for no number, and the most that one may ask for.
_PAGE, _LARGEST_PAGE = 100, 1000
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
    """

    def __init__(self, entity: Entity, bodies: list[str], start: int, count: int | None = None) -> None:
        self.entity = entity
        self.bodies = bodies
        self.start = start
        self.count = count

    def text(self) -> str:
        """The JSON of the `QueryResponse`."""
        if self.count is not None:
            return f'{{"totalCount":{self.count}}}'
        if not self.bodies:
            return "{}"
        joined = ",".join(self.bodies)
        return f'{{"{self.entity.envelope}":[{joined}],"startPosition":{self.start},"maxResults":{len(self.bodies)}}}'


def select(books: Books, statement: str) -> Page:
    """Answer one statement.

    Raises:
        Refusal: 4000 or 4001.
    """
    query = parse(statement)
    entity = _entity(books, query.entity)
    start, maximum = _window(books, query)
    if entity.rows is not None:
        rows_ = entity.rows(books, query.conditions)
        return Page(entity, [], 1, len(rows_)) if query.count else Page(entity, rows_[start - 1 : start - 1 + maximum], start)
    where, values = _where(books, entity, query)
    key = [books.company.key, entity.name]
    if query.count:
        row = books.state.execute(f"SELECT count(*) FROM object WHERE {where}", [*key, *values]).fetchone()  # noqa: S608 -- every word of it is ours, values are bound
        return Page(entity, [], 1, row[0])
    order = _order(books, entity, query)
    rows = books.state.execute(
        f"SELECT body FROM object WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 -- every word of it is ours, values are bound
        [*key, *values, maximum, start - 1],
    )
    bodies = [entity.text(body) for (body,) in rows]
    if entity.name == "TaxCode" and start == 1 and books.switches["taxcode_extras"] and not query.conditions:
        bodies = _with_pseudo_codes(books, bodies)
    return Page(entity, bodies, start)


def _entity(books: Books, name: str) -> Entity:
    sensitive = books.switches["entity_case"] == "sensitive"
    entity = ENTITIES.get(name) if sensitive else BY_PATH.get(name.lower())
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
    attached = [each for each in query.conditions if entity.name == "Attachable" and _ATTACHED.match(each.property)]
    if attached:
        part, bound = _attached(attached)
        parts.append(part)
        values += bound
    for condition in query.conditions:
        if condition in attached:
            continue
        part, bound = _condition(books, entity, condition)
        parts.append(part)
        values += bound
    by_active = any(condition.property.lower() == "active" for condition in query.conditions)
    # Deleted rows are not active either, so that one index serves what is asked most.
    parts.append("deleted = 0" if by_active else "active = 1")
    lag = books.switches["visibility_lag_seconds"]
    if lag:
        parts.append("updated + shuffle % ? <= ?")
        values += [int(lag) + 1, books.epoch]
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
        return _compare(_TIMES[name], condition, [_moment(books, value) for value in condition.values])
    if name == "id":
        if condition.operator not in {"=", "in"}:
            raise faults.invalid_query(f"QueryValidationError: operator '{condition.operator}' is not supported for property 'Id'")
        for value in condition.values:
            if not value:
                raise faults.invalid_id(value)
        return _compare("id", condition, list(condition.values))
    base = condition.property.partition(".")[0]
    spelled = _property(entity, base)
    if spelled not in entity.filterable:
        raise faults.invalid_query(f"QueryValidationError: property '{condition.property}' is not queryable")
    return _on_property(books, entity, spelled, condition)


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
    if default == "newest":
        return ", ".join([*parts, "created DESC, rowid DESC"])
    if default == "oldest":
        return ", ".join([*parts, "created, rowid"])
    if default == "name" and entity.name_property:
        return ", ".join([*parts, "full_name, name, rowid"])
    return ", ".join([*parts, "shuffle, rowid"])


def _sort_key(books: Books, entity: Entity, name: str) -> str:
    lower = name.lower()
    if lower in _TIMES:
        return _TIMES[lower]
    if lower == "id":
        if books.switches["orderby_id"] == "refused":
            raise faults.invalid_query("QueryValidationError: property 'Id' is not sortable")
        return "CAST(id AS INTEGER)"
    spelled = _property(entity, name)
    if spelled not in entity.sortable:
        raise faults.invalid_query(f"QueryValidationError: property '{name}' is not sortable")
    if spelled == entity.name_property:
        return "name"
    kind = entity.record.properties[spelled]
    return _COLUMNS.get(lower) or f"json_extract(body, '$.{spelled}{'.value' if isinstance(kind, Ref) else ''}')"
