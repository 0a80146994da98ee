"""Settings of one company: their names, defaults and what they must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from syncengine.errors import ConfigurationError
from syncengine.store.settings import accounts, documents, running
from syncengine.store.settings._setting import Group, Needs, Setting, flag, wrong
from syncengine.store.tables import Setting as Row

_EVERY = {**running.SETTINGS, **accounts.SETTINGS, **documents.SETTINGS}
#: Every setting that has a name of its own, group by group.
SETTINGS: Mapping[str, Setting] = {name: each for group in Group for name, each in _EVERY.items() if each.group is group}
#: What the names of the company's consents to corrections of class policy begin with (D9).
ALLOW = "allow_"
_CORRECTION = re.compile(r"allow_([a-z][a-z0-9_]{0,50})")
#: Put into SQL once.
_STORED = select(Row.name, Row.value).where(Row.company_id == bindparam("company"))


class Values(dict[str, Any]):
    """A company's settings by name, defaults filled in; a correction that nobody has consented to is not allowed."""

    def __missing__(self, name: str) -> Any:
        """The default of a consent."""
        if _CORRECTION.fullmatch(name):
            return False
        raise KeyError(name)


def of(name: str) -> Setting:
    """The setting of this name; raises ConfigurationError where there is none."""
    known = SETTINGS.get(name)
    if known is not None:
        return known
    if found := _CORRECTION.fullmatch(name):
        what = found[1].replace("_", " ")
        says = f"Whether Tieout may carry out the correction {what!r} by itself, once its wait is over."
        return flag(Group.CORRECTIONS, f"Allow: {what}", says, default=False)
    known_names = ", ".join(SETTINGS)
    raise ConfigurationError(f"There is no setting {name!r}. Known are: {known_names}, and {ALLOW} with a correction's name.")


def all_of(connection: Connection, company_id: int) -> Values:
    """Every setting of a company, defaults filled in."""
    stored: dict[str, Any] = dict(connection.execute(_STORED, {"company": company_id}).all())
    values = Values({name: setting.default for name, setting in SETTINGS.items()})
    values.update({name: of(name).loaded(value) for name, value in stored.items() if name in SETTINGS or name.startswith(ALLOW)})
    return values


def chosen(connection: Connection, company_id: int, name: str) -> bool:
    """Whether somebody has ever set it, to whatever value."""
    return connection.scalar(select(Row.name).where(Row.company_id == company_id, Row.name == name)) is not None


def checked(name: str, given: Any) -> Any:
    """The value that `given` means; raises ConfigurationError where it is not what it must be."""
    setting = of(name)
    value = setting.parse(given)
    if not setting.check(value):
        raise wrong(name, setting, value)
    return value


def put(connection: Connection, company_id: int, name: str, value: Any) -> None:
    """Set one setting; raises ConfigurationError where it is unknown or not what it must be."""
    setting = of(name)
    if not setting.check(value):
        raise wrong(name, setting, value)
    connection.execute(delete(Row).where(Row.company_id == company_id, Row.name == name))
    connection.execute(insert(Row).values(company_id=company_id, name=name, value=setting.stored(value)))


__all__ = ["ALLOW", "SETTINGS", "Group", "Needs", "Setting", "Values", "all_of", "checked", "chosen", "of", "put"]
