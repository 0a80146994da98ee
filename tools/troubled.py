"""A company with what the sample company's day has none of: a cause that several records share, and what cannot come in here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from syncengine import commands, inventory, queries, settings
from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.engine import setup
from syncengine.queries import Session
from syncengine.store import connections
from syncengine.store.tables import Service
from syncengine.store.vault import open_vault

COMPANY = "Copperleaf Trading"
#: So many seconds one sync may take, and what was saved to get into the queue.
_WITHIN = 120
#: Each sells for so much, on a day whose books are closed.
_SALES = {"CT-2041": Decimal(480), "CT-2042": Decimal("127.5"), "CT-2043": Decimal(1960)}


def make(database: Database, clock: Clock, data: Path) -> None:
    """Add it, by real syncs of the installation in the folder `data`, whose worker must be running.

    Invoices of a day that QuickBooks has closed since are refused, all for one cause; a purchase order that was typed in
    QuickBooks has a line that the inventory has no place for.
    """
    company_id = setup.add_company(database, clock, COMPANY, sample="demo", timezone="America/Los_Angeles")
    session = Session(database, "Maya Okafor", company_id, clock)
    _sync(session)
    today = clock.now().date()
    _bookkeeper(session, data, action="close_books", date=(today - timedelta(days=5)).isoformat())
    order = {"VendorRef": {"value": _first(queries.records(session, "vendor"))}, **_freight(session)}
    _bookkeeper(session, data, action="create", entity="PurchaseOrder", object=order)
    customers, item = queries.records(session, "customer")["id"], int(queries.records(session, "item")["id"].iloc[0])
    for place, (number, price) in enumerate(_SALES.items()):
        invoice = {"number": number, "customer_id": int(customers.iloc[place]), "txn_date": today - timedelta(days=12)}
        lines = [{"item_id": item, "quantity": Decimal(1), "unit_price": price}]
        inventory.save(database, "invoice", invoice, lines, company_id)
    _until(lambda: queries.queue_counts(session).total == len(_SALES))
    _sync(session)


def _freight(session: Session) -> dict[str, Any]:
    """A purchase order's account and its only line, which buys no item."""
    accounts = [json.loads(each) for each in queries.ledger(session, "Account", size=500)["payload"]]
    payable, expense = (
        next(each["Id"] for each in accounts if each["AccountType"] == sort) for sort in ("Accounts Payable", "Expense")
    )
    kind = "AccountBasedExpenseLineDetail"
    line = {"Amount": 120, "DetailType": kind, "Description": "Freight", kind: {"AccountRef": {"value": expense}}}
    return {"APAccountRef": {"value": payable}, "DocNumber": "PO-5400", "Line": [line]}


def _first(rows: Any) -> str:
    """The QuickBooks Id of the first record that has one."""
    return str(rows["qbo_id"].dropna().iloc[0])


def _bookkeeper(session: Session, data: Path, **act: Any) -> None:
    """Let somebody work in QuickBooks itself, which is the installation's emulator."""
    with session.database.reading() as connection:
        address = connection.scalar(select(Service.address).where(Service.name == "emulator"))
        kept = connections.get(connection, session.company_id)["realm"]
    realm = open_vault(settings.load({"TIEOUT_DATA": str(data)})).open(kept)
    with requests.Session() as http:
        http.trust_env = False
        http.post(f"{address}/_emulator/actor", json={"realm_id": realm, **act}, timeout=30).raise_for_status()


def _sync(session: Session) -> None:
    """One sync from beginning to end, carried out by the installation's worker."""
    before = queries.overview(session).last_run
    commands.sync_now(session)
    _until(lambda: (last := queries.overview(session).last_run) is not None and (before is None or last["id"] > before["id"]))


def _until(done: Callable[[], bool]) -> None:
    """Raises TimeoutError where it takes too long."""
    end = time.monotonic() + _WITHIN
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{COMPANY} did not come that far within {_WITHIN} s")
        time.sleep(0.2)
