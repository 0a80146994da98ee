"""A large company, filled by a few statements that both databases understand: runs, history, waiting and failed rows.

Several may stand in one database.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, text

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.inventory import changes, writer
from syncengine.queries import Session
from syncengine.store import connections

#: So many names do the documents go to, and so many causes are behind the errors.
CUSTOMERS, CAUSES = 1_000, 40
_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
_AT = "'2026-01-15 12:00:00.000000'"
_RUNS = f"""INSERT INTO sync_cycle (company_id, trigger, requested_by, fence, started_at, finished_at, result, phase, done, total,
    sent, received, failed, metered_reads, calls, seconds)
  {_COUNT} SELECT :company, 'automatic', '', i, {_AT}, {_AT}, 'ok', '', 0, 0, i % 7, i % 5, 0, 1, 2, 1500 FROM n"""
_HISTORY = f"""INSERT INTO sync_audit (company_id, at, actor, event, kind, record_id, detail)
  {_COUNT} SELECT :company, {_AT}, 'engine', 'available -> running', 'invoice', i % :documents + 1, '{{}}' FROM n"""
_INVOICES = f"""INSERT INTO invoice (company_id, number, customer_id, txn_date)
  {_COUNT} SELECT :company, 'N-' || i, (SELECT min(id) FROM customer WHERE company_id = :company) + i % :customers, '2026-01-10'
  FROM n"""
_LINES = """INSERT INTO invoice_line (invoice_id, line_no, item_id, quantity, unit_price)
  SELECT id, 1, (SELECT min(id) FROM item WHERE company_id = :company), '2', '3' FROM invoice WHERE company_id = :company"""
_QUEUE = f"""INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, unanswered, position, revision,
    refusals, version, attempts, queued_at, queued_by, changed_at, parked_by, failed_seq)
  SELECT :company, 'Invoice', 'invoice', id, number, 'save', CASE WHEN id % 3 > 0 THEN 'available' WHEN id % 2 > 0 THEN 'parked'
    ELSE 'retryable' END, false, id, 1, 0, 1, 1, {_AT}, 'inventory', {_AT}, CASE WHEN id % 3 > 0 THEN NULL ELSE 'refused' END,
    CASE WHEN id % 3 > 0 THEN NULL ELSE id END FROM invoice WHERE company_id = :company"""
_NAMES = f"""INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, unanswered, position, revision,
    refusals, version, attempts, queued_at, queued_by, changed_at)
  SELECT :company, 'Customer', 'customer', id, name, 'save', 'available', false, 1000000 + id, 1, 0, 1, 0, {_AT}, 'inventory', {_AT}
  FROM customer WHERE company_id = :company"""
_ITEMS = f"""INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, unanswered, position, revision,
    refusals, version, attempts, queued_at, queued_by, changed_at)
  SELECT :company, 'Item', 'item', id, name, 'save', 'available', false, 900000, 1, 0, 1, 0, {_AT}, 'inventory', {_AT} FROM item
  WHERE company_id = :company"""
_ERRORS = f"""INSERT INTO sync_error (company_id, outbox_id, entity, kind, record_id, label, code, message, cause, remedy,
    group_key, klass, tries, opened_at)
  SELECT company_id, id, entity, kind, record_id, label, '6000', 'A business validation error', 'QuickBooks refused it.',
    'Correct it.', 'cause ' || (id % :causes), 'no', 3, {_AT} FROM sync_outbox WHERE company_id = :company AND
    state IN ('parked', 'retryable')"""


#: Of ten thousand attempts one was refused; of ten lines of this part of the trail one is of a person, and nine tell what came.
_ATTEMPTS = f"""INSERT INTO sync_attempt (company_id, cycle_id, requestid, shape, fence, outcome, sends, made_at, answered_at, tid)
  {_COUNT} SELECT :company, (SELECT min(id) FROM sync_cycle WHERE company_id = :company) + i - 1, 'r' || i, 'single', 1, 'accepted',
    1, {_AT}, {_AT}, 't' || i FROM n"""
_SENDS = """INSERT INTO sync_attempt_item (company_id, attempt_id, outbox_id, ordinal, operation, entity, payload, payload_hash,
    revision, intended, outcome, qbo_id)
  SELECT company_id, id, (SELECT min(id) FROM sync_outbox WHERE company_id = :company AND kind = 'invoice') + id % :documents, 1,
    'create', 'Invoice', '{"DocNumber": "N-1", "Line": []}', 'x', 1, '{}', CASE WHEN id % 10000 = 0 THEN 'refused' ELSE 'accepted'
    END, '17' FROM sync_attempt WHERE company_id = :company"""
_TRAIL = f"""INSERT INTO sync_audit (company_id, at, actor, event, kind, record_id, detail)
  {_COUNT} SELECT :company, {_AT}, CASE WHEN i % 10 = 0 THEN 'Ada' ELSE 'engine' END, CASE WHEN i % 10 = 0 THEN 'edited' ELSE
    'received' END, 'customer', (SELECT min(id) FROM customer WHERE company_id = :company) + i % :customers, '{{}}' FROM n"""
_COPIES = f"""INSERT INTO ledger_object (company_id, entity, qbo_id, sync_token, name, name_key, doc_number, txn_date, total,
    balance, active, deleted, payload, seen_at)
  {_COUNT} SELECT :company, :entity, CAST(i AS VARCHAR), '0', :name || i, lower(:name) || i, 'B-' || i, '2026-01-10', 12500000000,
    0, true, i % 1000 = 0, '{{"Id": "' || i || '", "Name": "' || :name || i || '", "FullyQualifiedName": "' || :name || i ||
    '", "AccountType": "Expense", "VendorRef": {{"value": "1", "name": "Rope works"}}, "CurrencyRef": {{"value": "USD"}},
    "PrivateNote": "As agreed", "TotalAmt": 1250.00, "Line": []}}', {_AT} FROM n"""
_PREFERENCES = f"""INSERT INTO ledger_object (company_id, entity, qbo_id, name, name_key, active, deleted, payload, seen_at)
  VALUES (:company, 'Preferences', '1', '', '', true, false, '{{"AccountingInfoPrefs": {{"ClassTrackingPerTxn": true,
    "TrackDepartments": true}}, "CurrencyPrefs": {{"MultiCurrencyEnabled": false, "HomeCurrency": {{"value": "USD"}}}}}}', {_AT})"""
_CONFLICTS = f"""INSERT INTO sync_conflict (company_id, entity, kind, record_id, label, field, base, ours, theirs, opened_at)
  SELECT :company, 'Customer', 'customer', id, name, 'Notes', '"a"', '"b"', '"c"', {_AT} FROM customer WHERE company_id = :company"""
#: What both sides agreed on of an invoice: all but the price of its line.
_AGREED = """{"BillAddr.City": null, "BillAddr.Country": null, "BillAddr.Line1": null, "BillAddr.PostalCode": null,
    "BillEmail.Address": null, "CustomerMemo.value": null, "CustomerRef": "' || customer_id || '", "DocNumber": "' || number || '",
    "DueDate": null, "Line": [{"Amount": "4", "Description": null, "DetailType": "SalesItemLineDetail", "line": ' || id || ',
    "SalesItemLineDetail.ClassRef": null, "SalesItemLineDetail.ItemRef": "1", "SalesItemLineDetail.Qty": "2",
    "SalesItemLineDetail.ServiceDate": null, "SalesItemLineDetail.UnitPrice": "2"}], "PrivateNote": null, "SalesTermRef": null,
    "ShipAddr.City": null, "ShipDate": null, "TrackingNum": null, "TxnDate": "2026-01-10"}"""
_SENT = f"""INSERT INTO sync_binding (company_id, entity, kind, record_id, qbo_id, sync_token, base, generation, last_success_at)
  SELECT company_id, 'Invoice', 'invoice', id, CAST(id AS VARCHAR), '0', '{{"ours": {_AGREED}, "theirs": {_AGREED}}}', 0, {_AT}
  FROM invoice WHERE company_id = :company AND id % 2 = 0"""
_SENT_COPIES = f"""INSERT INTO ledger_object (company_id, entity, qbo_id, sync_token, name, name_key, doc_number, txn_date, total,
    balance, active, deleted, payload, seen_at)
  SELECT company_id, 'Invoice', CAST(id AS VARCHAR), '0', '', '', number, '2026-01-10', 40000000, 0, true, false, '{{"Id": "' || id ||
    '", "SyncToken": "0", "DocNumber": "' || number || '", "CustomerRef": {{"value": "' || customer_id || '"}}, "TotalAmt": 4.00,
    "TxnDate": "2026-01-10", "Line": [{{"Id": "1", "LineNum": 1, "Amount": 4.00, "DetailType": "SalesItemLineDetail",
    "SalesItemLineDetail": {{"ItemRef": {{"value": "1", "name": "Rope"}}, "Qty": 2, "UnitPrice": 2}}}}]}}', {_AT}
  FROM invoice WHERE company_id = :company AND id % 2 = 0"""
_KNOWN = f"""INSERT INTO sync_binding (company_id, entity, kind, record_id, qbo_id, sync_token, base, generation, last_success_at)
  SELECT company_id, 'Customer', 'customer', id, CAST(id AS VARCHAR), '0', '{{"ours": {{"Active": true}}, "theirs": {{"Active":
    true}}}}', 0, {_AT} FROM customer WHERE company_id = :company AND id % 2 = 0"""
_PAID = f"""INSERT INTO sync_binding (company_id, entity, kind, record_id, qbo_id, sync_token, base, generation, last_success_at)
  {_COUNT} SELECT :company, 'Payment', 'payment', i, 'P' || i, '0', '{{"ours": {{}}, "theirs": {{}}}}', 0, {_AT} FROM n"""
#: The seven accounting lists: a name, and whether there is one for each document that waits, or a few hundred in all.
_LISTS = {
    "Bill": True, "CreditMemo": True, "JournalEntry": True, "Purchase": True, "Account": False, "Employee": False, "TaxCode": False,
}  # fmt: skip


def fill(database: Database, documents: int, *, history: int = 0, customers: int = CUSTOMERS, name: str = "Harbour") -> Session:
    """A company with so many documents in its queue, a third of them failed, and so many runs and lines of history.

    Its customers wait themselves, and what is on them waits for them.
    """
    clock = ManualClock()
    with database.writing() as connection:
        company: int = connection.execute(
            insert(Company).values(name=name, timezone="UTC", created_at=clock.now()).returning(Company.id)
        ).scalar_one()
        connections.add(connection, company, environment="emulator")
        drafts = [writer.Draft({"name": f"Customer {n}"}) for n in range(customers)]
        writer.save_many(connection, "customer", company, drafts)
        writer.save(connection, "item", company, {"name": "Rope", "unit_price": 3})
        with changes.guarded(connection):
            _run(connection, _INVOICES, company=company, count=documents, customers=customers)
            _run(connection, _LINES, company=company)
        for statement in (_QUEUE, _NAMES, _ITEMS, _ERRORS):
            _run(connection, statement, company=company, causes=CAUSES)
        for statement in (_RUNS, _HISTORY) if history else ():
            _run(connection, statement, company=company, count=history, documents=documents)
        _run(connection, "DELETE FROM sync_mark")
    return Session(database, "owner", company, clock)


def fill_more(session: Session, documents: int, *, history: int, customers: int = CUSTOMERS) -> None:
    """What else such a company has: as many requests that were sent, a tenth as many lines of what came and who did what, conflicts, lists.

    Of each list of documents there are a fifth as many entries as documents wait. Every other document and customer has been sent
    before and is changed there; as many payments as documents are in QuickBooks beside them.
    """
    with session.database.writing() as connection:
        shared = {"company": session.company_id, "documents": documents, "customers": customers}
        _run(connection, _ATTEMPTS, count=history, **shared)
        _run(connection, _SENDS, **shared)
        _run(connection, _TRAIL, count=max(1, history // 10), **shared)
        _run(connection, _CONFLICTS, **shared)
        _run(connection, _PREFERENCES, **shared)
        with changes.guarded(connection):
            for kind in ("class", "department"):
                writer.save_many(connection, kind, session.company_id, [writer.Draft({"name": f"Branch {n}"}) for n in range(40)])
        for entity, many in _LISTS.items():
            _run(connection, _COPIES, count=documents // 5 if many else 200, entity=entity, name=f"{entity} ", **shared)
        for statement in (_SENT, _SENT_COPIES, _KNOWN, _PAID):
            _run(connection, statement, count=documents, **shared)


def _run(connection: Connection, statement: str, **values: object) -> None:
    connection.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
