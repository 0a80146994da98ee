"""How a company is set up: its settings, group by group, with what QuickBooks says to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from syncengine.engine import vetting
from syncengine.engine.configure import CONSENTS, label
from syncengine.engine.configure import told as consented
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store import settings as store
from syncengine.store.settings import Needs, Setting

if TYPE_CHECKING:
    import pandas as pd

#: What copies a setting that names no account chooses from.
_LISTS = {Needs.TAX_CODE: "TaxCode", Needs.TAX_RATE: "TaxRate"}
#: More types of accounts than this are not worth naming.
_FEW = 5
_COLUMNS = {
    "group": "str",
    "name": "str",
    "label": "str",
    "value": "object",
    "default": "object",
    "problem": "str",
    "choices": "object",
    "says": "str",
    "must": "str",
    "own": "bool",
    "sort": "str",
    "types": "str",
}


@rights.needs(rights.Permission.OWN)
def settings(session: Session) -> pd.DataFrame:
    """Every setting, one a row, in the order of a page.

    Columns: group, name, label, value, default, problem (a sentence, "" for none), choices (a list: accounts of the right
    types, tax codes, words; empty where anything may be typed), says (help), must (what it has to be), own (Tieout sets it),
    sort (`flag`, `choice`, `day`, `account`, `list` or `text`), types (of the accounts that may be chosen, in words).
    """
    from syncengine.queries._frames import frame

    with session.database.reading() as connection:
        values = store.all_of(connection, session.company_id)
        told = vetting.of_company(connection, session.company_id, values)
        names = [*store.SETTINGS, *sorted(CONSENTS)]
        rows = [_row(connection, session.company_id, name, values[name], told.get(name)) for name in names]
    return frame(rows, _COLUMNS)


def _row(connection: Connection, company_id: int, name: str, value: Any, problem: vetting.Problem | None) -> dict[str, Any]:
    setting = store.of(name)
    return {
        "group": str(setting.group),
        "name": name,
        "label": label(name),
        "value": value,
        "default": setting.default,
        "problem": str(problem) if problem else "",
        "choices": _choices(connection, company_id, setting),
        "says": " ".join(part for part in (setting.says, consented(name)) if part),
        "must": setting.must,
        "own": setting.own,
        "sort": _sort(setting),
        "types": ", ".join(setting.account_types) if len(setting.account_types) < _FEW else "",
    }


def _sort(setting: Setting) -> str:
    """How a value is chosen."""
    if setting.account_types:
        return "account"
    if setting.needs in _LISTS:
        return "list"
    return "flag" if setting.flag else "day" if setting.day else "choice" if setting.choices else "text"


def _choices(connection: Connection, company_id: int, setting: Setting) -> list[Any]:
    if setting.account_types:
        return vetting.account_names(connection, company_id, setting.account_types)
    if setting.needs in _LISTS:
        return vetting.names(connection, company_id, _LISTS[setting.needs])
    return [True, False] if setting.flag else list(setting.choices)
