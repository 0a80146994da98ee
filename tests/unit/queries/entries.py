"""A company with entries in each accounting list; bill 10 came from an item receipt that has an open error."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, update

from syncengine.db.engine import Database
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import bindings, drifts, inbox
from syncengine.store.tables import Error
from tests.unit.queries import seed

LATER = seed.NOON + timedelta(hours=1)
VENDOR = {"value": "7", "name": "Nordic Ropes"}


def bill(qbo_id: str, day: str, total: str, currency: str = "USD", **more) -> dict:
    return {
        "Id": qbo_id, "SyncToken": "0", "TxnDate": day, "DocNumber": f"B{qbo_id}", "TotalAmt": Decimal(total), "Balance": Decimal("1.10"),
        "DueDate": "2026-02-14", "VendorRef": VENDOR, "CurrencyRef": {"value": currency}, **more,
    }  # fmt: skip


OBJECTS = {
    "Account": [
        {"Id": "1", "Name": "Assets", "FullyQualifiedName": "Assets", "AccountType": "Other Current Asset", "AcctNum": "1400"},
        {
            "Id": "2", "Name": "Stock", "FullyQualifiedName": "Assets:Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory",
            "Description": "What lies here", "CurrentBalance": Decimal("12.50"), "Active": False,
        },
    ],
    "Bill": [
        bill("10", "2026-01-10", "100.25", PrivateNote="Harbour works [T-0000ABCD]"), bill("11", "2026-01-12", "50.00"),
        bill("12", "2026-01-11", "7.00", "EUR"),
    ],
    "CreditMemo": [{"Id": "20", "TxnDate": "2026-01-09", "TotalAmt": Decimal(5), "CustomerRef": {"value": "3", "name": "Coral"}}],
    "Employee": [{"Id": "30", "DisplayName": "Grace Hopper"}],
    "JournalEntry": [
        {
            "Id": "40", "DocNumber": "SOS17689", "TxnDate": "2026-01-08", "PrivateNote": "Shipment 7 [T-0000ABCD]",
            "Line": [
                {"Amount": Decimal("30.10"), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": "Debit"}},
                {"Amount": Decimal("4.90"), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": "Debit"}},
                {"Amount": Decimal("35.00"), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": "Credit"}},
                {"Description": "a remark"},
            ],
        }
    ],
    "Purchase": [
        {
            "Id": "50", "TxnDate": "2026-01-07", "TotalAmt": Decimal("9.99"), "PaymentType": "Check", "EntityRef": VENDOR,
            "AccountRef": {"value": "2", "name": "Checking"},
        }
    ],
    "TaxRate": [{"Id": "1", "Name": "State", "RateValue": Decimal("6.5")}, {"Id": "2", "Name": "City", "RateValue": Decimal(2)}],
    "TaxCode": [
        {
            "Id": "60", "Name": "Local", "Description": "Both", "SalesTaxRateList": {
                "TaxRateDetail": [{"TaxRateRef": {"value": "1"}}, {"TaxRateRef": {"value": "2"}}]},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
        },
        {"Id": "61", "Name": "Unknown", "PurchaseTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "99"}}]}},
    ],
}  # fmt: skip


def filled(database: Database, name: str = "Harbour", now: datetime = seed.NOON) -> Session:
    """The company."""
    session = seed.company(database, name, now=now)
    company_id = session.company_id
    with database.writing() as connection:
        for entity, objects in OBJECTS.items():
            ledger.keep(connection, company_id, entity, objects, seed.NOON)
        receipt = writer.save(connection, "item_receipt", company_id, {"number": "R-77", "posts_as": "bill"})
        pair = {"kind": "item_receipt", "record_id": receipt, "sync_token": "0", "base": {}}
        bindings.add(connection, company_id, LATER, [{"entity": "Bill", "qbo_id": "10", **pair}])
        writer.save(connection, "employee_link", company_id, {"worker_name": "Grace", "employee_qbo_id": "30"})
        said = {"company_id": company_id, "entity": "Bill", "kind": "item_receipt", "record_id": receipt, "code": "6140", "remedy": "x"}
        connection.execute(
            insert(Error),
            [
                {**said, "cause": "An old story.", "opened_at": seed.NOON, "closed_at": seed.NOON},
                {**said, "cause": "The number is taken.", "opened_at": seed.NOON, "closed_at": None},
                {**said, "cause": "Another kind's error.", "kind": "transfer", "opened_at": LATER, "closed_at": None},
            ],
        )
        reason = {"label": "Grace", "deleted": False, "payload": "{}", "cause": "Two of this name.", "remedy": "y"}
        inbox.put(connection, company_id, seed.NOON, "Employee", "30", **reason)
    return session


def drifted(session: Session, what: str = drifts.CHANGED) -> None:
    """Bill 10, whose error is over, stands otherwise in QuickBooks than it was sent; so does a bill of another record."""
    with session.database.writing() as connection:
        connection.execute(update(Error).where(Error.closed_at.is_(None)).values(closed_at=LATER))
        [pair] = bindings.of_objects(connection, session.company_id, "Bill", ["10"]).values()
        fields = [{"field": "TotalAmt", "sent": "99.00", "theirs": "100.25"}]
        drifts.record(connection, session.company_id, LATER, pair, label="R-77", what=what, fields=fields)
        other = {**pair, "record_id": pair["record_id"] + 1, "qbo_id": "11"}
        drifts.record(connection, session.company_id, LATER, other, label="R-78", what=drifts.VOIDED, fields=fields)
