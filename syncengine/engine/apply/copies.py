"""Copies: objects that are only viewed here, and accounts, whose new names are followed."""

from __future__ import annotations

from collections.abc import Sequence

from syncengine.engine import renames
from syncengine.engine.apply._work import Work
from syncengine.entities import Payload
from syncengine.ledger import reader as ledger_reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire


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
        names = {held[str(each["Id"])]["name"]: entity_name(each) for each in known}
        renames.follow(work.connection, work.company_id, names, work.at, work.cycle_id)
    ledger.keep(work.connection, work.company_id, name, [{"Id": "1", **each} for each in payloads], work.at)


def entity_name(payload: Payload) -> str:
    """The full name of an account."""
    return str(payload.get("FullyQualifiedName") or payload.get("Name") or "")
