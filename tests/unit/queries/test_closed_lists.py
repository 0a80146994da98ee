"""A list that is closed to a person: no question about one of its records tells what either side says of it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import queries
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import bindings, conflicts, drifts, people, rights
from syncengine.store.tables import Binding
from syncengine.store.veil import HIDDEN
from tests.unit.queries import seed

#: What both sides last agreed on, what stands here, what stands there, and what QuickBooks was sent.
SECRETS = ("agreed@example.com", "c3@example.com", "office@example.com", "sent@example.com")


@pytest.fixture
def found(database, monkeypatch):
    """A customer, who stands for a record of a closed list, with a conflict, a decided one, a drift and differences."""
    found = seed.busy(database)
    company_id, record_id = found.session.company_id, found.customers["Coral Reef Diving"]
    with database.writing() as connection:
        payload = {"Id": "58", "SyncToken": "1", "DisplayName": "Coral Reef Diving", "PrimaryEmailAddr": {"Address": SECRETS[2]}}
        ledger.keep(connection, company_id, "Customer", [payload], seed.NOON)
        agreed = {"DisplayName": "Coral Reef Diving", "PrimaryEmailAddr.Address": SECRETS[0]}
        connection.execute(update(Binding).where(Binding.qbo_id == "58").values(base={"ours": agreed, "theirs": agreed}))
        bound = bindings.of_records(connection, company_id, "Customer", "customer", [record_id])[record_id]
        email = conflicts.Clash("PrimaryEmailAddr.Address", *SECRETS[:3])
        place = {"entity": "Customer", "kind": "customer", "record_id": record_id, "label": "Coral Reef Diving"}
        conflicts.record(connection, company_id, seed.NOON, **place, clashes=[email])
        decided = conflicts.open_of_record(connection, company_id, "Customer", "customer", record_id)
        conflicts.resolve(connection, [row["id"] for row in decided], seed.NOON, resolution="ours", by="Ada")
        conflicts.record(connection, company_id, seed.NOON, **place, clashes=[email])
        fields = [{"field": email.field, "sent": SECRETS[3], "theirs": SECRETS[2]}]
        drifts.record(connection, company_id, seed.NOON, bound, label="Coral Reef Diving", what=drifts.CHANGED, fields=fields)
        people.put(connection, company_id, "bob", "operator", seed.NOON, "seed")
    monkeypatch.setitem(rights.LIST_OF, "Customer", "bills")
    return found


@pytest.mark.parametrize("asked", ["conflicts", "decisions", "drifts", "differences", "timeline"])
def test_no_side_of_a_record_is_told_to_who_may_not_see_its_list(found, asked):
    record_id = found.customers["Coral Reef Diving"]
    ask = {
        "conflicts": queries.conflicts,
        "decisions": queries.decisions,
        "drifts": queries.drifts,
        "differences": lambda session: queries.record(session, "customer", record_id).differences,
        "timeline": lambda session: queries.timeline(session, "customer", record_id),
    }[asked]
    bob = Session(found.database, "bob", found.session.company_id, found.session.clock, signed_in=True)
    closed, full = ask(bob), ask(found.session)
    assert len(closed) == len(full) > 0
    assert [secret for secret in SECRETS if secret in full.to_csv()]
    assert not [secret for secret in SECRETS if secret in closed.to_csv()]
    assert "PrimaryEmailAddr.Address" in closed.to_csv()  # that it differs is no secret
    if asked != "timeline":
        assert HIDDEN in closed.to_csv()
