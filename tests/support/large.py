"""A large company, filled by a few statements that both databases understand: runs, history, waiting and failed rows."""

from __future__ import annotations

from sqlalchemy import Connection, insert, text

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.inventory import changes, writer
from syncengine.queries import Session

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
  {_COUNT} SELECT :company, 'N-' || i, (SELECT min(id) FROM customer) + i % :customers, '2026-01-10' FROM n"""
_LINES = """INSERT INTO invoice_line (invoice_id, line_no, item_id, quantity, unit_price)
  SELECT id, 1, (SELECT min(id) FROM item), '2', '3' FROM invoice"""
_QUEUE = f"""INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, unanswered, position, revision,
    refusals, version, attempts, queued_at, queued_by, changed_at, parked_by, failed_seq)
  SELECT :company, 'Invoice', 'invoice', id, number, 'save', CASE WHEN id % 3 > 0 THEN 'available' WHEN id % 2 > 0 THEN 'parked'
    ELSE 'retryable' END, false, id, 1, 0, 1, 1, {_AT}, 'inventory', {_AT}, CASE WHEN id % 3 > 0 THEN NULL ELSE 'refused' END,
    CASE WHEN id % 3 > 0 THEN NULL ELSE id END FROM invoice"""
_NAMES = f"""INSERT INTO sync_outbox (company_id, entity, kind, record_id, label, operation, state, unanswered, position, revision,
    refusals, version, attempts, queued_at, queued_by, changed_at)
  SELECT :company, 'Customer', 'customer', id, name, 'save', 'available', false, 1000000 + id, 1, 0, 1, 0, {_AT}, 'inventory', {_AT}
  FROM customer UNION ALL
  SELECT :company, 'Item', 'item', id, name, 'save', 'available', false, 900000, 1, 0, 1, 0, {_AT}, 'inventory', {_AT} FROM item"""
_ERRORS = f"""INSERT INTO sync_error (company_id, outbox_id, entity, kind, record_id, label, code, message, cause, remedy,
    group_key, klass, tries, opened_at)
  SELECT company_id, id, entity, kind, record_id, label, '6000', 'A business validation error', 'QuickBooks refused it.',
    'Correct it.', 'cause ' || (id % :causes), 'no', 3, {_AT} FROM sync_outbox WHERE state IN ('parked', 'retryable')"""


def fill(database: Database, documents: int, *, history: int = 0, customers: int = CUSTOMERS) -> Session:
    """A company with so many documents in its queue, a third of them failed, and so many runs and lines of history.

    Its customers wait themselves, and what is on them waits for them.
    """
    clock = ManualClock()
    with database.writing() as connection:
        company: int = connection.execute(
            insert(Company).values(name="Harbour", timezone="UTC", created_at=clock.now()).returning(Company.id)
        ).scalar_one()
        drafts = [writer.Draft({"name": f"Customer {n}"}) for n in range(customers)]
        writer.save_many(connection, "customer", company, drafts)
        writer.save(connection, "item", company, {"name": "Rope", "unit_price": 3})
        with changes.guarded(connection):
            _run(connection, _INVOICES, company=company, count=documents, customers=customers)
            _run(connection, _LINES)
        for statement in (_QUEUE, _NAMES, _ERRORS):
            _run(connection, statement, company=company, causes=CAUSES)
        for statement in (_RUNS, _HISTORY) if history else ():
            _run(connection, statement, company=company, count=history, documents=documents)
        _run(connection, "DELETE FROM sync_mark")
    return Session(database, "owner", company, clock)


def _run(connection: Connection, statement: str, **values: object) -> None:
    connection.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
