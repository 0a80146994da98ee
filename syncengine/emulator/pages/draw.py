"""How pages are drawn: the templates, and how values look in them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any

from syncengine.emulator import wire

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> Environment:
    """The templates; names from the books are data, and every value is escaped.

    Jinja2 is imported here, for an emulator that nobody looks at needs none.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("syncengine.emulator.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(money=money, number=number, count=count, pretty=pretty, coded=coded)
    return made


def page(template: str, values: dict[str, Any]) -> bytes:
    """The HTML of one page."""
    return environment().get_template(template).render(values).encode()


def money(value: Any) -> str:
    """An amount, `1,234.50`; "" where there is none."""
    try:
        return "" if value in {None, ""} else f"{Decimal(value):,.2f}"
    except (InvalidOperation, TypeError, ValueError):
        return str(value)


def number(value: Any) -> str:
    """A quantity or a price with the digits it needs, `1,250.5`; "" where there is none."""
    try:
        return "" if value in {None, ""} else f"{wire.plain(Decimal(value)):,f}"
    except (InvalidOperation, TypeError, ValueError):
        return str(value)


def count(value: int, one: str, many: str = "") -> str:
    """`1 line`, `3 lines`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def coded(text: str) -> Any:
    """A sentence of ours with what stands between backticks as code; everything in it is escaped."""
    from markupsafe import Markup, escape

    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts))


def pretty(value: Any, depth: int = 0) -> str:
    """JSON over several lines, every number with the digits that it travels with."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        items = [f"{inner}{wire.dumps(name)}: {pretty(item, depth + 1)}" for name, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{outer}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + pretty(item, depth + 1) for item in value) + f"\n{outer}]"
    return wire.dumps(value)
