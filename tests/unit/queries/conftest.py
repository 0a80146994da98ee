"""Companies whose analysts ask in SQL."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from syncengine.ledger import writer as ledger
from syncengine.store.rights import LIST_OF
from syncengine.store.tables import Audit, Connection
from tests.unit.queries import seed
from tests.unit.queries.analyst import prepared


@pytest.fixture
def asked(database, monkeypatch):
    """Two companies with the same records, tokens and ledgers; the session is of the first."""
    prepared(database, monkeypatch)
    first, second = seed.busy(database, "Harbour"), seed.busy(database, "Globex")
    with database.writing() as connection:
        for each, name in ((first, "Harbour"), (second, "Globex")):
            number = each.session.company_id
            for place, entity in enumerate(LIST_OF, start=1):
                made = {"Id": str(place), "Name": f"{name} {entity}", "TotalAmt": Decimal("12.34"), "DocNumber": f"{name}-1", "TxnDate": "2026-01-14"}
                ledger.keep(connection, number, entity, [made], seed.NOON)
            ledger.keep(connection, number, "Customer", [{"Id": "9", "DisplayName": f"{name} Customer"}], seed.NOON)
            link = update(Connection).where(Connection.company_id == number)
            connection.execute(link.values(tokens=f"sealed-token-{name}", realm=f"realm-4711-{name}", realm_hash=name))
        line = {"company_id": second.session.company_id, "at": seed.NOON, "actor": "globex-secret", "event": "x", "detail": {}}
        connection.execute(insert(Audit), [line])
    return first.session
