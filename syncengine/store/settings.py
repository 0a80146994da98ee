"""Settings of one company: their names, defaults and what they must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from syncengine.errors import ConfigurationError
from syncengine.store.tables import Setting as Row


def _one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: value in choices


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str)


@dataclass(frozen=True)
class Setting:
    """One setting: its default, its check and the sentence that says what it must be."""

    default: Any
    check: Callable[[Any], bool]
    must: str
    says: str


SETTINGS: Mapping[str, Setting] = {
    "automatic_sync": Setting(
        "never",
        _one_of("never", "hourly", "daily", "weekly"),
        "never, hourly, daily or weekly",
        "How often the company syncs by itself.",
    ),
    "conflict_policy": Setting(
        "ask",
        _one_of("ask", "quickbooks", "inventory"),
        "ask, quickbooks or inventory",
        "Who wins when both sides changed the same field.",
    ),
    "stop_at_first_error": Setting(False, _flag, "true or false", "Send nothing more in a cycle once a record was refused."),
    "sync_purchase_orders": Setting(True, _flag, "true or false", "Whether purchase orders travel, either way."),
    "income_account": Setting(
        "Sales of Product Income", _text, "the full name of an account", "The income account of items that name none."
    ),
    "expense_account": Setting(
        "Cost of Goods Sold", _text, "the full name of an account", "The expense account of items that name none."
    ),
    "payable_account": Setting(
        "Accounts Payable (A/P)", _text, "the full name of an account", "The payable account on purchase orders."
    ),
    "first_sync_done": Setting(False, _flag, "true or false", "Whether a manual sync has ever succeeded."),
}


def all_of(connection: Connection, company_id: int) -> dict[str, Any]:
    """Every setting of a company, defaults filled in."""
    stored: dict[str, Any] = dict(connection.execute(select(Row.name, Row.value).where(Row.company_id == company_id)).all())
    return {name: stored.get(name, setting.default) for name, setting in SETTINGS.items()}


def put(connection: Connection, company_id: int, name: str, value: Any) -> None:
    """Set one setting; raises ConfigurationError where it is unknown or not what it must be."""
    setting = SETTINGS.get(name)
    if setting is None:
        raise ConfigurationError(f"There is no setting {name!r}. Known are: {', '.join(SETTINGS)}.")
    if not setting.check(value):
        raise ConfigurationError(f"The setting {name!r} must be {setting.must}, not {value!r}.")
    connection.execute(delete(Row).where(Row.company_id == company_id, Row.name == name))
    connection.execute(insert(Row).values(company_id=company_id, name=name, value=value))
