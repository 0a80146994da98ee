"""A list that is closed to a person: no question about one of its records tells what either side says of it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import bindings, conflicts, corrections, drifts, errors, people, rights
from syncengine.store.tables import Binding, Error
from syncengine.store.veil import HIDDEN
from tests.unit.queries import seed
from tests.unit.queries.analyst import of_role

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


#: An account whose name the correction of an open customer's error tells, and what is done about it.
ACCOUNT = "Owner's draw 4711"
#: By role and single grants, whether the account's name may be read.
READERS = [
    ("viewer", {}, False),
    ("operator", {}, False),
    ("accountant", {}, True),
    ("manager", {}, True),
    ("owner", {}, True),
    ("viewer", {"see_accounts": True}, True),
    ("viewer", {"see_accounts": False, "see_bills": True}, False),
    ("manager", {"see_accounts": False}, False),
]
CORRECTIONS = {
    "timeline": lambda session, found: queries.timeline(session, "customer", found.customers["Bluebird Bakery"]).to_csv(),
    "acts": lambda session, found: queries.acts(session).to_csv(),
    "corrections": lambda session, found: queries.error_corrections(session).to_csv(),
    "correction": lambda session, found: str(queries.correction_of(session, _error(found))),
    "group": lambda session, found: queries.group_correction(session, _group(found)).examples.to_csv(),
    "groups": lambda session, found: queries.error_groups(session).to_csv(),
}


@pytest.fixture
def corrected(database):
    return _corrected(database)


def _corrected(database):
    """What each question needs: a correction that is offered, one that a person wanted, and one that ended."""
    found = seed.busy(database)
    error_id = _error(found)
    verdict = {
        "acts": [["activate", {"entity": "Account", "qbo_id": "31"}]],
        "after": [["deactivate", {"entity": "Account", "qbo_id": "31"}]],
        "told": [["Account", f'{{"Id": "31", "Name": "{ACCOUNT}"}}']],
    }
    says = f"Makes account {ACCOUNT} active in QuickBooks, sends customer Bluebird Bakery, and makes it inactive again."
    offered = {"name": "reactivate_reference", "klass": "policy", "says": says, "verdict": verdict}
    with database.writing() as connection:
        connection.execute(update(Error).where(Error.id == error_id).values(klass="policy", correction="reactivate_reference"))
        row = errors.by_ids(connection, found.session.company_id, [error_id])[error_id]
        corrections.offer(connection, seed.NOON, row, **offered)
    commands.correct_now(found.session, error_id)
    with database.writing() as connection:
        corrections.withdraw(connection, seed.NOON, error_id, f"{ACCOUNT} was deleted.")
        corrections.offer(connection, seed.NOON, row, **offered)
    return found


def _error(found):
    errors_ = queries.errors(found.session)
    return int(errors_[errors_["label"] == "Bluebird Bakery"]["id"].iloc[0])


def _group(found):
    groups = queries.error_groups(found.session)
    return groups[groups["example_error"] == _error(found)]["group_key"].iloc[0]


@pytest.mark.parametrize("asked", list(CORRECTIONS))
def test_a_correction_names_what_is_in_a_list_only_to_who_may_see_that_list(corrected, asked):
    for role, single, reads in READERS:
        told = CORRECTIONS[asked](of_role(corrected.session, role, **single), corrected)
        assert (ACCOUNT in told) is reads, (role, single)
        assert "reactivate_reference" in told or asked == "group", "that there is a correction is no secret"
        assert "sends customer Bluebird Bakery" in told if reads else HIDDEN in told or asked == "groups"


@pytest.mark.parametrize(("single", "reads"), [({}, True), ({"see_accounts": False}, False)])
def test_who_lets_it_run_is_told_no_more_than_who_asks(corrected, single, reads):
    said = commands.correct_now(of_role(corrected.session, "manager", **single), _error(corrected))
    assert (ACCOUNT in said) is reads
    assert said == HIDDEN or reads


def test_a_correction_that_tells_of_no_list_is_read_by_everybody(corrected):
    error_id, says = _error(corrected), "Sends customer Bluebird Bakery without its e-mail."
    with corrected.database.writing() as connection:
        row = errors.by_ids(connection, corrected.session.company_id, [error_id])[error_id]
        verdict = {"acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": None}]]}
        corrections.offer(connection, seed.NOON, row, name="leave_email_out", klass="policy", says=says, verdict=verdict)
    viewer = of_role(corrected.session, "viewer")
    assert says in CORRECTIONS["group"](viewer, corrected)
    commands.correct_now(corrected.session, error_id)
    assert not [name for name, ask in CORRECTIONS.items() if name != "group" and says not in ask(viewer, corrected)]


def test_an_account_that_goes_instead_is_named_only_to_who_may_see_the_accounts(corrected):
    error_id, says = _error(corrected), f"Sends customer Bluebird Bakery with the company's default account {ACCOUNT}."
    with corrected.database.writing() as connection:
        row = errors.by_ids(connection, corrected.session.company_id, [error_id])[error_id]
        verdict = {"acts": [["override", {"path": "IncomeAccountRef", "value": "31"}]]}
        corrections.offer(connection, seed.NOON, row, name="default_account", klass="policy", says=says, verdict=verdict)
    assert says in CORRECTIONS["corrections"](of_role(corrected.session, "accountant"), corrected)
    assert says not in CORRECTIONS["corrections"](of_role(corrected.session, "viewer"), corrected)


def test_in_sql_corrections_are_read_by_who_may_see_every_list(sqlite_database):
    session, asked = _corrected(sqlite_database).session, "SELECT says, outcome FROM corrections"
    assert ACCOUNT in queries.sql(of_role(session, "accountant", sql=True), asked).to_csv()
    assert ACCOUNT not in queries.sql(of_role(session, "viewer", sql=True), asked).to_csv()
    assert ACCOUNT not in queries.sql(of_role(session, "manager", sql=True, see_tax_codes=False), asked).to_csv()
