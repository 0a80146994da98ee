"""Where the twin of a record is found in QuickBooks' own pages."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import insert, update

from syncengine import queries, settings
from syncengine.ledger import writer as ledger
from syncengine.store import bindings
from syncengine.store.tables import Connection, Service
from syncengine.store.vault import open_vault
from tests.unit.queries import seed


@pytest.fixture
def session(sqlite_database, tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    return seed.company(sqlite_database)


def bind(session, entity, kind, qbo_id):
    with session.database.writing() as connection:
        twin = {"entity": entity, "kind": kind, "record_id": 1, "qbo_id": qbo_id, "sync_token": "0", "base": {}}
        bindings.add(connection, session.company_id, seed.NOON, [twin])


def connect(session, **values):
    with session.database.writing() as connection:
        connection.execute(update(Connection).where(Connection.company_id == session.company_id).values(**values))


def emulator(session, host):
    with session.database.writing() as connection:
        connection.execute(
            insert(Service).values(name="emulator", host=host, address="http://127.0.0.1:8950", pid=1, started_at=seed.NOON)
        )


@pytest.mark.parametrize(
    ("entity", "kind", "page"),
    [
        ("Customer", "customer", "customerdetail?nameId=7"),
        ("PurchaseOrder", "purchase_order", "purchaseorder?txnId=7"),
        ("JournalEntry", "adjustment", "journal?txnId=7"),
        ("Bill", "item_receipt", "bill?txnId=7"),
        ("Term", "term", "terms"),
    ],
)
def test_a_twin_has_the_address_of_its_own_page_or_of_its_list(session, entity, kind, page):
    bind(session, entity, kind, "7")
    connect(session, environment="production")
    assert queries.view_in_quickbooks(session, kind, 1) == {entity: f"https://app.qbo.intuit.com/app/{page}"}


@pytest.mark.parametrize(("way", "page"), [("Check", "check"), ("Cash", "expense"), ("CreditCard", "expense")])
def test_a_purchase_that_was_paid_by_check_has_the_page_of_checks(session, way, page):
    bind(session, "Purchase", "item_receipt", "7")
    connect(session, environment="sandbox")
    with session.database.writing() as connection:
        ledger.keep(connection, session.company_id, "Purchase", [{"Id": "7", "PaymentType": way}], seed.NOON)
    address = f"https://app.sandbox.qbo.intuit.com/app/{page}?txnId=7"
    assert queries.view_in_quickbooks(session, "item_receipt", 1) == {"Purchase": address}


def test_a_record_without_a_twin_has_no_address(session):
    connect(session, environment="production")
    assert queries.view_in_quickbooks(session, "customer", 1) == {}


def test_at_the_emulator_the_address_is_left_out_where_it_would_lead_nowhere(session, tmp_path, monkeypatch):
    bind(session, "Customer", "customer", "7")
    assert queries.view_in_quickbooks(session, "customer", 1) == {}, "no emulator was heard of"
    emulator(session, "another.example")
    connect(session, realm=open_vault(settings.load()).seal("4620816365"))
    assert queries.view_in_quickbooks(session, "customer", 1) == {}, "it runs on another machine"
    with session.database.writing() as connection:
        connection.execute(update(Service).values(host=socket.gethostname()))
    here = {"Customer": "http://127.0.0.1:8950/company/4620816365/customer/7"}
    assert queries.view_in_quickbooks(session, "customer", 1) == here
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path / "elsewhere"))
    assert queries.view_in_quickbooks(session, "customer", 1) == {}, "the key is not at hand"
