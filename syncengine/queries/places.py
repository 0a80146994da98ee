"""View in QuickBooks: where the twin of a record is found in QuickBooks' own web pages (A15)."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, select

from syncengine import settings
from syncengine.errors import ConfigurationError
from syncengine.ledger import reader as ledger
from syncengine.queries.inventory import states_of
from syncengine.queries.session import Session
from syncengine.quickbooks import wire
from syncengine.store import connections, rights
from syncengine.store.tables import Service
from syncengine.store.vault import open_vault

_HOSTS = {"production": "https://app.qbo.intuit.com", "sandbox": "https://app.sandbox.qbo.intuit.com"}
#: QuickBooks' pages of one record each, `{}` being its Id; what has none is shown in its list.
#: Source: the addresses that QuickBooks' own web pages link to.
_PAGES: Mapping[str, str] = {
    "Account": "register?accountId={}",
    "Bill": "bill?txnId={}",
    "Class": "class",
    "CreditMemo": "creditmemo?txnId={}",
    "Customer": "customerdetail?nameId={}",
    "Department": "departments",
    "Employee": "employees",
    "Estimate": "estimate?txnId={}",
    "Invoice": "invoice?txnId={}",
    "Item": "items",
    "JournalEntry": "journal?txnId={}",
    "Payment": "recvpayment?txnId={}",
    "PaymentMethod": "paymentmethods",
    "Purchase": "expense?txnId={}",
    "PurchaseOrder": "purchaseorder?txnId={}",
    "SalesReceipt": "salesreceipt?txnId={}",
    "TaxCode": "salestax",
    "Term": "terms",
    "Vendor": "vendordetail?nameId={}",
    "VendorCredit": "vendorcredit?txnId={}",
}
#: A purchase that was paid by check has a page of its own.
_CHECK = "check?txnId={}"


@rights.needs(rights.Permission.SEE_SYNC)
def view_in_quickbooks(session: Session, kind: str, record_id: int) -> dict[str, str]:
    """The address of each twin of a record, by QuickBooks entity; empty while it has none, or QuickBooks has no page for it.

    What has no page of its own in QuickBooks, such as a term, leads to its list. A twin of a company at the emulator leads to
    the emulator's page; it is left out where none runs on this machine, or where the installation's key is not at hand.
    """
    with session.database.reading() as connection:
        states = states_of(connection, session.company_id, kind, [int(record_id)]).get(int(record_id), [])
        twins = [(each["entity"], each["qbo_id"]) for each in states if each["qbo_id"]]
        base = _base(connection, session.company_id) if twins else ""
        found = {entity: _page(connection, session.company_id, entity, qbo_id, base) for entity, qbo_id in twins if base}
    return {entity: f"{base}/{page}" for entity, page in found.items() if page}


def address(connection: Connection, company_id: int, entity: str, qbo_id: str) -> str:
    """The address of one QuickBooks object; empty where it cannot be reached from here, or has no page."""
    base = _base(connection, company_id)
    page = _page(connection, company_id, entity, qbo_id, base) if base else ""
    return f"{base}/{page}" if page else ""


def _base(connection: Connection, company_id: int) -> str:
    """What the addresses of all pages of the company begin with; empty where they cannot be reached from here."""
    link = connections.find(connection, company_id)
    if link is None:
        return ""
    if host := _HOSTS.get(link["environment"]):
        return f"{host}/app"
    here = select(Service.address).where(Service.name == "emulator", Service.host == socket.gethostname())
    address = connection.scalar(here)
    if address is None or link["realm"] is None:
        return ""
    with suppress(ConfigurationError):  # sealed with a key that this machine does not hold
        return f"{address}/company/{quote(open_vault(settings.load()).open(link['realm']))}"
    return ""


def _page(connection: Connection, company_id: int, entity: str, qbo_id: str, base: str) -> str:
    """The page of one object behind `base`; empty where QuickBooks has none."""
    if not base.endswith("/app"):
        return f"{entity.lower()}/{quote(qbo_id)}"
    check = entity == "Purchase" and _paid_by(connection, company_id, qbo_id) == "Check"
    return (_CHECK if check else _PAGES.get(entity, "")).format(quote(qbo_id))


def _paid_by(connection: Connection, company_id: int, qbo_id: str) -> Any:
    copy = ledger.load(connection, company_id, "Purchase", [qbo_id]).get(qbo_id)
    return wire.loads(copy["payload"]).get("PaymentType") if copy else None
