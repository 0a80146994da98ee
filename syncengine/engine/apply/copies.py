"""Copies: objects that are only viewed here, and accounts, whose new names are followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncengine.engine.apply._work import Work
from syncengine.entities import Payload
from syncengine.inventory import reader, writer
from syncengine.inventory.changes import guarded
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger_reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire
from syncengine.store import audit, settings

#: Where records name accounts: (kind, column).
_ACCOUNT_COLUMNS = tuple(
    (kind.name, column.name)
    for kind in KINDS.values()
    for column in kind.table.c
    if column.name == "account" or column.name.endswith("_account")
)


def keep(work: Work, name: str, payloads: Sequence[Payload]) -> None:
    """Take them as they came."""
    held = ledger_reader.load(work.connection, work.company_id, name, [str(each.get("Id", "1")) for each in payloads])
    work.received += sum(
        str(each.get("Id", "1")) not in held or held[str(each.get("Id", "1"))]["payload"] != wire.dumps(each).decode()
        for each in payloads
    )
    if name == "Account":
        # An account made inactive gets another name in QuickBooks, too; here it keeps its own, which names the problem.
        known = [each for each in payloads if str(each["Id"]) in held and each.get("Active") is not False]
        _follow_renames(work, {held[str(each["Id"])]["name"]: entity_name(each) for each in known})
    ledger.keep(work.connection, work.company_id, name, [{"Id": "1", **each} for each in payloads], work.at)


def _follow_renames(work: Work, names: Mapping[str, str]) -> None:
    """Accounts are named, not numbered, on the inventory side: a new name in QuickBooks is a new name here."""
    for old, new in names.items():
        if not old or old == new:
            continue
        _rename_in_settings(work, old, new)
        with guarded(work.connection):
            for kind, column in _ACCOUNT_COLUMNS:
                for record_id in reader.find(work.connection, kind, work.company_id, column, [old])[old]:
                    writer.save(work.connection, kind, work.company_id, {column: new}, record_id=record_id)


def _rename_in_settings(work: Work, old: str, new: str) -> None:
    why = "renamed in QuickBooks"
    lines = []
    for name, value in settings.all_of(work.connection, work.company_id).items():
        if name.endswith("_account") and value == old:
            settings.put(work.connection, work.company_id, name, new)
            detail = {"name": name, "from": old, "to": new, "why": why}
            lines.append(audit.Line("setting changed", cycle_id=work.cycle_id, detail=detail))
    audit.write(work.connection, work.company_id, work.at, lines)


def entity_name(payload: Payload) -> str:
    """The full name of an account."""
    return str(payload.get("FullyQualifiedName") or payload.get("Name") or "")
